"""Published layers as records of a catalogue (OGC API – Records 1, 20-004r1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.core.settings import Settings
from gis_platform.core.text import sort_key
from gis_platform.opendata.ogc import PLACE, attribution, instant
from gis_platform.opendata.portal.find import Finder
from gis_platform.opendata.portal.paths import ISO_FILES, LANGUAGES, file_path, path_of
from gis_platform.opendata.public import PublicLayer

CATALOGUE = "veri-katalogu"
"""Identifier of the catalogue; no layer can have it, their names know no hyphen."""
TITLE = Text("Veri kataloğu", "Data catalogue")
DESCRIPTION = Text(
    "Yayımdaki her veri kümesinin kaydı: başlık, açıklama, konu, birim, lisans, dosyalar.",
    "A record of every published data set: title, description, theme, unit, licence, files.",
)
RECORD_CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
RECORD_PROFILE = "http://www.opengis.net/def/profile/OGC/0/ogc-record"
KIND = "dataset"
SORTABLES: dict[str, Text] = {
    "title": Text("Başlık", "Title"),
    "updated": Text("Yayım zamanı", "Time of publication"),
}
"""Properties of a record that ``sortby`` takes."""
DEFAULT_ORDER = (("title", False),)
_TILES = Text("{title}: bir vektör karo", "{title}: one vector tile")
_EU_THEMES = "http://publications.europa.eu/resource/authority/data-theme"
_LANGUAGES = {
    "tr": {"code": "tr", "name": "Türkçe", "dir": "ltr"},
    "en": {"code": "en", "name": "English", "dir": "ltr"},
}
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Wanted:
    """What is searched for; every part narrows.

    Attributes:
        q: words; a comma stands between alternatives, every word of one has to be answered.
        boxes: in degrees; the extent has to meet one of them.
        since, until: the time of the data has to meet the span between.
        ids, external_ids: the record has to have one of them.
        sort: properties in order, ``True`` = descending; without any the best answer comes first
            where words are searched, else the titles go by the Turkish alphabet.
    """

    q: str | None = None
    boxes: tuple[Box, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    kind: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()


def find(finder: Finder, wanted: Wanted, language: Language) -> list[PublicLayer]:
    """The layers that answer, in the order asked for; titles are those of ``language``."""
    found = finder.layers if wanted.q is None else _answering(finder, wanted.q)
    found = [layer for layer in found if _meets(layer, wanted)]
    sort = wanted.sort or (() if wanted.q else DEFAULT_ORDER)
    for name, is_down in reversed(sort):
        found.sort(key=lambda layer: _sorted_by(layer, name, language), reverse=is_down)
    return found


def _sorted_by(layer: PublicLayer, name: str, language: Language) -> Any:
    return layer.published_at if name == "updated" else _title_key(layer.entry.title.say(language))


_title_key = lru_cache(maxsize=8192)(sort_key)
"""Every list of records is sorted by title; of thousands the keys are made once."""


def external_id(layer: PublicLayer) -> str:
    """By which a version is known elsewhere: the digest of its approved data."""
    return layer.data_sha256


def record(layer: PublicLayer, language: Language, settings: Settings) -> dict[str, Any]:
    """The record of a layer, without its own links; addresses begin with ``PLACE``."""
    entry = layer.entry
    return {
        "id": layer.name, "type": "Feature", "conformsTo": [RECORD_CORE],
        "time": _time(layer), "geometry": _geometry(layer),
        "properties": {
            "type": KIND, "title": entry.title.say(language),
            "description": entry.description.say(language),
            "updated": instant(layer.published_at),
            "language": _LANGUAGES[language],
            "languages": [_LANGUAGES[each] for each in LANGUAGES],
            "resourceLanguages": [_LANGUAGES["tr"]],
            "keywords": list(entry.keywords.say(language)),
            "themes": [{"concepts": [{"id": entry.theme}], "scheme": _EU_THEMES}],
            "externalIds": [{"scheme": "sha256", "value": external_id(layer)}],
            "formats": [
                {"name": file.format, "mediaType": file.kind}
                for file in layer.files
            ],
            "contacts": [_contact(layer, language, settings)],
            "license": entry.licence.uri, "rights": attribution(layer).say(language),
        },
        "links": list(_links(layer, language)),
        "linkTemplates": [_tile_template(layer, language)],
    }  # fmt: skip


def _answering(finder: Finder, said: str) -> list[PublicLayer]:
    terms = [term for term in said.split(",") if term.strip()]
    if not terms:
        return finder.layers
    return list({layer.name: layer for term in terms for layer in finder.find(term)}.values())


def _meets(layer: PublicLayer, wanted: Wanted) -> bool:
    return (
        (not wanted.ids or layer.name in wanted.ids)
        and (not wanted.external_ids or external_id(layer) in wanted.external_ids)
        and (not wanted.kind or KIND in wanted.kind)
        and (not wanted.boxes or _touches(layer.extent, wanted.boxes))
        and _is_of_time(layer, wanted)
    )


def _touches(extent: Box | None, boxes: Iterable[Box]) -> bool:
    if extent is None:
        return False
    return any(
        extent[0] <= box[2] and box[0] <= extent[2] and extent[1] <= box[3] and box[1] <= extent[3]
        for box in boxes
    )


def _is_of_time(layer: PublicLayer, wanted: Wanted) -> bool:
    if wanted.since is None and wanted.until is None:
        return True
    first, last = span(layer)
    if first is None:
        return True  # of all time, as nothing else is said
    begin = datetime.combine(date.fromisoformat(first[:10]), time.min, UTC)
    end = datetime.max.replace(tzinfo=UTC)
    if last is not None:
        end = datetime.combine(date.fromisoformat(last[:10]), time.max, UTC)
    return (wanted.since is None or end >= wanted.since) and (
        wanted.until is None or begin <= wanted.until
    )


def span(layer: PublicLayer) -> tuple[str | None, str | None]:
    """First and last day the data speaks of, ISO 8601; ``None`` where that is not said."""
    if layer.entry.period is not None:
        return layer.entry.period
    told = layer.entry.temporal
    if told is None:
        return None, None
    return told.start.isoformat(), told.end.isoformat() if told.end else None


def _time(layer: PublicLayer) -> dict[str, Any] | None:
    """A day, or an interval whose end may be open; ``None`` where no time is said."""
    first, last = span(layer)
    if first is None:
        return None
    if last is not None and last[:10] == first[:10]:
        return {"date": first[:10]}
    return {"interval": [first[:10], last[:10] if last else ".."]}


def _geometry(layer: PublicLayer) -> dict[str, Any] | None:
    if layer.extent is None:
        return None
    west, south, east, north = (round(edge, 7) for edge in layer.extent)
    return area_of((west, south, east, north))


def area_of(box: Box) -> dict[str, Any]:
    """A box as a GeoJSON polygon."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _contact(layer: PublicLayer, language: Language, settings: Settings) -> dict[str, Any]:
    portal, entry = settings.portal, layer.entry
    organisation = Text(portal.organisation_tr, portal.organisation_en).say(language)
    return {
        "organization": f"{organisation}, {entry.owner_unit.say(language)}",
        "position": entry.contact.role.say(language),
        "emails": [{"value": entry.contact.email}], "roles": ["pointOfContact", "publisher"],
    }  # fmt: skip


def _tile_template(layer: PublicLayer, language: Language) -> dict[str, Any]:
    """Where the vector tiles are; the words in braces are for the client to fill in."""
    tiles = f"{PLACE}/ogc/collections/{layer.name}/tiles/WebMercatorQuad"
    number = {"type": "integer", "minimum": 0}
    title = _TILES.say(language).format(title=layer.entry.title.say(language))
    return {
        "rel": "item", "type": "application/vnd.mapbox-vector-tile", "title": title,
        "uriTemplate": f"{tiles}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}",
        "variables": dict.fromkeys(("tileMatrix", "tileRow", "tileCol"), number),
    }  # fmt: skip


def _links(layer: PublicLayer, language: Language) -> Iterable[dict[str, Any]]:
    name, title = layer.name, layer.entry.title.say(language)
    page = f"{PLACE}{path_of('layer', language, name=name)}"
    collection = f"{PLACE}/ogc/collections/{name}"
    yield {"rel": "describedby", "type": "text/html", "href": page, "title": title,
           "hreflang": language}  # fmt: skip
    yield {"rel": "license", "type": "text/html", "href": layer.entry.licence.uri,
           "title": layer.entry.licence.name}  # fmt: skip
    yield {"rel": "related", "type": "application/json", "href": collection,
           "title": f"OGC API: {title}"}  # fmt: skip
    yield {"rel": "items", "type": "application/geo+json", "href": f"{collection}/items",
           "title": f"OGC API – Features: {title}"}  # fmt: skip
    yield {"rel": "profile", "href": RECORD_PROFILE, "title": "OGC API – Records: record"}
    for kind, path in ISO_FILES.items():
        yield {"rel": "alternate", "type": "application/xml", "title": kind.replace("iso", "ISO "),
               "href": PLACE + path.format(name=name)}  # fmt: skip
    for file in layer.files:
        yield {
            "rel": "enclosure", "type": file.kind, "length": file.size,
            "href": f"{PLACE}{file_path(name, layer.version, file.name)}", "title": file.name,
        }  # fmt: skip
