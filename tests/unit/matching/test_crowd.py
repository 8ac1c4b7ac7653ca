"""Names that a whole country shares: they leave room for the rest of an address."""

import pandas as pd
import pytest

from gis_platform.matching.gazetteer import Reference, build_index
from gis_platform.matching.match import Matcher
from gis_platform.matching.model import MatchStatus

TOWNS = 200
"""More ilçe with a mahalle CUMHURİYET than the core keeps mentions of one text."""


def town(at: int) -> str:
    letters = "ABCDEFGHIJKLMNOPRSTUVYZ"
    return f"{letters[at % 20]}{letters[at // 20]}OVA"


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    mahalle = pd.DataFrame(
        [("İSTANBUL", at + 1, town(at), at + 1, "CUMHURİYET") for at in range(TOWNS)],
        columns=["il", "ilce_kod", "ilce", "mahalle_kod", "mahalle"],
    )
    csbm = pd.DataFrame(
        [
            (at + 1, town(at), at + 1, "CUMHURİYET", 1000 + 10 * at + which, name, 4)
            for at in range(TOWNS)
            for which, name in enumerate(("MENEKŞE", "KARTAL YUVASI"))
        ],
        columns=["ilce_kod", "ilce", "mahalle_kod", "mahalle", "csbm_kod", "csbm", "tur_kod"],
    )
    folder = tmp_path_factory.mktemp("country") / "index"
    build_index(Reference(csbm, mahalle), folder)
    return Matcher.open(folder)


@pytest.mark.parametrize("at", [0, 7, 160, 199])
def test_a_mahalle_name_of_every_ilce_hides_no_csbm(country: Matcher, at: int) -> None:
    match = country.match_one(f"CUMHURİYET MAH. KARTAL YUVASI SOK. NO:5 {town(at)}/İSTANBUL")
    assert match.status is MatchStatus.MATCHED
    assert match.best is not None
    assert match.best.csbm_kod == 1001 + 10 * at


def test_without_an_ilce_nobody_can_tell_which_of_them_is_meant(country: Matcher) -> None:
    match = country.match_one("CUMHURİYET MAH. KARTAL YUVASI SOK. NO:5")
    assert match.status is not MatchStatus.MATCHED
