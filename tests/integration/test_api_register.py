"""Addresses by their number and the feed of changes, over a real register in real PostGIS."""

import socket
import threading
import time
from contextlib import ExitStack
from importlib import import_module

import pytest
import shapely
from sqlalchemy import text

from gis_platform.api.app import create_app
from gis_platform.core.settings import Settings
from gis_platform.db.load import BatchFacts, begin_batch, merge_layer
from gis_platform.jobs.index import ensure_index
from tests.builders import a_feature, a_frame, guid
from tests.server import OPEN, visiting
from tests.town import a_town, load_town

ROOT = "/api/v1/addresses"
LEVELS = {"numarataj": 801001, "csbm": 741000, "mahalle": 30001, "yapi": 801001}
COUNT = iter(range(1, 1000))


@pytest.fixture(scope="module")
def town(_server, tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("register"), access=OPEN)
    with _server.clone() as database:
        load_town(database)
        with database.engine("gis_etl").connect() as connection:
            ensure_index(settings, connection)
        yield settings, database


@pytest.fixture(scope="module")
def client(town):
    with visiting(create_app(*town)) as client:
        yield client


@pytest.fixture
def own(settings, _server, _town_template):
    """A server over a register of the test's own; and what changes it."""
    with (
        _server.clone(_town_template) as database,
        visiting(create_app(settings, database)) as client,
    ):
        yield client, database


def change(database, frames, *, is_complete=False):
    """Merge frames in one transaction, as an import does."""
    with database.engine("gis_etl").begin() as connection:
        merge(connection, frames, is_complete=is_complete)


def merge(connection, frames, *, is_complete=False):
    sha256 = f"{next(COUNT):064d}"
    batch = begin_batch(connection, BatchFacts("maks", "x.gdb", sha256, 1), started_by="test")
    for name, frame in frames.items():
        merge_layer(connection, batch, name, frame, is_complete=is_complete)


def test_clients_that_stop_reading_hold_up_nobody(client, town):
    host, port = client.base_url.host, client.base_url.port
    ask = f"GET {ROOT}/changes?limit=5000 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as stack:
        for _ in range(30):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            one.connect((host, port))
            one.sendall(ask)  # and never reads
        time.sleep(0.5)
        for _ in range(5):
            answer = client.get(f"{ROOT}/changes", params={"limit": 5000}, timeout=20)
            assert len(answer.json()["changes"]) > 1000


def door(number, **values):
    """A door of the town as it is, with other values."""
    row = next(r for r in a_town()["numarataj"].to_dict("records") if r["kimlik_no"] == number)
    known = {
        key: value
        for key, value in row.items()
        if key in {"kapi_no", "yapi_id", "geometry", "yol_orta_hat_yon_id"}
    }
    return a_feature("numarataj", number, **known | values)


def get(client, path, **query):
    answer = client.get(f"{ROOT}/{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("level", LEVELS)
def test_every_level_has_its_feature_history_and_neighbours(client, level):
    answer = client.get(f"{ROOT}/{level}/{LEVELS[level]}")
    assert answer.headers["content-type"] == "application/geo+json"
    said = answer.json()
    assert said["type"] == "Feature"
    assert said["id"] == f"{level}/{LEVELS[level]}"
    assert shapely.from_geojson(answer.text) is not None
    assert said["properties"]["status"] == "in_force"
    assert said["properties"]["label"]
    assert [each["operation"] for each in said["history"]] == ["added"]
    assert said["successors"] == []
    assert said["neighbours"]
    for link in (*said["links"], *said["neighbours"]):
        assert client.get(link["href"]).status_code == 200


def test_the_label_is_the_one_the_search_gives(client):
    said = get(client, f"numarataj/{LEVELS['numarataj']}")["properties"]
    found = get(client, "search", q=said["label"])["features"][0]["properties"]
    assert found["numarataj_kimlik_no"] == LEVELS["numarataj"]
    assert found["label"] == said["label"]
    assert found["csbm"] == said["csbm"]


def test_the_neighbours_of_a_door_are_the_next_numbers_on_its_side(client):
    near = get(client, "numarataj/801003")["neighbours"]
    assert [(each["relation"], each["name"]) for each in near] == [("previous", "1"), ("next", "5")]


def test_nothing_of_units_and_names_of_people_is_told(client):
    for level, kod in LEVELS.items():
        said = client.get(f"{ROOT}/{level}/{kod}").text
        for word in ("ic_kapi", "bagimsiz", "aciklama", '"ad"', "site_veya", "tapu"):
            assert word not in said


@pytest.mark.parametrize("path", ["numarataj/1", "csbm/1", "mahalle/1", "yapi/9223372036854775807"])
def test_a_number_that_never_was_is_404(client, path):
    answer = client.get(f"{ROOT}/{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"


@pytest.mark.parametrize(
    "path",
    ["numarataj/0", "numarataj/-1", "numarataj/x", "numarataj/9223372036854775808", "daire/1",
     "numarataj/1.5", "numarataj/1?x=1", "bagimsiz_bolum/1", "numarataj/%27%20OR%201=1",
     "changes?since=-1", "changes?since=x", "changes?limit=0", "changes?limit=5001",
     "changes?level=daire", "changes?since=1&since=2", "changes?since=9223372036854775808"],
)  # fmt: skip
def test_what_cannot_be_a_number_is_a_bad_request(client, path):
    assert client.get(f"{ROOT}/{path}").status_code == 400


def test_a_closed_door_tells_the_record_that_goes_on_under_another_number(own):
    client, database = own
    moved = door(801001) | {"kimlik_no": 999_001}
    change(database, {"numarataj": a_frame("numarataj", moved)})
    said = get(client, "numarataj/801001")
    assert said["properties"]["status"] == "closed"
    assert said["properties"]["valid_to"]
    assert [(e["kod"], e["reason"]) for e in said["successors"]] == [(999_001, "same_record")]
    assert client.get(said["successors"][0]["href"]).json()["properties"]["status"] == "in_force"
    assert [each["rel"] for each in said["links"]].count("successor-version") == 1


def test_a_closed_door_tells_the_door_that_bears_its_number_now(own):
    client, database = own
    left = a_town()["numarataj"]
    left = left[left["kimlik_no"] != 801001]
    new = door(801001) | {"kimlik_no": 999_002, "id": guid("numarataj", 999_002)}
    change(database, {"numarataj": left}, is_complete=True)
    change(database, {"numarataj": a_frame("numarataj", new)})
    said = get(client, "numarataj/801001")
    assert [(e["kod"], e["reason"]) for e in said["successors"]] == [(999_002, "same_address")]


def test_a_change_is_a_version_in_the_history(own):
    client, database = own
    change(database, {"numarataj": a_frame("numarataj", door(801001, kapi_no="1/B"))})
    history = get(client, "numarataj/801001")["history"]
    assert [(e["version"], e["dis_kapi_no"]) for e in history] == [(1, "1"), (2, "1/B")]
    assert history[0]["valid_to"] == history[1]["valid_from"]


def test_a_renamed_csbm_tells_its_names(own):
    client, database = own
    change(database, {"yol": a_frame("yol", a_feature("yol", 501, ad="YENİ AD", tip=2))})
    said = get(client, "csbm/741000")
    assert said["properties"]["csbm"] == "YENİ AD BULVARI"
    assert [each["csbm"] for each in said["history"]] == ["HALİÇ BULVARI", "YENİ AD BULVARI"]


def test_a_csbm_with_a_new_code_is_the_successor_of_the_old_one(own):
    client, database = own
    rows = a_town()["yol_orta_hat_yon"].to_dict("records")
    row = next(each for each in rows if each["uavt_kodu"] == 741_000)
    known = {
        key: row[key] for key in ("yol_orta_hat_id", "mahalle_id", "tur", "sayisallastirma_yon")
    }
    side = a_feature("yol_orta_hat_yon", row["kimlik_no"], uavt_kodu=741_900, **known)
    before = newest(client)
    change(database, {"yol_orta_hat_yon": a_frame("yol_orta_hat_yon", side)})
    said = get(client, "csbm/741000")
    assert said["properties"]["status"] == "closed"
    assert [(e["kod"], e["reason"]) for e in said["successors"]] == [(741_900, "same_record")]
    told = get(client, "changes", since=before)["changes"]
    csbm = {(each["kod"], each["change"]) for each in told if each["level"] == "csbm"}
    assert csbm == {(741_000, "closed"), (741_900, "added")}
    doors = [each for each in told if each["level"] == "numarataj"]
    assert doors
    assert {each["now"]["csbm_kod"] for each in doors} == {741_900}


def newest(client):
    return get(client, "changes", since=2**62)["newest"]


def test_the_feed_from_the_beginning_holds_every_address(client, town):
    told, url = [], f"{client.base_url}{ROOT}/changes?limit=300"
    while True:
        page = client.get(url).json()
        told += page["changes"]
        url = page["next"]
        if page["is_end"]:
            break
    numbers = [each["seq"] for each in told]
    assert numbers == sorted(set(numbers))
    assert {each["change"] for each in told} == {"added"}
    for level in LEVELS:
        assert len([e for e in told if e["level"] == level]) == len(
            {e["kod"] for e in told if e["level"] == level}
        )
    doors = [each for each in told if each["level"] == "numarataj"]
    with town[1].engine("gis_owner").connect() as connection:
        known = connection.execute(text("SELECT count(*) FROM maks.numarataj")).scalar_one()
    assert len(doors) == known
    assert doors[0]["now"]["dis_kapi_no"]
    assert doors[0]["now"]["geometry"]["type"] == "Point"


def test_added_changed_and_closed_are_told_in_their_order(own):
    client, database = own
    before = newest(client)
    new = a_feature(
        "numarataj", 999_003, kapi_no="999", yol_orta_hat_yon_id=guid("yol_orta_hat_yon", 701)
    )
    change(database, {"numarataj": a_frame("numarataj", new)})
    change(database, {"numarataj": a_frame("numarataj", new | {"kapi_no": "997"})})
    change(database, {"numarataj": a_town()["numarataj"]}, is_complete=True)
    told = get(client, "changes", since=before)["changes"]
    assert [(e["kod"], e["change"]) for e in told] == [
        (999_003, "added"), (999_003, "changed"), (999_003, "closed"),
    ]  # fmt: skip
    assert [each["now"] for each in told] == [None, None, None]
    assert get(client, "changes", since=before, level="yapi,mahalle")["changes"] == []


def test_the_same_delivery_again_changes_nothing(own):
    client, database = own
    before = newest(client)
    change(database, dict(a_town().items()), is_complete=True)
    assert newest(client) == before


def test_a_rolled_back_transaction_is_never_told(own):
    client, database = own
    before = newest(client)
    with database.engine("gis_etl").connect() as connection:
        merge(connection, {"numarataj": a_frame("numarataj", door(801001, kapi_no="77"))})
        connection.rollback()
    change(database, {"numarataj": a_frame("numarataj", door(801003, kapi_no="79"))})
    told = get(client, "changes", since=before)["changes"]
    assert [each["kod"] for each in told] == [801003]


def test_a_follower_misses_nothing_of_two_transactions_at_once(own):
    client, database = own
    before, done = newest(client), []
    first = database.engine("gis_etl").connect()
    merge(first, {"numarataj": a_frame("numarataj", door(801001, kapi_no="71"))})
    second = threading.Thread(target=lambda: (change(
        database, {"numarataj": a_frame("numarataj", door(801003, kapi_no="73"))}
    ), done.append(True)))  # fmt: skip
    second.start()
    time.sleep(0.5)
    assert done == []  # it waits for its turn
    assert get(client, "changes", since=before)["changes"] == []
    first.commit()
    first.close()
    second.join(10)
    assert done == [True]
    told = get(client, "changes", since=before)["changes"]
    assert [each["kod"] for each in told] == [801001, 801003]


def test_writers_that_take_no_lock_of_their_own_are_ordered_too(own):
    """Eight writers by plain SQL, a follower that reads all the while: it sees each change once."""
    client, database = own
    before, seen, stop = newest(client), [], threading.Event()
    close = text(
        "UPDATE maks.numarataj_version SET valid_to = greatest(now(), valid_from), "
        "closing_operation = 'closed', closing_batch_id = batch_id "
        "WHERE kimlik_no = :number AND valid_to IS NULL"
    )

    def write(number):
        with database.engine("gis_etl").begin() as connection:
            connection.execute(close, {"number": number})
            time.sleep(0.02 * (number % 3))

    def follow():
        since = before
        while not stop.is_set() or get(client, "changes", since=since)["changes"]:
            page = get(client, "changes", since=since, limit=3)
            seen.extend(each["kod"] for each in page["changes"])
            since = page["last"]

    follower = threading.Thread(target=follow)
    follower.start()
    numbers = [801_001 + 2 * at for at in range(8)]
    writers = [threading.Thread(target=write, args=(number,)) for number in numbers]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    stop.set()
    follower.join(20)
    assert sorted(seen) == numbers


def test_only_the_functions_are_open_to_the_public(town):
    with town[1].engine("gis_portal").connect() as connection:
        for statement in ("SELECT * FROM address.change", "SELECT address.branch_of_side('x')",
                          "SELECT address.note_csbm(ARRAY[1])"):  # fmt: skip
            with pytest.raises(Exception, match="permission denied"):
                connection.execute(text(statement))
            connection.rollback()


def test_a_register_older_than_the_feed_is_told_by_the_migration_as_the_triggers_tell_it(own):
    _, database = own
    change(database, {"numarataj": a_frame("numarataj", door(801001, kapi_no="1/B"))})
    change(database, {"yapi": a_town()["yapi"].iloc[1:]}, is_complete=True)
    migration = import_module("gis_platform.db.migrations.versions.0007_address_changes")
    asked = text("SELECT level, kod, change FROM address.change ORDER BY seq")
    with database.engine("gis_owner").begin() as connection:
        by_triggers = connection.execute(asked).all()
        connection.execute(text("TRUNCATE address.change"))
        connection.exec_driver_sql(migration.so_far())
        by_migration = connection.execute(asked).all()
    assert sorted(by_migration) == sorted(by_triggers)
    own_door = [row for row in by_migration if row[:2] == ("numarataj", 801001)]
    assert [row[2] for row in own_door] == ["added", "changed"]
