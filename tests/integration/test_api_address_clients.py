"""Programs written for other services, pointed at ours: real geopy, GDAL, over a real server."""

import io
from urllib.parse import urlencode

import pyogrio
import pytest
from geopy.geocoders import BANFrance, Nominatim, Pelias, Photon

from gis_platform.api.app import create_app
from tests.integration.test_api_addresses import door, town  # noqa: F401 (fixtures)
from tests.server import visiting


@pytest.fixture(scope="module")
def client(town):  # noqa: F811
    with visiting(create_app(*town)) as client:
        yield client


@pytest.fixture(scope="module")
def best(client, door):  # noqa: F811
    found = client.get("/api/v1/addresses/search", params={"q": door}).json()
    return found["features"][0]


def host(client):
    return str(client.base_url).removeprefix("http://").rstrip("/")


def geocoders(client):
    base = f"{host(client)}/api/v1"
    return {
        "ban": BANFrance(domain=f"{base}/ban", scheme="http"),
        "nominatim": Nominatim(
            domain=f"{base}/nominatim", scheme="http", user_agent="a test of ours"
        ),
        "photon": Photon(domain=f"{base}/photon", scheme="http"),
        "pelias": Pelias(domain=f"{base}/pelias", scheme="http"),
    }


@pytest.mark.parametrize("name", ["ban", "nominatim", "photon", "pelias"])
def test_geopy_finds_the_door_and_its_address(client, door, best, name):  # noqa: F811
    geocoder = geocoders(client)[name]
    lon, lat = best["geometry"]["coordinates"]
    found = geocoder.geocode(door)
    assert (found.longitude, found.latitude) == pytest.approx((lon, lat))
    assert best["properties"]["dis_kapi_no"] in found.address
    back = geocoder.reverse((lat, lon))
    assert (back.longitude, back.latitude) == pytest.approx((lon, lat))
    assert len(geocoder.geocode(door, exactly_one=False)) >= 1


@pytest.mark.parametrize("name", ["ban", "nominatim", "photon", "pelias"])
def test_geopy_gets_nothing_where_nothing_is(client, name):
    geocoder = geocoders(client)[name]
    assert geocoder.geocode("xyzqxyzq") is None
    assert geocoder.reverse((39.93, 32.85)) is None


def test_photon_restricts_to_a_box_and_prefers_what_is_near(client, best):
    typed = best["properties"]["csbm"][:2]
    lon, lat = best["geometry"]["coordinates"]
    photon = geocoders(client)["photon"]
    inside = photon.geocode(
        typed, exactly_one=False, bbox=[(lat - 0.01, lon - 0.01), (lat + 0.01, lon + 0.01)]
    )
    assert inside
    assert all(abs(each.longitude - lon) <= 0.01 for each in inside)
    near = photon.geocode(typed, exactly_one=False, location_bias=(lat, lon))
    away = [abs(each.longitude - lon) + abs(each.latitude - lat) for each in near]
    assert away[0] < away[-1]


def test_pelias_restricts_to_a_rectangle_and_a_country(client, door):  # noqa: F811
    pelias = geocoders(client)["pelias"]
    assert pelias.geocode(door, boundary_rect=[(10, 10), (11, 11)]) is None
    assert pelias.geocode(door, countries=["DEU"]) is None
    assert pelias.geocode(door, countries=["tur"]) is not None


def test_pelias_answers_what_is_half_typed(client, door):  # noqa: F811
    typed = door.split(" Mah. ")[1][:5]
    answer = client.get("/api/v1/pelias/v1/autocomplete", params={"text": typed})
    first = answer.json()["features"][0]["properties"]
    assert first["layer"] in {"address", "street", "neighbourhood", "locality"}
    assert first["confidence"] > 0


def test_the_address_of_ban_may_end_in_a_slash(client, door):  # noqa: F811
    plain = client.get("/api/v1/ban/search", params={"q": door})
    slash = client.get("/api/v1/ban/search/", params={"q": door}, follow_redirects=False)
    assert slash.status_code == 200
    assert slash.json() == plain.json()


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("photon/api", {"q": "a", "osm_tag": "highway"}, "osm_tag"),
        ("photon/api", {"q": "a", "bbox": "1,2,3"}, "bbox"),
        ("photon/reverse", {"lon": 28.9}, "lat"),
        ("pelias/v1/reverse", {"point.lat": 41}, "point.lon"),
        ("pelias/v1/search", {"text": "a", "size": 0}, "size"),
        ("ban/search", {"q": "a", "limit": 21}, "limit"),
    ],
)
def test_what_a_client_asks_wrongly_is_refused_by_name(client, path, query, name):
    answer = client.get(f"/api/v1/{path}?{urlencode(query)}")
    assert answer.status_code == 400
    assert name in [each["parameter"] for each in answer.json()["errors"]]


def test_gdal_and_qgis_read_a_search_as_a_layer(client, door, best):  # noqa: F811
    url = f"{client.base_url}/api/v1/addresses/search?{urlencode({'q': door})}"
    frame = pyogrio.read_dataframe(io.BytesIO(client.get(url).content))
    assert frame.crs.to_epsg() == 4326
    assert frame["label"][0] == best["properties"]["label"]


def nominatim(client, **asked):
    answer = client.get("/api/v1/nominatim/search", params={"format": "json"} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_nominatim_answers_what_a_locator_shows(client, door, best):  # noqa: F811
    (first, *_) = nominatim(client, q=door, addressdetails=1)
    told = best["properties"]
    assert first["address"]["house_number"] == told["dis_kapi_no"]
    assert first["address"]["suburb"] == told["mahalle"]
    assert (first["class"], first["type"]) == ("building", "house")
    assert first["importance"] == told["score"]
    south, north, west, east = map(float, first["boundingbox"])
    assert south < float(first["lat"]) < north
    assert west < float(first["lon"]) < east


def test_nominatim_obeys_a_box_only_where_it_binds(client, door, best):  # noqa: F811
    lon, lat = best["geometry"]["coordinates"]
    there = f"{lon + 0.01},{lat + 0.01},{lon - 0.01},{lat - 0.01}"
    assert nominatim(client, q=door, viewbox=there, bounded=1)
    assert nominatim(client, q=door, viewbox="30,40,31,41", bounded=1) == []
    assert nominatim(client, q=door, viewbox="30,40,31,41")
    assert nominatim(client, q=door, viewbox="-200,-100,200,100")
    assert nominatim(client, q=door, countrycodes="de,fr") == []


def test_nominatim_speaks_the_language_asked_for(client, door):  # noqa: F811
    turkish, english = (
        nominatim(client, q=door, **{"accept-language": tongue})[0]["display_name"]
        for tongue in ("tr", "en-GB,en")
    )
    assert " NO: " in turkish
    assert " No.: " in english


def test_nominatim_says_where_nothing_is(client):
    answer = client.get("/api/v1/nominatim/reverse", params={"lat": 39.93, "lon": 32.85})
    assert answer.json() == {"error": "Unable to geocode"}
