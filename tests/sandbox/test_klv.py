"""The clock and the track of an aircraft's camera are read from a transport stream, where the
checksum holds.
"""

import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark.media.probe import probe
from noonmark.sandbox.parsers import klv
from noonmark.sandbox.parsers.output import ParserOutput
from tests.sandbox.test_containers import _packet, _section

NOW = datetime(2026, 11, 22, tzinfo=UTC)
_KEY = bytes.fromhex("060e2b34020b01010e01030101000000")
# The examples of MISB ST 0601 for tags 2, 13, 14 and 15.
_TIME, _LATITUDE, _LONGITUDE, _ALTITUDE = "000459f4a6aa4aa8", "5595b66d", "5b5360c4", "c221"


def _set(*tags: tuple[int, str], time: str = _TIME) -> bytes:
    body = b"".join(
        bytes([tag, len(bytes.fromhex(value))]) + bytes.fromhex(value)
        for tag, value in ((2, time), *tags)
    )
    whole = _KEY + bytes([0x81, len(body) + 4]) + body + b"\1\2"
    words = sum(byte << 8 * ((i + 1) % 2) for i, byte in enumerate(whole))
    return whole + struct.pack(">H", words & 0xFFFF)


_PLACED = _set((13, _LATITUDE), (14, _LONGITUDE), (15, _ALTITUDE), (0x41, "00"))


def _read(data: bytes) -> ParserOutput:
    output = ParserOutput()
    klv.read(data, output)
    return output


def test_the_examples_of_the_standard_are_read_to_their_last_digit():
    output = _read(b"junk" + _PLACED)
    assert output.fields[0]["value"] == "2008-10-24T00:13:29.913" and not output.problems
    (track,) = output.tracks
    assert track["lat_deg"][0] == pytest.approx(60.1768229669783, abs=1e-12)
    assert track["lon_deg"][0] == pytest.approx(128.426759042045, abs=1e-12)
    assert track["altitude_m"][0] == pytest.approx(14190.72, abs=0.005)


def _stream(sets: bytes, *, kind: int = 0x06, described: bytes = b"\x05\x04KLVA") -> bytes:
    """A transport stream with these sets as its metadata, in one longer packet over as many as it
    takes.
    """
    pat = _packet(0, _section(0x00, struct.pack(">HBBBHH", 1, 0xC1, 0, 0, 1, 0xE100) + bytes(4)))
    streams = bytes([kind]) + struct.pack(">HH", 0xE102, 0xF000 | len(described)) + described
    pmt = _packet(
        0x100,
        _section(0x02, struct.pack(">HBBBHH", 1, 0xC1, 0, 0, 0xE101, 0xF000) + streams + bytes(4)),
    )
    whole = b"\0\0\1\xbd" + struct.pack(">H", 3 + len(sets)) + b"\x80\0\0" + sets
    pieces = [whole[i : i + 184] for i in range(0, len(whole), 184)]
    return (
        pat + pmt + b"".join(_packet(0x102, piece, start=not i) for i, piece in enumerate(pieces))
    )


@pytest.mark.parametrize(
    ("kind", "described"), [(0x06, b"\x05\x04KLVA"), (0x15, b"\x26\x01\x00"), (0x15, b"")]
)
def test_a_stream_states_when_and_where_its_camera_was(tmp_path, kind, described):
    later = _set(
        (13, "5595c000"), (14, _LONGITUDE), time="000459f4a6b98ce8"
    )  # 1.0 s after the first
    (tmp_path / "a.ts").write_bytes(_stream(_PLACED + later, kind=kind, described=described))
    found = probe(tmp_path / "a.ts", now=NOW, use_exiftool=False)
    clocks = {
        c.source: (c.text, c.role, c.meaning) for c in found.clocks if c.source != "file system"
    }
    assert clocks == {"MISB 0601 first time stamp": ("2008-10-24T00:13:29.913", "gps", "UTC")}
    (track,) = found.tracks
    assert [point.offset_s for point in track.points] == [0.0, pytest.approx(1.0, abs=1e-3)]
    assert (track.source, len(track.points)) == ("MISB 0601", 2)
    assert found.spots[0].place.lat_deg == pytest.approx(60.17682, abs=1e-5)
    assert "no-clock" not in {finding.code for finding in found.findings}


def test_private_data_that_is_not_said_to_be_metadata_is_left_alone(tmp_path):
    (tmp_path / "a.ts").write_bytes(_stream(_PLACED, described=b""))
    assert not probe(tmp_path / "a.ts", now=NOW, use_exiftool=False).tracks


@given(st.integers(0, len(_PLACED) - 1), st.integers(1, 255))
def test_a_set_with_a_changed_byte_is_not_believed(at, by):
    changed = bytearray(_PLACED)
    changed[at] ^= by
    output = _read(bytes(changed))
    assert not output.fields and not output.tracks
    assert output.problems or at < len(_KEY)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_sound_set_is_found_among_any_bytes(before, after):
    output = _read(before + _PLACED + after)
    assert output.tracks and output.tracks[0]["lat_deg"][0] > 60


@pytest.mark.parametrize(
    ("tags", "tracks"),
    [
        (((13, "80000000"), (14, _LONGITUDE)), 0),  # the sensor does not know
        (((13, _LATITUDE),), 0),
        (((13, "55"), (14, _LONGITUDE)), 0),
        (((13, _LATITUDE), (14, _LONGITUDE)), 1),
    ],
)
def test_a_place_that_is_not_whole_is_none(tags, tracks):
    assert len(_read(_set(*tags)).tracks) == tracks


def test_a_time_past_all_calendars_is_none():
    output = _read(_set((13, _LATITUDE), (14, _LONGITUDE), time="ff" * 8))
    assert not output.fields and output.tracks[0]["offset_s"] == [None]
