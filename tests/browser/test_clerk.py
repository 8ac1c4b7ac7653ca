"""A clerk finds addresses without a program and without a mouse, in both languages."""

from pathlib import Path

import pytest

from tests.browser.access import axe_findings
from tests.browser.conftest import PHONE


def an_example(page):
    return page.locator(".search-hint a").first.inner_text()


@pytest.mark.parametrize(("path", "counted"), [("/adres", "öneri"), ("/en/address", "suggestions")])
def test_an_address_is_suggested_while_it_is_typed_and_chosen_by_keys(visit, path, counted):
    page = visit(path)
    whole = an_example(page)
    field = page.locator("input[name=q]")
    field.focus()
    page.keyboard.type(whole[: whole.index("No:")].strip()[:-2], delay=20)
    page.get_by_role("option").first.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    assert counted in page.locator("[data-suggest] [role=status]").inner_text()
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".suggestions [aria-selected=true]")
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert axe_findings(page) == []
    label = chosen.inner_text()
    page.keyboard.press("Enter")
    page.locator(".verdict").wait_for()
    assert page.locator("input[name=q]").input_value() == label


def test_escape_closes_the_suggestions_and_keeps_what_was_typed(visit):
    page = visit("/adres")
    field = page.locator("input[name=q]")
    said = an_example(page)[:12]
    field.focus()
    page.keyboard.type(said, delay=20)
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    assert field.input_value() == said


@pytest.mark.parametrize(
    ("path", "column", "send", "done", "result"),
    [
        ("/adres", "Adres sütununun adı", "Gönder", "Bitti: 3 satır.", "Sonucu indir"),
        ("/en/address", "Name of the column with the address", "Send", "Done: 3 rows.",
         "Download the result"),
    ],
)  # fmt: skip
def test_a_file_is_sent_watched_and_fetched(  # noqa: PLR0913, PLR0917
    visit, tmp_path, path, column, send, done, result
):
    page = visit(path)
    file = tmp_path / "liste.csv"
    file.write_text(f"no;nerede\n1;{an_example(page)}\n2;yok\n3;\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_label(column).fill("nerede")
    page.get_by_role("button", name=send).click()
    page.get_by_text(done).wait_for(timeout=60_000)
    link = page.get_by_role("link", name=result)
    assert page.evaluate("document.activeElement.hasAttribute('data-result')")
    assert axe_findings(page) == []
    with page.expect_download() as waiting:
        link.click()
    assert waiting.value.suggested_filename == "liste-eslesen.csv"
    rows = Path(waiting.value.path()).read_text("utf-8-sig").splitlines()
    assert len(rows) == 4
    assert "matched" in rows[1]


def test_a_file_that_cannot_be_answered_says_why_and_what_to_do(visit, tmp_path):
    page = visit("/adres")
    file = tmp_path / "liste.csv"
    file.write_text("a;b\n1;2\n", encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Gönder").click()
    said = page.locator("[data-batch] [role=status]")
    said.filter(has_text="Olmadı:").wait_for()
    assert "belirtilmedi" in said.inner_text()
    assert page.get_by_role("button", name="Gönder").is_enabled()
    visit.noted.errors = [each for each in visit.noted.errors if "400" not in each]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_addresses_is_clean_and_fits_a_narrow_phone(visit, scheme):
    page = visit("/adres", viewport={"width": 320, "height": 700}, color_scheme=scheme)
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page = visit("/en/address?q=x", viewport=PHONE, color_scheme=scheme)
    assert axe_findings(page) == []
