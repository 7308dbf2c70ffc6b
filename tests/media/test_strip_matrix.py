"""Every usual codec in every usual container is stripped: codecs x tracks x containers."""

import io
import struct
from pathlib import Path

import av
import pytest
from PIL import Image

from noonmark import actions
from noonmark.errors import InputError
from noonmark.media import exiftool, strip
from tests.media import made
from tests.media.films import WORDS, film, shown

_MARKS = (b"Lavc", b"Lavf", b"x264", b"x265")
"""What encoders write of themselves."""


def _strip(path: Path, out: Path, *, marks: tuple[bytes, ...] = _MARKS) -> dict:
    """Strip, and hold what every stripped film owes."""
    data = path.read_bytes()
    assert any(word in data for word in WORDS)
    done = actions.strip(path, out)
    copy = out.read_bytes()
    assert not [word for word in (*WORDS, *marks) if word in copy]
    assert done["packets_compared"] > 0
    return done


_FILMS = [("mp4", name) for name in ("libx264", "libx265", "libsvtav1", "libvpx-vp9", "mpeg4")] + [
    ("mov", name) for name in ("libx264", "libx265", "mjpeg", "prores_ks", "mpeg2video")
]


@pytest.mark.parametrize(("form", "codec"), _FILMS)
def test_a_film_keeps_its_pictures_and_its_sound_alone(tmp_path, form, codec):
    sounds = ["aac"] if form == "mp4" else ["pcm_s16le"]
    path = film(tmp_path / "a", form, pictures=[codec], sounds=sounds)
    _strip(path, tmp_path / "o")
    assert shown(tmp_path / "o", "video") == shown(path, "video")
    old, new = shown(path, "audio"), shown(tmp_path / "o", "audio")
    assert b"".join(data for _, data in new) == b"".join(data for _, data in old)


@pytest.mark.parametrize("sound", ["aac", "libopus", "alac", "flac", "libmp3lame"])
def test_each_sound_codec_of_an_mp4_is_copied_with_its_times(tmp_path, sound):
    path = film(tmp_path / "a", "mp4", pictures=[], sounds=[sound])
    _strip(path, tmp_path / "o")
    old, new = shown(path, "audio"), shown(tmp_path / "o", "audio")
    assert new == old


def test_two_sound_tracks_stay_and_captions_are_named(tmp_path):
    path = film(tmp_path / "a", "mp4", sounds=["aac", "libopus"], captions=True)
    done = _strip(path, tmp_path / "o")
    assert "track 4 (subtitle)" in done["removed"]
    with av.open(str(tmp_path / "o")) as copy:
        assert [s.codec_context.name for s in copy.streams] == ["h264", "aac", "opus"]


@pytest.mark.parametrize("brand", ["iso5", "qt  "])
def test_a_film_in_fragments_becomes_a_whole_one(tmp_path, brand):
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    form = "mov" if brand == "qt  " else "mp4"
    path = film(tmp_path / "a", form, sounds=["aac"], options=options)
    assert b"moof" in path.read_bytes()
    _strip(path, tmp_path / "o")
    assert b"moof" not in (tmp_path / "o").read_bytes()
    assert [d for _, d in shown(tmp_path / "o", "video")] == [d for _, d in shown(path, "video")]


@pytest.mark.parametrize("turned_deg", [90, 180])
def test_a_turned_film_stays_turned(tmp_path, turned_deg):
    path = made.film(tmp_path / "a.mp4", made.numbered(3), range(0, 120, 40))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    rows = {90: (0, 1, 0, -1, 0, 0), 180: (-1, 0, 0, 0, -1, 0)}[turned_deg]
    data[at : at + 24] = struct.pack(">6i", *(value << 16 for value in rows))
    path.write_bytes(data)
    actions.strip(path, tmp_path / "o.mp4")
    assert actions.probe(tmp_path / "o.mp4")["facts"]["turned_deg"] == turned_deg


def _cut_by_edit_list(path: Path, *, begins_ms: int, lasts_ms: int) -> Path:
    """Add an edit list to a film that has one: its first entry is changed."""
    data = bytearray(path.read_bytes())
    at = data.index(b"elst") + 12
    with av.open(io.BytesIO(data)) as film_:
        units = round(begins_ms / 1000 / film_.streams.video[0].time_base)
    first = struct.unpack_from(">i", data, at + 4)[0]
    struct.pack_into(">Ii", data, at, lasts_ms, first + units)
    path.write_bytes(data)
    return path


def test_what_an_edit_list_hides_is_cut_off_up_to_the_key_picture(tmp_path):
    frames = made.numbered(40)
    path = made.film(tmp_path / "a.mp4", frames, range(0, 1600, 40), key_frame_every=10)
    _cut_by_edit_list(path, begins_ms=1000, lasts_ms=300)
    before = [data for _, data in shown(path, "video")]
    done = actions.strip(path, tmp_path / "o.mp4")
    assert any("that the edit list hides" in name for name in done["removed"])
    assert [data for _, data in shown(tmp_path / "o.mp4", "video")] == before
    with av.open(str(tmp_path / "o.mp4"), options={"ignore_editlist": "1"}) as copy:
        numbers = [made.number_of(f.to_ndarray(format="rgb24")) for f in copy.decode(video=0)]
    assert min(numbers) == 20 and max(numbers) < 36
    assert "no player shows" in done["warnings"][0]


def test_a_film_without_edits_has_no_warning_of_hidden_pictures(tmp_path):
    path = made.film(tmp_path / "a.mp4", made.numbered(12), range(0, 480, 40))
    assert "warnings" not in actions.strip(path, tmp_path / "o.mp4")


def test_a_video_of_an_unknown_codec_is_refused_and_leaves_nothing(tmp_path):
    path = made.film(tmp_path / "a.mp4", made.numbered(3), range(0, 120, 40))
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(InputError) as caught:
        actions.strip(path, tmp_path / "o.mp4")
    assert caught.value.code == "strip-unsupported" and not (tmp_path / "o.mp4").exists()


def test_a_copy_with_another_picture_is_found_and_deleted(tmp_path, monkeypatch):
    path = made.film(tmp_path / "a.mp4", made.numbered(3), range(0, 120, 40))
    from noonmark.sandbox.strippers import coded_notes

    def spoilt(packet: bytes) -> bytes:
        return packet[:-1] + bytes([packet[-1] ^ 1])

    monkeypatch.setattr(coded_notes, "units_cleaner", lambda *_: spoilt)
    with pytest.raises(strip.OutsideError) as caught:
        actions.strip(path, tmp_path / "o.mp4")
    assert caught.value.code == "not-clean" and not (tmp_path / "o.mp4").exists()


def _exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x010F] = "SecretCam"
    return tags


def test_further_pictures_of_a_jpeg_stay_behind_and_are_named(tmp_path):
    pictures = [Image.fromarray(made.scene(seed)) for seed in (1, 2)]
    pictures[0].save(
        tmp_path / "a.jpg", "MPO", save_all=True, append_images=pictures[1:], exif=_exif()
    )
    done = actions.strip(tmp_path / "a.jpg", tmp_path / "o.jpg")
    assert any("further pictures" in name for name in done["removed"])
    assert done["pictures_compared"] == 1
    with Image.open(tmp_path / "o.jpg") as copy:
        assert copy.format == "JPEG" and not copy.getexif()


def test_a_gain_map_behind_a_photo_stays_behind(tmp_path):
    main, gain = io.BytesIO(), io.BytesIO()
    Image.fromarray(made.scene(1)).save(main, "JPEG", exif=_exif())
    Image.fromarray(made.scene(2, 40, 40)).save(gain, "JPEG")
    # The head says that a second picture follows; readers of HDR look there.
    segment = b"MPF\0" + b"II*\0\x08\0\0\0\0\0\0\0\0\0"
    data = main.getvalue()
    data = data[:2] + b"\xff\xe2" + struct.pack(">H", len(segment) + 2) + segment + data[2:]
    (tmp_path / "a.jpg").write_bytes(data + gain.getvalue())
    done = actions.strip(tmp_path / "a.jpg", tmp_path / "o.jpg")
    assert done["pictures_compared"] == 1
    assert (tmp_path / "o.jpg").stat().st_size < len(data)


@pytest.mark.parametrize("codec", ["libx265", "libsvtav1"])
def test_exiftool_finds_nothing_to_tell_in_a_modern_film(tmp_path, codec):
    if exiftool.present() is None:
        pytest.skip("exiftool is not installed")
    path = film(tmp_path / "a", "mp4", pictures=[codec], sounds=["aac"])
    _strip(path, tmp_path / "o")
    said = " ".join(map(str, (exiftool.tags(tmp_path / "o") or {}).values()))
    assert "SecretCam" not in said and "2020" not in said
    assert "SecretCam" in " ".join(map(str, (exiftool.tags(path) or {}).values()))


@pytest.mark.parametrize(
    ("head", "way"),
    [
        (b"PK\x03\x04" + bytes(30), "save it as PDF"),
        (b"RIFF" + bytes(4) + b"RMID" + bytes(60), "ffmpeg -i FILE -map 0:a"),
        (b"#!AMR" + bytes(60), "ffmpeg -i FILE -map 0:a"),
    ],
)
def test_a_refusal_names_a_way_that_fits_the_file(tmp_path, head, way):
    (tmp_path / "a").write_bytes(head)
    with pytest.raises(InputError) as caught:
        actions.strip(tmp_path / "a", tmp_path / "o")
    assert caught.value.code == "strip-unsupported"
    assert way in (caught.value.hint or "") and "NEW.png" not in (caught.value.hint or "")
    assert not (tmp_path / "o").exists()
