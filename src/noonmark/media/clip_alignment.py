"""Several clips of one event on one line of time, by the sound that they have in common.

    1 each pair of clips is compared (:mod:`noonmark.media.common_sound`)
    2 the surest pairs join the clips to groups, each on the line of its first clip
    3 ranges add up along the pairs that join a clip to its group's first
    4 every further pair is a check; one that disagrees beyond the ranges is said

A clip that shares no sound with another stands alone: that says nothing about its event.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from noonmark.media.common_sound import (
    SOUND_M_PER_S,
    CommonSound,
    NoCommonSound,
    common_sound,
)
from noonmark.media.loudness import LoudnessShape

_SLACK_S = 0.02
"""Pairs of which one is off by no more than this beyond their ranges do not disagree."""


@dataclass(frozen=True)
class ClipPair:
    """Two clips by their numbers, and where the sound of the second lies in the first."""

    first: int
    second: int
    sound: CommonSound | NoCommonSound


@dataclass(frozen=True)
class AlignedClip:
    """Where the start of a clip lies on the line of its group, in s, within ``range_s`` either way.

    ``reference`` is the number of the clip whose start is 0 there; its own where it stands alone.
    """

    number: int
    reference: int
    offset_s: float
    range_s: float


@dataclass(frozen=True)
class ClipAlignment:
    """Clips in the order given, every pair compared, and the pairs that contradict the line."""

    clips: tuple[AlignedClip, ...]
    pairs: tuple[ClipPair, ...]
    contradictions: tuple[tuple[ClipPair, float], ...]
    """A pair, and by how many s it disagrees with the line."""


def align(shapes: Sequence[LoudnessShape | None], *, apart_m: float = 0.0) -> ClipAlignment:
    """All clips on one line of time, or in groups; None stands for a clip without sound.

    ``apart_m`` is how far apart the cameras may have stood: their ranges grow by the time that
    sound takes for it.
    """
    heard = [i for i, shape in enumerate(shapes) if shape is not None]
    pairs = []
    for i, j in combinations(heard, 2):
        a, b = shapes[i], shapes[j]
        assert a is not None and b is not None
        pairs.append(ClipPair(i, j, common_sound(a, b)))
    return _joined(len(shapes), pairs, apart_m / SOUND_M_PER_S)


def _joined(count: int, pairs: Sequence[ClipPair], way_s: float) -> ClipAlignment:
    """The clips joined by their surest pairs, and the other pairs held against that."""
    found = [(pair, pair.sound) for pair in pairs if isinstance(pair.sound, CommonSound)]
    found.sort(key=lambda row: (-row[1].peak, row[0].first, row[0].second))
    clips = {i: AlignedClip(i, i, 0.0, 0.0) for i in range(count)}
    checks = []
    for pair, sound in found:
        a, b = clips[pair.first], clips[pair.second]
        if a.reference == b.reference:
            checks.append((pair, sound))
        else:
            _join(clips, a, b, sound.offset_s, sound.range_s + way_s)
    wrong = []
    for pair, sound in checks:
        off_s = _off_s(clips[pair.first], clips[pair.second], sound, way_s)
        if off_s:
            wrong.append((pair, off_s))
    return ClipAlignment(tuple(clips[i] for i in range(count)), tuple(pairs), tuple(wrong))


def _off_s(a: AlignedClip, b: AlignedClip, sound: CommonSound, way_s: float) -> float:
    """By how much a pair disagrees with the line, in s; 0 within the ranges."""
    off_s = sound.offset_s - (b.offset_s - a.offset_s)
    within_s = sound.range_s + way_s + a.range_s + b.range_s + _SLACK_S
    return off_s if abs(off_s) > within_s else 0.0


def _join(
    clips: dict[int, AlignedClip],
    a: AlignedClip,
    b: AlignedClip,
    offset_s: float,
    range_s: float,
) -> None:
    """Put two groups on the line of the one whose reference was given first."""
    if b.reference < a.reference:
        a, b, offset_s = b, a, -offset_s
    moved_s = a.offset_s + offset_s - b.offset_s
    grown_s = a.range_s + range_s + b.range_s
    for clip in [clip for clip in clips.values() if clip.reference == b.reference]:
        clips[clip.number] = AlignedClip(
            clip.number, a.reference, clip.offset_s + moved_s, clip.range_s + grown_s
        )
