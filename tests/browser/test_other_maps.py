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
STYLED = """
async ([library, worker, style]) => {
  const maplibregl = await import(library);
  maplibregl.setWorkerUrl(worker);
  document.body.innerHTML = '<div id="map" style="width: 600px; height: 400px"></div>';
  const map = new maplibregl.Map({ container: "map", style });
  await map.once("idle");
  const { bounds } = await (await fetch(map.getStyle().sources.csbm.url)).json();
  map.fitBounds(bounds, { animate: false });
  await map.once("idle");
  return map.queryRenderedFeatures().length;
}
"""


def map_files(said):
    """Addresses of the map library and its worker, from a page with a map."""
    return [
        re.search(rf'"([^"]*/maplibre/{name}\.mjs)"', said)[1]
        for name in ("maplibre-gl", "maplibre-gl-worker")
    ]


def test_maplibre_draws_a_layer_from_its_style_alone(visit):
    page = visit("/katman/csbm", bypass_csp=True)
    library, worker = map_files(page.content())
    drawn = page.evaluate(STYLED, [library, worker, "/ogc/collections/csbm/styles/maplibre"])
    assert drawn > 5


def test_the_search_box_of_maplibre_finds_an_address(visit):
    developers = visit("/en/developers")
    (program,) = re.findall(
        r'<code data-example="address MapLibre">(.*?)</code>', developers.content(), re.DOTALL
    )
    label = visit("/adres").locator(".search-hint a").first.inner_text()
    library, worker = map_files(visit("/katman/csbm").content())
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
