"""Files of addresses sent to the service: answered as by ``gis match``, whoever answers."""

import io
import signal
import socket
import subprocess
import time
from itertools import cycle, islice

import httpx
import pyogrio
import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text

from gis_platform.api.app import create_app
from gis_platform.core.settings import AccessSettings, BatchSettings
from gis_platform.jobs.batch import Jobs
from gis_platform.jobs.index import ensure_index
from gis_platform.jobs.keys import Terms, new_key
from gis_platform.matching.files import match_file, named_columns, open_file
from gis_platform.matching.match import Matcher
from tests.integration.test_api_serve import GIS
from tests.server import running, visiting

API = "/api/v1/batch"
ADDRESSES = [
    "Haliç Bulvarı 5",
    "haliç blv no:7",
    "Yok Sokak 3",
    "",
    "Fener Mah. Haliç Bulvarı No 9",
]
LONG = {"public_per_second": 0, "key_per_second": 0, "public_scopes": "search,batch",
        "public_levels": "all"}  # fmt: skip


@pytest.fixture
def home(settings, town):
    with town.engine("gis_etl").connect() as connection:
        ensure_index(settings, connection)
    return settings


@pytest.fixture
def rules(home):
    return home.model_copy(update={"access": AccessSettings.model_validate(LONG)})


@pytest.fixture
def client(rules, town):
    with visiting(create_app(rules, town)) as client:
        yield client


@pytest.fixture
def jobs(rules, town):
    return Jobs(rules, town)


def a_csv(rows=5, header="sıra;adres"):
    lines = [f"{n};{said}" for n, said in enumerate(islice(cycle(ADDRESSES), rows), 1)]
    return ("\n".join([header, *lines]) + "\n").encode()


def send(client, body, **query):
    headers = query.pop("headers", {})
    return client.post(API, content=body, params=query, headers=headers)


def folders(settings):
    return sorted(settings.batch_dir.glob("*")) if settings.batch_dir.exists() else []


def test_a_file_is_answered_to_the_byte_as_gis_match_answers_it(client, jobs, home, tmp_path):
    sent = send(client, a_csv(), column="adres", name="zabıta.csv")
    assert sent.status_code == 202
    job = sent.json()
    assert (job["state"], sent.headers["location"]) == ("queued", job["links"]["self"])
    early = client.get(f"{API}/{job['id']}/result")
    assert (early.status_code, early.json()["code"]) == (409, "conflict")
    assert jobs.work_once()
    job = client.get(f"{API}/{job['id']}").json()
    assert (job["state"], job["rows_done"]) == ("done", 5)
    assert sum(each["rows"] for each in job["answers"]) == 5

    path = tmp_path / "same.csv"
    path.write_bytes(a_csv())
    file = open_file(path)
    scores = home.matching
    matcher = Matcher.open(home.index_dir, accept_score=scores.accept_score,
                           review_score=scores.review_score)  # fmt: skip
    match_file(matcher, file, tmp_path / "out.csv", named_columns(file, {"text": "adres"}))
    result = client.get(job["links"]["result"])
    assert result.content == (tmp_path / "out.csv").read_bytes()
    assert "zab" in result.headers["content-disposition"]
    part = client.get(job["links"]["result"], headers={"range": "bytes=0-9"})
    assert (part.status_code, part.content) == (206, result.content[:10])
    assert [each.name for each in folders(home)[0].iterdir()] == ["result.csv"]  # input is deleted


def test_an_excel_file_comes_back_as_one_and_as_a_layer(client, jobs, tmp_path):
    book, body = Workbook(), io.BytesIO()
    book.active.append(["Adres", "not"])
    for said in ADDRESSES:
        book.active.append([said, "@x"])
    book.save(body)
    made = {
        form: send(client, body.getvalue(), column="Adres", format=form, name="a.xlsx").json()["id"]
        for form in ("xlsx", "gpkg")
    }
    while jobs.work_once():
        pass
    for form, job in made.items():
        (tmp_path / f"a.{form}").write_bytes(client.get(f"{API}/{job}/result").content)
    page = load_workbook(tmp_path / "a.xlsx").active
    assert page.max_row == 6
    assert "match_status" in [cell.value for cell in page[1]]
    assert not any(cell.data_type == "f" for row in page for cell in row)
    layer = pyogrio.read_dataframe(tmp_path / "a.gpkg")
    assert len(layer) == 5
    assert layer.crs.to_epsg() == 4326


@pytest.mark.parametrize(
    ("body", "query", "status", "says"),
    [
        (b"", {"column": "adres"}, 422, "empty"),
        (b"\x00\x01\x02\xff\xfe", {"column": "adres"}, 422, None),
        (b"a;b\n1;2\n", {}, 400, "which column"),
        (b"a;b\n1;2\n", {"column": "adres"}, 422, "adres"),
        (b"PK\x03\x04 not a workbook", {"column": "adres"}, 422, None),
        (b"adres\nx\n", {"column": "adres", "format": "exe"}, 400, "format"),
        (b"adres\nx\n", {"column": "adres", "colum": "x"}, 400, "colum"),
        (b"adres;adres\nx;y\n", {"column": "adres"}, 422, None),
    ],
)
def test_what_cannot_be_answered_is_refused_at_once_and_leaves_nothing(  # noqa: PLR0913, PLR0917
    client, home, body, query, status, says
):
    answer = send(client, body, lang="en", **query)
    assert answer.status_code == status, answer.text
    assert says is None or says in answer.json()["detail"]
    assert folders(home) == []


def test_a_file_too_large_is_refused_before_and_while_it_is_read(home, town):
    small = BatchSettings(most_mb=1)
    rules = home.model_copy(update={"batch": small, "access": AccessSettings.model_validate(LONG)})
    with running(create_app(rules, town)) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as opened:
            opened.sendall(
                f"POST {API}?column=adres HTTP/1.1\r\nHost: x\r\n"
                f"Content-Length: {10 * 2**30}\r\n\r\n".encode()
            )
            assert b" 413 " in opened.recv(200)

        def endless():
            for _ in range(100):
                yield b"x" * 100_000

        try:
            answer = httpx.post(f"{address}{API}?column=adres", content=endless())
            assert answer.status_code == 413
        except httpx.WriteError:
            pass  # the server has closed the connection, as it may
    assert folders(rules) == []


def test_a_sending_that_is_broken_off_leaves_nothing(rules, town):
    with running(create_app(rules, town)) as address:
        host, port = address.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as opened:
            opened.sendall(
                f"POST {API}?column=adres HTTP/1.1\r\nHost: x\r\n"
                "Content-Length: 1000000\r\n\r\nadres\nx\n".encode()
            )
            deadline = time.monotonic() + 20
            while not folders(rules) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert folders(rules)
        while folders(rules) and time.monotonic() < deadline:
            time.sleep(0.05)
    assert folders(rules) == []


def test_a_file_with_too_many_rows_fails_with_its_reason(home, town):
    rules = home.model_copy(
        update={"batch": BatchSettings(most_rows=3), "access": AccessSettings.model_validate(LONG)}
    )
    with visiting(create_app(rules, town)) as client:
        job = send(client, a_csv(), column="adres").json()
        Jobs(rules, town).work_once()
        found = client.get(f"{API}/{job['id']}", params={"lang": "en"}).json()
        assert found["state"] == "failed"
        assert "more than 3 rows" in found["error"]["detail"]
        assert found["error"]["remedy"] == "split the file"
    assert folders(rules) == []


def test_a_key_owns_what_it_sent(client, jobs, town):
    mine, other = (
        {"authorization": f"Bearer {new_key(town, Terms(unit, ('batch',), 1), 'Ayşe')[0]}"}
        for unit in ("Zabıta", "İmar")
    )
    job = send(client, a_csv(), column="adres", headers=mine).json()
    assert client.get(f"{API}/{job['id']}", headers=mine).status_code == 200
    for stranger in (other, {}):
        assert client.get(f"{API}/{job['id']}", headers=stranger).status_code == 404
        assert client.delete(f"{API}/{job['id']}", headers=stranger).status_code == 404
    assert [each["id"] for each in client.get(API, headers=mine).json()["jobs"]] == [job["id"]]
    assert client.get(API, headers=other).json()["jobs"] == []
    assert jobs.work_once()


def test_the_same_file_sent_again_is_the_same_job(client, town, home):
    secret, _ = new_key(town, Terms("Zabıta", ("batch",), 1), "Ayşe")
    headers = {"authorization": f"Bearer {secret}", "idempotency-key": "gün-1".encode().hex()}
    first = send(client, a_csv(), column="adres", headers=headers)
    again = send(client, a_csv(), column="adres", headers=headers)
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["id"] == again.json()["id"]
    other = send(client, a_csv(3), column="adres", headers=headers)
    assert (other.status_code, other.json()["code"]) == (409, "conflict")
    assert len(folders(home)) == 1
    assert (
        send(client, a_csv(), column="adres", headers={"idempotency-key": "x"}).status_code == 400
    )


def test_a_waiting_job_can_be_cancelled_and_too_many_are_refused(client, jobs, rules):
    made = [send(client, a_csv(), column="adres").json()["id"] for _ in range(5)]
    refused = send(client, a_csv(), column="adres")
    assert refused.status_code == 429
    assert client.delete(f"{API}/{made[0]}").json()["state"] == "cancelled"
    assert len(folders(rules)) == 4
    while jobs.work_once():
        pass
    assert client.get(f"{API}/{made[0]}").json()["state"] == "cancelled"
    assert client.get(f"{API}/{made[1]}").json()["state"] == "done"


def test_what_has_expired_is_deleted_and_says_so(client, jobs, town, rules):
    job = send(client, a_csv(), column="adres", name="Ayşe Yılmaz.csv").json()["id"]
    jobs.work_once()
    with town.engine("gis_owner").begin() as connection:
        connection.execute(text("UPDATE access.batch_job SET expires_at = now() - interval '1 s'"))
    assert jobs.sweep() == 1
    assert folders(rules) == []
    gone = client.get(f"{API}/{job}/result")
    assert (gone.status_code, gone.json()["code"]) == (410, "gone")
    with town.engine("gis_owner").connect() as connection:
        kept = connection.execute(text("SELECT to_jsonb(j)::text FROM access.batch_job AS j"))
        assert "Ayşe" not in kept.scalar_one()


def test_a_killed_worker_loses_nothing(client, jobs, rules, environment, town):
    """The second one goes on where the first was killed; the result is that of one run."""
    body = a_csv(400_000)
    job = send(client, body, column="adres").json()["id"]
    whole = send(client, body, column="adres").json()["id"]
    url = town.url().render_as_string(hide_password=False)
    mine = environment | {"GIS_HOME": str(rules.home), "GIS_DB__URL": url}
    command = [*GIS, "batch", "work", "--workers", "1"]
    with subprocess.Popen(command, env=mine) as process:
        try:
            deadline = time.monotonic() + 25
            while client.get(f"{API}/{job}").json()["rows_done"] == 0:
                assert time.monotonic() < deadline
                time.sleep(0.02)
        finally:
            process.send_signal(signal.SIGKILL)
    found = client.get(f"{API}/{job}").json()
    assert found["state"] == "running"
    assert 0 < found["rows_done"] < 400_000
    while jobs.work_once():
        pass
    assert client.get(f"{API}/{job}").json()["state"] == "done"
    first, second = (client.get(f"{API}/{each}/result").content for each in (job, whole))
    assert first == second
    assert first.count(b"\n") == 400_001
