"""Buildings inside a site take lettered numbers of its gate."""

from collections.abc import Iterable

from gis_platform.core.errors import Text
from gis_platform.core.findings import Severity
from gis_platform.maks.control import Violation, control
from gis_platform.maks.joined import JoinedLayers


@control(
    "R-NUM-08",
    layer="numarataj",
    severity=Severity.WARNING,
    source="Adres ve Numaralama Yönetmeliği",
    evidence="S",
    rule=Text(
        "Sitenin kapısı yolun sıradaki numarasını, içindeki yapılar onun harflisini alır.",
        "The gate of a site takes the next number of the road, the buildings inside its lettered "
        "numbers.",
    ),
    text=Text(
        "{site} içindeki kapının ({kimlik_no}) numarası harfsiz: {kapi_no}.",
        "The number of a door ({kimlik_no}) inside {site} has no letter: {kapi_no}.",
    ),
    remedy=Text(
        "sitenin giriş numarasını harfle birlikte verin",
        "give it the number of the site's gate with a letter",
    ),
    is_certain=False,
)
def check(layers: JoinedLayers) -> Iterable[Violation]:
    """Main doors without a letter of buildings of a site that has several."""
    yapi, door = layers["yapi"], layers["numarataj"]
    buildings = yapi.groupby("site_veya_kooperatif_adi")["id"].transform("nunique")
    inside = yapi[(buildings > 1).fillna(value=False)].drop_duplicates("id").set_index("id")
    site = door["yapi_id"].map(inside["site_veya_kooperatif_adi"])
    doors = layers.doors[site.notna() & door["bagli_oldugu_numarataj_id"].isna()]
    bare = doors[doors["number"].notna() & (doors["letters"] == "")]
    for index, kapi_no in bare["kapi_no"].items():
        yield Violation(index, {"site": site[index], "kapi_no": kapi_no})
