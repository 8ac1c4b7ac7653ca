"""The values of the address search: verdict, answers as door plates, map with pins."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from gis_platform.core.language import Language
from gis_platform.matching.model import Candidate, Match, MatchStatus
from gis_platform.opendata.portal.messages import message, number, percent
from gis_platform.opendata.portal.page import MapBox, Named, frame, map_of
from gis_platform.opendata.portal.render import Page
from gis_platform.opendata.public import PublicLayer

_AROUND = 0.003
_LONGEST = 400


@dataclass(frozen=True)
class Answer:
    """A place as the page shows it.

    Attributes:
        door, name: the plate: number, and what it hangs in.
        score: 0 to 1; ``probability`` is the same in words, empty where it is only named alike.
    """

    door: str
    name: str
    label: str
    level: str
    score: float
    probability: str
    accuracy: str
    point: str
    codes: tuple[Named, ...]
    is_best: bool


@dataclass(frozen=True)
class AddressView:
    """What the address search says: ``verdict`` names the message, the answers follow."""

    verdict: str
    reason: str = ""
    answers: tuple[Answer, ...] = ()
    places: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class AskedAddress:
    """What was typed, what is answered, and what else the page shows.

    Attributes:
        view: ``None`` where nothing was searched for.
        example: an address that is in the register.
        problem: why the text cannot be searched for.
        is_key_needed: whether a file is taken with a key only.
    """

    said: str = ""
    view: AddressView | None = None
    example: str | None = None
    problem: str | None = None
    is_key_needed: bool = True


def meant_by(match: Match) -> set[Candidate]:
    """The places a match weighs; others are merely named alike."""
    return {*([match.best] if match.best else []), *match.candidates}


def address_view(
    language: Language, match: Match | None, places: Sequence[Candidate]
) -> AddressView:
    """What is shown of a match and its candidates; ``match`` ``None`` = there is no index yet."""
    if match is None:
        return AddressView("unavailable")
    is_sure, meant = match.status is MatchStatus.MATCHED, meant_by(match)
    answers = tuple(
        _answer(place, language, is_best=is_sure and at == 0, is_meant=place in meant)
        for at, place in enumerate(places)
    )
    return AddressView(match.status.value, match.reason.say(language), answers, tuple(places))


def address_page(language: Language, asked: AskedAddress, layers: Sequence[PublicLayer]) -> Page:
    """The page of the address search, with a map where an answer has a place."""
    title = message(language, "address.title")
    values = {
        "q": asked.said[:_LONGEST],
        "view": asked.view,
        "problem": asked.problem,
        "example": asked.example,
        "is_key_needed": asked.is_key_needed,
        "map": _map(language, asked.view.places, layers) if asked.view else None,
    }
    lead, query = message(language, "address.lead"), {"q": asked.said} if asked.said else None
    return Page("address.html", frame("address", language, title, lead, query=query), values)


def _answer(place: Candidate, language: Language, *, is_best: bool, is_meant: bool) -> Answer:
    name = place.csbm or (f"{place.mahalle} MAH." if place.mahalle else place.ilce or "–")
    accuracy = ""
    if place.accuracy_m is not None:
        metres = number(language, max(1, ceil(place.accuracy_m)))
        accuracy = message(language, "address.accuracy_value", metres=metres)
    return Answer(
        door=place.dis_kapi_no or "",
        name=name,
        label=place.label(language),
        level=message(language, f"level.{place.level.value}"),
        score=place.score,
        probability=percent(language, place.score) if is_meant else "",
        accuracy=accuracy,
        point="" if place.lat is None else f"{place.lat:.6f}, {place.lon:.6f}",
        codes=_codes(place, language),
        is_best=is_best,
    )


def _codes(place: Candidate, language: Language) -> tuple[Named, ...]:
    pairs = (
        ("code_kapi", place.numarataj_kimlik_no), ("code_csbm", place.csbm_kod),
        ("code_mahalle", place.mahalle_kod), ("code_ilce", place.ilce_kod),
    )  # fmt: skip
    return tuple(
        Named(message(language, f"address.{name}"), str(code))
        for name, code in pairs
        if code is not None
    )


def _map(
    language: Language, places: Sequence[Candidate], layers: Sequence[PublicLayer]
) -> MapBox | None:
    pins: list[dict[str, Any]] = [
        {"lon": place.lon, "lat": place.lat, "label": place.label(language)}
        for place in places
        if place.lon is not None and place.lat is not None
    ]
    if not pins:
        return None
    lons, lats = [pin["lon"] for pin in pins], [pin["lat"] for pin in pins]
    bounds = (min(lons) - _AROUND, min(lats) - _AROUND, max(lons) + _AROUND, max(lats) + _AROUND)
    return MapBox(config=map_of(layers, language, pins=pins, bounds=bounds))
