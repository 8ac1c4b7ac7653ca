"""Pages of prose, the register, figures of use and lost addresses, in real Chromium."""

import pytest

from gis_platform.db.engine import open_database
from gis_platform.opendata.use import Use, add_use, today
from tests.browser.test_clerk import axe_findings

PAGES = [
    "/lisans", "/en/terms", "/en/privacy", "/erisilebilirlik", "/yayimlanmayanlar",
    "/en/not-published", "/en/statistics", "/katman/mahalel",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_in_light_and_dark(visit, path):
    for scheme in ("light", "dark"):
        page = visit(path, color_scheme=scheme, viewport={"width": 320, "height": 800})
        assert axe_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
    visit.noted.errors.clear()  # the address that is not there


def test_a_reader_sees_the_use_as_bars_and_as_a_table(visit, town_settings):
    with open_database(town_settings) as database:
        add_use(database, {Use(today(), "mahalle", "page"): 40, Use(today(), "csbm", "api"): 60})
    page = visit("/istatistik", java_script_enabled=False)
    bars = page.locator("svg.use-chart rect")
    for _ in range(60):  # the figures may be those of some seconds ago
        if bars.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    heights = [bars.nth(at).bounding_box()["height"] for at in range(bars.count())]
    assert heights[1] / heights[0] == pytest.approx(1.5, rel=0.05)
    row = page.get_by_role("row").nth(1).inner_text().split()
    assert row[-3:] == ["40", "0", "60"]
    page.get_by_role("link", name="Cadde ve sokaklar").click()
    assert page.url.endswith("/katman/csbm")


def test_somebody_lost_finds_the_layer_by_one_click(visit):
    page = visit("/en/layer/door-numbrs", java_script_enabled=False)
    assert page.locator("input[name=q]").input_value() == "door numbrs"
    page.get_by_role("link", name="Door numbers").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Door numbers"
    visit.noted.errors.clear()


def test_every_page_of_prose_is_reached_from_the_foot_by_keyboard(visit):
    page = visit("/")
    names = page.locator("footer a").all_inner_texts()
    assert {"Lisans", "Gizlilik", "Erişilebilirlik", "Yayımlanmayanlar"} <= set(names)
    page.locator("footer a", has_text="Gizlilik").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/gizlilik")
    page.get_by_role("link", name="English").or_(page.locator("a.language")).first.click()
    page.wait_for_url("**/en/privacy")
