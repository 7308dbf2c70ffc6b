"""The pictures and the sound of a Matroska or WebM film in a new file of the same kind.

Every packet keeps its bytes and its times, but for notes between coded pictures (coded_notes.py).
The elements are written anew, so no title, program, date, tag, attachment, chapter or number of the
source passes. Clusters of unknown length (a browser's recording) get one, and an index is added.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from noonmark.errors import InputError
from noonmark.sandbox.parsers import ebml
from noonmark.sandbox.parsers.byte_view import ByteView, of_file
from noonmark.sandbox.parsers.ebml import EbmlElement, elements
from noonmark.sandbox.strippers import ebml_writer
from noonmark.sandbox.strippers.common import CopyFacts, Removed, add_removed, refusal
from noonmark.sandbox.strippers.film_writer import FilmWriter
from noonmark.sandbox.strippers.matroska_blocks import BlockFrames, cleaned, read_block
from noonmark.sandbox.strippers.matroska_entries import (
    METADATA,
    NUMBER,
    SOUND,
    SUBTITLE,
    UID,
    VIDEO,
    MatroskaEntry,
    MatroskaTrack,
    clean_entry,
    number_of,
    read_track,
)

_HEAD, _SEGMENT, _INFO, _TRACKS, _ENTRY = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0xAE
_TIMESTAMP, _SIMPLE_BLOCK, _GROUP, _BLOCK = 0xE7, 0xA3, 0xA0, 0xA1
_DURATION, _REFERENCE, _PADDING = 0x9B, 0xFB, 0x75A2
_SCALE, _LASTS, _DOC_TYPE = 0x2AD7B1, 0x4489, 0x4282
_CUES, _CUE, _CUE_TIME, _CUE_WHERE, _CUE_TRACK, _CUE_CLUSTER = (
    0x1C53BB6B,
    0xBB,
    0xB3,
    0xB7,
    0xF7,
    0xF1,
)
_SEEK_HEAD, _SEEK, _SEEK_KIND, _SEEK_AT = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
_NAMED = {
    0x1254C367: "tags",
    0x1941A469: "attached files",
    0x1043A770: "chapters",
    _SEGMENT: "a further film behind the first",
}
_SILENT = {_SEEK_HEAD, _CUES, 0xEC, 0xBF, 0xA7, 0xAB}
"""Indexes, void, checksum, position and size of clusters: the copy has its own."""
_KINDS = {VIDEO: "video", SOUND: "sound", SUBTITLE: "subtitle", METADATA: "metadata"}
_MOST_PACKET_BYTES = 16 << 20
_MOST_CUES = 100_000


@dataclass
class MatroskaCopy:
    """The copy while it is written: its tracks by their number in the source, where its clusters
    begin, and the time of the packets that are read.
    """

    writer: FilmWriter
    removed: Removed
    tracks: dict[int, tuple[int, MatroskaTrack, MatroskaEntry]] = field(default_factory=dict)
    timestamp: int = 0
    begins_at: int = 0
    ends: list[tuple[int, int]] = field(default_factory=list)
    cues: list[bytes] = field(default_factory=list)
    packets: int = 0
    segment_at: int = 0
    has_cue: bool = False

    def begin_cluster(self) -> None:
        """A new cluster at the time that was read last."""
        self.end_cluster()
        self.begins_at = self.writer.at
        self.writer.put(ebml_writer.kind_bytes(ebml.CLUSTER) + ebml_writer.wide_length(0))
        self.writer.put(ebml_writer.whole(_TIMESTAMP, self.timestamp))
        self.has_cue = False

    def end_cluster(self) -> None:
        """Note how long the cluster has become."""
        if self.begins_at:
            self.ends.append((self.begins_at + 4, self.writer.at - self.begins_at - 12))
        self.begins_at = 0

    def put(self, frames: BlockFrames, more: bytes | None, *, is_key: bool) -> None:
        """Write a packet; in a group, with what belongs to it, where it was in one."""
        number, track, entry = self.tracks[frames.track]
        if not self.begins_at:
            self.begin_cluster()
        block = cleaned(frames, number, entry.clean, entry.packet_head)
        if is_key and track.kind == VIDEO:
            self._cue(number, frames.offset)
        if more is not None:
            inner = ebml_writer.element(_BLOCK, block)
            self.writer.put(ebml_writer.element(_GROUP, inner, more))
        else:
            self.writer.put(ebml_writer.element(_SIMPLE_BLOCK, block))
        self.packets += 1

    def _cue(self, number: int, offset: int) -> None:
        """Note the first key picture of a cluster in the index."""
        when = self.timestamp + offset
        if self.has_cue or when < 0 or len(self.cues) >= _MOST_CUES:
            return
        self.has_cue = True
        where = ebml_writer.whole(_CUE_TRACK, number)
        where += ebml_writer.whole(_CUE_CLUSTER, self.begins_at - self.segment_at)
        cue = ebml_writer.whole(_CUE_TIME, when) + ebml_writer.element(_CUE_WHERE, where)
        self.cues.append(ebml_writer.element(_CUE, cue))


def matroska(source_fd: int, sink_fd: int, removed: Removed) -> CopyFacts:
    """Copy the video and sound tracks; every other part is named in ``removed``.

    Raises InputError where the film holds neither video nor sound, where nothing of them is in the
    file, or where a video is coded in a way that is not known here.
    """
    view = of_file(source_fd)
    parts = list(_top_level(view, removed))
    if len(parts) < 2:
        raise _broken()
    head, segment = parts
    copy = MatroskaCopy(FilmWriter(sink_fd), removed)
    copy.writer.put(_head(head.body))
    length_at = copy.writer.at + 4
    copy.writer.put(ebml_writer.kind_bytes(_SEGMENT) + ebml_writer.wide_length(0))
    copy.segment_at = copy.writer.at
    # The place of the index is known at the end.
    copy.writer.put(_seek_head(0))
    numbers = _copy_segment(segment.body, copy)
    copy.end_cluster()
    if not copy.packets:
        raise _broken()
    cues_at = copy.writer.at - copy.segment_at
    if copy.cues:
        copy.writer.put(ebml_writer.element(_CUES, *copy.cues))
    copy.writer.flush()
    for at, size in [*copy.ends, (length_at, copy.writer.at - copy.segment_at)]:
        os.pwrite(sink_fd, ebml_writer.wide_length(size), at)
    if copy.cues:
        os.pwrite(sink_fd, _seek_head(cues_at), copy.segment_at)
    return CopyFacts(tracks=tuple(numbers))


def _top_level(view: ByteView, removed: Removed) -> list[EbmlElement]:
    """The head and the film; what follows is named."""
    found: list[EbmlElement] = []
    for part in elements(view):
        expected = (_HEAD, _SEGMENT)[len(found)] if len(found) < 2 else None
        if part.kind == expected:
            found.append(part)
        elif part.kind not in _SILENT:
            _name(part, removed)
    return found


def _broken() -> InputError:
    return InputError(
        "the film is broken: none of its pictures and no sound could be copied",
        code="not-decodable",
        hint="ask for the whole file: this one ends before its first frame",
    )


def _head(body: ByteView) -> bytes:
    """The head of the file: which kind of film it is, and which version of it."""
    found = {part.kind: part.body for part in elements(body)}
    kind = found[_DOC_TYPE].read(0, 8) if _DOC_TYPE in found else b""
    name = "webm" if kind.startswith(b"webm") else "matroska"
    numbers = [(0x4286, 1), (0x42F7, 1), (0x42F2, 4), (0x42F3, 8), (0x4287, 4), (0x4285, 2)]
    parts = [ebml_writer.whole(each, value) for each, value in numbers]
    return ebml_writer.element(_HEAD, *parts[:4], ebml_writer.text(_DOC_TYPE, name), *parts[4:])


def _seek_head(cues_at: int) -> bytes:
    """Where the index lies, always of one length; void where there is none."""
    at = ebml_writer.element(_SEEK_AT, cues_at.to_bytes(8))
    kind = ebml_writer.element(_SEEK_KIND, ebml_writer.kind_bytes(_CUES))
    whole = ebml_writer.element(_SEEK_HEAD, ebml_writer.element(_SEEK, kind, at))
    return whole if cues_at else ebml_writer.element(0xEC, bytes(len(whole) - 2))


def _copy_segment(segment: ByteView, copy: MatroskaCopy) -> list[int]:
    """Copy information, tracks and clusters; the numbers of the tracks, as FFmpeg counts them."""
    numbers: list[int] = []
    for part in elements(segment):
        if part.kind == _INFO:
            copy.writer.put(_info(part.body, copy.removed))
        elif part.kind == _TRACKS and not copy.tracks:
            numbers = _copy_tracks(part.body, copy)
        elif part.kind == ebml.CLUSTER:
            copy.timestamp = 0
            for inner in elements(part.body):
                _cluster_part(inner, copy)
        else:
            _cluster_part(part, copy)
    return numbers


def _name(part: EbmlElement, removed: Removed) -> None:
    """Name what stays behind."""
    add_removed(removed, _NAMED.get(part.kind, f"element 0x{part.kind:X}"), part.body.size)


def _info(body: ByteView, removed: Removed) -> bytes:
    """How times are counted and how long the film lasts; the programs have no name."""
    kept = b""
    for part in elements(body):
        if part.kind in (_SCALE, _LASTS) and part.body.size <= 8:
            kept += ebml_writer.element(part.kind, part.body.read(0, 8))
        elif part.kind not in _SILENT:
            add_removed(removed, "title, programs, dates and numbers of the film", part.body.size)
    return ebml_writer.element(_INFO, kept, ebml_writer.text(0x4D80, ""), _nobody())


def _nobody() -> bytes:
    """The program that wrote the film, without a name."""
    return ebml_writer.text(0x5741, "")


def _copy_tracks(body: ByteView, copy: MatroskaCopy) -> list[int]:
    """Write the description of each track that is kept; return their numbers."""
    written = b""
    numbers = []
    counted = 0
    entries = [part for part in elements(body) if part.kind == _ENTRY]
    for index, part in enumerate(entries, 1):
        track = read_track(part.body)
        entry = _entry_of(track, index)
        if entry is None:
            name = _KINDS.get(track.kind, "unknown")
            add_removed(copy.removed, f"track {index} ({name})", part.body.size)
        elif track.number not in copy.tracks:
            number = len(copy.tracks) + 1
            copy.tracks[track.number] = (number, track, entry)
            numbers.append(counted)
            written += _described(number, entry, copy.removed)
        # FFmpeg numbers only tracks of these kinds.
        counted += track.kind in _KINDS
    if not written:
        raise InputError("the file holds neither video nor sound", code="no-video")
    copy.writer.put(ebml_writer.element(_TRACKS, written))
    return numbers


def _entry_of(track: MatroskaTrack, index: int) -> MatroskaEntry | None:
    """How a track is described in the copy; None of one that stays behind.

    Raises InputError where a video is coded in a way that is not known.
    """
    if track.kind not in (VIDEO, SOUND):
        return None
    entry = clean_entry(track)
    if entry is None and track.kind == VIDEO:
        why = f"track {index} is coded or packed as {track.codec!r} in a way that is not known"
        raise refusal(f"{why} here")
    return entry


def _described(number: int, entry: MatroskaEntry, removed: Removed) -> bytes:
    """The description of a track under its new number."""
    for name in entry.removed:
        add_removed(removed, name, 0)
    own = ebml_writer.whole(NUMBER, number) + ebml_writer.whole(UID, number)
    return ebml_writer.element(_ENTRY, own, entry.body)


def _cluster_part(part: EbmlElement, copy: MatroskaCopy) -> None:
    """Copy one element of a cluster."""
    if part.kind == _TIMESTAMP:
        copy.timestamp = number_of(part.body)
        copy.end_cluster()
    elif part.kind == _SIMPLE_BLOCK:
        frames = _frames(part, copy)
        if frames is not None:
            copy.put(frames, None, is_key=bool(frames.flags & 0x80))
    elif part.kind == _GROUP:
        _group(part, copy)
    elif part.kind not in _SILENT:
        _name(part, copy.removed)


def _group(group: EbmlElement, copy: MatroskaCopy) -> None:
    """Copy a packet and how long it is shown, what it is coded from, what of it is not heard."""
    more, block, is_key = b"", None, True
    for part in elements(group.body):
        if part.kind == _BLOCK:
            block = EbmlElement(part.kind, part.body, part.at, part.is_cut or group.is_cut)
        elif part.kind in (_DURATION, _REFERENCE, _PADDING) and part.body.size <= 8:
            more += ebml_writer.element(part.kind, part.body.read(0, 8))
            is_key = is_key and part.kind != _REFERENCE
        elif part.kind not in _SILENT:
            add_removed(copy.removed, "additions to packets", part.body.size)
    frames = _frames(block, copy) if block is not None else None
    if frames is not None:
        copy.put(frames, more, is_key=is_key)


def _frames(part: EbmlElement, copy: MatroskaCopy) -> BlockFrames | None:
    """The packet of a track that is kept; None of another one, or where it is not all there."""
    if part.is_cut:
        add_removed(copy.removed, "the last packet, which is not all in the file", part.body.size)
        return None
    if part.body.size > _MOST_PACKET_BYTES:
        raise refusal(f"a packet has {part.body.size} bytes, at most {_MOST_PACKET_BYTES} are read")
    frames = read_block(part.body.read(0, part.body.size))
    if frames is None or frames.track not in copy.tracks:
        add_removed(copy.removed, "packets of tracks that stay behind", part.body.size)
        return None
    return frames
