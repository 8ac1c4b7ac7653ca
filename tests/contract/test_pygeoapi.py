"""What we rely on in pygeoapi, and that its path and ours give the same features."""

import ast
import importlib.util
import inspect
import json
import logging
from pathlib import Path

import pytest
from pygeoapi.api import API, APIRequest
from pygeoapi.api.itemtypes import get_collection_item, get_collection_items
from pygeoapi.openapi import get_oas
from starlette.requests import Request

from gis_platform.api.app import create_app
from gis_platform.api.ogc_catalogue import read_edition
from gis_platform.api.ogc_resources import NOT_SERVED, RESOURCES
from gis_platform.core.settings import Settings
from gis_platform.opendata.ogc import CRS84, kept, restored
from tests.server import OPEN, visiting
from tests.town import load_town, publish_layers

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def upstream_routes() -> set[str]:
    """Paths of pygeoapi's own Starlette application, read and not imported."""
    found = importlib.util.find_spec("pygeoapi")
    assert found is not None
    assert found.origin is not None
    tree = ast.parse((Path(found.origin).parent / "starlette_app.py").read_text("utf-8"))
    return {
        node.args[0].value.replace(":path", "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Route"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_path_of_pygeoapi_is_served_or_left_out_for_a_reason():
    served = {resource.path for resource in RESOURCES}
    upstream = {path.replace("{tile_matrix}", "{tileMatrix}") for path in upstream_routes()}
    assert len(upstream) > 30
    left = {
        path
        for path in upstream - served
        if not any(path == each or path.startswith(f"{each}/") for each in NOT_SERVED)
    }
    assert left == set()
    assert served - upstream == {
        "/collections/{collection_id}/sortables", "/tileMatrixSets",
        "/tileMatrixSets/{tileMatrixSetId}", "/collections/{collection_id}/styles",
        "/collections/{collection_id}/styles/{styleId}", "/collections/veri-katalogu",
        "/collections/veri-katalogu/sortables",
        "/collections/veri-katalogu/items", "/collections/veri-katalogu/items/{recordId}",
    }  # fmt: skip


def test_the_functions_we_call_take_what_we_give():
    assert list(inspect.signature(API.__init__).parameters)[:3] == ["self", "config", "openapi"]
    assert next(iter(inspect.signature(get_oas).parameters)) == "cfg"
    assert list(inspect.signature(APIRequest.__init__).parameters) == [
        "self", "request", "supported_locales",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ['a < b & c > "d"', "&lt;", "&amp;lt;", "", "İğde"])
def test_signs_survive_what_pygeoapi_does_to_them(text):
    passed = kept(text).replace("<", "&lt;").replace(">", "&gt;")
    assert restored(passed) == text


@pytest.fixture(scope="module")
def town(_server, tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("town"), access=OPEN)
    with _server.clone() as database:
        load_town(database)
        publish_layers(settings, database)
        yield settings, database


@pytest.fixture(scope="module")
def client(town):
    with visiting(create_app(*town)) as client:
        yield client


def asked_of_pygeoapi(town, function, query, *names):
    """What pygeoapi itself answers through our provider."""
    edition = read_edition(*town)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [],
        "query_string": query.encode(),
    }
    _, status, said = function(edition.api, APIRequest(Request(scope), edition.api.locales), *names)
    return status, json.loads(said)


@pytest.mark.parametrize("name", ["mahalle", "csbm", "numarataj", "yapi"])
@pytest.mark.parametrize(
    "query",
    [
        "limit=4", "limit=3&offset=2", "bbox=28.8735,41.081,28.8796,41.0851&limit=50",
        f"limit=2&crs={EPSG}4326", f"limit=2&crs={EPSG}5254", f"limit=2&crs={CRS84}",
    ],
)  # fmt: skip
def test_pygeoapi_and_the_quick_path_give_the_same_features(town, client, name, query):
    status, theirs = asked_of_pygeoapi(town, get_collection_items, query, name)
    ours = client.get(f"/ogc/collections/{name}/items?{query}").json()
    assert status == 200
    assert theirs["features"] == ours["features"]
    assert theirs["numberMatched"] == ours["numberMatched"]


def test_pygeoapi_and_the_quick_path_give_the_same_feature(town, client):
    status, theirs = asked_of_pygeoapi(town, get_collection_item, "", "mahalle", "30001")
    ours = client.get("/ogc/collections/mahalle/items/30001").json()
    assert status == 200
    assert (theirs["geometry"], theirs["properties"]) == (ours["geometry"], ours["properties"])
    status, _ = asked_of_pygeoapi(town, get_collection_item, "", "mahalle", "abc")
    assert status == 404


def test_a_filter_pygeoapi_passes_on_is_the_one_we_know(town, client):
    _, theirs = asked_of_pygeoapi(town, get_collection_items, "dis_kapi_no=1&limit=50", "numarataj")
    ours = client.get("/ogc/collections/numarataj/items?dis_kapi_no=1&limit=50").json()
    assert theirs["features"] == ours["features"]
    status, _ = asked_of_pygeoapi(town, get_collection_items, "csbm_kodu=abc", "numarataj")
    assert status == 400


def test_pygeoapi_leaves_the_logging_of_the_process_alone(town):
    before = (logging.getLogger().level, list(logging.getLogger().handlers))
    read_edition(*town)
    assert (logging.getLogger().level, list(logging.getLogger().handlers)) == before
