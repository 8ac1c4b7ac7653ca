"""The conformity file as a PDF on A4, with its letters in it: printed and signed as it is."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics import shapes as rl
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from gis_platform.core.language import Language
from gis_platform.report.conformity import Conformity, CsbmLine
from gis_platform.report.drawing import Area, Dot, Drawing, Label, Line, Shape
from gis_platform.report.maps import legend, trend_chart
from gis_platform.report.telling import Telling

INK, SOFT, RULE, TINT = (HexColor(c) for c in ("#1d2a2b", "#5b6a6a", "#d9dedb", "#f3f6f4"))
GOOD, WARN, BAD = (HexColor(c) for c in ("#2f7d6b", "#8a6410", "#b5493b"))
_TONES = {"good": GOOD, "warn": WARN, "bad": BAD, "": SOFT}
_WIDTH = A4[0] - 2 * 16 * mm
_FONT, _BOLD = "Vera", "VeraBd"
_ANCHORS = {"start": "start", "middle": "middle", "end": "end"}

Cells = list[list[Any]]


def write_pdf(report: Conformity, path: Path, language: Language) -> None:
    """Write the file; the same report gives the same bytes."""
    _load_fonts()
    tell = Telling(report, language)
    page = _Page(report, tell)
    document = BaseDocTemplate(
        str(path),
        pagesize=A4,
        title=f"{tell.word('conformity')} {tell.day(report.reported_on)}",
        author=report.organisation.say(language),
        lang=language,
        invariant=1,
    )
    frame = Frame(
        16 * mm, 18 * mm, _WIDTH, A4[1] - 36 * mm, leftPadding=0, rightPadding=0, topPadding=0,
        bottomPadding=0,
    )  # fmt: skip
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=page.foot))
    document.build(list(page.story()))


@cache
def _load_fonts() -> None:
    """The fonts that come with the library have every Turkish letter; no other is needed."""
    for name in (_FONT, _BOLD):
        pdfmetrics.registerFont(TTFont(name, f"{name}.ttf"))
    pdfmetrics.registerFontFamily(_FONT, normal=_FONT, bold=_BOLD, italic=_FONT, boldItalic=_BOLD)


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    given = {"fontName": _FONT, "leading": size * 1.32, "textColor": INK, **more}
    return ParagraphStyle(name, fontSize=size, **given)


_TEXT = _style("text", 9)
_CELL = _style("cell", 7.4)
_NUMBER = _style("number", 7.4, alignment=TA_RIGHT)
_HINT = _style("hint", 8, textColor=SOFT, spaceAfter=4)
_TITLE = _style("title", 21, fontName=_BOLD, spaceAfter=3)
_HEAD = _style("head", 12.5, fontName=_BOLD, spaceBefore=12, spaceAfter=4, keepWithNext=1)
_SMALL_HEAD = _style("small-head", 8.6, fontName=_BOLD)
_VERDICT = _style("verdict", 11, leftIndent=7, spaceBefore=8, spaceAfter=6)
_CODE = _style("code", 6.4, textColor=SOFT)


class _Page:
    """The parts of the file, in their order, in one language."""

    def __init__(self, report: Conformity, tell: Telling) -> None:
        self.report = report
        self.tell = tell
        self.language = tell.language

    def story(self) -> Sequence[Flowable]:
        """Everything."""
        return [
            *self._cover(),
            *self._totals(),
            *self._trend(),
            *self._places(),
            *self._roads(),
            *self._matrix(),
            *self._waivers(),
            *self._origins(),
            *self._signatures(),
        ]

    def foot(self, canvas: Any, document: Any) -> None:
        """Whose file it is, of which day, which page."""
        tell, report = self.tell, self.report
        canvas.saveState()
        canvas.setFont(_FONT, 7)
        canvas.setFillColor(SOFT)
        left = f"{report.organisation.say(self.language)} · {tell.word('conformity')}"
        canvas.drawString(16 * mm, 10 * mm, f"{left} · {tell.day(report.reported_on)}")
        canvas.drawRightString(A4[0] - 16 * mm, 10 * mm, tell.word("page", page=document.page))
        canvas.restoreState()

    def _cover(self) -> list[Flowable]:
        tell, report = self.tell, self.report
        facts = [
            ("date", tell.day(report.reported_on)),
            ("subject", report.subject.say(self.language)),
            ("profile", report.profile.say(self.language)),
        ]
        rate = f"{tell.word('clean_share')}: <b>{tell.percent(report.clean_share)}</b>."
        verdict = Paragraph(f"{escape(tell.verdict())} {rate}", _VERDICT)
        colour = GOOD if report.conforms else BAD
        box = Table([[verdict]], colWidths=[_WIDTH])
        box.setStyle(
            TableStyle([("BACKGROUND", (0, 0), (-1, -1), TINT),
                        ("LINEBEFORE", (0, 0), (0, -1), 4, colour)])
        )  # fmt: skip
        return [
            Paragraph(escape(report.organisation.say(self.language)), _HINT),
            Paragraph(tell.word("conformity"), _TITLE),
            *(Paragraph(f"{tell.word(key)}: {escape(said)}", _TEXT) for key, said in facts),
            Spacer(0, 8),
            box,
        ]

    def _totals(self) -> list[Flowable]:
        tell = self.tell
        rows = self._heads("layer", "records", "with_error", "with_warning", "clean_share")
        for line in self.report.layers:
            share = 1 - line.with_error / line.features
            rows.append(
                [_cell(line.title.say(self.language)), *self._numbers(line.features),
                 _count(tell, line.with_error, BAD), _count(tell, line.with_warning, WARN),
                 _number(tell.percent(share))]
            )  # fmt: skip
        return [
            Paragraph(tell.word("totals"), _HEAD),
            Paragraph(tell.word("clean_share_hint"), _HINT),
            _table(rows, (6, 3, 3, 4, 4)),
        ]

    def _places(self) -> list[Flowable]:
        tell = self.tell
        rows = self._heads(
            "mahalle", "identity", "records", "doors", "with_error", "with_warning", "clean_share"
        )
        for line in self.report.mahalle:
            share = tell.percent(line.clean_share) if line.features else "–"
            rows.append(
                [_cell(line.ad), _number(str(line.kimlik_no)),
                 *self._numbers(line.features, line.doors), _count(tell, line.with_error, BAD),
                 _count(tell, line.with_warning, WARN), _number(share)]
            )  # fmt: skip
        head = Paragraph(tell.word("rate_map"), _HEAD)
        table = _table(rows, (5, 2.4, 2.4, 2.4, 3, 3.4, 3.4))
        if self.report.map is None:
            return [head, table]
        shown = [_picture(self.report.map), _picture(legend(self.language)), Spacer(0, 6)]
        return [PageBreak(), head, *shown, table]

    def _trend(self) -> list[Flowable]:
        tell, report = self.tell, self.report
        days = [line.reported_on for line in report.trend]
        chart = trend_chart(days, [line.clean_share for line in report.trend], self.language)
        rows = self._heads("date", "records", "errors", "warnings", "clean_share")
        for line in report.trend:
            rows.append(
                [_cell(tell.day(line.reported_on)),
                 *self._numbers(line.features, line.errors, line.warnings),
                 _number(tell.percent(line.clean_share, 2))]
            )  # fmt: skip
        body: list[Flowable] = [Paragraph(tell.word("trend"), _HEAD)]
        body.append(_picture(chart) if chart else Paragraph(tell.word("trend_none"), _TEXT))
        return [KeepTogether([*body, Spacer(0, 4), _table(rows, (4, 3, 3, 3, 4))])]

    def _roads(self) -> list[Flowable]:
        tell, lines = self.tell, self.report.csbm
        if not lines:
            return []
        cells = [self._road(at, line) for at, line in enumerate(lines, 1)]
        pairs: list[list[Any]] = [cells[at : at + 2] for at in range(0, len(cells), 2)]
        if len(pairs[-1]) == 1:
            pairs[-1].append("")
        grid = Table(pairs, colWidths=[_WIDTH / 2] * 2)
        grid.setStyle(
            TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0),
                        ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                        ("BOTTOMPADDING", (0, 0), (-1, -1), 10)])
        )  # fmt: skip
        head = [
            Paragraph(tell.word("worst_roads"), _HEAD),
            Paragraph(tell.word("worst_roads_hint"), _HINT),
        ]
        return [CondPageBreak(90 * mm), *head, grid]

    def _road(self, at: int, line: CsbmLine) -> list[Flowable]:
        tell = self.tell
        codes = ", ".join(f"{code} {tell.number(count)}" for code, count in line.codes)
        said = (
            f"{escape(line.mahalle)} · {tell.word('identity')} {line.kimlik_no} · "
            f"{tell.word('doors')} {tell.number(line.doors)}<br/>"
            f'<font color="#b5493b">{tell.word("with_error")} {tell.number(line.with_error)}</font>'
            f" · {tell.word('with_warning')} {tell.number(line.with_warning)} · {codes}"
        )
        sketch = line.sketch.scaled(min(1.0, (_WIDTH / 2 - 12) / line.sketch.width))
        return [
            Paragraph(f"{at}. {escape(line.name)}", _SMALL_HEAD),
            Paragraph(said, _style("road", 7, textColor=SOFT, spaceAfter=3)),
            _picture(sketch),
        ]

    def _matrix(self) -> list[Flowable]:
        tell = self.tell
        rows = self._heads(
            "control", "layer", "rule", "source", "evidence", "weight", "findings", "waived",
            "result", numbers_from=6, numbers_to=8,
        )  # fmt: skip
        for line in self.report.controls:
            tone = _TONES[tell.tone(line)].hexval().replace("0x", "#")
            rows.append(
                [_cell(line.code), _cell(line.layer.say(self.language)),
                 _cell(line.rule.say(self.language)), _cell(line.source),
                 _cell(line.evidence.say(self.language)), _cell(tell.word(line.action)),
                 _number(tell.number(line.findings)),
                 _number(tell.number(line.waived) if line.waived else ""),
                 Paragraph(f'<font color="{tone}">{tell.outcome(line)}</font>', _CELL)]
            )  # fmt: skip
        return [
            CondPageBreak(60 * mm),
            Paragraph(tell.word("matrix"), _HEAD),
            Paragraph(tell.word("matrix_hint"), _HINT),
            _table(rows, (2.2, 2.5, 6.3, 3.5, 2.9, 1.7, 1.6, 1.4, 2.2)),
        ]

    def _waivers(self) -> list[Flowable]:
        tell = self.tell
        if not self.report.waivers:
            return []
        rows = self._heads("control", "waiver_scope", "reason", "waiver_person", "waiver_until",
                           "findings", "state", numbers_from=5, numbers_to=6)  # fmt: skip
        for line in self.report.waivers:
            state = tell.word("waiver_past" if line.is_past else "waiver_holds")
            rows.append(
                [_cell(line.code), _cell(line.scope.say(self.language)), _cell(line.reason),
                 _cell(f"{line.person}, {tell.day(line.given_on)}"), _cell(tell.day(line.until)),
                 *self._numbers(line.findings), _cell(f"{line.number}: {state}")]
            )  # fmt: skip
        return [
            CondPageBreak(40 * mm),
            Paragraph(tell.word("waivers"), _HEAD),
            Paragraph(tell.word("waivers_hint"), _HINT),
            _table(rows, (2.2, 3.4, 5.2, 3.2, 2, 1.6, 3)),
        ]

    def _origins(self) -> list[Flowable]:
        tell = self.tell
        rows = self._heads("file", "received", "records", "crs", numbers_from=2, numbers_to=3)
        for line in self.report.origins:
            file = [_cell(f"{line.file} ({tell.size(line.size)})"),
                    Paragraph(f"SHA-256 {line.sha256}", _CODE)]  # fmt: skip
            rows.append(
                [file, _cell(f"{line.received} {line.person}"), *self._numbers(line.features),
                 _cell(tell.crs(line))]
            )  # fmt: skip
        versions = " · ".join(f"{name} {said}" for name, said in self.report.versions.items())
        return [
            CondPageBreak(40 * mm),
            Paragraph(tell.word("provenance"), _HEAD),
            _table(rows, (7, 3.4, 2, 7)),
            Spacer(0, 4),
            Paragraph(escape(versions), _HINT),
        ]

    def _signatures(self) -> list[Flowable]:
        tell = self.tell
        heads = [Paragraph(f"<b>{text.say(self.language)}</b>", _TEXT)
                 for text in self.report.signatures]  # fmt: skip
        below = [Paragraph(f"{tell.word('signature')}<br/>{tell.word('date')}:", _HINT)] * len(
            heads
        )
        widths = [_WIDTH / len(heads)] * len(heads)
        rows = [heads, [""] * len(heads), below]
        block = Table(rows, colWidths=widths, rowHeights=[16, 46, 30])
        style: list[tuple[Any, ...]] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ]
        style += [("LINEBELOW", (at, 1), (at, 1), 0.6, INK) for at in range(len(heads))]
        block.setStyle(TableStyle(style))
        return [KeepTogether([Paragraph(tell.word("signatures"), _HEAD), block])]

    def _heads(self, *keys: str, numbers_from: int = 1, numbers_to: int | None = None) -> Cells:
        last = len(keys) if numbers_to is None else numbers_to
        cells = []
        for at, key in enumerate(keys):
            style = _NUMBER if numbers_from <= at < last else _CELL
            said = f'<font color="#5b6a6a"><b>{escape(self.tell.word(key))}</b></font>'
            cells.append(Paragraph(said, style))
        return [cells]

    def _numbers(self, *values: int) -> list[Flowable]:
        return [_number(self.tell.number(value)) for value in values]


def _cell(text: str) -> Paragraph:
    return Paragraph(escape(text), _CELL)


def _number(text: str) -> Paragraph:
    return Paragraph(escape(text), _NUMBER)


def _count(tell: Telling, value: int, colour: Any) -> Paragraph:
    """A number that is coloured where it is not zero."""
    said = tell.number(value)
    if not value:
        return _number(said)
    return Paragraph(f'<font color="{colour.hexval().replace("0x", "#")}">{said}</font>', _NUMBER)


def _table(rows: Cells, shares: Sequence[float]) -> Table:
    widths = [_WIDTH * share / sum(shares) for share in shares]
    table = Table(rows, colWidths=widths, repeatRows=1)
    table.setStyle(
        TableStyle(
            [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
             ("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
             ("LEFTPADDING", (0, 0), (-1, -1), 2), ("RIGHTPADDING", (0, 0), (-1, -1), 4)]
        )
    )  # fmt: skip
    return table


def _picture(drawing: Drawing) -> rl.Drawing:
    """A drawing on the page; a PDF counts upwards."""
    sheet = rl.Drawing(drawing.width, drawing.height)
    for shape in drawing.shapes:
        for part in _parts(shape, drawing.height):
            sheet.add(part)
    return sheet


def _parts(shape: Shape, height: float) -> Sequence[Any]:
    if isinstance(shape, Area):
        return [_area(shape, height)]
    if isinstance(shape, Line):
        points = [value for x, y in shape.points for value in (x, height - y)]
        return [rl.PolyLine(points, strokeColor=HexColor(shape.stroke), strokeWidth=shape.width,
                            strokeLineCap=1, strokeLineJoin=1)]  # fmt: skip
    if isinstance(shape, Dot):
        x, y = shape.at
        return [rl.Circle(x, height - y, shape.radius, fillColor=HexColor(shape.fill),
                          strokeColor=None)]  # fmt: skip
    return _label(shape, height)


def _area(shape: Area, height: float) -> rl.Path:
    path = rl.Path(
        fillColor=HexColor(shape.fill),
        strokeColor=HexColor(shape.stroke) if shape.stroke else None,
        strokeWidth=shape.width,
        fillMode=rl.FILL_EVEN_ODD,
    )
    for ring in shape.rings:
        for at, (x, y) in enumerate(ring):
            (path.lineTo if at else path.moveTo)(x, height - y)
        path.closePath()
    return path


def _label(shape: Label, height: float) -> Sequence[Any]:
    x, y = shape.at
    font = _BOLD if shape.bold else _FONT
    text = rl.String(x, height - y, shape.text, fontName=font, fontSize=shape.size,
                     fillColor=HexColor(shape.fill), textAnchor=_ANCHORS[shape.anchor])  # fmt: skip
    if not shape.halo:
        return [text]
    around = ((-0.5, 0), (0.5, 0), (0, -0.5), (0, 0.5))
    halo = [
        rl.String(x + dx, height - y + dy, shape.text, fontName=font, fontSize=shape.size,
                  fillColor=HexColor("#ffffff"), textAnchor=_ANCHORS[shape.anchor])
        for dx, dy in around
    ]  # fmt: skip
    return [*halo, text]
