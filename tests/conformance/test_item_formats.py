"""Items in other formats: each is opened again by another library and compared with the GeoJSON."""

import io

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest

from tests.conformance.conftest import CRS84, EPSG, NASTY, links_of

PARKS = "/collections/park/items"


def frame_of(ogc, path, **asked):
    said = ogc.json(path, **asked)
    return gpd.GeoDataFrame.from_features(said["features"], crs=4326), said


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("csv", "text/csv"), ("fgb", "application/vnd.flatgeobuf"),
     ("jsonfg", "application/vnd.ogc.fg+json")],
)  # fmt: skip
def test_every_format_is_linked_and_had_by_accept_too(ogc, name, kind, media_type):
    links = links_of(ogc.json(f"/collections/{name}/items", limit=3), "alternate")
    (link,) = [each for each in links if each["type"] == media_type]
    by_link = ogc.client.get(link["href"])
    by_accept = ogc.get(f"/collections/{name}/items", limit=3, headers={"Accept": media_type})
    assert by_link.status_code == by_accept.status_code == 200
    assert by_link.headers["content-type"].partition(";")[0] == media_type
    if kind != "fgb":
        assert (
            by_link.text.replace(f"f={kind}", "") == by_accept.text.replace(f"f={kind}", "")
            or kind == "jsonfg"
        )
    assert 'rel="next"' in by_accept.headers["link"]


@pytest.mark.parametrize("asked", [{}, {"filter": "alan > 100", "sortby": "-alan"}])
def test_flatgeobuf_holds_what_geojson_holds(ogc, name, key, asked):
    asked = asked if name == "park" else {}
    plain, _ = frame_of(ogc, f"/collections/{name}/items", limit=50, **asked)
    answer = ogc.get(f"/collections/{name}/items", limit=50, f="fgb", **asked)
    read = pyogrio.read_dataframe(io.BytesIO(answer.content))
    assert read.crs.to_epsg() == 4326
    assert sorted(read[key]) == sorted(plain[key])
    assert read.total_bounds == pytest.approx(plain.total_bounds, abs=1e-7)
    assert set(read.columns) == set(plain.columns)


def test_values_survive_flatgeobuf_and_csv(ogc):
    fgb = pyogrio.read_dataframe(io.BytesIO(ogc.get(PARKS, limit=100, f="fgb").content)).set_index(
        "kod"
    )
    csv = pd.read_csv(io.StringIO(ogc.get(PARKS, limit=100, f="csv").text)).set_index("kod")
    for read in (fgb, csv):
        assert read.loc["P/1", "ad"] == NASTY
        assert pd.isna(read.loc["P/2", "ad"])
        assert read.loc["P/3", "ad"] == "İğde Parkı 3"
        assert str(read.loc["P/4", "acilis"])[:10] == "2020-04-30"
        assert read.loc["P/4", "alan"] == 42
        assert read.loc["P/4", "bank_sayisi"] == 4
        assert bool(read.loc["P/4", "is_open"]) is True
    assert {"lon", "lat"} <= set(csv.columns)
    points = gpd.GeoSeries(gpd.points_from_xy(csv.lon, csv.lat), index=csv.index, crs=4326)
    assert fgb.geometry.loc[csv.index].contains(points).all()


def test_only_the_columns_asked_for_are_in_the_file(ogc):
    text = ogc.get(PARKS, f="csv", properties="ad", limit=2).text
    assert text.splitlines()[0] == "kod,ad,lon,lat"
    assert NASTY.replace('"', '""') in text


def test_an_empty_page_is_a_whole_file(ogc):
    none = {"filter": "alan < 0"}
    assert ogc.get(PARKS, f="csv", **none).text.splitlines() == [
        "kod,ad,acilis,alan,is_open,bank_sayisi,lon,lat"
    ]
    read = pyogrio.read_dataframe(io.BytesIO(ogc.get(PARKS, f="fgb", **none).content))
    assert len(read) == 0
    assert "kod" in read.columns


@pytest.mark.parametrize("kind", ["csv", "fgb"])
def test_a_file_of_rows_is_in_longitude_and_latitude_with_them(ogc, kind):
    for asked in ({"crs": f"{EPSG}5254"}, {"skipGeometry": "true"}):
        answer = ogc.get(PARKS, f=kind, **asked)
        assert answer.status_code == 400
        assert answer.json()["parameter"] in asked
    assert ogc.get(PARKS, f=kind, crs=CRS84).status_code == 200


@pytest.mark.parametrize("uri", [CRS84, f"{EPSG}4326", f"{EPSG}5254"])
def test_json_fg_puts_other_reference_systems_in_place(ogc, uri):
    plain = ogc.json(PARKS, limit=5, crs=uri)
    said = ogc.json(PARKS, limit=5, crs=uri, f="jsonfg")
    assert said["conformsTo"] == ["http://www.opengis.net/spec/json-fg-1/1.0/conf/core"]
    assert (said["coordRefSys"], said["featureType"]) == (uri, "park")
    assert said["geometryDimension"] == 2
    assert said["numberMatched"] == plain["numberMatched"]
    for one, other in zip(said["features"], plain["features"], strict=True):
        assert one["properties"] == other["properties"]
        assert one["time"] == {"date": other["properties"]["acilis"]}
        held, empty = ("geometry", "place") if uri == CRS84 else ("place", "geometry")
        assert one[held] == other["geometry"]
        assert one[empty] is None


def test_geoparquet_is_there_for_the_whole_layer(ogc, name, key, tmp_path):
    links = links_of(ogc.json(f"/collections/{name}"), "enclosure")
    (link,) = [each for each in links if each["type"] == "application/vnd.apache.parquet"]
    file = tmp_path / "layer.parquet"
    file.write_bytes(ogc.client.get(link["href"]).content)
    frame = gpd.read_parquet(file)
    assert len(frame) == ogc.json(f"/collections/{name}/items", limit=1)["numberMatched"]
    assert frame[key].is_unique
