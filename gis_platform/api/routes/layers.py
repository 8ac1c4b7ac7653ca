"""Published layers and single features as JSON, without a key."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse

from gis_platform.api.deps import ApiQuery, ConnectionDep, ServiceDep, VisitDep
from gis_platform.api.problems import PROBLEMS
from gis_platform.core.errors import NotFound, Text
from gis_platform.core.language import Language
from gis_platform.opendata.portal.layer_page import attribution
from gis_platform.opendata.portal.paths import file_path, path_of, tile_path
from gis_platform.opendata.public import PublicFile, PublicLayer, feature

router = APIRouter(tags=["layers"], responses=PROBLEMS)
AnyQuery = Annotated[ApiQuery, Query()]


@router.get("/layers")
def list_layers(visit: VisitDep, connection: ConnectionDep, query: AnyQuery) -> JSONResponse:
    """Yayımdaki katmanlar. / The layers that are published."""
    layers = visit.service.catalogue.published(connection)
    return JSONResponse(
        {"layers": [_said(layer, visit.language, visit.base_url) for layer in layers]}
    )


@router.get("/layers/{name}")
def one_layer(
    visit: VisitDep, connection: ConnectionDep, name: str, query: AnyQuery
) -> JSONResponse:
    """Bir katman; geri çekildiyse 410. / One layer; 410 where it was withdrawn."""
    layer = visit.service.catalogue.layer(connection, name)
    return JSONResponse(_said(layer, visit.language, visit.base_url))


@router.get("/layers/{name}/features/{key}")
def one_feature(
    service: ServiceDep, connection: ConnectionDep, name: str, key: str, query: AnyQuery
) -> Response:
    """Bir kayıt, GeoJSON. / One feature, GeoJSON."""
    found = feature(connection, service.catalogue.layer(connection, name), key)
    if found is None:
        raise NotFound(
            Text(f"“{name}” katmanında “{key}” yok.", f"Layer “{name}” has no feature “{key}”.")
        )
    return Response(found, media_type="application/geo+json")


def _said(layer: PublicLayer, language: Language, base: str) -> dict[str, Any]:
    entry = layer.entry
    return {
        "name": layer.name,
        "title": entry.title.say(language),
        "description": entry.description.say(language),
        "version": layer.version,
        "published_at": layer.published_at.isoformat(),
        "row_count": layer.row_count,
        "extent": layer.extent,
        "geometry": entry.geometry,
        "licence": {
            "name": entry.licence.name,
            "uri": entry.licence.uri,
            "attribution": attribution(layer, language),
        },
        "columns": [
            {"name": column.name, "type": column.type, "meaning": column.meaning.say(language)}
            for column in entry.columns
        ],
        "page": base + path_of("layer", language, name=layer.name),
        "items": f"{base}/ogc/collections/{layer.name}/items",
        "tiles": base + tile_path(layer.name, layer.version),
        "files": [_file(layer, file, base) for file in layer.files],
    }


def _file(layer: PublicLayer, file: PublicFile, base: str) -> dict[str, Any]:
    return {
        "format": file.format,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.sha256,
        "url": base + file_path(layer.name, layer.version, file.name),
    }
