"""Pictures of writing: read where tesseract is installed, and never made up."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from noonmark.actions import documents
from noonmark.documents import ocr
from noonmark.errors import InputError, OutsideError
from noonmark.sandbox import process
from testkit.kept_schemas import keeps
from tests.documents.made_pdf import MadePdf

HEADER = (
    "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
)


def _has_english() -> bool:
    try:
        ocr.packs(["en"])
    except OutsideError:
        return False
    return True


needs_tesseract = pytest.mark.skipif(
    not _has_english(), reason="tesseract with its English pack is not installed"
)


def _reading(monkeypatch, rows: list[str]) -> ocr.OcrPacks:
    """What tesseract says, without tesseract."""
    table = "\n".join([HEADER, "1\t1\t0\t0\t0\t0\t0\t0\t1000\t800\t-1\t", *rows])
    monkeypatch.setattr(process, "run_program", lambda *_, **__: table.encode())
    return ocr.OcrPacks("/bin/tesseract", "/packs", ("chi_sim", "eng"))


def _word(line: int, left: int, text: str, sure: float, block: int = 1) -> str:
    return f"5\t1\t{block}\t1\t{line}\t1\t{left}\t10\t50\t20\t{sure}\t{text}"


def test_words_become_lines_with_boxes(monkeypatch, tmp_path):
    rows = [_word(1, 0, "two", 96), _word(1, 60, "words", 94), _word(2, 0, "招标", 90)]
    rows += [_word(2, 60, "公告", 91), _word(1, 0, "next", 92, block=2)]
    use = _reading(monkeypatch, rows)
    page = ocr.read_picture(tmp_path, use, points_per_pixel=0.36)
    assert page.text == "two words\n招标公告\n\nnext"
    assert page.boxes[0].tolist() == [0, 3600, 18_000, 10_800]
    assert not page.boxes[3].any() and len(page.boxes) == len(page.text)
    assert (page.width, page.height) == (360_000, 288_000)
    assert page.meta["confidence"] == 93 and "flag" not in page.meta


def test_a_wrong_pack_is_flagged(monkeypatch, tmp_path):
    use = _reading(monkeypatch, [_word(1, 0, "xqzzt", 55), _word(1, 60, "ok", 90)])
    page = ocr.read_picture(tmp_path, use)
    assert "language" in page.meta["flag"] and page.meta["unsure_words"] == 1


def test_a_blank_page_has_no_text(monkeypatch, tmp_path):
    page = ocr.read_picture(tmp_path, _reading(monkeypatch, []))
    assert page.text == "" and page.meta == {"flag": "nothing was read"}


def test_a_missing_pack_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(ocr, "present", lambda: "/usr/bin/tesseract")
    with pytest.raises(OutsideError) as caught:
        ocr.packs(["ug"], str(tmp_path))
    assert caught.value.code == "ocr-pack-missing"
    assert caught.value.hint == "apt install tesseract-ocr-uig"
    monkeypatch.setattr(ocr, "present", lambda: None)
    with pytest.raises(OutsideError) as caught:
        ocr.packs(["ug"])
    assert caught.value.code == "ocr-missing"


def test_a_path_is_no_language(monkeypatch, tmp_path):
    monkeypatch.setattr(ocr, "present", lambda: "/usr/bin/tesseract")
    with pytest.raises(InputError) as caught:
        ocr.packs(["../../etc/x"], str(tmp_path))
    assert caught.value.code == "ocr-no-language"


def test_a_picture_without_ocr_is_kept_and_said(case, tmp_path):
    path = tmp_path / "scan.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    done = documents.add_documents(case, [str(path)])
    (one,) = done["documents"]
    assert done["ok"] and one["layers"] == [] and "--ocr" in one["notes"][0]


@needs_tesseract
@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("pypdfium2") is None, reason="pypdfium2 is not installed"
)
def test_a_page_without_text_is_drawn_and_read(case, tmp_path, real_sandbox):
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("L", (900, 120), 255)
    font = ImageFont.load_default(60)
    ImageDraw.Draw(picture).text((20, 20), "tender for a wall", font=font, fill=0)
    made = MadePdf(media="0 0 450 60")
    image = made.stream(
        picture.tobytes(),
        b"/Type/XObject/Subtype/Image/Width 900/Height 120/ColorSpace/DeviceGray"
        b"/BitsPerComponent 8",
    )
    text = made.stream(b"450 0 0 60 0 0 cm /Im Do")
    made.kids.append(
        made.add(
            b"<</Type/Page/Parent 2 0 R/Contents %d 0 R/Resources<</XObject<</Im %d 0 R>>>>>>"
            % (text, image)
        )
    )
    path = tmp_path / "scan.pdf"
    path.write_bytes(made.bytes())
    options = documents.ReadOptions(("en",))
    done = documents.add_documents(case, [str(path)], options=options)
    (one,) = done["documents"]
    told = documents.document_text(case, one["sha256"], boxes=True)
    keeps(told, "docs-text")
    layer = next(each for each in told["layers"] if each["producer"] == "tesseract-eng")
    (page,) = layer["page_texts"]
    assert page["text"] == "tender for a wall"
    assert 5_000 < page["boxes"][0][0] < 20_000 and page["width"] == pytest.approx(450_000, abs=900)


@needs_tesseract
@pytest.mark.shared
@pytest.mark.slow
def test_a_blank_noisy_page_gives_no_text(shared):
    # check 6
    page = ocr.read_picture(shared / "scan" / "made" / "blank_noisy.jpg", ocr.packs(["en"]))
    assert page.text == ""


@needs_tesseract
def test_packs_of_another_folder_are_found(monkeypatch):
    folder = Path(ocr.packs(["en"]).folder)
    monkeypatch.setattr(ocr, "_FOLDERS", ())
    monkeypatch.setenv("TESSDATA_PREFIX", os.fspath(folder))
    assert ocr.packs(["eng"]).folder == str(folder)
