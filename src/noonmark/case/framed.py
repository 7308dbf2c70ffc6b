"""What a solved frame says, as the JSON of the contract and as clues for the search."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from noonmark import __version__
from noonmark.case.marks import write_marks
from noonmark.case.view import Staged
from noonmark.case.words import Marks, meaning_of
from noonmark.geometry.camera.answer import FrameAnswer, Hold, Quantity, Sun
from noonmark.geometry.camera.faults import Fault
from noonmark.geometry.camera.lens import focal_mm_35_of
from noonmark.geometry.camera.sky import Spot
from noonmark.values import rfc3339


@dataclass(frozen=True)
class Frame:
    """A solved document: the words, the numbers, the answer."""

    marks: Marks
    staged: Staged
    answer: FrameAnswer


def answer_json(frame: Frame) -> dict[str, Any]:
    """The whole answer as the contract's JSON object (without ``seconds``)."""
    answer, staged = frame.answer, frame.staged
    sun = answer.suns[0] if answer.suns else None
    hold = answer.holds[0]
    found: dict[str, Any] = {
        "noonmark": __version__,
        "marks_sha256": digest(frame.marks),
        "sun": sun_json(sun) if sun else _no_sun(),
        "camera": _camera_json(frame, hold),
        "lens": _lens_json(frame),
        "place": place_json(frame),
        "marks": _marks_json(frame),
        "conflicts": [_fault_json(frame, f) for f in answer.faults] + _misfit_json(answer),
        "assumed": list(staged.assumed),
        "warnings": warnings_of(frame),
        "clue": clue_of(frame),
        "clues": clues_of(frame),
    }
    if frame.staged.view.frames > 1:
        found["frames"] = [{"frame": s.frame, **sun_json(s)} for s in answer.suns]
        found["poses"] = [hold_json(h) for h in answer.holds]
    return found


def digest(marks: Marks) -> str:
    """SHA-256 of the marks in canonical JSON: the same marks give the same digest, however they were written."""
    text = json.dumps(write_marks(marks), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _r(value: float, digits: int = 4) -> float:
    return round(float(value), digits)


def _matrix(matrix: Any) -> list[list[float]]:
    return [[float(f"{v:.6g}") for v in row] for row in np.asarray(matrix)]


def sun_json(sun: Sun) -> dict[str, Any]:
    """The sun over one frame: null where not determined."""
    spot, true = sun.relative, sun.true
    lost = spot.azimuth_sigma_deg > 60.0
    return {
        "elevation_deg": _r(spot.elevation_deg),
        "elevation_sigma_deg": _r(spot.elevation_sigma_deg),
        "relative_azimuth_deg": None if lost else _r(spot.azimuth_deg),
        "relative_azimuth_sigma_deg": None if lost else _r(spot.azimuth_sigma_deg),
        "covariance_deg2": _matrix(spot.covariance_deg2),
        "relative_to": reference_word(sun.steep),
        "azimuth_deg": _r(true.azimuth_deg % 360.0) if true else None,
        "azimuth_sigma_deg": _r(true.azimuth_sigma_deg) if true else None,
        "parts": [_part(p, "relative_azimuth_deg") for p in sun.parts] if len(sun.parts) > 1 else [],
    }


def reference_word(steep: bool) -> str:
    """What azimuths are counted from."""
    return "image up" if steep else "optical axis"


def _no_sun() -> dict[str, Any]:
    names = ("elevation_deg", "elevation_sigma_deg", "relative_azimuth_deg", "relative_azimuth_sigma_deg")
    return {
        **dict.fromkeys((*names, "covariance_deg2", "relative_to", "azimuth_deg", "azimuth_sigma_deg")),
        "parts": [],
    }


def _part(spot: Spot, name: str) -> dict[str, Any]:
    azimuth = spot.azimuth_deg % 360.0 if name == "azimuth_deg" else spot.azimuth_deg
    return {
        "weight": _r(spot.share),
        "elevation_deg": _r(spot.elevation_deg),
        name: _r(azimuth),
        "covariance_deg2": _matrix(spot.covariance_deg2),
    }


def _pair(name: str, quantity: Quantity, digits: int = 3) -> dict[str, float]:
    stem, unit = name.rsplit("_", 1)
    return {name: _r(quantity.value, digits), f"{stem}_sigma_{unit}": _r(quantity.sigma, digits)}


def hold_json(hold: Hold) -> dict[str, Any]:
    """How the camera was held; roll is null where the camera looks so steeply that it has none."""
    found: dict[str, Any] = _pair("pitch_deg", hold.pitch_deg)
    if abs(hold.pitch_deg.value) < 80.0:
        found |= _pair("roll_deg", hold.roll_deg)
    else:
        found |= {"roll_deg": None, "roll_sigma_deg": None}
    if hold.heading_deg is None:
        found |= {"heading_deg": None, "heading_sigma_deg": None}
    else:
        found |= _pair("heading_deg", Quantity(hold.heading_deg.value % 360.0, hold.heading_deg.sigma))
    return {**found, "heading_of": reference_word(hold.steep)}


def _camera_json(frame: Frame, hold: Hold) -> dict[str, Any]:
    return hold_json(hold)


def _lens_json(frame: Frame) -> dict[str, Any]:
    answer, lens = frame.answer, frame.staged.view.lens
    focal = answer.focal_px
    half = np.degrees(np.arctan(0.5 * frame.staged.width_px / focal.value))
    return {
        **_pair("focal_px", focal, 1),
        "focal_mm_35": _r(focal_mm_35_of(focal.value, lens.radius_px), 2),
        "field_of_view_deg": _r(2.0 * half, 2),
        "centre_px": [_r(q.value, 1) for q in answer.centre_px],
        "centre_sigma_px": [_r(q.sigma, 1) for q in answer.centre_px],
        "k1": _r(answer.k1.value, 5),
        "k1_sigma": _r(answer.k1.sigma, 5),
        "prior_focal_px": _r(lens.focal_px, 1),
        "prior_focal_sigma_px": _r(lens.focal_px * lens.focal_log_sigma, 1),
    }


def place_json(frame: Frame) -> dict[str, Any] | None:
    """Where the camera stood, with its 95 % ellipse; null without landmarks."""
    stood, reference = frame.answer.stood, frame.staged.reference
    if stood is None or reference is None:
        return None
    lat, lon, altitude = reference.geodetic(stood.enu_m)
    level = stood.covariance_m2[:2, :2]
    values, axes = np.linalg.eigh(level)
    # 5.991: the 95 % point of chi squared with two degrees of freedom.
    reach = np.sqrt(5.991 * np.maximum(values, 0.0))
    return {
        "lat_deg": _r(float(lat), 7),
        "lon_deg": _r(float(lon), 7),
        "altitude_m": _r(float(altitude), 2),
        "altitude_sigma_m": _r(np.sqrt(stood.covariance_m2[2, 2]), 2),
        "covariance_m2": _matrix(stood.covariance_m2),
        "ellipse_95": {
            "semi_major_m": _r(reach[1], 2),
            "semi_minor_m": _r(reach[0], 2),
            "bearing_deg": _r(np.degrees(np.arctan2(axes[0, 1], axes[1, 1])) % 180.0, 1),
            "area_km2": float(f"{np.pi * reach[0] * reach[1] / 1e6:.4g}"),
        },
    }


def _marks_json(frame: Frame) -> list[dict[str, Any]]:
    found = []
    for residual in frame.answer.residuals:
        mark = frame.marks.marks[residual.mark]
        found.append(
            {
                "index": residual.mark,
                "means": meaning_of(mark),
                "what": mark.what,
                "residual_sigma": {k: _r(v, 3) for k, v in residual.parts.items()},
                "worst_sigma": _r(residual.worst_sigma, 3),
                "used": residual.weight > 0.5,
            }
        )
    return found


def name_of(frame: Frame, index: int) -> str:
    """A mark as a reader would call it."""
    mark = frame.marks.marks[index]
    return f"mark[{index}] ({mark.what or meaning_of(mark)})"


def _misfit_json(answer: FrameAnswer) -> list[dict[str, Any]]:
    """What is left unexplained when no single mark is to blame: named, so that no wrong number looks sure."""
    if answer.chi_squared <= answer.chi_squared_limit or any(not f.left_out for f in answer.faults):
        return []
    why = (
        f"marks and assumptions do not agree: their sum of squares is {answer.chi_squared:.0f}, sound ones stay below "
        f"{answer.chi_squared_limit:.0f}; a sigma is too small, an assumption wrong, or several marks are"
    )
    gain = answer.chi_squared - answer.chi_squared_limit
    return [{"mark": None, "why": why, "swapped": None, "left_out": False, "chi_squared_gain": _r(gain, 2)}]


def _fault_json(frame: Frame, fault: Fault) -> dict[str, Any]:
    name = name_of(frame, fault.mark)
    if fault.swapped:
        why = f"{name}: its {fault.swapped} look swapped; exchanged, it agrees with the others"
    elif fault.left_out:
        why = f"{name} contradicts all other marks and was left out"
    else:
        why = f"{name} and the others contradict each other; with so few marks it can't be said which is wrong"
    return {
        "mark": fault.mark,
        "why": why,
        "swapped": fault.swapped,
        "left_out": fault.left_out,
        "chi_squared_gain": _r(fault.gain, 2),
    }


def warnings_of(frame: Frame) -> list[str]:
    """What a careful reader should be told besides the numbers."""
    answer, marks = frame.answer, frame.marks
    found = []
    if marks.image.stabilised:
        found.append(
            "the video was stabilised: its frames are warped and cropped anew each time, so the focal length and the "
            "principal point may differ from what the lens says; give them a wider error"
        )
    for sun in answer.suns:
        if sun.relative.elevation_deg < 5.0:
            found.append(
                f"frame {sun.frame}: the sun stands lower than 5 deg, where a slope of 1 deg and the air's "
                "refraction count most"
            )
    if not answer.explored.nested and answer.explored.effective < 50:
        found.append("few effective draws: take the errors as rough")
    return found


def _moment(marks: Marks, frame: int) -> dict[str, Any]:
    """When a frame was, in the words of a clue."""
    scene = marks.scene
    note = marks.frames[frame] if marks.frames else None
    at: datetime | None = note.at if note and note.at else scene.at
    offset = note.offset_s if note and note.offset_s is not None else scene.offset_s
    found: dict[str, Any] = {}
    if at is not None and not (note and note.at is None and note.offset_s is not None):
        found["at"] = rfc3339(at)
        if scene.at_sigma_s is not None:
            found["at_sigma_s"] = scene.at_sigma_s
    elif at is not None and offset is not None:
        from noonmark.values import from_unix_s, unix_s

        found["at"] = rfc3339(from_unix_s(unix_s(at) + offset))
        if scene.at_sigma_s is not None:
            found["at_sigma_s"] = scene.at_sigma_s
    elif offset is not None:
        found["offset_s"] = offset
    return found


def clue_of(frame: Frame) -> dict[str, Any] | None:
    """The clue block for the search: the full covariance, or a mixture where one normal spot would mislead.

    With a heading it is a ``sun_direction``; without one a ``camera_direction``, whose heading the search integrates.
    """
    clues = clues_of(frame)
    return clues[0] if clues else None


def clues_of(frame: Frame) -> list[dict[str, Any]]:
    """All clue blocks of a solved document: one per frame with a true azimuth, or one for all frames without."""
    answer, marks = frame.answer, frame.marks
    if not answer.suns:
        return []
    if answer.suns[0].true is not None:
        return [_true_clue(marks, sun) for sun in answer.suns]
    if len(answer.suns) == 1:
        return [{"kind": "camera_direction", **_direction(answer.suns[0]), **_moment(marks, answer.suns[0].frame)}]
    if frame.staged.view.tripod:
        frames = [{**_single(sun), **_moment(marks, sun.frame)} for sun in answer.suns]
        # The clock's error is one for the whole clip: it stands beside the frames.
        sigmas = {key: f.pop(key) for f in frames for key in ("at_sigma_s",) if key in f}
        return [{"kind": "camera_direction", "frames": frames, **sigmas}]
    return [{"kind": "camera_direction", **_direction(s), **_moment(marks, s.frame)} for s in answer.suns]


def _true_clue(marks: Marks, sun: Sun) -> dict[str, Any]:
    moment = _moment(marks, sun.frame)
    if len(sun.true_parts) > 1:
        return {
            "kind": "sun_direction",
            "alternatives": [_part(p, "azimuth_deg") for p in sun.true_parts],
            **moment,
        }
    spot = _part(sun.true_parts[0], "azimuth_deg")
    del spot["weight"]
    return {"kind": "sun_direction", **spot, **moment}


def _direction(sun: Sun) -> dict[str, Any]:
    if len(sun.parts) > 1:
        return {"alternatives": [_part(p, "relative_azimuth_deg") for p in sun.parts]}
    return _single(sun)


def _single(sun: Sun) -> dict[str, Any]:
    spot = _part(sun.relative, "relative_azimuth_deg")
    del spot["weight"]
    return spot
