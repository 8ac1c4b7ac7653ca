"""Addresses: text to places, a place to its address. Answers follow GeocodeJSON 0.1.0.

What people ask is personal data: it is answered and neither stored nor logged.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import Field, field_validator

from gis_platform.api.deps import ApiQuery, VisitDep
from gis_platform.api.problems import PROBLEMS
from gis_platform.core.errors import Text, UsageError
from gis_platform.core.language import Language
from gis_platform.matching.explain import ranked
from gis_platform.matching.findings import FINDINGS
from gis_platform.matching.model import Candidate, Match, MatchLevel, ScorePart
from gis_platform.opendata.portal.address_page import meant_by
from gis_platform.opendata.portal.pages import QUERY_LIMIT

router = APIRouter(prefix="/addresses", tags=["addresses"], responses=PROBLEMS)
GEOJSON = "application/geo+json"
_HIGHEST_LAT = 90
_NO_STORE = {"cache-control": "no-store"}
_TYPES = {
    MatchLevel.KAPI: "house", MatchLevel.INTERPOLASYON: "house", MatchLevel.CSBM: "street",
    MatchLevel.MAHALLE: "district", MatchLevel.ILCE: "city",
}  # fmt: skip


class SearchQuery(ApiQuery):
    """What is searched for."""

    q: str = Field(
        min_length=1, max_length=QUERY_LIMIT,
        description="adres, serbest metin / address as free text",
    )  # fmt: skip
    limit: int = Field(
        default=5, ge=1, le=20, description="en çok kaç cevap / how many answers at most"
    )

    explain: bool = Field(
        default=False,
        description="cevabın nedeni: kanıtlar, adaylar, eşikler / why: evidence, candidates, "
        "thresholds",
    )

    @field_validator("q")
    @classmethod
    def _readable(cls, said: str) -> str:
        if not said.strip() or "\ufffd" in said:
            raise ValueError("empty, or not UTF-8 / boş ya da UTF-8 değil")
        return said


class ReverseQuery(ApiQuery):
    """Where is asked."""

    lon: float = Field(ge=-180, le=180, description="boylam, derece / longitude, degrees")
    lat: float = Field(ge=-90, le=90, description="enlem, derece / latitude, degrees")
    limit: int = Field(
        default=1, ge=1, le=20, description="en çok kaç cevap / how many answers at most"
    )


@router.get("/search")
def search(visit: VisitDep, query: Annotated[SearchQuery, Query()]) -> JSONResponse:
    """Metin olarak yazılmış adresin yeri; `gis match` ile aynı cevap. / Where an address lies."""
    match, places = visit.service.index.search(query.q, query.limit, explain=query.explain)
    meant = meant_by(match)
    features = [_feature(place, visit.language, is_meant=place in meant) for place in places]
    answer = _collection(features, query=query.q) | {"match": _verdict(match, visit.language)}
    if query.explain:
        answer["explanation"] = _explanation(match, visit.language)
    return JSONResponse(answer, headers=_NO_STORE, media_type=GEOJSON)


@router.get("/reverse")
def reverse(visit: VisitDep, query: Annotated[ReverseQuery, Query()]) -> JSONResponse:
    """Bir noktanın adresi; ilçenin dışında boş. / The address of a point; empty outside."""
    matcher = visit.service.index.matcher()
    places = matcher.reverse(query.lon, query.lat, query.limit)
    if not places and abs(query.lon) <= _HIGHEST_LAT and matcher.reverse(query.lat, query.lon, 1):
        raise UsageError(
            Text(
                "Bu noktada bir şey yok; enlem ile boylam yer değiştirmiş görünüyor.",
                "Nothing is at this point; latitude and longitude seem to be swapped.",
            ),
            remedy=Text(f"lon={query.lat}&lat={query.lon}", f"lon={query.lat}&lat={query.lon}"),
        )
    answer = _collection([_feature(place, visit.language, is_meant=True) for place in places])
    return JSONResponse(answer, headers=_NO_STORE, media_type=GEOJSON)


def _collection(features: list[dict[str, Any]], **asked: Any) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "geocoding": {"version": "0.1.0", **asked},
        "features": features,
    }


def _verdict(match: Match, language: Language) -> dict[str, Any]:
    """What ``gis match`` says of the address as a whole."""
    return {
        "status": match.status.value,
        "level": match.level.value if match.level else None,
        "score": round(match.score, 4),
        "reason": match.reason.value,
        "reason_text": match.reason.say(language),
        "action": match.action.value,
        "dis_kapi_no": match.dis_kapi_no,
        "ic_kapi_no": match.ic_kapi_no,
        "faults": list(match.faults),
        "unused_words": list(match.unused_words),
    }


def _explanation(match: Match, language: Language) -> dict[str, Any]:
    """What the answer is made of; bits are base-2 logarithms of likelihood ratios."""
    return {
        "why": [sentence.say(language) for sentence in match.why],
        "words": [{"word": word, "role": role} for word, role in match.words],
        "components": [{"name": name, "value": value} for name, value in match.components],
        "null_bits": match.null_bits,
        "candidates": [
            {
                "label": place.label(language), "csbm_kod": place.csbm_kod,
                "numarataj_kimlik_no": place.numarataj_kimlik_no, "score": round(place.score, 4),
                "bits": place.weight, "parts": [_part(part, language) for part in place.parts],
            }
            for place in ranked(match)
        ],
    }  # fmt: skip


def _part(part: ScorePart, language: Language) -> dict[str, Any]:
    said = FINDINGS[part.finding][1].say(language)
    return {"element": part.element, "finding": part.finding, "text": said, "bits": part.bits}


def _feature(place: Candidate, language: Language, *, is_meant: bool) -> dict[str, Any]:
    """A place; one that is merely named alike has no probability and says so."""
    geometry = None
    if place.lon is not None and place.lat is not None:
        geometry = {"type": "Point", "coordinates": [place.lon, place.lat]}
    own = {
        "label": place.label(language),
        "level": place.level.value,
        "score": round(place.score, 4) if is_meant else None,
        "is_suggestion": None if is_meant else True,
        "accuracy_m": place.accuracy_m,
        "distance_m": place.distance_m,
        "il": place.il,
        "ilce": place.ilce,
        "ilce_kod": place.ilce_kod,
        "mahalle": place.mahalle,
        "mahalle_kod": place.mahalle_kod,
        "csbm": place.csbm,
        "csbm_kod": place.csbm_kod,
        "dis_kapi_no": place.dis_kapi_no,
        "ic_kapi_no": place.ic_kapi_no,
        "numarataj_kimlik_no": place.numarataj_kimlik_no,
    }
    properties = {name: value for name, value in own.items() if value is not None}
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": properties | {"geocoding": _geocoding(place, language)},
    }


def _geocoding(place: Candidate, language: Language) -> dict[str, Any]:
    """The members that GeocodeJSON names."""
    said = {
        "type": _TYPES[place.level],
        "accuracy": None if place.accuracy_m is None else round(place.accuracy_m),
        "label": place.label(language),
        "name": place.csbm or place.mahalle or place.ilce,
        "housenumber": place.dis_kapi_no,
        "street": place.csbm,
        "district": place.mahalle,
        "city": place.ilce,
        "state": place.il,
        "country": "Türkiye",
    }
    return {name: value for name, value in said.items() if value is not None}
