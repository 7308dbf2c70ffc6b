"""The sheet of the best places as a PDF: one page of A4 a place, each a picture at 150 dpi."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from PIL import Image

from noonmark.report.canvas import Sheet, TextStyle, drawable, sheet, wrapped, write
from noonmark.report.drawing_png import picture
from noonmark.report.palette import INK, PAPER, SOFT
from noonmark.report.place_drawing import CLAUSE_COLOURS, drawn_place
from noonmark.report.place_sheet import (
    SIGNS,
    clause_rows,
    place_title,
    sheet_title,
    source_lines,
    summary_lines,
)
from noonmark.world.landmarks.local_map import LocalMap

PAGE_PX: Final = (1240, 1754)
_MARGIN, _MAP_PX = 80, 900
_POINTS = (595.28, 841.89)
_TITLE, _TEXT = (
    TextStyle(
        30,
        INK,
        "serif",
    ),
    TextStyle(19, INK),
)
_FOOT = TextStyle(15, SOFT)
_BOTTOM = 1640


def place_sheet_pdf(
    answer: Mapping[str, Any],
    places: Sequence[Mapping[str, Any]],
    maps: Sequence[LocalMap],
) -> bytes:
    """The same as ``place_sheet_html`` on paper. Letters that the shipped fonts lack stand as code
    points; the HTML file has them.
    """
    pages = [
        _page(
            answer,
            place,
            local,
            len(places),
        )
        for place, local in zip(
            places,
            maps,
            strict=True,
        )
    ]
    return picture_pdf(pages or [_empty(answer)])


def _empty(answer: Mapping[str, Any]) -> Image.Image:
    """The page of an answer without places."""
    page = sheet(*PAGE_PX, PAPER)
    _lines(
        page,
        110,
        [sheet_title(answer, 0), *summary_lines(answer)],
        _TEXT,
    )
    return page.image


def _page(
    answer: Mapping[str, Any],
    place: Mapping[str, Any],
    local: LocalMap,
    shown: int,
) -> Image.Image:
    """One place: title, map, what the map says of each clause, the sources."""
    page = sheet(*PAGE_PX, PAPER)
    write(
        page,
        (_MARGIN, 90),
        drawable(place_title(place)),
        _TITLE,
    )
    write(
        page,
        (_MARGIN, 126),
        drawable(f"{place['osm']} {place['name']}".strip()),
        _TEXT,
    )
    drawing = drawn_place(
        place,
        answer["clauses"],
        local,
        side_px=_MAP_PX,
    )
    page.image.paste(picture(drawing), (_MARGIN, 150))
    _beside(
        page,
        answer,
        shown,
        local,
    )
    _clauses(page, answer, place)
    sources = [answer["attribution"], "; ".join(source_lines(answer))]
    _lines(
        page,
        1680,
        sources,
        _FOOT,
    )
    return page.image


def _clauses(
    page: Sheet,
    answer: Mapping[str, Any],
    place: Mapping[str, Any],
) -> None:
    """Below the map: the clauses, as many as the page holds."""
    y = 150 + _MAP_PX + 50
    for number, (sign, asked, found, factor) in enumerate(clause_rows(answer, place)):
        lines = _broken(
            f"{asked}: {found} ({factor})",
            _TEXT,
            PAGE_PX[0] - 2 * _MARGIN - 50,
        )
        if y + 26 * len(lines) > _BOTTOM:
            write(
                page,
                (_MARGIN, y),
                "more clauses: see the HTML sheet",
                _TEXT,
            )
            break
        colour = CLAUSE_COLOURS[number % len(CLAUSE_COLOURS)]
        write(
            page,
            (_MARGIN, y),
            sign,
            TextStyle(
                19,
                colour,
                "bold",
            ),
        )
        for line in lines:
            write(
                page,
                (_MARGIN + 50, y),
                line,
                _TEXT,
            )
            y += 26
        y += 8


def _beside(
    page: Sheet,
    answer: Mapping[str, Any],
    shown: int,
    local: LocalMap,
) -> None:
    """Right of the map: what bears on every place, and what the signs mean."""
    left, y = _MARGIN + _MAP_PX + 20, 168
    said = [sheet_title(answer, shown), *summary_lines(answer), SIGNS]
    said.append(f"The map is {2.0 * local.half_m:.0f} m across.")
    if local.left_out:
        said.append(f"{local.left_out} small objects are not drawn.")
    for paragraph in said:
        for line in _broken(
            paragraph,
            _FOOT,
            PAGE_PX[0] - left - 30,
        ):
            if y > 150 + _MAP_PX:
                return
            write(
                page,
                (left, y),
                line,
                _FOOT,
            )
            y += 20
        y += 12


def _lines(
    page: Sheet,
    y: int,
    paragraphs: Sequence[str],
    style: TextStyle,
) -> None:
    for paragraph in paragraphs:
        for line in _broken(
            paragraph,
            style,
            PAGE_PX[0] - 2 * _MARGIN,
        ):
            write(
                page,
                (_MARGIN, y),
                line,
                style,
            )
            y += round(1.35 * style.size_px)


def _broken(paragraph: str, style: TextStyle, width_px: int) -> list[str]:
    return wrapped(
        drawable(paragraph),
        style,
        width_px=float(width_px),
    )


def picture_pdf(pages: Sequence[Image.Image]) -> bytes:
    """Pictures as the pages of a PDF of A4, without dates or names; equal pages, equal bytes.

    Authority: ISO 32000-1, 7.5 (file structure) and 8.9.5 (image dictionaries).
    """
    objects: list[bytes] = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    kids = []
    for image in pages:
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        objects += _page_objects(image, number)
    listed = " ".join(kids)
    objects[1] = f"<</Type/Pages/Count {len(kids)}/Kids[{listed}]>>".encode()
    return _pdf_file(objects)


def _page_objects(image: Image.Image, number: int) -> list[bytes]:
    """The objects of one page: the page, its content, its picture."""
    wide, tall = _POINTS
    page = (
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {tall}]/Contents {number + 1} 0 R"
        f"/Resources<</XObject<</P {number + 2} 0 R>>>>>>"
    )
    content = f"{wide} 0 0 {tall} 0 0 cm /P Do".encode()
    width, height = image.size
    data = zlib.compress(np.asarray(image.convert("RGB")).tobytes(), 6)
    facts = (
        f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB"
        "/BitsPerComponent 8/Filter/FlateDecode"
    )
    return [page.encode(), _stream("", content), _stream(facts, data)]


def _stream(facts: str, data: bytes) -> bytes:
    return f"<<{facts}/Length {len(data)}>>\nstream\n".encode() + data + b"\nendstream"


def _pdf_file(objects: Sequence[bytes]) -> bytes:
    """Numbered objects with the table of where each stands."""
    out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    trailer = f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    return out + trailer.encode()
