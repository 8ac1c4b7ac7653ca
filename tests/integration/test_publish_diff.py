"""What an approver sees: the version that waits against the public one."""

import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from gis_platform.core.errors import NotFound
from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.difference import difference
from gis_platform.opendata.publish import propose
from gis_platform.report.difference import as_html
from tests.town import publish_layers

MAHALLE = Path(str(resources.files("gis_platform.opendata"))) / "layers" / "mahalle.toml"
Run = Callable[..., Any]


def test_rows_added_removed_moved_and_changed_are_counted_with_metres(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "numarataj")
    (first, second, third, fourth) = run(
        "SELECT kimlik_no FROM maks.numarataj ORDER BY kimlik_no LIMIT 4"
    )
    run("ALTER TABLE maks.numarataj_version DISABLE TRIGGER ALL")
    run("DELETE FROM maks.numarataj_version WHERE kimlik_no = :no", no=first[0])
    run(
        "UPDATE maks.numarataj_version SET geometry = ST_Translate(geometry, 30, 40) "
        "WHERE kimlik_no = :no",
        no=second[0],
    )
    run("UPDATE maks.numarataj_version SET kapi_no = '99/Z' WHERE kimlik_no = :no", no=third[0])
    run("UPDATE maks.numarataj_version SET kimlik_no = 999999 WHERE kimlik_no = :no", no=fourth[0])
    propose(settings, town, "numarataj", "Ayşe Kaya")
    found = difference(town, "numarataj", "en")
    assert found.counts == {"added": 1, "removed": 2, "moved": 1, "changed": 1}
    assert found.farthest == pytest.approx(50, abs=0.05)
    assert [row["key"] for row in found.examples["added"]] == ["999999"]
    assert found.columns["dis_kapi_no"]["changed"] == 1
    assert found.columns["dis_kapi_no"]["examples"][0][2] == "99/Z"
    assert found.columns["mahalle"]["changed"] == 0
    what = sorted(each[0] for each in found.places)
    assert what == ["added", "changed", "moved", "removed", "removed"]
    (move,) = [each for each in found.places if each[0] == "moved"]
    assert (move[3] - move[1], move[4] - move[2]) == (
        pytest.approx(30, abs=0.01), pytest.approx(40, abs=0.01)
    )  # fmt: skip
    assert found.distributions["dis_kapi_no"]["after"]["distinct"] > 0
    lines = "\n".join(found.lines("en"))
    assert "moved: 1 (farthest 50.0 m, median 50.0 m)" in lines
    assert "profil publication" in lines
    assert json.loads(json.dumps(found.as_json()))["rows"] == list(found.rows)
    page = as_html(found, "en")
    assert page.count('fill="#b5493b"') == 2, "each removed door is a dot on the map"
    assert "99/Z" in page


def test_a_column_that_comes_or_goes_and_a_changed_description_are_told(
    settings: Settings, town: Database, run: Run
) -> None:
    publish_layers(settings, town, "mahalle")
    own = settings.home / "katmanlar"
    own.mkdir()
    said = MAHALLE.read_text("utf-8").replace("Mahalle sınırları", "Mahalleler")
    said += 'posta_kodu = { tr = "Posta kodu", en = "Post code" }\n'
    (own / "mahalle.toml").write_text(said, "utf-8")
    run(
        "CREATE OR REPLACE VIEW maks.mahalle AS SELECT *, '34050'::text AS posta_kodu "
        "FROM (" + run("SELECT pg_get_viewdef('maks.mahalle'::regclass)")[0][0].rstrip("; ") + ") v"
    )
    settings = settings.model_copy(
        update={"publication": settings.publication.model_copy(update={"layers_dir": own})}
    )
    propose(settings, town, "mahalle", "Ayşe Kaya")
    found = difference(town, "mahalle", "tr")
    assert found.columns["posta_kodu"]["state"] == "added"
    assert found.description["title"][1]["tr"] == "Mahalleler"
    assert found.counts == {"added": 0, "removed": 0, "moved": 0, "changed": 0}
    assert "yeni sütun" in as_html(found, "tr")


def test_the_first_version_is_all_new(settings: Settings, town: Database) -> None:
    propose(settings, town, "mahalle", "Ayşe Kaya")
    found = difference(town, "mahalle", "tr")
    assert (found.before, found.counts["added"]) == (None, 5)
    assert "Yayında sürüm yok" in as_html(found, "tr")


def test_without_a_waiting_version_there_is_nothing_to_compare(town: Database) -> None:
    with pytest.raises(NotFound, match="propose mahalle"):
        difference(town, "mahalle", "en")
