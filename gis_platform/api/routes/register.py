"""Addresses by their number: what one is, was and became; and what changed in all of them.

Without a key there are doors, csbm, mahalle and buildings; never a unit or a name of a person.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from psycopg.errors import InsufficientPrivilege
from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from gis_platform.api.answers import GEOJSON
from gis_platform.api.asked import Code
from gis_platform.api.deps import ApiQuery, ConnectionDep, Visit, VisitDep
from gis_platform.api.problems import PROBLEMS
from gis_platform.core.errors import NotAllowed, NotFound, Text
from gis_platform.core.language import Language
from gis_platform.core.text import upper
from gis_platform.db.queries.access import UNITS
from gis_platform.db.queries.address_service import (
    LEVELS,
    Change,
    newest_change,
    read_address,
    read_changes,
)
from gis_platform.matching.model import Candidate, MatchLevel

router = APIRouter(prefix="/addresses", tags=["addresses"], responses=PROBLEMS)
_ROOT = "/api/v1/addresses"
_FRESH = {"cache-control": "no-cache"}
_MOST_CHANGES = 5000
_WORDS = {0: "KÖY SOKAĞI", 1: "MEYDANI", 2: "BULVARI", 3: "CADDESİ", 4: "SOKAK", 5: "KÜME EVLER"}
_OK: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"type": "object"}}}, "description": "GeoJSON Feature"}
}
Level = Literal["numarataj", "csbm", "mahalle", "yapi"]


class ChangesQuery(ApiQuery):
    """What is asked of the feed."""

    since: int = Field(
        default=0, ge=0, le=2**63 - 1,
        description="bundan sonrası; önceki cevabın `next` adresinde hazır / after this; ready in "
        "`next` of the answer before",
    )  # fmt: skip
    limit: int = Field(
        default=1000, ge=1, le=_MOST_CHANGES,
        description="en çok kaç değişiklik / how many changes at most",
    )  # fmt: skip
    level: str | None = Field(
        default=None, pattern=r"^[a-z]+(,[a-z]+)*$",
        description=f"virgülle ayrılmış düzeyler / levels, by commas: {', '.join(LEVELS)}",
    )  # fmt: skip

    @field_validator("level")
    @classmethod
    def _known(cls, said: str | None) -> str | None:
        if said is not None and not set(said.split(",")) <= set(LEVELS):
            raise PydanticCustomError(
                "literal_error", "one of {expected}", {"expected": ", ".join(LEVELS)}
            )
        return said

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels asked for."""
        return tuple(self.level.split(",")) if self.level else LEVELS


@router.get("/changes", response_class=JSONResponse)
def changes(
    visit: VisitDep, connection: ConnectionDep, query: Annotated[ChangesQuery, Query()]
) -> JSONResponse:
    """Eklenen, değişen, kapanan adresler, işlendikleri sırayla. / What changed, in order."""
    levels = [each for each in query.levels if each in visit.caller.levels]
    page = read_changes(connection, query.since, query.limit, levels)
    last = page[-1].seq if page else query.since
    base = visit.base_url
    answer = {
        "since": query.since,
        "last": last,
        "newest": newest_change(connection),
        "is_end": len(page) < query.limit,
        "next": f"{base}{_ROOT}/changes?{_following(query, last)}",
        "changes": [_change(each, base) for each in page],
    }
    return JSONResponse(answer, headers=_FRESH)


class UnitsQuery(ApiQuery):
    """What the units of a door are wanted for."""

    purpose: str = Field(
        min_length=3, max_length=200, pattern=r"^[^\x00-\x1f]+$",
        description="okumanın amacı; kim, ne zaman ile birlikte yazılır / "
        "what the reading is for; written down with who and when",
    )  # fmt: skip


@router.get("/numarataj/{kod}/units", response_class=JSONResponse)
async def units(
    visit: VisitDep,
    kod: Annotated[Code, Path(description="kapının kimlik nosu / number of the door")],
    query: Annotated[UnitsQuery, Query()],
) -> JSONResponse:
    """Bir kapının bağımsız bölümleri; “unit” yetkisiyle. / Units of a door; scope “unit”."""
    asked = {"sha256": visit.caller.sha256, "purpose": query.purpose,
             "request_id": visit.request_id, "door": kod}  # fmt: skip
    try:
        rows = await visit.service.callers.fetch(UNITS, asked)
    except InsufficientPrivilege:
        raise NotAllowed(
            Text("Bu anahtar bağımsız bölüm okuyamaz.", "This key may not read units.")
        ) from None
    if rows[0][0] is None:
        raise NotFound(
            Text(f"Kayıtta yürürlükte böyle bir kapı yok: {kod}",
                 f"The register has no such door in force: {kod}"),
        )  # fmt: skip
    answer = {"numarataj": kod, "purpose": query.purpose, "units": rows[0][0]}
    return JSONResponse(answer, headers={"cache-control": "no-store"})


@router.get("/{level}/{kod}", responses=_OK, response_class=JSONResponse)
def one(
    visit: VisitDep,
    connection: ConnectionDep,
    level: Annotated[Level, Path(description="düzey / level")],
    kod: Annotated[Code, Path(description="kimlik no; csbm için UAVT kodu / number or csbm code")],
    query: Annotated[ApiQuery, Query()],
) -> JSONResponse:
    """Bir kapı, csbm, mahalle ya da yapı: ne olduğu, geçmişi, komşuları. / One address."""
    found = read_address(connection, level, kod)
    if found is None:
        raise NotFound(
            Text(f"Kayıtta böyle bir {level} hiç olmadı: {kod}",
                 f"The register never had such a {level}: {kod}"),
            remedy=Text(f"arayın: {_ROOT}/search?q=…", f"search: {_ROOT}/search?q=…"),
        )  # fmt: skip
    answer = _feature(visit, level, kod, found)
    return JSONResponse(answer, headers=_FRESH, media_type=GEOJSON)


def _feature(visit: Visit, level: str, kod: int, found: dict[str, Any]) -> dict[str, Any]:
    language, base = visit.language, visit.base_url
    said = dict(found["properties"])
    name = csbm_name(said.pop("csbm", None), said.pop("csbm_tur", None))
    history = [_named(each) for each in found["history"] or []]
    properties = {
        "label": _label(level, said, name, language),
        "level": level,
        "status": "in_force" if found["is_in_force"] else "closed",
        "valid_from": history[0]["valid_from"] if history else None,
        "valid_to": None if found["is_in_force"] or not history else history[-1]["valid_to"],
        **({"csbm": name} if name else {}),
        **said,
    }
    return {
        "type": "Feature",
        "id": f"{level}/{kod}",
        "geometry": found["geometry"],
        "properties": {key: value for key, value in properties.items() if value is not None},
        "history": history,
        "successors": [_linked(each, base) for each in found["successors"]],
        "neighbours": [_linked(_named(each), base) for each in found["neighbours"]],
        "links": _links(level, kod, found, base),
    }


def csbm_name(name: str | None, kind: int | None) -> str | None:
    """A csbm with its type word, as the matcher writes it."""
    word = _WORDS.get(kind) if kind is not None else None
    return f"{upper(name)} {word}" if name and word else name


def _label(level: str, said: dict[str, Any], name: str | None, language: Language) -> str:
    place = Candidate(
        MatchLevel.MAHALLE, 1.0, il=said.get("il"), ilce=said.get("ilce"),
        mahalle=said.get("mahalle"), csbm=name, dis_kapi_no=said.get("dis_kapi_no"),
    ).label(language)  # fmt: skip
    if level != "yapi":
        return place
    building = Text(f"Yapı {said['yapi_kimlik_no']}", f"Building {said['yapi_kimlik_no']}")
    return f"{building.say(language)}, {place}" if place else building.say(language)


def _named(each: dict[str, Any]) -> dict[str, Any]:
    """The csbm of a line with its type word, where it has one."""
    kind, key = each.pop("csbm_tur", None), "csbm" if "csbm" in each else "name"
    if kind is not None and each.get(key):
        each[key] = csbm_name(each[key], kind)
    return {key: value for key, value in each.items() if value is not None or key == "valid_to"}


def _linked(each: dict[str, Any], base: str) -> dict[str, Any]:
    return {**each, "href": f"{base}{_ROOT}/{each['level']}/{each['kod']}"}


def _links(level: str, kod: int, found: dict[str, Any], base: str) -> list[dict[str, str]]:
    """Itself, what it is part of, what it became."""
    said = found["properties"]
    links = [("self", f"{level}/{kod}")]
    for above in ("csbm", "mahalle"):
        code = said.get(f"{above}_kod")
        if code is not None and above != level:
            links.append(("up", f"{above}/{code}"))
    links += [("successor-version", f"{e['level']}/{e['kod']}") for e in found["successors"]]
    return [{"rel": rel, "href": f"{base}{_ROOT}/{path}", "type": GEOJSON} for rel, path in links]


def _change(each: Change, base: str) -> dict[str, Any]:
    now = _named(dict(each.now)) if each.now else None
    return {
        "seq": each.seq, "level": each.level, "kod": each.kod, "change": each.change,
        "at": each.at.isoformat(), "now": now, "href": f"{base}{_ROOT}/{each.level}/{each.kod}",
    }  # fmt: skip


def _following(query: ChangesQuery, last: int) -> str:
    level = f"&level={query.level}" if query.level else ""
    return f"since={last}&limit={query.limit}{level}"
