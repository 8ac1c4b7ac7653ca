"""The conformity file of a real register: where it came from, its trend, the same bytes twice."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gis_platform.cli.main import build
from gis_platform.core.errors import NotFound
from gis_platform.core.settings import DatabaseSettings, Settings
from gis_platform.db.decide import store_waiver
from gis_platform.db.engine import Database
from gis_platform.jobs.maks_report import Asked, conformity
from gis_platform.maks.waiver import Waiver
from gis_platform.report.conformity_write import write_conformity
from tests.contract.control_village import village, write_delivery
from tests.integration.conftest import Import, ask


@pytest.fixture
def named(village_register: Database, tmp_path: Path) -> Settings:
    url = village_register.url().render_as_string(hide_password=False)
    return Settings(home=tmp_path, db=DatabaseSettings.model_validate({"url": url}))


def test_the_file_of_the_register_names_its_deliveries_and_versions(named: Settings) -> None:
    made = conformity(named, Asked(date(2026, 3, 1)))
    assert made.conforms
    assert made.features == sum(village().counts().values())
    (origin,) = made.origins
    assert (origin.file, origin.features) == ("ilk.gdb", made.features)
    assert origin.sha256 == "0" * 64
    assert {"gis-platform", "PROJ", "PostGIS", "PostgreSQL"} <= set(made.versions)


def test_later_files_show_earlier_ones_and_no_file_shows_later_ones(
    named: Settings, village_register: Database, tmp_path: Path
) -> None:
    days = [date(2026, 3, day) for day in (1, 5, 9)]
    first = write_conformity(conformity(named, Asked(days[0])), tmp_path / "a", "u", "tr")
    for day in days[1:]:
        made = conformity(named, Asked(day))
    assert [line.reported_on for line in made.trend] == days
    again = write_conformity(conformity(named, Asked(days[0])), tmp_path / "b", "u", "tr")
    for form, path in first.items():
        assert path.read_bytes() == again[form].read_bytes(), form
    assert ask(village_register, "SELECT count(*) FROM work.conformity") == [(3,)]


def test_a_mahalle_has_a_trend_of_its_own(named: Settings) -> None:
    conformity(named, Asked(date(2026, 3, 1)))
    made = conformity(named, Asked(date(2026, 3, 2), mahalle="Nişancı"))
    assert [line.reported_on for line in made.trend] == [date(2026, 3, 2)]
    assert "NİŞANCI (40371)" in made.subject.tr
    with pytest.raises(NotFound, match="MERKEZ"):
        conformity(named, Asked(date(2026, 3, 2), mahalle="Yok"))


def test_waivers_of_the_register_are_in_its_file(
    take: Import, database: Database, tmp_path: Path
) -> None:
    take({"set": {"numarataj": {50101: {"kapi_no": None}}}})
    url = database.url().render_as_string(hide_password=False)
    named = Settings(home=tmp_path, db=DatabaseSettings.model_validate({"url": url}))
    day = datetime.now(UTC).date()
    with database.engine("gis_etl").begin() as connection:
        number = store_waiver(
            connection, Waiver("R-NUM-13", "levha sökülmüş", "ayse", day, day, kimlik_no=50101)
        )
    earlier, made = (conformity(named, Asked(each)) for each in (date(2026, 3, 1), day))
    assert (earlier.waivers, earlier.with_error) == ((), 1)
    assert [(one.number, one.findings, one.is_past) for one in made.waivers] == [(number, 1, False)]
    assert made.with_error == 0
    later = conformity(named, Asked(day + timedelta(days=1)))
    assert [(one.number, one.is_past) for one in later.waivers] == [(number, True)]
    assert later.with_error == 1


def test_an_empty_register_says_what_to_do(database_settings: Settings) -> None:
    with pytest.raises(NotFound, match="nothing in the register") as error:
        conformity(database_settings, Asked(date(2026, 3, 1)))
    assert error.value.remedy is not None


def test_the_command_writes_three_files_and_needs_no_database_for_a_delivery(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIS_HOME", str(tmp_path))
    monkeypatch.setenv("GIS_DB__URL", "postgresql://nobody@127.0.0.1:1/none")
    path = write_delivery(village(), tmp_path / "teslim.gpkg")
    given = ["maks", "report", "--delivery", str(path), "-o", str(tmp_path / "dosya")]
    done = CliRunner().invoke(build("maks"), [*given, "--date", "2026-03-01", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["conforms"] is True
    assert sorted(said["files"]) == ["html", "pdf", "xlsx"]
    assert all(Path(file).stat().st_size for file in said["files"].values())
    wrong = CliRunner().invoke(build("maks"), [*given, "--date", "dün"])
    assert wrong.exit_code != 0
