"""How a request of the OGC API is read: parameters, format, language, host."""

import pytest
from starlette.requests import Request

from gis_platform.api.ogc_problem import Refused
from gis_platform.api.ogc_request import (
    GEOJSON,
    HTML,
    JSON,
    OPENAPI,
    address,
    choose_format,
    language_of,
    read_parameters,
    read_request,
    spoken,
)
from gis_platform.core.settings import ServerSettings, Settings


def a_request(query="", **headers):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {"type": "http", "method": "GET", "scheme": "http", "path": "/ogc/collections",
         "query_string": query.encode(), "headers": raw}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("*/*", "json"),
        ("", "json"),
        ("text/html", "html"),
        ("application/json", "json"),
        ("application/geo+json;q=0.3, text/html;q=0.5", "html"),
        ("text/*;q=0.9, application/*;q=0.1", "html"),
        ("text/html;q=0, */*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("application/json;q=0.9, application/geo+json", "json"),
    ],
)
def test_the_format_is_what_accept_weighs_most(accept, expected):
    assert choose_format(None, accept, (GEOJSON, HTML)).name == expected


def test_f_decides_before_accept():
    assert choose_format("html", "application/json", (JSON, HTML)) is HTML


@pytest.mark.parametrize("accept", ["image/png", "text/html;q=0, application/*;q=0"])
def test_what_nobody_can_take_is_406(accept):
    with pytest.raises(Refused) as refused:
        choose_format(None, accept, (JSON, HTML))
    assert refused.value.status == 406


def test_the_media_type_of_openapi_is_known_with_its_version():
    accept = "application/vnd.oai.openapi+json;version=3.0, text/html;q=0.5"
    assert choose_format(None, accept, (OPENAPI, HTML)) is OPENAPI


@pytest.mark.parametrize(
    ("said", "accepted", "expected"),
    [
        (None, "", "tr"), (None, "fr, de", "tr"), (None, "en-US,en;q=0.5", "en"),
        (None, "en;q=0.4, tr;q=0.6", "tr"), ("en", "tr", "en"), ("EN-gb", "", "en"),
        ("tr_TR", "en", "tr"),
    ],
)  # fmt: skip
def test_the_language_is_as_said_else_as_liked_else_turkish(said, accepted, expected):
    assert language_of(said, accepted) == expected


def test_an_error_about_the_language_still_speaks_one():
    assert spoken(a_request("lang=de", accept_language="en")) == "en"


@pytest.mark.parametrize(
    "query", ["x=1", "f=json&f=html", "lang=%FF", "F=json", "f=%00", "a" * 9000]
)
def test_a_query_that_is_unknown_doubled_or_broken_is_refused(query):
    with pytest.raises(Refused) as refused:
        read_parameters(a_request(query), ())
    assert refused.value.status == 400


def test_an_empty_and_an_encoded_value_are_values():
    assert read_parameters(a_request("ad=a%2Cb+c&kod="), ("ad", "kod")) == {
        "ad": "a,b c",
        "kod": "",
    }


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("veri.example", "http://veri.example"),
        ("[::1]:8000", "http://[::1]:8000"),
        ('x"y', "http://127.0.0.1:8000"),
        ("a b", "http://127.0.0.1:8000"),
        ("evil.example/path", "http://127.0.0.1:8000"),
    ],
)
def test_links_begin_with_the_host_that_was_asked_if_it_is_one(host, expected):
    assert read_request(a_request(host=host), Settings(), (JSON,)).place == expected


def test_links_begin_with_the_public_address_where_there_is_one():
    settings = Settings(server=ServerSettings(public_url="https://veri.example/"))
    asked = read_request(a_request("f=json", host="inside"), settings, (JSON,))
    assert asked.link(f="html", lang="en") == "https://veri.example/ogc/collections?f=html&lang=en"
    assert asked.link(f=None) == "https://veri.example/ogc/collections"


def test_an_address_keeps_readable_what_may_be_read():
    found = address("x", {"bbox": "1,2,3,4", "crs": "http://a/b", "ad": "ş &=?"})
    assert found == "x?bbox=1,2,3,4&crs=http://a/b&ad=%C5%9F%20%26%3D%3F"
