"""A data set as ISO 19139:2007 XML, the encoding of ISO 19115:2003 that most catalogues harvest.

Turkish is the language of the record, English stands beside it as ``PT_FreeText``.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

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

SPACES = {
    "gmd": "http://www.isotc211.org/2005/gmd", "gco": "http://www.isotc211.org/2005/gco",
    "gml": GML, "xlink": XLINK, "xsi": XSI,
}  # fmt: skip
_LISTS = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#"
_LANGUAGES = "http://www.loc.gov/standards/iso639-2/"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_MEGABYTE = 1_000_000
E = Builder(SPACES)


def iso19139(facts: IsoFacts) -> bytes:
    """The record as a document."""
    layer = facts.layer
    root = E(
        "gmd:MD_Metadata",
        E("gmd:fileIdentifier", _text(facts.identifier)),
        E("gmd:language", _language("tur")),
        E("gmd:characterSet", _code("MD_CharacterSetCode", "utf8")),
        E("gmd:hierarchyLevel", _code("MD_ScopeCode", "dataset")),
        E("gmd:contact", _party(facts, "pointOfContact")),
        E("gmd:dateStamp", E("gco:DateTime", facts.stamp)),
        E("gmd:metadataStandardName", _text("ISO 19115:2003/19139")),
        E("gmd:metadataStandardVersion", _text("1.0")),
        E("gmd:dataSetURI", _text(facts.page)),
        E("gmd:locale", _english()),
        *(E("gmd:referenceSystemInfo", _system(code)) for code in facts.systems),
        E("gmd:identificationInfo", _identification(facts)),
        E("gmd:distributionInfo", _distribution(facts)),
        E("gmd:dataQualityInfo", _quality(facts)),
    )
    schema = "http://schemas.opengis.net/iso/19139/20070417/gmd/gmd.xsd"
    root.set(E.name("xsi:schemaLocation"), f"{SPACES['gmd']} {schema}")
    root.set("id", f"{layer.name}_v{layer.version}")
    return E.document(root)


def _identification(facts: IsoFacts) -> ET.Element:
    layer, entry = facts.layer, facts.layer.entry
    return E(
        "gmd:MD_DataIdentification",
        E("gmd:citation", E(
            "gmd:CI_Citation",
            _free("gmd:title", entry.title),
            E("gmd:date", _date(facts.stamp, "publication")),
            E("gmd:edition", _text(layer.semantic_version)),
            E("gmd:identifier", E("gmd:MD_Identifier", E("gmd:code", _text(facts.page)))),
        )),
        _free("gmd:abstract", entry.description),
        E("gmd:status", _code("MD_ProgressCode", "onGoing")),
        E("gmd:pointOfContact", _party(facts, "pointOfContact")),
        E("gmd:pointOfContact", _publisher(facts)),
        E("gmd:resourceMaintenance", _maintenance(facts)),
        *(E("gmd:descriptiveKeywords", _keywords(each)) for each in facts.keywords),
        *(E("gmd:resourceConstraints", each) for each in _constraints(facts)),
        E("gmd:spatialRepresentationType", _code("MD_SpatialRepresentationTypeCode", "vector")),
        E("gmd:language", _language("tur")),
        E("gmd:characterSet", _code("MD_CharacterSetCode", "utf8")),
        E("gmd:topicCategory", E("gmd:MD_TopicCategoryCode", facts.topic)),
        E("gmd:extent", _extent(facts)),
    )  # fmt: skip


def _maintenance(facts: IsoFacts) -> ET.Element:
    due = facts.layer.entry.next_due
    return E(
        "gmd:MD_MaintenanceInformation",
        E("gmd:maintenanceAndUpdateFrequency",
          _code("MD_MaintenanceFrequencyCode", facts.frequency)),
        E("gmd:dateOfNextUpdate", E("gco:Date", due.isoformat())) if due else None,
    )  # fmt: skip


def _keywords(group: KeywordGroup) -> ET.Element:
    thesaurus = None
    if group.thesaurus is not None and group.day is not None:
        thesaurus = E("gmd:thesaurusName", E(
            "gmd:CI_Citation", _free("gmd:title", group.thesaurus),
            E("gmd:date", _date(group.day, "publication")),
        ))  # fmt: skip
    return E(
        "gmd:MD_Keywords", *(_free("gmd:keyword", word) for word in group.words),
        E("gmd:type", _code("MD_KeywordTypeCode", "theme")), thesaurus,
    )  # fmt: skip


def _constraints(facts: IsoFacts) -> Iterator[ET.Element]:
    limits = facts.layer.entry.limits
    yield E(
        "gmd:MD_LegalConstraints",
        E("gmd:accessConstraints", _code("MD_RestrictionCode", "otherRestrictions")),
        _free("gmd:otherConstraints", facts.access),
    )
    yield E(
        "gmd:MD_LegalConstraints",
        _free("gmd:useLimitation", limits) if limits else None,
        E("gmd:useConstraints", _code("MD_RestrictionCode", "license")),
        E("gmd:useConstraints", _code("MD_RestrictionCode", "otherRestrictions")),
        *(_free("gmd:otherConstraints", each) for each in facts.uses),
    )


def _extent(facts: IsoFacts) -> ET.Element:
    box = temporal = None
    if facts.layer.extent is not None:
        west, south, east, north = (f"{edge:.7f}" for edge in facts.layer.extent)
        box = E("gmd:geographicElement", E(
            "gmd:EX_GeographicBoundingBox",
            E("gmd:westBoundLongitude", E("gco:Decimal", west)),
            E("gmd:eastBoundLongitude", E("gco:Decimal", east)),
            E("gmd:southBoundLatitude", E("gco:Decimal", south)),
            E("gmd:northBoundLatitude", E("gco:Decimal", north)),
        ))  # fmt: skip
    if facts.period is not None:
        temporal = E("gmd:temporalElement", E(
            "gmd:EX_TemporalExtent", E("gmd:extent", time_period(E, facts.period)),
        ))  # fmt: skip
    return E("gmd:EX_Extent", box, temporal)


def time_period(make: Builder, period: tuple[str, str | None]) -> ET.Element:
    """A span of days in GML; an open end is “now”."""
    first, last = period
    end = make("gml:endPosition", last) if last else make("gml:endPosition",
                                                          indeterminatePosition="now")  # fmt: skip
    return make("gml:TimePeriod", make("gml:beginPosition", first), end, gml_id="donem")


def _distribution(facts: IsoFacts) -> ET.Element:
    return E(
        "gmd:MD_Distribution",
        *(E("gmd:distributionFormat", E(
            "gmd:MD_Format", E("gmd:name", _text(format_name(each))),
            E("gmd:version", gco_nilReason="unknown"),
        )) for each in facts.formats),
        E("gmd:distributor", E(
            "gmd:MD_Distributor", E("gmd:distributorContact", _publisher(facts, "distributor")),
        )),
        *(E("gmd:transferOptions", _transfer(each)) for each in facts.online),
    )  # fmt: skip


def _transfer(online: Online) -> ET.Element:
    size = None
    if online.size is not None:
        size = E("gmd:transferSize", E("gco:Real", f"{online.size / _MEGABYTE:.6f}"))
    return E("gmd:MD_DigitalTransferOptions", size, E("gmd:onLine", E(
        "gmd:CI_OnlineResource",
        E("gmd:linkage", E("gmd:URL", online.address)),
        E("gmd:protocol", _text(online.protocol)),
        _free("gmd:name", online.name),
        E("gmd:function", _code("CI_OnLineFunctionCode", online.function)),
    )))  # fmt: skip


def _quality(facts: IsoFacts) -> ET.Element:
    entry = facts.layer.entry
    report = None
    if entry.accuracy is not None:
        report = E("gmd:report", E(
            "gmd:DQ_AbsoluteExternalPositionalAccuracy",
            _free("gmd:measureDescription", entry.accuracy),
            E("gmd:result", gco_nilReason="inapplicable"),
        ))  # fmt: skip
    return E(
        "gmd:DQ_DataQuality",
        E("gmd:scope", E("gmd:DQ_Scope", E("gmd:level", _code("MD_ScopeCode", "dataset")))),
        report,
        E("gmd:lineage", E("gmd:LI_Lineage", _free("gmd:statement", entry.lineage))),
    )  # fmt: skip


def _system(code: int) -> ET.Element:
    return E("gmd:MD_ReferenceSystem", E("gmd:referenceSystemIdentifier", E(
        "gmd:RS_Identifier",
        E("gmd:code", _text(f"{_EPSG}{code}")), E("gmd:codeSpace", _text("EPSG")),
    )))  # fmt: skip


def _party(facts: IsoFacts, role: str) -> ET.Element:
    """The unit that answers for the data: a role and its address, never a person."""
    entry = facts.layer.entry
    return E(
        "gmd:CI_ResponsibleParty",
        _free("gmd:organisationName", entry.owner_unit),
        _free("gmd:positionName", entry.contact.role),
        E("gmd:contactInfo", E("gmd:CI_Contact", E("gmd:address", E(
            "gmd:CI_Address", E("gmd:electronicMailAddress", _text(entry.contact.email)),
        )))),
        E("gmd:role", _code("CI_RoleCode", role)),
    )  # fmt: skip


def _publisher(facts: IsoFacts, role: str = "publisher") -> ET.Element:
    return E(
        "gmd:CI_ResponsibleParty",
        _free("gmd:organisationName", facts.organisation),
        E("gmd:role", _code("CI_RoleCode", role)),
    )


def _date(said: str, kind: str) -> ET.Element:
    which = "gco:DateTime" if "T" in said else "gco:Date"
    return E(
        "gmd:CI_Date", E("gmd:date", E(which, said)),
        E("gmd:dateType", _code("CI_DateTypeCode", kind)),
    )  # fmt: skip


def _english() -> ET.Element:
    return E(
        "gmd:PT_Locale",
        E("gmd:languageCode", _language("eng")),
        E("gmd:characterEncoding", _code("MD_CharacterSetCode", "utf8")),
        id="EN",
    )


def _free(name: str, words: Said) -> ET.Element:
    """A text in both languages."""
    english = E("gmd:LocalisedCharacterString", words.en, locale="#EN")
    element = E(name, _text(words.tr), E("gmd:PT_FreeText", E("gmd:textGroup", english)))
    element.set(E.name("xsi:type"), "gmd:PT_FreeText_PropertyType")
    return element


def _text(said: str) -> ET.Element:
    return E("gco:CharacterString", said)


def _language(code: str) -> ET.Element:
    return E("gmd:LanguageCode", code, codeList=_LANGUAGES, codeListValue=code)


def _code(kind: str, value: str) -> ET.Element:
    return E(f"gmd:{kind}", value, codeList=f"{_LISTS}{kind}", codeListValue=value)
