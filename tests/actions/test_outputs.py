"""A folder of results appears complete or not at all."""

from __future__ import annotations

import errno
import os

import pytest

from noonmark.actions import new_folder
from noonmark.errors import InputError, OutsideError


def test_the_folder_appears_when_the_block_ends(tmp_path):
    target = tmp_path / "out"
    with new_folder(target, force=False) as folder:
        (folder / "answer.json").write_text("{}")
        assert not target.exists()
    assert os.listdir(target) == ["answer.json"] and os.listdir(tmp_path) == ["out"]
    assert target.stat().st_mode & 0o700 == 0o700


@pytest.mark.parametrize("trouble", [ValueError, KeyboardInterrupt])
def test_a_fault_leaves_nothing_behind(tmp_path, trouble):
    with pytest.raises(trouble), new_folder(tmp_path / "out", force=False) as folder:
        (folder / "half").write_text("x")
        raise trouble
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_said_and_leaves_what_was_there(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "old").write_text("old")
    with pytest.raises(OutsideError) as caught, new_folder(target, force=True) as folder:
        (folder / "half").write_text("x")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.code == "disk-full"
    assert os.listdir(tmp_path) == ["out"] and os.listdir(target) == ["old"]


def test_an_existing_folder_is_refused_and_force_replaces_an_earlier_answer(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "new").write_text("old")
    with pytest.raises(InputError) as caught, new_folder(target, force=False):
        pass
    assert caught.value.code == "output-exists"
    with new_folder(target, force=True) as folder:
        (folder / "new").write_text("new")
    assert os.listdir(target) == ["new"] and os.listdir(tmp_path) == ["out"]


def test_force_never_removes_what_noonmark_did_not_write(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "thesis.txt").write_text("mine")
    with pytest.raises(InputError), new_folder(target, force=True) as folder:
        (folder / "new").write_text("new")
    assert (target / "thesis.txt").read_text() == "mine" and os.listdir(tmp_path) == ["out"]


def test_force_never_replaces_a_file_by_a_folder(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(InputError), new_folder(tmp_path / "out", force=True):
        pass
    assert (tmp_path / "out").read_text() == "mine"


def test_a_missing_parent_is_said_before_any_work(tmp_path):
    with pytest.raises(InputError), new_folder(tmp_path / "no" / "out", force=False):
        pass
    assert os.listdir(tmp_path) == []
