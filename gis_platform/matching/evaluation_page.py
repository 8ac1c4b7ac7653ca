"""An evaluation as one HTML page: figures, charts drawn as SVG, confusions; nothing is fetched."""

from collections.abc import Iterable
from html import escape

from gis_platform.core.errors import Text
from gis_platform.core.language import Language, number, percent
from gis_platform.matching.evaluate import Evaluation, Figures

FIGURE_TEXTS = {
    "rows": Text("Satır", "Rows"),
    "decided": Text("Karar", "Decided"),
    "review": Text("İnceleme", "Review"),
    "precision": Text("Kesinlik", "Precision"),
    "recall": Text("Duyarlılık", "Recall"),
    "door_precision": Text("Kapı kesinliği", "Door precision"),
    "door_recall": Text("Kapı duyarlılığı", "Door recall"),
    "false_answers": Text("Yokken cevap", "Answered though absent"),
    "ece": Text("Kalibrasyon hatası", "Calibration error"),
}
THRESHOLD_TEXTS = {
    "threshold": Text("Kabul eşiği", "Accepted from"),
    **{name: FIGURE_TEXTS[name] for name in ("decided", "precision", "recall", "false_answers")},
}
BIN_TEXTS = {
    "score": Text("Ortalama puan", "Mean score"),
    "right": Text("Doğru çıkan", "Right"),
    "rows": FIGURE_TEXTS["rows"],
}
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;
color:#1a1a1a}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{padding:.3rem .6rem;text-align:right;
border-bottom:1px solid #ddd}th:first-child,td:first-child{text-align:left}caption{text-align:left;
font-weight:600;padding:.5rem 0}.charts{display:flex;flex-wrap:wrap;gap:2rem}figure{margin:0}
svg{width:26rem;max-width:100%;height:auto;background:#fafafa;border:1px solid #ddd}
.wide{overflow-x:auto}.charts{margin-bottom:1.5rem}
@media(max-width:40rem){body{margin:1rem auto}th,td{padding:.3rem .4rem;white-space:nowrap}}
details{margin:.5rem 0;padding:.5rem;border:1px solid #ddd}summary{cursor:pointer}
code{font-size:.9em;overflow-wrap:anywhere}
"""
_SIZE, _EDGE = 400.0, 46.0


def page(evaluation: Evaluation, title: str, language: Language) -> str:
    """The page, whole."""
    heading = Text("Eşleme değerlendirmesi", "Evaluation of matching").say(language)
    parts = [
        _table(
            Text("Bütün satırlar", "All rows").say(language), {"": evaluation.overall}, language
        ),
        *(_table(name, rows, language) for name, rows in evaluation.groups.items()),
        '<div class="charts">',
        _calibration(evaluation, language),
        _curve(evaluation, language),
        "</div>",
        _thresholds(evaluation, language),
        _bins(evaluation, language),
        _confusions(evaluation, language),
    ]
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(heading)}: {escape(title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(heading)}</h1><p>{escape(title)}</p>{''.join(parts)}</body></html>\n"
    )


def share(value: float | None, language: Language) -> str:
    """A share in hundredths of a per cent, or a dash where there is nothing to share."""
    return "–" if value is None else percent(value, language, 2)


def _table(caption: str, rows: dict[str, Figures], language: Language) -> str:
    head = "".join(
        f"<th scope=col>{escape(text.say(language))}</th>" for text in FIGURE_TEXTS.values()
    )
    body = "".join(
        f"<tr><td>{escape(name)}</td><td>{number(figures.rows, language)}</td>"
        + "".join(
            f"<td>{share(getattr(figures, name), language)}</td>" for name in list(FIGURE_TEXTS)[1:]
        )
        + "</tr>"
        for name, figures in rows.items()
    )
    return _wide(caption, f"<tr><th></th>{head}</tr>{body}")


def _wide(caption: str, rows: str) -> str:
    return f'<div class="wide"><table><caption>{escape(caption)}</caption>{rows}</table></div>'


def _thresholds(evaluation: Evaluation, language: Language) -> str:
    head = "".join(f"<th scope=col>{t.say(language)}</th>" for t in THRESHOLD_TEXTS.values())
    body = "".join(
        "<tr>" + "".join(
            f"<td>{share(getattr(one, name), language)}</td>" for name in THRESHOLD_TEXTS
        ) + "</tr>"
        for one in evaluation.thresholds
    )  # fmt: skip
    caption = Text("Kabul eşiği değişseydi", "Were the threshold another one").say(language)
    return _wide(caption, f"<tr>{head}</tr>{body}")


def _bins(evaluation: Evaluation, language: Language) -> str:
    head = "".join(f"<th scope=col>{text.say(language)}</th>" for text in BIN_TEXTS.values())
    body = "".join(
        f"<tr><td>{share(one.score, language)}</td><td>{share(one.right, language)}</td>"
        f"<td>{number(one.rows, language)}</td></tr>"
        for one in evaluation.bins
    )
    caption = Text("Puana göre doğru çıkan", "Right by score").say(language)
    return _wide(caption, f"<tr>{head}</tr>{body}")


def _calibration(evaluation: Evaluation, language: Language) -> str:
    ece = "–" if evaluation.ece is None else f"{evaluation.ece:.4f}"
    caption = Text(f"Kalibrasyon, ECE {ece}", f"Calibration, ECE {ece}").say(language)
    most = max((one.rows for one in evaluation.bins), default=1)
    dots = "".join(
        f'<circle cx="{_x(one.score):.1f}" cy="{_y(one.right):.1f}" '
        f'r="{4 + 10 * one.rows / most:.1f}" fill="#0b5cad" fill-opacity=".7">'
        f"<title>{one.rows:,}: {one.score:.3f} → {one.right:.3f}</title></circle>"
        for one in evaluation.bins
    )
    diagonal = f'<path d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}" stroke="#888" stroke-dasharray="4"/>'
    labels = Text("skor|doğru çıkan", "score|right").say(language).split("|")
    return _chart(caption, diagonal + dots, labels, (0.0, 1.0))


def _curve(evaluation: Evaluation, language: Language) -> str:
    caption = Text("Duyarlılık ve kesinlik", "Recall and precision").say(language)
    lowest = min((precision for _, _, precision in evaluation.curve), default=0.0)
    floor = 0.9 if lowest >= 0.9 else 0.0  # noqa: PLR2004 (a chart that begins at 90 %)
    points = " ".join(
        f"{_x(recall):.1f},{_y((precision - floor) / (1 - floor)):.1f}"
        for _, recall, precision in evaluation.curve
    )
    line = f'<polyline points="{points}" fill="none" stroke="#0b5cad" stroke-width="2"/>'
    labels = Text("duyarlılık|kesinlik", "recall|precision").say(language).split("|")
    return _chart(caption, line, labels, (floor, 1.0))


def _chart(caption: str, inside: str, labels: list[str], span: tuple[float, float]) -> str:
    ticks = "".join(_ticks(span))
    frame = f'<path d="M{_x(0)} {_y(1)}V{_y(0)}H{_x(1)}" fill="none" stroke="#444"/>'
    x_label = (
        f'<text x="{_SIZE / 2}" y="{_SIZE - 6}" text-anchor="middle">{escape(labels[0])}</text>'
    )
    y_label = f'<text x="6" y="16">{escape(labels[1])}</text>'
    return (
        f'<figure><svg viewBox="0 0 {_SIZE:.0f} {_SIZE:.0f}" role="img" '
        f'aria-label="{escape(caption)}" font-size="12">{frame}{ticks}{inside}{x_label}{y_label}'
        f"</svg><figcaption>{escape(caption)}</figcaption></figure>"
    )


def _ticks(span: tuple[float, float]) -> Iterable[str]:
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        value = span[0] + share * (span[1] - span[0])
        yield f'<text x="{_x(share)}" y="{_y(0) + 14}" text-anchor="middle">{share:.2f}</text>'
        yield f'<text x="{_x(0) - 4}" y="{_y(share) + 4}" text-anchor="end">{value:.3g}</text>'


def _x(share: float) -> float:
    return _EDGE + share * (_SIZE - 1.5 * _EDGE)


def _y(share: float) -> float:
    return _SIZE - _EDGE - share * (_SIZE - 1.75 * _EDGE)


def _confusions(evaluation: Evaluation, language: Language) -> str:
    title = Text("Yanlış kararlar", "Wrong decisions").say(language)
    if not evaluation.confusions:
        none = Text("Yok.", "None.").say(language)
        return f"<h2>{escape(title)}</h2><p>{escape(none)}</p>"
    parts = []
    for one in evaluation.confusions:
        items = "".join(
            "<li>" + "<br>".join(
                f"{escape(name)}: <code>{escape(value)}</code>" for name, value in example.items()
            ) + "</li>"
            for example in one.examples
        )  # fmt: skip
        head = f"{one.expected} → {one.level} · {one.reason}: {one.rows:,}"
        parts.append(f"<details><summary>{escape(head)}</summary><ul>{items}</ul></details>")
    return f"<h2>{escape(title)}</h2>{''.join(parts)}"
