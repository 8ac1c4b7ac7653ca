"""A road is exactly one of the csbm types."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.model import CSBM_TYPES
from gis_platform.maks.names import name_fold

_WORDS = {
    "meydan": 1, "meydani": 1, "bulvar": 2, "bulvari": 2, "cadde": 3, "caddesi": 3, "sokak": 4,
    "sokagi": 4,
}  # fmt: skip


@control(
    "R-SP-14",
    layer="yol",
    severity=Severity.ERROR,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Kentsel adreste tek bir meydan, bulvar, cadde, sokak ya da küme evler bulunur.",
        "An urban address has exactly one meydan, bulvar, cadde, sokak or küme evler.",
    ),
    text=Text(
        "{kimlik_no} numaralı yolun tip kodu ({tip}) bilinen csbm türlerinden değil.",
        "The type code ({tip}) of road {kimlik_no} is none of the known csbm types.",
    ),
    kinds={
        "two-types": Text(
            "{kimlik_no} numaralı yolun adı ({ad}) başka bir tür sözcüğüyle bitiyor; türü {type}.",
            "The name of road {kimlik_no} ({ad}) ends in the word of another type; its type is "
            "{type}.",
        )
    },
    remedy=Text("tipi ya da adı düzeltin", "mend the type or the name"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Roads of no known type, and names that end in the word of another type (``two-types``)."""
    yol = layers["yol"]
    for index, tip in yol["tip"][yol["tip"].notna() & ~yol["tip"].isin(list(CSBM_TYPES))].items():
        yield Violation(index, {"tip": tip})
    last = yol["ad"].map(name_fold, na_action="ignore").astype("str").str.rsplit(" ", n=1).str[-1]
    named = last.map(_WORDS).astype("Int64")
    for index in yol.index[(named.notna() & (named != yol["tip"])).fillna(value=False)]:
        tip = yol.at[index, "tip"]
        values = {"ad": yol.at[index, "ad"], "type": CSBM_TYPES.get(tip, str(tip))}
        yield Violation(index, values, "two-types")
