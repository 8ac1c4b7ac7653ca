"""What a layer must be before it may be proposed."""

from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from gis_platform.core.errors import Conflict, NotAllowed, NotFound, UsageError
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries import catalogue as ask
from gis_platform.opendata.approval import Action
from gis_platform.opendata.public import (
    PublicLayer,
    public_layers,
)
from gis_platform.opendata.publish import answer, move, propose, publish
from tests.town import publish_layers

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


def personal(database: Database, name: str = "mahalle") -> dict[str, Any]:
    with database.engine("gis_office").connect() as connection:
        return ask.versions(connection, name)[0]["screening"]  # type: ignore[no-any-return]


def test_a_finding_waits_for_the_written_answer_of_the_steward(
    settings: Settings, town: Database, run: Run
) -> None:
    run("UPDATE maks.mahalle_version SET ad = 'Başvuran 10000000146' WHERE kimlik_no = 30005")
    assert propose(settings, town, "mahalle", PROPOSER).findings == ("ad:tckn",)
    with pytest.raises(Conflict, match=r"ad:tckn.*gis layer answer mahalle"):
        move(town, "mahalle", Action.CHECK, CHECKER)
    with pytest.raises(DBAPIError, match="without an answer"):
        run("UPDATE catalogue.layer_version SET state = 'checked', moved_by = 'X Y'", "gis_office")
    with pytest.raises(NotAllowed):
        answer(town, "mahalle", "ad:tckn", "Deneme verisi, kişi değil", PROPOSER)
    with pytest.raises(UsageError):
        answer(town, "mahalle", "ad:tckn", "tamam", CHECKER)
    with pytest.raises(NotFound, match="ad:tckn"):
        answer(town, "mahalle", "ad:phone", "Deneme verisi, kişi değil", CHECKER)
    answered = answer(town, "mahalle", "ad:tckn", "Deneme verisi, kişi değil", CHECKER)
    assert answered.findings == ()
    move(town, "mahalle", Action.CHECK, CHECKER)
    with pytest.raises(Conflict):
        answer(town, "mahalle", "ad:tckn", "Sonradan başka bir yanıt", "Dördüncü Kişi")
    move(town, "mahalle", Action.APPROVE, APPROVER)
    publish(settings, town, "mahalle", APPROVER)
    assert personal(town)["answers"] == {
        "ad:tckn": {"text": "Deneme verisi, kişi değil", "person": CHECKER}
    }


def test_who_answers_a_finding_does_not_approve(
    settings: Settings, town: Database, run: Run
) -> None:
    run("UPDATE maks.mahalle_version SET ad = 'a@b.com' WHERE kimlik_no = 30001")
    propose(settings, town, "mahalle", PROPOSER)
    answer(town, "mahalle", "ad:email", "Deneme verisi, kişi değil", "Dördüncü Kişi")
    move(town, "mahalle", Action.CHECK, CHECKER)
    with pytest.raises(NotAllowed):
        move(town, "mahalle", Action.APPROVE, "DÖRDÜNCÜ KİŞİ")
    with pytest.raises(DBAPIError, match="different persons"):
        run("UPDATE catalogue.layer_version SET state='approved', moved_by='Dördüncü Kişi'")
    move(town, "mahalle", Action.APPROVE, APPROVER)


def test_an_answer_says_nothing_about_the_next_version(
    settings: Settings, town: Database, run: Run
) -> None:
    run("UPDATE maks.mahalle_version SET ad = 'a@b.com' WHERE kimlik_no = 30001")
    publish_layers(settings, town, "mahalle")
    assert not propose(settings, town, "mahalle", PROPOSER).is_changed
    run("UPDATE maks.mahalle_version SET ad = 'c@d.com' WHERE kimlik_no = 30001")
    assert propose(settings, town, "mahalle", PROPOSER).findings == ("ad:email",)


def test_the_controls_of_the_profile_are_run_and_what_blocks_waits_for_an_answer(
    settings: Settings, town: Database
) -> None:
    found = propose(settings, town, "numarataj", PROPOSER)
    assert "control:R-SP-01" in found.findings
    report = personal(town, "numarataj")
    assert report["controls"]["profile"] == "publication"
    counts = {each["code"]: each for each in report["controls"]["counts"]}
    assert counts["R-SP-01"]["action"] == "block"
    assert counts["R-NUM-09"]["action"] == "warn"
    assert {each["layer"] for each in counts.values()} == {"numarataj"}
    assert report["quality"]["rows"] == found.row_count
    assert report["quality"]["empty"]["dis_kapi_no"] == 0


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
