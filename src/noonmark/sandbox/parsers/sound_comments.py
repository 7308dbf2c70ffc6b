"""The comments of Vorbis, Opus, Speex, Theora and FLAC, and the pictures among them (Vorbis I, 5).

A program's name, then texts ``NAME=value``, all behind their lengths of four bytes.
"""

from __future__ import annotations

from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput

_MOST_COMMENTS, _MOST_TEXT_BYTES, _MOST_NAME = 1000, 4096, 100
_PICTURE = "METADATA_BLOCK_PICTURE"


def read(body: ByteView, output: ParserOutput, part: str) -> None:
    """Write the program as ``vendor`` and each comment by its name in capitals."""
    text, at = _text(body, 0)
    output.add_field(part, "vendor", text)
    count = body.number("<I", at) or 0
    at += 4
    for _ in range(min(count, _MOST_COMMENTS)):
        if at + 4 > body.size:
            break
        text, at = _text(body, at)
        name, equals, value = text.partition("=")
        if name.upper() == _PICTURE:
            output.add_packet("picture")
        elif equals:
            output.add_field(part, name.upper()[:_MOST_NAME], value)
        else:
            output.add_field(part, "comment", text)
    if count > _MOST_COMMENTS:
        output.leave_rest_out(part, f"more than {_MOST_COMMENTS} comments")


def _text(body: ByteView, at: int) -> tuple[str, int]:
    """A text behind its length, and where it ends."""
    size = body.number("<I", at)
    if size is None:
        return "", body.size
    raw = body.read(at + 4, min(size, _MOST_TEXT_BYTES))
    return raw.decode("utf-8", "replace"), at + 4 + size
