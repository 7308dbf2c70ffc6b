"""A marks document (TOML or JSON, already parsed) read into dataclasses, and written again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.questions.mark_types import (
    MEANINGS,
    CameraNote,
    Crop,
    FrameNote,
    Image,
    LensNote,
    Mark,
    Marks,
    Px,
    RightAngle,
    SceneNote,
    Shadow,
    ShadowEdge,
    Vertical,
    meaning_of,
)
from noonmark.questions.table_reader import table_of
from noonmark.typed_words import nearest
from noonmark.values import rfc3339

SECTIONS = ("image", "lens", "camera", "scene", "frame", "mark")
MOST_MARKS = 500
HINT = "noonmark schema marks shows what a marks file holds"
_TABLES: Mapping[str, type[Any]] = {"crop": Crop}


def read_marks(document: Mapping[str, Any]) -> Marks:
    """The marks of a document.

    Raises one :class:`InputError` that carries every problem, each with its path.
    """
    problems = _section_problems(document)
    found = _sections(document, problems)
    if not found.marks and not problems:
        problems.append(Problem("no-marks", "mark", "at least one [[mark]]", "none"))
    if not problems:
        problems += faults(found)
    if problems:
        raise InputError.of(problems, hint=HINT)
    return found


def _section_problems(document: Mapping[str, Any]) -> list[Problem]:
    """Unknown and missing sections of a document."""
    problems = []
    for key in document:
        if key not in SECTIONS:
            near = nearest(key, SECTIONS)
            expected = near if near else "one of " + ", ".join(SECTIONS)
            problems.append(Problem("unknown-key", key, expected, f"{key!r}"))
    if "image" not in document:
        expected = "a table with width_px and height_px"
        problems.append(Problem("missing-field", "image", expected, "nothing"))
    return problems


def _sections(document: Mapping[str, Any], problems: list[Problem]) -> Marks:
    """The sections of a document, with defaults where something is missing or bad.

    Problems are added to the list in the order of the document's sections.
    """

    def section(kind: type[Any], key: str, default: Mapping[str, Any]) -> Any:
        return table_of(kind, document.get(key, default), key, problems, _TABLES)

    image = section(Image, "image", {"width_px": 1, "height_px": 1})
    lens = section(LensNote, "lens", {})
    camera = section(CameraNote, "camera", {})
    scene = section(SceneNote, "scene", {})
    frames = []
    for k, table in enumerate(_list(document, "frame", problems)):
        frames.append(table_of(FrameNote, table, f"frame[{k}]", problems, _TABLES))
    marks = []
    for k, table in enumerate(_list(document, "mark", problems)):
        mark = _mark(table, k, problems)
        if mark is not None:
            marks.append(mark)
    return Marks(image, lens, camera, scene, tuple(frames), tuple(marks))


def _list(document: Mapping[str, Any], key: str, problems: list[Problem]) -> list[Any]:
    """A list of tables of a document."""
    value = document.get(key, [])
    if isinstance(value, list) and len(value) <= MOST_MARKS:
        return value
    expected = f"a list of at most {MOST_MARKS} tables"
    problems.append(Problem("bad-mark", key, expected, type(value).__name__))
    return []


def _mark(table: Any, index: int, problems: list[Problem]) -> Mark | None:
    """One mark; None if it does not say what it means."""
    where = f"mark[{index}]"
    if not isinstance(table, dict):
        problems.append(Problem("bad-mark", where, "a table", repr(table)[:60]))
        return None
    means = table.get("means")
    if not isinstance(means, str) or means not in MEANINGS:
        near = nearest(str(means), MEANINGS)
        expected = f"{near!r}" if near else "one of " + ", ".join(MEANINGS)
        problems.append(Problem("unknown-meaning", f"{where}.means", expected, repr(means)[:60]))
        return None
    mark: Mark = table_of(MEANINGS[means], table, where, problems, _TABLES)
    return mark


def faults(marks: Marks) -> list[Problem]:
    """What is wrong with marks that are well formed.

    They are off the image, without extent, or not enough of a mark, or the notes contradict each
    other.

    It is called for documents whose fields are all well formed.
    """
    problems: list[Problem] = []
    frames = max(len(marks.frames), 1)
    for k, mark in enumerate(marks.marks):
        where = f"mark[{k}]"
        problems += _outside_faults(mark, where, marks.image)
        problems += _shape_faults(mark, where)
        if mark.frame >= frames:
            expected = f"0 to {frames - 1} (see [[frame]])"
            problems.append(Problem("bad-mark", f"{where}.frame", expected, str(mark.frame)))
    problems += _lens_faults(marks.lens)
    problems += _crop_faults(marks.image)
    problems += _camera_faults(marks.camera)
    return problems


def _outside_faults(mark: Mark, where: str, image: Image) -> list[Problem]:
    """The pixels of a mark that are off the image."""
    width, height = _stored_size(image)
    expected = f"a pixel inside the image of {width:g} x {height:g}"
    problems = []
    for name, (x, y) in pixels_of(mark):
        if not (0.0 <= x <= width and 0.0 <= y <= height):
            found = f"[{x:g}, {y:g}]"
            problems.append(Problem("mark-outside", f"{where}.{name}", expected, found))
    return problems


def _lens_faults(lens: LensNote) -> list[Problem]:
    """A focal length in millimetres without the sensor's width, or the other way round."""
    if (lens.focal_mm is None) == (lens.sensor_width_mm is None):
        return []
    missing = "sensor_width_mm" if lens.sensor_width_mm is None else "focal_mm"
    return [Problem("missing-field", f"lens.{missing}", "both or neither of them", "nothing")]


def _crop_faults(image: Image) -> list[Problem]:
    """An original that does not hold the image that was cut out of it."""
    crop = image.crop_of
    if crop is None or not crop.width_px or not crop.height_px:
        return []
    wide, high = upright_size(image)
    if not wide or not high:
        return []
    inside_x = crop.left_px + wide <= crop.width_px + 0.5
    inside_y = crop.top_px + high <= crop.height_px + 0.5
    if inside_x and inside_y:
        return []
    expected = f"an original that holds the image of {wide:g} x {high:g} at that corner"
    found = f"{crop.width_px:g} x {crop.height_px:g}"
    return [Problem("crop-outside", "image.crop_of", expected, found)]


def _camera_faults(camera: CameraNote) -> list[Problem]:
    """Angles without their sigmas, and half of a place."""
    problems = []
    for name in ("pitch", "roll", "heading"):
        value = getattr(camera, f"{name}_deg")
        sigma = getattr(camera, f"{name}_sigma_deg")
        if value is not None and not sigma:
            where = f"camera.{name}_sigma_deg"
            expected = "how sure that is, in degrees"
            problems.append(Problem("missing-field", where, expected, "nothing"))
    if (camera.lat_deg is None) != (camera.lon_deg is None):
        expected = "lat_deg and lon_deg together"
        problems.append(Problem("missing-field", "camera.lat_deg", expected, "one of them"))
    return problems


def _shape_faults(mark: Mark, where: str) -> list[Problem]:
    """Marks without extent, and marks of which a part is missing."""
    match mark:
        case Shadow():
            extent = _extent_faults(mark, where)
            return extent + _shadow_faults(mark, where) + _height_faults(mark, where)
        case Vertical():
            return _extent_faults(mark, where) + _height_faults(mark, where)
        case ShadowEdge(caster="level", edge_px=None):
            expected = "the line of the level edge itself"
            return [Problem("missing-field", f"{where}.edge_px", expected, "nothing")]
        case RightAngle() if len(mark.lines_px) != 2:
            found = str(len(mark.lines_px))
            return [Problem("bad-mark", f"{where}.lines_px", "two lines", found)]
        case _:
            return []


def _extent_faults(mark: Shadow | Vertical, where: str) -> list[Problem]:
    """A base and a top that are one point."""
    if mark.base_px is None or mark.base_px != mark.top_px:
        return []
    expected = "another point than the base"
    return [Problem("no-extent", f"{where}.top_px", expected, "the same point")]


def _height_faults(mark: Shadow | Vertical, where: str) -> list[Problem]:
    """A height's sigma without the height."""
    if mark.height_sigma_m is None or mark.height_m is not None:
        return []
    expected = "the height that the sigma is of"
    return [Problem("missing-field", f"{where}.height_m", expected, "nothing")]


def _shadow_faults(mark: Shadow, where: str) -> list[Problem]:
    """A shadow of which too little is marked, or whose tip is its base or top."""
    problems = []
    given = [px for px in (mark.base_px, mark.top_px, mark.tip_px) if px is not None]
    if len(given) < 2:
        expected = "two of base_px, top_px and tip_px"
        problems.append(Problem("bad-mark", where, expected, f"{len(given)}"))
    if mark.tip_px is not None and mark.tip_px in (mark.base_px, mark.top_px):
        expected = "another point than base or top"
        problems.append(Problem("no-extent", f"{where}.tip_px", expected, "the same point"))
    return problems


def _stored_size(image: Image) -> tuple[float, float]:
    """Width and height [px] of the image as stored; 0 where it is not known."""
    return float(image.width_px or 0.0), float(image.height_px or 0.0)


def upright_size(image: Image) -> tuple[float, float]:
    """Width and height [px] of the upright image."""
    width, height = _stored_size(image)
    return (height, width) if image.orientation >= 5 else (width, height)


def pixels_of(mark: Mark) -> list[tuple[str, Px]]:
    """Every pixel of a mark with the path of the field that holds it."""
    found: list[tuple[str, Px]] = []
    for spec in fields(mark):
        value = getattr(mark, spec.name)
        if value is not None:
            found += _pixels_of_field(spec.name, spec.metadata["as"], value)
    return found


def _pixels_of_field(name: str, kind: str, value: Any) -> list[tuple[str, Px]]:
    """The pixels of one field, which may be a pixel, a line, or a list of either."""
    if kind == "px":
        return [(name, value)]
    if kind == "line":
        return [(name, value[:2]), (name, value[2:])]
    found: list[tuple[str, Px]] = []
    if kind in ("points", "lines"):
        one = "px" if kind == "points" else "line"
        for k, item in enumerate(value):
            found += _pixels_of_field(f"{name}[{k}]", one, item)
    return found


def write_marks(marks: Marks) -> dict[str, Any]:
    """The document (an object for JSON or TOML) of marks; what holds its default is left out.

    :func:`read_marks` gives the same marks again.
    """
    document: dict[str, Any] = {"image": _plain(marks.image)}
    for name in ("lens", "camera", "scene"):
        table = _plain(getattr(marks, name))
        if table:
            document[name] = table
    if marks.frames:
        document["frame"] = [_plain(frame) for frame in marks.frames]
    document["mark"] = [{"means": meaning_of(mark), **_plain(mark)} for mark in marks.marks]
    return document


def _plain(value: Any) -> dict[str, Any]:
    """A dataclass as a table of plain values, without those at their default."""
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
            found[spec.name] = [list(part) if isinstance(part, tuple) else part for part in item]
        else:
            found[spec.name] = item
    return found
