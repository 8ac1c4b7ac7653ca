"""Bearer tokens of an OpenID Connect issuer: signature, issuer, audience and times are checked.

Sources: RFC 7519 (JWT), RFC 8725 (best current practice: algorithms are ours to choose, never the
token's), OpenID Connect Discovery 1.0 §4.
"""

import asyncio
import json
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt import PyJWK, PyJWKSet
from jwt.exceptions import PyJWTError

from gis_platform.core.errors import Text, Unavailable
from gis_platform.core.settings import AccessSettings

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Only such as need the issuer's private key; ``none`` and the HMAC ones are not among them."""
_KEPT_S = 300.0
_SOONEST_S = 10.0
"""Seconds between two looks at the issuer's keys, however many unknown ones are named."""
_LEEWAY_S = 30
_TIMEOUT_S = 5.0
_MOST_BYTES = 1_000_000
_LONGEST = 8192


@dataclass(frozen=True)
class Claims:
    """What a token says that holds.

    Attributes:
        subject: who, as the issuer knows them.
        name: of the person; ``None`` of a program.
        scopes: what they may do.
    """

    subject: str
    name: str | None
    scopes: frozenset[str]


class Issuer:
    """Knows the keys of an issuer and checks its tokens."""

    def __init__(self, settings: AccessSettings) -> None:
        self._settings = settings
        self._keys: dict[str, PyJWK] = {}
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def claims(self, token: str) -> Claims | None:
        """What a token says; ``None`` where it does not hold.

        Raises:
            Unavailable: the issuer does not give its keys.
        """
        if len(token) > _LONGEST:
            return None
        try:
            header = jwt.get_unverified_header(token)
        except PyJWTError:
            return None
        name, algorithm = str(header.get("kid", "")), header.get("alg")
        if algorithm not in ALGORITHMS:
            return None
        key = await self._key(name)
        return None if key is None else self._checked(token, key, str(algorithm))

    def _checked(self, token: str, key: PyJWK, algorithm: str) -> Claims | None:
        if key.algorithm_name not in {algorithm, None}:
            return None
        try:
            said = jwt.decode(
                token, key.key, algorithms=[algorithm], audience=self._settings.audience,
                issuer=self._settings.issuer, leeway=_LEEWAY_S,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )  # fmt: skip
        except PyJWTError:
            return None
        name = said.get(self._settings.name_claim)
        return Claims(
            str(said["sub"]), name if isinstance(name, str) else None,
            _scopes(said.get(self._settings.scope_claim)),
        )  # fmt: skip

    async def _key(self, name: str) -> PyJWK | None:
        """The key of a name; the issuer is asked again for a new one, but not at every try."""
        async with self._reading:
            since = None if self._read_at is None else time.monotonic() - self._read_at
            is_wanted = name not in self._keys and (since is None or since > _SOONEST_S)
            if is_wanted or (since is not None and since > _KEPT_S):
                self._keys = await asyncio.to_thread(self._read_keys)
                self._read_at = time.monotonic()
        return self._keys.get(name)

    def _read_keys(self) -> dict[str, PyJWK]:
        issuer = (self._settings.issuer or "").rstrip("/")
        try:
            found = _read(f"{issuer}/.well-known/openid-configuration")
            keys = PyJWKSet.from_dict(dict(_read(str(found["jwks_uri"])))).keys
        except (OSError, ValueError, KeyError, PyJWTError) as error:
            raise Unavailable(
                Text("Kimlik sağlayıcısının anahtarları okunamıyor.",
                     "The keys of the identity provider cannot be read."),
                remedy=Text("GIS_ACCESS__ISSUER doğru mu, ulaşılıyor mu?",
                            "is GIS_ACCESS__ISSUER right, and can it be reached?"),
            ) from error  # fmt: skip
        return {str(each.key_id or ""): each for each in keys if each.public_key_use != "enc"}


def _read(address: str) -> Mapping[str, Any]:
    if not address.startswith(("https://", "http://127.0.0.1", "http://localhost", "http://[::1]")):
        raise ValueError(address)
    with urllib.request.urlopen(address, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - checked above
        found = json.loads(answer.read(_MOST_BYTES))
    if not isinstance(found, dict):
        raise ValueError(address)  # noqa: TRY004 - what the issuer says, not what was passed
    return found


def _scopes(said: Any) -> frozenset[str]:
    """Scopes as a text with blanks (RFC 8693 §4.2) or as a list."""
    if isinstance(said, str):
        return frozenset(said.split())
    return frozenset(str(each) for each in said) if isinstance(said, list) else frozenset()
