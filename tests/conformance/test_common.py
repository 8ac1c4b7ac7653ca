"""OGC API – Common Parts 1 and 2 (19-072, 20-024), and ids of others that no test carried out."""

import json
from importlib.resources import files

import jsonschema
import pytest

PARKS = "/collections/park/items"
OPENAPI_30 = files("pygeoapi") / "resources/schemas/openapi/openapi-3.0.x.json"


def asked(ogc, query):
    """The status of a query that is sent as it is written, and the parameter it is refused for."""
    answer = ogc.client.get(f"{ogc.url}{PARKS}?{query}", headers={"Accept": "*/*"})
    return answer.status_code, answer.json().get("parameter")


@pytest.mark.ats("common-1:/conf/core/query-param-name-known")
def test_every_described_parameter_is_known_by_its_name(ogc):
    """With a value of its own kind: what is described is not refused as unknown."""
    said = ogc.json("/openapi")
    values = {
        "bbox": "28,41,29,42", "datetime": "../..", "token": "x", "filter": "alan > 0",
        "sortby": "alan", "properties": "kod", "acilis": "2020-04-30",
    }  # fmt: skip
    known = said["components"]["parameters"]
    for given in said["paths"][PARKS]["get"]["parameters"]:
        each = known[given["$ref"].rpartition("/")[2]] if "$ref" in given else given
        schema = each["schema"]
        value = values.get(each["name"], schema.get("default", schema.get("enum", ["1"])[0]))
        answer = ogc.get(PARKS, **{each["name"]: str(value).lower()})  # ASCII: true, false
        detail = "" if answer.status_code == 200 else answer.json()["detail"]
        assert "bilinmiyor" not in detail, each["name"]


@pytest.mark.ats("common-1:/conf/core/query-param-capitalization")
@pytest.mark.parametrize("name", ["LIMIT", "Bbox", "sortBy", "SkipGeometry", "KOD"])
def test_the_letters_of_a_name_are_those_of_its_definition(ogc, name):
    assert asked(ogc, f"{name}=1") == (400, name)


@pytest.mark.ats("common-1:/conf/core/query-param-list-delimiter")
def test_a_list_is_parted_by_commas(ogc):
    assert ogc.ids(PARKS, sortby="bank_sayisi,kod", limit=100) == ogc.sql(
        "SELECT kod FROM published.park ORDER BY bank_sayisi, kod COLLATE turkish_natural"
    )
    assert asked(ogc, "sortby=bank_sayisi;kod")[0] == 400
    assert asked(ogc, "sortby=bank_sayisi&sortby=kod")[0] == 400
    assert asked(ogc, "bbox=28;41;29;42") == (400, "bbox")


@pytest.mark.ats("common-1:/conf/core/query-param-list-empty")
@pytest.mark.parametrize(
    ("query", "name"),
    [("sortby=", "sortby"), ("sortby=alan,,kod", "sortby"), ("properties=,kod", "properties"),
     ("bbox=28,,29,42", "bbox")],
)  # fmt: skip
def test_an_empty_value_of_a_list_is_no_value(ogc, query, name):
    assert asked(ogc, query) == (400, name)


@pytest.mark.ats("common-1:/conf/core/query-param-list-escape")
def test_an_escaped_sign_is_data(ogc):
    """``%2C`` within a value of a filter, ``%2F`` within a key, ``%2B`` before a column."""
    assert asked(ogc, "filter=kod%20IN%20('P/1'%2C'P/2')")[0] == 200
    assert asked(ogc, "ad=a%2Cb")[0] == 200
    answer = ogc.client.get(f"{ogc.url}{PARKS}?kod=P%2F7&sortby=%2Balan")
    assert [each["id"] for each in answer.json()["features"]] == ["P/7"]


@pytest.mark.ats("common-1:/conf/core/query-param-value-boolean")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("skipGeometry=true", 200), ("skipGeometry=false", 200), ("skipGeometry=TRUE", 400),
        ("skipGeometry=evet", 400), ("skipGeometry=1", 400), ("skipGeometry=", 400),
        ("is_open=true", 200), ("is_open=evet", 400),
    ],
)  # fmt: skip
def test_a_truth_is_true_or_false(ogc, query, status):
    assert asked(ogc, query)[0] == status


@pytest.mark.ats("common-1:/conf/core/query-param-value-integer")
@pytest.mark.parametrize(
    ("query", "status"),
    [("limit=3", 200), ("limit=003", 200), ("limit=3.0", 400), ("limit=1e3", 400),
     ("limit=0x3", 400), ("limit=%D9%A3", 400), ("limit=%2B5", 400), ("bank_sayisi=3.5", 400)],
)  # fmt: skip
def test_a_whole_number_is_digits(ogc, query, status):
    assert asked(ogc, query)[0] == status


@pytest.mark.ats("common-1:/conf/core/query-param-value-decimal")
@pytest.mark.ats("common-1:/conf/core/query-param-value-double")
@pytest.mark.parametrize(
    ("query", "status"),
    [("alan=10.5", 200), ("alan=1e1", 200), ("alan=-0.5", 200), ("alan=10,5", 400),
     ("alan=1e", 400), ("bbox=2.8e1,4.1e1,29.0,42", 200), ("bbox=28.,41,29,42", 200)],
)  # fmt: skip
def test_a_number_is_written_with_a_point(ogc, query, status):
    assert asked(ogc, query)[0] == status


@pytest.mark.ats("common-1:/conf/core/query-param-value-special")
@pytest.mark.parametrize("value", ["NaN", "inf", "-Infinity", "nan", "1e999"])
def test_what_is_no_number_is_refused(ogc, value):
    assert asked(ogc, f"alan={value}") == (400, "alan")
    assert asked(ogc, f"bbox={value},41,29,42")[0] == (400 if value != "1e999" else 200)


@pytest.mark.ats("common-1:/conf/json/definition")
@pytest.mark.parametrize(
    "path", ["/", "/conformance", "/collections", "/collections/{name}",
             "/collections/veri-katalogu"],
)  # fmt: skip
def test_json_is_labelled_json(ogc, name, path):
    for answer in (
        ogc.get(path.format(name=name), f="json"),
        ogc.get(path.format(name=name), headers={"Accept": "application/json"}),
    ):
        assert answer.headers["content-type"] == "application/json"
        assert isinstance(answer.json(), dict)


@pytest.mark.ats("features-1:/conf/core/api-definition-success")
@pytest.mark.ats("common-1:/conf/landing-page/api-definition-success")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_api_description_is_valid_openapi_with_no_network(ogc, language):
    """Against the schema of OpenAPI 3.0 itself, which pygeoapi's package brings along."""
    schema = json.loads(OPENAPI_30.read_text("utf-8"))
    said = ogc.json("/openapi", lang=language)
    jsonschema.Draft4Validator(schema).validate(said)
    broken = {**said, "paths": {**said["paths"], "/": {"get": {"parameters": []}}}}
    assert not jsonschema.Draft4Validator(schema).is_valid(broken)


@pytest.mark.ats("features-3:/conf/filter/get-functions")
def test_no_functions_are_offered_and_none_declared(ogc):
    """The list of functions belongs to a class of CQL2 that is not claimed."""
    assert not any("conf/functions" in each for each in ogc.json("/conformance")["conformsTo"])
    assert ogc.get("/functions").status_code == 404
    assert not any("functions" in link["rel"] for link in ogc.json("/")["links"])
    assert asked(ogc, "filter=pi()%20%3E%203") == (400, "filter")


@pytest.mark.ats("features-5:/conf/schemas/unit")
@pytest.mark.ats("features-5:/conf/schemas/definition")
@pytest.mark.ats("features-5:/conf/schemas/nullvalues")
def test_the_keywords_of_a_schema_are_those_of_the_standard(ogc, name):
    """A unit names its language, a definition is an address, what is empty is ``null`` alone."""
    said = ogc.json(f"/collections/{name}/schema")
    for column in said["properties"].values():
        own = {each for each in column if each.startswith("x-ogc-")}
        assert own <= {
            "x-ogc-role", "x-ogc-propertySeq", "x-ogc-unit", "x-ogc-unitLang", "x-ogc-definition",
        }  # fmt: skip
        assert ("x-ogc-unit" in own) == ("x-ogc-unitLang" in own)
        assert column.get("x-ogc-definition", "https://").startswith("http")
        assert "nullValues" not in column


@pytest.mark.ats("features-5:/conf/returnables-and-receivables/response-1")
@pytest.mark.ats("features-5:/conf/returnables-and-receivables/response-2")
def test_features_hold_what_their_schema_says_and_nothing_else(ogc, name):
    said = ogc.json(f"/collections/{name}/schema")
    columns = said["properties"].keys() - {"geometry"}
    for feature in ogc.json(f"/collections/{name}/items", limit=100)["features"]:
        assert feature["properties"].keys() == columns
