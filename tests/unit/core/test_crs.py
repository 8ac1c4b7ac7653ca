import pyproj
import pytest

from gis_platform.core import crs

# A point in Eyüpsultan, computed with PROJ's cs2cs: longitude, latitude; east, north (EPSG:5254).
LON, LAT = 28.9300, 41.0500
WEST, SOUTH, EAST, NORTH = crs.DISTRICT_ENVELOPE_5254


def test_east_comes_first_into_and_out_of_the_register() -> None:
    x, y = crs.reproject([LON], [LAT], 4326, 5254)
    assert WEST < x[0] < EAST
    assert SOUTH < y[0] < NORTH
    lon, lat = crs.reproject(x, y, 5254, 4326)
    assert (lon[0], lat[0]) == pytest.approx((LON, LAT), abs=1e-8)


def test_authority_puts_north_first_and_we_do_not() -> None:
    assert all(crs.is_north_first(srid) for srid in (4326, 5253, 5254, 5259, 2319, 2320, 2325))
    assert not crs.is_north_first(3857)
    assert not crs.is_north_first(32635)


def test_swapped_axes_do_not_look_right() -> None:
    x, y = crs.reproject([LAT], [LON], 4326, 5254)
    assert not (WEST < x[0] < EAST and SOUTH < y[0] < NORTH)


def test_envelopes_are_the_same_place() -> None:
    west, south, east, north = crs.DISTRICT_ENVELOPE_4326
    x, y = crs.reproject([west, east, west, east], [south, north, north, south], 4326, 5254)
    assert (min(x), max(x)) == pytest.approx((WEST, EAST), abs=400)
    assert (min(y), max(y)) == pytest.approx((SOUTH, NORTH), abs=400)


def test_ed50_numbers_read_as_turef_are_189_metres_off() -> None:
    """maks.md §2.3: the constant by which a layer in the wrong datum is known."""
    x, y = crs.reproject([405_000.0], [4_555_000.0], 2320, 5254)
    assert x[0] - 405_000 == pytest.approx(-34.4, abs=2.5)
    assert y[0] - 4_555_000 == pytest.approx(-186.3, abs=2.5)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, None),
        ("EPSG:5254", 5254),
        (pyproj.CRS.from_epsg(4326), 4326),
        ("+proj=tmerc +lat_0=0 +lon_0=29.5 +k=1 +x_0=123 +ellps=GRS80 +units=m", None),
    ],
)
def test_epsg_code_is_known_or_not_guessed(given: object, expected: int | None) -> None:
    assert crs.epsg_of(given) == expected  # type: ignore[arg-type]


def test_wkt_of_esri_is_recognised() -> None:
    esri = pyproj.CRS.from_epsg(5254).to_wkt("WKT1_ESRI")
    assert crs.epsg_of(esri) == 5254


def test_the_old_datum_is_known_by_its_ellipsoid_whatever_it_is_called() -> None:
    wkt = (
        'PROJCS["Belediye",GEOGCS["Eski",DATUM["Avrupa_1950",SPHEROID["Uluslararasi",6378388.0,'
        '297.0]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
        'PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],'
        'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",30.0],'
        'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
    )
    known = pyproj.CRS(wkt)
    assert crs.epsg_of(known) is None
    assert crs.names_ed50(known)
    assert not crs.names_ed50(pyproj.CRS.from_epsg(5254))
    assert not crs.names_ed50(None)
    assert crs.is_ed50(2320)
    assert crs.is_ed50(23035)
    assert not crs.is_ed50(5254)
