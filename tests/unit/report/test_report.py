"""The report of a run: figures, reasons and map, in both languages."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console
from shapely.geometry import box

from gis_platform.core.errors import Text
from gis_platform.core.findings import Account, StepAccount
from gis_platform.core.language import Language
from gis_platform.report.figures import SHARE_COLOURS, share_colour
from gis_platform.report.model import PlaceLine, ReasonLine, RunReport, SourceFacts
from gis_platform.report.tally import RunTally
from gis_platform.report.write import as_html, print_report, write_report

START = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def a_report(**changes: object) -> RunReport:
    values: dict[str, object] = {
        "batch_id": 7,
        "pipeline": "aks_to_maks",
        "title": Text("AKS'den MAKS'a", "AKS to MAKS"),
        "source": SourceFacts("aks.csv", "ab" * 32, 123_456),
        "started_at": START,
        "ended_at": START + timedelta(seconds=2),
        "account": Account(
            (StepAccount("valid", 1200, 1190, 0, 10), StepAccount("match", 1190, 1100, 90))
        ),
        "step_titles": {"valid": Text("Denetim", "Check"), "match": Text("Eşleme", "Match")},
        "changes": {"added": 1100, "unchanged": 0},
        "mahalle": (
            PlaceLine(40365, "MERKEZ <b>", 900, 50, 0, outline=box(28.9, 41.0, 28.95, 41.1)),
            PlaceLine(0, "", 200, 40, 10),
        ),
        "reasons": (ReasonLine("held", "match", "csbm.not-found", Text("Yok", "Not found"), 90),),
        "points": ((28.92, 41.05),),
    }
    return RunReport(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("language", "said"), [("tr", "1.200"), ("en", "1,200")])
def test_numbers_are_written_as_the_language_does(language: Language, said: str) -> None:
    assert f"<b>{said}</b>" in as_html(a_report(), language)


def test_names_from_data_are_shown_as_text_never_as_markup() -> None:
    page = as_html(a_report(), "tr")
    assert "MERKEZ <b>" not in page
    assert "MERKEZ &lt;b&gt;" in page


def test_the_map_draws_each_outline_and_each_held_row() -> None:
    page = as_html(a_report(), "tr")
    assert page.count("<path ") == 1
    assert page.count("<circle ") == 1


def test_a_report_without_outlines_has_no_map_but_all_its_tables() -> None:
    page = as_html(a_report(mahalle=(), points=()), "en")
    assert "<path " not in page
    assert "Not found" in page


def test_the_page_asks_for_no_other_file() -> None:
    page = as_html(a_report(), "tr")
    assert "http" not in page
    assert "<script" not in page
    assert " src=" not in page


def test_json_holds_the_account_and_both_languages(tmp_path: Path) -> None:
    page = write_report(a_report(), tmp_path, "tr")
    told = json.loads((page.parent / "report.json").read_text(encoding="utf-8"))
    assert told["account"]["read"] == 1200
    assert told["account"]["loaded"] + told["account"]["held"] + told["account"]["rejected"] == 1200
    assert told["reasons"][0]["text"] == {"tr": "Yok", "en": "Not found"}


def test_the_console_shows_steps_and_totals() -> None:
    out = StringIO()
    print_report(a_report(), "en", Console(file=out, width=100))
    said = out.getvalue()
    assert "Match" in said
    assert "1,100 added" in said


def test_colours_tell_a_bad_mahalle_from_a_good_one() -> None:
    bad, good = PlaceLine(1, "A", 1, 9, 0), PlaceLine(2, "B", 100, 0, 0)
    assert share_colour(bad) == SHARE_COLOURS[0][1]
    assert share_colour(good) == SHARE_COLOURS[-1][1]


def test_rows_are_tallied_by_place_and_the_worst_csbm_comes_first() -> None:
    tally = RunTally()
    held = pd.DataFrame(
        {"mahalle_kod": [1, 1, 2, None], "csbm_kod": [10, 10, 20, None], "_code": ["a"] * 4,
         "match_level": ["csbm", "csbm", "mahalle", None], "lon": [28.9, None, 28.8, None],
         "lat": [41.0, None, 41.1, None]}
    )  # fmt: skip
    tally.add("held", "match", held)
    tally.add("loaded", "load", pd.DataFrame({"mahalle_kod": [1], "csbm_kod": [10]}))
    assert tally.by_mahalle()[1] == {"loaded": 1, "held": 2, "rejected": 0}
    assert tally.by_mahalle()[0] == {"loaded": 0, "held": 1, "rejected": 0}
    assert [(m, c) for m, c, _ in tally.worst_csbm()] == [(1, 10), (2, 20)]
    assert tally.points == [(28.9, 41.0), (28.8, 41.1)]
    assert tally.reasons["held", "match", "a"] == 4
