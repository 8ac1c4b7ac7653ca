"""Pages of features and single features: the hot public reads, sent as PostGIS makes them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from json import dumps
from typing import Any

import psycopg
from starlette.responses import Response

from gis_platform.api.ogc_catalogue import Catalogue, Edition
from gis_platform.api.ogc_documents import LINK_TITLES
from gis_platform.api.ogc_links import OGC_REL
from gis_platform.api.ogc_problem import Refused
from gis_platform.api.ogc_query import Position, Query, token_of
from gis_platform.api.ogc_request import GEOJSON, HTML, Asked, Format
from gis_platform.api.ogc_resources import ITEMS_FORMATS
from gis_platform.core.errors import Text, UsageError
from gis_platform.db.pool import ReadPool, Row
from gis_platform.db.queries.features import COUNTED_TO, Shape, count_sql, feature_sql, page_sql
from gis_platform.opendata.ogc import ReferenceSystem, instant
from gis_platform.opendata.public import PublicLayer, column_value

Link = dict[str, str]
_GONE = (psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)
"""What the database says of a layer that was taken back since the catalogue was read."""


@dataclass(frozen=True)
class Page:
    """A page as it was read.

    Attributes:
        features: GeoJSON texts.
        matched: features that answer, exact; ``None`` where they are too many to count.
        following: where the next page begins; ``None`` on the last one.
    """

    features: tuple[str, ...]
    matched: int | None
    following: Position | None


class Counts:
    """Counts of filtered features, remembered: every page of an answer has the same one.

    A published copy never changes, so a count of it stays right.
    """

    def __init__(self, size: int = 10_000) -> None:
        self._size = size
        self._known: dict[tuple[Any, ...], int | None] = {}

    async def matched(
        self, pool: ReadPool, layer: PublicLayer, query: Query, found: int
    ) -> int | None:
        """Exact: known where nothing filters or the page ends the answer, else counted.

        ``None`` where there are more than ``COUNTED_TO``. ``found`` are the rows of this page.
        """
        if not query.shape.is_narrowed:
            return layer.row_count
        if query.position.passed == 0 and found <= query.limit:
            return found
        sql = count_sql(query.counted_shape)
        key = (sql, *query.values.items())
        if key not in self._known:
            number = (await pool.fetch(sql, query.values, plan_anew=True))[0][0]
            if len(self._known) >= self._size:
                self._known.clear()
            self._known[key] = number if number <= COUNTED_TO else None
        return self._known[key]


async def read_page(
    pool: ReadPool,
    counts: Counts,
    layer: PublicLayer,
    query: Query,
    sql_of: Callable[[Shape], str] = page_sql,
) -> Page:
    """The features that are asked for, in the order asked for, else in that of their key.

    With ``row_sql`` for ``sql_of`` they are rows: objects of their columns.
    """
    narrowed = query.shape.is_narrowed
    rows = await pool.fetch(sql_of(query.shape), query.bound(), plan_anew=narrowed)
    shown = rows[: query.limit]
    passed = query.position.passed + len(shown)
    following = None
    if len(rows) > query.limit:
        key, _, *sorted_by = shown[-1]
        following = Position(passed, (*sorted_by, key))
    matched = await counts.matched(pool, layer, query, len(rows))
    return Page(tuple(row[1] for row in shown), matched, following)


async def read_feature(
    pool: ReadPool, layer: PublicLayer, item_id: str, system: ReferenceSystem
) -> str:
    """The GeoJSON text of one feature.

    Raises:
        Refused: 404, there is none of that key; also where the key cannot be one.
    """
    rows: list[Row] = []
    try:
        key = column_value(layer, layer.entry.key, item_id)
        rows = await pool.fetch(feature_sql(layer.served, system.srid), {"key": key})
    except UsageError:
        pass
    if not rows:
        raise Refused(
            404,
            Text(f"“{item_id}” kimlikli bir detay yok.", f"There is no feature “{item_id}”."),
        )
    text: str = rows[0][1]
    return text


async def guarded(
    catalogue: Catalogue,
    edition: Edition,
    name: str,
    read: Callable[[PublicLayer], Awaitable[Response]],
) -> Response:
    """What ``read`` gives; where the layer has just been taken back, the catalogue says so."""
    try:
        return await read(edition.layer(name))
    except _GONE:
        edition = await catalogue.refresh()
        return await read(edition.layer(name))


def page_body(page: Page, links: list[Link]) -> bytes:
    """The FeatureCollection."""
    head: dict[str, Any] = {
        "timeStamp": instant(datetime.now(UTC)),
        "numberReturned": len(page.features),
    }
    if page.matched is not None:
        head["numberMatched"] = page.matched
    members = dumps(head | {"links": links}, ensure_ascii=False, separators=(",", ":"))[1:-1]
    features = ",".join(page.features)
    return f'{{"type":"FeatureCollection",{members},"features":[{features}]}}'.encode()


def feature_body(text: str, links: list[Link]) -> bytes:
    """The Feature, with its links."""
    said = dumps(links, ensure_ascii=False, separators=(",", ":"))
    return f'{text[:-1]},"links":{said}}}'.encode()


def page_links(asked: Asked, page: Page, query: Query, collection: str) -> list[Link]:
    """Links of a page: itself, in other formats, before, after, its collection."""
    links = own_links(asked, ITEMS_FORMATS)
    if page.following is not None:
        href = asked.link(token=token_of(page.following, query.order), offset=None)
        links.append(_link("next", href, asked))
    passed = query.position.passed
    if passed > 0:
        before = max(0, passed - query.limit)
        href = asked.link(token=None, offset=str(before) if before else None)
        links.append(_link("prev", href, asked))
    return [*links, _collection_link(asked, collection)]


def feature_links(asked: Asked, collection: str) -> list[Link]:
    """Links of a feature: itself, in another format, its collection."""
    return [*own_links(asked, (GEOJSON, HTML)), _collection_link(asked, collection)]


def own_links(asked: Asked, formats: tuple[Format, ...]) -> list[Link]:
    """The resource itself and its other formats."""
    links = []
    for each in formats:
        rel = "self" if each.name == asked.format.name else "alternate"
        links.append(_link(rel, asked.link(f=each.name), asked, each))
    return links


def headers_of(links: list[Link], system: ReferenceSystem, collection: str) -> Mapping[str, str]:
    """The links and the reference system as headers (RFC 8288; Features 2, 7.6)."""
    queryables = {
        "href": f"{collection}/queryables", "rel": f"{OGC_REL}queryables",
        "type": "application/schema+json",
    }  # fmt: skip
    said = ", ".join(
        f'<{link["href"]}>; rel="{link["rel"]}"; type="{link["type"]}"'
        for link in (*links, queryables)
    )
    return {"Content-Crs": f"<{system.uri}>", "Link": said}


def _link(rel: str, href: str, asked: Asked, kind: Format | None = None) -> Link:
    name, kind = "self" if rel == "alternate" else rel, kind or asked.format
    return {
        "href": href,
        "rel": rel,
        "type": kind.media_type.partition(";")[0],
        "title": LINK_TITLES[name, kind.name].say(asked.language),
        "hreflang": asked.language,
    }


def _collection_link(asked: Asked, collection: str) -> Link:
    return {
        "href": collection, "rel": "collection", "type": "application/json",
        "title": LINK_TITLES["collection", "json"].say(asked.language), "hreflang": asked.language,
    }  # fmt: skip
