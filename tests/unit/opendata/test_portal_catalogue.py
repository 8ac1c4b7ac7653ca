"""The catalogue is narrowed by facets, put in order and paged, and each state has an address."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gis_platform.opendata.catalogue import Words
from gis_platform.opendata.portal.catalogue_page import CARDS_PER_PAGE, choice_of, layers_page
from gis_platform.opendata.portal.facets import Choice, facets, in_order, narrow, slug
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.public import PublicFile
from tests.unit.opendata.test_portal_find import a_layer

FILE = PublicFile("gpkg", "x.gpkg", "application/geopackage+sqlite3", 1, "0" * 64)


def named(name, title, **changes):
    base = a_layer("mahalle")
    described = ("theme", "owner_unit", "update_frequency")
    own = {key: changes.pop(key) for key in described if key in changes}
    entry = base.entry.model_copy(update={"name": name, "title": Words(tr=title, en=title), **own})
    return replace(base, name=name, entry=entry, **changes)


PARKS = Words(tr="Park ve Bahçeler Müdürlüğü", en="Parks Directorate")
LAYERS = [
    named("parklar", "Parklar", theme="ENVI", owner_unit=PARKS, files=(FILE,), row_count=3),
    named("agaclar", "Ağaçlar", theme="ENVI", owner_unit=PARKS, row_count=9),
    named("yollar", "Yollar", theme="TRAN", update_frequency="annual", row_count=5,
          published_at=datetime(2026, 5, 1, tzinfo=UTC)),
]  # fmt: skip


def names(layers):
    return [layer.name for layer in layers]


@pytest.mark.parametrize(
    ("choice", "left"),
    [
        (Choice(theme="ENVI"), ["parklar", "agaclar"]),
        (Choice(unit="park-ve-bahceler-mudurlugu"), ["parklar", "agaclar"]),
        (Choice(format="gpkg"), ["parklar"]),
        (Choice(update="annual"), ["yollar"]),
        (Choice(licence="cc-by-4-0"), ["parklar", "agaclar", "yollar"]),
        (Choice(theme="ENVI", format="gpkg"), ["parklar"]),
        (Choice(theme="TRAN", format="gpkg"), []),
        (Choice(theme="yok"), []),
    ],
)
def test_a_choice_leaves_the_layers_that_have_all_of_it(choice, left):
    assert names(narrow(LAYERS, choice)) == left


def test_a_facet_counts_what_the_other_choices_leave():
    found = {facet.name: facet for facet in facets(LAYERS, Choice(format="gpkg"), "en")}
    assert [(each.value, each.count) for each in found["theme"].options] == [("ENVI", 1)]
    assert [(each.value, each.count, each.is_chosen) for each in found["format"].options] == [
        ("gpkg", 1, True)
    ]


def test_a_facet_is_named_in_the_language_of_the_page():
    theme = facets(LAYERS, Choice(), "tr")[0]
    assert (theme.title, theme.options[0].title) == ("Tema", "Çevre")
    assert facets(LAYERS, Choice(), "en")[0].options[0].title == "Environment"


@pytest.mark.parametrize(
    ("order", "found"),
    [
        ("title", ["agaclar", "parklar", "yollar"]),
        ("newest", ["yollar", "parklar", "agaclar"]),
        ("largest", ["agaclar", "yollar", "parklar"]),
        ("", ["parklar", "agaclar", "yollar"]),
        ("yok", ["parklar", "agaclar", "yollar"]),
    ],
)
def test_layers_are_put_in_the_order_asked_for(order, found):
    assert names(in_order(LAYERS, order, "tr")) == found


@pytest.mark.parametrize(
    ("said", "choice"),
    [
        ({"q": " park ", "theme": "ENVI", "page": "2"}, Choice("park", "ENVI", page=2)),
        ({"sort": "newest"}, Choice(sort="newest")),
        ({"sort": "; drop table", "page": "-1"}, Choice()),
        ({"page": "٣"}, Choice()),
        ({"page": "9" * 40}, Choice()),
        ({"q": "x" * 900}, Choice("x" * 400)),
        ({"unknown": "1"}, Choice()),
    ],
)
def test_an_address_is_read_and_what_is_not_understood_is_left_out(said, choice):
    assert choice_of(said) == choice


def test_an_address_made_of_a_choice_is_read_as_that_choice():
    choice = Choice("park & bahçe", theme="ENVI", sort="title", page=3)
    assert choice_of(choice.query(page=3)) == choice
    assert choice.query(theme="") == {"q": "park & bahçe", "sort": "title"}


def test_pages_follow_one_another_and_end():
    many = Finder(named(f"katman_{at}", f"Katman {at}") for at in range(2 * CARDS_PER_PAGE + 1))
    first, last = (layers_page("tr", many, Choice(page=at)).values for at in (1, 99))
    assert (first["pages"], first["previous"], len(first["cards"])) == (3, None, CARDS_PER_PAGE)
    assert first["next"] == "/katmanlar?page=2"
    assert (last["page"], last["next"], len(last["cards"])) == (3, None, 1)
    assert "page" in last["previous"]


def test_a_unit_has_a_plain_name_in_the_address():
    assert slug("İMAR ve Şehircilik Müdürlüğü") == "imar-ve-sehircilik-mudurlugu"
