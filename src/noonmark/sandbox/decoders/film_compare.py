"""Whether the tracks of a stripped film are those of its source, packet by packet.

FFmpeg reads both files; the writer of the copy is not asked. A packet of the copy must have the
bytes of the source's, or the same once FFmpeg's own filter has taken the notes out of both, or
decode to the same. The copy may begin later and end earlier, where an edit list hid the rest.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from noonmark.sandbox.strippers.coded_notes import aac_packet

_FILTERS = {
    "h264": "filter_units=remove_types=0|6|12|16-18|22-31",
    "hevc": "filter_units=remove_types=38-63",
    "av1": "filter_units=remove_types=2|5|8|15",
}
"""Units in which an encoder or a camera writes notes, by FFmpeg's count of them."""
_MOST_FRAMES, _MOST_SOUND_BYTES = 200, 256 << 20
_RAW = {"ignore_editlist": "1"}


@dataclass
class _TrackPackets:
    """The packets of one track: codec, then of each the digest, the digest without notes, and when
    it is shown, in s; last the digest of all bytes.
    """

    codec: str
    rows: list[tuple[bytes, bytes, float | None]] = field(default_factory=list)
    whole: Any = field(default_factory=hashlib.sha256)


def same_packets(source_fd: int, copy_fd: int, tracks: Sequence[int]) -> tuple[bool | None, int]:
    """Whether all packets are the same, and how many were compared; None where FFmpeg can't read
    the source, or one of its tracks.

    ``tracks`` are the numbers of the source's tracks, from 0, in the order of the copy's.
    """
    import av
    import av.error

    try:
        old = _packets(source_fd)
    except (av.error.FFmpegError, ValueError, OSError):
        return None, 0
    new = _packets(copy_fd)
    if len(new) != len(tracks):
        return False, 0
    count = 0
    for index, number in enumerate(tracks):
        before, after = old.get(number), new[index]
        if before is None or not before.rows:
            return None, 0
        if before.codec != after.codec:
            return False, count
        count += len(after.rows)
        if not _same_bytes(before, after):
            shown = _decoded(copy_fd, index)
            if not shown or shown != _decoded(source_fd, number):
                return False, count
    return True, count


def _packets(fd: int) -> dict[int, _TrackPackets]:
    """The packets of every track, whether an edit list shows them or not."""
    found: dict[int, _TrackPackets] = {}
    with _opened(fd, _RAW) as film:
        filters = {}
        for stream in film.streams:
            codec = stream.codec_context.name if stream.codec_context else ""
            found[stream.index] = _TrackPackets(codec)
            filters[stream.index] = _filter(codec, stream)
        for packet in film.demux():
            if not packet.size:  # the sign of the end
                continue
            track = found[packet.stream.index]
            data = bytes(packet)
            shown_s = None if packet.pts is None else float(packet.pts * packet.time_base)
            digest = hashlib.sha256(data).digest()
            clean = _without_notes(filters[packet.stream.index], packet)
            if track.codec == "aac":
                # Of these FFmpeg has no filter, and their noise depends on all packets before.
                clean = aac_packet(data)
            bare = digest if clean is None else hashlib.sha256(clean).digest()
            track.rows.append((digest, bare, shown_s))
            track.whole.update(data)
    return found


def _opened(fd: int, options: dict[str, str]) -> Any:
    """The film from its beginning."""
    import av

    stream = os.fdopen(os.dup(fd), "rb")
    stream.seek(0)
    return av.open(stream, options=options, metadata_errors="replace")


def _filter(codec: str, stream: Any) -> Any:
    """FFmpeg's filter of notes for a codec; None where it has none."""
    from av.bitstream import BitStreamFilterContext

    return BitStreamFilterContext(_FILTERS[codec], stream) if codec in _FILTERS else None


def _without_notes(unit_filter: Any, packet: Any) -> bytes | None:
    """The bytes that FFmpeg's filter leaves; None where there is no filter or it fails."""
    import av.error

    if unit_filter is None:
        return None
    try:
        return b"".join(bytes(kept) for kept in unit_filter.filter(packet))
    except (av.error.FFmpegError, ValueError):
        return None


def _same_bytes(before: _TrackPackets, after: _TrackPackets) -> bool:
    """Whether the packets of the copy are a stretch of the source's, at the same times."""
    if before.codec.startswith("pcm_"):
        # FFmpeg cuts sound without compression into packets as the tables suit it.
        return bool(before.whole.digest() == after.whole.digest())
    count = len(after.rows)
    firsts = {bare for _, bare, _ in after.rows[:1]}
    for start in range(len(before.rows) - count + 1):
        if before.rows[start][1] in firsts and _same_rows(before.rows[start:], after.rows):
            return True
    return not count


def _same_rows(before: Sequence[Any], after: Sequence[Any]) -> bool:
    """Whether rows agree in bytes, with or without notes, and in time since the first of them."""
    old_s, new_s = before[0][2], after[0][2]
    for old, new in zip(before, after, strict=False):
        if old[0] != new[0] and old[1] != new[1]:
            return False
        timed = None not in (old[2], new[2], old_s, new_s)
        if timed and abs((old[2] - old_s) - (new[2] - new_s)) > 2e-3:
            return False
    return True


def _decoded(fd: int, number: int) -> bytes:
    """The digest of what a track shows or sounds like; empty where nothing can be decoded.

    Of pictures the first 200, of sound the first 256 MiB of samples (12 minutes at the least).
    """
    import av.error

    digest, frames, size = hashlib.sha256(), 0, 0
    try:
        with _opened(fd, {}) as film:
            for frame in film.decode(film.streams[number]):
                frames += 1
                data = frame.to_ndarray().tobytes()
                digest.update(data[: _MOST_SOUND_BYTES - size] if not _is_picture(frame) else data)
                size += len(data)
                enough = frames >= _MOST_FRAMES if _is_picture(frame) else size > _MOST_SOUND_BYTES
                if enough:
                    break
    except (av.error.FFmpegError, ValueError, OSError):
        return b""
    return digest.digest() if frames else b""


def _is_picture(frame: Any) -> bool:
    """Whether a frame is of video and not of sound."""
    return hasattr(frame, "pict_type")
