"""WAV, FLAC, Ogg and MP3: what they state is shown, and their copies hold sound alone."""

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from noonmark import actions
from noonmark.errors import InputError
from noonmark.media import exiftool
from noonmark.sandbox.parsers import mpeg_audio as mpeg_frames
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.strippers import flac, mpeg_audio, ogg
from tests.media.films import METADATA, shown

_WORDS = (b"Jane Roe", b"SERIAL-77123", b"hidden words", b"2020-01-02", b"Lavf", b"Lavc", b"Aleppo")
_FORMS = {
    "wav": ("pcm_s16le", "WAV"),
    "flac": ("flac", "FLAC"),
    "opus": ("libopus", "Ogg"),
    "ogg": ("flac", "Ogg"),
    "mp3": ("libmp3lame", "MP3"),
}


@pytest.fixture(autouse=True)
def _our_readers_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """exiftool takes a process for each file; only the tests of it start it."""
    if "exiftool" not in request.node.name:
        monkeypatch.setattr(exiftool, "present", lambda: None)


def _made(path: Path, *, channels: str = "mono", seconds: float = 1.0, kbit: int = 0) -> Path:
    """A tone under noise, with words of its maker in every tag of its form."""
    form = path.suffix[1:]
    codec = _FORMS[form][0]
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV has no encoder {codec}")
    rng = np.random.default_rng(1)
    count = int(48_000 * seconds)
    wave = 8000 * np.sin(np.arange(count) / 48_000 * 2 * np.pi * 440) + rng.normal(0, 300, count)
    with av.open(str(path), "w", format=form) as out:
        out.metadata.update(METADATA | {"date": "2020-01-02", "originator": "Jane Roe"})
        stream = out.add_stream(codec, rate=48_000, layout=channels)
        if kbit:
            stream.bit_rate = kbit * 1000
        for at in range(0, count, 960):
            piece = wave[None, at : at + 960].astype(np.int16)
            if channels == "stereo":
                piece = np.repeat(piece, 2, axis=1)
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout=channels)
            frame.sample_rate, frame.pts = 48_000, at
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def _samples(path: Path) -> bytes:
    return b"".join(data for _, data in shown(path, "audio"))


@pytest.mark.parametrize("form", list(_FORMS))
def test_sound_is_copied_without_what_its_maker_wrote(tmp_path, form):
    path = _made(tmp_path / f"a.{form}")
    assert b"Jane Roe" in path.read_bytes()
    said = " ".join(actions.probe(path)["traces"])
    assert "Jane Roe, Aleppo" in said and "hidden words" in said
    done = actions.strip(path, tmp_path / "o")
    copy = (tmp_path / "o").read_bytes()
    assert not [word for word in _WORDS if word in copy]
    assert done["container"] == _FORMS[form][1] and done["packets_compared"] > 0
    assert done["removed"]
    assert _samples(tmp_path / "o") == _samples(path)
    assert not actions.probe(tmp_path / "o")["traces"]


@pytest.mark.slow
@pytest.mark.parametrize("form", list(_FORMS))
def test_exiftool_finds_nothing_to_tell_in_stripped_sound(tmp_path, form):
    if exiftool.present() is None:
        pytest.skip("exiftool is not installed")
    path = _made(tmp_path / f"a.{form}")
    actions.strip(path, tmp_path / "o")
    said = " ".join(map(str, (exiftool.tags(tmp_path / "o") or {}).values()))
    assert "Jane Roe" not in said and "LAME3" not in said
    assert "Jane Roe" in " ".join(map(str, (exiftool.tags(path) or {}).values()))


@pytest.mark.parametrize(("channels", "kbit"), [("mono", 64), ("stereo", 128), ("stereo", 320)])
def test_what_lame_writes_between_frames_is_cleared_and_the_sound_stays(tmp_path, channels, kbit):
    path = _made(tmp_path / "a.mp3", channels=channels, kbit=kbit)
    before = path.read_bytes()
    assert b"LAME3" in before or b"Lavc" in before
    clean, _ = mpeg_audio.mp3(before, {})
    assert b"LAME3" not in clean and b"Lavc" not in clean
    (tmp_path / "o.mp3").write_bytes(clean)
    assert _samples(tmp_path / "o.mp3") == _samples(path)


def test_a_word_in_the_ancillary_bytes_of_an_mp3_goes(tmp_path):
    path = _made(tmp_path / "a.mp3", kbit=320)
    data = bytearray(path.read_bytes())
    sound, _ = mpeg_audio.mp3(bytes(data), {})
    # A tone needs few of 320 kbit: a long run of zeros is left at the end of a frame.
    at = sound.index(bytes(200), 4000) + 100
    planted = sound[:at] + b"SERIAL-77123" + sound[at + 12 :]
    (tmp_path / "b.mp3").write_bytes(planted)
    assert _samples(tmp_path / "b.mp3") == _samples(path)
    actions.strip(tmp_path / "b.mp3", tmp_path / "o.mp3")
    assert b"SERIAL-77123" not in (tmp_path / "o.mp3").read_bytes()


def test_tags_behind_an_mp3_and_bytes_between_its_frames_stay_behind(tmp_path):
    data = _made(tmp_path / "a.mp3").read_bytes()
    sound, _ = mpeg_audio.mp3(data, {})
    at = 0
    for _ in range(3):
        frame = mpeg_frames.frame_at(of_bytes(sound), at)
        assert frame is not None
        at += frame.size
    old = b"TAG" + b"hidden words".ljust(30, b"\0") + b"Jane Roe".ljust(95, b"\0")
    ape = b"Jane Roe" * 4 + b"APETAGEX" + struct.pack("<IIII", 2000, 64, 1, 0) + bytes(8)
    head = b"ID3\3\0\0\0\0\0\x0a" + bytes(10)
    removed: dict[str, int] = {}
    again, _ = mpeg_audio.mp3(head + sound[:at] + b"Jane between" + sound[at:] + ape + old, removed)
    assert {"ID3 tag", "bytes between frames", "tags behind the sound"} <= set(removed)
    assert again == sound
    (tmp_path / "b").write_bytes(head + sound + ape + old)
    actions.strip(tmp_path / "b", tmp_path / "o")
    assert (tmp_path / "o").read_bytes() == sound


def test_a_broadcast_wave_shows_who_recorded_it_and_when(tmp_path):
    data = _made(tmp_path / "a.wav").read_bytes()
    bext = b"a bridge".ljust(256, b"\0") + b"Jane Roe".ljust(32, b"\0")
    bext += b"SERIAL-77123".ljust(32, b"\0") + b"2020-01-02" + b"03:04:05" + bytes(264)
    chunk = b"bext" + struct.pack("<I", len(bext)) + bext
    (tmp_path / "b.wav").write_bytes(data[:12] + chunk + data[12:])
    found = actions.probe(tmp_path / "b.wav")
    assert any("2020-01-02 03:04:05" in str(clock) for clock in found["clocks"])
    assert "originator: Jane Roe (WAV broadcast)" in found["traces"]
    done = actions.strip(tmp_path / "b.wav", tmp_path / "o.wav")
    assert "chunk 'bext'" in done["removed"]
    assert _samples(tmp_path / "o.wav") == _samples(tmp_path / "a.wav")


def test_a_wave_that_was_cut_short_keeps_its_sound(tmp_path):
    data = bytearray(_made(tmp_path / "a.wav").read_bytes())
    at = data.index(b"data")
    struct.pack_into("<I", data, at + 4, 0)
    (tmp_path / "b.wav").write_bytes(data)
    actions.strip(tmp_path / "b.wav", tmp_path / "o.wav")
    assert _samples(tmp_path / "o.wav") == _samples(tmp_path / "a.wav")


def test_bytes_behind_the_last_frame_of_a_flac_stay_behind(tmp_path):
    path = _made(tmp_path / "a.flac")
    whole, _ = flac.flac(path.read_bytes(), {})
    removed: dict[str, int] = {}
    again, _ = flac.flac(path.read_bytes() + b"Jane Roe was here", removed)
    # What follows can't be told from the last frame, so both go.
    assert "what follows the last whole frame" in removed and b"Jane" not in again
    assert whole.startswith(again[:4000]) and len(again) > len(whole) * 0.8


def test_a_stream_of_ogg_that_is_no_sound_stays_behind(tmp_path):
    path = _made(tmp_path / "a.opus")
    other = ogg._Stream("", 77, 0).page(2, bytes(8), bytes([16]), b"fishead\0Jane Roe")
    first = path.read_bytes().index(b"OggS", 4)
    data = path.read_bytes()
    (tmp_path / "b").write_bytes(data[:first] + other + data[first:])
    done = actions.strip(tmp_path / "b", tmp_path / "o")
    assert "streams that are neither sound nor pictures" in done["removed"]
    assert b"Jane Roe" not in (tmp_path / "o").read_bytes()
    assert _samples(tmp_path / "o") == _samples(path)


def test_an_ogg_page_has_the_checksum_of_its_maker(tmp_path):
    data = _made(tmp_path / "a.opus").read_bytes()
    for page in ogg.pages(of_bytes(data)):
        raw = data[page.at : page.at + page.size]
        assert ogg._checksum(raw[:22] + bytes(4) + raw[26:]) == raw[22:26]


@pytest.mark.parametrize("form", list(_FORMS))
def test_sound_changed_at_random_ends_in_a_copy_or_a_refusal(tmp_path, form):
    whole = _made(tmp_path / f"a.{form}").read_bytes()
    rng = np.random.default_rng(11)
    from noonmark.sandbox.strippers.table import STRIPPERS

    copies = 0
    for _ in range(40):
        data = bytearray(whole[: rng.integers(len(whole) // 2, len(whole))])
        for at in rng.integers(0, min(len(data), 600), 3):
            data[at] = rng.integers(0, 256)
        (tmp_path / "b").write_bytes(data)
        with (tmp_path / "b").open("rb") as source, (tmp_path / "c").open("wb") as sink:
            try:
                STRIPPERS[_FORMS[form][1]].copy(source.fileno(), sink.fileno(), {})
                copies += 1
            except InputError:
                pass
    assert copies > 0
