"""What may be asked of the address service: the parameters, their bounds and their meaning."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from gis_platform.api.deps import ApiQuery
from gis_platform.api.finding import Box
from gis_platform.opendata.portal.pages import QUERY_LIMIT

NUMBER = r"-?[0-9]{1,3}(\.[0-9]{1,15})?"
_READABLE = r"^[^\uFFFD\u0000]*[^\s\uFFFD\u0000][^\uFFFD\u0000]*$"
_BROKEN = ("\ufffd", "\x00")
MOST_ANSWERS = 20
_LARGEST_CODE = 2**63 - 1

Said = Annotated[
    str,
    Field(
        min_length=1, max_length=QUERY_LIMIT, pattern=_READABLE,
        description="adres, serbest metin / address as free text",
    ),
]  # fmt: skip
Limit = Annotated[
    int, Field(ge=1, le=MOST_ANSWERS, description="en çok kaç cevap / how many answers at most")
]
Code = Annotated[int, Field(ge=1, le=_LARGEST_CODE)]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False,
                             description="boylam, derece / longitude, degrees")]  # fmt: skip
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False,
                             description="enlem, derece / latitude, degrees")]  # fmt: skip
Part = Annotated[str, Field(min_length=1, max_length=200, pattern=_READABLE)]
Level = Literal["kapi", "csbm", "mahalle", "ilce"]


class TextQuery(ApiQuery):
    """A query with a text in it."""

    @field_validator("q", mode="before", check_fields=False)
    @classmethod
    def _readable(cls, said: object) -> object:
        if isinstance(said, str) and (not said.strip() or any(bad in said for bad in _BROKEN)):
            raise PydanticCustomError("unreadable", "empty, or not UTF-8")
        return said


class SearchQuery(TextQuery):
    """What is searched for."""

    q: Said
    limit: Limit = 5
    autocomplete: bool = Field(
        default=False,
        description="metin henüz yazılıyor: nasıl sürebileceği aranır, karar verilmez / "
        "the text is being typed: what it may go on to, no verdict",
    )
    mahalle: Part | None = Field(
        default=None,
        description="mahalle kodu ya da adı; kanıt ve sınırdır: metinle birlikte okunur, başka "
        "mahalleden cevap verilmez / code or name; evidence and restriction: read with the text, "
        "nothing outside is answered",
    )
    csbm_kod: Code | None = Field(
        default=None,
        description="UAVT CSBM kodu; kanıt ve sınırdır / csbm code; evidence and restriction",
    )
    bbox: str | None = Field(
        default=None, pattern=f"^{NUMBER}(,{NUMBER}){{3}}$",
        description="batı,güney,doğu,kuzey (derece); sınırdır / west,south,east,north, degrees; a "
        "restriction",
    )  # fmt: skip
    near: str | None = Field(
        default=None, pattern=f"^{NUMBER},{NUMBER}$",
        description="boylam,enlem; yalnız kararsız cevapları sıralar, olasılığı değiştirmez / "
        "lon,lat; only orders what is undecided, changes no probability",
    )  # fmt: skip
    level: Level | None = Field(
        default=None,
        description="istenen en ince düzey; sınırdır: daha ince cevap kendi dalında bu düzeye "
        "çıkar, daha kabası verilmez / finest level wanted; a restriction: finer answers are "
        "given at this level of their branch, coarser ones not at all",
    )
    explain: bool = Field(
        default=False,
        description="cevabın nedeni: kanıtlar, adaylar, eşikler / why: evidence, candidates, "
        "thresholds",
    )

    @field_validator("bbox")
    @classmethod
    def _is_box(cls, said: str | None) -> str | None:
        box = box_of(said)
        if box is not None and not is_box(box):
            raise PydanticCustomError("bbox_order", "west,south,east,north")
        return said

    @field_validator("near")
    @classmethod
    def _is_point(cls, said: str | None) -> str | None:
        if said is not None and not _is_place(*numbers_of(said)):
            raise PydanticCustomError("point_range", "lon,lat")
        return said


class ReverseQuery(ApiQuery):
    """Where is asked."""

    lon: Lon
    lat: Lat
    limit: Limit = 1


class AddressParts(BaseModel):
    """An address, as free text or by its components; what is not named is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: Said | None = None
    il: Part | None = None
    ilce: Part | None = None
    mahalle: Part | None = None
    csbm: Part | None = Field(default=None, description="cadde, sokak … adı / name of the csbm")
    site: Part | None = None
    blok: Part | None = None
    dis_kapi_no: Part | None = None
    ic_kapi_no: Part | None = None
    csbm_kod: Code | None = None
    mahalle_kod: Code | None = None
    explain: bool = Field(
        default=False,
        description="kanıtların tamamı; yalnız q ile / all evidence; with q only",
    )

    @model_validator(mode="after")
    def _asks_something(self) -> Self:
        if (self.q is None) == (not self.components) or (self.explain and self.q is None):
            raise PydanticCustomError("nothing_asked", "q or components")
        return self

    @property
    def components(self) -> dict[str, str]:
        """The components that were given, by column name of ``gis match``."""
        left = {"q", "explain", "lang"}
        given = {name: getattr(self, name) for name in type(self).model_fields if name not in left}
        return {name: str(value) for name, value in given.items() if value is not None}


class MatchQuery(AddressParts, TextQuery):
    """One address to be matched."""


def numbers_of(said: str) -> tuple[float, ...]:
    """``28.9,41.05`` as numbers."""
    return tuple(float(part) for part in said.split(","))


def box_of(said: str | None) -> Box | None:
    """A box as it is written in a query."""
    if said is None:
        return None
    west, south, east, north = numbers_of(said)
    return west, south, east, north


def is_box(box: Box) -> bool:
    """Whether west is west of east and south below north, all in range."""
    west, south, east, north = box
    return _is_place(west, south) and _is_place(east, north) and west <= east and south <= north


def _is_place(lon: float, lat: float) -> bool:
    return abs(lon) <= 180 and abs(lat) <= 90  # noqa: PLR2004 (degrees)
