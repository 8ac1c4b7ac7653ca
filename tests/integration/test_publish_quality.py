"""The quality of a version is counted when it is published, kept with it, and never changed."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from gis_platform.core.settings import Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.public import PublicLayer, public_layers
from gis_platform.opendata.quality import Measured, measured_versions, results
from tests.town import publish_layers, withdraw_layer
from tests.trees import later, publish_trees, tree_settings, trees

Run = Callable[..., Any]


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return tree_settings(tmp_path)


def measured(database: Database, name: str) -> list[Measured]:
    with database.engine("gis_portal").connect() as connection:
        return measured_versions(connection, name)


def layer_of(database: Database, name: str) -> PublicLayer:
    with database.engine("gis_portal").connect() as connection:
        return {each.name: each for each in public_layers(connection)}[name]


def test_gaps_and_strange_codes_are_counted_in_the_published_rows(
    own: Settings, town: Database
) -> None:
    publish_trees(own, town, trees())
    (found,) = measured(town, "agac")
    assert (found.rows, found.duplicates, found.invalid, found.left_out) == (60, 0, 0, 0)
    assert found.empty == {"no": 0, "ad": 0, "semt": 0, "saglik": 0, "boy_m": 6, "dikim": 0,
                           "govde": 0}  # fmt: skip
    assert found.outside == {"saglik": 2}
    assert found.in_domain == pytest.approx(58 / 60)
    assert found.filled == pytest.approx(1 - 6 / (60 * 7))
    assert found.controls is None


def test_blank_text_is_no_value(own: Settings, town: Database) -> None:
    publish_trees(own, town, trees().assign(semt=lambda f: f["semt"].where(f["no"] > 4, "  ")))
    (found,) = measured(town, "agac")
    assert found.empty["semt"] == 4
    (chart,) = [each for each in found.charts if each["column"] == "semt"]
    assert sum(rows for _, rows in chart["rows"]) + chart["other"] == 56


def test_the_controls_of_the_profile_speak_of_a_layer_of_the_register(
    settings: Settings, town: Database
) -> None:
    publish_layers(settings, town, "numarataj")
    (found,) = measured(town, "numarataj")
    assert found.controls is not None
    assert found.breaches == sum(each["count"] for each in found.controls)


def test_charts_are_chosen_by_the_values_and_add_up(own: Settings, town: Database) -> None:
    publish_trees(own, town, trees())
    charts = {each["column"]: each for each in measured(town, "agac")[0].charts}
    assert {name: each["by"] for name, each in charts.items()} == {
        "semt": "value", "saglik": "value", "boy_m": "step", "dikim": "year",
    }  # fmt: skip
    assert sum(rows for _, rows in charts["boy_m"]["rows"]) == 54
    assert sum(rows for _, rows in charts["dikim"]["rows"]) == 60
    assert charts["dikim"]["rows"][0][0] == "2011"
    assert dict(map(tuple, charts["saglik"]["rows"]))["9"] == 2
    assert "no" not in charts, "a key is no measure"
    assert "bekci" not in charts, "what is not published is not counted"


def test_a_layer_file_names_its_charts(own: Settings, town: Database) -> None:
    file = Path(str(own.publication.layers_dir)) / "agac.toml"
    file.write_text('charts = ["govde"]\n' + file.read_text("utf-8"), "utf-8")
    publish_trees(own, town, trees())
    (chart,) = measured(town, "agac")[0].charts
    assert (chart["column"], chart["by"]) == ("govde", "number")
    assert chart["rows"] == [["1", 15], ["2", 15], ["3", 15], ["4", 15]]


def test_rare_values_are_counted_together(own: Settings, town: Database) -> None:
    many = trees(200).assign(semt=lambda f: [f"Semt {min(at, 40) % 40}" for at in f["no"]])
    publish_trees(own, town, many)
    (chart,) = [each for each in measured(town, "agac")[0].charts if each["column"] == "semt"]
    assert len(chart["rows"]) == 11
    assert sum(rows for _, rows in chart["rows"]) + chart["other"] == 200


def test_every_version_keeps_its_measures_and_nobody_changes_them(
    own: Settings, town: Database, run: Run
) -> None:
    publish_trees(own, town, trees())
    first = measured(town, "agac")[0]
    publish_trees(own, town, later(trees()))
    new, old = measured(town, "agac")
    assert (new.version, old) == (2, first)
    assert new.outside == {"saglik": 1}
    assert new.empty["boy_m"] == 5
    for statement in ("UPDATE catalogue.measured SET measures = '{}'",
                      "DELETE FROM catalogue.measured", "TRUNCATE catalogue.measured"):  # fmt: skip
        for role in ("gis_owner", "gis_office", "gis_portal"):
            with pytest.raises(DBAPIError):
                run(statement, role=role)


def test_only_a_public_version_is_measured_and_only_by_the_office(
    own: Settings, town: Database, run: Run
) -> None:
    publish_trees(own, town, trees())
    add = ("INSERT INTO catalogue.measured (layer, version, measures, charts) "
           "VALUES ('agac', 2, '{}', '[]')")  # fmt: skip
    for role in ("gis_office", "gis_portal", "gis_etl"):
        with pytest.raises(DBAPIError):
            run(add, role=role)


def test_a_withdrawn_layer_shows_no_measure(own: Settings, town: Database, run: Run) -> None:
    publish_trees(own, town, trees())
    withdraw_layer(own, town, "agac", "Yanlış veri")
    assert measured(town, "agac") == []
    assert run("SELECT count(*) FROM catalogue.measured") == [(1,)], "the record itself stays"
    with pytest.raises(DBAPIError):
        run("SELECT * FROM catalogue.measured", role="gis_portal")


def test_a_version_of_earlier_days_is_measured_with_the_next(
    own: Settings, town: Database, run: Run
) -> None:
    publish_trees(own, town, trees())
    run("ALTER TABLE catalogue.measured DISABLE TRIGGER ALL")
    run("DELETE FROM catalogue.measured")
    run("ALTER TABLE catalogue.measured ENABLE TRIGGER ALL")
    publish_trees(own, town, later(trees()))
    assert [each.version for each in measured(town, "agac")] == [2, 1]


def test_results_name_element_measure_and_unit(own: Settings, town: Database) -> None:
    publish_trees(own, town, trees())
    layer, found = layer_of(town, "agac"), measured(town, "agac")[0]
    said = list(results(layer, found, datetime.now(UTC).date()))
    whole = {each["measure"]: each for each in said if "column" not in each}
    assert whole["valid"] == {"measure": "valid", "element": "logical-consistency-conceptual",
                              "iso_19157_measure": 13, "value": 1.0, "unit": "share"}  # fmt: skip
    assert whole["age_days"]["value"] == 0
    assert "breaches" not in whole
    (boy,) = [each for each in said if each.get("column") == "boy_m"]
    assert boy["value"] == 0.9
