"""OGC API – Tiles 1 (20-057): one test per abstract test, over every layer; the oracle is SQL."""

import json
import math
import random

import pyogrio
import pytest

from tests.conformance.conftest import links_of

SCHEME = "WebMercatorQuad"
OGC_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
SPEC = "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/"
MVT = "application/vnd.mapbox-vector-tile"


def tile_path(name, z, row, column):
    return f"/collections/{name}/tiles/{SCHEME}/{z}/{row}/{column}"


def limits(ogc, name):
    found = ogc.json(f"/collections/{name}/tiles/{SCHEME}")["tileMatrixSetLimits"]
    return {int(each["tileMatrix"]): each for each in found}


def every_tile(ogc, name, z):
    limit = limits(ogc, name)[z]
    for row in range(limit["minTileRow"], limit["maxTileRow"] + 1):
        for column in range(limit["minTileCol"], limit["maxTileCol"] + 1):
            yield row, column


@pytest.fixture
def drawn_in(tmp_path):
    """Reads a tile with GDAL: its features as a frame, ``mvt_id`` among the columns."""

    def read(content, name):
        file = tmp_path / "tile.mvt"
        file.write_bytes(content)
        assert [each for each, _ in pyogrio.list_layers(file)] == [name]
        return pyogrio.read_dataframe(file, layer=name)

    return read


@pytest.mark.ats("tiles-1:/conf/core/conformance-success")
def test_the_classes_of_tiles_are_declared(ogc):
    declared = {each for each in ogc.json("/conformance")["conformsTo"] if "tiles-1" in each}
    assert declared == {
        f"{SPEC}{each}"
        for each in ("core", "tileset", "tilesets-list", "geodata-tilesets", "mvt", "oas30")
    }


@pytest.mark.ats("tiles-1:/conf/core/tc-op")
@pytest.mark.ats("tiles-1:/conf/core/tc-success")
@pytest.mark.ats("tiles-1:/conf/mvt/content")
def test_a_tile_holds_what_lies_in_it(ogc, name, key, drawn_in):
    """Every feature of the layer is in the tiles, and each tile has those that touch it."""
    z = 16
    seen = set()
    for row, column in every_tile(ogc, name, z):
        answer = ogc.get(tile_path(name, z, row, column))
        around = f"ST_Transform(ST_TileEnvelope({z}, {column}, {row}, margin => 0.015625), 4326)"
        inner = f"ST_Transform(ST_TileEnvelope({z}, {column}, {row}), 4326)"
        ask = f"SELECT {key} FROM published.{name} WHERE ST_Intersects(geometry, {{}})"  # noqa: S608
        within, near = set(ogc.sql(ask.format(inner))), set(ogc.sql(ask.format(around)))
        if answer.status_code == 204:
            assert answer.content == b""
            assert not within
            continue
        assert answer.status_code == 200
        assert answer.headers["content-type"] == MVT
        features = drawn_in(answer.content, name)
        drawn = set(features[key])
        if name != "park":  # a text is no id a tile can carry
            assert set(features["mvt_id"]) == drawn
        # A building smaller than a unit of the tile may vanish in it.
        assert drawn <= near
        assert len(within - drawn) <= len(within) / 50
        assert len(answer.content) <= 500_000
        seen |= drawn
    assert len(seen) >= ogc.json(f"/collections/{name}/items", limit=1)["numberMatched"] * 0.98


@pytest.mark.ats("tiles-1:/conf/core/tc-tilematrix-definition")
@pytest.mark.ats("tiles-1:/conf/core/tc-tilerow-definition")
@pytest.mark.ats("tiles-1:/conf/core/tc-tilecol-definition")
@pytest.mark.ats("tiles-1:/conf/oas30/completeness")
@pytest.mark.ats("tiles-1:/conf/oas30/operationids")
def test_the_description_names_row_before_column(ogc, name):
    paths = ogc.json("/openapi")["paths"]
    base = f"/collections/{name}/tiles"
    tile = f"{base}/{{tileMatrixSetId}}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}"
    assert {base, f"{base}/{{tileMatrixSetId}}", tile, "/tileMatrixSets"} <= set(paths)
    operation = paths[tile]["get"]
    named = {each.get("$ref", "").rpartition("/")[2] for each in operation["parameters"]}
    assert {"tileMatrixSetId", "tileMatrix", "tileRow", "tileCol"} <= named
    assert MVT in ogc.json("/openapi")["components"]["responses"]["Tile"]["content"]
    assert operation["operationId"].startswith("collection.vector.getTile")
    every = [each["get"]["operationId"] for each in paths.values()]
    assert len(set(every)) == len(every)


@pytest.mark.ats("tiles-1:/conf/core/tc-error")
@pytest.mark.parametrize(
    "path",
    [
        f"{SCHEME}/2/4/0", f"{SCHEME}/2/0/4", f"{SCHEME}/23/0/0", f"{SCHEME}/-1/0/0",
        f"{SCHEME}/a/0/0", f"{SCHEME}/1/0/0.5", f"{SCHEME}/1/0/٣", f"{SCHEME}/1/0/99999999999",
        "WorldCRS84Quad/1/0/0", "yok", "yok/0/0/0",
    ],
)  # fmt: skip
def test_what_is_no_tile_is_not_found(ogc, name, path):
    answer = ogc.get(f"/collections/{name}/tiles/{path}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("asked", [{"f": "png"}, {"f": "json"}, {"zoom": "1"}])
def test_a_tile_asked_wrongly_is_refused(ogc, name, asked):
    assert ogc.get(tile_path(name, 1, 0, 0), **asked).status_code == 400


@pytest.mark.ats("tiles-1:/conf/tileset/description")
@pytest.mark.parametrize("language", ["tr", "en"])
def test_a_tile_set_says_what_is_in_it_and_where(ogc, name, language):
    said = ogc.json(f"/collections/{name}/tiles/{SCHEME}", lang=language)
    assert said["dataType"] == "vector"
    assert said["crs"].endswith("/3857")
    assert said["tileMatrixSetURI"].endswith(f"/{SCHEME}")
    (scheme,) = links_of(said, f"{OGC_REL}tiling-scheme")
    definition = ogc.client.get(scheme["href"]).json()
    assert len(definition["tileMatrices"]) == 25
    first = definition["tileMatrices"][0]
    assert first["scaleDenominator"] == pytest.approx(559082264.0287178)
    assert first["pointOfOrigin"] == pytest.approx([-20037508.3427892, 20037508.3427892])
    (item,) = links_of(said, "item")
    assert item["templated"] is True
    assert item["type"] == MVT
    assert item["href"].partition("?")[0].endswith("{tileMatrix}/{tileRow}/{tileCol}")
    (layer,) = said["layers"]
    schema = ogc.json(f"/collections/{name}/schema", lang=language)["properties"]
    assert layer["propertiesSchema"]["properties"].keys() == schema.keys() - {"geometry"}
    assert all(each["title"] for each in layer["propertiesSchema"]["properties"].values())
    z, limit = max(limits(ogc, name).items())
    assert z == 16
    assert limit["minTileRow"] <= limit["maxTileRow"] < 2**16


@pytest.mark.ats("tiles-1:/conf/tilesets-list/tileset-links")
@pytest.mark.ats("tiles-1:/conf/geodata-tilesets/desc-links")
@pytest.mark.ats("tiles-1:/conf/geodata-tilesets/operation")
def test_a_layer_leads_to_its_tiles(ogc, name):
    collection = ogc.json(f"/collections/{name}")
    (link,) = links_of(collection, f"{OGC_REL}tilesets-vector")
    (listed,) = ogc.client.get(link["href"]).json()["tilesets"]
    assert {"title", "dataType", "crs", "tileMatrixSetURI"} <= listed.keys()
    (own,) = links_of(listed, "self")
    assert ogc.client.get(own["href"]).json()["title"] == collection["title"]
    (schemes,) = links_of(ogc.json("/"), f"{OGC_REL}tiling-schemes")
    assert ogc.client.get(schemes["href"]).json()["tileMatrixSets"][0]["id"] == SCHEME


def test_tile_json_and_style_lead_to_tiles_of_this_host(ogc, name):
    said = ogc.json(f"/collections/{name}/tiles/{SCHEME}", f="tilejson")
    assert said["tilejson"] == "3.0.0"
    west, south, east, north = said["bounds"]
    z = said["maxzoom"]
    column = int(((west + east) / 2 + 180) / 360 * 2**z)
    lat = math.radians((south + north) / 2)
    row = int((1 - math.asinh(math.tan(lat)) / math.pi) / 2 * 2**z)
    for part, value in (("{z}", z), ("{y}", row), ("{x}", column)):
        said["tiles"][0] = said["tiles"][0].replace(part, str(value))
    assert ogc.client.get(said["tiles"][0]).status_code in {200, 204}
    (layer,) = said["vector_layers"]
    assert layer["fields"].keys() == ogc.json(f"/collections/{name}/schema")[
        "properties"
    ].keys() - {"geometry"}
    listed = ogc.json(f"/collections/{name}/styles")
    (sheet,) = listed["styles"][0]["links"]
    answer = ogc.client.get(sheet["href"])
    assert answer.headers["content-type"] == sheet["type"]
    style = answer.json()
    assert style["version"] == 8
    assert style["sources"][name]["url"].startswith(ogc.url)
    assert {each.get("source-layer", name) for each in style["layers"]} == {name}
    assert ogc.get(f"/collections/{name}/styles/yok").status_code == 404
    assert "http" not in json.dumps(style).replace(ogc.url, "")


def test_a_tile_is_known_again_without_asking_the_database(ogc, name):
    row, column = next(iter(every_tile(ogc, name, 16)))
    first = ogc.get(tile_path(name, 16, row, column))
    again = ogc.get(
        tile_path(name, 16, row, column),
        headers={"If-None-Match": first.headers["etag"], "Accept": "*/*"},
    )
    assert again.status_code == 304
    assert again.content == b""
    assert first.headers["cache-control"].startswith("public, max-age=")


def test_tiles_of_the_middle_zooms_hold_key_and_label_only(ogc, drawn_in):
    dice = random.Random(3)  # noqa: S311 (no secret)
    row, column = dice.choice(list(every_tile(ogc, "park", 14)))
    features = drawn_in(ogc.get(tile_path("park", 14, row, column)).content, "park")
    assert set(features.columns) - {"geometry", "mvt_id"} == {"kod", "ad"}
