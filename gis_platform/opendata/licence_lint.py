"""Reads pages for sentences that narrow an open licence: “ücretli olamaz”, “izin almak gerekir”.

A licence that allows everything but leaving out the source is worth nothing where the terms of the
site take it back (portal.md §6.1, §8.10; one Turkish portal does just that). The rules are data:
``data/licence_rules.toml``.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gis_platform.core.errors import Text
from gis_platform.core.text import fold

_EXCUSED = re.compile(r"\[(?:lisans-uygun|licence-ok)\]: # \"(?P<why>.{10,})\"\s*")
"""A line of Markdown that shows nothing; the paragraph below it is not read."""
_NEW_SENTENCE = re.compile(r"\s*(?:#|[>|]|[-*+]\s|\d+[.)]\s)")
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_MARKS = re.compile(r"[*_`\[\]]")


@dataclass(frozen=True)
class Breach:
    """A sentence that narrows the licence.

    Attributes:
        line: 1 = the first.
        said: the sentence.
        why: what the licence says instead.
    """

    line: int
    code: str
    said: str
    why: Text


@dataclass(frozen=True)
class _Rule:
    code: str
    why: Text
    breach: re.Pattern[str]
    allowed: re.Pattern[str] | None


@dataclass
class _Sentence:
    line: int
    text: str


def breaches(markdown: str) -> list[Breach]:
    """The sentences of a page that contradict an open licence, in their order."""
    return [
        Breach(sentence.line, rule.code, sentence.text, rule.why)
        for sentence in _sentences(markdown)
        for rule in _rules()
        if _breaks(rule, sentence.text)
    ]


def excuses(markdown: str) -> list[tuple[int, str]]:
    """The paragraphs a person let be, by the line that says so, and the reason given."""
    lines = enumerate(markdown.splitlines(), 1)
    return [(at, found["why"]) for at, line in lines if (found := _EXCUSED.fullmatch(line))]


def _breaks(rule: _Rule, sentence: str) -> bool:
    said = fold(_MARKS.sub("", sentence))
    if rule.allowed is not None:
        said = rule.allowed.sub(" ", said)
    return rule.breach.search(said) is not None


def _sentences(markdown: str) -> Iterator[_Sentence]:
    """Each sentence with the line it begins on; a heading, an item and a row end one too."""
    current: _Sentence | None = None
    is_excused = False
    for at, line in enumerate(markdown.splitlines(), 1):
        if not line.strip():
            is_excused = False
        if _EXCUSED.fullmatch(line):
            is_excused = True
        if current and (not line.strip() or is_excused or _NEW_SENTENCE.match(line)):
            yield current
            current = None
        if is_excused or not line.strip():
            continue
        first, *others = _SENTENCE_END.split(line.strip())
        current = (
            _Sentence(current.line, f"{current.text} {first}")
            if current
            else (_Sentence(at, first))
        )
        for part in others:
            yield current
            current = _Sentence(at, part)
        if current.text.endswith((".", "!", "?", ";")):
            yield current
            current = None
    if current:
        yield current


@cache
def _rules() -> tuple[_Rule, ...]:
    file = resources.files("gis_platform.opendata") / "data" / "licence_rules.toml"
    said = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(
        _Rule(
            each["code"], Text(each["tr"], each["en"]), re.compile("|".join(each["breach"])),
            re.compile("|".join(each["allowed"])) if each["allowed"] else None,
        )
        for each in said["rule"]
    )  # fmt: skip
