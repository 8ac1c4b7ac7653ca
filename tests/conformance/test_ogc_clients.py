"""What real clients read from the OGC API: GDAL on the command line, pyogrio, OWSLib."""

import json
import shutil
import subprocess
import sys
from typing import Any

import pytest
from owslib.ogcapi.features import Features

from tests.conformance.conftest import COLLECTIONS, NASTY


def run_ogrinfo(*arguments: str) -> str:
    """What GDAL's own command says; a machine without it fails here."""
    command = shutil.which("ogrinfo")
    assert command, "gdal-bin is missing: ./run test installs it"
    done = subprocess.run(
        [command, "-ro", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "ERROR" not in done.stderr
    return done.stdout


def test_gdal_reads_count_extent_and_letters(ogc, name):
    said = run_ogrinfo("-so", f"OAPIF:{ogc.url}", name)
    (count,) = ogc.sql(f"SELECT count(*) FROM published.{name}")  # noqa: S608
    assert f"Feature Count: {count}" in said
    west, south, east, north = ogc.json(f"/collections/{name}")["extent"]["spatial"]["bbox"][0]
    assert f"Extent: ({west:f}, {south:f}) - ({east:f}, {north:f})" in said


def test_gdal_lists_the_layers_with_their_titles(ogc):
    said = run_ogrinfo(f"OAPIF:{ogc.url}")
    assert all(f"{name} (title: " in said for name in COLLECTIONS)
    assert "Mahalle sınırları" in said


def test_gdal_reads_every_letter_and_a_box(ogc):
    said = run_ogrinfo(f"OAPIF:{ogc.url}/", "mahalle", "-geom=NO")
    assert all(f"= {name}" in said for name in ("NİŞANCI", "ÇIRÇIR", "ŞIĞINAK"))
    spat = ("-spat", "28.87", "41.07", "28.88", "41.085")
    box = "ST_MakeEnvelope(28.87, 41.07, 28.88, 41.085, 4326)"
    (count,) = ogc.sql(
        f"SELECT count(*) FROM published.numarataj WHERE ST_Intersects(geometry, {box})"  # noqa: S608
    )
    found = run_ogrinfo("-so", f"OAPIF:{ogc.url}", "numarataj", *spat)
    assert f"Feature Count: {count}" in found


READ = """
import json, sys, pyogrio
url, name, crs = sys.argv[1:]
options = {"CRS": crs} if crs else {}
frame = pyogrio.read_dataframe(url, layer=name, **options)
print(json.dumps({"epsg": frame.crs.to_epsg(), "authority": frame.crs.to_authority(),
                  "columns": frame.drop(columns="geometry").to_dict("list"),
                  "bounds": frame.to_crs(4326).bounds.values.tolist(),
                  "total": list(frame.total_bounds)}, default=str))
"""


def read_with_pyogrio(url: str, name: str, crs: str = "") -> Any:
    """What pyogrio reads, in a process of its own: it keeps the interpreter to itself meanwhile."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", READ, url, name, crs],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("layer", [("park", "kod"), ("numarataj", "kimlik_no")])
@pytest.mark.parametrize("url", ["OAPIF:{url}", "OAPIF:{url}/collections/{name}"])
def test_pyogrio_reads_every_feature(ogc, url, layer):
    name, key = layer
    said = read_with_pyogrio(url.format(url=ogc.url, name=name), name)
    expected = ogc.sql(f"SELECT {key} FROM published.{name} ORDER BY {key}")  # noqa: S608
    assert said["columns"][key] == expected
    extent = ogc.json(f"/collections/{name}")["extent"]["spatial"]["bbox"][0]
    assert said["total"] == pytest.approx(extent, abs=1e-6)
    assert said["epsg"] == 4326 or said["authority"] == ["OGC", "CRS84"]
    if name == "park":
        assert said["columns"]["ad"][0] == NASTY


def test_pyogrio_reads_in_5254_where_it_belongs(ogc):
    url = f"OAPIF:{ogc.url}"
    plain, asked = (read_with_pyogrio(url, "csbm", crs) for crs in ("", "EPSG:5254"))
    assert asked["epsg"] == 5254
    for before, after in zip(plain["bounds"], asked["bounds"], strict=True):
        assert after == pytest.approx(before, abs=1e-6)


def test_owslib_reads_layers_features_and_letters(ogc, name):
    service = Features(ogc.url)
    assert service.feature_collections() == list(COLLECTIONS)
    assert service.collection(name)["id"] == name
    said = service.collection_items(name, limit=3)
    assert said["numberMatched"] == ogc.sql(f"SELECT count(*) FROM published.{name}")[0]  # noqa: S608
    first = said["features"][0]
    assert service.collection_item(name, str(first["id"]).replace("/", "%2F"))["id"] == first["id"]
    assert service.collection_queryables(name)["type"] == "object"
    assert any(conf.endswith("/conf/core") for conf in service.conformance()["conformsTo"])
