"""Several clips of one event on one line of time, by their sound."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import case_items
from noonmark.errors import InputError, NoonmarkError

if TYPE_CHECKING:
    from noonmark.media.clip_alignment import AlignedClip, ClipAlignment, ClipPair
    from noonmark.media.common_sound import CommonSound
    from noonmark.media.loudness import LoudnessShape

MOST_CLIPS = 20
FARTHEST_M = 5000.0
_COPIES = "the sound is alike to the sample: they may be one recording, copied"


def align(
    paths: Sequence[Path],
    *,
    apart_m: float = 0.0,
    case: Path | None = None,
    by: str = case_items.DEFAULT_ACTOR,
    told: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Place each clip on the line of the first that shares its sound, with its range in s.

    ``apart_m`` is how far apart the cameras may have stood, which widens the ranges. ``told`` is
    called with the number of clips that were heard. A clip without sound, or that can't be read,
    costs only itself; in a case the answer is kept as a report on the first clip.

    Raises InputError "too-few-sounds", "too-many-clips", "same-clip-twice", "bad-distance".
    """
    from noonmark.media.clip_alignment import align as aligned

    _refuse_unfit(paths, apart_m)
    digests = _digests(paths)
    asked = {"apart_m": apart_m, "clips": digests}
    held = [
        case_items.item_of(
            path, case=case, by=by, command="align", parameters=asked, sha256=digests[i]
        )
        for i, path in enumerate(paths)
    ]
    shapes, notes = _heard(paths, told)
    found = aligned(shapes, apart_m=apart_m)
    names = _told_names(paths)
    answer = {
        "ok": True,
        "sha256": digests[0],
        "apart_m": apart_m,
        "clips": _clips(names, digests, found, shapes, notes),
        "pairs": [_pair(pair, names) for pair in found.pairs],
        "contradictions": [
            _names(pair, names) | {"off_s": round(off_s, 4)} for pair, off_s in found.contradictions
        ],
        "conditions": _conditions(apart_m),
    }
    reports = [case_items.report("align", answer)]
    return answer | case_items.log_derivation(held[0], reports, means=case_items.means("av"))


def _refuse_unfit(paths: Sequence[Path], apart_m: float) -> None:
    if not 0 <= apart_m <= FARTHEST_M:
        raise InputError(
            f"expected 0 to {FARTHEST_M:g} m between the cameras, got {apart_m:g}",
            code="bad-distance",
        )
    if len(paths) > MOST_CLIPS:
        raise InputError(
            f"{len(paths)} clips, and at most {MOST_CLIPS} are compared at once",
            code="too-many-clips",
            hint="compare each new clip with one that is placed already",
        )


def _digests(paths: Sequence[Path]) -> list[str]:
    """The digest of each clip; refused where two are the same bytes."""
    from noonmark.media.probe import digest

    known: dict[str, Path] = {}
    for path in paths:
        sha256 = digest(path)
        if sha256 in known:
            raise InputError(
                f"{path.name} and {known[sha256].name} are the same bytes",
                code="same-clip-twice",
                hint="name each clip once",
            )
        known[sha256] = path
    return list(known)


def _heard(
    paths: Sequence[Path], told: Callable[[int], None] | None
) -> tuple[list[LoudnessShape | None], list[str | None]]:
    """Each clip as it is compared, None where it has no sound; and what is to be said of it."""
    from noonmark.media.loudness import loudness_shape
    from noonmark.media.sound import LONGEST_HEARD_S, sound_samples

    shapes: list[LoudnessShape | None] = []
    notes: list[str | None] = []
    for i, path in enumerate(paths):
        try:
            found = sound_samples(path)
        except NoonmarkError as error:
            shapes.append(None)
            notes.append(error.message)
        else:
            shapes.append(loudness_shape(found.values))
            cut = f"only its first {LONGEST_HEARD_S / 60:g} minutes were heard"
            notes.append(cut if found.cut else None)
        if told is not None:
            told(i + 1)
    if sum(shape is not None for shape in shapes) < 2:
        why = "; ".join(
            f"{path.name}: {note}" for path, note in zip(paths, notes, strict=True) if note
        )
        raise InputError(
            f"two clips with sound are needed{f' ({why})' if why else ''}",
            code="too-few-sounds",
            hint="noonmark probe says what a file holds",
        )
    return shapes, notes


def _told_names(paths: Sequence[Path]) -> list[str]:
    """The name of each clip; the whole path where two have one name."""
    names = [path.name for path in paths]
    return [
        name if names.count(name) == 1 else str(path)
        for name, path in zip(names, paths, strict=True)
    ]


def _names(pair: ClipPair, names: Sequence[str]) -> dict[str, Any]:
    return {"first": names[pair.first], "second": names[pair.second]}


def _clips(
    names: Sequence[str],
    digests: Sequence[str],
    found: ClipAlignment,
    shapes: Sequence[LoudnessShape | None],
    notes: Sequence[str | None],
) -> list[dict[str, Any]]:
    """Each clip, on the line of its reference; one that shares no sound has no offset."""
    references = [clip.reference for clip in found.clips]
    rows = []
    for clip in found.clips:
        alone = references.count(clip.reference) == 1
        shape = shapes[clip.number]
        rows.append(
            {
                "name": names[clip.number],
                "sha256": digests[clip.number],
                "sound_s": None if shape is None else round(len(shape.samples) / 8000, 3),
                "reference": None if alone else names[clip.reference],
                "offset_s": None if alone else round(clip.offset_s, 4),
                "range_s": None if alone else _up(clip.range_s),
                "why": _why_alone(clip, found, shape) if alone else None,
                "note": notes[clip.number],
            }
        )
    return rows


def _why_alone(clip: AlignedClip, found: ClipAlignment, shape: LoudnessShape | None) -> str:
    """Why a clip has no offset: what its likeliest pair lacks."""
    if shape is None:
        return "no sound"
    own = [pair for pair in found.pairs if clip.number in (pair.first, pair.second)]
    best = max(own, key=lambda pair: pair.sound.peak)
    return getattr(best.sound, "why", "no common sound found")


def _pair(pair: ClipPair, names: Sequence[str]) -> dict[str, Any]:
    from noonmark.media.common_sound import NoCommonSound

    sound = pair.sound
    if isinstance(sound, NoCommonSound):
        about = {"why": sound.why, "peak": round(sound.peak, 2), "lead": round(sound.lead, 2)}
        return _names(pair, names) | about
    return _names(pair, names) | _measured(sound)


def _measured(sound: CommonSound) -> dict[str, Any]:
    """The numbers of a pair that shares sound."""
    known = sound.pieces > 0
    return {
        "why": None,
        "peak": round(sound.peak, 2),
        "lead": round(sound.lead, 2),
        "offset_s": round(sound.offset_s, 4),
        "range_s": _up(sound.range_s),
        "overlap_s": round(sound.overlap_s, 2),
        "drift_ppm": round(sound.drift_ppm, 1) if sound.drifts else None,
        "drift_range_ppm": round(sound.drift_range_ppm, 1) if known else None,
        "alike": round(sound.alike, 3) if known else None,
        "remark": _COPIES if sound.is_copy else None,
    }


def _up(seconds: float) -> float:
    """A range in s, rounded up to a thousandth: it never gets narrower by being written."""
    return -(-round(1e6 * seconds) // 1000) / 1000


def _conditions(apart_m: float) -> list[str]:
    """Tell the reader of the answer what the offsets say and do not say."""
    way_ms = 1000 * apart_m / 343
    told = f"{apart_m:g} m: {way_ms:.0f} ms are in each range" if apart_m else "not said"
    return [
        "offsets are of what is heard; a film's own pictures may lag its sound by some 0.1 s",
        "sound takes 0.29 s for 100 m; how far apart the cameras stood: " + told,
        "a song, a broadcast or a recorded call can be heard at two events: then this is no event",
        "clips with no common sound may still be of one event",
    ]


def offset_lines(answer: Mapping[str, Any]) -> list[str]:
    """The answer of :func:`align` as lines for a person."""
    lines = []
    for clip in answer["clips"]:
        note = f" ({clip['note']})" if clip["note"] else ""
        if clip["offset_s"] is None:
            lines.append(f"{clip['name']}: {clip['why']}{note}")
        elif clip["reference"] == clip["name"]:
            lines.append(f"{clip['name']}: starts the line, 0 s{note}")
        else:
            side = "after" if clip["offset_s"] >= 0 else "before"
            lines.append(
                f"{clip['name']}: starts {abs(clip['offset_s']):.3f} s {side} {clip['reference']},"
                f" within {clip['range_s']:.3f} s{note}"
            )
    return lines
