"""What is coded and not shown is named, and what one reader alone knows is shown as its own."""

import io
import struct
from pathlib import Path

import av
import pytest
from PIL import Image

from noonmark import actions
from noonmark.media import exiftool
from noonmark.sandbox.parsers import coded_size
from tests.media import films, made
from tests.media.test_strip_matrix import _cut_by_edit_list

FOOTAGE = Path(__file__).parents[3] / "shared" / "data" / "footage"
shared = pytest.mark.skipif(not FOOTAGE.exists(), reason="../shared/data is absent")


def _hidden(path: Path) -> list[str]:
    found = actions.probe(path)["findings"]
    return [finding["message"] for finding in found if finding["code"] == "coded-not-shown"]


def test_frames_beyond_an_edit_list_are_counted(tmp_path):
    path = made.film(tmp_path / "a.mp4", made.numbered(40), range(0, 1600, 40))
    assert not _hidden(path)
    _cut_by_edit_list(path, begins_ms=800, lasts_ms=400)
    (said,) = _hidden(path)
    assert "of 40 coded frames of track 1 (edit list)" in said
    assert 28 <= actions.probe(path)["facts"]["frames_not_shown"] <= 30


def test_a_video_track_that_is_switched_off_is_named_and_stays_behind(tmp_path):
    path = films.film(tmp_path / "a", "mp4", pictures=["libx264", "libx264"])
    data = bytearray(path.read_bytes())
    at = data.rindex(b"tkhd") + 4
    data[at + 3] &= 0xFE
    path.write_bytes(data)
    assert _hidden(path) == [
        "coded in the file and not shown: track 2, a video that is switched off"
    ]
    done = actions.strip(path, tmp_path / "o")
    assert "track 2 (video that is not shown)" in done["removed"]
    assert not _hidden(tmp_path / "o")


@pytest.mark.parametrize(
    ("codec", "kind", "cropped"), [("libx264", b"avcC", 14), ("libx265", b"hvcC", 6)]
)
def test_the_cropping_of_a_coded_picture_is_read(tmp_path, codec, kind, cropped):
    if codec not in av.codecs_available:
        pytest.skip(f"this PyAV has no {codec}")
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as out:
        # With B-frames x265 leaves the decoding time of a lone frame unset: one run in fifty fails.
        quiet = {"x265-params": "log-level=none:pools=1:bframes=0"} if codec == "libx265" else {}
        stream = out.add_stream(codec, rate=25, options=quiet)
        stream.width, stream.height, stream.pix_fmt = 50, 34, "yuv420p"
        frame = av.VideoFrame.from_ndarray(made.scene(1, 34, 50), format="rgb24")
        out.mux(stream.encode(frame))
        out.mux(stream.encode())
    data = path.read_bytes()
    at = data.index(kind)
    size = int.from_bytes(data[at - 4 : at])
    assert coded_size.cropped_px(kind, data[at + 4 : at - 4 + size]) == (0, cropped, 0, cropped)
    # What fills up the last block is no hidden picture.
    assert not _hidden(path)


def _jpeg(seed: int) -> bytes:
    out = io.BytesIO()
    Image.fromarray(made.scene(seed)).save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("tail", "named"),
    [
        (_jpeg(2), "further pictures behind the main one"),
        (b"\0\0\0\x18ftypmp42" + bytes(100), "a film behind the picture"),
    ],
)
def test_what_hangs_behind_a_photo_is_named_although_it_ends_like_one(tmp_path, tail, named):
    (tmp_path / "a.jpg").write_bytes(_jpeg(1) + tail)
    assert named in _hidden(tmp_path / "a.jpg")[0]
    assert actions.probe(tmp_path / "a.jpg")["facts"]["behind_the_end_bytes"] == len(tail)


def test_a_progressive_photo_with_restarts_ends_where_it_ends(tmp_path):
    path = tmp_path / "a.jpg"
    Image.fromarray(made.scene(1)).save(path, "JPEG", progressive=True, restart_marker_rows=1)
    assert "behind_the_end_bytes" not in actions.probe(path)["facts"]
    path.write_bytes(path.read_bytes()[:-400])
    assert any("no end" in problem for problem in actions.probe(path)["unread"])


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_bytes_behind_the_end_of_a_picture_are_counted(tmp_path, form):
    path = tmp_path / "a"
    Image.fromarray(made.scene(1)).save(path, form)
    assert "behind_the_end_bytes" not in actions.probe(path)["facts"]
    path.write_bytes(path.read_bytes() + b"older rows of the same picture")
    found = actions.probe(path)
    assert found["facts"]["behind_the_end_bytes"] == 30
    assert "data-behind-the-end" in [finding["code"] for finding in found["findings"]]


def test_the_place_of_a_heic_is_read_in_either_order_of_its_boxes(tmp_path, no_exiftool):
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    tags = Image.Exif()
    tags.get_ifd(0x8825).update({1: "N", 2: (36.0, 12.0, 7.0), 3: "E", 4: (37.0, 9.0, 36.0)})
    Image.fromarray(made.scene(1)).save(tmp_path / "a.heic", "HEIF", exif=tags)
    data = (tmp_path / "a.heic").read_bytes()
    boxes = {}
    for kind in (b"iinf", b"iloc"):
        at = data.index(kind) - 4
        boxes[kind] = (at, at + int.from_bytes(data[at : at + 4]))
    (a, a_end), (b, b_end) = sorted(boxes.values())
    swapped = data[:a] + data[b:b_end] + data[a_end:b] + data[a:a_end] + data[b_end:]
    (tmp_path / "b.heic").write_bytes(swapped)
    for name in ("a.heic", "b.heic"):
        (place,) = actions.probe(tmp_path / name)["places"]
        assert (round(place["lat_deg"], 4), round(place["lon_deg"], 4)) == (36.2019, 37.16)


def _dashcam(path: Path) -> Path:
    """A film with the blocks of a dashcam behind it and their table in its head."""
    film = made.film(path, made.numbered(3), range(0, 120, 40)).read_bytes()
    blocks, offsets = b"", []
    for second, letter in ((12, b"A"), (13, b"A"), (14, b"V")):
        offsets.append(len(film) + len(blocks))
        row = struct.pack("<6i", 10, 11, second, 24, 5, 1) + letter + b"SW\0"
        row += struct.pack("<4f", 3336.0 + second, 7030.0, 20.0, 45.0)
        block = b"freeGPS " + bytes(36) + row
        blocks += struct.pack(">I", len(block) + 4) + block
    table = struct.pack(">II", 0x101, len(offsets))
    table += b"".join(struct.pack(">II", offset, 100) for offset in offsets)
    table = struct.pack(">I4s", len(table) + 8, b"gps ") + table
    at = film.index(b"moov") - 4
    size = int.from_bytes(film[at : at + 4])
    assert at + size == len(film)
    moov = struct.pack(">I", size + len(table)) + film[at + 4 :] + table
    moved = moov
    shift = len(table)
    for offset in offsets:
        moved = moved.replace(
            struct.pack(">II", offset, 100), struct.pack(">II", offset + shift, 100)
        )
    path.write_bytes(film[:at] + moved + blocks)
    return path


def test_the_positions_of_a_dashcam_are_read_without_exiftool(tmp_path, no_exiftool):
    found = actions.probe(_dashcam(tmp_path / "a.mp4"))
    (place,) = found["places"]
    assert place["source"] == "dashcam GPS, first point"
    assert round(place["lat_deg"], 4) == -round(33 + 48 / 60, 4)
    assert place["lon_deg"] == -70.5
    assert found["tracks"][0]["points"] == 2
    clock = next(c for c in found["clocks"] if c["source"].startswith("dashcam"))
    assert (clock["text"], clock["frame"]) == ("2024:05:01 10:11:12", "local")
    actions.strip(tmp_path / "a.mp4", tmp_path / "o.mp4")
    assert not actions.probe(tmp_path / "o.mp4")["places"]
    assert b"freeGPS" not in (tmp_path / "o.mp4").read_bytes()


def test_what_exiftool_alone_reads_is_shown_as_its_own(tmp_path, monkeypatch):
    path = made.film(tmp_path / "a.mp4", made.numbered(3), range(0, 120, 40))
    tags = {
        "ExifTool:ExifToolVersion": 12.57,
        "Track3:GPSLatitude": 48.8584,
        "Track3:GPSLongitude": 2.2945,
        "QuickTime:GPSCoordinates": "-33.5 -70.5 500",
        "Composite:GPSLatitude": 1.0,
        "QuickTime:Make": "DashMaker",
        "Track3:DateTimeOriginal": "2024:05:01 12:11:12",
        "Track3:OffsetTimeOriginal": "+02:00",
    }
    monkeypatch.setattr(exiftool, "tags", lambda *_, **__: tags)
    found = actions.probe(path)
    places = {p["source"]: (p["lat_deg"], p["lon_deg"]) for p in found["places"]}
    assert places == {
        "exiftool Track3 GPS": (48.8584, 2.2945),
        "exiftool QuickTime GPS": (-33.5, -70.5),
    }
    assert found["device"]["make"] == "DashMaker (read by exiftool alone)"
    (clock,) = [c for c in found["clocks"] if c["reader"] == "exiftool"]
    assert (clock["offset_min"], clock["utc"]) == (120, "2024-05-01T10:11:12Z")


def test_a_place_that_both_readers_know_is_shown_once(tmp_path, monkeypatch):
    tags = Image.Exif()
    tags.get_ifd(0x8825).update({1: "S", 2: (36.0, 12.0, 7.0), 3: "W", 4: (37.0, 9.0, 36.0)})
    Image.fromarray(made.scene(1)).save(tmp_path / "a.jpg", exif=tags)
    said = {
        "GPS:GPSLatitude": 36.20194,
        "GPS:GPSLatitudeRef": "S",
        "GPS:GPSLongitude": 37.16,
        "GPS:GPSLongitudeRef": "W",
    }
    monkeypatch.setattr(exiftool, "tags", lambda *_, **__: said)
    (place,) = actions.probe(tmp_path / "a.jpg")["places"]
    assert place["source"] == "EXIF GPS" and place["lat_deg"] < 0 and place["lon_deg"] < 0


@shared
@pytest.mark.shared
def test_real_footage_shows_its_place_and_what_it_hides(no_exiftool):
    for name in ("heic_gps.heic", "2024_0501_121112_dashcam.MP4", "phone.mov"):
        place = actions.probe(FOOTAGE / name)["places"][0]
        assert abs(place["lat_deg"] - 48.8584) < 1e-3 and abs(place["lon_deg"] - 2.2945) < 1e-3
    assert "75 of 227 coded frames" in _hidden(FOOTAGE / "editlist.mp4")[0]
