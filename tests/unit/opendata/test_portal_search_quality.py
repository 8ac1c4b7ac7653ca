"""The catalogue's search against the written list of what people type and what they mean.

``cases/portal_queries.csv`` names for each query every layer of ``cases/portal_datasets.csv`` it
means (blank between them, none = nothing may be found); an analyst adds a line without Python.
"""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from gis_platform.opendata.catalogue import Keywords, Words
from gis_platform.opendata.portal.find import Finder
from tests.unit.opendata.test_portal_find import a_layer

CASES = Path(__file__).parent / "cases"
TEXT = "Örnek açıklama " * 8


def read(name):
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def a_described_layer(row):
    base = a_layer("mahalle")
    changes = {
        "name": row["name"],
        "title": Words(tr=row["title_tr"], en=row["title_en"]),
        "description": base.entry.description.model_copy(update={"tr": TEXT, "en": TEXT}),
        "keywords": Keywords(
            tr=tuple(row["keywords_tr"].split(", ")), en=tuple(row["keywords_en"].split(", "))
        ),
        "owner_unit": Words(tr="Örnek Müdürlüğü", en="Sample Directorate"),
    }
    return replace(base, name=row["name"], entry=base.entry.model_copy(update=changes))


@pytest.fixture(scope="module")
def answers():
    finder = Finder([a_described_layer(row) for row in read("portal_datasets.csv")])
    return [
        (row["query"], row["expected"].split(), [found.name for found in finder.find(row["query"])])
        for row in read("portal_queries.csv")
    ]


def test_the_list_is_long_enough_and_says_each_query_once(answers):
    queries = [query for query, _, _ in answers]
    assert len(queries) >= 200
    assert len(set(queries)) == len(queries)


def test_at_least_95_of_100_queries_find_what_is_meant_among_the_first(answers):
    meant = [(query, names, found) for query, names, found in answers if names]
    missed = [
        (query, found)
        for query, names, found in meant
        if not set(names) <= set(found[: len(names) + 2]) or found[0] not in names
    ]
    assert len(missed) <= 0.05 * len(meant), missed


def test_at_most_2_of_100_layers_shown_are_not_meant(answers):
    shown = [(query, name, names) for query, names, found in answers for name in found]
    wrong = [(query, name) for query, name, names in shown if name not in names]
    assert len(wrong) <= 0.02 * len(shown), wrong


def test_a_query_no_layer_answers_finds_nothing(answers):
    assert [(query, found) for query, names, found in answers if not names and found] == []
