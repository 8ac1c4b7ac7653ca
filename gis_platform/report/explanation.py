"""An explained match as lines for a terminal: words, evidence as falling bars, candidates, why."""

from gis_platform.core.errors import Text
from gis_platform.core.language import Language, percent
from gis_platform.matching.explain import ranked, signed
from gis_platform.matching.findings import ELEMENTS, FINDINGS
from gis_platform.matching.model import Candidate, Match

_BAR = 32
_NARROW, _WIDE, _BITS = 12, 34, 7
_COMPONENT = 16
_LONGEST_LABEL = 46
_FOR, _AGAINST, _LINE = "█", "░", "·"

_WORDS = Text("Sözcükler", "Words")
_READ = Text("Okunan", "Read")
_EVIDENCE = Text("Kanıtlar, bit", "Evidence, bits")
_CANDIDATES = Text("Tartılan adaylar, bit", "Candidates weighed, bits")
_TOTAL = Text("toplam", "total")
_NULL = Text("kayıtta olmayan bir csbm", "a csbm not registered")
_WHY = Text("Neden", "Why")
_FAULTS = Text("Kusurlar", "Faults")
_UNUSED = Text("Kullanılmayan sözcükler", "Words left unused")
_COMPONENTS = {
    "mahalle": Text("mahalle", "mahalle"), "csbm": Text("cadde/sokak", "csbm"),
    "dis_kapi_no": Text("kapı", "door"), "ic_kapi_no": Text("iç kapı", "unit"),
    "kat": Text("kat", "floor"), "blok": Text("blok", "block"),
    "building": Text("yapı", "building"), "tarif": Text("tarif", "direction"),
    "posta_kodu": Text("posta kodu", "posta kodu"), "ilce": Text("ilçe", "ilçe"),
    "il": Text("il", "il"), "words": Text("öteki sözcükler", "other words"),
}  # fmt: skip


def explanation_lines(match: Match, language: Language) -> list[str]:
    """What explains an answer, in blocks with a title each."""
    heaviest = ranked(match)
    lines = _block(_WORDS.say(language), [f"{word:<24} {role}" for word, role in match.words])
    read = [(_COMPONENTS[name].say(language), value) for name, value in match.components]
    lines += _block(_READ.say(language), [f"{name:<{_COMPONENT}} {value}" for name, value in read])
    if heaviest:
        title = f"{_EVIDENCE.say(language)}: {heaviest[0].label(language)}"
        lines += _block(title, _waterfall(heaviest[0], match.null_bits or 0.0, language))
        lines += _block(_CANDIDATES.say(language), _table(heaviest, language))
    lines += _block(_WHY.say(language), [sentence.say(language) for sentence in match.why])
    for text, values in ((_FAULTS, match.faults), (_UNUSED, match.unused_words)):
        lines += _block(text.say(language), [", ".join(values)] if values else [])
    return lines


def _block(title: str, rows: list[str]) -> list[str]:
    return ["", title, *(f"  {row}".rstrip() for row in rows)] if rows else []


def _waterfall(place: Candidate, null: float, language: Language) -> list[str]:
    """A bar for each part, beginning where the one before ends; then the sum, and its rival."""
    ends = [0.0]
    for part in place.parts:
        ends.append(ends[-1] + part.bits)
    low, high = min(*ends, 0.0), max(*ends, null, 1.0)
    rows = [
        _row(ELEMENTS[part.element].say(language), FINDINGS[part.finding][1].say(language),
             part.bits, _bar(before, after, low, high), language)
        for part, before, after in zip(place.parts, ends, ends[1:], strict=False)
    ]  # fmt: skip
    total, line = _bar(0.0, ends[-1], low, high), _bar(0.0, null, low, high, _LINE)
    rows.append(_row(_TOTAL.say(language), "", ends[-1], total, language))
    rows.append(_row("", _NULL.say(language), null, line, language))
    return rows


def _row(name: str, finding: str, bits: float, bar: str, language: Language) -> str:
    return f"{name:<{_NARROW}} {finding:<{_WIDE}} {signed(bits, language):>{_BITS}}  {bar}"


def _bar(before: float, after: float, low: float, high: float, sign: str | None = None) -> str:
    """Blanks up to where a bar begins, then the bar; one sign at least."""
    scale = _BAR / (high - low)
    begin, end = sorted((round((before - low) * scale), round((after - low) * scale)))
    mark = sign or (_AGAINST if after < before else _FOR)
    return " " * begin + mark * max(1, end - begin)


def _table(places: list[Candidate], language: Language) -> list[str]:
    """Candidates with their sum and what each component gave."""
    said = [
        name for name in ELEMENTS if any(p.element == name for one in places for p in one.parts)
    ]
    names = [_TOTAL.say(language), *(ELEMENTS[name].say(language) for name in said)]
    widths = [max(len(name), _BITS) for name in names]
    labels = [one.label(language) for one in places]
    first = min(_LONGEST_LABEL, max(map(len, labels)))
    rows = [_cells("", names, first, widths, "")]
    for one, label in zip(places, labels, strict=True):
        bits = [one.weight, *(_sum(one, name) for name in said)]
        cells = ["" if value is None else signed(value, language) for value in bits]
        rows.append(_cells(label, cells, first, widths, percent(one.score, language)))
    return rows


def _cells(label: str, cells: list[str], first: int, widths: list[int], score: str) -> str:
    label = label if len(label) <= first else label[: first - 1] + "…"
    numbers = "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"{score:>7}  {label:<{first}}  {numbers}"


def _sum(place: Candidate, element: str) -> float | None:
    bits = [part.bits for part in place.parts if part.element == element]
    return sum(bits) if bits else None
