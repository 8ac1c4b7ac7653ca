"""What every peer gets: texts in ASCII capitals with one form for each type word; no more.

Runs in the peers' own environments: only the standard library.
"""

import csv
import json
import re
import resource
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

LETTERS = str.maketrans("çğıöşüâîûÇĞİÖŞÜÂÎÛ", "cgiosuaiucgiosuaiu", "\u0307")
FORMS = {
    "MAHALLESI": "MAH", "MAHALLE": "MAH", "MH": "MAH", "SOKAK": "SK", "SOKAGI": "SK", "SOK": "SK",
    "CADDESI": "CAD", "CADDE": "CAD", "CD": "CAD", "BULVARI": "BLV", "BULVAR": "BLV", "BULV": "BLV",
    "BUL": "BLV", "MEYDANI": "MEYD", "MEYDAN": "MEYD", "APARTMANI": "APT", "SITESI": "SIT",
    "NUMARA": "NO", "DAIRE": "D", "SEHIT": "SHT", "SEH": "SHT", "OGRETMEN": "OGRT", "OGR": "OGRT",
    "DOKTOR": "DR", "ALBAY": "ALB", "AVUKAT": "AV", "HACI": "H", "HC": "H",
}  # fmt: skip
TYPES = ("SK", "CAD", "BLV", "MEYD", "EVLER", "EVLERI")
_WORD = re.compile(r"\d+(?:/\d+)?|[A-Z]+|/")
TUR = {"1": "MEYD", "2": "BLV", "3": "CAD", "4": "SK", "5": "EVLERI"}


def words_of(text: str) -> list[str]:
    """The words and numbers of a text in one spelling."""
    found = _WORD.findall(text.translate(LETTERS).upper())
    return [FORMS.get(word, word) for word in found if word != "/"]


def neutral(text: str) -> str:
    """The text itself in that spelling; ``NO`` is left out, as both sides say it."""
    return " ".join(word for word in words_of(text) if word != "NO")


def full_text(row: dict[str, str]) -> str:
    """A door of the reference as an address is said."""
    return neutral(
        f"{row['mahalle']} MAH {row['csbm']} {TUR.get(row['tur_kod'], '')} "
        f"{row['dis_kapi_no']} {row['ilce']} ISTANBUL"
    )


def read(path: str) -> list[dict[str, str]]:
    """The rows of a CSV."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: str, rows: Iterable[tuple[object, ...]]) -> None:
    """Answers: row, door, score, and whether the engine calls it a match."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["row", "numarataj_kimlik_no", "score", "is_matched"])
        out.writerows(rows)


class Clock:
    """Seconds on the wall and of the processor (children too), by the name of the part."""

    def __init__(self) -> None:
        self.facts: dict[str, float] = {}

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Time a part."""
        wall, used = time.perf_counter(), _used()
        yield
        self.facts[f"{name}_s"] = round(time.perf_counter() - wall, 3)
        self.facts[f"{name}_cpu_s"] = round(_used() - used, 3)

    def say(self, **more: object) -> None:
        """All facts as one line of JSON, the last thing said."""
        facts = {**self.facts, "rss_mb": round(_most_memory()), **more}
        sys.stdout.write("\n" + json.dumps(facts) + "\n")


def _most_memory() -> float:
    """The most MB resident at once; ``getrusage`` would count the process this one came from."""
    try:
        status = Path("/proc/self/status").read_text("ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _used() -> float:
    times = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in times)
