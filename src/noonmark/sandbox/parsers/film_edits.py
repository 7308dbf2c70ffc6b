"""Which samples of a film track are shown, by its edit list (ISO 14496-12, 8.6.6).

A program that trims a film without coding it anew writes an edit list and leaves all pictures in
the file. Players show only the stretches of the list; everybody else can read the rest.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from noonmark.sandbox.parsers.film_samples import SampleColumns
from noonmark.sandbox.parsers.film_tracks import Edit, FilmBoxes, TrackBoxes

_SOUND_BEFORE = 4
"""Packets of sound that a decoder wants before the first that is heard (80 ms of Opus)."""
_TO_THE_END = 1 << 62
Stretches = list[tuple[int, int]]
"""From and up to, in units of the track's time scale."""


@dataclass(frozen=True)
class ShownRows:
    """The rows that a copy needs, and how many of them no player shows.

    ``first`` and ``end`` bound the rows, ``edits`` count from the first of them. ``cut`` rows lie
    outside and can be left out; ``hidden`` rows lie inside, because shown ones are coded from them
    or lie around them.
    """

    first: int
    end: int
    edits: tuple[Edit, ...]
    cut: int
    hidden: int


def shown_rows(track: TrackBoxes, film: FilmBoxes) -> ShownRows:
    """What the edit list of a track shows of it; all where it has none."""
    rows, count = track.samples, len(track.samples)
    stretches = _stretches(track, film)
    if not stretches or not count:
        return ShownRows(0, count, tuple(track.edits), 0, 0)
    times = rows.decoded_at()
    shown = _shown(rows, times, stretches)
    first = shown.find(1)
    end = shown.rfind(1) + 1
    if first < 0:
        return ShownRows(0, 0, (), count, 0)
    is_video = track.kind == "vide"
    if is_video:
        first = _decodable_from(rows, times, shown, first)
    else:
        first = max(0, first - _SOUND_BEFORE)
    return ShownRows(
        first=first,
        end=end,
        edits=_moved(track.edits, times[first]),
        cut=count - (end - first),
        hidden=shown[first:end].count(0) if is_video else 0,
    )


def _shown(rows: SampleColumns, times: array[int], stretches: Stretches) -> bytearray:
    """1 for each row of which a stretch shows a part."""
    shown = bytearray(len(rows))
    for row, decoded_at in enumerate(times):
        begins = decoded_at + rows.shifts[row]
        ends = begins + max(rows.lasting[row], 1)
        for since, until in stretches:
            if begins < until and ends > since:
                shown[row] = 1
                break
    return shown


def _moved(edits: Sequence[Edit], begins_at: int) -> tuple[Edit, ...]:
    """The edits of a track that begins later by so many units."""
    found = []
    for edit in edits:
        is_empty = edit.begins < 0
        begins = edit.begins if is_empty else edit.begins - begins_at
        found.append(Edit(edit.lasts, begins, edit.is_plain))
    return tuple(found)


def _stretches(track: TrackBoxes, film: FilmBoxes) -> Stretches:
    """The stretches that are shown, in the track's own time."""
    found = []
    for edit in track.edits:
        if edit.begins < 0:
            continue
        lasts = edit.lasts * track.timescale // film.timescale if film.timescale else 0
        # A fragmented film does not know yet how long it lasts.
        found.append((edit.begins, edit.begins + lasts if lasts else _TO_THE_END))
    return found


def _decodable_from(
    rows: SampleColumns,
    times: array[int],
    shown: bytearray,
    first: int,
) -> int:
    """The key picture from which every shown one can be decoded.

    A picture that stands behind a key picture and is shown before it may be coded from one before
    the key picture, so the one before that is needed.
    """
    key = _key_before(rows, first)
    while key > 0:
        key_at = times[key] + rows.shifts[key]
        end = rows.keys.find(1, key + 1)
        leading = range(key + 1, end if end > 0 else len(rows))
        if not any(shown[row] and times[row] + rows.shifts[row] < key_at for row in leading):
            break
        key = _key_before(rows, key - 1)
    return key


def _key_before(rows: SampleColumns, row: int) -> int:
    """The last key picture up to a row; the first row where there is none."""
    return max(0, rows.keys.rfind(1, 0, row + 1))
