"""Delegates, a corrected version, anchors of the audit: with the database, and past the program."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from gis_platform.core.errors import Conflict, NotAllowed, NotFound, UsageError
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.approval import Action, Actor
from gis_platform.opendata.audit import anchors, keep_anchor, verify_audit
from gis_platform.opendata.delegates import delegate, delegations, end_delegation
from gis_platform.opendata.public import public_versions
from gis_platform.opendata.publish import (
    drop_withdrawal,
    move,
    propose,
    publish,
    withdraw,
)
from gis_platform.opendata.verify import verify_file
from tests.integration.test_publish_diff import MAHALLE
from tests.town import publish_layers, steward_checks

Run = Callable[..., Any]
DAY = timedelta(days=1)
APPROVE = "UPDATE catalogue.layer_version SET state='approved', moved_by=:who, acts_for=:principal"


def checked(settings: Settings, town: Database) -> None:
    propose(settings, town, "mahalle", "Ayşe Kaya")
    move(town, "mahalle", Action.CHECK, "Bülent Işık")


def today() -> date:
    """Of the moment: the tests may run past midnight."""
    return datetime.now(UTC).date()


def test_a_delegate_acts_from_the_first_day_to_the_last(
    settings: Settings, town: Database, run: Run
) -> None:
    checked(settings, town)
    vekil = Actor("Vekil Hanım", "Can Er")
    for start, end in ((today() + DAY, today() + 2 * DAY), (today() - 2 * DAY, today())):
        with pytest.raises(NotAllowed, match="does not act for"):
            move(town, "mahalle", Action.APPROVE, vekil)
        with pytest.raises(DBAPIError, match="does not act for"):
            run(APPROVE, "gis_office", who="Vekil Hanım", principal="Can Er")
        delegate(town, "vekil hanım", "CAN ER", start=start, end=end)
    assert move(town, "mahalle", Action.APPROVE, vekil).people.approved == ("Vekil Hanım", "Can Er")
    assert verify_audit(town).faults == ()


@pytest.mark.parametrize(
    ("name", "principal"),
    [("Vekil Hanım", "Ayşe Kaya"), ("Vekil Hanım", "Bülent Işık"), ("Ayşe Kaya", "Can Er")],
)
def test_nobody_is_two_of_the_three_through_a_delegate(
    settings: Settings, town: Database, name: str, principal: str, run: Run
) -> None:
    checked(settings, town)
    delegate(town, name, principal, start=today(), end=today())
    with pytest.raises(NotAllowed, match="another person"):
        move(town, "mahalle", Action.APPROVE, Actor(name, principal))
    with pytest.raises(DBAPIError, match="different persons"):
        run(APPROVE, "gis_office", who=name, principal=principal)


def test_a_right_that_was_given_is_not_given_on(settings: Settings, town: Database) -> None:
    checked(settings, town)
    delegate(town, "Vekil Bir", "Can Er", start=today(), end=today())
    delegate(town, "Vekil İki", "Vekil Bir", start=today(), end=today())
    with pytest.raises(NotAllowed, match="does not act for"):
        move(town, "mahalle", Action.APPROVE, Actor("Vekil İki", "Can Er"))


def test_a_delegation_ends_before_its_day_when_the_principal_says_so(
    settings: Settings, town: Database
) -> None:
    checked(settings, town)
    delegate(town, "Vekil Hanım", "Can Er", start=today(), end=today() + 9 * DAY)
    end_delegation(town, "Vekil Hanım", "Can Er")
    with pytest.raises(NotFound):
        end_delegation(town, "Vekil Hanım", "Can Er")
    with pytest.raises(NotAllowed):
        move(town, "mahalle", Action.APPROVE, Actor("Vekil Hanım", "Can Er"))
    assert [each.is_in_force for each in delegations(town)] == [False]
    assert verify_audit(town).faults == ()


def test_nobody_is_their_own_delegate_or_one_of_the_past(town: Database) -> None:
    with pytest.raises(NotAllowed):
        delegate(town, "CAN ER", "Can Er", start=today(), end=today())
    with pytest.raises(UsageError):
        delegate(town, "Vekil Hanım", "Can Er", start=today() - 2 * DAY, end=today() - DAY)


def test_a_version_that_mends_another_makes_it_corrected_and_says_why(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "mahalle")
    old = settings.published_dir / "mahalle" / "v1" / "mahalle.csv"
    own = settings.home / "katmanlar"
    own.mkdir()
    said = 'corrects = "İki ad yer değiştirmişti"\n' + MAHALLE.read_text("utf-8")
    (own / "mahalle.toml").write_text(said, "utf-8")
    run("UPDATE maks.mahalle_version SET ad = 'YENİ' WHERE kimlik_no = 30001")
    mended = Settings(home=settings.home, publication=PublicationSettings(layers_dir=own))
    publish_layers(mended, town, "mahalle")
    with town.engine("gis_portal").connect() as connection:
        new, before = public_versions(connection, "mahalle")
    assert (new.state, before.state, before.reason) == (
        "published", "corrected", "İki ad yer değiştirmişti",
    )  # fmt: skip
    verdict = verify_file(town, old)
    assert (verdict.is_ours, verdict.is_valid, verdict.public_version) == (True, False, 2)
    assert "İki ad yer" in verdict.text.tr


def test_one_person_alone_withdraws_nothing_and_a_request_can_drop(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "mahalle")
    with pytest.raises(UsageError):
        withdraw(settings, town, "mahalle", "Can Er", None)
    withdraw(settings, town, "mahalle", "Can Er", "Sınır davası")
    with pytest.raises(NotAllowed):
        withdraw(settings, town, "mahalle", "CAN ER", "yine ben")
    delegate(town, "Vekil Hanım", "Can Er", start=today(), end=today())
    with pytest.raises(NotAllowed):
        withdraw(settings, town, "mahalle", Actor("Vekil Hanım", "Can Er"), None)
    with pytest.raises(DBAPIError, match="asked for by one person"):
        run("UPDATE catalogue.layer_version SET state='withdrawn', moved_by='can er'", "gis_office")
    drop_withdrawal(town, "mahalle", "Can Er")
    with pytest.raises(NotFound):
        drop_withdrawal(town, "mahalle", "Can Er")
    assert (settings.published_dir / "mahalle").is_dir()
    assert verify_audit(town).faults == ()


def test_an_end_that_was_cut_off_is_found_by_the_anchor(
    settings: Settings, town: Database, run: Run
) -> None:
    """Even where the versions were put back to match it, by the owner of the database."""
    publish_layers(settings, town, "mahalle")
    kept = anchors(settings)
    assert [each.lines for each in kept] == [5]
    publish_layers(settings, town, "csbm")
    last = keep_anchor(settings, town)
    assert last is not None
    for table in ("catalogue.audit", "catalogue.layer_version"):
        run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    run("DELETE FROM catalogue.audit WHERE layer = 'csbm'")
    run("DELETE FROM catalogue.layer_version WHERE layer = 'csbm'")
    assert verify_audit(town).faults == (), "the chain alone looks whole"
    (fault,) = verify_audit(town, kept=anchors(settings)).faults
    assert "cut off" in fault.en
    assert verify_audit(town, kept=kept).faults == ()


def test_the_audit_of_earlier_days_still_counts(
    town: Database, settings: Settings, run: Run
) -> None:
    """Lines written before deeds, delegates and details were known are hashed as they were then."""
    publish_layers(settings, town, "mahalle")
    run("ALTER TABLE catalogue.audit DISABLE TRIGGER ALL")
    run("DELETE FROM catalogue.audit WHERE id > 1")
    run("ALTER TABLE catalogue.layer_version DISABLE TRIGGER ALL")
    run("UPDATE catalogue.layer_version SET state = 'draft', moved_by = drafted_by")
    run("UPDATE catalogue.audit SET deed = NULL, details = NULL, hash = encode(sha256(convert_to("
        "previous_hash || json_build_array(id, (extract(epoch FROM at) * 1000000)::bigint, layer, "
        "version, from_state, to_state, person, reason, data_sha256, metadata_sha256)::text, "
        "'UTF8')), 'hex')")  # fmt: skip
    assert verify_audit(town).faults == ()


def test_a_version_of_earlier_days_waits_for_a_new_proposal(
    settings: Settings, town: Database, run: Run
) -> None:
    """What was proposed before the screening report was bound cannot be published as it is."""
    checked(settings, town)
    move(town, "mahalle", Action.APPROVE, "Can Er")
    run("ALTER TABLE catalogue.layer_version DISABLE TRIGGER ALL")
    run("UPDATE catalogue.layer_version SET screening = NULL, screening_sha256 = NULL, "
        "licence_sha256 = NULL")  # fmt: skip
    run("ALTER TABLE catalogue.layer_version ENABLE TRIGGER ALL")
    with pytest.raises(Conflict, match="licence, screening"):
        publish(settings, town, "mahalle", "Can Er")
    move(town, "mahalle", Action.RETURN, "Can Er", "yeniden önerilecek")
    propose(settings, town, "mahalle", "Ayşe Kaya")
    steward_checks(town, "mahalle")
