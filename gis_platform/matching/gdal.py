"""GDAL where a layer is read or written: a worker that never sees one keeps its 40 MB."""

import importlib
from typing import Any


def gdal() -> Any:
    """The module ``layer``, loaded now."""
    return importlib.import_module("gis_platform.matching.layer")
