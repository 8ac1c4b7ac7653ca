"""The API description of pygeoapi made whole: what is served, with no reference to elsewhere."""

from collections.abc import Iterable
from typing import Any

import gis_platform
from gis_platform.api.ogc_catalogue import Edition
from gis_platform.api.ogc_components import (
    PARAMETERS,
    PATH_PARAMETERS,
    RESPONSES,
    SCHEMAS,
    TAGS,
    parameter,
)
from gis_platform.api.ogc_resources import RESOURCES, TILE, Resource
from gis_platform.core.language import Language
from gis_platform.opendata.ogc import PLACE, column_schema
from gis_platform.opendata.public import PublicLayer


def description(edition: Edition, language: Language) -> dict[str, Any]:
    """The OpenAPI 3.0 document: pygeoapi's head, and an operation for each resource we serve."""
    made = edition.openapi[language]
    layers = [layer for layer in edition.layers.values() if layer.is_current]
    return {
        "openapi": "3.0.3",
        "info": {**made["info"], "version": gis_platform.__version__},
        "servers": [{"url": f"{PLACE}/ogc"}],
        "tags": [{"name": "server", "description": TAGS.say(language)}]
        + [_tag(layer, language) for layer in layers],
        "paths": dict(_paths(layers, language)),
        "components": {
            "parameters": {name: said(language) for name, said in PARAMETERS.items()},
            "responses": {name: said(language) for name, said in RESPONSES.items()},
            "schemas": SCHEMAS,
        },
    }


def _tag(layer: PublicLayer, language: Language) -> dict[str, str]:
    return {"name": layer.name, "description": layer.entry.description.say(language)}


def _paths(
    layers: Iterable[PublicLayer], language: Language
) -> Iterable[tuple[str, dict[str, Any]]]:
    for resource in RESOURCES:
        if "{collection_id}" not in resource.path:
            yield resource.path, {"get": _operation(resource, None, language)}
    for layer in layers:
        for resource in RESOURCES:
            if "{collection_id}" in resource.path:
                path = resource.path.replace("{collection_id}", layer.name)
                yield (
                    path.replace("item_id", "featureId"),
                    {"get": _operation(resource, layer, language)},
                )


def _operation(resource: Resource, layer: PublicLayer | None, language: Language) -> dict[str, Any]:
    title = "" if layer is None else layer.entry.title.say(language)
    suffix = "" if layer is None else f".{layer.name}"
    return {
        "summary": resource.summary.say(language).format(title=title),
        "tags": ["server" if layer is None else layer.name],
        "operationId": resource.operation + suffix,
        "parameters": list(_parameters(resource, layer, language)),
        "responses": {
            "200": {"$ref": f"#/components/responses/{resource.response}"},
            **({"204": {"$ref": "#/components/responses/Nothing"}} if resource is TILE else {}),
            "304": {"$ref": "#/components/responses/NotModified"},
            **{
                str(status): {"$ref": "#/components/responses/Problem"}
                for status in (400, 404, 405, 406, 410, 500, 503)
            },
        },
    }


def _parameters(
    resource: Resource, layer: PublicLayer | None, language: Language
) -> Iterable[dict[str, Any]]:
    formats = [each.name for each in resource.formats]
    yield parameter("f", {"type": "string", "enum": formats}, "f", language)
    names = ("lang", *resource.parameters)
    path = resource.path.replace("item_id", "featureId")
    names = (*(each for each in PATH_PARAMETERS if f"{{{each}}}" in path), *names)
    for name in names:
        yield {"$ref": f"#/components/parameters/{name}"}
    if layer is not None and resource.has_columns:
        for name in layer.entry.types:
            if name not in {*names, "f"}:
                schema = column_schema(layer.entry, name, language)
                meaning = schema.pop("title")
                schema.pop("oneOf", None)  # labels of codes: OpenAPI 3.0 knows no const
                yield {
                    "name": name, "in": "query", "required": False, "description": meaning,
                    "schema": schema, "style": "form", "explode": False,
                }  # fmt: skip
