"""Files for download: parts on request, an ETag; and the address of the latest.

They come from the folder or the object storage; where the public reaches that itself (a CDN), it is
sent there, after a look whether the version was withdrawn.
"""

import base64
import re
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import FileResponse, RedirectResponse

from gis_platform.api.caching import UNTIL_WITHDRAWN, is_known
from gis_platform.api.deps import ConnectionDep, ServiceDep
from gis_platform.api.stored_files import stored_file
from gis_platform.core.errors import NotFound, Text, Unavailable
from gis_platform.opendata.portal.paths import file_path as path_of_file
from gis_platform.opendata.public import file_path
from gis_platform.opendata.storage import storage_of

router = APIRouter(include_in_schema=False)
_LATEST = frozenset({"son", "latest"})
_VERSION = re.compile(r"v([1-9]\d{0,8})")


@router.api_route("/files/{layer}/{version}/{name}", methods=["GET", "HEAD"])
def layer_file(  # noqa: PLR0913, PLR0917  # two services and a header beside the three parts
    request: Request,
    service: ServiceDep,
    connection: ConnectionDep,
    layer: str,
    version: str,
    name: str,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """A file of a version (``v3``), or where that of the latest one is (``son``, ``latest``)."""
    if version in _LATEST:
        current = service.catalogue.layer(connection, layer)
        file_path(service.settings, current, name)
        headers = {"cache-control": "no-cache"}
        return RedirectResponse(path_of_file(layer, current.version, name), 302, headers)
    number = _VERSION.fullmatch(version)
    if number is None:
        raise NotFound(Text("Böyle bir sürüm yok.", "There is no such version."))
    found = service.catalogue.version(connection, layer, int(number[1]))
    file_path(service.settings, found, name)
    file = next(each for each in found.files if each.name == name)
    etag = f'"{file.sha256}"'
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    headers = {"etag": etag, "cache-control": UNTIL_WITHDRAWN, "repr-digest": f"sha-256=:{digest}:"}
    if is_known(if_none_match, etag):
        return Response(status_code=304, headers=headers)
    storage = storage_of(service.settings)
    path = storage.local(layer, found.version, name)
    if path is None and service.settings.storage.public_url is not None:
        address = f"{service.settings.storage.public_url}/{layer}/v{found.version}/{quote(name)}"
        return RedirectResponse(address, 307, {"cache-control": "no-cache"})
    if path is None:
        said = request.headers
        asked = said.get("range") if said.get("if-range", etag) == etag else None
        is_head = request.method == "HEAD"
        return stored_file(storage, found, file, headers, asked=asked, is_bodiless=is_head)
    if not path.is_file():
        raise Unavailable(
            Text("Dosya şu anda sunucuda yok.", "The file is not on the server at the moment.")
        )
    return FileResponse(path, headers=headers, media_type=file.media_type, filename=file.name)
