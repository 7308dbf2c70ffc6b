"""The pictures and the sound of an MP4 or MOV in a new file of the same kind, nothing else.

Every packet keeps its bytes and its times, but for notes between coded pictures (coded_notes.py).
The boxes are written anew, so nothing of them passes: no user data, no names, no dates. What an
edit list hides is cut off, as far as shown pictures are not coded from it.
"""

from __future__ import annotations

import os

from noonmark.errors import InputError
from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView, of_file
from noonmark.sandbox.parsers.film_edits import shown_rows
from noonmark.sandbox.parsers.film_samples import SampleColumns
from noonmark.sandbox.parsers.film_tracks import FilmBoxes, TrackBoxes, read_tracks
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed, refusal
from noonmark.sandbox.strippers.film_entries import CleanEntry, sound_entry, video_entry
from noonmark.sandbox.strippers.film_writer import CopiedTrack, write_film

_KINDS = {"vide": "video", "soun": "sound", "sbtl": "subtitle", "tmcd": "timecode"}
_DEFAULT_TIMESCALE = 1000
_NEEDED = {
    b"ftyp",
    b"moov",
    b"mdat",
    b"moof",
    b"mfra",
    b"sidx",
    b"styp",
    b"wide",
    b"mvhd",
    b"trak",
    b"mvex",
    b"tkhd",
    b"edts",
    b"mdia",
}
"""Boxes of a film and of a track that the copy has too, written anew."""
_HOLD_MORE = (b"moov", b"trak")


def mp4(source_fd: int, sink_fd: int, removed: Removed) -> CopyFacts:
    """Copy the video and sound tracks; every other track is named in ``removed``.

    Raises InputError where the film holds neither video nor sound, where nothing of them is in the
    file, or where a video is coded in a way that is not known here.
    """
    view = of_file(source_fd)
    film = read_tracks(view)
    _name_boxes(view, removed)
    size = os.fstat(source_fd).st_size
    copies = []
    numbers = []
    for index, track in enumerate(film.tracks, 1):
        entries = _entries(track, index)
        if entries is None:
            name = _KINDS.get(track.kind, track.kind.strip() or "unknown")
            hidden = " that is not shown" if track.kind == "vide" else ""
            add_removed(removed, f"track {index} ({name}{hidden})", sum(track.samples.sizes))
            continue
        copy = _copy(track, index, film, entries, size, removed)
        if copy is not None:
            copies.append(copy)
            numbers.append(index - 1)
    if not copies:
        _refuse(film)
    brand = film.brand if film.brand in ("qt  ", "M4A ") else "isom" if film.brand else "qt  "
    timescale = film.timescale or _DEFAULT_TIMESCALE
    notes = write_film(source_fd, sink_fd, copies, brand=brand, timescale=timescale)
    if notes:
        add_removed(removed, "notes between coded pictures", notes)
    hidden_count = sum(copy.shown.hidden for copy in copies)
    return CopyFacts(tracks=tuple(numbers), hidden=hidden_count)


def _name_boxes(view: ByteView, removed: Removed) -> None:
    """Name the boxes around the tracks that stay behind, with their bytes."""
    for kind, inner, _ in boxes(view):
        if kind in _HOLD_MORE:
            _name_boxes(inner, removed)
        elif kind not in _NEEDED:
            add_removed(removed, f"box {kind.decode('latin-1')}", inner.size)


def _refuse(film: FilmBoxes) -> None:
    """Raise: there is nothing to copy."""
    if any(track.kind in ("vide", "soun") and track.descriptions for track in film.tracks):
        raise InputError(
            "the film is broken: none of its pictures and no sound could be copied",
            code="not-decodable",
            hint="ask for the whole file: this one ends before its first frame",
        )
    raise InputError("the file holds neither video nor sound", code="no-video")


def _entries(track: TrackBoxes, index: int) -> list[CleanEntry] | None:
    """The descriptions of a track that is kept; None of one that stays behind.

    Raises InputError where a video that is shown is coded in a way that is not known.
    """
    if track.kind == "soun":
        found = [sound_entry(codec, entry) for codec, entry in track.descriptions]
        return [entry for entry in found if entry] if found and all(found) else None
    if track.kind != "vide" or not track.is_shown:
        return None
    entries = []
    for codec, entry in track.descriptions:
        clean = video_entry(codec, entry)
        if clean is None:
            raise refusal(f"track {index} is coded as {codec!r}, whose notes are not known here")
        entries.append(clean)
    return entries or None


def _copy(
    track: TrackBoxes,
    index: int,
    film: FilmBoxes,
    entries: list[CleanEntry],
    file_bytes: int,
    removed: Removed,
) -> CopiedTrack | None:
    """The rows of one track that are shown and there; None where there are none."""
    shown = shown_rows(track, film)
    if shown.cut:
        name = f"track {index}, {shown.cut} packets that the edit list hides"
        gone = sum(track.samples.sizes) - sum(track.samples.sizes[shown.first : shown.end])
        add_removed(removed, name, gone)
    rows = track.samples.kept(shown.first, shown.end)
    there = _there(rows, file_bytes, len(entries))
    if there < len(rows):
        name = f"track {index}, {len(rows) - there} packets that are not in the file"
        add_removed(removed, name, 0)
        rows = rows.kept(0, there)
    for entry in entries:
        for part in entry.removed:
            add_removed(removed, part, 0)
    return CopiedTrack(track, entries, rows, shown) if len(rows) else None


def _there(rows: SampleColumns, file_bytes: int, descriptions: int) -> int:
    """How many rows come before the first that lies outside the file or has no description."""
    for row in range(len(rows)):
        ends = rows.offsets[row] + rows.sizes[row]
        if ends > file_bytes or rows.descriptions[row] >= descriptions:
            return row
    return len(rows)
