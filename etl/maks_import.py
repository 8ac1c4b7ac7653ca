"""Read a MAKS delivery and load what passes the controls."""

from gis_platform.core.errors import Text
from gis_platform.core.pipeline import pipelines
from gis_platform.jobs.maks_import import MaksImport

pipelines.put(
    "maks_import",
    MaksImport(
        "maks_import",
        Text("MAKS teslimatının kayda alınması", "Import of a MAKS delivery"),
        profile="register",
    ),
)
