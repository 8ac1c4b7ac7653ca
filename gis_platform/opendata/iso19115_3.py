"""A data set as ISO 19115-3:2016 XML, the encoding of ISO 19115-1 the national portal shows.

Turkish is the language of the record, English stands beside it as ``PT_FreeText``. Quality is that
of ISO 19157 (namespace ``mdq``).
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

from gis_platform.opendata.iso19139 import time_period
from gis_platform.opendata.iso_facts import (
    GML,
    XLINK,
    XSI,
    Builder,
    IsoFacts,
    KeywordGroup,
    Online,
    Said,
    format_name,
)

_ISO = "http://standards.iso.org/iso/19115/-3/"
SPACES = {
    **{name: f"{_ISO}{name}/1.0" for name in ("gco", "gex", "lan", "mcc", "mco", "mmi", "mrd",
                                              "mri", "mrs")},
    **{name: f"{_ISO}{name}/2.0" for name in ("cit", "mdb", "mrl")},
    "mdq": "http://standards.iso.org/iso/19157/-2/mdq/1.0",
    "gml": GML, "xlink": XLINK, "xsi": XSI,
}  # fmt: skip
_LISTS = "http://standards.iso.org/iso/19115/resources/Codelists/cat/codelists.xml#"
_LANGUAGES = "http://www.loc.gov/standards/iso639-2/"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_MEGABYTE = 1_000_000
E = Builder(SPACES)


def iso19115_3(facts: IsoFacts) -> bytes:
    """The record as a document."""
    root = E(
        "mdb:MD_Metadata",
        E("mdb:metadataIdentifier", E("mcc:MD_Identifier", E("mcc:code", _text(facts.identifier)))),
        E("mdb:defaultLocale", _locale("tur", "TR")),
        E("mdb:metadataScope", E("mdb:MD_MetadataScope", E(
            "mdb:resourceScope", _code("mcc:MD_ScopeCode", "dataset"),
        ))),
        E("mdb:contact", _party(facts, "pointOfContact")),
        E("mdb:dateInfo", _date(facts.stamp, "revision")),
        E("mdb:metadataStandard", E(
            "cit:CI_Citation", E("cit:title", _text("ISO 19115-1:2014")),
            E("cit:edition", _text("ISO 19115-3:2016")),
        )),
        E("mdb:otherLocale", _locale("eng", "EN")),
        E("mdb:metadataLinkage", _resource(facts.online[0])),
        *(E("mdb:referenceSystemInfo", _system(code)) for code in facts.systems),
        E("mdb:identificationInfo", _identification(facts)),
        E("mdb:distributionInfo", _distribution(facts)),
        E("mdb:dataQualityInfo", _quality(facts)) if facts.layer.entry.accuracy else None,
        E("mdb:resourceLineage", E(
            "mrl:LI_Lineage", _free("mrl:statement", facts.layer.entry.lineage),
            E("mrl:scope", _scope()),
        )),
    )  # fmt: skip
    location = f"{SPACES['mdb']} {SPACES['mdb']}/mdb.xsd"
    root.set(E.name("xsi:schemaLocation"), location)
    return E.document(root)


def _identification(facts: IsoFacts) -> ET.Element:
    entry = facts.layer.entry
    return E(
        "mri:MD_DataIdentification",
        E("mri:citation", E(
            "cit:CI_Citation",
            _free("cit:title", entry.title),
            E("cit:date", _date(facts.stamp, "publication")),
            E("cit:edition", _text(facts.layer.semantic_version)),
            E("cit:identifier", E("mcc:MD_Identifier", E("mcc:code", _text(facts.page)))),
        )),
        _free("mri:abstract", entry.description),
        E("mri:status", _code("mcc:MD_ProgressCode", "onGoing")),
        E("mri:pointOfContact", _party(facts, "pointOfContact")),
        E("mri:pointOfContact", _publisher(facts, "publisher")),
        E("mri:spatialRepresentationType", _code("mcc:MD_SpatialRepresentationTypeCode", "vector")),
        E("mri:topicCategory", E("mri:MD_TopicCategoryCode", facts.topic)),
        E("mri:extent", _extent(facts)),
        E("mri:resourceMaintenance", _maintenance(facts)),
        *(E("mri:descriptiveKeywords", _keywords(each)) for each in facts.keywords),
        *(E("mri:resourceConstraints", each) for each in _constraints(facts)),
        E("mri:defaultLocale", _locale("tur", "TR_DATA")),
    )  # fmt: skip


def _maintenance(facts: IsoFacts) -> ET.Element:
    due = facts.layer.entry.next_due
    return E(
        "mmi:MD_MaintenanceInformation",
        E("mmi:maintenanceAndUpdateFrequency",
          _code("mmi:MD_MaintenanceFrequencyCode", facts.frequency)),
        E("mmi:maintenanceDate", _date(due.isoformat(), "nextUpdate")) if due else None,
    )  # fmt: skip


def _keywords(group: KeywordGroup) -> ET.Element:
    thesaurus = None
    if group.thesaurus is not None and group.day is not None:
        thesaurus = E("mri:thesaurusName", E(
            "cit:CI_Citation", _free("cit:title", group.thesaurus),
            E("cit:date", _date(group.day, "publication")),
        ))  # fmt: skip
    return E(
        "mri:MD_Keywords", *(_free("mri:keyword", word) for word in group.words),
        E("mri:type", _code("mri:MD_KeywordTypeCode", "theme")), thesaurus,
    )  # fmt: skip


def _constraints(facts: IsoFacts) -> Iterator[ET.Element]:
    limits = facts.layer.entry.limits
    yield E(
        "mco:MD_LegalConstraints",
        E("mco:accessConstraints", _code("mco:MD_RestrictionCode", "otherRestrictions")),
        _free("mco:otherConstraints", facts.access),
    )
    yield E(
        "mco:MD_LegalConstraints",
        _free("mco:useLimitation", limits) if limits else None,
        E("mco:useConstraints", _code("mco:MD_RestrictionCode", "licence")),
        E("mco:useConstraints", _code("mco:MD_RestrictionCode", "otherRestrictions")),
        *(_free("mco:otherConstraints", each) for each in facts.uses),
    )


def _extent(facts: IsoFacts) -> ET.Element:
    box = temporal = None
    if facts.layer.extent is not None:
        west, south, east, north = (f"{edge:.7f}" for edge in facts.layer.extent)
        box = E("gex:geographicElement", E(
            "gex:EX_GeographicBoundingBox",
            E("gex:westBoundLongitude", E("gco:Decimal", west)),
            E("gex:eastBoundLongitude", E("gco:Decimal", east)),
            E("gex:southBoundLatitude", E("gco:Decimal", south)),
            E("gex:northBoundLatitude", E("gco:Decimal", north)),
        ))  # fmt: skip
    if facts.period is not None:
        temporal = E("gex:temporalElement", E(
            "gex:EX_TemporalExtent", E("gex:extent", time_period(E, facts.period)),
        ))  # fmt: skip
    return E("gex:EX_Extent", box, temporal)


def _distribution(facts: IsoFacts) -> ET.Element:
    return E(
        "mrd:MD_Distribution",
        *(E("mrd:distributionFormat", E("mrd:MD_Format", E(
            "mrd:formatSpecificationCitation",
            E("cit:CI_Citation", E("cit:title", _text(format_name(each)))),
        ))) for each in facts.formats),
        E("mrd:distributor", E(
            "mrd:MD_Distributor", E("mrd:distributorContact", _publisher(facts, "distributor")),
        )),
        *(E("mrd:transferOptions", _transfer(each)) for each in facts.online),
    )  # fmt: skip


def _transfer(online: Online) -> ET.Element:
    size = None
    if online.size is not None:
        size = E("mrd:transferSize", E("gco:Real", f"{online.size / _MEGABYTE:.6f}"))
    return E("mrd:MD_DigitalTransferOptions", size, E("mrd:onLine", _resource(online)))


def _resource(online: Online) -> ET.Element:
    return E(
        "cit:CI_OnlineResource",
        E("cit:linkage", _text(online.address)),
        E("cit:protocol", _text(online.protocol)),
        _free("cit:name", online.name),
        E("cit:function", _code("cit:CI_OnLineFunctionCode", online.function)),
    )


def _quality(facts: IsoFacts) -> ET.Element | None:
    accuracy = facts.layer.entry.accuracy
    if accuracy is None:
        return None
    return E(
        "mdq:DQ_DataQuality",
        E("mdq:scope", _scope()),
        E("mdq:report", E(
            "mdq:DQ_AbsoluteExternalPositionalAccuracy",
            E("mdq:result", E("mdq:DQ_DescriptiveResult", _free("mdq:statement", accuracy))),
        )),
    )  # fmt: skip


def _scope() -> ET.Element:
    return E("mcc:MD_Scope", E("mcc:level", _code("mcc:MD_ScopeCode", "dataset")))


def _system(code: int) -> ET.Element:
    return E("mrs:MD_ReferenceSystem", E("mrs:referenceSystemIdentifier", E(
        "mcc:MD_Identifier",
        E("mcc:code", _text(f"{_EPSG}{code}")), E("mcc:codeSpace", _text("EPSG")),
    )))  # fmt: skip


def _party(facts: IsoFacts, role: str) -> ET.Element:
    """The unit that answers for the data: a role and its address, never a person."""
    entry = facts.layer.entry
    return E(
        "cit:CI_Responsibility",
        E("cit:role", _code("cit:CI_RoleCode", role)),
        E("cit:party", E(
            "cit:CI_Organisation",
            _free("cit:name", entry.owner_unit),
            E("cit:contactInfo", E("cit:CI_Contact", E("cit:address", E(
                "cit:CI_Address", E("cit:electronicMailAddress", _text(entry.contact.email)),
            )))),
            E("cit:individual", E(
                "cit:CI_Individual", _free("cit:positionName", entry.contact.role),
            )),
        )),
    )  # fmt: skip


def _publisher(facts: IsoFacts, role: str) -> ET.Element:
    return E(
        "cit:CI_Responsibility",
        E("cit:role", _code("cit:CI_RoleCode", role)),
        E("cit:party", E("cit:CI_Organisation", _free("cit:name", facts.organisation))),
    )


def _date(said: str, kind: str) -> ET.Element:
    which = "gco:DateTime" if "T" in said else "gco:Date"
    return E(
        "cit:CI_Date", E("cit:date", E(which, said)),
        E("cit:dateType", _code("cit:CI_DateTypeCode", kind)),
    )  # fmt: skip


def _locale(language: str, name: str) -> ET.Element:
    return E(
        "lan:PT_Locale",
        E("lan:language", E("lan:LanguageCode", language, codeList=_LANGUAGES,
                            codeListValue=language)),
        E("lan:characterEncoding", _code("lan:MD_CharacterSetCode", "utf8")),
        id=name,
    )  # fmt: skip


def _free(name: str, words: Said) -> ET.Element:
    """A text in both languages."""
    english = E("lan:LocalisedCharacterString", words.en, locale="#EN")
    element = E(name, _text(words.tr), E("lan:PT_FreeText", E("lan:textGroup", english)))
    element.set(E.name("xsi:type"), "lan:PT_FreeText_PropertyType")
    return element


def _text(said: str) -> ET.Element:
    return E("gco:CharacterString", said)


def _code(kind: str, value: str) -> ET.Element:
    local = kind.partition(":")[2]
    return E(kind, value, codeList=f"{_LISTS}{local}", codeListValue=value)
