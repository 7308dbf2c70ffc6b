"""Boxes of characters in the one frame of a text layer.

The frame is the crop box before the page is turned: x right, y down, from its top left corner, in
milli-points. poppler counts from the media box of the page as it is shown, y down; PDFium from the
origin of the page, y up. Both are brought here.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from noonmark.documents.layers import Page

if TYPE_CHECKING:
    from numpy.typing import NDArray

Corners = tuple[float, ...]
"""x0, y0, x1, y1 in points."""
_FARTHEST_PT = 2_000_000.0
"""Beyond it a place is cut: milli-points must fit 32 bits."""


@dataclass(frozen=True)
class PageFrame:
    """The boxes of a page and how it is shown.

    - ``media``, ``crop``: x0, y0, x1, y1 in points, y up, from the origin of the page.
    - ``turn_deg``: how far it is turned clockwise when it is shown: 0, 90, 180 or 270.
    """

    media: Corners
    crop: Corners
    turn_deg: int


def milli(value_pt: float) -> int:
    """Points as milli-points.

    What lies farther out than 2,000 inches or so is cut; no page that can be shown is so large.
    """
    within = min(value_pt, _FARTHEST_PT)
    within = max(within, -_FARTHEST_PT)
    return round(1000 * within)


def size_of(crop: Sequence[float]) -> tuple[int, int]:
    """Width and height of a box [milli-points]."""
    x0, y0, x1, y1 = crop
    width = milli(abs(x1 - x0))
    height = milli(abs(y1 - y0))
    return width, height


def unturned(boxes: Sequence[Corners], frame: PageFrame) -> NDArray[Any]:
    """Boxes of the page as it is shown (points, y down, from the media box) in the frame of a
    layer: (n, 4) int32 [milli-points].
    """
    import numpy as np

    left, bottom, right, top = frame.media
    shown = np.array(boxes, dtype=float).reshape(-1, 4).T
    turned = _turned_back(shown, frame.turn_deg, right - left, top - bottom)
    x0, y0, x1, y1 = turned
    across = left - frame.crop[0]
    down = frame.crop[3] - top
    places = np.stack((x0 + across, y0 + down, x1 + across, y1 + down), axis=1)
    within = np.clip(places, -_FARTHEST_PT, _FARTHEST_PT)
    rounded: NDArray[Any] = np.rint(1000 * within).astype(np.int32)
    return rounded


def _turned_back(shown: Any, turn_deg: int, width: float, height: float) -> Sequence[Any]:
    """x0, y0, x1, y1 on the page of ``width`` and ``height`` that was turned clockwise to be
    shown.
    """
    x0, y0, x1, y1 = shown
    if turn_deg == 90:
        return y0, height - x1, y1, height - x0
    if turn_deg == 180:
        return width - x1, height - y1, width - x0, height - y0
    if turn_deg == 270:
        return width - y1, x0, width - y0, x1
    return x0, y0, x1, y1


def finer_boxes(page: Page, other: Page) -> NDArray[Any]:
    """The boxes of ``page``, with those of single characters from ``other`` where a word's box
    holds the same letters there.

    A word of poppler's has one box for all its characters. Where PDFium has the very letters of
    the word inside that box, in the same order, its boxes are taken. Where it has others, more or
    fewer, the word's box stays: it covers each of its characters, if not closely.

    Boxes (n, 4) int32 [milli-points] as in :class:`Page`.
    """
    import numpy as np

    assert page.boxes is not None
    found = page.boxes.copy()
    if _same_letters(page, other, found):
        return found
    characters = _Characters.of(other)
    changes = np.any(found[1:] != found[:-1], axis=1)
    starts = np.flatnonzero(changes) + 1
    edges = [0, *starts.tolist(), len(found)]
    for first, end in itertools.pairwise(edges):
        if end - first < 2 or page.text[first].isspace():
            continue
        inside = characters.within(found[first].tolist())
        word = page.text[first:end]
        if characters.spell(inside) == word:
            found[first:end] = characters.boxes[inside]
    return found


def _same_letters(page: Page, other: Page, found: NDArray[Any]) -> bool:
    """Take the boxes of ``other`` into ``found`` at once where both pages have the same letters in
    the same order, as most have; false where they do not.

    A box whose middle lies outside the word's box is not taken.
    """
    import numpy as np

    mine = np.array([not char.isspace() for char in page.text], dtype=bool)
    theirs = np.array([not char.isspace() for char in other.text], dtype=bool)
    if "".join(page.text.split()) != "".join(other.text.split()):
        return False
    boxes = other.boxes
    assert boxes is not None
    fine = boxes[theirs]
    words = found[mine]
    middles = (fine[:, :2] + fine[:, 2:]) // 2
    inside = (middles >= words[:, :2]) & (middles <= words[:, 2:])
    taken = inside.all(axis=1) & fine.any(axis=1)
    words[taken] = fine[taken]
    found[mine] = words
    return True


@dataclass(frozen=True)
class _Characters:
    """The characters of a page that have a place, sorted by the height of their middles."""

    text: str
    boxes: NDArray[Any]
    numbers: NDArray[Any]
    middle_x: NDArray[Any]
    middle_y: NDArray[Any]

    @classmethod
    def of(cls, page: Page) -> _Characters:
        """The characters of a page."""
        import numpy as np

        boxes = page.boxes
        assert boxes is not None
        shown = [not char.isspace() for char in page.text]
        has_place = boxes.any(axis=1) & np.array(shown, dtype=bool)
        numbers = np.flatnonzero(has_place)
        middles = (boxes[numbers, :2] + boxes[numbers, 2:]) // 2
        order = np.argsort(middles[:, 1], kind="stable")
        numbers = numbers[order]
        middles = middles[order]
        return cls(page.text, boxes, numbers, middles[:, 0], middles[:, 1])

    def within(self, box: Sequence[int]) -> NDArray[Any]:
        """The numbers of those whose middle lies in a box, in the order of the text."""
        import numpy as np

        x0, y0, x1, y1 = box
        first, end = np.searchsorted(self.middle_y, (y0, y1 + 1))
        across = self.middle_x[first:end]
        inside = (across >= x0) & (across <= x1)
        return np.sort(self.numbers[first:end][inside])

    def spell(self, numbers: NDArray[Any]) -> str:
        """The letters of some of them."""
        return "".join([self.text[number] for number in numbers.tolist()])
