"""Other programs are told of changed addresses: signed, in order, each at least once.

Signed as Standard Webhooks says (headers ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature``: HMAC-SHA256 over ``id.timestamp.body``). What is told is a page of the feed
 ``addresses/changes``; the same page has the same id however often it is sent.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import secrets
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from gis_platform.core.errors import NotFound, Text, UsageError
from gis_platform.core.people import person_name
from gis_platform.core.settings import WebhookSettings
from gis_platform.db.engine import Database
from gis_platform.db.queries import webhooks as ask
from gis_platform.db.queries.address_service import LEVELS, Change, newest_change, read_changes

MOST_CHANGES = 1000
_TIMEOUT_S = 10.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 4 * 3600.0
_PREFIX = "whsec_"


@dataclass(frozen=True)
class Webhook:
    """Where changes are told, without its secrets.

    Attributes:
        told_to: number of the last change it was told of.
        tries: of what comes next, without success.
        dead_since: given up then, until a person retries.
    """

    id: int
    unit: str
    url: str
    levels: tuple[str, ...]
    told_to: int
    tries: int
    last_answer: str | None
    told_at: datetime | None
    dead_since: datetime | None

    @property
    def state(self) -> str:
        """``dead``, ``failing`` or ``good``."""
        if self.dead_since is not None:
            return "dead"
        return "failing" if self.tries else "good"


@dataclass(frozen=True)
class Wanted:
    """What a program wants to be told.

    Attributes:
        since: changes after this number; ``None``: from now on.
    """

    unit: str
    url: str
    levels: tuple[str, ...] = LEVELS
    since: int | None = None


def add_webhook(
    database: Database, rules: WebhookSettings, wanted: Wanted, person: str
) -> tuple[int, str]:
    """Tell a program of changes; its number and secret.

    Raises:
        UsageError: an address that is not told, or a level there is not.
    """
    check_address(wanted.url, rules)
    unknown = sorted(set(wanted.levels) - set(LEVELS))
    if unknown:
        raise UsageError(
            Text(f"Böyle bir düzey yok: {', '.join(unknown)}",
                 f"There is no such level: {', '.join(unknown)}"),
            remedy=Text(f"olanlar: {', '.join(LEVELS)}", f"those there are: {', '.join(LEVELS)}"),
        )  # fmt: skip
    secret = new_secret()
    with database.engine("gis_etl").begin() as connection:
        start = newest_change(connection) if wanted.since is None else wanted.since
        values = {"unit": wanted.unit, "url": wanted.url, "secret": secret,
                  "levels": list(wanted.levels), "created_by": person_name(person),
                  "told_to": start}  # fmt: skip
        return ask.add(connection, values), secret


def webhooks(database: Database) -> list[Webhook]:
    """Every webhook and where it stands."""
    with database.engine("gis_etl").connect() as connection:
        return [_webhook(row) for row in ask.known(connection)]


def retry_webhook(database: Database, name: int) -> None:
    """Send again at once what was not taken."""
    with database.engine("gis_etl").begin() as connection:
        _require(ask.retry(connection, name), name)


def rotate_webhook(database: Database, name: int, days: float) -> str:
    """A new secret; for so many days what is sent is signed with both."""
    secret = new_secret()
    with database.engine("gis_etl").begin() as connection:
        _require(ask.rotate(connection, name, secret, days), name)
    return secret


def remove_webhook(database: Database, name: int) -> None:
    """Tell nobody there any more."""
    with database.engine("gis_etl").begin() as connection:
        _require(ask.remove(connection, name), name)


def tell_once(database: Database, rules: WebhookSettings, base_url: str | None) -> bool:
    """Tell one program what it has not been told; whether there was something to tell."""
    with database.engine("gis_etl").begin() as connection:
        row = ask.take_due(connection)
        if row is None:
            return False
        page = read_changes(connection, row["told_to"], MOST_CHANGES, row["levels"])
        body = _body(row["told_to"], page, base_url)
        answer, is_taken = _send(row, f"chg_{row['id']}_{page[-1].seq}", body, rules)
        if is_taken:
            ask.note_told(connection, row["id"], page[-1].seq, answer)
        else:
            wait = min(_FIRST_WAIT_S * 3 ** row["tries"], _LONGEST_WAIT_S)
            is_dead = row["tries"] + 1 >= rules.most_tries
            ask.note_failed(connection, row["id"], answer, wait, is_dead=is_dead)
    return True


def try_webhook(database: Database, rules: WebhookSettings, name: int) -> tuple[str, bool]:
    """Send an empty page of changes; what came back, and whether it was taken."""
    with database.engine("gis_etl").connect() as connection:
        row = next((each for each in ask.known(connection) if each["id"] == name), None)
    if row is None:
        raise _unknown(name)
    moment = secrets.token_hex(8)
    return _send(row, f"test_{name}_{moment}", _body(row["told_to"], [], None), rules)


def new_secret() -> str:
    """A secret in the form of Standard Webhooks."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(secret: str, name: str, moment: int, body: bytes) -> str:
    """``v1,…`` over id, timestamp and body."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    said = b".".join([name.encode(), str(moment).encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()


def check_address(url: str, rules: WebhookSettings) -> tuple[str, int, str]:
    """The network address a URL leads to, its port and host: looked up once, connected to as is.

    Raises:
        UsageError: not https, or an address of this machine or a private network.
    """
    parts = urlsplit(url)
    schemes = {"https", "http"} if rules.allow_private else {"https"}
    if parts.scheme not in schemes or not parts.hostname or parts.username:
        raise _not_told(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise UsageError(
            Text(f"Adres bulunamadı: {parts.hostname}", f"No such host: {parts.hostname}")
        ) from error
    address = str(found[0][4][0])
    if not rules.allow_private and not ipaddress.ip_address(address).is_global:
        raise _not_told(url)
    return address, port, parts.hostname


def _send(row: dict[str, Any], name: str, body: bytes, rules: WebhookSettings) -> tuple[str, bool]:
    moment = int(time.time())
    signed = [signature(row["secret"], name, moment, body)]
    if row["is_former_good"]:
        signed.append(signature(row["former_secret"], name, moment, body))
    headers = {
        "content-type": "application/json", "user-agent": "gis-platform",
        "webhook-id": name, "webhook-timestamp": str(moment), "webhook-signature": " ".join(signed),
    }  # fmt: skip
    try:
        address, port, host = check_address(row["url"], rules)
        status = _post(row["url"], (address, port, host), headers, body)
    except (OSError, http.client.HTTPException, UsageError) as error:
        return str(error) or type(error).__name__, False
    return f"HTTP {status}", 200 <= status < 300  # noqa: PLR2004 - RFC 9110 §15.3


def _post(url: str, place: tuple[str, int, str], headers: dict[str, str], body: bytes) -> int:
    """Send to the very address that was checked; a redirection is not followed."""
    address, port, host = place
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_S)
    connection.sock = socket.create_connection((address, port), timeout=_TIMEOUT_S)
    try:
        if parts.scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _body(since: int, page: list[Change], base_url: str | None) -> bytes:
    said = {
        "type": "addresses.changed",
        "since": since,
        "last": page[-1].seq if page else since,
        "changes": [
            {
                "seq": each.seq, "level": each.level, "kod": each.kod, "change": each.change,
                "at": each.at.isoformat(), "now": each.now,
            }
            for each in page
        ],
        "feed": f"{base_url or ''}/api/v1/addresses/changes?since={since}",
    }  # fmt: skip
    return json.dumps(said, ensure_ascii=False).encode()


def _webhook(row: dict[str, Any]) -> Webhook:
    names = ("id", "unit", "url", "told_to", "tries", "last_answer", "told_at", "dead_since")
    return Webhook(**{name: row[name] for name in names}, levels=tuple(row["levels"]))


def _require(is_there: bool, name: int) -> None:  # noqa: FBT001
    if not is_there:
        raise _unknown(name)


def _unknown(name: int) -> NotFound:
    return NotFound(
        Text(f"Böyle bir bildirim yok: {name}", f"There is no such webhook: {name}"),
        remedy=Text("olanlar: gis webhook list", "those there are: gis webhook list"),
    )


def _not_told(url: str) -> UsageError:
    return UsageError(
        Text(f"Bu adrese bildirilmez: {url}", f"That address is not told: {url}"),
        remedy=Text(
            "https ile halka açık bir adres verin; kurum içi için GIS_WEBHOOK__ALLOW_PRIVATE=true",
            "give a public address with https; inside, GIS_WEBHOOK__ALLOW_PRIVATE=true",
        ),
    )
