"""What the address service says of places and matches: GeocodeJSON, verdict, explanation."""

from collections.abc import Iterable
from typing import Any

from gis_platform.core.language import Language
from gis_platform.matching.explain import ranked
from gis_platform.matching.findings import FINDINGS
from gis_platform.matching.model import EXPLAINED, Candidate, Match, MatchLevel, ScorePart

GEOJSON = "application/geo+json"
NO_STORE = {"cache-control": "no-store"}
KINDS = {
    MatchLevel.KAPI: "house", MatchLevel.INTERPOLASYON: "house", MatchLevel.CSBM: "street",
    MatchLevel.MAHALLE: "district", MatchLevel.ILCE: "city",
}  # fmt: skip
"""Levels by the names GeocodeJSON has for them."""
COUNTRY = "Türkiye"
_OF_PLACE = (
    "il", "ilce", "ilce_kod", "mahalle", "mahalle_kod", "csbm", "csbm_kod", "dis_kapi_no",
    "ic_kapi_no", "numarataj_kimlik_no",
)  # fmt: skip


def collection(features: list[dict[str, Any]], **asked: Any) -> dict[str, Any]:
    """A GeocodeJSON answer; ``asked`` are members of its head."""
    return {
        "type": "FeatureCollection",
        "geocoding": {"version": "0.1.0", **asked},
        "features": features,
    }


def verdict(match: Match, language: Language) -> dict[str, Any]:
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


def whole_match(match: Match, language: Language, *, is_explained: bool) -> dict[str, Any]:
    """A match as ``gis match --json`` writes it, with the sentence and the labels added."""
    said = {name: value for name, value in vars(match).items() if name not in EXPLAINED}
    said["reason_text"] = match.reason.say(language)
    said["best"] = _labelled(match.best, language) if match.best else None
    said["candidates"] = [_labelled(place, language) for place in match.candidates]
    if is_explained:
        said["explanation"] = explanation(match, language)
    return said


def explanation(match: Match, language: Language) -> dict[str, Any]:
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


def feature(
    place: Candidate, language: Language, *, score: float | None, **more: Any
) -> dict[str, Any]:
    """A place; one that is merely named alike has no ``score`` and says so."""
    label = place.label(language)
    own = {
        "label": label,
        "level": place.level.value,
        "score": None if score is None else round(score, 4),
        "accuracy_m": place.accuracy_m,
        "distance_m": place.distance_m,
        **{name: getattr(place, name) for name in _OF_PLACE},
        **more,
    }
    properties = {name: value for name, value in own.items() if value is not None}
    return {
        "type": "Feature",
        "geometry": point_of(place),
        "properties": properties | {"geocoding": _geocoding(place, label)},
    }


def point_of(place: Candidate) -> dict[str, Any] | None:
    """Where a place is, as GeoJSON; ``None`` where the reference does not know."""
    if place.lon is None or place.lat is None:
        return None
    return {"type": "Point", "coordinates": [place.lon, place.lat]}


def with_point(places: Iterable[Candidate]) -> list[Candidate]:
    """Places that can be shown on a map: what most clients expect of every answer."""
    return [place for place in places if place.lon is not None and place.lat is not None]


def _geocoding(place: Candidate, label: str) -> dict[str, Any]:
    """The members that GeocodeJSON names."""
    said = {
        "type": KINDS[place.level],
        "accuracy": None if place.accuracy_m is None else round(place.accuracy_m),
        "label": label,
        "name": place.csbm or place.mahalle or place.ilce,
        "housenumber": place.dis_kapi_no,
        "street": place.csbm,
        "district": place.mahalle,
        "city": place.ilce,
        "state": place.il,
        "country": COUNTRY,
    }
    return {name: value for name, value in said.items() if value is not None}


def _labelled(place: Candidate, language: Language) -> dict[str, Any]:
    facts = {name: value for name, value in vars(place).items() if name != "parts"}
    return {"label": place.label(language), **facts}


def _part(part: ScorePart, language: Language) -> dict[str, Any]:
    said = FINDINGS[part.finding][1].say(language)
    return {"element": part.element, "finding": part.finding, "text": said, "bits": part.bits}
