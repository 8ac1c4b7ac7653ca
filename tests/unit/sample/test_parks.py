"""Parks of the sample: on open ground, and a layer that needs no program."""

import geopandas as gpd
import pytest
import shapely

from gis_platform.core.crs import REGISTER_SRID
from gis_platform.opendata.catalogue import read_layer_file
from gis_platform.sample.parks import write_parks
from gis_platform.sample.world import make_world


@pytest.fixture(scope="module")
def world():
    return make_world(2000, 3)


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory):
    made = tmp_path_factory.mktemp("parks")
    assert write_parks(world, made) > 29
    return made


def test_a_park_lies_in_its_mahalle_where_nothing_is_built(world, folder):
    parks = gpd.read_file(folder / "park.geojson").to_crs(REGISTER_SRID)
    assert parks.geometry.is_valid.all()
    built = shapely.STRtree([*world.hat_line, *shapely.polygons(world.buildings.corners)])
    assert built.query(parks.geometry, predicate="intersects").size == 0
    areas = dict(zip(world.district.ad, world.mahalle_area, strict=True))
    for park in parks.itertuples():
        assert areas[park.mahalle].buffer(0.1).contains(park.geometry)
        assert park.alan_m2 == pytest.approx(park.geometry.area, rel=0.01)
    pairs = shapely.STRtree(parks.geometry).query(parks.geometry, predicate="intersects")
    assert (pairs[0] == pairs[1]).all(), "no park lies on another"


def test_its_layer_file_names_every_column_of_the_file(folder):
    layer = read_layer_file(folder / "park.toml")
    columns = set(gpd.read_file(folder / "park.geojson").columns) - {"geometry"}
    assert set(layer.columns) == columns
    assert layer.time == "acilis"


def test_the_same_world_has_the_same_parks(world, folder, tmp_path):
    write_parks(world, tmp_path)
    assert (tmp_path / "park.geojson").read_bytes() == (folder / "park.geojson").read_bytes()
