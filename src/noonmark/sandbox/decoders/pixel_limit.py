"""Pillow's own limit on pixels, for as long as a file is read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image


@contextmanager
def pixel_limit(pixels: int | None) -> Iterator[None]:
    """Pillow refuses pictures of more than about ``pixels`` inside, none where it is None.

    Outside nothing is changed.

    The limit is the library's one global value; where a task runs in our own process, it must not
    outlive the file.
    """
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = pixels
    try:
        yield
    finally:
        Image.MAX_IMAGE_PIXELS = before
