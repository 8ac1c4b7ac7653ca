"""The public catalogue as a pygeoapi configuration: a dict in, a dict out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, is_north_first
from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.core.settings import Settings
from gis_platform.opendata.catalogue import Entry, EntryColumn, Words
from gis_platform.opendata.portal.paths import file_path, path_of
from gis_platform.opendata.public import PublicLayer

PLACE = "https://place.invalid"
"""Stands for scheme and host in every document; the answer puts in what the request came to."""
LOCALES: dict[Language, str] = {"tr": "tr-TR", "en": "en-US"}
DEFAULT_LIMIT, MAX_LIMIT = 10, 10_000
MOST_IN_FILE = 50_000
"""Rows of a subset taken home as one file; the whole data set has files of its own."""
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
PROVIDER = "gis_platform.opendata.providers.features.PublishedFeatures"
_MARKUP = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))


@dataclass(frozen=True)
class ReferenceSystem:
    """A coordinate reference system features can be had in.

    Attributes:
        uri: as the OGC API names it.
        srid: its EPSG code; ``None`` for CRS84, longitude first.
    """

    uri: str
    srid: int | None

    @cached_property
    def is_north_first(self) -> bool:
        """Whether its first axis points north."""
        return self.srid is not None and is_north_first(self.srid)


REFERENCE_SYSTEMS = {
    system.uri: system
    for system in (
        ReferenceSystem(CRS84, None),
        *(
            ReferenceSystem(f"http://www.opengis.net/def/crs/EPSG/0/{srid}", srid)
            for srid in (PUBLISHED_SRID, 3857, REGISTER_SRID)
        ),
    )
}

TITLE = Text("Açık coğrafi veri servisi (OGC API)", "Open geographic data service (OGC API)")
DESCRIPTION = Text(
    "{organisation} tarafından onaylanıp yayımlanan katmanlar, OGC API – Features ile.",
    "The layers approved and published by {organisation}, as OGC API – Features.",
)


def configuration(
    settings: Settings, layers: Iterable[PublicLayer], source: Any = None
) -> dict[str, Any]:
    """What pygeoapi is told: one collection per published layer, texts in both languages.

    Args:
        settings: who publishes, and whom to ask.
        layers: as :func:`~gis_platform.opendata.public.public_layers` gives them; the withdrawn
            are left out.
        source: handed to every provider as its ``data``, beside the layer.
    """
    return {
        "server": {
            "bind": {"host": settings.server.host, "port": settings.server.port},
            "url": f"{PLACE}/ogc",
            "mimetype": "application/json; charset=UTF-8",
            "encoding": "utf-8",
            "languages": list(LOCALES.values()),
            "limits": {"default_items": DEFAULT_LIMIT, "max_items": MAX_LIMIT},
            "map": {"url": "", "attribution": ""},
        },
        "logging": {"level": "ERROR"},
        "metadata": _metadata(settings),
        "resources": {
            layer.name: _collection(layer, source) for layer in layers if layer.is_current
        },
    }


def instant(moment: datetime) -> str:
    """A moment as RFC 3339 writes it in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def kept(text: str) -> str:
    """The text in a form pygeoapi 0.24 leaves alone: it turns ``<`` and ``>`` into entities."""
    for sign, entity in _MARKUP:
        text = text.replace(sign, entity)
    return text


def restored(text: str) -> str:
    """What :func:`kept` was given, wherever pygeoapi has put it."""
    for sign, entity in reversed(_MARKUP):
        text = text.replace(entity, sign)
    return text


def attribution(layer: PublicLayer) -> Words:
    """The sentence a user of the layer has to show, filled in."""
    said, title = layer.entry.licence.attribution, layer.entry.title
    return Words(
        tr=said.tr.format(title=title.tr, version=layer.version),
        en=said.en.format(title=title.en, version=layer.version),
    )


def _both(words: Words | Text) -> dict[str, str]:
    return {LOCALES["tr"]: kept(words.tr), LOCALES["en"]: kept(words.en)}


def _metadata(settings: Settings) -> dict[str, Any]:
    portal = settings.portal
    organisation = Text(portal.organisation_tr, portal.organisation_en)
    described = Text(
        DESCRIPTION.tr.format(organisation=organisation.tr),
        DESCRIPTION.en.format(organisation=organisation.en),
    )
    contact = {"name": _both(organisation), "url": f"{PLACE}{path_of('about', 'tr')}"}
    return {
        "identification": {
            "title": _both(TITLE),
            "description": _both(described),
            "keywords": {LOCALES["tr"]: ["açık veri", "adres", "harita"],
                         LOCALES["en"]: ["open data", "address", "map"]},
            "keywords_type": "theme",
            "terms_of_service": f"{PLACE}{path_of('about', 'tr')}",
            "url": f"{PLACE}{path_of('developers', 'tr')}",
        },
        "license": {
            "name": "CC BY 4.0",
            "url": "https://creativecommons.org/licenses/by/4.0/",
        },
        "provider": contact,
        "contact": contact | ({"email": portal.contact} if portal.contact else {}),
    }  # fmt: skip


def _collection(layer: PublicLayer, source: Any) -> dict[str, Any]:
    entry = layer.entry
    return {
        "type": "collection",
        "title": _both(entry.title),
        "description": _both(entry.description),
        "keywords": {LOCALES["tr"]: [kept(word) for word in entry.keywords.tr],
                     LOCALES["en"]: [kept(word) for word in entry.keywords.en]},
        "links": list(_links(layer)),
        "extents": _extents(layer),
        "providers": [
            {
                "type": "feature",
                "name": PROVIDER,
                "data": {"layer": layer, "source": source},
                "id_field": entry.key,
                "title_field": entry.label,
                "time_field": entry.time,
                "crs": list(REFERENCE_SYSTEMS),
                "storage_crs": CRS84,
            }
        ],
    }  # fmt: skip


def _extents(layer: PublicLayer) -> dict[str, Any]:
    box = [round(edge, 7) for edge in layer.extent] if layer.extent else [-180, -90, 180, 90]
    extents: dict[str, Any] = {"spatial": {"bbox": box, "crs": CRS84}}
    return extents


def _links(layer: PublicLayer) -> Iterable[Mapping[str, Any]]:
    entry = layer.entry
    pages = {LOCALES[each]: f"{PLACE}{path_of('layer', each, name=layer.name)}" for each in LOCALES}
    yield {
        "type": "text/html", "rel": "describedby", "href": pages, "hreflang": LOCALES,
        "title": _both(Text("Portaldaki sayfası", "Its page in the portal")),
    }  # fmt: skip
    yield {
        "type": "text/html", "rel": "license", "href": entry.licence.uri,
        "title": kept(entry.licence.name),
    }  # fmt: skip
    for file in layer.files:
        yield {
            "type": file.media_type, "rel": "enclosure", "length": file.size,
            "href": f"{PLACE}{file_path(layer.name, layer.version, file.name)}",
            "title": file.name,
        }  # fmt: skip


def code_value(column: EntryColumn, code: str) -> str | int:
    """A code as the rows have it: a number where the column is one of numbers."""
    is_number = column.type == "integer" and code.removeprefix("-").isdecimal()
    return int(code) if is_number else code


def column_schema(entry: Entry, name: str, language: Language) -> dict[str, Any]:
    """What JSON Schema says of a column: kind of value, its meaning as title, its codes."""
    known = entry.column(name)
    kind = (
        {"type": "string", "format": known.type} if "date" in known.type else {"type": known.type}
    )
    codes = [{"const": code_value(known, each.code), "title": each.say(language)}
             for each in known.codes or ()]  # fmt: skip
    return {"title": known.meaning.say(language), **kind, **({"oneOf": codes} if codes else {})}
