"""The register keeps every version, and the same content twice changes nothing."""

from datetime import UTC, datetime

import pytest
import shapely
from sqlalchemy import text

from gis_platform.core.errors import SourceError
from gis_platform.db.load import BatchFacts, LayerCounts, begin_batch, merge_layer
from gis_platform.db.queries.register import count_features, read_layers
from tests.builders import EAST, NORTH, a_district, a_feature, a_frame, guid


def facts(sha256="a" * 64, kind="maks"):
    return BatchFacts(kind=kind, file_name="teslim.gdb", sha256=sha256, size=1)


def load(database, layer, frame, *, sha256="a" * 64, is_complete=False):
    with database.engine("gis_etl").begin() as connection:
        batch = begin_batch(connection, facts(sha256), started_by="test")
        return merge_layer(connection, batch, layer, frame, is_complete=is_complete)


def doors(*features):
    return a_frame("numarataj", *features)


def door(number=901, **values):
    return a_feature("numarataj", number, **values)


def in_force(database):
    with database.engine("gis_office").connect() as connection:
        frame = read_layers(connection, ["numarataj"])["numarataj"]
        return dict(zip(frame["kimlik_no"], frame["kapi_no"], strict=True))


def test_new_features_are_added(database):
    assert load(database, "numarataj", doors(door(901), door(902))) == LayerCounts(2, 0, 0, 0)


def test_the_same_content_twice_changes_nothing(database):
    load(database, "numarataj", doors(door(901), door(902)))
    again = load(database, "numarataj", doors(door(902), door(901)))
    assert again == LayerCounts(0, 0, 2, 0)
    with database.engine("gis_office").connect() as connection:
        count = connection.execute(text("SELECT count(*) FROM maks.numarataj_version"))
        assert count.scalar_one() == 2


def test_changed_content_closes_the_old_version_and_adds_a_new_one(database):
    load(database, "numarataj", doors(door(kapi_no="5")))
    assert load(database, "numarataj", doors(door(kapi_no="5/A"))) == LayerCounts(0, 1, 0, 0)
    with database.engine("gis_office").connect() as connection:
        rows = connection.execute(
            text(
                "SELECT version, kapi_no, operation, closing_operation, valid_to IS NULL "
                "FROM maks.numarataj_version ORDER BY version"
            )
        ).all()
    assert rows == [(1, "5", "added", "changed", False), (2, "5/A", "changed", None, True)]
    assert in_force(database) == {901: "5/A"}


def test_a_feature_that_moved_is_changed(database):
    load(database, "numarataj", doors(door()))
    moved = door(geometry=shapely.Point(EAST + 11, NORTH))
    assert load(database, "numarataj", doors(moved)).changed == 1


def test_a_difference_below_a_tenth_of_a_millimetre_is_no_change(database):
    load(database, "numarataj", doors(door(geometry=shapely.Point(EAST, NORTH))))
    same = door(geometry=shapely.Point(EAST + 1e-6, NORTH - 1e-6))
    assert load(database, "numarataj", doors(same)).unchanged == 1


def test_missing_features_stay_unless_the_frame_is_the_whole_layer(database):
    load(database, "numarataj", doors(door(901), door(902)))
    assert load(database, "numarataj", doors(door(901))).closed == 0
    assert load(database, "numarataj", doors(door(901)), is_complete=True).closed == 1
    assert list(in_force(database)) == [901]


def test_a_closed_feature_that_comes_back_is_added_with_the_next_version(database):
    load(database, "numarataj", doors(door(901), door(902)))
    load(database, "numarataj", doors(door(901)), is_complete=True)
    assert load(database, "numarataj", doors(door(902))) == LayerCounts(1, 0, 0, 0)
    with database.engine("gis_office").connect() as connection:
        row = connection.execute(
            text("SELECT version, operation FROM maks.numarataj WHERE kimlik_no = 902")
        ).one()
    assert row == (2, "added")


def test_a_record_under_a_new_kimlik_no_is_closed_under_the_old(database):
    load(database, "numarataj", doors(door(901)))
    renamed = door(905, id=guid("numarataj", 901))
    assert load(database, "numarataj", doors(renamed)) == LayerCounts(1, 0, 0, 1)
    assert list(in_force(database)) == [905]


def test_the_register_can_be_read_as_it_was(database):
    load(database, "numarataj", doors(door(kapi_no="5")))
    between = datetime.now(UTC)
    load(database, "numarataj", doors(door(kapi_no="7")))
    with database.engine("gis_office").connect() as connection:
        then = read_layers(connection, ["numarataj"], as_of=between)["numarataj"]
        by_sql = connection.execute(
            text("SELECT kapi_no FROM maks.numarataj_as_of(:then)"), {"then": between}
        ).scalar_one()
    assert list(then["kapi_no"]) == ["5"]
    assert by_sql == "5"


def test_everything_of_one_load_becomes_valid_at_one_time(database):
    with database.engine("gis_etl").begin() as connection:
        batch = begin_batch(connection, facts(), started_by="test")
        for name, frame in a_district().items():
            merge_layer(connection, batch, name, frame)
        times = connection.execute(
            text(
                "SELECT count(DISTINCT valid_from) FROM (SELECT valid_from FROM maks.yol "
                "UNION ALL SELECT valid_from FROM maks.numarataj) AS times"
            )
        )
        assert times.scalar_one() == 1


def test_a_district_comes_back_as_it_went_in(database):
    district = a_district()
    with database.engine("gis_etl").begin() as connection:
        batch = begin_batch(connection, facts(), started_by="test")
        for name, frame in district.items():
            merge_layer(connection, batch, name, frame)
        back = read_layers(connection)
        assert count_features(connection)["numarataj"] == 2
    for name, frame in district.items():
        assert list(back[name].columns) == list(frame.columns)
        assert back[name].dtypes.to_dict() == frame.dtypes.to_dict()
        for column in set(frame.columns) - {"_file", "_row", "geometry"}:
            assert back[name][column].equals(frame[column]), f"{name}.{column}"
        if "geometry" in frame:
            assert back[name].geometry.geom_equals_exact(frame.geometry, 0).all()
            assert back[name].crs == frame.crs


def test_an_empty_register_reads_as_empty_frames(database):
    with database.engine("gis_office").connect() as connection:
        layers = read_layers(connection)
    assert set(layers.counts().values()) == {0}
    assert layers["yapi"].crs.to_epsg() == 5254


@pytest.mark.parametrize(
    ("frame", "field", "says"),
    [
        (doors(door(901), door(901, id=guid("numarataj", 7))), "kimlik_no", "901"),
        (doors(door(901), door(902, id=guid("numarataj", 901))), "id", "more than once"),
        (doors(door(id=None)), "id", "is empty"),
        (doors(door(kapi_no="1" * 17)), "kapi_no", "longer than 16"),
        (doors(door(geometry=None)), "geometry", "not a POINT"),
        (doors(door(geometry=shapely.LineString([(0, 0), (1, 1)]))), "geometry", "not a POINT"),
    ],
)
def test_what_the_register_cannot_hold_is_named_with_its_row(database, frame, field, says):
    with pytest.raises(SourceError, match=says) as stopped:
        load(database, "numarataj", frame)
    assert stopped.value.place.field == field
    assert stopped.value.place.row in {1, 2}
    assert in_force(database) == {}


def test_degrees_do_not_enter_the_register(database):
    with pytest.raises(SourceError, match="EPSG:5254"):
        load(database, "numarataj", doors(door()).set_crs(4326, allow_override=True))


def test_a_part_of_one_and_a_third_dimension_lose_nothing(database):
    high = shapely.MultiPoint([shapely.Point(EAST, NORTH, 12.5)])
    load(database, "numarataj", doors(door(geometry=high)))
    with database.engine("gis_office").connect() as connection:
        back = read_layers(connection, ["numarataj"])["numarataj"].geometry.iloc[0]
    assert back == shapely.Point(EAST, NORTH)


def test_the_same_content_is_one_batch(database):
    with database.engine("gis_etl").begin() as connection:
        first = begin_batch(connection, facts(), started_by="test")
        again = begin_batch(connection, facts(), started_by="another")
        other = begin_batch(connection, facts("b" * 64), started_by="test")
    assert (first.is_known, again.is_known, other.is_known) == (False, True, False)
    assert first.id == again.id != other.id
