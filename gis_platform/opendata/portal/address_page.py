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

_EXAMPLE = "Nişanca Mah. Haliç Cad. No: 12"
_AROUND = 0.003


@dataclass(frozen=True)
class Answer:
    """A place as the page shows it.

    Attributes:
        door, name: the plate: number, and what it hangs in.
        score: 0 to 1; ``probability`` is the same in words.
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


def example_of() -> str:
    """An address to show how one is written."""
    return _EXAMPLE.replace(" ", "%20")


def address_view(
    language: Language, match: Match | None, places: Sequence[Candidate]
) -> AddressView:
    """What is shown of a match and its candidates; ``match`` ``None`` = there is no index yet."""
    if match is None:
        return AddressView("unavailable")
    is_sure = match.status is MatchStatus.MATCHED
    answers = tuple(
        _answer(place, language, is_best=is_sure and at == 0) for at, place in enumerate(places)
    )
    return AddressView(match.status.value, match.reason.say(language), answers, tuple(places))


def address_page(
    language: Language,
    said: str,
    view: AddressView | None,
    layers: Sequence[PublicLayer],
    problem: str | None = None,
) -> Page:
    """The page of the address search, with a map where an answer has a place."""
    title = message(language, "address.title")
    values = {
        "q": said[:400],
        "view": view,
        "problem": problem,
        "hint": message(language, "address.example_plain"),
        "map": _map(language, view.places, layers) if view else None,
    }
    head = frame(
        "address",
        language,
        title,
        message(language, "address.lead"),
        query={"q": said} if said else None,
    )
    return Page("address.html", head, values)


def _answer(place: Candidate, language: Language, *, is_best: bool) -> Answer:
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
        probability=percent(language, place.score),
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
