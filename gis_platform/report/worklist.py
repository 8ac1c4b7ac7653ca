"""A work list as pages: an overview, and a page per mahalle on which a clerk can decide."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from markupsafe import Markup

from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number, percent
from gis_platform.report.page import templates

COLOURS = {
    "matched": "#5fa07a",
    "wrong_csbm": "#b5493b",
    "wrong_building": "#d9773c",
    "duplicate": "#8a5a9e",
    "ambiguous": "#d9a441",
    "uavt_only": "#3f6fa8",
    "field_only": "#3b8f8f",
    "to_add": "#2f7d6b",
    "to_delete": "#6b6b6b",
}
"""Of each status, on plan and tag; the word always stands beside it."""
_WORDS = {
    "title": Text("UAVT karşılaştırması: iş listesi", "Comparison with UAVT: work list"),
    "batch": Text("Parti", "Batch"),
    "file": Text("Dosya", "File"),
    "read": Text("okunan satır", "rows read"),
    "rejected": Text("geri çevrilen", "rejected"),
    "mahalle": Text("Mahalle", "Mahalle"),
    "covered": Text("Kapsanan kapılar", "Doors covered"),
    "uncovered": Text(
        "Dosya şu mahalleleri kapsamıyor; oralarda yalnız kayıtta olanlar sayılmadı",
        "The file does not cover these mahalle; what only the register has there is not counted",
    ),
    "all": Text("Hepsi", "All"),
    "door": Text("Dış / iç kapı", "Outer / inner door"),
    "status": Text("Durum", "Status"),
    "address": Text("UAVT adresi", "Address of UAVT"),
    "suggestions": Text("Öneriler", "Suggestions"),
    "decision": Text("Karar", "Decision"),
    "note": Text("Not", "Note"),
    "add": Text("ekle", "add"),
    "delete": Text("sil", "delete"),
    "keep": Text("kalsın", "keep"),
    "save": Text("Kararları indir (CSV)", "Download decisions (CSV)"),
    "how": Text(
        "Kararları seçip indirin, sonra: gis maks decide DOSYA --as \"AD SOYAD\". Sahada kullanmak "
        "için aynı liste Excel ve QGIS (GeoPackage) dosyası olarak da var.",
        "Choose, download, then: gis maks decide FILE --as \"NAME\". The same list is there as a "
        "workbook and a GeoPackage for QGIS.",
    ),
    "back": Text("Bütün mahalleler", "All mahalle"),
    "items": Text("iş", "items"),
    "plan": Text("Kapıların yeri: gri kayıttaki kapılar, renkli olanlar bu liste",
                 "Where the doors are: grey those of the register, coloured those of this list"),
    "no_csbm": Text("Csbm bilinmiyor", "Csbm unknown"),
    "no_mahalle": Text("Mahalle bilinmiyor", "Mahalle unknown"),
    "nothing": Text("Yapılacak iş yok.", "There is nothing to do."),
}  # fmt: skip
_WIDE, _HIGH, _EDGE = 460.0, 200.0, 8.0
_FEWEST_METRES = 30.0
_METRES_PER_DEGREE = 111_320.0
_COS = 0.754
"""Of the district's latitude: a degree of longitude is that part of one of latitude."""


@dataclass(frozen=True)
class WorkItem:
    """One address to decide about; words in the reader's language."""

    key: str
    status: str
    seen_status: str
    said: str
    reason: str
    place: str
    dis_kapi_no: str
    ic_kapi_no: str
    adres_no: str
    text: str
    suggestions: tuple[tuple[str, str], ...]
    before: str
    point: tuple[float, float] | None


@dataclass(frozen=True)
class WorkCsbm:
    """The items of one csbm, and its doors in the register (EPSG:4326)."""

    csbm_kod: int
    csbm: str
    items: tuple[WorkItem, ...]
    doors: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class WorkMahalle:
    """The items of one mahalle; ``counts`` also of what agrees."""

    mahalle_kod: int
    mahalle: str
    stem: str
    counts: Mapping[str, int]
    covered: float | None
    csbm: tuple[WorkCsbm, ...]

    @property
    def items(self) -> int:
        """How many items there are."""
        return sum(len(one.items) for one in self.csbm)


@dataclass(frozen=True)
class WorkPages:
    """What the pages show; ``statuses`` in the order of the columns."""

    batch_id: int
    file_name: str
    sha256: str
    read: int
    rejected: int
    counts: Mapping[str, int]
    statuses: Mapping[str, Text]
    mahalle: tuple[WorkMahalle, ...]
    uncovered: tuple[str, ...]


def write_pages(pages: WorkPages, folder: Path, language: Language) -> list[Path]:
    """Write ``index.html`` and ``mahalle/*.html``, which need no other file; the overview first."""
    given = {
        "pages": pages,
        "language": language,
        "colours": COLOURS,
        "word": lambda key: _WORDS[key].say(language),
        "say": lambda text: text.say(language),
        "number": lambda value: number(value, language),
        "percent": lambda share: percent(share, language),
        "plan": plan,
    }
    written = [_write("worklist.html", folder / "index.html", given)]
    for mahalle in pages.mahalle:
        path = folder / "mahalle" / f"{mahalle.stem}.html"
        written.append(_write("worklist_mahalle.html", path, {**given, "mahalle": mahalle}))
    return written


def plan(csbm: WorkCsbm) -> Markup:
    """A sketch of a csbm as SVG: its doors in grey, the items in the colour of their status."""
    items = [(one.point, one) for one in csbm.items if one.point is not None]
    everything = [*csbm.doors, *(point for point, _ in items)]
    if not everything:
        return Markup("")
    place, height = _frame(everything)
    grey = "".join(
        '<circle cx="{:.1f}" cy="{:.1f}" r="2"/>'.format(*place(*at)) for at in csbm.doors
    )
    dots = "".join(
        f'<circle cx="{place(*point)[0]:.1f}" cy="{place(*point)[1]:.1f}" r="4" '
        f'fill="{COLOURS[one.status]}"><title>{escape(one.dis_kapi_no)} {escape(one.said)}</title>'
        "</circle>"
        for point, one in items
    )
    return Markup(  # noqa: S704 — numbers, and text escaped above
        f'<svg viewBox="0 0 {_WIDE:.0f} {height:.0f}" class="plan" role="img" '
        f'aria-label="{escape(csbm.csbm)}"><g class="doors">{grey}</g>{dots}</svg>'
    )


def _frame(
    points: Sequence[tuple[float, float]],
) -> tuple[Callable[[float, float], tuple[float, float]], float]:
    """From degrees into the sketch, north up and true to scale; and the height of the sketch."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    least = _FEWEST_METRES / _METRES_PER_DEGREE
    wide, high = max((east - west) * _COS, least), max(north - south, least)
    scale = min((_WIDE - 2 * _EDGE) / wide, (_HIGH - 2 * _EDGE) / high)
    left = (_WIDE - (east - west) * _COS * scale) / 2

    def place(lon: float, lat: float) -> tuple[float, float]:
        return left + (lon - west) * _COS * scale, _EDGE + (north - lat) * scale

    return place, (north - south) * scale + 2 * _EDGE


def _write(template: str, path: Path, given: Mapping[str, object]) -> Path:
    with writing_to(path):
        path.write_text(templates.get_template(template).render(**given), encoding="utf-8")
    return path
