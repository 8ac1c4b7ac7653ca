"""A layer as a Frictionless data package: its table, and what every column means (Table Schema)."""

from typing import Any

from gis_platform.core.errors import Text
from gis_platform.core.language import Language
from gis_platform.opendata.ogc import attribution, code_value
from gis_platform.opendata.portal.paths import file_path, path_of
from gis_platform.opendata.public import PublicFile, PublicLayer

_TABLE = "csv"
_KINDS = {"date-time": "datetime"}
_LON = Text("Boylam, derece (WGS 84)", "Longitude, degrees (WGS 84)")
_LAT = Text("Enlem, derece (WGS 84)", "Latitude, degrees (WGS 84)")


def data_package(layer: PublicLayer, language: Language, base: str) -> dict[str, Any]:
    """The descriptor (Data Package and Table Schema, version 1).

    Args:
        layer: a public version.
        language: of the texts.
        base: where the portal lies; the files are named by their whole addresses.
    """
    entry = layer.entry
    return {
        "profile": "data-package", "name": layer.name.replace("_", "-"),
        "id": base + path_of("layer", language, name=layer.name),
        "title": entry.title.say(language), "description": entry.description.say(language),
        "homepage": base + path_of("layer", language, name=layer.name),
        "version": layer.semantic_version, "created": layer.published_at.isoformat(),
        "keywords": list(entry.keywords.say(language)),
        "licenses": [{"path": entry.licence.uri, "title": entry.licence.name}],
        "sources": [{"title": attribution(layer).say(language)}],
        "contributors": [
            {"title": entry.owner_unit.say(language), "email": entry.contact.email,
             "role": "publisher"}
        ],
        "resources": [
            _resource(layer, file, language, base)
            for file in sorted(layer.files, key=lambda each: each.format != _TABLE)
        ],
    }  # fmt: skip


def _resource(
    layer: PublicLayer, file: PublicFile, language: Language, base: str
) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": file.name.lower().replace("_", "-"),  # ASCII: names of layers
        "path": base + file_path(layer.name, layer.version, file.name),
        "format": file.name.rpartition(".")[2], "mediatype": file.kind,
    }  # fmt: skip
    if file.format != _TABLE:
        return said  # without its size: validators compare it for tables of text alone
    return said | {
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
        "profile": "tabular-data-resource",
        "type": "table",
        "encoding": "utf-8",
        "dialect": {"csv": {"delimiter": ",", "lineTerminator": "\r\n"}},
        "schema": _schema(layer, language),
    }


def _schema(layer: PublicLayer, language: Language) -> dict[str, Any]:
    entry = layer.entry
    fields: list[dict[str, Any]] = []
    for column in entry.columns:
        field: dict[str, Any] = {
            "name": column.name, "type": _KINDS.get(column.type, column.type),
            "description": column.meaning.say(language),
        }  # fmt: skip
        if column.type == "boolean":
            field |= {"trueValues": ["true"], "falseValues": ["false"]}
        if column.unit:
            field["unit"] = column.unit
        if column.codes:
            field["categories"] = [
                {"value": code_value(column, each.code), "label": each.say(language)}
                for each in column.codes
            ]
        if column.name == entry.key:
            field["constraints"] = {"required": True, "unique": True}
        fields.append(field)
    for name, meaning, most in (("lon", _LON, 180), ("lat", _LAT, 90)):
        fields.append(
            {"name": name, "type": "number", "description": meaning.say(language),
             "constraints": {"minimum": -most, "maximum": most}}
        )  # fmt: skip
    return {"fields": fields, "primaryKey": [entry.key], "missingValues": [""]}
