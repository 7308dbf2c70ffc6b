"""The frames of a voice note in AMR (RFC 4867, 5): 20 ms each, behind a mark.

A frame begins with a byte: one bit of fill, four of its kind, one for whole or spoilt, two of
fill. The kind says how many bytes follow. The form has no room for words: only what follows the
last frame can hold any, and what has ones for fill is taken for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

FRAME_S = 0.02
_FILL_BITS = 0x83
"""The bits of the first byte of a frame that mean nothing, and are 0."""
_MOST_FRAMES = 10_000_000
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class AmrForm:
    """Narrow or wide band: the mark of the file, samples a second, bytes of a frame by its kind."""

    mark: bytes
    rate_hz: int
    sizes: dict[int, int]


_NARROW = {
    0: 12,
    1: 13,
    2: 15,
    3: 17,
    4: 19,
    5: 20,
    6: 26,
    7: 31,
    8: 5,
    15: 0,
}
"""4.75 to 12.2 kbit/s, noise in a pause, nothing (3GPP TS 26.101)."""
_WIDE = {
    0: 17,
    1: 23,
    2: 32,
    3: 36,
    4: 40,
    5: 46,
    6: 50,
    7: 58,
    8: 60,
    9: 5,
    14: 0,
    15: 0,
}
"""6.60 to 23.85 kbit/s, noise in a pause, a lost frame, nothing (3GPP TS 26.201)."""
_FORMS = (AmrForm(b"#!AMR\n", 8000, _NARROW), AmrForm(b"#!AMR-WB\n", 16_000, _WIDE))


def form_of(view: ByteView) -> AmrForm | None:
    """The form by its mark; None of one with several channels, and of anything else."""
    head = view.read(0, 9)
    return next((form for form in _FORMS if head.startswith(form.mark)), None)


def frames(view: ByteView, form: AmrForm) -> Iterator[bytes]:
    """Each whole frame with its first byte, up to what is none."""
    piece, piece_at = b"", 0
    at = len(form.mark)
    for _ in range(_MOST_FRAMES):
        if at + 64 > piece_at + len(piece):
            piece, piece_at = view.read(at, _PIECE_BYTES), at
        begin = at - piece_at
        if begin >= len(piece):
            return
        first = piece[begin]
        size = form.sizes.get(first >> 3 & 15)
        if size is None or first & _FILL_BITS or begin + 1 + size > len(piece):
            return
        yield piece[begin : begin + 1 + size]
        at += 1 + size


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Facts: how long the sound lasts, its rate. Problems: what follows the last frame."""
    form = form_of(view)
    if form is None:
        output.add_problem("AMR", "several channels: the frames are not read")
        return []
    count, end = 0, len(form.mark)
    for frame in frames(view, form):
        count += 1
        end += len(frame)
    output.facts |= {"sample_rate_hz": form.rate_hz, "duration_s": round(count * FRAME_S, 2)}
    if end < view.size:
        output.add_problem("AMR", f"{view.size - end} bytes behind the last frame are no sound")
    return []
