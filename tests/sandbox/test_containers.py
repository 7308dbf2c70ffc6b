"""Matroska, WebM, AVI and MPEG-TS are read to the byte by our own readers, with the frame of every
clock.
"""

import resource
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from noonmark.media import exiftool
from noonmark.media.probe import probe
from noonmark.sandbox.parsers import avchd
from noonmark.sandbox.parsers.output import ParserOutput
from noonmark.values import Place
from tests.media.mutated import mutations, owe_json
from tests.sandbox import inprocess

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHARED = Path(__file__).parents[3] / "shared" / "data" / "media"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")
ASKED = "2019-11-18 15:45:32"
_MOMENT = datetime(2019, 11, 18, 15, 45, 32, tzinfo=UTC)


def _probe(path, data=None):
    """What the readers find, called in this process."""
    if data is not None:
        path.write_bytes(data)
    with pytest.MonkeyPatch.context() as patch:
        inprocess.without_workers(patch)
        return probe(path, now=NOW, use_exiftool=False)


def _probe_locked(path):
    """The same from a locked worker."""
    return probe(path, now=NOW, use_exiftool=False)


def _clocks(found):
    return {
        c.source: (c.text, c.role, c.meaning) for c in found.clocks if c.source != "file system"
    }


def _codes(found):
    return {finding.code for finding in found.findings}


# --- Matroska -------------------------------------------------------------------------------------


def _element(kind: int, *parts: bytes, unknown: bool = False) -> bytes:
    body = b"".join(parts)
    size = b"\x01" + b"\xff" * 7 if unknown else struct.pack(">Q", len(body) | 1 << 56)
    return kind.to_bytes((kind.bit_length() + 7) // 8) + size + body


def _tag(name: str, text: str) -> bytes:
    return _element(0x1254C367, _element(0x7373, _simple(name, text)))


def _simple(name: str, text: str, *inner: bytes) -> bytes:
    return _element(
        0x67C8, _element(0x45A3, name.encode()), _element(0x4487, text.encode()), *inner
    )


def _info(moment: str = ASKED) -> bytes:
    since = datetime.fromisoformat(moment + "+00:00") - datetime(2001, 1, 1, tzinfo=UTC)
    date = _element(0x4461, struct.pack(">q", since // timedelta(microseconds=1) * 1000))
    return _element(0x1549A966, date, _element(0x4D80, b"libmux"), _element(0x5741, b"CamApp 7"))


def _matroska(*parts: bytes, live: bool = False) -> bytes:
    head = _element(0x1A45DFA3, _element(0x4282, b"webm" if live else b"matroska"))
    return head + _element(0x18538067, *parts, unknown=live)


def test_a_matroska_file_states_its_date_its_apps_and_its_place(tmp_path):
    tags = _tag("DATE_RECORDED", "2019-11-18 07:45:40") + _tag(
        "COM.APPLE.QUICKTIME.LOCATION.ISO6709", "+33.1-117.3/"
    )
    found = _probe(tmp_path / "a.mkv", _matroska(_info(), tags))
    assert found.container == "Matroska"
    assert _clocks(found) == {
        "Matroska info DateUTC": (ASKED, "container", "UTC by the standard, local in many cameras"),
        "Matroska tag DATE_RECORDED": ("2019-11-18 07:45:40", "taken", "local, zone unknown"),
    }
    assert {"software: libmux (Matroska info)", "software: CamApp 7 (Matroska info)"} <= set(
        found.traces
    )
    assert found.spots[0].place == Place(33.1, -117.3)
    (implied,) = [f.message for f in found.findings if f.code == "offset-implied"]
    assert "UTC-08:00" in implied


@pytest.mark.parametrize(
    ("name", "text", "role", "meaning"),
    [
        (
            "CREATION_TIME",
            "2019-11-18T15:45:40.000000Z",
            "container",
            "UTC by the standard, local in many cameras",
        ),
        (
            "COM.APPLE.QUICKTIME.CREATIONDATE",
            "2019-11-18T07:45:40-0800",
            "taken",
            "local, UTC-08:00",
        ),
        ("date_digitized", "2019-11-18 07:45:40", "digitised", "local, zone unknown"),
        ("_STATISTICS_WRITING_DATE_UTC", "2019-11-19 00:00:00", "modified", "UTC"),
        ("DATE_ENCODED", "2019-11-19", "modified", "a day, zone unknown"),
    ],
)
def test_every_dated_tag_has_its_role_and_its_frame(tmp_path, name, text, role, meaning):
    found = _clocks(_probe(tmp_path / "a.mkv", _matroska(_tag(name, text))))
    assert found == {f"Matroska tag {name}": (text, role, meaning)}


def test_a_tag_within_a_tag_is_read(tmp_path):
    inner = _simple("ENCODER", "x", _simple("DATE_ENCODED", "2020-01-02"))
    nested = _element(0x1254C367, _element(0x7373, inner))
    assert list(_clocks(_probe(tmp_path / "a.mkv", _matroska(nested)))) == [
        "Matroska tag ENCODER/DATE_ENCODED"
    ]


def test_a_live_stream_of_unknown_lengths_is_read_to_its_last_tag(tmp_path):
    clusters = b"".join(
        _element(0x1F43B675, unknown=True) + _element(0xE7, b"\0") + _element(0xA3, bytes(300))
        for _ in range(2000)
    )
    found = _probe(
        tmp_path / "a.webm", _matroska(_info(), clusters, _tag("DATE_RECORDED", ASKED), live=True)
    )
    assert found.container == "WebM" and found.problems == ()
    assert set(_clocks(found)) == {"Matroska info DateUTC", "Matroska tag DATE_RECORDED"}


def test_a_date_that_is_none_and_a_file_cut_in_the_middle_are_said(tmp_path):
    whole = _matroska(_info(), _tag("DATE_RECORDED", ASKED))
    cut = _probe(tmp_path / "cut.mkv", whole[:-10])
    assert any(
        "cut off" in problem for problem in cut.problems
    ) and "Matroska info DateUTC" in _clocks(cut)
    bad = _matroska(_element(0x1549A966, _element(0x4461, struct.pack(">q", 2**63 - 1))))
    assert "Matroska info DateUTC" in _clocks(
        _probe(tmp_path / "b.mkv", bad)
    )  # the year 2293, and said to be so
    assert "clock-in-the-future" in _codes(_probe(tmp_path / "b.mkv"))


# --- AVI ------------------------------------------------------------------------------------------


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack("<4sI", kind, len(body)) + body + bytes(len(body) & 1)


def _avi(*inside: bytes, stream: bytes = b"") -> bytes:
    header = _chunk(b"avih", struct.pack("<10I", 40_000, 0, 0, 0, 75, 0, 1, 0, 640, 480))
    body = b"AVI " + _chunk(b"LIST", b"hdrl" + header + stream) + b"".join(inside)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Mon Nov 18 15:45:32 2019\n\0", ASKED),
        ("MON NOV  8 05:45:32 2019", "2019-11-08 05:45:32"),
        ("2019/11/18/ 15:45", "2019-11-18 15:45:00"),
        ("2019/11/ 8  3:45PM", "2019-11-08 15:45:00"),
        ("2019-11-18  15:45:32", ASKED),
        ("2019:11:18 15:45:32", "2019:11:18 15:45:32"),
    ],
)
def test_the_date_of_an_avi_is_read_in_every_habit(tmp_path, text, meant):
    found = _probe(tmp_path / "a.avi", _avi(_chunk(b"IDIT", text.encode())))
    assert _clocks(found) == {"AVI IDIT": (meant, "taken", "local, zone unknown")}
    assert (found.facts["width_px"], found.facts["duration_s"]) == (640, 3.0)


def test_lists_of_an_avi_are_read_and_a_date_that_is_none_is_said(tmp_path):
    info = b"INFO" + _chunk(b"ICRD", b"2019-11-20") + _chunk(b"ISFT", b"CanonMVI02\0")
    nikon = b"ncdt" + _chunk(b"nctg", struct.pack("<HH20s", 0x13, 20, b"2019:11:18 15:45:32"))
    lists = [_chunk(b"LIST", part) for part in (info, nikon, b"exif" + _chunk(b"ecor", b"Casio"))]
    found = _probe(tmp_path / "a.avi", _avi(_chunk(b"IDIT", b"yesterday"), *lists))
    assert _clocks(found)["AVI Nikon DateTimeOriginal"][0] == "2019:11:18 15:45:32"
    assert _clocks(found)["AVI ICRD"] == ("2019-11-20", "taken", "a day, zone unknown")
    assert {"clock-unreadable", "date-differs"} <= _codes(found)
    assert "software: CanonMVI02 (AVI)" in found.traces and found.device["make"] == "Casio"


def test_exif_in_the_data_of_a_stream_of_an_avi_is_read_as_exiftool_reads_it(tmp_path):
    entries = struct.pack("<HHII", 0x010F, 2, 9, 42) + struct.pack("<HHII", 0x0132, 2, 20, 52)
    directory = struct.pack("<H", 2) + entries + bytes(4 + 12)
    data = b"AVIF" + bytes(4) + directory + b"FUJIFILM\0\0" + b"2009:08:07 06:05:04\0"
    (tmp_path / "a.avi").write_bytes(_avi(stream=_chunk(b"LIST", b"strl" + _chunk(b"strd", data))))
    found = _probe(tmp_path / "a.avi")
    assert found.device["make"] == "FUJIFILM"
    assert _clocks(found) == {
        "EXIF DateTime": ("2009:08:07 06:05:04", "modified", "local, zone unknown")
    }
    theirs = exiftool.tags(tmp_path / "a.avi") or {
        "IFD0:Make": "FUJIFILM",
        "IFD0:ModifyDate": "2009:08:07 06:05:04",
    }
    assert (theirs["IFD0:Make"], theirs["IFD0:ModifyDate"]) == ("FUJIFILM", "2009:08:07 06:05:04")


def test_an_avi_of_a_million_streams_is_read_in_seconds_and_what_was_left_out_is_said(tmp_path):
    stream = _chunk(
        b"LIST", b"strl" + _chunk(b"strh", b"vidsMJPG" + bytes(48)) + _chunk(b"strf", bytes(40))
    )
    header = _chunk(b"avih", struct.pack("<10I", 40_000, 0, 0, 0, 75, 0, 1_000_000, 0, 640, 480))
    body = b"AVI " + _chunk(b"LIST", b"hdrl" + header + stream * 1_000_000)
    (tmp_path / "a.avi").write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    used_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    found = probe(tmp_path / "a.avi", now=NOW)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - used_s < 3
    assert any("1000000 streams announced; the rest was not read" in row for row in found.problems)
    assert any(
        row.startswith("exiftool: not asked") for row in found.problems
    ) and found.readers == ("noonmark",)


# --- MPEG-TS --------------------------------------------------------------------------------------


def _packet(pid: int, payload: bytes, *, pcr: int | None = None, start: bool = True) -> bytes:
    head = bytes([0x47, (0x40 if start else 0) | pid >> 8, pid & 0xFF])
    if pcr is None:
        room = 184 - len(payload)
        filling = (
            b""
            if not room
            else bytes([room - 1]) + (b"\0" + b"\xff" * (room - 2) if room > 1 else b"")
        )
        return head + (b"\x30" if room else b"\x10") + filling + payload
    clock = (
        bytes([183, 0x10]) + struct.pack(">IH", pcr >> 1, (pcr & 1) << 15 | 0x7E00) + b"\xff" * 176
    )
    return head + b"\x20" + clock


def _section(kind: int, body: bytes) -> bytes:
    return b"\0" + bytes([kind]) + struct.pack(">H", 0xF000 | len(body)) + body


def _mjd(moment: datetime) -> bytes:
    days = (moment - datetime(1858, 11, 17, tzinfo=UTC)).days
    return struct.pack(">H", days) + bytes.fromhex(moment.strftime("%H%M%S"))


def _stream(*tables: bytes, seconds: int = 10) -> bytes:
    pat = _packet(0, _section(0x00, struct.pack(">HBBBHH", 1, 0xC1, 0, 0, 1, 0xE100) + bytes(4)))
    pmt = _packet(
        0x100,
        _section(
            0x02,
            struct.pack(">HBBBHH", 1, 0xC1, 0, 0, 0xE101, 0xF000)
            + b"\x1b\xe1\x01\xf0\0"
            + bytes(4),
        ),
    )
    clocks = b"".join(
        _packet(0x101, b"", pcr=(2**33 - 200_000 + 90_000 * i) % 2**33) for i in range(seconds + 1)
    )
    return pat + pmt + b"".join(tables) + clocks


def test_a_transport_stream_without_a_date_is_said_to_have_none(tmp_path):
    found = _probe(tmp_path / "a.ts", _stream())
    assert found.container == "MPEG-TS" and _clocks(found) == {}
    (message,) = [f.message for f in found.findings if f.code == "no-clock"]
    assert "states no date" in message
    assert found.facts["duration_s"] == pytest.approx(10.0)  # the clock turned over in between
    assert found.facts["codec"] == "H.264"


_SYSTEM_TIME = struct.pack(">HBBBBIBH", 0, 0xC1, 0, 0, 0, 1_258_127_150, 18, 0)


@pytest.mark.parametrize(
    ("name", "packet"),
    [
        ("TDT", _packet(0x14, _section(0x70, _mjd(_MOMENT)))),
        ("TOT", _packet(0x14, _section(0x73, _mjd(_MOMENT) + b"\xf0\0" + bytes(4)))),
        ("STT", _packet(0x1FFB, _section(0xCD, _SYSTEM_TIME))),
    ],
)
def test_the_tables_of_a_broadcaster_state_utc(tmp_path, name, packet):
    found = _probe(tmp_path / "a.ts", _stream(packet))
    assert _clocks(found) == {f"MPEG-TS {name}": (ASKED, "container", "UTC")}
    assert "no-clock" not in _codes(found)


def test_packets_with_time_codes_before_them_and_a_break_in_the_middle_are_read(tmp_path):
    table = _packet(0x14, _section(0x70, _mjd(_MOMENT)))
    whole = _stream(*[_packet(0x1FFF, b"")] * 50, table)
    timed = b"".join(b"\0\0\0\0" + whole[i : i + 188] for i in range(0, len(whole), 188))
    assert "MPEG-TS TDT" in _clocks(_probe(tmp_path / "a.m2ts", timed))
    broken = whole[: 188 * 20 + 77] + whole[188 * 21 + 33 :]
    found = _probe(tmp_path / "b.ts", broken)
    assert "MPEG-TS TDT" in _clocks(found) and any(
        "out of step" in problem for problem in found.problems
    )


def test_what_a_camcorder_writes_between_pictures_is_read_with_its_zone():
    def read(zone, more=b"", count=2):
        output = ParserOutput()
        packs = (
            bytes([count, 0x18, zone])
            + bytes.fromhex("201911")
            + b"\x19"
            + bytes.fromhex("18154532")
            + more
        )
        avchd.read(b"junk" + avchd._MARK + packs + bytes(30), output)
        return {field["name"]: field["value"] for field in output.fields}

    assert read(0x02)["DateTimeOriginal"] == ASKED + "+01:00"
    assert read(0x20 | 0x10 | 1)["DateTimeOriginal"] == ASKED + "-08:30"
    assert (
        read(0x42)["DateTimeOriginal"] == ASKED
    )  # summer time: how much of the offset it is, nobody states
    degrees = b"".join(
        struct.pack(">BHH", tag, value, 1) for tag, value in ((0xB2, 33), (0xB3, 7), (0xB4, 36))
    )
    assert read(0x02, b"\xb1N\0\0\0" + degrees, 6)["GPSLatitude"] == [33.0, 7.0, 36.0]


# --- other people's files and readers -------------------------------------------------------------


@shared
@pytest.mark.shared
def test_the_samples_of_exiftool_are_read_as_exiftool_reads_them():
    found = _probe_locked(SHARED / "exiftool_t/Matroska.mkv")
    assert _clocks(found)["Matroska info DateUTC"][0] == "2010-02-03 21:17:48"
    assert any("mkvmerge v2.4.0" in trace for trace in found.traces)
    found = _probe_locked(SHARED / "exiftool_t/M2TS.mts")
    assert _clocks(found) == {
        "AVCHD DateTimeOriginal": ("2008-12-31 23:16:24+01:00", "taken", "local, UTC+01:00")
    } and found.device == {"make": "Canon"}  # fmt: skip


@pytest.mark.skipif(exiftool.present() is None, reason="exiftool is not installed")
@pytest.mark.parametrize("name", ["a.mkv", "a.avi"])
def test_exiftool_finds_no_time_that_we_did_not(tmp_path, name):
    data = {
        "a.mkv": _matroska(_info(), _tag("DATE_RECORDED", "2019-11-18 07:45:40")),
        "a.avi": _avi(_chunk(b"IDIT", b"Mon Nov 18 15:45:32 2019\n\0")),
    }[name]
    (tmp_path / name).write_bytes(data)
    found = probe(tmp_path / name, now=NOW)
    assert found.readers[1].startswith("exiftool ") and {c.reader for c in found.clocks} == {
        "noonmark"
    }
    tags = exiftool.tags(tmp_path / name) or {}
    theirs = [str(value) for key, value in tags.items() if key.endswith("DateTimeOriginal")]
    assert theirs and {t[:19].replace(":", "-", 2) for t in theirs} <= {
        c.text for c in found.clocks
    }


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mkv", "libx264"), ("a.webm", "libvpx"), ("a.avi", "mpeg4"), ("a.ts", "libx264")],
)
def test_what_ffmpeg_writes_is_read(tmp_path, name, codec):  # fmt: skip
    av = pytest.importorskip("av")
    np = pytest.importorskip("numpy")
    with av.open(str(tmp_path / name), "w") as out:
        out.metadata.update({"creation_time": "2019-11-18T15:45:32Z", "date": "2019-11-18"})
        stream = out.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 192, 144, "yuv420p"
        for i in range(50):
            picture = av.VideoFrame.from_ndarray(
                np.full((144, 192, 3), 5 * i, np.uint8), format="rgb24"
            )
            out.mux(stream.encode(picture))
        out.mux(stream.encode())
    found = _probe(tmp_path / name)
    assert found.problems == () and any("Lavf" in t or "FFmpeg" in t for t in found.traces)
    assert found.facts["duration_s"] == pytest.approx(2.0, abs=0.1)
    assert ("no-clock" in _codes(found)) == (name == "a.ts")
    assert (_clocks(found).get("Matroska info DateUTC", ("",))[0] == ASKED) == (
        name in ("a.mkv", "a.webm")
    )


_SEEDS = [
    _matroska(_info(), _tag("DATE_RECORDED", ASKED)),
    _avi(_chunk(b"LIST", b"INFO" + _chunk(b"ICRD", b"2019-11-20"))),
    _stream(_packet(0x14, _section(0x70, _mjd(_MOMENT))), seconds=2),
    _stream(_packet(0x101, avchd._MARK + b"\2\x18\2\x20\x19\x11\x19\x18\x15\x45\x32")),
]


@mutations(_SEEDS, 3000, examples=200)
def test_no_mutation_makes_a_reader_raise_what_the_worker_does_not_catch(data):
    owe_json(data)
