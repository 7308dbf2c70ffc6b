"""Marks as W3C Web Annotations, written and read.

Each mark is an annotation on the image, its pixels an SVG selector. A reader that knows nothing of
Noonmark shows lines and points in the right places; the mark itself, with its sigmas, stands in the
body. **Authority**: W3C Web Annotation Data Model, Recommendation of 23 February 2017; SVG
selectors 4.2.7 of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from noonmark.errors import InputError, Problem
from noonmark.questions.mark_types import (
    Horizon,
    Landmark,
    Mark,
    Marks,
    Parallel,
    RightAngle,
    SunDisc,
    WaterLine,
    meaning_of,
)
from noonmark.questions.marks import HINT, pixels_of, write_marks

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PROFILE = "noonmark-mark"
SETTING = "noonmark-setting"


def is_annotation(document: Mapping[str, Any]) -> bool:
    """Whether a document is an annotation page or collection rather than marks of our own form."""
    return "items" in document and "mark" not in document


def to_annotations(marks: Marks, *, image: str = "image") -> dict[str, Any]:
    """An AnnotationPage with one annotation per mark, after one with the image, lens and scene."""
    document = write_marks(marks)
    tables = document.pop("mark")
    items: list[dict[str, Any]] = [
        {
            "@context": CONTEXT,
            "id": "urn:noonmark:setting",
            "type": "Annotation",
            "motivation": "describing",
            "body": _body(SETTING, document),
            "target": image,
        }
    ]
    for index, (mark, table) in enumerate(zip(marks.marks, tables, strict=True)):
        item = {
            "@context": CONTEXT,
            "id": f"urn:noonmark:mark:{index}",
            "type": "Annotation",
            "motivation": "identifying",
            "body": [
                _body(PROFILE, table),
                {"type": "TextualBody", "purpose": "tagging", "value": meaning_of(mark)},
            ],
            "target": {
                "source": image,
                "selector": {"type": "SvgSelector", "value": _svg(mark, marks)},
            },
        }
        items.append(item)
    return {
        "@context": CONTEXT,
        "id": "urn:noonmark:marks",
        "type": "AnnotationPage",
        "items": items,
    }


def _body(profile: str, value: Any) -> dict[str, Any]:
    """A body that carries a table of ours as JSON text."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return {
        "type": "TextualBody",
        "format": "application/json",
        "purpose": "describing",
        "profile": profile,
        "value": text,
    }


def _svg(mark: Mark, marks: Marks) -> str:
    """The pixels of a mark as an SVG document of the image's size."""
    width = marks.image.width_px or 0.0
    height = marks.image.height_px or 0.0
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">'
    return f"{head}{_svg_shapes(mark)}</svg>"


def _svg_shapes(mark: Mark) -> str:
    """Circles for points, lines for lines, and one polyline for everything else."""
    points = [px for _, px in pixels_of(mark)]
    if isinstance(mark, Horizon | WaterLine | SunDisc | Landmark) or len(points) == 1:
        radius = f"{mark.sigma_px:g}"
        return "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{radius}"/>' for x, y in points)
    if isinstance(mark, Parallel | RightAngle):
        lines = []
        for (x1, y1), (x2, y2) in zip(points[::2], points[1::2], strict=True):
            lines.append(f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>')
        return "".join(lines)
    corners = " ".join(f"{x:g},{y:g}" for x, y in points)
    return f'<polyline points="{corners}"/>'


def from_annotations(document: Mapping[str, Any]) -> dict[str, Any]:
    """The marks document that an AnnotationPage carries.

    Annotations of other profiles are left aside. Raises :class:`InputError` (``bad-annotation``).
    """
    found: dict[str, Any] = {"mark": []}
    problems: list[Problem] = []
    items = document.get("items")
    if not isinstance(items, list):
        given = type(items).__name__
        problems.append(Problem("bad-annotation", "items", "a list of annotations", given))
        items = []
    for index, item in enumerate(items):
        where = f"items[{index}]"
        if isinstance(item, dict):
            _read_bodies(item.get("body", []), where, found, problems)
        else:
            given = type(item).__name__
            problems.append(Problem("bad-annotation", where, "an annotation", given))
    if not found["mark"] and not problems:
        expected = f"an annotation with a body of profile {PROFILE!r}"
        problems.append(Problem("bad-annotation", "items", expected, "none"))
    if problems:
        raise InputError.of(problems, hint=HINT)
    return found


def _read_bodies(
    bodies: Any,
    where: str,
    found: dict[str, Any],
    problems: list[Problem],
) -> None:
    """Add what the bodies of one annotation carry to the document ``found``."""
    for body in bodies if isinstance(bodies, list) else [bodies]:
        profile = body.get("profile") if isinstance(body, dict) else None
        if profile == PROFILE:
            found["mark"].append(_table(body.get("value"), where, problems))
        elif profile == SETTING:
            found.update(_table(body.get("value"), where, problems))


def _table(text: Any, where: str, problems: list[Problem]) -> dict[str, Any]:
    """The table that a body holds as JSON text."""
    try:
        table = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        table = None
    if isinstance(table, dict):
        return table
    where = f"{where}.body.value"
    problems.append(Problem("bad-annotation", where, "a JSON object as text", repr(text)[:60]))
    return {}
