"""What a run leaves behind replaces what the last run over the same batch left."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from gis_platform.core.errors import NotFound, Place, Text
from gis_platform.core.findings import Account, Finding, Severity, StepAccount
from gis_platform.db.load import (
    BatchFacts,
    Rejection,
    begin_batch,
    begin_run,
    finish_batch,
    finish_run,
    store_features,
    store_findings,
    store_held,
    store_matches,
    store_rejected,
    store_rows,
)
from gis_platform.db.queries import work
from gis_platform.matching.model import EXPLANATION_COLUMNS, RESULT_COLUMNS
from tests.builders import a_feature, a_frame


@pytest.fixture
def connection(session_database):
    with session_database.engine("gis_etl").connect() as connection:
        yield connection
        connection.rollback()


def begin(connection, kind="aks", sha256="a" * 64):
    facts = BatchFacts(kind=kind, file_name="aks.csv", sha256=sha256, size=10, more={"a": "ş"})
    return begin_batch(connection, facts, started_by="test")


def rows(*texts, first=1):
    return pd.DataFrame(
        {
            "ADRES": pd.Series(texts, dtype="str"),
            "_row": range(first, first + len(texts)),
            "_fault": ["" if "," not in each else "row.too-many-fields" for each in texts],
            "_raw": ["" if "," not in each else each for each in texts],
        }
    )


def a_match(status="matched", **values):
    defaults = {
        **dict.fromkeys((*RESULT_COLUMNS, *EXPLANATION_COLUMNS)),
        "match_status": status,
        "match_level": "kapi",
        "mahalle_kod": 30_001,
        "csbm_kod": 741_296,
        "lon": 28.9,
        "lat": 41.1,
        "score": 0.97,
        "reason": "exact",
        "candidates": '[{"score": 0.97, "label": "NİŞANCI MAH."}]',
        "faults": ["missing.il"],
        "unused_words": "ek sözcük",
    }
    return {**defaults, **values}


def test_rows_are_kept_as_they_were_received(connection):
    batch = begin(connection)
    store_rows(connection, batch, rows("Çığır Sk. No:5", "a,b"))
    store_rows(connection, batch, rows("üçüncü", first=3))
    kept = connection.execute(
        text("SELECT row_no, values ->> 'ADRES', raw_line, fault FROM raw.aks_row ORDER BY row_no")
    ).all()
    assert kept == [
        (1, "Çığır Sk. No:5", None, None),
        (2, "a,b", "a,b", "row.too-many-fields"),
        (3, "üçüncü", None, None),
    ]


def test_rows_of_a_known_batch_are_not_stored_again(connection):
    store_rows(connection, begin(connection), rows("bir"))
    again = begin(connection)
    store_rows(connection, again, rows("bir"))
    assert connection.execute(text("SELECT count(*) FROM raw.aks_row")).scalar_one() == 1


def test_bytes_no_database_holds_do_not_stop_a_row(connection):
    broken = rows("a\x00b")
    broken["_raw"] = pd.Series(["a\x00\udcff"], dtype="object")
    store_rows(connection, begin(connection), broken)
    kept = connection.execute(text("SELECT values ->> 'ADRES', raw_line FROM raw.aks_row")).one()
    assert kept == ("a\ufffdb", "a\ufffd?")


def test_features_keep_their_own_columns_and_crs(connection):
    shape = shapely.Point(405_000, 4_550_000, 3)
    frame = gpd.GeoDataFrame(
        {"KAPINO": ["5"], "TARIH": [pd.Timestamp("2026-01-02", tz="UTC")], "ACI": [1.5],
         "_file": ["a.gdb"], "_row": [7]},
        geometry=[shape], crs=2320,
    )  # fmt: skip
    store_features(connection, begin(connection, "maks"), "numarataj", frame)
    kept = connection.execute(
        text(
            "SELECT file, row_no, srid, ST_SRID(geometry), ST_Z(geometry), values FROM raw.feature"
        )
    ).one()
    said = {"KAPINO": "5", "TARIH": "2026-01-02T00:00:00+00:00", "ACI": 1.5}
    assert kept == ("a.gdb", 7, 2320, 2320, 3.0, said)


def test_a_feature_without_geometry_or_crs_is_kept_too(connection):
    shapes = gpd.GeoSeries([None, shapely.Point(1, 2)])
    frame = gpd.GeoDataFrame({"_file": ["a", "a"], "_row": [1, 2]}, geometry=shapes)
    store_features(connection, begin(connection, "maks"), "yapi", frame)
    srids = connection.execute(
        text("SELECT srid, ST_SRID(geometry) FROM raw.feature ORDER BY row_no")
    ).all()
    assert srids == [(None, None), (None, 0)]


def test_matches_replace_those_of_the_last_run(connection):
    batch = begin(connection)
    store_rows(connection, batch, rows("bir", "iki"))
    store_matches(connection, batch, [1, 2], pd.DataFrame([a_match("review"), a_match()]))
    store_matches(connection, batch, [1], pd.DataFrame([a_match("unmatched", lon=None)]))
    found = work.read_matches(connection, batch.id)
    assert list(found["match_status"]) == ["unmatched", "matched"]
    assert found["values"][0] == {"ADRES": "bir"}
    assert found["candidates"][1] == [{"score": 0.97, "label": "NİŞANCI MAH."}]
    assert found["faults"][1] == ["missing.il"]
    assert found["unused_words"][1] == ["ek", "sözcük"]
    assert list(work.read_matches(connection, batch.id, statuses=["matched"])["row_no"]) == [2]
    counts = work.count_matches(connection, batch.id)
    assert list(counts["rows"]) == [1, 1]
    assert set(counts["csbm_kod"]) == {741_296}


def test_rejected_rows_keep_reason_remedy_and_values(connection):
    batch = begin(connection)
    why = Rejection(
        file="aks.csv",
        row=3,
        field="ADRES_NO",
        code="row.no-key",
        text=Text("boş", "empty"),
        remedy=Text("doldurun", "fill it"),
        values={"ADRES": "Çığır"},
    )
    store_rejected(connection, batch, [why, why])
    store_rejected(connection, batch, [why])
    kept = work.read_rejected(connection, batch.id)
    assert len(kept) == 1
    line = kept.iloc[0]
    assert (line["row_no"], line["field"], line["remedy_en"]) == (3, "ADRES_NO", "fill it")
    assert line["values"] == {"ADRES": "Çığır"}


def test_findings_come_back_with_their_geometry(connection):
    batch = begin(connection, "maks")
    finding = Finding(
        code="numarataj.far",
        layer="numarataj",
        feature_id="901",
        severity=Severity.ERROR,
        text=Text("uzak", "far"),
        values={"m": "120"},
        place=Place("a.gdb", 5, "geometry"),
        wkt="POINT (28.9 41.1)",
    )
    store_findings(connection, batch, iter([finding]))
    back = work.read_findings(connection, batch.id)
    assert back.crs.to_epsg() == 4326
    assert back.geometry.iloc[0] == shapely.Point(28.9, 41.1)
    assert back.iloc[0]["values"] == {"m": "120"}
    counts = work.count_findings(connection, batch.id)
    assert counts.to_dict("records") == [
        {"code": "numarataj.far", "layer": "numarataj", "severity": "error", "count": 1}
    ]
    assert len(work.read_findings(connection, batch.id, ["other"])) == 0


def test_held_features_keep_the_codes_that_hold_them(connection):
    batch = begin(connection, "maks")
    doors = a_frame("numarataj", a_feature("numarataj", 901, kapi_no="0"))
    units = a_frame("bagimsiz_bolum", a_feature("bagimsiz_bolum", 1))
    held = {
        "numarataj": doors.assign(_codes="a.one;b.two"),
        "bagimsiz_bolum": units.assign(_codes="held.parent"),
    }
    store_held(connection, batch, held)
    store_held(connection, batch, held)
    back = work.read_held(connection, batch.id)
    assert list(back["layer"]) == ["bagimsiz_bolum", "numarataj"]
    door = work.read_held(connection, batch.id, "numarataj").iloc[0]
    assert door["codes"] == ["a.one", "b.two"]
    assert door["values"]["kapi_no"] == "0"
    assert back.crs.to_epsg() == 5254
    assert door["geometry"] == doors.geometry.iloc[0]


def test_a_run_is_seen_when_it_has_ended(connection):
    batch = begin(connection)
    run = begin_run(connection, "aks_to_maks", batch, started_by="t", versions={"gis": "1"})
    assert len(work.list_runs(connection)) == 0
    account = Account((StepAccount("match", 10, 7, held=2, rejected=1),))
    finish_run(connection, run, account)
    runs = work.list_runs(connection, batch.id)
    assert runs.iloc[0]["account"]["held"] == 2
    assert runs.iloc[0]["account"]["steps"][0]["step"] == "match"


def test_the_newest_batch_is_that_of_the_last_run(connection):
    first, second = begin(connection), begin(connection, sha256="b" * 64)
    assert work.newest_batch(connection, "aks").id == second.id
    run = begin_run(connection, "aks_to_maks", first, started_by="t", versions={})
    finish_run(connection, run, Account(()))
    finish_batch(connection, first, {"rows": 2})
    newest = work.newest_batch(connection, "aks")
    assert (newest.id, newest.state, newest.counts) == (first.id, "loaded", {"rows": 2})
    assert work.find_batch(connection, second.id).state == "received"


def test_a_batch_that_is_not_there_is_said_so(connection):
    with pytest.raises(NotFound):
        work.newest_batch(connection, "maks")
    with pytest.raises(NotFound, match="99"):
        work.find_batch(connection, 99)
