"""Finds layers by words: Turkish letters folded, endings and small misspellings forgiven."""

import re
from collections.abc import Iterable, Mapping, Sequence

from rapidfuzz import fuzz, process

from gis_platform.core.text import fold
from gis_platform.opendata.public import PublicLayer

_ALIKE = 80
_STEM = 4
_SOFT = {"k": "g", "p": "b", "t": "d"}
"""Last letters that soften before an ending: sokak, sokağı; kitap, kitabı."""
_ENDINGS = re.compile(
    "(?:l[ae]r|l[iu]k?|c[iu]|[sy]?[iu]|n?[iu]n?|[yn]?[ae]|[dt][ae]n?|ki|y?l[ae]|[iu]?m|i?z|n|e?s)+"
)
"""Turkish endings (letters folded) and the English plural."""
_EMPTY_WORDS = frozenset(
    {
        "ve", "ile", "icin", "bir", "bu", "da", "de", "mi", "ne", "nerede", "nerde", "nasil",
        "hangi", "tum", "butun", "olan", "veri", "verisi", "verileri", "veriler", "liste",
        "listesi", "the", "of", "and", "in", "for", "a", "an", "where", "data", "dataset",
        "list", "all",
    }
)  # fmt: skip
"""Words that say nothing of a layer; left out unless they are all there is."""


class Finder:
    """The words of a list of layers, read once; asked as often as one likes."""

    def __init__(self, layers: Iterable[PublicLayer]) -> None:
        self.layers = list(layers)
        self._known: dict[str, dict[int, int]] = {}
        for number, layer in enumerate(self.layers):
            self._read(number, layer)
        self._words = list(self._known)

    def find(self, said: str) -> list[PublicLayer]:
        """The layers that answer every word of ``said``, best first; all of them for no words."""
        wanted = _meaningful(_words(said))
        if not wanted:
            return list(self.layers)
        answers = [self._answer(word) for word in dict.fromkeys(wanted)]
        common = set(answers[0]).intersection(*answers[1:])
        scores = {number: sum(answer[number] for answer in answers) for number in common}
        return [self.layers[number] for number in sorted(common, key=lambda n: (-scores[n], n))]

    def _read(self, number: int, layer: PublicLayer) -> None:
        """Title counts most, then keywords, then theme and unit, then the description."""
        entry = layer.entry
        for weight, text in (
            (1, f"{entry.description.tr} {entry.description.en}"),
            (1, f"{entry.owner_unit.tr} {entry.owner_unit.en}"),
            (4, " ".join((*entry.keywords.tr, *entry.keywords.en))),
            (8, f"{entry.title.tr} {entry.title.en} {entry.name}"),
        ):
            for word in _words(text):
                self._known.setdefault(word, {})[number] = weight

    def _answer(self, word: str) -> Mapping[int, int]:
        """Layers a word means, with how much: exact words doubled, misspelt ones as they are."""
        meant = {known: 2 for known in self._words if _is_form(word, known)}
        if word in self._known:
            meant[word] = 3
        if not meant:
            meant = dict.fromkeys(self._alike(word), 1)
        scores: dict[int, int] = {}
        for known, closeness in meant.items():
            for number, weight in self._known[known].items():
                scores[number] = max(scores.get(number, 0), weight * closeness)
        return scores

    def _alike(self, word: str) -> list[str]:
        """Known words that differ by a slip; none for a short word or a number."""
        if len(word) < _STEM or any(letter.isdigit() for letter in word):
            return []
        near = process.extract(
            word, self._words, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None
        )
        found = [(known, score) for known, score, _ in near if len(known) >= _STEM]
        found += [(known, _ALIKE) for known in self._words if _is_slipped_form(word, known)]
        best = max((score for _, score in found), default=0)
        return [known for known, score in found if score >= best - _SPREAD]


_SPREAD = 8
_LONG = 6


def find_layers(layers: Sequence[PublicLayer], said: str) -> list[PublicLayer]:
    """The layers that answer every word of ``said``, the best first; all of them for no words."""
    return Finder(layers).find(said)


def _is_form(word: str, known: str) -> bool:
    """Whether a word is the beginning of a known one, or it with an ending."""
    if known.startswith(word) or _has_ending(word, known):
        return True
    soft_known, soft_word = _softened(known), _softened(word)
    return _has_ending(word, soft_known) or (len(word) >= _STEM and known.startswith(soft_word))


def _has_ending(word: str, stem: str) -> bool:
    rest = word.removeprefix(stem)
    return len(stem) >= _STEM and rest != word and _ENDINGS.fullmatch(rest) is not None


def _softened(word: str) -> str:
    return word[:-1] + _SOFT.get(word[-1], "?")


def _is_slipped_form(word: str, known: str) -> bool:
    """Whether a word begins as a known one does but for a slip, and goes on with an ending."""
    if min(len(word), len(known)) < _LONG or abs(len(word) - len(known)) > _STEM:
        return False
    short, long = sorted((word, known), key=len)
    return fuzz.ratio(short, long[: len(short)]) >= _ALIKE


def _meaningful(words: Sequence[str]) -> Sequence[str]:
    return [word for word in words if word not in _EMPTY_WORDS] or words


def _words(text: str) -> list[str]:
    folded = "".join(c if c.isalnum() else " " for c in fold(text))
    return folded.split()
