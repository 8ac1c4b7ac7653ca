"""A report on paper: an HTML page that needs no other file, JSON, and lines on the console."""

import json
from datetime import datetime
from pathlib import Path

from markupsafe import Markup
from rich.console import Console
from rich.table import Table

from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number, percent
from gis_platform.report.figures import SHARE_COLOURS, mahalle_map, stacked_bar
from gis_platform.report.model import RunReport
from gis_platform.report.page import templates
from gis_platform.report.words import WORDS

_KB, _MB = 1 << 10, 1 << 20


def write_report(report: RunReport, folder: Path, language: Language) -> Path:
    """Write ``report.html`` and ``report.json`` into a folder of the run's own; the page's path."""
    here = folder / f"{report.pipeline}-{report.batch_id}"
    here.mkdir(parents=True, exist_ok=True)
    page = here / "report.html"
    page.write_text(as_html(report, language), encoding="utf-8")
    text = json.dumps(report.as_json(), ensure_ascii=False, indent=2)
    (here / "report.json").write_text(text + "\n", encoding="utf-8")
    return page


def as_html(report: RunReport, language: Language) -> str:
    """The report as one page, in one language."""
    tell = _Teller(language)
    most = max((line.rows for line in report.mahalle if line.mahalle_kod), default=1)
    return templates.get_template("run.html").render(
        report=report,
        language=language,
        map=Markup(mahalle_map(report.mahalle, report.points, language)),  # noqa: S704 — made by us, escaped
        bar=lambda line: Markup(stacked_bar(line, most)),  # noqa: S704 — numbers only
        colours=SHARE_COLOURS,
        say=lambda text: text.say(language),
        word=tell.word,
        number=tell.number,
        percent=tell.percent,
        share=_share,
        size=tell.size,
        when=tell.when,
        seconds=tell.seconds,
    )


def print_report(report: RunReport, language: Language, console: Console) -> None:
    """The account and the main reasons, as tables."""
    tell = _Teller(language)
    steps = Table(title=report.title.say(language), title_justify="left")
    for name in ("step", "read", "passed", "held", "rejected"):
        steps.add_column(tell.word(name), justify="left" if name == "step" else "right")
    for step in report.account.steps:
        title = report.step_titles[step.step].say(language)
        numbers = (step.read, step.passed, step.held, step.rejected)
        steps.add_row(title, *(tell.number(n) for n in numbers))
    steps.add_section()
    totals = (report.account.read, report.account.loaded, report.account.held)
    steps.add_row("=", *(tell.number(n) for n in (*totals, report.account.rejected)))
    console.print(steps)
    changes = ", ".join(f"{tell.number(n)} {tell.word(name)}" for name, n in report.changes.items())
    console.print(f"{tell.word('register')}: {changes}", highlight=False)
    for note in report.notes:
        file = f"{note.file}: " if note.file else ""
        console.print(
            f"  {tell.word(note.severity)}: {file}{note.text.say(language)}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    for line in report.reasons[:8]:
        console.print(
            f"  {tell.number(line.rows):>8}  {tell.word(line.outcome)}: {line.text.say(language)}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )


def _share(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 0.0


class _Teller:
    """Words, numbers and dates as the language writes them."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def word(self, key: str) -> str:
        return WORDS.get(key, Text(key, key)).say(self._language)

    def number(self, value: int) -> str:
        return number(value, self._language)

    def percent(self, part: float, whole: float) -> str:
        return percent(part / whole if whole else 0.0, self._language)

    def size(self, size: int) -> str:
        if size < _MB:
            return f"{max(1, size // _KB)} KB"
        return f"{self.number(size // _MB)} MB"

    def when(self, moment: datetime) -> str:
        local = moment.astimezone()
        return local.strftime("%d.%m.%Y %H:%M" if self._language == "tr" else "%Y-%m-%d %H:%M")

    def seconds(self, report: RunReport) -> str:
        took = (report.ended_at - report.started_at).total_seconds()
        rate = report.account.read / took if took else 0
        unit = "sn" if self._language == "tr" else "s"
        time = f"{number(took, self._language, 1)} {unit}"
        return f"{time} ({self.number(round(rate))} {self.word('rate')})"
