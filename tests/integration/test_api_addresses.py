"""The address service over an invented district: the matcher's answer, as GeocodeJSON."""

import csv
import json
import shutil

import pytest
from typer.testing import CliRunner

from gis_platform.api.app import create_app
from gis_platform.api.index import AddressIndex
from gis_platform.cli.main import build
from gis_platform.core.errors import Unavailable
from gis_platform.core.settings import Settings
from gis_platform.core.text import fold, lower, upper
from gis_platform.matching.gazetteer import build_index, read_reference
from gis_platform.sample.make import make_sample
from tests.server import OPEN, visiting

SEARCH, REVERSE = "/api/v1/addresses/search", "/api/v1/addresses/reverse"
GIS_MATCH = ("status", "level", "score", "reason", "dis_kapi_no", "ic_kapi_no")


@pytest.fixture(scope="module")
def town(_server, tmp_path_factory):
    """Settings with the index of an invented district, and a database without a layer."""
    settings = Settings(home=tmp_path_factory.mktemp("town"), access=OPEN)
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
    settings = Settings(home=tmp_path, access=OPEN)
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
    settings = Settings(home=tmp_path, access=OPEN)
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


def test_the_index_is_open_and_warm_before_anyone_asks(town, door, monkeypatch):
    index = AddressIndex(town[0])
    index.warm()
    monkeypatch.setattr("gis_platform.matching.match.Matcher.open", None)
    assert index.matcher().suggest(door.split(" Mah. ")[1][:5])


def test_warming_without_an_index_does_nothing(tmp_path):
    AddressIndex(Settings(home=tmp_path, access=OPEN)).warm()


MATCH = "/api/v1/addresses/match"


@pytest.mark.parametrize(
    "changed", [str, lower, lambda said: said.rpartition(" ")[0], lambda _: "xyzq"]
)
@pytest.mark.parametrize("is_explained", [False, True])
def test_match_is_what_gis_match_writes(client, town, door, changed, is_explained):
    address = changed(door)
    arguments = ["match", address, "--json", *(["--explain"] if is_explained else [])]
    done = CliRunner().invoke(build(), arguments, env={"GIS_HOME": str(town[0].home)})
    told = json.loads(done.stdout)
    answer = client.get(MATCH, params={"q": address, "explain": is_explained}).json()
    posted = client.post(MATCH, json={"q": address, "explain": is_explained}).json()
    assert posted == answer
    assert answer.pop("reason_text")
    assert ("explanation" in answer) == is_explained
    for place in [answer["best"], *answer["candidates"]]:
        assert place is None or place.pop("label")
    for place in [told["best"], *told["candidates"]]:
        assert place is None or place.pop("parts", ()) is not None
    assert {n: answer[n] for n in answer if n != "explanation"} == {
        n: told[n] for n in answer if n != "explanation"
    }


def test_components_are_answered_as_a_row_of_a_file(client, town, door, tmp_path):
    best = client.get(MATCH, params={"q": door}).json()["best"]
    rows = [
        {"mahalle": best["mahalle"], "csbm": best["csbm"], "dis_kapi_no": best["dis_kapi_no"]},
        {"mahalle": best["mahalle"], "csbm": best["csbm"], "dis_kapi_no": "9999"},
        {"mahalle": best["mahalle"], "csbm": "OLMAYAN CADDESİ", "dis_kapi_no": "1"},
        {"mahalle": "", "csbm": best["csbm"], "dis_kapi_no": ""},
        {"mahalle": best["mahalle"], "csbm": "", "dis_kapi_no": ""},
    ]
    names = list(rows[0])
    lines = [",".join(names), *(",".join(row[name] for name in names) for row in rows)]
    source, result = tmp_path / "adres.csv", tmp_path / "sonuc.csv"
    source.write_text("\n".join(lines), "utf-8")
    columns = ",".join(f"{name}={name}" for name in names)
    arguments = ["match", str(source), "-o", str(result), "--columns", columns, "--explain"]
    done = CliRunner().invoke(build(), arguments, env={"GIS_HOME": str(town[0].home)})
    assert done.exit_code == 0, done.output
    with result.open(encoding="utf-8-sig", newline="") as file:
        answers = list(csv.DictReader(file))
    for row, told in zip(rows, answers, strict=True):
        answer = client.post(MATCH, json={n: v for n, v in row.items() if v}).json()
        assert answer["status"] == told["match_status"]
        assert (answer["level"] or "") == told["match_level"]
        assert answer["score"] == pytest.approx(float(told["score"]))
        assert answer["reason"] == told["reason"]
        assert " ".join(answer["faults"]) == told["faults"]
        assert answer["gap"] == pytest.approx(float(told["gap"]))
        for name in ("csbm_kod", "mahalle_kod", "numarataj_kimlik_no"):
            assert str((answer["best"] or {}).get(name) or "") == told[name]
        if told["lon"]:
            assert answer["best"]["lon"] == pytest.approx(float(told["lon"]), abs=1e-6)


def test_components_may_be_codes(client, door):
    best = client.get(MATCH, params={"q": door}).json()["best"]
    asked = {"csbm_kod": best["csbm_kod"], "dis_kapi_no": best["dis_kapi_no"]}
    answer = client.get(MATCH, params=asked).json()
    assert answer["best"]["numarataj_kimlik_no"] == best["numarataj_kimlik_no"]
    assert answer["reason"] == "code"


@pytest.mark.parametrize("asked", [{}, {"q": "a", "csbm": "b"}, {"csbm": "b", "explain": "true"}])
def test_an_address_is_text_or_components(client, asked):
    assert client.get(MATCH, params=asked).status_code == 400
    assert client.post(MATCH, json=asked).status_code == 400


def test_the_number_of_a_unit_is_not_asked_for_without_a_key(client):
    answer = client.get(MATCH, params={"adres_no": "1234567890"})
    assert "adres_no" in [fault["parameter"] for fault in answer.json()["errors"]]


def labels(answer):
    return [each["properties"]["label"] for each in answer["features"]]


def search(client, **asked):
    answer = client.get(SEARCH, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_is_half_typed_goes_on_without_a_verdict(client, door):
    csbm = door.split(" Mah. ")[1].rpartition(" No:")[0]
    answer = search(client, q=csbm[:6], autocomplete=1, limit=20)
    assert "match" not in answer
    assert upper(csbm) in " ".join(labels(answer))
    scores = [each["properties"]["score"] for each in answer["features"]]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) <= 1.001


def test_a_mahalle_is_evidence_and_restriction(client, door):
    best = search(client, q=door)["features"][0]["properties"]
    bare = f"{best['csbm']} {best['dis_kapi_no']}"
    for said in (best["mahalle"], lower(best["mahalle"]), str(best["mahalle_kod"])):
        answer = search(client, q=bare, mahalle=said)
        assert answer["features"][0]["properties"]["label"] == best["label"]
        assert best["mahalle"] in answer["filter"]["searched"]
        assert {each["properties"]["mahalle_kod"] for each in answer["features"]} == {
            best["mahalle_kod"]
        }


def test_a_restriction_says_that_it_left_out_what_the_text_means(client, door):
    best = search(client, q=door)["features"][0]["properties"]
    elsewhere = search(client, q=door, bbox="10,10,11,11")
    assert elsewhere["features"] == []
    assert elsewhere["filter"]["is_best_left_out"] is True
    assert elsewhere["match"]["status"] == "matched"
    lon, lat = search(client, q=door)["features"][0]["geometry"]["coordinates"]
    here = search(client, q=door, bbox=f"{lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}")
    assert labels(here) == [best["label"]]
    assert here["filter"]["is_best_left_out"] is False


def test_a_csbm_is_enough_to_find_its_doors(client, door):
    best = search(client, q=door)["features"][0]["properties"]
    answer = search(client, q=best["dis_kapi_no"], csbm_kod=best["csbm_kod"])
    assert labels(answer)[0] == best["label"]
    typed = search(client, q=best["csbm"][:3], csbm_kod=best["csbm_kod"], autocomplete=1)
    assert {each["properties"]["csbm_kod"] for each in typed["features"]} == {best["csbm_kod"]}


@pytest.mark.parametrize("level", ["csbm", "mahalle", "ilce"])
def test_a_level_lifts_the_answer_in_its_own_branch(client, door, level):
    best = search(client, q=door)["features"][0]["properties"]
    (first, *_) = search(client, q=door, level=level)["features"]
    assert first["properties"]["level"] == level
    assert first["properties"][f"{level}_kod"] == best[f"{level}_kod"]
    coarse = search(client, q=best["mahalle"] + " mahallesi", level="kapi")
    assert all(each["properties"]["level"] == "kapi" for each in coarse["features"])


def test_a_point_orders_what_is_undecided_and_changes_no_score(client, door):
    typed = door.split(" Mah. ")[1][:2]
    lon, lat = search(client, q=door)["features"][0]["geometry"]["coordinates"]
    plain = search(client, q=typed, autocomplete=1, limit=20)
    near = search(client, q=typed, autocomplete=1, limit=20, near=f"{lon},{lat}")
    by_label = {
        each["properties"]["label"]: each["properties"]["score"] for each in plain["features"]
    }
    assert plain["features"]
    assert {
        each["properties"]["label"]: each["properties"]["score"] for each in near["features"]
    } == by_label
    assert all("distance_m" in each["properties"] for each in near["features"] if each["geometry"])
    assert labels(search(client, q=door, near="32,39"))[0] == labels(search(client, q=door))[0]


@pytest.mark.parametrize(
    ("asked", "status", "name"),
    [
        ({"mahalle": "olmayan"}, 404, "mahalle"), ({"csbm_kod": "1"}, 404, "csbm_kod"),
        ({"csbm_kod": "9" * 30}, 400, "csbm_kod"), ({"bbox": "41,28,42,29,30"}, 400, "bbox"),
        ({"bbox": "29,41,28,42"}, 400, "bbox"), ({"bbox": "28,91,29,92"}, 400, "bbox"),
        ({"near": "28.9"}, 400, "near"), ({"near": "181,41"}, 400, "near"),
        ({"level": "daire"}, 400, "level"), ({"autocomplete": "belki"}, 400, "autocomplete"),
        ({"limit": "1e3"}, 400, "limit"), ({"q": "a" * 401}, 400, "q"), ({"q": " "}, 400, "q"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_met_is_refused_by_name(client, asked, status, name):
    answer = client.get(SEARCH, params={"q": "sokak", "lang": "en"} | asked)
    assert answer.status_code == status
    assert name in answer.json()["detail"]


@pytest.mark.parametrize(
    "query",
    ["q=%ff%fe", "q=a&q=b", "q=a%00b", "", "limit=3", "&".join(f"x{n}=1" for n in range(99))],
)
def test_a_broken_query_is_a_bad_request(client, query):
    assert client.get(f"{SEARCH}?{query}").status_code == 400


def test_the_mahalle_of_a_point_is_always_there_and_outside_is_said(client, door):
    lon, lat = search(client, q=door)["features"][0]["geometry"]["coordinates"]
    inside = client.get(REVERSE, params={"lon": lon, "lat": lat, "lang": "en"}).json()
    assert inside["point"]["is_inside"] is True
    assert inside["point"]["mahalle_kod"]
    outside = client.get(REVERSE, params={"lon": 32.85, "lat": 39.93, "lang": "en"}).json()
    assert outside["point"]["is_inside"] is False
    assert "outside" in outside["point"]["text"]
