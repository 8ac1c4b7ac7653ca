import pytest

from gis_platform.core.errors import (
    Conflict,
    GisPlatformError,
    Place,
    SourceError,
    Text,
    Unavailable,
    UsageError,
)

MISSING = SourceError(
    Text("“{name}” sütunu yok.", "There is no column “{name}”.").fill(name="adres"),
    place=Place("a.csv", 3, "adres"),
    remedy=Text("--column ile adını verin", "use --column"),
)


def test_error_is_one_line_with_place_and_remedy() -> None:
    assert MISSING.say("tr") == (
        "dosya a.csv, satır 3, alan adres: “adres” sütunu yok. → Çare: --column ile adını verin"
    )
    assert MISSING.say("en") == (
        "file a.csv, row 3, field adres: There is no column “adres”. → Remedy: use --column"
    )


def test_error_without_place_or_remedy_says_only_what_is_wrong() -> None:
    assert Conflict(Text("Olmaz.", "No.")).say("tr") == "Olmaz."


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (Place(), ""),
        (Place(file="a.csv"), "dosya a.csv"),
        (Place(row=0), "satır 0"),
        (Place(field="kat"), "alan kat"),
    ],
)
def test_place_names_only_what_is_known(place: Place, expected: str) -> None:
    assert place.say("tr") == expected


def test_data_ends_with_1_and_misuse_with_2() -> None:
    assert (SourceError.exit_code, Unavailable.exit_code) == (1, 1)
    assert UsageError.exit_code == Conflict.exit_code == 2


def test_codes_are_stable_and_their_own() -> None:
    codes = [each.code for each in GisPlatformError.__subclasses__()]
    assert len(codes) == len(set(codes))
    assert "error" not in codes


def test_str_of_an_error_is_english() -> None:
    assert str(MISSING).startswith("file a.csv, row 3")
