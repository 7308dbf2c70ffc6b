"""Footage on the page: decoded by the worker, encoded anew, held within a bound."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from PIL import Image

from noonmark.errors import InputError
from noonmark.session import pictures
from noonmark.session.copies import copies_of
from noonmark.web.jobs import Cancelled
from tests.web.conftest import EXAMPLES, items


def _picture(reply):
    assert reply.status_code == 200 and reply.headers["content-type"] == "image/png"
    return np.asarray(Image.open(io.BytesIO(reply.content)).convert("RGB"))


def test_a_photo_comes_upright_and_encoded_anew(opened):
    sha256 = items(opened)["roof.jpg"]
    reply = opened.get(f"/api/items/{sha256}/frame/0")
    shown = _picture(reply)
    assert (shown.shape[1], shown.shape[0]) == (
        int(reply.headers["x-width"]),
        int(reply.headers["x-height"]),
    )
    frames = opened.ask(f"/api/items/{sha256}/frames")
    assert (
        frames["count"] == 1
        and frames["times_s"] == [None]
        and frames["width_px"] == shown.shape[1]
    )
    assert (EXAMPLES / "roof.jpg").read_bytes()[20:60] not in reply.content


def test_a_smaller_picture_says_how_large_the_original_is(opened):
    sha256 = items(opened)["roof.jpg"]
    reply = opened.get(f"/api/items/{sha256}/frame/0?max_px=40")
    assert max(_picture(reply).shape) == 40 and int(reply.headers["x-width"]) > 40


def test_a_piece_is_that_piece_of_the_whole(opened):
    sha256 = items(opened)["roof.jpg"]
    whole = _picture(opened.get(f"/api/items/{sha256}/frame/0"))
    piece = _picture(opened.get(f"/api/items/{sha256}/crop/0?x=7&y=5&w=20&h=11"))
    assert np.array_equal(piece, whole[5:16, 7:27])
    assert opened.refused(f"/api/items/{sha256}/crop/0?x=99999&y=0&w=5&h=5") == "bad-crop"
    assert opened.refused(f"/api/items/{sha256}/crop/0?x=0&y=0&w=50000&h=5") == "bad-crop"


def test_a_film_is_stepped_through_by_exact_times(opened):
    sha256 = items(opened)["clip.mp4"]
    frames = opened.ask(f"/api/items/{sha256}/frames")
    assert frames["count"] == len(frames["times_s"]) > 3 and frames["times_s"] == sorted(
        frames["times_s"]
    )
    first, third = (_picture(opened.get(f"/api/items/{sha256}/frame/{n}")) for n in (0, 2))
    assert first.shape == third.shape
    item = next(i for i in opened.ask("/api/state")["state"]["items"] if i["sha256"] == sha256)
    assert item["duration_s"] > 0 and item["width_px"] == frames["width_px"]
    assert opened.refused(f"/api/items/{sha256}/frame/99999") == "no-such-frame"


def test_a_contact_sheet_says_which_frames_it_shows(opened):
    reply = opened.get(f"/api/items/{items(opened)['clip.mp4']}/sheet")
    numbers = [int(n) for n in reply.headers["x-numbers"].split(",")]
    assert (
        _picture(reply).size and numbers == sorted(numbers) and int(reply.headers["x-columns"]) >= 1
    )


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "x", "A" * 64])
def test_only_items_of_the_case_are_shown(opened, name):
    reply = opened.get(f"/api/items/{name}/frames")
    assert reply.status_code in (400, 404) and reply.json()["ok"] is False


def test_what_can_not_be_decoded_is_said_in_one_sentence(opened, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff" + b"no picture at all" * 20)
    (item,) = opened.ask("/api/items/add", {"path": str(tmp_path / "broken.jpg")})["items"]
    reply = opened.get(f"/api/items/{item['sha256']}/frame/0")
    assert reply.status_code in (400, 503) and reply.json()["message"].count("\n") == 0


def test_a_picture_of_two_hundred_megapixels_is_refused_in_one_sentence(opened, tmp_path):
    Image.new("1", (20_000, 10_000)).save(tmp_path / "vast.png")
    (item,) = opened.ask("/api/items/add", {"path": str(tmp_path / "vast.png")})["items"]
    reply = opened.get(f"/api/items/{item['sha256']}/frame/0?max_px=800").json()
    assert reply["ok"] is False and reply["code"] != "internal" and "\n" not in reply["message"]


def test_frames_are_held_within_a_bound(opened):
    pictures = opened.server.session.pictures
    sha256 = items(opened)["clip.mp4"]
    size = opened.ask(f"/api/items/{sha256}/frames")
    pictures.limit_bytes = 3 * 3 * size["width_px"] * size["height_px"]
    for number in range(0, 12, 3):
        assert opened.get(f"/api/items/{sha256}/frame/{number}").status_code == 200
        assert pictures.held_bytes <= pictures.limit_bytes
        assert pictures.held_bytes == sum(rgb.nbytes for rgb in pictures._frames.values())


def test_the_frames_ahead_are_decoded_with_the_one_asked_for(opened, monkeypatch):
    sha256 = items(opened)["clip.mp4"]
    calls = []
    real = pictures.film.take
    monkeypatch.setattr(pictures.film, "take", lambda *a, **k: calls.append(a) or real(*a, **k))
    for number in range(pictures.AHEAD):
        assert opened.get(f"/api/items/{sha256}/frame/{number}").status_code == 200
    assert len(calls) == 1


def test_a_run_of_frames_is_raw_pixels_in_order(opened):
    clip = items(opened)["clip.mp4"]
    listed = opened.ask(f"/api/items/{clip}/frames")
    reply = opened.get(f"/api/items/{clip}/run/1?count=3&max_px=64")
    assert reply.status_code == 200 and reply.headers["content-type"] == "application/octet-stream"
    numbers = [int(number) for number in reply.headers["x-numbers"].split(",")]
    assert numbers == [n for n in (1, 2, 3) if n < listed["count"]]
    width, height = int(reply.headers["x-width"]), int(reply.headers["x-height"])
    assert max(width, height) <= 64 and len(reply.content) == 3 * width * height * len(numbers)


def test_the_first_frame_does_not_wait_for_the_rest(opened, monkeypatch):
    clip = items(opened)["clip.mp4"]
    from noonmark.media import frames as film

    def refuse(*args, **kwargs):
        raise AssertionError("the film was looked through")

    monkeypatch.setattr(film, "scan", refuse)
    reply = opened.get(f"/api/items/{clip}/frame/0")
    assert reply.status_code == 200 and int(reply.headers["x-width"]) > 0


def test_the_first_frame_is_decoded_before_a_film_is_looked_through(opened, monkeypatch):
    clip, done = items(opened)["clip.mp4"], []
    scan, first = pictures.film.scan, pictures.film.first
    monkeypatch.setattr(pictures.film, "scan", lambda *a, **k: done.append("scan") or scan(*a, **k))
    monkeypatch.setattr(
        pictures.film, "first", lambda *a, **k: done.append("first") or first(*a, **k)
    )
    size = opened.ask(f"/api/items/{clip}/frames")
    reply = opened.get(f"/api/items/{clip}/frame/0")
    assert int(reply.headers["x-width"]) == size["width_px"]
    assert done == ["first", "scan"]


def test_a_small_first_frame_does_not_wait_for_what_plays(opened):
    clip = items(opened)["clip.mp4"]
    size = opened.ask(f"/api/items/{clip}/frames")
    with opened.server.session.pictures._one_at_a_time(clip):  # as while frames are decoded
        reply = opened.get(f"/api/items/{clip}/frame/0?max_px=32")
    assert int(reply.headers["x-width"]) == size["width_px"]


def test_a_film_whose_first_frame_fails_is_looked_through_all_the_same(opened, monkeypatch):
    clip = items(opened)["clip.mp4"]

    def refuse(*args, **kwargs):
        raise InputError("not one frame could be decoded", code="not-decodable")

    monkeypatch.setattr(pictures.film, "first", refuse)
    assert opened.ask(f"/api/items/{clip}/frames")["count"] > 1


def _copies(page, name):
    """The result of looking for copies of an item."""
    asked = page.post("/api/items/copies", {"item": items(page)[name]})
    assert asked.status_code == 202, asked.text
    job = page.server.jobs.find(asked.json()["job"])
    assert job.done.wait(60)
    return page.ask(f"/api/jobs/{job.id}")["result"]


def test_a_copy_in_the_case_is_a_lead_until_somebody_says_it(opened, tmp_path):
    picture = Image.open(EXAMPLES / "street.jpg")
    for name, size in (("whole.png", (960, 540)), ("smaller.jpg", (720, 405))):
        picture.resize(size).save(tmp_path / name)
        opened.ask("/api/items/add", {"path": str(tmp_path / name)})
    told = _copies(opened, "smaller.jpg")
    (match,) = told["found"]
    assert match["sha256"] == items(opened)["whole.png"] and match["said"] == []
    assert "path" not in str(sorted(match)) and str(tmp_path) not in json.dumps(told)
    link = match["link"]
    assert (link["certainty"], link["looked_at"]) == ("unsure", "no")
    assert opened.ask("/api/claims")["claims"] == []
    opened.ask("/api/claims/say", {"forms": [link | {"looked_at": "yes"}]})
    (said,) = _copies(opened, "smaller.jpg")["found"][0]["said"]
    assert said.pop("by") == "tester" and said["looked_at"] == "yes"
    assert said == {"relation": link["relation"], "certainty": "unsure", "looked_at": "yes"}
    assert _copies(opened, "roof.jpg")["verdict"] == "not found under these conditions"


def test_looking_for_copies_that_is_stopped_can_be_begun_again(opened, monkeypatch):
    sha256 = items(opened)["roof.jpg"]

    def stopped(share, word):
        raise Cancelled

    session = opened.server.session
    with pytest.raises(Cancelled):
        copies_of(session, sha256, stopped)
    assert _copies(opened, "roof.jpg")["found"] == []
