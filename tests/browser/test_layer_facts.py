"""Quality, charts, changes and the embedded map of a layer, in a real browser."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from gis_platform.db.engine import open_database
from tests.browser.test_clerk import axe_findings
from tests.trees import later, publish_trees, tree_settings, trees

PAGES = [
    "/katman/agac", "/en/layer/agac", "/katman/agac/degisenler", "/en/layer/agac/changes",
    "/katman/agac/embed", "/en/layer/agac/embed",
]  # fmt: skip


@pytest.fixture(scope="module")
def planted(town_settings, address) -> str:
    """The portal, with two versions of its trees."""
    own = tree_settings(town_settings.home).model_copy(update={"db": town_settings.db})
    with open_database(own) as database:
        publish_trees(own, database, trees())
        publish_trees(own, database, later(trees()))
    return address


@pytest.fixture
def see(planted, visit):
    return visit


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_the_page(see, path, scheme):
    page = see(path, color_scheme=scheme)
    for each in page.locator("details").all():
        each.evaluate("each => each.open = true")
    assert axe_findings(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(see, path):
    page = see(path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("width", [320, 1280])
def test_the_letters_of_a_chart_can_be_read_and_stay_inside(see, width):
    page = see("/katman/agac", viewport={"width": width, "height": 900})
    charts = page.locator("svg.chart")
    assert charts.count() == 7
    for chart in charts.all():
        frame = chart.bounding_box()
        for text in chart.locator("text").all():
            box = text.bounding_box()
            assert box["height"] >= 10
            assert box["x"] >= frame["x"] - 1.5
            assert box["x"] + box["width"] <= frame["x"] + frame["width"] + 1.5


def test_a_chart_is_named_and_has_its_table(see):
    page = see("/en/layer/agac", java_script_enabled=False)
    assert page.get_by_role("img", name="Health: number of records").count() == 1
    page.get_by_text("As a table: Health").click()
    table = page.get_by_role("group", name="Health: number of records")
    assert table.get_by_role("row", name="Ill <treated>").count() == 1


def test_changes_are_found_from_the_page_of_the_layer_without_a_script(see):
    page = see("/katman/agac", java_script_enabled=False)
    page.get_by_role("link", name="Önceki sürümden bu yana ne değişti?").click()
    counts = page.locator("dl.figures dd").all_inner_texts()
    assert counts == ["1", "2", "3"]
    page.get_by_label("Hangi değişiklik?").select_option("removed")
    page.get_by_role("button", name="Göster").click()
    assert [each.inner_text() for each in page.locator("tbody th").all()] == ["1", "2"]


@pytest.fixture
def elsewhere(planted) -> Iterator[str]:
    """A page of another host that has pasted the code in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # named by the library
            frames = "".join(f'<iframe src="{planted}{path}" width="640" height="420"></iframe>'
                             for path in ("/katman/agac/embed", "/katman/agac"))  # fmt: skip
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>x</title>{frames}".encode())

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("localhost", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_another_site_shows_the_map_and_no_other_page(chromium, elsewhere):
    context = chromium.new_context(viewport={"width": 1000, "height": 1000})
    page = context.new_page()
    page.goto(elsewhere)
    embedded, refused = page.frames[1:3]
    embedded.get_by_role("button", name="Haritayı aç").click()
    embedded.locator(".map.is-open canvas").wait_for(timeout=30_000)
    assert "Belediye, Ağaçlar" in embedded.locator("p.small").inner_text()
    assert refused.url.startswith("chrome-error:"), "the other page is kept out"
    assert context.cookies() == []
    context.close()
