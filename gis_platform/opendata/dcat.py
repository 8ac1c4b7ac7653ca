"""The catalogue in DCAT-AP 3.0.1 and GeoDCAT-AP 3.0.0, as an RDF graph.

Every text is there in Turkish and English, every address begins with where the portal lies. Codes
are those of the European Union's authority tables where they have one; a format they do not know
is named by its media type. No person is named: contacts are units and their addresses. Nodes
without an address have names of ours, so that the same catalogue is the same bytes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCTERMS, FOAF, PROV, RDF, RDFS, SKOS, XSD
from rdflib.term import Node

from gis_platform.core.errors import Text
from gis_platform.core.settings import Settings
from gis_platform.opendata.catalogue import Words
from gis_platform.opendata.dqv import DQV, add_quality
from gis_platform.opendata.ogc import attribution
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.paths import ISO_FILES, LANGUAGES, file_path, path_of
from gis_platform.opendata.public import PublicFile, PublicLayer
from gis_platform.opendata.records import span

DCAT = Namespace("http://www.w3.org/ns/dcat#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
EU = Namespace("http://publications.europa.eu/resource/authority/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
IANA = Namespace("https://www.iana.org/assignments/media-types/")
LOCN = Namespace("http://www.w3.org/ns/locn#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
GEOSPARQL = Namespace("http://www.opengis.net/ont/geosparql#")
PREFIXES = {
    "adms": ADMS, "dcat": DCAT, "dcatap": DCATAP, "dct": DCTERMS, "foaf": FOAF,
    "dqv": DQV, "geosparql": GEOSPARQL, "hydra": HYDRA, "locn": LOCN, "prov": PROV, "spdx": SPDX,
    "vcard": VCARD, "rdf": RDF, "rdfs": RDFS, "skos": SKOS,
}  # fmt: skip
FORMATS = {
    "geojson": "GEOJSON", "gpkg": "GPKG", "csv": "CSV", "csv_excel": "CSV", "shapefile": "SHP",
    "xlsx": "XLSX", "kml": "KML", "kmz": "KMZ", "gml": "GML", "dxf": "DXF",
}  # fmt: skip
"""Codes of the authority table ``file-type``, by the name of our exporter."""
_FREQUENCIES = {
    "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "quarterly": "QUARTERLY",
    "annual": "ANNUAL", "irregular": "IRREG",
}  # fmt: skip
_LICENCES = {
    "https://creativecommons.org/licenses/by/4.0/": "CC_BY_4_0",
    "https://creativecommons.org/publicdomain/zero/1.0/": "CC0",
    "https://creativecommons.org/licenses/by-sa/4.0/": "CC_BYSA_4_0",
}
_LICENCE_TITLES = {
    "CC_BY_4_0": "Creative Commons Attribution", "CC0": "Creative Commons CCZero",
    "CC_BYSA_4_0": "Creative Commons Attribution Share-Alike",
}  # fmt: skip
"""Titles under which CKAN knows these licences; it goes by them, for of addresses it knows only
those of opendefinition.org."""
_CRS = "http://www.opengis.net/def/crs/EPSG/0/"
_FEATURES = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
_TITLE = Text("Açık veri kataloğu", "Open data catalogue")
_ABOUT = Text(
    "{organisation} tarafından onaylanıp yayımlanan veri kümeleri.",
    "The data sets approved and published by {organisation}.",
)
_THEMES = Text("Avrupa Birliği veri temaları", "Data themes of the European Union")
_LOCAL = Text("Yerel yönetim", "Local authority")
_STABLE = Text("Kalıcı", "Stable")
_SERVICE = Text("OGC API – Features, Tiles, Records", "OGC API – Features, Tiles, Records")
_PUBLIC = EU["access-right/PUBLIC"]
_LANGUAGE_CODES = {"tr": EU["language/TUR"], "en": EU["language/ENG"]}


class OrderedGraph(Graph):
    """A graph that gives its triples in one order, so that it is written in the same bytes."""

    def triples(self, triple: Any) -> Iterator[Any]:  # type: ignore[override]  # one for all
        """The triples that answer, sorted."""
        yield from sorted(super().triples(triple), key=lambda each: [part.n3() for part in each])


class Page:
    """Which part of the catalogue a graph holds: its address, and those of the others.

    Attributes:
        address: of this part; ``first``, ``last``, ``previous`` and ``following`` of others.
    """

    def __init__(self, base: str, path: str, number: int, size: int, total: int) -> None:
        self.total, self.size = total, size
        last = max(1, -(-total // size))
        self.address = _page(base, path, number)
        self.first, self.last = _page(base, path, 1), _page(base, path, last)
        self.previous = _page(base, path, number - 1) if number > 1 else None
        self.following = _page(base, path, number + 1) if number < last else None


def catalogue_graph(
    layers: Sequence[PublicLayer], settings: Settings, base: str, page: Page, *, is_copy: bool
) -> Graph:
    """The catalogue with the data sets of a page.

    Args:
        layers: those of this page, the public versions.
        settings: who publishes.
        base: where the portal lies, without a slash at the end.
        page: which part this is; said in the way of Hydra's current draft and of the older one
            (``PagedCollection``), for both are read.
        is_copy: whether no server stands behind it: then no service is named.
    """
    graph = _graph()
    catalogue = URIRef(f"{base}/#katalog")
    graph.add((catalogue, RDF.type, DCAT.Catalog))
    organisation = Text(settings.portal.organisation_tr, settings.portal.organisation_en)
    about = Text(
        _ABOUT.tr.format(organisation=organisation.tr),
        _ABOUT.en.format(organisation=organisation.en),
    )
    _say(graph, catalogue, DCTERMS.title, _TITLE)
    _say(graph, catalogue, DCTERMS.description, about)
    graph.add((catalogue, DCTERMS.publisher, _publisher(graph, settings, base)))
    for predicate, value in (
        (FOAF.homepage, URIRef(f"{base}/")), (DCTERMS.license, EU["licence/CC_BY_4_0"]),
        (DCAT.themeTaxonomy, EU["data-theme"]), (DCTERMS.spatial, EU["country/TUR"]),
        *((DCTERMS.language, code) for code in _LANGUAGE_CODES.values()),
    ):  # fmt: skip
        graph.add((catalogue, predicate, value))
    _type(graph, EU["licence/CC_BY_4_0"], DCTERMS.LicenseDocument)
    _type(graph, EU["country/TUR"], DCTERMS.Location)
    _type(graph, EU["data-theme"], SKOS.ConceptScheme)
    _say(graph, EU["data-theme"], DCTERMS.title, _THEMES)
    for code in _LANGUAGE_CODES.values():
        _type(graph, code, DCTERMS.LinguisticSystem)
    _type(graph, URIRef(f"{base}/"), FOAF.Document)
    moments = [layer.published_at for layer in layers]
    if moments:
        graph.add((catalogue, DCTERMS.issued, _moment(min(moments))))
        graph.add((catalogue, DCTERMS.modified, _moment(max(moments))))
    service = None if is_copy else _service(graph, settings, base)
    if service is not None:
        graph.add((catalogue, DCAT.service, service))
    for layer in layers:
        graph.add((catalogue, DCAT.dataset, _dataset(graph, layer, settings, base, service)))
    _paged(graph, catalogue, page)
    return graph


def dataset_graph(
    layer: PublicLayer,
    settings: Settings,
    base: str,
    quality: Iterable[Mapping[str, Any]] = (),
    *,
    is_copy: bool,
) -> Graph:
    """One data set with its distributions, the service that gives it and its measured quality."""
    graph = _graph()
    service = None if is_copy else _service(graph, settings, base)
    dataset = _dataset(graph, layer, settings, base, service)
    add_quality(graph, dataset, base, quality)
    return graph


def _graph() -> Graph:
    graph = OrderedGraph(bind_namespaces="none")
    for prefix, space in PREFIXES.items():
        graph.bind(prefix, space)
    return graph


def _dataset(
    graph: Graph, layer: PublicLayer, settings: Settings, base: str, service: URIRef | None
) -> URIRef:
    entry, page = layer.entry, base + path_of("layer", "tr", name=layer.name)
    dataset = URIRef(f"{page}#kume")
    graph.add((dataset, RDF.type, DCAT.Dataset))
    _say(graph, dataset, DCTERMS.title, entry.title)
    _say(graph, dataset, DCTERMS.description, entry.description)
    for language in LANGUAGES:
        for word in entry.keywords.say(language):
            graph.add((dataset, DCAT.keyword, Literal(word, lang=language)))
        landing = URIRef(base + path_of("layer", language, name=layer.name))
        graph.add((dataset, DCAT.landingPage, landing))
        _type(graph, landing, FOAF.Document)
    for path in ISO_FILES.values():
        metadata = URIRef(base + path.format(name=layer.name))
        graph.add((dataset, FOAF.page, metadata))
        _type(graph, metadata, FOAF.Document)
    theme = EU[f"data-theme/{entry.theme}"]
    frequency = EU[f"frequency/{_FREQUENCIES[entry.update_frequency]}"]
    system = URIRef(f"{_CRS}{entry.source_crs or 4326}")
    for predicate, value in (
        (DCTERMS.identifier, Literal(page)), (DCAT.version, Literal(layer.semantic_version)),
        (DCAT.theme, theme), (DCTERMS.accrualPeriodicity, frequency),
        (DCTERMS.accessRights, _PUBLIC), (DCTERMS.conformsTo, system),
        (DCTERMS.language, _LANGUAGE_CODES["tr"]), (DCTERMS.issued, _moment(layer.published_at)),
        (DCTERMS.modified, _moment(layer.published_at)),
        (DCTERMS.publisher, _publisher(graph, settings, base)),
        (DCAT.contactPoint, _contact(graph, layer, page)),
        (DCTERMS.spatial, _place(graph, layer)), (DCTERMS.temporal, _period(graph, layer)),
        (DCTERMS.provenance,
         _words_of(graph, f"koken-{layer.name}", entry.lineage, DCTERMS.ProvenanceStatement)),
        *((DCAT.distribution, each) for each in _distributions(graph, layer, base, service)),
    ):  # fmt: skip
        if value is not None:
            graph.add((dataset, predicate, value))
    _type(graph, frequency, DCTERMS.Frequency)
    _concept(graph, theme, Text(*(message(each, f"theme.{entry.theme}") for each in LANGUAGES)))
    _type(graph, _LANGUAGE_CODES["tr"], DCTERMS.LinguisticSystem)
    _type(graph, _PUBLIC, DCTERMS.RightsStatement)
    _type(graph, system, DCTERMS.Standard)
    if service is not None:
        graph.add((service, DCAT.servesDataset, dataset))
    return dataset


def _distributions(
    graph: Graph, layer: PublicLayer, base: str, service: URIRef | None
) -> Iterator[URIRef]:
    for file in layer.files:
        yield _file(graph, layer, file, base)
    if service is None:
        return
    address = URIRef(f"{base}/ogc/collections/{layer.name}")
    api = URIRef(f"{address}#dagitim")
    _distribution(graph, layer, api, address)
    _say(graph, api, DCTERMS.title, _SERVICE)
    graph.add((api, DCAT.accessService, service))
    graph.add((api, DCTERMS.format, EU["file-type/GEOJSON"]))
    graph.add((api, DCAT.mediaType, IANA["application/geo+json"]))
    _type(graph, EU["file-type/GEOJSON"], DCTERMS.MediaTypeOrExtent)
    _type(graph, IANA["application/geo+json"], DCTERMS.MediaType)
    yield api


def _file(graph: Graph, layer: PublicLayer, file: PublicFile, base: str) -> URIRef:
    address = URIRef(base + file_path(layer.name, layer.version, file.name))
    node = URIRef(f"{address}#dagitim")
    _distribution(graph, layer, node, address)
    graph.add((node, DCAT.downloadURL, address))
    graph.add((node, DCTERMS.title, Literal(file.name)))
    graph.add((node, DCAT.mediaType, IANA[file.kind]))
    _type(graph, IANA[file.kind], DCTERMS.MediaType)
    known = FORMATS.get(file.format)
    kind = IANA[file.kind] if known is None else EU[f"file-type/{known}"]
    graph.add((node, DCTERMS.format, kind))
    _type(graph, kind, DCTERMS.MediaTypeOrExtent)
    graph.add((node, DCAT.byteSize, Literal(file.size, datatype=XSD.nonNegativeInteger)))
    checksum = BNode(f"ozet-{layer.name}-{file.format}")
    for predicate, value in (
        (RDF.type, SPDX.Checksum), (SPDX.algorithm, SPDX.checksumAlgorithm_sha256),
        (SPDX.checksumValue, Literal(file.sha256, datatype=XSD.hexBinary)),
    ):  # fmt: skip
        graph.add((checksum, predicate, value))
    _type(graph, SPDX.checksumAlgorithm_sha256, SPDX.ChecksumAlgorithm)
    graph.add((node, SPDX.checksum, checksum))
    return node


def _distribution(graph: Graph, layer: PublicLayer, node: URIRef, address: URIRef) -> None:
    """What a file and the service have in common."""
    licence = _licence(layer)
    available = EU["planned-availability/STABLE"]
    graph.add((node, RDF.type, DCAT.Distribution))
    _say(graph, node, DCTERMS.description, layer.entry.description)
    for predicate, value in (
        (DCAT.accessURL, address), (DCTERMS.license, licence), (DCATAP.availability, available),
        (DCTERMS.issued, _moment(layer.published_at)),
        (DCTERMS.modified, _moment(layer.published_at)),
        (DCTERMS.rights,
         _words_of(graph, f"haklar-{layer.name}", attribution(layer), DCTERMS.RightsStatement)),
    ):  # fmt: skip
        graph.add((node, predicate, value))
    _type(graph, licence, DCTERMS.LicenseDocument)
    _concept(graph, available, _STABLE)
    name = layer.entry.licence.name
    known = _LICENCE_TITLES.get(_LICENCES.get(layer.entry.licence.uri, ""), name)
    _say(graph, licence, DCTERMS.title, Text(name, known))
    _say(graph, licence, RDFS.label, Text(name, name))
    graph.add((licence, RDFS.seeAlso, URIRef(layer.entry.licence.uri)))


def _service(graph: Graph, settings: Settings, base: str) -> URIRef:
    service = URIRef(f"{base}/ogc#servis")
    graph.add((service, RDF.type, DCAT.DataService))
    _say(graph, service, DCTERMS.title, _SERVICE)
    description = URIRef(f"{base}/ogc/openapi")
    for predicate, value in (
        (DCAT.endpointURL, URIRef(f"{base}/ogc")), (DCAT.endpointDescription, description),
        (DCTERMS.conformsTo, URIRef(_FEATURES)), (DCTERMS.license, EU["licence/CC_BY_4_0"]),
        (DCTERMS.accessRights, _PUBLIC), (DCTERMS.publisher, _publisher(graph, settings, base)),
    ):  # fmt: skip
        graph.add((service, predicate, value))
    _type(graph, URIRef(_FEATURES), DCTERMS.Standard)
    _type(graph, _PUBLIC, DCTERMS.RightsStatement)
    _type(graph, EU["licence/CC_BY_4_0"], DCTERMS.LicenseDocument)
    return service


def _publisher(graph: Graph, settings: Settings, base: str) -> URIRef:
    agent = URIRef(f"{base}/#kurum")
    portal = settings.portal
    graph.add((agent, RDF.type, FOAF.Agent))
    _say(graph, agent, FOAF.name, Text(portal.organisation_tr, portal.organisation_en))
    kind = URIRef("http://purl.org/adms/publishertype/LocalAuthority")
    graph.add((agent, DCTERMS.type, kind))
    _concept(graph, kind, _LOCAL)
    graph.add((agent, FOAF.homepage, URIRef(f"{base}/")))
    return agent


def _contact(graph: Graph, layer: PublicLayer, page: str) -> URIRef:
    entry, contact = layer.entry, URIRef(f"{page}#iletisim")
    email = URIRef(f"mailto:{entry.contact.email}")
    graph.add((contact, RDF.type, VCARD.Organization))
    graph.add((contact, RDF.type, VCARD.Kind))
    # GeoDCAT-AP allows one of each, so they are in the language of the municipality.
    graph.add((contact, VCARD.fn, Literal(entry.contact.role.tr, lang="tr")))
    graph.add((contact, VCARD["organization-name"], Literal(entry.owner_unit.tr, lang="tr")))
    graph.add((contact, VCARD.hasEmail, email))
    _type(graph, email, VCARD.Email)
    return contact


def _place(graph: Graph, layer: PublicLayer) -> Node | None:
    if layer.extent is None:
        return None
    west, south, east, north = (f"{edge:.7f}" for edge in layer.extent)
    ring = (
        f"POLYGON(({west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}))"
    )
    place = BNode(f"yer-{layer.name}")
    box = Literal(ring, datatype=GEOSPARQL.wktLiteral)
    graph.add((place, RDF.type, DCTERMS.Location))
    graph.add((place, DCAT.bbox, box))
    return place


def _period(graph: Graph, layer: PublicLayer) -> Node | None:
    first, last = span(layer)
    if first is None:
        return None
    period = BNode(f"donem-{layer.name}")
    graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
    graph.add((period, DCAT.startDate, _day(first)))
    if last is not None:
        graph.add((period, DCAT.endDate, _day(last)))
    return period


def _paged(graph: Graph, catalogue: URIRef, page: Page) -> None:
    view = URIRef(page.address)
    graph.add((view, RDF.type, HYDRA.PartialCollectionView))
    graph.add((view, RDF.type, HYDRA.PagedCollection))
    graph.add((catalogue, HYDRA.view, view))
    for predicate, value in (
        (HYDRA.totalItems, Literal(page.total)), (HYDRA.itemsPerPage, Literal(page.size)),
        (HYDRA.first, URIRef(page.first)), (HYDRA.last, URIRef(page.last)),
        (HYDRA.firstPage, Literal(page.first)), (HYDRA.lastPage, Literal(page.last)),
    ):  # fmt: skip
        graph.add((view, predicate, value))
    if page.following is not None:
        graph.add((view, HYDRA.next, URIRef(page.following)))
        graph.add((view, HYDRA.nextPage, Literal(page.following)))
    if page.previous is not None:
        graph.add((view, HYDRA.previous, URIRef(page.previous)))
        graph.add((view, HYDRA.previousPage, Literal(page.previous)))


def _licence(layer: PublicLayer) -> URIRef:
    known = _LICENCES.get(layer.entry.licence.uri)
    return EU[f"licence/{known}"] if known else URIRef(layer.entry.licence.uri)


def _words_of(graph: Graph, name: str, words: Words | Text, kind: URIRef) -> Node:
    node = BNode(name)
    graph.add((node, RDF.type, kind))
    _say(graph, node, RDFS.label, words)
    return node


def _say(graph: Graph, subject: Node, predicate: URIRef, words: Words | Text | Any) -> None:
    for language in LANGUAGES:
        graph.add((subject, predicate, Literal(words.say(language), lang=language)))


def _concept(graph: Graph, subject: URIRef, words: Text) -> None:
    _type(graph, subject, SKOS.Concept)
    _say(graph, subject, SKOS.prefLabel, words)


def _type(graph: Graph, subject: URIRef, kind: URIRef) -> None:
    graph.add((subject, RDF.type, kind))


def _moment(moment: datetime) -> Literal:
    return Literal(moment.isoformat(timespec="seconds"), datatype=XSD.dateTime)


def _day(said: str) -> Literal:
    return Literal(date.fromisoformat(said[:10]).isoformat(), datatype=XSD.date)


def _page(base: str, path: str, number: int) -> str:
    return f"{base}{path}" if number == 1 else f"{base}{path}?page={number}"
