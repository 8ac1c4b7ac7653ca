"""Sentences that narrow an open licence are found, and those that do not are let be."""

import csv
from pathlib import Path

import pytest

from gis_platform.opendata.licence_lint import breaches, excuses

CASES = list(
    csv.DictReader(
        (Path(__file__).parent / "cases" / "licence_sentences.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["sentence"][:50])
def test_a_sentence_narrows_the_licence_or_does_not(case):
    found = {each.code for each in breaches(case["sentence"])}
    assert (case["code"] in found) if case["is_breach"] == "1" else found == set()


def test_the_line_on_which_a_sentence_begins_is_named():
    page = "# Koşullar\n\nVeri açıktır. Kullanım\nserbesttir; veriler\n**izinsiz**\nkullanılamaz.\n"
    (found,) = breaches(page)
    assert (found.line, found.code) == (4, "permission")
    assert "izinsiz" in found.said


@pytest.mark.parametrize("sign", ["- ", "## ", "| ", "> ", "1. "])
def test_items_headings_rows_and_quotes_are_read(sign):
    page = f"# A\n\nmetin\n{sign}Veriler satılamaz\n"
    assert [each.line for each in breaches(page)] == [4]


def test_a_paragraph_a_person_let_be_is_not_read_and_the_next_one_is():
    said = "Veriler satılamaz."
    page = f'# A\n\n[lisans-uygun]: # "başkasının ürünü anlatılıyor"\n{said}\n\n{said}\n'
    assert [each.line for each in breaches(page)] == [6]
    assert excuses(page) == [(3, "başkasının ürünü anlatılıyor")]


def test_letting_be_takes_a_reason():
    page = '# A\n\n[lisans-uygun]: # "-"\nVeriler satılamaz.\n'
    assert breaches(page)
