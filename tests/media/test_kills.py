"""Work on footage that is killed, or meets a full disk: a file that has its name is whole."""

from __future__ import annotations

import io
import json
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noonmark import actions
from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
from noonmark.errors import OutsideError
from noonmark.evidence import pending
from noonmark.evidence.audit import audit_case
from noonmark.evidence.vault import open_vault
from noonmark.media.hash_index import HashIndex
from tests.evidence.kill_points import killed_at
from tests.evidence.small_disk import on_small_disk
from tests.evidence.test_kills import every_kill
from tests.media.kill_acts import MEDIA_ACTS, make_media_template
from tests.media.kill_acts import index as index_case
from tests.media.kill_acts import redact as redact_item

_BOX = {"box": [{"box_px": [4, 4, 40, 40]}]}


@pytest.fixture(scope="module")
def photo() -> bytes:
    """A photo with a word of its maker, of about 40 kB."""
    tags = Image.Exif()
    tags[0x010F] = "SecretCam"
    out = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(out, "JPEG", exif=tags, quality=85)
    return out.getvalue()


def _strip(root: Path) -> None:
    actions.strip(root / "a.jpg", root / "o.jpg")


def _redact(root: Path) -> None:
    document = actions.plan_redaction(root / "a.jpg", boxes=_BOX)
    actions.redact(root / "a.jpg", root / "o.png", document=document)


def _left(root: Path) -> list[str]:
    """What lies beside the source under a name that is not its own."""
    return [path.name for path in root.iterdir() if "unchecked" in path.name]


_ACTS: dict[str, tuple[Callable[[Path], None], str]] = {
    "strip": (_strip, "o.jpg"),
    "redact": (_redact, "o.png"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(_ACTS))
def test_a_killed_command_leaves_no_file_that_was_not_checked(tmp_path, photo, no_exiftool, name):
    act, out = _ACTS[name]
    (tmp_path / "whole").mkdir()
    (tmp_path / "whole" / "a.jpg").write_bytes(photo)
    act(tmp_path / "whole")
    whole = (tmp_path / "whole" / out).read_bytes()
    for step in range(60):
        root = tmp_path / str(step)
        root.mkdir()
        (root / "a.jpg").write_bytes(photo)
        was_killed = killed_at(step, lambda root=root: act(root))
        assert not (root / out).exists() or (root / out).read_bytes() == whole
        assert (root / "a.jpg").read_bytes() == photo
        if not was_killed:
            break
        if not (root / out).exists():
            act(root)
        assert (root / out).read_bytes() == whole and not _left(root)
        assert name == "strip" or json.loads((root / "o.png.redaction.json").read_text())["ok"]
    else:
        pytest.fail("the act never came to its end")
    assert step > 2


@pytest.mark.slow
def test_a_strip_of_an_item_that_is_killed_leaves_a_sound_case(tmp_path, photo, no_exiftool):
    template = tmp_path / "template"
    (template / "in").mkdir(parents=True)
    (template / "in" / "a.jpg").write_bytes(photo)
    cases.new_case(template / "case")
    add_to_case(template / "case", [str(template / "in" / "a.jpg")])
    ended = False
    for step in range(0, 200, 5):
        root = tmp_path / str(step)
        shutil.copytree(template, root)

        def act(root: Path = root) -> None:
            actions.strip(root / "in" / "a.jpg", root / "o.jpg", case=root / "case")

        ended = not killed_at(step, act)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            open_vault(root / "case", write=True).close()
        assert pending.found(root / "case") == []
        verdict = audit_case(root / "case")
        assert verdict.ok, verdict.problems
        shutil.rmtree(root)
        if ended:
            break
    assert ended


def _index(folder: Path) -> None:
    """Add two films to an index, sorting what is there each time."""
    index = HashIndex.create(folder)
    rng = np.random.default_rng(7)
    zeros = np.zeros(20, np.uint8)
    for number in range(len(index.films), 2):
        film = {"path": str(number), "sha256": "x", "frames": 20}
        index.add(film, rng.integers(0, 256, (20, 32), np.uint8), zeros, zeros, zeros)
        index.seal(least_rows=1)


@pytest.mark.slow
def test_a_killed_index_has_every_film_that_it_lists_and_takes_the_rest(tmp_path):
    listed = []
    for step in range(60):
        folder = tmp_path / str(step)
        was_killed = killed_at(step, lambda folder=folder: _index(folder))
        if (folder / "films.jsonl").exists() and (folder / "films.jsonl").read_bytes():
            left = HashIndex(folder)
            assert left.count == 20 * len(left.films)
            assert all(left.search(left.hashes[row]).rows.tolist() for row in range(left.count))
            listed.append(len(left.films))
        _index(folder)
        assert HashIndex(folder).count == 40
        if not was_killed:
            break
    else:
        pytest.fail("the act never came to its end")
    assert set(listed) == {0, 1, 2}


@pytest.mark.slow
@pytest.mark.parametrize("name", MEDIA_ACTS)
def test_an_act_on_a_cases_footage_killed_at_some_steps_leaves_nothing_half(
    tmp_path, no_exiftool, name
):
    make_media_template(tmp_path / "template")
    acts = every_kill(tmp_path / "template", tmp_path, MEDIA_ACTS[name])
    assert len(list(acts)) > 2


@pytest.mark.parametrize("name", list(_ACTS))
def test_a_full_disk_is_named_and_leaves_no_file(tmp_path, photo, no_exiftool, name):
    act, out = _ACTS[name]

    def on_disk(disk: Path) -> None:
        (disk / "a.jpg").write_bytes(photo)
        with (disk / "filler").open("wb", buffering=0) as stream:
            stream.write(bytes(1 << 20))
        with (disk / "filler").open("rb+") as stream:
            stream.truncate((disk / "filler").stat().st_size - 16_384)
        with pytest.raises(OutsideError) as caught:
            act(disk)
        assert caught.value.code == "disk-full"
        assert not (disk / out).exists() and not _left(disk)
        (disk / "filler").unlink()
        act(disk)
        assert (disk / out).exists()

    on_small_disk(tmp_path / "disk", 400, on_disk)


@pytest.mark.parametrize("act", [redact_item, index_case], ids=["redact", "index"])
def test_a_record_that_is_cut_while_it_is_written_is_not_there_at_all(
    tmp_path, no_exiftool, monkeypatch, act
):
    make_media_template(tmp_path / "root")
    root, real = tmp_path / "root", Path.write_text

    def cut(path: Path, text: str, **how: str) -> int:
        real(path, text[: len(text) // 2], **how)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", cut)
    with pytest.raises(KeyboardInterrupt):
        act(root)
    monkeypatch.undo()
    (root / "o.png").unlink(missing_ok=True)
    assert not [path for path in root.rglob("*.json") if path.name[0] == "."]
    act(root)
