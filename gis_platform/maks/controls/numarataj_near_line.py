"""A door stands near its own centre-line."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-SP-02",
    layer="numarataj",
    severity=Severity.WARNING,
    source="MAKS NUMARATAJ",
    evidence="I",
    rule=Text("Kapı kendi orta hattının yakınındadır.", "A door stands near its own centre-line."),
    text=Text(
        "{kapi_no} numaralı kapı ({kimlik_no}) kendi orta hattından {metres} m uzakta.",
        "Door {kapi_no} ({kimlik_no}) is {metres} m from its own centre-line.",
    ),
    remedy=Text(
        "kapının yerini ya da bağlı olduğu yolu düzeltin",
        "mend the place of the door, or the road it refers to",
    ),
)
def check(layers: JoinedLayers, *, metres: float = 60.0) -> Iterable[Violation]:
    """Doors further than ``metres`` from their line; MAKS's own value is not known."""
    distance = layers.places["distance"]
    for index, far in distance[distance > metres].items():
        kapi_no = layers.doors.at[index, "kapi_no"]
        yield Violation(index, {"kapi_no": kapi_no, "metres": f"{far:.0f}"})
