"""The predicates of the CQL2 standard (21-065r2, annex A) and the counts it expects of its data.

Nobody here wrote the numbers. Names of columns become those our catalogue allows; nothing else of
a predicate is changed.
"""

import json
import re
from collections import defaultdict

import geopandas as gpd
import httpx
import pytest
from sqlalchemy import text

from gis_platform.api.app import create_app
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.opendata import gate
from tests.conformance.conftest import PARK_FILE
from tests.server import running
from tests.town import publish_layers

pytestmark = pytest.mark.shared_data
LAYERS = {
    "ne_110m_admin_0_countries": "multipolygon",
    "ne_110m_populated_places_simple": "point",
    "ne_110m_rivers_lake_centerlines": "linestring",
}
CLASSES = (
    "basic-cql2", "advanced-comparison-operators", "case-insensitive-comparison",
    "accent-insensitive-comparison", "basic-spatial-functions", "basic-spatial-functions-plus",
    "spatial-functions", "temporal-functions", "property-property", "arithmetic",
)  # fmt: skip

NOT_IN_THE_DATA = {
    "ACCENTI(name) LIKE accenti('Ch%')": 3,
    "ACCENTI(CASEI(name)) LIKE accenti(casei('Chiș%'))": 1,
    "ACCENTI(CASEI(name)) LIKE accenti(casei('cHis%'))": 1,
}
"""Where the standard expects 2, and its own data holds Chicago, Chengdu and Chișinău."""


def layer_file(name, geometry, columns):
    """A layer as a catalogue file: the head of the park's, with these columns."""
    head, _, _ = PARK_FILE.partition("[columns]")
    for was, becomes in (
        ('source = "yesil.alan"', f'source = "yeryuzu.{name}"'), ('key = "kod"', 'key = "no"'),
        ('label = "ad"', 'label = "name"'),
        ('time = "acilis"', "temporal = { start = 2020-01-01 }"),
        ('geometry = "polygon"', f'geometry = "{geometry}"'),
        ("source_crs = 5254", "source_crs = 4326"),
    ):  # fmt: skip
        assert was in head
        head = head.replace(was, becomes)
    lines = [f'{each} = {{ tr = "Sütun {each}", en = "Column {each}" }}' for each in columns]
    return "\n".join([head, "[columns]", *lines])


@pytest.fixture(scope="module")
def world(_server, shared_data, tmp_path_factory):
    """The three layers of the standard, published and served; asks for the number of hits."""
    folder = tmp_path_factory.mktemp("cql2")
    settings = Settings(home=folder, publication=PublicationSettings(layers_dir=folder / "layers"))
    (folder / "layers").mkdir()
    with _server.clone() as database:
        with database.engine("gis_owner").begin() as connection:
            connection.execute(text("CREATE SCHEMA yeryuzu"))
            for name, geometry in LAYERS.items():
                frame = gpd.read_file(shared_data / "cql2/ne110m4cql2.gpkg", layer=name)
                frame = frame.rename(columns=str.lower)  # ASCII
                frame.insert(0, "no", range(1, len(frame) + 1))
                if "date" in frame:  # pandas knows neither days nor truths that are not said
                    frame["date"] = frame["date"].dt.date
                    frame["boolean"] = frame["boolean"].astype("boolean")
                frame.to_postgis(name, connection, schema="yeryuzu")
                columns = [each for each in frame.columns if each != "geometry"]
                said = layer_file(name, geometry, columns)
                (folder / "layers" / f"{name}.toml").write_text(said, "utf-8")
            connection.execute(text("GRANT USAGE ON SCHEMA yeryuzu TO gis_office"))
            connection.execute(text("GRANT SELECT ON ALL TABLES IN SCHEMA yeryuzu TO gis_office"))
        with pytest.MonkeyPatch.context() as patch:
            # The gate lets nothing outside the district through; this data is of the whole earth.
            patch.setattr(gate, "DISTRICT_ENVELOPE_4326", (-180.0, -90.0, 180.0, 90.0))
            publish_layers(settings, database, *LAYERS)
        with running(create_app(settings, database)) as address, httpx.Client() as client:

            def hits(layer, **asked):
                url = f"{address}/ogc/collections/{layer}/items"
                answer = client.get(url, params={"limit": 1, "f": "json", **asked})
                assert answer.status_code == 200, answer.text
                return answer.json()["numberMatched"]

            yield hits


def as_ours(predicate):
    """The predicate with our names: ``geometry``, and columns in small letters."""
    parts = re.split(r"('(?:[^']|'')*')", predicate)
    for number in range(0, len(parts), 2):
        small = re.sub(r"\b[A-Z][A-Z0-9]*_[A-Z_0-9]+\b", _small, parts[number])
        small = re.sub(r"\bNAME(?=\b)", "name", small)
        parts[number] = re.sub(r"\bgeom\b", "geometry", small)
    return "".join(parts)


def _small(found):
    said = found[0]
    return said if re.match(r"(S|T|A)_[A-Z]+\b", said) else said.lower()  # ASCII


@pytest.fixture(scope="module")
def predicates(shared_data):
    found = defaultdict(list)
    for each in json.loads((shared_data / "cql2/predicates.json").read_text("utf-8")):
        found[each["cls"]].append((each["layer"], as_ours(each["pred"]), each["exp"]))
    assert set(found) == set(CLASSES)
    return found


@pytest.mark.ats(
    "cql2:/conf/basic-cql2/basic-test",
    "cql2:/conf/basic-cql2/comparison",
    "cql2:/conf/basic-cql2/is-null",
    "cql2:/conf/basic-cql2/boolean",
    "cql2:/conf/basic-cql2/test-data",
    "cql2:/conf/advanced-comparison-operators/like",
    "cql2:/conf/advanced-comparison-operators/between",
    "cql2:/conf/advanced-comparison-operators/in",
    "cql2:/conf/advanced-comparison-operators/test-data",
    "cql2:/conf/case-insensitive-comparison/casei",
    "cql2:/conf/case-insensitive-comparison/casei-like",
    "cql2:/conf/case-insensitive-comparison/test-data",
    "cql2:/conf/accent-insensitive-comparison/accenti",
    "cql2:/conf/accent-insensitive-comparison/accenti-like",
    "cql2:/conf/accent-insensitive-comparison/accenti-casei",
    "cql2:/conf/accent-insensitive-comparison/accenti-casei-like",
    "cql2:/conf/accent-insensitive-comparison/test-data",
    "cql2:/conf/basic-spatial-functions/s_intersects",
    "cql2:/conf/basic-spatial-functions/test-data",
    "cql2:/conf/basic-spatial-functions-plus/s_intersects",
    "cql2:/conf/basic-spatial-functions-plus/test-data",
    "cql2:/conf/spatial-functions/s_intersects",
    "cql2:/conf/spatial-functions/s_disjoint",
    "cql2:/conf/spatial-functions/s_equals",
    "cql2:/conf/spatial-functions/s_touches",
    "cql2:/conf/spatial-functions/s_crosses",
    "cql2:/conf/spatial-functions/s_within",
    "cql2:/conf/spatial-functions/s_contains",
    "cql2:/conf/spatial-functions/s_overlaps",
    "cql2:/conf/spatial-functions/test-data",
    "cql2:/conf/temporal-functions/temporal-functions-1",
    "cql2:/conf/temporal-functions/temporal-functions-2",
    "cql2:/conf/temporal-functions/test-data",
    "cql2:/conf/property-property/comparison-value-property",
    "cql2:/conf/property-property/comparison-property-property",
    "cql2:/conf/property-property/comparison-value-value",
    "cql2:/conf/property-property/test-data",
    "cql2:/conf/arithmetic/arithmetic",
    "cql2:/conf/arithmetic/test-data",
)
@pytest.mark.parametrize("cls", CLASSES)
def test_every_predicate_of_the_standard_finds_what_it_expects(world, predicates, cls):
    wrong = []
    for layer, predicate, expected in predicates[cls]:
        found = world(layer, filter=predicate)
        if found != NOT_IN_THE_DATA.get(predicate, expected):
            wrong.append((predicate, expected, found))
    assert wrong == []
