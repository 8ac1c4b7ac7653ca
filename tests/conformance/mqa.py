"""Metadata quality as data.europa.eu scores it (MQA, 405 points), one data set at a time.

Points are those of the published method. What concerns distributions is counted in two ways:
``mean`` gives a data set the share of its distributions that answer; ``best`` gives it the points
where one of them does, and still asks that *every* address can be reached. Formats nobody lists
(FlatGeobuf, GeoParquet, PMTiles) and those the portal calls proprietary (shapefile, GML, DXF, XLSX)
lower ``mean`` however well they are described: offering more formats costs points there.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rdflib import Graph, URIRef
from rdflib.namespace import DCTERMS, RDF
from rdflib.term import Node

from gis_platform.opendata.dcat import DCAT, EU, IANA

TYPES = str(EU["file-type/"])
OPEN_TYPES = frozenset({"CSV", "GEOJSON", "GPKG", "JSON", "KML", "KMZ", "ODS", "TXT", "XML", "ZIP"})
"""Formats of the vocabulary of data.europa.eu for non-proprietary ones, those we could make."""
READ_TYPES = OPEN_TYPES | {"SHP", "GML", "DXF", "XLSX", "TAB"}
"""Formats of its vocabulary for machine-readable ones, those we could make."""
MOST = 405
GOAL = 395


@dataclass(frozen=True)
class Score:
    """Points of a data set; ``lost`` names what cost points in ``mean``."""

    mean: float
    best: float
    lost: dict[str, float]


def score(graph: Graph, dataset: Node, reached: Callable[[str], bool], *, is_valid: bool) -> Score:
    """Points of a data set.

    Args:
        graph: the catalogue.
        dataset: one of its data sets.
        reached: whether an address answers.
        is_valid: whether the catalogue is clean against the shapes of DCAT-AP.
    """
    mean = best = 0.0
    lost = {}
    for name, points, share, is_any in _measures(graph, dataset, reached, is_valid=is_valid):
        mean += points * share
        best += points * (share if is_any is None else is_any)
        if share < 1:
            lost[name] = round(points * (1 - share), 2)
    return Score(round(mean, 2), round(best, 2), lost)


def _measures(
    graph: Graph, dataset: Node, reached: Callable[[str], bool], *, is_valid: bool
) -> Iterator[tuple[str, int, float, float | None]]:
    """Name, points, share that answers, and whether one distribution does (None: as the share)."""
    has = lambda predicate: float((dataset, predicate, None) in graph)  # noqa: E731
    for name, points, predicate in (
        ("keyword", 30, DCAT.keyword), ("theme", 30, DCAT.theme), ("spatial", 20, DCTERMS.spatial),
        ("temporal", 20, DCTERMS.temporal), ("accessRights", 10, DCTERMS.accessRights),
        ("contact", 20, DCAT.contactPoint), ("publisher", 10, DCTERMS.publisher),
        ("issued", 0, DCTERMS.issued),
    ):  # fmt: skip
        yield name, points, has(predicate), None
    rights = str(graph.value(dataset, DCTERMS.accessRights))
    yield "accessRights vocabulary", 5, float(rights.startswith(str(EU["access-right/"]))), None
    yield "valid", 30, float(is_valid), None
    parts = list(graph.objects(dataset, DCAT.distribution))

    def values(predicate: URIRef) -> list[str]:
        return [str(graph.value(part, predicate) or "") for part in parts]

    access, download = values(DCAT.accessURL), values(DCAT.downloadURL)
    every = all(reached(address) for address in {*access, *download} - {""})
    yield "accessURL reachable", 50, _share(map(reached, access)), float(every)
    yield "downloadURL", 20, _share(download), float(any(download))
    yield (
        "downloadURL reachable",
        30,
        _share(each and reached(each) for each in download),
        float(every and any(download)),
    )
    kinds, media = values(DCTERMS.format), values(DCAT.mediaType)
    short = [each.removeprefix(TYPES) for each in kinds]
    in_lists = [
        (kind.startswith(TYPES) + each.startswith(str(IANA))) / 2
        for kind, each in zip(kinds, media, strict=True)
    ]
    licences = values(DCTERMS.license)
    for name, points, answers in (
        ("format", 20, kinds), ("mediaType", 10, media), ("format vocabulary", 10, in_lists),
        ("non-proprietary", 20, [each in OPEN_TYPES for each in short]),
        ("machine-readable", 20, [each in READ_TYPES for each in short]),
        ("licence", 20, licences),
        ("licence vocabulary", 10, [each.startswith(str(EU["licence/"])) for each in licences]),
        ("rights", 5, values(DCTERMS.rights)), ("byteSize", 5, values(DCAT.byteSize)),
        ("issued", 5, values(DCTERMS.issued)), ("modified", 5, values(DCTERMS.modified)),
    ):  # fmt: skip
        share = _share(answers)
        yield name, points, share, float(max(map(float, map(_truth, answers)), default=0))


def _truth(said: object) -> float:
    return said if isinstance(said, float) else float(bool(said))


def _share(answers: Iterable[object]) -> float:
    found = [_truth(each) for each in answers]
    return sum(found) / len(found) if found else 0.0


def datasets(graph: Graph) -> list[Node]:
    """Every data set of a catalogue."""
    return sorted(graph.subjects(RDF.type, DCAT.Dataset))
