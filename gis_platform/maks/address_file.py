"""Which column of somebody's file holds what: as they say, else as the headers tell."""

from dataclasses import fields

from gis_platform.core.errors import SourceError, Text, UsageError
from gis_platform.maks.aks import aks_columns
from gis_platform.matching.files import AddressFile, named_columns
from gis_platform.matching.model import AddressColumns

COLUMN_NAMES = tuple(field.name for field in fields(AddressColumns))


def address_columns(file: AddressFile, column: str | None, columns: str | None) -> AddressColumns:
    """Which column holds what: as said, else as the headers of an AKS table say.

    Raises:
        SourceError: a column is not there; the message names those that are.
        UsageError: nothing was said and the headers do not tell.
    """
    wanted = _wanted(columns) | ({"text": column} if column else {})
    if wanted:
        return named_columns(file, wanted)
    try:
        return aks_columns(file.headers, file=str(file.path)).address
    except SourceError:
        there = ", ".join(f"“{name}”" for name in file.headers)
        raise UsageError(
            Text(
                f"Adresin hangi sütunda olduğu belirtilmedi. Olanlar: {there}.",
                f"It was not said which column holds the address. There are: {there}.",
            ),
            remedy=Text(
                "--column SÜTUN ya da --columns mahalle=…,csbm=…,dis_kapi_no=… verin",
                "give --column NAME or --columns mahalle=…,csbm=…,dis_kapi_no=…",
            ),
        ) from None


def _wanted(columns: str | None) -> dict[str, str]:
    """``il=İl,csbm=Cadde`` as a mapping."""
    pairs = [part.partition("=") for part in (columns or "").split(",") if part.strip()]
    for name, equals, header in pairs:
        if name.strip() not in COLUMN_NAMES or not equals or not header.strip():
            raise UsageError(
                Text(
                    f"“{name}{equals}{header}” anlaşılmadı. Bileşenler: {', '.join(COLUMN_NAMES)}.",
                    f"“{name}{equals}{header}” is not understood. "
                    f"Components: {', '.join(COLUMN_NAMES)}.",
                ),
                remedy=Text("örnek: --columns il=İl,csbm=Cadde", "e.g. --columns il=İl,csbm=Cadde"),
            )
    return {name.strip(): header.strip() for name, _, header in pairs}
