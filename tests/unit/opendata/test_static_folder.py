"""The folder of a static copy: whole files, only what changed, nothing of others touched."""

import pytest

from gis_platform.core.errors import Conflict, UsageError
from gis_platform.opendata.portal.static_folder import SUMS, StaticFolder


def test_only_what_changed_is_written_and_what_went_is_removed(tmp_path):
    first = StaticFolder(tmp_path / "copy")
    for name, said in (("a/b.txt", b"1"), ("a/c.txt", b"2"), ("d/e/f.txt", b"3")):
        first.put(name, said)
    assert vars(first.finish()) == {"files": 3, "changed": 3, "removed": 0, "size": 3}
    before = (tmp_path / "copy" / "a" / "b.txt").stat().st_mtime_ns
    again = StaticFolder(tmp_path / "copy")
    again.put("a/b.txt", b"1")
    again.put("a/c.txt", b"22")
    assert vars(again.finish()) == {"files": 2, "changed": 1, "removed": 1, "size": 3}
    assert (tmp_path / "copy" / "a" / "b.txt").stat().st_mtime_ns == before
    assert not (tmp_path / "copy" / "d").exists()
    assert (tmp_path / "copy" / SUMS).read_text().count("\n") == 2


def test_a_file_that_fails_half_way_leaves_the_one_before(tmp_path):
    folder = StaticFolder(tmp_path)
    folder.put("a.txt", b"whole")

    def fail():
        with folder.writing("a.txt") as file:
            file.write(b"ha")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (tmp_path / "a.txt").read_bytes() == b"whole"
    assert [path.name for path in tmp_path.glob("a.txt*")] == ["a.txt"]


def test_a_file_may_become_a_folder(tmp_path):
    StaticFolder(tmp_path).put("a", b"1")
    folder = StaticFolder(tmp_path)
    folder.put("a/b", b"2")
    folder.finish()
    assert (tmp_path / "a" / "b").read_bytes() == b"2"


def test_a_folder_of_others_is_refused_and_left_alone(tmp_path):
    (tmp_path / "mektup.txt").write_text("x")
    with pytest.raises(Conflict, match="not empty"):
        StaticFolder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mektup.txt"]


def test_what_begins_with_a_dot_at_the_top_is_theirs(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("x")
    folder = StaticFolder(tmp_path)
    folder.put("a", b"1")
    folder.finish()
    assert (tmp_path / ".git" / "HEAD").exists()


def test_a_path_that_is_no_folder_or_lies_in_none_is_refused(tmp_path):
    (tmp_path / "dosya").write_text("x")
    with pytest.raises(UsageError, match="no folder"):
        StaticFolder(tmp_path / "dosya")
    with pytest.raises(UsageError, match="does not exist"):
        StaticFolder(tmp_path / "yok" / "yok")
