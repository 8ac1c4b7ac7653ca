"""An object of the storage as an answer: whole or one part of it (RFC 9110, section 14)."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from gis_platform.opendata.public import PublicFile, PublicLayer
from gis_platform.opendata.storage import Storage

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def stored_file(  # noqa: PLR0913  # a file, and what the request said of it
    storage: Storage,
    layer: PublicLayer,
    file: PublicFile,
    headers: Mapping[str, str],
    *,
    asked: str | None,
    is_bodiless: bool,
) -> Response:
    """A file as it lies in the storage.

    Args:
        storage: that holds it.
        layer: version it belongs to.
        file: which.
        headers: of the answer, tag and checksum among them.
        asked: the ``Range`` of the request; several ranges are answered with the whole file.
        is_bodiless: whether only the head is wanted.
    """
    found = _range(asked, file.size)
    named = quote(file.name)
    told = {
        **headers, "accept-ranges": "bytes", "content-type": file.media_type,
        "content-disposition": f"attachment; filename*=utf-8''{named}",
    }  # fmt: skip
    if found is None and asked is not None and _RANGE.fullmatch(asked.strip()):
        return Response(status_code=416, headers={**told, "content-range": f"bytes */{file.size}"})
    start, end = found or (0, file.size)
    told["content-length"] = str(end - start)
    if found is not None:
        told["content-range"] = f"bytes {start}-{end - 1}/{file.size}"
    status = 200 if found is None else 206
    if is_bodiless:
        return Response(status_code=status, headers=told)
    parts = storage.parts(layer.name, layer.version, file.name, start, end)
    return StreamingResponse(_begun(parts), status, told)


def _begun(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts, the first of them read: a storage that fails is told before the head is sent."""
    first = next(parts, b"")

    def go_on() -> Iterator[bytes]:
        yield first
        yield from parts

    return go_on()


def _range(asked: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; ``None`` for the whole file or what cannot be had."""
    match = _RANGE.fullmatch(asked.strip()) if asked else None
    if match is None or match[0] == "bytes=-":
        return None
    if not match[1]:
        start, end = max(0, size - int(match[2])), size
    else:
        start, end = int(match[1]), min(size, int(match[2]) + 1 if match[2] else size)
    return (start, end) if start < end else None
