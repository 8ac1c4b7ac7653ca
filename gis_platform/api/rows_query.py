"""What is asked of the rows of a data set: a page of rows, or rows put together in groups."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import get_args

from gis_platform.api.ogc_problem import bad
from gis_platform.api.ogc_query import (
    Names,
    Query,
    known_columns,
    read_limit,
    read_offset,
    read_order,
    read_query,
)
from gis_platform.core.errors import Text
from gis_platform.db.queries.groups import ROWS, Grouping, Measure, name_of
from gis_platform.opendata.ogc import MAX_LIMIT, MOST_IN_FILE
from gis_platform.opendata.public import PublicLayer

DEFAULT_ROWS = 100
MOST_ROWS = MAX_LIMIT
MOST_GROUPED = 4
MOST_MEASURED = 8
MEASURES: tuple[Measure, ...] = get_args(Measure)
OF_PAGES = (
    "columns", "sort", "filter", "filter-lang", "filter-crs", "bbox", "bbox-crs", "datetime",
    "mahalle", "limit", "offset", "token", "format",
)  # fmt: skip
PARAMETERS = (*OF_PAGES, "group", *MEASURES)
"""Every parameter that is not a column; a column of one of these names is asked for by filter."""
OWN_COLUMNS = "mahalle"
"""Of these a layer may have a column too, and the parameter means the same."""
_NAMES = Names(
    sort="sort", columns="columns", taken=frozenset({*PARAMETERS, "lang"} - {OWN_COLUMNS})
)
_NUMERIC = frozenset({"integer", "number"})


@dataclass(frozen=True)
class RowsAsked:
    """Rows, or groups of them where ``grouping`` is there."""

    query: Query
    grouping: Grouping | None = None


def read_rows_query(layer: PublicLayer, said: Mapping[str, str], *, is_file: bool) -> RowsAsked:
    """What the parameters ask for; ``mahalle`` has become a column by now.

    Args:
        layer: whose columns they name.
        said: the parameters.
        is_file: more rows at once go into a file, and all of them unless ``limit`` says less.

    Raises:
        Refused: 400, naming the parameter and what would do.
    """
    if "group" not in said and not any(name in said for name in MEASURES):
        query = read_query(layer, said, _NAMES)
        return RowsAsked(replace(query, limit=_limit(said, is_file=is_file)))
    grouping = _grouping(layer, said)
    plain = {name: value for name, value in said.items() if name != "sort"}
    query = read_query(layer, plain, _NAMES)
    limit = _limit(said, is_file=False)
    return RowsAsked(replace(query, limit=limit, order=said.get("sort", "")), grouping)


def _limit(said: Mapping[str, str], *, is_file: bool) -> int:
    most = MOST_IN_FILE if is_file else MOST_ROWS
    if "limit" not in said:
        return most if is_file else DEFAULT_ROWS
    read_limit(said)  # whether it is a number
    if int(said["limit"]) > most:
        raise bad(
            "limit", f"en çok {most}", f"at most {most}",
            remedy=Text(
                "daha küçük bir sayı verip “next” bağlantısıyla ilerleyin; veri kümesinin tamamı "
                "için dosyalarını indirin",
                "give a smaller number and go on by “next”; for the whole data set take its files",
            ),
        )  # fmt: skip
    return int(said["limit"])


def _grouping(layer: PublicLayer, said: Mapping[str, str]) -> Grouping:
    for name in ("columns", "token"):
        if name in said:
            raise bad(
                name, "group ile birlikte verilmez", "goes not with group",
                remedy=Text(f"{name} parametresini çıkarın", f"leave out {name}"),
            )  # fmt: skip
    read_offset(said)
    by = _names(said, "group")
    known_columns(layer, "group", by)
    if len(by) > MOST_GROUPED:
        raise bad("group", f"en çok {MOST_GROUPED} sütun", f"at most {MOST_GROUPED} columns")
    measures = tuple(
        (measure, column) for measure in MEASURES for column in _measured(layer, said, measure)
    ) or (("count", ROWS),)
    if len(measures) > MOST_MEASURED:
        raise bad(
            measures[-1][0], f"en çok {MOST_MEASURED} sonuç", f"at most {MOST_MEASURED} outcomes"
        )
    names = [*by, *(name_of(*each) for each in measures)]
    if len(set(names)) < len(names):
        raise bad(
            "group", "bir sonuç bir sütunla aynı adı taşır", "an outcome is named as a column"
        )
    return Grouping(tuple(by), measures, _group_order(said, names))


def _measured(layer: PublicLayer, said: Mapping[str, str], measure: Measure) -> list[str]:
    names = _names(said, measure)
    if measure == "count" and names == [ROWS]:
        return names
    known_columns(layer, measure, names)
    for name in names:
        kind = layer.entry.types[name]
        if measure in {"sum", "avg"} and kind not in _NUMERIC:
            there = [each for each, of in layer.entry.types.items() if of in _NUMERIC]
            raise bad(
                measure, f"“{name}” sayı değil; sayı olanlar: {', '.join(there) or '–'}",
                f"“{name}” holds no numbers; there are: {', '.join(there) or '–'}",
            )  # fmt: skip
        if kind == "boolean" and measure != "count":
            raise bad(
                measure, f"“{name}” doğru/yanlış değeridir; count kullanın",
                f"“{name}” holds true and false; use count",
            )  # fmt: skip
    return names


def _group_order(said: Mapping[str, str], names: list[str]) -> tuple[tuple[str, bool], ...]:
    order = read_order(said, "sort")
    sorted_by = [name for name, _ in order]
    unknown = [name for name in sorted_by if name not in names]
    if unknown or len(set(sorted_by)) < len(sorted_by):
        there = ", ".join(names)
        name = (unknown or sorted_by)[0]
        raise bad(
            "sort", f"“{name}” ile sıralanmaz; olanlar, birer kez: {there}",
            f"not by “{name}”; there are, once each: {there}",
        )  # fmt: skip
    return order


def _names(said: Mapping[str, str], parameter: str) -> list[str]:
    return [each.strip() for each in said[parameter].split(",")] if parameter in said else []
