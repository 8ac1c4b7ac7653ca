"""splink: a simple parser that knows all names, then Fellegi-Sunter over the columns.

u from random pairs and m by EM, on these data, as its guide says; blocked on csbm and door, on
mahalle and door, and on ilçe, door and the first letters. ``is_matched`` from probability 0.9.
"""

import re
import sys
from typing import Any

import duckdb
import neutral
import splink
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as compare

_COLUMNS = ("ilce", "mahalle", "csbm", "tur", "door")
_DOOR = re.compile(r"\d+")
_ACCEPT = 0.9


class Parser:
    """Finds the longest known names before their type words, and the number behind."""

    def __init__(self, doors: list[dict[str, str]]) -> None:
        self._known = {
            name: {" ".join(neutral.words_of(row[name])) for row in doors}
            for name in ("ilce", "mahalle", "csbm")
        }

    def parse(self, text: str) -> tuple[str | None, ...]:
        """ilçe, mahalle, csbm, type and door; ``None`` for what is not there."""
        words = neutral.words_of(text)
        types = [at for at, word in enumerate(words) if word in neutral.TYPES and at]
        csbm, tur, end = None, None, 0
        if types:
            end = types[-1]
            tur = words[end]
            csbm = self._before(words, end, "csbm") or self._guess(words, end)
        mahalle = None
        if "MAH" in words:
            mahalle = self._before(words, words.index("MAH"), "mahalle")
        mahalle = mahalle or self._anywhere(words, "mahalle")
        return self._anywhere(words, "ilce"), mahalle, csbm, tur, self._door(words, end)

    def _before(self, words: list[str], end: int, kind: str) -> str | None:
        for start in range(max(0, end - 5), end):
            if " ".join(words[start:end]) in self._known[kind]:
                return " ".join(words[start:end])
        return None

    def _guess(self, words: list[str], end: int) -> str:
        start = max(
            at + 1 for at in range(-1, end) if at < 0 or words[at] in {"MAH", *neutral.TYPES}
        )
        return " ".join(words[max(start, end - 3) : end])

    def _anywhere(self, words: list[str], kind: str) -> str | None:
        for length in (4, 3, 2, 1):
            for start in range(len(words) - length, -1, -1):
                name = " ".join(words[start : start + length])
                typed = words[start + length : start + length + 1]
                if name in self._known[kind] and not (typed and typed[0] in neutral.TYPES):
                    return name
        return None

    @staticmethod
    def _door(words: list[str], end: int) -> str | None:
        start = words.index("NO", end) + 1 if "NO" in words[end:] else end + 1
        for at in range(start, len(words)):
            if _DOOR.match(words[at]):
                letter = words[at + 1] if at + 1 < len(words) and len(words[at + 1]) == 1 else ""
                return words[at] + (letter if letter in {"A", "B", "C"} else "")
        return None


def main(reference: str, asked: str, answers: str) -> None:
    clock = neutral.Clock()
    with clock.part("build"):
        doors = neutral.read(reference)
        parser = Parser(doors)
        left = [_reference_row(row) for row in doors]
    rows = neutral.read(asked)
    with clock.part("match"):
        right = [(row["row"], *parser.parse(row["text"])) for row in rows]
        found = _link(left, right)
    neutral.write(
        answers, [(row, door, score, int(score >= _ACCEPT)) for row, door, score in found]
    )
    clock.say(version=splink.__version__, rows=len(rows))


def _reference_row(row: dict[str, str]) -> tuple[str | None, ...]:
    ilce, mahalle, csbm = (
        " ".join(neutral.words_of(row[name])) for name in ("ilce", "mahalle", "csbm")
    )
    tur, door = neutral.TUR.get(row["tur_kod"]), "".join(neutral.words_of(row["dis_kapi_no"]))
    return row["numarataj_kimlik_no"], ilce, mahalle, csbm, tur, door


def _link(left: list[Any], right: list[Any]) -> list[tuple[str, str, float]]:
    """The best pair of every asked row."""
    database = duckdb.connect()
    api = DuckDBAPI(database)
    frames = [api.register(_table(name, rows)) for name, rows in (("doors", left), ("said", right))]
    linker = Linker(frames, _settings(len(left)), log_level=None)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("csbm", "door"), block_on("mahalle", "door")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=0.001)
    table = pairs.physical_name
    return database.sql(
        "SELECT unique_id_r, arg_max(unique_id_l, match_weight), max(match_probability) "  # noqa: S608
        f"FROM {table} GROUP BY unique_id_r"
    ).fetchall()


def _table(name: str, rows: list[Any]) -> Any:
    import pyarrow as pa  # noqa: PLC0415

    columns = ("unique_id", *_COLUMNS)
    values = list(zip(*rows, strict=True))
    table = pa.table({c: pa.array(v, pa.string()) for c, v in zip(columns, values, strict=True)})
    return table.append_column("source_dataset", pa.array([name] * len(rows)))


def _settings(doors: int) -> SettingsCreator:
    return SettingsCreator(
        link_type="link_only",
        probability_two_random_records_match=1 / doors,
        comparisons=[
            compare.JaroWinklerAtThresholds("csbm", [0.92, 0.85]).configure(
                term_frequency_adjustments=True
            ),
            compare.JaroWinklerAtThresholds("mahalle", [0.9]),
            compare.ExactMatch("tur"),
            compare.ExactMatch("ilce"),
            compare.LevenshteinAtThresholds("door", [1]),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("csbm", "door"),
            block_on("mahalle", "door"),
            block_on("ilce", "door", "substr(csbm, 1, 3)"),
        ],
    )


if __name__ == "__main__":
    main(*sys.argv[1:4])
