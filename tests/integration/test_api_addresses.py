"""The address service over an invented district: the matcher's answer, as GeocodeJSON."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from gis_platform.api.app import create_app
from gis_platform.api.index import AddressIndex
from gis_platform.cli.main import build
from gis_platform.core.errors import Unavailable
from gis_platform.core.settings import Settings
from gis_platform.core.text import fold, lower
from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.sample.make import make_sample
from tests.server import visiting

SEARCH, REVERSE = "/api/v1/addresses/search", "/api/v1/addresses/reverse"
GIS_MATCH = ("status", "level", "score", "reason", "dis_kapi_no", "ic_kapi_no")


@pytest.fixture(scope="module")
def town(_server, tmp_path_factory):
    """Settings with the index of an invented district, and a database without a layer."""
    settings = Settings(home=tmp_path_factory.mktemp("town"))
    make_sample(settings.home / "sample", doors=3000, seed=3)
    build_index(read_reference(settings.home / "sample" / "gazetteer"), settings.index_dir)
    with _server.clone() as database:
        yield settings, database


@pytest.fixture(scope="module")
def client(town):
    with visiting(create_app(*town)) as client:
        yield client


@pytest.fixture(scope="module")
def door(town):
    """An address of the district, down to its door."""
    return AddressIndex(town[0]).example()


@pytest.mark.parametrize(
    "changed", [str, lower, fold, lambda said: said.replace(" Mah.", " mahalesi"), lambda _: "xyzq"]
)
def test_the_answer_is_that_of_gis_match(client, town, door, changed):
    address = changed(door)
    environment = {"GIS_HOME": str(town[0].home)}
    done = CliRunner().invoke(build(), ["match", address, "--json"], env=environment)
    told = json.loads(done.stdout)
    answer = client.get(SEARCH, params={"q": address}).json()
    assert {name: answer["match"][name] for name in GIS_MATCH} == {n: told[n] for n in GIS_MATCH}
    if told["best"] is not None:
        best = answer["features"][0]
        for name in ("csbm_kod", "mahalle_kod", "numarataj_kimlik_no"):
            assert best["properties"].get(name) == told["best"][name]
        assert best["geometry"]["coordinates"] == [told["best"]["lon"], told["best"]["lat"]]


def test_a_door_is_a_point_with_codes_and_accuracy(client, door):
    answer = client.get(SEARCH, params={"q": door})
    assert answer.headers["content-type"] == "application/geo+json"
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    assert body["geocoding"] == {"version": "0.1.0", "query": door}
    assert body["match"]["status"] == "matched"
    best = body["features"][0]
    assert best["geometry"]["type"] == "Point"
    lon, lat = best["geometry"]["coordinates"]
    assert (28 < lon < 30, 40 < lat < 42) == (True, True)
    said = best["properties"]
    assert said["level"] == "kapi"
    assert 0.9 <= said["score"] <= 1
    assert said["accuracy_m"] > 0
    assert said["numarataj_kimlik_no"] > 0
    assert said["geocoding"]["type"] == "house"
    assert said["geocoding"]["housenumber"] == said["dis_kapi_no"]
    assert said["geocoding"]["label"] == said["label"]


def test_the_language_of_the_reason_and_the_label_follows_the_reader(client, door):
    turkish = client.get(SEARCH, params={"q": door, "lang": "tr"}).json()
    english = client.get(SEARCH, params={"q": door}, headers={"accept-language": "en"}).json()
    assert turkish["match"]["reason_text"] != english["match"]["reason_text"]
    assert "NO: " in turkish["features"][0]["properties"]["label"]
    assert "No.: " in english["features"][0]["properties"]["label"]


def test_no_more_answers_than_asked_for(client):
    for limit in (1, 2):
        answer = client.get(SEARCH, params={"q": "sokak", "limit": limit}).json()
        assert len(answer["features"]) <= limit


def test_a_name_that_is_merely_alike_carries_no_probability(client, door):
    half_typed = door.split(" Mah. ")[1][:5]
    features = client.get(SEARCH, params={"q": half_typed, "limit": 5}).json()["features"]
    alike = [each["properties"] for each in features if each["properties"].get("is_suggestion")]
    assert alike
    assert all("score" not in each for each in alike)


@pytest.mark.parametrize(
    "text",
    ["%", "' OR 1=1 --", "<script>alert(1)</script>", "\u202eters", "😀" * 50, "a\tb", "()[]"],
)
def test_strange_texts_are_answered_like_any_other(client, text):
    answer = client.get(SEARCH, params={"q": text})
    assert answer.status_code == 200
    assert answer.json()["geocoding"]["query"] == text
    assert client.get("/adres", params={"q": text}).status_code == 200
    assert client.get("/en/search", params={"q": text}).status_code == 200


def test_an_answer_is_kept_by_nobody_on_the_way(client, door):
    assert client.get(SEARCH, params={"q": door}).headers["cache-control"] == "no-store"
    assert client.get("/adres", params={"q": door}).headers["cache-control"] == "no-store"


def test_the_address_of_a_point_is_the_nearest_door(client, door):
    best = client.get(SEARCH, params={"q": door}).json()["features"][0]
    lon, lat = best["geometry"]["coordinates"]
    found = client.get(REVERSE, params={"lon": lon, "lat": lat}).json()["features"]
    known = best["properties"]["numarataj_kimlik_no"]
    assert [each["properties"]["numarataj_kimlik_no"] for each in found] == [known]
    assert found[0]["properties"]["distance_m"] < 1


def test_a_point_far_away_has_no_address(client):
    assert client.get(REVERSE, params={"lon": 32.85, "lat": 39.93}).json()["features"] == []


def test_swapped_coordinates_are_told(client, door):
    best = client.get(SEARCH, params={"q": door}).json()["features"][0]
    lon, lat = best["geometry"]["coordinates"]
    answer = client.get(REVERSE, params={"lon": lat, "lat": lon, "lang": "en"})
    assert answer.status_code == 400
    assert "swapped" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("lat=41", "lon"), ("lon=28.9&lat=91", "lat"), ("lon=181&lat=41", "lon"),
        ("lon=nan&lat=41", "lon"), ("lon=inf&lat=41", "lon"), ("lon=28,9&lat=41", "lon"),
        ("lon=28.9&lat=41&x=1", "x"),
    ],
)  # fmt: skip
def test_a_bad_coordinate_is_refused_by_name(client, query, name):
    answer = client.get(f"{REVERSE}?{query}")
    assert answer.status_code == 400
    assert name in [fault["parameter"] for fault in answer.json()["errors"]]


def test_the_pages_show_the_answer_as_a_door_plate(client, door):
    html = client.get("/adres", params={"q": door}).text
    assert "Adres bulundu." in html
    number = door.rpartition(" ")[2]
    assert f'<span class="plate-no">{number}</span>' in html
    assert "not in the register" in client.get("/en/address?q=xyzq").text


def test_the_example_on_the_page_is_an_address_that_is_found(client, door):
    assert door in client.get("/adres").text
    assert client.get(SEARCH, params={"q": door}).json()["match"]["level"] == "kapi"


def test_a_new_index_is_taken_up_without_a_restart(town, tmp_path):
    settings = Settings(home=tmp_path)
    index = AddressIndex(settings)
    with pytest.raises(Unavailable):
        index.matcher()
    shutil.copytree(town[0].index_dir, settings.index_dir)
    first = index.matcher()
    assert index.matcher() is first
    shutil.rmtree(settings.index_dir)
    assert index.matcher() is first
    shutil.copytree(town[0].index_dir, settings.index_dir)
    assert index.matcher() is not first


def test_a_broken_index_leaves_the_one_before(town, tmp_path):
    settings = Settings(home=tmp_path)
    shutil.copytree(town[0].index_dir, settings.index_dir)
    index = AddressIndex(settings)
    first = index.matcher()
    (settings.index_dir / "manifest.json").write_text("{}")
    assert index.matcher() is first
    with pytest.raises(Unavailable):
        AddressIndex(settings).matcher()


def test_an_explained_answer_gives_the_parts_of_every_weight(client, door):
    plain = client.get(SEARCH, params={"q": door}).json()
    answer = client.get(SEARCH, params={"q": door, "explain": "true", "lang": "en"}).json()
    assert "explanation" not in plain
    assert answer["match"]["score"] == plain["match"]["score"]
    told = answer["explanation"]
    assert told["why"][0] == answer["match"]["reason_text"]
    for place in told["candidates"]:
        assert sum(part["bits"] for part in place["parts"]) == pytest.approx(place["bits"])
    best = answer["features"][0]["properties"]
    assert told["candidates"][0]["csbm_kod"] == best["csbm_kod"]


def test_the_index_is_open_and_warm_before_anyone_asks(town, monkeypatch):
    index = AddressIndex(town[0])
    index.warm()
    monkeypatch.setattr("gis_platform.matching.match.Matcher.open", None)
    assert index.matcher().suggest("sok")


def test_warming_without_an_index_does_nothing(tmp_path):
    AddressIndex(Settings(home=tmp_path)).warm()
