"""Where the samples of an MP4 track lie and how long each lasts (ISO 14496-12, 8.6 and 8.7).

    stsz  the size of each sample, or one for all
    stco  the offset of each chunk of samples (co64: in 64 bits)
    stsc  runs: from which chunk on a chunk holds how many samples
    stts  runs: how many samples last how long

All begin with a version and flags (4 bytes) and a count; ``stsz`` has the common size before it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from noonmark.sandbox.parsers.byte_view import ByteView

_MOST_SAMPLES = 200_000
_COUNT_AT, _FIRST_AT = 4, 8
_RUN_BYTES = 12


@dataclass
class SampleTables:
    """The tables of one track, as far as the file has them."""

    sizes: ByteView | None = None
    offsets: ByteView | None = None
    wide_offsets: bool = False
    chunks: ByteView | None = None
    lasting: ByteView | None = None

    def add(self, kind: bytes, body: ByteView) -> None:
        """Keep a table; other boxes are of no interest here."""
        if kind == b"stsz":
            self.sizes = body
        elif kind in (b"stco", b"co64"):
            self.offsets, self.wide_offsets = body, kind == b"co64"
        elif kind == b"stsc":
            self.chunks = body
        elif kind == b"stts":
            self.lasting = body

    def durations(self) -> list[int]:
        """How long each sample lasts, in units of the track's time scale."""
        if self.lasting is None:
            return []
        found: list[int] = []
        for i in range(min(self.lasting.number(">I", _COUNT_AT) or 0, _MOST_SAMPLES)):
            raw = self.lasting.read(_FIRST_AT + 8 * i, 8)
            if len(raw) < 8:
                break
            count, each = struct.unpack(">II", raw)
            found += [each] * min(count, _MOST_SAMPLES - len(found))
        return found

    def samples(self) -> Iterator[tuple[int, int]]:
        """Offset and size of each sample; none where a table is missing.

        They are counted across chunks; at most 200,000 are followed.
        """
        if self.sizes is None or self.offsets is None or self.chunks is None:
            return
        # A size of 0 says that each sample has its own.
        common_size = self.sizes.number(">I", 4) or 0
        count = min(self.sizes.number(">I", 8) or 0, _MOST_SAMPLES)
        sample = 0
        for offset, in_chunk in _chunks(self.offsets, self.wide_offsets, self.chunks):
            for _ in range(in_chunk):
                if sample >= count:
                    return
                size = common_size or self.sizes.number(">I", 12 + 4 * sample) or 0
                yield offset, size
                offset += size
                sample += 1


def _chunks(offsets: ByteView, wide: bool, runs_view: ByteView) -> Iterator[tuple[int, int]]:
    """Offset of each chunk and how many samples it holds; chunks are counted from 1."""
    width, layout = (8, ">Q") if wide else (4, ">I")
    runs = _runs(runs_view)
    run = 0
    count = min(offsets.number(">I", _COUNT_AT) or 0, (offsets.size - _FIRST_AT) // width)
    for chunk in range(1, count + 1):
        # A run holds up to the chunk in which the next one starts.
        while run + 1 < len(runs) and runs[run + 1][0] <= chunk:
            run += 1
        offset = offsets.number(layout, _FIRST_AT + width * (chunk - 1)) or 0
        yield offset, runs[run][1] if runs else 0


def _runs(view: ByteView) -> list[tuple[int, int]]:
    """First chunk of each run, and the samples in each of its chunks."""
    stated = view.number(">I", _COUNT_AT) or 0
    found = []
    for i in range(min(stated, (view.size - _FIRST_AT) // _RUN_BYTES)):
        raw = view.read(_FIRST_AT + _RUN_BYTES * i, _RUN_BYTES)
        first_chunk, samples, _ = struct.unpack(">III", raw)
        found.append((first_chunk, samples))
    return found
