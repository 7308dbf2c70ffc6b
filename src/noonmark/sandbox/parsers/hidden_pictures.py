"""Pictures of a film that are coded in the file and that no player shows.

They lie beyond the edit list, in a track that is switched off, outside the clean aperture, or
outside the cropping of the coded picture.
"""

from __future__ import annotations

import struct

from noonmark.sandbox.parsers import coded_size
from noonmark.sandbox.parsers.boxes import boxes
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.film_edits import shown_rows
from noonmark.sandbox.parsers.film_tracks import TrackBoxes, read_tracks
from noonmark.sandbox.parsers.output import ParserOutput

_MOST_TABLE_BYTES = 8 << 20
"""The tables of a film of three hours or so."""
_VIDEO_HEAD = 78
_BLOCK_PX = 16
"""A picture is coded in blocks of this size; what fills the last one up is no hidden picture."""


def write(view: ByteView, output: ParserOutput) -> None:
    """Note what of each video track is coded and not shown."""
    if _table_bytes(view) > _MOST_TABLE_BYTES:
        output.add_problem("MP4", "the tables are too long to follow the edit lists")
        return
    film = read_tracks(view)
    for number, track in enumerate(film.tracks, 1):
        if track.kind != "vide":
            continue
        if not track.is_shown:
            output.add_hidden(f"track {number}, a video that is switched off")
        rows = shown_rows(track, film)
        beyond = rows.cut + rows.hidden
        if beyond:
            output.facts["frames_not_shown"] = beyond
            output.add_hidden(
                f"{beyond} of {len(track.samples)} coded frames of track {number} (edit list)"
            )
        _write_crops(track, number, output)


def note_aperture(
    body: ByteView,
    size_px: tuple[int, int],
    of_what: str,
    output: ParserOutput,
) -> None:
    """Note a clean aperture (``clap``) that leaves out a block or more of width or height.

    The box holds width and height as fractions, then where they lie.
    """
    raw = body.read(0, 16)
    if len(raw) < 16:
        return
    numbers = struct.unpack(">4I", raw)
    for coded_px, over, under in zip(size_px, numbers[0::2], numbers[1::2], strict=True):
        if under and coded_px - over / under >= _BLOCK_PX:
            output.add_hidden(f"what lies outside the clean aperture of {of_what} (clap)")


def _table_bytes(view: ByteView) -> int:
    """The size of all boxes that tell of samples."""
    return sum(body.size for kind, body, _ in boxes(view) if kind in (b"moov", b"moof"))


def _write_crops(track: TrackBoxes, number: int, output: ParserOutput) -> None:
    """Note where a description shows less than is coded."""
    for _, entry in track.descriptions:
        for kind, body, _ in boxes(entry.part(_VIDEO_HEAD, entry.size)):
            if kind == b"clap":
                size_px = (entry.number(">H", 24) or 0, entry.number(">H", 26) or 0)
                note_aperture(body, size_px, f"track {number}", output)
            elif kind in (b"avcC", b"hvcC"):
                cropped_px = coded_size.cropped_px(kind, body.read(0, 4096))
                if max(cropped_px, default=0) >= _BLOCK_PX:
                    left, right, top, bottom = cropped_px
                    output.add_hidden(
                        f"an edge of {left}, {right}, {top}, {bottom} px (left, right, top, bottom)"
                        f" of track {number}, cropped from the coded picture"
                    )
