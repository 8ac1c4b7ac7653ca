"""Pages a static copy has in the place of what only a server can answer."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gis_platform.api.deps import ConnectionDep, Visit, VisitDep
from gis_platform.opendata.portal.copy_pages import copy_search_page, live_page
from gis_platform.opendata.portal.paths import PAGES
from gis_platform.opendata.portal.render import Page

router = APIRouter(include_in_schema=False)


@router.get(PAGES["search"]["tr"])
@router.get(PAGES["search"]["en"])
def search(visit: VisitDep, connection: ConnectionDep) -> HTMLResponse:
    """Every data set in one list, which the browser narrows."""
    return _html(
        visit, copy_search_page(visit.language, visit.service.catalogue.published(connection))
    )


@router.get(PAGES["live"]["tr"])
@router.get(PAGES["live"]["en"])
def live(visit: VisitDep) -> HTMLResponse:
    """Why a link does not lead on."""
    return _html(visit, live_page(visit.language))


def _html(visit: Visit, page: Page) -> HTMLResponse:
    return HTMLResponse(visit.service.renderer.page(page, visit.base_url))
