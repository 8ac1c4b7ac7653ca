"""The values of a layer's page: description, files, licence, map, table, dictionary, examples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from gis_platform.core.language import Language
from gis_platform.opendata.catalogue import EntryColumn
from gis_platform.opendata.portal.layer_chosen import Chosen, chosen_feature
from gis_platform.opendata.portal.layer_table import TableView, layer_table
from gis_platform.opendata.portal.layer_use import (
    absences,
    citations,
    downloads,
    examples,
    history,
    related,
    trend,
)
from gis_platform.opendata.portal.messages import date, message, number
from gis_platform.opendata.portal.page import (
    MapBox,
    Named,
    card_of,
    frame,
    map_around,
    rows_said,
    shape_of,
)
from gis_platform.opendata.portal.paths import file_path, machine_paths, outline_path, path_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.public import PublicLayer

_FREE_LICENCES = ("https://creativecommons.org/licenses/by/",)


@dataclass(frozen=True)
class ColumnMeaning:
    """A row of the data dictionary."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Asked:
    """What a reader of the page asked for.

    Attributes:
        view: part of the table.
        base_url: scheme and host for absolute links, without a slash at the end.
        start: where the map begins if it cannot show the whole layer.
        facts: as ``layer_facts`` makes them.
    """

    language: Language
    view: TableView
    base_url: str
    start: tuple[float, float] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def layer_page(
    connection: Connection,
    versions: Sequence[PublicLayer],
    others: Sequence[PublicLayer],
    asked: Asked,
) -> Page:
    """The page of the published one among ``versions``; ``others`` stand behind it on the map."""
    language, view, base_url = asked.language, asked.view, asked.base_url
    layer = next(each for each in versions if each.is_current)
    entry, chosen = layer.entry, chosen_feature(connection, layer, view, language)
    title, description = entry.title.say(language), entry.description.say(language)
    values = {
        "layer": layer,
        "entry": entry,
        "title": title,
        "description": description,
        "shape": shape_of(layer),
        "rows_said": rows_said(layer, language),
        "files": downloads(layer, language),
        "absences": absences(layer, language),
        "licence_words": _licence_words(entry.licence.uri, language),
        "attribution": attribution(layer, language),
        "map": _map(layer, others, asked, chosen),
        "table": layer_table(connection, layer, view, language),
        "chosen": chosen,
        "dictionary": _dictionary(layer, language),
        "facts": _facts(layer, language),
        "contact_role": entry.contact.role.say(language),
        "keywords": entry.keywords.say(language),
        "machine_paths": machine_paths(layer.name),
        "collection_path": f"/ogc/collections/{layer.name}",
        "examples": examples(layer, language, base_url),
        "citations": citations(layer, language, base_url),
        "related": [card_of(each, language) for each in related(layer, others)],
        "trend": trend(versions),
        "history": history(versions, language),
        "linked_data": _linked_data(layer, language, base_url),
        **asked.facts,
    }
    head = frame("layer", language, title, description, query=view.query() or None, name=layer.name)
    return Page("layer.html", head, values)


def attribution(layer: PublicLayer, language: Language) -> str:
    """The sentence a user copies to name the source."""
    said = layer.entry.licence.attribution.say(language)
    title = layer.entry.title.say(language)
    return said.replace("{title}", title).replace("{version}", str(layer.version))


def _licence_words(uri: str, language: Language) -> str:
    is_free = uri.startswith(_FREE_LICENCES)
    return message(language, "layer.licence_plain" if is_free else "layer.licence_other")


def _map(
    layer: PublicLayer, others: Sequence[PublicLayer], asked: Asked, chosen: Chosen | None
) -> MapBox:
    language = asked.language
    title = layer.entry.title.say(language)
    return MapBox(
        config={
            **map_around(layer, others, language),
            "start": asked.start,
            "chosen": chosen.key if chosen else None,
        },
        title=title,
        outline=outline_path(layer.name, layer.version) if layer.extent else None,
        alt=message(language, "layer.map_picture", title=title),
        zoom_note=layer.entry.min_zoom > 0,
        spot=chosen.spot if chosen else None,
    )


def _dictionary(layer: PublicLayer, language: Language) -> list[ColumnMeaning]:
    rows = [
        ColumnMeaning(
            column.name, message(language, f"type.{column.type}"), _meaning(column, language)
        )
        for column in layer.entry.columns
    ]
    geometry = message(language, "type.geometry"), message(language, "layer.geometry_meaning")
    return [*rows, ColumnMeaning("geometry", *geometry)]


def _meaning(column: EntryColumn, language: Language) -> str:
    """What a column means, in which unit, and what an empty value says."""
    unit = f" ({column.unit})" if column.unit else ""
    said = column.meaning.say(language) + unit
    if column.empty is None:
        return said
    return f"{said}. {message(language, 'codes.empty', meaning=column.empty.say(language))}"


def _facts(layer: PublicLayer, language: Language) -> list[Named]:
    entry = layer.entry
    optional = {name: getattr(entry, name) for name in ("lineage", "accuracy", "limits")}
    optional["legal_basis"] = entry.permit.basis if entry.permit else None
    pairs: list[tuple[str, str | None]] = [
        ("owner", entry.owner_unit.say(language)),
        ("version_label", str(layer.version)),
        ("date_label", date(language, layer.published_at)),
        ("rows_label", number(language, layer.row_count)),
        ("frequency", message(language, f"frequency.{entry.update_frequency}")),
        ("period", " – ".join(entry.period) if entry.period else None),
        ("extent", _extent(layer, language)),
        *((name, words.say(language) if words else None) for name, words in optional.items()),
    ]
    return [Named(message(language, f"layer.{name}"), value) for name, value in pairs if value]


def _extent(layer: PublicLayer, language: Language) -> str | None:
    if layer.extent is None:
        return None
    west, south, east, north = (number(language, edge, 4) for edge in layer.extent)
    return f"{south}–{north}° N, {west}–{east}° E"


def _linked_data(layer: PublicLayer, language: Language, base_url: str) -> dict[str, Any]:
    """The layer as schema.org/Dataset, for search engines."""
    entry = layer.entry
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "name": entry.title.say(language),
        "description": entry.description.say(language),
        "url": base_url + path_of("layer", language, name=layer.name),
        "license": entry.licence.uri,
        "keywords": list(entry.keywords.say(language)),
        "version": str(layer.version),
        "datePublished": layer.published_at.date().isoformat(),
        "inLanguage": language,
        "isAccessibleForFree": True,
        "creator": {"@type": "Organization", "name": entry.owner_unit.say(language)},
        "distribution": [
            {
                "@type": "DataDownload",
                "name": file.name,
                "encodingFormat": file.media_type,
                "contentUrl": base_url + file_path(layer.name, layer.version, file.name),
                "sha256": file.sha256,
            }
            for file in layer.files
        ],
    }
