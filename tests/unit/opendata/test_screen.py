import random

import numpy as np
import pandas as pd
import pytest

from gis_platform.opendata.screen import (
    digits_of,
    is_iban,
    is_tckn,
    is_vkn,
    name_words,
    screen,
    suspicious_names,
    suspicious_values,
)


def a_tckn(seed: int) -> str:
    """A number with right check digits, made from a seed; it is nobody's."""
    digits = [int(c) for c in f"{random.Random(seed).randrange(10**8, 10**9)}"]  # noqa: S311
    digits.append((sum(digits[0:9:2]) * 7 - sum(digits[1:8:2])) % 10)
    digits.append(sum(digits) % 10)
    return "".join(map(str, digits))


def found(values: list[object], kind: str = "string", key: str = "no") -> dict[str, int]:
    frame = pd.DataFrame({"deger": pd.Series(values, dtype="str" if kind == "string" else "Int64")})
    return {each.detector: each.count for each in suspicious_values([frame], {"deger": kind}, key)}


@pytest.mark.parametrize(
    ("said", "detector"),
    [
        (f"Başvuran {a_tckn(1)} no'lu kişi", "tckn"),
        ("IBAN TR33 0006 1005 1978 6457 8413 26 hesabına", "iban"),
        ("TR330006100519786457841326", "iban"),
        ("Ara: 0532 123 45 67", "phone"),
        ("+90 (532) 123 45 67", "phone"),
        ("05321234567", "phone"),
        ("532-123-45-67", "phone"),
        ("sorular: ayse.kaya@ornek.com.tr", "email"),
        ("34 ABC 123 plakalı araç", "plate"),
        ("06 A 1234", "plate"),
    ],
)
def test_personal_data_inside_a_text_is_found(said: str, detector: str) -> None:
    assert found(["Lale Sokak", said, None]) == {detector: 1}


@pytest.mark.parametrize(
    "values",
    [
        ["12/A", "34 A", "34-36", "5", "12 B 1", "34 A 12"],
        ["ŞEHİT ÇAĞLAYAN SOKAK", "1532. SOKAK", "15 TEMMUZ ŞEHİTLERİ CADDESİ", "34. SOKAK"],
        ["TR", "12345678901234567890", "0212 555 12 12", "444 1 444"],
        ["2024-05-12", "41.0471234", "28.9331200", "a@b"],
    ],
)
def test_addresses_codes_and_institutions_are_not_taken_for_persons(values: list[object]) -> None:
    assert found(values) == {}


def test_numbers_that_pass_by_chance_are_no_identity_numbers() -> None:
    rng = np.random.default_rng(7)
    assert found(list(rng.integers(10**10, 10**11, 20_000)), "integer") == {}
    assert found(list(rng.integers(10**9, 10**10, 20_000)), "integer") == {}


@pytest.mark.parametrize("kind", ["integer", "string"])
def test_a_column_with_three_per_cent_identity_numbers_is_found(kind: str) -> None:
    rng = np.random.default_rng(7)
    values = [str(v) for v in rng.integers(10**10, 10**11, 9_700)]
    values += [a_tckn(seed) for seed in range(300)]
    hits = found([int(v) for v in values] if kind == "integer" else list(values), kind)
    assert set(hits) == {"tckn"}
    assert hits["tckn"] >= 300


def test_one_identity_number_among_twenty_thousand_texts_is_found() -> None:
    texts: list[object] = [f"Dilekçe {number} işleme alındı" for number in range(20_000)]
    texts[11_111] = f"Dilekçe sahibi {a_tckn(5)}"
    assert found(texts) == {"tckn": 1}


def test_uavt_codes_that_begin_with_five_are_not_phones_but_a_phone_column_is() -> None:
    rng = np.random.default_rng(1)
    codes = [int(v) for v in rng.integers(10**9, 10**10, 5000)]
    assert "phone" not in found(list(codes), "integer")
    phones = [f"5{v:09d}" for v in rng.integers(0, 10**9, 500)]
    assert found(list(phones))["phone"] == 500


def test_the_key_of_a_layer_is_not_taken_for_phones() -> None:
    keys = [5_000_000_000 + number for number in range(500)]
    assert found(list(keys), "integer", key="deger") == {}


@pytest.mark.parametrize(
    "column",
    ["tc", "TCKN", "tc_kimlik_no", "ad_soyad", "adiSoyadi", "malik", "hissedar_adi",
     "kiracıTelefon", "cep_tel", "ePosta", "dogum_tarihi", "engelli_mi", "yardim_turu",
     "ikametAdresi", "annead", "VERGİ_NO", "plaka", "iban"],
)  # fmt: skip
def test_a_column_named_after_a_person_is_found(column: str) -> None:
    assert [each.detector for each in suspicious_names([column])] == ["name"]


@pytest.mark.parametrize(
    "column",
    ["kimlik_no", "ad", "park_adi", "dis_kapi_no", "csbm_kodu", "mahalle", "otel_adi", "tur",
     "tatil", "zemin_ustu_kat_sayisi", "tesis_adi", "hat_no"],
)  # fmt: skip
def test_a_column_named_after_a_thing_is_not_found(column: str) -> None:
    assert list(suspicious_names([column])) == []


def test_a_name_is_folded_before_it_is_split() -> None:
    assert name_words("kiracıTelefonİl") == ["kiraci", "telefon", "il"]


def test_the_message_does_not_repeat_the_personal_data() -> None:
    frame = pd.DataFrame({"ad": [f"kişi {a_tckn(3)}"]})
    (finding,) = screen([frame], {"ad": "string"}, "no")
    assert finding.key == "ad:tckn"
    assert a_tckn(3) not in finding.text.tr + finding.text.en


def test_check_digits_are_those_of_the_rules() -> None:
    assert is_tckn(digits_of(["10000000146", "10000000147"], 11)).tolist() == [True, False]
    assert is_vkn(digits_of(["1234567890", "1234567891"], 10)).tolist() == [True, False]
    assert is_iban("TR33 0006 1005 1978 6457 8413 26")
    assert not is_iban("TR33 0006 1005 1978 6457 8413 27")
