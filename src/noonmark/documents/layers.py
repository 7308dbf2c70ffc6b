"""The text of a file as pages with boxes: what a reader, a search and a locator count in.

An item can have several text layers, one for each reader ("poppler", "pdfium", "tesseract-uig",
"mail" ...). A message of a chat, a mail of a mailbox, a sheet and a slide are pages too. A layer is
derived: it can be thrown away and made again from the item.

On disk a layer is two files: its pages, one canonical JSON object a line, compressed; and its head,
which is written last, so that a layer without a head is not finished.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORM = "text-layer/1"
LONGEST_LINE = 256 << 20
"""Of one page on disk [bytes], unpacked."""


@dataclass(frozen=True)
class Page:
    """One page of a text layer.

    - ``index``: its place in the file, from 0. ``label``: what the file calls it ("iii", "Sheet1").
    - ``boxes``: (n, 4) int32 [milli-points], for each character of ``text`` x0, y0, x1, y1 from
      the top left corner of the crop box before it is turned, x right, y down; all zeros for a
      character that has no place. None where the format has no places.
    - ``width``, ``height``: of that box [milli-points]; 0 where there is none.
    - ``meta``: what else is known, in JSON's types: sender, times and attachments of a message,
      how the order was found, how sure a machine was.
    """

    index: int
    label: str
    text: str
    boxes: NDArray[Any] | None = None
    width: int = 0
    height: int = 0
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LayerHead:
    """What is known of a layer without reading its pages.

    ``text_sha256`` is the digest of the texts of all pages (:class:`TextDigest`). ``pages`` and
    ``without_text`` are counts. ``language_hint`` is what the user or the file said, or "".
    """

    item_sha256: str
    text_sha256: str
    producer: str
    language_hint: str
    pages: int
    without_text: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextLayer:
    """The text of an item as one reader read it. Pages may be missing in between: OCR reads those
    that have no text.
    """

    item_sha256: str
    text_sha256: str
    producer: str
    language_hint: str
    pages: tuple[Page, ...]
    notes: tuple[str, ...] = ()


class TextDigest:
    """SHA-256 over the pages' texts: for each its index and length [bytes] in decimal, a newline,
    and the text in UTF-8.
    """

    def __init__(self) -> None:
        self._state = hashlib.sha256()

    def add(self, index: int, text: str) -> None:
        """Take up the next page."""
        data = text.encode("utf-8")
        self._state.update(b"%d %d\n" % (index, len(data)) + data)

    def hexdigest(self) -> str:
        """The digest so far."""
        return self._state.hexdigest()


def text_digest(pages: Iterable[Page]) -> str:
    """The digest of some pages' texts, in their order."""
    state = TextDigest()
    for page in pages:
        state.add(page.index, page.text)
    return state.hexdigest()


def layer_of(
    item_sha256: str,
    producer: str,
    pages: Sequence[Page],
    *,
    language_hint: str = "",
    notes: Sequence[str] = (),
) -> TextLayer:
    """A layer of pages that are all in memory."""
    digest = text_digest(pages)
    return TextLayer(item_sha256, digest, producer, language_hint, tuple(pages), tuple(notes))


def page_line(page: Page) -> bytes:
    """One page as canonical JSON with a newline, its boxes packed into a text."""
    told: dict[str, Any] = {"index": page.index, "label": page.label, "text": page.text}
    if page.boxes is not None:
        told["boxes"] = _packed_boxes(page.boxes)
    if page.width or page.height:
        told |= {"width": page.width, "height": page.height}
    if page.meta:
        told["meta"] = dict(page.meta)
    return canonical_line(told)


def canonical_line(value: Mapping[str, Any]) -> bytes:
    """A JSON object in its one form, keys sorted, with a newline."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8") + b"\n"


def page_of(line: bytes) -> Page:
    """The page that a line holds. Raises InputError ``text-layer-damaged``."""
    try:
        told = json.loads(line)
        boxes = _unpacked_boxes(told["boxes"], len(told["text"])) if "boxes" in told else None
        return Page(
            int(told["index"]),
            str(told["label"]),
            str(told["text"]),
            boxes,
            int(told.get("width", 0)),
            int(told.get("height", 0)),
            dict(told.get("meta", {})),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise damaged(type(error).__name__) from None


def damaged(why: str) -> InputError:
    """The error about a text layer on disk that is not whole."""
    return InputError(
        f"a text layer of the case is damaged ({why})",
        code="text-layer-damaged",
        hint="delete the folder documents/ in the case and run noonmark docs add again",
    )


def head_line(head: LayerHead) -> bytes:
    """The head of a layer as canonical JSON."""
    return canonical_line({"form": FORM, **vars(head), "notes": list(head.notes)})


def head_of(data: bytes) -> LayerHead:
    """The head that :func:`head_line` wrote. Raises InputError ``text-layer-damaged``."""
    try:
        told = json.loads(data)
        if told.pop("form") != FORM:
            raise damaged("another form")
        return LayerHead(**{**told, "notes": tuple(told["notes"])})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise damaged(type(error).__name__) from None


def packed(pages: Iterable[Page]) -> bytes:
    """Pages as one compressed member; members that follow one another make one file of pages."""
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=4, mtime=0) as out:
        for page in pages:
            out.write(page_line(page))
    return buffer.getvalue()


def unpacked(file: Any) -> Iterator[Page]:
    """The pages of a file of pages, one at a time. Raises InputError ``text-layer-damaged``."""
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as lines:
            while line := lines.readline(LONGEST_LINE):
                yield page_of(line)
    except (OSError, EOFError) as error:
        raise damaged(type(error).__name__) from None


def chosen_pages(file: Any, indexes: Collection[int]) -> Iterator[Page]:
    """Those pages of a file of pages that have some indexes; the rest is passed over unread."""
    left = set(indexes)
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as lines:
            while left and (line := lines.readline(LONGEST_LINE)):
                index = int(json.loads(line)["index"])
                if index in left:
                    left.discard(index)
                    yield page_of(line)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise damaged(type(error).__name__) from None


def texts(file: Any) -> Iterator[tuple[int, str]]:
    """Index and text of each page of a file of pages, without their boxes."""
    try:
        with gzip.GzipFile(fileobj=file, mode="rb") as lines:
            while line := lines.readline(LONGEST_LINE):
                told = json.loads(line)
                yield int(told["index"]), str(told["text"])
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise damaged(type(error).__name__) from None


def _packed_boxes(boxes: NDArray[Any]) -> str:
    """Boxes as text: column after column, each number less the one above it, as 32-bit integers,
    little end first, in base64.
    """
    import numpy as np

    columns = np.asarray(boxes, dtype="<i4").T
    above = np.zeros_like(columns)
    above[:, 1:] = columns[:, :-1]
    steps = columns - above
    return base64.b64encode(steps.tobytes()).decode("ascii")


def _unpacked_boxes(text: str, length: int) -> NDArray[Any]:
    """The boxes that :func:`_packed_boxes` wrote, (length, 4) int32."""
    import numpy as np

    data = base64.b64decode(text, validate=True)
    steps = np.frombuffer(data, dtype="<i4").reshape(4, length)
    columns = np.cumsum(steps, axis=1, dtype=np.int32)
    return np.ascontiguousarray(columns.T)
