"""Hashes of a film's frames or of a photo, trimmed of dark borders; mirrored, cropped and turned on
request.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from noonmark.sandbox.decoders import animation, pdq, pictures, query_parts
from noonmark.sandbox.decoders.dark_borders import trimmed
from noonmark.sandbox.decoders.query_parts import Part
from noonmark.sandbox.task_types import Answer, Payload

_LONGEST_PX = 512
"""At half of it the hash itself differs by 14 to 26 bits: this size is part of the hash."""
_BATCH = 512
_BETWEEN = 16
"""From so many frames a step on, few frames are decoded; below, all."""
_NEARLY = 1e-6
CROPS = (0.95, 0.90, 0.85)
TURNS_DEG = (-3.0, 3.0)
_WHOLE, _MIRRORED, _FIRST_CROP, _STRIP, _FIRST_TURN = 0, 1, 2, 5, 6
_WITHOUT_LOWEST, _WITHOUT_HIGHEST = 8, 9
_MOVED, _MOVED_MIRRORED, _INNER, _WITHOUT_BOTH = 10, 11, 12, 13
"""The numbers of the variants, which are stored with the hashes."""
_MOTION_PX, _MOTION_BITS = 64, 24
"""A frame of a query is hashed early where its own small picture has changed by so many bits."""


def main(payload: Payload, fds: list[int]) -> Answer:
    """Hashes of the frames of one film or of a photo, and of parts of each.

    Payload: ``side``, "reference" or "query"; ``every_s`` between frames; ``key_frames``, whether
    key frames alone will do; ``threads`` of the decoder.

    Answer, a row for each hash: ``hashes`` (n, 32) uint8, ``times_s`` (n,) float64, ``quality``
    (n,) uint8 from 0 to 100, ``variant`` (n,) uint8; how many ``frames`` were looked at; and
    whether the file is an ``animation``, of which the first alone was.
    """
    batch = _HashBatch()
    frames = 0
    if not pictures.is_video(fds[0]):
        for variant, cells in _photo(payload, fds[0]):
            batch.add(0.0, variant, cells)
        moves = animation.opened(fds[0], payload["limits"]["pixels"]) is not None
        return {**batch.done(), "frames": 1, "animation": moves}
    for time_s, frame in _shown(payload, fds[0]):
        frames += 1
        grey = trimmed(frame)
        for variant, cells in _variants(grey, payload["side"]):
            batch.add(time_s, variant, cells)
        if payload["side"] == "query":
            for variant, cells in _reduced(grey, query_parts.inner(grey.shape), _INNER):
                batch.add(time_s, variant, cells)
    return {**batch.done(), "frames": frames}


class _HashBatch:
    """Reduced pictures, hashed many at a time."""

    def __init__(self) -> None:
        self.times_s: list[float] = []
        self.variant: list[int] = []
        self.hashes: list[Any] = []
        self.quality: list[Any] = []
        self.waiting: list[Any] = []

    def add(self, time_s: float, variant: int, cells: Any) -> None:
        """Take one picture, reduced; hash a full batch."""
        self.times_s.append(time_s)
        self.variant.append(variant)
        self.waiting.append(cells)
        if len(self.waiting) == _BATCH:
            self._hash()

    def _hash(self) -> None:
        """Hash the pictures that wait."""
        hashes, quality = pdq.hashes(np.array(self.waiting, np.float32))
        self.hashes.append(hashes)
        self.quality.append(quality)
        self.waiting.clear()

    def done(self) -> Answer:
        """The arrays of the answer."""
        self._hash()
        return {
            "times_s": np.array(self.times_s, np.float64),
            "variant": np.array(self.variant, np.uint8),
            "quality": np.concatenate(self.quality),
            "hashes": np.concatenate(self.hashes),
        }


def _shown(payload: Payload, fd: int) -> Iterator[tuple[float, Any]]:
    """Frames of a film about ``every_s`` apart, or the key frames; small and grey."""
    is_empty = True
    for time_s, grey in _about(payload, fd, sparse=True):
        is_empty = False
        yield time_s, grey
    if is_empty:  # a film that marks no frame as key, or none as needed by another
        yield from _about(payload, fd, sparse=False)


def _about(payload: Payload, fd: int, *, sparse: bool) -> Iterator[tuple[float, Any]]:
    """Frames about ``every_s`` apart. Decoding is the cost, so what the answer allows is left out
    of it.

    ``sparse``: only key frames where those are asked for; else, where a few frames more or less do
    not matter, no more than holds the frames wanted. Not ``sparse``: of all frames the first at or
    after each step.
    """
    from noonmark.sandbox.decoders import sparse as few
    from noonmark.sandbox.decoders import video

    every_s = float(payload["every_s"])
    film = video.film(fd, payload["limits"]["pixels"], threads=payload["threads"])
    if sparse and not payload["key_frames"] and every_s >= _BETWEEN * film.step_s:
        for time_s, frame in few.about(film, every_s):
            yield time_s, video.upright(frame, _LONGEST_PX, grey=True)
        return
    if sparse and payload["key_frames"]:
        film.skip("NONKEY")
    motion = _Motion() if payload["side"] == "query" and not payload["key_frames"] else None
    for time_s, frame in _stepped(film, every_s, motion):
        yield time_s, video.upright(frame, _LONGEST_PX, grey=True)


def _stepped(film: Any, every_s: float, motion: _Motion | None) -> Iterator[tuple[float, Any]]:
    """Of all frames of a film the first at or after each step, and those that have moved."""
    from noonmark.sandbox.decoders import video

    first_s: float | None = None
    due = 0
    for time_s, frame in video.frames(film):
        first_s = time_s if first_s is None else first_s
        # Steps count from the first frame, not from 0: a film may start late.
        passed = (time_s - first_s) / every_s + _NEARLY
        moved = motion is not None and motion.moved(frame)
        if passed >= due or moved:
            due = int(passed) + 1
            yield time_s, frame


class _Motion:
    """How far a film has moved since the frame that was last hashed.

    The frames of an index lie a second apart. Where the camera moves, only a frame of nearly the
    same instant has nearly the same hash, so a film that is asked about is hashed more often there.
    """

    def __init__(self) -> None:
        self.last: Any = None

    def moved(self, frame: Any) -> bool:
        """Whether this frame differs from the last that did, by the hash of a small picture."""
        from noonmark.sandbox.decoders import video

        small = video.upright(frame, _MOTION_PX, grey=True)
        if not pdq.hashable(small):
            return False
        bits = np.unpackbits(pdq.hashes(pdq.reduced(small)[None])[0])
        if self.last is not None and int((bits != self.last).sum()) < _MOTION_BITS:
            return False
        self.last = bits
        return True


def _photo(payload: Payload, fd: int) -> Iterator[tuple[int, Any]]:
    """Number and reduced picture of each part of a photo that is hashed.

    Of a query also the pictures that may stand inside it; and all places where the middle of an
    indexed frame may lie in it, or in its largest band between dark rows, mirrored too.
    """
    rgb = pictures.rgb(fd, payload["limits"]["pixels"])
    small = _small(rgb)
    grey = trimmed(small)
    yield from _variants(grey, payload["side"])
    if payload["side"] != "query":
        return
    yield from _reduced(grey, query_parts.inner(grey.shape), _INNER)
    shown = [grey]
    band = query_parts.largest_band(small)
    if band is not None:
        # Made small from the whole picture: its size is part of the hash.
        shrunk = small.shape[1] / rgb.shape[1]
        top, bottom, left, right = (round(edge / shrunk) for edge in band)
        shown.append(trimmed(_small(rgb[top:bottom, left:right])))
        yield from ((_INNER, cells) for _, cells in _variants(shown[1], "inner"))
    for grey in shown:
        parts = query_parts.moved(grey.shape)
        yield from _reduced(grey, parts, _MOVED)
        yield from _reduced(grey[:, ::-1], parts, _MOVED_MIRRORED)


def _small(rgb: Any) -> Any:
    """A picture as grey, its longer side at most that of a hashed frame."""
    from PIL import Image

    image = Image.fromarray(rgb).convert("L")
    image.thumbnail((_LONGEST_PX, _LONGEST_PX))
    return np.asarray(image)


def _reduced(grey: Any, parts: list[Part], variant: int) -> Iterator[tuple[int, Any]]:
    """Parts that are large enough to have a hash, all under one number."""
    large = []
    for part in parts:
        top, bottom, left, right = part
        if pdq.hashable(grey[top:bottom, left:right]):
            large.append(part)
    for cells in pdq.reduced_parts(grey, large):
        yield variant, cells


def _variants(grey: Any, side: str) -> Iterator[tuple[int, Any]]:
    """Number and reduced picture of each part of a frame that is hashed.

    The whole; without its lowest and its highest fifth (tickers, logos), either and both; of a
    query also mirrored; of a reference also crops, an upright 9:16 strip, and small turns.
    """
    if not pdq.hashable(grey):
        return
    parts = _parts(grey.shape, side)
    large = {}
    for variant, part in parts.items():
        top, bottom, left, right = part
        if pdq.hashable(grey[top:bottom, left:right]):
            large[variant] = part
    yield from zip(large, pdq.reduced_parts(grey, list(large.values())), strict=True)
    if side == "query":
        yield _MIRRORED, pdq.reduced(grey[:, ::-1])
    elif side == "reference":
        yield from _turned(grey)


def _parts(shape: tuple[int, int], side: str) -> dict[int, Part]:
    """The parts of a frame that need no new picture, by the number of the variant."""
    height, width = shape
    # A fifth of a picture of four rows is nothing.
    fifth = height // 5
    parts = {_WHOLE: (0, height, 0, width)}
    if fifth:
        parts[_WITHOUT_LOWEST] = (0, height - fifth, 0, width)
        parts[_WITHOUT_HIGHEST] = (fifth, height, 0, width)
        parts[_WITHOUT_BOTH] = (fifth, height - fifth, 0, width)
    if side != "reference":
        return parts
    for i, share in enumerate(CROPS):
        dy, dx = round(height * (1 - share) / 2), round(width * (1 - share) / 2)
        parts[_FIRST_CROP + i] = (dy, height - dy, dx, width - dx)
    # What a phone shows of a wide picture when it is cropped to upright.
    strip = round(height * 9 / 16)
    if strip < width:
        left = (width - strip) // 2
        parts[_STRIP] = (0, height, left, left + strip)
    return parts


def _turned(grey: Any) -> Iterator[tuple[int, Any]]:
    """The frame turned a little each way.

    By the nearest pixel: 0 to 4 bits off the bilinear one, in an eighth of its time.
    """
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(grey))
    for i, turn_deg in enumerate(TURNS_DEG):
        turned = image.rotate(turn_deg, Image.Resampling.NEAREST)
        yield _FIRST_TURN + i, pdq.reduced(np.asarray(turned))
