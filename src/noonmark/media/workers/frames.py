"""The frames of a film: exact times, cuts, sharpness; and chosen frames as upright RGB, or written as PNG."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.media import png
from noonmark.media.workers import pictures

_MOST_FRAMES = 2_000_000


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """``op`` is "scan" (all times, cuts, sharpness), "take" (frames by number), "save", or "pan" (a stitched panorama).

    "save" takes frames by number and writes each as a PNG with its ``text`` into the output of the same place in order.
    """
    pixels = payload["limits"]["pixels"]
    if not pictures.is_video(fds[0]):
        return _photo(payload, fds, pixels)
    from noonmark.media.workers import video

    if payload["op"] == "scan":
        return _scan(video.film(fds[0], pixels))
    if payload["op"] in ("take", "save"):
        film = video.film(fds[0], pixels)
        found = [_told(payload, fds, *frame) for frame in _taken(film, payload)]
        return {"frames": found, "lost": film.lost}
    return _pan(video.film(fds[0], pixels), payload)


def _told(payload: dict[str, Any], fds: list[int], number: int, time_s: float, rgb: Any) -> dict[str, Any]:
    """One frame for the answer: the picture itself, or its size once it is written."""
    frame = {"number": number, "time_s": time_s, "width_px": rgb.shape[1], "height_px": rgb.shape[0]}
    if payload["op"] == "take":
        return frame | {"rgb": rgb}
    place = payload["numbers"].index(number)
    for piece in png.pieces(rgb, payload["text"][place]):
        at = 0
        while at < len(piece):
            at += os.write(fds[1 + place], piece[at:])
    return frame


def _photo(payload: dict[str, Any], fds: list[int], pixels: int) -> dict[str, Any]:
    if payload["op"] == "pan":
        raise InputError("a photo is no pan", code="no-video", hint="name a video")
    array = pictures.rgb(fds[0], pixels)
    if payload["op"] in ("take", "save"):
        from PIL import Image

        longest = payload.get("longest_px")
        if longest and max(array.shape[:2]) > longest:
            small = Image.fromarray(array)
            small.thumbnail((longest, longest))
            array = np.asarray(small)
        return {"frames": [_told(payload, fds, 0, 0.0, array)], "lost": 0}
    step = max(1, min(array.shape[:2]) // 360)  # as for a film
    grey = array[::step, ::step].mean(axis=2)
    return {
        "times_s": np.zeros(1), "key": np.ones(1, np.uint8), "sharp": np.array([_sharpness(grey)]),
        "cuts": [], "width_px": array.shape[1], "height_px": array.shape[0], "lost": 0, "untimed": 0, "photo": True,
        "turned_deg": 0,
    }  # fmt: skip


def _scan(film: Any) -> dict[str, Any]:
    """One pass over every frame. Only brightness is looked at, subsampled, so that decoding stays the cost."""
    from noonmark.media.workers import video

    times: list[float] = []
    key: list[bool] = []
    sharp: list[float] = []
    change: list[float] = []
    alike: list[float] = []
    back: list[float] = []
    turned, size = 0.0, (film.stream.codec_context.width, film.stream.codec_context.height)
    seen: list[Any] = []
    for time_s, frame in video.frames(film):
        grey = video.luma(frame, max(1, min(frame.width, frame.height) // 360))
        small = _blocks(grey)
        seen = [old for old in (*seen, small) if old.shape == small.shape][-3:]
        change.append(float(np.abs(small - seen[-2]).mean()) if len(seen) > 1 else 0.0)
        back.append(float(np.abs(small - seen[-3]).mean()) if len(seen) > 2 else 0.0)
        alike.append(_correlation(small, seen[-2]) if len(seen) > 1 else 1.0)
        times.append(time_s)
        key.append(bool(frame.key_frame))
        sharp.append(_sharpness(grey))
        turned = float(getattr(frame, "rotation", 0) or 0)
        size = (frame.width, frame.height)
        if len(times) >= _MOST_FRAMES:
            break
    if not times:
        raise InputError("not one frame of the video could be decoded", code="not-decodable")
    size = size[::-1] if round(turned / 90) % 2 else size
    return {
        "times_s": np.array(times), "key": np.array(key, np.uint8), "sharp": np.array(sharp),
        "cuts": _cuts(np.array(change), np.array(alike), back), "width_px": size[0], "height_px": size[1],
        "lost": film.lost, "untimed": film.untimed, "photo": False, "turned_deg": turned,
    }  # fmt: skip


def _sharpness(grey: Any) -> float:
    """The variance of the Laplacian, Pech-Pacheco et al. 2000: higher is sharper, within one shot."""
    a = grey.astype(np.float32)
    if min(a.shape) < 3:
        return 0.0
    laplacian = a[:-2, 1:-1] + a[2:, 1:-1] + a[1:-1, :-2] + a[1:-1, 2:] - 4 * a[1:-1, 1:-1]
    return float(laplacian.var())


def _blocks(grey: Any) -> Any:
    """Means over blocks, about 60 each way: noise and a pixel of movement fall away."""
    block = max(1, min(grey.shape) // 60)
    high, wide = grey.shape[0] // block, grey.shape[1] // block
    cut = grey[: high * block, : wide * block].reshape(high, block, wide, block)
    return cut.mean(axis=(1, 3), dtype=np.float32)


def _correlation(a: Any, b: Any) -> float:
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm > 1e-6 else 1.0


def _cuts(change: Any, alike: Any, back: list[float]) -> list[int]:
    """Frames that start a new shot: unlike the frame before, and far more changed than their neighbours are.

    A pan changes much in every frame, so it stays below a multiple of its own neighbours. A flash of one frame
    is no cut: the frame after it is again like the frame before it.
    """
    found = []
    for i in range(1, len(change)):
        near = np.concatenate([change[max(1, i - 8) : i], change[i + 1 : i + 9]])
        usual = float(np.median(near)) if len(near) else 0.0
        flash = any(0 <= k < len(back) and back[k] < 0.5 * change[i] and k >= 2 for k in (i, i + 1))
        if change[i] > max(8.0, 3.0 * usual) and alike[i] < 0.6 and not flash:
            found.append(i)
    return found


def _taken(film: Any, payload: dict[str, Any]) -> Iterator[tuple[int, float, Any]]:
    """Frames by number; their times from the scan say where to start decoding, unless the file does not time them."""
    from noonmark.media.workers import video

    counted = bool(payload["counted"])
    keys = payload["numbers"] if counted else [round(t, 6) for t in payload["times_s"]]
    wanted = dict(zip(keys, payload["numbers"], strict=True))
    first_s = None if counted or min(payload["numbers"]) == 0 else min(payload["times_s"])
    for passed, (time_s, frame) in enumerate(video.frames(film, from_s=first_s)):
        number = wanted.pop(passed if counted else round(time_s, 6), None)
        if number is not None:
            yield number, time_s, video.upright(frame, payload.get("longest_px"))
        if not wanted:
            break


def _pan(film: Any, payload: dict[str, Any]) -> dict[str, Any]:
    """Stitch frames of a pan, and say which went in. OpenCV calls scraps a success, so its word is not enough."""
    import cv2

    from noonmark.media.workers import video

    wanted = [round(t, 6) for t in payload["times_s"]]
    images = []
    for time_s, frame in video.frames(film, from_s=max(0.0, wanted[0])):
        if round(time_s, 6) in wanted:
            images.append(video.upright(frame, payload["longest_px"])[..., ::-1].copy())
        if len(images) == len(wanted):
            break
    cv2.setNumThreads(1)
    stitcher = cv2.Stitcher.create(cv2.Stitcher_PANORAMA)
    status, panorama = stitcher.stitch(images)
    if status != 0 or panorama is None:
        return {"status": int(status), "used": [], "offered": len(images)}
    lit = float((panorama.max(axis=2) > 0).mean())
    return {
        "status": 0, "used": [int(i) for i in stitcher.component()], "offered": len(images), "lit": lit,
        "rgb": panorama[..., ::-1].copy(), "frame_px": [images[0].shape[1], images[0].shape[0]],
    }  # fmt: skip
