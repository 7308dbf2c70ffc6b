"""The index of an MP4 gives the same times as its packets and as decoding it, or nothing."""

from fractions import Fraction

import numpy as np
import pytest

av = pytest.importorskip("av")

from noonmark.sandbox.decoders import scan, video  # noqa: E402
from noonmark.sandbox.decoders.film_index import film_index  # noqa: E402

_EVEN = tuple(range(0, 4800, 40))
_UNEVEN = tuple(int(40 * i + 13 * (i % 3) + (700 if i > 70 else 0)) for i in range(120))


def film(path, *, ms=_EVEN, codec="libx264", bf=2, options=None):
    """A film of one grey a frame; ``ms`` is when each is shown."""
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV has no encoder {codec}")
    coding = {"preset": "ultrafast", "bf": str(bf), "g": "25"}
    if codec == "libx264":
        coding["x264-params"] = f"bframes={bf}:open-gop=1:threads=1"
    with av.open(str(path), "w", options=options or {}) as out:
        stream = out.add_stream(codec, rate=25, options=coding)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
        for number, at in enumerate(ms):
            picture = np.full((48, 64, 3), (number * 37) % 256, np.uint8)
            picture[:, : number % 60 + 1] = 255 - number
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = at, Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def told(path):
    """Times from the index, from the packets, and from decoding, each sorted."""
    with open(path, "rb") as file:
        opened = video.film(file.fileno(), 1 << 20, threads=1)
        unit_s = float(opened.stream.time_base)
        index = film_index(opened)
        opened.again()
        shown, _ = scan._told_by_packets(opened)
        opened.again()
        decoded = [time_s for time_s, _ in video.frames(opened)]
    stated = None if index is None else sorted(index.shown[~index.cut.astype(bool)] * unit_s)
    return stated, sorted(shown * unit_s), decoded


def edited(path, *, lasts=None, begins=None):
    """Change the one stretch of the edit list: how long (film units), from which instant."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst")
    assert int.from_bytes(data[at + 8 : at + 12]) == 1
    if lasts is not None:
        data[at + 12 : at + 16] = lasts.to_bytes(4)
    if begins is not None:
        data[at + 16 : at + 20] = begins.to_bytes(4)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"bf": 0},
        {"ms": _UNEVEN},
        {"codec": "mpeg4", "bf": 0},
        {"options": {"movflags": "negative_cts_offsets"}},
        {"options": {"movflags": "faststart"}},
        {"ms": tuple(2000 + at for at in _EVEN)},
    ],
    ids=["b-frames", "no-b-frames", "uneven", "mpeg4", "negative-delays", "faststart", "late"],
)
def test_the_index_tells_the_times_that_packets_and_decoding_tell(tmp_path, how):
    stated, packets, decoded = told(film(tmp_path / "a.mp4", **how))
    assert stated is not None and len(stated) == 120
    assert np.allclose(stated, packets, atol=1e-9) and np.allclose(stated, decoded, atol=1e-9)


@pytest.mark.parametrize(
    "cut", [{"begins": 20_000}, {"lasts": 2000}, {"begins": 20_000, "lasts": 1500}]
)
def test_an_edit_list_that_trims_shows_what_packets_show(tmp_path, cut):
    stated, packets, decoded = told(edited(film(tmp_path / "a.mp4"), **cut))
    assert len(packets) < 120
    assert stated is not None and np.allclose(stated, packets, atol=1e-9)
    assert np.allclose(packets, decoded, atol=1e-9)


def test_a_film_in_fragments_has_no_index(tmp_path):
    flags = {"movflags": "frag_keyframe+empty_moov"}
    stated, packets, _ = told(film(tmp_path / "a.mp4", options=flags))
    assert stated is None and len(packets) == 120


def test_delays_that_are_not_those_of_the_packets_are_not_believed(tmp_path):
    path = film(tmp_path / "a.mp4")
    data = bytearray(path.read_bytes())
    at = data.index(b"ctts") + 12
    data[at + 4 : at + 8] = (1 << 29).to_bytes(4)
    path.write_bytes(data)
    assert told(path)[0] is None


def test_matroska_is_read_packet_by_packet(tmp_path):
    stated, packets, decoded = told(film(tmp_path / "a.mkv"))
    assert stated is None and np.allclose(packets, decoded, atol=1e-9)
