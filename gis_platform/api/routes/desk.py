"""The way of a layer over HTTP: the same steps as ``gis layer``, for people who are identified."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict

from gis_platform.api.deps import ApiQuery, ConnectionDep, Service, ServiceDep, VisitDep
from gis_platform.api.person import PersonDep, person_of
from gis_platform.api.problems import PROBLEMS
from gis_platform.db.queries.files import public_audit
from gis_platform.opendata import delegates, desk, publish
from gis_platform.opendata.approval import Action, Actor, actor_of
from gis_platform.opendata.difference import difference
from gis_platform.opendata.verify import checksum_of, verify_hash
from gis_platform.report.difference import as_html

router = APIRouter(tags=["publication"], responses=PROBLEMS)
AnyQuery = Annotated[ApiQuery, Query()]
_NEVER_KEPT = {"cache-control": "no-store"}


class Step(BaseModel):
    """A step a person takes.

    Attributes:
        acts_for: as a delegate, for whom.
        reason: why; for a return and the first half of a withdrawal.
    """

    model_config = ConfigDict(extra="forbid")

    acts_for: str | None = None
    reason: str | None = None


class Answer(BaseModel):
    """A written answer to a finding of the screening report."""

    model_config = ConfigDict(extra="forbid")

    finding: str
    text: str
    acts_for: str | None = None


class Right(BaseModel):
    """The right to act for the person who gives it, both days included."""

    model_config = ConfigDict(extra="forbid")

    delegate: str
    valid_from: date
    valid_to: date


class PageQuery(ApiQuery):
    """In which form the difference is wanted."""

    f: Literal["json", "html"] = "json"


class ExtractQuery(ApiQuery):
    """Which part of the public record."""

    after: int = 0
    limit: int = 1000


StepBody = Annotated[Step | None, Body()]
Take = Callable[[Service, str, Actor, str | None], publish.LayerVersion]
STEPS: dict[str, Take] = {
    "draft": lambda s, name, who, _: publish.draft(s.settings, s.database, name, who),
    "propose": lambda s, name, who, _: publish.propose(s.settings, s.database, name, who),
    "check": lambda s, name, who, _: publish.move(s.database, name, Action.CHECK, who),
    "approve": lambda s, name, who, _: publish.move(s.database, name, Action.APPROVE, who),
    "return": lambda s, name, who, why: publish.move(s.database, name, Action.RETURN, who, why),
    "publish": lambda s, name, who, _: publish.publish(s.settings, s.database, name, who),
    "withdraw": lambda s, name, who, why: publish.withdraw(s.settings, s.database, name, who, why),
    "keep": lambda s, name, who, _: publish.drop_withdrawal(s.database, name, who),
}
"""What a person may do with a layer, by the last part of the path."""
StepName = Literal["draft", "propose", "check", "approve", "return", "publish", "withdraw", "keep"]


@router.get("/desk", dependencies=[Depends(person_of)])
def standing(service: ServiceDep, query: AnyQuery) -> JSONResponse:
    """Her katmanın durumu. / Where every layer stands."""
    rows = desk.standing(service.settings, service.database)
    return _json({"layers": [asdict(row) for row in rows]})


@router.get("/layers/{name}/versions", dependencies=[Depends(person_of)])
def versions(service: ServiceDep, name: str, query: AnyQuery) -> JSONResponse:
    """Sürümler, özetleri ve tarama raporları. / Versions, their hashes and screening reports."""
    return _json({"versions": desk.versions_of(service.settings, service.database, name)})


@router.get("/layers/{name}/history", dependencies=[Depends(person_of)])
def history(service: ServiceDep, name: str, query: AnyQuery) -> JSONResponse:
    """Kim, ne zaman, ne yaptı? / Who did what, and when?"""
    return _json({"lines": desk.history(service.settings, service.database, name)})


@router.get("/layers/{name}/difference", dependencies=[Depends(person_of)])
def waiting_difference(
    visit: VisitDep, name: str, query: Annotated[PageQuery, Query()]
) -> Response:
    """Bekleyen sürümün yayındakinden farkı. / What the waiting version changes."""
    found = difference(visit.service.database, name, visit.language)
    if query.f == "html":
        return HTMLResponse(as_html(found, visit.language), headers=_NEVER_KEPT)
    return _json(found.as_json())


@router.post("/layers/{name}/answer")
def answer(
    service: ServiceDep, person: PersonDep, name: str, query: AnyQuery, said: Answer
) -> JSONResponse:
    """Bir bulguyu yazılı yanıtlar. / Answers a finding in writing."""
    who = actor_of(person.name, said.acts_for)
    return _json(asdict(publish.answer(service.database, name, said.finding, said.text, who)))


@router.post("/layers/{name}/{step}")
def take_step(  # noqa: PLR0913, PLR0917 - a person, a layer, a step
    service: ServiceDep,
    person: PersonDep,
    name: str,
    step: StepName,
    query: AnyQuery,
    said: StepBody = None,
) -> JSONResponse:
    """Katmanı bir adım ilerletir. / Moves a layer one step on."""
    given = said or Step()
    who = actor_of(person.name, given.acts_for)
    return _json(asdict(STEPS[step](service, name, who, given.reason)))


@router.get("/delegations", dependencies=[Depends(person_of)])
def list_delegations(service: ServiceDep, query: AnyQuery) -> JSONResponse:
    """Kim, kimin adına? / Who acts for whom?"""
    found = delegates.delegations(service.database)
    return _json({"delegations": [asdict(each) for each in found]})


@router.post("/delegations")
def give_right(
    service: ServiceDep, person: PersonDep, query: AnyQuery, said: Right
) -> JSONResponse:
    """Birine kendi adınıza yetki verir. / Lets somebody act for you."""
    found = delegates.delegate(
        service.database, said.delegate, person.name, start=said.valid_from, end=said.valid_to
    )
    return _json(asdict(found), status=201)


@router.delete("/delegations/{delegate}")
def end_right(
    service: ServiceDep, person: PersonDep, delegate: str, query: AnyQuery
) -> JSONResponse:
    """Verilmiş yetkiyi bitirir. / Ends what was given."""
    found = delegates.end_delegation(service.database, delegate, person.name)
    return _json({"delegations": [asdict(each) for each in found]})


@router.get("/files/{sha256}")
def known_file(connection: ConnectionDep, sha256: str, query: AnyQuery) -> JSONResponse:
    """Bu özetli dosya bizim mi, geçerli mi? / Is the file with this hash ours, and valid?"""
    return _json(verify_hash(connection, checksum_of(sha256)).as_json())


@router.get("/layers/{name}/audit")
def layer_audit(
    service: ServiceDep,
    connection: ConnectionDep,
    name: str,
    query: Annotated[ExtractQuery, Query()],
) -> JSONResponse:
    """Yayın defterinin adsız özeti. / The public record of a layer, without names."""
    service.catalogue.versions(connection, name)
    limit = min(max(query.limit, 1), 1000)
    lines = public_audit(connection, name, after=query.after, limit=limit)
    return _json({"lines": lines})


def _json(said: Any, *, status: int = 200) -> JSONResponse:
    return JSONResponse(jsonable_encoder(said), status, headers=_NEVER_KEPT)
