"""A folder that appears whole or not at all."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from noonmark import report
from noonmark.errors import InputError, OutsideError
from noonmark.report import output_folder
from noonmark.report.output_folder import write_folder

FILES = {"a.txt": b"one", "b.txt": b"two"}


def test_everything_is_written_and_nothing_else_is_left(tmp_path: Path) -> None:
    paths = write_folder(tmp_path / "out", FILES, force=False)
    assert [p.read_bytes() for p in paths] == [b"one", b"two"]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_an_existing_folder_is_refused_without_force_and_replaced_with_it(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", FILES, force=False)
    with pytest.raises(InputError) as caught:
        write_folder(tmp_path / "out", FILES, force=False)
    assert caught.value.code == "output-exists" and caught.value.exit_code == 2
    write_folder(tmp_path / "out", {"a.txt": b"new", "b.txt": b"two"}, force=True)
    assert (tmp_path / "out" / "a.txt").read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_force_never_removes_what_noonmark_did_not_write(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_bytes(b"years")
    with pytest.raises(InputError, match="thesis"):
        write_folder(tmp_path / "out", FILES, force=True)
    assert (tmp_path / "out" / "thesis.docx").read_bytes() == b"years"


def test_a_file_or_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    for name in ("file", "link"):
        with pytest.raises(InputError, match="not a folder"):
            write_folder(tmp_path / name, FILES, force=True)
    with pytest.raises(InputError) as caught:
        write_folder(tmp_path / "no" / "such" / "place", FILES, force=False)
    assert caught.value.code == "output-nowhere"


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk-full"), (errno.EACCES, "output-unwritable")]
)
def test_a_failing_disk_leaves_no_half_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str
) -> None:
    write_folder(tmp_path / "old", FILES, force=False)

    def fail(path: Path, raw: bytes) -> None:
        if path.name == "b.txt":
            raise OSError(number, "no")
        path.write_bytes(raw)

    monkeypatch.setattr(output_folder, "_write", fail)
    for name in ("out", "old"):
        with pytest.raises(OutsideError) as caught:
            write_folder(tmp_path / name, FILES, force=True)
        assert caught.value.code == code and caught.value.exit_code == 3
    assert [p.name for p in tmp_path.iterdir()] == ["old"]
    assert (tmp_path / "old" / "b.txt").read_bytes() == b"two"


def test_a_real_full_disk_is_told_as_such(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError, match="No space") as caught, full.open("wb", buffering=0) as stream:
        stream.write(b"x")
    assert output_folder._outside(caught.value, tmp_path).code == "disk-full"


def test_write_makes_all_files_once(tmp_path: Path, make: Callable[..., report.ReportData]) -> None:
    paths = report.write(tmp_path / "out", make("two"), force=False)
    assert tuple(p.name for p in paths) == report.FILES
    assert all(p.stat().st_size > 0 for p in paths)
    with pytest.raises(InputError):
        report.write(tmp_path / "out", make("two"), force=False)


def test_equal_findings_give_equal_bytes(make: Callable[..., report.ReportData]) -> None:
    assert report.render(make("two")) == report.render(make("two"))
