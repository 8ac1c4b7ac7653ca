"""The OGC API of a published town, served by uvicorn, and the database it has to agree with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from gis_platform.api.app import create_app
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.later_files import make_files, missing_files
from tests.server import OPEN, running
from tests.town import LAYERS, load_town, publish_layers

NASTY = 'Çocuk <Parkı> & "A"'
HIDDEN = "Zeynep Saklıgil "
"""Begins every value of a column that nobody approved, ``bekci_adi``."""
COLLECTIONS = (*LAYERS, "park")
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
PARK = """
CREATE TABLE yesil.alan AS
SELECT 'P/' || n AS kod,
       CASE n WHEN 1 THEN :nasty WHEN 2 THEN NULL ELSE 'İğde Parkı ' || n END AS ad,
       date '2020-01-01' + n * 30 AS acilis, (10.5 * n)::float AS alan, n % 2 = 0 AS is_open,
       n % 5 AS bank_sayisi, :hidden || n AS bekci_adi,
       ST_Difference(ST_Buffer(p, 40), ST_Buffer(p, 10))::geometry(polygon, 5254) AS geometry
FROM generate_series(1, 60) AS n,
     LATERAL (SELECT ST_SetSRID(ST_MakePoint(405000 + n * 23.7, 4550000 + n * 17.1), 5254)) AS at(p)
"""
PARK_FILE = """
source = "yesil.alan"
key = "kod"
label = "ad"
time = "acilis"
geometry = "polygon"
order = 50
update_frequency = "annual"
theme = "ENVI"
tucbs_theme = "arazi_kullanimi"
source_crs = 5254
accuracy = { tr = "Uydurma, ±0 m", en = "Invented, ±0 m" }
limits = { tr = "Yalnızca sınamalar için", en = "For tests only" }
third_party_rights = { tr = "Yok", en = "None" }
permit.matrix_theme = "arazi_kullanimi"
permit.responsible = { tr = "Belediye", en = "Municipality" }
permit.basis = { tr = "Meclis kararı", en = "Decision of the council" }
personal_data = { verdict = "none", reason = { tr = "Yalnızca yerler", en = "Places only" } }
title = { tr = "Parklar <yeşil>", en = "Parks & <green>" }
keywords = { tr = ["park"], en = ["park"] }
owner_unit = { tr = "Park Bahçe", en = "Parks" }
contact = { role = { tr = "Birim", en = "Unit" }, email = "park@belediye.example" }
lineage = { tr = "uyduruldu", en = "invented" }

[description]
tr = "Uydurma kasabanın parkları; her biri ortası boş bir halkadır. Yalnızca sınamalar için vardır."
en = "The parks of the invented town; each is a ring, empty inside. For tests only, in truth."

[licence]
uri = "https://creativecommons.org/licenses/by/4.0/"
name = "CC BY 4.0"
attribution = { tr = "{title} {version}", en = "{title} {version}" }

[columns]
kod = { tr = "Kodu", en = "Code" }
ad = { tr = "Adı", en = "Name" }
acilis = { tr = "Açıldığı gün", en = "Opened on" }
alan = { tr = "Alanı (m²)", en = "Area (m²)" }
is_open = { tr = "Açık mı", en = "Whether open" }
bank_sayisi = { tr = "Bank sayısı", en = "Benches" }
"""


@dataclass(frozen=True)
class Served:
    """A running OGC API.

    Attributes:
        client: asks it; paths are below ``/ogc``.
        url: its address, ending in ``/ogc``.
    """

    client: httpx.Client
    url: str
    settings: Settings
    database: Database

    def get(self, path: str, **parameters: Any) -> httpx.Response:
        """An answer; ``headers`` and query parameters by name."""
        headers = parameters.pop("headers", {"Accept": "*/*"})
        named = {"bbox-crs" if k == "bbox_crs" else k: v for k, v in parameters.items()}
        return self.client.get(f"{self.url}{path}", params=named or None, headers=headers)

    def json(self, path: str, **parameters: Any) -> Any:
        """The JSON of an answer that has to be 200."""
        answer = self.get(path, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def pages(self, path: str, **parameters: Any) -> Iterator[dict[str, Any]]:
        """Every page, followed by its ``next`` links."""
        page = self.json(path, **parameters)
        while True:
            yield page
            following = [link["href"] for link in page["links"] if link["rel"] == "next"]
            if not following:
                return
            page = self.client.get(following[0]).json()

    def ids(self, path: str, **parameters: Any) -> list[Any]:
        """Identifiers of all features that answer, page by page."""
        return [each["id"] for page in self.pages(path, **parameters) for each in page["features"]]

    def rows(self, question: str, **values: Any) -> list[Any]:
        """What the database itself says."""
        with self.database.engine("gis_owner").connect() as connection:
            return list(connection.execute(text(question), values))

    def sql(self, question: str, **values: Any) -> list[Any]:
        """First column of what the database itself says."""
        return [first for first, *_ in self.rows(question, **values)]


@pytest.fixture(scope="package")
def ogc(_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The town and a layer of its own making, published and served."""
    folder = tmp_path_factory.mktemp("ogc")
    (folder / "layers").mkdir()
    (folder / "layers" / "park.toml").write_text(PARK_FILE, "utf-8")
    publication = PublicationSettings(layers_dir=folder / "layers")
    settings = Settings(home=folder, publication=publication, access=OPEN)
    with _server.clone() as database:
        load_town(database)
        with database.engine("gis_owner").begin() as connection:
            connection.execute(text("CREATE SCHEMA yesil"))
            connection.execute(text("GRANT USAGE ON SCHEMA yesil TO gis_office"))
            connection.execute(text(PARK), {"nasty": NASTY, "hidden": HIDDEN})
            connection.execute(text("GRANT SELECT ON yesil.alan TO gis_office"))
        publish_layers(settings, database, *COLLECTIONS)
        for missing in missing_files(database):
            make_files(settings, database, missing)
        with running(create_app(settings, database)) as address, httpx.Client() as client:
            yield Served(client, f"{address}/ogc", settings, database)


@pytest.fixture(params=COLLECTIONS)
def name(request: pytest.FixtureRequest) -> str:
    """Each published layer in turn."""
    return str(request.param)


@pytest.fixture
def key(name: str) -> str:
    """The column that identifies the features of the layer."""
    return "kod" if name == "park" else "kimlik_no"


def links_of(said: dict[str, Any], rel: str) -> list[dict[str, Any]]:
    """Links of a relation, by its whole name or its last part."""
    return [each for each in said["links"] if each["rel"] in {rel, rel.rpartition("/")[2]}]


def layers_of(said: dict[str, Any]) -> list[dict[str, Any]]:
    """The collections of features; the catalogue, a collection of records, is left out."""
    return [each for each in said["collections"] if each["itemType"] == "feature"]


def canonical(feature: dict[str, Any]) -> str:
    """A feature without its links, for comparing."""
    return json.dumps({k: v for k, v in feature.items() if k != "links"}, sort_keys=True)
