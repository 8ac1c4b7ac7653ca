"""Turkish letters: what holds for any text a form can carry."""

from hypothesis import given
from hypothesis import strategies as st

from gis_platform.core import text

LATIN = st.characters(min_codepoint=0x20, max_codepoint=0x24F)
MARKS = st.sampled_from(["\u0307", "\u0302", "\u0327", "’", "–", "№", "\u00a0", "\t"])
any_text = st.text(st.one_of(LATIN, MARKS, st.sampled_from("ıİiIşŞğĞüÜöÖçÇâîû")), max_size=40)
turkish = st.text("abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ 0123456789/-.")


@given(any_text)
def test_folding_twice_changes_nothing(said: str) -> None:
    assert text.fold(text.fold(said)) == text.fold(said)


@given(any_text)
def test_cleaning_twice_changes_nothing(said: str) -> None:
    assert text.clean(text.clean(said)) == text.clean(said)


@given(turkish)
def test_turkish_letters_go_up_and_down_without_loss(said: str) -> None:
    assert text.lower(text.upper(said)) == text.lower(said)
    assert text.upper(text.lower(said)) == text.upper(said)
    assert len(text.upper(said)) == len(text.lower(said)) == len(said)


@given(turkish)
def test_case_never_changes_the_folded_key(said: str) -> None:
    assert text.fold(text.upper(said)) == text.fold(text.lower(said)) == text.fold(said)


@given(turkish)
def test_folded_key_of_turkish_text_is_ascii(said: str) -> None:
    assert text.fold(said).isascii()
