"""The same answers for programs written for other services: BAN, Photon and Pelias.

Each service has its paths below a name of its own, so that a client is pointed at
``HOST/api/v1/ban`` in the place of its host. Places without a point are left out: these clients
cannot show them.
"""

from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gis_platform.api.answers import COUNTRY, GEOJSON, KINDS, NO_STORE, with_point
from gis_platform.api.asked import Lat, Limit, Lon, Said, box_of, is_box
from gis_platform.api.deps import ApiQuery, Visit, VisitDep
from gis_platform.api.finding import Box, Wanted, find
from gis_platform.api.hot import HotRoute
from gis_platform.api.problems import PROBLEMS
from gis_platform.api.routes.addresses import look_around
from gis_platform.core.language import Language
from gis_platform.core.text import fold
from gis_platform.matching.model import Candidate, MatchLevel

router = APIRouter(tags=["compatible"], responses=PROBLEMS, route_class=HotRoute)
_OK: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"type": "object"}}}, "description": "GeoJSON"}
}
Place = tuple[Candidate, float]
_LAYERS = {"house": "address", "street": "street", "district": "neighbourhood", "city": "locality"}
_BAN = {"house": "housenumber", "street": "street", "district": "locality", "city": "municipality"}
_OURS = {"tr", "tur"}


class _Near(ApiQuery):
    """A point that only orders the answers; both numbers or none."""

    lat: Lat | None = None
    lon: Lon | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "_Near":
        if (self.lat is None) != (self.lon is None):
            raise PydanticCustomError("point_range", "lat and lon")
        return self

    @property
    def near(self) -> tuple[float, float] | None:
        """Longitude and latitude."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


class BanSearch(_Near):
    """As api-adresse.data.gouv.fr asks."""

    q: Said
    limit: Limit = 5
    autocomplete: Literal["0", "1"] = "0"
    type: Literal["housenumber", "street", "locality", "municipality"] | None = None

    @property
    def level(self) -> MatchLevel | None:
        """The level wanted."""
        kinds = {_BAN[kind]: level for level, kind in KINDS.items()}
        return kinds[self.type] if self.type else None


class BanReverse(ApiQuery):
    """As api-adresse.data.gouv.fr asks."""

    lat: Lat
    lon: Lon
    limit: Limit = 1


class PhotonSearch(_Near):
    """As Photon asks."""

    q: Said
    limit: Limit = 10
    bbox: str | None = Field(default=None, description="batı,güney,doğu,kuzey / W,S,E,N")

    @field_validator("bbox")
    @classmethod
    def _is_box(cls, said: str | None) -> str | None:
        try:
            is_good = said is None or is_box(box_of(said) or (1, 1, 0, 0))
        except ValueError:
            is_good = False
        if not is_good:
            raise PydanticCustomError("bbox_order", "west,south,east,north")
        return said


class PhotonReverse(BanReverse):
    """As Photon asks."""


class _Pelias(BaseModel):
    """What Pelias lets every client say; an ``api_key`` is not needed and not looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    lang: str | None = Field(default=None, max_length=100)
    api_key: str | None = Field(default=None, max_length=200)
    size: Limit = 10
    country: str | None = Field(
        default=None, alias="boundary.country", max_length=200,
        description="TR, TUR; başka ülkede cevap yok / none elsewhere",
    )  # fmt: skip

    @property
    def is_elsewhere(self) -> bool:
        """Whether only other countries are wanted."""
        return not {fold(each) for each in (self.country or "tr").split(",")} & _OURS


class PeliasSearch(_Pelias):
    """As Pelias asks."""

    text: Said
    focus_lat: Lat | None = Field(default=None, alias="focus.point.lat")
    focus_lon: Lon | None = Field(default=None, alias="focus.point.lon")
    west: Lon | None = Field(default=None, alias="boundary.rect.min_lon")
    south: Lat | None = Field(default=None, alias="boundary.rect.min_lat")
    east: Lon | None = Field(default=None, alias="boundary.rect.max_lon")
    north: Lat | None = Field(default=None, alias="boundary.rect.max_lat")

    @model_validator(mode="after")
    def _is_whole(self) -> "PeliasSearch":
        given = [each is not None for each in (self.west, self.south, self.east, self.north)]
        if any(given) and not (all(given) and self.box and is_box(self.box)):
            raise PydanticCustomError("bbox_order", "boundary.rect")
        if (self.focus_lat is None) != (self.focus_lon is None):
            raise PydanticCustomError("point_range", "focus.point")
        return self

    @property
    def box(self) -> Box | None:
        """The rectangle wanted."""
        if self.west is None or self.south is None or self.east is None or self.north is None:
            return None
        return self.west, self.south, self.east, self.north

    @property
    def near(self) -> tuple[float, float] | None:
        """Longitude and latitude."""
        if self.focus_lon is None or self.focus_lat is None:
            return None
        return self.focus_lon, self.focus_lat


class PeliasReverse(_Pelias):
    """As Pelias asks."""

    lat: Lat = Field(alias="point.lat")
    lon: Lon = Field(alias="point.lon")
    size: Limit = 1


@router.get("/ban/search", responses=_OK, response_class=JSONResponse)
@router.get("/ban/search/", include_in_schema=False)
def ban_search(visit: VisitDep, query: Annotated[BanSearch, Query()]) -> JSONResponse:
    """BAN'ın (api-adresse.data.gouv.fr) biçimiyle arama. / Search as the BAN of France answers."""
    wanted = Wanted(query.q, query.limit, is_half_typed=query.autocomplete == "1",
                    near=query.near, level=query.level)  # fmt: skip
    return _ban(visit, meant_by(visit, wanted), query=query.q, limit=query.limit)


@router.get("/ban/reverse", responses=_OK, response_class=JSONResponse)
@router.get("/ban/reverse/", include_in_schema=False)
def ban_reverse(visit: VisitDep, query: Annotated[BanReverse, Query()]) -> JSONResponse:
    """BAN'ın biçimiyle bir noktanın adresi. / The address of a point as the BAN answers."""
    return _ban(visit, there_at(visit, query.lon, query.lat, query.limit), limit=query.limit)


@router.get("/photon/api", responses=_OK, response_class=JSONResponse)
@router.get("/photon/api/", include_in_schema=False)
def photon_search(visit: VisitDep, query: Annotated[PhotonSearch, Query()]) -> JSONResponse:
    """Photon'un biçimiyle, yazarken arama. / Search as you type as Photon answers."""
    wanted = Wanted(query.q, query.limit, box=box_of(query.bbox), near=query.near)
    found = meant_by(visit, wanted) or meant_by(visit, replace(wanted, is_half_typed=True))
    return _photon(visit, found)


@router.get("/photon/reverse", responses=_OK, response_class=JSONResponse)
def photon_reverse(visit: VisitDep, query: Annotated[PhotonReverse, Query()]) -> JSONResponse:
    """Photon'un biçimiyle bir noktanın adresi. / The address of a point as Photon answers."""
    return _photon(visit, there_at(visit, query.lon, query.lat, query.limit))


@router.get("/pelias/v1/search", responses=_OK, response_class=JSONResponse)
def pelias_search(visit: VisitDep, query: Annotated[PeliasSearch, Query()]) -> JSONResponse:
    """Pelias'ın biçimiyle arama. / Search as Pelias answers."""
    return _pelias_text(visit, query, is_half_typed=False)


@router.get("/pelias/v1/autocomplete", responses=_OK, response_class=JSONResponse)
def pelias_autocomplete(visit: VisitDep, query: Annotated[PeliasSearch, Query()]) -> JSONResponse:
    """Pelias'ın biçimiyle yazarken arama. / Search as you type as Pelias answers."""
    return _pelias_text(visit, query, is_half_typed=True)


@router.get("/pelias/v1/reverse", responses=_OK, response_class=JSONResponse)
def pelias_reverse(visit: VisitDep, query: Annotated[PeliasReverse, Query()]) -> JSONResponse:
    """Pelias'ın biçimiyle bir noktanın adresi. / The address of a point as Pelias answers."""
    there = [] if query.is_elsewhere else there_at(visit, query.lon, query.lat, query.size)
    return _pelias(visit, there, {"point.lat": query.lat, "point.lon": query.lon})


def meant_by(visit: Visit, wanted: Wanted) -> list[Place]:
    """Places with a point that the text means.

    Clients take the first answer for the answer: what is merely named alike is not among them.
    """
    places = find(visit.service.index.current(), wanted).places
    return [
        (each.place, each.score)
        for each in places
        if each.score is not None and with_point([each.place])
    ]


def there_at(visit: Visit, lon: float, lat: float, limit: int) -> list[Place]:
    """Addresses at a point, the nearest first; those with a point."""
    there = look_around(visit.service.index.current(), lon, lat, limit)
    places = with_point(each.place for each in there.places)
    return [(place, place.score) for place in places]


def _pelias_text(visit: Visit, query: PeliasSearch, *, is_half_typed: bool) -> JSONResponse:
    wanted = Wanted(query.text, query.size, is_half_typed=is_half_typed, box=query.box,
                    near=query.near)  # fmt: skip
    there = [] if query.is_elsewhere else meant_by(visit, wanted)
    return _pelias(visit, there, {"text": query.text, "size": query.size})


def _ban(visit: Visit, places: list[Place], **asked: Any) -> JSONResponse:
    features = [_ban_properties(place, score, visit.language) for place, score in places]
    return _json(places, features, version="draft", **asked)


def _photon(visit: Visit, places: list[Place]) -> JSONResponse:
    return _json(places, [_photon_properties(place) for place, _ in places])


def _pelias(visit: Visit, places: list[Place], asked: dict[str, Any]) -> JSONResponse:
    features = [_pelias_properties(place, score, visit.language) for place, score in places]
    return _json(places, features, geocoding={"version": "0.2", "query": asked})


def _json(places: list[Place], properties: list[dict[str, Any]], **more: Any) -> JSONResponse:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
            "properties": {name: value for name, value in said.items() if value is not None},
        }
        for (place, _), said in zip(places, properties, strict=True)
    ]
    answer = {"type": "FeatureCollection", **more, "features": features}
    return JSONResponse(answer, headers=NO_STORE, media_type=GEOJSON)


def name_of(place: Candidate) -> str | None:
    """What stands on the sign: the csbm with the number, else the smallest area known."""
    if place.csbm and place.dis_kapi_no:
        return f"{place.csbm} {place.dis_kapi_no}"
    return place.csbm or place.mahalle or place.ilce


def id_of(place: Candidate) -> str | None:
    """The code of the smallest thing known."""
    code = place.numarataj_kimlik_no or place.csbm_kod or place.mahalle_kod or place.ilce_kod
    return None if code is None else str(code)


def _ban_properties(place: Candidate, score: float, language: Language) -> dict[str, Any]:
    where = (place.mahalle, place.ilce, place.il)
    return {
        "label": place.label(language), "score": round(score, 4), "id": id_of(place),
        "housenumber": place.dis_kapi_no, "street": place.csbm, "name": name_of(place),
        "district": place.mahalle, "city": place.ilce,
        "citycode": None if place.mahalle_kod is None else str(place.mahalle_kod),
        "context": ", ".join(each for each in where if each), "type": _BAN[KINDS[place.level]],
        "distance": place.distance_m,
    }  # fmt: skip


def _photon_properties(place: Candidate) -> dict[str, Any]:
    is_door = place.dis_kapi_no is not None
    return {
        "type": KINDS[place.level], "name": None if is_door else name_of(place),
        "housenumber": place.dis_kapi_no, "street": place.csbm if is_door else None,
        "district": place.mahalle, "city": place.ilce, "state": place.il, "country": COUNTRY,
        "countrycode": "TR",
    }  # fmt: skip


def _pelias_properties(place: Candidate, score: float, language: Language) -> dict[str, Any]:
    layer = _LAYERS[KINDS[place.level]]
    return {
        "id": id_of(place), "gid": f"maks:{layer}:{id_of(place)}", "layer": layer, "source": "maks",
        "source_id": id_of(place), "name": name_of(place), "housenumber": place.dis_kapi_no,
        "street": place.csbm, "confidence": round(score, 4),
        "match_type": "interpolated" if place.level is MatchLevel.INTERPOLASYON else None,
        "accuracy": "point" if place.level is MatchLevel.KAPI else "centroid",
        "distance": None if place.distance_m is None else place.distance_m / 1000,
        "country": COUNTRY, "country_a": "TUR", "region": place.il, "county": place.ilce,
        "neighbourhood": place.mahalle, "label": place.label(language),
    }  # fmt: skip
