"""Paint boxes over every frame and encode the pixels anew: nothing of the source passes but its pixels and times."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.media import png
from noonmark.media.workers import pictures

_CLOCK = 90_000
_INK = 0
_TEXT_CLOCK = 1000
# What the text track says of itself: white, centred at the foot, in whatever face the player has. FFmpeg's encoder
# wants it as the head of an ASS file and makes a 3GPP text description (TS 26.245) of it.
_TEXT_STYLE = (
    "[Script Info]\r\nScriptType: v4.00+\r\nPlayResX: 384\r\nPlayResY: 288\r\n\r\n[V4+ Styles]\r\n"
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
    "Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, "
    "MarginR, MarginV, Encoding\r\n"
    "Style: Default,Sans,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1\r\n\r\n"
    "[Events]\r\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\r\n"
)


def main(payload: dict[str, Any], fds: list[int]) -> dict[str, Any]:
    """Read the first file, write the second. ``boxes``: frame number (text) to a list of [x0, y0, x1, y1].

    ``captions``: [from_s, to_s, text] from the first frame on, for a text track. With ``check``, the first file is the
    finished one, and what stands under its boxes and in its text track is handed back.
    """
    boxes = {int(number): rows for number, rows in payload["boxes"].items()}
    pixels = payload["limits"]["pixels"]
    if payload.get("check"):
        return _check(fds[0], boxes, pixels)
    if payload["format"] == "MP4":
        if not pictures.is_video(fds[0]):
            raise InputError("a photo does not leave as a film: name a .png or .jpg", code="bad-output-name")
        return _film(fds, boxes, pixels, payload["quality"], payload.get("captions", []))
    return _photo(fds, boxes, pixels, payload["format"])


def _check(fd: int, boxes: dict[int, list[list[float]]], pixels: int) -> dict[str, Any]:
    """How bright the brightest hidden pixel of the finished file is, two pixels inside each box, and where."""
    if pictures.is_video(fd):
        from noonmark.media.workers import video

        shown = ((i, video.upright(frame)) for i, (_, frame) in enumerate(video.frames(video.film(fd, pixels))))
    else:
        shown = ((0, pictures.rgb(fd, pixels)) for _ in range(1))
    brightest, where, count = 0, -1, 0
    for number, rgb in shown:
        count += 1
        for x0, y0, x1, y1 in boxes.get(number, []):
            left, top = max(0, int(np.floor(x0))), max(0, int(np.floor(y0)))
            inside = rgb[top : max(0, int(np.ceil(y1))), left : max(0, int(np.ceil(x1)))][2:-2, 2:-2]
            if inside.size and int(inside.max()) > brightest:
                brightest, where = int(inside.max()), number
    captions = _captions(fd) if pictures.is_video(fd) else []
    return {"frames": count, "brightest": brightest, "where": where, "captions": captions}


def _captions(fd: int) -> list[list[Any]]:
    """What the text tracks of a film say, as [from_s, to_s, text]."""
    import av

    os.lseek(fd, 0, os.SEEK_SET)
    container: Any = av.open(os.fdopen(os.dup(fd), "rb"))
    said = []
    for stream in container.streams.subtitles:
        container.seek(0)
        for packet in container.demux(stream):
            raw = bytes(packet) if packet.size else b""
            text = raw[2 : 2 + int.from_bytes(raw[:2])].decode("utf-8", "replace")
            if text and packet.pts is not None:
                begin = float(packet.pts * packet.time_base)
                said.append([begin, begin + float((packet.duration or 0) * packet.time_base), text])
    return said


def paint(rgb: Any, rows: list[list[float]]) -> int:
    """Solid fill, outward to whole pixels. Returns how many pixels are hidden."""
    hidden = np.zeros(rgb.shape[:2], bool)
    for x0, y0, x1, y1 in rows:
        left, top = max(0, int(np.floor(x0))), max(0, int(np.floor(y0)))
        hidden[top : max(0, int(np.ceil(y1))), left : max(0, int(np.ceil(x1)))] = True
    rgb[hidden] = _INK
    return int(hidden.sum())


def _photo(fds: list[int], boxes: dict[int, list[list[float]]], pixels: int, form: str) -> dict[str, Any]:
    lost = 0
    if pictures.is_video(fds[0]):  # a film of one frame
        from noonmark.media.workers import video

        shown = next((video.upright(frame) for _, frame in video.frames(video.film(fds[0], pixels))), None)
        if shown is None:
            raise InputError("not one frame of the video could be decoded", code="not-decodable")
    else:
        shown, whole = pictures.whole_or_not(fds[0], pixels)
        lost = int(not whole)
    rgb = np.array(shown)
    hidden = paint(rgb, boxes.get(0, []))
    with os.fdopen(os.dup(fds[1]), "w+b") as out:
        if form == "PNG":
            out.writelines(png.pieces(rgb, {}))
        else:
            from PIL import Image

            Image.fromarray(rgb).save(out, form, quality=92)
    return {"frames": 1, "hidden_px": hidden, "lost": lost, "width_px": rgb.shape[1], "height_px": rgb.shape[0]}


def _film(
    fds: list[int], boxes: dict[int, list[list[float]]], pixels: int, quality: int, captions: list[list[Any]]
) -> dict[str, Any]:
    import av

    from noonmark.media.workers import video

    film = video.film(fds[0], pixels)
    sink = os.fdopen(os.dup(fds[1]), "w+b")
    out = av.open(sink, "w", format="mp4", options={"fflags": "+bitexact"})
    stream = None
    count = hidden = 0
    start_s: float | None = None
    last = -1
    for number, (time_s, frame) in enumerate(video.frames(film)):
        rgb = np.array(video.upright(frame))
        hidden += paint(rgb, boxes.get(number, []))
        rgb = _even(rgb)
        if stream is None:
            stream, strip = _encoder(out, rgb.shape, quality)
            start_s = time_s
            _write_captions(out, captions)
        if (stream.height, stream.width) != rgb.shape[:2]:
            raise InputError(
                "the film changes its size in the middle, which redaction can't follow", code="size-changes"
            )
        clean = av.VideoFrame.from_ndarray(rgb, format="rgb24")
        last = max(last + 1, round((time_s - (start_s or 0.0)) * _CLOCK))
        clean.pts, clean.time_base = last, Fraction(1, _CLOCK)
        _mux(out, strip, stream.encode(clean))
        count += 1
    if stream is None:
        raise InputError("not one frame of the video could be decoded", code="not-decodable")
    _mux(out, strip, stream.encode())
    out.close()
    sink.flush()
    size = {"width_px": int(stream.width), "height_px": int(stream.height)}
    return {"frames": count, "hidden_px": hidden, "lost": film.lost} | size


def _write_captions(out: Any, captions: list[list[Any]]) -> None:
    """A text track with all its words; the container puts them between the frames by their times."""
    import av

    if not captions:
        return
    stream = out.add_stream("mov_text")
    stream.codec_context.subtitle_header = _TEXT_STYLE.encode()
    stream.time_base = Fraction(1, _TEXT_CLOCK)
    for from_s, to_s, text in captions:
        raw = str(text).encode()[:65_000]
        packet = av.Packet(len(raw).to_bytes(2) + raw)
        packet.stream, packet.time_base = stream, Fraction(1, _TEXT_CLOCK)
        packet.pts = packet.dts = round(from_s * _TEXT_CLOCK)
        packet.duration = round(to_s * _TEXT_CLOCK) - packet.pts
        out.mux(packet)


def _even(rgb: Any) -> Any:
    """H.264 in 4:2:0 needs even sides: the last row or column is said twice."""
    return np.pad(rgb, ((0, rgb.shape[0] % 2), (0, rgb.shape[1] % 2), (0, 0)), mode="edge")


def _encoder(out: Any, shape: tuple[int, ...], quality: int) -> tuple[Any, Any]:
    """An H.264 stream, and the filter that takes the encoder's own signature out of it."""
    from av.bitstream import BitStreamFilterContext

    stream = out.add_stream("libx264", options={"crf": str(quality), "preset": "veryfast", "flags": "+bitexact"})
    stream.height, stream.width, stream.pix_fmt = shape[0], shape[1], "yuv420p"
    stream.time_base = stream.codec_context.time_base = Fraction(1, _CLOCK)
    return stream, BitStreamFilterContext("filter_units=remove_types=6", stream)


def _mux(out: Any, strip: Any, packets: Any) -> None:
    for packet in packets:
        for kept in strip.filter(packet):
            out.mux(kept)
