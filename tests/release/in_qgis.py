"""Whether QGIS reads what a running server publishes: ``python3 tests/release/in_qgis.py URL``.

Run before a release by the Python of a QGIS installation (Debian: ``apt install python3-qgis``);
it needs nothing of this project. The features are compared with what ``/api/v1/layers`` says was
approved, the place with its extent. Exit 1 if anything is not as it should be.
"""

import json
import os
import sys
from collections.abc import Iterator
from urllib.parse import urlencode
from urllib.request import urlopen

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCoordinateTransformContext,
    QgsGeocoderContext,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsNominatimGeocoder,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileLayer,
)
from qgis.PyQt.QtCore import QSize

ABOUT_A_METRE = 1e-5
NEAR = 0.002
SIDE = 256
FILES = ("gpkg", "geojson", "flatgeobuf", "shapefile")
Said = tuple[str, bool, str]


def ask(url: str) -> dict:
    """What the server says, as JSON."""
    with urlopen(url) as answer:
        return json.load(answer)


def is_within(inner: QgsRectangle, outer: list[float]) -> bool:
    """Whether a box in degrees lies in another, but for a metre."""
    around = QgsRectangle(*outer)
    around.grow(ABOUT_A_METRE)
    return around.contains(inner)


def fits(layer: QgsVectorLayer, told: dict) -> Said:
    """Number, place and letters of a layer of features against what was approved."""
    if not layer.isValid():
        return "", False, layer.error().summary()
    degrees = QgsCoordinateTransform(
        layer.crs(), QgsCoordinateReferenceSystem("OGC:CRS84"), QgsProject.instance()
    )
    rows = list(layer.getFeatures())
    box = QgsRectangle()
    for row in rows:
        box.combineExtentWith(degrees.transformBoundingBox(row.geometry().boundingBox()))
    names = {field.name() for field in layer.fields()}
    has_columns = layer.providerType() == "ogr" or {c["name"] for c in told["columns"]} <= names
    is_good = len(rows) == told["row_count"] and is_within(box, told["extent"]) and has_columns
    return (
        "",
        is_good,
        f"{len(rows)} of {told['row_count']} · {box.toString(5)} · {layer.crs().authid()}",
    )


def layers_of(base: str, told: dict) -> Iterator[Said]:
    """Every way in which QGIS reads one published layer."""
    name = told["name"]
    source = f"url='{base}/ogc' typename='{name}' restrictToRequestBBOX='0' pageSize='1000'"
    yield ("OGC API – Features", *fits(QgsVectorLayer(source, name, "OAPIF"), told)[1:])
    for file in told["files"]:
        if file["format"] in FILES:
            path = f"/vsicurl/{file['url']}"
            path = f"/vsizip/{path}" if path.endswith(".zip") else path
            yield (file["format"], *fits(QgsVectorLayer(path, name, "ogr"), told)[1:])
    tiles = QgsVectorTileLayer("type=xyz&zmin=0&zmax=16&" + urlencode({"url": told["tiles"]}), name)
    somewhere = next(QgsVectorLayer(source, name, "OAPIF").getFeatures()).geometry().boundingBox()
    somewhere.grow(NEAR)  # small things are in the finer tiles alone
    drawn = colours(tiles, somewhere)
    yield "vector tiles", tiles.isValid() and drawn > 1, f"{drawn} colours drawn"


def colours(layer: QgsVectorTileLayer, extent: QgsRectangle) -> int:
    """How many colours are in a picture of a layer: one where nothing is drawn."""
    mercator = QgsCoordinateReferenceSystem("EPSG:3857")
    there = QgsCoordinateTransform(
        QgsCoordinateReferenceSystem("OGC:CRS84"), mercator, QgsProject.instance()
    )
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(mercator)
    settings.setExtent(there.transformBoundingBox(extent))
    settings.setOutputSize(QSize(SIDE, SIDE))
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    picture = job.renderedImage()
    return len({picture.pixel(x, y) for x in range(SIDE) for y in range(SIDE)})


def locator(base: str) -> Iterator[Said]:
    """The search bar of QGIS, asked for a door of the register."""
    geocoder = QgsNominatimGeocoder("tr", f"{base}/api/v1/nominatim/search")
    door = ask(f"{base}/ogc/collections/numarataj/items?limit=1&f=json")["features"][0]
    lon, lat = door["geometry"]["coordinates"]
    near = ask(f"{base}/api/v1/addresses/reverse?" + urlencode({"lon": lon, "lat": lat}))
    label = near["features"][0]["properties"]["label"]
    context = QgsGeocoderContext(QgsCoordinateTransformContext())
    found = geocoder.geocodeString(label, context)
    if not found or not found[0].isValid():
        yield "locator", False, f"{label}: {found[0].error() if found else 'nothing'}"
        return
    point = found[0].geometry().asPoint()
    is_there = (
        abs(point.x() - lon) < ABOUT_A_METRE * 10 and abs(point.y() - lat) < ABOUT_A_METRE * 10
    )
    yield "locator", is_there, f"{label} → {point.toString(6)}"


def main(base: str) -> int:
    """Say how each went; the number of those that did not go well."""
    bad = 0
    print(f"QGIS {Qgis.QGIS_VERSION}")
    for told in ask(f"{base}/api/v1/layers")["layers"]:
        for way, is_good, said in layers_of(base, told):
            bad += not is_good
            print("ok " if is_good else "BAD", told["name"], way, said, sep=" · ")
    for way, is_good, said in locator(base):
        bad += not is_good
        print("ok " if is_good else "BAD", way, said, sep=" · ")
    return bad


if __name__ == "__main__":
    application = QgsApplication([], False)
    application.initQgis()
    failed = main(sys.argv[1].rstrip("/"))
    application.exitQgis()
    sys.exit(bool(failed))
