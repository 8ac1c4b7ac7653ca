"""A meydan is numbered clockwise."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import shapely

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import SQUARE, JoinedLayers


@control(
    "R-NUM-03",
    layer="yol",
    severity=Severity.WARNING,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Meydanda numaralar bir başlangıçtan saat yönünde artar.",
        "On a meydan numbers ascend clockwise from one start.",
    ),
    text=Text(
        "{kimlik_no} numaralı meydanın ({ad}) numaraları saat yönünde artmıyor: {numbers}.",
        "The numbers of meydan {kimlik_no} ({ad}) do not ascend clockwise: {numbers}.",
    ),
    remedy=Text(
        "meydanı yeniden numaralayın ya da kapıların yerini düzeltin",
        "number the meydan anew, or mend the places of its doors",
    ),
    is_certain=False,
)
def check(layers: JoinedLayers, *, least_doors: int = 3) -> Iterable[Violation]:
    """Squares whose numbers, taken clockwise, fall more than once."""
    doors = layers.doors[(layers.doors["yol_tip"] == SQUARE).fillna(value=False)]
    doors = doors[doors["number"].notna() & (doors["letters"] == "")]
    point = np.asarray(layers["numarataj"].geometry.loc[doors.index].array)
    doors = doors.assign(x=shapely.get_x(point), y=shapely.get_y(point)).dropna(subset=["x"])
    yol = layers.by_id("yol")
    for yol_id, group in doors.groupby("yol_id"):
        numbers = _clockwise(group)
        falls = int((np.diff([*numbers, numbers[0]]) < 0).sum())
        if len(numbers) >= least_doors and falls > 1:
            said = ", ".join(str(number) for number in numbers)
            yield Violation(yol.at[yol_id, "_index"], {"ad": yol.at[yol_id, "ad"], "numbers": said})


def _clockwise(doors: pd.DataFrame) -> list[int]:
    """The numbers in clockwise order around the middle of the doors, lowest first."""
    east, north = doors["x"] - doors["x"].mean(), doors["y"] - doors["y"].mean()
    order = np.argsort(np.arctan2(east, north).to_numpy(), kind="stable")
    numbers = [int(number) for number in doors["number"].to_numpy()[order]]
    first = numbers.index(min(numbers))
    return numbers[first:] + numbers[:first]
