"""The catalogue as DCAT-AP: clean against the shapes of SEMIC and against stricter ones of ours."""

from pathlib import Path

import pyshacl
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, RDF, RDFS, XSD

from gis_platform.opendata.dcat import DCAT, EU, HYDRA, SPDX, VCARD
from tests.conformance.conftest import COLLECTIONS, NASTY

OURS = Path(__file__).with_name("shapes.ttl")
KINDS = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}


def base_of(ogc):
    return ogc.url.removesuffix("/ogc")


def read(ogc, path, kind="turtle"):
    answer = ogc.client.get(base_of(ogc) + path)
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.content, format=kind)


@pytest.fixture(scope="module")
def graph(ogc):
    return read(ogc, "/katalog.ttl")


def findings(data, *shapes):
    """What SHACL says against a graph."""
    rules = Graph()
    for path in shapes:
        rules.parse(path)
    conforms, _, said = pyshacl.validate(data, shacl_graph=rules, inference="none")
    return [] if conforms else [said[:3000]]


def copied(graph):
    other = Graph()
    for triple in graph:
        other.add(triple)
    return other


def with_background(graph, path):
    """As the shapes of SEMIC want it: every address a resource, and what is below what."""
    told = copied(graph).parse(path)
    for subject, _, value in list(told):
        for node in (subject, value):
            if isinstance(node, URIRef):
                told.add((node, RDF.type, RDFS.Resource))
    return told


@pytest.mark.parametrize("ending", KINDS)
def test_every_serialisation_says_the_same(ogc, graph, ending):
    answer = ogc.client.get(f"{base_of(ogc)}/katalog.{ending}")
    assert answer.headers["content-type"].partition(";")[0] in {
        "text/turtle", "application/rdf+xml", "application/ld+json",
    }  # fmt: skip
    assert len(read(ogc, f"/katalog.{ending}", KINDS[ending])) == len(graph)
    again = ogc.client.get(
        f"{base_of(ogc)}/katalog.{ending}", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.shared_data
def test_it_is_clean_against_dcat_ap_and_geodcat_ap(graph, shared_data):
    shapes = shared_data / "shapes"
    dcat = shapes / "dcat-ap-3.0.1"
    told = with_background(graph, dcat / "background.ttl")
    assert findings(
        told, dcat / "dcat-ap-3.0.1-SHACL.repaired.ttl", dcat / "dcat-ap-3.0.1-ranges.repaired.ttl"
    ) == []  # fmt: skip
    assert findings(told, shapes / "geodcat-ap-3.0.0" / "geodcat-ap-SHACL.ttl") == []


def test_it_is_clean_against_our_stricter_shapes(graph):
    assert findings(graph, OURS) == []


FAULTS = {
    "no Turkish title": lambda g, d: g.remove((d, DCTERMS.title, titled(g, d, "tr"))),
    "no English title": lambda g, d: g.remove((d, DCTERMS.title, titled(g, d, "en"))),
    "two Turkish titles": lambda g, d: g.add((d, DCTERMS.title, Literal("İki", lang="tr"))),
    "a title in no language": lambda g, d: g.add((d, DCTERMS.title, Literal("Adsız"))),
    "no description": lambda g, d: g.remove((d, DCTERMS.description, None)),
    "no keyword": lambda g, d: g.remove((d, DCAT.keyword, None)),
    "no theme": lambda g, d: g.remove((d, DCAT.theme, None)),
    "no contact": lambda g, d: g.remove((d, DCAT.contactPoint, None)),
    "a contact without an address": lambda g, d: g.remove((None, VCARD.hasEmail, None)),
    "no publisher": lambda g, d: g.remove((d, DCTERMS.publisher, None)),
    "a date that is none": lambda g, d: g.set((d, DCTERMS.issued, Literal("dün"))),
    "a day that is none": lambda g, d: g.set(
        (d, DCTERMS.modified, Literal("2024-13-45", datatype=XSD.date))
    ),
    "no place": lambda g, d: g.remove((d, DCTERMS.spatial, None)),
    "no time": lambda g, d: g.remove((d, DCTERMS.temporal, None)),
    "no access rights": lambda g, d: g.remove((d, DCTERMS.accessRights, None)),
    "no lineage": lambda g, d: g.remove((d, DCTERMS.provenance, None)),
    "no licence": lambda g, d: g.remove((None, DCTERMS.license, None)),
    "a licence in words": lambda g, d: [
        g.set((each, DCTERMS.license, Literal("CC BY"))) for each in g.objects(d, DCAT.distribution)
    ],
    "a digest cut short": lambda g, d: [
        g.set((each, SPDX.checksumValue, Literal("abcd", datatype=XSD.hexBinary)))
        for each in g.subjects(RDF.type, SPDX.Checksum)
    ],
    "no distribution": lambda g, d: g.remove((d, DCAT.distribution, None)),
}


def titled(graph, dataset, language):
    return next(each for each in graph.objects(dataset, DCTERMS.title) if each.language == language)


@pytest.mark.parametrize("fault", FAULTS)
def test_our_shapes_catch_what_is_planted(graph, fault):
    spoilt = copied(graph)
    dataset = next(iter(spoilt.subjects(RDF.type, DCAT.Dataset)))
    FAULTS[fault](spoilt, dataset)
    assert findings(spoilt, OURS), fault


def test_the_catalogue_has_every_layer_and_its_files(ogc, graph):
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == len(COLLECTIONS)
    park = URIRef(f"{base_of(ogc)}/katman/park#kume")
    assert set(graph.objects(park, DCTERMS.title)) == {
        Literal("Parklar <yeşil>", lang="tr"), Literal("Parks & <green>", lang="en"),
    }  # fmt: skip
    assert (park, DCAT.theme, EU["data-theme/ENVI"]) in graph
    for distribution in graph.objects(park, DCAT.distribution):
        for address in graph.objects(distribution, DCAT.downloadURL):
            answer = ogc.client.head(str(address))
            assert answer.status_code == 200
            (size,) = graph.objects(distribution, DCAT.byteSize)
            assert int(answer.headers["content-length"]) == int(size)
    assert NASTY not in graph.serialize()


def test_a_page_of_the_catalogue_leads_to_the_next_both_ways(ogc, monkeypatch):
    monkeypatch.setattr("gis_platform.api.routes.rdf.PAGE_SIZE", 2)
    seen, path = [], "/katalog.ttl"
    while path:
        page = read(ogc, path)
        seen += [str(each) for each in page.subjects(RDF.type, DCAT.Dataset)]
        modern = [str(each) for each in page.objects(None, HYDRA.next)]
        old = [str(each) for each in page.objects(None, HYDRA.nextPage)]
        assert modern == old
        path = modern[0].removeprefix(base_of(ogc)) if modern else None
    assert len(seen) == len(set(seen)) == len(COLLECTIONS)
    assert ogc.client.get(f"{base_of(ogc)}/katalog.ttl?page=9").status_code == 404


@pytest.mark.parametrize("path", ["/katalog.xls", "/katman/park.exe", "/katman/yok.ttl"])
def test_what_is_not_there_is_not_found(ogc, path):
    assert ogc.client.get(base_of(ogc) + path).status_code == 404


def test_one_data_set_stands_for_itself(ogc):
    one = read(ogc, "/katman/park.jsonld", "json-ld")
    assert [str(each) for each in one.subjects(RDF.type, DCAT.Dataset)] == [
        f"{base_of(ogc)}/katman/park#kume"
    ]
    assert findings(one, OURS) == []
