"""How long others may keep what we publish: long enough to spare us, no longer than we bear."""

import hashlib
from collections.abc import Mapping
from typing import Final

from fastapi import Response

UNTIL_WITHDRAWN: Final = "public, max-age=30, must-revalidate"
"""A withdrawn layer is gone everywhere within a minute, shared caches and browsers included: its
files and tiles never change their content, but whether they may be had is asked again; 304 is
cheap."""


def kept(
    said: bytes,
    media_type: str,
    known: str | None,
    *,
    etag: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer that others may keep until then, or 304 where the reader holds it.

    Args:
        said: the body.
        media_type: of it.
        known: the request's ``If-None-Match``.
        etag: what it is known by, with its quotes; else a digest of the body.
        headers: further ones.
    """
    etag = etag or etag_of(said)
    told = {"etag": etag, "cache-control": UNTIL_WITHDRAWN, **(headers or {})}
    if is_known(known, etag):
        return Response(status_code=304, headers=told)
    return Response(said, media_type=media_type, headers=told)


def etag_of(said: bytes) -> str:
    """The tag of a body, with its quotes."""
    return f'"{hashlib.sha256(said).hexdigest()[:32]}"'


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the reader holds what ``etag`` (with its quotes) names."""
    if if_none_match is None:
        return False
    said = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in said or etag in said
