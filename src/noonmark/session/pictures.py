"""Pictures for the page: frames decoded by the locked worker and encoded anew, held in memory up to
a bound.

Nothing that a stranger encoded reaches the browser: it gets pixels, never a container to parse. A
film is stepped through, so the frames after the one asked for are decoded with it. All of it is
dropped when the case is closed.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions.item_kinds import kind_of
from noonmark.errors import InputError, NoonmarkError
from noonmark.evidence.store import Store
from noonmark.media import frames as film
from noonmark.sandbox import png
from noonmark.session.sentences import told

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from noonmark.media.frames import Reel

HELD_BYTES = 96 << 20
AHEAD = 6
"""How many frames of a film are decoded after the one asked for: starting a worker costs more than
a frame.
"""
HEAVY_PX = 1e8
"""Of a film whose frames have more pixels together, about two seconds of 1920 by 1080, the times
are taken from its packets, without decoding it: nobody waits for all of a clip to see it.
"""
SHEET_FRAMES, SHEET_COLUMNS, SHEET_PX = 60, 6, 240
LARGEST_CROP_PX = 4096
_EFFORT = 1
Key = tuple[str, int, int]


@dataclass
class PictureCache:
    """Decoded frames and what is known of each film, of one open case.

    ``shown`` is called with the digest of each item that is looked at, for the log.
    """

    folder: Path
    shown: Callable[[str], None]
    limit_bytes: int = HELD_BYTES
    held_bytes: int = 0
    _frames: OrderedDict[Key, Any] = field(default_factory=OrderedDict)
    _heads: dict[tuple[str, int | None], tuple[Key, int, int]] = field(default_factory=dict)
    _reels: dict[str, Reel] = field(default_factory=dict)
    _probes: dict[str, dict[str, Any]] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def probe(self, sha256: str) -> dict[str, Any]:
        """The JSON of ``noonmark probe`` for an item."""
        path = self._path(sha256)
        with self._one_at_a_time(sha256):
            if sha256 not in self._probes:
                from noonmark.actions.footage import read_probe

                found = read_probe(path)
                findings = [
                    one | {"told": told(one["message"], "finding")} for one in found["findings"]
                ]
                self._probes[sha256] = found | {"findings": findings}
            return self._probes[sha256]

    def frames(self, sha256: str) -> dict[str, Any]:
        """Size, exact times, key frames and cuts of an item."""
        reel = self.reel(sha256)
        times: list[float | None] = [None]
        key = [0]
        if not reel.photo:
            times = [round(float(time_s), 6) for time_s in reel.times_s]
            key = [number for number, is_key in enumerate(reel.key.tolist()) if is_key]
        return {
            "width_px": reel.width_px,
            "height_px": reel.height_px,
            "count": len(times),
            "times_s": times,
            "key": key,
            "cuts": list(reel.cuts),
        }

    def reel(self, sha256: str) -> Reel:
        """What one pass over an item found, made once.

        The page asks for the first frame of a film together with this: the picture comes first.
        """
        path = self._path(sha256)
        with self._one_at_a_time(sha256):
            if sha256 not in self._reels:
                if kind_of(path) == "video":
                    with suppress(NoonmarkError):  # the pass itself says what is wrong
                        self._head(sha256, path, None)
                self._reels[sha256] = film.scan(path, heavy_px=HEAVY_PX)
            return self._reels[sha256]

    def frame(
        self,
        sha256: str,
        number: int,
        max_px: int | None,
    ) -> tuple[bytes, int, int]:
        """The PNG of an upright frame, and the width and height [px] of the original.

        The first frame of a film does not wait until somebody has looked through it, nor for the
        frames of it that are being played.
        """
        path = self._path(sha256)
        if number == 0 and kind_of(path) == "video":
            rgb, width_px, height_px = self._head(sha256, path, max_px)
            return png.encode(rgb, {}, effort=_EFFORT), width_px, height_px
        reel = self.reel(sha256)
        longest = max(reel.width_px, reel.height_px)
        rgb = self._rgb(sha256, reel, number, min(max_px or longest, longest))
        return png.encode(rgb, {}, effort=_EFFORT), reel.width_px, reel.height_px

    def pixels(self, sha256: str, number: int, longest_px: int) -> NDArray[np.uint8]:
        """The pixels (h, w, 3) of an upright frame, its longer side at most so long [px]."""
        reel = self.reel(sha256)
        longest = max(reel.width_px, reel.height_px)
        return self._rgb(sha256, reel, number, min(longest_px, longest))

    def run(
        self,
        sha256: str,
        numbers: Sequence[int],
        max_px: int,
    ) -> tuple[list[memoryview], list[int], int, int]:
        """Frames of a film as raw RGB for playing, the bytes of each by itself: their numbers, and
        the width and height [px] of each as sent.

        They are decoded in one go and not held: whoever plays on asks for those that follow.
        """
        reel, path = self.reel(sha256), self._path(sha256)
        known = [number for number in numbers if number < reel.times_s.size]
        with self._one_at_a_time(sha256):
            found = list(film.take(path, reel, known, longest_px=max_px)) if known else []
        if not found:
            raise InputError(
                "no frame of these could be decoded",
                code="no-such-frame",
                hint="step to the frame beside it",
            )
        height, width = found[0].rgb.shape[:2]
        alike = [frame for frame in found if frame.rgb.shape[:2] == (height, width)]
        data = [frame.rgb.reshape(-1).data for frame in alike]
        return data, [frame.number for frame in alike], width, height

    def crop(
        self,
        sha256: str,
        number: int,
        box: tuple[int, int, int, int],
    ) -> bytes:
        """The PNG of a piece of a frame at full size: ``box`` is x, y, width, height [px]."""
        reel = self.reel(sha256)
        x, y, w, h = box
        begins_inside = 0 <= x < reel.width_px and 0 <= y < reel.height_px
        has_size = 0 < w <= LARGEST_CROP_PX and 0 < h <= LARGEST_CROP_PX
        if not begins_inside or not has_size:
            raise InputError(
                f"a piece of {w}x{h} px at {x},{y} of a frame of {reel.width_px}x{reel.height_px}",
                code="bad-crop",
                hint=f"inside the frame, at most {LARGEST_CROP_PX} px a side",
            )
        rgb = self._rgb(sha256, reel, number, max(reel.width_px, reel.height_px))
        return png.encode(rgb[y : y + h, x : x + w], {}, effort=_EFFORT)

    def sheet(self, sha256: str) -> tuple[bytes, list[int], int]:
        """A contact sheet as PNG, the numbers of its frames row by row, and how many stand in a
        row.
        """
        from noonmark.media import contact_sheet

        path, reel = self._path(sha256), self.reel(sha256)
        length_s = float(reel.times_s[-1] - reel.times_s[0])
        every_s = max(0.5, length_s / SHEET_FRAMES)
        numbers = film.sharpest(reel, every_s=every_s)
        numbers = numbers[:: -(-len(numbers) // SHEET_FRAMES)]
        with self._one_at_a_time(sha256):
            small = [
                (f.rgb, f"{f.time_s:.2f} s")
                for f in film.take(path, reel, numbers, longest_px=SHEET_PX)
            ]
        columns = min(SHEET_COLUMNS, len(small))
        sheet = contact_sheet.compose(small, columns=columns)
        return png.encode(sheet, {}, effort=_EFFORT), numbers, columns

    def add_sizes(self, items: Sequence[dict[str, Any]]) -> None:
        """Say the size and length of the items that have been looked into already."""
        for item in items:
            reel = self._reels.get(item["sha256"])
            if reel is None:
                continue
            item |= {"width_px": reel.width_px, "height_px": reel.height_px}
            item["kind"] = "photo" if reel.photo else "video"
            if not reel.photo:
                item["duration_s"] = round(float(reel.times_s[-1] - reel.times_s[0]), 3)

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._frames.clear()
            self.held_bytes = 0
        self._heads.clear()
        self._reels.clear()
        self._probes.clear()

    def _rgb(
        self,
        sha256: str,
        reel: Reel,
        number: int,
        longest_px: int,
    ) -> NDArray[np.uint8]:
        """The pixels of a frame, decoded with those after it where they are not held yet."""
        key = (sha256, number, longest_px)
        with self._one_at_a_time(sha256):
            found = self._held(key)
            if found is None:
                end = min(number + 1 + self._ahead(reel, longest_px), reel.times_s.size)
                numbers = list(range(number, max(number + 1, end)))
                path = self._path(sha256)
                for frame in film.take(path, reel, numbers, longest_px=longest_px):
                    self._keep((sha256, frame.number, longest_px), frame.rgb)
                    found = frame.rgb if frame.number == number else found
            if found is None:
                raise InputError(
                    f"frame {number} could not be decoded",
                    code="no-such-frame",
                    hint="step to the frame beside it",
                )
            return found

    def _held(self, key: Key | None) -> NDArray[np.uint8] | None:
        """A frame that is held, which counts as used now; None where it is not."""
        with self._lock:
            found: NDArray[np.uint8] | None = None if key is None else self._frames.get(key)
            if key is not None and found is not None:
                self._frames.move_to_end(key)
            return found

    def _head(
        self,
        sha256: str,
        path: Path,
        max_px: int | None,
    ) -> tuple[NDArray[np.uint8], int, int]:
        """The first frame of a film, decoded once and held, and the size of the original [px]."""
        with self._one_at_a_time(f"{sha256} first"):
            key, width_px, height_px = self._heads.get((sha256, max_px), (None, 0, 0))
            rgb = self._held(key)
            if rgb is None:
                head, width_px, height_px = film.first(path, longest_px=max_px)
                rgb, key = head.rgb, (sha256, 0, max_px or max(width_px, height_px))
                self._heads[sha256, max_px] = key, width_px, height_px
                self._keep(key, rgb)
            return rgb, width_px, height_px

    def _ahead(
        self,
        reel: Reel,
        longest_px: int,
    ) -> int:
        """How many frames to decode after one: as many as fit into half of what may be held, so
        that it stays.
        """
        scale = min(1.0, longest_px / max(reel.width_px, reel.height_px))
        each = max(1.0, 3.0 * reel.width_px * reel.height_px * scale * scale)
        return 0 if reel.photo else min(AHEAD, int(self.limit_bytes / 2 / each))

    def _keep(
        self,
        key: Key,
        rgb: NDArray[np.uint8],
    ) -> None:
        """Hold a frame; the longest unused go once there is too much, but never the only one."""
        with self._lock:
            if key in self._frames:
                self.held_bytes -= self._frames.pop(key).nbytes
            self._frames[key] = rgb
            self.held_bytes += rgb.nbytes
            while self.held_bytes > self.limit_bytes and len(self._frames) > 1:
                self.held_bytes -= self._frames.popitem(last=False)[1].nbytes

    def _path(self, sha256: str) -> Path:
        """Where an item's bytes are; that it is shown is remembered for the log."""
        path = Store(self.folder).get(sha256)
        self.shown(sha256)
        return path

    def _one_at_a_time(self, sha256: str) -> threading.Lock:
        """The lock under which an item is decoded."""
        with self._lock:
            return self._locks.setdefault(sha256, threading.Lock())
