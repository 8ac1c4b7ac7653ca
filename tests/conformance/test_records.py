"""OGC API – Records 1 (20-004r1) over the catalogue; the oracle is the publication's own table."""

import re

import jsonschema
import pytest
from owslib.ogcapi.records import Records

from tests.conformance.conftest import COLLECTIONS, links_of

CATALOGUE = "/collections/veri-katalogu"
RECORDS = f"{CATALOGUE}/items"
OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"


def found(ogc, **asked):
    return {each["id"] for each in ogc.json(RECORDS, limit=100, **asked)["features"]}


@pytest.mark.ats("records-1:/conf/oas30/conformance")
@pytest.mark.ats("records-1:/conf/sorting/conformance")
def test_the_classes_of_records_are_declared(ogc):
    declared = {
        each.rpartition("/")[2]
        for each in ogc.json("/conformance")["conformsTo"]
        if "records-1" in each
    }
    assert declared == {
        "record-core", "record-core-query-parameters", "records-api", "sorting", "oas30",
        "autodiscovery",
    }  # fmt: skip


@pytest.mark.ats("records-1:/conf/records-api/catalog-response")
@pytest.mark.ats("records-1:/conf/records-api/catalogs-response")
@pytest.mark.ats("records-1:/conf/records-api/resource-name-mapping")
@pytest.mark.ats("records-1:/conf/records-api/records-op")
@pytest.mark.ats("records-1:/conf/autodiscovery/links")
@pytest.mark.ats("records-1:/conf/record-collection/mandatory-properties-collection")
@pytest.mark.ats("records-1:/conf/record-collection/itemType")
@pytest.mark.ats("records-1:/conf/record-collection/links-records")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_service_leads_to_its_catalogue(ogc, language):
    (link,) = links_of(ogc.json("/", lang=language), f"{OGC_REL}ogc-catalog")
    said = ogc.client.get(link["href"]).json()
    assert (said["type"], said["itemType"]) == ("Collection", "record")
    assert said["title"] == {"tr": "Veri kataloğu", "en": "Data catalogue"}[language]
    (items,) = links_of(said, "items")
    assert ogc.client.get(items["href"]).json()["numberMatched"] == len(COLLECTIONS)
    listed = [each["id"] for each in ogc.json("/collections")["collections"]]
    assert set(listed) == {*COLLECTIONS, "veri-katalogu"}
    (catalogue,) = [
        each for each in ogc.json("/collections", lang=language)["collections"]
        if each["itemType"] == "record"
    ]  # fmt: skip
    assert catalogue == ogc.json(CATALOGUE, lang=language)


@pytest.mark.ats("records-1:/conf/records-api/record-op")
@pytest.mark.ats("records-1:/conf/records-api/record-response")
@pytest.mark.ats("records-1:/conf/records-api/features-api")
def test_a_record_alone_is_the_record_of_the_page(ogc):
    """The catalogue is a collection and its records are features, as Features 1 has them."""
    page = ogc.json(RECORDS, limit=100)
    assert page["numberMatched"] == page["numberReturned"] == len(COLLECTIONS)
    for each in page["features"]:
        answer = ogc.get(f"{RECORDS}/{each['id']}")
        assert answer.headers["content-type"] == "application/geo+json"
        assert answer.json() == each
        assert links_of(each, "profile")[0]["href"].endswith("/ogc-record")


@pytest.mark.ats("records-1:/conf/records-api/mandatory-params")
def test_every_parameter_of_the_core_is_taken(ogc):
    asked = {"bbox": "28,41,29,42", "datetime": "../2030-01-01", "limit": 1, "q": "park",
             "type": "dataset", "ids": "park", "externalIds": "x"}  # fmt: skip
    for name, value in asked.items():
        assert ogc.get(RECORDS, **{name: value}).status_code == 200, name


@pytest.mark.ats("records-1:/conf/sorting/get-sortables-op")
@pytest.mark.ats("records-1:/conf/sorting/get-sortables-success")
@pytest.mark.ats("records-1:/conf/sorting/defaultSortOrder-definition")
def test_the_catalogue_says_by_what_its_records_are_sorted(ogc):
    said = ogc.json(CATALOGUE)
    (link,) = links_of(said, f"{OGC_REL}sortables")
    answer = ogc.client.get(link["href"])
    assert answer.headers["content-type"] == "application/schema+json"
    sortables = answer.json()
    jsonschema.Draft202012Validator.check_schema(sortables)
    assert sortables["$id"] == link["href"]
    assert {each.lstrip("+-") for each in said["defaultSortOrder"]} <= sortables[
        "properties"
    ].keys()
    record = ogc.json(RECORDS, limit=1)["features"][0]
    assert sortables["properties"].keys() <= record["properties"].keys()


@pytest.mark.ats("records-1:/conf/sorting/sortby-definition")
@pytest.mark.ats("records-1:/conf/sorting/sortby-response")
@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("name", ["title", "updated"])
def test_records_are_sorted(ogc, name, language):
    """Titles by the alphabet of PostgreSQL's Turkish collation, of the language that is read."""
    described = ogc.json("/openapi")["paths"][RECORDS]["get"]["parameters"]
    assert {"$ref": "#/components/parameters/sortby"} in described
    of = {"title": f"entry->'title'->>'{language}' COLLATE turkish_natural",
          "updated": "published_at"}[name]  # fmt: skip
    expected = ogc.sql(
        f"SELECT layer FROM published.catalogue WHERE state = 'published' ORDER BY {of}"  # noqa: S608
    )
    found = [e["id"] for e in ogc.json(RECORDS, sortby=name, lang=language)["features"]]
    assert found == expected
    plus = [e["id"] for e in ogc.json(RECORDS, sortby=f"+{name}", lang=language)["features"]]
    assert plus == expected
    down = [e["id"] for e in ogc.json(RECORDS, sortby=f"-{name}", lang=language)["features"]]
    assert down == expected[::-1]
    if name == "title":
        assert [e["id"] for e in ogc.json(RECORDS, lang=language)["features"]] == expected


@pytest.mark.ats("records-1:/conf/record-core/mandatory-properties-record")
@pytest.mark.ats("records-1:/conf/record-core/contact")
@pytest.mark.ats("records-1:/conf/record-core/license")
@pytest.mark.ats("records-1:/conf/record-core/links")
@pytest.mark.ats("records-1:/conf/record-core/default-mediatype")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_every_layer_has_a_record_that_says_what_was_approved(ogc, name, language):
    said = ogc.json(f"{RECORDS}/{name}", lang=language)
    assert (said["id"], said["type"], said["conformsTo"]) == (name, "Feature", [CORE])
    (entry,) = ogc.sql(
        "SELECT entry FROM published.catalogue WHERE layer = :name AND state = 'published'",
        name=name,
    )
    properties = said["properties"]
    assert properties["type"] == "dataset"
    assert properties["title"] == entry["title"][language]
    assert properties["description"] == entry["description"][language]
    assert properties["keywords"] == entry["keywords"][language]
    assert properties["license"] == entry["licence"]["uri"]
    assert properties["themes"][0]["concepts"] == [{"id": entry["theme"]}]
    assert properties["contacts"][0]["emails"] == [{"value": entry["contact"]["email"]}]
    west, south, east, north = ogc.json(f"/collections/{name}")["extent"]["spatial"]["bbox"][0]
    assert said["geometry"]["coordinates"][0][0] == pytest.approx([west, south])
    assert said["geometry"]["coordinates"][0][2] == pytest.approx([east, north])
    for link in said["links"]:
        if link["href"].startswith(ogc.url.removesuffix("/ogc")):
            assert ogc.client.head(link["href"]).status_code == 200, link["href"]
    files = links_of(said, "enclosure")
    assert {each["type"] for each in files} == {each["mediaType"] for each in properties["formats"]}


@pytest.mark.ats("records-1:/conf/record-core-query-parameters/q-response")
@pytest.mark.parametrize(
    ("q", "names"),
    [
        ("park", {"park"}), ("YEŞİL", {"park"}), ("yesil", {"park"}), ("parkları", {"park"}),
        ("green", {"park"}), ("mahalle sınırları", {"mahalle"}), ("mahalle,park", None),
        ("kuantum", set()), ("park kuantum", set()),
    ],
)  # fmt: skip
def test_words_find_records_whatever_their_letters(ogc, q, names):
    answer = found(ogc, q=q)
    if names is None:
        assert {"mahalle", "park"} <= answer
    else:
        assert answer == names if len(names) != 1 else names <= answer


@pytest.mark.ats("records-1:/conf/record-core-query-parameters/bbox")
@pytest.mark.ats("records-1:/conf/record-core-query-parameters/datetime")
@pytest.mark.ats("records-1:/conf/record-core-query-parameters/type-response")
@pytest.mark.ats("records-1:/conf/record-core-query-parameters/ids-response")
@pytest.mark.ats("records-1:/conf/record-core-query-parameters/externalIds-response")
def test_records_are_narrowed(ogc):
    assert found(ogc, bbox="28,40,30,42") == set(COLLECTIONS)
    assert found(ogc, bbox="10,40,11,42") == set()
    assert found(ogc, bbox="170,-10,-170,10") == set()
    assert "park" in found(ogc, datetime="2021-01-01/2021-12-31")
    assert "park" not in found(ogc, datetime="2010-01-01/2011-12-31")
    assert found(ogc, type="dataset") == set(COLLECTIONS)
    assert found(ogc, type="service") == set()
    assert found(ogc, ids="park,csbm,yok") == {"park", "csbm"}
    ((digest,),) = [
        ogc.sql(
            "SELECT data_sha256 FROM published.catalogue WHERE layer='park' AND state='published'"
        )
    ]
    assert found(ogc, externalIds=digest) == {"park"}
    assert found(ogc, externalIds=digest, q="mahalle") == set()


@pytest.mark.ats("records-1:/conf/record-core-query-parameters/limit")
def test_pages_of_records_hold_each_once(ogc):
    pages = list(ogc.pages(RECORDS, limit=2))
    ids = [each["id"] for page in pages for each in page["features"]]
    assert sorted(ids) == sorted(COLLECTIONS)
    assert [page["numberReturned"] for page in pages] == [2, 2, 1]
    assert links_of(pages[1], "prev")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{RECORDS}?limit=x", 400), (f"{RECORDS}?bbox=1,2", 400), (f"{RECORDS}?datetime=x", 400),
        (f"{RECORDS}?q={'a' * 501}", 400), (f"{RECORDS}?ids=a,,b", 400),
        (f"{RECORDS}?filter=1", 400), (f"{RECORDS}/yok", 404), (f"{RECORDS}/..%2f", 404),
        (f"{RECORDS}?f=html", 400), (f"{RECORDS}?sortby=description", 400),
        (f"{RECORDS}?sortby=", 400), (f"{RECORDS}?sortby=title,title", 400),
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused(ogc, path, status):
    assert ogc.get(path).status_code == status


@pytest.mark.ats("records-1:/conf/record-core/time-interval")
@pytest.mark.ats("records-1:/conf/record-core/time-zone")
def test_the_time_of_a_record_is_that_of_its_data(ogc):
    said = ogc.json(f"{RECORDS}/park")
    first, last = ogc.sql(
        "SELECT unnest(ARRAY[min(acilis), max(acilis)])::text FROM published.park"
    )
    assert said["time"] == {"interval": [first, last]}
    assert said["properties"]["updated"].endswith("Z")


@pytest.mark.ats("records-1:/conf/record-core/time-instant")
@pytest.mark.ats("records-1:/conf/record-core/time-instant-interval")
def test_the_time_of_a_record_is_an_instant_or_an_interval(ogc, name):
    """A data set of one day says that day; none says both."""
    time = ogc.json(f"{RECORDS}/{name}")["time"]
    ((period, temporal),) = ogc.rows(
        "SELECT entry->'period', entry->'temporal' FROM published.catalogue "
        "WHERE layer = :name AND state = 'published'",
        name=name,
    )
    first, last = period or ((temporal or {}).get("start"), (temporal or {}).get("end"))
    if first is None:
        assert time is None
    elif first == last:
        assert time == {"date": first}
    else:
        assert time == {"interval": [first, last or ".."]}


@pytest.mark.ats("records-1:/conf/record-core/templated-link")
@pytest.mark.ats("records-1:/conf/record-core/templated-link-header")
def test_the_templated_link_of_a_record_leads_to_its_tiles(ogc, name):
    answer = ogc.get(f"{RECORDS}/{name}")
    (template,) = answer.json()["linkTemplates"]
    assert answer.headers["link-template"] == (
        f'"{template["uriTemplate"]}"; rel="item"; type="{template["type"]}"'
    )
    address = template["uriTemplate"]
    assert set(re.findall(r"{(\w+)}", address)) == template["variables"].keys()
    *_, limit = ogc.json(f"/collections/{name}/tiles/WebMercatorQuad")["tileMatrixSetLimits"]
    for variable in ("tileMatrix", "tileRow", "tileCol"):
        number = limit.get(f"min{variable[0].upper()}{variable[1:]}", limit["tileMatrix"])  # ASCII
        address = address.replace(f"{{{variable}}}", str(number))
    tile = ogc.client.get(address)
    assert tile.status_code in {200, 204}  # a corner of the extent may be empty
    assert tile.headers.get("content-type", template["type"]) == template["type"]
    assert ogc.get(RECORDS).json()["features"][0]["linkTemplates"]


@pytest.mark.ats("records-1:/conf/record-core-query-parameters/q-definition")
@pytest.mark.ats("records-1:/conf/record-core-query-parameters/type-definition")
@pytest.mark.ats("records-1:/conf/record-core-query-parameters/ids-definition")
@pytest.mark.ats("records-1:/conf/record-core-query-parameters/externalIds-definition")
@pytest.mark.ats("records-1:/conf/oas30/oas-common")
@pytest.mark.parametrize("parameter", ["q", "type", "ids", "externalIds"])
def test_the_description_has_the_parameters_of_records(ogc, parameter):
    said = ogc.json("/openapi")
    named = {each.get("$ref") for each in said["paths"][RECORDS]["get"]["parameters"]}
    assert f"#/components/parameters/{parameter}" in named
    known = said["components"]["parameters"][parameter]
    assert known["in"] == "query"
    assert known["schema"] == {"type": "array", "items": {"type": "string"}}
    assert (known["style"], known["explode"]) == ("form", False)


def test_owslib_finds_every_data_set_by_its_title(ogc):
    client = Records(f"{ogc.url}/")
    assert "veri-katalogu" in client.records()
    for name in COLLECTIONS:
        title = ogc.json(f"/collections/{name}")["title"]
        answer = client.collection_items("veri-katalogu", q=title.split()[0], limit=50)
        assert name in {each["id"] for each in answer["features"]}
    one = client.collection_item("veri-katalogu", "park")
    assert one["properties"]["title"] == "Parklar <yeşil>"
