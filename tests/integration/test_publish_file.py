"""A generic layer needs no code: a file and a layer file beside it go through the same gate."""

import json
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis_platform.core.errors import Conflict, SourceError
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.approval import Action
from gis_platform.opendata.desk import standing
from gis_platform.opendata.filesource import identifier_of, kind_of
from gis_platform.opendata.public import PageQuery, PublicLayer, features_page, public_layers
from gis_platform.opendata.publish import move, propose, publish, withdraw
from tests.builders import EAST, NORTH
from tests.town import steward_checks

LAYER = """
source   = "file:parklar.gpkg"
key      = "no"
label    = "park_adi"
time     = "acilis"
geometry = "multipolygon"
update_frequency = "annual"
theme    = "ENVI"
tucbs_theme = "arazi_kullanimi"
source_crs  = 5254
accuracy    = { tr = "Arazi ölçümü, ±1 m", en = "Field survey, ±1 m" }
limits      = { tr = "Mülkiyet sınırı değildir", en = "Not a boundary of property" }
third_party_rights = { tr = "Yok", en = "None" }
permit.matrix_theme = "arazi_kullanimi"
permit.responsible = { tr = "Belediye", en = "Municipality" }
permit.basis = { tr = "Meclis kararı", en = "Decision of the council" }
personal_data = { verdict = "none", reason = { tr = "Yalnızca yerler", en = "Places only" } }
title       = { tr = "Parklar", en = "Parks" }
keywords    = { tr = ["park", "yeşil alan"], en = ["park"] }
owner_unit  = { tr = "Park ve Bahçeler", en = "Parks and Gardens" }
lineage     = { tr = "Arazi ölçümü", en = "Field survey" }

[description]
tr = "İlçedeki parkların ve çocuk bahçelerinin alanları, adlarıyla ve yapıldıkları yılla birlikte."
en = "The areas of the parks and playgrounds of the district, with their names and years."

[contact]
role  = { tr = "Açık Veri Birimi", en = "Open Data Unit" }
email = "acikveri@belediye.example"

[licence]
uri         = "https://creativecommons.org/licenses/by/4.0/"
name        = "CC BY 4.0"
attribution = { tr = "Belediye", en = "Municipality" }

[columns]
no       = { tr = "Parkın numarası", en = "Number of the park" }
park_adi = { tr = "Parkın adı", en = "Name of the park" }
acilis   = { tr = "Açıldığı gün", en = "Day it was opened" }
agac     = { tr = "Ağaç sayısı, boşsa sayılmadı", en = "Trees, empty where not counted" }
alan_m2  = { tr = "Alanı, metrekare", en = "Area, square metres" }
"""


def parks() -> gpd.GeoDataFrame:
    shapes = [
        shapely.box(EAST + 100 * at, NORTH, EAST + 100 * at + 60, NORTH + 40) for at in range(3)
    ]
    values = {
        "NO": [1, 2, 3],
        "Park Adı": ["ŞİRİN PARK", "Çiğdem Parkı", None],
        "Açılış": pd.to_datetime(["2001-05-19", "2015-10-29", "2020-01-02"]).date,
        "Ağaç": [120, None, 7],
        "alan_m2": [2400.5, 2400.0, 2400.0],
        "Bekçi": ["Ali Gizli", "Veli Gizli", "Can Gizli"],
    }
    return gpd.GeoDataFrame(pd.DataFrame(values), geometry=shapes, crs=5254)


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    """Settings with a folder of layer files of one's own, in it the parks."""
    folder = tmp_path / "katmanlar"
    folder.mkdir()
    (folder / "park.toml").write_text(LAYER, encoding="utf-8")
    parks().to_file(folder / "parklar.gpkg")
    return Settings(home=tmp_path, publication=PublicationSettings(layers_dir=folder))


def published(settings: Settings, database: Database) -> PublicLayer:
    propose(settings, database, "park", "Ayşe Kaya")
    move(database, "park", Action.CHECK, "Bülent Işık")
    move(database, "park", Action.APPROVE, "Can Er")
    publish(settings, database, "park", "Can Er")
    with database.engine("gis_portal").connect() as connection:
        return public_layers(connection)[0]


def folder_of(settings: Settings) -> Path:
    assert settings.publication.layers_dir is not None
    return settings.publication.layers_dir


def test_a_file_becomes_a_layer_with_typed_columns(own: Settings, database: Database) -> None:
    layer = published(own, database)
    assert layer.entry.types == {
        "no": "integer", "park_adi": "string", "acilis": "date", "agac": "integer",
        "alan_m2": "number",
    }  # fmt: skip
    assert layer.entry.period == ("2001-05-19", "2020-01-02")
    with database.engine("gis_portal").connect() as connection:
        said = [json.loads(each) for each in features_page(connection, layer).features]
        during = features_page(connection, layer, PageQuery(during=("2010-01-01", None)))
        west, south = said[0]["geometry"]["coordinates"][0][0][0]
    assert said[0]["properties"] == {
        "no": 1, "park_adi": "ŞİRİN PARK", "acilis": "2001-05-19", "agac": 120, "alan_m2": 2400.5,
    }  # fmt: skip
    assert said[1]["properties"]["agac"] is None
    assert said[2]["properties"]["park_adi"] is None
    assert (28.7 < west < 29.0, 41.0 < south < 41.3) == (True, True)
    assert during.matched == 2


def test_a_layer_whose_file_is_gone_is_still_seen_and_taken_back(
    own: Settings, database: Database
) -> None:
    published(own, database)
    (folder_of(own) / "park.toml").unlink()
    (row,) = [each for each in standing(own, database) if each.layer == "park"]
    assert "v1" in row.say("en")
    withdraw(own, database, "park", "Ayşe Kaya", "sınama")
    withdraw(own, database, "park", "Can Er", None)
    with database.engine("gis_portal").connect() as connection:
        assert not any(layer.is_current for layer in public_layers(connection))


def test_columns_the_layer_file_does_not_name_stay_inside(
    own: Settings, database: Database
) -> None:
    published(own, database)
    for path in own.published_dir.rglob("*.*"):
        assert b"Gizli" not in path.read_bytes()


def test_the_same_file_again_changes_nothing_and_another_is_a_new_version(
    own: Settings, database: Database
) -> None:
    published(own, database)
    assert not propose(own, database, "park", "Ayşe Kaya").is_changed
    parks().iloc[:2].to_file(folder_of(own) / "parklar.gpkg")
    again = propose(own, database, "park", "Ayşe Kaya")
    assert (again.version, again.row_count, again.is_changed) == (2, 2, True)


def test_a_file_that_is_gone_stops_nothing_but_the_next_proposal(
    own: Settings, database: Database
) -> None:
    published(own, database)
    (folder_of(own) / "parklar.gpkg").unlink()
    with pytest.raises(SourceError, match=r"parklar\.gpkg"):
        propose(own, database, "park", "Ayşe Kaya")
    with database.engine("gis_portal").connect() as connection:
        assert features_page(connection, public_layers(connection)[0]).matched == 3


def test_a_file_without_crs_is_refused(own: Settings, database: Database) -> None:
    with pytest.warns(UserWarning, match="crs"):
        parks().set_crs(None, allow_override=True).to_file(folder_of(own) / "parklar.gpkg")
    with pytest.raises(SourceError, match="coordinate system"):
        propose(own, database, "park", "Ayşe Kaya")


def test_a_file_without_a_named_column_says_which_it_has(own: Settings, database: Database) -> None:
    parks().drop(columns="Ağaç").to_file(folder_of(own) / "parklar.gpkg")
    with pytest.raises(Conflict, match=r"file:parklar.gpkg lacks .* agac"):
        propose(own, database, "park", "Ayşe Kaya")


def test_a_file_of_several_tables_is_refused(own: Settings, database: Database) -> None:
    parks().to_file(folder_of(own) / "parklar.gpkg", layer="ikinci", mode="a")
    with pytest.raises(SourceError, match="several tables"):
        propose(own, database, "park", "Ayşe Kaya")


def test_personal_data_in_a_file_blocks_until_it_is_answered(
    own: Settings, database: Database
) -> None:
    frame = parks()
    frame.loc[0, "Park Adı"] = "Sorumlu: 0532 123 45 67"
    frame.to_file(folder_of(own) / "parklar.gpkg")
    assert propose(own, database, "park", "Ayşe Kaya").findings == ("park_adi:phone",)
    with pytest.raises(Conflict, match="park_adi:phone"):
        move(database, "park", Action.CHECK, "Bülent Işık")
    steward_checks(database, "park", ["park_adi:phone"])


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Park Adı", "park_adi"), ("ALAN (m2)", "alan_m2"), ("İLÇE", "ilce"), ("_x_", "x")],
)
def test_a_column_of_a_file_has_a_name_a_layer_file_can_say(name: str, expected: str) -> None:
    assert identifier_of(name) == expected


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2], "integer"),
        ([1.0, None], "integer"),
        ([1.0, 2.0], "number"),
        ([1.5, None], "number"),
        ([True, False], "boolean"),
        (["2024-01-31", None], "date"),
        (["2024-01-31T10:00:00+03:00"], "date-time"),
        (["2024-01-31", "yok"], "string"),
        ([None, None], "string"),
        ([datetime(2024, 1, 1, tzinfo=UTC).isoformat()], "date-time"),
    ],
)
def test_the_kind_of_a_column_follows_from_its_values(values: list[object], kind: str) -> None:
    assert kind_of(pd.Series(values)) == kind
