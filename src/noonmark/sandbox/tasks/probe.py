"""Everything a file says of itself, by our own readers. Nothing is decoded but, where asked, a
thumbnail.
"""

from __future__ import annotations

import struct

from noonmark.sandbox.parsers import srt
from noonmark.sandbox.parsers.byte_view import ByteView, of_file
from noonmark.sandbox.parsers.containers import container_of
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails
from noonmark.sandbox.task_types import Answer, Payload

_SRT_BYTES = 16 << 20
_MOST_THUMBNAILS = 4


def main(payload: Payload, fds: list[int]) -> Answer:
    """What one file states of itself.

    Payload: ``thumbnails``, whether to compare the picture with those embedded in it.

    Answer: ``container`` as parsers/containers.py names it, ``size_bytes``, and ``fields``,
    ``facts``, ``problems``, ``tracks`` as parsers/output.py has them.
    """
    view, output = of_file(fds[0]), ParserOutput()
    container, parser = container_of(view)
    thumbnails: Thumbnails = []
    if parser is not None:
        try:
            thumbnails = parser(view, output)
        # A file may be built to break a parser; what was read before that counts.
        except (struct.error, ValueError, IndexError, OverflowError, RecursionError) as error:
            output.add_problem(container, f"reading stopped: {type(error).__name__}")
    elif container == "SRT":
        srt.read(view.read(0, _SRT_BYTES), output)
    if payload.get("thumbnails") and thumbnails:
        _write_likeness(view, thumbnails, container, output, payload["limits"]["pixels"])
    return {
        "container": container,
        "size_bytes": view.size,
        "fields": output.fields,
        "facts": output.facts,
        "problems": output.problems,
        "tracks": output.tracks,
    }


def _write_likeness(
    view: ByteView,
    thumbnails: Thumbnails,
    container: str,
    output: ParserOutput,
    pixels: int,
) -> None:
    """Write the size of each embedded thumbnail and how alike it and the picture are."""
    from noonmark.sandbox.decoders import likeness

    found = []
    for at, length in thumbnails[:_MOST_THUMBNAILS]:
        thumbnail = likeness.of_thumbnail(view, view.part(at, length), pixels)
        if thumbnail is not None:
            found.append(thumbnail)
        else:
            output.add_problem(
                container,
                "the embedded thumbnail or the picture could not be decoded for comparison",
            )
    output.facts["thumbnails"] = found
