"""What is left undecoded changes no frame that is shown, whatever the film is made of."""

from fractions import Fraction

import numpy as np
import pytest

pytest.importorskip("av")
import av

from noonmark.sandbox.decoders import sparse, video
from tests.media import made

_FILMS = {
    "closed.mp4": ("libx264", {"g": "60", "bf": "3"}),
    "short.mp4": ("libx264", {"g": "7", "bf": "3"}),
    "long.mkv": ("libx264", {"g": "250", "bf": "3"}),
    "open.ts": (
        "libx264",
        {"x264-params": "open-gop=1:keyint=50:bframes=3:b-pyramid=normal:scenecut=0"},
    ),
    "refreshed.mkv": ("libx264", {"x264-params": "intra-refresh=1:keyint=50"}),
    "open-hevc.mp4": (
        "libx265",
        {"x265-params": "keyint=50:open-gop=1:log-level=none", "preset": "ultrafast"},
    ),
    "a.webm": ("libvpx-vp9", {"g": "60", "deadline": "realtime", "cpu-used": "8"}),
    "b-frames.avi": ("mpeg4", {"g": "60", "bf": "2"}),
    "a.mpg": ("mpeg2video", {"g": "45", "bf": "2"}),
    "untimed.h264": ("libx264", {"g": "60"}),
}


def _film(path, codec, options, count=200):
    scenes = [made.scene(seed, 96, 128) for seed in range(3)]
    with av.open(str(path), "w") as container:
        try:
            stream = container.add_stream(codec, rate=25, options=options)
        except (av.error.FFmpegError, ValueError):
            pytest.skip(f"this build of FFmpeg makes no {codec}")
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(count):
            picture = np.roll(scenes[number // 80], number, axis=1)
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def _shown(path, walk, threads=1):
    with path.open("rb") as stream:
        film = video.film(stream.fileno(), 1 << 20, threads=threads)
        return {round(time_s, 4): frame.to_ndarray(format="gray") for time_s, frame in walk(film)}


@pytest.mark.slow
@pytest.mark.parametrize("name", _FILMS)
def test_frames_about_a_second_apart_are_those_of_the_whole_film(tmp_path, name):
    path = _film(tmp_path / name, *_FILMS[name])
    whole = _shown(path, video.frames)
    for threads in (1, 0):
        few = _shown(path, lambda film: sparse.about(film, 1.0), threads)
        times_s = list(few)
        assert times_s[0] == min(whole) and times_s == sorted(times_s) and len(few) <= 13
        assert np.diff([*times_s, max(whole)]).max() < sparse.SLACK + 0.2
        assert all(np.array_equal(whole[time_s], frame) for time_s, frame in few.items())


def test_far_fewer_packets_are_decoded_than_there_are(tmp_path, monkeypatch):
    path = _film(tmp_path / "a.mp4", "libx264", {"g": "45", "bf": "0"})
    fed = []
    real = video.decoded
    monkeypatch.setattr(
        video, "decoded", lambda film, packet: fed.append(packet) or real(film, packet)
    )
    few = _shown(path, lambda film: sparse.about(film, 1.0))
    assert len(few) == 10 and sum(packet is not None for packet in fed) < 130


def test_a_film_of_one_frame_shows_it(tmp_path):
    path = _film(tmp_path / "a.mp4", "libx264", {}, count=1)
    assert list(_shown(path, lambda film: sparse.about(film, 1.0))) == [0.0]


def test_a_film_broken_in_the_middle_shows_what_is_whole(tmp_path):
    path = _film(tmp_path / "a.ts", "libx264", {"g": "50", "bf": "2"})
    data = bytearray(path.read_bytes())
    third = len(data) // 3
    data[third : third + 6000] = np.random.default_rng(1).bytes(6000)
    path.write_bytes(data)
    times_s = list(_shown(path, lambda film: sparse.about(film, 1.0)))
    assert 6 <= len(times_s) <= 9
    cut = tmp_path / "cut.ts"
    cut.write_bytes(data[:third])
    assert len(list(_shown(cut, lambda film: sparse.about(film, 1.0)))) >= 2


def test_a_piece_too_long_to_be_held_is_decoded_as_it_comes(tmp_path, monkeypatch):
    monkeypatch.setattr(sparse, "_MOST_BYTES", 2000)
    path = _film(tmp_path / "a.mp4", "libx264", {"g": "250", "bf": "2"})
    whole = _shown(path, video.frames)
    few = _shown(path, lambda film: sparse.about(film, 1.0))
    assert np.diff([*few, max(whole)]).max() < sparse.SLACK + 0.2
    assert all(np.array_equal(whole[time_s], frame) for time_s, frame in few.items())
