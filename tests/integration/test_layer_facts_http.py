"""Quality, code lists, changes and the frame of a layer, as anybody on the web gets them."""

import csv
import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import frictionless
import httpx
import pytest
from rdflib import Graph
from rdflib.namespace import SKOS

from gis_platform.api.app import create_app
from gis_platform.core.settings import AccessSettings, Settings
from gis_platform.db.engine import Database
from gis_platform.opendata.dqv import DQV
from tests.server import visiting
from tests.town import publish_layers, withdraw_layer
from tests.trees import later, publish_trees, tree_settings, trees

API = "/api/v1/layers/agac"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = tree_settings(tmp_path_factory.mktemp("home"))
    return settings.model_copy(update={"access": AccessSettings(public_per_second=0)})


@pytest.fixture(scope="module")
def published(own: Settings, _server, _town_template) -> Iterator[Database]:
    """A town with its mahalle and three versions of its trees."""
    with _server.clone(_town_template) as database:
        publish_layers(own, database, "mahalle")
        frame = trees()
        for _ in range(2):
            publish_trees(own, database, frame)
            frame = later(frame)
        publish_trees(own, database, frame.assign(govde=lambda f: f["govde"] + (f["no"] == 20)))
        yield database


@pytest.fixture(scope="module")
def web(own: Settings, published: Database) -> Iterator[httpx.Client]:
    with visiting(create_app(own, published)) as client:
        yield client


def test_quality_of_every_version_as_json(web: httpx.Client) -> None:
    said = web.get(f"{API}/quality").json()
    assert [each["version"] for each in said["versions"]] == [3, 2, 1]
    first = {each["measure"]: each for each in said["versions"][-1]["measures"]
             if "column" not in each}  # fmt: skip
    assert first["in_domain"]["value"] == pytest.approx(58 / 60, abs=1e-6)
    assert first["in_domain"]["iso_19157_measure"] == 17


def test_quality_is_in_the_graph_of_the_data_set(web: httpx.Client) -> None:
    graph = Graph().parse(data=web.get("/katman/agac.ttl").text, format="turtle")
    found = {
        str(metric).rpartition("-")[2]: value.toPython()
        for measurement, metric in graph.subject_objects(DQV.isMeasurementOf)
        for value in graph.objects(measurement, DQV.value)
    }
    assert found["valid"] == 1.0
    assert found["duplicates"] == 0
    assert found["in_domain"] == pytest.approx(59 / 60, abs=1e-6)
    metric = next(graph.objects(None, DQV.isMeasurementOf))
    assert {each.language for each in graph.objects(metric, SKOS.prefLabel)} == {"tr", "en"}


def test_codes_are_in_the_schemas_programs_read(web: httpx.Client) -> None:
    schema = web.get("/ogc/collections/agac/schema?f=json&lang=en").json()
    assert schema["properties"]["saglik"]["oneOf"][0] == {"const": 1, "title": "Good"}
    package = web.get("/katman/agac/datapackage.json").json()
    (table,) = [each for each in package["resources"] if "schema" in each]
    (field,) = [each for each in table["schema"]["fields"] if each["name"] == "saglik"]
    assert field["categories"][2] == {"value": 3, "label": "Kurumuş"}


def test_a_code_list_as_csv_another_library_reads(web: httpx.Client) -> None:
    answer = web.get(f"{API}/codes/saglik.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    with frictionless.Resource(answer.content, format="csv", encoding="utf-8") as table:
        assert [row.to_dict() for row in table.row_stream][1] == {
            "code": 2, "tr": "Hasta <ilaçlı>", "en": "Ill <treated>"}  # fmt: skip
    assert web.get(f"{API}/codes/semt.csv").status_code == 404
    assert web.get(f"{API}/codes/bekci.csv").status_code == 404


def test_changes_between_any_two_versions(web: httpx.Client) -> None:
    said = web.get(f"{API}/changes?from=1&to=2").json()
    assert said["counts"] == {"added": 1, "removed": 2, "changed": 3}
    by_key = {each["key"]: each for each in said["changes"]}
    assert list(by_key) == ["1", "2", "3", "5", "10", "61"], "in the order of their keys"
    assert by_key["3"]["values"] == {"saglik": {"old": 1, "new": 3}}
    assert by_key["10"]["values"] == {"boy_m": {"old": None, "new": 11.25}}
    assert by_key["61"]["values"]["dikim"] == {"old": None, "new": "2011-06-26"}
    assert "GİZLİ" not in web.get(f"{API}/changes?from=1&to=3").text


def test_without_versions_the_newest_two_are_compared(web: httpx.Client) -> None:
    said = web.get(f"{API}/changes").json()
    assert (said["from"], said["to"]) == (2, 3)
    assert said["counts"] == {"added": 1, "removed": 0, "changed": 1}


def test_every_change_is_on_one_page_only(web: httpx.Client) -> None:
    keys: list[str] = []
    after = ""
    while True:
        said = web.get(f"{API}/changes?from=1&to=3&limit=2{after}").json()
        keys += [each["key"] for each in said["changes"]]
        if said["next_after"] is None:
            break
        after = f"&after={said['next_after']}"
    whole = [each["key"] for each in web.get(f"{API}/changes?from=1&to=3").json()["changes"]]
    assert keys == whole
    assert len(set(keys)) == len(keys) > 4


def test_changes_of_one_kind(web: httpx.Client) -> None:
    said = web.get(f"{API}/changes?from=1&to=2&what=removed").json()
    assert [(each["key"], each["what"]) for each in said["changes"]] == [
        ("1", "removed"), ("2", "removed")]  # fmt: skip


def test_changes_as_csv_hold_them_all(web: httpx.Client) -> None:
    answer = web.get(f"{API}/changes.csv?from=1&to=2")
    assert answer.headers["content-disposition"] == 'attachment; filename="agac_v1-v2.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8"), newline="")))
    assert [row for row in rows if row["what"] == "changed"] == [
        {"what": "changed", "key": "3", "column": "saglik", "old": "1", "new": "3"},
        {"what": "changed", "key": "5", "column": "saglik", "old": "9", "new": "1"},
        {"what": "changed", "key": "10", "column": "boy_m", "old": "", "new": "11.25"},
    ]
    assert {row["key"] for row in rows if row["what"] == "removed"} == {"1", "2"}


@pytest.mark.parametrize(("query", "status"), [
    ("from=2&to=1", 400), ("from=1&to=1", 400), ("from=9&to=3", 404), ("to=1", 404),
    ("from=x", 400), ("from=99999999999", 400), ("limit=100000", 400), ("what=all", 400),
    ("after=x", 400), ("frm=1", 400), ("from=1&from=2", 400),
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(web, query, status) -> None:
    answer = web.get(f"{API}/changes?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("path", ["/katman/agac/degisenler", "/en/layer/agac/changes"])
def test_the_page_of_changes_says_codes_in_words(web: httpx.Client, path: str) -> None:
    page = web.get(f"{path}?from=1&to=2").text
    word = "Kurumuş" if path.startswith("/k") else "Dead"
    assert f"3 ({word})" in page
    assert web.get(f"{path}?from=1&to=2&what=x&after=").status_code == 200
    assert web.get(f"{path}?from=²&to=x").status_code == 200, "nonsense is as if not there"
    assert web.get(f"{path}?from=2&to=1").status_code == 400


@pytest.mark.parametrize("path", ["/katman/agac", "/en/layer/agac"])
def test_the_page_of_the_layer_shows_quality_charts_codes_and_frame(web, path) -> None:
    page = web.get(path).text
    assert len(re.findall(r'<svg[^>]* class="chart"', page)) == 7
    assert ("%96,7" if path.startswith("/k") else "96.7%") in page
    assert "Hasta &lt;ilaçlı&gt;" in page
    assert ("<td>1 (İyi)</td>" if path.startswith("/k") else "<td>1 (Good)</td>") in page
    assert "<ilaçlı>" not in page
    assert "/embed&#34; title=&#34;" in page
    assert " style=" not in page


def test_a_layer_of_one_version_has_no_changes_yet(web: httpx.Client) -> None:
    assert "degisenler" not in web.get("/katman/mahalle").text
    assert web.get("/katman/mahalle/degisenler").status_code == 404


def test_only_the_embedded_page_may_stand_in_a_frame_elsewhere(web: httpx.Client) -> None:
    policies = {path: web.get(path).headers["content-security-policy"]
                for path in ("/katman/agac", "/katman/agac/embed", "/en/layer/agac/embed",
                             "/katman/agac/degisenler", "/", f"{API}/quality")}  # fmt: skip
    open_ones = [path for path, said in policies.items() if "frame-ancestors *" in said]
    assert open_ones == ["/katman/agac/embed", "/en/layer/agac/embed"]
    rest = {said.partition("frame-ancestors")[0] for said in policies.values()}
    assert len(rest) == 1, "nothing else is loosened"
    assert "set-cookie" not in web.get("/katman/agac/embed").headers


def test_nothing_of_a_withdrawn_layer_leaks(own: Settings, town: Database) -> None:
    publish_trees(own, town, trees())
    publish_trees(own, town, later(trees()))
    with visiting(create_app(own, town)) as client:
        assert client.get(f"{API}/changes").status_code == 200
        withdraw_layer(own, town, "agac", "Yanlış veri yayımlandı")
        for path in (f"{API}/changes", f"{API}/changes?from=1&to=2", f"{API}/changes.csv",
                     f"{API}/quality", f"{API}/codes/saglik.csv", "/katman/agac/degisenler",
                     "/katman/agac/embed", "/en/layer/agac/embed"):  # fmt: skip
            answer = client.get(path)
            assert answer.status_code == 410, path
            assert "Çınar" not in answer.text


@pytest.mark.parametrize("path", ["/katman/agac/akis.atom", "/en/layer/agac/feed.atom"])
def test_the_versions_of_a_layer_are_followed_as_a_feed(web: httpx.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.content)  # noqa: S314  # our own
    atom = "{http://www.w3.org/2005/Atom}"
    ids = [each.text or "" for each in root.iterfind(f"{atom}entry/{atom}id")]
    assert [each.partition("#")[2] for each in ids] == ["v3", "v2", "v1"]
    assert (root.findtext(f"{atom}id") or "").endswith(path)
