"""Links of the static copy: where each address lies as a file, and how pages name it."""

from importlib import resources

import pytest

from gis_platform.opendata.portal import static_links
from gis_platform.opendata.portal.static_links import (
    MAX_TILE_ZOOM,
    PageLinks,
    leads,
    maps,
    relative,
    rewrite_page,
    rewrite_text,
    static_path,
    text_leads,
)

BASE = "https://kopya.example/veri"
MAP = """<div class="map" data-map='{"layers": [{"tiles": "/tiles/park/1/{z}/{x}/{y}.mvt", "bounds": [28.9, 41.0, 28.91, 41.01], "minZoom": 14, "labels": "/outline/park/1.labels.geojson"}]}'></div>"""  # noqa: E501


@pytest.mark.parametrize(
    ("address", "kind", "expected"),
    [
        ("/", "text/html", "index.html"),
        ("/en/", "text/html", "en/index.html"),
        ("/katman/park", "text/html", "katman/park/index.html"),
        ("/katmanlar?page=2", "text/html", "katmanlar/page-2/index.html"),
        ("/katalog.ttl?page=2", "text/turtle", "katalog.page-2.ttl"),
        ("/katman/park.iso19139.xml", "application/xml", "katman/park.iso19139.xml"),
        ("/grafik/park/1", "image/svg+xml", "grafik/park/1.svg"),
        ("/outline/park/1.labels.geojson", "application/geo+json", "outline/park/1.labels.geojson"),
        ("/files/park/v1/%C5%9Fi%C5%9Fli.csv", "text/csv", "files/park/v1/şişli.csv"),
    ],
)
def test_an_address_becomes_a_file(address, kind, expected):
    assert static_path(address, kind) == expected


@pytest.mark.parametrize("address", ["/../x", "/a/%2e%2e/x", "/a/..%2Fx", "/a/%00", "/a\\b"])
def test_no_file_lies_outside_the_folder(address):
    with pytest.raises(ValueError, match=r"."):
        static_path(address, "text/html")


def test_a_link_is_relative_to_its_page():
    assert relative("index.html", "katman/park/index.html") == "../../index.html"
    assert relative("katman/park.ttl", "katman/park/index.html", "kume") == "../park.ttl#kume"
    assert relative("files/x/şişli.csv", "index.html") == "files/x/%C5%9Fi%C5%9Fli.csv"


def test_leads_are_found_in_every_attribute():
    html = f"""<head><link href="{BASE}/a"></head><a href='/b?x=1&amp;y=2#c'>/yok</a>
    <img srcset="/k.png 1x, /l.png 2x" src="/m.png"><i data-worker="/n.mjs"></i>{MAP}
    <a href="https://baska.example/z">z</a><a href="//baska.example/y">y</a><code>/metin</code>"""
    assert set(leads(html, BASE)) == {
        "/a", "/b?x=1&y=2", "/k.png", "/l.png", "/m.png", "/n.mjs",
        "/outline/park/1.labels.geojson",
    }  # fmt: skip


def test_tiles_of_a_map_are_counted_out():
    (tiles,) = maps(MAP)
    paths = list(tiles.paths())
    assert tiles.zooms == range(14, MAX_TILE_ZOOM + 1)
    assert len(paths) == len(set(paths))
    assert all(path.startswith("/tiles/park/1/1") for path in paths)


def test_a_layer_too_wide_gets_fewer_zooms(monkeypatch):
    monkeypatch.setattr(static_links, "MOST_TILES", 4)
    (tiles,) = maps(MAP)
    assert tiles.zooms == range(14, 15) or len(list(tiles.paths())) <= 4


def test_the_map_of_the_portal_asks_for_no_deeper_zoom():
    folder = resources.files("gis_platform.opendata.portal") / "static"
    script = (folder / "map.mjs").read_text("utf-8")
    assert f"const MAX_TILE_ZOOM = {MAX_TILE_ZOOM};" in script


def rewritten(html, known=("/", "/katman/park", "/ara"), here="/katman/park"):
    def target(path):
        plain = path.partition("#")[0]
        return f"../{plain.strip('/')}.html" if plain in known else None

    links = PageLinks(
        BASE, here, target, lambda path: f"https://canli.example{path}", "../ara.html"
    )
    return rewrite_page(html, links)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a class="x" href="/katman/park">P</a>', '<a class="x" href="../katman/park.html">P</a>'),
        ('<a href="/adres?q=1">A</a>', '<a href="https://canli.example/adres?q=1">A</a>'),
        ('<th><a href="/katman/park?sort=ad">ad<b>↑</b></a></th>', "<th>ad<b>↑</b></th>"),
        ('<p>1</p><form action="/bildir" method="post"><input></form><p>2</p>', "<p>1</p><p>2</p>"),
        ('<form role="search" action="/katmanlar">x</form>',
         '<form role="search" action="../ara.html">x</form>'),
        (f'<link rel="canonical" href="{BASE}/x">', f'<link rel="canonical" href="{BASE}/x">'),
        ("<pre>&lt;a href=\"/katman/park\"&gt; 'x' /ara</pre>",
         "<pre>&lt;a href=\"/katman/park\"&gt; 'x' /ara</pre>"),
        ('<script type="application/ld+json">{"url": "/ara"}</script>',
         '<script type="application/ld+json">{"url": "/ara"}</script>'),
        ('<img src="/yok.svg">', '<img src="/yok.svg">'),
    ],
)  # fmt: skip
def test_a_page_is_rewritten(html, expected):
    assert rewritten(html) == expected


def test_addresses_in_a_document_follow_files_that_moved():
    text = f'<{BASE}/katalog.ttl?page=2> , "{BASE}/katman/park#kume" {BASE}.baska {BASE}'
    said = rewrite_text(text, BASE, lambda path: "katalog.page-2.ttl" if "page=2" in path else None)
    assert said == text.replace("katalog.ttl?page=2", "katalog.page-2.ttl")
    assert set(text_leads(text, BASE)) == {"/katalog.ttl?page=2", "/katman/park", "/"}
