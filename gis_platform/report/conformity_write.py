"""The three forms of a conformity file, each written whole beside its place and then put there."""

from pathlib import Path

from gis_platform.core.disk import replacing
from gis_platform.core.language import Language
from gis_platform.report.conformity import Conformity
from gis_platform.report.conformity_html import as_html
from gis_platform.report.conformity_pdf import write_pdf
from gis_platform.report.conformity_xlsx import write_xlsx

FORMS = ("html", "pdf", "xlsx")


def write_conformity(
    report: Conformity, folder: Path, stem: str, language: Language
) -> dict[str, Path]:
    """Write ``<stem>.html``, ``.pdf`` and ``.xlsx`` into a folder; where each lies."""
    folder.mkdir(parents=True, exist_ok=True)
    written = {}
    for form in FORMS:
        path = folder / f"{stem}.{form}"
        with replacing(path, may_replace=True) as draft:
            if form == "html":
                draft.write_text(as_html(report, language), encoding="utf-8")
            elif form == "pdf":
                write_pdf(report, draft, language)
            else:
                write_xlsx(report, draft, language)
        written[form] = path
    return written
