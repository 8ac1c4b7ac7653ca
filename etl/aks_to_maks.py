"""Match AKS addresses to doors and load the units that pass the controls."""

from gis_platform.core.errors import Text
from gis_platform.core.pipeline import pipelines
from gis_platform.jobs.aks import AksJob
from gis_platform.jobs.aks_steps import controlled_units, placed_rows, usable_rows

pipelines.put(
    "aks_to_maks",
    AksJob(
        "aks_to_maks",
        Text("AKS adreslerinden MAKS kaydına", "From AKS addresses to the MAKS register"),
        steps=(usable_rows, placed_rows, controlled_units("register")),
    ),
)
