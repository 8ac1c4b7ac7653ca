"""Every door has a number."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-13",
    layer="numarataj",
    severity=Severity.ERROR,
    source="odakgis.com.tr",
    evidence="C-obs",
    rule=Text("Her kapının numarası vardır.", "Every door has a number."),
    text=Text("{kimlik_no} numaralı kapının kapı numarası yok.", "Door {kimlik_no} has no number."),
    remedy=Text("kapıya numara verin", "give the door a number"),
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Doors without a number, or with a designed one only."""
    door = layers["numarataj"]
    bare = door[door["kapi_no"].isna()]
    for index, designed in bare["tasarim_kapi_no"].items():
        known = isinstance(designed, str)
        remedy = (
            Text(
                f"tasarım numarası {designed}; takıldıysa kapı numarası yapın",
                f"the designed number is {designed}; make it the number once it is up",
            )
            if known
            else None
        )
        yield Violation(index, remedy=remedy)
