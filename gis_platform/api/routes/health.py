"""Whether the server is alive, and whether it can answer."""

from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gis_platform import __version__
from gis_platform.api.deps import Service, ServiceDep
from gis_platform.api.metrics import CONTENT_TYPE, age, report
from gis_platform.core.errors import NotFound, Text, Unavailable
from gis_platform.db.queries.batch import all_open_jobs
from gis_platform.opendata.public import edition

router = APIRouter(tags=["health"])
_NO_STORE = {"cache-control": "no-store"}


@router.get("/health")
def health() -> JSONResponse:
    """Sunucu çalışıyor. / The process is alive."""
    return JSONResponse({"status": "ok", "version": __version__}, headers=_NO_STORE)


@router.get("/ready", responses={503: {"description": "Bir parça hazır değil. / A part is not."}})
def ready(service: ServiceDep) -> JSONResponse:
    """Veritabanı cevap veriyor; adres dizini varsa açık. / The database answers; index if any."""
    parts: dict[str, Any] = {"database": _database(service), "index": _index(service)}
    is_ready = parts["database"] == "ok"
    answer = {"status": "ok" if is_ready else "unavailable", "version": __version__, **parts}
    return JSONResponse(answer, 200 if is_ready else 503, headers=_NO_STORE)


def _database(service: Service) -> str:
    try:
        with service.database.engine("gis_portal").connect() as connection:
            edition(connection)
    except (DBAPIError, PoolTimeout):
        return "unavailable"
    return "ok"


def _index(service: Service) -> str:
    try:
        service.index.matcher()
    except Unavailable:
        return "absent"
    return "ok"


@router.get("/metrics", include_in_schema=False)
def metrics(request: Request, service: ServiceDep) -> Response:
    """Prometheus için sayılar. / Figures for Prometheus.

    Raises:
        NotFound: to whom it is not shown, it is not there.
    """
    known = {each.strip() for each in service.settings.server.metrics_from.split(",")}
    if request.client is None or request.client.host not in known:
        raise NotFound(Text("Böyle bir sayfa yok.", "There is no such page."))
    said = report(__version__, _figures(service))
    return Response(said, media_type=CONTENT_TYPE, headers=_NO_STORE)


def _figures(service: Service) -> dict[str, float]:
    is_up = _database(service) == "ok"
    found = {"database_up": float(is_up), "index_open": 0.0}
    with suppress(Unavailable):
        opened = service.index.opened()
        found |= {
            "index_open": 1.0,
            "index_doors": float(
                len(opened.matcher.index.door_start) and opened.matcher.index.door_start[-1]
            ),
            "index_age_seconds": age(service.index.made_at),
        }
    if is_up:
        with service.database.engine("gis_etl").connect() as connection:
            found["batch_jobs_open"] = float(all_open_jobs(connection))
    return found
