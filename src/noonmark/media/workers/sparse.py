"""About a frame a second of a film, with the least decoding that gives it.

    1 Packets are read as far as the next key frame; reading costs little beside decoding.
    2 The frames wanted of that group are laid evenly up to that key frame, as few as leave no more than 1.1 steps
      between any two.
    3 The group is decoded up to the last of them and no further, and without the frames that no other needs.

Where packets carry no times, or a group is too long to be held, everything that other frames need is decoded.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import av.error

from noonmark.media.workers import video

SLACK = 1.1
"""Two frames may lie this many steps apart: cameras that set a key frame every second are a little late at times."""
_MOST_BYTES = 64 << 20
_NEARLY_S = 1e-6


@dataclass(frozen=True)
class _Group:
    """Packets from a key frame to the next, in order of decoding; ``span_s`` where both its ends are known."""

    packets: list[Any]
    span_s: tuple[float, float] | None
    timed: bool


def about(film: video.Film, every_s: float) -> Iterator[tuple[float, Any]]:
    """Frames with their times in s, ``every_s`` apart or up to a tenth more; a film's first frame is one of them."""
    film.skip("NONREF")
    film.last_s = -film.step_s
    wanted = _Wanted(every_s)
    gap = False
    for group in _groups(film):
        if not group.timed:
            yield from _plainly(film, wanted)
            return
        fed = _needed(group, wanted, after_gap=gap)
        gap, after_gap = fed is not group.packets, gap
        started, late, latest = not fed, False, None
        for packet in [*fed, None] if gap else fed:
            for time_s, frame in video.decoded(film, packet):
                late = late or (after_gap and not started and time_s > _time_s(fed[0]) + 2 * film.step_s)
                if late:
                    break
                started, latest = True, (time_s, frame)
                if wanted.due(time_s):
                    latest = None
                    yield time_s, frame
        if late or (
            gap and not started
        ):  # a decoder does not start at the key frames of this film, or it is broken here
            yield from _plainly(film, wanted, skip="NONREF")
            return
        if gap:
            film.stream.codec_context.flush_buffers()
        if gap and latest is not None and wanted.due(math.inf):  # the one that was meant is one that no other needs
            yield latest
    yield from ((time_s, frame) for time_s, frame in video.decoded(film, None) if wanted.due(time_s))


def _plainly(film: video.Film, wanted: _Wanted, *, skip: str = "DEFAULT") -> Iterator[tuple[float, Any]]:
    """Every frame decoded, from the beginning; what was shown is not shown again."""
    shown_s = wanted.shown_s
    wanted.planned = False
    film.again()
    film.skip(skip)
    yield from ((s, frame) for s, frame in video.frames(film) if s > shown_s + _NEARLY_S and wanted.due(s))


class _Wanted:
    """The times that frames are wanted for: laid out group by group, or in plain steps where the groups are unknown."""

    def __init__(self, every_s: float) -> None:
        self.every_s = every_s
        self.shown_s = -math.inf
        self.last_s = -math.inf
        self.left: list[float] = []
        self.planned = False

    def plan(self, group: _Group) -> float:
        """Lay out the times wanted of a group; the last of all, up to which it must be decoded."""
        self.planned = group.span_s is not None
        if group.span_s is None:
            return math.inf
        begin_s, end_s = group.span_s
        gap_s = self.every_s * SLACK
        if not -_NEARLY_S <= begin_s - self.last_s <= gap_s + _NEARLY_S:  # the first group, or the film's clock jumps
            self.left.append(begin_s)
            self.last_s = begin_s
        rest_s = end_s - self.last_s
        steps = min(len(group.packets), math.ceil(rest_s / gap_s - _NEARLY_S))
        self.left += [max(begin_s, self.last_s + rest_s * i / steps) for i in range(1, steps)]
        self.last_s = max([self.last_s, *self.left])
        return self.left[-1] if self.left else -math.inf

    def due(self, time_s: float) -> bool:
        """Whether a frame of this time is to be shown; then it counts as shown."""
        if self.planned:
            before = len(self.left)
            self.left = [each_s for each_s in self.left if each_s > time_s + _NEARLY_S]
            now = len(self.left) < before
        else:
            now = not 0 <= time_s - self.shown_s < self.every_s - _NEARLY_S
            self.left, self.last_s = [], max(time_s, self.shown_s)
        self.shown_s = time_s if now else self.shown_s
        return now


def _needed(group: _Group, wanted: _Wanted, *, after_gap: bool) -> list[Any]:
    """The packets of a group up to the last frame wanted, in order of decoding; the list itself where it is all."""
    until_s = wanted.plan(group)
    packets = group.packets
    if until_s == -math.inf:
        return []
    if after_gap:  # what is shown before the key frame leans on frames that were left out
        packets = [packet for packet in packets if packet.pts >= packets[0].pts]
    for count, packet in enumerate(packets, 1):
        if _time_s(packet) >= until_s - _NEARLY_S and count < len(packets):
            return packets[:count]
    return packets


def _groups(film: video.Film) -> Iterator[_Group]:
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


def _group(packets: list[Any], end_s: float | None) -> _Group:
    timed = all(packet.pts is not None for packet in packets)
    if not timed or end_s is None or not packets[0].is_keyframe:
        return _Group(packets, None, timed)
    return _Group(packets, (_time_s(packets[0]), end_s), timed)


def _time_s(packet: Any) -> float:
    return float(packet.pts * packet.time_base)
