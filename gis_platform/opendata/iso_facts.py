"""What both ISO metadata encodings say of a data set, gathered once; and the making of XML."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from gis_platform.core.errors import Text
from gis_platform.core.settings import Settings
from gis_platform.core.text import clean
from gis_platform.opendata.catalogue import Words, tucbs_themes
from gis_platform.opendata.exporter import exporters
from gis_platform.opendata.ogc import attribution
from gis_platform.opendata.portal.messages import message
from gis_platform.opendata.portal.paths import file_path, path_of
from gis_platform.opendata.public import PublicLayer
from gis_platform.opendata.records import span

Said = Words | Text
XLINK = "http://www.w3.org/1999/xlink"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
GML = "http://www.opengis.net/gml/3.2"
FREQUENCIES = {
    "daily": "daily", "weekly": "weekly", "monthly": "monthly", "quarterly": "quarterly",
    "annual": "annually", "irregular": "irregular",
}  # fmt: skip
"""Codes of ``MD_MaintenanceFrequencyCode``."""
_TOPICS = {
    "AGRI": "farming", "ECON": "economy", "EDUC": "society", "ENER": "utilitiesCommunication",
    "ENVI": "environment", "GOVE": "planningCadastre", "HEAL": "health", "INTR": "society",
    "JUST": "society", "REGI": "location", "SOCI": "society", "TECH": "geoscientificInformation",
    "TRAN": "transportation",
}  # fmt: skip
_EU_THEMES = Text("Avrupa Birliği veri temaları", "Data themes of the European Union")
_EU_DAY = "2015-10-01"
_TUCBS = Text("TUCBS veri temaları", "Themes of the national GIS (TUCBS)")
_TUCBS_DAY = "2012-11-01"
_OPEN = Text("Kamu erişimine kısıt yoktur.", "No limitation on public access.")
_RIGHTS = Text("Üçüncü kişilerin hakları: {said}", "Rights of others: {said}")
_LICENCE = Text("Lisans: {name}, {uri}", "Licence: {name}, {uri}")
_PAGE = Text("Veri kümesinin sayfası", "Page of the data set")
_API = Text("OGC API – Features", "OGC API – Features")


@dataclass(frozen=True)
class KeywordGroup:
    """Keywords of one thesaurus, or free ones; ``day`` = when the thesaurus was published."""

    words: tuple[Text, ...]
    thesaurus: Text | None = None
    day: str | None = None


@dataclass(frozen=True)
class Online:
    """An address: a file, the service or the page; ``function`` as ``CI_OnLineFunctionCode``."""

    address: str
    name: Said
    protocol: str
    function: str
    size: int | None = None


@dataclass(frozen=True)
class IsoFacts:
    """A data set as ISO 19115 speaks of one.

    Attributes:
        identifier: of the metadata, the same for every version.
        stamp: moment the version was published, ISO 8601.
        organisation: who publishes; ``layer.entry.owner_unit`` answers for the data.
        systems: EPSG codes: of the files, then of the coordinates as they were measured.
        period: first and last day; an open end is ``None``.
        uses: licence, attribution and rights of others.
    """

    layer: PublicLayer
    identifier: str
    page: str
    stamp: str
    organisation: Text
    topic: str
    frequency: str
    systems: tuple[int, ...]
    period: tuple[str, str | None] | None
    keywords: tuple[KeywordGroup, ...]
    access: Text
    uses: tuple[Said, ...]
    formats: tuple[str, ...]
    online: tuple[Online, ...]


def iso_facts(layer: PublicLayer, settings: Settings, base: str, *, is_copy: bool) -> IsoFacts:
    """Gather what is said of a public version.

    Args:
        layer: a public version.
        settings: who publishes.
        base: where the portal lies, without a slash at the end.
        is_copy: whether no server stands behind it: then no service is named.
    """
    entry, page = layer.entry, base + path_of("layer", "tr", name=layer.name)
    first, last = span(layer)
    own = entry.source_crs
    return IsoFacts(
        layer=layer, page=page, identifier=str(uuid5(NAMESPACE_URL, page)),
        stamp=layer.published_at.isoformat(timespec="seconds"),
        organisation=Text(settings.portal.organisation_tr, settings.portal.organisation_en),
        topic=_TOPICS[entry.theme], frequency=FREQUENCIES[entry.update_frequency],
        systems=(4326, own) if own and own != 4326 else (4326,),  # noqa: PLR2004  # WGS 84
        period=None if first is None else (first[:10], last[:10] if last else None),
        keywords=tuple(_keywords(layer)), access=_OPEN, uses=tuple(_uses(layer)),
        formats=tuple(file.format for file in layer.files),
        online=tuple(_online(layer, base, page, is_copy=is_copy)),
    )  # fmt: skip


def format_name(name: str) -> str:
    """A format as people call it; by its own name where it is no longer made."""
    return exporters[name].title.en if name in exporters else name


def _keywords(layer: PublicLayer) -> Iterable[KeywordGroup]:
    entry = layer.entry
    pairs = zip(entry.keywords.tr, entry.keywords.en, strict=False)
    both = [Text(turkish, english) for turkish, english in pairs]
    count = len(both)
    single = [*entry.keywords.tr[count:], *entry.keywords.en[count:]]
    yield KeywordGroup((*both, *(Text(word, word) for word in single)))
    theme = f"theme.{entry.theme}"
    yield KeywordGroup((Text(message("tr", theme), message("en", theme)),), _EU_THEMES, _EU_DAY)
    if entry.tucbs_theme is not None:
        named = tucbs_themes()[entry.tucbs_theme]
        yield KeywordGroup((Text(named["tr"], named["en"]),), _TUCBS, _TUCBS_DAY)


def _uses(layer: PublicLayer) -> Iterable[Said]:
    licence, rights = layer.entry.licence, layer.entry.third_party_rights
    yield _LICENCE.fill(name=licence.name, uri=licence.uri)
    yield attribution(layer)
    if rights is not None:
        yield Text(_RIGHTS.tr.format(said=rights.tr), _RIGHTS.en.format(said=rights.en))


def _online(layer: PublicLayer, base: str, page: str, *, is_copy: bool) -> Iterable[Online]:
    yield Online(page, _PAGE, "WWW:LINK-1.0-http--link", "information")
    for file in layer.files:
        address = base + file_path(layer.name, layer.version, file.name)
        name = Text(file.name, file.name)
        yield Online(address, name, "WWW:DOWNLOAD-1.0-http--download", "download", file.size)
    if not is_copy:
        yield Online(f"{base}/ogc/collections/{layer.name}", _API, "OGC API Features", "download")


# ---------------------------------------------------------------- XML


class Builder:
    """Makes elements whose names are written ``prefix:name``."""

    def __init__(self, spaces: Mapping[str, str]) -> None:
        self._spaces = spaces

    def name(self, said: str) -> str:
        """The whole name of ``prefix:name``."""
        prefix, _, local = said.partition(":")
        return f"{{{self._spaces[prefix]}}}{local}" if local else said

    def __call__(
        self, said: str, *inside: ET.Element | str | None, **attributes: str
    ) -> ET.Element:
        """An element with text or elements inside; what is ``None`` is left out.

        Attributes are written ``gco_nilReason`` for ``gco:nilReason``.
        """
        given = {self.name(key.replace("_", ":", 1)): value for key, value in attributes.items()}
        element = ET.Element(self.name(said), given)
        for each in inside:
            if isinstance(each, str):
                element.text = clean(each)
            elif each is not None:
                element.append(each)
        return element

    def document(self, root: ET.Element) -> bytes:
        """The document, in UTF-8, with the prefixes its readers know."""
        for prefix, space in self._spaces.items():
            ET.register_namespace(prefix, space)
        ET.indent(root, " ")
        written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
        return written + b"\n"
