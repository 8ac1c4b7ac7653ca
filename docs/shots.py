"""Remakes the pictures of the README from a running portal: ``./run shots [ADDRESS]``.

Without an address it serves what the last ``./run demo`` published, for as long as it takes.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).parent / "images"
PORT = 8765
DESK = {"viewport": {"width": 1280, "height": 860}}


def main(address: str | None = None) -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with _served(address) as base, sync_playwright() as playwright:
        options = ["--enable-unsafe-swiftshader", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=_chromium(), args=options)
        for name, (path, look, prepare) in SHOTS.items():
            context = browser.new_context(locale="tr-TR", **look)
            page = context.new_page()
            page.goto(base + path, wait_until="networkidle")
            prepare(page)
            page.screenshot(path=IMAGES / f"{name}.png")
            sys.stdout.write(f"{IMAGES / name}.png\n")
            context.close()
        browser.close()


def _nothing(_page: Page) -> None:
    """The page as it is."""


def _open_map(page: Page) -> None:
    page.locator(".map-open button").click()
    page.wait_for_selector(".map[data-state=idle]", timeout=30_000)
    page.wait_for_timeout(500)


def _map_in_view(page: Page) -> None:
    """The map opened, seen from the top of the page."""
    _open_map(page)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(300)


def _example_address(page: Page) -> None:
    page.locator(".search-hint a").click()
    page.wait_for_load_state("networkidle")
    _open_map(page)


Shot = tuple[str, dict[str, Any], Callable[[Page], None]]
SHOTS: dict[str, Shot] = {
    "home": ("/", DESK, _nothing),
    "portal": ("/katman/numarataj", {"viewport": {"width": 1280, "height": 1440}}, _map_in_view),
    "address": ("/adres", DESK, _example_address),
}


@contextmanager
def _served(address: str | None) -> Iterator[str]:
    if address is not None:
        yield address.rstrip("/")
        return
    command = [sys.executable, "-c", "from gis_platform.cli.main import run; run()", "serve"]
    with subprocess.Popen(
        [*command, "--port", str(PORT)], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.search(r"https?://\S+", line)
            if found is None:
                sys.exit("gis serve did not start / başlamadı")
            yield found[0]
        finally:
            process.terminate()


def _chromium() -> str:
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        path = shutil.which(name)
        if path is not None:
            return path
    sys.exit("Chromium?")


if __name__ == "__main__":
    main(*sys.argv[1:2])
