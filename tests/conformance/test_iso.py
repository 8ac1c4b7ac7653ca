"""ISO 19139 and ISO 19115-3 of every data set: read back by OWSLib field by field, and by XSD.

The schemas are those of ISO/TC 211 and OGC as the package ``ckanext-iso19115`` carries them (it is
not installed: the tests of schemas run where ``ISO_SCHEMAS`` names its folder ``namespaces``, see
docs/develop/release.md).
"""

import os
import re
import shutil
from pathlib import Path

import pytest
from lxml import etree
from owslib.iso import MD_Metadata as Iso19139
from owslib.iso3 import MD_Metadata as Iso3

from tests.conformance.conftest import COLLECTIONS

DAY = re.compile(r"<gco:DateTime>[^<]*<")
KINDS = ("iso19139", "iso19115-3")
PARSER = etree.XMLParser(no_network=True, resolve_entities=False)
NAMES = {
    "gmd": "http://www.isotc211.org/2005/gmd", "gco": "http://www.isotc211.org/2005/gco",
    "gml": "http://www.opengis.net/gml/3.2",
    "mdb": "http://standards.iso.org/iso/19115/-3/mdb/2.0",
    "mri": "http://standards.iso.org/iso/19115/-3/mri/1.0",
    "cit": "http://standards.iso.org/iso/19115/-3/cit/2.0",
    "lan": "http://standards.iso.org/iso/19115/-3/lan/1.0",
    "gex": "http://standards.iso.org/iso/19115/-3/gex/1.0",
    "mco": "http://standards.iso.org/iso/19115/-3/mco/1.0",
    "mdq": "http://standards.iso.org/iso/19157/-2/mdq/1.0",
    "mrl": "http://standards.iso.org/iso/19115/-3/mrl/2.0",
    "mrs": "http://standards.iso.org/iso/19115/-3/mrs/1.0",
    "g3": "http://standards.iso.org/iso/19115/-3/gco/1.0",
}  # fmt: skip
XLINK = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="http://www.w3.org/1999/xlink"><xs:attributeGroup name="simpleAttrs">
 <xs:attribute name="type" type="xs:string" fixed="simple"/>
 <xs:attribute name="href" type="xs:anyURI"/><xs:attribute name="role" type="xs:anyURI"/>
 <xs:attribute name="arcrole" type="xs:anyURI"/><xs:attribute name="title" type="xs:string"/>
 <xs:attribute name="show" type="xs:string"/><xs:attribute name="actuate" type="xs:string"/>
 </xs:attributeGroup></xs:schema>"""


def base_of(ogc):
    return ogc.url.removesuffix("/ogc")


def fetch(ogc, name, kind):
    answer = ogc.client.get(f"{base_of(ogc)}/katman/{name}.{kind}.xml")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/xml"
    return answer.content


def tree(ogc, name, kind):
    return etree.fromstring(fetch(ogc, name, kind), PARSER)


def entry(ogc, name):
    """What the page's own API says of the layer, in both languages."""
    said = [
        ogc.client.get(f"{base_of(ogc)}/api/v1/layers/{name}", params={"lang": each}).json()
        for each in ("tr", "en")
    ]
    return said[0], said[1]


def read(ogc, name, kind):
    found = tree(ogc, name, kind)
    return Iso19139(found) if kind == "iso19139" else Iso3(found)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_owslib_reads_every_field(ogc, name, kind):
    turkish, english = entry(ogc, name)
    found = read(ogc, name, kind)
    (data,) = found.identification
    assert data.title == turkish["title"]
    assert data.abstract == turkish["description"]
    box = data.extent.boundingBox
    assert [float(each) for each in (box.minx, box.miny, box.maxx, box.maxy)] == pytest.approx(
        turkish["extent"], abs=1e-6
    )
    words = [word.name for group in data.keywords for word in group.keywords]
    assert len(words) >= 3
    links = [each.url for each in online_of(found)]
    for file in turkish["files"]:
        assert file["url"] in links
    assert any(link.endswith(f"/ogc/collections/{name}") for link in links)
    assert turkish["licence"]["uri"] in " ".join(data.otherconstraints)
    assert turkish["licence"]["attribution"] in data.otherconstraints
    (contact,) = found.contact
    assert contact.email
    assert contact.organization
    assert contact.role == "pointOfContact"
    assert found.referencesystem.code.endswith("/4326")
    assert english["title"] in etree.tostring(tree(ogc, name, kind), encoding="unicode").replace(
        "&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")  # fmt: skip


def online_of(found):
    if hasattr(found.distribution, "online"):
        return found.distribution.online
    return [each for part in found.distribution.transferoptions for each in part.online]


EVERY_TEXT = {
    "iso19139": ("gmd:PT_FreeText/gmd:textGroup/gmd:LocalisedCharacterString", "gco", (
        "//gmd:MD_DataIdentification/gmd:citation/gmd:CI_Citation/gmd:title",
        "//gmd:MD_DataIdentification/gmd:abstract", "//gmd:keyword", "//gmd:statement",
        "//gmd:organisationName", "//gmd:positionName", "//gmd:otherConstraints",
        "//gmd:useLimitation", "//gmd:measureDescription",
    )),
    "iso19115-3": ("lan:PT_FreeText/lan:textGroup/lan:LocalisedCharacterString", "g3", (
        "//mri:MD_DataIdentification/mri:citation/cit:CI_Citation/cit:title",
        "//mri:MD_DataIdentification/mri:abstract", "//mri:keyword", "//mrl:statement",
        "//cit:CI_Organisation/cit:name", "//cit:positionName", "//mco:otherConstraints",
        "//mco:useLimitation", "//mdq:statement",
    )),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_text_is_there_in_turkish_and_in_english(ogc, name, kind):
    found = tree(ogc, name, kind)
    english, gco, paths = EVERY_TEXT[kind]
    for path in paths:
        texts = found.xpath(path, namespaces=NAMES)
        assert texts, path
        for text in texts:
            (turkish,) = text.xpath(f"{gco}:CharacterString/text()", namespaces=NAMES)
            (other,) = text.xpath(f"{english}[@locale='#EN']/text()", namespaces=NAMES)
            assert turkish.strip()
            assert other.strip()


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_park_file_says_is_said(ogc, kind):
    text = fetch(ogc, "park", kind).decode()
    for said in (
        "Uydurma, ±0 m", "Yalnızca sınamalar için", "uyduruldu", "annually", "EPSG/0/5254",
        "2020-01-31", "park@belediye.example", "Park Bahçe", "environment", "vector", "1.0.0",
        "Parklar &lt;yeşil&gt;", "Parks &amp; &lt;green&gt;", "Third", "TUCBS",
    ):  # fmt: skip
        assert said.replace("Third", "Rights of others") in text, said
    assert "bekci_adi" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_linked_from_page_catalogue_and_record(ogc, kind):
    path = f"/katman/park.{kind}.xml"
    base = base_of(ogc)
    assert f'href="{path}"' in ogc.client.get(f"{base}/en/layer/park").text
    assert f"<{base}{path}>" in ogc.client.get(f"{base}/katman/park.ttl").text
    record = ogc.json("/collections/veri-katalogu/items/park")
    assert f"{base}{path}" in [each["href"] for each in record["links"]]


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_layer_is_not_found_and_a_known_answer_not_sent_again(ogc, kind):
    base = base_of(ogc)
    assert ogc.client.get(f"{base}/katman/yok.{kind}.xml").status_code == 404
    answer = ogc.client.get(f"{base}/katman/park.{kind}.xml")
    etag = {"If-None-Match": answer.headers["etag"]}
    assert ogc.client.get(f"{base}/katman/park.{kind}.xml", headers=etag).status_code == 304


# ---------------------------------------------------------------- schemas


@pytest.fixture(scope="module")
def schemas(tmp_path_factory):
    """Both schemas; addresses in them lead to the copy, so that nothing is fetched."""
    said = os.environ.get("ISO_SCHEMAS")
    if said is None or not Path(said).is_dir():
        pytest.skip("ISO_SCHEMAS names no folder of schemas (docs/develop/release.md)")
    root = tmp_path_factory.mktemp("iso") / "namespaces"
    shutil.copytree(said, root)
    xlink = root / "xlink.xsd"
    xlink.write_text(XLINK)
    for path in root.rglob("*.xsd"):
        text = path.read_text("utf-8", "ignore")
        new = text.replace("http://schemas.opengis.net/", f"{root}/schemas.opengis.net/")
        new = re.sub(r"http://www\.w3\.org/1999/xlink(/xlink)?\.xsd", str(xlink), new)
        new = new.replace(
            'schemaLocation="http://standards.iso.org/iso/', f'schemaLocation="{root}/'
        )
        if new != text:
            path.write_text(new, "utf-8")
    paths = {
        "iso19139": root / "schemas.opengis.net/iso/19139/20070417/gmd/gmd.xsd",
        "iso19115-3": root / "19115/-3/mds/2.0/mds.xsd",
    }
    return {kind: etree.XMLSchema(etree.parse(path, PARSER)) for kind, path in paths.items()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", COLLECTIONS)
def test_it_is_valid_against_the_schema(ogc, schemas, name, kind):
    schema = schemas[kind]
    schema.validate(tree(ogc, name, kind))
    assert [str(each) for each in schema.error_log] == []


FAULTS = {
    "iso19139": (
        "//gmd:contact", "//gmd:dateStamp", "//gmd:MD_DataIdentification/gmd:abstract",
        "//gmd:MD_DataIdentification/gmd:citation", "//gmd:CI_Citation/gmd:title",
        "//gmd:MD_DataIdentification/gmd:language", "//gmd:westBoundLongitude",
        "//gmd:date/*/gmd:date",
        "//gmd:linkage", "//gmd:CI_ResponsibleParty/gmd:role", "//gmd:MD_Format/gmd:version",
        "//gmd:DQ_DataQuality/gmd:scope", "//gml:beginPosition",
    ),
    "iso19115-3": (
        "//mdb:contact", "//mdb:dateInfo", "//mdb:identificationInfo", "//mri:abstract",
        "//mri:MD_DataIdentification/mri:citation", "//cit:CI_Citation/cit:title",
        "//gex:westBoundLongitude", "//cit:CI_Date/cit:date", "//cit:linkage",
        "//cit:CI_Responsibility/cit:role", "//cit:party", "//mdq:result", "//lan:language",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "path"), [(k, p) for k in KINDS for p in FAULTS[k]])
def test_the_schema_misses_what_is_taken_out(ogc, schemas, kind, path):
    spoilt = tree(ogc, "park", kind)
    found = spoilt.xpath(path, namespaces=NAMES)[0]
    found.getparent().remove(found)
    assert not schemas[kind].validate(spoilt)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_refuses_a_box_in_words_and_a_date_that_is_none(ogc, schemas, kind):
    text = fetch(ogc, "park", kind).decode()
    for was, now in ((">41.", ">kırk bir."), (DAY.search(text)[0], "<gco:DateTime>dün<")):
        spoilt = text.replace(was, now)
        assert spoilt != text
        assert not schemas[kind].validate(etree.fromstring(spoilt.encode(), PARSER))
