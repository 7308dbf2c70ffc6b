"""AVI, AMR, bare AAC, CAF and long WAV: what they state is shown, and their copies hold no more
than pictures and sound.
"""

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from noonmark import actions
from noonmark.errors import InputError, OutsideError
from noonmark.media import exiftool
from noonmark.sandbox.parsers import adts, amr
from noonmark.sandbox.parsers.byte_view import of_bytes
from noonmark.sandbox.strippers import avi_streams, coded_notes, wav
from noonmark.sandbox.strippers.table import STRIPPERS
from tests.media.films import METADATA, WORDS, film, shown

_RNG = np.random.default_rng(5)
_ID3 = b"ID3\3\0\0\0\0\0\x1eTIT2\0\0\0\x0d\0\0\0hidden words" + bytes(7)


@pytest.fixture(autouse=True)
def _our_readers_alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """exiftool takes a process for each file; only the tests of it start it."""
    if "exiftool" not in request.node.name:
        monkeypatch.setattr(exiftool, "present", lambda: None)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + bytes(len(body) & 1)


def _avi(path: Path, picture: str = "mjpeg", sounds: tuple[str, ...] = ("pcm_s16le",)) -> Path:
    """An AVI with words of its maker in INFO, in fill and behind its end."""
    data = film(path, "avi", pictures=[picture], sounds=sounds).read_bytes()
    assert b"hidden words" in data
    path.write_bytes(data + _chunk(b"JUNK", b"Jane Roe was here"))
    return path


def _amr(form: amr.AmrForm, count: int = 50) -> bytes:
    frames = b""
    for number in range(count):
        kind = sorted(form.sizes)[number % 9]
        frames += bytes([kind << 3 | 4]) + _RNG.bytes(form.sizes[kind])
    return form.mark + frames


def _sound(path: Path, form: str, codec: str) -> Path:
    """A tone in a form, with words of its maker where the form has room for any."""
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV has no encoder {codec}")
    with av.open(str(path), "w", format=form) as out:
        out.metadata.update(METADATA)
        stream = out.add_stream(codec, rate=48_000, layout="mono")
        size = stream.codec_context.frame_size or 1024
        for at in range(0, 20 * size, size):
            wave = 8000 * np.sin(np.arange(at, at + size) / 48_000 * 2 * np.pi * 440)
            frame = av.AudioFrame.from_ndarray(
                wave[None].astype(np.int16), format="s16", layout="mono"
            )
            frame.sample_rate, frame.pts = 48_000, at
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return path


def _held(copy: Path) -> bytes:
    """The bytes of a copy, in which no word of the maker stands."""
    data = copy.read_bytes()
    assert not [word for word in (*WORDS, b"Lavf", b"Lavc", b"Jane") if word in data]
    assert not actions.probe(copy)["traces"]
    return data


@pytest.mark.parametrize(
    ("picture", "sounds"),
    [
        ("mjpeg", ("pcm_s16le",)),
        ("mpeg4", ("libmp3lame",)),
        ("libx264", ("aac", "pcm_s16le")),
    ],
)
def test_an_avi_is_copied_packet_by_packet(tmp_path, picture, sounds):
    path = _avi(tmp_path / "a.avi", picture, sounds)
    said = " ".join(actions.probe(path)["traces"])
    assert "hidden words" in said and "Jane Roe, Aleppo" in said
    done = actions.strip(path, tmp_path / "o.avi")
    assert done["container"] == "AVI" and done["packets_compared"] > 10
    assert {"chunk 'INFO'", "bytes behind the last list"} <= set(done["removed"])
    _held(tmp_path / "o.avi")
    for kind in ("video", "audio"):
        assert shown(tmp_path / "o.avi", kind) == shown(path, kind)
    with av.open(str(tmp_path / "o.avi")) as copy, av.open(str(path)) as source:
        keys = [
            [packet.is_keyframe for packet in opened.demux(video=0) if packet.size]
            for opened in (copy, source)
        ]
        assert keys[0] == keys[1]


def test_parts_between_the_packets_of_an_avi_and_notes_of_makers_stay_behind(tmp_path):
    path = _avi(tmp_path / "a.avi")
    data = path.read_bytes()
    at, end = data.index(b"movi") + 4, data.index(b"idx1")
    planted = _chunk(b"JUNK", b"hidden words") + _chunk(b"07tx", b"Jane Roe")
    maker = _chunk(b"LIST", b"ncdt" + _chunk(b"nctg", struct.pack("<HH", 3, 9) + b"SecretCam"))
    movi = _chunk(b"LIST", b"movi" + planted + data[at:end])
    (tmp_path / "b.avi").write_bytes(b"RIFF\0\0\0\0" + data[8 : at - 12] + maker + movi)
    done = actions.strip(tmp_path / "b.avi", tmp_path / "o.avi")
    assert "chunk '07tx'" in done["removed"]
    _held(tmp_path / "o.avi")
    actions.strip(path, tmp_path / "p.avi")
    assert (tmp_path / "o.avi").read_bytes() == (tmp_path / "p.avi").read_bytes()


def test_packets_in_groups_and_a_recording_without_lengths_are_read(tmp_path):
    path = _avi(tmp_path / "a.avi", sounds=())
    data = path.read_bytes()
    at, end = data.index(b"movi") + 4, data.index(b"idx1")
    grouped = _chunk(b"LIST", b"rec " + data[at:end])
    (tmp_path / "b.avi").write_bytes(
        b"RIFF\0\0\0\0" + data[8 : at - 8] + struct.pack("<I", len(grouped) + 4) + b"movi" + grouped
    )
    actions.strip(path, tmp_path / "o.avi")
    actions.strip(tmp_path / "b.avi", tmp_path / "p.avi")
    assert shown(tmp_path / "p.avi", "video") == shown(path, "video")


def test_a_video_of_an_unknown_kind_is_refused_and_unknown_sound_is_named(tmp_path):
    path = _avi(tmp_path / "a.avi")
    data = path.read_bytes()
    (tmp_path / "b.avi").write_bytes(data.replace(b"MJPG", b"dvsd"))
    with pytest.raises(InputError, match="coded as 'dvsd'") as raised:
        actions.strip(tmp_path / "b.avi", tmp_path / "o.avi")
    assert "noonmark redact FILE --out NEW.mp4" in raised.value.hint
    assert not (tmp_path / "o.avi").exists()
    at = data.index(b"strf", data.index(b"auds")) + 8
    (tmp_path / "c.avi").write_bytes(data[:at] + b"\x61\x01" + data[at + 2 :])
    done = actions.strip(tmp_path / "c.avi", tmp_path / "o.avi")
    assert "stream 2" in done["removed"]
    with av.open(str(tmp_path / "o.avi")) as copy:
        assert [stream.type for stream in copy.streams] == ["video"]


def test_notes_in_h264_behind_start_codes_go_and_other_packets_are_refused():
    unit, note = b"\0\0\0\1\x65picture", b"\0\0\1\x06hidden words"
    assert coded_notes.avc_stream(note + unit + note) == unit
    assert avi_streams._is_key_avc(unit) and not avi_streams._is_key_avc(b"\0\0\1\x41picture")
    with pytest.raises(InputError):
        coded_notes.avc_stream(b"\0\0\0\x08\x06hidden")


@pytest.mark.parametrize("form", amr._FORMS, ids=["narrow", "wide"])
def test_a_voice_note_in_amr_keeps_its_frames_alone(tmp_path, form):
    whole = _amr(form)
    (tmp_path / "a.amr").write_bytes(whole + b"Jane Roe was here")
    found = actions.probe(tmp_path / "a.amr")
    assert found["container"] == "AMR" and found["facts"]["duration_s"] == 1.0
    assert any("behind the last frame" in problem for problem in found["unread"])
    done = actions.strip(tmp_path / "a.amr", tmp_path / "o.amr")
    assert _held(tmp_path / "o.amr") == whole
    assert done["removed"] == {"bytes behind the last frame": 17}
    assert done["packets_compared"] == 50


@pytest.mark.parametrize("form", amr._FORMS, ids=["narrow", "wide"])
def test_a_recording_of_a_telephone_in_3gp_keeps_its_frames_alone(tmp_path, form):
    (tmp_path / "a.amr").write_bytes(_amr(form))
    path = tmp_path / "a.3gp"
    with av.open(str(tmp_path / "a.amr")) as source, av.open(str(path), "w", format="3gp") as out:
        out.metadata.update(METADATA)
        stream = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)
    assert b"hidden words" in path.read_bytes()
    done = actions.strip(path, tmp_path / "o.3gp")
    assert done["packets_compared"] == 50 and "box udta" in done["removed"]
    _held(tmp_path / "o.3gp")


def test_an_amr_of_several_channels_is_refused(tmp_path):
    (tmp_path / "b.amr").write_bytes(b"#!AMR_MC1.0\n" + bytes(4) + _amr(amr._FORMS[0]))
    with pytest.raises(InputError, match="several channels"):
        actions.strip(tmp_path / "b.amr", tmp_path / "p")


def test_bare_aac_loses_tags_text_and_the_bits_of_its_owner(tmp_path):
    plain = _sound(tmp_path / "plain.aac", "adts", "aac").read_bytes()
    frames = bytearray(plain)
    frames[3] |= 0x3C
    (tmp_path / "a.aac").write_bytes(_ID3 + frames + b"TAG" + b"Jane Roe".ljust(125, b"\0"))
    found = actions.probe(tmp_path / "a.aac")
    assert found["container"] == "AAC" and found["facts"]["sample_rate_hz"] == 48_000
    assert any("hidden words" in trace for trace in found["traces"])
    done = actions.strip(tmp_path / "a.aac", tmp_path / "o.aac")
    assert {"ID3 tag", "tags behind the sound"} <= set(done["removed"])
    copy = _held(tmp_path / "o.aac")
    assert not copy[3] & 0x3C and done["packets_compared"] >= 20
    assert shown(tmp_path / "o.aac", "audio") == shown(tmp_path / "plain.aac", "audio")


def test_a_checksum_and_bytes_between_the_frames_of_aac_go(tmp_path):
    plain = _sound(tmp_path / "a.aac", "adts", "aac").read_bytes()
    size = adts.frame_at(of_bytes(plain), 0).size
    longer = size + 2
    head = bytearray(plain[:7])
    head[1] &= 0xFE
    head[3:6] = [head[3] & 0xFC | longer >> 11, longer >> 3 & 255, head[5] & 31 | longer << 5 & 255]
    checked = bytes(head) + b"Ja" + plain[7:size]
    (tmp_path / "b.aac").write_bytes(checked + plain[size:])
    third = 0
    for _ in range(3):
        third += adts.frame_at(of_bytes(plain), third).size
    (tmp_path / "c.aac").write_bytes(plain[:third] + b"Jane Roe" + plain[third:])
    actions.strip(tmp_path / "a.aac", tmp_path / "o")
    actions.strip(tmp_path / "b.aac", tmp_path / "p")
    assert (tmp_path / "p").read_bytes() == (tmp_path / "o").read_bytes()
    try:
        done = actions.strip(tmp_path / "c.aac", tmp_path / "q")
    except OutsideError as error:
        # FFmpeg hears something else where bytes stand between frames.
        assert error.code == "not-clean"
    else:
        assert "bytes that are no frame" in done["removed"]
        assert (tmp_path / "q").read_bytes() == (tmp_path / "o").read_bytes()


def _message(path: Path) -> Path:
    """A voice message as telephones send it: packets of Opus in a CAF."""
    source = _sound(path.with_name("a.opus"), "ogg", "libopus")
    with av.open(str(source)) as opened:
        packets = [bytes(packet) for packet in opened.demux() if packet.size]
    source.unlink()
    desc = struct.pack(">d4sIIIII", 48_000, b"opus", 0, 0, 960, 1, 0)
    table = struct.pack(">qqii", len(packets), 960 * len(packets), 0, 0)
    for packet in packets:
        size = len(packet)
        table += bytes([size >> 7 | 128, size & 127]) if size > 127 else bytes([size])
    sound = bytes(4) + b"".join(packets)
    data = b"caff\0\1\0\0"
    for kind, body in ((b"desc", desc), (b"pakt", table), (b"data", sound)):
        data += kind + struct.pack(">q", len(body)) + body
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("codec", ["pcm_s16be", "alac", "libopus"])
def test_a_caf_keeps_how_its_sound_is_coded_and_the_sound(tmp_path, codec):
    path = tmp_path / "a.caf"
    path = _message(path) if codec == "libopus" else _sound(path, "caf", codec)
    data = path.read_bytes()
    strings = b"title\0hidden words\0artist\0Jane Roe, Aleppo\0"
    info = struct.pack(">I", 2) + strings
    extra = b"info" + struct.pack(">q", len(info)) + info
    extra += b"uuid" + struct.pack(">q", 24) + b"SERIAL-77123".ljust(24, b"\0")
    at = data.index(b"data")
    (tmp_path / "b.caf").write_bytes(data[:at] + extra + data[at:])
    found = actions.probe(tmp_path / "b.caf")
    assert found["container"] == "CAF" and found["facts"]["duration_s"] > 0
    assert any("Jane Roe, Aleppo" in trace for trace in found["traces"])
    done = actions.strip(tmp_path / "b.caf", tmp_path / "o.caf")
    assert {"chunk 'info'", "chunk 'uuid'"} <= set(done["removed"])
    _held(tmp_path / "o.caf")
    assert shown(tmp_path / "o.caf", "audio") == shown(path, "audio")


def _long_wave(mark: bytes, sound: bytes) -> bytes:
    """A WAV with lengths of 64 bits, and a description of its originator."""
    coding = struct.pack("<HHIIHH", 1, 1, 8000, 16_000, 2, 16)
    bext = b"a bridge".ljust(256, b"\0") + b"Jane Roe".ljust(346, b"\0")
    rest = _chunk(b"fmt ", coding) + _chunk(b"bext", bext) + b"data" + b"\xff" * 4 + sound
    sizes = struct.pack("<QQQI", len(rest) + 40, len(sound), len(sound) // 2, 0)
    tail = _chunk(b"axml", b"<hidden words/>")
    return mark + b"\xff" * 4 + b"WAVE" + _chunk(b"ds64", sizes) + rest + tail


@pytest.mark.parametrize("mark", [b"RF64", b"BW64"])
def test_a_long_wave_becomes_a_plain_one_where_it_fits(tmp_path, mark):
    sound = _RNG.bytes(4000)
    (tmp_path / "a.wav").write_bytes(_long_wave(mark, sound))
    found = actions.probe(tmp_path / "a.wav")
    assert found["container"] == "WAV" and found["facts"]["duration_s"] == 0.25
    assert "originator: Jane Roe (WAV broadcast)" in found["traces"]
    done = actions.strip(tmp_path / "a.wav", tmp_path / "o.wav")
    assert {"chunk 'bext'", "chunk 'axml'"} == set(done["removed"])
    data = _held(tmp_path / "o.wav")
    assert data.startswith(b"RIFF") and data.endswith(sound) and done["packets_compared"] > 0


def test_a_long_wave_stays_one_where_it_must(tmp_path, monkeypatch):
    sound = _RNG.bytes(4000)
    (tmp_path / "a.wav").write_bytes(_long_wave(b"RF64", sound))
    monkeypatch.setattr(wav, "_MOST_BYTES", 1000)
    actions.strip(tmp_path / "a.wav", tmp_path / "o.wav")
    data = _held(tmp_path / "o.wav")
    assert data.startswith(b"RF64") and data.endswith(sound)
    assert actions.probe(tmp_path / "o.wav")["facts"]["duration_s"] == 0.25
    assert shown(tmp_path / "o.wav", "audio") == shown(tmp_path / "a.wav", "audio")


def _whole(tmp_path: Path, container: str) -> bytes:
    if container == "AVI":
        return _avi(tmp_path / "a.avi").read_bytes()
    if container == "AMR":
        return _amr(amr._FORMS[0])
    if container == "AAC":
        return _sound(tmp_path / "a.aac", "adts", "aac").read_bytes()
    if container == "CAF":
        return _sound(tmp_path / "a.caf", "caf", "alac").read_bytes()
    return _long_wave(b"RF64", _RNG.bytes(4000))


@pytest.mark.parametrize("container", ["AVI", "AMR", "AAC", "CAF", "WAV"])
def test_a_file_changed_at_random_ends_in_a_copy_or_a_refusal(tmp_path, container):
    whole = _whole(tmp_path, container)
    rng = np.random.default_rng(11)
    copies = 0
    for _ in range(40):
        data = bytearray(whole[: rng.integers(len(whole) // 2, len(whole))])
        for at in rng.integers(0, min(len(data), 600), 3):
            data[at] = rng.integers(0, 256)
        (tmp_path / "b").write_bytes(data)
        with (tmp_path / "b").open("rb") as source, (tmp_path / "c").open("wb") as sink:
            try:
                STRIPPERS[container].copy(source.fileno(), sink.fileno(), {})
                copies += 1
            except InputError:
                pass
    assert copies > 0


@pytest.mark.slow
def test_exiftool_finds_nothing_to_tell_in_the_copies(tmp_path):
    if exiftool.present() is None:
        pytest.skip("exiftool is not installed")
    for container in ("AVI", "AMR", "AAC", "CAF", "WAV"):
        (tmp_path / container).write_bytes(_whole(tmp_path, container))
        actions.strip(tmp_path / container, tmp_path / f"{container}-o")
        said = " ".join(map(str, (exiftool.tags(tmp_path / f"{container}-o") or {}).values()))
        assert "Jane Roe" not in said and "Lav" not in said
