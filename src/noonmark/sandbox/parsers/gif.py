"""The blocks of a GIF (GIF89a): images, extensions, a trailer.

The content of a block lies in chains of up to 255 bytes each, closed by an empty one. Only an XMP
packet stands in its extension as it is.

    head        "GIF87a" or "GIF89a", width, height, flags, two bytes; a palette as the flags say
    0x2C image  place and size, flags; a palette; the size of a code; a chain
    0x21 ...    an extension: its kind, then a chain
         0xF9   timing and transparency of the next image: flags, hundredths of a second, index
         0xFE   comment, 0x01 plain text, 0xFF what a program wants: its name of 11 letters first
    0x3B        the end
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from noonmark.sandbox.parsers import xmp
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_MOST_BLOCKS, _WINDOW_BYTES = 200_000, 1 << 16
_MOST_BODY_BYTES, _MOST_XMP_BYTES = 1 << 16, 1 << 20
_IMAGE, _EXTENSION, _TRAILER = b",", b"!", b";"
_CONTROL, _COMMENT, _TEXT, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_SCREEN_BYTES, _IMAGE_BYTES = 13, 10
_LOOPS, _LOOP_BODY_BYTES = ("NETSCAPE2.0", "ANIMEXTS1.0"), 14


@dataclass
class _GifWalk:
    """Where the next block lies, the frames so far and how long they last together."""

    at: int
    frames: int = 0
    hundredths: int = 0


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write the frames and how long they last, comments, texts, what programs left.

    Facts: size, number of frames, duration of more than one, bytes behind the end. Fields:
    comments, texts, blocks of programs, XMP.
    """
    screen = view.read(6, 7)
    if len(screen) < 7:
        output.add_problem("GIF", "the head is cut off")
        return []
    width, height = struct.unpack("<HH", screen[:4])
    output.facts |= {"width_px": width, "height_px": height}
    walk = _GifWalk(_SCREEN_BYTES + _palette_bytes(screen[4]))
    for _ in range(_MOST_BLOCKS):
        if not _block(view, walk, output):
            break
    else:
        output.leave_rest_out("GIF", f"more than {_MOST_BLOCKS} blocks")
    output.facts["frames"] = walk.frames
    if walk.frames > 1:
        output.facts["duration_s"] = walk.hundredths / 100
    return []


def _block(view: ByteView, walk: _GifWalk, output: ParserOutput) -> bool:
    """Read one block and step behind it; False at the last."""
    start = view.read(walk.at, _IMAGE_BYTES)
    mark = start[:1]
    if mark == _TRAILER:
        output.add_tail("GIF", view.size - walk.at - 1)
        return False
    if mark == _IMAGE and len(start) == _IMAGE_BYTES:
        walk.frames += 1
        # The pixels are not needed: only where their chain ends.
        code_size_at = walk.at + _IMAGE_BYTES + _palette_bytes(start[9])
        _, walk.at = _chain(view, code_size_at + 1, 0)
        return True
    if mark == _EXTENSION and len(start) > 2:
        body = _extension_body(view, walk)
        if start[1] == _CONTROL and len(body) == 4:
            walk.hundredths += int.from_bytes(body[1:3], "little")
        _extension(start[1], body, output)
        return True
    output.add_problem("GIF", f"the blocks end unexpectedly at byte {walk.at}")
    return False


def _palette_bytes(flags: int) -> int:
    """The size of the palette that flags announce."""
    return 3 * 2 ** (1 + (flags & 7)) if flags & 0x80 else 0


def _extension_body(view: ByteView, walk: _GifWalk) -> bytes:
    """The body of the extension; steps behind it."""
    at = walk.at
    body, walk.at = _chain(view, at + 2, _MOST_BODY_BYTES)
    if body.startswith(b"XMP DataXMP"):  # the packet stands there as it is, not in blocks
        packet_at = at + 14
        body = body[:11] + view.read(packet_at, min(walk.at - packet_at, _MOST_XMP_BYTES))
    return body


def _chain(view: ByteView, at: int, most: int) -> tuple[bytes, int]:
    """The first ``most`` bytes or so of a chain of blocks, and where it ends."""
    body, window, window_at = b"", b"", at
    while True:
        # Blocks are small; the file is read a window at a time.
        if at - window_at >= len(window):
            window, window_at = view.read(at, _WINDOW_BYTES), at
            if not window:
                return body, at
        size = window[at - window_at]
        if len(body) < most:
            body += view.read(at + 1, size)
        at += 1 + size
        if not size:
            return body, at


def _extension(kind: int, body: bytes, output: ParserOutput) -> None:
    """Write one extension; timing and the loop count are no statements about the picture."""
    if kind == _COMMENT:
        output.add_field("GIF", "Comment", body[:500])
    elif kind == _TEXT:
        output.add_field("GIF", "Plain text", body[12:512])
    elif kind == _APPLICATION:
        _application(body, output)
    elif kind != _CONTROL:
        output.add_field("GIF", "Block", f"0x{kind:02x}")


def _application(body: bytes, output: ParserOutput) -> None:
    """What a program left, by its name."""
    name = body[:11].decode("latin-1")
    if name.startswith("XMP Data"):
        output.add_packet("XMP")
        xmp.read(body, output)
    elif name not in _LOOPS or len(body) != _LOOP_BODY_BYTES:
        output.add_field("GIF", "Block of a program", name)
