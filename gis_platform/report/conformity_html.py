"""The conformity file as one HTML page that needs no other file and prints on A4."""

from markupsafe import Markup

from gis_platform.core.language import Language
from gis_platform.report.conformity import Conformity
from gis_platform.report.drawing import Drawing, svg
from gis_platform.report.maps import RATE_COLOURS, trend_chart
from gis_platform.report.page import templates
from gis_platform.report.telling import Telling


def as_html(report: Conformity, language: Language) -> str:
    """The page, in one language."""
    tell = Telling(report, language)
    days = [line.reported_on for line in report.trend]
    shares = [line.clean_share for line in report.trend]
    return templates.get_template("conformity.html").render(
        report=report,
        language=language,
        verdict=tell.verdict(),
        map=_markup(report.map, "map"),
        trend=_markup(trend_chart(days, shares, language), "trend"),
        sketch=lambda line: _markup(line.sketch, "sketch"),
        colours=RATE_COLOURS,
        say=lambda text: text.say(language),
        word=tell.word,
        number=tell.number,
        percent=tell.percent,
        day=tell.day,
        size=tell.size,
        outcome=tell.outcome,
        tone=tell.tone,
        crs=tell.crs,
    )


def _markup(drawing: Drawing | None, css_class: str) -> Markup | None:
    return None if drawing is None else Markup(svg(drawing, css_class))  # noqa: S704 - made by us
