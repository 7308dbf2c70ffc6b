"""A photo and a film of one press of the shutter are told to belong together; strip parts them."""

import csv
import io
import struct
from pathlib import Path

import av
import pytest
from PIL import Image

from noonmark import actions
from noonmark.actions import cases
from noonmark.actions.case_intake import add_to_case
from noonmark.actions.case_sheet import contact_sheet
from noonmark.cli.main import main
from noonmark.media import exiftool, live_photos
from noonmark.media.live_photos import LivePhotoHalf
from noonmark.report import item_sheet
from noonmark.sandbox.parsers import apple_notes
from tests.media import made

SHOT, OTHER = "0F1A2B3C-4D5E-4F60-8A7B-9C0D1E2F3A4B", "11111111-2222-4333-8444-555555555555"
HEIC = Path(__file__).parents[3] / "shared" / "data" / "media" / "heic" / "IMG_5195.HEIC"


def note(identifier: str = SHOT, end: str = ">") -> bytes:
    """A maker note with a version and an identifier."""
    text = identifier.encode() + b"\0"
    entries = struct.pack(end + "HHII", 1, 9, 1, 14)
    entries += struct.pack(end + "HHII", 0x11, 2, len(text), 14 + 2 + 24 + 4)
    order = b"MM" if end == ">" else b"II"
    directory = struct.pack(end + "H", 2) + entries + bytes(4)
    return b"Apple iOS\0\0\x01" + order + directory + text


def photo(path: Path, identifier: str = SHOT) -> Path:
    """A JPEG as a telephone writes it."""
    tags = Image.Exif()
    tags[0x010F] = "Apple"
    tags.get_ifd(0x8769)[0x927C] = note(identifier)
    Image.fromarray(made.scene(1)).save(path, "JPEG", exif=tags)
    return path


def film(path: Path, identifier: str = SHOT) -> Path:
    """A MOV with the identifier among its keys."""
    plain = made.film(path.with_name("plain.mov"), made.numbered(3), (0, 40, 80))
    with av.open(str(plain)) as source:
        tags = {"movflags": "use_metadata_tags"}
        with av.open(str(path), "w", options=tags) as copy:
            copy.metadata["com.apple.quicktime.content.identifier"] = identifier
            stream = copy.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(source.streams.video[0]):
                if packet.dts is not None:
                    packet.stream = stream
                    copy.mux(packet)
    plain.unlink()
    return path


@pytest.mark.parametrize("end", [">", "<"])
def test_the_identifier_is_read_in_either_order_of_bytes(end):
    assert apple_notes.content_identifier(note(end=end)) == SHOT.encode() + b"\0"


@pytest.mark.parametrize(
    "spoilt",
    [
        b"",
        note()[:40],
        note().replace(b"Apple iOS", b"Other iOS"),
        note().replace(b"\x00\x11\x00\x02", b"\x00\x12\x00\x02"),
    ],
)
def test_a_note_of_another_maker_or_a_part_of_one_has_no_identifier(spoilt):
    assert not apple_notes.content_identifier(spoilt)


def test_probe_says_which_half_a_file_is(tmp_path, capsys):
    for path, half in ((photo(tmp_path / "a.jpg"), "photo"), (film(tmp_path / "a.mov"), "film")):
        assert actions.probe(path)["live_photo"] == {"identifier": SHOT, "half": half}
        assert main(["probe", str(path)]) == 0
        assert f"the {half} of a Live Photo" in capsys.readouterr().out
    Image.fromarray(made.scene(1)).save(tmp_path / "b.jpg")
    assert actions.probe(tmp_path / "b.jpg")["live_photo"] is None


def test_halves_of_one_shot_are_paired_and_two_photos_of_it_are_not():
    halves = {
        "a": LivePhotoHalf(SHOT, "photo"),
        "b": LivePhotoHalf(SHOT, "photo"),
        "c": LivePhotoHalf(SHOT, "film"),
        "d": LivePhotoHalf(OTHER, "film"),
    }
    assert live_photos.partners(halves) == {"a": ["c"], "b": ["c"], "c": ["a", "b"], "d": []}


def test_strip_parts_the_halves_and_names_the_other(tmp_path):
    photo(tmp_path / "IMG_1.JPG")
    film(tmp_path / "IMG_1.MOV")
    for name, other in (("IMG_1.JPG", "IMG_1.MOV"), ("IMG_1.MOV", "IMG_1.JPG")):
        done = actions.strip(tmp_path / name, tmp_path / f"clean-{name}")
        (said,) = done["warnings"]
        assert other in said and "strip it as well" in said
        assert SHOT.encode() not in (tmp_path / f"clean-{name}").read_bytes()
        assert actions.probe(tmp_path / f"clean-{name}")["live_photo"] is None
    again = actions.strip(tmp_path / "clean-IMG_1.JPG", tmp_path / "twice.jpg")
    assert "warnings" not in again


def test_a_film_of_another_shot_or_a_link_is_not_taken_for_the_other_half(tmp_path):
    photo(tmp_path / "a.jpg")
    film(tmp_path / "a.mov", OTHER)
    film(tmp_path / "away.mov")
    (tmp_path / "a.qt").symlink_to(tmp_path / "away.mov")
    (said,) = actions.strip(tmp_path / "a.jpg", tmp_path / "o.jpg")["warnings"]
    assert "a.mov" not in said and "a.qt" not in said and "another file is" in said


def test_a_case_pairs_the_halves_that_were_probed(tmp_path, capsys, monkeypatch):
    halves = [photo(tmp_path / "a.jpg"), film(tmp_path / "a.mov")]
    case = tmp_path / "case"
    cases.new_case(case)
    add_to_case(case, [str(half) for half in halves])
    actions.probe(halves[0], case=case)
    assert not [row for row in actions.list_items(case)["items"] if row["live_photo_with"]]
    actions.probe(halves[1], case=case)
    assert main(["case", "list", str(case)]) == 0
    assert "Live Photo with a.mov" in capsys.readouterr().out
    assert main(["case", "list", str(case), "--csv"]) == 0
    told = {row["name"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert told["a.mov"]["live_photo_with"] == "a.jpg"
    sheets = []
    monkeypatch.setattr(
        item_sheet, "item_sheet_pdf", lambda title, notes, items: sheets.append(items) or b"%PDF-"
    )
    contact_sheet(case, tmp_path / "s.pdf")
    (lines,) = (item.lines for item in sheets[0] if item.name == "a.jpg")
    assert lines[1:] == ("Live Photo with a.mov",)
    contact_sheet(case, tmp_path / "t.pdf", only=[told["a.jpg"]["sha256"]])
    assert not [line for item in sheets[1] for line in item.lines if "Live Photo" in line]
    cases.withdraw_from_case(case, told["a.mov"]["sha256"], reason="asked to")
    assert not [row for row in actions.list_items(case)["items"] if row["live_photo_with"]]


def test_exiftool_reads_the_same_identifier(tmp_path):
    if exiftool.present() is None:
        pytest.skip("no exiftool here")
    for path in (photo(tmp_path / "a.jpg"), film(tmp_path / "a.mov")):
        said = {key.partition(":")[2]: value for key, value in exiftool.tags(path).items()}
        assert SHOT in (said.get("MediaGroupUUID"), said.get("ContentIdentifier"))


@pytest.mark.skipif(not HEIC.exists(), reason="../shared/data is absent")
def test_a_photo_by_a_telephone_states_its_identifier():
    half = actions.probe(HEIC)["live_photo"]
    assert half == {"identifier": "570F1469-09C7-4E50-9875-05F21D5BD166", "half": "photo"}
