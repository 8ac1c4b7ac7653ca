from pathlib import Path

import pytest

from gis_platform.core.errors import ConfigError, NotFound
from gis_platform.core.settings import PublicationSettings, Settings
from gis_platform.maks.model import LAYERS
from gis_platform.opendata.catalogue import (
    layer_file,
    layer_files,
    personal_columns,
    read_layer_file,
)

PARK = """
source   = "acik.park"
key      = "no"
label    = "ad"
geometry = "polygon"
update_frequency = "annual"
theme    = "ENVI"
tucbs_theme = "arazi_kullanimi"
source_crs  = 5254
temporal    = { start = 2024-01-01 }
accuracy    = { tr = "Arazi ölçümü, ±1 m", en = "Field survey, ±1 m" }
limits      = { tr = "Mülkiyet sınırı değildir", en = "Not a boundary of property" }
third_party_rights = { tr = "Yok", en = "None" }
permit = { matrix_theme = "adres", responsible = { tr = "Biz", en = "We" }, \
basis = { tr = "Karar", en = "Act" } }
personal_data = { verdict = "none", reason = { tr = "Yalnızca yerler", en = "Places only" } }
title       = { tr = "Parklar", en = "Parks" }
keywords    = { tr = ["park"], en = ["park"] }
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
no = { tr = "Parkın numarası", en = "Number of the park" }
ad = { tr = "Parkın adı", en = "Name of the park" }
"""


def a_file(folder: Path, text: str = PARK, name: str = "park") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        read_layer_file(path)
    assert caught.value.place.file == path.name
    return caught.value


def test_the_layers_that_come_along_are_whole_and_in_order(tmp_path: Path) -> None:
    layers = layer_files(Settings(home=tmp_path))
    assert list(layers) == ["mahalle", "csbm", "numarataj", "yapi"]
    assert all(layer.limits and layer.lineage for layer in layers.values())


def test_no_layer_that_comes_along_names_a_personal_column(tmp_path: Path) -> None:
    for layer in layer_files(Settings(home=tmp_path)).values():
        assert not set(layer.columns) & personal_columns(layer.source)


def test_a_file_in_a_folder_of_ones_own_is_a_layer_and_replaces_one_of_its_name(
    tmp_path: Path,
) -> None:
    a_file(tmp_path)
    a_file(tmp_path, PARK.replace("Parklar", "Alanlar"), "mahalle")
    settings = Settings(home=tmp_path, publication=PublicationSettings(layers_dir=tmp_path))
    layers = layer_files(settings)
    assert set(layers) == {"mahalle", "csbm", "numarataj", "yapi", "park"}
    assert layers["mahalle"].title.tr == "Alanlar"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    settings = Settings(publication=PublicationSettings(layers_dir=tmp_path / "yok"))
    with pytest.raises(ConfigError, match="yok"):
        layer_files(settings)


def test_a_layer_no_file_names_is_not_found_and_the_known_ones_are_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="mahalle, csbm, numarataj, yapi"):
        layer_file(Settings(home=tmp_path), "tapu")


@pytest.mark.parametrize("column", ['"*"', "Ad", "geometry", "lon", '"a b"', '"ad\\"; --"'])
def test_every_column_is_named_on_its_own(tmp_path: Path, column: str) -> None:
    text = f'{PARK}{column} = {{ tr = "her şey", en = "everything" }}\n'
    assert refused(a_file(tmp_path, text)).place.field == "columns"


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("maks.numarataj", "aciklama"),
        ("maks.kapi", "aciklama"),
        ("maks.baska", "islem_gerekcesi"),
        ("maks.bagimsiz_bolum", "ad"),
    ],
)
def test_a_column_the_register_marks_personal_is_refused(
    tmp_path: Path, source: str, column: str
) -> None:
    text = PARK.replace("acik.park", source).replace("ad = {", f"{column} = {{")
    text = text.replace('label    = "ad"', 'label    = "no"')
    assert "personal" in str(refused(a_file(tmp_path, text)))


def test_personal_columns_are_those_of_the_model() -> None:
    for name, layer in LAYERS.items():
        marked = {column.name for column in layer.columns if column.personal}
        assert personal_columns(f"maks.{name}") == marked


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('key      = "no"', 'key      = "numara"', None),
        ('label    = "ad"\n', "", "label"),
        ('"polygon"', '"circle"', "geometry"),
        ("https://creative", "http://creative", "licence.uri"),
        ('en = "Parks"', 'en = ""', "title.en"),
        (', en = "Parks" }', " }", "title.en"),
        ("İlçedeki parkların ve çocuk bahçelerinin alanları", "Parklar", "description.tr"),
        ('theme    = "ENVI"', 'theme    = "PARK"', "theme"),
        ('"acik.park"', '"acik.park; DROP TABLE x"', "source"),
        ("[columns]", 'gizli = "evet"\n[columns]', "licence.gizli"),
        ('source   = "acik.park"', 'name = "baska"\nsource   = "acik.park"', "name"),
    ],
)
def test_a_layer_file_with_a_fault_is_refused_at_its_place(
    tmp_path: Path, old: str, new: str, field: str | None
) -> None:
    assert old in PARK
    assert refused(a_file(tmp_path, PARK.replace(old, new))).place.field == field


@pytest.mark.parametrize("text", ["source = ", "\ufeff" + PARK[:20] + "= ="])
def test_what_is_not_toml_is_refused(tmp_path: Path, text: str) -> None:
    assert "TOML" in str(refused(a_file(tmp_path, text)))


def test_bytes_that_are_not_utf8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "park.toml"
    path.write_bytes(PARK.encode("cp1254"))
    refused(path)


@pytest.mark.parametrize(
    ("begin", "field"),
    [
        ("title ", "title"),
        ("keywords ", "keywords"),
        ("theme ", "theme"),
        ("tucbs_theme", "tucbs_theme"),
        ("owner_unit", "owner_unit"),
        ("role", "contact.role"),
        ("uri", "licence.uri"),
        ("third_party", "third_party_rights"),
        ("temporal", "temporal"),
        ("update_f", "update_frequency"),
        ("lineage", "lineage"),
        ("source_crs", "source_crs"),
        ("accuracy", "accuracy"),
        ("limits", "limits"),
        ("personal_data", "personal_data"),
        ("permit", "permit"),
    ],
)
def test_the_gate_refuses_a_layer_file_without(tmp_path: Path, begin: str, field: str) -> None:
    """Each sentence names the file, the key, and what to write."""
    kept = [line for line in PARK.splitlines() if not line.startswith(begin)]
    assert len(kept) == len(PARK.splitlines()) - 1
    error = refused(a_file(tmp_path, "\n".join(kept)))
    assert error.place.field == field
    assert error.remedy is not None
    assert "park.toml" in error.remedy.say("en")
    assert field.partition(".")[0] in error.remedy.say("tr")


@pytest.mark.parametrize("part", ["matrix_theme", "responsible", "basis"])
def test_a_permit_names_theme_body_and_legal_basis(tmp_path: Path, part: str) -> None:
    text = PARK.replace(f"{part} =", "baska =")
    assert refused(a_file(tmp_path, text)).place.field == f"permit.{part}"


def test_a_column_is_in_the_dictionary_or_nowhere(tmp_path: Path) -> None:
    kept = [line for line in PARK.splitlines() if not line.startswith("no =")]
    assert "no" in str(refused(a_file(tmp_path, "\n".join(kept))))


@pytest.mark.parametrize("words", ["description", "columns"])
def test_a_description_and_a_dictionary_are_asked_for(tmp_path: Path, words: str) -> None:
    kept = [part for part in PARK.split("\n[") if not part.startswith(words)]
    assert refused(a_file(tmp_path, "\n[".join(kept))).place.field == words


def test_a_column_needs_a_meaning_in_both_languages(tmp_path: Path) -> None:
    text = PARK.replace(', en = "Number of the park"', "")
    assert refused(a_file(tmp_path, text)).place.field == "columns.no.en"


def test_what_comes_irregularly_says_when_it_is_due(tmp_path: Path) -> None:
    text = PARK.replace('"annual"', '"irregular"')
    assert refused(a_file(tmp_path, text)).place.field == "next_due"
    due = 'update_frequency = "irregular"\nnext_due = 2099-01-01'
    assert read_layer_file(a_file(tmp_path, PARK.replace('update_frequency = "annual"', due)))


def test_a_theme_nobody_knows_is_refused_with_those_that_are_known(tmp_path: Path) -> None:
    text = PARK.replace('tucbs_theme = "arazi_kullanimi"', 'tucbs_theme = "park"')
    error = refused(a_file(tmp_path, text))
    assert error.place.field == "tucbs_theme"
    assert "idari_birim" in error.say("en")
