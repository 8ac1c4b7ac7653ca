"""A small gazetteer of invented csbm: four mahalle in two ilçe, doors, lines, old names.

Codes are easy to read: ``1xx`` lie in NİŞANCI, ``2xx`` in SİLAHTARAĞA, ``3xx`` in GÖKTÜRK MERKEZ,
``4xx`` in YENİ MAHALLE of another ilçe. A door's kimlik no is its csbm's code and its place there.
"""

import csv
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gis_platform.matching.gazetteer import Reference, build_index
from gis_platform.matching.match import Matcher

MAHALLE = {
    1: (1325, "EYÜPSULTAN", 40371, "NİŞANCI"),
    2: (1325, "EYÜPSULTAN", 40375, "SİLAHTARAĞA"),
    3: (1325, "EYÜPSULTAN", 40379, "GÖKTÜRK MERKEZ"),
    4: (1604, "SARIYER", 40900, "YENİ MAHALLE"),
}
CSBM = {
    101: ("GÜL", 4, "1 3 5 7 7A 9 2 4 12 17"),
    102: ("ŞAİR EŞREF", 2, "14A 61 61/C"),
    103: ("HALİFE ÇIKMAZI", 4, "6"),
    104: ("1453.", 4, "8 10"),
    105: ("7448/4", 4, "5 7"),
    106: ("İSTİKLÂL", 3, "12 14 16 118 86/1"),
    107: ("ŞEHİT ÖMER HALİSDEMİR", 3, "92"),
    201: ("SİLAHTARAĞA", 3, "10 12 14"),
    202: ("GÜL", 4, "6 8"),
    203: ("BARAJ YOLU", 3, "41 43 47"),
    204: ("İNÖNÜ", 3, "7 72"),
    205: ("LALE", 4, "2 8 10"),
    206: ("DOKTOR SADIK AHMET", 3, "3 60/B"),
    207: ("851.", 4, "4 6"),
    208: ("KAPTAN İSMAİL DEMİRCİ", 4, "5"),
    301: ("BELEDİYE", 3, "9 11"),
    302: ("İSTANBUL", 3, "1 3"),
    303: ("PAPATYA", 4, "8 10"),
    304: ("KUZEY", 5, "1 2"),
    305: ("CUMHURİYET", 1, "4"),
    306: ("ÇAMLIK", 4, "23"),
    401: ("KARANFİL", 4, "30 32"),
    402: ("SÜMBÜL", 4, "1 5"),
    403: ("DERE BOYU", 3, "19"),
    404: ("LALE", 4, "2"),
}
CASES = Path(__file__).parent / "unit" / "matching" / "cases"
WEST, SOUTH, STEP = 28.930, 41.040, 0.0001
"""GÜL runs eastwards from here; its door n stands n steps along, odd numbers to the north."""


def cases() -> list[dict[str, str]]:
    """Every case of every file: text, the answer expected, why; ``file`` is the file's name."""
    return [
        row | {"file": path.stem}
        for path in sorted(CASES.glob("*.csv"))
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    ]


def csbm_frame() -> pd.DataFrame:
    rows = [(*MAHALLE[kod // 100], kod, name, tur) for kod, (name, tur, _) in CSBM.items()]
    return pd.DataFrame(
        rows,
        columns=["ilce_kod", "ilce", "mahalle_kod", "mahalle", "csbm_kod", "csbm", "tur_kod"],
    )


def kapi_frame() -> pd.DataFrame:
    rows = []
    for kod, (_, _, doors) in CSBM.items():
        for place, door in enumerate(doors.split()):
            number = int("".join(c for c in door.partition("/")[0] if c.isdigit()))
            aside = 1 if number % 2 else -1
            south = SOUTH + (kod - 101) * 0.001
            rows.append((kod * 100 + place, kod, door, WEST + number * STEP, south + aside * STEP))
    return pd.DataFrame(
        rows, columns=["numarataj_kimlik_no", "csbm_kod", "dis_kapi_no", "lon", "lat"]
    )


def reference() -> Reference:
    mahalle = pd.DataFrame(
        [("İSTANBUL", *row) for row in MAHALLE.values()],
        columns=["il", "ilce_kod", "ilce", "mahalle_kod", "mahalle"],
    )
    line = shapely.LineString([(WEST, SOUTH), (WEST + 20 * STEP, SOUTH)])
    area = shapely.box(WEST - 0.001, SOUTH - 0.001, WEST + 0.004, SOUTH + 0.0065)
    aliases = pd.DataFrame({"level": ["csbm"], "kod": [207], "alias": ["160."]})
    return Reference(
        csbm_frame(),
        mahalle,
        kapi=kapi_frame(),
        orta_hat=gpd.GeoDataFrame({"csbm_kod": [101]}, geometry=[line], crs=4326),
        mahalle_alan=gpd.GeoDataFrame({"mahalle_kod": [40371]}, geometry=[area], crs=4326),
        aliases=aliases,
    )


@pytest.fixture(scope="session")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """The matcher of the invented gazetteer, built once."""
    folder = tmp_path_factory.mktemp("gazetteer") / "index"
    build_index(reference(), folder, fingerprint="invented")
    return Matcher.open(folder)
