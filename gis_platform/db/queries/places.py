"""Names of places in the register, for reports and lists."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, Text, column, func, select, table

from gis_platform.db.tables import LAYER_TABLES

CSBM = table("csbm", column("kimlik_no", BigInteger), column("ad", Text), column("tur", Text),
             schema="maks")  # fmt: skip


def csbm_names(connection: Connection, codes: Sequence[int]) -> dict[int, str]:
    """Name and type of each csbm code in force; a code that is not there is left out."""
    if not codes:
        return {}
    said = func.concat_ws(" ", CSBM.c.ad, CSBM.c.tur)
    found = connection.execute(select(CSBM.c.kimlik_no, said).where(CSBM.c.kimlik_no.in_(codes)))
    return {int(code): name for code, name in found}


def known_numarataj(connection: Connection, numbers: Sequence[int]) -> set[int]:
    """Those of the numbers that a numarataj in force has."""
    versions = LAYER_TABLES["numarataj"]
    in_force = select(versions.c.kimlik_no).where(
        versions.c.valid_to.is_(None), versions.c.kimlik_no.in_(list(numbers))
    )
    return set(connection.execute(in_force).scalars()) if numbers else set()
