"""Pages about errors help: what is named alike, a search box that is filled, links."""

import pytest

from gis_platform.opendata.portal.error_page import Lost, alike, error_page, last_words
from gis_platform.opendata.portal.paths import LANGUAGES
from tests.unit.opendata.test_portal_find import LAYERS
from tests.unit.opendata.test_portal_pages import ATTACK, rendered


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/katman/mahalel", "/katman/mahalle"),
        ("/katman/Mahalle", "/katman/mahalle"),
        ("/katman/numarataj.csv", "/katman/numarataj"),
        ("/katman/kap%C4%B1-numaralari", "/katman/numarataj"),
        ("/layer/numaraaj", "/katman/numarataj"),
        ("/istatistikler", "/istatistik"),
        ("/gizlilk", "/gizlilik"),
        ("/statistics", "/istatistik"),
        ("/katmanlar/", "/katmanlar"),
    ],
)
def test_what_is_named_alike_is_offered(path, first):
    assert alike("tr", Lost(path, LAYERS))[0][0] == first


@pytest.mark.parametrize("path", ["/", "", "/123", "/xqzw", "/en/", "/%ff%fe", "/..%2f..%2f", "/?"])
def test_where_nothing_is_alike_nothing_is_offered(path):
    assert alike("tr", Lost(path, LAYERS)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", [400, 401, 404, 405, 410, 413, 418, 429, 500, 503, 599])
def test_every_status_has_a_page_with_a_way_on(status, language):
    html = rendered(error_page(language, status, Lost("/katman/mahalel", LAYERS, "7", "abc")))
    assert 'role="search"' in html
    assert "abc" in html
    assert "noindex" in html
    assert ("7 saniye" in html) if language == "tr" else ("7 seconds" in html)
    assert ('value="mahalel"' in html) == (status in {404, 410})


def test_a_hostile_path_is_shown_as_text():
    lost = Lost(f"/katman/{ATTACK}", LAYERS)
    html = rendered(error_page("tr", 404, lost))
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_a_long_path_is_cut():
    assert len(last_words("/" + "a" * 5000)) <= 80


def test_pages_about_errors_need_no_database():
    assert rendered(error_page("en", 500, Lost("/en/layers")))
