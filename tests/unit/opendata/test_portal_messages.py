"""The pages speak both languages completely, and write numbers and dates as each does."""

import re
from datetime import UTC, datetime
from importlib import resources
from string import Formatter

import pytest

from gis_platform.opendata.portal import messages

PORTAL = resources.files("gis_platform.opendata.portal")
TURKISH, ENGLISH = messages.catalogue("tr"), messages.catalogue("en")
TEMPLATES = [file for file in (PORTAL / "templates").iterdir() if file.name.endswith(".html")]


def placeholders(sentence):
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_messages():
    assert set(TURKISH) == set(ENGLISH)


@pytest.mark.parametrize("name", sorted(TURKISH))
def test_a_message_has_the_same_placeholders_in_both_languages(name):
    assert placeholders(TURKISH[name]) == placeholders(ENGLISH[name])


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_every_message_a_template_names_is_there(template):
    named = re.findall(r"""\bt\(["']([a-z_]+\.[a-z_0-9]+)["'][,)]""", template.read_text("utf-8"))
    assert [name for name in named if name not in TURKISH] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_templates_hold_no_script_and_no_style_of_their_own(template):
    html = template.read_text("utf-8")
    assert not re.search(r"<script(?![^>]*(src=|ld\+json))", html)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)
    assert not re.search(r"""(src|href)=["']https?://""", html)


@pytest.mark.parametrize(
    ("language", "value", "decimals", "said"),
    [
        ("tr", 1234567, 0, "1.234.567"),
        ("en", 1234567, 0, "1,234,567"),
        ("tr", 1234.5, 1, "1.234,5"),
        ("en", 1234.5, 1, "1,234.5"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(language, value, decimals, said):
    assert messages.number(language, value, decimals) == said


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.973, "%97"), (0.9991, "%99"), (1.0, "%100"), (0.0, "%0"), (0.004, "%1’den az")],
)
def test_what_is_not_certain_is_never_shown_as_certain(share, said):
    assert messages.percent("tr", share) == said


@pytest.mark.parametrize(
    ("size", "said"), [(0, "0 B"), (999, "999 B"), (50_600, "50,6 KB"), (318_000_000, "318 MB")]
)
def test_a_file_size_has_three_figures_at_most(size, said):
    assert messages.file_size("tr", size) == said


def test_a_date_is_that_of_istanbul():
    late = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert messages.date("tr", late) == "25 Kasım 2026"
    assert messages.date("en", late) == "25 November 2026"
