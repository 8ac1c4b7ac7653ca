"""``gis portal export``: the copy works from ``python -m http.server``, and holds what is public.

Every link in it is followed, real Chromium opens it, and it is made again after a withdrawal.
"""

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from pydantic import SecretStr
from rdflib import Graph
from rdflib.namespace import RDF

from gis_platform.api.static_export import export_site
from gis_platform.core.settings import DatabaseSettings, ServerSettings, Settings
from gis_platform.opendata.dcat import DCAT
from gis_platform.opendata.portal.static_folder import MARK, SUMS
from tests.browser.conftest import GIS, Visitor
from tests.town import LAYERS, load_town, publish_layers, withdraw_layer

URL = "https://kopya.belediye.example/veri"
PHONE = {"width": 360, "height": 740}
LINK = re.compile(
    r"""<(\w+)[^>]*?\s(?:href|src|action|data-library|data-worker|data-style)="([^"]*)\""""
)
TILES = re.compile(r'"tiles": "([^"]+)"')


class Copied:
    """A published town and its copy."""

    def __init__(self, settings, database, folder):
        self.settings, self.database, self.folder = settings, database, folder

    def command(self, *more):
        return [*GIS, "portal", "export", str(self.folder), *more]

    def environment(self, **more):
        url = self.settings.db.url.get_secret_value()
        mine = {"GIS_HOME": str(self.settings.home), "GIS_DB__URL": url, "GIS_LANGUAGE": "en"}
        return {k: v for k, v in os.environ.items() if not k.startswith("GIS_")} | mine | more

    def run(self, *more, **environment):
        return subprocess.run(
            self.command(*(more or ("--url", URL))), env=self.environment(**environment),
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    def files(self):
        return {
            path.relative_to(self.folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.folder.rglob("*") if path.is_file()
        }  # fmt: skip


@pytest.fixture(scope="module")
def copied(_server, tmp_path_factory):
    folder = tmp_path_factory.mktemp("static")
    with _server.clone() as database:
        url = database.url().render_as_string(hide_password=False)
        settings = Settings(home=folder / "home", db=DatabaseSettings(url=SecretStr(url)))
        load_town(database)
        publish_layers(settings, database)
        made = Copied(settings, database, folder / "copy")
        done = made.run()
        assert done.returncode == 0, done.stderr
        made.said = done.stdout
        yield made


@pytest.fixture(scope="module")
def plain_server(copied):
    """``python -m http.server`` over the copy, under a path as on a shared host."""
    root = copied.folder.parent / "root"
    root.mkdir()
    (root / "veri").symlink_to(copied.folder)
    with socket.create_server(("127.0.0.1", 0)) as opened:
        port = opened.getsockname()[1]
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "-d", root]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}/veri"
        for _ in range(100):
            try:
                httpx.get(address)
                break
            except httpx.ConnectError:
                time.sleep(0.1)
        try:
            yield address
        finally:
            process.terminate()
            process.wait(10)


@pytest.fixture
def see(chromium, plain_server):
    visitor = Visitor(chromium, plain_server)
    yield visitor
    visitor.close()
    assert visitor.noted.foreign == []
    assert visitor.noted.errors == []


def exported(settings, database, folder):
    """In a thread of its own: Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(export_site, settings, database, folder, URL).result()


def pages(copied):
    return sorted(name for name in copied.files() if name.endswith(".html"))


def test_the_whole_public_side_is_there(copied):
    there = copied.files()
    for layer in LAYERS:
        assert {f"katman/{layer}/index.html", f"en/layer/{layer}/index.html"} <= set(there)
        assert {f"katman/{layer}.{ending}" for ending in ("ttl", "rdf", "jsonld")} <= set(there)
        assert {f"files/{layer}/v1/{layer}.{end}" for end in ("gpkg", "pmtiles", "xlsx")} <= set(
            there
        )
    assert {
        "index.html", "en/index.html", "katmanlar/index.html", "hakkinda/index.html",
        "katalog.ttl", "sitemap.xml", "robots.txt", "akis.atom", "en/feed.atom", "ara/index.html",
    } <= set(there)  # fmt: skip
    assert any(name.endswith("maplibre-gl.mjs") for name in there)
    assert not [name for name in there if name.startswith(("api/", "ogc/", "adres", "bildir"))]
    count, written = (
        int(each.replace(",", ""))
        for each in re.findall(r"([\d,]+) (?:files|written)", copied.said)
    )
    assert count == written == len(there) - 2


def test_checksums_of_the_copy_are_right(copied):
    told = dict(
        reversed(line.split("  ", 1)) for line in (copied.folder / SUMS).read_text().splitlines()
    )
    assert told == {k: v for k, v in copied.files().items() if k not in {SUMS, MARK}}


def test_no_link_is_broken_and_none_leads_to_the_server(copied, plain_server):
    asked = {}
    with httpx.Client(follow_redirects=True) as client:
        for page in pages(copied):
            html = (copied.folder / page).read_text("utf-8")
            for tag, link in LINK.findall(html):
                said = unescape(link)
                if said.startswith(("mailto:", "#", "data:")):
                    continue
                if urlsplit(said).scheme:
                    # links to other hosts: licences; whole addresses of the copy itself in <link>
                    assert tag == "link" or not said.startswith(URL), (page, said)
                    continue
                assert not said.startswith("/"), (page, said)
                address = urljoin(f"{plain_server}/{page}", said).partition("#")[0]
                asked.setdefault(address, page)
            for template in TILES.findall(unescape(html)):
                assert not template.startswith("/"), page
        broken = [
            (address, page) for address, page in asked.items()
            if client.head(address).status_code != 200
        ]  # fmt: skip
    assert len(asked) > 40
    assert broken == []


def test_what_machines_read_names_only_what_is_there(copied):
    there = copied.files()
    texts = [name for name in there if name.endswith((".xml", ".atom", ".ttl", ".rdf", ".jsonld"))]
    texts += [name for name in there if name.endswith("datapackage.json")]
    assert len(texts) > 15
    for name in texts:
        text = (copied.folder / name).read_text("utf-8")
        for address in re.findall(re.escape(URL) + r"([^\s\"'<>]*)", text):
            path = unescape(address).partition("#")[0].strip("/")
            assert {path, f"{path}/index.html".strip("/")} & set(there), (name, address)


def test_the_catalogue_of_the_copy_is_whole(copied):
    graph = Graph().parse(copied.folder / "katalog.ttl")
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(LAYERS)
    assert not list(graph.subjects(RDF.type, DCAT.DataService))
    for address in graph.objects(None, DCAT.downloadURL):
        assert (copied.folder / str(address).removeprefix(f"{URL}/")).is_file()


def test_a_second_run_writes_nothing_and_gives_the_same_bytes(copied):
    before = copied.files()
    times = {name: (copied.folder / name).stat().st_mtime_ns for name in before if name != SUMS}
    done = copied.run(PYTHONHASHSEED="7")
    assert done.returncode == 0, done.stderr
    assert "0 written, 0 removed" in done.stdout
    assert copied.files() == before
    assert times == {name: (copied.folder / name).stat().st_mtime_ns for name in times}


def test_a_killed_run_is_carried_on(copied, tmp_path):
    other = Copied(copied.settings, copied.database, tmp_path / "copy")
    with subprocess.Popen(other.command("--url", URL), env=other.environment()) as process:
        while process.poll() is None and len(list(other.folder.rglob("*"))) < 60:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    assert not (other.folder / SUMS).exists()
    (other.folder / "files" / "yapi" / "v9").mkdir(parents=True)
    (other.folder / "files" / "yapi" / "v9" / "eski.csv").write_text("gizli")
    exported(copied.settings, copied.database, other.folder)
    assert other.files() == copied.files()


def test_chromium_opens_every_page_without_a_fault(copied, see):
    for page in pages(copied):
        opened = see("/" + page.removesuffix("index.html"))
        assert opened.locator("h1").count() == 1, page
        opened.context.close()


@pytest.mark.parametrize("page", ["/", "/en/layer/mahalle/", "/katman/numarataj/"])
def test_the_map_opens_and_is_drawn_from_files(see, page):
    opened = see(page)
    opened.locator(".map-open button").first.click()
    opened.wait_for_selector('.map[data-state="idle"]', timeout=30_000)
    drawn = opened.evaluate("gisMap.queryRenderedFeatures().length")
    assert drawn > 0
    opened.evaluate(
        "new Promise((done) => { gisMap.once('idle', () => done()); gisMap.jumpTo({zoom: 16}); })"
    )
    box = opened.locator(".map-canvas").bounding_box()
    opened.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_search_narrows_the_list_and_knows_turkish_letters(see):
    opened = see("/")
    opened.fill("#q", "BİNALAR")
    opened.keyboard.press("Enter")
    opened.wait_for_url("**/ara/index.html?q=*")
    assert opened.locator("[data-listed] > li:visible").count() >= 1
    opened.fill("#q", "mahale")
    titles = opened.locator("[data-listed] > li:visible h3").all_inner_texts()
    assert any("Mahalle" in title for title in titles)
    opened.fill("#q", "zürafa")
    assert opened.locator("[data-listed] > li:visible").count() == 0


def test_search_without_javascript_shows_the_whole_list(see):
    opened = see("/en/search/?q=x", java_script_enabled=False)
    assert opened.locator("[data-listed] > li:visible").count() == len(LAYERS)


def test_on_a_phone_nothing_is_wider_than_the_screen(see):
    for page in ("/ara/", "/en/server/", "/katman/mahalle/", "/katmanlar/"):
        opened = see(page, viewport={"width": 320, "height": 640})
        assert opened.evaluate("document.documentElement.scrollWidth") <= 320, page


def test_pages_read_the_same_without_any_server(copied, chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.goto((copied.folder / "index.html").as_uri())
    page.get_by_role("link", name="Katmanlar").first.click()
    assert page.locator(".card").count() == len(LAYERS)
    context.close()


# ---------------------------------------------------------------- faults and changes


def test_links_that_need_the_server_lead_to_the_live_portal(copied, tmp_path):
    live = "https://veri.belediye.example"
    settings = copied.settings.model_copy(update={"server": ServerSettings(public_url=live)})
    exported(settings, copied.database, tmp_path / "copy")
    html = (tmp_path / "copy" / "katman" / "mahalle" / "index.html").read_text("utf-8")
    assert f'href="{live}/adres"' in html
    assert f"Adres arama ve programlama arayüzleri canlı portaldadır: {live}" in html


def test_a_folder_with_other_files_is_refused(copied, tmp_path):
    (tmp_path / "mektup.txt").write_text("önemli")
    done = Copied(copied.settings, copied.database, tmp_path).run()
    assert done.returncode == 2
    assert "not empty" in done.stderr
    assert (tmp_path / "mektup.txt").read_text() == "önemli"


def test_what_was_withdrawn_is_removed_and_the_rest_stays(copied, tmp_path):
    other = Copied(copied.settings, copied.database, tmp_path / "copy")
    shutil.copytree(copied.folder, other.folder)
    (other.folder / ".git").mkdir()
    (other.folder / ".git" / "HEAD").write_text("x")
    withdraw_layer(copied.settings, copied.database, "yapi", "Deneme")
    exported(copied.settings, copied.database, other.folder)
    there = other.files()
    assert ".git/HEAD" in there
    assert not [name for name in there if "yapi" in name]
    assert not list(other.folder.rglob("*yapi*"))
    for name in there:
        assert b"/yapi/" not in (other.folder / name).read_bytes(), name
    assert json.loads((other.folder / "katalog.jsonld").read_text())
