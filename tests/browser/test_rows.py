"""A citizen finds a data set, sees it on the map, filters its table and takes the rows home."""

import csv
import re

import geopandas
import pytest

from tests.browser.access import axe_findings
from tests.browser.conftest import PHONE
from tests.browser.test_portal import open_map

DOORS = "/katman/numarataj"
FILTERED = f"{DOORS}?column=csbm&op=has&value=halic&column=dis_kapi_no&op=is&value=11%2FA"


def saved(waiting, folder):
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def cells(page, column):
    """The texts of a column of the table, by its head."""
    heads = page.locator("table.rows thead th").all_inner_texts()
    at = next(place for place, head in enumerate(heads) if head.strip("↑↓\n ") == column)
    return page.locator(f"table.rows tbody td:nth-child({at + 1})").all_inner_texts()


def narrow(page, column, op, value):
    form = page.get_by_role("form", name=re.compile("Tabloyu daralt|Narrow"))
    form.get_by_label(re.compile("Sütun|Column")).select_option(column)
    form.get_by_label(re.compile("Koşul|Condition")).select_option(op)
    form.get_by_label(re.compile("Değer|Value")).fill(value)
    form.get_by_role("button").click()


@pytest.mark.parametrize("has_script", [True, False])
def test_a_citizen_finds_filters_and_takes_home(visit, tmp_path, has_script):
    page = visit("/", java_script_enabled=has_script)
    page.locator("main input[name=q]").fill("kapi numralari")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ara?q=*")
    page.get_by_role("link", name="Kapı numaraları").first.click()
    page.wait_for_url("**/katman/numarataj")
    if has_script:
        assert open_map(page)["numarataj"] > 0
    narrow(page, "csbm", "has", "halic")
    page.wait_for_url("**op=has*")
    assert set(cells(page, "csbm")) == {"HALİÇ"}
    narrow(page, "dis_kapi_no", "has", "/a")
    page.wait_for_url("**value=*value=*")
    numbers = cells(page, "dis_kapi_no")
    assert numbers
    assert all(number.endswith("/A") for number in numbers)
    page.get_by_role("link", name="dis_kapi_no", exact=True).click()
    assert page.locator("th[aria-sort=ascending]").inner_text().startswith("dis_kapi_no")
    in_order = cells(page, "dis_kapi_no")
    assert in_order == sorted(in_order, key=lambda said: int(said.partition("/")[0]))
    for name in ("CSV (Türkçe Excel)", "GeoPackage"):
        with page.expect_download() as waiting:
            page.get_by_role("group", name="Seçilen satırlar").get_by_role(
                "link", name=name
            ).click()
        path = saved(waiting, tmp_path)
        if path.suffix == ".gpkg":
            assert list(geopandas.read_file(path)["dis_kapi_no"]) == in_order
            continue
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert [row["dis_kapi_no"] for row in csv.DictReader(file, delimiter=";")] == in_order
    page.get_by_role("link", name="Koşulu kaldır: csbm içinde geçer: halic").click()
    assert set(cells(page, "csbm")) != {"HALİÇ"}
    page.get_by_role("link", name="Bütün satırlar").click()
    assert page.locator(".narrowings").count() == 0


def test_the_same_by_keyboard_alone(visit, tmp_path):
    page = visit(DOORS)

    def to(is_there):
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate(
                f"(() => {{ const at = document.activeElement; return {is_there}; }})()"
            ):
                assert (
                    page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
                    == "solid"
                )
                return
        raise AssertionError(is_there)

    to("at.id === 'column'")
    page.keyboard.type("csbm –")
    to("at.id === 'op'")
    to("at.id === 'value'")
    page.keyboard.type("halic")
    page.keyboard.press("Enter")
    page.wait_for_url("**value=halic*")
    assert set(cells(page, "csbm")) == {"HALİÇ"}
    to("at.closest('tr[data-key]') && at.matches('.row-show a')")
    key = page.evaluate("document.activeElement.closest('tr').dataset.key")
    page.keyboard.press("Enter")
    page.locator(".map-card h3").wait_for(timeout=30_000)
    page.locator(".map-card h3:focus").wait_for(timeout=30_000)
    assert key in page.locator(".map-card").inner_text()
    assert page.locator("tr[aria-current=true]").get_attribute("data-key") == key
    assert f"feature={key}" in page.url
    to("at.matches('.map-close')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('tr')?.dataset.key") == key
    to("at.closest('.subset') && at.href.includes('format=csv_excel')")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert "HALİÇ" in saved(waiting, tmp_path).read_text(encoding="utf-8-sig")


def test_a_click_on_the_map_brings_the_row_from_another_page(visit):
    page = visit(DOORS)
    open_map(page)
    key, x, y = page.evaluate(
        """() => {
          const rows = [...document.querySelectorAll('tr[data-key]')];
          const here = new Set(rows.map((row) => row.dataset.key));
          const box = gisMap.getCanvas().getBoundingClientRect();
          const inner = gisMap.queryRenderedFeatures({layers: ['numarataj-point']})
            .map((f) => [f.properties.kimlik_no, gisMap.project(f.geometry.coordinates)])
            .find(([key, p]) => !here.has(String(key)) &&
              p.x > 400 && p.x < 900 && p.y > 150 && p.y < 350);
          return [String(inner[0]), box.left + inner[1].x, box.top + inner[1].y];
        }"""
    )
    page.mouse.click(x, y)
    row = page.locator("tr[aria-current=true]")
    row.wait_for(timeout=15_000)
    chosen = row.get_attribute("data-key")
    assert chosen in page.locator(".map-card").inner_text()
    drawn = page.evaluate("gisMap.getSource('chosen').serialize().data.properties.kimlik_no")
    assert str(drawn) == chosen
    page.locator(".map-card").get_by_role("link", name="Tablodaki satırı").click()
    page.locator("tr[data-key]:focus").wait_for(timeout=30_000)
    assert page.evaluate("document.activeElement.dataset.key") == chosen
    assert f"feature={chosen}" in page.url
    again = visit(page.url.removeprefix(visit.address), java_script_enabled=False)
    assert again.locator("tr[aria-current=true]").get_attribute("data-key") == chosen
    assert again.locator(".map-spot circle").count() == 1
    assert "Seçilen kayıt" in again.locator(".picked-note").inner_text()
    assert key


def test_the_record_in_the_middle_is_chosen_with_enter(visit):
    page = visit("/katman/mahalle")
    open_map(page)
    page.keyboard.press("Enter")
    page.locator(".map-card h3:focus").wait_for(timeout=30_000)
    assert "Adı" in page.locator(".map-card").inner_text() or page.locator(".map-card dd").count()
    page.locator("tr[aria-current=true]").wait_for()


def test_the_legend_names_every_layer_of_the_map_in_both_languages(visit):
    for path, name in ((DOORS, "Kapı numaraları"), ("/en/layer/numarataj", "Door numbers")):
        page = visit(path, java_script_enabled=False)
        said = page.locator(".legend").inner_text()
        assert name in said
        shown = page.evaluate(
            "JSON.parse(document.querySelector('.map').dataset.map).layers.length"
        )
        assert page.locator(".legend li:not(.only-open)").count() == shown


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_filtered_page_with_a_chosen_row_is_for_everybody(visit, scheme):
    page = visit(f"{FILTERED}&feature=801001", color_scheme=scheme)
    assert axe_findings(page) == []


@pytest.mark.parametrize(
    "path", [FILTERED, f"{DOORS}?feature=801001", "/en/layer/mahalle?column=ad"]
)
def test_a_narrow_phone_does_not_scroll_sideways(visit, path):
    page = visit(path, viewport={"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_phone_shows_a_row_on_the_map(visit):
    page = visit(DOORS, viewport=PHONE, has_touch=True, is_mobile=True)
    page.locator(".row-show a").nth(3).tap()
    page.locator(".map-card h3").wait_for(timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_value_that_is_none_is_answered_kindly_and_never_run(visit):
    attack = '"><img src=x onerror="document.title=\'broken\'">'
    page = visit(DOORS)
    narrow(page, "csbm_kodu", "is", attack)
    page.wait_for_url("**op=is*")
    assert page.get_by_role("alert").is_visible()
    narrow(page, "csbm", "has", attack)
    assert page.title() != "broken"
    assert page.locator("img[src=x]").count() == 0
