"""Pages of prose, the register, the front page and error pages over HTTP, on a real database."""

import json
import re
import sys

import pytest

from gis_platform.api.app import create_app
from gis_platform.cli import main
from gis_platform.core.errors import ConfigError
from gis_platform.core.settings import AccessSettings, PortalSettings, PublicationSettings
from gis_platform.opendata.portal.content_pages import CONTENT_PAGES, content_path
from gis_platform.opendata.portal.paths import LANGUAGES, PAGES
from tests.server import visiting
from tests.town import publish_layers, withdraw_layer

PERSONS = ("Ayşe Öner", "Bülent Onay", "Deniz Denet")
ATTACK = "<script>alert(1)</script>"
OWN_LIST = f"""
[kamera]
cause = "security"
title = {{ tr = "Kameralar {ATTACK}", en = "Cameras" }}
reason = {{ tr = "Yerleri açıklanırsa güvenlik zarar görür.", en = "Safety would suffer from it." }}
basis = {{ tr = "4982 sayılı Kanun md. 16", en = "Law 4982 art. 16" }}
review_on = 2020-01-01
"""


def with_portal(settings, **portal):
    return settings.model_copy(update={"portal": PortalSettings(**portal)})


def write_page(folder, name, tr, en):
    for language, text in (("tr", tr), ("en", en)):
        (folder / language).mkdir(parents=True, exist_ok=True)
        (folder / language / f"{name}.md").write_text(text, encoding="utf-8")


@pytest.fixture
def gis(settings, town, monkeypatch, capsys):
    monkeypatch.setenv("GIS_HOME", str(settings.home))
    monkeypatch.setenv("GIS_DB__URL", town.url().render_as_string(hide_password=False))
    monkeypatch.setenv("GIS_LANGUAGE", "en")

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["gis", *words])
        try:
            code = main._run()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


# ---------------------------------------------------------------------------- prose


def test_every_page_of_prose_answers_in_both_languages_and_is_linked(settings, town):
    with visiting(create_app(settings, town)) as client:
        for language in LANGUAGES:
            foot = client.get("/" if language == "tr" else "/en/").text.partition("<footer")[2]
            for name in (*CONTENT_PAGES, "withheld", "statistics"):
                path = PAGES[name][language]
                assert f'href="{path}"' in foot
                answer = client.get(path)
                assert answer.status_code == 200
                assert f'<html lang="{language}">' in answer.text
                other = "en" if language == "tr" else "tr"
                assert f'hreflang="{other}" href="{client.base_url}'.rstrip("/") in answer.text
                assert "set-cookie" not in answer.headers


def test_an_own_page_is_served_linked_and_listed_and_runs_nothing(settings, town, tmp_path):
    write_page(tmp_path / "own", "etkinlik", f"# Gün {ATTACK}\n\n{ATTACK} [x](javascript:a)\n",
               "# Open day\n\nCome.\n")  # fmt: skip
    write_page(tmp_path / "own", "privacy", "# Bizim metin\n\nBirim yazdı.\n", "# Ours\n\nText.\n")
    own = with_portal(settings, content_dir=tmp_path / "own")
    with visiting(create_app(own, town)) as client:
        page = client.get("/sayfa/etkinlik")
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert 'href="javascript' not in page.text
        assert 'href="/en/page/etkinlik"' in page.text
        assert "Open day</a>" in client.get("/en/").text.partition("<footer")[2]
        assert "/en/page/etkinlik" in client.get("/sitemap.xml").text
        assert "Birim yazdı." in client.get(content_path("privacy", "tr")).text
        for missing in ("/sayfa/about", "/sayfa/yok", "/sayfa/..%2fprivacy", "/sayfa/%00"):
            assert client.get(missing).status_code == 404


def test_a_page_that_narrows_the_licence_is_not_served(settings, town, tmp_path, gis, monkeypatch):
    write_page(tmp_path / "own", "terms", "# Koşullar\n\nVeriler izinsiz kullanılamaz.\n",
               "# Terms\n\nText.\n")  # fmt: skip
    with pytest.raises(ConfigError, match=r"terms\.md, row 3"):
        create_app(with_portal(settings, content_dir=tmp_path / "own"), town)
    assert gis("content", "check") == (
        0,
        "10 pages read; no sentence contradicts the licence.\n",
        "",
    )
    monkeypatch.setenv("GIS_PORTAL__CONTENT_DIR", str(tmp_path / "own"))
    code, out, err = gis("content", "check")
    assert (code, out) == (2, "")
    assert re.search(r"tr/terms\.md, row 3: It narrows the licence .*Remedy", err)
    code, _, err = gis("serve", "--port", "1")
    assert code == 2


def test_the_command_lists_pages_with_their_addresses(gis, tmp_path, monkeypatch):
    write_page(tmp_path / "own", "etkinlik", "# Gün\n\nMetin.\n", "# Day\n\nText.\n")
    monkeypatch.setenv("GIS_PORTAL__CONTENT_DIR", str(tmp_path / "own"))
    code, out, _ = gis("content", "list", "--json")
    rows = {(each["page"], each["language"]): each for each in json.loads(out)}
    assert code == 0
    assert rows["etkinlik", "en"]["path"] == "/en/page/etkinlik"
    assert rows["etkinlik", "tr"]["own"]
    assert not rows["privacy", "tr"]["own"]


# ---------------------------------------------------------------------------- the register


def test_the_register_tells_what_is_kept_prepared_and_withdrawn_and_names_nobody(
    settings, town, tmp_path, gis, monkeypatch
):
    (tmp_path / "list.toml").write_text(OWN_LIST, encoding="utf-8")
    publish_layers(settings, town, "mahalle", "csbm")
    withdraw_layer(settings, town, "csbm", "Çift kayıtlar bulundu")
    own = with_portal(settings, withheld_file=tmp_path / "list.toml")
    with visiting(create_app(own, town)) as client:
        page = client.get("/yayimlanmayanlar").text
        assert "Çift kayıtlar bulundu" in page
        assert "6698 sayılı KVKK" in page
        assert page.index("Yayından kaldırılanlar") < page.index("Kişisel veri</h2>")
        assert 'id="csbm"' in page
        assert 'id="numarataj"' in page  # prepared: it has a layer file
        assert 'id="mahalle"' not in page  # published
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        english = client.get("/en/not-published").text
        assert "Independent units" in english
        assert not [name for name in PERSONS if name in page or name in english]
        publish_layers(settings, town, "numarataj")
        assert 'id="numarataj"' not in client.get("/yayimlanmayanlar").text
    code, out, _ = gis("withheld", "list", "--json")
    causes = {each["name"]: each["cause"] for each in json.loads(out)}
    assert code == 0
    assert causes["csbm"] == "withdrawn"
    assert causes["bagimsiz_bolum"] == "personal"
    assert causes["yapi"] == "preparation"
    assert not [name for name in PERSONS if name in out]
    assert gis("withheld", "check") == (0, "The list is complete.\n", "")
    monkeypatch.setenv("GIS_PORTAL__WITHHELD_FILE", str(tmp_path / "list.toml"))
    code, out, _ = gis("withheld", "check")
    assert code == 1
    assert "“kamera”: the day of review has passed" in out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("cause", "kind"), "kamera.cause"),
        (("güvenlik zarar görür.", "x"), None),
        (("Cameras", "ask ali@x.example"), "e-mail"),
        (("Yerleri açıklanırsa", "0532 123 45 67"), "e-mail"),
        (('"security"', '"withdrawn"'), "kamera.cause"),
        (("Yerleri açıklanırsa güvenlik zarar görür.", "Gizli."), "kamera.reason"),
        (("[kamera]", '["Kamera 1"]'), "Kamera 1"),
        (("[kamera]", "[kamera"), "TOML"),
        (('basis = ', '# basis = '), "kamera.basis"),
    ],
)  # fmt: skip
def test_a_list_that_is_not_in_order_is_refused_by_file_and_field(
    gis, tmp_path, monkeypatch, change, said
):
    (tmp_path / "list.toml").write_text(OWN_LIST.replace(*change, 1), encoding="utf-8")
    monkeypatch.setenv("GIS_PORTAL__WITHHELD_FILE", str(tmp_path / "list.toml"))
    code, _, err = gis("withheld", "list")
    if said is None:
        assert code == 0
        return
    assert code == 2
    assert "list.toml" in err
    assert said in err


def test_a_layer_file_in_the_making_does_not_stop_the_server(settings, town, tmp_path):
    (tmp_path / "park.toml").write_text("source = 1", encoding="utf-8")
    own = settings.model_copy(update={"publication": PublicationSettings(layers_dir=tmp_path)})
    with visiting(create_app(own, town)) as client:
        assert client.get("/yayimlanmayanlar").status_code == 200


# ---------------------------------------------------------------------------- the front page


def test_the_front_page_counts_doors_by_mahalle_as_the_published_layer_has_them(
    settings, town, run
):
    with visiting(create_app(settings, town)) as client:
        assert "Mahallelere göre" not in client.get("/").text
        publish_layers(settings, town, "mahalle")
        assert "Mahallelere göre" not in client.get("/").text
        publish_layers(settings, town, "numarataj")
        page = client.get("/").text
    rows = re.findall(
        r'<th scope="row">([^<]+)</th>\s*<td class="figure">([\d.]+)</td>'
        r'\s*<td class="share"><span>([^<]+)</span>', page
    )  # fmt: skip
    truth = dict(run("SELECT mahalle, count(*) FROM published.numarataj GROUP BY 1"))
    assert {name: int(count) for name, count, _ in rows if count != "0"} == truth
    assert len(rows) == 5
    assert "sertifika" in page
    assert 'href="/katman/numarataj"' in page


def test_the_front_page_shows_themes_that_lead_to_the_catalogue(settings, town):
    publish_layers(settings, town, "mahalle")
    with visiting(create_app(settings, town)) as client:
        path = re.search(r'href="(/katmanlar\?theme=\w+)"', client.get("/").text)[1]
        assert "Mahalle sınırları" in client.get(path).text


# ---------------------------------------------------------------------------- errors


def test_an_unknown_address_helps_a_person_and_tells_a_program(settings, town):
    publish_layers(settings, town, "mahalle", "numarataj")
    with visiting(create_app(settings, town)) as client:
        client.get("/")
        lost = client.get("/katman/mahalel")
        assert lost.status_code == 404
        assert 'href="/katman/mahalle"' in lost.text
        assert 'value="mahalel"' in lost.text
        english = client.get("/en/layer/numaraaj")
        assert 'href="/en/layer/numarataj"' in english.text
        machine = client.get("/api/v1/layers/mahalel")
        assert machine.headers["content-type"] == "application/problem+json"
        assert machine.json()["code"] == "not-found"
        wrong = client.post("/katman/mahalle")
        assert wrong.status_code == 405
        assert "yalnızca okunabilir" in wrong.text
        hostile = client.get("/katman/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        assert hostile.status_code == 404
        assert "<script>alert" not in hostile.text
        withdraw_layer(settings, town, "mahalle", "Sınır davası")
        gone = client.get("/katman/mahalle")
        assert gone.status_code == 410
        assert "Sınır davası" in gone.text
        assert 'href="/yayimlanmayanlar"' in gone.text
        assert 'href="/katman/numarataj"' in gone.text


def test_a_fault_of_ours_has_a_page_with_a_search_box(settings, town, run):
    with visiting(create_app(settings, town)) as client:
        client.get("/")
        run("DROP TABLE published.catalogue_edition CASCADE")
        broken = client.get("/en/layers")
        assert broken.status_code == 500
        assert 'role="search"' in broken.text
        assert "catalogue_edition" not in broken.text
        assert client.get("/api/v1/layers").json()["code"] == "internal"


def test_too_many_searches_are_told_how_long_to_wait(settings, town):
    few = AccessSettings(public_levels="all", public_per_second=0.05, burst_seconds=60)
    own = settings.model_copy(update={"access": few})
    with visiting(create_app(own, town)) as client:
        answers = [client.get("/en/search", params={"q": "door"}) for _ in range(8)]
        refused = answers[-1]
        assert refused.status_code == 429
        assert f"{refused.headers['retry-after']} seconds" in refused.text
        assert 'role="search"' in refused.text
        machine = client.get("/api/v1/addresses/search", params={"q": "door"})
        assert machine.headers["content-type"] == "application/problem+json"
