"""What a layer must be before it may be proposed."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from gis_platform.core.errors import Conflict
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.approval import Action
from gis_platform.opendata.public import (
    PublicLayer,
    public_layers,
)
from gis_platform.opendata.publish import move, propose, publish

MAHALLE_FILE = Path(str(resources.files("gis_platform.opendata"))) / "layers" / "mahalle.toml"
Run = Callable[..., Any]
PROPOSER, CHECKER, APPROVER = "Ayşe Kaya", "Bülent Işık", "Can Er"


def layers_of(database: Database) -> dict[str, PublicLayer]:
    with database.engine("gis_portal").connect() as connection:
        return {layer.name: layer for layer in public_layers(connection)}


def states(database: Database, name: str) -> list[str]:
    with database.engine("gis_office").connect() as connection:
        return [row["state"] for row in ask.versions(connection, name)]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM maks.mahalle_version", "nothing to show"),
        (
            "DROP INDEX maks.mahalle_version_in_force_key; ALTER TABLE maks.mahalle_version DROP "
            "CONSTRAINT mahalle_version_kimlik_no_version_key; "
            "UPDATE maks.mahalle_version SET kimlik_no = 30001 WHERE kimlik_no = 30002",
            "not unique: 30001",
        ),
        (
            "ALTER TABLE maks.mahalle_version ALTER kimlik_no DROP NOT NULL; "
            "UPDATE maks.mahalle_version SET kimlik_no = NULL WHERE kimlik_no = 30002",
            "empty in 1 rows",
        ),
        (
            "UPDATE maks.mahalle_version SET geometry = ST_Translate(geometry, 100000, 0) "
            "WHERE kimlik_no = 30003",
            "lie outside: 30003",
        ),
        (
            "UPDATE maks.mahalle_version SET geometry = ST_GeomFromText('MULTIPOLYGON(((405000 "
            "4550000, 405100 4550100, 405100 4550000, 405000 4550100, 405000 4550000)))', 5254) "
            "WHERE kimlik_no = 30004",
            "30004 (Self-intersection",
        ),
        (
            "UPDATE maks.mahalle_version SET ad = 'Başvuran 10000000146' WHERE kimlik_no = 30005",
            "ad:tckn",
        ),
    ],
)
def test_the_gate_refuses(
    settings: Settings, town: Database, statement: str, said: str, run: Run
) -> None:
    run("ALTER TABLE maks.mahalle_version DISABLE TRIGGER ALL")
    run(statement)
    with pytest.raises(Conflict) as caught:
        propose(settings, town, "mahalle", PROPOSER)
    assert said in str(caught.value)
    assert caught.value.place.file == "mahalle.toml"
    assert states(town, "mahalle") == []
    assert run("SELECT to_regclass('published.mahalle_v1')") == [(None,)]


def test_rows_without_geometry_are_left_out_and_counted(
    settings: Settings, town: Database, run: Run
) -> None:
    run("ALTER TABLE maks.mahalle_version ALTER geometry DROP NOT NULL")
    run("UPDATE maks.mahalle_version SET geometry = NULL WHERE kimlik_no = 30001")
    version = propose(settings, town, "mahalle", PROPOSER)
    assert (version.row_count, version.left_out) == (4, 1)


def test_an_answer_is_kept_with_the_layer_and_approved_with_it(
    settings: Settings, town: Database, run: Run
) -> None:
    run("UPDATE maks.mahalle_version SET ad = 'a@b.com' WHERE kimlik_no = 30001")
    answers = {"ad:email": "Deneme verisi, kişi değil"}
    propose(settings, town, "mahalle", PROPOSER, answers=answers)
    move(town, "mahalle", Action.APPROVE, APPROVER)
    publish(settings, town, "mahalle", APPROVER)
    assert layers_of(town)["mahalle"].entry.answers == answers
    assert not propose(settings, town, "mahalle", PROPOSER).is_changed
    anew = {"ad:email": "Deneme verisi, hiç kimsenin değil"}
    assert propose(settings, town, "mahalle", PROPOSER, answers=anew).version == 2


def test_an_answer_says_nothing_about_the_next_version(
    settings: Settings, town: Database, run: Run
) -> None:
    run("UPDATE maks.mahalle_version SET ad = 'a@b.com' WHERE kimlik_no = 30001")
    answers = {"ad:email": "Deneme verisi, kişi değil"}
    propose(settings, town, "mahalle", PROPOSER, answers=answers)
    move(town, "mahalle", Action.APPROVE, APPROVER)
    publish(settings, town, "mahalle", APPROVER)
    run("UPDATE maks.mahalle_version SET ad = 'c@d.com' WHERE kimlik_no = 30001")
    with pytest.raises(Conflict, match="ad:email"):
        propose(settings, town, "mahalle", PROPOSER)


def test_a_column_the_source_lacks_is_named_with_those_it_has(
    settings: Settings, town: Database, tmp_path: Path
) -> None:
    said = MAHALLE_FILE.read_text("utf-8")
    said += 'nufus = { tr = "Nüfusu", en = "Population" }\n'
    (tmp_path / "mahalle.toml").write_text(said, "utf-8")
    settings = Settings(home=tmp_path, publication=PublicationSettings(layers_dir=tmp_path))
    with pytest.raises(Conflict, match=r"nufus.*It has: .*kimlik_no"):
        propose(settings, town, "mahalle", PROPOSER)


def test_a_layer_of_another_kind_of_geometry_is_refused(
    settings: Settings, town: Database, tmp_path: Path
) -> None:
    said = MAHALLE_FILE.read_text("utf-8")
    (tmp_path / "mahalle.toml").write_text(said.replace('"multipolygon"', '"point"'), "utf-8")
    settings = Settings(home=tmp_path, publication=PublicationSettings(layers_dir=tmp_path))
    with pytest.raises(Conflict, match="multipolygon"):
        propose(settings, town, "mahalle", PROPOSER)
