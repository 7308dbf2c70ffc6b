"""The samples of a film in fragments (ISO 14496-12, 8.8): recorders and messengers write one box of
tables for every few seconds.

    moof  traf  tfhd  which track, and what holds where a run says nothing
                trun  a run of samples: how long each lasts, its size, its flags, its shift
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.film_samples import SampleColumns

_BASE, _DESCRIPTION, _LASTING, _SIZE, _FLAGS, _FROM_MOOF = 1, 2, 8, 0x10, 0x20, 0x20000
_RUN_OFFSET, _FIRST_FLAGS = 1, 4
_ROW_COLUMNS = {
    "lasting": 0x100,
    "size": 0x200,
    "marks": 0x400,
    "shift": 0x800,
}
"""The numbers of a row, in the order of the file, and the flags that announce them."""
_UNSIGNED = 0xFFFFFFFF
_NO_KEY = 0x10000
"""The flag of a sample with which decoding can't begin."""


@dataclass
class SampleDefaults:
    """What holds for a sample where its fragment says nothing. The description counts from 1."""

    description: int = 1
    lasting: int = 0
    size: int = 0
    flags: int = 0


Defaults = dict[int, SampleDefaults]
"""By the number of the track."""


def read(
    view: ByteView,
    defaults: Mapping[int, SampleDefaults],
    columns: Mapping[int, SampleColumns],
) -> bool:
    """Add the samples of every fragment to the columns of its track; whether there was one."""
    found = False
    for kind, body, at in boxes(view):
        if kind != b"moof":
            continue
        found = True
        # Without a base a fragment begins where the one before it ended; the first with its moof.
        base = at
        for name, traf, _ in boxes(body):
            if name == b"traf":
                base = _fragment(traf, at, base, defaults, columns)
    return found


def _fragment(
    body: ByteView,
    moof_at: int,
    base: int,
    defaults: Mapping[int, SampleDefaults],
    columns: Mapping[int, SampleColumns],
) -> int:
    """Add the runs of one ``traf``; return where its data end in the file."""
    here = SampleDefaults()
    samples = SampleColumns()
    at = base
    for kind, inner, _ in boxes(body):
        if kind == b"tfhd":
            flags, number = inner.number(">I", 0) or 0, inner.number(">I", 4) or 0
            samples = columns.get(number, samples)
            here, stated = _header(inner, flags, defaults.get(number, SampleDefaults()))
            if stated is not None:
                base = stated
            elif flags & _FROM_MOOF:
                base = moof_at
            at = base
        elif kind == b"trun":
            at = _run(inner, base, at, here, samples)
    return at


def _header(
    body: ByteView,
    flags: int,
    before: SampleDefaults,
) -> tuple[SampleDefaults, int | None]:
    """What ``tfhd`` says of the samples, and the offset that it counts from."""
    at, base = 8, None
    if flags & _BASE:
        base, at = body.number(">Q", at) or 0, at + 8
    values = [before.description, before.lasting, before.size, before.flags]
    for i, flag in enumerate((_DESCRIPTION, _LASTING, _SIZE, _FLAGS)):
        if flags & flag:
            values[i], at = body.number(">I", at) or 0, at + 4
    return SampleDefaults(*values), base


def _run(
    body: ByteView,
    base: int,
    at: int,
    here: SampleDefaults,
    samples: SampleColumns,
) -> int:
    """Add the samples of one ``trun``; return where they end in the file."""
    flags = body.number(">I", 0) or 0
    count = body.number(">I", 4) or 0
    place = 8
    if flags & _RUN_OFFSET:
        at = base + (body.number(">i", place) or 0)
        place += 4
    first_marks = here.flags
    if flags & _FIRST_FLAGS:
        first_marks = body.number(">I", place) or 0
        place += 4
    columns = [name for name, flag in _ROW_COLUMNS.items() if flags & flag]
    width = 4 * len(columns)
    if width:
        # No more than the table has rows for.
        count = min(count, (body.size - place) // width)
    for i in range(count):
        row = {
            "lasting": here.lasting,
            "size": here.size,
            "marks": here.flags if i else first_marks,
            "shift": 0,
        }
        raw = body.read(place + i * width, width)
        row |= zip(columns, struct.unpack(f">{len(columns)}i", raw), strict=True)
        _add_row(row, max(at, 0), here.description - 1, samples)
        at += row["size"] & _UNSIGNED
    return at


def _add_row(
    row: Mapping[str, int],
    offset: int,
    description: int,
    samples: SampleColumns,
) -> None:
    """Add one sample. Only the shift of its showing has a sign."""
    samples.add(
        offset=offset,
        size=row["size"] & _UNSIGNED,
        lasting=row["lasting"] & _UNSIGNED,
        shift=row["shift"],
        key=not row["marks"] & _NO_KEY,
        description=description,
    )
