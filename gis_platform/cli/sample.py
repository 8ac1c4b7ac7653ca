"""``gis sample``: an invented district's delivery, with the truth beside it."""

import json
from dataclasses import asdict
from pathlib import Path

import typer

from gis_platform.cli.main import settings_of
from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number
from gis_platform.core.progress import progress
from gis_platform.sample.make import SampleFacts, make_sample

_LABEL = Text("Örnek teslimat", "Sample delivery")
_FORMS = 3


def register(root: typer.Typer) -> None:
    """Add the command to ``gis``."""
    root.command("sample")(sample)


def sample(
    context: typer.Context,
    folder: Path = typer.Argument(  # noqa: B008 (typer)
        ..., help="Yazılacak klasör. / Folder to write."
    ),
    doors: int = typer.Option(
        20_000, help="Kapı sayısı, 1.000–1.000.000. / Number of doors, 1,000–1,000,000."
    ),
    seed: int = typer.Option(42, help="Rastgelelik tohumu. / Seed of what is left to chance."),
    as_json: bool = typer.Option(False, "--json", help="JSON yazar. / Writes JSON."),  # noqa: FBT001, FBT003
) -> None:
    """Uydurma bir ilçenin MAKS ve AKS teslimatını yapar. / Makes an invented delivery."""
    language = settings_of(context).language
    with progress(_LABEL.say(language), total=doors * (_FORMS * 3 + 1)) as advance:
        facts = make_sample(folder, doors=doors, seed=seed, advance=advance)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), **asdict(facts)}, ensure_ascii=False))
        return
    typer.echo(_said(folder, facts, language))


def _said(folder: Path, facts: SampleFacts, language: Language) -> str:
    """What was made, in four lines."""
    counts = {name: number(value, language) for name, value in facts.features.items()}
    right = {name: number(value, language) for name, value in facts.expected.items()}
    text = Text(
        "{folder}: {doors} kapı, tohum {seed}\n"
        "  MAKS (gdb, gpkg, shp): {features}\n"
        "  AKS ({forms}): {rows} satır; doğru cevap: {expected}\n"
        "  Konulmuş kural ihlali: {planted} ({rules} kural); bkz. README.txt, truth/",
        "{folder}: {doors} doors, seed {seed}\n"
        "  MAKS (gdb, gpkg, shp): {features}\n"
        "  AKS ({forms}): {rows} rows; right answer: {expected}\n"
        "  Planted violations: {planted} ({rules} rules); see README.txt, truth/",
    )
    return text.fill(
        folder=folder,
        doors=number(facts.doors, language),
        seed=facts.seed,
        features=", ".join(f"{name} {value}" for name, value in counts.items()),
        forms="csv, cp1254, xlsx" if facts.has_xlsx else "csv, cp1254",
        rows=number(facts.aks_rows, language),
        expected=", ".join(f"{name} {value}" for name, value in right.items()),
        planted=sum(facts.violations.values()),
        rules=len(facts.violations),
    ).say(language)
