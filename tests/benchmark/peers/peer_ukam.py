"""uk_address_matcher: its prepared folder and default stages, on neutral text without postcodes."""

import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import neutral
import pandas as pd
from uk_address_matcher import AddressMatcher, prepare_canonical_folder


def main(reference: str, asked: str, answers: str) -> None:
    clock = neutral.Clock()
    rows = neutral.read(asked)
    with tempfile.TemporaryDirectory() as name, clock.part("all"):
        database = duckdb.connect()
        folder = Path(name) / "canonical"
        with clock.part("build"):
            doors = neutral.read(reference)
            known = [(row["numarataj_kimlik_no"], neutral.full_text(row)) for row in doors]
            prepare_canonical_folder(_relation(database, known), folder, con=database,
                                     show_progress="off")  # fmt: skip
        with clock.part("match"):
            texts = [(row["row"], neutral.neutral(row["text"])) for row in rows]
            matcher = AddressMatcher(folder, _relation(database, texts), con=database,
                                     show_progress="off")  # fmt: skip
            found = matcher.match().matches().df()
    neutral.write(answers, _answers(found))
    clock.say(version=version("uk_address_matcher"), rows=len(rows))


def _relation(database: duckdb.DuckDBPyConnection, rows: list[tuple[str, str]]) -> Any:
    frame = pd.DataFrame(rows, columns=["unique_id", "address_concat"]).assign(postcode="")
    return database.from_df(frame)


def _answers(found: pd.DataFrame) -> list[tuple[object, ...]]:
    """An exact match has no weight and is better than any; ``is_matched``: its own decision."""
    weight = pd.to_numeric(found["match_weight"]).fillna(1e3)
    matched = found["resolved_canonical_id"].notna()
    return [
        (row, door, score, int(is_matched))
        for row, door, score, is_matched in zip(
            found["unique_id"], found["resolved_canonical_id"], weight, matched, strict=True
        )
        if is_matched
    ]


if __name__ == "__main__":
    main(*sys.argv[1:4])
