"""The text track of an MP4 (3GPP TS 26.245): captions read from it, and written into it.

A packet is the length of a text in two bytes, then the text in UTF-8.
"""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

_CLOCK_HZ = 1000
_MOST_TEXT_BYTES = 65_000
_STYLE_FORMAT = (
    "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, "
    "Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, "
    "Shadow, Alignment, MarginL, MarginR, MarginV, Encoding"
)
_STYLE = "Style: Default,Sans,16,&Hffffff,&Hffffff,&H0,&H0,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1"
_HEAD = "\r\n".join(
    [
        "[Script Info]",
        "ScriptType: v4.00+",
        "PlayResX: 384",
        "PlayResY: 288",
        "",
        "[V4+ Styles]",
        _STYLE_FORMAT,
        _STYLE,
        "",
        "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
        "",
    ]
)
"""What the text track says of itself: white, centred at the foot, in whatever face the player has.
FFmpeg's encoder wants it as the head of an ASS file and makes a 3GPP text description of it.
"""


def read(fd: int) -> list[list[Any]]:
    """What the text tracks of a film say, as [from_s, to_s, text]."""
    import av

    os.lseek(fd, 0, os.SEEK_SET)
    container: Any = av.open(os.fdopen(os.dup(fd), "rb"))
    captions = []
    for stream in container.streams.subtitles:
        # Each track is read from the beginning.
        container.seek(0)
        for packet in container.demux(stream):
            text = _text(bytes(packet) if packet.size else b"")
            if text and packet.pts is not None:
                from_s = float(packet.pts * packet.time_base)
                lasts_s = float((packet.duration or 0) * packet.time_base)
                captions.append([from_s, from_s + lasts_s, text])
    return captions


def _text(raw: bytes) -> str:
    """The text of one packet."""
    end = 2 + int.from_bytes(raw[:2])
    return raw[2:end].decode("utf-8", "replace")


def write(out: Any, captions: list[list[Any]]) -> None:
    """Add a text track; the container puts the captions between the frames by their times.

    ``captions`` are [from_s, to_s, text] in order. A text is cut at 65,000 bytes. Nothing is added
    where there are none.
    """
    import av

    if not captions:
        return
    time_base = Fraction(1, _CLOCK_HZ)
    stream = out.add_stream("mov_text")
    stream.codec_context.subtitle_header = _HEAD.encode()
    stream.time_base = time_base
    for from_s, to_s, text in captions:
        raw = str(text).encode()[:_MOST_TEXT_BYTES]
        packet = av.Packet(len(raw).to_bytes(2) + raw)
        packet.stream, packet.time_base = stream, time_base
        # Captions are not reordered: both times are the same.
        packet.pts = packet.dts = round(from_s * _CLOCK_HZ)
        packet.duration = round(to_s * _CLOCK_HZ) - packet.pts
        out.mux(packet)
