"""CQL2 text becomes the tree of CQL2 JSON, so that both are checked by one rule.

A parser of our own: whole numbers keep every digit (identity numbers have more than a double can
tell apart), an error names the character it stands at, and how deep brackets nest is bounded.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gis_platform.core.errors import Text, UsageError

MOST_DEPTH = 40
"""How deep brackets and operators may nest."""
MOST_CHARACTERS = 7_000
"""How long a filter may be."""
Tree = Any
"""A value of CQL2 JSON: numbers are ``int`` or ``Decimal``."""
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)
    | (?P<text>'(?:\\'|''|[^'])*')
    | (?P<quoted>"(?:[^"]|"")+")
    | (?P<word>[^\W\d][\w.:]*)
    | (?P<sign><>|<=|>=|[-=<>+*/%^(),])
    )""",
    re.VERBOSE,
)
_COMPARED = frozenset({"=", "<>", "<", "<=", ">", ">="})
_SHAPES = {
    "POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint", "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
}  # fmt: skip
_DEEP = {"LineString": 1, "MultiPoint": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}
_JSON_NAMES = {
    name.lower(): name  # ASCII: names of the standard
    for name in ("t_finishedBy", "t_metBy", "t_overlappedBy", "t_startedBy", "a_containedBy")
}


@dataclass(frozen=True)
class Token:
    """A word, number, text or sign, and the character it begins at (from 1)."""

    kind: str
    said: str
    at: int

    @property
    def word(self) -> str:
        """A keyword as the standard writes it; empty for everything else."""
        return self.said.upper() if self.kind == "word" else ""  # ASCII: keywords


def parse_text(said: str) -> Tree:
    """The tree of a CQL2 text.

    Raises:
        UsageError: it is not CQL2, too long or too deep.
    """
    if len(said) > MOST_CHARACTERS:
        raise too_long()
    return _Parser(_tokens(said)).whole()


def too_long() -> UsageError:
    """A filter of more than ``MOST_CHARACTERS``."""
    return UsageError(
        Text(
            f"süzgeç çok uzun: en çok {MOST_CHARACTERS} karakter",
            f"the filter is too long: at most {MOST_CHARACTERS} characters",
        )
    )


def too_deep() -> UsageError:
    """A filter nested deeper than ``MOST_DEPTH``."""
    return UsageError(
        Text(
            f"süzgeç çok derin iç içe: en çok {MOST_DEPTH}",
            f"the filter nests too deep: at most {MOST_DEPTH}",
        )
    )


def _tokens(said: str) -> list[Token]:
    found, at, end = [], 0, len(said.rstrip())
    while at < end:
        match = _TOKEN.match(said, at)
        if match is None or match.lastgroup is None:
            at += len(said[at:]) - len(said[at:].lstrip())
            raise _unexpected(Token("sign", said[at], at + 1))
        kind = match.lastgroup
        found.append(Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return [*found, Token("end", "", end + 1)]


def _unexpected(token: Token) -> UsageError:
    if token.kind == "end":
        return UsageError(
            Text(
                f"süzgeç bitmeden kesilmiş (karakter {token.at})",
                f"the filter ends too early (character {token.at})",
            )
        )
    return UsageError(
        Text(
            f"karakter {token.at}: “{token.said[:40]}” burada olamaz",
            f"character {token.at}: “{token.said[:40]}” cannot stand here",
        )
    )


class _Parser:
    """Reads tokens from left to right; each method one rule of the grammar (annex B)."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def whole(self) -> Tree:
        tree = self._either()
        if self._now.kind != "end":
            raise _unexpected(self._now)
        return tree

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    def _take(self) -> Token:
        token = self._now
        self._at += 1
        return token

    def _has(self, *said: str) -> bool:
        """Take the next token if it is one of these signs or keywords."""
        token = self._now
        if token.word in said or (token.kind == "sign" and token.said in said):
            self._at += 1
            return True
        return False

    def _must(self, said: str) -> None:
        if not self._has(said):
            raise _unexpected(self._now)

    def _is_call(self) -> bool:
        following = self._tokens[min(self._at + 1, len(self._tokens) - 1)]
        return following.kind == "sign" and following.said == "("

    def _either(self) -> Tree:
        return self._joined("OR", self._all)

    def _all(self) -> Tree:
        return self._joined("AND", self._negated)

    def _joined(self, word: str, part: Callable[[], Tree]) -> Tree:
        parts = [part()]
        while self._has(word):
            parts.append(part())
        name = word.lower()  # ASCII: a keyword
        return parts[0] if len(parts) == 1 else {"op": name, "args": parts}

    def _negated(self) -> Tree:
        if self._has("NOT"):
            return self._deeper(lambda: {"op": "not", "args": [self._negated()]})
        return self._predicate()

    def _deeper(self, rule: Callable[[], Tree]) -> Tree:
        self._depth += 1
        if self._depth > MOST_DEPTH:
            raise too_deep()
        tree = rule()
        self._depth -= 1
        return tree

    def _predicate(self) -> Tree:
        left = self._sum()
        if self._now.said in _COMPARED and self._now.kind == "sign":
            sign = self._take().said
            return {"op": sign, "args": [left, self._sum()]}
        if self._has("IS"):
            is_not = self._has("NOT")
            self._must("NULL")
            return _perhaps_not({"op": "isNull", "args": [left]}, is_not=is_not)
        is_not = self._has("NOT")
        if self._has("LIKE"):
            return _perhaps_not({"op": "like", "args": [left, self._sum()]}, is_not=is_not)
        if self._has("BETWEEN"):
            low = self._sum()
            self._must("AND")
            said = {"op": "between", "args": [left, low, self._sum()]}
            return _perhaps_not(said, is_not=is_not)
        if self._has("IN"):
            return _perhaps_not({"op": "in", "args": [left, self._list()]}, is_not=is_not)
        if is_not:
            raise _unexpected(self._now)
        return left

    def _list(self) -> list[Tree]:
        self._must("(")
        found = [self._sum()]
        while self._has(","):
            found.append(self._sum())
        self._must(")")
        return found

    def _sum(self) -> Tree:
        return self._chain(self._product, {"+": "+", "-": "-"})

    def _product(self) -> Tree:
        return self._chain(self._power, {"*": "*", "/": "/", "%": "%", "DIV": "div"})

    def _power(self) -> Tree:
        return self._chain(self._signed, {"^": "^"})

    def _chain(self, part: Callable[[], Tree], names: dict[str, str]) -> Tree:
        tree, length = part(), 0
        while (self._now.word or self._now.said) in names and self._now.kind in {"word", "sign"}:
            token, length = self._take(), length + 1
            if length > MOST_DEPTH:
                raise too_deep()
            tree = {"op": names[token.word or token.said], "args": [tree, part()]}
        return tree

    def _signed(self) -> Tree:
        if self._has("+"):
            return self._deeper(self._signed)
        if not self._has("-"):
            return self._primary()
        tree = self._deeper(self._signed)
        if isinstance(tree, (int, Decimal)) and not isinstance(tree, bool):
            return -tree
        return {"op": "*", "args": [-1, tree]}

    def _primary(self) -> Tree:
        token = self._now
        if self._has("("):
            tree = self._deeper(self._either)
            self._must(")")
            return tree
        if token.kind == "number":
            return _number(self._take().said)
        if token.kind == "text":
            return _text(self._take().said)
        if token.kind == "quoted":
            return {"property": self._take().said[1:-1].replace('""', '"')}
        if token.kind != "word":
            raise _unexpected(token)
        return self._deeper(self._call) if self._is_call() else self._word()

    def _word(self) -> Tree:
        token = self._now
        if token.word in {"TRUE", "FALSE"}:
            return self._take().word == "TRUE"
        if token.word in {"NOT", "AND", "OR", "IS", "IN", "LIKE", "BETWEEN", "NULL", "DIV"}:
            raise _unexpected(token)
        return {"property": self._take().said}

    def _call(self) -> Tree:
        token = self._take()
        if token.word in _SHAPES or token.word == "GEOMETRYCOLLECTION":
            self._at -= 1
            return self._shape()
        found = self._list()
        if token.word == "BBOX":
            return {"bbox": found}
        if token.word in {"DATE", "TIMESTAMP"}:
            if len(found) != 1 or not isinstance(found[0], str):
                raise _unexpected(token)
            return {token.word.lower(): found[0]}  # ASCII: a keyword
        if token.word == "INTERVAL":
            return {"interval": found}
        name = token.said.lower()  # ASCII: names of functions
        return {"op": _JSON_NAMES.get(name, name), "args": found}

    def _shape(self) -> Tree:
        token = self._take()
        if token.word == "GEOMETRYCOLLECTION":
            return {"type": "GeometryCollection", "geometries": self._shapes()}
        if token.word not in _SHAPES:
            raise _unexpected(token)
        self._has("Z")
        kind = _SHAPES[token.word]
        if kind == "Point":
            self._must("(")
            point = self._position()
            self._must(")")
            return {"type": kind, "coordinates": point}
        return {"type": kind, "coordinates": self._coordinates(_DEEP[kind])}

    def _shapes(self) -> list[Tree]:
        self._must("(")
        found = [self._deeper(self._shape)]
        while self._has(","):
            found.append(self._deeper(self._shape))
        self._must(")")
        return found

    def _coordinates(self, deep: int) -> list[Tree]:
        self._must("(")
        found = [self._part(deep)]
        while self._has(","):
            found.append(self._part(deep))
        self._must(")")
        return found

    def _part(self, deep: int) -> list[Tree]:
        if deep > 1:
            return self._coordinates(deep - 1)
        if self._has("("):  # MULTIPOINT((1 2), (3 4))
            point = self._position()
            self._must(")")
            return point
        return self._position()

    def _position(self) -> list[Tree]:
        found = []
        while self._now.kind == "number" or self._now.said in {"+", "-"}:
            sign = -1 if self._has("-") else 1
            if sign == 1:
                self._has("+")
            if self._now.kind != "number":
                raise _unexpected(self._now)
            found.append(sign * _number(self._take().said))
        if len(found) not in {2, 3}:
            raise _unexpected(self._now)
        return found


def _perhaps_not(tree: Tree, *, is_not: bool) -> Tree:
    return {"op": "not", "args": [tree]} if is_not else tree


def _number(said: str) -> int | Decimal:
    return int(said) if said.isdigit() and len(said) < 60 else Decimal(said)  # noqa: PLR2004


def _text(said: str) -> str:
    return re.sub(r"\\'|''", "'", said[1:-1])
