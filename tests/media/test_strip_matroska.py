"""Matroska and WebM without metadata: pictures and sound are those of the source, nothing else."""

import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from noonmark import actions
from noonmark.errors import InputError
from noonmark.media import exiftool
from noonmark.sandbox.parsers import ebml
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.strippers import ebml_writer, matroska_blocks
from tests.media import made
from tests.media.films import WORDS, film, shown

_ENCODERS = (b"Lavc", b"Lavf", b"x264", b"x265", b"Xiph")


@pytest.fixture(autouse=True)
def _our_readers_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """exiftool takes a process for each file; only the tests of it start it."""
    if "exiftool" not in request.node.name:
        monkeypatch.setattr(exiftool, "present", lambda: None)


def _strip(path: Path, out: Path) -> dict:
    """Strip, and hold what every stripped film owes."""
    assert any(word in path.read_bytes() for word in WORDS)
    done = actions.strip(path, out)
    copy = out.read_bytes()
    assert not [word for word in (*WORDS, *_ENCODERS) if word in copy]
    assert done["packets_compared"] > 0
    return done


def _sound(path: Path) -> bytes:
    return b"".join(data for _, data in shown(path, "audio"))


_FILMS = [
    ("matroska", "libx264", "aac"),
    ("matroska", "libx265", "flac"),
    ("matroska", "libsvtav1", "libopus"),
    ("matroska", "mpeg4", "libmp3lame"),
    ("matroska", "mjpeg", "pcm_s16le"),
    ("matroska", "mpeg2video", "libopus"),
    ("matroska", "prores_ks", "aac"),
    ("webm", "libvpx", "libopus"),
    ("webm", "libvpx-vp9", "libopus"),
]


@pytest.mark.parametrize(("form", "codec", "sound"), _FILMS)
def test_a_film_keeps_its_pictures_and_its_sound_alone(tmp_path, form, codec, sound):
    path = film(tmp_path / "a", form, pictures=[codec], sounds=[sound])
    done = _strip(path, tmp_path / "o")
    assert {"tags", "title, programs, dates and numbers of the film"} <= set(done["removed"])
    assert shown(tmp_path / "o", "video") == shown(path, "video")
    assert _sound(tmp_path / "o") == _sound(path)
    assert done["container"] == ("WebM" if form == "webm" else "Matroska")


_UNKNOWN = b"\x01" + b"\xff" * 7
_ENTRY, _TRACKS, _CLUSTER, _BLOCK = 0xAE, 0x1654AE6B, 0x1F43B675, 0xA3


def _parts(data: bytes) -> list[tuple[int, bytes]]:
    """Kind and content of each element at one level."""
    return [(p.kind, p.body.read(0, p.body.size)) for p in ebml.elements(of_bytes(data))]


def _without_lengths(parts: list[tuple[int, bytes]], more: bytes = b"") -> bytes:
    """A film as a browser records it: neither the whole nor a cluster has a length."""
    out = ebml_writer.element(*parts[0]) + ebml_writer.kind_bytes(parts[1][0]) + _UNKNOWN
    for kind, body in _parts(parts[1][1]):
        if kind == _CLUSTER:
            out += ebml_writer.kind_bytes(kind) + _UNKNOWN + body
        elif kind != 0x1C53BB6B:
            out += ebml_writer.element(kind, body)
    return out + more


def test_what_a_browser_records_gets_lengths_and_an_index(tmp_path):
    path = film(tmp_path / "a", "webm", pictures=["libvpx"])
    (tmp_path / "b").write_bytes(_without_lengths(_parts(path.read_bytes())))
    _strip(tmp_path / "b", tmp_path / "o")
    copy = (tmp_path / "o").read_bytes()
    assert _UNKNOWN not in copy and b"\x1c\x53\xbb\x6b" in copy
    assert shown(tmp_path / "o", "video") == shown(path, "video")


def test_a_stripped_film_can_be_sought_in(tmp_path):
    frames = made.numbered(60)
    path = tmp_path / "a.mkv"
    made.film(path, frames, range(0, 2400, 40), key_frame_every=10)
    actions.strip(path, tmp_path / "o.mkv")
    with av.open(str(tmp_path / "o.mkv")) as copy:
        stream = copy.streams.video[0]
        copy.seek(1600, stream=stream)
        assert made.number_of(next(copy.decode(stream)).to_ndarray(format="rgb24")) == 40


def _changed(path: Path, change: Callable[[int, bytes], bytes]) -> bytes:
    """The film with another content of each element of its segment."""
    head, segment = _parts(path.read_bytes())
    inner = b"".join(ebml_writer.element(k, change(k, body)) for k, body in _parts(segment[1]))
    return _without_lengths([head, (segment[0], inner)])


def test_captions_and_attached_files_stay_behind_and_are_named(tmp_path):
    path = film(tmp_path / "a", "matroska", sounds=["aac"])
    track = ebml_writer.element(_ENTRY, ebml_writer.whole(0xD7, 9), ebml_writer.whole(0x83, 17))
    data = _changed(path, lambda kind, body: body + track if kind == _TRACKS else body)
    files = ebml_writer.element(0x1941A469, b"SecretCam attached")
    chapters = ebml_writer.element(0x1043A770, b"Jane Roe was here")
    (tmp_path / "b").write_bytes(data + files + chapters)
    done = _strip(tmp_path / "b", tmp_path / "o")
    assert {"track 3 (subtitle)", "attached files", "chapters"} <= set(done["removed"])
    assert shown(tmp_path / "o", "video") == shown(path, "video")


def test_a_film_that_was_cut_off_loses_its_last_packet_alone(tmp_path):
    path = film(tmp_path / "a", "matroska", pictures=["mjpeg"])
    whole = shown(path, "video")
    data = path.read_bytes()
    last = data.rindex(b"\xff\xd9")
    (tmp_path / "b").write_bytes(data[: last - 40])
    done = actions.strip(tmp_path / "b", tmp_path / "o")
    assert "the last packet, which is not all in the file" in done["removed"]
    assert shown(tmp_path / "o", "video") == whole[:-1]


@pytest.mark.parametrize(
    ("flags", "lengths"),
    [
        (0x02, b"\x02" + bytes([3]) + bytes([255, 45])),
        (0x06, b"\x02" + bytes([0x83]) + struct.pack(">H", 0x4000 + 297 + 0x1FFF)),
    ],
)
def test_packets_laced_into_one_block_are_cleaned_one_by_one(flags, lengths):
    frames = [b"abc", b"d" * 300, b"ef"]
    data = b"\x81\x00\x07" + bytes([flags]) + lengths + b"".join(frames)
    block = matroska_blocks.read_block(data)
    assert block is not None and list(block.frames) == frames and block.offset == 7
    written = matroska_blocks.cleaned(block, 5, lambda packet: packet[1:], b"")
    again = matroska_blocks.read_block(written)
    assert again is not None and again.track == 5
    assert list(again.frames) == [b"bc", b"d" * 299, b"f"]


def test_a_head_taken_off_every_packet_is_put_back(tmp_path):
    path = film(tmp_path / "a", "matroska", pictures=["mjpeg"])
    # Each packet of Motion JPEG begins with FF D8: the two bytes are taken off and stated once.
    settings = ebml_writer.whole(0x4254, 3) + ebml_writer.element(0x4255, b"\xff\xd8")
    encoding = ebml_writer.element(0x6240, ebml_writer.element(0x5034, settings))
    more = ebml_writer.element(0x6D80, encoding)

    def change(kind: int, body: bytes) -> bytes:
        if kind == _TRACKS:
            return ebml_writer.element(_ENTRY, dict(_parts(body))[_ENTRY] + more)
        if kind != _CLUSTER:
            return body
        shorter = [(k, b[:4] + b[6:] if k == _BLOCK else b) for k, b in _parts(body)]
        return b"".join(ebml_writer.element(*each) for each in shorter)

    (tmp_path / "b").write_bytes(_changed(path, change))
    actions.strip(tmp_path / "b", tmp_path / "o")
    assert shown(tmp_path / "o", "video") == shown(path, "video")
    assert b"\x6d\x80" not in (tmp_path / "o").read_bytes()[:600]


@pytest.mark.parametrize("codec", [b"V_XXXXX/ISO/AVC", b"V_MPEG4/ISO/XXX"])
def test_a_video_of_an_unknown_codec_is_refused_and_leaves_nothing(tmp_path, codec):
    path = film(tmp_path / "a", "matroska")
    path.write_bytes(path.read_bytes().replace(b"V_MPEG4/ISO/AVC", codec))
    with pytest.raises(InputError) as caught:
        actions.strip(path, tmp_path / "o")
    assert caught.value.code == "strip-unsupported" and not (tmp_path / "o").exists()


def test_bytes_changed_at_random_end_in_a_copy_or_a_refusal(tmp_path):
    whole = film(tmp_path / "a", "matroska", sounds=["aac"]).read_bytes()
    rng = np.random.default_rng(11)
    ended = {"copy": 0, "refused": 0}
    from noonmark.sandbox.strippers.matroska import matroska

    for _ in range(120):
        data = bytearray(whole)
        for at in rng.integers(0, min(len(data), 900), 3):
            data[at] = rng.integers(0, 256)
        (tmp_path / "b").write_bytes(data)
        with (tmp_path / "b").open("rb") as source, (tmp_path / "c").open("wb") as sink:
            try:
                matroska(source.fileno(), sink.fileno(), {})
                ended["copy"] += 1
            except InputError:
                ended["refused"] += 1
    assert min(ended.values()) > 5


def test_exiftool_finds_nothing_to_tell_in_a_stripped_webm(tmp_path):
    if exiftool.present() is None:
        pytest.skip("exiftool is not installed")
    path = film(tmp_path / "a", "webm", pictures=["libvpx"], sounds=["libopus"])
    _strip(path, tmp_path / "o")
    said = " ".join(map(str, (exiftool.tags(tmp_path / "o") or {}).values()))
    assert "SecretCam" not in said and "Lav" not in said
    assert "SecretCam" in " ".join(map(str, (exiftool.tags(path) or {}).values()))
