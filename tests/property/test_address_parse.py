"""Parsing: total, quick, the same for every spelling, and the inverse of writing out."""

import time

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gis_platform.address.format import format_address
from gis_platform.address.model import Csbm, ParsedAddress
from gis_platform.address.parse import normalize, parse
from gis_platform.core.text import fold

quick = settings(max_examples=200, deadline=None)
any_text = st.text(st.characters(exclude_categories=()), max_size=500)
plain = st.sampled_from(
    [
        "GÜL",
        "LALE",
        "ÇINAR",
        "BARBAROS",
        "AKŞEMSETTİN",
        "PINAR",
        "IHLAMUR",
        "ZÜMRÜT",
        "YEŞİLPINAR",
        "KARADENİZ",
        "ÇİÇEK",
    ]
)
names = st.lists(plain, min_size=1, max_size=3, unique=True).map(" ".join)
numbers = st.integers(1, 9999).map(str)
doors = st.builds("{}{}".format, numbers, st.sampled_from(["", "A", "/B", "/3", "-7"]))
csbm = st.builds(Csbm, st.one_of(names, numbers), st.sampled_from([1, 2, 3, 4, 5]))
canonical = st.builds(
    ParsedAddress,
    mahalle=names,
    csbm=st.tuples(csbm),
    dis_kapi_no=doors,
    ic_kapi_no=st.none() | numbers,
    kat=st.none() | st.integers(1, 40).map(str),
    blok=st.none() | st.sampled_from(["A", "B", "C4"]),
    posta_kodu=st.none() | st.integers(34000, 34999).map(str),
    ilce=st.sampled_from(["EYÜPSULTAN", "SARIYER", "ŞİLE"]),
    il=st.sampled_from(["İSTANBUL", "ANKARA"]),
)


@quick
@given(any_text)
@example("NO:" * 166)
@example("1/" * 250)
@example("SOKAK " * 80)
@example("\0\u202e\u0307\ud800\U0001f3e0" * 100)
@example("mahallesı" * 55)
def test_any_text_is_parsed_and_quickly(text: str) -> None:
    begin = time.perf_counter()
    found = parse(text)
    took = time.perf_counter() - begin
    assert isinstance(found, ParsedAddress)
    assert took < 0.5, "a stall of the machine allowed for; a slow case takes seconds"


@quick
@given(canonical)
def test_parsing_what_was_written_out_gives_it_back(address: ParsedAddress) -> None:
    assert parse(format_address(address)) == address


@quick
@given(canonical)
def test_case_and_blanks_do_not_matter(address: ParsedAddress) -> None:
    text = format_address(address)
    assert parse(f"  {text.replace(' ', '   ')} ") == address
    small = parse(fold(text))
    assert small.dis_kapi_no == address.dis_kapi_no
    assert fold(small.csbm[0].name) == fold(address.csbm[0].name)


@quick
@given(any_text)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalize(normalize(text)) == normalize(text)
