"""Pages of prose: whole, in both languages, of one's own where one has them, never a program."""

import re

import pytest

from gis_platform.core.errors import ConfigError
from gis_platform.core.settings import PortalSettings
from gis_platform.opendata.portal.content_pages import (
    CONTENT_PAGES,
    content_page,
    content_path,
    read_content,
    rendered,
)
from gis_platform.opendata.portal.paths import LANGUAGES
from tests.unit.opendata.test_portal_pages import ATTACK
from tests.unit.opendata.test_portal_pages import rendered as as_html


def write(folder, name="etkinlik", tr="# Etkinlik\n\nMetin.\n", en="# Event\n\nText.\n"):
    for language, text in (("tr", tr), ("en", en)):
        if text is not None:
            file = folder / language / f"{name}.md"
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return PortalSettings(content_dir=folder)


def body_of(portal, name="etkinlik", language="tr"):
    return rendered(portal, read_content(portal).pages[name, language])[0]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CONTENT_PAGES)
def test_every_page_comes_along_in_both_languages(name, language):
    portal = PortalSettings(contact="acikveri@belediye.example")
    page = content_page(portal, read_content(portal).pages[name, language])
    html = as_html(page)
    assert html.count("<h1>") == 1
    assert "{organisation}" not in html
    assert "{contact}" not in html
    assert len(page.frame.description) > 60
    assert page.frame.alternates == {each: content_path(name, each) for each in LANGUAGES}


def test_the_two_languages_of_a_page_have_the_same_parts():
    pages = read_content(PortalSettings()).pages
    for name in CONTENT_PAGES:
        parts = [re.findall(r"^(#+|\|)", pages[name, each].markdown, re.M) for each in LANGUAGES]
        assert parts[0] == parts[1], name


@pytest.mark.parametrize("name", ["about", "etkinlik"])
def test_a_page_of_ones_own_takes_the_place_of_one_or_is_added(tmp_path, name):
    portal = write(tmp_path, name)
    content = read_content(portal)
    assert "Metin." in body_of(portal, name)
    assert [each.name for each in content.added("tr")] == ([] if name == "about" else ["etkinlik"])
    assert {each for each, _ in content.pages} == {*CONTENT_PAGES, name}


ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '[a](javascript:alert(1))',
    '[a](JaVaScRiPt:alert(1))',
    "[a](java&#115;cript:alert(1))",
    "[a](vbscript:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "<javascript:alert(1)>",
    '[a](/x "\\" onmouseover=alert(1) x=\\"")',
    '[a](/x"onmouseover=alert(1))',
    "![a](https://elsewhere.example/x.png)",
    "![a](x\" onerror=\"alert(1))",
    "[a]: javascript:alert(1)\n\n[a]",
    "| <b onclick=alert(1)>a</b> | b |\n| :-- | --: |\n| c | <iframe src=//x> |",
    "```\"><script>alert(1)</script>\nx\n```",
    "<!-- --><svg onload=alert(1)>",
    "# ![x](y)",
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_in_a_page_becomes_a_program(tmp_path, attack):
    portal = write(tmp_path, tr=f"# Başlık\n\nMetin.\n\n{attack.removeprefix('# ')}\n")
    html = body_of(portal)
    tags = re.findall(r"<(/?[a-zA-Z][^>]*)>", html)
    for tag in tags:
        name = re.match(r"/?(\w+)", tag)[1]
        assert name in {"p", "a", "code", "pre", "div", "table", "thead", "tbody", "tr", "th", "td",
                        "strong", "em", "ul", "li"}, tag  # fmt: skip
        names = re.findall(r'\s([\w-]+)="[^"]*"', tag)
        assert set(names) <= {"href", "title", "class", "tabindex", "scope"}, tag
        assert not re.search(r'href="\s*(javascript|vbscript|data):', tag, re.I), tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_in_settings_become_neither_markup_nor_markdown(tmp_path, language):
    said = f"{ATTACK} *eğik* [x](http://x.example) {{contact}}"
    portal = PortalSettings(organisation_tr=said, organisation_en=said, contact=f"{ATTACK}@x")
    html = body_of(portal, "about", language)
    assert "<script" not in html
    assert "<img" not in html
    assert "<em>eğik" not in html
    assert 'http://x.example"' not in html


def test_a_title_is_shown_as_text(tmp_path):
    portal = write(tmp_path, tr=f"# {ATTACK}\n\nMetin.\n")
    html = as_html(content_page(portal, read_content(portal).pages["etkinlik", "tr"]))
    assert "<script>alert" not in html


def test_a_table_can_be_scrolled_by_keyboard_and_has_no_style(tmp_path):
    html = body_of(write(tmp_path, tr="# A\n\n| a | b |\n| :-- | --: |\n| c | d |\n"))
    assert '<div class="scroll" tabindex="0"><table>' in html
    assert '<th scope="col">' in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("page", "row", "said"),
    [
        ({"tr": "Metin.\n"}, 1, "heading"),
        ({"tr": "## A\n\nMetin.\n"}, 1, "heading"),
        ({"tr": ""}, 1, "heading"),
        ({"tr": "# A\n"}, 1, "below"),
        ({"tr": "# A\n\nMetin.\n\n# B\n\nMetin.\n"}, 5, "second"),
        ({"tr": b"# A\n\nt\xfcr\n"}, 3, "UTF-8"),
        ({"en": None}, None, "other language"),
        ({"tr": None}, None, "other language"),
        ({"name": "Etkinlik 1"}, None, "name for a page"),
        ({"tr": "# A\n\n" + "a" * 200_001}, None, "200 kB"),
        ({"tr": "# A\n\nAçık.\n\n- Veriler ticari amaçla kullanılamaz.\n"}, 5, "narrows"),
        ({"name": "terms", "en": "# A\n\nText.\nThe data may not be sold.\n"}, 4, "narrows"),
    ],
)
def test_a_page_that_is_not_in_order_is_refused_by_file_and_line(tmp_path, page, row, said):
    portal = write(tmp_path, **page)
    with pytest.raises(ConfigError) as refused:
        read_content(portal)
    assert said in str(refused.value)
    assert refused.value.place.file.startswith(str(tmp_path))
    assert refused.value.place.row == row


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="There is no folder"):
        read_content(PortalSettings(content_dir=tmp_path / "yok"))


def test_a_notice_may_not_narrow_the_licence_either():
    with pytest.raises(ConfigError) as refused:
        read_content(PortalSettings(notice_tr="Veriler izinsiz kullanılamaz."))
    assert refused.value.place.field == "GIS_PORTAL__NOTICE_TR"
