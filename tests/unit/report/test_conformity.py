"""The conformity file: what it counts, how it looks, and that it is the same every time."""

import base64
import re
import zlib
from datetime import date
from pathlib import Path

import pytest
import shapely
from openpyxl import load_workbook

from gis_platform.core.errors import Text
from gis_platform.maks.check import check
from gis_platform.maks.waiver import Waiver
from gis_platform.report.conformity import Conformity, OriginLine, TrendLine
from gis_platform.report.conformity_html import as_html
from gis_platform.report.conformity_write import write_conformity
from gis_platform.report.gather import About, gather
from gis_platform.report.maps import RATE_COLOURS, MahallePlace, colour_of, mahalle_map, trend_chart
from gis_platform.report.telling import Telling
from tests.contract.control_village import village

DAY = date(2026, 3, 1)
FAULTS = {
    "set": {
        "numarataj": {50101: {"kapi_no": "3"}, 50205: {"kapi_no": None}},
        "yol": {503: {"ad": "=HYPERLINK(1)"}},
        "yol_orta_hat_yon": {7011: {"tur": "ÇİFT"}},
    }
}
EARLIER = TrendLine(date(2026, 2, 1), 200, 150, 50, 9)


def a_report(
    case: dict[str, object] | None = FAULTS, waivers: tuple[Waiver, ...] = (), **more: object
) -> Conformity:
    layers = village(case)
    about = About(
        organisation=Text("Eyüpsultan Belediyesi", "Eyüpsultan Municipality"),
        subject=Text("kayıt", "the register"),
        reported_on=DAY,
        origins=(
            OriginLine("ŞİŞ<li>.gdb", "ab" * 32, 5 << 20, "2026-02-01 10:00", "Deneme Kişi",
                       "EPSG:2320 (ED50 / TM30)", "ED50 to ETRS89 (9)", 2.1, 100),
        ),
        versions={"gis-platform": "0"},
        earlier=(EARLIER,),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip
    mahalle = more.get("mahalle")
    result = check(layers, "delivery", mahalle=mahalle, waivers=waivers)  # type: ignore[arg-type]
    return gather(layers, result, about, "tr")


@pytest.fixture(scope="module")
def report() -> Conformity:
    return a_report()


def test_a_clean_register_conforms() -> None:
    clean = a_report(None)
    assert clean.conforms
    assert clean.with_error == 0
    assert clean.clean_share == 1
    assert clean.csbm == ()
    assert {line.clean_share for line in clean.mahalle} == {1.0}


def test_features_are_counted_once_however_many_findings_they_have(report: Conformity) -> None:
    doors = next(line for line in report.layers if line.layer == "numarataj")
    assert doors.features == len(village(FAULTS)["numarataj"])
    assert 2 <= doors.with_error <= report.errors
    assert doors.with_error + doors.with_warning <= doors.features
    codes = {line.code: line for line in report.controls}
    assert codes["R-NUM-13"].errors == 1
    assert codes["R-NUM-04"].errors == 2
    assert sum(line.findings for line in report.controls) == len(report.findings)


def test_each_mahalle_has_the_rate_of_its_own_features(report: Conformity) -> None:
    by_name = {line.ad: line for line in report.mahalle}
    assert set(by_name) == {"MERKEZ", "NİŞANCI"}
    assert by_name["MERKEZ"].with_error > by_name["NİŞANCI"].with_error
    assert report.mahalle[0].ad == "MERKEZ", "the lowest rate comes first"
    assert by_name["MERKEZ"].doors + by_name["NİŞANCI"].doors == len(village()["numarataj"])


def test_a_file_of_one_mahalle_speaks_of_it_alone() -> None:
    one = a_report(mahalle=40371)
    assert [line.ad for line in one.mahalle] == ["NİŞANCI"]
    assert one.features < a_report(None).features / 2
    assert set(one.findings["mahalle"]) <= {"NİŞANCI"}


def test_the_worst_road_comes_first_and_is_drawn_in_red(report: Conformity) -> None:
    first = report.csbm[0]
    assert first.name == "HALİÇ Cadde"
    assert first.mahalle == "MERKEZ"
    assert first.uavt == (741_001,)
    assert "R-NUM-04" in dict(first.codes)
    page = as_html(report, "tr")
    assert page.count('class="sketch"') == len(report.csbm)
    assert "#b5493b" in page[page.index('class="sketch"') :]


def test_the_page_needs_no_other_file_and_escapes_what_it_shows(report: Conformity) -> None:
    page = as_html(report, "tr")
    assert "<li>" not in page
    assert "ŞİŞ&lt;li&gt;.gdb" in page
    assert not re.search(r'(src|href)="', page)
    assert "Kişi" in page
    assert "doğruluk 2,10 m" in page
    assert "01.03.2026" in page
    assert "accuracy 2.10 m" in as_html(report, "en")


def test_the_trend_shows_the_reports_before_and_this_one(report: Conformity) -> None:
    assert [line.reported_on for line in report.trend] == [EARLIER.reported_on, DAY]
    assert report.trend[-1].errors == report.errors
    assert 'class="trend"' in as_html(report, "tr")
    assert trend_chart([DAY], [1.0], "tr") is None


def test_one_input_gives_the_same_bytes_in_every_form(tmp_path: Path) -> None:
    first = write_conformity(a_report(), tmp_path / "a", "uygunluk", "tr")
    second = write_conformity(a_report(), tmp_path / "b", "uygunluk", "tr")
    for form, path in first.items():
        assert path.read_bytes() == second[form].read_bytes(), form
    assert sorted(one.name for one in (tmp_path / "a").iterdir()) == [
        "uygunluk.html", "uygunluk.pdf", "uygunluk.xlsx",
    ]  # fmt: skip


def test_the_pdf_is_a4_with_its_letters_in_it(report: Conformity, tmp_path: Path) -> None:
    data = write_conformity(report, tmp_path, "u", "tr")["pdf"].read_bytes()
    assert data.startswith(b"%PDF-")
    assert re.search(rb"/MediaBox \[ 0 0 595\.27\d* 841\.88\d* \]", data)
    assert b"/FontFile2" in data
    assert b"/Lang" in data
    maps = b"".join(one for one in _streams(data) if b"beginbfchar" in one or b"bfrange" in one)
    for letter in "ğşıİŞçÇöÖü":
        assert f"{ord(letter):04X}".encode() in maps.upper(), letter


def _streams(data: bytes) -> list[bytes]:
    """The streams of a PDF, unpacked."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        packed = base64.a85decode(raw.strip()[:-2]) if raw.strip().endswith(b"~>") else raw
        found.append(zlib.decompressobj().decompress(packed))
    return found


def test_the_workbook_has_a_sheet_per_control_and_no_formula(
    report: Conformity, tmp_path: Path
) -> None:
    book = load_workbook(write_conformity(report, tmp_path, "u", "tr")["xlsx"])
    run = [line.code for line in report.controls if line.action != "off"]
    assert book.sheetnames[:4] == ["Özet", "Mahallelere göre", "Kontrol matrisi",
                                   "Verinin kaynağı"]  # fmt: skip
    assert book.sheetnames[4:] == run
    page = book["R-NUM-13"]
    row = [cell.value for cell in page[4]]
    assert row[0] == "hata"
    assert row[2] == "50205"
    assert row[3] == "MERKEZ"
    assert 28 < row[8] < 30
    assert 40 < row[9] < 42
    assert book["R-YOL-01"]["A3"].value == "Bulgu yok."
    formulas = [cell for sheet in book for line in sheet for cell in line if cell.data_type == "f"]
    assert formulas == []


def a_waiver(number: int, until: date, **values: object) -> Waiver:
    given = {"code": "R-NUM-13", "reason": "levha <sökülmüş>", "person": "Ayşe Demir"}
    return Waiver(**{**given, **values}, until=until, given_on=DAY, id=number)  # type: ignore[arg-type]


def test_what_a_person_let_be_is_told_apart_and_counts_nowhere(tmp_path: Path) -> None:
    made = a_report(waivers=(a_waiver(7, date(2027, 1, 31)),))
    (line,) = (one for one in made.controls if one.code == "R-NUM-13")
    assert (line.findings, line.waived) == (0, 1)
    (waiver,) = made.waivers
    assert (waiver.number, waiver.findings, waiver.is_past) == (7, 1, False)
    told = made.findings[made.findings["kod"] == "R-NUM-13"]
    assert [text.tr for text in told["agirlik"]] == ["muaf"]
    assert made.with_error == a_report().with_error - 1
    page = as_html(made, "tr")
    assert "levha &lt;sökülmüş&gt;" in page
    assert "31.01.2027" in page
    written = write_conformity(made, tmp_path, "u", "tr")
    sheet = load_workbook(written["xlsx"])["Muafiyetler"]
    assert [cell.value for cell in sheet[3]][:5] == [
        7, "R-NUM-13", "her yer", "levha <sökülmüş>", "Ayşe Demir",
    ]  # fmt: skip
    assert written["pdf"].stat().st_size > 0


def test_a_waiver_past_its_day_is_named_and_its_finding_counts_again() -> None:
    old = a_waiver(4, date(2026, 2, 1))
    made = a_report(past_waivers=(old, a_waiver(5, date(2026, 2, 1), code="R-YOL-01")))
    assert [(one.number, one.findings, one.is_past) for one in made.waivers] == [(4, 1, True)]
    assert made.with_error == a_report().with_error
    assert "süresi doldu" in as_html(made, "tr")


def test_without_waivers_the_file_does_not_speak_of_them(report: Conformity) -> None:
    assert report.waivers == ()
    assert 'id="waivers"' not in as_html(report, "tr")


def test_a_rate_is_never_rounded_up_to_all_of_it(report: Conformity) -> None:
    tell = Telling(report, "tr")
    assert tell.percent(0.99999) == "%99,9"
    assert tell.percent(1.0) == "%100,0"


def test_colours_tell_rates_near_all_apart() -> None:
    assert colour_of(None) not in {colour for _, colour in RATE_COLOURS}
    assert len({colour_of(share) for share in (0.5, 0.97, 0.985, 0.992, 0.997, 1.0)}) == 6


def test_odd_outlines_do_not_stop_the_map() -> None:
    bow = shapely.Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    parts = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(50, 50, 900, 900)])
    made = mahalle_map([MahallePlace("A", bow, 0.4), MahallePlace("B", parts, None)], "en")
    assert made is not None
    assert mahalle_map([], "tr") is None


def test_a_register_without_places_still_has_its_file(tmp_path: Path) -> None:
    layers = type(village())({"yol": village()["yol"]})
    about = About(Text("X", "X"), Text("y", "y"), DAY)
    made = gather(layers, check(layers, "delivery"), about, "en")
    assert made.map is None
    written = write_conformity(made, tmp_path, "bos", "en")
    assert all(path.stat().st_size for path in written.values())
