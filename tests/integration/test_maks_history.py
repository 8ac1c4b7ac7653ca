"""What changed between two batches or dates is told as added, changed, closed or moved."""

from datetime import UTC, datetime
from pathlib import Path

import pyogrio
import pytest
import shapely
from sqlalchemy import text

from gis_platform.core.errors import NotFound, UsageError
from gis_platform.db.engine import Database
from gis_platform.db.load import BatchFacts, begin_batch, merge_layer
from gis_platform.db.queries.history import moment_of, read_diff
from gis_platform.db.queries.register import read_layers
from tests.builders import EAST, NORTH, a_feature, a_frame


def load(database: Database, letter: str, *doors: dict[str, object]) -> int:
    with database.engine("gis_etl").begin() as connection:
        facts = BatchFacts("maks", f"{letter}.gdb", letter * 64, 1)
        batch = begin_batch(connection, facts, started_by="test")
        merge_layer(connection, batch, "numarataj", a_frame("numarataj", *doors), is_complete=True)
        return batch.id


def door(number: int, east: float = 10, **values: object) -> dict[str, object]:
    return a_feature("numarataj", number, geometry=shapely.Point(EAST + east, NORTH), **values)


def changes(database: Database, a: int, b: int) -> dict[int, tuple[object, ...]]:
    with database.engine("gis_office").connect() as connection:
        start, end = moment_of_(database, a), moment_of_(database, b)
        found = read_diff(connection, start, end)
    return {
        int(row["kimlik_no"]): (row["change"], row["metres"], row["changes"])
        for row in found.to_dict("records")
    }


def moment_of_(database: Database, said: object) -> datetime:
    with database.engine("gis_etl").connect() as connection:
        return moment_of(connection, str(said))


def test_added_changed_closed_and_moved_are_told_apart(database: Database) -> None:
    first = load(database, "a", door(901), door(902, kapi_no="5"), door(903), door(904))
    second = load(database, "b", door(902, kapi_no="5/A"), door(903, east=13), door(904), door(905))
    found = changes(database, first, second)
    assert found[901][0] == "closed"
    assert found[902][::2] == ("changed", {"kapi_no": ["5", "5/A"]})
    assert found[903] == ("moved", pytest.approx(3.0), {})
    assert 904 not in found
    assert found[905][0] == "added"


def test_a_feature_that_moved_and_changed_says_both(database: Database) -> None:
    first = load(database, "a", door(901, kapi_no="5"))
    second = load(database, "b", door(901, east=14, kapi_no="7"))
    assert changes(database, first, second) == {
        901: ("moved", pytest.approx(4.0), {"kapi_no": ["5", "7"]})
    }


def test_the_other_way_round_added_is_closed(database: Database) -> None:
    first = load(database, "a", door(901))
    second = load(database, "b", door(902))
    assert {k: v[0] for k, v in changes(database, second, first).items()} == {
        901: "added", 902: "closed",
    }  # fmt: skip


def test_what_was_changed_and_changed_back_is_no_difference(database: Database) -> None:
    first = load(database, "a", door(901, kapi_no="5"))
    load(database, "b", door(901, kapi_no="7"))
    third = load(database, "c", door(901, kapi_no="5"))
    assert changes(database, first, third) == {}


def test_a_difference_names_the_batch_that_made_it(database: Database) -> None:
    first = load(database, "a", door(901), door(902))
    second = load(database, "b", door(902), door(903))
    third = load(database, "c", door(902), door(903))
    with database.engine("gis_office").connect() as connection:
        found = read_diff(connection, moment_of_(database, first), moment_of_(database, third))
    assert dict(zip(found["kimlik_no"], found["batch_id"], strict=True)) == {
        901: second,
        903: second,
    }


def test_sql_and_python_see_the_register_of_a_batch_alike(database: Database) -> None:
    first = load(database, "a", door(901), door(902))
    load(database, "b", door(902), door(903))
    then = moment_of_(database, first)
    with database.engine("gis_office").connect() as connection:
        by_python = read_layers(connection, ["numarataj"], as_of=then)["numarataj"]["kimlik_no"]
        by_sql = connection.execute(
            text("SELECT kimlik_no FROM maks.numarataj_as_of(:then) ORDER BY 1"), {"then": then}
        ).scalars()
        assert by_python.tolist() == list(by_sql) == [901, 902]
        told = connection.execute(
            text("SELECT layer, kimlik_no, change FROM maks.diff(:then) ORDER BY 2"), {"then": then}
        ).all()
    assert [tuple(row) for row in told] == [
        ("numarataj", 901, "closed"), ("numarataj", 903, "added"),
    ]  # fmt: skip


def test_a_date_is_its_end_and_a_word_is_refused(database: Database) -> None:
    end = moment_of_(database, "2026-01-31").astimezone()
    assert (end.day, end.hour, end.minute) == (31, 23, 59)
    assert moment_of_(database, "2026-01-31T10:00:00+00:00") == datetime(
        2026, 1, 31, 10, tzinfo=UTC
    )
    with pytest.raises(UsageError, match="dün"):
        moment_of_(database, "dün")
    with pytest.raises(NotFound, match="77"):
        moment_of_(database, 77)


def test_the_command_tells_and_writes_the_differences(
    database: Database, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415

    from gis_platform.cli.main import build  # noqa: PLC0415

    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    first = load(database, "a", door(901, kapi_no="5"))
    second = load(database, "b", door(901, east=14, kapi_no="7"))
    out = tmp_path / "fark.gpkg"
    answer = CliRunner().invoke(build(), ["maks", "diff", str(first), str(second), "-o", str(out)])
    assert answer.exit_code == 0, answer.output
    assert "numarataj 901 taşındı 4,00 m: kapi_no 5 → 7" in answer.stdout
    assert len(pyogrio.read_dataframe(out, layer="degisiklik_nokta")) == 1
