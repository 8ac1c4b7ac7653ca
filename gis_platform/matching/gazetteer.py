"""The addresses one can match against: reference frames, read from files or handed in by ``db``."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Reference:
    """Frames that make a gazetteer; every optional one may be missing, and is then not used.

    Attributes:
        csbm: ilce_kod, ilce, mahalle_kod, mahalle, csbm_kod, csbm (name without its type word),
            tur_kod (0 köy sokağı, 1 meydan, 2 bulvar, 3 cadde, 4 sokak, 5 küme evler).
        mahalle: ilce_kod, ilce, mahalle_kod, mahalle; il where known.
        kapi: numarataj_kimlik_no, csbm_kod, dis_kapi_no, lon, lat (EPSG:4326).
        orta_hat: csbm_kod, geometry (lines, EPSG:4326).
        mahalle_alan: mahalle_kod, geometry (polygons, EPSG:4326).
        ilce_alan: ilce_kod, geometry (polygons, EPSG:4326).
        aliases: level (ilce, mahalle or csbm), kod, alias.
        decisions: key (normalised address or adres_no), numarataj_kimlik_no, csbm_kod, decided_by,
            decided_at.
    """

    csbm: pd.DataFrame
    mahalle: pd.DataFrame
    kapi: pd.DataFrame | None = None
    orta_hat: pd.DataFrame | None = None
    mahalle_alan: pd.DataFrame | None = None
    aliases: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    ilce_alan: pd.DataFrame | None = None


def read_reference(folder: Path) -> Reference:
    """The reference in a folder: files ending in ``csbm.csv`` and ``mahalle.csv``, and what is there.

    Raises:
        SourceError: one of the two is missing, or lacks a column.
    """
    return Reference(pd.read_csv(folder / "csbm.csv"), pd.read_csv(folder / "mahalle.csv"))
