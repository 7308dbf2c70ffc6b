"""The frames of a film: exact times, cuts, sharpness; and chosen frames as upright RGB, or written
as PNG.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox import png
from noonmark.sandbox.decoders import animation, pictures
from noonmark.sandbox.task_types import Answer, Payload

_GIVES_FRAMES = ("take", "save")
_TIME_DIGITS = 6
"""Times of a scan are compared to the microsecond."""
_APART_S = 10.0
"""Frames further apart are sought one by one; films have a key frame more often, as a rule."""


def main(payload: Payload, fds: list[int]) -> Answer:
    """``op`` is "scan" (all times, cuts, sharpness), "first" (the first frame), "take" (frames by
    number), "save", or "pan" (a stitched panorama).

    "save" takes frames by number and writes each as a PNG with its ``text`` into the output of the
    same place in order.

    Payload of "scan": ``heavy_px``, from how many pixels of all frames on only packets are read, or
    None.
    Payload of "take" and "save": ``numbers`` and ``times_s`` of the frames, ``counted`` where the
    times do not tell them apart, ``longest_px`` or None. Of "pan": ``times_s``, ``longest_px``.

    Answer of "scan": as decoders/scan.py. Of "take" and "save": ``frames``, each with its number,
    time, size and perhaps ``rgb``, and ``lost``. Of "pan": ``status`` of OpenCV's stitcher, how
    many frames were ``offered`` and which were ``used``, and if it is 0 the picture as ``rgb``, the
    share of it that is ``lit``, and the size of a frame as ``frame_px``.
    """
    pixels = payload["limits"]["pixels"]
    if not pictures.is_video(fds[0]):
        return _photo(payload, fds, pixels)
    from noonmark.sandbox.decoders import video

    film = video.film(fds[0], pixels)
    if payload["op"] == "scan":
        return _scanned(film, payload.get("heavy_px"))
    if payload["op"] == "first":
        time_s, frame = next(video.frames(film), (0.0, None))
        if frame is None:
            raise InputError("not one frame could be decoded", code="not-decodable")
        return _first(time_s, video.upright(frame), payload)
    if payload["op"] not in _GIVES_FRAMES:
        return _panorama(film, payload)
    found = []
    for number, time_s, rgb in _taken(film, payload):
        found.append(_frame(payload, fds, number, time_s, rgb))
    return {"frames": found, "lost": film.lost}


def _first(time_s: float, rgb: Any, payload: Payload) -> Answer:
    """The first frame, its time, and the size of the original."""
    small = _at_most(rgb, payload.get("longest_px"))
    return {
        "time_s": time_s,
        "rgb": np.ascontiguousarray(small),
        "width_px": rgb.shape[1],
        "height_px": rgb.shape[0],
    }


def _scanned(film: Any, heavy_px: float | None) -> Answer:
    """What a pass over a film tells; of one that is too heavy its packets are asked alone."""
    from noonmark.sandbox.decoders import scan

    if heavy_px is not None and film.all_px > heavy_px:
        found = scan.of_long_film(film)
        if found is not None:
            return found
        film.again()
    return scan.of_film(film)


def _frame(payload: Payload, fds: list[int], number: int, time_s: float, rgb: Any) -> Answer:
    """One frame for the answer: the picture itself, or its size once it is written."""
    frame = {
        "number": number,
        "time_s": time_s,
        "width_px": rgb.shape[1],
        "height_px": rgb.shape[0],
    }
    if payload["op"] == "take":
        return frame | {"rgb": rgb}
    # The outputs stand in the order of the numbers, behind the file that is read.
    place = payload["numbers"].index(number)
    for piece in png.pieces(rgb, payload["text"][place]):
        at = 0
        while at < len(piece):
            at += os.write(fds[1 + place], piece[at:])
    return frame


def _photo(payload: Payload, fds: list[int], pixels: int) -> Answer:
    """A photo is a film of one frame, at 0 s; an animated picture has several."""
    if payload["op"] == "pan":
        raise InputError("a photo is no pan", code="no-video", hint="name a video")
    moving = animation.opened(fds[0], pixels) if payload["op"] != "first" else None
    if moving is not None:
        return _animation(moving, payload, fds)
    rgb = pictures.rgb(fds[0], pixels)
    if payload["op"] == "first":
        return _first(0.0, rgb, payload)
    if payload["op"] in _GIVES_FRAMES:
        small = _at_most(rgb, payload.get("longest_px"))
        return {"frames": [_frame(payload, fds, 0, 0.0, small)], "lost": 0}
    from noonmark.sandbox.decoders import scan

    return scan.of_photo(rgb)


def _animation(moving: animation.Animation, payload: Payload, fds: list[int]) -> Answer:
    """The scan of an animated picture, or the frames asked for, which are counted from the first:
    a file may let a frame stand for no time at all.
    """
    if payload["op"] not in _GIVES_FRAMES:
        from noonmark.sandbox.decoders import scan

        return scan.of_animation(moving)
    found = []
    for number, time_s, rgb in moving.frames(frozenset(payload["numbers"])):
        small = _at_most(rgb, payload.get("longest_px"))
        found.append(_frame(payload, fds, number, time_s, small))
    return {"frames": found, "lost": moving.lost}


def _at_most(rgb: Any, longest_px: int | None) -> Any:
    """The picture, made smaller where its longer side is over the limit."""
    if not longest_px or max(rgb.shape[:2]) <= longest_px:
        return rgb
    from PIL import Image

    small = Image.fromarray(rgb)
    small.thumbnail((longest_px, longest_px))
    return np.asarray(small)


def _taken(film: Any, payload: Payload) -> Iterator[tuple[int, float, Any]]:
    """Number, time and RGB of the frames asked for.

    Their times from the scan say where to start decoding, unless the file does not time them: then
    ``counted`` is set and frames are counted from the first.
    """
    from noonmark.sandbox.decoders import video

    numbers, times_s = payload["numbers"], payload["times_s"]
    longest_px = payload.get("longest_px")
    if payload["counted"]:
        wanted = set(numbers)
        for passed, (time_s, frame) in enumerate(video.frames(film)):
            if passed in wanted:
                yield passed, time_s, video.upright(frame, longest_px)
            if passed >= max(wanted):
                return
        return
    stretches = _stretches(sorted(zip(times_s, numbers, strict=True)))
    while stretches:
        stretch, opened = stretches.pop(0), film.container
        yield from _stretch_taken(film, stretch, longest_px)
        if film.container is not opened:
            # Seeking went astray, and the film was read from its beginning: not once for each.
            stretches = [list(itertools.chain(*stretches))] if stretches else []


def _stretch_taken(
    film: Any, stretch: list[tuple[float, int]], longest_px: int | None
) -> Iterator[tuple[int, float, Any]]:
    """The same of frames that lie near one another, given by time and number."""
    from noonmark.sandbox.decoders import video

    wanted = {round(time_s, _TIME_DIGITS): number for time_s, number in stretch}
    # Seeking to the first frame may go astray before time 0.
    from_s = None if 0 in wanted.values() else stretch[0][0]
    for time_s, frame in video.frames(film, from_s=from_s):
        number = wanted.pop(round(time_s, _TIME_DIGITS), None)
        if number is not None:
            yield number, time_s, video.upright(frame, longest_px)
        if not wanted or time_s > stretch[-1][0] + _APART_S:
            return


def _stretches(frames: list[tuple[float, int]]) -> list[list[tuple[float, int]]]:
    """Times and numbers of frames in stretches: where two lie far apart, seeking is less work than
    decoding what is between them.
    """
    stretches: list[list[tuple[float, int]]] = []
    for one in frames:
        if not stretches or one[0] - stretches[-1][-1][0] > _APART_S:
            stretches.append([])
        stretches[-1].append(one)
    return stretches


def _panorama(film: Any, payload: Payload) -> Answer:
    """Frames of a pan stitched together, and which went in.

    OpenCV calls scraps a success, so its word is not enough.
    """
    import cv2

    images = _pan_frames(film, payload)
    cv2.setNumThreads(1)
    stitcher = cv2.Stitcher.create(cv2.Stitcher_PANORAMA)
    status, panorama = stitcher.stitch(images)
    if status != 0 or panorama is None:
        return {"status": int(status), "used": [], "offered": len(images)}
    # The size of one frame says how much wider the panorama is.
    height, width = images[0].shape[:2]
    return {
        "status": 0,
        "used": [int(i) for i in stitcher.component()],
        "offered": len(images),
        "lit": float((panorama.max(axis=2) > 0).mean()),
        "rgb": _reversed_channels(panorama),
        "frame_px": [width, height],
    }


def _pan_frames(film: Any, payload: Payload) -> list[Any]:
    """The frames at the times asked for, in OpenCV's order of colours."""
    from noonmark.sandbox.decoders import video

    wanted = [round(time_s, _TIME_DIGITS) for time_s in payload["times_s"]]
    images: list[Any] = []
    for time_s, frame in video.frames(film, from_s=max(0.0, wanted[0])):
        if round(time_s, _TIME_DIGITS) in wanted:
            images.append(_reversed_channels(video.upright(frame, payload["longest_px"])))
        if len(images) == len(wanted):
            break
    return images


def _reversed_channels(picture: Any) -> Any:
    """RGB for BGR, and the other way round."""
    return picture[..., ::-1].copy()
