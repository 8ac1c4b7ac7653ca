"""Byte search: nothing the public can reach holds a column that was not approved.

The park's table has a column ``bekci_adi``, a name in each row, outside the allow-list. From the
front pages every address of this host is followed; files are unpacked and read by their libraries.
"""

import gzip
import io
import json
import re
import zipfile
from html import unescape
from urllib.parse import urljoin, urlsplit

import geopandas as gpd
import pyogrio
import pytest
from pmtiles.reader import Reader, all_tiles

from tests.conformance.conftest import HIDDEN

COLUMN = "bekci_adi"
SAID = HIDDEN.strip()
PARTS = [part for said in (COLUMN, SAID, SAID.split()[1]) for part in (said, said.upper())]
STARTS = ["/", "/en", "/ogc", "/ogc?f=html", "/api/v1/layers", "/sitemap.xml", "/robots.txt",
          "/api/v1/openapi.json", "/ogc/openapi"]  # fmt: skip
MOST = 4000
LINK = re.compile(r'(?:href|src|action)="([^"]+)"|<loc>([^<]+)</loc>')


def leads(answer):
    """Addresses an answer leads to."""
    kind = answer.headers.get("content-type", "")
    if "json" in kind:
        yield from strings(json.loads(answer.text))
    elif "html" in kind or "xml" in kind:
        for found in LINK.finditer(answer.text):
            yield unescape(found[1] or found[2])


def strings(said):
    if isinstance(said, dict):
        for each in said.values():
            yield from strings(each)
    elif isinstance(said, list):
        for each in said:
            yield from strings(each)
    elif isinstance(said, str) and said.startswith(("http", "/")):
        yield said


def is_worth_asking(path):
    """Of other layers than the park the first page is; templates are filled in elsewhere."""
    if "{" in path or "/static/" in path:
        return False
    if path.count("=") > 1 and path.startswith(("/katmanlar", "/en/layers")):
        return False  # facets of facets
    if re.search(r"feature=|sort=|column=", path):  # a table in every order, every row chosen
        most = 1 if "feature=" in path else 2
        return "park" in path and path.count("=") <= most
    return "park" in path or not re.search(r"token=|offset=|page=|items/", path)


def opened(path, content):
    """Everything a file holds, as bytes to be searched."""
    yield content
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from opened(name, archive.read(name))
    elif path.endswith(".pmtiles"):
        for _, tile in all_tiles(lambda start, length: content[start : start + length]):
            yield gzip.decompress(tile)
        yield json.dumps(Reader(lambda start, n: content[start : start + n]).metadata()).encode()
    elif path.endswith(".dxf"):
        yield content.decode("cp1254").encode()
    elif path.endswith(".parquet"):
        yield gpd.read_parquet(io.BytesIO(content)).to_csv().encode()
    elif path.endswith(".fgb"):
        yield pyogrio.read_dataframe(io.BytesIO(content)).to_csv().encode()


def holds(content):
    text = content.decode("utf-8", "ignore")
    return [part for part in PARTS if part in text]


@pytest.fixture(scope="module")
def reached(ogc):
    """Every answer there is to be had without a key, by path."""
    base = ogc.url.removesuffix("/ogc")
    waiting, answers = list(STARTS), {}
    while waiting and len(answers) < MOST:
        path = waiting.pop(0)
        if path in answers or not is_worth_asking(path):
            continue
        answer = ogc.client.get(base + path, follow_redirects=True)
        answers[path] = answer
        for lead in leads(answer):
            target = urlsplit(urljoin(f"{base}{path}", lead))
            if f"{target.scheme}://{target.netloc}" == base:
                waiting.append(target.path + (f"?{target.query}" if target.query else ""))
    return answers


def test_nothing_that_can_be_reached_holds_what_was_not_approved(ogc, reached):
    kinds = {
        answer.headers.get("content-type", "").partition(";")[0] for answer in reached.values()
    }
    assert {
        "text/html", "application/json", "application/geo+json", "text/csv", "application/zip",
        "application/vnd.flatgeobuf", "application/vnd.apache.parquet", "application/schema+json",
        "application/geopackage+sqlite3", "application/vnd.ogc.fg+json", "image/svg+xml",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "image/vnd.dxf",
        "application/vnd.google-earth.kml+xml", "application/vnd.google-earth.kmz",
        "application/vnd.pmtiles",
    } <= kinds  # fmt: skip
    assert len(reached) < MOST
    assert sum("park" in path for path in reached) > 60
    assert any("P/1" in answer.text for path, answer in reached.items() if path.endswith(".csv"))
    for path, answer in reached.items():
        for content in opened(path, answer.content):
            assert holds(content) == [], path


def test_every_kind_of_file_is_searched_to_the_bottom(reached):
    """What is approved is found in each; else the search would not see what is not."""
    files = {path: answer.content for path, answer in reached.items() if "/files/park/v1/" in path}
    assert {path.partition(".")[2] for path in files} >= {
        "kml", "kmz", "xlsx", "gml.zip", "dxf", "pmtiles", "gpkg", "fgb", "parquet", "shp.zip",
    }  # fmt: skip
    for path, content in files.items():
        found = [part for part in opened(path, content) if "İğde Parkı 7".encode() in part]
        assert found, path


def test_no_tile_holds_what_was_not_approved(ogc):
    said = ogc.json("/collections/park/tiles/WebMercatorQuad")
    drawn = 0
    for limit in said["tileMatrixSetLimits"]:
        if int(limit["tileMatrix"]) < 13:
            continue
        for row in range(limit["minTileRow"], limit["maxTileRow"] + 1):
            for column in range(limit["minTileCol"], limit["maxTileCol"] + 1):
                path = (
                    f"/collections/park/tiles/WebMercatorQuad/{limit['tileMatrix']}/{row}/{column}"
                )
                content = ogc.get(path).content
                drawn += b"P/1" in content
                assert holds(content) == [], path
    assert drawn > 3


@pytest.mark.parametrize(
    "asked",
    [
        {"filter": f"{COLUMN} LIKE 'Z%'"}, {"sortby": COLUMN}, {"properties": COLUMN},
        {COLUMN: f"{HIDDEN}1"}, {"filter": f"CASEI({COLUMN}) = casei('x')"},
    ],
)  # fmt: skip
def test_what_was_not_approved_cannot_be_asked_about(ogc, asked):
    answer = ogc.get("/collections/park/items", **asked)
    assert answer.status_code == 400
    assert SAID not in answer.text
