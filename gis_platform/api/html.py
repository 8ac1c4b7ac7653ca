"""How routes answer with pages: registered in each language, sent with what a browser must know."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gis_platform.api.deps import Visit
from gis_platform.opendata.portal.paths import PAGES
from gis_platform.opendata.portal.render import Page

Register = Callable[[Callable[..., Any]], Callable[..., Any]]


def pages(router: APIRouter, name: str) -> Register:
    """Register a page under its path in each language."""

    def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        for language, path in PAGES[name].items():
            router.get(path, name=f"{name}-{language}")(endpoint)
        return endpoint

    return register


def html(visit: Visit, page: Page, *, status: int = 200, is_kept: bool = True) -> HTMLResponse:
    """The page; ``is_kept`` = a browser may keep it if it asks whether it is still right."""
    headers = {"cache-control": "no-cache" if is_kept else "no-store"}
    headers["content-language"] = page.frame.language
    return HTMLResponse(visit.service.renderer.page(page, visit.base_url), status, headers)
