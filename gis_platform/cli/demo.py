"""``gis demo``: from nothing to a published map: sample, import, main job, publication, server."""

import sys
from pathlib import Path

import typer

from gis_platform.cli.main import settings_of
from gis_platform.cli.run import show_report
from gis_platform.cli.serve import listen, serve
from gis_platform.cli.serve_workers import Crew
from gis_platform.core.errors import Text
from gis_platform.core.language import number
from gis_platform.core.pipeline import pipelines
from gis_platform.core.progress import progress
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database, open_database
from gis_platform.db.upgrade import upgrade
from gis_platform.opendata.approval import Action, State
from gis_platform.opendata.catalogue import layer_files
from gis_platform.opendata.publish import LayerVersion, answer, move, propose, publish
from gis_platform.sample.make import make_sample
from gis_platform.sample.parks import FOLDER

DOORS, SEED = 10_000, 42
PROPOSER, STEWARD, MANAGER = "Örnek Birim", "Örnek Denetçi", "Örnek Müdür"
"""The three invented persons who carry the sample's layers to the public."""
SAMPLE_ANSWER = "Örnek veride bilerek bırakılmış kusur / a fault left in the sample on purpose"


def register(root: typer.Typer) -> None:
    """Add the command to ``gis``."""
    root.command("demo")(demo)


def demo(
    context: typer.Context,
    is_serving: bool = typer.Option(  # noqa: FBT001
        True,  # noqa: FBT003
        "--serve/--no-serve",
        help="Sonunda sunar ya da sunmaz. / Serves at the end, or does not.",
    ),
    doors: int = typer.Option(DOORS, help="Kapı sayısı. / Number of doors."),
    port: int | None = typer.Option(None, min=1, max=65535, help="TCP kapısı. / TCP port."),
) -> None:
    """Örnek ilçeyle bütün yolu yürür ve sunar. / Walks the whole way with a sample, and serves."""
    settings = settings_of(context)
    host, port = settings.server.host, port or settings.server.port
    if is_serving:
        listen(host, port).close()
    folder = settings.home / f"sample-{doors}"
    with open_database(settings) as database:
        upgrade(database)
        _make(settings, folder, doors)
        _load(settings, database, folder)
        _publish(_with_own_layers(settings, folder), database)
        if is_serving:
            told = _with_notice(settings)
            serve(Crew(told), database, host, port, told.server.workers)


def _with_own_layers(settings: Settings, folder: Path) -> Settings:
    """The sample's folder of layers, unless one of one's own is set."""
    if settings.publication.layers_dir is not None:
        return settings
    own = settings.publication.model_copy(update={"layers_dir": folder / FOLDER})
    return settings.model_copy(update={"publication": own})


def _with_notice(settings: Settings) -> Settings:
    """Every page says that the district is invented."""
    told = {
        "notice_tr": "Örnek veriler: bu ilçenin yolları, kapıları ve adresleri uydurmadır.",
        "notice_en": "Sample data: the roads, doors and addresses of this district are invented.",
    }
    return settings.model_copy(update={"portal": settings.portal.model_copy(update=told)})


def _make(settings: Settings, folder: Path, doors: int) -> None:
    _say(settings, Text("1/4 Örnek teslimat", "1/4 Sample delivery"))
    label = Text("Örnek yapılıyor", "Making the sample").say(settings.language)
    with progress(label) as advance:
        facts = make_sample(folder, doors=doors, seed=SEED, advance=advance)
    features = sum(facts.features.values())
    _say(
        settings,
        Text(
            f"    {folder}: {number(features, 'tr')} MAKS kaydı, "
            f"{number(facts.aks_rows, 'tr')} AKS satırı",
            f"    {folder}: {number(features, 'en')} MAKS records, "
            f"{number(facts.aks_rows, 'en')} AKS rows",
        ),
    )


def _load(settings: Settings, database: Database, folder: Path) -> None:
    for step, name, file in ((2, "maks_import", "maks.gdb"), (3, "aks_to_maks", "aks.csv")):
        job = pipelines[name]
        _say(settings, Text(f"{step}/4 {job.title.tr}", f"{step}/4 {job.title.en}"))
        show_report(settings, job(settings, database, folder / file, started_by=PROPOSER))


def _publish(settings: Settings, database: Database) -> None:
    _say(settings, Text("4/4 Yayımlama", "4/4 Publication"))
    for name in layer_files(settings):
        version = publish_layer(settings, database, name)
        rows = version.row_count
        _say(
            settings,
            Text(
                f"    {name}: sürüm {version.version}, {number(rows, 'tr')} kayıt",
                f"    {name}: version {version.version}, {number(rows, 'en')} features",
            ),
        )


def publish_layer(settings: Settings, database: Database, name: str) -> LayerVersion:
    """Carry a layer of the sample through every state; nothing where it is public already."""
    version = propose(settings, database, name, PROPOSER)
    for finding in version.findings if version.state is State.PROPOSED else ():
        answer(database, name, finding, SAMPLE_ANSWER, STEWARD)
    if version.state is State.PROPOSED:
        version = move(database, name, Action.CHECK, STEWARD)
    if version.state is State.CHECKED:
        version = move(database, name, Action.APPROVE, MANAGER)
    if version.state is State.APPROVED:
        version = publish(settings, database, name, PROPOSER)
    return version


def _say(settings: Settings, text: Text) -> None:
    sys.stdout.write(text.say(settings.language) + "\n")
    sys.stdout.flush()
