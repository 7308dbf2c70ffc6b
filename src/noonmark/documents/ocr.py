"""Text of pictures by tesseract, where it is installed, locked in like every reader.

A word comes with its box and with how sure tesseract is of it. A page that is read with the pack of
another language comes out as nonsense that tesseract itself is not sure of; it is kept and flagged.
A page on which nothing is read has no text, and says so: nothing is made up for it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noonmark.documents.layers import Page
from noonmark.errors import InputError, OutsideError
from noonmark.sandbox import process

UNSURE = 70.0
"""Below this mean confidence [percent] a page is flagged: benchmarks/document_text.py."""
DPI = 200
_PACKS = {
    "ar": "ara",
    "bo": "bod",
    "de": "deu",
    "en": "eng",
    "es": "spa",
    "fa": "fas",
    "fr": "fra",
    "he": "heb",
    "hi": "hin",
    "it": "ita",
    "ja": "jpn",
    "kk": "kaz",
    "ko": "kor",
    "ky": "kir",
    "my": "mya",
    "ps": "pus",
    "pt": "por",
    "ru": "rus",
    "tg": "tgk",
    "th": "tha",
    "tr": "tur",
    "ug": "uig",
    "uk": "ukr",
    "ur": "urd",
    "uz": "uzb",
    "vi": "vie",
    "zh": "chi_sim",
    "zh-hans": "chi_sim",
    "zh-hant": "chi_tra",
}
"""The packs of tesseract by the short names of languages; another name is taken for a pack's."""
_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
_LIMITS = process.WorkerLimits(
    cpu_s=120, wall_s=300.0, memory_bytes=2048 << 20, output_bytes=64 << 20
)
_WORD = "5"
"""The level of a word in tesseract's table."""


@dataclass(frozen=True)
class OcrPacks:
    """The program, the folder of its packs, and those asked for."""

    program: str
    folder: str
    packs: tuple[str, ...]

    @property
    def producer(self) -> str:
        """The name of the layer: tesseract-chi_sim+uig."""
        return f"tesseract-{'+'.join(self.packs)}"


@dataclass
class _Row:
    """What tesseract read of a line, words in reading order."""

    parts: list[str] = field(default_factory=list)
    boxes: list[list[int]] = field(default_factory=list)


def present() -> str | None:
    """Where tesseract is by PATH, or None. A relative entry of PATH does not count."""
    program = shutil.which("tesseract")
    return program if program is not None and os.path.isabs(program) else None


def packs(languages: Sequence[str], folder: str | None = None) -> OcrPacks:
    """The packs for some languages, in the order given.

    Raises OutsideError "ocr-missing" without tesseract, "ocr-pack-missing" without a pack.
    """
    program = present()
    if program is None:
        raise OutsideError(
            "tesseract, which reads pictures of writing, is not installed",
            code="ocr-missing",
            hint="apt install tesseract-ocr",
        )
    wanted = tuple(_PACKS.get(name.lower(), name) for name in languages)
    places = [folder] if folder else [os.environ.get("TESSDATA_PREFIX", ""), *_FOLDERS]
    for place in places:
        if place and all(os.path.isfile(_pack(place, name)) for name in wanted):
            return OcrPacks(program, place, wanted)
    found = [place for place in places if place and os.path.isdir(place)]
    missing = next(
        (name for name in wanted if not any(os.path.isfile(_pack(p, name)) for p in found)),
        wanted[0],
    )
    raise OutsideError(
        f"tesseract has no pack {missing[:40]!r}",
        code="ocr-pack-missing",
        hint=f"apt install tesseract-ocr-{missing[:40].replace('_', '-')}",
    )


def _pack(folder: str, name: str) -> str:
    if not name.replace("_", "").replace("-", "").isalnum() or not name.isascii():
        raise InputError(
            f"{name[:40]!r} is no language",
            code="ocr-no-language",
            hint="--ocr ug,zh or the names of tesseract's packs: --ocr uig,chi_sim",
        )
    return os.path.join(folder, f"{name}.traineddata")


def read_picture(
    path: Path,
    use: OcrPacks,
    *,
    index: int = 0,
    label: str = "1",
    points_per_pixel: float = 0.0,
) -> Page:
    """The text of one picture as a page.

    Boxes are in milli-points where ``points_per_pixel`` says how large a pixel is; else a pixel
    counts as 1,000. ``meta`` holds the mean confidence [percent], the words below 60, and a flag
    where the page is not to be believed. Raises OutsideError.
    """
    command = [
        use.program, "-", "-", "--tessdata-dir", use.folder, "-l", "+".join(use.packs),
        "-c", "tessedit_create_tsv=1",
    ]  # fmt: skip
    data = process.run_program(
        command,
        file=path,
        readable=[use.folder, "/usr/share/tesseract-ocr"],
        limits=_LIMITS,
    )
    rows = [line.split("\t") for line in data.decode("utf-8", "replace").split("\n")]
    words = [row for row in rows if len(row) == 12 and row[0] == _WORD and row[11].strip()]
    text, boxes = _text_of(words, points_per_pixel or 1.0)
    meta = _confidence(words)
    width, height = _size(rows, points_per_pixel or 1.0)
    return Page(index, label, text, boxes, width, height, meta)


def _text_of(words: Sequence[Sequence[str]], scale: float) -> tuple[str, Any]:
    """The words as lines of text, and the box of its word for each character.

    tesseract gives words in reading order, also in lines from right to left.
    """
    import numpy as np

    parts: list[str] = []
    boxes: list[list[int]] = []
    before: Sequence[str] = ()
    for row in words:
        between = _between(before, row)
        parts += [between, row[11]]
        left, top, width, height = (int(value) for value in row[6:10])
        sides = (left, top, left + width, top + height)
        box = [round(1000 * scale * side) for side in sides]
        boxes += [[0, 0, 0, 0]] * len(between)
        boxes += [box] * len(row[11])
        before = row
    return "".join(parts), np.array(boxes, np.int32).reshape(-1, 4)


def _between(before: Sequence[str], row: Sequence[str]) -> str:
    """What stands between two words: an empty line between paragraphs, a newline between lines, and
    no space between characters of scripts that have none.
    """
    if not before:
        return ""
    if before[1:4] != row[1:4]:
        return "\n\n"
    if before[4] != row[4]:
        return "\n"
    is_unspaced = _is_unspaced(before[11][-1]) and _is_unspaced(row[11][0])
    return "" if is_unspaced else " "


def _is_unspaced(char: str) -> bool:
    """Whether a character is of a script written without spaces: Han, kana, their punctuation."""
    code = ord(char)
    return 0x3000 <= code <= 0x30FF or 0x3400 <= code <= 0x9FFF or 0xFF00 <= code <= 0xFFEF


def _confidence(words: Sequence[Sequence[str]]) -> dict[str, Any]:
    """How sure tesseract is of a page, weighed by letters."""
    if not words:
        return {"flag": "nothing was read"}
    lengths = [len(row[11]) for row in words]
    sure = [float(row[10]) for row in words]
    mean = sum(n * each for n, each in zip(lengths, sure, strict=True)) / sum(lengths)
    meta: dict[str, Any] = {
        "confidence": round(mean),
        "unsure_words": sum(each < 60 for each in sure),
        "words": len(words),
    }
    if mean < UNSURE:
        meta["flag"] = "tesseract is not sure of this page: is the language right?"
    return meta


def _size(rows: Sequence[Sequence[str]], scale: float) -> tuple[int, int]:
    """Width and height of the picture [milli-points], from the row of the page."""
    for row in rows:
        if len(row) == 12 and row[0] == "1":
            return round(1000 * scale * int(row[8])), round(1000 * scale * int(row[9]))
    return 0, 0


def pdf_pages(
    path: Path, use: OcrPacks, wanted: Sequence[tuple[int, str]], scratch: Path
) -> Iterator[Page]:
    """Some pages of a PDF, by index and label, drawn by PDFium and read.

    ``scratch`` is a folder for the picture of one page at a time. Boxes are of the page as it is
    shown, which is said where the page is turned.
    """
    limits = process.WorkerLimits(
        cpu_s=60, wall_s=120.0, memory_bytes=2048 << 20, file_bytes=512 << 20
    )
    for index, label in wanted:
        picture = scratch / f"page-{index}.png"
        payload = {"op": "picture", "first": index, "dpi": DPI}
        try:
            drawn = process.run(
                "pdf_text", payload=payload, files=[path], outputs=[picture], limits=limits
            ).value
            scale = 1.0 / float(drawn["scale"])
            yield read_picture(picture, use, index=index, label=label, points_per_pixel=scale)
        finally:
            picture.unlink(missing_ok=True)
