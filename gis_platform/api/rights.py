"""Who asks, what they may ask and how much: every request below ``/api`` passes here.

Keys and allowances live in PostgreSQL, so that all workers go by the same. A worker remembers a key
for :data:`REMEMBERED` seconds and takes allowance in portions: most requests cost no question.
"""

import asyncio
import hashlib
import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gis_platform.api.tokens import Issuer
from gis_platform.core.errors import (
    GisPlatformError,
    NotAllowed,
    Text,
    TooLarge,
    TooMany,
    Unavailable,
    Unidentified,
    UsageError,
)
from gis_platform.core.settings import AccessSettings
from gis_platform.db.pool import ReadPool
from gis_platform.db.queries import access as ask
from gis_platform.jobs.keys import SCOPES, hash_of, looks_like_key
from gis_platform.opendata.portal.paths import PAGES

Refuse = Callable[[Request, GisPlatformError], Response]
API = "/api/"
REMEMBERED = 5.0
"""Seconds for which a worker goes by what it was told of a key; a revoked one is refused then."""
_MOST_REMEMBERED = 10_000
_PORTION_S = 0.25
_KEPT_S = 1.0
_GUESS_COSTS = 10.0
_V1 = "/api/v1/"
_NEEDED: tuple[tuple[str, str, str | None], ...] = (
    (f"{_V1}addresses/search", "search", "numarataj"),
    (f"{_V1}addresses/reverse", "search", "numarataj"),
    (f"{_V1}ban/", "search", "numarataj"),
    (f"{_V1}photon/", "search", "numarataj"),
    (f"{_V1}pelias/", "search", "numarataj"),
    (f"{_V1}nominatim/", "search", "numarataj"),
    (f"{_V1}addresses/match", "match", "numarataj"),
    (f"{_V1}addresses/changes", "register", None),
    (f"{_V1}addresses/numarataj/", "register", "numarataj"),
    (f"{_V1}addresses/csbm/", "register", "csbm"),
    (f"{_V1}addresses/mahalle/", "register", "mahalle"),
    (f"{_V1}addresses/yapi/", "register", "yapi"),
    (f"{_V1}batch", "batch", "numarataj"),
)
"""By the beginning of a path: the scope it needs, and the level that has to be public for those
without a key. What is not named here is open to everybody, within their allowance."""
_PAGES = frozenset({*PAGES["address"].values(), *PAGES["search"].values()})
_UNITS = "/units"
_FILES = f"{_V1}batch"
_MOST_BODY = 64_000
LEVELS = frozenset({"numarataj", "csbm", "mahalle", "yapi"})


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        name: of the bucket of their allowance: ``key:PREFIX``, ``token:HASH`` or ``net:HASH``.
        scopes: what they may ask.
        levels: levels of the address service they may see.
        per_second: their allowance; 0: no limit.
        unit: department of a key.
        sha256: of the key, by which the database knows it again.
        person: name from a token.
    """

    name: str
    scopes: frozenset[str]
    levels: frozenset[str]
    per_second: float
    unit: str | None = None
    sha256: str | None = None
    person: str | None = None


NOBODY = Caller("net:", frozenset(), frozenset(), 0)


@dataclass
class _Lease:
    """Allowance a worker has taken and not used yet."""

    tokens: float = 0.0
    until: float = 0.0
    remaining: float = 0.0
    refused_until: float = 0.0
    burst: float = 0.0
    per_second: float = 1.0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)


class Gate:
    """Finds out who asks, takes it from their allowance, refuses what they may not."""

    def __init__(
        self, app: ASGIApp, settings: AccessSettings, pool: ReadPool, refuse: Refuse
    ) -> None:
        """A gate before an application.

        Args:
            app: what is behind it.
            settings: limits, public scopes, issuer.
            pool: to the keys and allowances; may write.
            refuse: makes the answer of an error.
        """
        self._app, self._settings, self._refuse, self._pool = app, settings, refuse, pool
        self._issuer = Issuer(settings) if settings.issuer else None
        self._public = frozenset(
            each.strip() for each in settings.public_scopes.split(",") if each.strip()
        )
        self._known: dict[str, tuple[float, Caller | None]] = {}
        self._leases: dict[str, _Lease] = {}
        self._levels: tuple[float, frozenset[str]] = (0.0, frozenset())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not _is_watched(scope):
            await self._app(scope, receive, send)
            return
        caller, lease = NOBODY, None
        try:
            caller = await self._caller(scope)
            lease = await self._take(caller, 1.0)
            self._admit(scope["path"], caller)
            _refuse_large(scope)
        except GisPlatformError as error:
            answer = self._refuse(Request(scope), error)
            self._tell(answer.headers, lease or self._leases.get(caller.name))
            await answer(scope, receive, send)
            return
        if not scope["path"].startswith(_FILES):
            receive = _limited(receive)
        state = scope.setdefault("state", {})
        state["caller"] = caller
        if caller.person is not None:
            state["person"] = caller.person

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._tell(MutableHeaders(scope=message), lease)
            await send(message)

        await self._app(scope, receive, sending if lease else send)

    # ------------------------------------------------------------------ who

    async def _caller(self, scope: Scope) -> Caller:
        """Who asks.

        Raises:
            UsageError: a key in the address of the request.
            Unidentified: a key or token that does not hold.
        """
        _refuse_in_query(scope["query_string"])
        secret = _secret_of(scope["headers"])
        if secret is None:
            return await self._anonymous(scope)
        known = self._known.get(secret)
        if known is None or known[0] < time.monotonic():
            known = await self._look_up(scope, secret)
        if known[1] is None:
            raise _unknown()
        return known[1]

    async def _look_up(self, scope: Scope, secret: str) -> tuple[float, Caller | None]:
        await self._take(self._net(scope), 1.0)
        found = await (self._by_key(secret) if looks_like_key(secret) else self._by_token(secret))
        if found is None:
            await self._take(self._net(scope), _GUESS_COSTS)
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[secret] = known = (time.monotonic() + REMEMBERED, found)
        return known

    async def _by_key(self, secret: str) -> Caller | None:
        sha256 = hash_of(secret)
        rows = await self._pool.fetch(ask.KEY, {"sha256": sha256})
        if not rows:
            return None
        prefix, unit, scopes, per_second = rows[0]
        return Caller(
            f"key:{prefix}", frozenset(scopes) | self._public, LEVELS,
            self._settings.key_per_second if per_second is None else per_second,
            unit=unit, sha256=sha256,
        )  # fmt: skip

    async def _by_token(self, secret: str) -> Caller | None:
        if self._issuer is None:
            return None
        claims = await self._issuer.claims(secret)
        if claims is None:
            return None
        name = hashlib.sha256(f"{claims.subject}".encode()).hexdigest()[:16]
        # Units are told to keys only: the database itself looks whether one has the right.
        scopes = (claims.scopes & frozenset(SCOPES)) - {"unit"}
        is_of_desk = "publication" in claims.scopes
        return Caller(
            f"token:{name}", scopes | self._public, LEVELS, self._settings.key_per_second,
            person=claims.name if is_of_desk else None,
        )  # fmt: skip

    async def _anonymous(self, scope: Scope) -> Caller:
        return self._net(scope, await self._public_levels())

    def _net(self, scope: Scope, levels: frozenset[str] = frozenset()) -> Caller:
        client = scope.get("client")
        name = f"net:{network_of(client[0] if client else '')}"
        return Caller(name, self._public, levels, self._settings.public_per_second)

    async def _public_levels(self) -> frozenset[str]:
        if self._settings.public_levels == "all":
            return LEVELS
        until, levels = self._levels
        now = time.monotonic()
        if now >= until:
            # Before the question: others go on with what was true a moment ago, and do not queue.
            self._levels = (now + REMEMBERED, levels) if until else self._levels
            try:
                levels = frozenset((await self._pool.fetch(ask.PUBLIC_LEVELS))[0][0])
            except Unavailable:
                if not until:
                    raise
            self._levels = (time.monotonic() + REMEMBERED, levels)
        return levels

    # ------------------------------------------------------------------ how much

    async def _take(self, caller: Caller, cost: float) -> _Lease | None:
        """Take from the allowance.

        Raises:
            TooMany: nothing is left.
        """
        if not caller.per_second:
            return None
        lease = self._leases.get(caller.name)
        if lease is None:
            lease = self._lease(caller.name)
        if lease.tokens < cost or lease.until < time.monotonic():
            async with lease.asking:
                await self._renew(caller, lease, cost)
        lease.tokens -= cost
        return lease

    def _lease(self, name: str) -> _Lease:
        if len(self._leases) >= _MOST_REMEMBERED:
            now = time.monotonic()
            self._leases = {n: each for n, each in self._leases.items() if each.until > now}
        return self._leases.setdefault(name, _Lease())

    async def _renew(self, caller: Caller, lease: _Lease, cost: float) -> None:
        now = time.monotonic()
        if lease.tokens >= cost and lease.until >= now:
            return
        if now < lease.refused_until:
            raise _too_many(lease.refused_until - now)
        burst = max(caller.per_second * self._settings.burst_seconds, cost)
        wanted = max(cost, math.ceil(caller.per_second * _PORTION_S))
        values = {"bucket": caller.name, "wanted": wanted, "per_second": caller.per_second,
                  "burst": burst}  # fmt: skip
        try:
            granted, remaining, wait = (await self._pool.fetch(ask.TAKE, values))[0]
        except Unavailable:
            # Without the database an address can still be answered: from memory, within bounds.
            granted, remaining, wait = wanted, 0.0, 0.0
        left = lease.tokens if lease.until >= now else 0.0
        lease.tokens, lease.until, lease.remaining = granted + left, now + _KEPT_S, remaining
        lease.burst, lease.per_second = burst, caller.per_second
        if lease.tokens < cost:
            lease.refused_until = now + (wait or 1 / caller.per_second)
            raise _too_many(lease.refused_until - now)

    def _tell(self, headers: Any, lease: _Lease | None) -> None:
        """The RateLimit headers of draft-ietf-httpapi-ratelimit-headers-10 (§3, §4)."""
        if lease is None or not lease.burst:
            return
        left = max(0, int(lease.tokens + lease.remaining))
        window = math.ceil(lease.burst / lease.per_second)
        headers["ratelimit-policy"] = f'"default";q={int(lease.burst)};w={window}'
        headers["ratelimit"] = f'"default";r={left};t={window}'

    # ------------------------------------------------------------------ what

    def _admit(self, path: str, caller: Caller) -> None:
        """Refuse what the caller may not.

        Raises:
            Unidentified: a key would open it.
            NotAllowed: this key does not.
        """
        for beginning, scope, level in _NEEDED:
            if path.startswith(beginning):
                wanted = "unit" if path.endswith(_UNITS) else scope
                if wanted not in caller.scopes:
                    raise _closed(caller, wanted)
                if level is not None and level not in caller.levels:
                    raise _unpublished(level)
                return


def _is_watched(scope: Scope) -> bool:
    """The API, and pages that search for an address."""
    path: str = scope["path"]
    return path.startswith(API) or (path in _PAGES and bool(scope["query_string"]))


def caller_of(request: Request) -> Caller:
    """Who asks; without a gate (a part tried alone) nobody."""
    found: Caller = getattr(request.state, "caller", NOBODY)
    return found


def _secret_of(headers: list[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name == b"x-api-key":
            return value.decode("latin-1").strip()
        if name == b"authorization" and value[:7].lower() == b"bearer ":  # ASCII: RFC 9110
            return value[7:].decode("latin-1").strip()
    return None


def _refuse_in_query(query: bytes) -> None:
    """A key in an address ends in logs and histories."""
    if b"gis_" in query or b"api_key=" in query or b"access_token=" in query:
        raise UsageError(
            Text("Anahtar adres satırına yazılmaz.", "A key does not belong into an address."),
            remedy=Text("başlık olarak gönderin: Authorization: Bearer gis_…",
                        "send it as a header: Authorization: Bearer gis_…"),
        )  # fmt: skip


def _refuse_large(scope: Scope) -> None:
    """Only files are large; every other body is a few words of JSON."""
    said = dict(scope["headers"]).get(b"content-length", b"0")
    if not scope["path"].startswith(_FILES) and said.isdigit() and int(said) > _MOST_BODY:
        raise _too_large()


def _limited(receive: Receive) -> Receive:
    """The same for a body whose length was not told before."""
    size = 0

    async def receiving() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > _MOST_BODY:
            raise _too_large()
        return message

    return receiving


def _too_large() -> TooLarge:
    return TooLarge(
        Text(
            f"Gövde {_MOST_BODY // 1000} KB'tan büyük.",
            f"The body is over {_MOST_BODY // 1000} KB.",
        ),
        remedy=Text("dosyalar için: POST /api/v1/batch", "for files: POST /api/v1/batch"),
    )


def network_of(address: str) -> str:
    """A hash of who may be one caller: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if known.version == 6:  # noqa: PLR2004 - IPv6
        mapped = known.ipv4_mapped
        known = mapped or ipaddress.ip_network((int(known) >> 64 << 64, 64)).network_address
    return hashlib.sha256(str(known).encode()).hexdigest()[:16]


def _unknown() -> Unidentified:
    return Unidentified(
        Text("Anahtar ya da belirteç geçerli değil.", "The key or token does not hold."),
        remedy=Text("süresi dolmuş ya da iptal edilmiş olabilir; yenisini isteyin",
                    "it may have expired or been revoked; ask for a new one"),
    )  # fmt: skip


def _closed(caller: Caller, scope: str) -> GisPlatformError:
    name = SCOPES[scope]
    if caller.name.startswith("net:"):
        return Unidentified(
            Text(f"Bu yol anahtar ister: {name.tr}.", f"This path needs a key: {name.en}."),
            remedy=Text(f"“{scope}” yetkili bir anahtarla: Authorization: Bearer gis_…",
                        f"with a key that has “{scope}”: Authorization: Bearer gis_…"),
        )  # fmt: skip
    return NotAllowed(
        Text(f"Anahtarın bu yetkisi yok: {scope}.", f"The key lacks this scope: {scope}."),
        remedy=Text(f"yeni anahtar isteyin: gis key new --scope {scope}",
                    f"ask for a new key: gis key new --scope {scope}"),
    )  # fmt: skip


def _unpublished(level: str) -> Unidentified:
    return Unidentified(
        Text(f"“{level}” katmanı yayında değil; anahtarsız görülemez.",
             f"Layer “{level}” is not published; it is not seen without a key."),
        remedy=Text("anahtarla sorun ya da katmanın yayımını bekleyin",
                    "ask with a key, or wait until the layer is published"),
    )  # fmt: skip


def _too_many(wait: float) -> TooMany:
    seconds = max(1, math.ceil(wait))
    return TooMany(
        Text("İzin verilenden çok istek geldi.", "More requests came than are allowed."),
        remedy=Text(f"{seconds} saniye sonra yeniden deneyin", f"try again in {seconds} s"),
        wait=wait,
    )
