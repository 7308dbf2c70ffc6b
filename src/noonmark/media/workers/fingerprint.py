"""Hashes of a film's frames or of a photo, trimmed of dark borders; mirrored, cropped and turned on request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from noonmark.media.workers import pdq, pictures

_LONGEST_PX = 512
"""At half of it the hash itself differs by 14 to 26 bits: this size is part of the hash."""
_DARK_MEAN, _DARK_MOST, _LIT_SHARE = 18, 48, 0.02
_BATCH = 512
_BETWEEN = 16
CROPS = (0.95, 0.90, 0.85)
TURNS_DEG = (-3.0, 3.0)


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``hashes`` (n, 32) uint8, ``times_s``, ``quality``, ``variant``; ``side`` is "reference" or "query"."""
    made = _Rows()
    frames = 0
    for time_s, grey in _shown(payload, fds[0]):
        frames += 1
        for variant, cells in _variants(trimmed(grey), payload["side"]):
            made.add(time_s, variant, cells)
    return {**made.done(), "frames": frames}


class _Rows:
    """Reduced pictures, hashed many at a time."""

    def __init__(self) -> None:
        self.times_s: list[float] = []
        self.variant: list[int] = []
        self.hashes: list[Any] = []
        self.quality: list[Any] = []
        self.waiting: list[Any] = []

    def add(self, time_s: float, variant: int, cells: Any) -> None:
        self.times_s.append(time_s)
        self.variant.append(variant)
        self.waiting.append(cells)
        if len(self.waiting) == _BATCH:
            self._hash()

    def _hash(self) -> None:
        hashes, quality = pdq.hashes(np.array(self.waiting, np.float32))
        self.hashes.append(hashes)
        self.quality.append(quality)
        self.waiting.clear()

    def done(self) -> dict[str, Any]:
        self._hash()
        return {
            "times_s": np.array(self.times_s, np.float64),
            "variant": np.array(self.variant, np.uint8),
            "quality": np.concatenate(self.quality),
            "hashes": np.concatenate(self.hashes),
        }


def _shown(payload: dict[str, Any], fd: int) -> Iterator[tuple[float, Any]]:
    """Frames about ``every_s`` apart, or the key frames; small and grey."""
    from PIL import Image

    pixels = payload["limits"]["pixels"]
    if not pictures.is_video(fd):
        image = Image.fromarray(pictures.rgb(fd, pixels)).convert("L")
        image.thumbnail((_LONGEST_PX, _LONGEST_PX))
        yield 0.0, np.asarray(image)
        return
    none = True
    for time_s, grey in _about(payload, fd, sparse=True):
        none = False
        yield time_s, grey
    if none:  # a film that marks no frame as key, or none as needed by another
        yield from _about(payload, fd, sparse=False)


def _about(payload: dict[str, Any], fd: int, *, sparse: bool) -> Iterator[tuple[float, Any]]:
    """Frames about ``every_s`` apart. Decoding is the cost, so what the answer allows is left out of it.

    ``sparse``: only key frames where those are asked for; else, where a few frames more or less do not matter, no more
    than holds the frames wanted. Not ``sparse``: of all frames the first at or after each step.
    """
    from noonmark.media.workers import sparse as few
    from noonmark.media.workers import video

    every_s = float(payload["every_s"])
    film = video.film(fd, payload["limits"]["pixels"], threads=payload["threads"])
    if sparse and not payload["key_frames"] and every_s >= _BETWEEN * film.step_s:
        for time_s, frame in few.about(film, every_s):
            yield time_s, video.upright(frame, _LONGEST_PX, grey=True)
        return
    if sparse and payload["key_frames"]:
        film.skip("NONKEY")
    first_s: float | None = None
    due = 0
    for time_s, frame in video.frames(film):
        first_s = time_s if first_s is None else first_s
        passed = (time_s - first_s) / every_s + 1e-6
        if passed >= due:
            due = int(passed) + 1
            yield time_s, video.upright(frame, _LONGEST_PX, grey=True)


def trimmed(picture: Any) -> Any:
    """The picture, grey or RGB, without dark bars at its edges; whole where that would leave less than a quarter."""
    grey = picture if picture.ndim == 2 else picture.mean(axis=2)
    if all(_lit(edge, 0) for edge in (grey[0], grey[-1], grey[:, 0], grey[:, -1])):
        return picture
    rows, columns = (np.nonzero(_lit(grey, axis))[0] for axis in (1, 0))
    if not len(rows) or not len(columns):
        return picture
    inner = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return inner if inner.shape[0] * inner.shape[1] * 4 >= grey.size else picture


def _lit(grey: Any, axis: int) -> Any:
    """Whether there is light along an axis: as a whole, or in some spots, such as letters on a bar."""
    return (grey.mean(axis=axis) > _DARK_MEAN) | ((grey > _DARK_MOST).mean(axis=axis) > _LIT_SHARE)


def _variants(grey: Any, side: str) -> Iterator[tuple[int, Any]]:
    """What of a frame is hashed, reduced: 0 whole, 8 and 9 without its lowest and its highest fifth (tickers, logos);
    of a query also 1 mirrored; of a reference also crops, an upright 9:16 strip, and small turns.
    """
    if not pdq.hashable(grey):
        return
    height, width = grey.shape
    fifth, strip = height // 5, round(height * 9 / 16)
    parts = {0: (0, height, 0, width)}
    if fifth:
        parts |= {8: (0, height - fifth, 0, width), 9: (fifth, height, 0, width)}
    if side == "reference":
        for i, share in enumerate(CROPS):
            dy, dx = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
            parts[2 + i] = (dy, height - dy, dx, width - dx)
        if strip < width:
            left = (width - strip) // 2
            parts[5] = (0, height, left, left + strip)
    large = {variant: part for variant, part in parts.items() if pdq.hashable(grey[slice(*part[:2]), slice(*part[2:])])}
    yield from zip(large, pdq.reduced_parts(grey, list(large.values())), strict=True)
    if side == "query":
        yield 1, pdq.reduced(grey[:, ::-1])
        return
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(grey))
    for i, turn_deg in enumerate(
        TURNS_DEG
    ):  # nearest pixel: 0 to 4 bits off the bilinear one, in an eighth of its time
        yield 6 + i, pdq.reduced(np.asarray(image.rotate(turn_deg, Image.Resampling.NEAREST)))
