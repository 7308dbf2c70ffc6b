"""PDF: pages, labels, boxes and order, by one reader and by two; hostile files."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from noonmark.actions import documents, text_layers
from noonmark.documents import pdf, poppler
from noonmark.errors import InputError
from testkit.kept_schemas import keeps
from tests.documents.character_error import character_error
from tests.documents.made_pdf import MadePdf, locked

needs_pdfium = pytest.mark.skipif(
    importlib.util.find_spec("pypdfium2") is None, reason="pypdfium2 is not installed"
)
needs_poppler = pytest.mark.skipif(
    poppler.present() is None or poppler.present("pdfinfo") is None,
    reason="poppler is not installed",
)


def _made(tmp_path: Path, made: MadePdf, **more: bytes) -> Path:
    path = tmp_path / "made.pdf"
    path.write_bytes(made.bytes(**more))
    return path


@needs_pdfium
def test_labels_are_kept_beside_the_index(tmp_path, no_poppler):
    made = MadePdf(catalog=b"/PageLabels<</Nums[0<</S/r>>2<</S/D/St 1>>]>>")
    for word in ("one", "two", "three"):
        made.text(word)
    path = _made(tmp_path, made)
    facts = pdf.facts(path)
    pages = pdf.batch(path, facts, 0)[pdf.PDFIUM]
    assert [(page.index, page.label, page.text) for page in pages] == [
        (0, "i", "one"),
        (1, "ii", "two"),
        (2, "1", "three"),
    ]


FRAMES = [
    ("0 0 600 800", b"", 0),
    ("10 20 600 800", b"", 90),
    ("0 0 600 800", b"/CropBox[50 100 500 700]", 90),
    ("0 0 600 800", b"/CropBox[50 100 500 700]", 180),
    ("-100 -50 600 800", b"/CropBox[50 100 500 700]", 270),
]


@needs_pdfium
@pytest.mark.parametrize(("media", "crop", "turn_deg"), FRAMES)
def test_boxes_count_from_the_crop_box_before_it_is_turned(
    tmp_path, no_poppler, media, crop, turn_deg
):
    made = MadePdf(media=media)
    made.text("Hello", more=crop + b"/Rotate %d" % turn_deg)
    path = _made(tmp_path, made)
    (page,) = pdf.batch(path, pdf.facts(path), 0)[pdf.PDFIUM]
    left, bottom, right, top = map(int, (crop[9:-1].decode() or media).split())
    assert (page.width, page.height) == ((right - left) * 1000, (top - bottom) * 1000)
    # 120, 300 is the pen of the H, which stands 1.5 points behind it and is 14.4 points high
    assert page.boxes[0].tolist() == [
        (120 - left) * 1000 + 1540,
        (top - 300) * 1000 - 14360,
        (120 - left) * 1000 + 12920,
        (top - 300) * 1000,
    ]


@needs_pdfium
@needs_poppler
@pytest.mark.parametrize(("media", "crop", "turn_deg"), FRAMES[2:4])
def test_both_readers_agree_on_every_box(tmp_path, media, crop, turn_deg):
    made = MadePdf(media=media)
    made.text("Hello crop", more=crop + b"/Rotate %d" % turn_deg)
    path = _made(tmp_path, made)
    found = pdf.batch(path, pdf.facts(path), 0)
    (first,), (second,) = found[pdf.POPPLER], found[pdf.PDFIUM]
    assert first.text == second.text == "Hello crop"
    assert first.meta["other_reader"] == "same"
    shown = [n for n, char in enumerate(first.text) if char != " "]
    assert np.array_equal(first.boxes[shown], second.boxes[shown])


@needs_pdfium
def test_a_box_covers_its_character_behind_letters_outside_the_first_plane(tmp_path, no_poppler):
    # check 5: U+1D70E and U+20000 take two UTF-16 units, so that indexes drift apart
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def "
        b"1 begincodespacerange <00> <FF> endcodespacerange 3 beginbfchar "
        b"<41> <D835DF0E> <42> <D840DC00> <43> <0043> endbfchar endcmap end end"
    )
    made = MadePdf()
    number = made.stream(cmap)
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode %d 0 R>>" % number
    made.page(b"BT /F1 20 Tf 100 300 Td (ABC) Tj ET", font=font)
    path = _made(tmp_path, made)
    (page,) = pdf.batch(path, pdf.facts(path), 0)[pdf.PDFIUM]
    assert page.text == "\U0001d70e\U00020000C"
    lefts = page.boxes[:, 0].tolist()
    assert lefts == sorted(set(lefts))
    # A and B are 13.34 points wide each
    assert 126_000 < lefts[2] < 129_500


@needs_pdfium
def test_a_password_is_one_clear_sentence(tmp_path, no_poppler):
    path = tmp_path / "locked.pdf"
    path.write_bytes(locked())
    with pytest.raises(InputError) as caught:
        pdf.facts(path)
    assert caught.value.code == "pdf-password"


@needs_poppler
def test_a_password_is_named_by_poppler_alone_too(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "readers", lambda: (pdf.POPPLER,))
    path = tmp_path / "locked.pdf"
    path.write_bytes(locked())
    with pytest.raises(InputError) as caught:
        pdf.facts(path)
    assert caught.value.code == "pdf-password"


@needs_poppler
def test_poppler_alone_reads_text_and_frames(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "readers", lambda: (pdf.POPPLER,))
    made = MadePdf()
    made.text("alone", more=b"/CropBox[50 100 500 700]/Rotate 90")
    path = _made(tmp_path, made)
    facts = pdf.facts(path)
    (page,) = pdf.batch(path, facts, 0)[pdf.POPPLER]
    assert (facts.pages, page.text, page.width) == (1, "alone", 450_000)
    assert 70_000 <= page.boxes[0][0] <= 72_000


@needs_pdfium
def test_a_page_a_million_points_wide_keeps_its_text(tmp_path, no_poppler):
    made = MadePdf(media="0 0 1000000 800")
    made.text("wide", x=999_000)
    path = _made(tmp_path, made)
    (page,) = pdf.batch(path, pdf.facts(path), 0)[pdf.PDFIUM]
    assert (page.text, page.width) == ("wide", 1_000_000_000)
    assert page.boxes[0][0] > 999_000_000


@needs_pdfium
def test_scripts_and_attachments_are_said_and_the_attachment_is_an_item(tmp_path, case, no_poppler):
    made = MadePdf()
    made.text("page")
    file = made.stream(b"the attached text", b"/Type/EmbeddedFile")
    spec = made.add(
        b"<</Type/Filespec/F(../../etc/list.txt)/UF(../../etc/list.txt)/EF<</F %d 0 R>>>>" % file
    )
    script = made.add(b"<</S/JavaScript/JS(app.alert\\(1\\))>>")
    made.catalog = (
        b"/Names<</EmbeddedFiles<</Names[(a)%d 0 R]>>/JavaScript<</Names[(s)%d 0 R]>>>>"
        % (spec, script)
    )
    done = documents.add_documents(case, [str(_made(tmp_path, made))])
    first, second = done["documents"]
    assert any("scripts" in note for note in first["notes"])
    assert first["attachments"][0]["name"] == "../../etc/list.txt"
    assert (second["name"], second["sha256"]) == ("list.txt", first["attachments"][0]["sha256"])
    told = documents.document_text(case, second["sha256"])
    keeps(told, "docs-text")
    assert told["layers"][0]["page_texts"][0]["text"] == "the attached text"


@needs_pdfium
def test_what_a_cut_left_is_used_and_gives_the_same_layer(tmp_path, case, no_poppler, monkeypatch):
    monkeypatch.setattr(pdf, "BATCH", 2)
    made = MadePdf()
    for number in range(5):
        made.text(f"page {number}")
    path = str(_made(tmp_path, made))
    whole, calls = pdf.batch, []

    def cut(file, facts, first):
        calls.append(first)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return whole(file, facts, first)

    monkeypatch.setattr(pdf, "batch", cut)
    with pytest.raises(KeyboardInterrupt):
        documents.add_documents(case, [path])
    assert list(text_layers.heads(case)) == []
    documents.add_documents(case, [path])
    assert calls == [0, 2, 4, 4]
    (head,) = text_layers.heads(case)
    texts = [page.text for page in text_layers.pages(case, head)]
    assert texts == [f"page {number}" for number in range(5)]
    assert not list((case / "documents" / head.item_sha256).glob("*.batch"))


@needs_pdfium
def test_a_damaged_file_costs_only_itself(tmp_path, case, no_poppler):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.pdf").write_bytes(b"%PDF-1.7\nnothing that is a PDF")
    (folder / "b.pdf").write_bytes(locked())
    made = MadePdf()
    made.text("sound")
    (folder / "c.pdf").write_bytes(made.bytes())
    done = documents.add_documents(case, [str(folder)])
    codes = {one["name"]: one["error"] and one["error"]["code"] for one in done["documents"]}
    assert codes == {"in/a.pdf": "pdf-damaged", "in/b.pdf": "pdf-password", "in/c.pdf": None}
    assert not done["ok"] and done["counts"]["failed"] == 2


@pytest.mark.shared
@needs_pdfium
@pytest.mark.parametrize("language", ["ar", "ug"])
def test_right_to_left_is_read_in_order_by_each_reader(shared, language):
    path = shared / "pdf" / "made" / f"{language}.pdf"
    truth = pdf.letters((path.with_suffix(".txt")).read_text(encoding="utf-8"))
    for pages in pdf.batch(path, pdf.facts(path), 0).values():
        text = pdf.letters("".join(page.text for page in pages))
        assert character_error(text, truth) <= 0.02


@pytest.mark.shared
@needs_poppler
def test_a_glyph_that_spells_a_word_is_not_turned(shared):
    # check 4: poppler's own text turns it round
    path = shared / "pdf" / "habibi.pdf"
    pages = pdf.batch(path, pdf.facts(path), 0)[pdf.POPPLER]
    assert "\u062d\u064e\u0628\u064a\u0628\u064a" in pages[0].text
