"""What a file says of itself is read to the byte, and every contradiction is put into words."""

import io
import json
import os
import resource
import struct
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noonmark import actions
from noonmark.errors import InputError, NoonmarkError
from noonmark.media import c2pa, contradictions, exiftool, file_names, stated_places, stated_times
from noonmark.media.probe import probe
from noonmark.values import Place
from tests.media.mutated import mutations, owe_json

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SHARED = Path(__file__).parents[3] / "shared" / "data" / "media"
shared = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data is absent")
with_exiftool = pytest.mark.skipif(exiftool.present() is None, reason="exiftool is not installed")


def _probe(path):
    return probe(path, now=NOW, use_exiftool=False)


def _said(found, code):
    return [f.message for f in found.findings if f.code == code]


def _jpeg(*, size=(64, 48), main=None, exif=None, gps=None, colour=(90, 120, 60)) -> bytes:
    from PIL import Image

    tags = Image.Exif()
    for tag, value in (main or {}).items():
        tags[tag] = value
    tags.get_ifd(0x8769).update(exif or {})
    tags.get_ifd(0x8825).update(gps or {})
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=tags)
    return out.getvalue()


def _file(folder: Path, data: bytes, name: str = "a.jpg") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


# --- what the notes name, found in the files that they name ---------------------------------------


@shared
@pytest.mark.shared
def test_the_container_that_holds_local_time_is_found_by_the_satellites_clock(real_sandbox):
    found = _probe(SHARED / "gopro/max-heromode.mp4")
    (message,) = _said(found, "container-is-local")
    assert (
        "7 h 59 min 42 s before" in message and "UTC-08:00" in message and "leaves 18 s" in message
    )
    assert len(found.tracks[0].points) == 191
    assert found.tracks[0].points[0].place == Place(33.12677, -117.3273436)


@shared
@pytest.mark.shared
def test_the_container_that_agrees_with_the_satellites_is_said_to_hold_utc(tmp_path):
    path = _file(tmp_path, (SHARED / "gopro/karma.mp4").read_bytes(), "karma.mp4")
    written = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))  # a checkout's own date would be one more clock
    found = _probe(path)
    assert found.contradictions == ()
    (message,) = _said(found, "clocks-agree")
    assert "the container's time is UTC" in message
    assert found.tracks[0].source == "GPMF GoPro Karma v1.0"


@shared
@pytest.mark.shared
@pytest.mark.parametrize("name", ["DSCN0010.jpg", "DSCN0012.jpg", "DSCN0021.jpg"])
def test_a_gps_date_one_day_after_the_camera_date_is_found(name):
    (message,) = _said(_probe(SHARED / "exif" / name), "date-differs")
    assert "1 day later" in message and "UTC+02:00" in message


@shared
@pytest.mark.shared
def test_positions_of_dji_files_are_read_in_the_order_that_the_file_proves_or_called_open():
    def first(name):
        return _probe(SHARED / "dji_srt" / name)

    assert first("mavic_pro.SRT").spots[0].place == Place(-20.2533, 149.0251)
    assert first("dme_avata2_clip.SRT").spots[0].place == Place(39.906217, 116.391305)
    assert first("mavic_mini.SRT").spots[0].place == Place(48.0771, -121.7458)
    assert first("air2s.srt").spots[0].place == Place(41.424724, 2.234156)
    open_ = first("matrice_300.srt")
    assert open_.spots[0].other == Place(36.6146, -6.112)
    assert "the file does not say" in _said(open_, "order-unknown")[0]
    assert any(
        "16 of 546 cues state no position" in p for p in first("mavic_pro_buggy.SRT").problems
    )
    assert any("state the position 0,0" in p for p in first("dme_neo2_clip_nogps.SRT").problems)
    assert first("mavic_air.SRT").spots == ()
    assert len(first("mavic_2_style.SRT").tracks[0].points) == 468


@shared
@pytest.mark.shared
def test_no_telemetry_of_dji_states_a_zone_and_none_is_made_up():
    files = [
        path for path in sorted((SHARED / "dji_srt").iterdir()) if path.stat().st_size
    ]  # one of the 24 is empty
    assert len(files) == 23
    stated = {
        clock.meaning for path in files for clock in _probe(path).clocks if clock.role == "subtitle"
    }
    assert stated == {"local, zone unknown"}


@shared
@pytest.mark.shared
def test_an_offset_that_gps_and_camera_imply_is_said():
    assert (
        "UTC-04:00, to 15 s" in _said(_probe(SHARED / "exiftool_t/GoPro.jpg"), "offset-implied")[0]
    )
    assert (
        "UTC+01:00, to 7 s" in _said(_probe(SHARED / "exiftool_t/Apple.jpg"), "offset-implied")[0]
    )
    assert "states no date" in _said(_probe(SHARED / "exiftool_t/GPS.jpg"), "offset-implied")[0]


@shared
@pytest.mark.shared
@with_exiftool
def test_our_own_reader_and_exiftool_see_the_same_track():
    from noonmark.sandbox import process

    file = SHARED / "gopro/max-heromode.mp4"
    own = [(p.place.lat_deg, p.place.lon_deg) for p in _probe(file).tracks[0].points]
    command = [
        exiftool.present(),
        "-n",
        "-ee",
        "-a",
        "-s3",
        "-Track4:GPSLatitude",
        "-Track4:GPSLongitude",
        "-",
    ]
    numbers = [float(n) for n in process.run_program(command, file=file).split()]
    assert own == list(zip(numbers[:191], numbers[191:], strict=True))


@shared
@pytest.mark.shared
@pytest.mark.slow
def test_no_file_made_to_crash_parsers_hangs_or_grows_us(real_sandbox):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for path in sorted((SHARED / "broken").iterdir()):
        started = time.monotonic()
        try:
            probe(path, now=NOW)
        except NoonmarkError as error:
            assert error.code in (
                "not-media",
                "worker-failed",
                "worker-died",
                "worker-memory",
                "worker-time",
            ), path
        assert time.monotonic() - started < 15, path
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


# --- made by us -----------------------------------------------------------------------------------


def test_an_offset_not_in_use_at_the_place_is_a_contradiction(tmp_path):
    """A phone on Swiss summer time in Japan."""
    gps = {1: "N", 2: (36.0, 12.0, 0.0), 3: "E", 4: (138.0, 0.0, 0.0)}
    path = _file(tmp_path, _jpeg(exif={0x9003: "2023:08:08 09:00:00", 0x9011: "+02:00"}, gps=gps))
    messages = [
        f["message"]
        for f in actions.probe(path)["findings"]
        if f["code"] == "zone-of-another-place"
    ]
    assert len(messages) == 1 and "UTC+09:00 (Asia/Tokyo)" in messages[0]


def test_a_thumbnail_of_another_picture_is_a_contradiction(real_sandbox, tmp_path):
    from PIL import Image, ImageDraw

    def drawn(flip):
        image = Image.new("RGB", (320, 240), (20, 20, 20))
        ImageDraw.Draw(image).ellipse(
            (200, 20, 300, 120) if flip else (20, 120, 140, 230), fill=(240, 240, 200)
        )
        return image

    for flip, expected in ((False, 0), (True, 1)):
        small = io.BytesIO()
        drawn(flip).resize((160, 120)).save(small, "JPEG")
        path = _file(tmp_path, _with_thumbnail(drawn(False), small.getvalue()), f"{flip}.jpg")
        assert len(_said(_probe(path), "thumbnail-differs")) == expected


def _with_thumbnail(image, thumbnail: bytes) -> bytes:
    """A JPEG whose second directory holds a thumbnail, built by hand."""
    out = io.BytesIO()
    image.save(out, "JPEG")
    ifd1 = struct.pack("<HHHIIHHIII", 2, 0x0201, 4, 1, 44, 0x0202, 4, 1, len(thumbnail), 0)
    tiff = b"II*\0" + struct.pack("<I", 8) + struct.pack("<HI", 0, 14) + ifd1
    tiff += b"\0" * (44 - len(tiff)) + thumbnail
    body = b"Exif\0\0" + tiff
    return (
        out.getvalue()[:2]
        + b"\xff\xe1"
        + struct.pack(">H", len(body) + 2)
        + body
        + out.getvalue()[2:]
    )


def test_position_nought_is_no_place(tmp_path):
    zero = {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)}
    found = _probe(_file(tmp_path, _jpeg(gps=zero)))
    assert found.spots == () and len(_said(found, "place-nought")) == 1


def test_a_clock_never_set_and_one_in_the_future_are_said(tmp_path):
    assert _said(
        _probe(_file(tmp_path, _jpeg(exif={0x9003: "1970:01:01 00:00:12"}))), "clock-unset"
    )
    assert _said(
        _probe(_file(tmp_path, _jpeg(exif={0x9003: "2031:01:05 00:00:12"}), "b.jpg")),
        "clock-in-the-future",
    )
    assert _said(
        _probe(_file(tmp_path, _jpeg(exif={0x9003: "0000:00:00 00:00:00"}), "c.jpg")),
        "clock-unreadable",
    )


def test_saved_before_it_was_taken_is_a_contradiction(tmp_path):
    data = _jpeg(main={0x0132: "2020:01:02 00:00:00"}, exif={0x9003: "2021:01:02 00:00:00"})
    assert _said(_probe(_file(tmp_path, data)), "saved-before-taken")


@pytest.mark.parametrize(
    ("name", "frame", "text"),
    [
        ("IMG_20191118_154532.jpg", "local", "2019-11-18 15:45:32"),
        ("PXL_20231006_205210123.jpg", "utc", "2023-10-06 20:52:10"),
        ("VID-20190101-WA0001.mp4", "date", "2019-01-01 00:00:00"),
        ("Screenshot 2020-02-03 at 04.05.06.png", "local", "2020-02-03 04:05:06"),
    ],
)
def test_the_file_name_is_a_clock_too(name, frame, text):
    (clock,) = file_names.time_of_name(name)
    assert (clock.frame, str(clock.wall)) == (frame, text)


def test_a_wrong_extension_does_not_matter(tmp_path):
    assert _probe(_file(tmp_path, _jpeg(), "photo.mp4")).container == "JPEG"


@pytest.mark.parametrize("data", [b"", b"hello, this is a letter\n", b"\0" * 5000])
def test_a_file_that_is_no_media_gets_one_sentence(tmp_path, data):
    with pytest.raises(InputError) as caught:
        _probe(_file(tmp_path, data))
    assert caught.value.code == "not-media"


def test_a_document_that_is_only_a_head_says_so(tmp_path):
    found = _probe(_file(tmp_path, b"%PDF-1.7\n"))
    assert found.container == "PDF"
    assert any("no catalogue" in problem for problem in found.problems)


def test_a_picture_cut_in_the_middle_still_tells_what_its_head_says(tmp_path):
    data = _jpeg(size=(600, 400), exif={0x9003: "2020:01:02 03:04:05"})
    found = _probe(_file(tmp_path, data[: len(data) * 2 // 3]))
    assert found.clocks[0].text == "2020:01:02 03:04:05"
    assert any("cut off" in problem for problem in found.problems)


def test_bytes_behind_the_end_of_a_picture_are_said(tmp_path):
    assert _said(_probe(_file(tmp_path, _jpeg() + b"PK\3\4" + b"\0" * 500)), "data-behind-the-end")


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _png_bomb() -> bytes:
    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", 65_535, 65_535, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(10**6)))
        + chunk(b"IEND", b"")
    )


_BOMBS = {
    "a million tracks": _box(b"ftyp", b"mp42" + bytes(4))
    + _box(b"moov", _box(b"trak") * 1_000_000),
    "boxes in boxes": b"".join(
        struct.pack(">I4s", 8 * (20_000 - i), b"moov") for i in range(20_000)
    ),
    "a box of no end": _box(b"ftyp", b"mp42") + struct.pack(">I4sQ", 1, b"moov", 2**63),
    "a table of four thousand million": _box(
        b"moov",
        _box(
            b"trak",
            _box(b"mdia", _box(b"minf", _box(b"stbl", _box(b"stts", b"\0" * 4 + b"\xff" * 12)))),
        ),
    ),
    "65535 x 65535": _png_bomb(),
    "a directory that is its own next": b"MM\0*" + struct.pack(">IHI", 8, 0, 8),
    "a directory of 65535": b"II*\0" + struct.pack("<IH", 8, 65_535) + bytes(100),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", _BOMBS)
def test_a_bomb_is_read_or_refused_in_bounded_time_and_memory(real_sandbox, tmp_path, name):
    path = _file(tmp_path, _BOMBS[name])
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    try:
        _probe(path)
    except NoonmarkError as error:
        assert error.code in ("not-media", "worker-failed", "worker-time", "worker-memory")
    assert time.monotonic() - started < 15
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    assert os.listdir(tmp_path) == ["a.jpg"]


_SEEDS = [
    _jpeg(
        main={0x010F: "X"}, exif={0x9003: "2020:01:02 03:04:05"}, gps={1: "N", 2: (1.0, 2.0, 3.0)}
    ),
    _png_bomb()[:200],
    _box(b"ftyp", b"mp42")
    + _box(
        b"moov", _box(b"mvhd", bytes(100)), _box(b"udta", _box(b"\xa9xyz", b"\0\5\x15\xc7+1.0+2"))
    ),
    b"1\n00:00:00,000 --> 00:00:01,000\nGPS(1.5,2.5,3) 2017.07.03 10:15:03\n",
    b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(20),
]


@mutations(_SEEDS, 500, examples=150)
def test_no_mutation_makes_a_reader_raise_or_write_what_json_cannot_hold(data):
    owe_json(data)


@given(st.integers(-48, 56), st.integers(-100, 100))
def test_every_zone_in_steps_of_a_quarter_is_recognised(steps, drift_s):
    taken = stated_times.stated("EXIF", "2024:05:02 12:00:00", "taken", reader="x")
    wall = taken.wall.timestamp if taken.wall else None
    assert wall is not None
    from datetime import timedelta

    gps_wall = taken.wall - timedelta(seconds=900 * steps + drift_s)
    gps = stated_times.StatedTime("GPS", "x", str(gps_wall), "gps", "utc", gps_wall, 0)
    (finding,) = contradictions.of_clocks([gps, taken], now=NOW)
    assert finding.code == "offset-implied"
    assert stated_times.offset_text(15 * steps) in finding.message


def test_the_main_process_never_imports_a_decoder(tmp_path):
    path = _file(tmp_path, _jpeg(exif={0x9003: "2020:01:02 03:04:05"}))
    code = (
        "import sys\nfrom pathlib import Path\nfrom noonmark import actions\n"
        f"actions.probe(Path({str(path)!r}))\n"
        "bad = {'PIL', 'av', 'cv2', 'pillow_heif', 'onnxruntime', 'tifffile'} & set(sys.modules)\n"
        "assert not bad, bad"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_track_leaves_as_gpx_and_geojson_with_its_status(real_sandbox, tmp_path):
    import xml.etree.ElementTree as Tree

    text = "".join(
        f"{i}\n00:00:0{i},000 --> 00:00:0{i + 1},000\n2022-08-07 13:40:4{i},000\n"
        f"[latitude: 41.00{i}] [longitude: 2.00{i}] [altitude: 117.0]\n\n"
        for i in range(1, 5)
    )
    path = _file(tmp_path, text.encode(), "a.srt")
    found = actions.probe(
        path, gpx=tmp_path / "a.gpx", geojson=tmp_path / "a.geojson", claimed=Place(45.0, 2.0)
    )
    points = Tree.parse(tmp_path / "a.gpx").getroot().findall(".//{*}trkpt")
    assert [p.get("lat") for p in points] == [
        "41.0010000",
        "41.0020000",
        "41.0030000",
        "41.0040000",
    ]
    assert not any(
        p.find("{*}time") is not None for p in points
    )  # a local clock is not written as UTC
    line = json.loads((tmp_path / "a.geojson").read_text())["features"][0]
    assert line["geometry"]["coordinates"][0] == [2.001, 41.001, 117.0]
    assert line["properties"]["status"] == "claim"
    assert "444." in next(f["message"] for f in found["findings"] if f["code"] == "claimed-place")
    with pytest.raises(InputError) as caught:
        actions.probe(path, gpx=tmp_path / "a.gpx")
    assert caught.value.code == "output-exists"


def test_distances_on_the_sphere_are_right():
    assert stated_places.km(Place(0, 0), Place(0, 180)) == pytest.approx(20015.1, abs=0.1)
    assert stated_places.km(Place(36.12, -86.67), Place(33.94, -118.40)) == pytest.approx(
        2887.0, abs=1.0
    )


def test_hostile_text_comes_back_inert(real_sandbox, tmp_path):
    found = _probe(_file(tmp_path, _jpeg(main={0x010F: "\x1b[2J\u202eevil"})))
    assert "\x1b" not in found.device["make"]


def test_an_item_of_a_case_keeps_the_clocks_of_its_name_and_of_its_date_before_it_was_added(
    real_sandbox, tmp_path
):
    path = tmp_path / "IMG_20200102_030405.jpg"
    path.write_bytes(_jpeg(exif={0x9003: "2020:01:02 03:04:05"}))
    os.utime(path, (1_577_934_245, 1_577_934_245))
    again = tmp_path / "from-the-uploader.jpg"
    again.write_bytes(path.read_bytes())
    case = tmp_path / "case"
    actions.new_case(case)
    actions.add_to_case(case, [str(path)])
    actions.add_to_case(case, [str(again)])
    outside = actions.probe(path)
    inside = actions.probe(case / "objects" / outside["sha256"][:2] / outside["sha256"])
    assert inside["name"] == path.name and inside["clocks"] == outside["clocks"]
    assert {clock["source"]: clock["text"] for clock in inside["clocks"]} == {
        "EXIF DateTimeOriginal": "2020:01:02 03:04:05",
        "file name": "20200102_030405",
        "file system": "2020-01-02 03:04:05",
    }


def test_exiftool_in_the_current_folder_is_not_run(tmp_path, monkeypatch):
    program = tmp_path / "exiftool"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", ".")
    assert exiftool.present() is None
    monkeypatch.setenv("PATH", str(tmp_path))
    assert exiftool.present() == str(program)


@pytest.mark.parametrize("verdict", ["", "None", "Fits"])
def test_a_statement_on_which_the_library_gave_no_verdict_does_not_fit(verdict):
    assert c2pa._state({"state": "read", "verdict": verdict}, ()) == "unreadable"
    assert c2pa._state({"state": "read", "verdict": "Valid"}, ()) == "fits"


@pytest.mark.parametrize("kind", [1, 7])
def test_xmp_in_a_tiff_is_read_whether_it_is_called_bytes_or_undefined(tmp_path, kind):
    packet = b'<x xmp:CreatorTool="Editor 9"/>'
    entry = struct.pack("<HHII", 0x02BC, kind, len(packet), 26)
    head = b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    found = _probe(_file(tmp_path, head + packet, "a.tif"))
    assert found.traces == ("software: Editor 9 (XMP)",)


def _directions(tmp_path, gps, xmp=b""):
    data = _jpeg(gps=gps)
    if xmp:
        body = b"http://ns.adobe.com/xap/1.0/\0" + xmp
        data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]
    return _probe(_file(tmp_path, data)).directions


def test_the_direction_of_a_phone_is_a_claim_whose_error_knows_its_north(tmp_path):
    (true,) = _directions(tmp_path, {16: "T", 17: 312.5})
    (magnetic,) = _directions(tmp_path, {16: "M", 17: 0.25})
    (unsaid,) = _directions(tmp_path, {17: 359.0})
    assert (true.azimuth_deg, true.north, true.of, true.sigma_deg) == (312.5, "true", "camera", 15)
    assert (magnetic.north, magnetic.sigma_deg) == ("magnetic", 18.0)
    assert (unsaid.north, unsaid.sigma_deg) == ("unknown", 18.0)


def test_the_yaw_of_a_gimbal_comes_before_that_of_its_aircraft(tmp_path):
    xmp = b'<x drone-dji:FlightYawDegree="-170.5" drone-dji:GimbalYawDegree="-90.0"/>'
    gimbal, aircraft = _directions(tmp_path, {}, xmp)
    assert (gimbal.azimuth_deg, gimbal.of, gimbal.sigma_deg) == (270.0, "camera", 5.0)
    assert (aircraft.azimuth_deg, aircraft.of) == (189.5, "aircraft")


@pytest.mark.parametrize("text", [b"nan", b"1e9", b"", b"north", b"-361"])
def test_a_direction_that_is_none_is_left_out(tmp_path, text):
    assert _directions(tmp_path, {}, b'<x drone-dji:GimbalYawDegree="' + text + b'"/>') == ()
