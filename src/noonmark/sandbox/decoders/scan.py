"""One pass over a film or a photo: times, key frames, sharpness, cuts.

Only brightness is looked at, about 360 rows of it, so that decoding stays the cost.

A scan's answer has, for each frame in order of presentation, its time in s, whether it is a key
frame and how sharp it is; then the numbers of frames that start a shot, the size upright, how many
packets were lost and how many frames had no time of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox.decoders import video
from noonmark.sandbox.decoders.animation import Animation
from noonmark.sandbox.decoders.film_index import film_index
from noonmark.sandbox.task_types import Answer

_MOST_FRAMES = 2_000_000
_ROWS, _BLOCK_ROWS = 360, 60
"""About how many rows are looked at for sharpness, and for changes."""
_REMEMBERED = 3
"""The small pictures of this frame and of the two before it."""
_LEAST_CHANGE, _TIMES_USUAL = 8.0, 3.0
"""A cut changes so many grey values at least, and so many times what its neighbours change."""
_MOST_ALIKE = 0.6
"""The correlation over a cut lies below this."""
_NEIGHBOURS = 8
"""How many frames before and after count as neighbours."""
_FLASH_SHARE = 0.5
"""Over a flash the change over two frames is less than this share of that over one."""
_FLAT = 1e-6


@dataclass
class _FrameSeries:
    """What is measured of each frame, in order.

    ``change`` and ``alike`` compare a frame with the one before it, ``change_over_two`` with the
    one before that.
    """

    times_s: list[float] = field(default_factory=list)
    key: list[bool] = field(default_factory=list)
    sharp: list[float] = field(default_factory=list)
    change: list[float] = field(default_factory=list)
    change_over_two: list[float] = field(default_factory=list)
    alike: list[float] = field(default_factory=list)
    recent: list[Any] = field(default_factory=list)

    def add(self, time_s: float, frame: Any) -> None:
        """Measure one frame."""
        grey = video.luma(frame, _stride(frame.height, frame.width))
        small = _blocks(grey)
        # A film may change its size; pictures of two sizes are not compared.
        alike_in_size = [old for old in (*self.recent, small) if old.shape == small.shape]
        self.recent = alike_in_size[-_REMEMBERED:]
        # The picture itself is the last of them.
        before = self.recent[-2] if len(self.recent) > 1 else None
        two_before = self.recent[-3] if len(self.recent) > 2 else None
        self.change.append(_difference(small, before))
        self.change_over_two.append(_difference(small, two_before))
        self.alike.append(1.0 if before is None else _correlation(small, before))
        self.times_s.append(time_s)
        self.key.append(bool(frame.key_frame))
        self.sharp.append(_sharpness(grey))


def of_film(film: video.Film) -> Answer:
    """Times in s, key frames, sharpness, cuts (numbers of frames), size upright, what was lost.

    Raises InputError where not one frame can be decoded. At most two million frames are looked at.
    """
    series = _FrameSeries()
    rotation_deg = 0.0
    # The stream states a size; that of the last frame is what was shown.
    width, height = film.stream.codec_context.width, film.stream.codec_context.height
    for time_s, frame in video.frames(film):
        series.add(time_s, frame)
        rotation_deg = video.rotation_deg(frame)
        width, height = frame.width, frame.height
        if len(series.times_s) >= _MOST_FRAMES:
            break
    if not series.times_s:
        raise InputError("not one frame of the video could be decoded", code="not-decodable")
    # A quarter turn swaps the sides.
    if round(rotation_deg / 90) % 2:
        width, height = height, width
    return {
        "times_s": np.array(series.times_s),
        "key": np.array(series.key, np.uint8),
        "sharp": np.array(series.sharp),
        "cuts": _cuts(series),
        "width_px": width,
        "height_px": height,
        "lost": film.lost,
        "untimed": film.untimed,
        "photo": False,
        "turned_deg": rotation_deg,
    }


def of_long_film(film: video.Film) -> Answer | None:
    """The same of a film whose index or packets tell the times of its frames: one frame is decoded,
    for size and rotation, so an hour takes about a second.

    Sharpness is 0 and no cut is known. None where a packet has no time of its own, or two have the
    same one: then only decoding tells the frames apart.
    """
    told = _told_by_index(film)
    if told is None:
        film.again()
        told = _told_by_packets(film)
    if told is None:
        return None
    shown, key = told
    order = np.argsort(shown, kind="stable")
    sorted_s = shown[order] * float(film.stream.time_base or 1)
    if not len(shown) or (np.diff(sorted_s) <= 0.0).any():
        return None
    film.again()
    first = next(video.frames(film), None)
    if first is None:
        return None
    frame = first[1]
    rotation_deg = video.rotation_deg(frame)
    width, height = frame.width, frame.height
    if round(rotation_deg / 90) % 2:
        width, height = height, width
    return {
        "times_s": sorted_s,
        "key": key[order].astype(np.uint8),
        "sharp": np.zeros(len(shown)),
        "cuts": [],
        "width_px": width,
        "height_px": height,
        "lost": 0,
        "untimed": 0,
        "photo": False,
        "turned_deg": rotation_deg,
    }


def _told_by_index(film: video.Film) -> tuple[Any, Any] | None:
    """When each frame is shown, in units of the time base, and whether it is a key frame."""
    index = film_index(film)
    if index is None:
        return None
    kept = ~index.cut.astype(bool)
    return index.shown[kept], index.key[kept]


def _told_by_packets(film: video.Film) -> tuple[Any, Any] | None:
    """The same from all packets; None where one has no time."""
    shown: list[int] = []
    key: list[bool] = []
    for packet in film.container.demux(film.stream):
        # The last packet is empty; what an edit list cuts away is decoded and not shown.
        if packet.size == 0 or packet.is_discard:
            continue
        if packet.pts is None:
            return None
        shown.append(packet.pts)
        key.append(bool(packet.is_keyframe))
    return np.array(shown, np.int64), np.array(key, bool)


def of_photo(rgb: Any) -> Answer:
    """The same of a photo, ``(height, width, 3)``: one frame, at 0 s, that is a key frame."""
    return _of_pictures(rgb, [0.0], [_photo_sharpness(rgb)])


def of_animation(moving: Animation) -> Answer:
    """The same of an animated picture, all of it one shot.

    Raises InputError where not one frame can be decoded.
    """
    times_s: list[float] = []
    sharp: list[float] = []
    rgb = None
    for _, time_s, rgb in moving.frames():
        times_s.append(time_s)
        sharp.append(_photo_sharpness(rgb))
    if rgb is None:
        raise InputError("not one frame of the animation could be decoded", code="not-decodable")
    about = {"animation": True, "lost": moving.lost}
    return _of_pictures(rgb, times_s, sharp) | about


def _of_pictures(rgb: Any, times_s: list[float], sharp: list[float]) -> Answer:
    """The answer about pictures of the size of this one."""
    return {
        "times_s": np.array(times_s),
        "key": np.ones(len(times_s), np.uint8),
        "sharp": np.array(sharp),
        "cuts": [],
        "width_px": rgb.shape[1],
        "height_px": rgb.shape[0],
        "lost": 0,
        "untimed": 0,
        "photo": True,
        "turned_deg": 0,
    }


def _photo_sharpness(rgb: Any) -> float:
    step = _stride(*rgb.shape[:2])
    return _sharpness(rgb[::step, ::step].mean(axis=2))


def _stride(height: int, width: int) -> int:
    """How many pixels to step so that about 360 rows or columns are looked at."""
    return max(1, min(height, width) // _ROWS)


def _sharpness(grey: Any) -> float:
    """The variance of the Laplacian (Pech-Pacheco et al. 2000): higher is sharper in one shot."""
    a = grey.astype(np.float32)
    if min(a.shape) < 3:
        return 0.0
    # The four neighbours of each pixel that has them.
    above, below, left, right = a[:-2, 1:-1], a[2:, 1:-1], a[1:-1, :-2], a[1:-1, 2:]
    centre = a[1:-1, 1:-1]
    laplacian = above + below + left + right - 4 * centre
    return float(laplacian.var())


def _blocks(grey: Any) -> Any:
    """Means over blocks, about 60 each way: noise and a pixel of movement fall away."""
    block = max(1, min(grey.shape) // _BLOCK_ROWS)
    rows, columns = grey.shape[0] // block, grey.shape[1] // block
    # What does not fill a block at the right and below is left out.
    cut = grey[: rows * block, : columns * block].reshape(rows, block, columns, block)
    return cut.mean(axis=(1, 3), dtype=np.float32)


def _difference(small: Any, other: Any | None) -> float:
    """The mean difference of two small pictures in grey values; 0 where there is no other."""
    return 0.0 if other is None else float(np.abs(small - other).mean())


def _correlation(a: Any, b: Any) -> float:
    """The correlation of two small pictures; 1 where both are flat."""
    # Differences from the mean, so that a change of exposure does not count.
    a = a - a.mean()
    b = b - b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    if norm <= _FLAT:
        return 1.0
    return float((a * b).sum()) / norm


def _cuts(series: _FrameSeries) -> list[int]:
    """Frames that start a new shot: unlike the frame before, and far more changed than their
    neighbours are.

    A pan changes much in every frame, so it stays below a multiple of its own neighbours. A flash
    of one frame is no cut: the frame after it is again like the frame before it.
    """
    change, alike = np.array(series.change), np.array(series.alike)
    found = []
    for i in range(1, len(change)):
        usual = _usual_change(change, i)
        is_sudden = change[i] > max(_LEAST_CHANGE, _TIMES_USUAL * usual)
        is_unlike = alike[i] < _MOST_ALIKE
        if is_sudden and is_unlike and not _is_flash(series, i):
            found.append(i)
    return found


def _usual_change(change: Any, i: int) -> float:
    """The median change of the frames around a frame, without its own."""
    before = change[max(1, i - _NEIGHBOURS) : i]
    after = change[i + 1 : i + 1 + _NEIGHBOURS]
    near = np.concatenate([before, after])
    return float(np.median(near)) if len(near) else 0.0


def _is_flash(series: _FrameSeries, i: int) -> bool:
    """Whether the frame or the one after it is like the one two before."""
    over_two = series.change_over_two
    for k in (i, i + 1):
        if 2 <= k < len(over_two) and over_two[k] < _FLASH_SHARE * series.change[i]:
            return True
    return False
