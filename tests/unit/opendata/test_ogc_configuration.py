"""The catalogue as a pygeoapi configuration."""

from datetime import UTC, datetime

import pytest

from gis_platform.core.settings import PortalSettings, Settings
from gis_platform.opendata.catalogue import Entry, EntryColumn, layer_file
from gis_platform.opendata.ogc import CRS84, REFERENCE_SYSTEMS, attribution, configuration, kept
from gis_platform.opendata.public import PublicLayer


def a_layer(**changes):
    file = layer_file(Settings(), "mahalle")
    columns = tuple(
        EntryColumn(name=name, type="integer" if name == "kimlik_no" else "string", meaning=words)
        for name, words in file.columns.items()
    )
    entry = Entry(**file.model_dump(exclude={"columns"}), columns=columns)
    said = {
        "name": "mahalle", "version": 3, "state": "published", "entry": entry, "row_count": 5,
        "extent": (28.8, 41.0, 28.9, 41.1), "data_sha256": "a", "metadata_sha256": "b",
        "files": (), "published_at": datetime(2026, 11, 24, tzinfo=UTC), "edition": 1,
    }  # fmt: skip
    return PublicLayer(**(said | changes))


def test_a_published_layer_is_a_collection_in_both_languages():
    made = configuration(Settings(), [a_layer()])["resources"]["mahalle"]
    assert made["title"] == {"tr-TR": "Mahalle sınırları", "en-US": "Mahalle boundaries"}
    assert made["extents"]["spatial"]["bbox"] == [28.8, 41.0, 28.9, 41.1]
    (provider,) = made["providers"]
    assert provider["crs"] == list(REFERENCE_SYSTEMS)
    assert provider["storage_crs"] == CRS84
    assert provider["id_field"] == "kimlik_no"


def test_a_withdrawn_layer_is_no_collection():
    layers = [a_layer(state="withdrawn", reason="x")]
    assert configuration(Settings(), layers)["resources"] == {}


def test_the_publisher_and_the_contact_come_from_the_settings():
    portal = PortalSettings(organisation_tr="A & B", organisation_en="C", contact="a@b.example")
    made = configuration(Settings(portal=portal), [])["metadata"]
    assert made["provider"]["name"] == {"tr-TR": kept("A & B"), "en-US": "C"}
    assert made["contact"]["email"] == "a@b.example"


def test_a_layer_without_features_has_the_world_as_its_extent():
    made = configuration(Settings(), [a_layer(extent=None)])["resources"]["mahalle"]
    assert made["extents"]["spatial"]["bbox"] == [-180, -90, 180, 90]


def test_the_attribution_names_title_and_version():
    assert "Mahalle sınırları, sürüm 3" in attribution(a_layer()).tr


@pytest.mark.parametrize(
    ("srid", "expected"), [(None, False), (4326, True), (3857, False), (5254, True)]
)
def test_which_reference_systems_begin_in_the_north(srid, expected):
    (system,) = [each for each in REFERENCE_SYSTEMS.values() if each.srid == srid]
    assert system.is_north_first is expected
