"""Which features are asked for: the parameters of items, read strictly (Features 1, 2, 3, 5)."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from gis_platform.api.ogc_components import MAX_OFFSET
from gis_platform.api.ogc_problem import Refused, bad
from gis_platform.api.ogc_request import EVERYWHERE
from gis_platform.api.ogc_resources import ITEMS_PARAMETERS
from gis_platform.core.crs import PUBLISHED_SRID
from gis_platform.core.errors import UsageError
from gis_platform.db.queries.expression import EDGES
from gis_platform.db.queries.features import Shape, Start
from gis_platform.opendata.cql2.check import LANGUAGES, Filter, read_filter
from gis_platform.opendata.cql2.geometry import near
from gis_platform.opendata.ogc import (
    CRS84,
    DEFAULT_LIMIT,
    MAX_LIMIT,
    REFERENCE_SYSTEMS,
    ReferenceSystem,
)
from gis_platform.opendata.public import PublicLayer, column_value

Value = Any
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2})?"
)
_WORLD = (-180.0, -90.0, 180.0, 90.0)
_OPEN = frozenset({"", ".."})
MOST_SORTED = 5
"""Columns ``sortby`` takes."""


@dataclass(frozen=True)
class Names:
    """What an address calls its parameters, so that a refusal names them as they were written.

    Attributes:
        sort: the columns that order.
        columns: the columns that come out.
        taken: every parameter that is not a column; the others are compared with their columns.
    """

    sort: str = "sortby"
    columns: str = "properties"
    taken: frozenset[str] = frozenset({*ITEMS_PARAMETERS, *EVERYWHERE})


ITEMS_NAMES = Names()


@dataclass(frozen=True)
class Position:
    """Where a page begins: after so many features, and behind which one where that is known.

    Attributes:
        after: what that one has in the columns that order the features, and its key.
    """

    passed: int = 0
    after: tuple[Value, ...] = ()


@dataclass(frozen=True)
class Query:
    """A page of features: the statement's shape and the values bound in it.

    Attributes:
        shape: one row more than ``limit`` is asked for, to know whether another page follows.
        values: of the filters.
        system: reference system of the answer.
        order: ``sortby`` as it was given: a position is one in this order only.
    """

    shape: Shape
    values: Mapping[str, Value]
    limit: int
    position: Position
    system: ReferenceSystem
    order: str = ""

    @property
    def counted_shape(self) -> Shape:
        """The shape without its page, for counting."""
        return replace(
            self.shape, start="first", srid=None, sort=(), empty=(), columns=None,
            with_geometry=True,
        )  # fmt: skip

    def bound(self) -> dict[str, Value]:
        """Every value of the page's statement."""
        after = {f"after_{number}": value for number, value in enumerate(self.position.after)}
        paged = {"limit": self.limit + 1, "offset": self.position.passed}
        return {**self.values, **after, **paged}


def read_query(layer: PublicLayer, said: Mapping[str, str], names: Names = ITEMS_NAMES) -> Query:
    """What the query parameters of items, or of rows, ask for.

    Raises:
        Refused: 400, naming the parameter.
    """
    system = read_system("crs", said)
    values: dict[str, Value] = {}
    sort = _sort(layer, said, names.sort)
    position, start = _position(layer, said, sort, said.get(names.sort, ""))
    box, box_srid = _box(said, values)
    equals = _equals(layer, said, values, names.taken)
    since, until = _during(layer, said, values)
    filtered = _filter(layer, said)
    if filtered is not None:
        values.update(filtered.values)
    shape = Shape(
        served=layer.served, srid=system.srid, box=box, box_srid=box_srid, equals=equals,
        time=layer.entry.time if since or until else None, since=since, until=until, start=start,
        filter=None if filtered is None else filtered.expression,
        columns=_columns(layer, said, names.columns),
        sort=sort, empty=tuple(each is None for each in position.after[:-1]),
        with_geometry=not _flag("skipGeometry", said),
    )  # fmt: skip
    return Query(shape, values, read_limit(said), position, system, said.get(names.sort, ""))


def read_system(name: str, said: Mapping[str, str]) -> ReferenceSystem:
    """The reference system a parameter names; CRS84 where it is not given.

    Raises:
        Refused: 400, it is not among those there are.
    """
    wanted = said.get(name, CRS84)
    if wanted not in REFERENCE_SYSTEMS:
        there = ", ".join(REFERENCE_SYSTEMS)
        raise bad(name, f"olanlar: {there}", f"there are: {there}")
    return REFERENCE_SYSTEMS[wanted]


def token_of(position: Position, order: str) -> str:
    """A position as the ``token`` of a link; ``order`` is the ``sortby`` it is a position in."""
    after = [None if each is None else str(each) for each in position.after]
    raw = json.dumps([position.passed, after, order], separators=(",", ":"))
    return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def read_limit(said: Mapping[str, str]) -> int:
    """How many are asked for; what is over the most is clamped to it.

    Raises:
        Refused: 400, no number.
    """
    if "limit" not in said:
        return DEFAULT_LIMIT
    return min(_whole("limit", said["limit"], 1), MAX_LIMIT)


def read_offset(said: Mapping[str, str]) -> int:
    """How many are passed over.

    Raises:
        Refused: 400, no number, or more than ``MAX_OFFSET``.
    """
    offset = _whole("offset", said.get("offset", "0"), 0)
    if offset > MAX_OFFSET:
        raise bad("offset", f"en çok {MAX_OFFSET}", f"at most {MAX_OFFSET}")
    return offset


def _whole(name: str, said: str, least: int) -> int:
    if not re.fullmatch(r"\d{1,18}", said, re.ASCII) or int(said) < least:
        raise bad(name, f"{least} ya da daha büyük bir tam sayı olmalı", f"has to be an integer of at least {least}")  # fmt: skip  # noqa: E501
    return int(said)


def _position(
    layer: PublicLayer, said: Mapping[str, str], sort: tuple[tuple[str, bool], ...], order: str
) -> tuple[Position, Start]:
    if "token" in said:
        if "offset" in said:
            raise bad("offset", "token ile birlikte verilmez", "goes not with token")
        names = (*(name for name, _ in sort), layer.entry.key)
        return _from_token(layer, said["token"], names, order), "after"
    offset = read_offset(said)
    return Position(offset), "offset" if offset else "first"


def _from_token(layer: PublicLayer, token: str, names: tuple[str, ...], order: str) -> Position:
    refused = bad(
        "token", "geçersiz; next bağlantısını kullanın", "is not valid; use the next link"
    )
    try:
        padded = token + "=" * (-len(token) % 4)
        passed, after, of = json.loads(base64.b64decode(padded, b"-_", validate=True))
        if not isinstance(passed, int) or not 0 <= passed < 2**63 or of != order:
            raise refused
        values = tuple(
            None if said is None and name != layer.entry.key else column_value(layer, name, said)
            for name, said in zip(names, after, strict=True)
        )
        return Position(passed, values)
    except (ValueError, TypeError, binascii.Error, UsageError):
        raise refused from None


def _sort(
    layer: PublicLayer, said: Mapping[str, str], parameter: str
) -> tuple[tuple[str, bool], ...]:
    """Columns that order the features, ``True`` = descending."""
    order = read_order(said, parameter)
    known_columns(layer, parameter, [name for name, _ in order])
    return order


def read_order(said: Mapping[str, str], parameter: str) -> tuple[tuple[str, bool], ...]:
    """Names with their directions, ``True`` = descending, whatever they are names of.

    Raises:
        Refused: 400, more than ``MOST_SORTED``.
    """
    if parameter not in said:
        return ()
    # A “+” that was not written %2B arrives as a space.
    parts = [each.strip() for each in said[parameter].split(",")]
    names = [each.lstrip("+-").strip() for each in parts]
    if len(names) > MOST_SORTED:
        raise bad(parameter, f"en çok {MOST_SORTED} özellik", f"at most {MOST_SORTED} properties")
    return tuple((name, part.startswith("-")) for name, part in zip(names, parts, strict=True))


def _columns(layer: PublicLayer, said: Mapping[str, str], parameter: str) -> tuple[str, ...] | None:
    """The properties that come out, in the order of the layer; ``None`` = all."""
    if parameter not in said:
        return None
    names = [each.strip() for each in said[parameter].split(",")]
    known_columns(layer, parameter, names)
    return tuple(name for name in layer.entry.types if name in names)


def known_columns(layer: PublicLayer, parameter: str, names: list[str]) -> None:
    """Look whether these are columns of the layer, each once.

    Raises:
        Refused: 400, one is not, or stands there twice.
    """
    check_names(parameter, names, layer.entry.types)


def check_names(parameter: str, names: Sequence[str], there_are: Iterable[str]) -> None:
    """Look whether these are properties there are, each once.

    Raises:
        Refused: 400, one is not, or stands there twice.
    """
    known = list(there_are)
    unknown = [name for name in names if name not in known]
    if unknown:
        there = ", ".join(known)
        raise bad(
            parameter,
            f"“{unknown[0]}” diye bir özellik yok; olanlar: {there}",
            f"there is no property “{unknown[0]}”; there are: {there}",
        )
    if len(set(names)) < len(names):
        raise bad(parameter, "bir özellik iki kez verilmiş", "names a property twice")


def _flag(name: str, said: Mapping[str, str]) -> bool:
    if said.get(name, "false") not in {"true", "false"}:
        raise bad(name, "true ya da false olmalı", "has to be true or false")
    return said.get(name) == "true"


def _filter(layer: PublicLayer, said: Mapping[str, str]) -> Filter | None:
    """The expression of ``filter`` (Features 3, 19-079r2), checked against the layer's columns."""
    system, language = read_system("filter-crs", said), said.get("filter-lang", LANGUAGES[0])
    if language not in LANGUAGES:
        there = ", ".join(LANGUAGES)
        raise bad("filter-lang", f"olanlar: {there}", f"there are: {there}")
    if "filter" not in said:
        for name in ("filter-lang", "filter-crs"):
            if name in said:
                raise bad(name, "filter olmadan verilmez", "goes only with filter")
        return None
    try:
        return read_filter(
            said["filter"], language, layer.served.types, system.srid or PUBLISHED_SRID,
            is_north_first=system.is_north_first,
        )  # fmt: skip
    except UsageError as error:
        raise bad("filter", error.text.tr, error.text.en) from None


def _equals(
    layer: PublicLayer, said: Mapping[str, str], values: dict[str, Value], taken: frozenset[str]
) -> tuple[str, ...]:
    names = tuple(sorted(name for name in said if name not in taken))
    for number, name in enumerate(names):
        try:
            values[f"equal_{number}"] = column_value(layer, name, said[name])
        except UsageError as error:
            raise Refused(400, error.text, parameter=name) from None
    return names


def _box(said: Mapping[str, str], values: dict[str, Value]) -> tuple[Any, int]:
    """The kind of box and its CRS; its edges go into ``values``."""
    system = read_system("bbox-crs", said)
    if "bbox" not in said:
        if "bbox-crs" in said:
            raise bad("bbox-crs", "bbox olmadan verilmez", "goes only with bbox")
        return "none", PUBLISHED_SRID
    west, south, east, north = read_edges(said["bbox"], system)
    if system.srid in {None, PUBLISHED_SRID}:
        halves = degrees(west, south, east, north)
        for half, edges in zip(("", "2"), halves, strict=False):
            values.update(_named(edges, "", half))
        return ("one" if len(halves) == 1 else "two"), PUBLISHED_SRID
    if west > east:
        raise bad("bbox", "en küçük doğu değeri en büyüğünden büyük", "its least easting is over its greatest")  # fmt: skip  # noqa: E501
    box, srid = (west, south, east, north), system.srid or PUBLISHED_SRID
    values.update(_named(box, "", ""))
    values.update(_named(near(box, srid), "near_", ""))
    return "one", srid


def _named(edges: tuple[float, ...], prefix: str, half: str) -> dict[str, float]:
    return {f"{prefix}{name}{half}": edge for name, edge in zip(EDGES, edges, strict=True)}


def read_edges(said: str, system: ReferenceSystem) -> tuple[float, float, float, float]:
    """West, south, east, north from the axis order of the CRS; heights are left out.

    Raises:
        Refused: 400, no edges of a box.
    """
    parts = said.split(",")
    if len(parts) not in {4, 6} or not all(_NUMBER.fullmatch(each.strip()) for each in parts):
        raise bad("bbox", "4 ya da 6 sayı olmalı", "has to be 4 or 6 numbers")
    numbers = [max(-1e12, min(1e12, float(each))) for each in parts]
    half = len(numbers) // 2
    first, second, third, fourth = numbers[0], numbers[1], numbers[half], numbers[half + 1]
    if system.is_north_first:
        first, second, third, fourth = second, first, fourth, third
    if second > fourth:
        raise bad("bbox", "güneyi kuzeyinden büyük", "its south is over its north")
    if len(numbers) == 6 and numbers[2] > numbers[5]:  # noqa: PLR2004
        raise bad("bbox", "altı üstünden yüksek", "its bottom is over its top")
    return first, second, third, fourth


def degrees(
    west: float, south: float, east: float, north: float
) -> list[tuple[float, float, float, float]]:
    """The box within the world, in one part or two; west over east means across the date line."""
    low, high = max(south, _WORLD[1]), min(north, _WORLD[3])
    west, east = max(west, _WORLD[0]), min(east, _WORLD[2])
    if west <= east:
        return [(west, low, east, high)]
    return [(west, low, _WORLD[2], high), (_WORLD[0], low, east, high)]


def _during(
    layer: PublicLayer, said: Mapping[str, str], values: dict[str, Value]
) -> tuple[bool, bool]:
    """Whether features since and until a moment are asked for; the moments go into ``values``."""
    if "datetime" not in said:
        return False, False
    first, last = read_interval(said["datetime"])
    if layer.entry.time is None:
        return False, False
    is_date = layer.entry.types[layer.entry.time] == "date"
    if first is not None:
        values["since"] = first.date() if is_date else first
    if last is not None:
        values["until"] = last.date() if is_date else last
    return first is not None, last is not None


def read_interval(said: str) -> tuple[datetime | None, datetime | None]:
    """First and last moment of an instant or interval (RFC 3339; ``..`` or nothing = open).

    Raises:
        Refused: 400, it is none.
    """
    parts = said.split("/")
    if len(parts) == 1 and said not in _OPEN:
        return _moment(said, is_last=False), _moment(said, is_last=True)
    if len(parts) != 2 or all(each in _OPEN for each in parts):  # noqa: PLR2004
        raise _not_a_time()
    first = None if parts[0] in _OPEN else _moment(parts[0], is_last=False)
    last = None if parts[1] in _OPEN else _moment(parts[1], is_last=True)
    if first is not None and last is not None and first > last:
        raise bad("datetime", "başı sonundan sonra", "begins after its end")
    return first, last


def _moment(said: str, *, is_last: bool) -> datetime:
    try:
        if _DATE.fullmatch(said):
            day = date.fromisoformat(said)
            begin = datetime.combine(day, time.min, UTC)
            return begin + timedelta(days=1, microseconds=-1) if is_last else begin
        if _MOMENT.fullmatch(said):
            moment = datetime.fromisoformat(said.upper())  # ASCII: T and Z
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        pass
    raise _not_a_time()


def _not_a_time() -> Refused:
    return bad(
        "datetime",
        "bir an ya da aralık olmalı, örneğin 2024-01-01/2024-12-31 ya da 2024-01-01/..",
        "has to be an instant or interval, e.g. 2024-01-01/2024-12-31 or 2024-01-01/..",
    )
