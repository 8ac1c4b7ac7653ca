"""OGC API – Features Part 1, class core (17-069r4, annex A), over every published layer."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.conformance.conftest import COLLECTIONS, CRS84, canonical, layers_of, links_of

CORE = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
EXTENT = "28.87,41.07,28.88,41.085"
WRONG = [
    ("limit", "abc"), ("limit", "0"), ("limit", "-1"), ("limit", "1e3"), ("limit", "1.5"),
    ("limit", ""), ("limit", "١٢"), ("offset", "-1"), ("offset", "x"), ("offset", "9" * 18),
    ("bbox", "1,2,3"), ("bbox", "1,2,3,4,5"), ("bbox", "a,b,c,d"), ("bbox", "1,9,2,3"),
    ("bbox", "NaN,1,2,3"), ("bbox", "inf,1,2,3"), ("bbox", ""), ("bbox", "1,2,9,3,4,5"),
    ("datetime", "abc"), ("datetime", "2024-13-01"), ("datetime", "2024-01-01/2020-01-01"),
    ("datetime", "/"), ("datetime", "../.."), ("datetime", ""), ("datetime", "2024"),
    ("datetime", "2024-01-01/2024-02-01/2024-03-01"), ("token", "%%%"), ("token", "WzEsMl0x"),
    ("token", "e30"), ("f", "png"), ("lang", "de"), ("crs", "EPSG:1"), ("crs", ""),
]  # fmt: skip


@pytest.mark.ats("common-1:/conf/core/http")
@pytest.mark.ats("features-1:/conf/core/http")
def test_every_link_answers_to_get_and_head_and_nothing_else(ogc, name):
    documents = [
        ogc.json("/"), ogc.json("/collections"), ogc.json(f"/collections/{name}"),
        ogc.json(f"/collections/{name}/items", limit=2),
    ]  # fmt: skip
    hrefs = {link["href"] for said in documents for link in said["links"]}
    own = sorted(each for each in hrefs if each.startswith(ogc.url))
    assert len(own) > 10
    for href in own:
        read, head = ogc.client.get(href), ogc.client.head(href)
        assert (href, read.status_code, head.status_code) == (href, 200, 200)
        assert head.content == b""
        refused = ogc.client.post(href)
        assert refused.status_code == 405
        assert set(refused.headers["allow"].replace(" ", "").split(",")) == {"GET", "HEAD"}


def test_every_link_of_a_layer_to_our_own_host_answers(ogc, name):
    host = ogc.url.removesuffix("/ogc")
    for link in ogc.json(f"/collections/{name}")["links"]:
        if link["href"].startswith(host):
            answer = ogc.client.get(link["href"])
            assert answer.status_code == 200, link
            assert (
                answer.headers["content-type"].partition(";")[0] == link["type"].partition(";")[0]
            )


@pytest.mark.ats("common-1:/conf/landing-page/root-op")
@pytest.mark.ats("features-1:/conf/core/root-op")
@pytest.mark.parametrize("path", ["", "/"])
def test_the_landing_page_answers_with_and_without_the_slash(ogc, path):
    answer = ogc.get(path)
    assert answer.status_code == 200
    assert answer.history == []


@pytest.mark.ats("common-1:/conf/landing-page/root-success")
@pytest.mark.ats("features-1:/conf/core/root-success")
def test_the_landing_page_links_to_description_conformance_and_data(ogc):
    said = ogc.json("/")
    rels = {link["rel"] for link in said["links"]}
    assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= rels
    assert all(link.keys() >= {"href", "rel", "type", "title"} for link in said["links"])


@pytest.mark.ats("common-1:/conf/landing-page/api-definition-op")
@pytest.mark.ats("features-1:/conf/core/api-definition-op")
def test_the_api_description_is_where_the_landing_page_says(ogc):
    for rel in ("service-desc", "service-doc"):
        (link,) = links_of(ogc.json("/"), rel)
        answer = ogc.client.get(link["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].replace(" ", "").startswith(link["type"])


@pytest.mark.ats("common-1:/conf/landing-page/conformance-op")
@pytest.mark.ats("common-1:/conf/landing-page/conformance-success")
@pytest.mark.ats("features-1:/conf/core/conformance-op")
@pytest.mark.ats("features-1:/conf/core/conformance-success")
def test_the_conformance_declaration_is_the_same_at_each_call(ogc):
    first = ogc.json("/conformance")["conformsTo"]
    assert CORE in first
    assert len(first) == len(set(first))
    for _ in range(50):
        assert ogc.json("/conformance")["conformsTo"] == first


@pytest.mark.ats("common-2:/conf/collections/collections-list-op")
@pytest.mark.ats("common-2:/conf/collections/collections-list-success")
@pytest.mark.ats("common-2:/conf/collections/collections-list-collections")
@pytest.mark.ats("features-3:/conf/features-filter/get-collections")
@pytest.mark.ats("features-1:/conf/core/fc-md-op")
@pytest.mark.ats("features-1:/conf/core/fc-md-success")
@pytest.mark.ats("features-1:/conf/core/fc-md-items")
def test_the_collections_are_the_published_layers(ogc):
    said = ogc.json("/collections")
    assert [each["id"] for each in layers_of(said)] == list(COLLECTIONS)
    for each in layers_of(said):
        assert each["itemType"] == "feature"
        assert each["title"]
        assert each["description"]


@pytest.mark.ats("common-2:/conf/collections/collections-list-links")
@pytest.mark.ats("features-1:/conf/core/fc-md-links")
def test_the_collections_link_to_themselves_in_each_format(ogc):
    said = ogc.json("/collections")
    assert [link["type"] for link in links_of(said, "self")] == ["application/json"]
    assert [link["type"] for link in links_of(said, "alternate")] == ["text/html"]


@pytest.mark.ats("common-2:/conf/collections/description-links")
@pytest.mark.ats("features-1:/conf/core/fc-md-items-links")
def test_each_collection_links_to_its_items_in_each_format(ogc):
    for each in layers_of(ogc.json("/collections")):
        types = [link["type"] for link in links_of(each, "items")]
        assert types == ["application/geo+json", "text/html"]


@pytest.mark.ats("common-2:/conf/collections/description-extent")
@pytest.mark.ats("common-2:/conf/collections/description-extent-multi")
@pytest.mark.ats("features-1:/conf/core/fc-md-extent")
@pytest.mark.ats("features-1:/conf/core/fc-md-extent-multi")
def test_the_extent_is_that_of_the_data(ogc, name):
    spatial = ogc.json(f"/collections/{name}")["extent"]["spatial"]
    box = "SELECT unnest(ARRAY[ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)])"
    found = ogc.sql(f"{box} FROM (SELECT ST_Extent(geometry) e FROM published.{name}) AS x")  # noqa: S608
    assert len(spatial["bbox"]) == 1
    assert spatial["bbox"][0] == pytest.approx(found, abs=1e-6)
    assert spatial["crs"] == CRS84


def test_the_temporal_extent_is_that_of_the_time_column(ogc):
    extent = ogc.json("/collections/park")["extent"]
    assert extent["temporal"]["interval"] == [["2020-01-31", "2024-12-05"]]
    assert "temporal" not in ogc.json("/collections/mahalle")["extent"]


@pytest.mark.ats("common-2:/conf/collections/description-op")
@pytest.mark.ats("common-2:/conf/collections/description-success")
@pytest.mark.ats("features-1:/conf/core/sfc-md-op")
@pytest.mark.ats("features-1:/conf/core/sfc-md-success")
def test_a_collection_says_of_itself_what_the_list_says(ogc, name):
    listed = {each["id"]: each for each in ogc.json("/collections")["collections"]}[name]
    alone = ogc.json(f"/collections/{name}")
    for member in ("id", "title", "description", "extent", "crs", "storageCrs", "itemType"):
        assert alone[member] == listed[member]


def test_an_unknown_collection_is_404_everywhere(ogc):
    for path in ("", "/items", "/items/1", "/schema", "/queryables"):
        answer = ogc.get(f"/collections/yok{path}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "NotFound"


@pytest.mark.ats("features-1:/conf/core/fc-op")
@pytest.mark.ats("features-1:/conf/core/fc-response")
def test_items_are_a_feature_collection(ogc, name):
    said = ogc.json(f"/collections/{name}/items")
    assert said["type"] == "FeatureCollection"
    assert len(said["features"]) == min(10, said["numberMatched"])
    for each in said["features"]:
        assert each.keys() >= {"type", "id", "geometry", "properties"}


@pytest.mark.ats("features-1:/conf/core/fc-bbox-definition")
@pytest.mark.ats("features-1:/conf/core/fc-limit-definition")
@pytest.mark.ats("features-1:/conf/core/fc-time-definition")
def test_the_description_defines_bbox_limit_and_datetime(ogc, name):
    described = ogc.json("/openapi")
    shared = described["components"]["parameters"]
    used = described["paths"][f"/collections/{name}/items"]["get"]["parameters"]
    for each in ("bbox", "limit", "datetime"):
        assert {"$ref": f"#/components/parameters/{each}"} in used
        assert (shared[each]["in"], shared[each]["style"], shared[each]["explode"]) == (
            "query", "form", False,
        )  # fmt: skip
    assert shared["bbox"]["schema"] == {
        "type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"},
    }  # fmt: skip
    assert shared["limit"]["schema"] == {
        "type": "integer", "minimum": 1, "maximum": 10000, "default": 10,
    }  # fmt: skip
    assert shared["datetime"]["schema"] == {"type": "string"}


@pytest.mark.ats("features-1:/conf/core/fc-bbox-response")
@pytest.mark.parametrize(
    ("bbox", "envelopes"),
    [
        (EXTENT, [EXTENT]),
        ("28.8741,41.0812,28.8743,41.0815", ["28.8741,41.0812,28.8743,41.0815"]),
        ("-180,-90,180,90", ["-180,-90,180,90"]),
        ("0,0,1,1", ["0,0,1,1"]),
        ("28.87,41.07,-5,28.88,41.085,900", [EXTENT]),
        ("170,41,28.88,42", ["170,41,180,42", "-180,41,28.88,42"]),
        ("-500,-100,500,100", ["-180,-90,180,90"]),
    ],
)
def test_a_box_gives_what_meets_it(ogc, name, key, bbox, envelopes):
    meets = " OR ".join(
        f"ST_Intersects(geometry, ST_MakeEnvelope({each}, 4326))" for each in envelopes
    )
    expected = ogc.sql(f"SELECT {key} FROM published.{name} WHERE {meets} ORDER BY {key}")  # noqa: S608
    assert ogc.ids(f"/collections/{name}/items", bbox=bbox, limit=100) == expected


@pytest.mark.ats("features-1:/conf/core/fc-limit-response")
@pytest.mark.parametrize("limit", [19, 250, 1000])
def test_following_the_next_links_visits_every_feature_once(ogc, name, key, limit):
    pages = list(ogc.pages(f"/collections/{name}/items", limit=limit))
    assert all(len(page["features"]) <= limit for page in pages[:3])
    found = [each["id"] for page in pages for each in page["features"]]
    assert found == ogc.sql(f"SELECT {key} FROM published.{name} ORDER BY {key}")  # noqa: S608


def test_a_limit_over_the_greatest_is_the_greatest(ogc):
    assert len(ogc.json("/collections/numarataj/items", limit=10**9)["features"]) == 768


@pytest.mark.parametrize("offset", [0, 3, 700, 768, 10_000])
def test_an_offset_passes_over_features_and_goes_on_by_next(ogc, offset):
    expected = ogc.sql("SELECT kimlik_no FROM published.numarataj ORDER BY 1 OFFSET :n", n=offset)
    assert ogc.ids("/collections/numarataj/items", offset=offset, limit=40) == expected


def test_an_offset_goes_with_a_filter(ogc):
    question = "SELECT kimlik_no FROM published.numarataj WHERE csbm = 'HALİÇ' ORDER BY 1 OFFSET 5"
    found = ogc.ids("/collections/numarataj/items", offset=5, csbm="HALİÇ", limit=9)
    assert found == ogc.sql(question)


def test_the_previous_page_is_linked(ogc):
    pages = list(ogc.pages("/collections/numarataj/items", limit=100))
    (before,) = links_of(pages[2], "prev")
    assert [canonical(each) for each in ogc.client.get(before["href"]).json()["features"]] == [
        canonical(each) for each in pages[1]["features"]
    ]
    assert links_of(pages[0], "prev") == []


@pytest.mark.ats("features-1:/conf/core/fc-time-response")
@pytest.mark.parametrize(
    ("datetime_", "where"),
    [
        ("2020-01-31", "acilis = '2020-01-31'"),
        ("2020-01-31T12:00:00Z", "acilis = '2020-01-31'"),
        ("2021-01-01/2022-01-01", "acilis BETWEEN '2021-01-01' AND '2022-01-01'"),
        ("../2022-01-01", "acilis <= '2022-01-01'"),
        ("/2022-01-01T00:00:00+03:00", "acilis <= '2022-01-01'"),
        ("2022-01-01/..", "acilis >= '2022-01-01'"),
        ("2022-01-01/", "acilis >= '2022-01-01'"),
    ],
)
def test_a_time_gives_what_is_within_it(ogc, datetime_, where):
    expected = ogc.sql(f"SELECT kod FROM published.park WHERE {where} ORDER BY kod")  # noqa: S608
    assert ogc.ids("/collections/park/items", datetime=datetime_, limit=50) == expected
    assert len(ogc.ids("/collections/mahalle/items", datetime=datetime_)) == 5


@pytest.mark.ats("common-1:/conf/core/query-param-invalid")
@pytest.mark.ats("features-1:/conf/core/query-param-invalid")
@pytest.mark.parametrize(("parameter", "value"), WRONG)
def test_a_wrong_value_is_400_and_the_answer_names_the_parameter(ogc, parameter, value):
    answer = ogc.get("/collections/numarataj/items", **{parameter: value})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["parameter"] == parameter


@pytest.mark.ats("common-1:/conf/core/query-param-value-invalid")
@pytest.mark.parametrize(
    ("column", "value"),
    [("bank_sayisi", "x"), ("bank_sayisi", "9" * 30), ("alan", "NaN"), ("is_open", "belki"),
     ("acilis", "2024-02-31")],
)  # fmt: skip
def test_a_value_that_is_not_of_the_columns_kind_is_400(ogc, column, value):
    answer = ogc.client.get(f"{ogc.url}/collections/park/items", params={column: value})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == column


@pytest.mark.ats("common-1:/conf/core/query-param-name-unknown")
@pytest.mark.ats("common-1:/conf/core/query-param-capitalization")
@pytest.mark.ats("features-1:/conf/core/query-param-unknown")
@pytest.mark.parametrize("parameter", ["bilinmeyen12345", "LIMIT", "BBOX", "geometry", "filter"])
@pytest.mark.parametrize(
    "path",
    ["/", "/conformance", "/openapi", "/collections", "/collections/mahalle",
     "/collections/mahalle/items", "/collections/mahalle/items/30001",
     "/collections/mahalle/schema", "/collections/mahalle/queryables"],
)  # fmt: skip
def test_an_unknown_parameter_is_400_on_every_path(ogc, path, parameter):
    answer = ogc.client.get(f"{ogc.url}{path}", params={parameter: "1"})
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter


def test_a_parameter_given_twice_is_400(ogc):
    answer = ogc.client.get(f"{ogc.url}/collections/mahalle/items?limit=1&limit=2")
    assert answer.status_code == 400


@pytest.mark.ats("features-1:/conf/core/crs84")
def test_coordinates_are_longitude_latitude_within_the_district(ogc, name):
    for each in ogc.json(f"/collections/{name}/items", limit=50)["features"]:
        for longitude, latitude in flat(each["geometry"]["coordinates"]):
            assert 28.77 < longitude < 28.98
            assert 41.02 < latitude < 41.31


@pytest.mark.ats("features-1:/conf/core/fc-links")
def test_items_link_to_themselves_in_each_format_with_all_parameters(ogc, name):
    said = ogc.json(f"/collections/{name}/items", limit=1, bbox="28,41,29,42", lang="en")
    for rel, kind in (
        ("self", "application/geo+json"), ("alternate", "text/html"), ("alternate", "text/csv"),
        ("alternate", "application/vnd.flatgeobuf"), ("alternate", "application/vnd.ogc.fg+json"),
    ):  # fmt: skip
        (link,) = [each for each in links_of(said, rel) if each["type"] == kind]
        assert {"limit=1", "bbox=28,41,29,42", "lang=en"} <= set(
            link["href"].split("?")[1].split("&")
        )
    (following,) = links_of(said, "next")
    assert "bbox=28,41,29,42" in following["href"]
    assert links_of(said, "collection")[0]["href"] == f"{ogc.url}/collections/{name}"


@pytest.mark.ats("features-1:/conf/core/fc-timeStamp")
def test_the_time_stamp_is_now_in_utc(ogc):
    stamp = ogc.json("/collections/mahalle/items")["timeStamp"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp)
    assert abs(datetime.now(UTC) - datetime.fromisoformat(stamp)) < timedelta(seconds=10)


@pytest.mark.ats("features-1:/conf/core/fc-numberMatched")
@pytest.mark.ats("features-1:/conf/core/fc-numberReturned")
@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({}, "true"),
        ({"bbox": EXTENT}, f"ST_Intersects(geometry, ST_MakeEnvelope({EXTENT}, 4326))"),
        ({"bbox": "0,0,1,1"}, "false"),
        ({"offset": 3}, "true"),
    ],
)
@pytest.mark.parametrize("limit", [2, 1000])
def test_the_numbers_are_exact(ogc, name, asked, where, limit):
    said = ogc.json(f"/collections/{name}/items", limit=limit, **asked)
    assert (
        said["numberMatched"] == ogc.sql(f"SELECT count(*) FROM published.{name} WHERE {where}")[0]  # noqa: S608
    )
    assert said["numberReturned"] == len(said["features"])


@pytest.mark.ats("features-1:/conf/core/f-op")
@pytest.mark.ats("features-1:/conf/core/f-success")
def test_a_feature_alone_is_the_feature_of_the_page(ogc, name):
    for each in ogc.json(f"/collections/{name}/items", limit=5)["features"]:
        alone = ogc.json(f"/collections/{name}/items/{each['id']}")
        assert canonical(alone) == canonical(each)


@pytest.mark.parametrize("wrong", ["999999999", "abc", "1.0", "-1", "%00", "9" * 40, "İ", "1%2F2"])
def test_an_unknown_feature_is_404_whatever_it_is_called(ogc, name, wrong):
    answer = ogc.get(f"/collections/{name}/items/{wrong}")
    assert answer.status_code == 404
    assert answer.json()["status"] == 404


def test_a_key_with_a_slash_is_found(ogc):
    assert ogc.json("/collections/park/items/P%2F7")["id"] == "P/7"


@pytest.mark.ats("features-1:/conf/core/f-links")
def test_a_feature_links_to_itself_its_other_format_and_its_collection(ogc):
    said = ogc.json("/collections/mahalle/items/30001")
    assert links_of(said, "self")[0]["type"] == "application/geo+json"
    assert links_of(said, "alternate")[0]["type"] == "text/html"
    assert links_of(said, "collection")[0]["href"] == f"{ogc.url}/collections/mahalle"


def flat(coordinates):
    """Every position of a geometry."""
    if not isinstance(coordinates[0], list):
        yield coordinates
    else:
        for each in coordinates:
            yield from flat(each)
