"""DXF: drawings for CAD programs, TUREF / TM30 (EPSG:5254), metres; each feature with its label.

The oldest form all of them read, AutoCAD Release 12, in Turkish (code page 1254). Points are
``POINT``, lines open and rings closed ``POLYLINE``; what a feature is called is a ``TEXT`` on a
layer of its own, and its key is extended data of the entity. A drawing has room for no more:
further columns are in the other formats. Source: Autodesk, DXF Reference, Release 12.
"""

import codecs
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from geopandas import GeoDataFrame
from numpy.typing import NDArray

from gis_platform.core.crs import PUBLISHED_SRID, REGISTER_SRID, reproject_geometry
from gis_platform.core.disk import writing_to
from gis_platform.core.errors import Text
from gis_platform.opendata.exporter import Exporter, ExportFacts, exporters

APPLICATION = "GIS-PLATFORM"
"""Under this name the key is in the extended data."""
LABELS = "_YAZI"
"""End of the name of the layer with the labels."""
_CODE_PAGE = "cp1254"
_HEIGHT = "1.5"
"""Of the labels, metres."""
_CHUNK = 20_000
_LONGEST_NAME, _LONGEST_TEXT = 31, 255


def write(frame: GeoDataFrame, path: Path, facts: ExportFacts) -> None:
    """Write the drawing, some features at a time."""
    layer = facts.name[: _LONGEST_NAME - len(LABELS)]
    with writing_to(path), path.open("wb") as file:
        shapes = _moved(frame.geometry.to_numpy())
        file.write(_encoded(_beginning(layer, shapes)))
        for start in range(0, len(frame), _CHUNK):
            part = slice(start, start + _CHUNK)
            _write_part(file, frame.iloc[part], shapes[part], layer, facts)
        file.write(b"0\r\nENDSEC\r\n0\r\nEOF\r\n")


def _moved(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    return reproject_geometry(shapes, PUBLISHED_SRID, REGISTER_SRID)


def _beginning(layer: str, shapes: NDArray[np.object_]) -> str:
    west, south, east, north = shapely.total_bounds(shapes) if len(shapes) else (0, 0, 0, 0)
    layers = [_layer(layer, 7), _layer(layer + LABELS, 3)]
    tables = [
        _table("LTYPE", _lines(0, "LTYPE", 2, "CONTINUOUS", 70, 64, 3, "Solid line", 72, 65, 73, 0,
                               40, "0.0")),
        _table("LAYER", *layers),
        _table("STYLE", _lines(0, "STYLE", 2, "STANDARD", 70, 0, 40, "0.0", 41, "1.0", 50, "0.0",
                               71, 0, 42, _HEIGHT, 3, "arial.ttf", 4, "")),
        _table("APPID", _lines(0, "APPID", 2, "ACAD", 70, 0),
               _lines(0, "APPID", 2, APPLICATION, 70, 0)),
    ]  # fmt: skip
    return "".join(
        [
            _lines(999, "EPSG:5254 TUREF / TM30, metre; X = dogu / east, Y = kuzey / north"),
            _lines(0, "SECTION", 2, "HEADER", 9, "$ACADVER", 1, "AC1009", 9, "$DWGCODEPAGE",
                   3, "ANSI_1254", 9, "$EXTMIN", 10, f"{west:.3f}", 20, f"{south:.3f}",
                   30, "0.0", 9, "$EXTMAX", 10, f"{east:.3f}", 20, f"{north:.3f}", 30, "0.0",
                   0, "ENDSEC", 0, "SECTION", 2, "TABLES"),
            *tables,
            _lines(0, "ENDSEC", 0, "SECTION", 2, "ENTITIES"),
        ]
    )  # fmt: skip


def _layer(name: str, colour: int) -> str:
    return _lines(0, "LAYER", 2, name, 70, 0, 62, colour, 6, "CONTINUOUS")


def _table(name: str, *entries: str) -> str:
    return _lines(0, "TABLE", 2, name, 70, len(entries)) + "".join(entries) + _lines(0, "ENDTAB")


def _lines(*said: object) -> str:
    return "".join(f"{each}\r\n" for each in said)


def _write_part(
    file: BinaryIO, frame: GeoDataFrame, shapes: NDArray[np.object_], layer: str, facts: ExportFacts
) -> None:
    keys = None if facts.key is None else _said(frame[facts.key], f"{facts.key}=")
    file.write(_encoded_all(_entities(shapes, layer, keys)))
    if facts.label is not None:
        file.write(_encoded_all(_labels(frame[facts.label], shapes, layer)))


def _entities(shapes: NDArray[np.object_], layer: str, keys: Any) -> Any:
    parts, whose = shapely.get_parts(shapes, return_index=True)
    if shapely.get_dimensions(parts[:1]).tolist() == [0]:
        xy = shapely.get_coordinates(parts)
        found = _joined(_lines(0, "POINT", 8, layer) + "10\r\n", _metres(xy[:, 0]), "\r\n20\r\n",
                        _metres(xy[:, 1]), "\r\n30\r\n0.0\r\n")  # fmt: skip
        return _joined(found, _extended(keys, whose))
    is_closed = shapely.get_dimensions(parts[:1]).tolist() == [2]
    if is_closed:
        parts, ring_of = shapely.get_rings(parts, return_index=True)
        whose = whose[ring_of]
    return _polylines(parts, _extended(keys, whose), layer, is_closed=is_closed)


def _polylines(lines: NDArray[np.object_], extended: Any, layer: str, *, is_closed: bool) -> Any:
    counts = shapely.get_num_points(lines)
    xy = shapely.get_coordinates(lines)
    vertices = _joined(_lines(0, "VERTEX", 8, layer) + "10\r\n", _metres(xy[:, 0]), "\r\n20\r\n",
                       _metres(xy[:, 1]), "\r\n30\r\n0.0\r\n")  # fmt: skip
    if is_closed:  # the flag closes it: the last point would be there twice
        last = np.cumsum(counts) - 1
        vertices = vertices.filter(pa.array(~np.isin(np.arange(len(xy)), last)))
        counts = counts - 1
    offsets = pa.array(np.concatenate([[0], np.cumsum(counts)]).astype("int32"))
    bodies = pc.binary_join(pa.ListArray.from_arrays(offsets, vertices), "")
    begin = _lines(0, "POLYLINE", 8, layer, 66, 1, 10, "0.0", 20, "0.0", 30, "0.0",
                   70, int(is_closed))  # fmt: skip
    end = _lines(0, "SEQEND", 8, layer)
    return _joined(begin, extended, bodies, end)


def _extended(keys: Any, whose: NDArray[np.int64]) -> Any:
    """Extended data: the key of the feature an entity is of."""
    if keys is None:
        return pa.array([""] * len(whose))
    return _joined(f"1001\r\n{APPLICATION}\r\n1000\r\n", keys.take(pa.array(whose)), "\r\n")


def _labels(values: Any, shapes: NDArray[np.object_], layer: str) -> Any:
    texts = _said(values)
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes))
    is_there = pc.and_kleene(pc.is_valid(texts), pc.not_equal(texts, ""))
    found = _joined(
        _lines(0, "TEXT", 8, layer + LABELS) + "10\r\n", _metres(xy[:, 0]), "\r\n20\r\n",
        _metres(xy[:, 1]), f"\r\n30\r\n0.0\r\n40\r\n{_HEIGHT}\r\n1\r\n", texts, "\r\n",
    )  # fmt: skip
    return found.filter(pc.fill_null(is_there, fill_value=False))


def _said(values: Any, before: str = "") -> Any:
    """As a text of one line; carets and double per cent signs are commands in a drawing."""
    texts = pa.array(values.astype("str"), pa.string(), from_pandas=True)
    texts = pc.replace_substring_regex(texts, r"[\x00-\x1f\x7f\s]+", " ")
    for sign, said in (("^", "^ "), ("%%", "% %")):
        texts = pc.replace_substring(texts, sign, said)
    texts = pc.utf8_slice_codeunits(texts, 0, _LONGEST_TEXT - len(before))
    return _joined(before, texts) if before else texts


def _metres(values: NDArray[np.float64]) -> Any:
    return pa.array(np.round(values, 3)).cast(pa.decimal128(18, 3), safe=False).cast(pa.string())


def _joined(*parts: Any) -> Any:
    return pc.binary_join_element_wise(*parts, "")


def _encoded_all(texts: Any) -> bytes:
    return _encoded("".join(texts.to_pylist()))


def _encoded(text: str) -> bytes:
    return text.encode(_CODE_PAGE, errors=_AS_NUMBER)


def _as_number(error: UnicodeError) -> tuple[str, int]:
    """A letter outside the code page, by its number, as every version of AutoCAD reads it."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    said = [f"\\U+{units[at]:02X}{units[at + 1]:02X}" for at in range(0, len(units), 2)]
    return "".join(said), error.end


_AS_NUMBER = "gis-platform-dxf"
codecs.register_error(_AS_NUMBER, _as_number)
exporters.put(
    "dxf",
    Exporter(
        Text("DXF", "DXF"), "image/vnd.dxf", ".dxf", write, order=80,
        is_later=True,
    ),
)  # fmt: skip
