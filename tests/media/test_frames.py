"""Frames come out at their exact times, upright, and tied to what they came from."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image, features

from noonmark import actions
from noonmark.errors import InputError, NoonmarkError
from noonmark.media import contact_sheet, frames
from noonmark.sandbox import png

pytest.importorskip("av")
from tests.media import made

EXAMPLES = Path(frames.__file__).parents[1] / "examples"

SHARED = Path(__file__).parents[3] / "shared" / "data" / "media"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")
_UNEVEN_MS = [0, 33, 67, 140, 150, 400, 433, 500, 900, 905, 1200, 1233, 1300, 1999, 2040, 2100]


def test_uneven_times_are_exact_and_each_frame_is_the_one_asked_for(tmp_path):
    path = made.film(tmp_path / "a.mp4", made.numbered(16), _UNEVEN_MS)
    reel = frames.scan(path)
    assert np.abs(reel.times_s * 1000 - _UNEVEN_MS).max() < 0.51
    assert reel.variable
    for number in (0, 3, 7, 15):
        (frame,) = frames.take(path, reel, [number])
        assert made.number_of(frame.rgb) == number == frame.number
        assert frame.time_s == reel.times_s[number]
    assert [made.number_of(f.rgb) for f in frames.take(path, reel, range(16))] == list(range(16))


def test_the_frame_at_a_time_is_the_one_on_the_screen(tmp_path):
    reel = frames.scan(made.film(tmp_path / "a.mp4", made.numbered(16), _UNEVEN_MS))
    assert [frames.at_time(reel, t) for t in (0.0, 0.1, 0.14, 0.399, 0.4, 1.9, 2.1)] == [
        0,
        2,
        3,
        4,
        5,
        12,
        15,
    ]
    for outside_s in (-0.5, 60.0):
        with pytest.raises(InputError) as caught:
            frames.at_time(reel, outside_s)
        assert caught.value.code == "no-such-frame"


def test_a_cut_is_found_and_a_pan_is_not_one(tmp_path):
    shots = [made.scene(1, shift_px=i) for i in range(20)] + [
        made.scene(2, shift_px=i) for i in range(20)
    ]
    reel = frames.scan(made.film(tmp_path / "a.mp4", shots, range(0, 1600, 40)))
    assert reel.cuts == (20,)
    chosen = frames.sharpest(reel, every_s=10.0)
    assert len(chosen) == 2 and chosen[0] < 20 <= chosen[1]


def test_the_sharpest_frame_is_the_one_that_is_not_blurred(tmp_path):
    sharp = made.scene(3)
    blurred = np.asarray(Image.fromarray(sharp).resize((24, 18)).resize((192, 144)))
    path = made.film(tmp_path / "a.mp4", [blurred] * 5 + [sharp] + [blurred] * 5, range(0, 440, 40))
    assert frames.sharpest(frames.scan(path), every_s=10.0) == [5]


def test_the_packets_of_a_long_film_tell_the_same_times_as_decoding_it(tmp_path):
    path = EXAMPLES / "clip.mp4"
    decoded, read = frames.scan(path), frames.scan(path, heavy_px=0.0)
    assert np.allclose(decoded.times_s, read.times_s, atol=1e-6)
    assert np.array_equal(decoded.key, read.key) and not read.sharp.any()
    assert (decoded.width_px, decoded.height_px) == (read.width_px, read.height_px)
    head, width_px, height_px = frames.first(path)
    assert (width_px, height_px) == (read.width_px, read.height_px)
    (same,) = frames.take(path, decoded, [0])
    assert np.array_equal(head.rgb, same.rgb) and head.time_s == pytest.approx(same.time_s)


def test_a_film_is_decoded_for_its_times_up_to_so_many_pixels_alone(tmp_path):
    path = EXAMPLES / "clip.mp4"
    all_px = 36 * 320 * 240
    assert frames.scan(path, heavy_px=1.1 * all_px).sharp.any()
    assert not frames.scan(path, heavy_px=0.9 * all_px).sharp.any()


def test_a_folder_of_frames_holds_what_it_says(real_sandbox, tmp_path):
    path = made.film(tmp_path / "a.mp4", made.numbered(16), _UNEVEN_MS)
    found = actions.frames(path, tmp_path / "out", at_s=[0.41], numbers=[2])
    assert [f["number"] for f in found["frames"]] == [2, 5]
    with Image.open(tmp_path / "out/frame-000005.png") as image:
        assert image.text["Source-SHA256"] == found["sha256"]
        assert image.text["Presentation-Time-s"] == "0.400000"
        assert made.number_of(np.asarray(image)) == 5
    rows = list(csv.DictReader((tmp_path / "out/times.csv").open()))
    assert len(rows) == 16 and rows[5]["time_s"] == "0.400000"
    assert json.loads((tmp_path / "out/frames.json").read_text())["frames"] == found["frames"]
    with pytest.raises(InputError) as caught:
        actions.frames(path, tmp_path / "out")
    assert caught.value.code == "output-exists"


@pytest.mark.slow
@shared
@pytest.mark.shared
def test_a_film_with_a_satellite_clock_gives_each_frame_its_claimed_instant(tmp_path):
    found = actions.frames(SHARED / "gopro/max-heromode.mp4", tmp_path / "out", at_s=[2.0])
    assert found["frames"][0]["utc_claimed"].startswith("2019-11-18T23:45:1")


@shared
@pytest.mark.shared
def test_the_eight_orientations_come_out_upright():
    upright = None
    for i in range(1, 9):
        path = SHARED / f"exif/landscape_{i}.jpg"
        (frame,) = frames.take(path, frames.scan(path), [0], longest_px=150)
        grey = frame.rgb.mean(axis=2)
        upright = grey if upright is None else upright
        assert frame.rgb.shape == (113, 150, 3)
        assert np.corrcoef(upright.ravel(), grey.ravel())[0, 1] > 0.95, i


@shared
@pytest.mark.shared
def test_heic_comes_out_upright(real_sandbox):
    pytest.importorskip("pillow_heif")
    path = SHARED / "heic/samplefilehub.heif"
    (frame,) = frames.take(path, frames.scan(path), [0])
    assert frame.rgb.shape == (426, 640, 3)


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA", "LA", "1", "I;16", "F"])
def test_photos_of_every_mode_come_out_as_rgb(tmp_path, mode):
    ramp = Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (48, 1)))
    if mode == "I;16":
        image = Image.fromarray(np.tile(np.arange(64, dtype=np.uint16) * 1024, (48, 1)))
    else:
        image = ramp.convert("RGB").convert(mode) if mode != "F" else ramp.convert("F")
    path = tmp_path / "a.tif"
    image.save(path)
    (frame,) = frames.take(path, frames.scan(path), [0])
    assert frame.rgb.shape == (48, 64, 3) and frame.rgb.dtype == np.uint8
    assert int(frame.rgb[24, 60].sum()) > int(frame.rgb[24, 3].sum())


def test_a_film_turned_by_its_side_data_comes_out_upright(tmp_path):
    """The display matrix is written into the file by hand: PyAV writes none."""
    path = made.film(tmp_path / "a.mp4", made.numbered(6), range(0, 240, 40))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    quarter = [0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30]
    data[at : at + 36] = b"".join(n.to_bytes(4, "big", signed=True) for n in quarter)
    path.write_bytes(data)
    reel = frames.scan(path)
    assert (reel.width_px, reel.height_px) == (144, 192)
    (frame,) = frames.take(path, reel, [5])
    assert frame.rgb.shape == (192, 144, 3)
    assert made.number_of(np.rot90(frame.rgb)) == 5  # 90 deg clockwise on the screen, turned back


def test_a_film_broken_in_the_middle_gives_what_could_be_read(real_sandbox, tmp_path):
    path = made.film(tmp_path / "a.mp4", [made.scene(i) for i in range(30)], range(0, 1200, 40))
    data = bytearray(path.read_bytes())
    middle = data.index(b"mdat") + (len(data) - data.index(b"mdat")) // 3
    data[middle : middle + 20_000] = bytes(20_000)
    path.write_bytes(data)
    reel = frames.scan(path)
    assert 5 < len(reel.times_s) <= 30


@pytest.mark.parametrize(
    ("name", "data"),
    [("letter", b"hello, this is no film\n" * 10), ("empty", b""), ("head", b"\0\0\0\x18ftypmp42")],
)
def test_what_is_no_film_gets_one_sentence(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(NoonmarkError) as caught:
        frames.scan(tmp_path / name)
    assert caught.value.code in ("not-decodable", "no-video")


def test_a_picture_of_65535_squared_is_refused_before_it_is_decoded(real_sandbox, tmp_path):
    from tests.media.test_probe import _png_bomb

    (tmp_path / "a.png").write_bytes(_png_bomb())
    with pytest.raises(InputError) as caught:
        frames.scan(tmp_path / "a.png")
    assert caught.value.code == "too-many-pixels"


def test_a_sound_file_holds_no_video(tmp_path):
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(8000))
    with pytest.raises(InputError) as caught:
        frames.scan(tmp_path / "a.wav")
    assert caught.value.code == "no-video"


@pytest.mark.slow
def test_a_pan_becomes_a_panorama_and_a_still_scene_does_not(tmp_path):
    pytest.importorskip("cv2")
    wide = np.asarray(
        Image.fromarray(made.scene(9, 240, 480)).resize((960, 480), Image.Resampling.BICUBIC)
    )
    pan = [np.ascontiguousarray(wide[100:388, 10 * i : 10 * i + 384]) for i in range(40)]
    path = made.film(tmp_path / "pan.mp4", pan, range(0, 1600, 40))
    found = frames.panorama(path, frames.scan(path), from_s=0.0, to_s=1.5)
    assert found.rgb.shape[1] > 1.5 * 384 and len(found.used) >= 6
    still = made.film(tmp_path / "still.mp4", pan[:1] * 20, range(0, 800, 40))
    with pytest.raises(InputError) as caught:
        frames.panorama(still, frames.scan(still), from_s=0.0, to_s=0.7)
    assert caught.value.code == "no-panorama"


@given(arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))))
def test_png_holds_every_pixel(rgb):
    with Image.open(io.BytesIO(png.encode(rgb, {"Key": "välue"}))) as image:
        assert np.array_equal(np.asarray(image), rgb)
        assert image.text["Key"] == "välue"


def test_a_contact_sheet_holds_every_frame():
    small = [(np.full((20, 30, 3), 10 * i, np.uint8), f"{i}   0.5 s") for i in range(7)]
    whole = contact_sheet.compose(small)
    assert all((whole == 10 * i).all(axis=2).sum() >= 600 for i in range(7))


_STANDS_MS = [100, 250, 40, 500]


def _animation(path: Path, stands_ms: list[int]) -> Path:
    pictures = [Image.fromarray(rgb) for rgb in made.numbered(len(stands_ms))]
    how = {"lossless": True} if path.suffix == ".webp" else {}
    first, *rest = pictures
    first.save(path, save_all=True, append_images=rest, duration=stands_ms, loop=0, **how)
    return path


@pytest.mark.parametrize("form", ["gif", "png", "webp", "avif"])
def test_an_animated_picture_gives_every_frame_at_its_time(tmp_path, form):
    if form in ("webp", "avif") and not features.check(form):
        pytest.skip(f"this Pillow reads no {form}")
    path = _animation(tmp_path / f"a.{form}", _STANDS_MS)
    reel = frames.scan(path)
    assert reel.animation and reel.photo and not reel.lost
    assert np.allclose(reel.times_s, [0.0, 0.1, 0.35, 0.39])
    assert [made.number_of(f.rgb) for f in frames.take(path, reel, range(4))] == [0, 1, 2, 3]
    assert actions.probe(path)["facts"]["frames"] == 4
    (third,) = frames.take(path, reel, [2])
    assert made.number_of(third.rgb) == third.number == 2 and abs(third.time_s - 0.35) < 1e-6


def test_the_folder_of_an_animation_holds_all_its_frames(real_sandbox, tmp_path):
    path = _animation(tmp_path / "a.webp", _STANDS_MS)
    found = actions.frames(path, tmp_path / "out")
    assert found["frame_count"] == 4
    assert [row["number"] for row in found["frames"]] == [0, 1, 2, 3]
    with Image.open(tmp_path / "out" / "frame-000003.png") as last:
        assert made.number_of(np.asarray(last)) == 3
        assert last.text["Presentation-Time-s"] == "0.390000"
    few = actions.frames(path, tmp_path / "few", every_s=5.0)
    assert len(few["frames"]) == 1
    assert any("animated picture" in note for note in found["notes"])


def test_an_animation_whose_frames_stand_for_no_time_says_so(tmp_path):
    path = _animation(tmp_path / "a.webp", [0, 0, 0])
    found = actions.frames(path, tmp_path / "out")
    assert [row["time_s"] for row in found["frames"]] == [0.0, 0.0, 0.0]
    assert any("no time" in note for note in found["notes"])


def test_an_animation_that_is_cut_off_gives_what_could_be_read(tmp_path):
    whole = _animation(tmp_path / "a.png", _STANDS_MS)
    data = whole.read_bytes()
    cut = tmp_path / "cut.png"
    cut.write_bytes(data[: data.rindex(b"fdAT") + 20])
    found = actions.frames(cut, tmp_path / "out")
    assert 1 <= found["frame_count"] < 4
    assert any("broken frame" in note for note in found["notes"])


def test_pages_of_a_tiff_are_no_animation(tmp_path):
    pages = [Image.fromarray(rgb) for rgb in made.numbered(3)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    reel = frames.scan(tmp_path / "a.tif")
    assert len(reel.times_s) == 1 and not reel.animation


def test_an_animation_is_not_redacted_by_its_first_frame_alone(tmp_path):
    path = _animation(tmp_path / "a.gif", _STANDS_MS)
    box = {"box": [{"at": [1, 1, 20, 20]}]}
    with pytest.raises(InputError, match="animated picture of 4 frames") as caught:
        actions.plan_redaction(path, boxes=box)
    assert caught.value.code == "animated-picture"
    assert "noonmark frames" in str(caught.value.hint)


def test_frames_far_apart_are_sought_and_not_decoded_up_to(tmp_path, monkeypatch):
    from noonmark.sandbox.decoders import video

    times_ms = range(0, 40_000, 200)
    path = made.film(tmp_path / "a.mp4", made.numbered(200), times_ms)
    reel, wanted = frames.scan(path), [3, 60, 61, 130, 199]
    decoded, plain = [], video.decoded

    def counted(film, packet):
        brought = plain(film, packet)
        decoded.extend(brought)
        return brought

    monkeypatch.setattr(video, "decoded", counted)
    found = list(frames.take(path, reel, wanted))
    assert [made.number_of(frame.rgb) for frame in found] == wanted
    assert [frame.number for frame in found] == wanted
    assert len(wanted) <= len(decoded) < 120


def test_where_no_sharpness_is_known_key_frames_stand_for_their_stretch(tmp_path):
    path = made.film(tmp_path / "a.mp4", made.numbered(50), range(0, 2000, 40))
    reel = frames.scan(path, heavy_px=0.0)
    assert frames.sharpest(reel, every_s=0.9) == [0, 24, 48]
