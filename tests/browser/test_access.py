"""Every page is for everybody: axe, valid HTML, the keyboard alone, narrow phones, dark rooms."""

import httpx
import pytest

from gis_platform.opendata.portal.paths import PAGES
from tests.browser.access import axe_findings, html_findings
from tests.browser.conftest import PHONE
from tests.browser.test_portal import open_map

EXAMPLES = {
    "layer": [{"name": "mahalle"}, {"name": "numarataj"}, {"name": "yapi"}],
    "page": [],  # pages of a municipality's own; the town has none
    "feed": [],  # Atom
}
"""What stands for the parts of an address; the layer of boundaries where nothing is said."""
QUERIES = {
    "address": ["?q=Hali%C3%A7+Bulvar%C4%B1+12", "?q=qqqq+99", ""],
    "search": ["?q=kap%C4%B1", "?q=olmayan+%C5%9Fey", ""],
    "layers": ["", "?q=door&theme=GOVE"],
    "layer": ["", "?sort=kimlik_no&order=desc&page=2"],
    "report": ["?layer=numarataj"],
    "verify": ["", "?sha256=" + "0" * 64],
}
TYPES = [
    path.format(**parts) + query
    for name, paths in PAGES.items()
    for path in paths.values()
    for parts in EXAMPLES.get(name, [{"name": "mahalle"}])
    for query in QUERIES.get(name, [""])
] + ["/yok", "/katman/mahalel", "/en/layer/nothing"]
"""Every kind of page in both languages; what is added to the list of pages is here by itself."""
OGC = ["/ogc", "/ogc/collections", "/ogc/collections/mahalle", "/ogc/collections/mahalle/items",
       "/ogc/collections/mahalle/items/30001", "/ogc/openapi", "/ogc/conformance"]  # fmt: skip


@pytest.mark.parametrize("path", [*TYPES, *(f"{each}?f=html" for each in OGC)])
def test_axe_finds_nothing_in_light_and_dark_wide_and_narrow(visit, path):
    page = visit(path, reduced_motion="reduce")
    assert axe_findings(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 320, "height": 800})
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    visit.noted.errors.clear()  # 404 of the pages that are not there


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/en/layer/mahalle", "/katman/numarataj"])
def test_axe_finds_nothing_beside_an_open_map(visit, path, scheme):
    page = visit(path, color_scheme=scheme)
    open_map(page)
    assert axe_findings(page) == []


def test_axe_finds_nothing_on_a_phone_with_an_open_map(visit):
    page = visit("/katman/csbm", viewport=PHONE, has_touch=True, is_mobile=True)
    open_map(page)
    assert axe_findings(page) == []


def test_every_page_is_valid_html(address, tmp_path):
    paths = [*TYPES, *(f"{each}?f=html" for each in OGC)]
    with httpx.Client(headers={"Accept": "text/html"}, follow_redirects=True) as client:
        texts = {path: client.get(address + path).text for path in paths}
    assert all(text.startswith("<!doctype html>") for text in texts.values())
    assert html_findings(texts, tmp_path) == []


def test_the_checks_find_what_they_look_for(visit, tmp_path):
    page = visit("/")
    page.evaluate(
        "document.querySelector('main').innerHTML += "
        '\'<p id="faint">soluk</p><input><img src="data:,"><a href="/"></a>\''
    )
    page.evaluate("document.querySelector('#faint').style.color = '#cccccc'")
    found = {rule for rule, _ in axe_findings(page)}
    assert {"color-contrast", "label", "image-alt", "link-name"} <= found
    text = '<!doctype html><html lang="tr"><head><title>x</title></head><body><p><div></p></body>'
    assert html_findings({"bad": text}, tmp_path)
    visit.noted.errors.clear()


@pytest.mark.parametrize("path", ["/", "/katman/numarataj", "/katmanlar", "/en/verify"])
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(visit, path):
    """Tab from the first to the last: nothing is passed over, nothing holds the focus fast."""
    page = visit(path)
    wanted = page.evaluate(
        "[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary,"
        ' [tabindex="0"]\')].filter((e) => e.checkVisibility()).length'
    )
    reached = set()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        at, is_ringed = page.evaluate(
            """() => {
              const e = document.activeElement, all = [...document.querySelectorAll("*")];
              const ringed = [e, e.closest(".card")].filter(Boolean).map(getComputedStyle)
                .some((s) => s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2);
              return [e === document.body ? -1 : all.indexOf(e), ringed];
            }"""
        )
        if at == -1:
            break
        assert is_ringed, page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        reached.add(at)
    assert len(reached) >= wanted
