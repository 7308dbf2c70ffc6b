"""About a frame a second of a film, with the least decoding that gives it.

    1 Packets are read as far as the next key frame; reading costs little beside decoding.
    2 The frames wanted of that group are laid evenly up to that key frame, as few as leave no more
      than 1.1 steps between any two.
    3 The group is decoded up to the last of them and no further, and without the frames that no
      other needs.

Where packets carry no times, or a group is too long to be held, everything that other frames need
is decoded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av.error

from noonmark.sandbox.decoders import video

SLACK = 1.1
"""Two frames may lie this many steps apart: cameras that set a key frame every second are a little
late at times.
"""
_MOST_BYTES = 64 << 20
_NEARLY_S = 1e-6
_LATE_FRAMES = 2
"""A decoder that starts at a key frame shows it at its time, give or take so many frames."""


@dataclass(frozen=True)
class _PacketGroup:
    """Packets from a key frame to the next, in order of decoding; ``span_s`` where both its ends
    are known.
    """

    packets: list[Any]
    span_s: tuple[float, float] | None
    timed: bool


def about(film: video.Film, every_s: float) -> Iterator[video.TimedFrame]:
    """Frames with their times in s, ``every_s`` apart or up to a tenth more; a film's first frame
    is one of them.

    The answer is the same for the same film: nothing depends on the speed of the machine.
    """
    film.skip("NONREF")
    film.last_s = -film.step_s
    schedule = _FrameSchedule(every_s)
    decoding = _SparseDecoding(film, schedule)
    for group in _groups(film):
        if not group.timed:
            yield from _plainly(film, schedule)
            return
        yield from decoding.frames_of(group)
        if decoding.is_astray:
            yield from _plainly(film, schedule, skip="NONREF")
            return
    yield from decoding.rest()


class _SparseDecoding:
    """Decodes group by group, each up to the last frame wanted of it.

    ``gap`` says that the end of the last group was left out, so that the decoder starts anew;
    ``is_astray`` that it does not start at the key frames of this film, or that the film is broken.
    """

    def __init__(self, film: video.Film, schedule: _FrameSchedule) -> None:
        self.film = film
        self.schedule = schedule
        self.gap = False
        self.is_astray = False

    def frames_of(self, group: _PacketGroup) -> Iterator[video.TimedFrame]:
        """The frames wanted of one group; ends early where decoding is astray."""
        after_gap = self.gap
        fed = _needed(group, self.schedule, after_gap=after_gap)
        self.gap = fed is not group.packets
        started = not fed
        latest: video.TimedFrame | None = None
        for time_s, frame in self._brought_by(fed):
            if after_gap and not started and self._is_late(time_s, fed[0]):
                self.is_astray = True
                return
            started, latest = True, (time_s, frame)
            if self.schedule.due(time_s):
                latest = None
                yield time_s, frame
        if not self.gap:
            return
        if not started:
            self.is_astray = True
            return
        self.film.stream.codec_context.flush_buffers()
        # the one that was meant is one that no other needs
        if latest is not None and self.schedule.due(math.inf):
            yield latest

    def rest(self) -> Iterator[video.TimedFrame]:
        """The frames wanted of those that the decoder still holds at the end."""
        for time_s, frame in video.decoded(self.film, None):
            if self.schedule.due(time_s):
                yield time_s, frame

    def _brought_by(self, packets: list[Any]) -> Iterator[video.TimedFrame]:
        """The frames of some packets; before a gap also those that the decoder holds back."""
        for packet in packets:
            yield from video.decoded(self.film, packet)
        if self.gap:
            yield from video.decoded(self.film, None)

    def _is_late(self, time_s: float, key_packet: Any) -> bool:
        """Whether the first frame shown is later than its key frame can be."""
        most_s = _time_s(key_packet) + _LATE_FRAMES * self.film.step_s
        return time_s > most_s


def _plainly(
    film: video.Film, schedule: _FrameSchedule, *, skip: str = "DEFAULT"
) -> Iterator[video.TimedFrame]:
    """Every frame decoded, from the beginning; what was shown is not shown again."""
    shown_s = schedule.shown_s
    schedule.planned = False
    film.again()
    film.skip(skip)
    for time_s, frame in video.frames(film):
        if time_s > shown_s + _NEARLY_S and schedule.due(time_s):
            yield time_s, frame


class _FrameSchedule:
    """The times that frames are wanted for: laid out group by group, or in plain steps where the
    groups are unknown.

    ``left`` are the times laid out and not yet shown, ``last_s`` the last of all that were laid
    out, ``shown_s`` the time of the last frame shown.
    """

    def __init__(self, every_s: float) -> None:
        self.every_s = every_s
        self.shown_s = -math.inf
        self.last_s = -math.inf
        self.left: list[float] = []
        self.planned = False

    def plan(self, group: _PacketGroup) -> float:
        """Lay out the times wanted of a group; the last of all, up to which it must be decoded."""
        self.planned = group.span_s is not None
        if group.span_s is None:
            return math.inf
        begin_s, end_s = group.span_s
        most_s = self.every_s * SLACK
        follows = -_NEARLY_S <= begin_s - self.last_s <= most_s + _NEARLY_S
        if not follows:  # the first group, or the film's clock jumps
            self.left.append(begin_s)
            self.last_s = begin_s
        rest_s = end_s - self.last_s
        steps = min(len(group.packets), math.ceil(rest_s / most_s - _NEARLY_S))
        for i in range(1, steps):
            self.left.append(max(begin_s, self.last_s + rest_s * i / steps))
        self.last_s = max([self.last_s, *self.left])
        return self.left[-1] if self.left else -math.inf

    def due(self, time_s: float) -> bool:
        """Whether a frame of this time is to be shown; then it counts as shown."""
        if self.planned:
            left = [each_s for each_s in self.left if each_s > time_s + _NEARLY_S]
            is_due = len(left) < len(self.left)
            self.left = left
        else:
            is_due = not 0 <= time_s - self.shown_s < self.every_s - _NEARLY_S
            self.left, self.last_s = [], max(time_s, self.shown_s)
        if is_due:
            self.shown_s = time_s
        return is_due


def _needed(group: _PacketGroup, schedule: _FrameSchedule, *, after_gap: bool) -> list[Any]:
    """The packets of a group up to the last frame wanted, in order of decoding; the list itself
    where it is all.
    """
    # Laying out comes first: it says up to where the group is needed.
    until_s = schedule.plan(group)
    packets = group.packets
    if until_s == -math.inf:
        return []
    if after_gap:  # what is shown before the key frame leans on frames that were left out
        packets = [packet for packet in packets if packet.pts >= packets[0].pts]
    # Packets stand in order of decoding, so the first one late enough ends the list.
    for count, packet in enumerate(packets, 1):
        if _time_s(packet) >= until_s - _NEARLY_S and count < len(packets):
            return packets[:count]
    return packets


def _groups(film: video.Film) -> Iterator[_PacketGroup]:
    """The groups of a film, in order; the last one ends a step after its last frame."""
    packets: list[Any] = []
    size = 0
    try:
        for packet in film.container.demux(film.stream):
            if not packet.size:
                continue  # the sign of the end
            if packets and (packet.is_keyframe or size > _MOST_BYTES):
                ends = packet.is_keyframe and packet.pts is not None
                yield _group(packets, _time_s(packet) if ends else None)
                packets, size = [], 0
            packets.append(packet)
            size += packet.size
    except av.error.FFmpegError:  # broken here: what came before it counts
        film.lost += 1
    if packets:
        times = [_time_s(packet) for packet in packets if packet.pts is not None]
        yield _group(packets, max(times, default=0.0) + film.step_s)


def _group(packets: list[Any], end_s: float | None) -> _PacketGroup:
    """One group; its span is known where it begins with a key frame and all packets have times."""
    timed = all(packet.pts is not None for packet in packets)
    if not timed or end_s is None or not packets[0].is_keyframe:
        return _PacketGroup(packets, None, timed)
    return _PacketGroup(packets, (_time_s(packets[0]), end_s), timed)


def _time_s(packet: Any) -> float:
    """The presentation time of a packet."""
    return float(packet.pts * packet.time_base)
