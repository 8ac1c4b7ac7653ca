"""The measured quality of a data set in the Data Quality Vocabulary (DQV, W3C note of 2016).

What depends on today (the age) is left out: the graph of a version never changes.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from rdflib import Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, RDF, SKOS, XSD

from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.paths import LANGUAGES

DQV = Namespace("http://www.w3.org/ns/dqv#")
_KINDS = {"share": XSD.double, "count": XSD.integer}
_UNITS = {"share": "http://qudt.org/vocab/unit/FRACTION", "count": "http://qudt.org/vocab/unit/NUM"}
_SDMX_UNIT = URIRef("http://purl.org/linked-data/sdmx/2009/attribute#unitMeasure")


def add_quality(
    graph: Graph, dataset: URIRef, base: str, results: Iterable[Mapping[str, Any]]
) -> None:
    """Say every result of ``quality.results`` that is of the whole data set.

    ``base`` is where the portal lies: the measures are named below it.
    """
    graph.bind("dqv", DQV)
    for result in results:
        if result["unit"] not in _KINDS or "column" in result:
            continue
        measurement = URIRef(f"{dataset}-{result['measure']}")
        metric = URIRef(f"{base}/#olcu-{result['measure']}")
        for predicate, value in (
            (RDF.type, DQV.QualityMeasurement), (DQV.computedOn, dataset),
            (DQV.isMeasurementOf, metric),
            (DQV.value, Literal(result["value"], datatype=_KINDS[result["unit"]])),
            (_SDMX_UNIT, URIRef(_UNITS[result["unit"]])),
        ):  # fmt: skip
            graph.add((measurement, predicate, value))
        graph.add((dataset, DQV.hasQualityMeasurement, measurement))
        _metric(graph, metric, base, result)


def _metric(graph: Graph, metric: URIRef, base: str, result: Mapping[str, Any]) -> None:
    dimension = URIRef(f"{base}/#kalite-{result['element']}")
    graph.add((metric, RDF.type, DQV.Metric))
    graph.add((metric, DQV.expectedDataType, _KINDS[result["unit"]]))
    graph.add((metric, DQV.inDimension, dimension))
    graph.add((dimension, RDF.type, DQV.Dimension))
    number = result["iso_19157_measure"]
    if number is not None:
        graph.add((metric, DCTERMS.identifier, Literal(f"ISO 19157 {number}")))
    for language in LANGUAGES:
        for subject, name in ((metric, result["measure"]), (dimension, result["element"])):
            said = Literal(message(language, f"quality.{name}"), lang=language)
            graph.add((subject, SKOS.prefLabel, said))
