"""A marks document (TOML or JSON, already an object) read into words, every fault told at once, and written again."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from noonmark.case.reading import table_of
from noonmark.case.words import (
    MEANINGS,
    CameraNote,
    Crop,
    FrameNote,
    Image,
    LensNote,
    Line,
    Mark,
    Marks,
    Px,
    SceneNote,
    Shadow,
    ShadowEdge,
    Vertical,
    meaning_of,
)
from noonmark.errors import InputError, Problem
from noonmark.values import rfc3339

SECTIONS = ("image", "lens", "camera", "scene", "frame", "mark")
MOST_MARKS = 500
HINT = "noonmark schema marks shows what a marks file holds"
_TABLES: Mapping[str, type[Any]] = {"crop": Crop}


def read_marks(document: Mapping[str, Any]) -> Marks:
    """The marks of a document. Raises one error that carries every problem, each with its path."""
    problems: list[Problem] = []
    for key in document:
        if key not in SECTIONS:
            near = difflib.get_close_matches(key, SECTIONS, n=1)
            problems.append(
                Problem("unknown-key", key, near[0] if near else "one of " + ", ".join(SECTIONS), f"{key!r}")
            )
    if "image" not in document:
        problems.append(Problem("missing-field", "image", "a table with width_px and height_px", "nothing"))
    image = table_of(Image, document.get("image", {"width_px": 1, "height_px": 1}), "image", problems, _TABLES)
    lens = table_of(LensNote, document.get("lens", {}), "lens", problems, _TABLES)
    camera = table_of(CameraNote, document.get("camera", {}), "camera", problems, _TABLES)
    scene = table_of(SceneNote, document.get("scene", {}), "scene", problems, _TABLES)
    frames = tuple(
        table_of(FrameNote, table, f"frame[{k}]", problems, _TABLES)
        for k, table in enumerate(_list(document, "frame", problems))
    )
    marks = tuple(
        mark
        for k, table in enumerate(_list(document, "mark", problems))
        if (mark := _mark(table, k, problems)) is not None
    )
    if not marks and not problems:
        problems.append(Problem("no-marks", "mark", "at least one [[mark]]", "none"))
    found = Marks(image, lens, camera, scene, frames, marks)
    if not problems:
        problems += faults(found)
    if problems:
        raise InputError.of(problems, hint=HINT)
    return found


def _list(document: Mapping[str, Any], key: str, problems: list[Problem]) -> list[Any]:
    value = document.get(key, [])
    if not isinstance(value, list) or len(value) > MOST_MARKS:
        problems.append(Problem("bad-mark", key, f"a list of at most {MOST_MARKS} tables", type(value).__name__))
        return []
    return value


def _mark(table: Any, index: int, problems: list[Problem]) -> Mark | None:
    where = f"mark[{index}]"
    if not isinstance(table, dict):
        problems.append(Problem("bad-mark", where, "a table", repr(table)[:60]))
        return None
    means = table.get("means")
    if means not in MEANINGS:
        near = difflib.get_close_matches(str(means), MEANINGS, n=1)
        wanted = f"{near[0]!r}" if near else "one of " + ", ".join(MEANINGS)
        problems.append(Problem("unknown-meaning", f"{where}.means", wanted, repr(means)[:60]))
        return None
    mark: Mark = table_of(MEANINGS[means], table, where, problems, _TABLES)
    return mark


def faults(marks: Marks) -> list[Problem]:
    """What is wrong with marks that are well formed: off the image, without extent, not enough of a mark."""
    problems: list[Problem] = []
    width, height = _stored_size(marks.image)
    for k, mark in enumerate(marks.marks):
        where = f"mark[{k}]"
        for name, px in pixels_of(mark):
            if not (0.0 <= px[0] <= width and 0.0 <= px[1] <= height):
                wanted = f"a pixel inside the image of {width:g} x {height:g}"
                problems.append(Problem("mark-outside", f"{where}.{name}", wanted, f"[{px[0]:g}, {px[1]:g}]"))
        problems += _shape_faults(mark, where)
        frames = max(len(marks.frames), 1)
        if mark.frame >= frames:
            problems.append(
                Problem("bad-mark", f"{where}.frame", f"0 to {frames - 1} (see [[frame]])", str(mark.frame))
            )
    lens = marks.lens
    if (lens.focal_mm is None) != (lens.sensor_width_mm is None):
        missing = "sensor_width_mm" if lens.sensor_width_mm is None else "focal_mm"
        problems.append(Problem("missing-field", f"lens.{missing}", "both or neither of them", "nothing"))
    crop = marks.image.crop_of
    if crop is not None and marks.image.width_px and marks.image.height_px and crop.width_px and crop.height_px:
        wide, high = _upright_size(marks.image)
        if crop.left_px + wide > crop.width_px + 0.5 or crop.top_px + high > crop.height_px + 0.5:
            wanted = f"an original that holds the image of {wide:g} x {high:g} at that corner"
            problems.append(Problem("crop-outside", "image.crop_of", wanted, f"{crop.width_px:g} x {crop.height_px:g}"))
    problems += _camera_faults(marks.camera)
    return problems


def _camera_faults(camera: CameraNote) -> list[Problem]:
    problems = []
    for name in ("pitch", "roll", "heading"):
        value, sigma = getattr(camera, f"{name}_deg"), getattr(camera, f"{name}_sigma_deg")
        if value is not None and not sigma:
            problems.append(
                Problem("missing-field", f"camera.{name}_sigma_deg", "how sure that is, in degrees", "nothing")
            )
    if (camera.lat_deg is None) != (camera.lon_deg is None):
        problems.append(Problem("missing-field", "camera.lat_deg", "lat_deg and lon_deg together", "one of them"))
    return problems


def _shape_faults(mark: Mark, where: str) -> list[Problem]:
    problems = []
    if isinstance(mark, Shadow | Vertical) and mark.base_px is not None and mark.base_px == mark.top_px:
        problems.append(Problem("no-extent", f"{where}.top_px", "another point than the base", "the same point"))
    if isinstance(mark, Shadow):
        given = [p for p in (mark.base_px, mark.top_px, mark.tip_px) if p is not None]
        if len(given) < 2:
            problems.append(Problem("bad-mark", where, "two of base_px, top_px and tip_px", f"{len(given)}"))
        if mark.tip_px is not None and mark.tip_px in (mark.base_px, mark.top_px):
            problems.append(Problem("no-extent", f"{where}.tip_px", "another point than base or top", "the same point"))
    if isinstance(mark, ShadowEdge) and mark.caster == "level" and mark.edge_px is None:
        problems.append(Problem("missing-field", f"{where}.edge_px", "the line of the level edge itself", "nothing"))
    means = MEANINGS["right_angle"]
    if isinstance(mark, means) and len(mark.lines_px) != 2:
        problems.append(Problem("bad-mark", f"{where}.lines_px", "two lines", str(len(mark.lines_px))))
    if isinstance(mark, Shadow | Vertical) and mark.height_sigma_m is not None and mark.height_m is None:
        problems.append(Problem("missing-field", f"{where}.height_m", "the height that the sigma is of", "nothing"))
    return problems


def _stored_size(image: Image) -> tuple[float, float]:
    return float(image.width_px or 0.0), float(image.height_px or 0.0)


def _upright_size(image: Image) -> tuple[float, float]:
    width, height = _stored_size(image)
    return (height, width) if image.orientation >= 5 else (width, height)


def upright_size(image: Image) -> tuple[float, float]:
    """Width and height [px] of the upright image."""
    return _upright_size(image)


def pixels_of(mark: Mark) -> list[tuple[str, Px]]:
    """Every pixel of a mark with the path of the field that holds it."""
    found: list[tuple[str, Px]] = []
    for spec in fields(mark):
        value, kind = getattr(mark, spec.name), spec.metadata["as"]
        if value is None:
            continue
        if kind == "px":
            found.append((spec.name, value))
        elif kind == "line":
            found += [(spec.name, value[:2]), (spec.name, value[2:])]
        elif kind == "points":
            found += [(f"{spec.name}[{k}]", p) for k, p in enumerate(value)]
        elif kind == "lines":
            lines: tuple[Line, ...] = value
            found += [(f"{spec.name}[{k}]", part) for k, line in enumerate(lines) for part in (line[:2], line[2:])]
    return found


def write_marks(marks: Marks) -> dict[str, Any]:
    """The document (an object for JSON or TOML) of marks; what holds its default is left out."""
    document: dict[str, Any] = {"image": _plain(marks.image)}
    for name in ("lens", "camera", "scene"):
        table = _plain(getattr(marks, name))
        if table:
            document[name] = table
    if marks.frames:
        document["frame"] = [_plain(f) for f in marks.frames]
    document["mark"] = [{"means": meaning_of(m), **_plain(m)} for m in marks.marks]
    return document


def _plain(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for spec in fields(value):
        item = getattr(value, spec.name)
        if item is None or (item == spec.default and not spec.metadata["must"]):
            continue
        if is_dataclass(item):
            found[spec.name] = _plain(item)
        elif isinstance(item, datetime):
            found[spec.name] = rfc3339(item)
        elif isinstance(item, tuple):
            found[spec.name] = [list(p) if isinstance(p, tuple) else p for p in item]
        else:
            found[spec.name] = item
    return found
