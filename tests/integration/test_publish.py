"""A layer on its way from the register to the public, and back."""

import csv
import json
import math
import threading
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from gis_platform.core.errors import Conflict, NotAllowed, NotFound, UsageError
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.approval import Action
from gis_platform.opendata.catalogue import layer_file, layer_files
from gis_platform.opendata.desk import standing
from gis_platform.opendata.files import files_folder
from gis_platform.opendata.public import (
    PublicLayer,
    features_page,
    public_layers,
    public_versions,
)
from gis_platform.opendata.publish import move, propose, publish, withdraw
from gis_platform.opendata.tiles import tile
from gis_platform.opendata.verify import verify_file
from tests.town import LAYERS, publish_layers

MAHALLE_FILE = Path(str(resources.files("gis_platform.opendata"))) / "layers" / "mahalle.toml"
Run = Callable[..., Any]
PROPOSER, CHECKER, APPROVER = "Ayşe Kaya", "Bülent Işık", "Can Er"


def layers_of(database: Database) -> dict[str, PublicLayer]:
    with database.engine("gis_portal").connect() as connection:
        return {layer.name: layer for layer in public_layers(connection)}


def personal_findings(database: Database) -> list[str]:
    with database.engine("gis_office").connect() as connection:
        reports = [row["screening"] for row in ask.versions(connection)]
    found = [each for report in reports for each in report["findings"]]
    return [each["key"] for each in found if each["kind"] == "personal"]


def states(database: Database, name: str) -> list[str]:
    with database.engine("gis_office").connect() as connection:
        return [row["state"] for row in ask.versions(connection, name)]


def test_the_layers_that_come_along_pass_the_gate_and_are_published(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town)
    assert personal_findings(town) == [], "the screen finds nothing in clean layers"
    layers = layers_of(town)
    assert list(layers) == ["mahalle", "csbm", "numarataj", "yapi"]
    for name in LAYERS:
        layer = layers[name]
        (rows,) = run(f"SELECT count(*) FROM {layer.entry.source}")[0]  # noqa: S608
        assert layer.row_count == rows > 0
        assert {file.format for file in layer.files} >= {"geojson", "gpkg", "csv"}


def test_a_published_copy_is_in_4326_and_holds_the_named_columns_only(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town)
    for layer in layer_files(settings).values():
        found = run(
            "SELECT attname FROM pg_attribute "
            "WHERE attrelid = CAST(:name AS regclass) AND attnum > 0",
            name=f"published.{layer.name}_v1",
        )
        assert [name for (name,) in found] == [*layer.columns, "geometry"]
        (srid,) = run(f"SELECT DISTINCT ST_SRID(geometry) FROM published.{layer.name}")[0]  # noqa: S608
        assert srid == 4326


def test_nothing_outside_the_allow_list_is_in_any_file_tile_or_answer(
    settings: Settings, town: Database, run: Run
) -> None:
    """The register is full of a word that no published column holds."""
    run("ALTER TABLE maks.yapi_version DISABLE TRIGGER ALL")
    for layer, column in (
        ("yapi", "ad"), ("yapi", "site_veya_kooperatif_adi"), ("yapi", "islem_gerekcesi"),
        ("numarataj", "aciklama"), ("numarataj", "ad"), ("yol", "islem_gerekcesi"),
    ):  # fmt: skip
        run(f"UPDATE maks.{layer}_version SET {column} = 'SIRGİZLİ'")  # noqa: S608
    publish_layers(settings, town)
    names = {"site_veya", "islem_gere", "aciklama", "valid_from", "batch_id", "yol_orta_hat"}
    for secret in ("SIRGİZLİ".encode(), *(name.encode() for name in names)):
        for path in settings.published_dir.rglob("*.*"):
            assert secret not in path.read_bytes(), (secret, path)
        with town.engine("gis_portal").connect() as connection:
            for layer in public_layers(connection):
                page = features_page(connection, layer).collection().encode()
                drawn = [tile(connection, layer, 16, x, y) for x, y in _tiles(layer)]
                assert any(drawn)
                assert not any(secret in said for said in (page, *drawn))


def _tiles(layer: PublicLayer) -> Iterator[tuple[int, int]]:
    assert layer.extent is not None
    west, south, east, north = layer.extent
    size = 2**16
    for x in range(int((west + 180) / 360 * size), int((east + 180) / 360 * size) + 1):
        for lat in (south, (south + north) / 2, north):
            y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size
            yield x, int(y)


def test_proposing_the_same_again_changes_nothing(
    settings: Settings, town: Database, run: Run
) -> None:
    first = propose(settings, town, "mahalle", PROPOSER)
    again = propose(settings, town, "mahalle", PROPOSER)
    assert (again.version, again.is_changed) == (first.version, False)
    move(town, "mahalle", Action.CHECK, "Bülent Işık")
    move(town, "mahalle", Action.APPROVE, APPROVER)
    publish(settings, town, "mahalle", PROPOSER)
    assert not propose(settings, town, "mahalle", CHECKER).is_changed
    assert states(town, "mahalle") == ["published"]
    assert run("SELECT to_regclass('published.mahalle_v2')") == [(None,)]


def test_a_new_version_replaces_the_old_and_the_old_stays_public_until_then(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "mahalle")
    run("UPDATE maks.mahalle_version SET ad = 'ÇĞİÖŞÜ' WHERE kimlik_no = 30001")
    propose(settings, town, "mahalle", PROPOSER)
    move(town, "mahalle", Action.CHECK, "Bülent Işık")
    move(town, "mahalle", Action.APPROVE, APPROVER)
    assert layers_of(town)["mahalle"].version == 1
    publish(settings, town, "mahalle", APPROVER)
    assert layers_of(town)["mahalle"].version == 2
    assert states(town, "mahalle") == ["published", "superseded"]
    with town.engine("gis_portal").connect() as connection:
        new, old = public_versions(connection, "mahalle")
        assert "ÇĞİÖŞÜ" in features_page(connection, new).collection()
        assert "ÇĞİÖŞÜ" not in features_page(connection, old).collection()
        named = connection.execute(text("SELECT count(*) FROM published.mahalle WHERE ad='ÇĞİÖŞÜ'"))
        assert named.scalar_one() == 1


def test_the_files_are_those_the_catalogue_names(settings: Settings, town: Database) -> None:
    publish_layers(settings, town, "mahalle")
    layer = layers_of(town)["mahalle"]
    folder = files_folder(settings, "mahalle", 1)
    assert {file.name for file in layer.files} == {path.name for path in folder.iterdir()}
    for file in layer.files:
        found = verify_file(town, folder / file.name)
        assert (found.is_valid, found.layer, found.version) == (True, "mahalle", 1)
    said = json.loads((folder / "mahalle.geojson").read_text(encoding="utf-8"))
    assert {each["properties"]["ad"] for each in said["features"]} >= {"NİŞANCI", "ÇIRÇIR"}
    with (folder / "mahalle.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == layer.row_count


def test_a_file_that_was_changed_is_not_ours(settings: Settings, town: Database) -> None:
    publish_layers(settings, town, "mahalle")
    path = files_folder(settings, "mahalle", 1) / "mahalle.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("NİŞANCI", "NİŞANCA"), encoding="utf-8"
    )
    assert not verify_file(town, path).is_ours


def test_a_withdrawn_layer_is_gone_in_all_versions_and_says_why(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "mahalle", "csbm")
    run("UPDATE maks.mahalle_version SET ad = 'YENİ' WHERE kimlik_no = 30001")
    publish_layers(settings, town, "mahalle")
    kept = settings.home / "indirilen.csv"
    kept.write_bytes((files_folder(settings, "mahalle", 2) / "mahalle.csv").read_bytes())
    withdraw(settings, town, "mahalle", CHECKER, "Sınır hatalı")
    withdraw(settings, town, "mahalle", APPROVER, None)
    layer = layers_of(town)["mahalle"]
    assert (layer.state, layer.reason, layer.files) == ("withdrawn", "Sınır hatalı", ())
    assert layer.withdrawn_at is not None
    assert not files_folder(settings, "mahalle").exists()
    assert layers_of(town)["csbm"].is_current
    for name in ("mahalle_v1", "mahalle_v2", "mahalle"):
        with pytest.raises(ProgrammingError):
            run(f"SELECT * FROM published.{name}", "gis_portal")  # noqa: S608
    found = verify_file(town, kept)
    assert (found.is_ours, found.is_valid, found.reason) == (True, False, "Sınır hatalı")


def test_a_withdrawn_layer_can_come_back_as_a_new_version(
    settings: Settings, town: Database
) -> None:
    publish_layers(settings, town, "mahalle")
    withdraw(settings, town, "mahalle", CHECKER, "Sınır hatalı")
    withdraw(settings, town, "mahalle", APPROVER, None)
    publish_layers(settings, town, "mahalle")
    layer = layers_of(town)["mahalle"]
    assert (layer.version, layer.state) == (2, "published")


def test_returning_needs_a_reason_and_lets_a_mended_version_come(
    settings: Settings, town: Database, run: Run
) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    with pytest.raises(UsageError):
        move(town, "mahalle", Action.RETURN, CHECKER)
    move(town, "mahalle", Action.RETURN, CHECKER, "adlar eksik")
    assert run("SELECT to_regclass('published.mahalle_v1')") == [(None,)]
    assert propose(settings, town, "mahalle", PROPOSER).version == 2


def test_another_version_waits_until_the_first_is_decided(
    settings: Settings, town: Database, run: Run
) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    run("UPDATE maks.mahalle_version SET ad = 'YENİ' WHERE kimlik_no = 30001")
    with pytest.raises(Conflict, match="is waiting"):
        propose(settings, town, "mahalle", PROPOSER)
    assert run("SELECT to_regclass('published.mahalle_v2')") == [(None,)]


def test_three_persons_are_asked_for(settings: Settings, town: Database, run: Run) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    with pytest.raises(Conflict, match="possible now: check, return"):
        move(town, "mahalle", Action.APPROVE, APPROVER)
    with pytest.raises(DBAPIError, match="cannot move from proposed to approved"):
        run(
            "UPDATE catalogue.layer_version SET state='approved', moved_by='X Y'",
            "gis_office",
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        move(town, "mahalle", Action.CHECK, "ayşe kaya")
    move(town, "mahalle", Action.CHECK, CHECKER)
    for person in ("bülent ışık", "AYŞE KAYA"):
        with pytest.raises(NotAllowed):
            move(town, "mahalle", Action.APPROVE, person)
        with pytest.raises(DBAPIError, match="different persons"):
            run("UPDATE catalogue.layer_version SET state='approved', moved_by=:who", who=person)
    move(town, "mahalle", Action.APPROVE, APPROVER)


@pytest.mark.parametrize("action", [Action.CHECK, Action.APPROVE, Action.RETURN])
def test_nothing_waits_before_it_is_proposed(town: Database, action: Action) -> None:
    with pytest.raises(NotFound):
        move(town, "mahalle", action, APPROVER, "neden")


def test_what_was_not_approved_is_not_published(settings: Settings, town: Database) -> None:
    propose(settings, town, "mahalle", PROPOSER)
    with pytest.raises(Conflict):
        publish(settings, town, "mahalle", APPROVER)
    assert not settings.published_dir.exists()


def test_every_public_change_raises_the_edition_and_is_told(
    settings: Settings, town: Database
) -> None:
    listener = town.engine("gis_portal").raw_connection()
    try:
        driver = listener.driver_connection
        assert driver is not None
        driver.autocommit = True
        driver.execute("LISTEN gis_catalogue")
        publish_layers(settings, town, "mahalle")
        withdraw(settings, town, "mahalle", CHECKER, "Sınır hatalı")
        withdraw(settings, town, "mahalle", APPROVER, None)
        told = [notice.payload for notice in driver.notifies(timeout=1)]
        (edition,) = driver.execute("SELECT edition FROM published.catalogue_edition").fetchone()
    finally:
        listener.invalidate()
    assert len(told) >= 2
    assert int(told[-1]) == edition


def test_a_reader_sees_the_old_version_or_the_new_and_nothing_between(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "mahalle")
    stop, seen, faults = threading.Event(), set(), []

    def read() -> None:
        with town.engine("gis_portal").connect() as connection:
            while not stop.is_set():
                layers = public_layers(connection)
                current = [layer for layer in layers if layer.is_current]
                if len(current) != 1 or not features_page(connection, current[0]).features:
                    faults.append(layers)
                seen.add(current[0].version)
                connection.rollback()

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(4):
        run("UPDATE maks.mahalle_version SET ad = :ad WHERE kimlik_no = 30001",
            ad=f"YENİ {number}")  # fmt: skip
        publish_layers(settings, town, "mahalle")
    stop.set()
    reader.join(timeout=10)
    assert not faults
    assert max(seen) >= 4


def test_the_desk_says_where_every_layer_stands(settings: Settings, town: Database) -> None:
    publish_layers(settings, town, "mahalle")
    propose(settings, town, "csbm", PROPOSER)
    said = {row.layer: row.say("tr") for row in standing(settings, town)}
    assert "v1 yayında (5)" in said["mahalle"]
    assert "v1 önerildi" in said["csbm"]
    assert "henüz önerilmedi" in said["yapi"]
    assert layer_file(settings, "csbm").title.tr in said["csbm"]
