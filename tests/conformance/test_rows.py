"""The row API over a published town: every answer agrees with what the database itself says."""

import csv
import io
import json
import time
from collections import Counter
from itertools import pairwise

import geopandas
import pytest

from gis_platform.api.app import create_app
from gis_platform.core.settings import Settings
from tests.conformance.conftest import COLLECTIONS, HIDDEN
from tests.server import OPEN, visiting
from tests.town import MAHALLE, publish_layers, withdraw_layer

PARK = "/api/v1/datasets/park/rows"
DOORS = "/api/v1/datasets/numarataj/rows"


@pytest.fixture
def ask(ogc):
    """Asks for rows; paths are whole, parameters by name, ``filter_lang`` for ``filter-lang``."""
    base = ogc.url.removesuffix("/ogc")

    def _ask(path=PARK, headers=None, **parameters):
        named = {name.replace("_", "-") if name in HYPHENED else name: value
                 for name, value in parameters.items()}  # fmt: skip
        return ogc.client.get(f"{base}{path}", params=named or None, headers=headers or {})

    return _ask


HYPHENED = {"filter_lang", "filter_crs", "bbox_crs"}


def rows(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def every(ogc, answer):
    """The rows of every page, by ``next``."""
    found = []
    while True:
        found += rows(answer)
        following = answer.json()["next"]
        if following is None:
            return found
        answer = ogc.client.get(following)


def said_of(answer):
    """The one parameter a refusal names, what it says of it, and the whole document."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    (fault,) = said["errors"]
    return fault["parameter"], fault["message"], said


def test_every_row_of_every_data_set_comes_out_with_its_approved_columns(ogc, ask):
    for name in COLLECTIONS:
        found = every(ogc, ask(f"/api/v1/datasets/{name}/rows", limit="500"))
        (count,) = ogc.sql(f"SELECT count(*) FROM published.{name}_v1")  # noqa: S608
        assert len(found) == count
        columns = ogc.sql(
            "SELECT attname FROM pg_attribute WHERE attrelid = CAST(:of AS regclass) "
            "AND attnum > 0 AND attname <> 'geometry'",
            of=f"published.{name}_v1",
        )
        assert all(list(row) == columns for row in found)


def test_values_keep_their_kinds(ask):
    row = rows(ask(kod="P/2"))[0]
    assert row == {
        "kod": "P/2", "ad": None, "acilis": "2020-03-01", "alan": 21, "is_open": True,
        "bank_sayisi": 2,
    }  # fmt: skip


def test_columns_come_in_the_order_of_the_data_set(ask):
    assert list(rows(ask(columns="alan,kod"))[0]) == ["kod", "alan"]


@pytest.mark.parametrize(
    ("asked", "condition"),
    [
        ({"bank_sayisi": "3"}, "bank_sayisi = 3"),
        ({"is_open": "true", "bank_sayisi": "4"}, "is_open AND bank_sayisi = 4"),
        ({"ad": "İğde Parkı 7"}, "ad = 'İğde Parkı 7'"),
        ({"filter": "alan > 300 AND NOT is_open"}, "alan > 300 AND NOT is_open"),
        ({"filter": "CASEI(ad) LIKE CASEI('iğde parkı 1%')"}, "ad LIKE 'İğde Parkı 1%'"),
        ({"filter": "ad IS NULL"}, "ad IS NULL"),
        ({"datetime": "2022-01-01/.."}, "acilis >= '2022-01-01'"),
        ({"filter": '{"op":"=","args":[{"property":"kod"},"P/9"]}', "filter_lang": "cql2-json"},
         "kod = 'P/9'"),
    ],
)  # fmt: skip
def test_filters_agree_with_the_database(ogc, ask, asked, condition):
    found = every(ogc, ask(limit="7", columns="kod", **asked))
    expected = ogc.sql(f"SELECT kod FROM published.park_v1 WHERE {condition}")  # noqa: S608
    assert Counter(row["kod"] for row in found) == Counter(expected)
    assert expected


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("-alan", "alan DESC"),
        ("ad", "ad COLLATE turkish_natural NULLS LAST, kod"),
        ("-ad", "ad COLLATE turkish_natural DESC NULLS LAST, kod DESC"),
        ("bank_sayisi", "bank_sayisi, kod"),
        ("-bank_sayisi", "bank_sayisi DESC, kod DESC"),
        ("-is_open,bank_sayisi,-alan", "is_open DESC, bank_sayisi, alan DESC"),
    ],
)
@pytest.mark.parametrize("limit", ["1", "7", "60"])
def test_the_order_is_the_same_over_all_pages_whatever_their_length(ogc, ask, sort, order, limit):
    expected = ogc.sql(f"SELECT kod FROM published.park_v1 ORDER BY {order}")  # noqa: S608
    assert [row["kod"] for row in every(ogc, ask(sort=sort, limit=limit))] == expected
    by_offset = [
        row["kod"] for at in range(0, 60, 20) for row in
        rows(ask(sort=sort, limit="20", offset=str(at)))
    ]  # fmt: skip
    assert by_offset == expected


def test_a_box_may_be_said_in_the_national_system(ogc, ask):
    expected = ogc.sql(
        "SELECT kod FROM published.park_v1 WHERE ST_Intersects(ST_Transform(geometry, 5254), "
        "ST_MakeEnvelope(405300, 4550200, 405600, 4550500, 5254))"
    )
    system = "http://www.opengis.net/def/crs/EPSG/0/5254"  # north first
    found = every(ogc, ask(bbox="4550200,405300,4550500,405600", bbox_crs=system))
    assert {row["kod"] for row in found} == set(expected)
    assert 0 < len(found) < 60


@pytest.mark.parametrize("typed", ["ÇIRÇIR", "çırçır", "CIRCIR", "cirçir "])
def test_a_mahalle_is_found_however_it_is_typed(ogc, ask, typed):
    found = every(ogc, ask(DOORS, mahalle=typed))
    assert {row["mahalle"] for row in found} == {"ÇIRÇIR"}
    (count,) = ogc.sql("SELECT count(*) FROM published.numarataj_v1 WHERE mahalle = 'ÇIRÇIR'")
    assert len(found) == count


def test_a_mahalle_may_be_said_by_its_code(ogc, ask):
    code = ogc.sql("SELECT mahalle_kodu FROM published.numarataj_v1 LIMIT 1")[0]
    assert {row["mahalle_kodu"] for row in every(ogc, ask(DOORS, mahalle=str(code)))} == {code}


def test_a_mahalle_that_is_not_there_is_answered_with_those_that_are(ask):
    parameter, message, _ = said_of(ask(DOORS, mahalle="Beşiktaş"))
    assert parameter == "mahalle"
    assert all(name in message for name in MAHALLE if name != "ŞIĞINAK")
    parameter, _, said = said_of(ask(PARK, mahalle="NİŞANCI", lang="en"))
    assert (parameter, said["remedy"]) == ("mahalle", "use bbox or filter")


# ------------------------------------------------------------------------------------- groups


def test_groups_agree_with_the_database(ogc, ask):
    found = rows(ask(group="bank_sayisi,is_open", count="*", sum="alan", avg="alan",
                     min="acilis,ad", max="alan", sort="-sum_alan"))  # fmt: skip
    expected = ogc.sql(
        "SELECT row_to_json(found)::text FROM (SELECT bank_sayisi, is_open, count(*), "
        "sum(alan) AS sum_alan, min(acilis) AS min_acilis, "
        "min(ad COLLATE turkish_natural) AS min_ad, max(alan) AS max_alan, avg(alan) AS avg_alan "
        "FROM published.park_v1 GROUP BY 1, 2 ORDER BY 4 DESC) AS found"
    )
    assert found == [json.loads(each) for each in expected]


def test_without_group_all_rows_are_one(ask):
    assert rows(ask(count="*", filter="alan > 300")) == [{"count": 32}]
    assert rows(ask(count="ad,kod")) == [{"count_ad": 59, "count_kod": 60}]


def test_groups_without_a_measure_are_counted_and_sorted_as_turkish_is(ask):
    found = rows(ask(DOORS, group="csbm"))
    names = [each["csbm"] for each in found]
    assert names.index("ÇIĞIR") < names.index("DEĞİRMEN") < names.index("ILICA")
    assert names.index("ILICA") < names.index("İĞDE")
    assert sum(each["count"] for each in found) == 768


def test_groups_are_paged(ogc, ask):
    whole = rows(ask(group="kod", sort="-count", limit="100"))
    assert every(ogc, ask(group="kod", sort="-count", limit="7")) == whole
    assert len(whole) == 60


@pytest.mark.parametrize(
    ("form", "separator", "mark"), [("csv", ",", ""), ("csv_excel", ";", "\ufeff")]
)
def test_groups_are_taken_home_as_csv(ask, form, separator, mark):
    answer = ask(group="is_open", avg="alan", format=form)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert text.startswith(mark)
    found = list(csv.reader(io.StringIO(text.removeprefix(mark)), delimiter=separator))
    assert found[0] == ["is_open", "avg_alan"]
    assert [row[0] for row in found[1:]] == ["false", "true"]
    assert found[2][1] == ("325.5" if form == "csv" else "325,5")


# -------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("form", ["geojson", "gpkg", "flatgeobuf", "shapefile"])
def test_a_subset_is_a_file_that_another_library_opens(ask, tmp_path, form):
    answer = ask(format=form, filter="bank_sayisi = 3", sort="-alan", columns="kod,ad,alan")
    assert answer.status_code == 200, answer.text
    name = answer.headers["content-disposition"].partition('filename="')[2].rstrip('"')
    path = tmp_path / name
    path.write_bytes(answer.content)
    frame = geopandas.read_file(path)
    assert frame.crs.to_epsg() == 4326
    assert len(frame) == 12
    assert set(frame["alan"]) == {31.5 + 52.5 * at for at in range(12)}
    assert "İğde Parkı 58" in set(frame["ad"])
    assert name.startswith("park_v1_secim.")


@pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("csv_excel", ";")])
def test_a_subset_is_a_table_of_texts(ask, form, separator):
    answer = ask(format=form, bank_sayisi="3", sort="alan")
    found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")),
                                delimiter=separator))  # fmt: skip
    assert [row["kod"] for row in found][:3] == ["P/3", "P/8", "P/13"]
    assert found[0]["alan"] == ("31.5" if form == "csv" else "31,5")
    assert found[0]["lon"].startswith("28." if form == "csv" else "28,")


def test_a_file_of_a_page_links_the_next(ogc, ask):
    answer = ask(format="geojson", limit="40")
    assert len(answer.json()["features"]) == 40
    following = answer.links["next"]["url"]
    assert len(ogc.client.get(following).json()["features"]) == 20


# ------------------------------------------------------------------------------------ refusals


@pytest.mark.parametrize(
    ("asked", "parameter", "holds"),
    [
        ({"sort": "yok"}, "sort", "alan"),
        ({"columns": "kod,bekci_adi"}, "columns", "is_open"),
        ({"yok": "1"}, "yok", "bank_sayisi"),
        ({"f": "csv"}, "f", ""),
        ({"limit": "0"}, "limit", "1"),
        ({"limit": "10001"}, "limit", "10000"),
        ({"limit": "9" * 30}, "limit", ""),
        ({"format": "csv", "limit": "50001"}, "limit", "50000"),
        ({"offset": "-1"}, "offset", ""),
        ({"token": "abc"}, "token", "next"),
        ({"bbox": "1,2,3"}, "bbox", "4"),
        ({"alan": "çok"}, "alan", "number"),
        ({"filter": "bekci_adi = 'x'"}, "filter", "bekci_adi"),
        ({"filter": "alan >"}, "filter", ""),
        ({"format": "exe"}, "format", "gpkg"),
        ({"group": "yok"}, "group", "alan"),
        ({"group": "kod", "sum": "ad"}, "sum", "bank_sayisi"),
        ({"max": "is_open"}, "max", "count"),
        ({"group": "is_open", "sort": "alan"}, "sort", "count"),
        ({"group": "is_open", "columns": "kod"}, "columns", "group"),
        ({"group": "is_open", "format": "gpkg"}, "format", "csv_excel"),
        ({"count": "*", "group": "kod,ad,alan,acilis,is_open"}, "group", "4"),
    ],
)
def test_what_is_wrong_is_named_with_what_would_do(ask, asked, parameter, holds):
    for language in ("tr", "en"):
        named, message, said = said_of(ask(lang=language, **asked))
        assert named == parameter
        assert holds in message
        assert said["code"] == "invalid-parameter"


def test_a_parameter_given_twice_is_refused(ogc):
    base = ogc.url.removesuffix("/ogc")
    answer = ogc.client.get(f"{base}{PARK}?limit=1&limit=2")
    assert said_of(answer)[0] == "limit"


def test_broken_letters_and_nothing_at_all_are_refused(ogc):
    base = ogc.url.removesuffix("/ogc")
    for query in ("ad=%ff%fe", "ad=%00", "%ff=1", "sort=", "columns=", "group=", "filter="):
        assert ogc.client.get(f"{base}{PARK}?{query}").status_code == 400, query


def test_nothing_hidden_comes_out_by_any_way(ogc, ask):
    for form in ("json", "geojson", "csv", "csv_excel", "gpkg"):
        assert HIDDEN.encode() not in ask(format=form).content
    for asked in ({"group": "bekci_adi"}, {"min": "bekci_adi"}, {"bekci_adi": HIDDEN}):
        answer = ask(**asked)
        assert answer.status_code == 400
        assert HIDDEN not in answer.text or "bekci_adi" in asked


def test_a_data_set_that_is_not_there_is_404_and_only_reading_is_offered(ogc, ask):
    assert ask("/api/v1/datasets/yok/rows").status_code == 404
    base = ogc.url.removesuffix("/ogc")
    posted = ogc.client.post(f"{base}{PARK}")
    assert posted.status_code == 405
    assert "GET" in posted.headers["allow"]


# ------------------------------------------------------------------------------------- caching


def test_an_answer_is_known_by_its_version_until_the_next(ogc, ask):
    first = ask(sort="alan", limit="5")
    etag = first.headers["etag"]
    assert ask(sort="-alan", limit="5").headers["etag"] != etag
    again = ask(sort="alan", limit="5", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert "max-age=30" in first.headers["cache-control"]
    wrong = ask(sort="yok", limit="5", headers={"If-None-Match": "*"})
    assert wrong.status_code == 400


def test_head_says_what_get_would(ogc, ask):
    base = ogc.url.removesuffix("/ogc")
    head = ogc.client.head(f"{base}{PARK}?limit=5")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == ask(limit="5").headers["etag"]


def test_pages_of_other_hosts_may_read_it(ask):
    answer = ask(headers={"Origin": "https://gazete.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


# ------------------------------------------------------------------------------------ described


def test_it_is_described_for_programs(ogc):
    base = ogc.url.removesuffix("/ogc")
    whole = ogc.client.get(f"{base}/api/v1/openapi.json").json()
    said = whole["paths"]["/api/v1/datasets/{name}/rows"]["get"]
    names = {each["name"] for each in said["parameters"]}
    assert {"filter", "sort", "bbox", "group", "avg", "limit", "token", "format"} <= names
    for each, after in pairwise(said["parameters"]):
        assert each.get("description", " / ").count(" / ") == 1, each
        assert each["name"] != after["name"]


def test_after_a_withdrawal_it_is_410_with_the_reason(town, tmp_path):
    settings = Settings(home=tmp_path, access=OPEN)
    publish_layers(settings, town, "csbm")
    with visiting(create_app(settings, town)) as client:
        path = "/api/v1/datasets/csbm/rows"
        etag = client.get(path, params={"limit": "3"}).headers["etag"]
        withdraw_layer(settings, town, "csbm", "Yanlış kodlar bulundu")
        for asked in ({"sort": "ad"}, {"group": "ad"}, {"format": "csv"}, {"limit": "3"}):
            answer = client.get(path, params=asked, headers={"If-None-Match": etag})
            answer = _after_a_second(client, path, asked) if answer.status_code < 400 else answer
            assert answer.status_code == 410
            assert "Yanlış kodlar bulundu" in answer.json()["detail"]


def _after_a_second(client, path, asked):
    """What is kept is asked for anew when the catalogue has been looked at again."""
    time.sleep(1.2)
    return client.get(path, params=asked)
