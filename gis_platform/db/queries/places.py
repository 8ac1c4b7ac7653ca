"""Names of places in the register, for reports and lists."""

from collections.abc import Sequence

from sqlalchemy import BigInteger, Connection, Text, column, func, select, table

CSBM = table("csbm", column("kimlik_no", BigInteger), column("ad", Text), column("tur", Text),
             schema="maks")  # fmt: skip

KAPI = table("kapi", column("kimlik_no", BigInteger), column("csbm_kodu", BigInteger),
             schema="maks")  # fmt: skip


def csbm_names(connection: Connection, codes: Sequence[int]) -> dict[int, str]:
    """Name and type of each csbm code in force; a code that is not there is left out."""
    if not codes:
        return {}
    said = func.concat_ws(" ", CSBM.c.ad, CSBM.c.tur)
    found = connection.execute(select(CSBM.c.kimlik_no, said).where(CSBM.c.kimlik_no.in_(codes)))
    return {int(code): name for code, name in found}


def csbm_of_numarataj(connection: Connection, numbers: Sequence[int]) -> dict[int, int | None]:
    """The csbm code of each numarataj in force that has one of the numbers."""
    if not numbers:
        return {}
    asked = select(KAPI.c.kimlik_no, KAPI.c.csbm_kodu).where(KAPI.c.kimlik_no.in_(list(numbers)))
    return {int(number): code for number, code in connection.execute(asked)}
