"""A disk that is full: one line with the remedy, exit 1, no half-written result."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

GIS = Path(sys.executable).with_name("gis")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root, with the right to mount, can make a disk that is full")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


def test_a_full_disk_is_one_line_with_its_remedy(
    small_disk: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    command = [GIS, "sample", str(small_disk / "sample"), "--doors", "3000"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("HATA Disk dolu.")
    assert "Çare" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_result_that_does_not_fit_leaves_no_half_file(
    small_disk: Path, tmp_path: Path, environment: dict[str, str]
) -> None:
    gazetteer = tmp_path / "gazetteer"
    gazetteer.mkdir()
    (gazetteer / "csbm.csv").write_text(
        "ilce_kod,ilce,mahalle_kod,mahalle,csbm_kod,csbm,tur_kod\n"
        "1325,EYÜPSULTAN,40371,NİŞANCI,100001,GÜL,4\n",
        encoding="utf-8",
    )
    (gazetteer / "mahalle.csv").write_text(
        "ilce_kod,ilce,mahalle_kod,mahalle\n1325,EYÜPSULTAN,40371,NİŞANCI\n", encoding="utf-8"
    )
    rows = "NİŞANCI MAH. GÜL SOKAK NO:1 EYÜPSULTAN/İSTANBUL\n" * 30_000
    source = tmp_path / "in.csv"
    source.write_text("adres\n" + rows, encoding="utf-8")
    out = small_disk / "out.csv"
    command = [GIS, "match", str(source), "--column", "adres", "--gazetteer", str(gazetteer)]
    done = subprocess.run(
        [*command, "-o", str(out)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 1
    assert "Disk dolu" in done.stderr
    assert not out.exists()
    assert {path.name for path in small_disk.iterdir()} <= {".out.csv.match"}, "it can go on"
