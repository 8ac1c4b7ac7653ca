"""A door stands on the hand its side says."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import LEFT, RIGHT, SQUARE, JoinedLayers

_HANDS = {LEFT: Text("sol", "left"), RIGHT: Text("sağ", "right")}


@control(
    "R-SP-04",
    layer="numarataj",
    severity=Severity.WARNING,
    source="MAKS YOL_ORTA_HAT_YON.SAYISALLASTIRMAYON",
    evidence="I",
    rule=Text(
        "Kapı, yönünün söylediği yanda (SAĞ/SOL) durur.",
        "A door stands on the hand (SAĞ/SOL) its side states.",
    ),
    text=Text(
        "{kapi_no} numaralı kapı ({kimlik_no}) {stated} yönüne bağlı ama hattın {actual} yanında.",
        "Door {kapi_no} ({kimlik_no}) refers to the {stated} side but stands on the {actual}.",
    ),
    kinds={
        "turned": Text(
            "{kimlik_no} numaralı yönün kapılarının çoğu öteki yanda; SAĞ ile SOL ters.",
            "Most doors of side {kimlik_no} stand on the other hand; SAĞ and SOL are swapped.",
        )
    },
    remedy=Text(
        "kapıyı öteki yöne bağlayın ya da yerini düzeltin",
        "attach the door to the other side, or mend its place",
    ),
    can_be_fixed=True,
)
def check(
    layers: JoinedLayers, *, clear_m: float = 0.5, majority: float = 0.5, least_doors: int = 3
) -> Iterable[Violation]:
    """Doors clearly on the other hand; a side most of whose doors are there is itself at fault."""
    door, place = layers.doors, layers.places
    clear = (place["offset"].abs() > clear_m) & door["yol_tip"].ne(SQUARE).fillna(value=True)
    actual = place["offset"].gt(0).map({True: LEFT, False: RIGHT})
    stated = door["side"].where(clear & door["side"].isin([LEFT, RIGHT]))
    wrong = (stated != actual) & stated.notna()
    by_side = wrong[stated.notna()].groupby(door["yon_id"]).agg(["mean", "size"])
    is_turned = (by_side["mean"] > majority) & (by_side["size"] >= least_doors)
    turned = by_side.index[is_turned]
    for index in door.index[wrong & ~door["yon_id"].isin(turned)]:
        kapi_no = door.at[index, "kapi_no"]
        hands = {"stated": _HANDS[stated[index]], "actual": _HANDS[actual[index]]}
        yield Violation(index, {"kapi_no": kapi_no, **hands})
    yon = layers.by_id("yol_orta_hat_yon")
    for yon_id in turned:
        hand = LEFT if yon.at[yon_id, "sayisallastirma_yon"] == RIGHT else RIGHT
        said = _HANDS[hand]
        yield Violation(
            yon.at[yon_id, "_index"],
            kind="turned",
            layer="yol_orta_hat_yon",
            remedy=Text(f"yönü {said.tr} yapın", f"make it the {said.en} side"),
            fix={"sayisallastirma_yon": hand},
        )
