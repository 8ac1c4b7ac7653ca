"""The register as a delivery: the official tables, columns and keys in the formats people ask for.

What is written reads back as what it was. A value a format cannot hold exactly (a time in a
shapefile, an angle of 17 digits in a GML) is written as text, which the importer reads; a
geodatabase keeps coordinates on the grid of 0.1 mm on which the register compares them.
"""

import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from gis_platform.core.crs import REGISTER_SRID
from gis_platform.core.disk import replacing
from gis_platform.core.errors import Place, Text, UsageError
from gis_platform.core.text import fold
from gis_platform.maks.columns import rest_name, short_name
from gis_platform.maks.layers import MaksLayers
from gis_platform.maks.model import LAYERS, Column, Layer

Array = NDArray[np.object_]

_GRID_M = 0.0001
_FIELD_BYTES = 254
"""Longest text of a shapefile, bytes; a letter like ``ş`` takes two of them in UTF-8."""
_GDAL_GEOMETRY = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOLYGON": "MultiPolygon",
}


@dataclass(frozen=True)
class Form:
    """A form of delivery.

    Attributes:
        title: what people call it.
        driver, options: of GDAL.
        suffix: of the one file or folder; of each table where ``is_folder``.
        bare: suffix of a table without geometry.
        is_folder: one file per table, in a folder.
        is_short: column names have ten characters, texts 254 bytes, times are text.
        digits: significant digits of a number with decimals; 17 is exact.
        decimals: digits after the point, where the format fixes them.
        has_grid: coordinates lie on a grid.
    """

    title: Text
    driver: str
    suffix: str
    options: Mapping[str, str] = field(default_factory=dict)
    bare: str = ""
    is_folder: bool = False
    is_short: bool = False
    digits: int = 17
    decimals: int | None = None
    has_grid: bool = False


FORMS: dict[str, Form] = {
    "gdb": Form(
        Text("File Geodatabase", "File Geodatabase"),
        "OpenFileGDB",
        ".gdb",
        # Identity numbers of ten digits stay whole numbers only from this version on.
        {"TARGET_ARCGIS_VERSION": "ARCGIS_PRO_3_2_OR_LATER"},
        has_grid=True,
    ),
    "gpkg": Form(Text("GeoPackage", "GeoPackage"), "GPKG", ".gpkg", {"SPATIAL_INDEX": "YES"}),
    "shp": Form(
        Text("Shapefile", "Shapefiles"),
        "ESRI Shapefile",
        ".shp",
        {"ENCODING": "UTF-8"},
        bare=".dbf",
        is_folder=True,
        is_short=True,
        decimals=15,
    ),
    "gml": Form(
        Text("GML 3.2", "GML 3.2"),
        "GML",
        ".gml",
        {"FORMAT": "GML3.2"},
        is_folder=True,
        digits=15,
        has_grid=True,
    ),
}
"""Forms of delivery by the name a person gives."""


def form_of(path: Path, name: str | None) -> str:
    """The form asked for, or the one the suffix of ``path`` says.

    Raises:
        UsageError: there is no such form, the suffix says none, or another.
    """
    known = ", ".join(FORMS)
    said = fold(path.suffix.lstrip("."))
    if name is not None and name not in FORMS:
        raise UsageError(
            Text(
                f"“{name}” diye bir biçim yok. Olanlar: {known}.",
                f"There is no format “{name}”. Known: {known}.",
            )
        )
    chosen = name or said
    if chosen not in FORMS or (said in FORMS and said != chosen):
        raise UsageError(
            Text(
                f"Biçim “{path.name}” adından anlaşılmıyor.",
                f"“{path.name}” does not say the format, or another.",
            ),
            place=Place(file=str(path)),
            remedy=Text(f"--format verin: {known}", f"give --format: {known}"),
        )
    if FORMS[chosen].is_folder and said == chosen:
        raise UsageError(
            Text(
                f"{FORMS[chosen].title.tr} bir klasöre yazılır, tek dosyaya değil.",
                f"{FORMS[chosen].title.en} go into a folder, not into one file.",
            ),
            place=Place(file=str(path)),
            remedy=Text(
                f"bir klasör adı ve --format {chosen} verin",
                f"give the name of a folder and --format {chosen}",
            ),
        )
    return chosen


def hand_over(
    layers: MaksLayers,
    path: Path,
    form: Form,
    *,
    may_replace: bool = False,
    advance: Callable[[int], None] = lambda _rows: None,
) -> dict[str, int]:
    """Write the layers that have features as a delivery in EPSG:5254, whole or not at all.

    Args:
        layers: features as the register keeps them.
        path: file or folder to write.
        form: one of ``FORMS``.
        may_replace: what lies at ``path`` gives way.
        advance: called with the rows of each table written.

    Returns:
        Features written per layer.

    Raises:
        Conflict: something lies at ``path``.
    """
    written = {}
    with replacing(path, may_replace=may_replace) as draft:
        if form.is_folder:
            draft.mkdir()
        for name in layers:
            frame = layers[name]
            if len(frame):
                _write_table(draft, LAYERS[name], frame, form)
                written[name] = len(frame)
                advance(len(frame))
        if not draft.exists() or (form.is_folder and not written):
            shutil.rmtree(draft, ignore_errors=True)
            raise _nothing(path)
    return written


def _write_table(draft: Path, layer: Layer, frame: pd.DataFrame, form: Form) -> None:
    columns = list(_columns(layer, frame, form))
    shapes = None if layer.geometry is None else _shapes(frame, form)
    suffix = form.suffix if shapes is not None or not form.bare else form.bare
    target = draft / f"{layer.official}{suffix}" if form.is_folder else draft
    with warnings.catch_warnings():
        # pyogrio warns of names it has not shortened and of fields asked for as they are made.
        warnings.filterwarnings("ignore", "Normalized/laundered", RuntimeWarning)
        pyogrio.raw.write(
            target,
            None if shapes is None else shapely.to_wkb(shapes),
            [values for _, values, _ in columns],
            [name for name, _, _ in columns],
            field_mask=[missing for _, _, missing in columns],
            layer=layer.official,
            driver=form.driver,
            geometry_type=None if layer.geometry is None else _GDAL_GEOMETRY[layer.geometry],
            crs=None if shapes is None else f"EPSG:{REGISTER_SRID}",
            append=target.exists(),
            **form.options,
        )


def _shapes(frame: pd.DataFrame, form: Form) -> Array:
    shapes = np.asarray(frame["geometry"], dtype=object)
    if not form.has_grid:
        return shapes
    # The formula of ST_SnapToGrid: what the register takes for the same stays the same.
    on_grid = shapely.transform(shapes, lambda xy: np.rint(xy / _GRID_M) * _GRID_M)
    return np.asarray(on_grid, dtype=object)


def _columns(
    layer: Layer, frame: pd.DataFrame, form: Form
) -> Iterator[tuple[str, Array, NDArray[np.bool_] | None]]:
    for column in layer.columns:
        name = short_name(layer, column) if form.is_short else column.official
        for at, (values, missing) in enumerate(_written(column, frame[column.name], form)):
            yield (rest_name(name) if at else name), values, missing


def _written(
    column: Column, values: pd.Series, form: Form
) -> Iterator[tuple[Array, NDArray[np.bool_] | None]]:
    missing = values.isna().to_numpy()
    if column.kind in {"int", "long"}:
        dtype = np.int32 if column.kind == "int" else np.int64
        yield values.fillna(0).to_numpy(dtype), missing
    elif column.kind == "real":
        yield _reals(values, form), None
    elif column.kind == "timestamp":
        yield _times(values, form), missing
    else:
        for part in _texts(values, form):
            yield part, None


def _texts(values: pd.Series, form: Form) -> Iterator[Array]:
    text = values.astype(object).where(values.notna(), None).to_numpy()
    if not form.is_short:
        yield text
        return
    first, rest = zip(*(_cut(one) for one in text), strict=True)
    yield np.array(first, dtype=object)
    if any(rest):
        yield np.array(rest, dtype=object)


def _cut(text: str | None) -> tuple[str | None, str | None]:
    """A text that fits a field, and what is left; blanks at an end would be lost: none is there."""
    if text is None or len(text.encode()) <= _FIELD_BYTES:
        return text, None
    at = len(text.encode()[:_FIELD_BYTES].decode(errors="ignore"))
    while at > 1 and " " in text[at - 1 : at + 1]:
        at -= 1
    return text[:at], text[at:]


def _reals(values: pd.Series, form: Form) -> Array:
    numbers: Array = values.to_numpy(np.float64)
    known = numbers[np.isfinite(numbers)]
    pattern = f"%.{form.digits}g" if form.decimals is None else f"%.{form.decimals}f"
    if all(float(pattern % one) == one for one in known):
        return numbers
    texts = [repr(float(one)) if np.isfinite(one) else None for one in numbers]
    return np.array(texts, dtype=object)


def _times(values: pd.Series, form: Form) -> Array:
    """Times where the format has them and they are whole milliseconds, else ISO text, UTC."""
    plain: NDArray[np.datetime64] = values.dt.tz_convert(None).to_numpy("datetime64[us]")
    whole: Array = plain.astype("datetime64[ms]")
    if not form.is_short and bool((np.isnat(plain) | (whole == plain)).all()):
        return whole
    texts = np.datetime_as_string(plain).astype(object)
    return np.array([None if text == "NaT" else f"{text}Z" for text in texts], dtype=object)


def _nothing(path: Path) -> UsageError:
    return UsageError(
        Text("Yazılacak hiçbir özellik yok.", "There is no feature to write."),
        place=Place(file=str(path)),
        remedy=Text("tarihi ya da mahalleyi denetleyin", "check the date or the mahalle"),
    )
