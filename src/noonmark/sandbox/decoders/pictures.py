"""Photos as upright RGB: what Pillow reads, and HEIC or AVIF where pillow-heif is installed."""

from __future__ import annotations

import os
import signal
from typing import Any

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from noonmark.errors import InputError
from noonmark.sandbox.decoders.pixel_limit import pixel_limit
from noonmark.sandbox.parsers import magic

_BROKEN = (OSError, SyntaxError, ValueError, IndexError)
"""What Pillow raises of a broken picture."""
PHOTO_CPU_S = 12
"""What decoding one photo may take: 100 million pixels take 2 to 6. A film may take hours, so this
is no limit of the worker's; it is an alarm that ends the process, for a decoder deep in a thousand
scans of one picture hears no other.
"""


def alarm(cpu_s: float) -> None:
    """End this worker after so much more CPU; 0 takes it back."""
    signal.setitimer(signal.ITIMER_PROF, cpu_s)


def opened(fd: int, pixels: int) -> Any:
    """The picture, not yet decoded. Refuses what is none and what is larger than ``pixels``.

    Raises InputError "not-decodable" or "too-many-pixels". Reading its pixels may raise what
    Pillow raises of broken data.
    """
    # Taken back where the picture is decoded; else it ends the worker.
    alarm(PHOTO_CPU_S)
    try:
        import pillow_heif

        pillow_heif.register_heif_opener()
    except ImportError:
        pass
    # The descriptor may have been read before.
    os.lseek(fd, 0, os.SEEK_SET)
    try:
        # The size is judged below, before a pixel is decoded, and told in our own words.
        with pixel_limit(None):
            image = Image.open(os.fdopen(os.dup(fd), "rb"))
    except UnidentifiedImageError:
        raise InputError("no decoder here knows this picture", code="not-decodable") from None
    except _BROKEN as error:
        raise InputError(
            f"the picture is broken: {str(error)[:200]}", code="not-decodable"
        ) from None
    if image.width * image.height > pixels:
        raise InputError(
            f"a picture of {image.width}x{image.height} pixels is over the limit of {pixels}",
            code="too-many-pixels",
        )
    return image


def rgb(fd: int, pixels: int) -> Any:
    """The first picture of the file, upright, as ``(height, width, 3)`` uint8; of a broken one what
    could be read.
    """
    return whole_or_not(fd, pixels)[0]


def whole_or_not(fd: int, pixels: int) -> tuple[Any, bool]:
    """The picture as :func:`rgb` gives it, and whether all of it could be decoded. What could not
    is grey or black.
    """
    try:
        array, is_whole = as_rgb(opened(fd, pixels)), True
    except _BROKEN:
        array, is_whole = _what_can_be_read(fd, pixels), False
    alarm(0)
    return array, is_whole


def _what_can_be_read(fd: int, pixels: int) -> Any:
    """A broken picture, as far as Pillow decodes it."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        return as_rgb(opened(fd, pixels))
    except _BROKEN as error:
        raise InputError(
            f"the picture is broken: {str(error)[:200]}", code="not-decodable"
        ) from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def as_rgb(image: Any) -> Any:
    """Upright RGB from any mode: 16 bits are scaled to 8, transparency is laid on white.

    ``(height, width, 3)`` uint8. Turned as EXIF says, mirrored too.
    """
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16") or image.mode == "I":
        return _grey_as_rgb(np.asarray(image))
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image)
    return np.asarray(image.convert("RGB"))


def _grey_as_rgb(values: Any) -> Any:
    """Grey of 16 bits; one that uses no more than 8 of them stays as it is."""
    wide = values.clip(0, 65_535).astype(np.uint16)
    if wide.max(initial=0) > 255:
        wide = wide >> 8
    return np.repeat(wide.astype(np.uint8)[..., None], 3, axis=2)


def is_video(fd: int) -> bool:
    """Whether the bytes are not those of a photo. An animated picture is a photo here."""
    return magic.photo_format(os.pread(fd, 16, 0)) is None
