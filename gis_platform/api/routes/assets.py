"""Style, scripts, font and map library of the pages."""

from fastapi import APIRouter, Request, Response

from gis_platform.api.deps import ServiceDep
from gis_platform.core.errors import NotFound, Text
from gis_platform.opendata.portal.assets import Asset

router = APIRouter(include_in_schema=False)
FOR_EVER = "public, max-age=31536000, immutable"
_TEXTS = "User-agent: *\nDisallow: /api/\nDisallow: /tiles/\nDisallow: /ara\nDisallow: /en/search\n"


@router.get("/static/{digest}/{name:path}")
def asset(request: Request, service: ServiceDep, digest: str, name: str) -> Response:
    """A file, compressed where that is worth while and the browser knows how."""
    found = service.assets.files.get(name)
    if found is None:
        raise NotFound(Text("Böyle bir dosya yok.", "There is no such file."))
    is_ours = digest == service.assets.digest
    headers = {"cache-control": FOR_EVER if is_ours else "no-cache", "vary": "Accept-Encoding"}
    return _packed(found, request, headers)


@router.get("/robots.txt")
def robots() -> Response:
    """What search engines need not read."""
    return Response(_TEXTS, media_type="text/plain; charset=utf-8")


def _packed(found: Asset, request: Request, headers: dict[str, str]) -> Response:
    packed = found.compressed if "gzip" in request.headers.get("accept-encoding", "") else None
    if packed is None:
        return Response(found.content, media_type=found.media_type, headers=headers)
    return Response(
        packed, media_type=found.media_type, headers={**headers, "content-encoding": "gzip"}
    )
