"""The packets of an MPEG transport stream, walked by hand (ISO 13818-1; ETSI EN 300 468; ATSC
A/65).

A transport stream states no date. Its clock (PCR) counts from wherever the encoder was switched on.
Three things may state one: the tables of a broadcaster (TDT and TOT, in UTC; ATSC's STT), what a
camcorder writes between the pictures (AVCHD: MDPM in the H.264 stream, see avchd.py), and the
metadata of an aircraft's camera (MISB, see klv.py). Only the beginning and the end of a long file
are read.

A packet has 188 bytes: the mark 0x47, a stream number (PID) with flags, an optional adaptation
field, which may hold the clock, and content. Content is either a piece of a table ("section") or of
a longer packet (PES) with pictures, sound or metadata. Which PID is what, the tables say: the
program association table (PAT, PID 0) names the maps, a program map (PMT) names the streams.

A section has a kind, 12 bits of length, what it belongs to, entries, and a checksum of 4 bytes:

    PAT   entries of 4 bytes: a program, the PID of its map
    PMT   descriptors of the program; then for each stream its kind, PID and descriptors
    TDT   a day number and six digits in UTC; TOT the same with the offset of a zone
    STT   seconds since 1980 and the leap seconds in them
    SDT   services, each with the name of who provides it
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from noonmark.sandbox.parsers import avchd, klv
from noonmark.sandbox.parsers.byte_view import ByteView
from noonmark.sandbox.parsers.output import ParserOutput, Thumbnails

_HEAD_BYTES, _TAIL_BYTES = 48 << 20, 4 << 20
"""How much of the beginning and of the end of a file is read."""
_VIDEO_BYTES, _NOTES_BYTES = 4 << 20, 16 << 20
"""How much of the pictures and of the metadata is kept."""
_STEP_BYTES = 8 << 20
_MOST_SECTION_BYTES = 4096
_MARK = 0x47
_PACKET_BYTES = 188
_SHAPES = ((188, 0), (192, 4), (204, 0))
"""Bytes from packet to packet and before the mark: plain, with a time (M2TS), with a checksum."""

_PAT, _SDT, _TDT, _STT = 0x0000, 0x0011, 0x0014, 0x1FFB
"""PIDs of tables: programs, services, time and date, ATSC's system time."""
_PAT_TABLE, _PMT_TABLE, _SDT_TABLE, _STT_TABLE = 0x00, 0x02, 0x42, 0xCD
_TIME_TABLES = {0x70: "TDT", 0x73: "TOT"}
_CRC_BYTES = 4
_METADATA, _PRIVATE, _KLVA = 0x15, 0x06, b"\x05\x04KLVA"
"""Kinds of streams that may hold MISB sets; a private one must be registered as KLV."""
_SERVICE_DESCRIPTOR = 0x48
_CODECS = {
    0x01: "MPEG-1",
    0x02: "MPEG-2",
    0x10: "MPEG-4",
    0x1B: "H.264",
    0x24: "HEVC",
    0x33: "VVC",
}
_MJD_EPOCH = datetime(1858, 11, 17)  # noqa: DTZ001  UTC by the standard; the text says so
_GPS_EPOCH = datetime(1980, 1, 6)  # noqa: DTZ001
_CLOCK_HZ = 90_000
_TURN_S = 2**33 / _CLOCK_HZ
"""After 26.5 hours the clock starts again."""


def shape(head: bytes) -> tuple[int, int] | None:
    """(bytes from packet to packet, bytes before the mark) if the first bytes are those of a
    transport stream.
    """
    for size, prefix in _SHAPES:
        marks = head[prefix::size]
        if len(marks) >= 2 and all(mark == _MARK for mark in marks[:5]):
            return size, prefix
    return None


def read(view: ByteView, output: ParserOutput) -> Thumbnails:
    """Write the tables, the clock and the first notes between the pictures.

    Facts: codec, duration by the clock. Fields: the first clock, times of the tables, who
    multiplexed it, what AVCHD and MISB state. Problems: packets out of step or damaged.
    """
    found = shape(view.read(0, 1024))
    if found is None:
        output.add_problem("MPEG-TS", "the packets are not in step")
        return []
    stream = _TransportStream(output, *found)
    stream.read(view, 0, min(view.size, _HEAD_BYTES))
    # Of a long file the end is read for the clock alone; tables come again there.
    tail = max(_HEAD_BYTES, view.size - _TAIL_BYTES)
    if tail < view.size:
        left_out = f"the first {_HEAD_BYTES >> 20} MiB and the last {_TAIL_BYTES >> 20}"
        output.add_field("MPEG-TS", "read", left_out)
        stream.read(view, tail - tail % stream.size, view.size)
    if stream.lost:
        output.add_problem("MPEG-TS", f"{stream.lost} packets are out of step or damaged")
    _write_clock(stream, output)
    avchd.read(bytes(stream.pictures), output)
    klv.read(bytes(stream.notes), output)
    return []


def _write_clock(stream: _TransportStream, output: ParserOutput) -> None:
    """Write where the clock starts and how long it runs."""
    if stream.first_s is None or stream.last_s is None:
        return
    output.add_field("MPEG-TS", "first PCR [s]", round(stream.first_s, 3))
    if stream.last_s != stream.first_s:
        lasts_s = (stream.last_s - stream.first_s) % _TURN_S
        output.facts["duration_s"] = round(lasts_s, 3)


@dataclass
class _TransportStream:
    """What the packets so far have told.

    ``size`` and ``prefix`` are those of :func:`shape`. ``sections`` holds tables that are not yet
    whole, by PID; ``maps`` the PIDs of program maps; ``told`` the tables already written.
    """

    output: ParserOutput
    size: int
    prefix: int
    maps: set[int] = field(default_factory=set)
    video_pid: int = -1
    pictures: bytearray = field(default_factory=bytearray)
    notes_pid: int = -1
    notes: bytearray = field(default_factory=bytearray)
    first_s: float | None = None
    last_s: float | None = None
    sections: dict[int, bytes] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    lost: int = 0

    def read(self, view: ByteView, begin: int, end: int) -> None:
        """Read the packets of a stretch of the file, block by block."""
        step = _STEP_BYTES - _STEP_BYTES % self.size
        for at in range(begin, end, step):
            self._block(view.read(at, min(step, end - at)))

    def _block(self, block: bytes) -> None:
        """Read the packets of a block; a packet out of step is counted."""
        start = 0
        while start + self.size <= len(block):
            mark = start + self.prefix
            if block[mark] != _MARK:
                self.lost += 1
                start = self._in_step(block, start + 1)
                continue
            self._packet(block[mark : mark + _PACKET_BYTES])
            start += self.size

    def _in_step(self, block: bytes, start: int) -> int:
        """Where the packets go on after a break: the next mark with another a packet's length
        behind it.
        """
        while (mark := block.find(_MARK, start + self.prefix)) >= 0:
            following = mark + self.size
            if following >= len(block) or block[following] == _MARK:
                return mark - self.prefix
            start = mark - self.prefix + 1
        return len(block)

    def _packet(self, raw: bytes) -> None:
        """Read one packet: the clock from its adaptation field, and its content."""
        # The first bit: the receiver could not mend the packet.
        if raw[1] & 0x80:  # the receiver itself says that it is damaged
            self.lost += 1
            return
        # Thirteen bits, behind three flags.
        pid = _pid(raw, 1)
        starts = bool(raw[1] & 0x40)
        # The adaptation field has its length in front, and its flags behind that.
        has_adaptation, has_content = raw[3] & 0x20, raw[3] & 0x10
        at = 4
        if has_adaptation:
            length = raw[4]
            has_clock = raw[5] & 0x10
            if length >= 7 and has_clock:
                self._clock(raw[6:12])
            at = 5 + length
        if has_content and at < len(raw):
            self._content(pid, raw, at, starts=starts)

    def _clock(self, raw: bytes) -> None:
        """33 bits of 1/90000 s; what is finer is left out."""
        # 33 bits: four bytes and the highest bit of the fifth.
        ticks = int.from_bytes(raw[:4]) << 1 | raw[4] >> 7
        now_s = ticks / _CLOCK_HZ
        if self.first_s is None:
            self.first_s = now_s
        self.last_s = now_s

    def _content(self, pid: int, raw: bytes, at: int, *, starts: bool) -> None:
        """Sort the content from ``at`` on by its PID; most of it, pictures and sound, passes."""
        if pid in (_PAT, _SDT, _TDT, _STT) or pid in self.maps:
            self._section(pid, raw[at:], starts=starts)
        elif pid == self.video_pid and len(self.pictures) < _VIDEO_BYTES:
            self.pictures += _without_pes_head(raw[at:]) if starts else raw[at:]
        elif pid == self.notes_pid and len(self.notes) < _NOTES_BYTES:
            self.notes += _without_pes_head(raw[at:]) if starts else raw[at:]

    def _section(self, pid: int, raw: bytes, *, starts: bool) -> None:
        """Collect a section over its packets; read it when it is whole.

        The first piece begins with a pointer over the end of the section before it.
        """
        if starts:
            self.sections[pid] = raw[1 + raw[0] :]
        elif pid in self.sections and len(self.sections[pid]) < _MOST_SECTION_BYTES:
            self.sections[pid] += raw
        whole = self.sections.get(pid, b"")
        if len(whole) < 3:
            return
        size = 3 + _twelve_bits(whole, 1)
        if len(whole) >= size:
            del self.sections[pid]
            self._table(pid, whole[:size])

    def _table(self, pid: int, section: bytes) -> None:
        """Read a whole section by its PID and its kind."""
        kind = section[0]
        if pid == _PAT and kind == _PAT_TABLE:
            self._program_association(section)
        elif pid in self.maps and kind == _PMT_TABLE:
            self._program_map(section)
        elif pid == _TDT and kind in _TIME_TABLES and len(section) >= 8:
            self._tell_once(_TIME_TABLES[kind], _dvb_time(section[3:8]))
        elif pid == _STT and kind == _STT_TABLE and len(section) >= 14:
            self._tell_once("STT", _atsc_time(section))
        elif pid == _SDT and kind == _SDT_TABLE:
            self._services(section)

    def _program_association(self, section: bytes) -> None:
        """The PIDs of the program maps; program 0 is the network's own."""
        for at in range(8, len(section) - 7, 4):
            # A program number and the PID of its map.
            if section[at : at + 2] != b"\0\0":
                self.maps.add(_pid(section, at + 2))

    def _program_map(self, section: bytes) -> None:
        """Which PID holds the pictures, and which the notes: the first of each."""
        for kind, pid, descriptors in _streams(section):
            if kind in _CODECS and self.video_pid < 0:
                self.video_pid = pid
                self.output.facts["codec"] = _CODECS[kind]
            is_klv = kind == _PRIVATE and _KLVA in descriptors
            if (kind == _METADATA or is_klv) and self.notes_pid < 0:
                self.notes_pid = pid

    def _tell_once(self, name: str, text: str | None) -> None:
        """Write the first time of each table."""
        if name in self.told:
            return
        self.told.add(name)
        if text is None:
            self.output.add_problem("MPEG-TS", f"table {name} holds no time")
        self.output.add_field("MPEG-TS", name, text)

    def _services(self, section: bytes) -> None:
        """Write who multiplexed it, by their own word: FFmpeg writes its name here."""
        at = 11
        while at + 5 <= len(section) - _CRC_BYTES:
            length = _twelve_bits(section, at + 3)
            descriptors = section[at + 5 : at + 5 + length]
            if len(descriptors) > 4 and descriptors[0] == _SERVICE_DESCRIPTOR:
                provider = descriptors[4 : 4 + descriptors[3]]
                if "SDT" not in self.told:
                    name = provider.lstrip(bytes(range(32)))
                    self.output.add_field("MPEG-TS", "provider", name)
                self.told.add("SDT")
            at += 5 + length


def _without_pes_head(content: bytes) -> bytes:
    """The content less the head of the longer packet that begins in it."""
    if not content.startswith(b"\0\0\x01") or len(content) <= 9:
        return content
    return content[9 + content[8] :]


def _pid(data: bytes, at: int) -> int:
    """Thirteen bits."""
    return (data[at] & 0x1F) << 8 | data[at + 1]


def _twelve_bits(data: bytes, at: int) -> int:
    """A length, behind four bits of flags."""
    return (data[at] & 0x0F) << 8 | data[at + 1]


def _streams(section: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Kind, PID and descriptors of each stream of a program map."""
    if len(section) <= 12:
        return
    at = 12 + _twelve_bits(section, 10)
    while at + 5 <= len(section) - _CRC_BYTES:
        length = _twelve_bits(section, at + 3)
        yield section[at], _pid(section, at + 1), section[at + 5 : at + 5 + length]
        at += 5 + length


def _dvb_time(raw: bytes) -> str | None:
    """A day number and six binary-coded digits."""
    # Hours, minutes and seconds; a digit above 9 says that the time is not known.
    digits = raw[2:].hex()
    if not digits.isdigit():
        return None
    day = _MJD_EPOCH + timedelta(days=int.from_bytes(raw[:2]))
    return f"{day:%Y-%m-%d} {digits[:2]}:{digits[2:4]}:{digits[4:]}"


def _atsc_time(section: bytes) -> str:
    """Seconds since 1980 as GPS counts them, less the leap seconds that the table states."""
    gps_s, leap_s = int.from_bytes(section[9:13]), section[13]
    return (_GPS_EPOCH + timedelta(seconds=gps_s - leap_s)).strftime("%Y-%m-%d %H:%M:%S")
