"""Which pages of other hosts may read what is open here (Fetch standard, “CORS protocol”).

No cookie is ever sent or set: a page of another host gets what anybody gets, or what the key opens
that it sends itself.
"""

from collections.abc import Mapping

_METHODS = "GET, HEAD, POST, DELETE"
_ASKED = "authorization, content-type, idempotency-key, x-api-key, x-request-id"
_SHOWN = (
    "content-disposition, etag, link, location, ratelimit, ratelimit-policy, retry-after, "
    "x-request-id"
)
_KEPT_S = "600"


class Origins:
    """The hosts whose pages may read: all of them, or those that are named."""

    def __init__(self, said: str) -> None:
        """``said``: ``*``, or origins like ``https://harita.example`` by commas."""
        self._known = frozenset(
            each.strip().rstrip("/") for each in said.split(",") if each.strip()
        )

    def headers(self, origin: str | None) -> Mapping[str, str]:
        """Headers of an answer that may be read from elsewhere."""
        if "*" in self._known:
            return {"access-control-allow-origin": "*", "access-control-expose-headers": _SHOWN}
        if origin is None or origin not in self._known:
            return {"vary": "Origin"}
        return {
            "access-control-allow-origin": origin,
            "access-control-expose-headers": _SHOWN,
            "vary": "Origin",
        }

    def before(self, origin: str | None) -> Mapping[str, str]:
        """Headers of the answer to a browser that asks before it asks."""
        return {
            **self.headers(origin),
            "access-control-allow-methods": _METHODS,
            "access-control-allow-headers": _ASKED,
            "access-control-max-age": _KEPT_S,
        }
