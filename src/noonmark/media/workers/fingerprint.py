"""PDQ hashes of a film's frames or of a photo, trimmed of dark borders; mirrored, cropped and turned on request.

PDQ (Meta, 2019) is a hash of 256 bits with a quality from 0 to 100; pdqhash is its published implementation.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pdqhash  # type: ignore[import-untyped,unused-ignore]
from PIL import Image

from noonmark.media.workers import pictures

_LONGEST_PX = 512
_DARK_MEAN, _DARK_MOST = 18, 48
CROPS = (0.95, 0.90, 0.85)
TURNS_DEG = (-3.0, 3.0)


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``hashes`` (n, 32) uint8, ``times_s``, ``quality``, ``variant``; ``side`` is "reference" or "query"."""
    rows: list[tuple[float, int, int, Any]] = []
    frames = 0
    for time_s, rgb in _shown(payload, fds[0]):
        frames += 1
        for variant, picture in _variants(trimmed(rgb), payload["side"]):
            bits, quality = pdqhash.compute(np.ascontiguousarray(picture))
            rows.append((time_s, variant, int(quality), np.packbits(bits.astype(np.uint8))))
    return {
        "times_s": np.array([row[0] for row in rows], np.float64),
        "variant": np.array([row[1] for row in rows], np.uint8),
        "quality": np.array([row[2] for row in rows], np.uint8),
        "hashes": np.array([row[3] for row in rows], np.uint8).reshape(len(rows), 32),
        "frames": frames,
    }


def _shown(payload: dict[str, Any], fd: int) -> Iterator[tuple[float, Any]]:
    """Frames about ``every_s`` apart, or the key frames; small."""
    pixels = payload["limits"]["pixels"]
    if not pictures.is_video(fd):
        image = Image.fromarray(pictures.rgb(fd, pixels))
        image.thumbnail((_LONGEST_PX, _LONGEST_PX))
        yield 0.0, np.asarray(image)
        return
    from noonmark.media.workers import video

    due_s: float | None = None
    for time_s, frame in video.frames(video.film(fd, pixels, key_frames_only=payload["key_frames"])):
        if due_s is None or time_s >= due_s - 1e-6:
            due_s = max((time_s if due_s is None else due_s) + payload["every_s"], time_s)
            yield time_s, video.upright(frame, _LONGEST_PX)


def trimmed(rgb: Any) -> Any:
    """The picture without dark bars at its edges; whole where that would leave less than a quarter of it."""
    grey = rgb.mean(axis=2)
    rows = np.nonzero((grey.mean(axis=1) > _DARK_MEAN) | (np.percentile(grey, 98, axis=1) > _DARK_MOST))[0]
    columns = np.nonzero((grey.mean(axis=0) > _DARK_MEAN) | (np.percentile(grey, 98, axis=0) > _DARK_MOST))[0]
    if not len(rows) or not len(columns):
        return rgb
    inner = rgb[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return inner if inner.shape[0] * inner.shape[1] * 4 >= grey.size else rgb


def _variants(rgb: Any, side: str) -> Iterator[tuple[int, Any]]:
    """0 as it is, 8 and 9 without its lowest and its highest fifth (tickers, logos); a query also 1 mirrored;
    a reference also crops, an upright 9:16 strip, and small turns.
    """
    yield 0, rgb
    height, width = rgb.shape[:2]
    fifth = height // 5
    if fifth:
        yield 8, rgb[: height - fifth]
        yield 9, rgb[fifth:]
    if side == "query":
        yield 1, rgb[:, ::-1]
        return
    for i, share in enumerate(CROPS):
        dy, dx = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
        yield 2 + i, rgb[dy : height - dy, dx : width - dx]
    strip = round(height * 9 / 16)
    if strip < width:
        left = (width - strip) // 2
        yield 5, rgb[:, left : left + strip]
    for i, turn_deg in enumerate(TURNS_DEG):
        yield 6 + i, np.asarray(Image.fromarray(rgb).rotate(turn_deg, Image.Resampling.BILINEAR))
