"""The HTTP side over a real database: pages, layers, tiles, files, errors, headers."""

import gzip
import hashlib
import json
import logging
import re
import time

import pytest
from sqlalchemy.exc import OperationalError

from gis_platform.api.app import create_app
from gis_platform.core.settings import Settings
from tests.server import visiting
from tests.town import LAYERS, load_town, publish_layers, withdraw_layer

PAGES = [
    "/", "/en/", "/katmanlar", "/en/layers", "/katman/mahalle", "/en/layer/numarataj", "/adres",
    "/en/address", "/ara?q=kapı", "/en/search?q=door", "/gelistirici", "/en/developers",
    "/hakkinda", "/en/about", "/dogrula", "/en/verify", "/lisans", "/en/licence", "/gizlilik",
    "/en/privacy", "/erisilebilirlik", "/en/accessibility", "/kosullar", "/en/terms",
    "/yayimlanmayanlar", "/en/not-published", "/istatistik", "/en/statistics",
]  # fmt: skip


@pytest.fixture(scope="module")
def town(_server, tmp_path_factory):
    """A published town: settings and database, for tests that only read."""
    settings = Settings(home=tmp_path_factory.mktemp("town"))
    with _server.clone() as database:
        load_town(database)
        publish_layers(settings, database)
        yield settings, database


@pytest.fixture(scope="module")
def client(town):
    with visiting(create_app(*town)) as client:
        yield client


@pytest.fixture
def own_client(settings, database):
    """A server over a town of the test's own, with one layer published."""
    load_town(database)
    publish_layers(settings, database, "mahalle")
    with visiting(create_app(settings, database)) as client:
        yield client


@pytest.mark.parametrize("path", PAGES)
def test_every_page_answers_in_its_language(client, path):
    answer = client.get(path)
    language = "en" if path.startswith("/en/") else "tr"
    assert answer.status_code == 200
    assert answer.headers["content-language"] == language
    assert f'<html lang="{language}">' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_only_our_own_host(client, path):
    html = client.get(path).text
    loaded = re.findall(r"""(?:src|action|data-\w+)=["'](https?://[^"']+)""", html)
    linked = r'<link rel="(?:stylesheet|preload|icon)"[^>]*href="(http[^"]+)'
    loaded += re.findall(linked, html)
    assert loaded == []


def test_pages_of_an_empty_catalogue_say_that_nothing_is_published(settings, database):
    with visiting(create_app(settings, database)) as client:
        assert "Henüz yayımlanmış katman yok" in client.get("/").text
        assert client.get("/katmanlar").status_code == 200
        assert client.get("/api/v1/layers").json() == {"layers": []}


def test_the_layer_page_shows_rows_meanings_and_files(client):
    html = client.get("/katman/numarataj").text
    assert "768 kayıt" in html
    assert "Kapının ulusal kimlik numarası" in html
    assert "/files/numarataj/v1/numarataj.gpkg" in html
    assert "CC BY 4.0" in html
    assert "HALİÇ" in html


def test_the_table_is_sorted_as_turkish_is_and_paged(client):
    first = client.get("/katman/mahalle?sort=ad&order=desc").text
    names = re.findall(r"<td>([A-ZÇĞİÖŞÜ]+)</td>", first)
    assert names == ["ŞIĞINAK", "NİŞANCI", "İSLAMBEY", "GÜZELTEPE", "ÇIRÇIR"]
    second = client.get("/katman/numarataj?page=2").text
    assert "21–40. satırlar" in second
    assert 'rel="prev"' in second


@pytest.mark.parametrize(
    "query", ["page=abc", "page=-1", "sort=yok", "order=x", "page=99999999999"]
)
def test_a_senseless_table_query_shows_the_page_all_the_same(client, query):
    assert client.get(f"/katman/mahalle?{query}").status_code == 200


@pytest.mark.parametrize("said", ["halic", "HALİÇ", "Haliç", "aliç"])
def test_the_table_is_narrowed_by_folded_text(client, said):
    html = client.get(f"/katman/numarataj?column=csbm&value={said}").text
    rows = re.findall(r"<td>(HALİÇ|ÇIĞIR|ILICA|İĞDE)</td>", html)
    assert rows
    assert set(rows) == {"HALİÇ"}
    assert 'value="' + said + '"' in html


def test_a_narrowed_table_keeps_its_order_and_counts_its_pages(client):
    html = client.get("/katman/numarataj?column=csbm&value=halic&sort=dis_kapi_no&page=999").text
    assert "sort=dis_kapi_no" in html
    assert re.search(r"column=csbm&amp;(op=has&amp;)?value=halic", html)
    assert 'rel="next"' not in html


@pytest.mark.parametrize("value", ["%", "_", "'; DROP TABLE x", "\\"])
def test_a_sign_of_sql_in_the_filter_is_only_a_sign(client, value):
    answer = client.get("/katman/numarataj", params={"column": "csbm", "value": value})
    assert answer.status_code == 200
    assert "Bu değeri taşıyan satır yok" in answer.text


def test_a_value_that_is_no_number_is_told_apart_from_none_found(client):
    html = client.get("/katman/numarataj?column=kimlik_no&value=abc").text
    assert "geçerli bir değer değil" in html


def test_doors_are_sorted_as_people_count(client):
    html = client.get("/katman/numarataj?column=csbm&value=halic&sort=dis_kapi_no").text
    doors = re.findall(r"</td><td>\d+</td><td>(\d+)", html)
    assert len(doors) > 3
    assert [int(door) for door in doors] == sorted(int(door) for door in doors)


def test_a_layer_that_is_approved_appears_without_a_restart(settings, database, own_client):
    assert own_client.get("/katman/csbm").status_code == 404
    publish_layers(settings, database, "csbm")
    assert own_client.get("/katman/csbm").status_code == 200
    assert "Cadde ve sokaklar" in own_client.get("/").text


def test_a_withdrawn_layer_answers_410_with_reason_everywhere(settings, database, own_client):
    file = own_client.get("/api/v1/layers/mahalle").json()["files"][0]["url"]
    assert own_client.get(file).status_code == 200
    withdraw_layer(settings, database, "mahalle", "Sınır davası sürüyor")
    page = own_client.get("/katman/mahalle")
    assert page.status_code == 410
    assert "Sınır davası sürüyor" in page.text
    for path in (file, "/tiles/mahalle/1/12/2376/1536.mvt", "/outline/mahalle/1.svg"):
        assert own_client.get(path).status_code == 410
    answer = own_client.get("/api/v1/layers/mahalle?lang=en")
    assert answer.status_code == 410
    assert answer.json()["code"] == "gone"
    assert "Sınır davası sürüyor" in answer.json()["detail"]
    assert "/katman/mahalle" not in own_client.get("/").text


def test_layers_are_listed_with_their_files_and_checksums(client):
    layers = client.get("/api/v1/layers").json()["layers"]
    assert [layer["name"] for layer in layers] == ["mahalle", "csbm", "numarataj", "yapi"]
    for layer in layers:
        for file in layer["files"]:
            content = client.get(file["url"]).content
            assert len(content) == file["size"]
            assert hashlib.sha256(content).hexdigest() == file["sha256"]


def test_one_feature_is_geojson_with_the_allowed_columns_only(client):
    feature = client.get("/api/v1/layers/numarataj/features/801002").json()
    assert feature["type"] == "Feature"
    assert set(feature["properties"]) == {
        "kimlik_no", "dis_kapi_no", "csbm_kodu", "csbm", "mahalle_kodu", "mahalle",
    }  # fmt: skip


@pytest.mark.parametrize("key", ["1", "abc", "9" * 40, "1' OR '1'='1", "%00"])
def test_a_feature_that_is_not_there_is_404(client, key):
    answer = client.get(f"/api/v1/layers/numarataj/features/{key}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_tile_holds_the_layer_and_may_be_kept_for_ever(client):
    west = client.get("/api/v1/layers/mahalle").json()["extent"][0]
    x, y = int((west + 180) / 360 * 2**12), 1534
    tiles = [client.get(f"/tiles/mahalle/1/12/{x}/{row}.mvt") for row in range(y - 3, y + 4)]
    full = [tile for tile in tiles if tile.status_code == 200]
    assert full
    assert all(tile.status_code in {200, 204} for tile in tiles)
    assert "NİŞANCI".encode() in full[0].content
    assert full[0].headers["cache-control"] == "public, max-age=30, must-revalidate"
    assert full[0].headers["content-type"] == "application/vnd.mapbox-vector-tile"


@pytest.mark.parametrize(
    "path",
    ["/tiles/mahalle/1/12/99999/1.mvt", "/tiles/mahalle/7/1/0/0.mvt", "/tiles/yok/1/0/0/0.mvt",
     "/tiles/mahalle/1/40/0/0.mvt", "/tiles/mahalle/1/3/-1/0.mvt"],
)  # fmt: skip
def test_a_tile_that_cannot_be_is_404(client, path):
    assert client.get(path).status_code == 404


def test_a_number_of_another_kind_is_a_bad_request(client):
    answer = client.get("/tiles/mahalle/x/1/0/0.mvt")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] == "version"


def test_the_picture_of_a_layer_is_svg_without_script(client):
    for name in LAYERS:
        answer = client.get(f"/outline/{name}/1.svg")
        assert answer.headers["content-type"] == "image/svg+xml"
        assert ' d="M' in answer.text
        assert "<script" not in answer.text


def test_a_file_can_be_asked_for_in_parts_and_is_never_packed(client):
    path = "/files/numarataj/v1/numarataj.geojson"
    whole = client.get(path, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in whole.headers
    part = client.get(path, headers={"range": "bytes=10-19", "accept-encoding": "gzip"})
    assert part.status_code == 206
    assert part.content == whole.content[10:20]
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    assert client.get(path, headers={"range": "bytes=999999999-"}).status_code == 416


def test_a_file_that_has_not_changed_is_not_sent_again(client):
    path = "/files/mahalle/v1/mahalle.csv"
    etag = client.get(path).headers["etag"]
    again = client.get(path, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head(path)
    assert head.headers["etag"] == etag
    assert int(head.headers["content-length"]) == len(client.get(path).content)
    assert head.content == b""


def test_the_latest_file_has_an_address_of_its_own(client):
    answer = client.get("/files/mahalle/son/mahalle.gpkg", follow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["location"] == "/files/mahalle/v1/mahalle.gpkg"


@pytest.mark.parametrize(
    "path",
    ["/files/mahalle/v1/..%2f..%2fsecret", "/files/mahalle/v1/yok.gpkg", "/files/mahalle/v0/x",
     "/files/..%2f..%2fetc/v1/passwd", "/files/mahalle/v1/%00", "/static/x/..%2f..%2fapp.py"],
)  # fmt: skip
def test_path_tricks_find_nothing(client, path):
    assert client.get(path).status_code == 404


def test_a_machine_gets_a_problem_document_in_its_language(client):
    answer = client.get(
        "/api/v1/layers/yok", headers={"accept-language": "en-GB,en;q=0.9,tr;q=0.1"}
    )
    problem = answer.json()
    assert answer.status_code == problem["status"] == 404
    assert problem["code"] == "not-found"
    assert problem["detail"] == "There is no layer “yok”."
    assert problem["request_id"] == answer.headers["x-request-id"]
    turkish = client.get("/api/v1/layers/yok?lang=tr", headers={"accept-language": "en"}).json()
    assert turkish["detail"] == "“yok” adında bir katman yok."


def test_the_type_of_a_problem_leads_to_its_description(client):
    where = client.get("/api/v1/layers/yok?lang=en").json()["type"]
    path, _, anchor = where.partition("#")
    assert f'id="{anchor}"' in client.get(path).text


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/api/v1/layers?limt=5", "limt"),
        ("/api/v1/layers?lang=de", "lang"),
        ("/api/v1/layers?lang=tr&lang=en", "lang"),
        ("/api/v1/addresses/search", "q"),
        ("/api/v1/addresses/search?q=", "q"),
        ("/api/v1/addresses/search?q=%20", "q"),
        ("/api/v1/addresses/search?q=%ff%fe", "q"),
        ("/api/v1/addresses/search?q=" + "a" * 401, "q"),
        ("/api/v1/addresses/search?q=a&limit=0", "limit"),
        ("/api/v1/addresses/search?q=a&limit=1000", "limit"),
        ("/api/v1/addresses/search?q=a&limit=çok", "limit"),
        ("/api/v1/addresses/search?q=a&q=b", "q"),
        ("/api/v1/addresses/search?q=a&sokak=b", "sokak"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(client, path, name):
    answer = client.get(path, headers={"accept-language": "tr"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid-parameter"
    assert name in [fault["parameter"] for fault in answer.json()["errors"]]


def test_without_an_index_the_address_search_says_what_to_do(client):
    answer = client.get("/api/v1/addresses/search?q=haliç 12")
    assert answer.status_code == 503
    assert answer.json()["remedy"]
    assert client.get("/adres?q=haliç 12").status_code == 200


def test_a_person_gets_a_page_that_helps(client):
    page = client.get("/katman/yok")
    assert page.status_code == 404
    assert 'href="/katmanlar"' in page.text
    assert 'name="q"' in page.text
    assert client.get("/en/nothing").headers["content-type"].startswith("text/html")
    assert '<html lang="en">' in client.get("/en/nothing").text


def test_a_method_that_is_not_offered_is_405(client):
    assert client.post("/api/v1/layers").status_code == 405
    assert client.delete("/katmanlar").status_code == 405


@pytest.mark.parametrize("path", ["/", "/api/v1/layers", "/health", "/katman/yok", "/robots.txt"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"]


def test_open_data_may_be_read_by_pages_of_other_hosts_and_pages_may_not(client):
    assert client.get("/api/v1/layers").headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in client.get("/").headers


@pytest.mark.parametrize("path", ["/", "/katmanlar", "/api/v1/layers", "/health"])
def test_head_is_get_without_a_body(client, path):
    head, get = client.head(path), client.get(path)
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == get.headers["content-type"]


def test_static_files_are_packed_and_kept_for_ever(client):
    path = re.search(r'href="(/static/[^"]+\.css)"', client.get("/").text)[1]
    with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert b"--plate" in gzip.decompress(packed)
    assert "immutable" in answer.headers["cache-control"]
    old = client.get(path.replace(path.split("/")[2], "000000000000"))
    assert old.headers["cache-control"] == "no-cache"


def test_the_request_id_of_the_caller_is_kept_unless_it_is_harmful(client):
    given = client.get("/health", headers={"x-request-id": "zabita-42"})
    assert given.headers["x-request-id"] == "zabita-42"
    refused = client.get("/health", headers={"x-request-id": "a b\tc"})
    assert refused.headers["x-request-id"] != "a b\tc"


def test_what_people_search_for_is_not_logged(client, caplog):
    caplog.set_level(logging.INFO, logger="gis_platform")
    client.get("/ara?q=gizliadres")
    client.get("/adres?q=gizliadres")
    client.get("/api/v1/addresses/search?q=gizliadres")
    lines = ("/ara 200", "/adres ", "/addresses/search 503")
    until = time.monotonic() + 5  # a line is written after the answer has gone out
    while not all(line in caplog.text for line in lines) and time.monotonic() < until:
        time.sleep(0.01)
    assert all(line in caplog.text for line in lines), caplog.text
    assert "gizliadres" not in caplog.text


def test_ready_says_what_is_ready(client):
    assert client.get("/ready").json()["database"] == "ok"
    assert client.get("/ready").json()["index"] == "absent"


def test_a_database_that_is_gone_is_503_and_health_still_answers(settings, database):
    with visiting(create_app(settings, database)) as client:
        gone = OperationalError("SELECT", {}, Exception("connection refused"))
        database.engine = lambda role: _Refusing(gone)
        assert client.get("/health").status_code == 200
        assert client.get("/ready").status_code == 503
        answer = client.get("/api/v1/layers")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert "connection refused" not in answer.text
        page = client.get("/")
        assert page.status_code == 503
        assert "Portal şu anda cevap veremiyor" in page.text


class _Refusing:
    """An engine whose server does not answer."""

    def __init__(self, error):
        self._error = error

    def connect(self):
        raise self._error


def test_the_openapi_describes_every_parameter_and_error(client):
    document = client.get("/api/v1/openapi.json").json()
    assert set(document["paths"]) >= {"/api/v1/layers", "/api/v1/addresses/search", "/health"}
    search = document["paths"]["/api/v1/addresses/search"]["get"]
    assert {each["name"] for each in search["parameters"]} == {
        "q", "limit", "lang", "explain", "autocomplete", "mahalle", "csbm_kod", "bbox", "near",
        "level",
    }  # fmt: skip
    assert "4XX" in search["responses"]
    assert "422" not in search["responses"]
    assert '"$ref": "http' not in json.dumps(document)
