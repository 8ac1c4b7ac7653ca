"""How well each mahalle is covered with addresses, counted in published data alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gis_platform.db.queries import coverage as ask
from gis_platform.opendata.public import PublicLayer

DOORS, AREAS = "numarataj", "mahalle"
CERTIFIED = "sertifikali"
"""Column of the layer of doors, yes or no: the municipality stands for this address (as BAN's
``certification_commune``); where the layer has none, nothing is said of certification."""
_NEEDED = ("dis_kapi_no", "csbm_kodu", "mahalle_kodu")


@dataclass(frozen=True)
class MahalleCoverage:
    """Doors of a mahalle: all, those with number and csbm, those certified (``None`` = unsaid)."""

    name: str
    doors: int
    whole: int
    certified: int | None


@dataclass(frozen=True)
class Coverage:
    """The coverage of every mahalle; ``layer`` is the layer of doors it was counted in."""

    layer: PublicLayer
    rows: tuple[MahalleCoverage, ...]


def coverage_layers(layers: Sequence[PublicLayer]) -> tuple[PublicLayer, PublicLayer] | None:
    """The layers of doors and of mahalle; ``None`` where they do not allow it."""
    known = {layer.name: layer for layer in layers}
    doors, areas = known.get(DOORS), known.get(AREAS)
    if doors is None or areas is None or not all(name in doors.entry.types for name in _NEEDED):
        return None
    if areas.entry.types[areas.entry.key] != doors.entry.types["mahalle_kodu"]:
        return None
    return doors, areas


def coverage(connection: Connection, doors: PublicLayer, areas: PublicLayer) -> Coverage:
    """What the two layers say of each mahalle, in the order of the alphabet."""
    is_said = doors.entry.types.get(CERTIFIED) == "boolean"
    rows = ask.doors_by_mahalle(
        connection, doors.served, areas.served, CERTIFIED if is_said else None
    )
    return Coverage(doors, tuple(MahalleCoverage(*row) for row in rows))
