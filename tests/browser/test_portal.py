"""A citizen finds a layer, sees it, reads it and takes it home: in real Chromium."""

from pathlib import Path

import pyogrio
import pytest

from tests.browser.conftest import PHONE

ATTACK = (
    "\"><img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>"
)
HERE = Path(__file__).parent


def script(name):
    """A function that looks at a page, from the file beside this one."""
    return (HERE / f"{name}.js").read_text(encoding="utf-8")


def open_map(page):
    page.get_by_role("button", name="Haritayı aç").or_(
        page.get_by_role("button", name="Open the map")
    ).click()
    page.wait_for_selector(".map[data-state=idle]", timeout=30_000)
    return page.evaluate(script("drawn"))


@pytest.mark.parametrize("name", ["mahalle", "csbm", "numarataj", "yapi"])
def test_the_map_of_a_layer_shows_its_features(visit, name):
    assert open_map(visit(f"/katman/{name}"))[name] > 0


def test_the_map_of_the_city_shows_every_layer(visit):
    drawn = open_map(visit("/"))
    assert {"mahalle", "csbm", "numarataj", "yapi"} <= set(drawn)


def test_names_on_the_map_are_drawn_without_a_glyph_server(visit):
    page = visit("/katman/mahalle")
    open_map(page)
    names = page.evaluate(
        "gisMap.queryRenderedFeatures({layers: ['mahalle-label']}).map((f) => f.properties.ad)"
    )
    assert sorted(names) == sorted(["NİŞANCI", "İSLAMBEY", "ÇIRÇIR", "GÜZELTEPE", "ŞIĞINAK"])


def test_a_click_on_a_feature_shows_what_is_known_of_it(visit):
    page = visit("/en/layer/numarataj")
    open_map(page)
    x, y = page.evaluate(
        """() => {
          const inner = gisMap.queryRenderedFeatures({layers: ['numarataj-point']})
            .map((f) => gisMap.project(f.geometry.coordinates))
            .find((p) => p.x > 300 && p.x < 900 && p.y > 150 && p.y < 350);
          const box = gisMap.getCanvas().getBoundingClientRect();
          return [box.left + inner.x, box.top + inner.y];
        }"""
    )
    with page.expect_response("**/api/v1/layers/numarataj/features/*"):
        page.mouse.click(x, y)
    card = page.locator(".map-card")
    card.get_by_text("Name of its mahalle").wait_for()
    assert "Door numbers" in card.inner_text()
    card.get_by_role("button", name="Close").click()
    assert page.locator(".map-card").count() == 0


def test_the_map_follows_the_dark_scheme(visit):
    page = visit("/katman/mahalle", color_scheme="dark")
    open_map(page)
    ground = page.evaluate("gisMap.getPaintProperty('ground', 'background-color')")
    assert ground == "#141d23"


def test_the_map_is_moved_with_the_keyboard(visit):
    page = visit("/katman/mahalle")
    open_map(page)
    before = page.evaluate("gisMap.getZoom()")
    page.keyboard.press("+")
    page.wait_for_function("before => gisMap.getZoom() > before + 0.5", arg=before)


def test_a_map_that_cannot_be_opened_says_so(visit):
    page = visit("/katman/mahalle")
    page.route("**/maplibre-gl.mjs", lambda route: route.abort())
    page.get_by_role("button", name="Haritayı aç").click()
    page.get_by_text("Harita açılamadı").wait_for()
    visit.noted.errors.clear()


def test_the_keyboard_reaches_search_and_downloads(visit):
    page = visit("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("mahale sınır")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ara?q=*")
    page.get_by_role("link", name="Mahalle sınırları").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/katman/mahalle")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.hasAttribute('download')"):
            break
    assert page.evaluate("document.activeElement.hasAttribute('download')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_an_address_is_found_and_pinned_on_the_map(visit):
    page = visit("/")
    page.get_by_role("link", name="No: ").click()
    said = page.locator("main input[name=q]").input_value()
    page.locator("#addresses").wait_for()
    page.get_by_role("link", name="Bu adresi haritada göster").click()
    assert page.get_by_text("Adres bulundu.").is_visible()
    assert said.rpartition(" ")[2] == page.locator(".answer.first .plate-no").inner_text()
    open_map(page)
    assert page.locator(".pin").count() >= 1
    label = page.locator(".answer.first h3").inner_text()
    assert page.get_by_role("img", name=label).count() == 1


def test_an_address_that_is_not_known_is_answered_kindly(visit):
    page = visit("/en/address")
    page.get_by_label("Address", exact=True).fill("qqqq zzzz 99")
    page.get_by_role("button", name="Search").click()
    assert page.get_by_text("The address is not in the register.").is_visible()


@pytest.mark.parametrize("name", ["GeoPackage", "GeoJSON", "CSV"])
def test_a_download_is_a_file_that_opens(visit, tmp_path, name):
    page = visit("/katman/numarataj")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).first.click()
    path = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(path)
    frame = pyogrio.read_dataframe(path)
    assert len(frame) == 768
    assert "ÖĞRETMEN" in set(frame["csbm"])


def test_without_javascript_everything_but_the_map_is_there(visit):
    page = visit("/katman/numarataj", java_script_enabled=False)
    assert page.locator("table.rows tbody tr").count() == 20
    assert page.get_by_role("link", name="GeoPackage").first.is_visible()
    assert page.get_by_role("button", name="Haritayı aç").count() == 0
    assert page.locator("noscript").first.inner_text() != ""
    page.get_by_role("link", name="Sonraki").click()
    assert "21–40" in page.locator("table.rows caption").inner_text()
    page.get_by_role("link", name="csbm", exact=True).click()
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("csbm")
    page.goto(visit.address + "/ara?q=mahalle")
    assert page.get_by_role("link", name="Mahalle sınırları").is_visible()


def test_the_other_language_is_one_click_away_and_stays_on_the_page(visit):
    page = visit("/katman/numarataj?sort=csbm&order=asc&page=2")
    page.get_by_role("link", name="English").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Door numbers"
    assert "sort=csbm" in page.url
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="Türkçe").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Kapı numaraları"


@pytest.mark.parametrize("path", ["/ara", "/adres", "/katmanlar", "/en/search"])
def test_what_is_typed_is_shown_as_text_and_never_run(visit, path):
    page = visit(path)
    page.locator("main input[name=q]").fill(ATTACK)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert page.locator("main input[name=q]").input_value() == ATTACK
    assert page.title() != "broken"
    assert page.locator("img[src=x]").count() == 0


def test_a_phone_opens_the_map_of_a_layer(visit):
    page = visit("/katman/csbm", viewport=PHONE, has_touch=True, is_mobile=True)
    assert open_map(page)["csbm"] > 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_the_ready_attribution_is_copied(visit, chromium):
    page = visit("/katman/mahalle", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopyala", exact=True).click()
    page.get_by_role("button", name="Kopyalandı").wait_for()
    assert "Mahalle sınırları" in page.evaluate("navigator.clipboard.readText()")


def test_a_page_that_is_not_there_helps(visit):
    page = visit("/katman/yok")
    assert page.get_by_role("heading", level=1).inner_text() == "Sayfa bulunamadı"
    page.locator("main").get_by_role("link", name="Katmanlar").click()
    assert page.url.endswith("/katmanlar")
    visit.noted.errors.clear()
