"""Finds layers by words: Turkish letters folded, endings and small misspellings forgiven."""

from collections.abc import Sequence

from rapidfuzz import fuzz

from gis_platform.core.text import fold
from gis_platform.opendata.public import PublicLayer

_ALIKE = 80
_STEM = 4


def find_layers(layers: Sequence[PublicLayer], said: str) -> list[PublicLayer]:
    """The layers that answer every word of ``said``, the best first; all of them for no words."""
    wanted = _words(said)
    if not wanted:
        return list(layers)
    scored = [(_score(layer, wanted), layer) for layer in layers]
    hits = [(score, layer) for score, layer in scored if score > 0]
    return [layer for _, layer in sorted(hits, key=lambda hit: -hit[0])]


def _score(layer: PublicLayer, wanted: Sequence[str]) -> int:
    """Title counts most, then keywords, then the description; 0 = one word is missing."""
    entry = layer.entry
    fields = (
        (4, _words(f"{entry.title.tr} {entry.title.en} {entry.name}")),
        (2, _words(" ".join((*entry.keywords.tr, *entry.keywords.en)))),
        (1, _words(f"{entry.description.tr} {entry.description.en}")),
    )
    total = 0
    for word in wanted:
        best = max(
            (weight for weight, words in fields if any(_is_meant(word, w) for w in words)),
            default=0,
        )
        if best == 0:
            return 0
        total += best
    return total


def _is_meant(word: str, known: str) -> bool:
    """Whether a word of the question means a word of the layer."""
    if known.startswith(word) or (len(known) >= _STEM and word.startswith(known)):
        return True
    if min(len(word), len(known)) < _STEM or word.isdigit():
        return False
    return fuzz.ratio(word, known, score_cutoff=_ALIKE) > 0


def _words(text: str) -> list[str]:
    folded = "".join(c if c.isalnum() else " " for c in fold(text))
    return folded.split()
