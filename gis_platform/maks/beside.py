"""A delivery beside the register it is to enter: of another district, older, moved, or emptied.

What would undo the register as a whole stops the job with one line; what a person may well have
meant is said. Records meet by their identity number.
"""

from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_platform.core.crs import DISTRICT_ENVELOPE_5254, OLD_SRID, REGISTER_SRID, reproject
from gis_platform.core.errors import Place, SourceError, Text
from gis_platform.core.findings import Finding, Severity
from gis_platform.maks.layers import FILE, MaksLayers
from gis_platform.maks.model import LAYERS

CHANGED = "degistirme_tarihi"
SAME_DAY = pd.Timedelta(days=1)
"""Files without a zone are off by hours: only what is older by more than this counts as older."""
LEAST_COMMON = 10
"""Records a layer must share with the register before its place is compared."""
MOVED_M = 1.0
"""A layer that stands off by more, all of it the same way, was moved as a whole."""
_SPREAD = 0.1
"""How much of the step the single records may differ from it."""
_ED50_SLACK_M = 5.0
_SHOWN = 3


def refuse_other_ilce(delivered: MaksLayers, register: MaksLayers) -> None:
    """Stop a delivery whose ilçe are all others than the register's.

    Raises:
        SourceError: it is of another district.
    """
    mine, theirs = register["ilce"], delivered["ilce"]
    known = set(mine["kimlik_no"].dropna())
    if known and theirs["kimlik_no"].notna().any() and not theirs["kimlik_no"].isin(known).any():
        raise _other_ilce(theirs, mine)
    its_ilce = delivered["mahalle"]["ilce_id"].dropna()
    if len(mine) and len(its_ilce) and not len(theirs) and not its_ilce.isin(mine["id"]).any():
        raise _other_ilce(theirs, mine, place=_file_of(delivered["mahalle"]))


def refuse_older(delivered: MaksLayers, register: MaksLayers) -> None:
    """Stop a delivery whose records were changed later in the register than in it.

    Raises:
        SourceError: with how many, and the first of them.
    """
    older = {}
    for name in delivered:
        new, old = _common(delivered[name], register[name])
        late = old[CHANGED] - new[CHANGED] > SAME_DAY
        if late.any():
            older[name] = pd.DataFrame(
                {"kimlik_no": new["kimlik_no"], "new": new[CHANGED], "old": old[CHANGED]}
            )[late]
    if older:
        raise _older(older)


def refuse_emptied(delivered: MaksLayers, register: MaksLayers, files: Sequence[str]) -> None:
    """Stop a complete delivery that has a layer without rows: that is a fault, no order to close.

    Raises:
        SourceError: with the layers.
    """
    empty = [n for n in delivered if not len(delivered[n]) and len(register[n])]
    if empty:
        names = ", ".join(LAYERS[name].official for name in empty)
        counts = ", ".join(f"{LAYERS[n].official} {len(register[n])}" for n in empty)
        raise SourceError(
            Text(
                f"Tam teslimatta {names} boş; kayıttaki ({counts}) tümü kapanırdı.",
                f"In the complete delivery {names} is empty; all of the register's ({counts}) "
                "would be closed.",
            ),
            place=Place(file=files[0] if files else None),
            remedy=Text(
                "dolu tabloyu isteyin ya da --complete olmadan alın",
                "ask for the table with its rows, or import without --complete",
            ),
        )


def moved(delivered: MaksLayers, register: MaksLayers, *, is_told: bool = False) -> list[Finding]:
    """Layers that stand off their places in the register as a whole.

    Args:
        delivered: in the CRS of the register.
        register: what is in force.
        is_told: a person said in which CRS the delivery is.

    Raises:
        SourceError: the step is the one between ED50 and TUREF, and nobody said it is none.
    """
    found = []
    for name in delivered:
        if LAYERS[name].geometry is None:
            continue
        step = _step(*_common(delivered[name], register[name]))
        if step is None:
            continue
        if not is_told and np.hypot(*(step - _ed50_step())) < _ED50_SLACK_M:
            raise _looks_ed50(name, step, _file_of(delivered[name]))
        found.append(_moved(name, step, _file_of(delivered[name])))
    return found


def _common(new: pd.DataFrame, old: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The records both have, side by side."""
    new = new[new["kimlik_no"].notna()].drop_duplicates("kimlik_no")
    old = old[old["kimlik_no"].notna()].drop_duplicates("kimlik_no")
    at = pd.Index(old["kimlik_no"]).get_indexer(pd.Index(new["kimlik_no"]))
    new = new[at >= 0].reset_index(drop=True)
    return new, old.iloc[at[at >= 0]].reset_index(drop=True)


def _step(new: pd.DataFrame, old: pd.DataFrame) -> np.ndarray | None:
    """East and north by which all of ``new`` stands off ``old``; ``None`` where it does not."""
    if len(new) < LEAST_COMMON:
        return None
    off = np.array(_middles(new)) - np.array(_middles(old))
    off = off[:, np.isfinite(off).all(axis=0)]
    if off.shape[1] < LEAST_COMMON:
        return None
    step: np.ndarray = np.median(off, axis=1)
    length = float(np.hypot(*step))
    spread = float(np.median(np.hypot(*(off - step[:, None]))))
    return step if length > MOVED_M and spread < _SPREAD * length else None


def _middles(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    shapes = np.asarray(gpd.GeoSeries(frame["geometry"]).array)
    middles = shapely.centroid(shapes)
    return shapely.get_x(middles), shapely.get_y(middles)


def _ed50_step() -> np.ndarray:
    """How far ED50 numbers stand off when they are taken for TUREF, in the district."""
    west, south, east, north = DISTRICT_ENVELOPE_5254
    x, y = (west + east) / 2, (south + north) / 2
    true_x, true_y = reproject([x], [y], OLD_SRID, REGISTER_SRID)
    return np.array([x - true_x[0], y - true_y[0]])


def _file_of(frame: pd.DataFrame) -> Place:
    known = frame[FILE].dropna()
    return Place(file=str(known.iloc[0]) if len(known) else None)


def _other_ilce(
    theirs: pd.DataFrame, mine: pd.DataFrame, *, place: Place | None = None
) -> SourceError:
    other, own = _named(theirs) or "?", _named(mine)
    return SourceError(
        Text(
            f"Teslimat başka bir ilçenin: {other}; kayıt: {own}.",
            f"The delivery is of another district: {other}; the register: {own}.",
        ),
        place=place or _file_of(theirs),
        remedy=Text("kendi ilçenizin teslimatını verin", "give the delivery of your own district"),
    )


def _named(frame: pd.DataFrame) -> str:
    rows: Iterable[tuple[object, object]] = zip(frame["ad"], frame["kimlik_no"], strict=True)
    said = [f"{ad} ({number})" for ad, number in list(rows)[:_SHOWN]]
    return ", ".join(said)


def _older(older: dict[str, pd.DataFrame]) -> SourceError:
    count = sum(len(frame) for frame in older.values())
    name, frame = next(iter(older.items()))
    first = frame.iloc[0]
    new, old = (first[key].strftime("%Y-%m-%d") for key in ("new", "old"))
    official, number = LAYERS[name].official, first["kimlik_no"]
    return SourceError(
        Text(
            f"Teslimat kayıttan eski: {count} kayıt sonradan değişmiş (örneğin {official} "
            f"{number}: teslimatta {new}, kayıtta {old}).",
            f"The delivery is older than the register: {count} records have changed since (e.g. "
            f"{official} {number}: {new} in the delivery, {old} in the register).",
        ),
        remedy=Text(
            "yeni teslimatı verin; bilerek geri dönüyorsanız --older ekleyin",
            "give the newer delivery; to go back on purpose add --older",
        ),
    )


def _looks_ed50(name: str, step: np.ndarray, place: Place) -> SourceError:
    east, north = step
    official = LAYERS[name].official
    return SourceError(
        Text(
            f"{official} kayıttaki yerinden topluca {np.hypot(*step):.1f} m kaymış (sağa "
            f"{east:+.1f}, yukarı {north:+.1f}): bu ED50 ile TUREF arasındaki farktır.",
            f"{official} stands {np.hypot(*step):.1f} m off its place in the register (east "
            f"{east:+.1f}, north {north:+.1f}): that is the step between ED50 and TUREF.",
        ),
        place=place,
        remedy=Text(
            "ED50 ise --srid 2320 verin; sayılar doğruysa --srid 5254",
            "if it is ED50 give --srid 2320; if the numbers are right, --srid 5254",
        ),
    )


def _moved(name: str, step: np.ndarray, place: Place) -> Finding:
    east, north = step
    official = LAYERS[name].official
    return Finding(
        "delivery.layer-moved",
        name,
        None,
        Severity.WARNING,
        Text(
            f"{official} kayıttaki yerinden topluca {np.hypot(*step):.1f} m kaymış (sağa "
            f"{east:+.1f}, yukarı {north:+.1f}).",
            f"{official} stands {np.hypot(*step):.1f} m off its place in the register as a whole "
            f"(east {east:+.1f}, north {north:+.1f}).",
        ),
        {"east": f"{east:.2f}", "north": f"{north:.2f}"},
        Text(
            "koordinat sistemini ve dönüşüm parametrelerini denetleyin",
            "check the CRS and the parameters of the transformation",
        ),
        place,
    )
