"""Features 3 (filter, CQL2) and 5 (sortables, order, properties), black box: the oracle is SQL."""

import json
import random
import re

import jsonschema
import pytest

from tests.conformance.conftest import COLLECTIONS, CRS84, EPSG, NASTY, links_of

PARKS = "/collections/park/items"
OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
IN_CRS84 = "28.8705 41.0805, 28.8765 41.0805, 28.8765 41.0845, 28.8705 41.0845, 28.8705 41.0805"


def parks(ogc, where, order="kod"):
    return ogc.sql(f"SELECT kod FROM published.park WHERE {where} ORDER BY {order}")  # noqa: S608


# ------------------------------------------------------------------------------- declared, linked


@pytest.mark.ats("features-3:/conf/filter/get-conformance")
@pytest.mark.ats("features-3:/conf/features-filter/get-conformance")
@pytest.mark.ats("features-5:/conf/sortables/get-conformance")
@pytest.mark.ats("features-5:/conf/returnables-and-receivables/get-conformance")
def test_filters_and_schemas_are_declared(ogc):
    declared = set(ogc.json("/conformance")["conformsTo"])
    spec = "http://www.opengis.net/spec/"
    assert {
        f"{spec}ogcapi-features-3/1.0/conf/filter",
        f"{spec}ogcapi-features-3/1.0/conf/features-filter",
        f"{spec}ogcapi-features-5/1.0/conf/sortables",
        f"{spec}ogcapi-features-5/1.0/conf/returnables-and-receivables",
        f"{spec}cql2/1.0/conf/cql2-text", f"{spec}cql2/1.0/conf/cql2-json",
        f"{spec}cql2/1.0/conf/spatial-functions",
    } <= declared  # fmt: skip
    assert not any("functions/" in each or "array" in each for each in declared)


@pytest.mark.ats("features-3:/conf/features-filter/get-collection")
@pytest.mark.ats("features-5:/conf/sortables/link")
@pytest.mark.ats("features-5:/conf/returnables-and-receivables/link")
@pytest.mark.parametrize("resource", ["queryables", "sortables", "schema"])
def test_a_collection_links_to_what_may_be_asked_of_it(ogc, name, resource):
    links = links_of(ogc.json(f"/collections/{name}"), f"{OGC_REL}{resource}")
    assert {link["type"] for link in links} == {"application/schema+json", "text/html"}
    for link in links:
        assert ogc.client.get(link["href"]).headers["content-type"].startswith(link["type"])
        assert link["title"]


@pytest.mark.ats("features-5:/conf/sortables/op-and-response")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_sortables_are_json_schema(ogc, name, language):
    answer = ogc.get(f"/collections/{name}/sortables", lang=language)
    assert answer.headers["content-type"] == "application/schema+json"
    said = answer.json()
    jsonschema.Draft202012Validator.check_schema(said)
    assert said["additionalProperties"] is False
    assert said["properties"].keys() == ogc.json(f"/collections/{name}/schema")[
        "properties"
    ].keys() - {"geometry"}
    for column in said["properties"]:
        assert ogc.get(f"/collections/{name}/items", sortby=column, limit=1).status_code == 200


# -------------------------------------------------------------------------------------- filters


@pytest.mark.ats("cql2:/conf/cql2-text/validate")
@pytest.mark.ats("cql2:/conf/cql2-text/escaping")
@pytest.mark.ats("features-3:/conf/filter/filter-param")
@pytest.mark.ats("features-3:/conf/features-filter/filter-on-items")
@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("bank_sayisi = 3", "bank_sayisi = 3"),
        ("alan > 100.5 AND is_open = TRUE", "alan > 100.5 AND is_open"),
        ("NOT (alan BETWEEN 50 AND 500) OR kod IN ('P/1','P/9')",
         "alan NOT BETWEEN 50 AND 500 OR kod IN ('P/1','P/9')"),
        ("ad IS NULL", "ad IS NULL"),
        ("ad LIKE 'İğde%1_'", "ad LIKE 'İğde%1_'"),
        ("CASEI(ad) LIKE casei('İĞDE PARKI 1%')", "ad LIKE 'İğde Parkı 1%'"),
        ("ACCENTI(CASEI(ad)) LIKE accenti(casei('igde parki 5%'))", "ad LIKE 'İğde Parkı 5%'"),
        ("acilis >= DATE('2022-01-01')", "acilis >= '2022-01-01'"),
        ("T_DURING(acilis, INTERVAL('2021-01-01','2022-01-01'))",
         "acilis > '2021-01-01' AND acilis < '2022-01-01'"),
        ("alan / 10.5 = bank_sayisi", "alan / 10.5 = bank_sayisi"),
        ("alan / (bank_sayisi - bank_sayisi) = 1", "false"),
        (f"ad = '{NASTY}'", "kod = 'P/1'"),
        ("ad = 'it''s'; DROP TABLE published.park --'", None),
        ("ad = '''; DROP TABLE published.park; --'", "false"),
    ],
)  # fmt: skip
def test_a_filter_finds_what_sql_finds(ogc, said, where):
    answer = ogc.get(PARKS, filter=said)
    if where is None:
        assert answer.status_code == 400
        return
    assert answer.status_code == 200, answer.text
    expected = parks(ogc, where)
    assert ogc.ids(PARKS, filter=said, limit=7) == expected
    assert answer.json()["numberMatched"] == len(expected)


@pytest.mark.ats("cql2:/conf/cql2-json/validate")
@pytest.mark.ats("features-3:/conf/filter/filter-lang-default")
@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("bank_sayisi >= 3", {"op": ">=", "args": [{"property": "bank_sayisi"}, 3]}),
        ("ad NOT LIKE 'İ%'",
         {"op": "not", "args": [{"op": "like", "args": [{"property": "ad"}, "İ%"]}]}),
        ("kod IN ('P/1','P/2')",
         {"op": "in", "args": [{"property": "kod"}, ["P/1", "P/2"]]}),
        ("acilis < DATE('2021-01-01')",
         {"op": "<", "args": [{"property": "acilis"}, {"date": "2021-01-01"}]}),
        ("S_INTERSECTS(geometry, BBOX(28.8705,41.0805,28.8765,41.0845))",
         {"op": "s_intersects",
          "args": [{"property": "geometry"}, {"bbox": [28.8705, 41.0805, 28.8765, 41.0845]}]}),
    ],
)  # fmt: skip
def test_text_and_json_are_one_language(ogc, text, tree):
    plain = ogc.ids(PARKS, filter=text)
    assert plain
    assert ogc.ids(PARKS, filter=text, **{"filter-lang": "cql2-text"}) == plain
    assert ogc.ids(PARKS, filter=json.dumps(tree), **{"filter-lang": "cql2-json"}) == plain


@pytest.mark.ats("features-3:/conf/filter/filter-crs-wgs84")
@pytest.mark.ats("features-3:/conf/filter/filter-crs-param")
@pytest.mark.parametrize("uri", [None, CRS84, f"{EPSG}4326", f"{EPSG}3857", f"{EPSG}5254"])
@pytest.mark.parametrize("operator", ["S_INTERSECTS", "S_WITHIN", "S_DISJOINT"])
def test_a_shape_is_read_in_its_reference_system(ogc, uri, operator):
    """The same polygon written in each reference system, with its own order of axes."""
    srid = 4326 if uri in {None, CRS84} else int(uri.rpartition("/")[2])
    flip = uri in {f"{EPSG}4326", f"{EPSG}5254"}
    shape = f"ST_Transform(ST_GeomFromText('POLYGON(({IN_CRS84}))', 4326), {srid})"
    drawn = f"ST_FlipCoordinates({shape})" if flip else shape
    (wkt,) = ogc.sql(f"SELECT ST_AsText({drawn}, 12)")
    asked = {} if uri is None else {"filter-crs": uri}
    found = ogc.ids(PARKS, filter=f"{operator}(geometry,{wkt})", **asked)
    predicate = operator.replace("S_", "ST_")
    expected = parks(ogc, f"{predicate}(ST_Transform(geometry, {srid}), {shape})")
    assert found == expected
    assert 0 < len(expected) < 60


@pytest.mark.ats("features-3:/conf/features-filter/mixing-expression")
def test_a_filter_goes_with_every_other_parameter(ogc):
    box = "28.8705,41.0805,28.8765,41.0845"
    found = ogc.ids(
        PARKS, filter="alan > 50", bbox=box, datetime="2020-06-01/..", is_open="true", limit=3,
        sortby="-alan",
    )  # fmt: skip
    expected = parks(
        ogc,
        "alan > 50 AND is_open AND acilis >= '2020-06-01' AND "
        "ST_Intersects(geometry, ST_MakeEnvelope(28.8705,41.0805,28.8765,41.0845,4326))",
        "alan DESC, kod",
    )
    assert found == expected
    assert len(found) > 3


ATOMS = {
    "basic-cql2": ["alan > 200", "bank_sayisi < 3", "is_open = true", "ad IS NULL",
                   "acilis < DATE('2022-06-01')", "kod <> 'P/9'"],
    "advanced-comparison-operators": ["kod LIKE 'P/2%'", "alan BETWEEN 100 AND 400",
                                      "bank_sayisi IN (1, 4)", "ad NOT LIKE '%1_'"],
    "case-insensitive-comparison": ["CASEI(ad) LIKE casei('İĞDE PARKI 1%')",
                                    "CASEI(kod) = casei('p/7')", "CASEI(kod) > casei('P/4')",
                                    "CASEI(ad) IN (casei('iğde parkı 5'))"],
    "accent-insensitive-comparison": ["ACCENTI(ad) LIKE accenti('Igde Parki 3%')",
                                      "ACCENTI(kod) = accenti('P/7')",
                                      "ACCENTI(CASEI(ad)) LIKE accenti(casei('igde parki 4%'))",
                                      "ACCENTI(ad) <> accenti('İğde Parkı 9')"],
    "basic-spatial-functions": [
        f"S_INTERSECTS(geometry,BBOX({box}))" for box in
        ("28.87,41.08,28.8745,41.083", "28.8725,41.081,28.88,41.09", "28.86,41.0,28.872,41.2",
         "28.8735,41.0,28.8755,41.2")
    ],
    "spatial-functions": [
        "S_WITHIN(geometry,POLYGON((28.87 41.08,28.876 41.08,28.876 41.085,28.87 41.08)))",
        "S_DISJOINT(geometry,BBOX(28.872,41.08,28.8745,41.083))",
        "S_CROSSES(LINESTRING(28.86 41.07,28.89 41.1),geometry)",
        "S_INTERSECTS(geometry,LINESTRING(28.87 41.08,28.88 41.08,28.88 41.0835,28.87 41.0835))",
    ],
    "temporal-functions": ["T_AFTER(acilis,DATE('2021-06-01'))",
                           "T_BEFORE(acilis,DATE('2023-01-01'))",
                           "T_DURING(acilis,INTERVAL('2021-01-01','2022-01-01'))",
                           "T_DISJOINT(acilis,INTERVAL('2022-03-01','..'))"],
    "property-property": ["alan > bank_sayisi", "kod < ad", "1 = 1", "3 <= bank_sayisi"],
    "arithmetic": ["alan / 10.5 > 20", "alan - 100 < bank_sayisi * 40", "bank_sayisi % 2 = 1",
                   "alan = 10.5 * 7"],
}  # fmt: skip


@pytest.mark.ats(
    "cql2:/conf/basic-cql2/logical",
    "cql2:/conf/advanced-comparison-operators/logical",
    "cql2:/conf/case-insensitive-comparison/logical",
    "cql2:/conf/accent-insensitive-comparison/logical",
    "cql2:/conf/basic-spatial-functions/logical",
    "cql2:/conf/spatial-functions/logical",
    "cql2:/conf/temporal-functions/logical",
    "cql2:/conf/property-property/logical",
    "cql2:/conf/arithmetic/logical",
)
@pytest.mark.parametrize("cls", ATOMS)
def test_logic_is_the_algebra_of_sets(ogc, cls):
    """(NOT p2 AND p1) OR (p3 AND p4) OR NOT (p1 OR p4), of the standard's annex, for any four.

    Asked of the parks that have a name: a comparison with what is empty is neither true nor false.
    """

    def named(predicate):
        return set(ogc.ids(PARKS, filter=f"({predicate}) AND ad IS NOT NULL", limit=100))

    everything = named("1 = 1")
    of = {each: named(each) for each in ATOMS[cls]}
    dice = random.Random(7)  # noqa: S311 (no secret)
    for _ in range(12):
        p1, p2, p3, p4 = dice.sample(ATOMS[cls], 4)
        a, b, c, d = of[p1], of[p2], of[p3], of[p4]
        assert named(f"(NOT {p2} AND {p1}) OR ({p3} AND {p4}) OR NOT ({p1} OR {p4})") == (
            ((everything - b) & a) | (c & d) | (everything - (a | d))
        )


@pytest.mark.ats("features-3:/conf/filter/expression-construction")
@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("gizli = 1", "gizli"),
        ("bank_sayisi =", "14"),
        ("bank_sayisi = 'üç'", "bank_sayisi"),
        ("bank_sayisi == 3", "14"),
        ("foo(kod) = 'x'", "foo"),
        ("acilis > '2020-01-01'", "DATE("),
        ("kod LIKE 5", "LIKE"),
        ("S_INTERSECTS(geometry, POINT(28))", "32"),
        ("S_INTERSECTS(kod, POINT(28 41))", "geometry"),
        ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "Self-intersection"),
        ("alan", "boolean"),
        ("(" * 1000 + "alan=1" + ")" * 1000, "40"),
        ("NOT " * 900 + "alan=1", "40"),
        ("alan = " + "-" * 3000 + "1", "40"),
        ("alan = 1" + "0" * 400, "1"),
        ("alan = 1" + " " * 7000, "7000"),
        ("", "1"),
        ("T_AFTER(acilis, DATE('2020-13-01'))", "2020-13-01"),
        ("kod = 'a\x01\x00'", ""),
    ],
)
def test_a_filter_that_is_none_is_refused_with_its_place(ogc, said, part):
    answer = ogc.client.get(f"{ogc.url}{PARKS}", params={"filter": said}, headers={"Accept": "*/*"})
    assert answer.status_code == 400, answer.text
    assert part in answer.json()["detail"]
    assert ogc.get(PARKS, limit=1).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"filter-lang": "cql2-text"}, {"filter-crs": CRS84},
        {"filter": "alan=1", "filter-lang": "cql-text"},
        {"filter": "alan=1", "filter-lang": "cql2-json"},
        {"filter": "[" * 2000, "filter-lang": "cql2-json"},
        {"filter": '{"op":"=","args":[1,NaN]}', "filter-lang": "cql2-json"},
        {"filter": '{"op":"and","args":[true]}', "filter-lang": "cql2-json"},
        {"filter": '{"op":["x"],"args":{}}', "filter-lang": "cql2-json"},
        {"filter": '{"property":["x"]}', "filter-lang": "cql2-json"},
        {"filter": '{"date":5}', "filter-lang": "cql2-json"},
        {"filter": "alan=1", "filter-crs": "EPSG:5254"},
        {"sortby": "gizli"}, {"sortby": "alan,-alan"}, {"sortby": ""},
        {"properties": "gizli"}, {"properties": ""}, {"skipGeometry": "evet"},
    ],
)  # fmt: skip
def test_what_is_asked_wrongly_is_refused_by_name(ogc, asked):
    answer = ogc.client.get(f"{ogc.url}{PARKS}", params=asked, headers={"Accept": "*/*"})
    assert answer.status_code == 400, answer.text
    assert answer.json()["parameter"] in asked


def test_every_digit_of_a_long_number_counts(ogc):
    (code,) = ogc.sql("SELECT max(kimlik_no) FROM published.numarataj")
    path = "/collections/numarataj/items"
    assert ogc.ids(path, filter=f"kimlik_no = {code}") == [code]
    assert ogc.ids(path, filter=f"kimlik_no = {2**53 + code}") == []
    assert ogc.ids(path, filter=f"kimlik_no - {code} + 9007199254740993 = 9007199254740993") == [
        code
    ]


# ------------------------------------------------------------------------- order and properties


@pytest.mark.ats("features-5:/conf/sorting/sortby-param")
@pytest.mark.ats("features-5:/conf/features-sorting/filter-sorting")
@pytest.mark.parametrize("limit", [4, 100])
@pytest.mark.parametrize(
    ("sortby", "order"),
    [
        ("alan", "alan, kod"),
        ("-acilis", "acilis DESC NULLS LAST, kod"),
        ("bank_sayisi,-alan", "bank_sayisi, alan DESC, kod"),
        ("+is_open,kod", "is_open, kod COLLATE turkish_natural"),
        ("ad", "ad COLLATE turkish_natural NULLS LAST, kod"),
        ("-ad", "ad COLLATE turkish_natural DESC NULLS LAST, kod"),
        ("-kod", "kod COLLATE turkish_natural DESC"),
    ],
)
def test_the_order_is_total_over_all_pages(ogc, sortby, order, limit):
    assert ogc.ids(PARKS, sortby=sortby, limit=limit) == parks(ogc, "true", order)


def test_a_position_is_one_in_its_own_order_only(ogc):
    page = ogc.json(PARKS, sortby="alan", limit=3)
    (following,) = links_of(page, "next")
    moved = following["href"].replace("sortby=alan", "sortby=bank_sayisi")
    assert moved != following["href"]
    assert ogc.client.get(moved, headers={"Accept": "*/*"}).status_code == 400


@pytest.mark.parametrize("layer", COLLECTIONS)
def test_only_the_properties_asked_for_come_out(ogc, layer):
    columns = list(ogc.json(f"/collections/{layer}/schema")["properties"])[:2]
    page = ogc.json(f"/collections/{layer}/items", properties=columns[1], limit=3)
    for feature in page["features"]:
        assert list(feature["properties"]) == [columns[1]]
        assert feature["id"] is not None
        assert feature["geometry"]
    bare = ogc.json(f"/collections/{layer}/items", skipGeometry="true", limit=3)
    assert [each["geometry"] for each in bare["features"]] == [None] * 3
    html = ogc.get(f"/collections/{layer}/items", properties=columns[1], f="html", limit=3).text
    heads = re.findall(r'<th scope="col"[^>]*>([^<]+)</th>', html)
    assert set(heads) == {columns[1], "kod" if layer == "park" else "kimlik_no"}


def test_links_keep_what_was_asked(ogc):
    page = ogc.json(PARKS, filter="alan > 0", sortby="-alan", properties="kod", limit=2)
    (following,) = links_of(page, "next")
    for part in ("filter=", "sortby=-alan", "properties=kod"):
        assert part in following["href"]
