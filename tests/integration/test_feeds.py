"""What search engines and feed readers get of the catalogue."""

import xml.etree.ElementTree as ET
from urllib.robotparser import RobotFileParser

import pytest

from gis_platform.api.app import create_app
from tests.server import visiting
from tests.town import publish_layers, withdraw_layer

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LINK = "{http://www.w3.org/1999/xhtml}link"


@pytest.fixture
def published(settings, town):
    publish_layers(settings, town, "mahalle", "numarataj")
    with visiting(create_app(settings, town)) as client:
        yield client, settings, town


def test_every_address_of_the_sitemap_is_a_page_that_names_its_other_language(published):
    client, *_ = published
    root = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    addresses = [each.findtext(f"{SITEMAP}loc") for each in root]
    assert len(addresses) == len(set(addresses))
    assert any(each.endswith("/katman/numarataj") for each in addresses)
    for url in root:
        page = client.get(url.findtext(f"{SITEMAP}loc"))
        assert page.status_code == 200
        assert "noindex" not in page.text
        beside = {each.get("hreflang"): each.get("href") for each in url.iter(LINK)}
        assert set(beside) == {"tr", "en"}
        assert set(beside.values()) <= set(addresses)


def test_robots_may_read_pages_and_not_answers(published):
    client, *_ = published
    said = client.get("/robots.txt").text
    rules = RobotFileParser()
    rules.parse(said.splitlines())
    assert rules.can_fetch("*", "/katman/mahalle")
    assert not rules.can_fetch("*", "/api/v1/addresses/search")
    assert rules.site_maps() == [f"{client.base_url}/sitemap.xml".replace("//sitemap", "/sitemap")]


@pytest.mark.parametrize("path", ["/akis.atom", "/en/feed.atom"])
def test_a_feed_tells_what_was_published_and_forgets_what_was_withdrawn(published, path):
    client, settings, town = published
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(answer.content)  # noqa: S314 - our own
    entries = root.findall(f"{ATOM}entry")
    assert len(entries) == 2
    assert all(each.findtext(f"{ATOM}{name}") for each in (root, *entries)
               for name in ("id", "title", "updated"))  # fmt: skip
    files = [each.get("href") for each in entries[0].findall(f"{ATOM}link")
             if each.get("rel") == "enclosure"]  # fmt: skip
    assert files
    assert client.head(files[0]).status_code == 200
    assert f'href="{path}"' in client.get("/en/" if "/en/" in path else "/").text
    etag = answer.headers["etag"]
    assert client.get(path, headers={"if-none-match": etag}).status_code == 304
    withdraw_layer(settings, town, "mahalle", "Sınır davası")
    again = client.get(path, headers={"if-none-match": etag})
    assert again.status_code == 200
    left = ET.fromstring(again.content)  # noqa: S314 - our own
    assert len(left.findall(f"{ATOM}entry")) == 1
