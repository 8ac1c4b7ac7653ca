"""How long others may keep what we publish: long enough to spare us, no longer than we bear."""

from typing import Final

UNTIL_WITHDRAWN: Final = "public, max-age=30, must-revalidate"
"""A withdrawn layer is gone everywhere within a minute, shared caches and browsers included: its
files and tiles never change their content, but whether they may be had is asked again; 304 is
cheap."""


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether the reader holds what ``etag`` (with its quotes) names."""
    if if_none_match is None:
        return False
    said = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return "*" in said or etag in said
