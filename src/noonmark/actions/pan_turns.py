"""Turns between things that were marked in frames of a clip whose camera turns on the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from noonmark.actions import case_items
from noonmark.errors import InputError

if TYPE_CHECKING:
    from noonmark.arrays import Floats
    from noonmark.geometry.turning.bundle import SolvedPan
    from noonmark.geometry.turning.measured_turns import MeasuredTurns
    from noonmark.media.frames import Reel
    from noonmark.media.pan_clip import PanClip

USUAL_M = 27.0
"""How far a thing is taken to be whose distance nobody gave, and its sigma, of the logarithm."""
USUAL_LOG_SIGMA = 0.8
_GIVEN_LOG_SIGMA = 0.25
CLICK_PX = 2.0
NINETY = 1.645


@dataclass(frozen=True)
class ThingMark:
    """A thing clicked at ``x_px``, ``y_px`` of the upright frame ``number``, counted from 0.

    ``distance_m`` is roughly how far it is; None where nobody says.
    """

    name: str
    number: int
    x_px: float
    y_px: float
    distance_m: float | None = None


def measure_turns(
    path: Path,
    marks: Sequence[ThingMark],
    *,
    pan_s: tuple[float, float] | None = None,
    click_px: float = CLICK_PX,
    focal_mm_35: float | None = None,
    case: Path | None = None,
    by: str = case_items.DEFAULT_ACTOR,
) -> dict[str, Any]:
    """Turns from the first thing to the others, clockwise, as ``noonmark turns`` tells them.

    ``pan_s`` are the seconds from which to which the camera turns; ``click_px`` is how far a mark
    may be off, one sigma. Raises InputError "no-panorama" where too little of the view moves, and
    "camera-walked" where no camera that stands shows what the frames show.
    """
    from noonmark.geometry.camera.lens import lens_prior
    from noonmark.geometry.turning.pan_solution import refuse_walk, solve_sightings
    from noonmark.media import frames as film
    from noonmark.media.pan_clip import pan_clip
    from noonmark.media.probe import digest

    asked: dict[str, Any] = {"pan_s": list(pan_s) if pan_s else None, "click_px": click_px}
    asked |= {"focal_mm_35": focal_mm_35, "marks": [vars(mark) for mark in marks]}
    held = case_items.item_of(path, case=case, by=by, command="turns", parameters=asked)
    reel = film.scan(path)
    first, last = _stretch(reel, pan_s)
    _refuse_marks(marks, reel, first, last, click_px)
    numbers = frozenset(mark.number for mark in marks)
    clip = pan_clip(path, first=first, last=last, marked=numbers)
    lens = lens_prior(reel.width_px, reel.height_px, device="phone", focal_mm_35=focal_mm_35)
    solved = solve_sightings(_sightings(clip, reel), lens)
    refuse_walk(solved, lens)
    turned = _turned(solved, clip, marks, click_px)
    answer = {"ok": True, "name": path.name, "sha256": digest(path), "frames": list(clip.numbers)}
    answer |= _camera(solved) | _angles(turned, marks)
    return answer | _logged(held, answer)


def _angles(turned: MeasuredTurns, marks: Sequence[ThingMark]) -> dict[str, Any]:
    """Angles of an answer: by thing, by pair, and as a place question takes them."""
    return {
        "things": _things(turned, marks),
        "turns": _pairs(turned, marks),
        "seen": _seen(turned, marks),
    }


def _logged(held: case_items.Held | None, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Keep the answer in the case, where the clip is an item of one."""
    name = f"{str(answer['sha256'])[:16]}-turns.json"
    kept = [case_items.Made(_json(answer), name, "extract", role="report")] if held else []
    means = case_items.means("av", "opencv-python-headless")
    return case_items.log_derivation(held, kept, means=means)


def _json(answer: Mapping[str, Any]) -> bytes:
    """An answer as it is kept in a case."""
    import json

    return (json.dumps(answer, indent=1) + "\n").encode()


def _stretch(reel: Reel, pan_s: tuple[float, float] | None) -> tuple[int, int]:
    """The numbers of the first and the last frame of a pan."""
    from noonmark.media import frames as film

    if pan_s is None:
        return 0, len(reel.times_s) - 1
    return film.at_time(reel, pan_s[0]), film.at_time(reel, pan_s[1])


def _refuse_marks(
    marks: Sequence[ThingMark], reel: Reel, first: int, last: int, click_px: float
) -> None:
    """Raise for marks that can't be used."""
    names = [mark.name for mark in marks]
    wrong = None
    if len(names) < 2 or len(set(names)) < len(names):
        wrong = "two marks at least are needed, each with a name of its own"
    elif not 0.0 < click_px < 1000.0:
        wrong = f"a click is off by more than 0 px, got {click_px:g}"
    for mark in marks:
        inside = 0.0 <= mark.x_px <= reel.width_px and 0.0 <= mark.y_px <= reel.height_px
        if not inside:
            wrong = f"{mark.name} lies outside the frame of {reel.width_px}x{reel.height_px} px"
        elif not first <= mark.number <= last:
            wrong = f"frame {mark.number} of {mark.name} is not among {first} to {last}, the pan's"
        elif mark.distance_m is not None and not 1.0 <= mark.distance_m < 1e6:
            wrong = f"{mark.name} stands 1 m away or more, got {mark.distance_m:g}"
    if wrong:
        raise InputError(wrong, code="bad-mark", hint="--mark tower,31,612,208")


def _sightings(clip: PanClip, reel: Reel) -> Any:
    """Sightings of the points that frames share, as the solver takes them."""
    from noonmark.geometry.turning.pan_solution import PanSightings

    return PanSightings(
        frame=clip.frame,
        px=clip.px,
        links=clip.links,
        pair=clip.pair,
        sure=clip.sure,
        times_s=reel.times_s[list(clip.numbers)],
        size_px=(float(reel.width_px), float(reel.height_px)),
        rows=clip.rows,
    )


def _turned(
    solved: SolvedPan, clip: PanClip, marks: Sequence[ThingMark], click_px: float
) -> MeasuredTurns:
    """Azimuths of the marks from an unknown north, and their errors."""
    from noonmark.geometry.turning.level import level_of
    from noonmark.geometry.turning.measured_turns import PanMarks, measured_turns

    given = [mark.distance_m is not None for mark in marks]
    clicked = PanMarks(
        frame=np.array([clip.numbers.index(mark.number) for mark in marks]),
        px=np.array([(mark.x_px, mark.y_px) for mark in marks]),
        sigma_px=np.full(len(marks), click_px),
        distance_m=np.array([mark.distance_m or USUAL_M for mark in marks]),
        distance_log_sigma=np.where(given, _GIVEN_LOG_SIGMA, USUAL_LOG_SIGMA),
    )
    level = level_of(solved.camera.rotation)
    return measured_turns(solved, level, clicked)


def _camera(solved: SolvedPan) -> dict[str, Any]:
    """Camera of the pan, as it was solved: its lens and how far the view turned."""
    from noonmark.geometry.camera.lens import focal_mm_35_of
    from noonmark.geometry.turning.level import swept_deg

    lens = solved.camera.lens
    log_sigma = float(np.sqrt(max(solved.apart[0, 0], solved.together[0, 0])))
    focal = focal_mm_35_of(lens.focal_px, lens.radius_px)
    return {
        "focal_mm_35": round(focal, 2),
        "focal_sigma_mm_35": round(focal * log_sigma, 2),
        "swept_deg": round(swept_deg(solved.camera.rotation[:, 2]), 1),
        "points": len(solved.scene.nearer),
        "residual_px": round(float(np.median(np.abs(solved.residual_px))), 3),
    }


def _things(turned: MeasuredTurns, marks: Sequence[ThingMark]) -> list[dict[str, Any]]:
    """Each thing with its turn from the first."""
    found = []
    for k, mark in enumerate(marks):
        found.append(
            {
                "name": mark.name,
                "frame": mark.number,
                "turn_deg": round(_turn(turned.azimuth_deg, 0, k), 3),
                "sigma_deg": round(turned.turn_sigma_deg(0, k), 3) if k else 0.0,
                "elevation_deg": round(float(turned.elevation_deg[k]), 2),
                "elevation_sigma_deg": round(float(turned.elevation_sigma_deg[k]), 2),
            }
        )
    return found


def _turn(azimuth_deg: Floats, first: int, second: int) -> float:
    """The turn from one thing to another, clockwise, -180 to 180."""
    return float((azimuth_deg[second] - azimuth_deg[first] + 180.0) % 360.0 - 180.0)


def _pairs(turned: MeasuredTurns, marks: Sequence[ThingMark]) -> list[dict[str, Any]]:
    """The turn between each two things, with its 90 % range."""
    found = []
    for i, first in enumerate(marks):
        for j in range(i + 1, len(marks)):
            turn, sigma = _turn(turned.azimuth_deg, i, j), turned.turn_sigma_deg(i, j)
            found.append(
                {
                    "from": first.name,
                    "to": marks[j].name,
                    "turn_deg": round(turn, 3),
                    "sigma_deg": round(sigma, 3),
                    "low_deg": round(turn - NINETY * sigma, 3),
                    "high_deg": round(turn + NINETY * sigma, 3),
                }
            )
    return found


def _seen(turned: MeasuredTurns, marks: Sequence[ThingMark]) -> dict[str, Any]:
    """The table ``seen`` of a place question, but for ``range_m``, which only people know.

    The order starts after the widest gap, so that things of a short pan run from left to right.
    """
    azimuth = turned.azimuth_deg % 360.0
    order = np.argsort(azimuth, kind="stable")
    gap = (azimuth[order] - azimuth[np.roll(order, 1)]) % 360.0
    order = np.roll(order, -int(np.argmax(gap)))
    first = int(order[0])
    sigma = max(turned.turn_sigma_deg(first, int(k)) for k in order[1:])
    return {
        "order": [marks[int(k)].name for k in order],
        "turn_deg": [round(float((azimuth[k] - azimuth[first]) % 360.0), 2) for k in order],
        "turn_sigma_deg": max(round(sigma, 2), 0.01),
    }
