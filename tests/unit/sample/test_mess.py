"""Ways of writing an address badly."""

import random

import pytest

from gis_platform.sample.mess import Parts, rates, write_address


def parts(**changes: object) -> Parts:
    given: dict[str, object] = {
        "mahalle": "NİŞANCI", "name": "ŞEHİT KEMAL TUNÇ", "tip": 4, "kapi": "12A", "unit": "3",
        "floor": "KAT:1", "building": "", "ilce": "EYÜPSULTAN", "il": "İSTANBUL",
        "semt_known": "EYÜP", "other_mahalle": "MERKEZ", "old_name": "ESKİ GÜL",
    }  # fmt: skip
    return Parts(**{**given, **changes})  # type: ignore[arg-type]


def chance(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 (invented data)


def written(kind: str, **changes: object) -> tuple[str, list[str]]:
    made = parts(**changes)
    text = write_address(made, [kind], chance(1), lambda _name: False)
    return text, made.kinds


def test_a_clean_address_has_every_component() -> None:
    text, kinds = written("", unit="3")
    assert kinds == []
    for word in ("NİŞANCI", "ŞEHİT KEMAL TUNÇ", "12A", "3", "EYÜPSULTAN"):
        assert word in text


@pytest.mark.parametrize(
    ("kind", "present", "absent"),
    [
        ("csbm_missing", "NİŞANCI", "KEMAL"),
        ("mahalle_missing", "KEMAL", "NİŞANCI"),
        ("wrong_mahalle", "MERKEZ", "NİŞANCI"),
        ("title_short", "ŞHT. KEMAL", "ŞEHİT"),
        ("semt_after", "EYÜP ", "@"),
        ("ilce_old", "EYÜP", "EYÜPSULTAN"),
        ("old_in_brackets", "(ESKİ GÜL", "@"),
        ("ascii", "NISANCI", "Ş"),
        ("phone", "TEL: 0212 000", "@"),
        ("nolu", "NOLU", "@"),
    ],
)
def test_each_kind_does_what_its_name_says(kind: str, present: str, absent: str) -> None:
    text, kinds = written(kind)
    assert kinds == [kind]
    assert present in text
    assert absent not in text


def test_unit_behind_a_slash_needs_a_bare_number() -> None:
    assert "12/3" in written("unit_slash", kapi="12")[0]
    assert written("unit_slash", kapi="12A")[1] == []


def test_a_misspelt_name_never_hits_another_csbm() -> None:
    made = parts()
    text = write_address(made, ["name_typo"], chance(1), lambda _name: True)
    assert "ŞEHİT KEMAL TUNÇ" in text
    assert made.kinds == []


def test_combining_dots_occur() -> None:
    texts = {
        write_address(parts(), ["broken_i"], chance(seed), lambda _name: False) for seed in range(8)
    }
    assert any("\u0307" in text for text in texts)
    assert any("NIŞANCI" in text for text in texts)


def test_every_kind_has_a_rate() -> None:
    assert all(0 < rate <= 0.5 for rate in rates().values())
    assert rates()["spacing"] == 0.28
