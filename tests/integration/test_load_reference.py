"""The register as matching and publication see it."""

import pytest
from sqlalchemy import text

from gis_platform.db.load import BatchFacts, Decision, begin_batch, merge_layer, store_decisions
from gis_platform.db.queries.reference import read_reference, register_fingerprint
from gis_platform.db.queries.register import csbm_names, read_layers
from gis_platform.maks.model import CSBM_TYPES, LAYERS
from tests.builders import a_district, a_feature, a_frame, guid


def load(database, layers, sha256="a" * 64):
    with database.engine("gis_etl").begin() as connection:
        facts = BatchFacts(kind="maks", file_name="teslim.gdb", sha256=sha256, size=1)
        batch = begin_batch(connection, facts, started_by="test")
        for name, frame in layers.items():
            merge_layer(connection, batch, name, frame)


@pytest.fixture
def reference(database):
    load(database, a_district())
    with database.engine("gis_etl").connect() as connection:
        return read_reference(connection)


def fingerprint(database):
    with database.engine("gis_etl").connect() as connection:
        return register_fingerprint(connection)


def test_a_csbm_comes_with_its_branch(reference):
    assert reference.csbm.to_dict("records") == [
        {
            "ilce_kod": 1325,
            "ilce": "EYÜPSULTAN",
            "mahalle_kod": 30_001,
            "mahalle": "NİŞANCI",
            "csbm_kod": 741_296,
            "csbm": "ÇIĞIR",
            "tur_kod": 4,
        }
    ]
    assert reference.mahalle.to_dict("records") == [
        {
            "ilce_kod": 1325,
            "ilce": "EYÜPSULTAN",
            "mahalle_kod": 30_001,
            "mahalle": "NİŞANCI",
            "il": "İSTANBUL",
        }
    ]


def test_doors_and_lines_come_in_degrees_longitude_first(reference):
    doors = reference.kapi
    assert list(doors["numarataj_kimlik_no"]) == [901, 902]
    assert list(doors["dis_kapi_no"]) == ["1", "3/A"]
    assert doors["lon"].between(28.7, 29).all()
    assert doors["lat"].between(41, 41.4).all()
    assert reference.orta_hat.crs.to_epsg() == 4326
    assert list(reference.orta_hat["csbm_kod"]) == [741_296]
    for areas in (reference.mahalle_alan, reference.ilce_alan):
        assert areas.total_bounds[0] == pytest.approx(28.87, abs=0.1)


def test_an_empty_register_is_an_empty_reference(database):
    with database.engine("gis_etl").connect() as connection:
        reference = read_reference(connection)
    assert len(reference.csbm) == len(reference.kapi) == len(reference.orta_hat) == 0
    assert reference.orta_hat.crs.to_epsg() == 4326


def test_a_renamed_csbm_keeps_its_former_name_as_an_alias(database):
    load(database, a_district())
    load(database, {"yol": a_frame("yol", a_feature("yol", 501, ad="LALE"))}, "b" * 64)
    with database.engine("gis_etl").connect() as connection:
        reference = read_reference(connection)
    assert list(reference.csbm["csbm"]) == ["LALE"]
    assert reference.aliases.to_dict("records") == [
        {"level": "csbm", "kod": 741_296, "alias": "ÇIĞIR"}
    ]


def test_the_newest_decision_about_an_address_counts(database):
    def decide(key, decision, door):
        return Decision(
            key=key,
            address=key,
            decision=decision,
            decided_by="ayşe",
            numarataj_kimlik_no=door,
            csbm_kod=741_296,
        )

    with database.engine("gis_etl").begin() as connection:
        store_decisions(connection, [decide("bir", "accept", 901), decide("iki", "accept", 901)])
        store_decisions(connection, [decide("bir", "accept", 902), decide("iki", "refuse", None)])
        decisions = read_reference(connection).decisions
    assert list(decisions["key"]) == ["bir"]
    assert list(decisions["numarataj_kimlik_no"]) == [902]
    assert list(decisions["decided_by"]) == ["ayşe"]


def test_the_fingerprint_follows_content_and_nothing_else(database):
    empty = fingerprint(database)
    load(database, a_district())
    full = fingerprint(database)
    assert full != empty
    load(database, a_district(), "b" * 64)
    assert fingerprint(database) == full
    unit = a_feature("bagimsiz_bolum", 1_000_000_002)
    load(database, {"bagimsiz_bolum": a_frame("bagimsiz_bolum", unit)}, "c" * 64)
    assert fingerprint(database) == full
    door = a_feature("numarataj", 901, kapi_no="1/B")
    load(database, {"numarataj": a_frame("numarataj", door)}, "d" * 64)
    assert fingerprint(database) != full


def test_the_fingerprint_follows_decisions(database):
    before = fingerprint(database)
    with database.engine("gis_etl").begin() as connection:
        store_decisions(connection, [Decision("bir", "bir", "refuse", "ayşe")])
    assert fingerprint(database) != before


def test_published_sources_have_one_row_per_key(database):
    load(database, a_district())
    with database.engine("gis_office").connect() as connection:
        csbm = connection.execute(
            text("SELECT kimlik_no, ad, tur, mahalle_kodu, mahalle, ST_NumGeometries(geometry) "
                 "FROM maks.csbm")
        ).all()  # fmt: skip
        kapi = connection.execute(
            text(
                "SELECT kimlik_no, dis_kapi_no, csbm_kodu, csbm, mahalle FROM maks.kapi ORDER BY 1"
            )
        ).all()
    assert csbm == [(741_296, "ÇIĞIR", "Sokak", 30_001, "NİŞANCI", 1)]
    assert kapi == [
        (901, "1", 741_296, "ÇIĞIR", "NİŞANCI"),
        (902, "3/A", 741_296, "ÇIĞIR", "NİŞANCI"),
    ]


def test_a_road_on_a_border_is_a_csbm_of_each_mahalle(database):
    district = a_district()
    sides = a_frame(
        "yol_orta_hat_yon",
        a_feature("yol_orta_hat_yon", 701, uavt_kodu=1),
        a_feature("yol_orta_hat_yon", 702, uavt_kodu=2, mahalle_id=guid("mahalle", 30_002)),
    )
    mahalle = a_frame(
        "mahalle", a_feature("mahalle", 30_001), a_feature("mahalle", 30_002, ad="SİLAHTARAĞA")
    )
    load(database, district.with_frames(yol_orta_hat_yon=sides, mahalle=mahalle))
    with database.engine("gis_office").connect() as connection:
        rows = connection.execute(text("SELECT kimlik_no, mahalle FROM maks.csbm ORDER BY 1")).all()
    assert rows == [(1, "NİŞANCI"), (2, "SİLAHTARAĞA")]


def test_a_door_without_a_road_side_is_still_a_door(database):
    lost = a_feature("numarataj", 901, yol_orta_hat_yon_id=None)
    load(database, {"numarataj": a_frame("numarataj", lost)})
    with database.engine("gis_office").connect() as connection:
        row = connection.execute(text("SELECT kimlik_no, csbm FROM maks.kapi")).one()
        assert len(read_layers(connection, ["numarataj"])["numarataj"]) == 1
    assert row == (901, None)


def test_csbm_names_carry_their_type(database):
    load(database, a_district())
    with database.engine("gis_etl").connect() as connection:
        assert csbm_names(connection, [741_296, 5]) == {741_296: "ÇIĞIR Sokak"}


def test_csbm_types_are_those_of_the_model(database):
    with database.engine("gis_office").connect() as connection:
        said = {
            code: connection.execute(text("SELECT maks.csbm_type(:code)"), {"code": code}).scalar()
            for code in (*CSBM_TYPES, 99)
        }
    assert said == {code: label.tr for code, label in CSBM_TYPES.items()} | {99: None}


def test_every_spatial_layer_shows_its_type_and_srid_to_gis_programs(session_database):
    with session_database.engine("gis_office").connect() as connection:
        rows = connection.execute(
            text(
                "SELECT f_table_name, type, srid FROM public.geometry_columns "
                "WHERE f_table_schema = 'maks' AND f_table_name NOT LIKE '%\\_version'"
            )
        ).all()
    expected = {(n, layer.geometry, 5254) for n, layer in LAYERS.items() if layer.geometry}
    assert set(rows) == expected | {("csbm", "MULTILINESTRING", 5254), ("kapi", "POINT", 5254)}


def test_every_spatial_layer_and_its_history_has_a_spatial_index(session_database):
    with session_database.engine("gis_office").connect() as connection:
        indexed = connection.execute(
            text(
                "SELECT tablename FROM pg_indexes WHERE schemaname = 'maks' "
                "AND indexdef LIKE '%USING gist (geometry)%'"
            )
        ).scalars()
        assert set(indexed) == {f"{n}_version" for n, layer in LAYERS.items() if layer.geometry}
