"""The same answers for programs written for Nominatim: the search bar of QGIS, geopy, JOSM.

Such a program is pointed at ``HOST/api/v1/nominatim`` in the place of its host. What other programs
show as one list of guesses is here what the matcher stands behind: its probability is the
``importance``, and a text that means no place has no answer.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from gis_platform.api.answers import COUNTRY, KINDS, NO_STORE
from gis_platform.api.asked import Lat, Limit, Lon, Said, is_box, numbers_of
from gis_platform.api.deps import ApiQuery, VisitDep
from gis_platform.api.finding import Box, Wanted
from gis_platform.api.hot import HotRoute
from gis_platform.api.problems import PROBLEMS
from gis_platform.api.routes.compatible import Place, id_of, meant_by, name_of, there_at
from gis_platform.core.language import Language
from gis_platform.core.text import fold
from gis_platform.opendata.portal.paths import LANGUAGES

router = APIRouter(tags=["compatible"], responses=PROBLEMS, route_class=HotRoute)
_OK: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"schema": {}}}, "description": "JSON"}
}
_KINDS = {"house": ("building", "house"), "street": ("highway", "residential"),
          "district": ("place", "suburb"), "city": ("place", "town")}  # fmt: skip
_DEGREE_M = 111_320.0
_LEAST_M = 10.0
Flag = Literal["0", "1"]


class _Nominatim(ApiQuery):
    """What both ask; what only concerns OpenStreetMap is taken and not looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    format: Literal["json", "jsonv2"] = "jsonv2"
    addressdetails: Flag = "0"
    extratags: Flag = "0"
    namedetails: Flag = "0"
    accept_language: str | None = Field(default=None, alias="accept-language", max_length=100)
    email: str | None = Field(default=None, max_length=200)

    @property
    def spoken(self) -> Language | None:
        """The language wanted, where it is one of ours."""
        first = (self.accept_language or "").partition(",")[0].partition("-")[0]
        return next((each for each in LANGUAGES if each == first), None)


class NominatimSearch(_Nominatim):
    """As Nominatim asks."""

    q: Said
    limit: Limit = 10
    viewbox: str | None = Field(
        default=None, description="x1,y1,x2,y2: iki karşı köşe / two opposite corners"
    )
    bounded: Flag = "0"
    dedupe: Flag = "1"
    countrycodes: str | None = Field(
        default=None, max_length=200,
        description="tr; başka ülkede cevap yok / none elsewhere",
    )  # fmt: skip

    @field_validator("viewbox")
    @classmethod
    def _is_box(cls, said: str | None) -> str | None:
        try:
            is_good = said is None or is_box(_box(said))
        except ValueError:
            is_good = False
        if not is_good:
            raise PydanticCustomError("bbox_order", "viewbox")
        return said

    @property
    def wanted(self) -> Wanted:
        """The search; a box that does not bind only prefers what is near its middle."""
        box = _box(self.viewbox) if self.viewbox else None
        if box is None or self.bounded == "1":
            return Wanted(self.q, self.limit, box=box)
        west, south, east, north = box
        return Wanted(self.q, self.limit, near=((west + east) / 2, (south + north) / 2))

    @property
    def is_elsewhere(self) -> bool:
        """Whether only other countries are wanted."""
        return "tr" not in {fold(each.strip()) for each in (self.countrycodes or "tr").split(",")}


class NominatimReverse(_Nominatim):
    """As Nominatim asks; whatever its zoom, the nearest door and what it lies in are answered."""

    lat: Lat
    lon: Lon
    zoom: Annotated[int, Field(ge=0, le=18)] = 18


@router.get("/nominatim/search", responses=_OK, response_class=JSONResponse)
def nominatim_search(visit: VisitDep, query: Annotated[NominatimSearch, Query()]) -> JSONResponse:
    """Nominatim'in biçimiyle arama (QGIS konum çubuğu). / Search as Nominatim answers (QGIS)."""
    found = [] if query.is_elsewhere else meant_by(visit, query.wanted)
    return _json([_item(place, query, query.spoken or visit.language) for place in found])


@router.get("/nominatim/reverse", responses=_OK, response_class=JSONResponse)
def nominatim_reverse(visit: VisitDep, query: Annotated[NominatimReverse, Query()]) -> JSONResponse:
    """Nominatim'in biçimiyle bir noktanın adresi. / Address of a point as Nominatim answers."""
    found = there_at(visit, query.lon, query.lat, 1)
    if not found:
        return _json({"error": "Unable to geocode"})
    shown = query.model_copy(update={"addressdetails": "1"})  # Nominatim's own default here
    return _json(_item(found[0], shown, query.spoken or visit.language))


def _json(answer: Any) -> JSONResponse:
    return JSONResponse(answer, headers=NO_STORE)


def _box(said: str) -> Box:
    x1, y1, x2, y2 = numbers_of(said)
    west, east, south, north = *sorted((x1, x2)), *sorted((y1, y2))
    # The map of a client may show more than the world; that it does is no fault of who searches.
    return max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)


def _item(found: Place, query: _Nominatim, language: Language) -> dict[str, Any]:
    place, score = found
    lon, lat = place.lon or 0.0, place.lat or 0.0  # places without a point are not among them
    category, kind = _KINDS[KINDS[place.level]]
    around = max(place.accuracy_m or 0.0, _LEAST_M) / _DEGREE_M
    return {
        "place_id": id_of(place),
        "lat": f"{lat:.7f}",
        "lon": f"{lon:.7f}",
        "class" if query.format == "json" else "category": category,
        "type": kind,
        "importance": round(score, 4),
        "name": name_of(place) or "",
        "display_name": place.label(language),
        "boundingbox": [f"{each:.7f}" for each in (lat - around, lat + around,
                                                   lon - around, lon + around)],
    } | ({"address": _address(found)} if query.addressdetails == "1" else {})  # fmt: skip


def _address(found: Place) -> dict[str, str]:
    place = found[0]
    said = {
        "house_number": place.dis_kapi_no, "road": place.csbm, "suburb": place.mahalle,
        "town": place.ilce, "province": place.il, "country": COUNTRY, "country_code": "tr",
    }  # fmt: skip
    return {name: value for name, value in said.items() if value}
