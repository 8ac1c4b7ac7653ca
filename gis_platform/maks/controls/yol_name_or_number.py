"""A road has a name or a number, not both."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers
from gis_platform.maks.names import name_fold

_DATES_AND_JUBILEES = (
    "ocak|subat|mart|nisan|mayis|haziran|temmuz|agustos|eylul|ekim|kasim|aralik|yil|evler"
)


@control(
    "R-YOL-11",
    layer="yol",
    severity=Severity.WARNING,
    source="Numaralama Yönetmeliği (1003/1927) m.5",
    evidence="S",
    rule=Text(
        "Bir yolun ya adı ya numarası olur, ikisi birden olmaz.",
        "A road has a name or a number, not both.",
    ),
    text=Text(
        "{kimlik_no} numaralı yolun hem numarası hem adı var: {ad}.",
        "Road {kimlik_no} has both a number and a name: {ad}.",
    ),
    remedy=Text("yürürlükteki kararı denetleyin", "check the decision in force"),
    is_certain=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Names of a number and a word; dates (15 Temmuz) and jubilees (100. Yıl) are names."""
    yol = layers["yol"]
    ad = yol["ad"].map(name_fold, na_action="ignore").astype("str").fillna("")
    both = ad.str.contains(r"^\d+ [a-z]{3,}", regex=True)
    date = ad.str.contains(rf"^\d+ (?:{_DATES_AND_JUBILEES})\b", regex=True)
    for index, name in yol["ad"][both & ~date].items():
        yield Violation(index, {"ad": name})
