"""Photos to upright RGB arrays: what Pillow reads, and HEIC or AVIF where pillow-heif is installed."""

from __future__ import annotations

import os
import signal
from typing import Any

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from noonmark.errors import InputError

PHOTO_CPU_S = 12
"""What decoding one photo may take: 100 million pixels take 2 to 6. A film may take hours, so this is no limit of the
worker's; it is an alarm that ends the process, for a decoder deep in a thousand scans of one picture hears no other.
"""


def alarm(cpu_s: float) -> None:
    """End this worker after so much more CPU; 0 takes it back."""
    signal.setitimer(signal.ITIMER_PROF, cpu_s)


def opened(fd: int, pixels: int) -> Any:
    """The picture, not yet decoded. Refuses what is no picture and what is larger than ``pixels``."""
    alarm(PHOTO_CPU_S)
    Image.MAX_IMAGE_PIXELS = None  # the size is judged below, before a pixel is decoded
    try:
        import pillow_heif

        pillow_heif.register_heif_opener()
    except ImportError:
        pass
    os.lseek(fd, 0, os.SEEK_SET)
    try:
        image = Image.open(os.fdopen(os.dup(fd), "rb"))
    except (UnidentifiedImageError, SyntaxError, ValueError):
        raise InputError("no decoder here knows this picture", code="not-decodable") from None
    if image.width * image.height > pixels:
        raise InputError(
            f"a picture of {image.width}x{image.height} pixels is over the limit of {pixels}", code="too-many-pixels"
        )
    return image


def rgb(fd: int, pixels: int) -> Any:
    """The first picture of the file, upright, as ``(height, width, 3)`` uint8; of a broken one what could be read."""
    return whole_or_not(fd, pixels)[0]


def whole_or_not(fd: int, pixels: int) -> tuple[Any, bool]:
    """The picture as :func:`rgb` gives it, and whether all of it could be decoded. What could not is grey or black."""
    try:
        array, whole = as_rgb(opened(fd, pixels)), True
    except (OSError, SyntaxError, ValueError, IndexError):
        ImageFile.LOAD_TRUNCATED_IMAGES = True
        try:
            array, whole = as_rgb(opened(fd, pixels)), False
        except (OSError, SyntaxError, ValueError, IndexError) as error:
            raise InputError(f"the picture is broken: {str(error)[:200]}", code="not-decodable") from None
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
    alarm(0)
    return array, whole


def as_rgb(image: Any) -> Any:
    """Upright RGB from any mode: 16 bits are scaled to 8, transparency is laid on white."""
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I;16") or image.mode == "I":
        wide = np.asarray(image).clip(0, 65_535).astype(np.uint16)
        narrow = (wide >> 8 if wide.max(initial=0) > 255 else wide).astype(np.uint8)
        return np.repeat(narrow[..., None], 3, axis=2)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image)
    return np.asarray(image.convert("RGB"))


def is_video(fd: int) -> bool:
    """Whether the bytes are those of a film rather than of a photo (an animated picture is a photo here)."""
    head = os.pread(fd, 16, 0)
    tiffs = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
    if head[:3] == b"\xff\xd8\xff" or head[:8] == b"\x89PNG\r\n\x1a\n" or head[:4] in tiffs:
        return False
    if head[:6] in (b"GIF87a", b"GIF89a") or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return False
    brands = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis")
    return not (head[4:8] == b"ftyp" and head[8:12] in brands)
