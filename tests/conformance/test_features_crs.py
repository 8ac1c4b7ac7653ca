"""OGC API – Features Part 2, class crs (18-058r1, annex A), and queryables of Part 3."""

import json
import re

import jsonschema
import pyproj
import pytest
import shapely

from tests.conformance.conftest import COLLECTIONS, CRS84, EPSG, links_of
from tests.conformance.test_features_core import flat

SYSTEMS = [CRS84, f"{EPSG}4326", f"{EPSG}3857", f"{EPSG}5254"]
BOX_CRS84 = (28.8735, 41.081, 28.8796, 41.0851)


def srid_of(uri):
    return 4326 if uri == CRS84 else int(uri.rpartition("/")[2])


def to(uri):
    """From longitude, latitude to a CRS as its authority orders the axes."""
    return pyproj.Transformer.from_crs("OGC:CRS84", crs_of(uri), always_xy=False)


def crs_of(uri):
    return "OGC:CRS84" if uri == CRS84 else f"EPSG:{srid_of(uri)}"


@pytest.mark.ats("features-2:/conf/crs/crs-uri")
@pytest.mark.ats("features-2:/conf/crs/default-crs")
@pytest.mark.ats("features-2:/conf/crs/storageCrs")
def test_a_layer_names_its_reference_systems(ogc, name):
    said = ogc.json(f"/collections/{name}")
    assert said["crs"] == SYSTEMS
    assert said["storageCrs"] == CRS84
    for uri in said["crs"]:
        assert pyproj.CRS(crs_of(uri))
    assert ogc.sql("SELECT DISTINCT ST_SRID(geometry) FROM published.csbm") == [4326]


@pytest.mark.ats("features-2:/conf/crs/crs-parameter")
@pytest.mark.ats("features-2:/conf/crs/crs-parameter-transform")
@pytest.mark.parametrize("uri", SYSTEMS)
def test_coordinates_come_in_the_axis_order_of_the_authority(ogc, name, uri):
    plain = ogc.json(f"/collections/{name}/items", limit=5)["features"]
    answer = ogc.get(f"/collections/{name}/items", limit=5, crs=uri)
    assert answer.headers["content-crs"] == f"<{uri}>"
    precise = 1e-6 if srid_of(uri) == 4326 else 0.05
    for before, after in zip(plain, answer.json()["features"], strict=True):
        expected = [to(uri).transform(*each) for each in flat(before["geometry"]["coordinates"])]
        found = [tuple(each) for each in flat(after["geometry"]["coordinates"])]
        assert found == [pytest.approx(each, abs=precise) for each in expected]
    alone = ogc.get(f"/collections/{name}/items/{plain[0]['id']}", crs=uri)
    assert alone.headers["content-crs"] == f"<{uri}>"
    assert alone.json()["geometry"] == answer.json()["features"][0]["geometry"]


def test_5254_is_northing_then_easting(ogc):
    point = ogc.json("/collections/numarataj/items", limit=1, crs=f"{EPSG}5254")
    north, east = point["features"][0]["geometry"]["coordinates"]
    assert 4_500_000 < north < 4_600_000
    assert 390_000 < east < 420_000


@pytest.mark.ats("features-2:/conf/crs/crs-parameter-invalid")
@pytest.mark.ats("features-2:/conf/crs/bbox-crs-parameter-invalid")
@pytest.mark.parametrize(
    "uri", [f"{EPSG}32635", "EPSG:5254", "http://www.opengis.net/def/crs/", "x"]
)
def test_another_reference_system_is_400(ogc, uri):
    assert ogc.get("/collections/mahalle/items", crs=uri).status_code == 400
    assert ogc.get("/collections/mahalle/items/30001", crs=uri).status_code == 400
    refused = ogc.get("/collections/mahalle/items", bbox="1,2,3,4", bbox_crs=uri)
    assert (refused.status_code, refused.json()["parameter"]) == (400, "bbox-crs")


@pytest.mark.ats("features-2:/conf/crs/crs-parameter-default")
def test_without_crs_it_is_crs84(ogc, name):
    assert ogc.get(f"/collections/{name}/items").headers["content-crs"] == f"<{CRS84}>"


@pytest.mark.ats("features-2:/conf/crs/bbox-crs-parameter")
@pytest.mark.parametrize("uri", SYSTEMS)
def test_a_box_is_judged_in_its_own_reference_system(ogc, name, key, uri):
    west, south, east, north = BOX_CRS84
    corners = [to(uri).transform(x, y) for x, y in ((west, south), (east, north))]
    bbox = ",".join(repr(float(each)) for corner in corners for each in corner)
    first, second, third, fourth = (float(each) for each in bbox.split(","))
    if uri in SYSTEMS[1::2]:
        first, second, third, fourth = second, first, fourth, third
    meets = (
        f"ST_Intersects(ST_Transform(geometry, {srid_of(uri)}), "
        f"ST_MakeEnvelope({first}, {second}, {third}, {fourth}, {srid_of(uri)}))"
    )
    expected = ogc.sql(f"SELECT {key} FROM published.{name} WHERE {meets} ORDER BY {key}")  # noqa: S608
    found = ogc.ids(f"/collections/{name}/items", bbox=bbox, bbox_crs=uri, limit=1000)
    assert found == expected
    assert found


def test_a_crooked_box_is_exact_where_corners_would_not_do(ogc):
    """A box of 5254 is no box in degrees: what lies in its corners only must be told apart."""
    east, north = 405_300.0, 4_550_200.0
    bbox = f"{north},{east},{north + 600},{east + 600}"
    within = "ST_MakeEnvelope(405300, 4550200, 405900, 4550800, 5254)"
    expected = ogc.sql(
        "SELECT kimlik_no FROM published.numarataj "  # noqa: S608
        f"WHERE ST_Intersects(ST_Transform(geometry, 5254), {within}) ORDER BY 1"
    )
    uri = f"{EPSG}5254"
    assert ogc.ids("/collections/numarataj/items", bbox=bbox, bbox_crs=uri, limit=500) == expected


@pytest.mark.parametrize(
    ("uri", "bbox", "count"),
    [
        (f"{EPSG}5254", "-1e12,-1e12,1e12,1e12", 5),
        (f"{EPSG}3857", "-1e12,-1e12,1e12,1e12", 5),
        (f"{EPSG}5254", "9e11,9e11,1e12,1e12", 0),
        (f"{EPSG}4326", "-90,-180,90,180", 5),
    ],
)
def test_a_box_beyond_the_world_is_no_error(ogc, uri, bbox, count):
    assert len(ogc.ids("/collections/mahalle/items", bbox=bbox, bbox_crs=uri)) == count


def test_a_box_of_metres_has_its_west_in_the_west(ogc):
    answer = ogc.get("/collections/mahalle/items", bbox="0,2,1,1", bbox_crs=f"{EPSG}5254")
    assert answer.status_code == 400


def test_a_reference_system_of_a_box_needs_a_box(ogc):
    assert ogc.get("/collections/mahalle/items", bbox_crs=CRS84).status_code == 400


@pytest.mark.ats("features-2:/conf/crs/bbox-crs-parameter-default")
def test_without_bbox_crs_the_box_is_crs84(ogc, name):
    bbox = ",".join(str(each) for each in BOX_CRS84)
    path = f"/collections/{name}/items"
    assert ogc.ids(path, bbox=bbox) == ogc.ids(path, bbox=bbox, bbox_crs=CRS84)


# ------------------------------------------------------------------ Part 3: queryables

QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"


@pytest.mark.ats("features-5:/conf/queryables/get-conformance")
@pytest.mark.ats("features-3:/conf/queryables/get-conformance")
@pytest.mark.ats("features-3:/conf/queryables-query-parameters/get-conformance")
def test_queryables_are_declared(ogc):
    declared = {each.rpartition("/")[2] for each in ogc.json("/conformance")["conformsTo"]}
    assert {"queryables", "queryables-query-parameters"} <= declared
    assert "create-replace-delete" not in declared


@pytest.mark.ats("features-5:/conf/queryables/link")
@pytest.mark.ats("features-3:/conf/queryables/get-queryables-uris")
def test_items_and_collection_link_to_the_queryables(ogc, name):
    header = ogc.client.head(f"{ogc.url}/collections/{name}/items").headers["link"]
    assert f'<{ogc.url}/collections/{name}/queryables>; rel="{QUERYABLES}"' in header
    links = links_of(ogc.json(f"/collections/{name}"), QUERYABLES)
    assert {link["type"] for link in links} == {"application/schema+json", "text/html"}


@pytest.mark.ats("features-5:/conf/queryables/op-and-response")
@pytest.mark.ats("features-5:/conf/schemas/role")
@pytest.mark.ats("features-3:/conf/queryables/get-queryables")
@pytest.mark.ats("features-5:/conf/schemas/basic-schema-inspection")
@pytest.mark.ats("features-5:/conf/schemas/role-id")
@pytest.mark.ats("features-5:/conf/schemas/property-seq")
@pytest.mark.ats("features-5:/conf/returnables-and-receivables/op-and-response")
@pytest.mark.parametrize("resource", ["schema", "queryables"])
def test_schema_and_queryables_are_json_schema(ogc, name, resource):
    answer = ogc.get(f"/collections/{name}/{resource}")
    assert answer.headers["content-type"] == "application/schema+json"
    said = answer.json()
    assert said["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert said["$id"] == f"{ogc.url}/collections/{name}/{resource}"
    jsonschema.Draft202012Validator.check_schema(said)
    geometry = said["properties"].pop("geometry")
    assert re.fullmatch(r"geometry-(multi)?(point|linestring|polygon)", geometry["format"])
    roles = [each.get("x-ogc-role") for each in said["properties"].values()]
    assert roles.count("id") == 1
    assert all(each["type"] and each["title"] for each in said["properties"].values())
    assert said.get("additionalProperties", True) is (resource == "schema")
    for feature in ogc.json(f"/collections/{name}/items", limit=100)["features"]:
        filled = {k: v for k, v in feature["properties"].items() if v is not None}
        jsonschema.validate(filled, {**said, "properties": said["properties"]})


def test_the_time_of_a_layer_has_its_role(ogc):
    acilis = ogc.json("/collections/park/schema")["properties"]["acilis"]
    assert acilis == {
        "title": "Açıldığı gün", "type": "string", "format": "date",
        "x-ogc-role": "primary-instant", "x-ogc-propertySeq": 3,
    }  # fmt: skip


@pytest.mark.ats("features-3:/conf/queryables-query-parameters/query-param")
@pytest.mark.parametrize(
    ("layer", "asked", "where"),
    [
        ("park", {"kod": "P/7"}, "kod = 'P/7'"),
        ("park", {"is_open": "true"}, "is_open"),
        ("park", {"is_open": "false", "bank_sayisi": "3"}, "NOT is_open AND bank_sayisi = 3"),
        ("park", {"alan": "21"}, "alan = 21"),
        ("park", {"acilis": "2020-04-30"}, "acilis = '2020-04-30'"),
        ("park", {"ad": "yok"}, "false"),
        ("numarataj", {"csbm": "HALİÇ", "dis_kapi_no": "1"}, "csbm='HALİÇ' AND dis_kapi_no='1'"),
        ("numarataj", {"mahalle_kodu": "30003", "bbox": "28.87,41.07,28.875,41.085"},
         "mahalle_kodu = 30003 AND ST_X(geometry) <= 28.875"),
    ],
)  # fmt: skip
def test_a_column_is_a_query_parameter(ogc, layer, asked, where):
    key = "kod" if layer == "park" else "kimlik_no"
    expected = ogc.sql(f"SELECT {key} FROM published.{layer} WHERE {where} ORDER BY {key}")  # noqa: S608
    assert ogc.ids(f"/collections/{layer}/items", **asked) == expected
    described = ogc.json("/openapi")["paths"][f"/collections/{layer}/items"]["get"]["parameters"]
    named = {each.get("name", each.get("$ref", "").rpartition("/")[2]) for each in described}
    assert set(asked) <= named


def test_no_layer_is_left_out():
    assert len(COLLECTIONS) == 5
    assert shapely.from_geojson(json.dumps({"type": "Point", "coordinates": [1, 2]})).x == 1
