"""A disk that is full: what was acknowledged stays, the first audit is clean, messages are true."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.signing_keys import new_case_key
from noonmark.errors import OutsideError
from noonmark.evidence import pending
from noonmark.evidence.audit import audit_bundle, audit_case
from tests.evidence.small_disk import on_small_disk


def _filled(case: Path, incoming: Path, seed: int) -> dict[str, bytes]:
    """Add files until the disk is full; those that were acknowledged, by digest."""
    rng = random.Random(seed)
    known: dict[str, bytes] = {}
    for number in range(200):
        incoming.mkdir(exist_ok=True)
        files = {}
        try:
            for part in range(rng.randint(1, 5)):
                path = incoming / f"{number}-{part}"
                path.write_bytes(rng.randbytes(rng.choice((10, 5000, 90_000))))
                files[path] = path.read_bytes()
            answer = add_to_case(case, [str(incoming)])
        except OutsideError as error:
            assert error.code == "disk-full", error
            break
        except OSError:
            # What was to be added did not fit beside the case: less than that is tried next.
            for path in incoming.iterdir():
                path.unlink()
            continue
        assert answer.files == len(files)
        for path in files:
            path.unlink()
        known |= {str(n): data for n, data in enumerate(files.values(), len(known))}
    else:
        pytest.fail("the disk was never full")
    for path in incoming.iterdir():
        path.unlink()
    return known


def _kept(case: Path) -> list[bytes]:
    """The bytes of every object of a case."""
    return [path.read_bytes() for path in (case / "objects").rglob("*") if path.is_file()]


def fill_and_check(disk: Path, seed: int) -> None:
    """Fill the disk with a case, and hold the case against what must be true then."""
    cases.new_case(disk / "case")
    known = _filled(disk / "case", disk / "in", seed)
    assert known
    verdict = audit_case(disk / "case")
    assert verdict.ok, verdict.problems
    kept = _kept(disk / "case")
    assert all(data in kept for data in known.values())
    assert pending.found(disk / "case") == []
    # There is room again: what was refused can be added.
    (disk / "in" / "again").write_bytes(b"one more")
    assert add_to_case(disk / "case", [str(disk / "in" / "again")]).files == 1
    assert audit_case(disk / "case").ok


@pytest.mark.parametrize("size_kib", [600, 1500])
@pytest.mark.parametrize("seed", [1, 2])
def test_an_honest_case_is_sound_at_the_first_audit_after_the_disk_was_full(
    tmp_path, size_kib, seed
):
    on_small_disk(tmp_path / "disk", size_kib, lambda disk: fill_and_check(disk, seed))


@pytest.mark.parametrize("act_name", ["seal", "export", "get"])
def test_an_act_that_meets_a_full_disk_leaves_nothing_half(tmp_path, act_name):
    def act(disk: Path) -> None:
        cases.new_case(disk / "case")
        (disk / "clip").write_bytes(random.Random(1).randbytes(60_000))
        add_to_case(disk / "case", [str(disk / "clip")])
        new_case_key(disk / "desk.key")
        if act_name == "export":
            cases.seal_case(disk / "case", disk / "desk.key")
        item = next(iter(cases.case_history(disk / "case", kind="item"))).facts["sha256"]
        acts = {
            "seal": lambda: cases.seal_case(disk / "case", disk / "desk.key"),
            "export": lambda: cases.export_case(disk / "case", disk / "out"),
            "get": lambda: cases.get_item(disk / "case", str(item), disk / "out", purpose="to see"),
        }
        for room in (0, 1, 4, 16, 48):
            _fill(disk / "filler", room << 10)
            # A case on a full disk can still be read.
            assert len(list(cases.case_history(disk / "case", kind="item"))) == 1
            try:
                acts[act_name]()
            except OutsideError as error:
                assert error.code == "disk-full", error
            (disk / "filler").unlink()
            assert audit_case(disk / "case").ok
            assert not list(disk.rglob("*.part"))
            _check_and_remove(disk / "out")

    on_small_disk(tmp_path / "disk", 400, act)


def _fill(path: Path, room: int) -> None:
    """Take all the room of a disk but so much."""
    try:
        with path.open("wb", buffering=0) as stream:
            while stream.write(bytes(4096)):
                pass
    except OSError:
        pass
    with path.open("rb+") as stream:
        stream.truncate(max(0, path.stat().st_size - room))


def _check_and_remove(out: Path) -> None:
    """What got its name is whole."""
    import shutil

    if out.is_file():
        assert out.stat().st_size == 60_000
        out.unlink()
    elif out.exists():
        assert audit_bundle(out).ok
        shutil.rmtree(out)
