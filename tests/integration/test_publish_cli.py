"""``gis layer`` and ``gis audit`` as a person types them."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gis_platform.cli import main
from gis_platform.db.engine import Database

Gis = Callable[..., tuple[int, str, str]]


@pytest.fixture
def gis(
    town: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Gis:
    """Runs a command; answers exit code, stdout and stderr."""
    monkeypatch.setenv("GIS_HOME", str(tmp_path))
    monkeypatch.setenv("GIS_DB__URL", town.url().render_as_string(hide_password=False))

    def _gis(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gis", *words])
        try:
            code = main._run()
        except SystemExit as left:
            code = int(left.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return _gis


def test_a_layer_goes_its_way(gis: Gis, tmp_path: Path) -> None:
    assert "henüz önerilmedi" in gis("layer", "list")[1]
    code, out, _ = gis("layer", "propose", "mahalle", "csbm", "--as", "Ayşe Kaya")
    assert code == 0
    assert out.startswith("mahalle v1: önerildi, 5 nesne.\ncsbm v1: önerildi, 9 nesne. Yanıt ")
    for finding in ("R-YOL-02", "R-YOL-04", "R-YOL-06"):
        words = ("csbm", f"control:{finding}", "Uydurma kasaba", "--as", "Bülent Işık")
        assert gis("layer", "answer", *words)[0] == 0
    assert gis("layer", "check", "mahalle", "csbm", "--as", "Bülent Işık")[0] == 0
    assert gis("layer", "approve", "mahalle", "csbm", "--as", "Can Er")[0] == 0
    code, out, _ = gis("layer", "publish", "mahalle", "csbm", "--as", "Ayşe Kaya", "--json")
    assert code == 0
    assert [each["state"] for each in json.loads(out)] == ["published", "published"]
    code, out, _ = gis("layer", "show", "mahalle")
    assert "Bülent Işık" in out
    assert "mahalle.gpkg" in out
    file = tmp_path / "published" / "mahalle" / "v1" / "mahalle.csv"
    assert gis("layer", "verify", str(file))[0] == 0
    kept = tmp_path / "eski.csv"
    kept.write_bytes(file.read_bytes())
    why = ("--reason", "Sınır hatalı")
    code, out, _ = gis("layer", "withdraw", "mahalle", "--as", "Ayşe Kaya", *why)
    assert (code, "ikinci bir kişi" in out) == (0, True)
    assert gis("layer", "withdraw", "mahalle", "--as", "ayşe kaya")[0] == 2
    assert gis("layer", "withdraw", "mahalle", "--as", "Can Er")[0] == 0
    code, out, _ = gis("layer", "verify", str(kept))
    assert (code, "geri çekildi" in out) == (1, True)
    code, out, _ = gis("layer", "history", "mahalle")
    assert [line.split("  ")[2] for line in out.splitlines()] == [
        "taslak", "önerildi", "denetlendi", "onaylandı", "yayında", "geri çekme istendi",
        "geri çekildi", "geri çekme tamamlandı",
    ]  # fmt: skip
    assert out.rstrip().endswith("Can Er — Sınır hatalı")
    code, out, _ = gis("audit", "verify", "--json")
    assert (code, json.loads(out)["lines"]) == (0, 16)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("propose", "tapu", "--as", "A B"), 2, "Olanlar: mahalle, csbm, numarataj, yapi"),
        (("propose", "mahalle"), 2, "--as"),
        (("propose", "mahalle", "--as", "  "), 2, "İşlemi yapan kişi belirtilmedi"),
        (("propose", "mahalle", "--as", "A B", "--for", "C D"), 2, "gis layer delegate"),
        (("answer", "mahalle", "ad:email", "kısa", "--as", "A B"), 2, "bir yanıt değil"),
        (("approve", "mahalle", "--as", "A B"), 2, "gis layer propose mahalle"),
        (("return", "mahalle", "--as", "A B"), 2, "--reason"),
        (("withdraw", "mahalle", "--as", "A B", "--reason", "x"), 2, "yayında değil"),
        (("verify", "yok.csv"), 1, "yok.csv"),
        (("show", "tapu"), 2, "tapu"),
        (("history", "tapu"), 2, "tapu"),
    ],
)
def test_what_cannot_be_done_is_one_line_with_a_remedy(
    gis: Gis, words: tuple[str, ...], code: int, said: str
) -> None:
    found, out, err = gis("layer", *words)
    assert (found, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_an_error_speaks_english_where_that_is_the_language(
    gis: Gis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIS_LANGUAGE", "en")
    gis("layer", "propose", "mahalle", "--as", "Ayşe Kaya")
    _, _, err = gis("layer", "check", "mahalle", "--as", "AYŞE KAYA")
    assert err.startswith("ERROR AYŞE KAYA proposed or checked this version")
    assert gis("layer", "show", "csbm")[1] == "not proposed yet\n"


def test_what_was_done_before_the_first_refusal_is_said(gis: Gis) -> None:
    code, out, err = gis("layer", "propose", "mahalle", "tapu", "--as", "A B")
    assert (code, out) == (2, "mahalle v1: önerildi, 5 nesne.\n")
    assert "tapu" in err
    assert "v1 önerildi" in gis("layer", "list")[1]


def test_a_broken_audit_ends_with_one(gis: Gis, run: Any) -> None:
    gis("layer", "propose", "mahalle", "--as", "A B")
    noted = json.loads(gis("audit", "verify", "--json")[1])["last_hash"]
    assert gis("audit", "verify", "--expect", noted)[0] == 0
    assert gis("audit", "verify", "--expect", "0" * 63 + "1")[0] == 1
    run("ALTER TABLE catalogue.audit DISABLE TRIGGER ALL")
    run("UPDATE catalogue.audit SET person = 'C D'")
    code, out, _ = gis("audit", "verify")
    assert code == 1
    assert "1. satır değiştirilmiş." in out
