"""Work on the footage of a case that is killed: what each act does, and what must hold after it.

The acts run in this process or with the real worker, as whoever calls them chooses.
"""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from noonmark import actions
from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.frame_index import index_of_case
from noonmark.evidence.digest import sha256_hex
from noonmark.media.hash_index import HashIndex
from tests.evidence.test_kills import Check, opened

_BOX = {"box": [{"box_px": [4, 4, 40, 40]}]}


def photo() -> bytes:
    """A photo with a word of its maker, of about 40 kB."""
    tags = Image.Exif()
    tags[0x010F] = "SecretCam"
    out = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8)
    Image.fromarray(noise).save(out, "JPEG", exif=tags, quality=85)
    return out.getvalue()


def animation() -> bytes:
    """Four pictures that follow one another, as GIF."""
    rng = np.random.default_rng(2)
    shots = [Image.fromarray(rng.integers(0, 256, (60, 80, 3), np.uint8)) for _ in range(4)]
    out = io.BytesIO()
    shots[0].save(out, "GIF", save_all=True, append_images=shots[1:], duration=200)
    return out.getvalue()


def make_media_template(root: Path) -> None:
    """A case of a photo, an animated picture and a letter, and the same files beside it."""
    root.mkdir(exist_ok=True)
    (root / "in").mkdir()
    (root / "in" / "a.jpg").write_bytes(photo())
    (root / "in" / "b.gif").write_bytes(animation())
    (root / "in" / "letter.txt").write_bytes(b"no picture at all")
    cases.new_case(root / "case")
    add_to_case(root / "case", [str(root / "in")])


def strip(root: Path) -> None:
    actions.strip(root / "in" / "a.jpg", root / "o.jpg", case=root / "case")


def redact(root: Path) -> None:
    document = actions.plan_redaction(root / "in" / "a.jpg", boxes=_BOX)
    actions.redact(root / "in" / "a.jpg", root / "o.png", document=document, case=root / "case")


def frames(root: Path) -> None:
    actions.frames(root / "in" / "b.gif", root / "shots", case=root / "case")


def index(root: Path) -> None:
    index_of_case(root / "case")


def _again(root: Path, act: Callable[[Path], None], *names: str) -> None:
    """The act comes to its end once what it made is put away, and its case is sound."""
    for name in names:
        if (root / name).is_dir():
            shutil.rmtree(root / name)
        (root / name).unlink(missing_ok=True)
    act(root)
    opened(root / "case")
    left = {path.name for path in root.iterdir()} - {"case", "in", *names}
    assert not left, left


def a_stripped_copy_is_whole_or_absent(root: Path) -> None:
    opened(root / "case")
    if (root / "o.jpg").exists():
        with Image.open(root / "o.jpg") as copy:
            copy.load()
        assert b"SecretCam" not in (root / "o.jpg").read_bytes()
    _again(root, strip, "o.jpg")


def a_redacted_copy_and_its_record_are_whole_or_absent(root: Path) -> None:
    opened(root / "case")
    record = root / "o.png.redaction.json"
    if record.exists():
        said = json.loads(record.read_text(encoding="utf-8"))
        assert said["output_sha256"] == sha256_hex((root / "o.png").read_bytes())
    if (root / "o.png").exists():
        with Image.open(root / "o.png") as copy:
            assert set(copy.convert("L").crop((4, 4, 40, 40)).tobytes()) == {0}
    _again(root, redact, "o.png", record.name)


def a_folder_of_frames_is_whole_or_absent(root: Path) -> None:
    opened(root / "case")
    if (root / "shots").exists():
        said = json.loads((root / "shots" / "frames.json").read_text(encoding="utf-8"))
        assert len(said["frames"]) == 4
        assert all((root / "shots" / row["file"]).is_file() for row in said["frames"])
    _again(root, frames, "shots")


def an_index_of_a_case_comes_to_hold_all_of_it(root: Path) -> None:
    opened(root / "case")
    index(root)
    held = HashIndex(root / "case" / "index" / "frames")
    assert len(held.films) == 2
    assert all(held.search(held.hashes[row]).rows.tolist() for row in range(held.count))
    opened(root / "case")


MEDIA_ACTS: dict[str, tuple[Callable[[Path], None], Check, int]] = {
    "strip": (strip, a_stripped_copy_is_whole_or_absent, 25),
    "redact": (redact, a_redacted_copy_and_its_record_are_whole_or_absent, 40),
    "frames": (frames, a_folder_of_frames_is_whole_or_absent, 60),
    "index": (index, an_index_of_a_case_comes_to_hold_all_of_it, 25),
}
"""Each act, what must hold after a kill and an opening, and every how many steps it is tried."""
