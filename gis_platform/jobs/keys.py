"""Keys of departments for the address service: given, shown once, rotated with overlap, revoked.

A key is ``gis_<prefix>_<secret>``. The prefix may be shown and logged; of the whole only the
SHA-256 is kept: the secret has 190 bits of chance, so that a slow hash would protect nothing more.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.errors import Conflict, NotFound, Text, UsageError
from gis_platform.core.people import person_name
from gis_platform.db.engine import Database
from gis_platform.db.queries import access as ask

SCOPES: dict[str, Text] = {
    "search": Text("arama, noktadan adres", "search, reverse"),
    "match": Text("bir adresin kesin cevabı", "the verdict on an address"),
    "register": Text(
        "numarayla kayıt, geçmiş, değişiklikler", "records by number, history, changes"
    ),
    "batch": Text("dosya eşleme", "matching of files"),
    "unit": Text(
        "bağımsız bölümler; her okuma amacıyla yazılır",
        "independent units; every reading is written down with its purpose",
    ),
}
"""What a key may be given."""
_FORM = re.compile(r"gis_[a-z0-9]{8}_[A-Za-z0-9]{32}")
_SHORT = "abcdefghijkmnpqrstuvwxyz23456789"
_LONG = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_MOST_DAYS = 3650


@dataclass(frozen=True)
class Key:
    """A key as it is kept.

    Attributes:
        prefix: what of it may be shown.
        unit: department.
        per_second: its own limit; ``None``: that of the settings.
        follows: prefix of the key it takes the place of.
    """

    prefix: str
    unit: str
    scopes: tuple[str, ...]
    per_second: float | None
    created_at: datetime
    created_by: str
    expires_at: datetime
    follows: str | None
    revoked_at: datetime | None
    revoked_by: str | None
    reason: str | None
    last_used_at: datetime | None

    @property
    def state(self) -> str:
        """``in_force``, ``expired`` or ``revoked``."""
        if self.revoked_at is not None:
            return "revoked"
        return "in_force" if self.expires_at > datetime.now(UTC) else "expired"


@dataclass(frozen=True)
class Terms:
    """What a key is given with.

    Attributes:
        days: how long it is good.
        per_second: requests a second; ``None``: the limit of the settings.
    """

    unit: str
    scopes: tuple[str, ...]
    days: float
    per_second: float | None = None


def looks_like_key(said: str) -> bool:
    """Whether a text has the form of a key."""
    return _FORM.fullmatch(said) is not None


def hash_of(secret: str) -> str:
    """SHA-256 of a whole key, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_key(database: Database, terms: Terms, person: str) -> tuple[str, Key]:
    """Give a department a key; the whole of it is told here and never again.

    Raises:
        UsageError: no department, an unknown scope, a time or a limit that cannot be.
    """
    _refuse_wrong(terms)
    with database.engine("gis_office").begin() as connection:
        return _add(connection, terms, person_name(person), None)


def keys_of(database: Database) -> list[Key]:
    """Every key there is or was, the newest first."""
    with database.engine("gis_office").connect() as connection:
        return [_key(row) for row in ask.keys(connection)]


def key_of(database: Database, prefix: str) -> Key:
    """One key.

    Raises:
        NotFound: there is none with this prefix.
    """
    with database.engine("gis_office").connect() as connection:
        return _found(connection, prefix)


def rotate_key(
    database: Database, prefix: str, person: str, *, days: float, overlap_days: float
) -> tuple[str, Key]:
    """Give a key in the place of another, which stays good for ``overlap_days`` more.

    Raises:
        NotFound: there is no such key.
        Conflict: it is not in force.
    """
    with database.engine("gis_office").begin() as connection:
        before = _in_force(connection, prefix)
        terms = Terms(before.unit, before.scopes, days, before.per_second)
        _refuse_wrong(terms)
        if overlap_days < 0:
            raise _wrong("overlap-days", str(overlap_days))
        ask.shorten_key(connection, prefix, overlap_days)
        return _add(connection, terms, person_name(person), prefix)


def revoke_key(database: Database, prefix: str, person: str, reason: str | None) -> Key:
    """End a key at once, and for good.

    Raises:
        NotFound: there is no such key.
        Conflict: it is not in force any more.
    """
    with database.engine("gis_office").begin() as connection:
        _in_force(connection, prefix)
        ask.revoke_key(connection, prefix, person_name(person), reason)
        return _key(ask.key(connection, prefix) or {})


def readings(database: Database, prefix: str | None, most: int) -> list[dict[str, Any]]:
    """Readings of units, the newest first."""
    with database.engine("gis_office").connect() as connection:
        return ask.unit_readings(connection, prefix, most)


def _add(connection: Connection, terms: Terms, person: str, follows: str | None) -> tuple[str, Key]:
    prefix = "".join(secrets.choice(_SHORT) for _ in range(8))
    secret = f"gis_{prefix}_" + "".join(secrets.choice(_LONG) for _ in range(32))
    values = {
        "prefix": prefix, "sha256": hash_of(secret), "unit": terms.unit.strip(),
        "scopes": list(terms.scopes), "per_second": terms.per_second, "created_by": person,
        "expires_at": datetime.now(UTC) + timedelta(days=terms.days), "follows": follows,
    }  # fmt: skip
    ask.add_key(connection, values)
    return secret, _key(ask.key(connection, prefix) or {})


def _key(row: dict[str, Any]) -> Key:
    return Key(**row | {"scopes": tuple(row["scopes"])})


def _found(connection: Connection, prefix: str) -> Key:
    row = ask.key(connection, prefix)
    if row is None:
        raise NotFound(
            Text(f"Böyle bir anahtar yok: {prefix}", f"There is no such key: {prefix}"),
            remedy=Text("olanlar: gis key list", "those there are: gis key list"),
        )
    return _key(row)


def _in_force(connection: Connection, prefix: str) -> Key:
    found = _found(connection, prefix)
    if found.state != "in_force":
        raise Conflict(
            Text(f"Anahtar yürürlükte değil: {prefix}", f"The key is not in force: {prefix}"),
            remedy=Text("yenisi: gis key new", "a new one: gis key new"),
        )
    return found


def _refuse_wrong(terms: Terms) -> None:
    if not terms.unit.strip():
        raise _wrong("unit", terms.unit)
    if not 0 < terms.days <= _MOST_DAYS:
        raise _wrong("days", f"{terms.days:g}")
    if terms.per_second is not None and not terms.per_second > 0:
        raise _wrong("per-second", f"{terms.per_second:g}")
    refuse_unknown(terms.scopes)


def refuse_unknown(scopes: Sequence[str]) -> None:
    """Refuse scopes there are not.

    Raises:
        UsageError: naming them and those there are.
    """
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        said = ", ".join(unknown) or "–"
        raise UsageError(
            Text(f"Böyle bir yetki yok: {said}", f"There is no such scope: {said}"),
            remedy=Text(f"olanlar: {', '.join(SCOPES)}", f"those there are: {', '.join(SCOPES)}"),
        )


def _wrong(option: str, said: str) -> UsageError:
    return UsageError(
        Text(f"--{option} bu olamaz: {said or '–'}", f"--{option} cannot be this: {said or '–'}"),
        remedy=Text(
            f'--unit "Zabıta" --days 1…{_MOST_DAYS} --per-second 0\'dan büyük',
            f'--unit "Zabıta" --days 1…{_MOST_DAYS} --per-second above 0',
        ),
    )
