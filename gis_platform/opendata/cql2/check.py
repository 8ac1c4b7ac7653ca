"""A CQL2 tree becomes a checked expression: known properties, kinds that fit, values apart."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.db.queries.expression import SPATIAL, TEMPORAL, Node
from gis_platform.opendata.cql2.geometry import ReadShape, near_box, read_box, read_shape
from gis_platform.opendata.cql2.text import (
    MOST_CHARACTERS,
    MOST_DEPTH,
    Tree,
    parse_text,
    too_deep,
    too_long,
)

LANGUAGES = ("cql2-text", "cql2-json")
_NUMERIC = frozenset({"integer", "number", "double"})
_TIMES = frozenset({"date", "date-time"})
_COMPARED = frozenset({"=", "<>", "<", "<=", ">", ">="})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "div", "^"})
_GEOMETRY = "geometry"
_MOST_DIGITS = 60
_MOST_EXPONENT = 300


@dataclass(frozen=True)
class Filter:
    """A checked filter: its expression, and the values bound in it by name."""

    expression: Node
    values: Mapping[str, Any]


@lru_cache(maxsize=1024)
def read_filter(
    said: str,
    language: str,
    types: tuple[tuple[str, str], ...],
    srid: int,
    *,
    is_north_first: bool = False,
) -> Filter:
    """What a filter asks for, checked against the columns of a layer.

    Args:
        said: the filter.
        language: one of ``LANGUAGES``.
        types: name and kind of each column; ``geometry`` is known beside them.
        srid: CRS in which the coordinates of the filter are written.
        is_north_first: whether its first axis points north.

    Raises:
        UsageError: it is not CQL2, names an unknown property or compares what does not compare.
    """
    tree = parse_text(said) if language == "cql2-text" else _parse_json(said)
    check = _Check(dict(types), srid, is_north_first)
    expression = check.boolean(tree)
    return Filter(expression, check.values)


def _parse_json(said: str) -> Tree:
    if len(said) > MOST_CHARACTERS:
        raise too_long()
    try:
        return json.loads(said, parse_float=Decimal, parse_constant=_refused_constant)
    except RecursionError:
        raise too_deep() from None
    except ValueError as error:
        raise UsageError(
            Text(f"JSON okunamıyor: {error}", f"the JSON cannot be read: {error}")
        ) from None


def _refused_constant(said: str) -> Any:
    raise ValueError(said)


@dataclass
class _Check:
    """Walks the tree once; what is a value goes into ``values``."""

    types: dict[str, str]
    srid: int
    is_north_first: bool
    values: dict[str, Any] = field(default_factory=dict)
    depth: int = 0

    def boolean(self, tree: Tree) -> Node:
        return self._of_kind(tree, frozenset({"boolean"}))

    def _of_kind(self, tree: Tree, kinds: frozenset[str]) -> Node:
        node = self._node(tree)
        if node.kind not in kinds:
            wanted = ", ".join(sorted(kinds - {"double"}))
            raise _bad(
                f"{_shown(tree)}: {wanted} olmalı, {_kind_name(node.kind)} değil",
                f"{_shown(tree)}: has to be {wanted}, not {_kind_name(node.kind)}",
            )
        return node

    def _node(self, tree: Tree) -> Node:
        self.depth += 1
        if self.depth > 2 * MOST_DEPTH:
            raise too_deep()
        node = self._read(tree)
        self.depth -= 1
        return node

    def _read(self, tree: Tree) -> Node:
        if isinstance(tree, bool):
            return self._value("boolean", tree)
        if isinstance(tree, str):
            return self._string(tree)
        if isinstance(tree, (int, Decimal)):
            return self._number(tree)
        if not isinstance(tree, dict):
            raise _not_cql(tree)
        for member, read in (
            ("op", self._call), ("property", self._property), ("date", self._date),
            ("timestamp", self._timestamp), ("interval", self._interval),
            ("bbox", self._box), ("type", self._shape),
        ):  # fmt: skip
            if member in tree:
                return read(tree)
        raise _not_cql(tree)

    def _value(self, kind: str, value: Any) -> Node:
        name = f"filter_{len(self.values)}"
        self.values[name] = value
        return Node("value", kind, name=name)

    def _string(self, said: str) -> Node:
        if "\0" in said:
            raise _bad("metinde geçersiz karakter", "the text holds a character that is not valid")
        return self._value("string", said)

    def _number(self, said: int | Decimal) -> Node:
        if isinstance(said, int) and -(2**63) <= said < 2**63:
            return self._value("integer", said)
        value = Decimal(said)
        if (
            not value.is_finite()
            or abs(value.adjusted()) > _MOST_EXPONENT
            or len(value.as_tuple().digits) > _MOST_DIGITS
        ):
            raise _bad(f"{said}: sayı çok büyük", f"{said}: the number is too large")
        return self._value("number", value)

    def _property(self, tree: Tree) -> Node:
        name = tree["property"]
        if name == _GEOMETRY:
            return Node("column", "geometry", name=_GEOMETRY)
        if not isinstance(name, str) or name not in self.types:
            known = ", ".join((*self.types, _GEOMETRY))
            raise _bad(
                f"“{name}” diye bir özellik yok; olanlar: {known}",
                f"there is no property “{name}”; there are: {known}",
                field=str(name),
            )
        kind = self.types[name]
        return Node("column", "double" if kind == "number" else kind, name=name)

    # ------------------------------------------------------------------------------- operators

    def _call(self, tree: Tree) -> Node:
        op, args = tree["op"], tree.get("args")
        if not isinstance(op, str) or not isinstance(args, list):
            raise _not_cql(tree)
        read = self._reader(op)
        return read(op, args)

    def _reader(self, op: str) -> Callable[[str, list[Tree]], Node]:
        if op in _COMPARED:
            return self._comparison
        if op in _ARITHMETIC:
            return self._sum
        if op in SPATIAL:
            return self._spatial
        if op in TEMPORAL:
            return self._temporal
        found = {
            "and": self._logical, "or": self._logical, "not": self._negated, "like": self._like,
            "between": self._between, "in": self._in, "isNull": self._is_null,
            "casei": self._folded, "accenti": self._folded,
        }.get(op)  # fmt: skip
        if found is None:
            known = ", ".join(("casei", "accenti", *sorted(SPATIAL), *sorted(TEMPORAL)))
            raise _bad(
                f"“{op}” diye bir işlev yok; olanlar: {known}",
                f"there is no function “{op}”; there are: {known}",
            )
        return found

    def _logical(self, op: str, args: list[Tree]) -> Node:
        if len(args) < 2:  # noqa: PLR2004
            raise _count(op, 2)
        return Node(op, "boolean", tuple(self.boolean(each) for each in args))

    def _negated(self, op: str, args: list[Tree]) -> Node:
        (one,) = _exactly(op, args, 1)
        return Node(op, "boolean", (self.boolean(one),))

    def _comparison(self, op: str, args: list[Tree]) -> Node:
        left, right = (self._node(each) for each in _exactly(op, args, 2))
        _comparable(op, args, left, right)
        return Node(op, "boolean", (left, right))

    def _between(self, op: str, args: list[Tree]) -> Node:
        if len(args) == 2 and isinstance(args[1], list):  # noqa: PLR2004
            args = [args[0], *args[1]]
        wanted, low, high = (self._node(each) for each in _exactly(op, args, 3))
        for at, each in enumerate((low, high), 1):
            _comparable("<", [args[0], args[at]], wanted, each)
        return Node(op, "boolean", (wanted, low, high))

    def _in(self, op: str, args: list[Tree]) -> Node:
        wanted, among = _exactly(op, args, 2)
        if not isinstance(among, list):
            raise _not_cql(among)
        node = self._node(wanted)
        found = tuple(self._node(each) for each in among)
        for tree, each in zip(among, found, strict=True):
            _comparable("=", [wanted, tree], node, each)
        return Node(op, "boolean", (node, *found))

    def _is_null(self, op: str, args: list[Tree]) -> Node:
        (one,) = _exactly(op, args, 1)
        return Node(op, "boolean", (self._node(one),))

    def _like(self, op: str, args: list[Tree]) -> Node:
        wanted, pattern = _exactly(op, args, 2)
        _check_pattern(pattern)
        text = frozenset({"string"})
        return Node(op, "boolean", (self._of_kind(wanted, text), self._of_kind(pattern, text)))

    def _folded(self, op: str, args: list[Tree]) -> Node:
        (one,) = _exactly(op, args, 1)
        return Node(op, "string", (self._of_kind(one, frozenset({"string"})),))

    def _sum(self, op: str, args: list[Tree]) -> Node:
        parts = tuple(self._of_kind(each, _NUMERIC) for each in _exactly(op, args, 2))
        kind = "double" if any(each.kind == "double" for each in parts) else "number"
        return Node(op, kind, parts)

    # ------------------------------------------------------------------------------------ time

    def _date(self, tree: Tree) -> Node:
        return self._value("date", _read_date(tree["date"]))

    def _timestamp(self, tree: Tree) -> Node:
        return self._value("date-time", _read_moment(tree["timestamp"]))

    def _interval(self, tree: Tree) -> Node:
        ends = tree["interval"]
        if not isinstance(ends, list) or len(ends) != 2:  # noqa: PLR2004
            raise _not_cql(tree)
        found = [None if each == ".." else self._instant(each) for each in ends]
        kinds = {each.kind for each in found if each is not None}
        if not kinds:
            raise _bad(
                "iki ucu da açık aralık olmaz", "an interval open on both sides says nothing"
            )
        if len(kinds) > 1:
            raise _mixed_times()
        (kind,) = kinds
        args = tuple(Node("open", kind) if each is None else each for each in found)
        return Node("interval", "interval", args)

    def _instant(self, tree: Tree) -> Node:
        if isinstance(tree, str):
            tree = {"timestamp": tree} if "T" in tree or "t" in tree else {"date": tree}
        return self._of_kind(tree, _TIMES)

    def _temporal(self, op: str, args: list[Tree]) -> Node:
        parts = tuple(self._of_kind(each, _TIMES | {"interval"}) for each in _exactly(op, args, 2))
        kinds = {each.args[0].kind if each.kind == "interval" else each.kind for each in parts}
        if len(kinds) > 1:
            raise _mixed_times()
        return Node(op, "boolean", parts)

    # ----------------------------------------------------------------------------------- space

    def _spatial(self, op: str, args: list[Tree]) -> Node:
        trees = _exactly(op, args, 2)
        parts = tuple(self._of_kind(each, frozenset({"geometry"})) for each in trees)
        if op != "s_intersects" and any(
            isinstance(each, dict) and each.get("type") == "GeometryCollection" for each in trees
        ):
            raise _bad(
                f"{op} GEOMETRYCOLLECTION almaz; s_intersects alır",
                f"{op} takes no GEOMETRYCOLLECTION; s_intersects does",
            )
        return Node(op, "boolean", parts, srid=self.srid)

    def _box(self, tree: Tree) -> Node:
        return self._placed(read_box(tree["bbox"], self.srid, is_north_first=self.is_north_first))

    def _shape(self, tree: Tree) -> Node:
        return self._placed(read_shape(tree, is_north_first=self.is_north_first))

    def _placed(self, shape: ReadShape) -> Node:
        node = self._value("geometry", shape.wkb)
        self.values.update(near_box(shape, self.srid, node.name))
        return Node("shape", "geometry", name=node.name)


def _exactly(op: str, args: list[Tree], count: int) -> list[Tree]:
    if len(args) != count:
        raise _count(op, count)
    return args


def _comparable(op: str, trees: Sequence[Tree], left: Node, right: Node) -> None:
    kinds = {left.kind, right.kind}
    is_alike = len(kinds) == 1 or kinds <= _NUMERIC
    is_ordered = op not in {"=", "<>"}
    if is_alike and (kinds & {"geometry", "interval"} or (kinds == {"boolean"} and is_ordered)):
        raise _bad(
            f"“{op}” {_kind_name(left.kind)} değerleri karşılaştırmaz",
            f"“{op}” does not compare values of kind {_kind_name(left.kind)}",
        )
    if is_alike:
        return
    names = _kind_name(left.kind), _kind_name(right.kind)
    hint = Text("", "")
    if kinds & _TIMES:
        hint = Text(
            "; zaman DATE('2024-01-31') ya da TIMESTAMP('2024-01-31T12:00:00Z') diye yazılır",
            "; a time is written DATE('2024-01-31') or TIMESTAMP('2024-01-31T12:00:00Z')",
        )
    raise _bad(
        f"{_shown(trees[0])} ({names[0]}) ile {_shown(trees[1])} ({names[1]}) karşılaştırılamaz"
        + hint.tr,
        f"{_shown(trees[0])} ({names[0]}) and {_shown(trees[1])} ({names[1]}) do not compare"
        + hint.en,
    )


def _check_pattern(tree: Tree) -> None:
    """A pattern is a text, folded or not; a backslash takes the sense of the sign behind it."""
    while isinstance(tree, dict) and tree.get("op") in {"casei", "accenti"}:
        args = tree.get("args")
        tree = args[0] if isinstance(args, list) and len(args) == 1 else None
    if not isinstance(tree, str):
        raise _bad("LIKE bir metin desen ister", "LIKE wants a text as its pattern")
    if (len(tree) - len(tree.rstrip("\\"))) % 2:
        raise _bad("desen “\\” ile bitemez", "a pattern cannot end in “\\”")


def _read_date(said: Any) -> date:
    try:
        if isinstance(said, str) and len(said) == len("2024-01-31"):
            return date.fromisoformat(said)
    except ValueError:
        pass
    raise _bad(f"“{said}” bir gün değil: 2024-01-31", f"“{said}” is not a date: 2024-01-31")


def _read_moment(said: Any) -> datetime:
    try:
        if isinstance(said, str) and said[10:11] in {"T", "t"}:
            moment = datetime.fromisoformat(said.replace("t", "T").replace("z", "Z"))
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except ValueError:
        pass
    raise _bad(
        f"“{said}” bir an değil: 2024-01-31T12:00:00Z",
        f"“{said}” is not a moment: 2024-01-31T12:00:00Z",
    )


def _mixed_times() -> UsageError:
    return _bad(
        "gün (DATE) ile an (TIMESTAMP) birlikte kullanılmaz",
        "a day (DATE) and a moment (TIMESTAMP) do not go together",
    )


def _count(op: str, count: int) -> UsageError:
    return _bad(f"“{op}” {count} bağımsız değişken alır", f"“{op}” takes {count} arguments")


def _not_cql(tree: Tree) -> UsageError:
    return _bad(f"CQL2 değil: {_shown(tree)}", f"not CQL2: {_shown(tree)}")


def _bad(tr: str, en: str, *, field: str = "filter") -> UsageError:
    return UsageError(Text(tr, en), place=Place(field=field))


def _kind_name(kind: str) -> str:
    return "number" if kind == "double" else kind


def _shown(tree: Tree) -> str:
    if isinstance(tree, dict) and isinstance(tree.get("property"), str):
        return f"“{tree['property']}”"
    said = str(tree)
    return said if len(said) <= 60 else f"{said[:57]}…"  # noqa: PLR2004
