"""The main job on real PostGIS: import, AKS text to units, the account, killing it, decisions."""

import csv
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from gis_platform.core.errors import SourceError
from gis_platform.core.pipeline import pipelines
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.db.queries.work import read_matches
from gis_platform.jobs.learn import DatabaseStore, undo
from gis_platform.jobs.review import rejected_table, review_table, take_decisions
from gis_platform.matching.learned import LearnedKind, Lesson
from gis_platform.matching.match import Matcher
from gis_platform.report.model import RunReport
from gis_platform.sample.make import make_sample
from gis_platform.sources.table import read_whole_table, write_table

Run = Callable[..., RunReport]


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sample of 1,000 doors; read-only for the tests."""
    folder = tmp_path_factory.mktemp("sample") / "delivery"
    make_sample(folder, doors=1_000, seed=7)
    return folder


@pytest.fixture
def run(database: Database, settings: Settings) -> Run:
    def job(name: str, path: Path, **options: Any) -> RunReport:
        report: RunReport = pipelines[name](
            settings, database, path, started_by="Deneme Kişi", **options
        )
        return report

    return job


@pytest.fixture
def register(run: Run, sample: Path) -> RunReport:
    """The sample's MAKS delivery, imported."""
    return run("maks_import", sample / "maks.gdb")


def scalar(database: Database, question: str) -> Any:
    with database.engine("gis_owner").connect() as connection:
        return connection.execute(text(question)).scalar_one()


def content(database: Database) -> list[tuple[Any, ...]]:
    """The units in force, without what depends on time."""
    with database.engine("gis_owner").connect() as connection:
        rows = connection.execute(
            text(
                "SELECT kimlik_no, id, ic_kapi_no, numarataj_id, yapi_id FROM "
                "maks.bagimsiz_bolum ORDER BY kimlik_no"
            )
        )
        return [tuple(row) for row in rows]


def aks_file(folder: Path, rows: list[dict[str, str]]) -> Path:
    path = folder / "aks.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def sample_rows(sample: Path) -> list[dict[str, str]]:
    with (sample / "aks.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if None not in row]


def test_every_delivered_row_is_accounted_for(
    register: RunReport, database: Database, sample: Path
) -> None:
    account = register.account
    assert account.read == account.loaded + account.held + account.rejected
    in_register = sum(
        scalar(database, f"SELECT count(*) FROM maks.{layer}")  # noqa: S608
        for layer in ("il", "ilce", "mahalle", "yol", "yol_orta_hat", "yol_orta_hat_yon", "yapi",
                      "numarataj", "bagimsiz_bolum")
    )  # fmt: skip
    assert in_register == account.loaded
    assert scalar(database, "SELECT count(*) FROM raw.feature") == account.read


def test_the_same_delivery_in_another_format_changes_nothing(
    register: RunReport, run: Run, sample: Path
) -> None:
    for form in ("maks.gdb", "maks.gpkg", "maks_shp"):
        again = run("maks_import", sample / form)
        assert again.changes == {
            "added": 0, "changed": 0, "unchanged": register.account.loaded, "closed": 0
        }  # fmt: skip


def test_aks_rows_become_units_at_their_true_doors(
    register: RunReport, run: Run, sample: Path, database: Database
) -> None:
    report = run("aks_to_maks", sample / "aks.csv")
    account = report.account
    assert account.read == account.loaded + account.held + account.rejected
    assert account.loaded > 0.9 * account.read
    truth = pd.read_csv(sample / "truth" / "aks_truth.csv", dtype=str)
    right = {(row.adres_no, row.numarataj_kimlik_no) for row in truth.itertuples()}
    with database.engine("gis_owner").connect() as connection:
        placed = connection.execute(
            text(
                "SELECT u.kimlik_no, n.kimlik_no FROM maks.bagimsiz_bolum u "
                "JOIN maks.numarataj n ON n.id = u.numarataj_id "
                "JOIN work.match m ON m.numarataj_kimlik_no = n.kimlik_no "
                "JOIN raw.aks_row r ON r.batch_id = m.batch_id AND r.row_no = m.row_no "
                "AND r.values ->> 'Adres No' = u.kimlik_no::text"
            )
        ).all()
    wrong = [pair for pair in placed if (str(pair[0]), str(pair[1])) not in right]
    assert len(placed) >= account.loaded
    assert len(wrong) <= 0.005 * len(placed), wrong[:10]


def test_rejected_rows_are_those_the_truth_names(
    register: RunReport, run: Run, sample: Path, database: Database
) -> None:
    report = run("aks_to_maks", sample / "aks.csv")
    truth = pd.read_csv(sample / "truth" / "aks_truth.csv", dtype=str)
    expected = set(truth[truth["expected"] == "rejected"]["row"].astype(int))
    with database.engine("gis_etl").connect() as connection:
        rejected = rejected_table(connection, report.batch_id, "tr")
        rows = connection.execute(text("SELECT row_no FROM work.rejected")).scalars().all()
    assert set(rows) == expected
    assert report.account.rejected == len(rejected) == len(expected)
    assert (rejected["care"] != "").all()


def test_the_same_file_twice_changes_nothing(
    register: RunReport, run: Run, sample: Path, database: Database
) -> None:
    first = run("aks_to_maks", sample / "aks.csv")
    before = content(database)
    again = run("aks_to_maks", sample / "aks.csv")
    assert again.source.is_known
    assert again.batch_id == first.batch_id
    assert again.changes["added"] == again.changes["changed"] == again.changes["closed"] == 0
    assert content(database) == before
    assert scalar(database, "SELECT count(*) FROM raw.aks_row") == first.account.read


@pytest.mark.parametrize("name", ["aks_cp1254.csv", "aks.xlsx"])
def test_the_same_text_in_another_file_format_gives_the_same_register(
    register: RunReport, run: Run, sample: Path, database: Database, name: str
) -> None:
    run("aks_to_maks", sample / "aks.csv")
    before = content(database)
    run("aks_to_maks", sample / name)
    assert content(database) == before


def test_a_changed_row_gives_a_new_version_and_keeps_the_old_one(
    register: RunReport, run: Run, sample: Path, tmp_path: Path, database: Database
) -> None:
    rows = sample_rows(sample)
    run("aks_to_maks", aks_file(tmp_path, rows))
    number = scalar(
        database,
        "SELECT kimlik_no FROM maks.bagimsiz_bolum WHERE ic_kapi_no = '1' "
        "AND kimlik_no IN (SELECT (values ->> 'Adres No')::bigint FROM raw.aks_row "
        "WHERE values ->> 'Adres No' ~ '^[0-9]{10}$' AND values ->> 'İç Kapı No' <> '') "
        "ORDER BY 1 LIMIT 1",
    )
    changed = next(row for row in rows if row["Adres No"] == str(number))
    changed["İç Kapı No"] = "77"
    changed["Açık Adres"] = ""
    report = run("aks_to_maks", aks_file(tmp_path, rows))
    assert report.changes["changed"] == 1
    assert report.changes["added"] == 0
    with database.engine("gis_owner").connect() as connection:
        history = connection.execute(
            text(
                "SELECT version, ic_kapi_no, valid_to IS NULL FROM maks.bagimsiz_bolum_version "
                "WHERE kimlik_no = :number ORDER BY version"
            ),
            {"number": number},
        ).all()
    assert [tuple(row) for row in history][-2:] == [
        (history[-2].version, "1", False),
        (history[-1].version, "77", True),
    ]


def test_rejected_rows_can_be_mended_and_fed_back(
    register: RunReport, run: Run, sample: Path, tmp_path: Path, database: Database
) -> None:
    rows = sample_rows(sample)[:50]
    good = rows[0]["Adres No"]
    rows[0] = rows[0] | {"Adres No": "12"}
    first = run("aks_to_maks", aks_file(tmp_path, rows))
    with database.engine("gis_etl").connect() as connection:
        refused = rejected_table(connection, first.batch_id, "en")
    mine = refused[refused["Adres No"] == "12"].assign(**{"Adres No": good})
    path = tmp_path / "mended.xlsx"
    write_table([mine], path)
    report = run("aks_to_maks", path)
    assert report.account.read == 1
    assert report.account.rejected == 0
    loaded = scalar(
        database,
        f"SELECT count(*) FROM maks.bagimsiz_bolum WHERE kimlik_no = {good}",  # noqa: S608
    )
    assert loaded == report.account.loaded == 1


def test_a_decision_of_a_person_places_a_waiting_row(
    register: RunReport, run: Run, sample: Path, tmp_path: Path, database: Database
) -> None:
    report = run("aks_to_maks", sample / "aks.csv")
    door = scalar(database, "SELECT kimlik_no FROM maks.numarataj ORDER BY 1 LIMIT 1")
    with database.engine("gis_etl").connect() as connection:
        waiting = review_table(connection, report.batch_id, "tr")
    assert len(waiting) >= 1
    assert (waiting["gerekce"] != "").all()
    chosen = waiting.head(1).assign(karar=str(door))
    path = tmp_path / "review.xlsx"
    write_table([pd.concat([chosen, waiting.iloc[1:]])], path)
    with database.engine("gis_etl").begin() as connection:
        assert take_decisions(connection, path, "Karar Veren") == 1
    again = run("aks_to_maks", sample / "aks.csv")
    key = chosen["anahtar"].iloc[0]
    with database.engine("gis_owner").connect() as connection:
        answer = connection.execute(
            text(
                "SELECT m.reason, m.numarataj_kimlik_no FROM work.match m JOIN raw.aks_row r "
                "USING (batch_id, row_no) WHERE r.values ->> 'Adres No' = :key"
            ),
            {"key": key},
        ).one()
    assert tuple(answer) == ("decided_by_hand", door)
    assert again.account.held <= report.account.held


def test_a_decision_nobody_can_understand_names_row_and_remedy(
    register: RunReport, run: Run, sample: Path, tmp_path: Path, database: Database
) -> None:
    report = run("aks_to_maks", sample / "aks.csv")
    with database.engine("gis_etl").begin() as connection:
        waiting = review_table(connection, report.batch_id, "tr")
        path = tmp_path / "review.csv"
        write_table([waiting.assign(karar="belki")], path)
        with pytest.raises(SourceError, match=r"row 1, field karar.*Remedy"):
            take_decisions(connection, path, "Karar Veren")
    assert scalar(database, "SELECT count(*) FROM raw.review_decision") == 0


def test_a_file_without_an_address_column_is_refused_before_anything_is_stored(
    run: Run, tmp_path: Path, database: Database
) -> None:
    path = tmp_path / "x.csv"
    path.write_text("ad,soyad\nbir,iki\n", encoding="utf-8")
    with pytest.raises(SourceError, match="“ad”, “soyad”"):
        run("aks_to_maks", path)
    assert scalar(database, "SELECT count(*) FROM raw.batch") == 0


def test_the_index_follows_the_register_and_answers_like_the_job(
    register: RunReport, run: Run, sample: Path, settings: Settings
) -> None:
    run("aks_to_maks", sample / "aks.csv")
    matcher = Matcher.open(settings.index_dir)
    doors = read_whole_table(sample / "gazetteer" / "kapi.csv").head(20)
    csbm = read_whole_table(sample / "gazetteer" / "csbm.csv").set_index("csbm_kod")
    types = {"0": "KÖY SOKAĞI", "1": "MEYDANI", "2": "BULVARI", "3": "CADDESİ", "4": "SOKAK",
             "5": "KÜME EVLER"}  # fmt: skip
    for door in doors.itertuples():
        way = csbm.loc[door.csbm_kod]
        match = matcher.match_one(
            f"{way.mahalle} MAH. {way.csbm} {types[way.tur_kod]} NO:{door.dis_kapi_no} EYÜPSULTAN"
        )
        assert match.best is not None
        assert str(match.best.numarataj_kimlik_no) == door.numarataj_kimlik_no


def test_killing_the_job_anywhere_and_running_it_again_gives_the_same_register(
    register: RunReport,
    run: Run,
    sample: Path,
    database: Database,
    environment: dict[str, str],
) -> None:
    gis = Path(sys.executable).with_name("gis")
    is_loading = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE '%gis_etl' AND xact_start IS NOT NULL"
    )
    for delay in (0.0, 0.4, 0.9):
        job = subprocess.Popen(
            [gis, "run", "aks_to_maks", str(sample / "aks.csv")],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while job.poll() is None and not scalar(database, is_loading):
            time.sleep(0.02)
        time.sleep(delay)
        job.send_signal(signal.SIGKILL)
        job.wait()
        ended = scalar(database, "SELECT count(*) FROM work.run WHERE name = 'aks_to_maks'")
        stored = scalar(database, "SELECT count(*) FROM raw.aks_row")
        assert (ended == 0) == (stored == 0)
    report = run("aks_to_maks", sample / "aks.csv")
    assert scalar(database, "SELECT count(*) FROM raw.aks_row") == report.account.read
    newest = "SELECT max(version) FROM maks.bagimsiz_bolum_version"
    assert scalar(database, newest) == 1


def _in_another_mahalle(frame: pd.DataFrame) -> pd.DataFrame:
    """The first rows with the mahalle of the next one: doubtful, and never decided."""
    rows = frame[frame["Mahalle"] != ""].head(40).drop(columns=[n for n in frame if n[0] == "_"])
    other = rows["Mahalle"].where(rows["Mahalle"] != rows["Mahalle"].iloc[0], "").max()
    wrong = [
        text.replace(own, other)
        for own, text in zip(rows["Mahalle"], rows["Açık Adres"], strict=True)
    ]
    return rows.assign(**{"Mahalle": other, "Açık Adres": wrong})


def test_a_refused_place_is_not_offered_again_and_what_is_learnt_is_undone(  # noqa: PLR0913, PLR0917
    register: RunReport,
    run: Run,
    sample: Path,
    tmp_path: Path,
    database: Database,
    settings: Settings,
) -> None:
    doubtful = tmp_path / "aks.csv"
    write_table([_in_another_mahalle(read_whole_table(sample / "aks.csv"))], doubtful)
    report = run("aks_to_maks", doubtful)
    with database.engine("gis_etl").begin() as connection:
        waiting = review_table(connection, report.batch_id, "tr")
        offered = waiting[waiting["oneri_1_csbm"] != ""].head(1)
        path = tmp_path / "review.csv"
        write_table([offered.assign(karar="ret")], path)
        assert take_decisions(connection, path, "Karar Veren") == 1
    csbm, key = int(offered["oneri_1_csbm"].iloc[0]), offered["anahtar"].iloc[0]
    assert scalar(database, "SELECT min(csbm_kod) FROM raw.review_decision") is not None
    run("aks_to_maks", doubtful)
    with database.engine("gis_etl").begin() as connection:
        answers = read_matches(connection, report.batch_id)
        mine = answers[[values["Adres No"] == key for values in answers["values"]]].iloc[0]
        assert mine["match_status"] != "matched"
        assert csbm not in [one["csbm_kod"] for one in mine["candidates"] or []]
        store = DatabaseStore(connection, settings)
        before = store.index.joinpath("manifest.json").read_text(encoding="utf-8")
        (made,) = store.add(
            [Lesson(LearnedKind.ALIAS, level="csbm", kod=csbm, alias="FISTIKÇIOĞLU")], "Ayşe"
        )
        assert store.index.joinpath("manifest.json").read_text(encoding="utf-8") != before
        undo(store, made.id, "Can", "yanlış")
        assert store.index.joinpath("manifest.json").read_text(encoding="utf-8") == before
        assert [one.lesson.kind.value for one in store.entries()] == ["alias", "undo"]
    with pytest.raises(ProgrammingError), database.engine("gis_etl").begin() as connection:
        connection.execute(text("DELETE FROM raw.learned"))
