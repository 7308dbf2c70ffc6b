"""The frames of an animated picture: GIF, APNG, WebP or AVIF."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from noonmark.sandbox.decoders import pictures

_FORMS = ("GIF", "PNG", "WEBP", "AVIF")
"""Other forms hold several pictures that are no animation: pages, depth maps, thumbnails."""
_MOST_FRAMES = 100_000
_BROKEN = (OSError, SyntaxError, ValueError, IndexError, EOFError)
"""What Pillow raises of a frame that is broken."""


class Animation:
    """An animated picture that is read frame by frame; ``lost`` is 1 where reading ended early."""

    def __init__(self, image: Any) -> None:
        self._image = image
        self.lost = 0

    def frames(self, wanted: frozenset[int] | None = None) -> Iterator[tuple[int, float, Any]]:
        """Number, time [s] and upright RGB ``(height, width, 3)`` of the frames, in order.

        All of them, or those ``wanted``. The time is the sum of how long the file lets each frame
        before stand.
        """
        last = _MOST_FRAMES - 1 if wanted is None else max(wanted, default=-1)
        begin_s = 0.0
        for number in range(last + 1):
            # The limit of one photo holds for each frame.
            pictures.alarm(pictures.PHOTO_CPU_S)
            try:
                self._image.seek(number)
                self._image.load()
                # The time a frame stands is known once it is decoded.
                stands_s = max(0.0, float(self._image.info.get("duration", 0.0))) / 1000.0
                is_wanted = wanted is None or number in wanted
                rgb = pictures.as_rgb(self._image) if is_wanted else None
            except _BROKEN:
                self.lost = int(number < getattr(self._image, "n_frames", 0))
                break
            if rgb is not None:
                yield number, begin_s, rgb
            begin_s += stands_s
        pictures.alarm(0)


def opened(fd: int, pixels: int) -> Animation | None:
    """The animation in a file; None where it is a picture that stands still, or is broken.

    Raises InputError as :func:`pictures.opened` does.
    """
    image = pictures.opened(fd, pixels)
    try:
        is_animated = image.format in _FORMS and bool(getattr(image, "is_animated", False))
    except _BROKEN:
        is_animated = False
    pictures.alarm(0)
    return Animation(image) if is_animated else None
