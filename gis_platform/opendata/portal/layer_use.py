"""How a layer is used: files, ready calls for this very layer, citation, versions, related ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gis_platform.core.language import Language
from gis_platform.core.text import fold
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.files import formats_for
from gis_platform.opendata.portal.messages import catalogue, message, number
from gis_platform.opendata.portal.page import Named
from gis_platform.opendata.portal.paths import file_path, path_of, tile_path
from gis_platform.opendata.public import PublicFile, PublicLayer

LATEST: dict[Language, str] = {"tr": "son", "en": "latest"}
MOST_RELATED = 3
_LAST = 1000
_KEPT = frozenset({"published", "superseded", "corrected"})
_WIDTH, _HEIGHT, _GAP = 320, 96, 8


@dataclass(frozen=True)
class Download:
    """A file as the page offers it."""

    path: str
    title: str
    use: str
    size: int
    sha256: str
    name: str


@dataclass(frozen=True)
class VersionLine:
    """A version: when, how many records, how that differs from the one before, and its files."""

    number: int
    published_at: datetime
    state: str
    rows: str
    change: str
    is_same_data: bool
    files: list[Download]


@dataclass(frozen=True)
class Bar:
    """A version in the picture of the versions; edges in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Trend:
    """The number of records by version, drawn; the table beside it says the same."""

    width: int
    height: int
    bars: tuple[Bar, ...]


def downloads(layer: PublicLayer, language: Language) -> list[Download]:
    """The files of a version, the most useful first."""
    return [_download(layer, file, language) for file in sorted(layer.files, key=_file_rank)]


def absences(layer: PublicLayer, language: Language) -> list[str]:
    """Which formats are still being made, and which the layer does not fit into, in words."""
    there = {file.format for file in layer.files}
    coming = [name for name in formats_for(layer.row_count) if name not in there]
    said = []
    if coming:
        names = ", ".join(exporters[name].title.say(language) for name in coming)
        said.append(message(language, "layer.pending", formats=names))
    for _, exporter in exporters.items():
        if not exporter.holds(layer.row_count) and exporter.most_rows is not None:
            most, title = number(language, exporter.most_rows), exporter.title.say(language)
            said.append(message(language, "layer.too_many", formats=title, most=most))
    return said


def examples(layer: PublicLayer, language: Language, base_url: str) -> list[Named]:
    """Calls that work as they stand: service, curl, Python, R, QGIS, Excel, tiles."""
    items = f"{base_url}/ogc/collections/{layer.name}/items"
    latest = f"{base_url}/files/{layer.name}/{LATEST[language]}"
    names = {file.format: file.name for file in layer.files}
    said = [
        ("latest", f"{latest}/{names['gpkg']}" if "gpkg" in names else None),
        ("api_curl", f"curl '{items}?f=json&limit=10'"),
        ("api_python", _python(latest, names)),
        ("api_r", _r(latest, names)),
        ("api_qgis", f"{base_url}/ogc/"),
        ("api_excel", f"{latest}/{names['csv_excel']}" if "csv_excel" in names else None),
        ("api_tiles", base_url + tile_path(layer.name, layer.version)),
    ]
    return [Named(message(language, f"layer.{name}"), call) for name, call in said if call]


def citations(layer: PublicLayer, language: Language, base_url: str) -> list[Named]:
    """The version cited in APA style and as BibTeX; the address is that of the page."""
    entry, year = layer.entry, layer.published_at.year
    title, owner = entry.title.say(language), entry.owner_unit.say(language)
    address = base_url + path_of("layer", language, name=layer.name)
    kind = message(language, "layer.cite_kind")
    version = message(language, "layer.version", version=layer.version)
    apa = f"{owner} ({year}). {title} ({version}) [{kind}]. {address}"
    fields = {
        "author": f"{{{_plain(owner)}}}", "title": f"{{{_plain(title)}}}", "year": str(year),
        "version": str(layer.version), "url": address,
        "note": f"SHA-256 {layer.data_sha256}",
    }  # fmt: skip
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    bibtex = f"@misc{{{layer.name}_v{layer.version},\n{lines}\n}}"
    return [Named("APA", apa), Named("BibTeX", bibtex)]


def history(versions: Sequence[PublicLayer], language: Language) -> list[VersionLine]:
    """Every version that may still be fetched, the newest first, with what changed in number."""
    kept = [each for each in versions if each.state in _KEPT]
    before = [*kept[1:], None]
    return [_line(each, old, language) for each, old in zip(kept, before, strict=True)]


def trend(versions: Sequence[PublicLayer]) -> Trend | None:
    """The picture of how many records each version has; ``None`` for a single version."""
    rows = [each.row_count for each in reversed(versions) if each.state in _KEPT]
    if len(rows) < 2:  # noqa: PLR2004  # one version has no trend
        return None
    step, most = (_WIDTH + _GAP) / len(rows), max(*rows, 1)
    bars = (
        Bar(round(at * step, 1), round(_HEIGHT * (1 - count / most), 1),
            round(max(step - _GAP, 1), 1), round(_HEIGHT * count / most, 1))
        for at, count in enumerate(rows)
    )  # fmt: skip
    return Trend(_WIDTH, _HEIGHT, tuple(bars))


def related(layer: PublicLayer, others: Sequence[PublicLayer]) -> list[PublicLayer]:
    """The layers that share most keywords and columns with this one, theme and unit too."""
    scored = [(_kinship(layer, each), each) for each in others]
    near = sorted((pair for pair in scored if pair[0] > 1), key=lambda pair: -pair[0])
    return [each for _, each in near[:MOST_RELATED]]


def _python(latest: str, names: dict[str, str]) -> str | None:
    if "gpkg" not in names:
        return None
    return f'import geopandas\n\nframe = geopandas.read_file("{latest}/{names["gpkg"]}")'


def _r(latest: str, names: dict[str, str]) -> str | None:
    if "gpkg" not in names:
        return None
    return f'library(sf)\n\nframe <- st_read("/vsicurl/{latest}/{names["gpkg"]}")'


def _plain(text: str) -> str:
    """Without the signs that BibTeX reads as its own."""
    return "".join(letter for letter in text if letter not in "{}\\%#$&~^_")


def _line(layer: PublicLayer, old: PublicLayer | None, language: Language) -> VersionLine:
    change = ""
    if old is not None:
        more = layer.row_count - old.row_count
        change = f"{'+' if more > 0 else '−' if more < 0 else '±'}{number(language, abs(more))}"
    return VersionLine(
        layer.version, layer.published_at, message(language, f"layer.state_{layer.state}"),
        number(language, layer.row_count), change,
        old is not None and old.data_sha256 == layer.data_sha256, downloads(layer, language),
    )  # fmt: skip


def _kinship(layer: PublicLayer, other: PublicLayer) -> int:
    mine, its = layer.entry, other.entry
    words, its_words = ({fold(word) for word in each.keywords.tr} for each in (mine, its))
    shared = 2 * len(words & its_words) + len(set(mine.types) & set(its.types))
    return shared + (mine.theme == its.theme) + (mine.owner_unit == its.owner_unit)


def _file_rank(file: PublicFile) -> tuple[int, str]:
    known = exporters[file.format].order if file.format in exporters else _LAST
    return known, file.format


def _download(layer: PublicLayer, file: PublicFile, language: Language) -> Download:
    """A file; one of a format that is no longer made goes by the name it was made under."""
    name = f"layer.format_{file.format}"
    use = message(language, name) if name in catalogue(language) else ""
    is_known = file.format in exporters
    title = exporters[file.format].title.say(language) if is_known else file.format
    path = file_path(layer.name, layer.version, file.name)
    return Download(path, title, use, file.size, file.sha256, file.name)
