"""What the public is answered: pages, one feature, rows, tiles."""

import json
import math
from collections.abc import Iterator
from typing import Any

import pytest
import shapely
from sqlalchemy import Connection

from gis_platform.core.crs import is_north_first, reproject
from gis_platform.core.errors import NotFound, UsageError
from gis_platform.core.settings import Settings
from gis_platform.db.queries import published as ask
from gis_platform.opendata import tiles
from gis_platform.opendata.public import (
    FeaturesPage,
    PageQuery,
    PublicLayer,
    feature,
    features_page,
    file_path,
    neighbours,
    public_layers,
    table_page,
)
from gis_platform.opendata.tiles import tile
from tests.town import publish_layers


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def portal(home: Settings, _server: Any, _town_template: str) -> Iterator[Connection]:
    """A connection of the portal to a town with its doors and mahalle published."""
    with _server.clone(_town_template) as town:
        publish_layers(home, town, "numarataj", "mahalle")
        with town.engine("gis_portal").connect() as connection:
            yield connection


@pytest.fixture
def doors(portal: Connection) -> PublicLayer:
    return _layer(portal, "numarataj")


@pytest.fixture
def areas(portal: Connection) -> PublicLayer:
    return _layer(portal, "mahalle")


def _layer(portal: Connection, name: str) -> PublicLayer:
    return {layer.name: layer for layer in public_layers(portal)}[name]


def _features(page: FeaturesPage) -> list[dict[str, Any]]:
    return [json.loads(said) for said in page.features]


def _ids(page: FeaturesPage) -> list[int]:
    return [each["id"] for each in _features(page)]


def test_a_page_is_a_feature_collection_with_turkish_letters_and_exact_numbers(
    portal: Connection, areas: PublicLayer
) -> None:
    page = features_page(portal, areas, PageQuery(limit=3))
    said = json.loads(page.collection({"links": []}))
    assert (said["numberReturned"], said["numberMatched"]) == (3, 5)
    assert set(said) == {"type", "numberReturned", "numberMatched", "links", "features"}
    assert said["features"][2]["properties"]["ad"] == "ÇIRÇIR"
    ring = shapely.geometry.shape(said["features"][0]["geometry"]).geoms[0].exterior
    assert ring.is_ccw, "RFC 7946"


def test_following_next_visits_every_feature_once(portal: Connection, doors: PublicLayer) -> None:
    seen, after = [], None
    while True:
        page = features_page(portal, doors, PageQuery(limit=37, after=after))
        seen += _ids(page)
        after = page.next_after
        assert (after is not None) == page.has_more
        if after is None:
            break
    assert seen == sorted(set(seen))
    assert len(seen) == doors.row_count


def test_offset_and_next_agree(portal: Connection, doors: PublicLayer) -> None:
    first = features_page(portal, doors, PageQuery(limit=20))
    by_key = features_page(portal, doors, PageQuery(limit=20, after=first.next_after))
    by_offset = features_page(portal, doors, PageQuery(limit=20, offset=20))
    assert by_key.features == by_offset.features
    past = features_page(portal, doors, PageQuery(offset=doors.row_count))
    assert (past.features, past.has_more) == ((), False)


def test_a_filtered_page_counts_what_matches(portal: Connection, doors: PublicLayer) -> None:
    query = PageQuery(limit=5, filters={"mahalle": "ÇIRÇIR"}, offset=2)
    page = features_page(portal, doors, query)
    every = _features(features_page(portal, doors, PageQuery(limit=10_000)))
    wanted = [each["id"] for each in every if each["properties"]["mahalle"] == "ÇIRÇIR"]
    assert _ids(page) == wanted[2:7]
    assert page.matched == len(wanted) > 7


def test_more_hits_than_are_counted_give_no_number(
    portal: Connection, doors: PublicLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "COUNT_LIMIT", 10)
    page = features_page(portal, doors, PageQuery(bbox=(28, 40, 30, 42)))
    assert page.matched is None
    assert "numberMatched" not in json.loads(page.collection())


def test_a_box_gives_what_lies_in_it(portal: Connection, doors: PublicLayer) -> None:
    every = _features(features_page(portal, doors, PageQuery(limit=10_000)))
    points = {each["id"]: shapely.geometry.shape(each["geometry"]) for each in every}
    x, y = points[every[40]["id"]].coords[0]
    box = (x - 0.001, y - 0.0007, x + 0.001, y + 0.0007)
    inside = {key for key, point in points.items() if shapely.box(*box).covers(point)}
    assert 1 < len(inside) < len(points)
    page = features_page(portal, doors, PageQuery(limit=10_000, bbox=box))
    assert set(_ids(page)) == inside
    assert page.matched == len(inside)


@pytest.mark.parametrize("srid", [3857, 5254])
def test_a_box_in_another_crs_means_the_same_place(
    portal: Connection, doors: PublicLayer, srid: int
) -> None:
    assert doors.extent is not None
    west, south, east, north = doors.extent
    x, y = reproject([west, east], [south, north], 4326, srid)
    middle_x, middle_y = float(x.mean()), float(y.mean())
    box = (middle_x - 200, middle_y - 200, middle_x + 200, middle_y + 200)
    asked = (box[1], box[0], box[3], box[2]) if is_north_first(srid) else box
    page = features_page(portal, doors, PageQuery(limit=10_000, bbox=asked, bbox_srid=srid))
    every = features_page(portal, doors, PageQuery(limit=10_000, srid=srid))
    inside = set()
    for each in _features(every):
        first, second = each["geometry"]["coordinates"]
        at = shapely.Point(second, first) if is_north_first(srid) else shapely.Point(first, second)
        if shapely.box(*box).covers(at):
            inside.add(each["id"])
    assert set(_ids(page)) == inside != set()


def test_a_box_across_the_date_line_is_two_boxes(portal: Connection, doors: PublicLayer) -> None:
    page = features_page(portal, doors, PageQuery(bbox=(28.0, 40.0, -170.0, 42.0)))
    assert page.matched == doors.row_count
    assert features_page(portal, doors, PageQuery(bbox=(170.0, 40.0, -170.0, 42.0))).matched == 0


@pytest.mark.parametrize(
    ("srid", "first_is"), [(None, "lon"), (4326, "lat"), (5254, "north"), (3857, "x")]
)
def test_coordinates_come_in_the_axis_order_of_their_crs(
    portal: Connection, doors: PublicLayer, srid: int | None, first_is: str
) -> None:
    page = features_page(portal, doors, PageQuery(limit=1, srid=srid))
    first, second = _features(page)[0]["geometry"]["coordinates"]
    ranges = {"lon": (28, 29.5), "lat": (40.5, 42), "north": (4.5e6, 4.6e6), "x": (3.1e6, 3.3e6)}
    low, high = ranges[first_is]
    assert low < first < high, (first, second)


def test_an_unknown_crs_is_refused_and_the_known_are_said(
    portal: Connection, doors: PublicLayer
) -> None:
    with pytest.raises(UsageError, match="EPSG:5254"):
        features_page(portal, doors, PageQuery(srid=2320))
    with pytest.raises(UsageError):
        features_page(portal, doors, PageQuery(bbox=(0, 0, 1, 1), bbox_srid=27700))


@pytest.mark.parametrize(
    "query",
    [
        PageQuery(filters={"aciklama": "x"}),
        PageQuery(filters={"geometry": "x"}),
        PageQuery(filters={"kimlik_no": "üç"}),
        PageQuery(filters={"kimlik_no": "9" * 30}),
        PageQuery(filters={"mahalle": "a\0b"}),
        PageQuery(after="x"),
        PageQuery(sort=("aciklama",)),
        PageQuery(sort=("mahalle",), after="1"),
        PageQuery(columns=("aciklama",)),
        PageQuery(columns=('mahalle" FROM maks.numarataj; --',)),
    ],
)
def test_what_is_not_published_cannot_be_asked_for(
    portal: Connection, doors: PublicLayer, query: PageQuery
) -> None:
    for asked in (features_page, table_page):
        with pytest.raises(UsageError):
            asked(portal, doors, query)


def test_a_reader_chooses_columns_and_whether_to_have_geometry(
    portal: Connection, doors: PublicLayer
) -> None:
    query = PageQuery(limit=1, columns=("mahalle", "dis_kapi_no"), with_geometry=False)
    (found,) = _features(features_page(portal, doors, query))
    assert list(found["properties"]) == ["mahalle", "dis_kapi_no"]
    assert found["geometry"] is None
    (bare,) = _features(features_page(portal, doors, PageQuery(limit=1, columns=())))
    assert bare["properties"] == {}


def test_sorting_goes_by_the_columns_then_by_the_key(
    portal: Connection, doors: PublicLayer
) -> None:
    page = features_page(portal, doors, PageQuery(limit=10_000, sort=("-csbm_kodu", "mahalle")))
    keys = [(-e["properties"]["csbm_kodu"], e["properties"]["mahalle"], e["id"])
            for e in _features(page)]  # fmt: skip
    assert [key[0] for key in keys] == sorted(key[0] for key in keys)
    assert page.next_after is None
    second = features_page(portal, doors, PageQuery(limit=5, offset=5, sort=("-csbm_kodu",)))
    both = features_page(portal, doors, PageQuery(limit=10, sort=("-csbm_kodu",)))
    assert second.features == both.features[5:]
    assert both.has_more


def test_one_feature_is_found_by_its_key(portal: Connection, doors: PublicLayer) -> None:
    first, second, third = _ids(features_page(portal, doors, PageQuery(limit=3)))
    said = feature(portal, doors, str(second))
    assert said is not None
    assert json.loads(said)["id"] == second
    assert neighbours(portal, doors, str(second)) == (str(first), str(third))
    assert neighbours(portal, doors, str(first))[0] is None


@pytest.mark.parametrize("key", ["0", "x", "", "1.5", "9" * 40, "1 OR 1=1", "\0"])
def test_a_key_nobody_has_is_no_feature(portal: Connection, doors: PublicLayer, key: str) -> None:
    assert feature(portal, doors, key) is None


def test_a_table_has_rows_with_their_key(portal: Connection, doors: PublicLayer) -> None:
    page = table_page(portal, doors, PageQuery(limit=4, columns=("mahalle",)))
    assert [list(row) for row in page.rows] == [["mahalle", "kimlik_no"]] * 4
    again = table_page(portal, doors, PageQuery(limit=4, after=page.next_after))
    assert again.rows[0]["kimlik_no"] > page.rows[-1]["kimlik_no"]
    assert list(again.rows[0]) == list(doors.entry.types)


# ---- tiles


def _place(layer: PublicLayer, z: int) -> tuple[int, int, int]:
    assert layer.extent is not None
    lon = (layer.extent[0] + layer.extent[2]) / 2
    lat = math.radians((layer.extent[1] + layer.extent[3]) / 2)
    size = 2**z
    return (
        z,
        int((lon + 180) / 360 * size),
        int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * size),
    )


def _words(body: bytes) -> set[str]:
    """Every length-delimited text of a protocol buffer, found without a schema."""
    said = set()
    for at in range(len(body) - 1):
        part = body[at + 1 : at + 1 + body[at]]
        if 1 < body[at] < 64 and len(part) == body[at]:
            try:
                said.add(part.decode())
            except UnicodeDecodeError:
                continue
    return said


def test_a_tile_names_the_layer_and_carries_key_and_label(
    portal: Connection, doors: PublicLayer
) -> None:
    words = _words(tile(portal, doors, *_place(doors, 15)))
    assert {"numarataj", "kimlik_no", "dis_kapi_no"} <= words
    assert "mahalle" not in words
    assert {"mahalle", "csbm"} <= _words(tile(portal, doors, *_place(doors, 16)))


def test_a_layer_is_not_drawn_below_its_zoom(portal: Connection, doors: PublicLayer) -> None:
    lowest = doors.entry.min_zoom
    assert lowest > 0
    assert tile(portal, doors, *_place(doors, lowest - 1)) == b""
    assert tile(portal, doors, *_place(doors, lowest))


def test_a_tile_far_away_is_empty(portal: Connection, areas: PublicLayer) -> None:
    assert tile(portal, areas, 10, 0, 0) == b""
    assert tile(portal, areas, *_place(areas, 10))


@pytest.mark.parametrize("place", [(-1, 0, 0), (23, 0, 0), (2, 4, 0), (2, 0, 4), (2, -1, 0)])
def test_a_tile_outside_the_scheme_is_not_found(
    portal: Connection, areas: PublicLayer, place: tuple[int, int, int]
) -> None:
    with pytest.raises(NotFound):
        tile(portal, areas, *place)


@pytest.mark.parametrize("name", ["numarataj", "mahalle"])
def test_a_heavy_tile_is_thinned_under_its_limit(
    portal: Connection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = _layer(portal, name)
    place = _place(layer, 14)
    whole = tile(portal, layer, *place)
    limit = len(whole) // 2
    monkeypatch.setattr(tiles, "MAX_BYTES", limit)
    thin = tile(portal, layer, *place)
    assert 0 < len(thin) <= limit
    assert thin == tile(portal, layer, *place), "always the same features stay"


def test_a_tile_never_draws_more_than_its_number_of_features(
    portal: Connection, doors: PublicLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = tile(portal, doors, *_place(doors, 14))
    monkeypatch.setattr(tiles, "MOST_FEATURES", 10)
    assert 0 < len(tile(portal, doors, *_place(doors, 14))) < len(whole)


# ---- files


def test_a_file_is_served_by_a_name_the_catalogue_knows(home: Settings, doors: PublicLayer) -> None:
    for file in doors.files:
        assert file_path(home, doors, file.name).stat().st_size == file.size
    for name in ("../../secret", "numarataj.gpkg-wal", "", "..", "/etc/passwd"):
        with pytest.raises(NotFound):
            file_path(home, doors, name)
