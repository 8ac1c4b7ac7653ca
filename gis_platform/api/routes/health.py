"""Whether the server is alive, and whether it can answer."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from gis_platform import __version__
from gis_platform.api.deps import Service, ServiceDep
from gis_platform.core.errors import Unavailable
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
