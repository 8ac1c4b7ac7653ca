"""Files and folders written whole or not at all."""

from pathlib import Path

import pytest

from gis_platform.core.disk import replacing
from gis_platform.core.errors import Conflict, NotFound


def hidden(folder: Path) -> list[str]:
    return [one.name for one in folder.iterdir() if one.name.startswith(".")]


def test_a_file_appears_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "teslim.gpkg"
    with replacing(path) as draft:
        draft.write_text("yeni")
        assert not path.exists()
        assert draft.name == path.name
    assert path.read_text() == "yeni"
    assert hidden(tmp_path) == []


@pytest.mark.parametrize("is_folder", [False, True])
def test_what_was_there_stays_until_the_new_one_is_whole(
    tmp_path: Path, *, is_folder: bool
) -> None:
    path = tmp_path / "teslim.gdb"
    if is_folder:
        path.mkdir()
        (path / "a").write_text("eski")
    else:
        path.write_text("eski")
    with pytest.raises(IsADirectoryError), replacing(path, may_replace=True) as draft:
        tmp_path.write_text(draft.name)
    assert (path / "a" if is_folder else path).read_text() == "eski"
    with replacing(path, may_replace=True) as draft:
        draft.mkdir()
        (draft / "b").write_text("yeni")
    assert [one.name for one in path.iterdir()] == ["b"]
    assert hidden(tmp_path) == []


def test_nothing_is_replaced_unless_it_may_be(tmp_path: Path) -> None:
    path = tmp_path / "teslim.gpkg"
    path.write_text("eski")
    with pytest.raises(Conflict, match="already"), replacing(path):
        raise AssertionError("not reached")
    assert path.read_text() == "eski"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="does not exist"), replacing(tmp_path / "yok" / "a.gpkg"):
        raise AssertionError("not reached")
    assert list(tmp_path.iterdir()) == []


def test_nothing_made_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "teslim.gpkg"
    path.write_text("eski")
    with pytest.raises(FileNotFoundError), replacing(path, may_replace=True):
        pass
    assert path.read_text() == "eski"
