"""What the office sees: where each layer stands, its versions and files, who did what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.db.queries.files import public_files
from gis_platform.opendata.approval import OPEN_STATES, STATE_NAMES, Actor, State
from gis_platform.opendata.catalogue import Words, layer_file, layer_files
from gis_platform.opendata.publish import LayerVersion
from gis_platform.opendata.screening import say_report

_STATE_OF = {"drafted": State.DRAFT}
_DEEDS = {
    "files added": Text("dosya eklendi", "files added"),
    "answered": Text("bulgu yanıtlandı", "finding answered"),
    "withdrawal asked": Text("geri çekme istendi", "withdrawal asked for"),
    "withdrawal done": Text("geri çekme tamamlandı", "withdrawal done"),
    "withdrawal dropped": Text("geri çekmeden vazgeçildi", "withdrawal dropped"),
}
_UNITS = ("B", "KiB", "MiB", "GiB")


@dataclass(frozen=True)
class Standing:
    """Where a layer stands: its public version and the one that waits, as far as there are any."""

    layer: str
    title_tr: str
    title_en: str
    public_version: int | None
    public_rows: int | None
    waiting_version: int | None
    waiting_state: State | None
    last_state: State | None

    def say(self, language: Language) -> str:
        """One line."""
        title = self.title_tr if language == "tr" else self.title_en
        parts = []
        if self.public_version is not None:
            public = STATE_NAMES[State.PUBLISHED].say(language)
            parts.append(f"v{self.public_version} {public} ({self.public_rows})")
        if self.waiting_version is not None and self.waiting_state is not None:
            waiting = STATE_NAMES[self.waiting_state].say(language)
            parts.append(f"v{self.waiting_version} {waiting}")
        if not parts and self.last_state is not None:
            parts.append(STATE_NAMES[self.last_state].say(language))
        nothing = "henüz önerilmedi" if language == "tr" else "not proposed yet"
        return f"{self.layer:<16} {title:<28} {', '.join(parts) or nothing}"


def standing(settings: Settings, database: Database) -> list[Standing]:
    """Every layer of this installation in the order of the portal; then those whose file is gone.

    What is public stays public without its file, and has to be seen here to be taken back.
    """
    with database.engine("gis_office").connect() as connection:
        known = ask.versions(connection)
    titles = {layer.name: layer.title for layer in layer_files(settings).values()}
    for version in known:
        if version["layer"] not in titles:
            titles[version["layer"]] = Words.model_validate(version["entry"]["title"])
    return [_standing(name, title.tr, title.en, _of(known, name)) for name, title in titles.items()]


def versions_of(settings: Settings, database: Database, name: str) -> list[dict[str, Any]]:
    """Versions of a layer, the newest first, each with what was approved, by whom, and its files.

    Raises:
        NotFound: no such layer.
    """
    with database.engine("gis_office").connect() as connection:
        known = ask.versions(connection, name)
        shown = {row["version"]: row["files"] for row in public_files(connection, name)}
    if not known:
        layer_file(settings, name)
    return [row | {"files": shown.get(row["version"]) or row["files"]} for row in known]


def describe(versions: Sequence[Mapping[str, Any]], language: Language) -> Iterator[str]:
    """Lines for a person about the versions of a layer."""
    if not versions:
        yield "henüz önerilmedi" if language == "tr" else "not proposed yet"
    for row in versions:
        state = STATE_NAMES[State(row["state"])].say(language)
        unit = "nesne" if language == "tr" else "features"
        yield f"{row['layer']} v{row['version']}: {state}, {row['row_count']} {unit}"
        for move in ("drafted", "proposed", "checked", "approved", "published", "withdrawn"):
            if row[f"{move}_by"] and not (move == "proposed" and row["state"] == State.DRAFT):
                at = row[f"{move}_at"].strftime("%Y-%m-%d %H:%M")
                name = STATE_NAMES[_STATE_OF.get(move) or State(move)].say(language)
                for_whom = row.get(f"{move}_for")
                principal = f" ({for_whom})" if for_whom else ""
                yield f"    {name:<14} {at}  {row[f'{move}_by']}{principal}"
        if row["reason"]:
            yield f"    {row['reason']}"
        yield f"    data     sha256 {row['data_sha256']}"
        yield f"    metadata sha256 {row['metadata_sha256']}"
        yield f"    licence  sha256 {row['licence_sha256'] or '–'}"
        yield f"    screening sha256 {row['screening_sha256'] or '–'}"
        for line in say_report(row["screening"], language):
            yield f"    {line}"
        for file in row["files"] or []:
            yield f"    {file['name']:<24} {human_size(file['size']):>10}  sha256 {file['sha256']}"


def history(settings: Settings, database: Database, name: str) -> list[dict[str, Any]]:
    """Every move of the versions of a layer, the oldest first.

    Raises:
        NotFound: no such layer.
    """
    with database.engine("gis_office").connect() as connection:
        lines = ask.audit_trail(connection, name)
    if not lines:
        layer_file(settings, name)
    return lines


def history_line(line: Mapping[str, Any], language: Language) -> str:
    """A line of the audit for a person."""
    deed = _DEEDS.get(line["deed"])
    name = (deed or STATE_NAMES[State(line["to_state"])]).say(language)
    who = Actor(line["person"], line["acts_for"])
    version = f"v{line['version']}" if line["version"] else "–"
    reason = f" — {line['reason']}" if line["reason"] else ""
    return f"{line['at']:%Y-%m-%d %H:%M:%S} UTC  {version}  {name}  {who}{reason}"


def say(version: LayerVersion) -> Text:
    """What was done with a version, in a sentence."""
    state = STATE_NAMES[version.state]
    name = f"{version.layer} v{version.version}"
    if version.withdrawal_asked_by is not None:
        return Text(
            f"{name}: geri çekme istendi ({version.withdrawal_asked_by}); ikinci bir kişi onaylar: "
            f"gis layer withdraw {version.layer} --as …",
            f"{name}: withdrawal asked for ({version.withdrawal_asked_by}); a second person "
            f"confirms: gis layer withdraw {version.layer} --as …",
        )
    if not version.is_changed:
        return Text(
            f"{name}: değişen bir şey yok, durumu “{state.tr}”.",
            f"{name}: nothing has changed, it is {state.en}.",
        )
    left_out_tr = f"; geometrisi olmayan {version.left_out} satır dışarıda" * bool(version.left_out)
    left_out_en = f"; {version.left_out} rows without geometry left out" * bool(version.left_out)
    waiting = ", ".join(version.findings)
    findings_tr = f" Yanıt bekleyen bulgular: {waiting}." * bool(waiting)
    findings_en = f" Findings that wait for an answer: {waiting}." * bool(waiting)
    return Text(
        f"{name}: {state.tr}, {version.row_count} nesne{left_out_tr}.{findings_tr}",
        f"{name}: {state.en}, {version.row_count} features{left_out_en}.{findings_en}",
    )


def human_size(size: float) -> str:
    """Bytes in the unit a person reads."""
    for unit in _UNITS[:-1]:
        if size < 1024:  # noqa: PLR2004 - a KiB
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} {_UNITS[-1]}"


def _of(known: Sequence[Mapping[str, Any]], name: str) -> list[Mapping[str, Any]]:
    return [row for row in known if row["layer"] == name]


def _standing(
    name: str, title_tr: str, title_en: str, versions: Sequence[Mapping[str, Any]]
) -> Standing:
    public = next((row for row in versions if row["state"] == State.PUBLISHED), None)
    waiting = next((row for row in versions if row["state"] in OPEN_STATES), None)
    return Standing(
        layer=name, title_tr=title_tr, title_en=title_en,
        public_version=public["version"] if public else None,
        public_rows=public["row_count"] if public else None,
        waiting_version=waiting["version"] if waiting else None,
        waiting_state=State(waiting["state"]) if waiting else None,
        last_state=State(versions[0]["state"]) if versions else None,
    )  # fmt: skip
