"""The components of an address; the twenty kinds of mess lie in ``cases/components.csv``."""

import csv
from pathlib import Path

import pytest

from gis_platform.address.format import format_address
from gis_platform.address.model import Csbm, ParsedAddress
from gis_platform.address.parse import normalize, parse

with (Path(__file__).parent / "cases" / "components.csv").open(encoding="utf-8") as _file:
    CASES = list(csv.DictReader(_file))
each_case = pytest.mark.parametrize("case", CASES, ids=[case["why"] for case in CASES])
SINGLE = ("mahalle", "dis_kapi_no", "ic_kapi_no", "kat", "blok")


@each_case
def test_components_are_those_of_the_case(case: dict[str, str]) -> None:
    found = parse(case["text"])
    assert {name: getattr(found, name) or "" for name in SINGLE} == {n: case[n] for n in SINGLE}
    assert "|".join(csbm.name for csbm in found.csbm) == case["csbm"]
    assert "|".join(str(csbm.tur_kod or "") for csbm in found.csbm) == case["tur_kod"]


@pytest.mark.parametrize("case", [case for case in CASES if case["text"]], ids=lambda c: c["why"])
def test_ilce_and_il_are_read_behind_everything(case: dict[str, str]) -> None:
    found = parse(case["text"] + " EYÜPSULTAN / İSTANBUL")
    assert (found.ilce, found.il) == ("EYÜPSULTAN", "İSTANBUL")


def test_an_il_without_a_slash_leaves_the_ilce_among_the_words() -> None:
    found = parse("GÜL SK. NO:5 RAMİ İSTANBUL")
    assert (found.ilce, found.il, found.words) == (None, "İSTANBUL", ("RAMİ",))


def test_names_of_buildings_and_directions_are_kept_apart() -> None:
    found = parse("NİŞANCI MAH. GÜL SK. LALE SİTESİ NO:5 PTT KARŞISI")
    assert (found.building, found.tarif) == ("LALE SİTESİ", "PTT KARŞISI")
    assert found.csbm == (Csbm("GÜL", 4),)


def test_the_post_code_is_no_door_and_no_word() -> None:
    found = parse("GÜL SK. NO:5 34050 EYÜPSULTAN/İSTANBUL")
    assert (found.dis_kapi_no, found.posta_kodu, found.words) == ("5", "34050", ())


def test_an_address_is_written_in_the_official_order() -> None:
    address = ParsedAddress("NİŞANCI", (Csbm("GÜL", 4),), "5/A", "3", "2", "B", posta_kodu="34050",
                            ilce="EYÜPSULTAN", il="İSTANBUL")  # fmt: skip
    text = format_address(address)
    assert text == (
        "NİŞANCI MAHALLESİ GÜL SOKAK NO: 5/A B BLOK KAT: 2 DAİRE: 3 34050 EYÜPSULTAN/İSTANBUL"
    )
    assert parse(text) == address


def test_two_spellings_have_one_key() -> None:
    assert normalize("  gül\u00a0sok.  no:5 ") == normalize("GÜL SOK. NO:5") == "GÜL SOK. NO:5"


def test_only_the_first_thousand_characters_are_read() -> None:
    assert parse("GÜL SOKAK NO:5 " + "x" * 100_000).dis_kapi_no == "5"
