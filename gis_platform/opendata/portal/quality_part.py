"""The quality of a version in plain words, and how it went from version to version."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from markupsafe import Markup

from gis_platform.core.language import Language
from gis_platform.opendata.portal import chart_svg
from gis_platform.opendata.portal.chart_svg import Mark, Told
from gis_platform.opendata.portal.charts_part import share
from gis_platform.opendata.portal.messages import date as date_said
from gis_platform.opendata.portal.messages import message, number
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.quality import ISO_MEASURES, Measured, days_between, is_late

_CLOCK = ZoneInfo("Europe/Istanbul")


@dataclass(frozen=True)
class Line:
    """A measure: what it is called, its value, what that means, and whether all is well."""

    name: str
    value: str
    meaning: str
    is_good: bool
    element: str


@dataclass(frozen=True)
class ColumnLine:
    """How full a column is; ``outside`` where it has a code list."""

    name: str
    empty: str
    share: str
    outside: str


@dataclass(frozen=True)
class VersionLine:
    """The measures of a version, as the table beside the pictures says them."""

    version: int
    published_at: datetime
    rows: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Trend:
    """How a measure went: a picture and its name."""

    title: str
    picture: Markup


@dataclass(frozen=True)
class Quality:
    """What the page says of the quality of a version; ``trend_heads`` name ``versions.values``."""

    lines: tuple[Line, ...]
    columns: tuple[ColumnLine, ...]
    has_codes: bool
    trends: tuple[Trend, ...]
    trend_heads: tuple[str, ...]
    versions: tuple[VersionLine, ...]


def quality_part(
    versions: Sequence[PublicLayer], measured: Sequence[Measured], language: Language, on: date
) -> Quality | None:
    """The quality of the public one among ``versions``, newest first; ``None``: not measured.

    Its age is counted to the day ``on``.
    """
    layer = next(each for each in versions if each.is_current)
    found = next((each for each in measured if each.version == layer.version), None)
    if found is None:
        return None
    lines = tuple(_lines(layer, found, language, on))
    columns = tuple(_columns(found, language))
    heads, history = _history(versions, measured, language)
    trends = tuple(_trends(measured, language))
    return Quality(lines, columns, bool(found.outside), trends, heads, history)


def _lines(layer: PublicLayer, found: Measured, language: Language, on: date) -> Iterator[Line]:
    def line(name: str, value: str, what: str, *, good: bool, **said: object) -> Line:
        element, number_of = ISO_MEASURES[name]  # type: ignore[index]  # names of this module
        known = _element(element, number_of, language)
        meaning = message(language, f"quality.{what}", **said)
        return Line(message(language, f"quality.{name}"), value, meaning, good, known)

    missing = sum(found.empty.values())
    if found.filled is not None:
        yield line("filled", share(language, found.filled), "filled_some" if missing else
                   "filled_all", good=not missing, count=number(language, missing))  # fmt: skip
    yield line("left_out", number(language, found.left_out), "left_out_some" if found.left_out else
               "left_out_none", good=not found.left_out)  # fmt: skip
    if found.valid is not None:
        yield line("valid", share(language, found.valid), "valid_some" if found.invalid else
                   "valid_all", good=not found.invalid,
                   count=number(language, found.invalid))  # fmt: skip
    yield line("duplicates", number(language, found.duplicates), "duplicates_some" if
               found.duplicates else "duplicates_none", good=not found.duplicates,
               key=layer.entry.key)  # fmt: skip
    if found.in_domain is not None:
        wrong = ", ".join(f"{name} {number(language, count)}"
                          for name, count in found.outside.items() if count)  # fmt: skip
        yield line("in_domain", share(language, found.in_domain), "in_domain_some" if wrong else
                   "in_domain_all", good=not wrong, columns=wrong)  # fmt: skip
    if found.breaches is not None:
        codes = ", ".join(f"{each['code']} ({number(language, each['count'])})"
                          for each in found.controls or ())  # fmt: skip
        yield line("breaches", number(language, found.breaches), "breaches_some" if codes else
                   "breaches_none", good=not found.breaches, codes=codes)  # fmt: skip
    yield _age(layer, language, on)
    if layer.entry.accuracy is not None:
        yield Line(message(language, "quality.accuracy"), layer.entry.accuracy.say(language),
                   message(language, "quality.accuracy_note"), is_good=True,
                   element=_element("positional-accuracy", None, language))  # fmt: skip


def _age(layer: PublicLayer, language: Language, on: date) -> Line:
    days = max((on - layer.published_at.astimezone(_CLOCK).date()).days, 0)
    due, late = layer.entry.next_due, is_late(layer, on)
    what = "age_irregular" if due is None else "age_late" if late else "age_in_time"
    meaning = message(
        language, f"quality.{what}",
        frequency=message(language, f"frequency.{layer.entry.update_frequency}"),
        due=date_said(language, datetime.combine(due, time(12), _CLOCK)) if due else "",
    )  # fmt: skip
    value = message(language, "quality.age_value", days=number(language, days))
    name = message(language, "quality.age")
    element, _ = ISO_MEASURES["age_days"]
    return Line(name, value, meaning, not late, _element(element, None, language))


def _element(element: str, number_of: int | None, language: Language) -> str:
    """The element of quality by its name, and the number of the measure in ISO 19157."""
    said = f"ISO 19157: {message(language, f'quality.{element}')}"
    return said if number_of is None else f"{said} ({number_of})"


def _columns(found: Measured, language: Language) -> Iterator[ColumnLine]:
    for name, empty in found.empty.items():
        part = share(language, 1 - empty / found.rows) if found.rows else "–"
        outside = found.outside.get(name)
        said = "" if outside is None else number(language, outside)
        yield ColumnLine(name, number(language, empty), part, said)


_Value = Callable[[Measured], float | int | None]
_TRENDS: tuple[tuple[str, _Value], ...] = (
    ("filled", lambda each: each.filled),
    ("in_domain", lambda each: each.in_domain),
    ("valid", lambda each: each.valid),
    ("breaches", lambda each: each.breaches),
)


def _trends(measured: Sequence[Measured], language: Language) -> Iterator[Trend]:
    """A line for every measure that at least two versions have, the oldest version first."""
    for name, of in _TRENDS:
        known = [(each.version, value) for each in reversed(measured)
                 if (value := of(each)) is not None]  # fmt: skip
        if len(known) < 2:  # noqa: PLR2004  # one version has no trend
            continue
        marks = [Mark(str(version), value, _said(value, language)) for version, value in known]
        title = message(language, f"quality.trend_{name}")
        summary = message(
            language, "quality.trend_summary", measure=title, first=marks[0].said,
            last=marks[-1].said,
            first_version=marks[0].label, last_version=marks[-1].label,
        )  # fmt: skip
        most = 1.0 if isinstance(known[0][1], float) else None
        yield Trend(title, chart_svg.line(Told(f"trend-{name}", title, summary), marks, most=most))


def _history(
    versions: Sequence[PublicLayer], measured: Sequence[Measured], language: Language
) -> tuple[tuple[str, ...], tuple[VersionLine, ...]]:
    known, days = {each.version: each for each in versions}, days_between(versions)
    some = [(name, of) for name, of in _TRENDS if any(of(each) is not None for each in measured)]
    heads = [message(language, f"quality.trend_{name}") for name, _ in some]
    counts = [message(language, f"quality.{name}") for name in ("left_out", "duplicates", "days")]
    lines = tuple(
        VersionLine(
            each.version, known[each.version].published_at, number(language, each.rows),
            (*(_said(of(each), language) for _, of in some), number(language, each.left_out),
             number(language, each.duplicates), _said(days.get(each.version), language)),
        )
        for each in measured if each.version in known
    )  # fmt: skip
    return (*heads, *counts), lines


def _said(value: float | None, language: Language) -> str:
    if value is None:
        return "–"
    return share(language, value) if isinstance(value, float) else number(language, value)
