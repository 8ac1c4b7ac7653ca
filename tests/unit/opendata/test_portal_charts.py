"""Charts are well-formed pictures that say what they show, in either language."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from gis_platform.opendata import charts
from gis_platform.opendata.catalogue import Entry
from gis_platform.opendata.portal import chart_svg
from gis_platform.opendata.portal.chart_svg import Mark, Told
from gis_platform.opendata.portal.charts_part import charts_part, share
from gis_platform.opendata.quality import Measured
from tests.unit.opendata.test_portal_find import a_layer

SVG = "{http://www.w3.org/2000/svg}"
TOLD = Told("chart-1", "Ağaç & <çalı>", "En çok “Çınar” < 5")
HOSTILE = ["<script>alert(1)</script>", '"><img src=x>', "]]>", "Çığ & Şelale", "a\x0bb", "İ" * 200]


def parsed(said) -> ET.Element:
    return ET.fromstring(str(said))  # noqa: S314  # our own


def measured(*made, rows=100) -> Measured:
    return Measured(
        version=3, measured_at=datetime(2026, 1, 1, tzinfo=UTC), rows=rows, empty={}, outside={},
        duplicates=0, invalid=0, left_out=0, controls=None, charts=tuple(made),
    )  # fmt: skip


@pytest.mark.parametrize("draw", [
    lambda marks: chart_svg.bars(TOLD, marks),
    lambda marks: chart_svg.columns(TOLD, marks, [(5.0, "5")]),
    lambda marks: chart_svg.columns(TOLD, marks, [], end="9"),
    lambda marks: chart_svg.line(TOLD, marks, most=1),
])  # fmt: skip
def test_a_picture_is_well_formed_and_named_whatever_it_says(draw):
    marks = [Mark(said, at, said) for at, said in enumerate(HOSTILE)]
    root = parsed(draw(marks))
    ids = root.get("aria-labelledby").split()
    assert [root.find(f"*[@id='{each}']").text for each in ids] == [TOLD.title, TOLD.description]
    assert {each.tag for each in root.iter()} <= {
        f"{SVG}{name}" for name in ("svg", "title", "desc", "rect", "text", "line", "polyline",
                                    "circle")}  # fmt: skip
    assert not any(name in each.attrib for each in root.iter() for name in ("style", "onload"))
    assert "<script" not in str(draw(marks))


def test_bars_are_as_long_as_their_values():
    root = parsed(chart_svg.bars(TOLD, [Mark("a", 200, "200"), Mark("b", 50, "50")]))
    first, second = (float(each.get("width")) for each in root.iter(f"{SVG}rect"))
    assert (first, second) == (chart_svg.WIDTH, chart_svg.WIDTH / 4)


def test_a_value_that_is_there_is_seen():
    marks = [Mark("a", 1_000_000, ""), Mark("b", 1, ""), Mark("c", 0, "")]
    widths = [
        float(each.get("width")) for each in parsed(chart_svg.bars(TOLD, marks)).iter(f"{SVG}rect")
    ]
    assert widths == [chart_svg.WIDTH, 1, 0]


@pytest.mark.parametrize("count", [1, 2, 7, 40, 130])
def test_nothing_reaches_out_of_the_picture_and_no_labels_touch(count):
    marks = [Mark(str(1900 + at), at % 9, str(at % 9)) for at in range(count)]
    root = parsed(chart_svg.columns(TOLD, marks, [(9.0, "9")]))
    for rect in root.iter(f"{SVG}rect"):
        assert 0 <= float(rect.get("x")) <= chart_svg.WIDTH
        assert float(rect.get("x")) + float(rect.get("width")) <= chart_svg.WIDTH + 0.1
        assert float(rect.get("y")) >= 0
    labels = [float(each.get("x")) for each in root.iter(f"{SVG}text")
              if "chart-middle" in each.get("class", "")]  # fmt: skip
    assert labels
    assert all(right - left > 4 * 6.5 for left, right in pairwise(labels))


@pytest.mark.parametrize(("most", "heights"), [
    (0, []), (1, [1]), (3, [1, 2, 3]), (10, [5, 10]), (47, [20, 40, 60]), (1999, [1000, 2000]),
    (1_000_000, [500_000, 1_000_000]),
])  # fmt: skip
def test_lines_are_drawn_at_round_whole_heights(most, heights):
    assert chart_svg.ticks(most) == heights


def test_a_line_that_never_changes_is_drawn():
    root = parsed(chart_svg.line(TOLD, [Mark("1", 1.0, "%100"), Mark("2", 1.0, "%100")], most=1))
    heights = {each.get("cy") for each in root.iter(f"{SVG}circle")}
    assert len(heights) == 1
    assert 0 <= float(heights.pop()) <= 97


@pytest.mark.parametrize(("language", "said"), [("tr", "1.234"), ("en", "1,234")])
def test_numbers_are_written_as_the_reader_writes_them(language, said):
    layer = a_layer("mahalle", version=3)
    name = layer.entry.label
    chart = {"column": name, "by": "value", "rows": [["Çırçır", 1234], ["Öte", 10]], "other": 6}
    (found,) = charts_part(layer, [measured(chart)], language)
    assert said in found.picture
    assert said in found.summary
    assert [row[1] for row in found.rows] == [said, "10", "6"]
    assert "Çırçır" in found.summary
    assert not re.search(r"[{}]", found.summary)


def test_the_rarer_ones_together_are_not_what_most_records_have():
    layer = a_layer("mahalle", version=3)
    chart = {"column": layer.entry.label, "by": "value", "rows": [["Çırçır", 7], ["Öte", 5]],
             "other": 90}  # fmt: skip
    (found,) = charts_part(layer, [measured(chart)], "en")
    assert "Çırçır: 7" in found.summary


def test_a_histogram_names_its_steps_with_the_decimals_they_need():
    layer = a_layer("mahalle", version=3)
    chart = {"column": layer.entry.label, "by": "step", "step": 2.5, "other": 0,
             "rows": [[0, 4], [2.5, 0], [5.0, 1]]}  # fmt: skip
    (found,) = charts_part(layer, [measured(chart)], "tr")
    assert [row[0] for row in found.rows] == ["0,0 – 2,5", "2,5 – 5,0", "5,0 – 7,5"]
    texts = [each.text for each in parsed(found.picture).iter(f"{SVG}text")]
    assert texts[-1] == "7,5"


def test_months_are_named():
    layer = a_layer("mahalle", version=3)
    chart = {"column": layer.entry.label, "by": "month", "other": 0,
             "rows": [["2025-12", 4], ["2026-01", 2]]}  # fmt: skip
    (found,) = charts_part(layer, [measured(chart)], "tr")
    assert [row[0] for row in found.rows] == ["Aralık 2025", "Ocak 2026"]


def test_a_version_that_was_not_measured_has_no_charts():
    assert charts_part(a_layer("mahalle", version=3), [], "tr") == []


@pytest.mark.parametrize(("part", "said"), [(1, "%100"), (0.99999, "%99,9"), (0.5, "%50,0")])
def test_a_share_is_never_rounded_up_to_all(part, said):
    assert share("tr", part) == said


@pytest.mark.parametrize(("low", "high", "is_whole", "ends", "steps"), [
    (2.5, 24.5, False, (2.5, 25), 9), (0, 1, False, (0, 1.1), 11), (1, 400, True, (0, 450), 9),
    (-3.2, 3.1, False, (-4, 4), 8), (1e-4, 9e-4, False, (1e-4, 1e-3), 9),
])  # fmt: skip
def test_the_steps_of_a_histogram_are_round_and_hold_everything(low, high, is_whole, ends, steps):
    found = charts._steps("boy", low, high, is_whole=is_whole)
    assert found.low <= low
    assert found.high > high
    assert 4 <= found.steps <= 13
    assert (found.low, found.high) == pytest.approx(ends)
    assert found.steps == steps


def test_an_entry_knows_the_labels_of_its_codes():
    said = a_layer("mahalle", version=3).entry.model_dump(mode="json")
    said["columns"][0]["codes"] = [{"code": "1", "tr": "Açık", "en": "Open"}]
    column = Entry.model_validate(said).columns[0]
    assert column.label_of(1, "en") == "Open"
    assert column.label_of("7", "en") is None
