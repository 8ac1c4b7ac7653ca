"""Layers are found by Turkish words, whatever the letters, endings and small misspellings."""

from datetime import UTC, datetime

import pytest

from gis_platform.core.settings import Settings
from gis_platform.opendata.catalogue import Entry, EntryColumn, layer_files
from gis_platform.opendata.portal.find import find_layers
from gis_platform.opendata.public import PublicLayer


def a_layer(name, **changes):
    file = layer_files(Settings())[name]
    columns = tuple(
        EntryColumn(name=column, type="string", meaning=words)
        for column, words in file.columns.items()
    )
    entry = Entry(**{**file.model_dump(exclude={"columns", "folder"}), "columns": columns})
    known = {
        "name": name, "version": 1, "state": "published", "entry": entry, "row_count": 1,
        "extent": (28.9, 41.0, 29.0, 41.1), "data_sha256": "0" * 64, "metadata_sha256": "0" * 64,
        "files": (), "published_at": datetime(2026, 1, 1, tzinfo=UTC), "edition": 1,
    }  # fmt: skip
    return PublicLayer(**{**known, **changes})


LAYERS = [a_layer(name) for name in ("mahalle", "csbm", "numarataj", "yapi")]


@pytest.mark.parametrize(
    ("said", "first"),
    [
        ("mahalle sınırları", "mahalle"),
        ("MAHALLE SINIRLARI", "mahalle"),
        ("mahale sinir", "mahalle"),
        ("mahalle boundaries", "mahalle"),
        ("sokak", "csbm"),
        ("sokaklar", "csbm"),
        ("CADDE", "csbm"),
        ("kapı", "numarataj"),
        ("kapi numaralari", "numarataj"),
        ("KAPI NUMARASI", "numarataj"),
        ("door numbers", "numarataj"),
        ("yapı", "yapi"),
        ("yapi izleri", "yapi"),
        ("yapilar", "yapi"),
    ],
)
def test_a_layer_is_found_by_its_words(said, first):
    assert find_layers(LAYERS, said)[0].name == first


@pytest.mark.parametrize("said", ["haliç caddesi 12", "bütçe", "12", "xyz", "mahalle bütçesi"])
def test_what_no_layer_says_finds_none(said):
    assert find_layers(LAYERS, said) == []


@pytest.mark.parametrize("said", ["", "   ", "!?"])
def test_no_words_leave_the_whole_catalogue(said):
    assert find_layers(LAYERS, said) == LAYERS
