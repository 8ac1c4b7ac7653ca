"""The raw limit beside the OGC API: PostGIS through a bare asynchronous handler and nothing else.

No links, no parameters checked, no counts, no tags, no languages: one prepared statement of asyncpg
that makes the body, and the bytes are sent. Runs in the environment of TiPG, which brings asyncpg:
``DATABASE_URL=… python -m uvicorn bare:app``.
"""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

import asyncpg

TABLE = "published.kapi_v1"
COLUMNS = "kimlik_no, dis_kapi_no, csbm_kodu, csbm, mahalle_kodu, kat_sayisi"
RECORD = f"row_to_json((SELECT r FROM (SELECT {COLUMNS}) r))"  # noqa: S608
FEATURE = (
    """'{"type":"Feature","id":' || kimlik_no || ',"geometry":' || """
    f"""ST_AsGeoJSON(geometry, 7, 0) || ',"properties":' || {RECORD}::text || '}}'"""
)
BOX = "geometry && ST_MakeEnvelope($1, $2, $3, $4, 4326)"


def rows(clause: str) -> str:
    """A FeatureCollection as one text."""
    page = f"SELECT {FEATURE} AS f FROM {TABLE} {clause}"  # noqa: S608
    head = """'{"type":"FeatureCollection","features":['"""
    return f"SELECT {head} || coalesce(string_agg(f, ','), '') || ']}}' FROM ({page}) AS page"  # noqa: S608


SQL = {
    "page": rows("ORDER BY kimlik_no OFFSET $1 LIMIT $2"),
    "after": rows("WHERE kimlik_no > $1 ORDER BY kimlik_no LIMIT $2"),
    "bbox": rows(f"WHERE {BOX} ORDER BY kimlik_no LIMIT $5"),
    "equal": rows("WHERE mahalle_kodu = $1 ORDER BY kimlik_no OFFSET $2 LIMIT $3"),
    "both": rows("WHERE mahalle_kodu = $1 AND kat_sayisi > $2 ORDER BY kimlik_no LIMIT $3"),
    "within": rows(
        "WHERE ST_Intersects(geometry, ST_GeomFromText($1, 4326)) ORDER BY kimlik_no LIMIT $2"
    ),
    "one": f"SELECT {FEATURE} FROM {TABLE} WHERE kimlik_no = $1",  # noqa: S608
    "tile": f"""
        WITH bounds AS (SELECT ST_TileEnvelope($1, $2, $3) AS b),
        drawn AS (
            SELECT {COLUMNS}, ST_AsMVTGeom(ST_Transform(geometry, 3857), b, 4096, 64, true) AS g
            FROM {TABLE}, bounds WHERE geometry && ST_Transform(b, 4326)
        )
        SELECT ST_AsMVT(drawn, 'kapi', 4096, 'g', 'kimlik_no') FROM drawn""",  # noqa: S608
}


async def app(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
    """One request, one statement."""
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["pool"] = await asyncpg.create_pool(
            os.environ["DATABASE_URL"], min_size=8, max_size=8
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    name, values = question(scope["path"], dict(parse_qsl(scope["query_string"].decode())))
    said = await scope["state"]["pool"].fetchval(SQL[name], *values)
    body = said if isinstance(said, bytes) else (said or "").encode()
    kind = b"application/vnd.mapbox-vector-tile" if name == "tile" else b"application/geo+json"
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def question(  # noqa: PLR0911 (one for each kind)
    path: str, asked: Mapping[str, str]
) -> tuple[str, tuple[Any, ...]]:
    """The statement and its values."""
    parts = unquote(path).strip("/").split("/")
    if parts[0] == "tile":
        z, row, column = map(int, parts[1:])
        return "tile", (z, column, row)
    if parts[0] == "one":
        return "one", (int(parts[1]),)
    limit = int(asked.get("limit", 10))
    if "bbox" in asked:
        return "bbox", (*map(float, asked["bbox"].split(",")), limit)
    if "over" in asked:
        return "both", (int(asked["mahalle_kodu"]), int(asked["over"]), limit)
    if "mahalle_kodu" in asked:
        return "equal", (int(asked["mahalle_kodu"]), int(asked["offset"]), limit)
    if "within" in asked:
        return "within", (asked["within"], limit)
    if "after" in asked:
        return "after", (int(asked["after"]), limit)
    return "page", (int(asked.get("offset", 0)), limit)
