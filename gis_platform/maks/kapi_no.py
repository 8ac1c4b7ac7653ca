"""Door numbers taken apart: ``12``, ``12A``, ``12/A``, ``12-14``, ``12/1`` (maks.md §4.4)."""

import pandas as pd

from gis_platform.core.text import clean, upper

_GRAMMAR = (
    r"^(?P<number>\d{1,5})"
    r"(?:\s*[-/]?\s*(?P<letters>[A-ZÇĞİÖŞÜ]{1,2}))?"
    r"(?:\s*-\s*(?P<last>\d{1,5})(?:\s*[-/]?\s*(?P<last_letters>[A-ZÇĞİÖŞÜ]{1,2}))?)?"
    r"(?:\s*/\s*(?P<part>\d{1,4}[A-ZÇĞİÖŞÜ]?))?$"
)


def canonical(kapi_no: pd.Series) -> pd.Series:
    """Capitals without blanks, ``12.0`` from a spreadsheet as ``12``; missing stays missing."""
    distinct = pd.Series(kapi_no.dropna().unique(), dtype="str")
    spelled = distinct.map(lambda text: upper(clean(text)).replace(" ", ""))
    spelled = spelled.str.replace(r"^(\d+)\.0+$", r"\1", regex=True)
    return kapi_no.map(dict(zip(distinct, spelled, strict=True))).astype("str")


def parse(kapi_no: pd.Series) -> pd.DataFrame:
    """The parts of each number, on the index of ``kapi_no``.

    Returns:
        ``number`` (Int64, missing where the text is no door number), ``letters`` (``""`` if none),
        ``last`` (Int64, the end of a range), ``part`` (behind a slash, ``""`` if none).
    """
    parts = canonical(kapi_no).str.extract(_GRAMMAR)
    return pd.DataFrame(
        {
            "number": pd.to_numeric(parts["number"]).astype("Int64"),
            "letters": parts["letters"].fillna("").astype("str"),
            "last": pd.to_numeric(parts["last"]).astype("Int64"),
            "part": parts["part"].fillna("").astype("str"),
        },
        index=kapi_no.index,
    )
