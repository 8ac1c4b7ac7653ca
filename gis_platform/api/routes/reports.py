"""Errors reported by the public: the form, what it sends, and where a report stands."""

import time
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from gis_platform.api.deps import ConnectionDep, Visit, VisitDep
from gis_platform.api.rights import network_of
from gis_platform.core.errors import NotFound, Text, TooLarge, TooMany, UsageError
from gis_platform.opendata.error_report import Sent, hand_in, normal, standing
from gis_platform.opendata.portal.paths import PAGES
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.portal.report_page import (
    Draft,
    followed_path,
    report_followed,
    report_form,
)

router = APIRouter(include_in_schema=False)
MOST_BODY = 16_000
_SHORTEST_S, _LONGEST_S = 3, 86_400
_MOST_FIELDS = 20
_NEW = "new"


async def sent_form(request: Request) -> dict[str, str]:
    """The fields of a form, the first of each name.

    Raises:
        TooLarge: it is larger than any report.
        UsageError: it has more fields than the form.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise TooLarge(Text("Bildirim çok uzun.", "The report is too long."))
    said = body.decode("utf-8", "replace")
    try:
        fields = parse_qs(said, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise UsageError(
            Text("Formda olmayan alanlar var.", "There are fields the form does not have.")
        ) from None
    return {name: values[0] for name, values in fields.items()}


FormDep = Annotated[Mapping[str, str], Depends(sent_form)]


def form(
    visit: VisitDep, connection: ConnectionDep, layer: str = "", feature: str = ""
) -> Response:
    """The form for a layer, with the key of a feature filled in."""
    known = visit.service.catalogue.layer(connection, layer)
    draft = Draft(feature=feature[:100])
    return _html(visit, report_form(visit.language, known, draft, int(time.time())))


def send(visit: VisitDep, connection: ConnectionDep, sent: FormDep, request: Request) -> Response:
    """Take a report and show its number; what cannot be taken comes back with the reason."""
    layer = visit.service.catalogue.layer(connection, sent.get("layer", ""))
    feature, said = sent.get("feature", ""), sent.get("said", "")
    if _is_machine(sent):
        draft = Draft(feature, said, _too_quick().say(visit.language))
        page = report_form(visit.language, layer, draft, int(time.time()))
        return _html(visit, page, status=400)
    try:
        report = Sent(layer.name, layer.version, feature, said, _sender(request))
        number = hand_in(visit.service.database, report)
    except (UsageError, TooMany) as error:
        reasons = [
            error.text.say(visit.language),
            error.remedy and error.remedy.say(visit.language),
        ]
        draft = Draft(feature, said, " – ".join(each for each in reasons if each))
        page = report_form(visit.language, layer, draft, int(sent["opened"]))
        return _html(visit, page, status=429 if isinstance(error, TooMany) else 400)
    return RedirectResponse(followed_path(visit.language, number) + "&new=1", 303)


def followed(
    visit: VisitDep, connection: ConnectionDep, request: Request, number: str = ""
) -> Response:
    """Where a report stands."""
    if not number.strip():
        return _html(visit, report_followed(visit.language, "", None))
    try:
        found = standing(connection, number)
    except NotFound:
        return _html(visit, report_followed(visit.language, number[:20], None), status=404)
    is_new = _NEW in request.query_params
    page = report_followed(visit.language, normal(number), found, is_new=is_new)
    return _html(visit, page)


for _language in PAGES["report"]:
    _path = PAGES["report"][_language]
    router.get(_path, name=f"report-{_language}")(form)
    router.post(_path, name=f"report-{_language}-send")(send)
    router.get(PAGES["followed"][_language], name=f"followed-{_language}")(followed)


def _is_machine(sent: Mapping[str, str]) -> bool:
    """Whether the field nobody sees is filled, or the form came back quicker than one can type."""
    opened = sent.get("opened", "")
    if sent.get("website") or not (opened.isascii() and opened.isdigit() and len(opened) <= 12):  # noqa: PLR2004
        return True
    return not _SHORTEST_S <= time.time() - int(opened) <= _LONGEST_S


def _too_quick() -> Text:
    return Text(
        "Form çok hızlı ya da çok geç gönderildi; birkaç saniye sonra yeniden gönderin.",
        "The form was sent too quickly or too late; send it again in a few seconds.",
    )


def _sender(request: Request) -> str:
    return network_of(request.client.host if request.client else "")


def _html(visit: Visit, page: Page, *, status: int = 200) -> HTMLResponse:
    headers = {"cache-control": "no-store", "content-language": visit.language}
    return HTMLResponse(visit.service.renderer.page(page, visit.base_url), status, headers)
