"""Addresses: text to places, a place to its address. Answers follow GeocodeJSON 0.1.0.

What people ask is personal data: it is answered and neither stored nor logged.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from gis_platform.api.answers import (
    GEOJSON,
    NO_STORE,
    collection,
    explanation,
    feature,
    verdict,
    whole_match,
)
from gis_platform.api.around import Surroundings
from gis_platform.api.asked import (
    AddressParts,
    MatchQuery,
    ReverseQuery,
    SearchQuery,
    box_of,
    numbers_of,
)
from gis_platform.api.deps import Visit, VisitDep
from gis_platform.api.finding import Found, Placed, Wanted, csbm_at, find, mahalle_at
from gis_platform.api.hot import HotRoute
from gis_platform.api.index import Opened
from gis_platform.api.problems import PROBLEMS
from gis_platform.api.structured import match_components
from gis_platform.core.errors import NotFound, Text, UsageError
from gis_platform.core.language import Language
from gis_platform.matching.model import MatchLevel

router = APIRouter(
    prefix="/addresses", tags=["addresses"], responses=PROBLEMS, route_class=HotRoute
)
_OK: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"type": "object"}}}, "description": "GeocodeJSON"}
}
_HIGHEST_LAT = 90
_OUTSIDE = Text("Bu nokta ilçenin dışında.", "This point is outside the district.")
_INSIDE = Text("Bu nokta ilçenin içinde.", "This point is inside the district.")


@router.get("/search", responses=_OK, response_class=JSONResponse)
def search(visit: VisitDep, query: Annotated[SearchQuery, Query()]) -> JSONResponse:
    """Metin olarak yazılmış adresin yeri; `gis match` ile aynı cevap. / Where an address lies."""
    opened, language = visit.service.index.current(), visit.language
    wanted = _wanted(opened, query)
    found = find(opened, wanted)
    answer = collection([_found(each, language, wanted) for each in found.places], query=query.q)
    if found.match is not None:
        answer["match"] = verdict(found.match, language)
    if wanted.is_narrowed:
        answer["filter"] = _filter(query, found)
    if query.explain and found.match is not None:
        answer["explanation"] = explanation(found.match, language)
    return JSONResponse(answer, headers=NO_STORE, media_type=GEOJSON)


@router.get("/match", response_class=JSONResponse)
def match(visit: VisitDep, query: Annotated[MatchQuery, Query()]) -> JSONResponse:
    """Bir adresin kesin cevabı: eşleşti, incelenecek, eşleşmedi. / The verdict on one address."""
    return _matched(visit, visit.service.index.current(), query)


@router.post("/match", response_class=JSONResponse)
def match_posted(visit: VisitDep, address: AddressParts) -> JSONResponse:
    """Aynısı, JSON gövdesiyle. / The same with a JSON body."""
    return _matched(visit, visit.service.index.opened(), address)


@router.get("/reverse", responses=_OK, response_class=JSONResponse)
def reverse(visit: VisitDep, query: Annotated[ReverseQuery, Query()]) -> JSONResponse:
    """Bir noktanın adresi ve mahallesi; ilçenin dışını söyler. / The address of a point."""
    opened, language = visit.service.index.current(), visit.language
    there = look_around(opened, query.lon, query.lat, query.limit)
    features = [
        feature(each.place, language, score=each.place.score, is_across=each.is_across)
        for each in there.places
    ]
    answer = collection(features) | {"point": _point(there, language)}
    return JSONResponse(answer, headers=NO_STORE, media_type=GEOJSON)


def look_around(opened: Opened, lon: float, lat: float, limit: int) -> Surroundings:
    """What is at a point.

    Raises:
        UsageError: nothing is, but where longitude and latitude are swapped something is.
    """
    there = opened.around(lon, lat, limit)
    is_nowhere = not there.places and not there.is_inside
    if is_nowhere and abs(lon) <= _HIGHEST_LAT and opened.matcher.reverse(lat, lon, 1):
        raise UsageError(
            Text(
                "Bu noktada bir şey yok; enlem ile boylam yer değiştirmiş görünüyor.",
                "Nothing is at this point; latitude and longitude seem to be swapped.",
            ),
            remedy=Text(f"lon={lat}&lat={lon}", f"lon={lat}&lat={lon}"),
        )
    return there


def _matched(visit: Visit, opened: Opened, asked: AddressParts) -> JSONResponse:
    matcher = opened.matcher
    if asked.q is None:
        found = match_components(matcher, asked.components)
    else:
        found = matcher.explain(asked.q) if asked.explain else matcher.match_one(asked.q)
    said = whole_match(found, visit.language, is_explained=asked.explain)
    return JSONResponse(said, headers=NO_STORE)


def _wanted(opened: Opened, query: SearchQuery) -> Wanted:
    """The query with its places looked up.

    Raises:
        NotFound: there is no such mahalle or csbm.
    """
    mahalle, csbm = None, None
    if query.mahalle is not None:
        mahalle = mahalle_at(opened.matcher, query.mahalle)
        if not mahalle:
            raise _unknown("mahalle", query.mahalle)
    if query.csbm_kod is not None:
        csbm = csbm_at(opened.matcher, query.csbm_kod)
        if csbm is None:
            raise _unknown("csbm_kod", str(query.csbm_kod))
    near = numbers_of(query.near) if query.near else None
    return Wanted(
        query.q, query.limit, is_half_typed=query.autocomplete, is_explained=query.explain,
        mahalle=mahalle, csbm=csbm, box=box_of(query.bbox),
        near=(near[0], near[1]) if near else None,
        level=MatchLevel(query.level) if query.level else None,
    )  # fmt: skip


def _unknown(name: str, said: str) -> NotFound:
    return NotFound(
        Text(f"Kayıtta böyle bir {name} yok: {said}", f"The register has no such {name}: {said}"),
        remedy=Text(f"{name} olmadan arayın", f"search without {name}"),
    )


def _found(each: Placed, language: Language, wanted: Wanted) -> dict[str, Any]:
    is_suggestion = True if wanted.is_half_typed or each.score is None else None
    return feature(each.place, language, score=each.score, is_suggestion=is_suggestion)


def _filter(query: SearchQuery, found: Found) -> dict[str, Any]:
    """What the restrictions did: how the text was read with them, what they left out."""
    names = ("mahalle", "csbm_kod", "bbox", "near", "level")
    given = {name: value for name in names if (value := getattr(query, name)) is not None}
    return given | {
        "searched": found.searched,
        "left_out": found.left_out,
        "is_best_left_out": found.is_best_left_out,
    }


def _point(there: Surroundings, language: Language) -> dict[str, Any]:
    """Where the point itself lies."""
    said: dict[str, Any] = {"is_inside": there.is_inside}
    if there.is_inside is not None:
        said["text"] = (_INSIDE if there.is_inside else _OUTSIDE).say(language)
    if there.mahalle is not None:
        names = ("il", "ilce", "ilce_kod", "mahalle", "mahalle_kod")
        said |= {name: getattr(there.mahalle, name) for name in names}
    return said
