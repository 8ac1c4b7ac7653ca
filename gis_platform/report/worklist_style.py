"""How QGIS shows a work list: a style that lies in the GeoPackage itself."""

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

import pandas as pd

from gis_platform.core.language import Language
from gis_platform.maks.reconcile import STATUS_TEXTS
from gis_platform.report.worklist import COLOURS

STYLE_LAYER = "layer_styles"
"""The table in which QGIS looks for the style of a layer of the file."""
_DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_QGIS = "3.28.0"
"""The oldest version whose reading of this form is meant; newer ones read it too."""

_UPDATED = pd.Timestamp("2000-01-01", tz="UTC")
"""QGIS finds no style without it; no day of ours, so that the same list gives the same bytes."""


def style_table(
    layer: str, column: str, label: str, edited: tuple[str, Iterable[str]], language: Language
) -> pd.DataFrame:
    """The one row of ``layer_styles``: points by status in the colours of the pages.

    Args:
        layer: the layer it is for; its geometry column is ``geom``.
        column: holds the status as people read it, in ``language``.
        label: the column written beside each point.
        edited: the column a person fills in, and the words offered for it.
        language: of the statuses.
    """
    row = {
        "f_table_catalog": "",
        "f_table_schema": "",
        "f_table_name": layer,
        "f_geometry_column": "geom",
        "styleName": layer,
        "styleQML": _qml(column, label, edited, language),
        "styleSLD": "",
        "useAsDefault": True,
        "description": "",
        "owner": "",
        "ui": "",
        "update_time": _UPDATED,
    }
    return pd.DataFrame([row])


def _qml(column: str, label: str, edited: tuple[str, Iterable[str]], language: Language) -> str:
    root = ET.Element("qgis", version=_QGIS, styleCategories="Symbology|Labeling|Forms",
                      labelsEnabled="1")  # fmt: skip
    _renderer(root, column, language)
    _labels(root, label)
    _choices(root, *edited)
    return _DOCTYPE + ET.tostring(root, encoding="unicode")


def _renderer(root: ET.Element, column: str, language: Language) -> None:
    renderer = ET.SubElement(root, "renderer-v2", type="categorizedSymbol", attr=column,
                             symbollevels="0", forceraster="0", enableorderby="0")  # fmt: skip
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for at, (status, said) in enumerate(STATUS_TEXTS.items()):
        word = said.say(language)
        ET.SubElement(categories, "category", symbol=str(at), value=word, label=word, type="string",
                      render="true")  # fmt: skip
        _marker(symbols, str(at), COLOURS[status.value])


def _marker(symbols: ET.Element, name: str, colour: str) -> None:
    symbol = ET.SubElement(symbols, "symbol", type="marker", name=name, alpha="1",
                           clip_to_extent="1", force_rhr="0")  # fmt: skip
    layer = ET.SubElement(symbol, "layer", attrib={"class": "SimpleMarker", "pass": "0",
                          "enabled": "1", "locked": "0"})  # fmt: skip
    _options(layer, {"name": "circle", "color": _rgba(colour), "outline_color": "255,255,255,255",
                     "outline_width": "0.3", "outline_width_unit": "MM", "size": "3",
                     "size_unit": "MM"})  # fmt: skip


def _labels(root: ET.Element, column: str) -> None:
    labels = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labels, "settings", calloutType="simple")
    text = ET.SubElement(settings, "text-style", fieldName=column, isExpression="0", fontSize="8",
                         fontSizeUnit="Point", textColor=_rgba("#1d2a2b"))  # fmt: skip
    ET.SubElement(text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
                  bufferColor="255,255,255,255")  # fmt: skip
    # Around the point; only from a scale on at which the numbers are no grey mass.
    ET.SubElement(settings, "placement", placement="0", dist="1", distUnits="MM")
    ET.SubElement(settings, "rendering", scaleVisibility="1", scaleMin="1", scaleMax="5000")


def _choices(root: ET.Element, column: str, words: Iterable[str]) -> None:
    """The words offered in the form; the column itself stays free text in the file."""
    fields = ET.SubElement(root, "fieldConfiguration")
    widget = ET.SubElement(ET.SubElement(fields, "field", name=column), "editWidget",
                           type="ValueMap")  # fmt: skip
    config = ET.SubElement(ET.SubElement(widget, "config"), "Option", type="Map")
    entries = ET.SubElement(config, "Option", type="List", name="map")
    for word in ("", *words):
        _options(entries, {word or "–": word})


def _options(parent: ET.Element, values: Mapping[str, str]) -> None:
    options = ET.SubElement(parent, "Option", type="Map")
    for name, value in values.items():
        ET.SubElement(options, "Option", type="QString", name=name, value=value)


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255"
