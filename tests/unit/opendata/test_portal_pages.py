"""The values of the pages, and what templates make of hostile ones."""

import pytest

from gis_platform.core.settings import PortalSettings, Settings
from gis_platform.matching.model import (
    Action,
    Candidate,
    Match,
    MatchLevel,
    MatchReason,
    MatchStatus,
)
from gis_platform.opendata.catalogue import Keywords, Words
from gis_platform.opendata.portal import pages
from gis_platform.opendata.portal.address_page import AskedAddress, address_page, address_view
from gis_platform.opendata.portal.assets import Asset, Assets
from gis_platform.opendata.portal.catalogue_page import layers_page
from gis_platform.opendata.portal.error_page import Lost, error_page, withdrawn_page
from gis_platform.opendata.portal.facets import FACETS, Choice
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.portal.home_page import home_page
from gis_platform.opendata.portal.layer_page import attribution
from gis_platform.opendata.portal.layer_table import TableView, table_view
from gis_platform.opendata.portal.layer_use import citations, examples, history, related, trend
from gis_platform.opendata.portal.outline import HEIGHT, WIDTH, canvas_over
from gis_platform.opendata.portal.paths import LANGUAGES, PAGES, language_of, path_of
from gis_platform.opendata.portal.render import Renderer
from gis_platform.opendata.public import PublicFile
from tests.unit.opendata.test_portal_find import LAYERS, a_layer

NAMES = (
    "portal.css", "map.mjs", "copy.mjs", "copy_search.mjs", "suggest.mjs", "batch.mjs", "rows.mjs",
    "icon.svg", "font/latin.woff2", "maplibre/maplibre-gl.mjs",
    "maplibre/maplibre-gl-worker.mjs", "maplibre/maplibre-gl.css",
)  # fmt: skip
ASSETS = Assets({name: Asset(name, b"") for name in NAMES}, "abc")
ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
HOSTILE_CHOICE = Choice(**dict.fromkeys(("q", *FACETS), ATTACK))


def rendered(page, **portal):
    renderer = Renderer(Settings(portal=PortalSettings(**portal)), ASSETS)
    return renderer.page(page, "http://veri.example")


def a_match(status=MatchStatus.MATCHED, **place):
    known = {"level": MatchLevel.KAPI, "score": 0.97, "csbm": "HALİÇ CADDESİ", "dis_kapi_no": "12"}
    best = Candidate(**{**known, **place})
    return Match("x", status, best.level, best.score, MatchReason.EXACT, Action.ACCEPT, best=best)


def asking(view):
    return address_page("tr", AskedAddress("x", view), LAYERS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layers", [[], LAYERS], ids=["empty", "full"])
def test_the_front_page_is_in_one_language(language, layers):
    html = rendered(home_page(language, layers))
    assert f'<html lang="{language}">' in html
    assert ("Mahalle sınırları" in html) == (language == "tr" and bool(layers))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_names_itself_in_the_other_language(name):
    parts = {"name": "mahalle"} if "{name}" in PAGES[name]["tr"] else {}
    assert path_of(name, "tr", **parts) != path_of(name, "en", **parts)
    assert language_of(path_of(name, "en", **parts)) == "en"
    assert language_of(path_of(name, "tr", **parts)) == "tr"


@pytest.mark.parametrize("path", ["/enlem", "/katman/en", "/e", "/"])
def test_only_what_lies_under_en_is_english(path):
    assert language_of(path) == "tr"


def test_hostile_text_is_shown_as_text():
    places = [a_match(csbm=ATTACK).best]
    view = address_view("tr", a_match(), places)
    for html in (
        rendered(
            layers_page("tr", Finder(LAYERS), Choice(**dict.fromkeys(("q", *FACETS), ATTACK)))
        ),
        rendered(pages.search_page("tr", Finder(LAYERS), ATTACK, view)),
        rendered(address_page("en", AskedAddress(ATTACK, view, ATTACK), LAYERS)),
        rendered(error_page("tr", 500, Lost(ATTACK)), organisation_tr=ATTACK, notice_tr=ATTACK),
        rendered(withdrawn_page("tr", a_layer("mahalle", reason=ATTACK), Lost(ATTACK))),
    ):
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_hostile_text_cannot_leave_the_attribute_of_the_map():
    place = a_match(csbm="' onmouseover='alert(1)", lon=28.9, lat=41.0).best
    html = rendered(asking(address_view("tr", a_match(), [place])))
    assert "' onmouseover='" not in html


@pytest.mark.parametrize(
    ("status", "is_best"), [(MatchStatus.MATCHED, True), (MatchStatus.REVIEW, False)]
)
def test_only_a_sure_answer_is_called_the_best(status, is_best):
    match = a_match(status)
    assert address_view("tr", match, [match.best]).answers[0].is_best is is_best


def test_without_an_index_the_page_says_so():
    view = address_view("tr", None, ())
    assert "Adres araması şu anda kullanılamıyor" in rendered(asking(view))


def test_an_answer_without_a_place_has_no_map():
    match = a_match()
    page = asking(address_view("tr", match, [match.best]))
    assert page.values["map"] is None
    assert "konumu yok" in rendered(page)


@pytest.mark.parametrize(
    ("page", "sort", "order", "view"),
    [
        ("2", "ad", "desc", TableView(2, "ad", is_descending=True)),
        ("0", "", "", TableView(1)),
        ("-3", "", "", TableView(1)),
        ("abc", "yok", "desc", TableView(1)),
        ("9" * 30, "", "", TableView(1)),
        ("999", "ad", "yukarı", TableView(3, "ad")),
        ("٣", "", "", TableView(1)),
    ],
)
def test_a_senseless_part_of_the_table_is_the_first(page, sort, order, view):
    said = {"page": page, "sort": sort, "order": order}
    assert table_view(a_layer("mahalle", row_count=55), said.items()) == view


def test_a_citation_names_owner_title_version_and_address():
    apa, bibtex = citations(a_layer("mahalle", version=3), "en", "http://veri.example")
    for part in (
        "Mahalle boundaries",
        "Version 3",
        "(2026)",
        "http://veri.example/en/layer/mahalle",
    ):
        assert part in apa.value
    assert bibtex.value.startswith("@misc{mahalle_v3,")
    assert bibtex.value.count("{") == bibtex.value.count("}")


def test_every_example_speaks_of_this_very_layer():
    file = PublicFile("gpkg", "mahalle.gpkg", "application/geopackage+sqlite3", 1, "0" * 64)
    said = examples(a_layer("mahalle", files=(file,)), "tr", "http://veri.example")
    calls = [each.value for each in said if not each.value.endswith("/ogc/")]
    assert len(calls) >= 5
    assert all("/mahalle/" in call for call in calls)


def test_versions_tell_how_many_records_came_or_went():
    rows = [("published", 120), ("superseded", 100), ("withdrawn", 7), ("superseded", 110)]
    versions = [
        a_layer("mahalle", version=4 - at, state=state, row_count=count, data_sha256=str(at) * 64)
        for at, (state, count) in enumerate(rows)
    ]
    lines = history(versions, "tr")
    assert [(each.number, each.change) for each in lines] == [(4, "+20"), (3, "−10"), (1, "")]
    assert [bar.height for bar in trend(versions).bars] == [88.0, 80.0, 96.0]
    assert trend(versions[:1]) is None


def test_related_layers_share_words_or_columns():
    mahalle, csbm, numarataj, yapi = LAYERS
    stranger = a_layer("mahalle").entry.model_copy(
        update={
            "keywords": Keywords(tr=("ağaç",), en=("tree",)), "columns": (), "theme": "ENVI",
            "owner_unit": Words(tr="Park ve Bahçeler", en="Parks"),
        }
    )  # fmt: skip
    others = [a_layer("mahalle", entry=stranger), mahalle, csbm, yapi]
    assert {each.name for each in related(numarataj, others[1:])} >= {"csbm", "mahalle"}
    assert all(each.entry is not stranger for each in related(numarataj, others))
    assert related(numarataj, []) == []


def test_the_attribution_names_title_and_version():
    said = attribution(a_layer("mahalle", version=3), "tr")
    assert "Mahalle sınırları" in said
    assert "3" in said
    assert "{" not in said


@pytest.mark.parametrize(
    "extent", [(28.9, 41.0, 29.0, 41.1), (28.9, 41.0, 28.9, 41.0), (28.0, 41.0, 30.0, 41.01)]
)
def test_the_small_picture_keeps_its_proportions_and_its_frame(extent):
    canvas = canvas_over(a_layer("mahalle", extent=extent))
    assert 0 < canvas.width <= WIDTH
    assert 0 < canvas.height <= HEIGHT


@pytest.mark.parametrize(
    ("said", "is_refused"), [("", True), ("a" * 401, True), ("\ufffd", True), ("Haliç 12", False)]
)
def test_a_text_that_cannot_be_searched_is_explained(said, is_refused):
    assert (pages.query_problem("tr", said) is not None) is is_refused


def test_a_place_that_is_only_named_alike_has_no_probability():
    match = a_match(MatchStatus.UNMATCHED)
    alike = Candidate(MatchLevel.CSBM, 0.5, csbm="HALİL SOKAK")
    view = address_view("tr", match, [match.best, alike])
    assert [answer.probability for answer in view.answers] == ["%97", ""]
    assert "Bunlardan birini mi aradınız?" in rendered(asking(view))
