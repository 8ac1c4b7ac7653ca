"""OGC API – Features Part 1, classes geojson, html and oas30 (17-069r4, annex A)."""

import json
import re
from html.parser import HTMLParser

import jsonschema
import pytest
import shapely

from tests.conformance.conftest import COLLECTIONS, NASTY, canonical

PATHS = [
    "/", "/conformance", "/openapi", "/collections", "/collections/{name}",
    "/collections/{name}/schema", "/collections/{name}/queryables", "/collections/{name}/items",
]  # fmt: skip
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.ats("features-1:/conf/geojson/definition")
@pytest.mark.parametrize(
    "accept",
    [
        "application/geo+json",
        "application/json",
        "*/*",
        "application/geo+json;q=0.9,text/html;q=0.5",
    ],
)
def test_items_are_labelled_geojson(ogc, name, accept):
    first = ogc.json(f"/collections/{name}/items", limit=1)["features"][0]["id"]
    for path in (f"/collections/{name}/items", f"/collections/{name}/items/{first}"):
        for answer in (ogc.get(path, headers={"Accept": accept}), ogc.get(path, f="json")):
            assert answer.headers["content-type"] == "application/geo+json"


@pytest.mark.ats("features-1:/conf/geojson/content")
def test_geojson_is_as_rfc_7946_says(ogc, name):
    said = ogc.json(f"/collections/{name}/items", limit=200)
    assert "crs" not in said
    for each in said["features"]:
        shape = shapely.from_geojson(json.dumps(each["geometry"]))
        assert shape.is_valid
        for polygon in (p for p in getattr(shape, "geoms", [shape]) if p.geom_type == "Polygon"):
            assert polygon.exterior.is_ccw
            assert not any(ring.is_ccw for ring in polygon.interiors)
    numbers = re.findall(r"-?\d+\.\d+", json.dumps([e["geometry"] for e in said["features"]]))
    assert max(len(each.partition(".")[2]) for each in numbers) <= 7


def test_letters_and_signs_come_back_as_they_were(ogc):
    """pygeoapi 0.23 and 0.24 write ``&lt;`` for ``<`` into every JSON."""
    assert ogc.json("/collections/park/items/P/1")["properties"]["ad"] == NASTY
    assert ogc.ids("/collections/park/items", ad=NASTY) == ["P/1"]
    assert ogc.json("/collections/park")["title"] == "Parklar <yeşil>"
    assert ogc.json("/collections/park", lang="en")["title"] == "Parks & <green>"
    assert "İğde Parkı" in ogc.get("/collections/park/items").text
    html = ogc.get("/collections/park/items/P/1", f="html").text
    assert "Çocuk &lt;Parkı&gt; &amp; &#34;A&#34;" in html


def test_what_is_empty_is_null(ogc):
    assert ogc.json("/collections/park/items/P/2")["properties"]["ad"] is None


def test_values_have_the_kinds_of_their_columns(ogc):
    assert ogc.json("/collections/park/items/P/4")["properties"] == {
        "kod": "P/4", "ad": "İğde Parkı 4", "acilis": "2020-04-30", "alan": 42, "is_open": True,
        "bank_sayisi": 4,
    }  # fmt: skip


@pytest.mark.ats("common-1:/conf/html/definition")
@pytest.mark.ats("features-1:/conf/html/definition")
@pytest.mark.parametrize("path", PATHS)
def test_a_browser_gets_html_on_every_path(ogc, path):
    answer = ogc.get(path.format(name="park"), headers={"Accept": BROWSER})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>" in ogc.get(path.format(name="park"), f="html").text


class Checked(HTMLParser):
    """Collects what a page loads, where it leads, and whether its elements are closed."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "hr", "path", "rect", "circle"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.leads: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag in {"script", "img"} and "src" in found:
            self.loads.append(found["src"])
        if tag == "link" and found.get("rel") in {"stylesheet", "preload", "icon"}:
            self.loads.append(found["href"])
        if tag == "a":
            self.leads.append(found["href"])

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.ats("common-1:/conf/html/content")
@pytest.mark.ats("features-1:/conf/html/content")
@pytest.mark.parametrize("language", ["tr", "en"])
@pytest.mark.parametrize("path", [*PATHS, "/collections/{name}/items/{item}"])
def test_a_page_is_whole_in_its_language_and_loads_nothing_from_elsewhere(
    ogc, name, path, language
):
    first = ogc.json(f"/collections/{name}/items", limit=1)["features"][0]["id"]
    answer = ogc.get(path.format(name=name, item=first), f="html", lang=language)
    assert f'<html lang="{language}">' in answer.text
    assert "built-in" not in answer.text
    assert answer.headers["content-language"] == language
    page = Checked()
    page.feed(answer.text)
    assert page.open == []
    assert all(each.startswith("/static/") for each in page.loads)
    host = ogc.url.removesuffix("/ogc")
    for href in {each for each in page.leads if each.startswith(("/", host))}:
        address = href if href.startswith("http") else host + href
        assert ogc.client.get(address, follow_redirects=True).status_code == 200, href


def test_the_page_of_items_holds_what_the_json_holds(ogc):
    page = Checked()
    page.feed(ogc.get("/collections/park/items", f="html", limit=60).text)
    for each in ogc.json("/collections/park/items", limit=60)["features"]:
        assert each["id"] in page.text
        assert (each["properties"]["ad"] or "") in page.text


@pytest.mark.ats("common-1:/conf/oas30/oas-definition-1")
@pytest.mark.ats("features-1:/conf/oas30/oas-definition-1")
def test_the_description_is_openapi_3_0_in_json_and_html(ogc):
    answer = ogc.get("/openapi")
    assert answer.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    assert answer.json()["openapi"].startswith("3.0")
    assert "<h1>" in ogc.get("/openapi", f="html").text


@pytest.mark.ats("common-1:/conf/oas30/oas-definition-2")
@pytest.mark.ats("features-1:/conf/oas30/oas-definition-2")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_the_description_refers_to_nothing_outside_itself(ogc, language):
    said = ogc.json("/openapi", lang=language)
    for reference in set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(said))):
        where = said
        assert reference.startswith("#/components/")
        for part in reference.removeprefix("#/").split("/"):
            where = where[part]
    operations = [each["get"] for each in said["paths"].values()]
    ids = [each["operationId"] for each in operations]
    assert len(ids) == len(set(ids))
    for path, methods in said["paths"].items():
        assert list(methods) == ["get"]
        in_path = [resolved(said, each) for each in methods["get"]["parameters"]]
        named = {each["name"] for each in in_path if each["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


@pytest.mark.ats("common-1:/conf/oas30/completeness")
@pytest.mark.ats("common-1:/conf/oas30/oas-impl")
@pytest.mark.ats("common-1:/conf/json/content")
@pytest.mark.ats("features-1:/conf/oas30/completeness")
@pytest.mark.ats("features-1:/conf/oas30/oas-impl")
def test_every_described_address_answers_as_described(ogc):
    said = ogc.json("/openapi")
    known = {path.removeprefix("/collections/").partition("/")[0] for path in said["paths"]}
    assert known >= set(COLLECTIONS)
    for path, methods in said["paths"].items():
        name = path.split("/")[2] if path.count("/") > 1 else ""
        if "{featureId}" in path:
            first = ogc.json(f"/collections/{name}/items", limit=1)["features"][0]["id"]
            path = path.replace("{featureId}", str(first))  # noqa: PLW2901
        for parameter, value in (
            ("tileMatrixSetId", "WebMercatorQuad"), ("tileMatrix", "16"), ("tileRow", "24592"),
            ("tileCol", "38024"), ("styleId", "maplibre"), ("recordId", "park"),
        ):  # fmt: skip
            path = path.replace(f"{{{parameter}}}", value)  # noqa: PLW2901
        described = resolved(said, methods["get"]["responses"]["200"])["content"]
        (kinds,) = [
            each["schema"]["enum"]
            for each in methods["get"]["parameters"]
            if each.get("name") == "f"
        ]
        for kind in kinds:
            answer = ogc.get(path, f=kind)
            assert answer.status_code in {200, *([204] if kind == "mvt" else [])}, path
            if answer.status_code == 204:
                continue
            media_type = answer.headers["content-type"]
            assert media_type in described or media_type.partition(";")[0] in described
            if kind == "json":
                (schema,) = [v["schema"] for k, v in described.items() if k == media_type]
                jsonschema.validate(answer.json(), {**nullable(said), **schema})


@pytest.mark.ats("common-1:/conf/oas30/exceptions-codes")
@pytest.mark.ats("features-1:/conf/oas30/exceptions-codes")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/collections/park/items?limit=x", 400), ("/collections/park/items/x", 404),
     ("/collections/yok", 404)],
)  # fmt: skip
def test_every_refusal_is_a_problem_as_described(ogc, path, status):
    said = ogc.json("/openapi")
    answer = ogc.get(path)
    assert answer.status_code == status
    jsonschema.validate(answer.json(), {**nullable(said), "$ref": "#/components/schemas/Problem"})
    for methods in said["paths"].values():
        assert {"400", "404", "405", "406", "500"} <= set(methods["get"]["responses"])


@pytest.mark.ats("common-1:/conf/oas30/security")
@pytest.mark.ats("features-1:/conf/oas30/security")
def test_no_key_is_asked_for_and_none_is_described(ogc):
    said = ogc.json("/openapi")
    assert "securitySchemes" not in said["components"]
    assert "security" not in said


def test_an_answer_nobody_can_take_is_406(ogc):
    answer = ogc.get("/collections/park/items", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_person_gets_a_page_when_something_is_wrong(ogc):
    answer = ogc.get("/collections/yok", headers={"Accept": BROWSER, "Accept-Language": "en"})
    assert answer.status_code == 404
    assert '<html lang="en">' in answer.text
    assert "There is no published layer" in answer.text


@pytest.mark.parametrize(
    ("headers", "parameters", "language"),
    [
        ({}, {}, "tr"),
        ({"Accept-Language": "en-GB,en;q=0.9"}, {}, "en"),
        ({"Accept-Language": "de,tr;q=0.5,en;q=0.4"}, {}, "tr"),
        ({"Accept-Language": "en"}, {"lang": "tr"}, "tr"),
        ({}, {"lang": "en-US"}, "en"),
    ],
)
def test_titles_and_links_speak_the_language_asked_for(ogc, headers, parameters, language):
    answer = ogc.get("/collections/mahalle", headers={"Accept": "*/*", **headers}, **parameters)
    assert answer.headers["content-language"] == language
    said = answer.json()
    assert said["title"] == {"tr": "Mahalle sınırları", "en": "Mahalle boundaries"}[language]
    titles = {link["title"] for link in said["links"]}
    assert {"tr": "Şema, JSON", "en": "Schema as JSON"}[language] in titles
    own = [link["href"] for link in said["links"] if link["href"].startswith(ogc.url)]
    assert all(("lang=" in href) is ("lang" in parameters) for href in own)


def test_a_feature_says_the_same_in_every_language(ogc):
    one, other = (ogc.json("/collections/park/items/P/3", lang=each) for each in ("tr", "en"))
    assert canonical(one) == canonical(other)


def resolved(said, part):
    """What a reference of the description refers to."""
    if "$ref" not in part:
        return part
    where = said
    for name in part["$ref"].removeprefix("#/").split("/"):
        where = where[name]
    return where


def nullable(said):
    """The schemas of the description as JSON Schema: ``nullable`` is OpenAPI's own."""
    text = json.dumps({"components": said["components"]})
    return json.loads(
        text.replace('"type": "string", "nullable": true', '"type": ["string", "null"]')
    )
