"""Paint boxes over every frame and encode the pixels anew: nothing of the source passes but its
pixels and times.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox import png
from noonmark.sandbox.decoders import pictures
from noonmark.sandbox.task_types import Answer, Payload

_INK = 0
_CLOCK_HZ = 90_000
_JPEG_QUALITY = 92
_INSIDE_PX = 2
"""The coding of a film blurs the edge of a box so far."""

Boxes = dict[int, list[list[float]]]
"""[x0, y0, x1, y1] in px of the upright frame, by the number of the frame."""


def main(payload: Payload, fds: list[int]) -> Answer:
    """Read the first file, write the second. ``boxes``: frame number (text) to a list of [x0, y0,
    x1, y1].

    ``captions``: [from_s, to_s, text] from the first frame on, for a text track. With ``check``,
    the first file is the finished one, and what stands under its boxes and in its text track is
    handed back.

    Payload besides: ``format``, "MP4", "PNG" or "JPEG"; ``quality``, the encoder's CRF of a film.

    Answer: ``frames``, ``hidden_px`` over all of them, ``lost`` packets, the size. With ``check``:
    ``frames``, the ``brightest`` hidden grey value and the frame ``where`` it is, ``captions``, and
    how many boxes were too thin to look into (``boxes_unseen``).
    """
    boxes = {int(number): rows for number, rows in payload["boxes"].items()}
    pixels = payload["limits"]["pixels"]
    if payload.get("check"):
        return _check(fds[0], boxes, pixels)
    if payload["format"] != "MP4":
        return _photo(fds, boxes, pixels, payload["format"])
    if not pictures.is_video(fds[0]):
        raise InputError(
            "a photo does not leave as a film: name a .png or .jpg", code="bad-output-name"
        )
    return _film(fds, boxes, pixels, payload["quality"], payload.get("captions", []))


def _check(fd: int, boxes: Boxes, pixels: int) -> Answer:
    """How bright the brightest hidden pixel of the finished file is, two pixels inside each box.

    ``where`` is its frame; ``boxes_unseen`` counts the boxes too thin to have such an inside.
    """
    brightest, where, count, unseen = 0, -1, 0, 0
    for number, rgb in enumerate(_shown(fd, pixels)):
        count += 1
        for row in boxes.get(number, []):
            inside = rgb[_whole_px(row)][_INSIDE_PX:-_INSIDE_PX, _INSIDE_PX:-_INSIDE_PX]
            unseen += not inside.size
            if inside.size and int(inside.max()) > brightest:
                brightest, where = int(inside.max()), number
    captions = _captions(fd) if pictures.is_video(fd) else []
    return {
        "frames": count,
        "brightest": brightest,
        "where": where,
        "boxes_unseen": unseen,
        "captions": captions,
    }


def _shown(fd: int, pixels: int) -> Iterator[Any]:
    """The frames of a film or the one of a photo, upright RGB."""
    if not pictures.is_video(fd):
        yield pictures.rgb(fd, pixels)
        return
    from noonmark.sandbox.decoders import video

    for _, frame in video.frames(video.film(fd, pixels)):
        yield video.upright(frame)


def _captions(fd: int) -> list[list[Any]]:
    """The captions of the text tracks."""
    from noonmark.sandbox.decoders import text_track

    return text_track.read(fd)


def _whole_px(row: list[float]) -> tuple[slice, slice]:
    """Rows and columns of a box, outward to whole pixels."""
    x0, y0, x1, y1 = row
    # A box may reach over the edge of the picture.
    left, top = max(0, int(np.floor(x0))), max(0, int(np.floor(y0)))
    right, bottom = max(0, int(np.ceil(x1))), max(0, int(np.ceil(y1)))
    return slice(top, bottom), slice(left, right)


def paint(rgb: Any, rows: list[list[float]]) -> int:
    """Fill the boxes of a picture in place; return how many pixels are hidden."""
    hidden = np.zeros(rgb.shape[:2], bool)
    for row in rows:
        hidden[_whole_px(row)] = True
    rgb[hidden] = _INK
    return int(hidden.sum())


def _photo(fds: list[int], boxes: Boxes, pixels: int, form: str) -> Answer:
    """A photo, or the first frame of a film, as PNG or JPEG."""
    is_whole = True
    if pictures.is_video(fds[0]):
        shown = next(_shown(fds[0], pixels), None)
        if shown is None:
            raise _no_frame()
    else:
        shown, is_whole = pictures.whole_or_not(fds[0], pixels)
    # A copy: what a decoder hands out may be read-only.
    rgb = np.array(shown)
    hidden = paint(rgb, boxes.get(0, []))
    with os.fdopen(os.dup(fds[1]), "w+b") as out:
        if form == "PNG":
            out.writelines(png.pieces(rgb, {}))
        else:
            from PIL import Image

            Image.fromarray(rgb).save(out, form, quality=_JPEG_QUALITY)
    return {
        "frames": 1,
        "hidden_px": hidden,
        "lost": int(not is_whole),
        "width_px": rgb.shape[1],
        "height_px": rgb.shape[0],
    }


def _no_frame() -> InputError:
    """The error of a film that can not be decoded at all."""
    return InputError("not one frame of the video could be decoded", code="not-decodable")


def _film(
    fds: list[int], boxes: Boxes, pixels: int, quality: int, captions: list[list[Any]]
) -> Answer:
    """Every frame painted, at its time after the first, in a new H.264 film."""
    from noonmark.sandbox.decoders import video

    film = video.film(fds[0], pixels)
    out = _NewFilm(fds[1], quality, captions)
    hidden = 0
    for number, (time_s, frame) in enumerate(video.frames(film)):
        rgb = np.array(video.upright(frame))
        hidden += paint(rgb, boxes.get(number, []))
        out.add(time_s, _with_even_sides(rgb))
    if not out.frames:
        raise _no_frame()
    out.close()
    return {
        "frames": out.frames,
        "hidden_px": hidden,
        "lost": film.lost,
        "width_px": int(out.stream.width),
        "height_px": int(out.stream.height),
    }


def _with_even_sides(rgb: Any) -> Any:
    """H.264 in 4:2:0 needs even sides: the last row or column is repeated."""
    height, width = rgb.shape[:2]
    return np.pad(rgb, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


class _NewFilm:
    """An MP4 with one H.264 track, of the size of the first frame, and perhaps a text track."""

    def __init__(self, fd: int, quality: int, captions: list[list[Any]]) -> None:
        import av

        self.sink = os.fdopen(os.dup(fd), "w+b")
        self.container = av.open(self.sink, "w", format="mp4", options={"fflags": "+bitexact"})
        self.quality = quality
        self.captions = captions
        self.stream: Any = None
        self.unit_filter: Any = None
        self.start_s = 0.0
        self.last_tick = -1
        self.frames = 0

    def add(self, time_s: float, rgb: Any) -> None:
        """Encode one frame. The first sets the size and is at 0 s; no two are at one time."""
        import av

        if self.stream is None:
            self.start_s = time_s
            self._open_tracks(rgb.shape)
        if (self.stream.height, self.stream.width) != rgb.shape[:2]:
            raise InputError(
                "the film changes its size in the middle, which redaction can't follow",
                code="size-changes",
            )
        frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        # Two frames may round to one tick; the later one is moved on.
        tick = round((time_s - self.start_s) * _CLOCK_HZ)
        self.last_tick = max(self.last_tick + 1, tick)
        frame.pts, frame.time_base = self.last_tick, Fraction(1, _CLOCK_HZ)
        self._mux(self.stream.encode(frame))
        self.frames += 1

    def close(self) -> None:
        """Write what the encoder still holds, and end the file."""
        self._mux(self.stream.encode())
        self.container.close()
        self.sink.flush()

    def _open_tracks(self, shape: tuple[int, ...]) -> None:
        """An H.264 track, with a filter that takes the encoder's own signature out of it."""
        from av.bitstream import BitStreamFilterContext

        from noonmark.sandbox.decoders import text_track

        options = {"crf": str(self.quality), "preset": "veryfast", "flags": "+bitexact"}
        stream = self.container.add_stream("libx264", options=options)
        stream.height, stream.width, stream.pix_fmt = shape[0], shape[1], "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, _CLOCK_HZ)
        self.stream = stream
        self.unit_filter = BitStreamFilterContext("filter_units=remove_types=6", stream)
        text_track.write(self.container, self.captions)

    def _mux(self, packets: Any) -> None:
        """Write packets, less the encoder's notes."""
        for packet in packets:
            for kept in self.unit_filter.filter(packet):
                self.container.mux(kept)
