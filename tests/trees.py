"""An invented layer of trees in a file: codes, dates, measures and gaps, in several versions."""

from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.approval import Action
from gis_platform.opendata.publish import answer, move, propose, publish
from tests.builders import EAST, NORTH

LAYER = """
source   = "file:agaclar.gpkg"
key      = "no"
label    = "ad"
time     = "dikim"
geometry = "point"
update_frequency = "monthly"
theme    = "ENVI"
tucbs_theme = "arazi_kullanimi"
source_crs  = 5254
accuracy    = { tr = "Arazi ölçümü, ±1 m", en = "Field survey, ±1 m" }
limits      = { tr = "Mülkiyet bilgisi değildir", en = "Says nothing of property" }
third_party_rights = { tr = "Yok", en = "None" }
permit.matrix_theme = "arazi_kullanimi"
permit.responsible = { tr = "Belediye", en = "Municipality" }
permit.basis = { tr = "Meclis kararı", en = "Decision of the council" }
personal_data = { verdict = "none", reason = { tr = "Yalnızca ağaçlar", en = "Trees only" } }
title       = { tr = "Ağaçlar", en = "Trees" }
keywords    = { tr = ["ağaç", "yeşil alan"], en = ["tree"] }
owner_unit  = { tr = "Park ve Bahçeler", en = "Parks and Gardens" }
lineage     = { tr = "Arazi ölçümü", en = "Field survey" }

[description]
tr = "İlçedeki anıt ve cadde ağaçları; türü, boyu, çapı, sağlık durumu ve dikildiği günle birlikte."
en = "The monumental and street trees of the district, with kind, height, girth, health and day."

[contact]
role  = { tr = "Açık Veri Birimi", en = "Open Data Unit" }
email = "acikveri@belediye.example"

[licence]
uri         = "https://creativecommons.org/licenses/by/4.0/"
name        = "CC BY 4.0"
attribution = { tr = "Belediye, {title}, sürüm {version}", en = "City, {title}, v{version}" }

[columns]
no     = { tr = "Ağacın numarası", en = "Number of the tree" }
ad     = { tr = "Ağacın adı", en = "Name of the tree" }
semt   = { tr = "Semti", en = "Neighbourhood" }
boy_m  = { tr = "Boyu", en = "Height", unit = "m" }
dikim  = { tr = "Dikildiği gün", en = "Day it was planted" }
govde  = { tr = "Gövde sayısı", en = "Number of stems" }

[columns.saglik]
tr = "Sağlık durumu"
en = "Health"

[columns.saglik.codes]
1 = { tr = "İyi", en = "Good" }
2 = { tr = "Hasta <ilaçlı>", en = "Ill <treated>" }
3 = { tr = "Kurumuş", en = "Dead" }
"""
SEMTLER = ("Çırçır", "Güzeltepe", "İslambey", "Nişancı", "Şığınak & Ötesi")
DAY = date(2011, 3, 21)


def trees(count: int = 60) -> pd.DataFrame:
    """The first version; two health codes are not in the list, six rows have no height."""
    rows = range(1, count + 1)
    return pd.DataFrame({
        "no": list(rows),
        "ad": [f"Çınar {at}" for at in rows],
        "semt": [SEMTLER[at % len(SEMTLER)] for at in rows],
        "saglik": [9 if at in {5, 6} else 1 + at % 3 for at in rows],
        "boy_m": [None if at % 10 == 0 else 2.5 + (at * 7 % 23) for at in rows],
        "dikim": [DAY + timedelta(days=97 * at) for at in rows],
        "govde": [1 + at % 4 for at in rows],
        "bekci": ["GİZLİ KİŞİ" for _ in rows],
    })  # fmt: skip


def later(before: pd.DataFrame) -> pd.DataFrame:
    """The version after: trees 1 and 2 are gone, one is new, 3 is dead, 4 has got a height."""
    after = before[~before["no"].isin([1, 2])].copy()
    after.loc[after["no"] == 3, "saglik"] = 3
    after.loc[after["no"] == 5, "saglik"] = 1
    after.loc[after["no"] == 10, "boy_m"] = 11.25
    new = before.iloc[[0]].assign(no=before["no"].max() + 1, ad="Yeni “Çınar”", boy_m=3.0)
    return pd.concat([after, new], ignore_index=True)


def tree_settings(home: Path) -> Settings:
    """Settings with the layer file of the trees; its data is written by ``publish_trees``."""
    folder = home / "katmanlar"
    folder.mkdir(exist_ok=True)
    (folder / "agac.toml").write_text(LAYER, encoding="utf-8")
    return Settings(home=home, publication=PublicationSettings(layers_dir=folder))


def publish_trees(settings: Settings, database: Database, frame: pd.DataFrame) -> None:
    """Write these trees into the file and publish it as a version."""
    folder = settings.publication.layers_dir
    assert folder is not None
    places = gpd.points_from_xy(
        EAST + 40 + frame["no"] * 13 % 900, NORTH + 60 + frame["no"] * 29 % 700, crs=5254
    )
    file = folder / "agaclar.gpkg"
    file.unlink(missing_ok=True)
    gpd.GeoDataFrame(frame, geometry=places).to_file(file)
    found = propose(settings, database, "agac", "Ayşe Öner")
    for each in found.findings:
        answer(database, "agac", each, "Uydurma veri, kusuru bilinir", "Deniz Denet")
    move(database, "agac", Action.CHECK, "Deniz Denet")
    move(database, "agac", Action.APPROVE, "Bülent Onay")
    publish(settings, database, "agac", "Bülent Onay")
