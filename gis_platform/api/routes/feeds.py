"""robots.txt, the sitemap and the feeds of the catalogue."""

from typing import Annotated

from fastapi import APIRouter, Header, Response

from gis_platform.api.caching import kept
from gis_platform.api.deps import ConnectionDep, VisitDep
from gis_platform.opendata.portal.feeds import feed, layer_feed, robots, sitemap
from gis_platform.opendata.portal.layer_facts import readable
from gis_platform.opendata.portal.paths import FEEDS, PAGES

router = APIRouter(include_in_schema=False)
Known = Annotated[str | None, Header(alias="if-none-match")]


@router.get("/robots.txt")
def robots_txt(visit: VisitDep, known: Known = None) -> Response:
    """What search engines may read."""
    return kept(robots(visit.base_url).encode(), "text/plain; charset=utf-8", known)


@router.get("/sitemap.xml")
def sitemap_xml(visit: VisitDep, connection: ConnectionDep, known: Known = None) -> Response:
    """Every page."""
    layers = visit.service.catalogue.published(connection)
    service = visit.service
    own = [each.name for each in service.content.added(visit.language)]
    said = sitemap(layers, visit.base_url, own, is_copy=service.is_copy)
    return kept(said, "application/xml", known)


@router.get(FEEDS["tr"])
@router.get(FEEDS["en"])
def atom(visit: VisitDep, connection: ConnectionDep, known: Known = None) -> Response:
    """What was published."""
    layers, portal = visit.service.catalogue.published(connection), visit.service.settings.portal
    name = portal.organisation_tr if visit.language == "tr" else portal.organisation_en
    said = feed(layers, visit.language, visit.base_url, name)
    return kept(said, "application/atom+xml; charset=utf-8", known)


@router.get(PAGES["feed"]["tr"])
@router.get(PAGES["feed"]["en"])
def layer_atom(
    visit: VisitDep, connection: ConnectionDep, name: str, known: Known = None
) -> Response:
    """The versions of one layer; 410 where it was withdrawn."""
    catalogue, portal = visit.service.catalogue, visit.service.settings.portal
    catalogue.layer(connection, name)
    versions = readable(catalogue.versions(connection, name))
    owner = portal.organisation_tr if visit.language == "tr" else portal.organisation_en
    said = layer_feed(versions, visit.language, visit.base_url, owner)
    return kept(said, "application/atom+xml; charset=utf-8", known)
