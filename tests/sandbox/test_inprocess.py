"""A task called in the process of the test answers as the locked process does."""

import io
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import noonmark
from noonmark.errors import InputError, NoonmarkError
from noonmark.media import probe
from noonmark.sandbox import process
from tests.media import made
from tests.sandbox import inprocess

EXAMPLES = Path(noonmark.__file__).parent / "examples"


def _same(left: object, right: object) -> bool:
    if isinstance(left, np.ndarray):
        assert isinstance(right, np.ndarray)
        return left.dtype == right.dtype and np.array_equal(left, right)
    if isinstance(left, dict):
        assert isinstance(right, dict)
        return left.keys() == right.keys() and all(_same(left[k], right[k]) for k in left)
    if isinstance(left, list):
        assert isinstance(right, list)
        return len(left) == len(right) and all(map(_same, left, right))
    return type(left) is type(right) and left == right


@pytest.mark.parametrize(
    ("task", "payload", "name"),
    [
        ("probe", {"thumbnails": True}, "street.jpg"),
        ("probe", {"thumbnails": True}, "clip.mp4"),
        ("probe", {"thumbnails": False}, "words.srt"),
        ("frames", {"op": "scan"}, "clip.mp4"),
        ("fingerprint", {"side": "query", "every_s": 1.0}, "roof.jpg"),
    ],
)
def test_the_value_is_that_of_the_locked_process(task, payload, name):
    pytest.importorskip("av")
    path = EXAMPLES / name
    locked = process.run(task, payload=payload, files=[path]).value
    assert _same(inprocess.run_task(task, payload, [path]), locked)


def test_an_output_is_that_of_the_locked_process(tmp_path):
    limits = process.WorkerLimits(file_bytes=1 << 20)
    path = EXAMPLES / "street.jpg"
    outs = [tmp_path / "locked.jpg", tmp_path / "here.jpg"]
    locked = process.run("strip", payload={}, files=[path], outputs=outs[:1], limits=limits).value
    here = inprocess.run_task("strip", {}, [path], outs[1:], limits=limits)
    assert _same(here, locked) and outs[0].read_bytes() == outs[1].read_bytes()


@pytest.mark.parametrize(
    ("task", "data"),
    [("probe", b"GIF89a"), ("strip", b"not a picture"), ("frames", b"\xff\xd8\xff cut")],
)
def test_a_refusal_is_that_of_the_locked_process(tmp_path, task, data):
    path = tmp_path / "odd"
    path.write_bytes(data)
    said = []
    for run in (process.run, inprocess.run):
        try:
            said.append(run(task, payload={"op": "scan"}, files=[path]).value)
        except NoonmarkError as error:
            said.append({"kind": type(error), "code": error.code, "message": str(error)})
    assert _same(*said)


def test_a_refused_output_is_removed(tmp_path):
    path, out = tmp_path / "odd", tmp_path / "out"
    path.write_bytes(b"not a picture")
    with pytest.raises(InputError):
        inprocess.run_task("strip", {}, [path], [out])
    assert not out.exists()


def test_media_calls_no_worker_while_patched(tmp_path, monkeypatch):
    stream = io.BytesIO()
    Image.fromarray(made.scene(1, 40, 60)).save(stream, "PNG")
    (tmp_path / "a.png").write_bytes(stream.getvalue())
    started = []
    monkeypatch.setattr(process, "_spawn", lambda *a: started.append(a))
    inprocess.without_workers(monkeypatch)
    found = probe.probe(tmp_path / "a.png", now=datetime.now(UTC), use_exiftool=False)
    assert found.container == "PNG" and not started


def test_a_photo_that_is_read_leaves_the_limit_of_pillow_as_it_was(tmp_path):
    from PIL import Image

    from noonmark.sandbox.decoders import pictures

    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    before = Image.MAX_IMAGE_PIXELS
    assert before is not None
    with (tmp_path / "a.png").open("rb") as stream:
        assert pictures.opened(stream.fileno(), 100).size == (4, 4)
    pictures.alarm(0)
    assert before == Image.MAX_IMAGE_PIXELS
