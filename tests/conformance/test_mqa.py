"""Metadata quality as data.europa.eu scores it: 395 of 405 points or more for every data set.

Every address of the catalogue is really fetched from the running portal.
"""

import pytest
from rdflib import Graph
from rdflib.namespace import DCTERMS

from gis_platform.opendata.dcat import DCAT
from tests.conformance.conftest import COLLECTIONS
from tests.conformance.mqa import GOAL, MOST, datasets, score
from tests.conformance.test_dcat import OURS, base_of, copied, findings, read, with_background

LEAST_MEAN = 380
"""What is left where each format counts alike, unlisted ones too; see ``mqa.py``."""


@pytest.fixture(scope="module")
def reached(ogc):
    known = {}

    def ask(address):
        if address not in known:
            known[address] = bool(address) and ogc.client.get(address).status_code == 200
        return known[address]

    return ask


@pytest.fixture(scope="module")
def graph(ogc):
    return read(ogc, "/katalog.ttl")


@pytest.mark.shared_data
def test_the_catalogue_is_valid_as_the_score_asks(graph, shared_data):
    dcat = shared_data / "shapes" / "dcat-ap-3.0.1"
    told = with_background(graph, dcat / "background.ttl")
    assert findings(told, dcat / "dcat-ap-3.0.1-SHACL.repaired.ttl") == []


def test_every_data_set_has_the_points_of_an_excellent_one(graph, reached):
    found = {str(each): score(graph, each, reached, is_valid=True) for each in datasets(graph)}
    assert len(found) == len(COLLECTIONS)
    for name, points in found.items():
        assert points.best >= GOAL, (name, points)
        assert points.mean >= LEAST_MEAN, (name, points)
        assert points.mean <= points.best <= MOST


def test_what_costs_points_is_only_what_the_lists_do_not_know(graph, reached):
    for each in datasets(graph):
        lost = score(graph, each, reached, is_valid=True).lost
        assert set(lost) <= {
            "downloadURL", "downloadURL reachable", "byteSize", "format vocabulary",
            "non-proprietary", "machine-readable",
        }, lost  # fmt: skip


FAULTS = {
    "no keyword": lambda g, d: g.remove((d, DCAT.keyword, None)),
    "no contact": lambda g, d: g.remove((d, DCAT.contactPoint, None)),
    "no time": lambda g, d: g.remove((d, DCTERMS.temporal, None)),
    "no licence": lambda g, d: g.remove((None, DCTERMS.license, None)),
    "no format": lambda g, d: g.remove((None, DCTERMS.format, None)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_costs_points(graph, reached, fault):
    spoilt = copied(graph)
    first = datasets(spoilt)[0]
    FAULTS[fault](spoilt, first)
    assert score(spoilt, first, reached, is_valid=True).best < GOAL


def test_a_broken_address_costs_points(graph, reached):
    first = datasets(graph)[0]
    broken = score(graph, first, lambda at: not at.endswith(".csv") and reached(at), is_valid=True)
    assert broken.best < GOAL


def test_the_same_catalogue_is_the_same_bytes(ogc):
    for ending in ("ttl", "rdf", "jsonld"):
        address = f"{base_of(ogc)}/katalog.{ending}"
        assert ogc.client.get(address).content == ogc.client.get(address).content
    assert Graph().parse(OURS)
