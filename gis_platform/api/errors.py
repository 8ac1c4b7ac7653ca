"""Errors become problem documents (RFC 9457) or pages; the one table from class to status."""

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from gis_platform.api.deps import base_url, service_of, spoken_language
from gis_platform.api.entrance import FILES
from gis_platform.api.ogc_problem import Refused
from gis_platform.api.problems import MEDIA_TYPE
from gis_platform.core import errors as core
from gis_platform.core.errors import GisPlatformError, Text
from gis_platform.core.language import Language
from gis_platform.db.engine import unavailable
from gis_platform.opendata.portal.error_page import Lost, error_page
from gis_platform.opendata.portal.pages import KnownError
from gis_platform.opendata.portal.paths import language_of

log = logging.getLogger("gis_platform.api")


_MACHINE_PATHS = (
    "/api/",
    "/tiles/",
    "/static/",
    "/outline/",
    "/ogc",
    "/health",
    "/ready",
    "/metrics",
)
_MACHINE_ENDINGS = (".ttl", ".rdf", ".jsonld", ".json", ".atom", ".xml")

_INVALID = KnownError(
    "invalid-parameter", 400, Text("Bir parametre geçersiz.", "A parameter is not valid.")
)
_METHOD = KnownError(
    "method-not-allowed", 405, Text("Bu yöntem burada yok.", "That method is not offered here.")
)
_TIMEOUT = KnownError("timeout", 503, Text("Sorgu çok uzun sürdü.", "The question took too long."))
_INTERNAL = KnownError(
    "internal", 500, Text("Sunucuda beklenmeyen bir hata.", "An unexpected error on the server.")
)
_OF_CORE: Mapping[type[GisPlatformError], KnownError] = {
    kind: KnownError(kind.code, status, title)
    for kind, status, title in (
        (core.UsageError, 400, Text("İstek bu biçimiyle karşılanamaz.", "Cannot be met as it is.")),
        (core.Unidentified, 401, Text("Anahtar gerekli.", "A key is needed.")),
        (core.TooLarge, 413, Text("Gönderilen çok büyük.", "What was sent is too large.")),
        (core.TooMany, 429, Text("Çok fazla istek.", "Too many requests.")),
        (core.NotAllowed, 403, Text("Buna yetki yok.", "Not allowed.")),
        (core.NotFound, 404, Text("Bulunamadı.", "Not found.")),
        (core.Conflict, 409, Text("Şu anki durumda yapılamaz.", "Not possible in this state.")),
        (core.Gone, 410, Text("Geri çekildi.", "Withdrawn.")),
        (core.SourceError, 422, Text("Gönderilen veri okunamadı.", "The data cannot be read.")),
        (core.ConfigError, 500, Text("Sunucunun bir ayarı eksik.", "The server lacks a setting.")),
        (core.Unavailable, 503, Text("Şu anda kullanılamıyor.", "Not available at the moment.")),
    )
}
KNOWN_ERRORS = (_INVALID, *_OF_CORE.values(), _METHOD, _INTERNAL, _TIMEOUT)
"""Every code a problem document may carry."""
_CANCELLED = "57014"
_OURS, _UNAVAILABLE = 500, 503
_NO_DATABASE = Text("Veritabanına ulaşılamıyor.", "The database cannot be reached.")
_BUSY = Text("Sunucu çok meşgul.", "The server is too busy.")
_AGAIN = Text("biraz sonra yeniden deneyin", "try again in a moment")


_SENTENCES: Mapping[str, Text] = {
    "missing": Text("gerekli", "is required"),
    "extra_forbidden": Text("böyle bir parametre yok", "there is no such parameter"),
    "doubled": Text("iki kez verilmiş", "is given twice"),
    "too_many": Text("çok fazla parametre var", "there are too many parameters"),
    "unreadable": Text("boş ya da UTF-8 değil", "is empty, or not UTF-8"),
    "string_pattern_mismatch": Text(
        "beklenen biçimde değil: {pattern}", "is not of the form expected: {pattern}"
    ),
    "bbox_order": Text(
        "batı,güney,doğu,kuzey sırasında, derece olmalı",
        "must be west,south,east,north in degrees",
    ),
    "point_range": Text("boylam,enlem olmalı, derece", "must be lon,lat in degrees"),
    "nothing_asked": Text(
        "q ya da adresin bileşenlerinden biri gerekli; ikisi birlikte olmaz",
        "q or a component of the address is required, not both",
    ),
    "bool_parsing": Text("true ya da false olmalı", "must be true or false"),
    "int_from_float": Text("tam sayı olmalı", "must be an integer"),
    "string_type": Text("metin olmalı", "must be text"),
    "json_invalid": Text("JSON okunamadı", "is not readable JSON"),
    "string_too_short": Text("boş olamaz", "cannot be empty"),
    "string_too_long": Text("en çok {max_length} karakter", "at most {max_length} characters"),
    "int_parsing": Text("tam sayı olmalı", "must be an integer"),
    "float_parsing": Text("sayı olmalı", "must be a number"),
    "finite_number": Text("sonlu bir sayı olmalı", "must be a finite number"),
    "literal_error": Text("şunlardan biri olmalı: {expected}", "must be one of: {expected}"),
    "greater_than_equal": Text("en az {ge} olmalı", "must be at least {ge}"),
    "less_than_equal": Text("en çok {le} olabilir", "must be at most {le}"),
}  # fmt: skip


@dataclass(frozen=True)
class _Fault:
    """What went wrong, ready to be said in either form."""

    known: KnownError
    detail: Text
    remedy: Text | None = None
    fields: Sequence[Mapping[str, Any]] = ()
    headers: Mapping[str, str] | None = None


def install(app: FastAPI) -> None:
    """Let the application answer every error as a problem document or a page."""
    app.exception_handler(GisPlatformError)(_on_ours)
    app.exception_handler(Refused)(_on_refused)
    app.exception_handler(RequestValidationError)(_on_invalid)
    app.exception_handler(HTTPException)(_on_http)
    app.exception_handler(DBAPIError)(_on_database)
    app.exception_handler(PoolTimeout)(_on_busy)
    app.exception_handler(Exception)(_on_unexpected)


def problem(
    known: KnownError, language: Language, request_id: str, **more: object
) -> dict[str, object]:
    """The members of a problem document."""
    said = {
        "type": f"/gelistirici#{known.code}"
        if language == "tr"
        else f"/en/developers#{known.code}",
        "title": known.title.say(language),
        "status": known.status,
        "code": known.code,
        "request_id": request_id,
    }
    return said | {name: value for name, value in more.items() if value}


def refuse(request: Request, error: GisPlatformError) -> Response:
    """The answer of an error, for what stands before the routes."""
    return _on_ours(request, error)


def _on_ours(request: Request, error: GisPlatformError) -> Response:
    kind = next(each for each in type(error).__mro__ if each in _OF_CORE)
    if _OF_CORE[kind].status >= _OURS:
        log.error("%s %s", request.state.request_id, error)
    headers = _told_with(error)
    return _answer(request, _Fault(_OF_CORE[kind], error.text, error.remedy, headers=headers))


def _on_refused(request: Request, error: Refused) -> Response:
    """What the strict reading of the OGC API refuses where an address below ``/api`` uses it."""
    known = next(each for each in KNOWN_ERRORS if each.status == error.status)
    if error.parameter is None:
        fault = _Fault(known, error.text, error.remedy, headers=error.headers)
        return _answer(request, fault)
    sentence = error.text.say(spoken_language(request)).removeprefix(f"“{error.parameter}”: ")
    fields = [{"parameter": error.parameter, "message": sentence}]
    return _answer(request, _Fault(_INVALID, error.text, error.remedy, fields, error.headers))


def _told_with(error: GisPlatformError) -> dict[str, str]:
    if isinstance(error, core.Unidentified):
        return {"www-authenticate": "Bearer"}
    if isinstance(error, core.TooMany):
        return {"retry-after": str(max(1, math.ceil(error.wait)))}
    return {}


def _on_invalid(request: Request, error: RequestValidationError) -> Response:
    language = spoken_language(request)
    fields = [_field(each, language) for each in error.errors()]
    named = "; ".join(f"{field['parameter']}: {field['message']}" for field in fields)
    return _answer(request, _Fault(_INVALID, Text(named, named), fields=fields))


def _on_http(request: Request, error: HTTPException) -> Response:
    by_status = {known.status: known for known in (_METHOD, *_OF_CORE.values())}
    known = by_status.get(error.status_code)
    if known is None:
        known = KnownError("http", error.status_code, Text(error.detail, error.detail))
    return _answer(request, _Fault(known, known.title, headers=error.headers))


def _on_database(request: Request, error: DBAPIError) -> Response:
    if getattr(error.orig, "sqlstate", None) == _CANCELLED:
        return _answer(request, _Fault(_TIMEOUT, _TIMEOUT.title))
    if not isinstance(error, OperationalError) and not error.connection_invalidated:
        return _on_unexpected(request, error)
    fault = unavailable(error)
    log.error("%s %s", request.state.request_id, fault)
    return _answer(request, _Fault(_OF_CORE[core.Unavailable], _NO_DATABASE, _AGAIN))


def _on_busy(request: Request, _error: PoolTimeout) -> Response:
    return _answer(request, _Fault(_OF_CORE[core.Unavailable], _BUSY, _AGAIN))


def _on_unexpected(request: Request, error: Exception) -> Response:
    log.error("%s %s", request.state.request_id, request.url.path, exc_info=error)
    return _answer(request, _Fault(_INTERNAL, _INTERNAL.title))


def _answer(request: Request, fault: _Fault) -> Response:
    request_id, status = request.state.request_id, fault.known.status
    headers = {"cache-control": "no-store", **(fault.headers or {})}
    if status == _UNAVAILABLE:
        headers.setdefault("retry-after", "5")
    if _is_for_people(request):
        language = _page_language(request)
        service = service_of(request)
        lost = Lost(request.url.path, service.catalogue.known(), headers.get("retry-after", ""),
                    request_id)  # fmt: skip
        page = error_page(language, status, lost, gone=fault.detail.say(language))
        html = service.renderer.page(page, base_url(request))
        return HTMLResponse(html, status, headers)
    language = spoken_language(request)
    document = problem(
        fault.known, language, request_id, detail=fault.detail.say(language),
        remedy=fault.remedy.say(language) if fault.remedy else None, errors=fault.fields,
    )  # fmt: skip
    headers |= {"content-language": language, "vary": "Accept-Language"}
    return JSONResponse(document, status, headers, media_type=MEDIA_TYPE)


def _is_for_people(request: Request) -> bool:
    """Pages answer with pages; so does a link to a file, where a browser follows it."""
    path = request.url.path
    if path.startswith(FILES):
        return "text/html" in request.headers.get("accept", "")
    return not path.startswith(_MACHINE_PATHS) and not path.endswith(_MACHINE_ENDINGS)


def _page_language(request: Request) -> Language:
    path = request.url.path
    return spoken_language(request) if path.startswith(FILES) else language_of(path)


def _field(error: Mapping[str, Any], language: Language) -> dict[str, str]:
    """One parameter and what is wrong with it."""
    sentence = _SENTENCES.get(error["type"])
    said = sentence.say(language).format(**error.get("ctx", {})) if sentence else error["msg"]
    return {"parameter": str(error["loc"][-1]), "message": said}
