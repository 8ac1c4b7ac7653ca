"""A map of somebody else, with the usual search box of MapLibre, asks our service for addresses."""

import html
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "node_modules/@maplibre/maplibre-gl-geocoder/dist"
MAP = """
async ([library, worker, program]) => {
  const maplibregl = await import(library);
  maplibregl.setWorkerUrl(worker);
  document.body.innerHTML = '<div id="map" style="width: 600px; height: 400px"></div>';
  const style = { version: 8, sources: {}, layers: [] };
  const map = new maplibregl.Map({ container: "map", style, center: [28.9, 41.1], zoom: 9 });
  new Function("map", "maplibregl", "MaplibreGeocoder", program)(map, maplibregl, MaplibreGeocoder);
  globalThis.shown = map;
}
"""


def test_the_search_box_of_maplibre_finds_an_address(visit):
    developers = visit("/en/developers")
    (program,) = re.findall(
        r'<code data-example="address MapLibre">(.*?)</code>', developers.content(), re.DOTALL
    )
    label = visit("/adres").locator(".search-hint a").first.inner_text()
    layer = visit("/katman/csbm").content()
    library, worker = (
        re.search(rf'"([^"]*/maplibre/{name}\.mjs)"', layer)[1]
        for name in ("maplibre-gl", "maplibre-gl-worker")
    )
    page = visit("/adres", bypass_csp=True)
    page.add_style_tag(path=PACKAGE / "maplibre-gl-geocoder.css")
    page.add_script_tag(path=PACKAGE / "maplibre-gl-geocoder.js")
    page.evaluate(MAP, [library, worker, html.unescape(program)])

    box = page.locator(".maplibregl-ctrl-geocoder--input")
    box.press_sequentially(label[: label.index("No:")].strip()[:-2], delay=20)
    page.locator(".maplibregl-ctrl-geocoder--suggestion").first.wait_for()
    box.fill(label)
    box.press("Enter")
    page.locator(".maplibregl-marker").first.wait_for()
    found = page.evaluate("() => shown.getCenter().toArray()")
    assert found != [28.9, 41.1]
