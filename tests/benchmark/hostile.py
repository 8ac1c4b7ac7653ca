"""A million random and hostile texts: no exception, no slow case, an answer for each.

``./run bench hostile [TEXTS] [--doors N] [--seconds S]``: first the texts, in batches; then a
search that changes the slowest texts of at most 500 characters found so far, to find slower ones.
Ends with exit 1 where an answer breaks the contract or such a text takes over 20 ms.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pandas as pd

from gis_platform.address.parse import parse
from gis_platform.matching.gazetteer import build_index
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import RESULT_COLUMNS, AddressColumns, MatchStatus

LIMIT_MS = 20.0
"""No text of at most ``SHORT`` characters may take longer."""
SHORT = 500
_BATCH = 500
_TEXT = AddressColumns(text="text")
_STATUSES = {status.value for status in MatchStatus}
_WORDS = (
    "MAH. MAHALLESİ SOKAK SK. CAD. CADDESİ BULVARI NO: NO NOLU D: DAİRE KAT K: BLOK SİTESİ APT. "
    "KÜME EVLER KARŞISI YANI KM. TEL: PK: POSTA KODU / - ( ) , . : ; İÇ KAPI Z1 12 12/A 7-9 34070 "
    "1453. 0532 ŞEHİT DR. PROF. MEHMET GAZİ İSTANBUL EYÜPSULTAN ESKİ YENİ MERKEZ KÖY ÇIKMAZI YOLU"
).split()
_ANY, _LATIN = range(0x110000), range(0x20, 0x250)
_HARD = (
    "\0", "\u202e", "\u200f", "\u0307", "\u0301", "\ufeff", "\U0001f3e0", "\ud800", "\udfff",
    "شارع", "רחוב", "ﷺ", "ﬁ", "İ", "ı", "ß", "\u1e9e", "\uff19", "٣", "²", "½", "\u216b", "№",
    "\r\n", "\t", "\x1b[31m", "'", '"', "%s", "{0}", "\\", "';--", "=1+1",
)  # fmt: skip


@dataclass
class Found:
    """What a run saw: how many texts, what broke, and the slowest short ones (ms, text)."""

    texts: int = 0
    broken: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)

    def keep(self, took: float, text: str, most: int = 12) -> None:
        """Remember a slow text."""
        self.slowest = sorted({*self.slowest, (took, text)}, reverse=True)[:most]


class Texts:
    """Makes hostile texts from the names of a reference."""

    def __init__(self, names: list[str], seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 (not a secret)
        self._names = names
        self._kinds: tuple[tuple[float, Callable[[], str]], ...] = (
            (0.16, self._any), (0.12, self._latin), (0.14, self._words), (0.12, self._of_names),
            (0.12, self._misspelt), (0.08, self._signs), (0.08, self._repeated),
            (0.06, self._digits), (0.06, self._mixed), (0.059, self._nearly), (0.0007, self._long),
            (0.0003, self._tokens),
        )  # fmt: skip

    def __iter__(self) -> Iterator[str]:
        makers = [maker for _, maker in self._kinds]
        shares = [share for share, _ in self._kinds]
        while True:
            yield from (maker() for maker in self._random.choices(makers, shares, k=1000))

    def changed(self, text: str) -> str:
        """The text with a piece put in, taken out, repeated or exchanged."""
        at, end = sorted(self._random.randrange(len(text) + 1) for _ in range(2))
        piece = self._random.choice([*self._random.sample(self._names, 2), *_WORDS, " ", "/", "1"])
        kind = self._random.randrange(6)
        if kind == 0:
            text = text[:at] + piece + text[at:]
        elif kind == 1:
            text = text[:at] + " " + piece + " " + text[end:]
        elif kind == 2:
            text = text[:at] + text[end:] + text[at:end]
        elif kind == 3:
            text = text[:at] + text[at:end] * 2 + text[end:]
        elif kind == 4:
            text = text[:at] + text[at + 1 :]
        else:
            text = text[:at] + self._random.choice("ABCEIKLMNORSTUÜİ 1/-.") + text[at + 1 :]
        return text[:SHORT]

    def _length(self) -> int:
        return self._random.randint(0, SHORT)

    def _any(self) -> str:
        return "".join(map(chr, self._random.choices(_ANY, k=self._length())))

    def _latin(self) -> str:
        return "".join(map(chr, self._random.choices(_LATIN, k=self._length())))

    def _words(self) -> str:
        return " ".join(self._random.choices(_WORDS, k=self._random.randint(0, 90)))[:SHORT]

    def _of_names(self) -> str:
        return " ".join(self._random.choices(self._names, k=self._random.randint(1, 40)))[:SHORT]

    def _misspelt(self) -> str:
        letters = list(self._of_names())
        for _ in range(len(letters) // 6):
            letters[self._random.randrange(len(letters))] = self._random.choice("ABCEIKLMNORSTUÜ")
        return "".join(letters)

    def _signs(self) -> str:
        return "".join(self._random.choices("NOno:/-. 0123456789AİıŞ()", k=self._length()))

    def _repeated(self) -> str:
        piece = self._random.choice([*_WORDS, *_HARD, *self._random.sample(self._names, 5)])
        return ((piece + self._random.choice(["", " ", "/", "-", "."])) * SHORT)[: self._length()]

    def _digits(self) -> str:
        return "".join(self._random.choices("0123456789 ", k=self._length()))

    def _mixed(self) -> str:
        return "".join(self._random.choices([*_WORDS, *_HARD, " "], k=60))[:SHORT]

    def _nearly(self) -> str:
        name, other = self._random.sample(self._names, 2)
        number = self._random.choice(
            ["12", "7/A", "12-14", "0", "99999999999999999999", "-3", "1e9"]
        )
        text = f"{name} MAH. {other} SOK. NO: {number} D: {self._random.randrange(99)}"
        at = self._random.randrange(len(text))
        return text[:at] + self._random.choice(_HARD) + text[at:]

    def _long(self) -> str:
        return self._random.choice([self._any, self._words, self._signs, self._repeated])() * 250

    def _tokens(self) -> str:
        return " ".join(self._random.choices([*self._names, *_WORDS], k=10_000))


def feed(matcher: Matcher, texts: Iterable[str], found: Found) -> None:
    """Answer the texts in batches, look at every answer, and keep those that took long."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == _BATCH:
            _answer(matcher, batch, found)
            batch = []
    if batch:
        _answer(matcher, batch, found)


def _answer(matcher: Matcher, batch: list[str], found: Found) -> None:
    begin = time.thread_time()
    answers = matcher.match(_frame(batch), _TEXT, explain=True, workers=1)
    took = (time.thread_time() - begin) * 1000
    found.texts += len(batch)
    whole = len(answers) == len(batch) and tuple(answers)[: len(RESULT_COLUMNS)] == RESULT_COLUMNS
    if not whole or not set(answers["match_status"]) <= _STATUSES:
        found.broken.append(f"contract: {batch[0][:60]!r} …")
    if not answers["score"].between(0, 1).all():
        found.broken.append(f"score: {batch[int(answers['score'].argmax())][:60]!r}")
    for text in batch[:: _BATCH // 10]:
        parse(text)
        matcher.suggest(text, 3)
    if took > LIMIT_MS * 5:
        for text in batch:
            if len(text) <= SHORT:
                found.keep(milliseconds(matcher, text, times=1), text)


def milliseconds(matcher: Matcher, text: str, times: int = 3) -> float:
    """Processor time of an answer, a parse or a suggest, the slowest; each the best of tries."""
    best = []
    for ask in (
        lambda: matcher.match_one(text),
        lambda: parse(text),
        lambda: matcher.suggest(text),
    ):
        tries = []
        for _ in range(times):
            begin = time.thread_time()
            ask()
            tries.append((time.thread_time() - begin) * 1000)
        best.append(min(tries))
    return max(best)


def search(matcher: Matcher, texts: Texts, found: Found, seconds: float) -> int:
    """Change the slowest texts again and again, keeping what is slower; how many were tried."""
    tried, end = 0, time.monotonic() + seconds
    if not found.slowest:
        for text in (text for text, _ in zip(texts, range(300), strict=False)):
            if len(text) <= SHORT:
                found.keep(milliseconds(matcher, text, times=1), text)
    chance = Random(tried)  # noqa: S311 (not a secret)
    while time.monotonic() < end:
        _, parent = chance.choice(found.slowest)
        child = parent
        for _ in range(chance.randint(1, 4)):
            child = texts.changed(child)
        took = milliseconds(matcher, child, times=1)
        if took > found.slowest[-1][0]:
            found.keep(milliseconds(matcher, child), child)
        tried += 1
    found.slowest = sorted(((milliseconds(matcher, t), t) for _, t in found.slowest), reverse=True)
    return tried


def _frame(texts: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"text": pd.Series(texts, dtype=object)})


def main(arguments: list[str]) -> None:
    """Run all texts and the search; print what was seen."""
    from matching.world import make_world, reference_of  # noqa: PLC0415 (beside this file when run)

    parser = argparse.ArgumentParser(prog="./run bench hostile")
    parser.add_argument("texts", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--doors", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=60, help="of the search for slow texts")
    parser.add_argument("--seed", type=int, default=7)
    said = parser.parse_args(arguments)
    reference = reference_of(make_world(said.doors, said.seed))
    with tempfile.TemporaryDirectory() as folder:
        build_index(reference, Path(folder) / "index")
        matcher = Matcher.open(Path(folder) / "index")
        matcher.match_one("ısınma")
        texts, found = Texts(reference.csbm["csbm"].unique().tolist(), said.seed), Found()
        begin = time.monotonic()
        feed(matcher, (text for text, _ in zip(texts, range(said.texts), strict=False)), found)
        print(
            f"{found.texts:,} texts, {time.monotonic() - begin:.0f} s; broken: {found.broken[:5]}"
        )
        tried = search(matcher, texts, found, said.seconds)
        print(f"{tried:,} changed texts tried; slowest, ms of processor time:")
    for took, text in found.slowest:
        print(f"  {took:7.2f}  {text[:100]!r} ({len(text)} characters)")
    if found.broken or any(took > LIMIT_MS for took, _ in found.slowest):
        sys.exit(1)
