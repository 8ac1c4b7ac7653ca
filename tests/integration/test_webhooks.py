"""Programs are told of changed addresses: a real receiver checks what it gets."""

import base64
import hashlib
import hmac
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from gis_platform.cli.main import build
from gis_platform.core.errors import NotFound, UsageError
from gis_platform.core.settings import WebhookSettings
from gis_platform.jobs.webhooks import (
    Wanted,
    add_webhook,
    check_address,
    remove_webhook,
    retry_webhook,
    rotate_webhook,
    tell_once,
    try_webhook,
    webhooks,
)
from tests.builders import a_frame
from tests.integration.test_api_register import change, door

INSIDE = WebhookSettings(allow_private=True, most_tries=3)
WHO = "Ayşe Öner"


class Receiver:
    """A program that is told; takes nothing while ``status`` is an error."""

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}/gelen?birim=1"
        self.status, self.got = 204, []

    def signed_with(self, secret, at=-1):
        headers, body = self.got[at]
        key = base64.b64decode(secret.removeprefix("whsec_"))
        said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        right = "v1," + base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
        return right in headers["webhook-signature"].split()

    def changes(self, at=-1):
        return json.loads(self.got[at][1])["changes"]


@contextmanager
def receiving():
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.got.append((dict(self.headers.items()), body))
            self.send_response(receiver.status)
            self.send_header("location", "http://127.0.0.1:1/")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def add(town, receiver, **wanted):
    return add_webhook(town, INSIDE, Wanted("Zabıta", receiver.url, **wanted), WHO)


def rename(town, number):
    change(town, {"numarataj": a_frame("numarataj", door(801001, kapi_no=str(number)))})


def due_now(town):
    with town.engine("gis_owner").begin() as connection:
        connection.execute(text("UPDATE access.webhook SET next_try_at = now()"))


def test_a_change_is_told_once_it_is_there_signed_and_only_then(town, receiver):
    number, secret = add(town, receiver)
    assert not tell_once(town, INSIDE, None)  # from now on, not what was
    rename(town, 971)
    assert tell_once(town, INSIDE, "https://adres.example")
    assert [(each["level"], each["kod"], each["change"]) for each in receiver.changes()] == [
        ("numarataj", 801001, "changed")
    ]
    assert receiver.signed_with(secret)
    assert not receiver.signed_with("whsec_" + base64.b64encode(b"x" * 32).decode())
    assert not tell_once(town, INSIDE, None)
    assert webhooks(town)[0].state == "good"
    assert number == webhooks(town)[0].id


def test_everything_is_told_in_order_in_pages_from_a_number_on(town, receiver):
    add(town, receiver, since=0)
    while tell_once(town, INSIDE, None):
        pass
    every = [each["seq"] for at in range(len(receiver.got)) for each in receiver.changes(at)]
    assert every == sorted(set(every))
    assert len(receiver.got) > 1
    assert max(len(receiver.changes(at)) for at in range(len(receiver.got))) <= 1000


@pytest.mark.parametrize("status", [500, 302, 410])
def test_what_is_not_taken_is_sent_again_the_same_and_given_up_at_last(town, receiver, status):
    number, _ = add(town, receiver)
    rename(town, 972)
    receiver.status = status
    for _ in range(3):
        due_now(town)
        assert tell_once(town, INSIDE, None)
        assert not tell_once(town, INSIDE, None)  # waits
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1
    found = webhooks(town)[0]
    assert (found.state, found.last_answer) == ("dead", f"HTTP {status}")
    due_now(town)
    assert not tell_once(town, INSIDE, None)
    rename(town, 973)
    receiver.status = 200
    retry_webhook(town, number)
    while tell_once(town, INSIDE, None):
        pass
    assert webhooks(town)[0].state == "good"
    assert receiver.changes()[-1]["now"]["dis_kapi_no"] == "973"


def test_a_receiver_that_is_away_holds_up_nobody_else(town, receiver):
    with receiving() as gone:
        add(town, gone)
    add(town, receiver)
    rename(town, 974)
    while tell_once(town, INSIDE, None):
        pass
    assert [each.state for each in webhooks(town)] == ["failing", "good"]


def test_levels_can_be_chosen(town, receiver):
    add(town, receiver, levels=("mahalle",))
    rename(town, 975)
    assert not tell_once(town, INSIDE, None)
    with pytest.raises(UsageError, match="kat"):
        add(town, receiver, levels=("kat",))


def test_a_new_secret_signs_beside_the_old_one_for_a_while(town, receiver):
    number, old = add(town, receiver)
    new = rotate_webhook(town, number, days=1)
    answer, is_taken = try_webhook(town, INSIDE, number)
    assert (answer, is_taken) == ("HTTP 204", True)
    assert receiver.signed_with(old)
    assert receiver.signed_with(new)
    newest = rotate_webhook(town, number, days=0)
    try_webhook(town, INSIDE, number)
    assert receiver.signed_with(newest)
    assert not receiver.signed_with(new)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/",
        "https://169.254.169.254/latest", "https://0x7f000001/", "file:///etc/passwd",
        "https://user@example.org/", "gopher://x/", "https:///x",
    ],
)  # fmt: skip
def test_nobody_inside_is_told_unless_the_setting_allows(url):
    with pytest.raises(UsageError):
        check_address(url, WebhookSettings())


def test_an_address_that_turns_to_the_inside_later_is_not_told_either(town, receiver):
    number, _ = add(town, receiver)
    answer, is_taken = try_webhook(town, WebhookSettings(), number)
    assert not is_taken
    assert "not told" in answer
    assert receiver.got == []


def test_a_webhook_is_removed_and_unknown_ones_are_named(town, receiver):
    number, _ = add(town, receiver)
    remove_webhook(town, number)
    assert webhooks(town) == []
    for deed in (remove_webhook, retry_webhook):
        with pytest.raises(NotFound):
            deed(town, number)


def test_from_the_command_line(environment, database, receiver):
    def gis(*words):
        return CliRunner().invoke(
            build("webhook"), ["webhook", *words],
            env=environment | {"GIS_WEBHOOK__ALLOW_PRIVATE": "true", "GIS_LANGUAGE": "en"},
        )  # fmt: skip

    made = gis("add", receiver.url, "--unit", "Zabıta", "--as", WHO, "--level", "mahalle")
    assert made.stdout.startswith("whsec_")
    assert gis("test", "1").output.strip() == "HTTP 204"
    receiver.status = 500
    assert gis("test", "1").exit_code == 1
    listed = gis("list").stdout
    assert "good" in listed
    assert "whsec_" not in listed
    assert gis("remove", "1").exit_code == 0
