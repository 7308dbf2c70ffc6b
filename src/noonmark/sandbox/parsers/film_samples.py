"""The samples of one film track as columns: where each lies, how long it lasts, when it is shown
(ISO 14496-12, 8.6 and 8.7).

    stsz  the size of each sample, or one for all (stz2: in fewer bits)
    stco  the offset of each chunk of samples (co64: in 64 bits)
    stsc  runs: from which chunk on a chunk holds how many samples of which description
    stts  runs: how many samples last how long
    ctts  runs: how many samples are shown how long after they are decoded
    stss  the samples with which decoding can begin; without it: all

Sound without compression has a sample for each instant. There a row of the columns is a chunk.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

from noonmark.errors import InputError
from noonmark.sandbox.parsers.byte_view import ByteView

MOST_ROWS = 4_000_000
"""Samples of one track: a film of 18 hours."""
_PIECE_BYTES = 1 << 20
_COUNT_AT, _FIRST_AT = 4, 8
Runs = list[tuple[int, int]]


@dataclass
class SampleColumns:
    """One row a sample, in the order of decoding. Times are in units of the track's time scale.

    ``offsets`` and ``sizes`` in bytes of the file; ``lasting`` how long; ``shifts`` from decoding
    to showing; ``keys`` 1 where decoding can begin; ``descriptions`` counted from 0; ``counts``
    how many samples of sound a row holds.
    """

    offsets: array[int] = field(default_factory=lambda: array("Q"))
    sizes: array[int] = field(default_factory=lambda: array("Q"))
    lasting: array[int] = field(default_factory=lambda: array("Q"))
    shifts: array[int] = field(default_factory=lambda: array("q"))
    keys: bytearray = field(default_factory=bytearray)
    descriptions: bytearray = field(default_factory=bytearray)
    counts: array[int] = field(default_factory=lambda: array("Q"))

    def __len__(self) -> int:
        return len(self.offsets)

    def add(
        self,
        *,
        offset: int,
        size: int,
        lasting: int,
        shift: int = 0,
        key: bool = True,
        description: int = 0,
        count: int = 1,
    ) -> None:
        """One more row. Raises InputError where there are more than any film has."""
        if len(self.offsets) >= MOST_ROWS:
            raise InputError(f"a track of more than {MOST_ROWS} samples", code="not-decodable")
        self.offsets.append(offset)
        self.sizes.append(size)
        self.lasting.append(lasting)
        self.shifts.append(shift)
        self.keys.append(key)
        self.descriptions.append(min(max(description, 0), 255))
        self.counts.append(count)

    def kept(self, first: int, end: int) -> SampleColumns:
        """The rows from ``first`` up to but without ``end``."""
        return SampleColumns(
            offsets=self.offsets[first:end],
            sizes=self.sizes[first:end],
            lasting=self.lasting[first:end],
            shifts=self.shifts[first:end],
            keys=self.keys[first:end],
            descriptions=self.descriptions[first:end],
            counts=self.counts[first:end],
        )

    def decoded_at(self) -> array[int]:
        """When each row is decoded, from the start of the track."""
        at, found = 0, array("Q")
        for lasting in self.lasting:
            found.append(at)
            at += lasting
        return found


@dataclass
class SampleBoxes:
    """The tables of one track as the file has them."""

    bodies: dict[bytes, ByteView] = field(default_factory=dict)

    def columns(self, sound_frame_bytes: int | None = None) -> SampleColumns:
        """The rows that the tables describe; none where a table is missing.

        ``sound_frame_bytes`` is the size of one instant of sound without compression.
        """
        have = self.bodies
        if b"stsz" not in have or b"stsc" not in have or not {b"stco", b"co64"} & set(have):
            return SampleColumns()
        if sound_frame_bytes:
            return self._sound(sound_frame_bytes)
        found = SampleColumns()
        sizes = _sizes(have[b"stsz"])
        lasting = _expanded(_runs(have.get(b"stts")))
        shifts = _expanded(_runs(have.get(b"ctts"), signed=True))
        keys = set(_numbers(have[b"stss"], _FIRST_AT)) if b"stss" in have else None
        for offset, in_chunk, description in self._chunks():
            for _ in range(in_chunk):
                size = next(sizes, None)
                if size is None:
                    return found
                found.add(
                    offset=offset,
                    size=size,
                    lasting=next(lasting, 0),
                    shift=next(shifts, 0),
                    key=keys is None or len(found) + 1 in keys,
                    description=description,
                )
                offset += size
        return found

    def _sound(self, frame_bytes: int) -> SampleColumns:
        """A row a chunk. Each instant lasts as long as the first run says."""
        found = SampleColumns()
        runs = _runs(self.bodies.get(b"stts"))
        each = runs[0][1] if runs else 1
        left = self.bodies[b"stsz"].number(">I", 8) or 0
        for offset, in_chunk, description in self._chunks():
            count = min(in_chunk, left)
            if count <= 0:
                break
            left -= count
            found.add(
                offset=offset,
                size=count * frame_bytes,
                lasting=count * each,
                description=description,
                count=count,
            )
        return found

    def _chunks(self) -> Iterator[tuple[int, int, int]]:
        """Offset of each chunk, how many samples it holds, and their description from 0."""
        wide = b"co64" in self.bodies
        offsets = _numbers(self.bodies[b"co64" if wide else b"stco"], _FIRST_AT, wide=wide)
        flat = [*_numbers(self.bodies[b"stsc"], _FIRST_AT)]
        runs = [*zip(flat[0::3], flat[1::3], flat[2::3], strict=False)]
        run = 0
        for chunk, offset in enumerate(offsets, 1):
            # A run holds up to the chunk in which the next one starts.
            while run + 1 < len(runs) and runs[run + 1][0] <= chunk:
                run += 1
            if runs:
                _, in_chunk, description = runs[run]
                yield offset, min(in_chunk, MOST_ROWS), description - 1


def _numbers(
    view: ByteView,
    at: int,
    *,
    wide: bool = False,
    signed: bool = False,
) -> Iterator[int]:
    """The numbers of 32 or 64 bits from ``at`` to the end of a table."""
    kind = "q" if wide else "i"
    layout = kind if signed else kind.upper()
    width = struct.calcsize(layout)
    while raw := view.read(at, _PIECE_BYTES):
        piece = array(layout, raw[: len(raw) - len(raw) % width])
        if sys.byteorder == "little":
            piece.byteswap()
        yield from piece
        at += _PIECE_BYTES


def _runs(view: ByteView | None, *, signed: bool = False) -> Runs:
    """How many, and what each: the rows of ``stts`` and ``ctts``."""
    if view is None:
        return []
    flat = [*_numbers(view, _FIRST_AT, signed=signed)]
    return [*zip(flat[0::2], flat[1::2], strict=False)]


def _expanded(runs: Runs) -> Iterator[int]:
    """The value of each sample of the runs, one after the other."""
    for count, value in runs:
        for _ in range(min(count, MOST_ROWS)):
            yield value


def _sizes(view: ByteView) -> Iterator[int]:
    """The size of each sample in bytes. A common size of 0 says that each has its own."""
    common = view.number(">I", 4) or 0
    count = view.number(">I", 8) or 0
    if not common:
        yield from _numbers(view, 12)
        return
    for _ in range(min(count, MOST_ROWS)):
        yield common
