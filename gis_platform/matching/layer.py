"""Layers: addresses in a GeoPackage, answers as points, shapes of a gazetteer."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from gis_platform.core.crs import PUBLISHED_SRID, epsg_of, reproject_geometry
from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.matching.lines import BLOCK_ROWS


class LayerTable:
    """A layer of a GeoPackage, without its geometry."""

    def __init__(self, path: Path, name: str | None) -> None:
        self._path = path
        self._layer, self.headers, self._rows = layer_of(path, name)

    def row_count(self) -> int:
        """Features of the layer."""
        return self._rows

    def empty(self) -> pa.Table:
        """Its columns without a row."""
        return self._read(0, 1)[:0]

    def blocks(self, after: int = 0) -> Iterator[pa.Table]:
        """Features in the order of the layer."""
        for at in range(after, self._rows, BLOCK_ROWS):
            yield self._read(at, BLOCK_ROWS)

    def table(self, block: pa.Table) -> pa.Table:
        """The block itself."""
        return block

    def _read(self, first: int, rows: int) -> pa.Table:
        _, table = pyogrio.read_arrow(
            self._path, layer=self._layer, skip_features=first, max_features=rows,
            read_geometry=False,
        )  # fmt: skip
        return table.replace_schema_metadata(None)


def layer_of(path: Path, name: str | None) -> tuple[str, tuple[str, ...], int]:
    """Name, columns and number of features of the layer asked for, or of the only one.

    Raises:
        SourceError: there is no such layer, or several and none was named.
    """
    if not path.is_file():
        raise _error(path, Text("Böyle bir dosya yok.", "There is no such file."))
    try:
        layers = [str(layer) for layer, _ in pyogrio.list_layers(path)]
        if name is None and len(layers) != 1:
            there = ", ".join(layers) or "–"
            raise _error(
                path,
                Text(f"Birden çok katman var: {there}.", f"There are several layers: {there}."),
                Text("--sheet ile birini seçin", "choose one with --sheet"),
            )
        info = pyogrio.read_info(path, layer=name or layers[0], force_feature_count=True)
    except (DataSourceError, DataLayerError) as error:
        raise _error(
            path, Text(f"GeoPackage okunamadı: {error}", f"Not readable as a GeoPackage: {error}")
        ) from None
    return str(info["layer_name"]), tuple(map(str, info["fields"])), int(info["features"])


def write_points(tables: Iterable[pa.Table], path: Path, layer: str) -> None:
    """Tables with a point each row as one layer of a GeoPackage, EPSG:4326."""
    for at, table in enumerate(tables):
        pyogrio.write_arrow(
            table, path, layer=layer, driver="GPKG", geometry_name="geometry",
            geometry_type="Point", crs=f"EPSG:{PUBLISHED_SRID}", append=at > 0,
        )  # fmt: skip


def read_shapes(path: Path) -> gpd.GeoDataFrame:
    """Features of any file GDAL reads, in EPSG:4326; as they are where the CRS is not said.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        frame = gpd.read_file(path)
    except (OSError, ValueError, RuntimeError) as error:
        raise _error(
            path, Text(f"Coğrafi dosya okunamadı: {error}", f"Not readable as geometry: {error}")
        ) from None
    srid = epsg_of(frame.crs)
    if srid is None:
        return frame
    shapes = reproject_geometry(frame.geometry.to_numpy(), srid, PUBLISHED_SRID)
    return frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=PUBLISHED_SRID))


def _error(path: Path, text: Text, remedy: Text | None = None) -> SourceError:
    return SourceError(text, place=Place(file=str(path)), remedy=remedy)
