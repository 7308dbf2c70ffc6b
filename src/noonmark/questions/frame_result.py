"""The answer of a solved frame as JSON, and as clues for the search."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np

from noonmark import __version__
from noonmark.arrays import Floats
from noonmark.geometry.camera.answer import FrameAnswer, Hold, Quantity, Sun
from noonmark.geometry.camera.lens import focal_mm_35_of
from noonmark.geometry.camera.mark_outliers import Fault
from noonmark.geometry.camera.sky import SkyDirection
from noonmark.questions.camera_view import Staged
from noonmark.questions.frame_warnings import warnings_of
from noonmark.questions.mark_types import FrameNote, Marks, meaning_of
from noonmark.questions.marks import write_marks
from noonmark.values import from_unix_s, rfc3339, unix_s

LOST_AZIMUTH_DEG = 60.0
NO_ROLL_DEG = 80.0
# The 95 % point of chi squared with two degrees of freedom.
CHI_SQUARED_95 = 5.991


@dataclass(frozen=True)
class FrameSolution:
    """A solved document: its marks, their camera view, and the answer."""

    marks: Marks
    staged: Staged
    answer: FrameAnswer


def answer_json(frame: FrameSolution) -> dict[str, Any]:
    """The whole answer as a JSON object (without ``seconds``).

    The keys and their meaning are described in docs/frame.md.
    """
    answer = frame.answer
    staged = frame.staged
    conflicts = [_fault_json(frame, fault) for fault in answer.faults]
    warnings = warnings_of(frame.marks, answer)
    found: dict[str, Any] = {
        "noonmark": __version__,
        "marks_sha256": digest(frame.marks),
        "sun": sun_json(answer.suns[0]) if answer.suns else _no_sun(),
        "camera": hold_json(answer.holds[0]),
        "lens": _lens_json(frame),
        "place": place_json(frame),
        "marks": _marks_json(frame),
        "conflicts": conflicts + _misfit_json(answer),
        "assumed": [point.words for point in staged.assumed],
        "assumed_points": [point.as_json() for point in staged.assumed],
        "warnings": [point.words for point in warnings],
        "warning_points": [point.as_json() for point in warnings],
        "clue": clue_of(frame),
        "clues": clues_of(frame),
    }
    if staged.view.frames > 1:
        found["frames"] = [{"frame": sun.frame, **sun_json(sun)} for sun in answer.suns]
        found["poses"] = [hold_json(hold) for hold in answer.holds]
    return found


def digest(marks: Marks) -> str:
    """SHA-256 of the marks in canonical JSON.

    The same marks give the same digest, however they were written.
    """
    text = json.dumps(
        write_marks(marks),
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _r(value: float, digits: int = 4) -> float:
    """A rounded number."""
    return round(float(value), digits)


def _matrix(matrix: Any) -> list[list[float]]:
    """A matrix to six significant digits."""
    return [[float(f"{v:.6g}") for v in row] for row in np.asarray(matrix)]


def sun_json(sun: Sun) -> dict[str, Any]:
    """The sun over one frame: null where not determined."""
    relative = sun.relative
    true = sun.true
    known = relative.azimuth_sigma_deg <= LOST_AZIMUTH_DEG
    parts = sun.parts if len(sun.parts) > 1 else ()
    return {
        "elevation_deg": _r(relative.elevation_deg),
        "elevation_sigma_deg": _r(relative.elevation_sigma_deg),
        "relative_azimuth_deg": _r(relative.azimuth_deg) if known else None,
        "relative_azimuth_sigma_deg": _r(relative.azimuth_sigma_deg) if known else None,
        "covariance_deg2": _matrix(relative.covariance_deg2),
        "relative_to": reference_word(sun.steep),
        "azimuth_deg": _r(true.azimuth_deg % 360.0) if true else None,
        "azimuth_sigma_deg": _r(true.azimuth_sigma_deg) if true else None,
        "parts": [_part(part, "relative_azimuth_deg") for part in parts],
    }


def reference_word(steep: bool) -> str:
    """What azimuths are counted from."""
    return "image up" if steep else "optical axis"


def _no_sun() -> dict[str, Any]:
    """The sun of a document that marks nothing of it."""
    return {
        "elevation_deg": None,
        "elevation_sigma_deg": None,
        "relative_azimuth_deg": None,
        "relative_azimuth_sigma_deg": None,
        "covariance_deg2": None,
        "relative_to": None,
        "azimuth_deg": None,
        "azimuth_sigma_deg": None,
        "parts": [],
    }


def _part(part: SkyDirection, name: str) -> dict[str, Any]:
    """A part of a mixture, its azimuth under ``name``."""
    azimuth = part.azimuth_deg % 360.0 if name == "azimuth_deg" else part.azimuth_deg
    return {
        "weight": _r(part.share),
        "elevation_deg": _r(part.elevation_deg),
        name: _r(azimuth),
        "covariance_deg2": _matrix(part.covariance_deg2),
    }


def _pair(name: str, quantity: Quantity, digits: int = 3) -> dict[str, float]:
    """A number and its sigma, such as ``pitch_deg`` and ``pitch_sigma_deg``."""
    stem, unit = name.rsplit("_", 1)
    return {
        name: _r(quantity.value, digits),
        f"{stem}_sigma_{unit}": _r(quantity.sigma, digits),
    }


def hold_json(hold: Hold) -> dict[str, Any]:
    """How the camera was held; roll is null where the camera looks so steeply that it has none."""
    found: dict[str, Any] = _pair("pitch_deg", hold.pitch_deg)
    if abs(hold.pitch_deg.value) < NO_ROLL_DEG:
        found |= _pair("roll_deg", hold.roll_deg)
    else:
        found |= {"roll_deg": None, "roll_sigma_deg": None}
    if hold.heading_deg is None:
        found |= {"heading_deg": None, "heading_sigma_deg": None}
    else:
        heading = Quantity(hold.heading_deg.value % 360.0, hold.heading_deg.sigma)
        found |= _pair("heading_deg", heading)
    return {**found, "heading_of": reference_word(hold.steep)}


def _lens_json(frame: FrameSolution) -> dict[str, Any]:
    """The lens as it was found, and as it was assumed."""
    answer = frame.answer
    lens = frame.staged.view.lens
    focal = answer.focal_px
    half = np.degrees(np.arctan(0.5 * frame.staged.width_px / focal.value))
    return {
        **_pair("focal_px", focal, 1),
        "focal_mm_35": _r(focal_mm_35_of(focal.value, lens.radius_px), 2),
        "field_of_view_deg": _r(2.0 * half, 2),
        "centre_px": [_r(part.value, 1) for part in answer.centre_px],
        "centre_sigma_px": [_r(part.sigma, 1) for part in answer.centre_px],
        "k1": _r(answer.k1.value, 5),
        "k1_sigma": _r(answer.k1.sigma, 5),
        "prior_focal_px": _r(lens.focal_px, 1),
        "prior_focal_sigma_px": _r(lens.focal_px * lens.focal_log_sigma, 1),
    }


def place_json(frame: FrameSolution) -> dict[str, Any] | None:
    """Where the camera stood, with its 95 % ellipse; null without landmarks."""
    stood = frame.answer.stood
    reference = frame.staged.reference
    if stood is None or reference is None:
        return None
    lat, lon, altitude = reference.geodetic(stood.enu_m)
    return {
        "lat_deg": _r(float(lat), 7),
        "lon_deg": _r(float(lon), 7),
        "altitude_m": _r(float(altitude), 2),
        "altitude_sigma_m": _r(np.sqrt(stood.covariance_m2[2, 2]), 2),
        "covariance_m2": _matrix(stood.covariance_m2),
        "ellipse_95": _ellipse_json(stood.covariance_m2[:2, :2]),
    }


def _ellipse_json(covariance_m2: Floats) -> dict[str, float]:
    """The 95 % ellipse of a covariance (2, 2) in east and north."""
    values, axes = np.linalg.eigh(covariance_m2)
    semi_minor_m, semi_major_m = np.sqrt(CHI_SQUARED_95 * np.maximum(values, 0.0))
    east, north = axes[:, 1]
    area_km2 = np.pi * semi_minor_m * semi_major_m / 1e6
    return {
        "semi_major_m": _r(semi_major_m, 2),
        "semi_minor_m": _r(semi_minor_m, 2),
        "bearing_deg": _r(np.degrees(np.arctan2(east, north)) % 180.0, 1),
        "area_km2": float(f"{area_km2:.4g}"),
    }


def _marks_json(frame: FrameSolution) -> list[dict[str, Any]]:
    """Each mark with its residuals."""
    found = []
    for residual in frame.answer.residuals:
        mark = frame.marks.marks[residual.mark]
        parts = {name: _r(sigmas, 3) for name, sigmas in residual.parts.items()}
        entry = {
            "index": residual.mark,
            "means": meaning_of(mark),
            "what": mark.what,
            "residual_sigma": parts,
            "worst_sigma": _r(residual.worst_sigma, 3),
            "used": residual.weight > 0.5,
        }
        found.append(entry)
    return found


def name_of(frame: FrameSolution, index: int) -> str:
    """A mark as a reader would call it."""
    mark = frame.marks.marks[index]
    return f"mark[{index}] ({mark.what or meaning_of(mark)})"


def _misfit_json(answer: FrameAnswer) -> list[dict[str, Any]]:
    """What is left unexplained when no single mark is to blame.

    It is named, so that no wrong number looks sure.
    """
    found = answer.chi_squared
    limit = answer.chi_squared_limit
    if found <= limit or any(not fault.left_out for fault in answer.faults):
        return []
    why = (
        f"marks and assumptions do not agree: their sum of squares is {found:.0f},"
        f" sound ones stay below {limit:.0f}; a sigma is too small, an assumption wrong,"
        " or several marks are"
    )
    return [_conflict_json(None, why, found - limit)]


def _fault_json(frame: FrameSolution, fault: Fault) -> dict[str, Any]:
    """A mark that does not agree with the others."""
    name = name_of(frame, fault.mark)
    if fault.swapped:
        why = f"{name}: its {fault.swapped} look swapped; exchanged, it agrees with the others"
    elif fault.left_out:
        why = f"{name} contradicts all other marks and was left out"
    else:
        why = (
            f"{name} and the others contradict each other;"
            " with so few marks it can't be said which is wrong"
        )
    return {
        **_conflict_json(fault.mark, why, fault.gain),
        "swapped": fault.swapped,
        "left_out": fault.left_out,
    }


def _conflict_json(mark: int | None, why: str, gain: float) -> dict[str, Any]:
    """A conflict in which no mark was left out and none is swapped."""
    return {
        "mark": mark,
        "why": why,
        "swapped": None,
        "left_out": False,
        "chi_squared_gain": _r(gain, 2),
    }


def _moment(marks: Marks, frame: int) -> dict[str, Any]:
    """When a frame was, in the words of a clue.

    A frame's own time comes before its offset from the clip's start, and both before those of the
    scene.
    """
    scene = marks.scene
    note = marks.frames[frame] if marks.frames else FrameNote()
    offset_s = scene.offset_s if note.offset_s is None else note.offset_s
    at = note.at or scene.at
    if at is None:
        return {} if offset_s is None else {"offset_s": offset_s}
    if note.at is None and note.offset_s is not None:
        at = from_unix_s(unix_s(at) + note.offset_s)
    found: dict[str, Any] = {"at": rfc3339(at)}
    if scene.at_sigma_s is not None:
        found["at_sigma_s"] = scene.at_sigma_s
    return found


def clue_of(frame: FrameSolution) -> dict[str, Any] | None:
    """The first clue block for the search.

    It holds the full covariance, or a mixture where one normal distribution would mislead. With a
    heading it is a ``sun_direction``; without one a ``camera_direction``, whose heading the search
    integrates.
    """
    clues = clues_of(frame)
    return clues[0] if clues else None


def clues_of(frame: FrameSolution) -> list[dict[str, Any]]:
    """All clue blocks of a solved document.

    One per frame where the azimuths are true or each frame has a pose of its own, else one for all
    frames together.
    """
    suns = frame.answer.suns
    marks = frame.marks
    if not suns:
        return []
    if suns[0].true is not None:
        return [_true_clue(marks, sun) for sun in suns]
    if len(suns) > 1 and frame.staged.view.tripod:
        return [_tripod_clue(marks, suns)]
    clues = []
    for sun in suns:
        moment = _moment(marks, sun.frame)
        clues.append({"kind": "camera_direction", **_direction(sun), **moment})
    return clues


def _tripod_clue(marks: Marks, suns: tuple[Sun, ...]) -> dict[str, Any]:
    """The clue of several frames that share a pose.

    The clock's error is one for the whole clip: it stands beside the frames.
    """
    frames, clock = [], {}
    for sun in suns:
        moment = _moment(marks, sun.frame)
        if "at_sigma_s" in moment:
            clock["at_sigma_s"] = moment.pop("at_sigma_s")
        frames.append({**_single(sun.relative, "relative_azimuth_deg"), **moment})
    return {"kind": "camera_direction", "frames": frames, **clock}


def _true_clue(marks: Marks, sun: Sun) -> dict[str, Any]:
    """The clue of a frame whose heading is known."""
    direction = _parts(sun.true_parts, "azimuth_deg")
    if direction is None:
        direction = _single(sun.true_parts[0], "azimuth_deg")
    return {"kind": "sun_direction", **direction, **_moment(marks, sun.frame)}


def _direction(sun: Sun) -> dict[str, Any]:
    """The sun relative to the camera, as a mixture or as one normal distribution."""
    several = _parts(sun.parts, "relative_azimuth_deg")
    return _single(sun.relative, "relative_azimuth_deg") if several is None else several


def _parts(parts: tuple[SkyDirection, ...], name: str) -> dict[str, Any] | None:
    """The parts of a mixture; None if there is only one."""
    if len(parts) <= 1:
        return None
    return {"alternatives": [_part(part, name) for part in parts]}


def _single(direction: SkyDirection, name: str) -> dict[str, Any]:
    """One normal distribution, without a weight."""
    found = _part(direction, name)
    del found["weight"]
    return found
