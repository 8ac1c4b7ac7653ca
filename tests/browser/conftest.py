"""A real server over a published town, and a real Chromium that notes what must not happen."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pydantic import SecretStr

from gis_platform.core.settings import DatabaseSettings, Settings
from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.matching.match import Matcher
from gis_platform.sample.make import make_sample
from tests.town import load_town, publish_layers

GIS = [sys.executable, "-m", "gis_platform"]
PHONE = {"width": 390, "height": 844}


@dataclass
class Noted:
    """What a page said and asked for while it was looked at."""

    errors: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def town_settings(_server, tmp_path_factory) -> Iterator[Settings]:
    """Settings of a database in which the town is published; the index is of a sample district."""
    with _server.clone() as database:
        url = database.url().render_as_string(hide_password=False)
        settings = Settings(
            home=tmp_path_factory.mktemp("portal"), db=DatabaseSettings(url=SecretStr(url))
        )
        load_town(database)
        publish_layers(settings, database)
        make_sample(settings.home / "sample", doors=3000, seed=3)
        build_index(read_reference(settings.home / "sample" / "gazetteer"), settings.index_dir)
        Matcher.open(settings.index_dir).match_one("1")  # compiled here, a minute; cached for all
        yield settings


@pytest.fixture(scope="session")
def address(town_settings) -> Iterator[str]:
    """Where ``gis serve`` serves the town, no slash at the end."""
    url = town_settings.db.url.get_secret_value()
    mine = {"GIS_HOME": str(town_settings.home), "GIS_DB__URL": url, "GIS_LANGUAGE": "en"}
    mine["GIS_SERVER__FOLLOW_REGISTER"] = "false"  # the index is not made from this register
    mine["GIS_ACCESS__PUBLIC_SCOPES"] = "search,match,register,batch"  # as inside an office
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIS_")} | mine
    command = [*GIS, "serve", "--port", str(_a_free_port())]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            yield re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser of this machine.

    Not for the session: while Playwright runs, no other test of the process could run a loop.
    """
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    # None is Playwright's own build, which ./run test installs where the system has no Chromium.
    path = next((found for name in names if (found := shutil.which(name))), None)
    options = ["--enable-unsafe-swiftshader", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, address) -> Iterator["Visitor"]:
    """Opens pages; when the test ends, nothing was loaded from elsewhere and nothing failed."""
    visitor = Visitor(chromium, address)
    yield visitor
    visitor.close()
    assert visitor.noted.foreign == []
    assert visitor.noted.errors == []


class Visitor:
    """Someone who looks at the portal."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.address = address
        self.noted = Noted()

    def __call__(self, path: str, **options) -> Page:
        """Open a page; ``options`` as for a Playwright context (viewport, color_scheme …)."""
        options = {"viewport": {"width": 1280, "height": 900}, "locale": "tr-TR", **options}
        context = self._browser.new_context(**options)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.noted.errors.append(str(error)))
        page.on("request", self._on_request)
        page.goto(self.address + path)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _on_console(self, message) -> None:
        if message.type == "error":
            self.noted.errors.append(message.text)

    def _on_request(self, request) -> None:
        if not request.url.startswith((self.address, "data:", f"blob:{self.address}")):
            self.noted.foreign.append(request.url)


def _a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])
