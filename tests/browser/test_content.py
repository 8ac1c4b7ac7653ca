"""Pages of prose, the register, figures of use and lost addresses, in real Chromium."""

import pytest

from gis_platform.db.engine import open_database
from gis_platform.opendata.use import Use, add_use, today

KINDS = ("use-page", "use-download", "use-api")


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
    drawn = dict(zip(KINDS, (0, 0, 0), strict=True))
    for bar in bars.all():
        drawn[bar.get_attribute("class")] = bar.bounding_box()["height"]
    row = page.get_by_role("row").nth(1).inner_text().split()
    told = dict(zip(KINDS, (int(each.replace(".", "")) for each in row[-3:]), strict=True))
    assert told["use-page"] >= 40  # what the other tests looked at is counted too
    assert told["use-api"] >= 60
    assert drawn["use-page"] / drawn["use-api"] == pytest.approx(
        told["use-page"] / told["use-api"], rel=0.05
    )
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
