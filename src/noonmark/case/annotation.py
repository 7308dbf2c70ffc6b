"""Marks as W3C Web Annotations, out and in: each mark an annotation on the image, its pixels as an SVG selector.

A reader that knows nothing of Noonmark shows lines and points in the right places; the mark itself, with its sigmas,
stands in the body. **Authority**: W3C Web Annotation Data Model, Recommendation of 23 February 2017; SVG selectors
4.2.7 of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from noonmark.case.marks import HINT, pixels_of, write_marks
from noonmark.case.words import Horizon, Landmark, Mark, Marks, SunDisc, WaterLine, meaning_of
from noonmark.errors import InputError, Problem

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
PROFILE = "noonmark-mark"
SETTING = "noonmark-setting"


def is_annotation(document: Mapping[str, Any]) -> bool:
    """Whether a document is an annotation page or collection rather than marks of our own form."""
    return "items" in document and "mark" not in document


def to_annotations(marks: Marks, *, image: str = "image") -> dict[str, Any]:
    """An AnnotationPage that holds every mark, and one more annotation with the image, lens and scene."""
    document = write_marks(marks)
    setting = {key: value for key, value in document.items() if key != "mark"}
    items: list[dict[str, Any]] = [
        {
            "@context": CONTEXT,
            "id": "urn:noonmark:setting",
            "type": "Annotation",
            "motivation": "describing",
            "body": _body(SETTING, setting),
            "target": image,
        }
    ]
    for index, (mark, table) in enumerate(zip(marks.marks, document["mark"], strict=True)):
        items.append(
            {
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
        )
    return {"@context": CONTEXT, "id": "urn:noonmark:marks", "type": "AnnotationPage", "items": items}


def _body(profile: str, value: Any) -> dict[str, Any]:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return {
        "type": "TextualBody",
        "format": "application/json",
        "purpose": "describing",
        "profile": profile,
        "value": text,
    }


def _svg(mark: Mark, marks: Marks) -> str:
    width, height = marks.image.width_px or 0.0, marks.image.height_px or 0.0
    points = [px for _, px in pixels_of(mark)]
    if isinstance(mark, Horizon | WaterLine | SunDisc | Landmark) or len(points) == 1:
        shapes = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="{mark.sigma_px:g}"/>' for x, y in points)
    elif meaning_of(mark) in ("parallel", "right_angle"):
        pairs = zip(points[::2], points[1::2], strict=True)
        shapes = "".join(f'<line x1="{a[0]:g}" y1="{a[1]:g}" x2="{b[0]:g}" y2="{b[1]:g}"/>' for a, b in pairs)
    else:
        shapes = '<polyline points="' + " ".join(f"{x:g},{y:g}" for x, y in points) + '"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}">{shapes}</svg>'


def from_annotations(document: Mapping[str, Any]) -> dict[str, Any]:
    """The marks document that an AnnotationPage carries. Annotations of other profiles are left aside."""
    found: dict[str, Any] = {"mark": []}
    problems: list[Problem] = []
    items = document.get("items")
    if not isinstance(items, list):
        problems.append(Problem("bad-annotation", "items", "a list of annotations", type(items).__name__))
        items = []
    for index, item in enumerate(items):
        where = f"items[{index}]"
        if not isinstance(item, dict):
            problems.append(Problem("bad-annotation", where, "an annotation", type(item).__name__))
            continue
        bodies = item.get("body", [])
        for body in bodies if isinstance(bodies, list) else [bodies]:
            profile = body.get("profile") if isinstance(body, dict) else None
            if profile not in (PROFILE, SETTING):
                continue
            table = _table(body.get("value"), where, problems)
            if profile == PROFILE:
                found["mark"].append(table)
            else:
                found |= table
    if not found["mark"] and not problems:
        problems.append(Problem("bad-annotation", "items", f"an annotation with a body of profile {PROFILE!r}", "none"))
    if problems:
        raise InputError.of(problems, hint=HINT)
    return found


def _table(text: Any, where: str, problems: list[Problem]) -> dict[str, Any]:
    try:
        table = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        table = None
    if not isinstance(table, dict):
        problems.append(Problem("bad-annotation", f"{where}.body.value", "a JSON object as text", repr(text)[:60]))
        return {}
    return table
