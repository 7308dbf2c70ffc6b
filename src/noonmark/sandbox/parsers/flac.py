"""The blocks before the sound of a FLAC file (RFC 9639, 8), and tags that others put round it."""

from __future__ import annotations

from noonmark.sandbox.parsers import id3, sound_comments
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_INFO, _PADDING, _APPLICATION, _SEEK, _COMMENTS, _CUES, _PICTURE = range(7)
_LENGTH_BYTES = {_PADDING: "padding", _CUES: "cue sheet"}
_MOST_BLOCKS = 200
_RATE_AT, _COUNT_AT = 10, 13


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write duration and rate as facts, comments as fields, further blocks as packets."""
    at = id3.read_head(view, output)
    if view.read(at, 4) != b"fLaC":
        output.add_problem("FLAC", "there is no FLAC behind the tags")
        return []
    at += 4
    for _ in range(_MOST_BLOCKS):
        head = view.read(at, 4)
        if len(head) < 4:
            output.add_problem("FLAC", "the file ends before its sound")
            return []
        size = int.from_bytes(head[1:])
        _block(head[0] & 127, view.part(at + 4, size), output)
        at += 4 + size
        if head[0] & 128:
            break
    id3.read_tail(view, output)
    return []


def _block(kind: int, body: ByteView, output: ParserOutput) -> None:
    """Write what one block states."""
    if kind == _INFO:
        rate = int.from_bytes(body.read(_RATE_AT, 3)) >> 4
        samples = int.from_bytes(body.read(_COUNT_AT, 5)) & ((1 << 36) - 1)
        output.facts["sample_rate_hz"] = rate
        if rate and samples:
            output.facts["duration_s"] = samples / rate
    elif kind == _COMMENTS:
        sound_comments.read(body, output, "FLAC comment")
    elif kind == _PICTURE:
        output.add_packet("picture")
        size = body.number(">I", 4) or 0
        output.add_field("FLAC picture", "kind", body.read(8, min(size, 100)))
    elif kind == _APPLICATION:
        output.add_packet(f"block of the program {body.read(0, 4).decode('latin-1')!r}")
    elif kind == _PADDING:
        _padding(body, output)
    elif kind != _SEEK:
        output.add_packet(_LENGTH_BYTES.get(kind, f"block of kind {kind}"))


def _padding(body: ByteView, output: ParserOutput) -> None:
    """Note what a program left in the room for more comments."""
    if body.read(0, min(body.size, 1 << 20)).strip(b"\0"):
        output.add_packet("padding that is not empty")
