"""A quoted passage stands in the report on the picture of its page, with a box around the words."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from noonmark.actions import releases
from noonmark.actions.passage_pictures import passage_pictures
from noonmark.actions.releases import ReleaseRequest
from noonmark.evidence.vault import open_vault
from noonmark.release.record import read_record
from tests.release import made_case
from tests.release.made_case import Made
from tests.sandbox.inprocess import without_workers

TODAY = ReleaseRequest(today="2026-12-01T00:00:00Z", title="A wall")
WIDE_PT, HIGH_PT = 300, 200
BOX = [40_000, 50_000, 90_000, 62_000]
"""A box on the page before it is turned [milli-points]: black on it, white everywhere else."""


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    without_workers(monkeypatch)


def page(turn_deg: int) -> bytes:
    """A PDF of one page with a black bar where the box is."""
    left, top, right, bottom = (side / 1000 for side in BOX)
    body = f"{left} {HIGH_PT - bottom} {right - left} {bottom - top} re f"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDE_PT} {HIGH_PT}] /Rotate {turn_deg} "
        "/Contents 4 0 R >>",
        f"<< /Length {len(body)} >>\nstream\n{body}\nendstream",
    ]
    text = "".join(f"{number} 0 obj\n{part}\nendobj\n" for number, part in enumerate(parts, 1))
    return f"%PDF-1.4\n{text}trailer << /Root 1 0 R /Size 5 >>\n%%EOF\n".encode()


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return made_case.make(tmp_path_factory.mktemp("quoted"), hidden=False)


@pytest.fixture
def plain(clean: Made, tmp_path: Path) -> Made:
    """A case of the test's own."""
    folder = shutil.copytree(clean.folder, tmp_path / "case")
    return replace(clean, folder=folder, ids=dict(clean.ids), items=dict(clean.items))


def quoted(made: Made, data: bytes, name: str, boxes: list[list[int]], at_page: int = 1
           ) -> tuple[Made, str]:  # fmt: skip
    """The case with a claim that cites a passage of a document, and the document's digest."""
    with open_vault(made.folder, write=True) as vault:
        made.put(vault, data, name)
    made.say({"form": "passage", "as": "quoted", "item": f"${name.partition('.')[0]}",
              "at": {"page": at_page, "boxes": boxes}, "quote": "x", "language": "en"},
             {"form": "weigh", "claim": "$claim", "on": {"passage": "@quoted"}, "credibility": 2,
              "stance": "consistent", "why": "It is there."})  # fmt: skip
    return made, made.items[name.partition(".")[0]]


def strip_of(made: Made, item: str, *, shown: bool = True) -> np.ndarray | None:
    """The strip of the passage as pixels; None where there is none."""
    with open_vault(made.folder) as vault:
        forms = read_record(vault).inquiry.of("passage")
        found = passage_pictures(vault, forms, {item} if shown else set())
    if made.ids["quoted"] not in found:
        return None
    (picture,) = found[made.ids["quoted"]]
    return np.asarray(Image.open(io.BytesIO(picture.data)).convert("RGB")).astype(int)


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_the_box_lies_on_the_words_however_the_page_is_turned(plain, turn_deg):
    pytest.importorskip("pypdfium2")
    made, item = quoted(plain, page(turn_deg), "paper.pdf", [BOX])
    strip = strip_of(made, item)
    red = (strip[:, :, 0] > 120) & (strip[:, :, 1] < 60)
    rows, columns = np.nonzero(red)
    inside = strip[rows.min() + 3 : rows.max() - 2, columns.min() + 3 : columns.max() - 2]
    outside = strip.copy()
    outside[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = 255
    assert np.median(inside) < 60 and outside.min() > 250
    wide = columns.max() - columns.min() > rows.max() - rows.min()
    assert wide == (turn_deg in (0, 180))


def test_a_scanned_page_has_its_strip_too(plain):
    pixels = np.full((400, 300, 3), 255, np.uint8)
    pixels[100:112, 40:90] = 0
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    made, item = quoted(plain, out.getvalue(), "scan.png", [[40_000, 100_000, 90_000, 112_000]])
    strip = strip_of(made, item)
    assert strip.shape[1] == 300 and 40 < strip.shape[0] < 200


@pytest.mark.parametrize(
    ("boxes", "at_page"), [([[900_000, 900_000, 950_000, 950_000]], 1), ([BOX], 7)],
    ids=["outside", "no such page"],
)  # fmt: skip
def test_a_place_that_is_not_there_has_no_strip(plain, boxes, at_page):
    pytest.importorskip("pypdfium2")
    made, item = quoted(plain, page(0), "paper.pdf", boxes, at_page)
    assert strip_of(made, item) is None


def test_of_a_document_that_is_held_back_no_pixel_is_shown(plain, tmp_path):
    pytest.importorskip("pypdfium2")
    made, item = quoted(plain, page(0), "paper.pdf", [BOX])
    assert strip_of(made, item, shown=False) is None
    held = ReleaseRequest(today=TODAY.today, title="x", withheld=((item, "sub judice"),))
    reports = []
    for number, request in enumerate((TODAY, held)):
        done = releases.write_release(made.folder, tmp_path / f"out{number}", request, key=made.key)
        reports.append((done.folder / "report.html").read_text("utf-8"))
    assert ["in the box." in report for report in reports] == [True, False]
