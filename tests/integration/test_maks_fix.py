"""Computed remedies enter the register as a batch with history, and can be taken back."""

import pytest
from sqlalchemy import text

from gis_platform.core.errors import Conflict, UsageError
from gis_platform.db.engine import Database
from gis_platform.db.load import BatchFacts, begin_batch, merge_layer
from gis_platform.db.queries.register import read_layers
from gis_platform.jobs.maks_fix import fix_register, undo_fix
from tests.builders import load_layers
from tests.contract.control_village import village

WRONG_RANGE = {"yol": {501: {"tek_baslangic_no": 1, "tek_bitis_no": 7}}}


def load(database: Database, changes: dict[str, object]) -> None:
    with database.engine("gis_etl").begin() as connection:
        list(load_layers(connection, village({"set": changes})))


def value(database: Database, layer: str, kimlik_no: int, column: str) -> object:
    with database.engine("gis_office").connect() as connection:
        frame = read_layers(connection, [layer])[layer].set_index("kimlik_no")
    return frame.at[kimlik_no, column]


def versions(database: Database, layer: str, kimlik_no: int) -> list[tuple[object, ...]]:
    question = text(
        f"SELECT version, operation, closing_operation, kind FROM maks.{layer}_version AS v "  # noqa: S608
        "JOIN raw.batch AS b ON b.id = v.batch_id WHERE v.kimlik_no = :key ORDER BY version"
    )
    with database.engine("gis_etl").connect() as connection:
        return [tuple(row) for row in connection.execute(question, {"key": kimlik_no})]


def test_a_fix_is_a_new_version_with_its_own_batch(database: Database) -> None:
    load(database, WRONG_RANGE)
    done = fix_register(database, ["R-YOL-15"], person="Ayşe Demir")
    assert [(c.before, c.after) for c in done.changes] == [
        ({"tek_baslangic_no": 1, "tek_bitis_no": 7}, {"tek_baslangic_no": 1, "tek_bitis_no": 15})
    ]
    assert value(database, "yol", 501, "tek_bitis_no") == 15
    assert versions(database, "yol", 501) == [
        (1, "added", "changed", "maks"), (2, "changed", None, "fix"),
    ]  # fmt: skip
    with database.engine("gis_etl").connect() as connection:
        kept = connection.execute(
            text("SELECT started_by, facts->'codes', state FROM raw.batch WHERE kind = 'fix'")
        ).one()
    assert tuple(kept) == ("Ayşe Demir", ["R-YOL-15"], "loaded")


def test_a_dry_run_tells_the_same_and_writes_nothing(database: Database) -> None:
    load(database, WRONG_RANGE)
    told = fix_register(database, ["R-YOL-15"], is_dry_run=True)
    assert told.batch_id is None
    assert value(database, "yol", 501, "tek_bitis_no") == 7
    assert told.changes == fix_register(database, ["R-YOL-15"]).changes


def test_a_fix_can_be_undone_and_the_undoing_too(database: Database) -> None:
    load(database, WRONG_RANGE)
    fixed = fix_register(database, ["R-YOL-15"])
    assert fixed.batch_id is not None
    undone = undo_fix(database, fixed.batch_id)
    assert value(database, "yol", 501, "tek_bitis_no") == 7
    assert undone.batch_id is not None
    undo_fix(database, undone.batch_id)
    assert value(database, "yol", 501, "tek_bitis_no") == 15
    assert len(versions(database, "yol", 501)) == 4


def test_a_feature_changed_since_is_not_undone(database: Database) -> None:
    load(database, WRONG_RANGE)
    fixed = fix_register(database, ["R-YOL-15"])
    assert fixed.batch_id is not None
    later = {"set": {"yol": {501: {"tek_baslangic_no": 1, "tek_bitis_no": 99}}}}
    with database.engine("gis_etl").begin() as connection:
        batch = begin_batch(connection, BatchFacts("maks", "b", "b" * 64, 1), started_by="test")
        merge_layer(connection, batch, "yol", village(later)["yol"])
    with pytest.raises(Conflict, match="yol 501"):
        undo_fix(database, fixed.batch_id)
    assert value(database, "yol", 501, "tek_bitis_no") == 99


def test_a_batch_that_is_no_fix_cannot_be_undone(database: Database) -> None:
    load(database, {})
    with pytest.raises(UsageError, match="no fix"):
        undo_fix(database, 1)


def test_nothing_to_fix_makes_no_batch(database: Database) -> None:
    load(database, {})
    assert fix_register(database, ["R-YOL-15", "R-SP-11"]).batch_id is None


def test_a_remedy_that_breaks_another_rule_is_left_alone(database: Database) -> None:
    """The range 16-14 turned round would overlap doors 14 and 16."""
    load(database, {"numarataj": {50108: {"kapi_no": "16-14"}}})
    done = fix_register(database, ["R-NUM-06"])
    assert done.changes == ()
    assert [
        (c.kimlik_no, "R-NUM-06" in why.en or "remedy" in why.en) for c, why in done.skipped
    ] == [(50108, True)]


@pytest.mark.parametrize(
    ("code", "changes", "layer", "kimlik_no", "column", "expected"),
    [
        ("R-SP-11", {"yapi": {50101: {"posta_kodu": "34060"}}},
         "yapi", 50101, "posta_kodu", "34050"),
        ("R-NUM-07", {"numarataj": {50305: {"kapi_no": "NO:5"}}},
         "numarataj", 50305, "kapi_no", "5"),
        ("R-BB-05", {"bagimsiz_bolum": {1000050102: {"yapi_id": None}}}, "bagimsiz_bolum",
         1000050102, "yapi_id", village()["yapi"].set_index("kimlik_no").at[50102, "id"]),
        ("R-SP-04", {"yol_orta_hat_yon": {7011: {"sayisallastirma_yon": "SAĞ"},
                                          7012: {"sayisallastirma_yon": "SOL"}}},
         "yol_orta_hat_yon", 7011, "sayisallastirma_yon", "SOL"),
    ],
)  # fmt: skip
def test_each_computed_remedy_clears_its_finding(  # noqa: PLR0913, PLR0917 - one column each
    database: Database,
    code: str,
    changes: dict[str, object],
    layer: str,
    kimlik_no: int,
    column: str,
    expected: object,
) -> None:
    load(database, changes)
    done = fix_register(database, [code])
    assert kimlik_no in {change.kimlik_no for change in done.changes}, done.skipped
    assert value(database, layer, kimlik_no, column) == expected
