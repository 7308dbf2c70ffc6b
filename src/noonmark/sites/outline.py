"""Features of a site from a GeoJSON outline: polygons with names, checked before they are kept."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from noonmark.errors import InputError, Problem
from noonmark.sites.rings import Point, Ring, Rings, sides

KINDS = ("area", "roof", "wall", "tower", "gate", "road", "other")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_MOST_FEATURES, _MOST_POINTS = 500, 2000
_MOST_SPAN_DEG = 2.0
_DEGREE_M = 111_195.0
HINT = "draw each feature as a polygon with properties name and kind, longitude before latitude"


@dataclass(frozen=True)
class SiteFeature:
    """A named part of a site: what it is, its rings of (longitude, latitude), and its size.

    ``height_m`` and ``width_m`` are None where nobody gave them; the width is the narrowest.
    """

    name: str
    kind: str
    rings: Rings
    height_m: float | None = None
    width_m: float | None = None


def features_of(document: Mapping[str, Any]) -> tuple[SiteFeature, ...]:
    """The features of a GeoJSON document. Raises InputError that names all that is wrong.

    A Point with ``width_m`` becomes a square. A feature without a name is called for its kind and
    number: wall-1.
    """
    raw = [document]
    if document.get("type") == "FeatureCollection":
        raw = document.get("features")  # type: ignore[assignment]
    if not isinstance(raw, list) or not 1 <= len(raw) <= _MOST_FEATURES:
        raise InputError(
            f"the outline: expected 1 to {_MOST_FEATURES} features",
            code="bad-outline",
            hint=HINT,
        )
    problems: list[Problem] = []
    found: list[SiteFeature] = []
    for number, entry in enumerate(raw):
        try:
            found.append(_feature(entry, number + 1))
        except _WrongOutlineError as wrong:
            where = f"features[{number}]"
            problems.append(Problem("bad-outline", where, wrong.expected, wrong.found))
    problems += _name_problems(found)
    problems += _extent_problems(found)
    if problems:
        raise InputError.of(problems, hint=HINT)
    return tuple(found)


def _name_problems(features: Sequence[SiteFeature]) -> list[Problem]:
    """Names that more than one feature has."""
    counts = Counter(feature.name for feature in features)
    return [
        Problem("bad-outline", f"the name {name}", "one feature", str(count))
        for name, count in sorted(counts.items())
        if count > 1
    ]


class _WrongOutlineError(Exception):
    """What was expected of a feature and what was found."""

    def __init__(
        self,
        expected: str,
        found: str,
    ) -> None:
        super().__init__(expected)
        self.expected, self.found = expected, found


def _feature(
    entry: Any,
    number: int,
) -> SiteFeature:
    """One feature, checked."""
    if not isinstance(entry, Mapping):
        raise _WrongOutlineError("a feature", type(entry).__name__)
    geometry = entry.get("geometry") if entry.get("type") == "Feature" else entry
    properties = entry.get("properties") or {}
    kind = str(properties.get("kind", "area"))
    if kind not in KINDS:
        raise _WrongOutlineError(f"a kind of {', '.join(KINDS)}", kind)
    name = str(properties.get("name") or f"{kind}-{number}")
    if not _NAME.fullmatch(name):
        raise _WrongOutlineError("a name of letters, digits, dots, dashes", name[:60])
    sizes = {key: _size(properties.get(key)) for key in ("height_m", "width_m")}
    if not isinstance(geometry, Mapping):
        raise _WrongOutlineError("a geometry", type(geometry).__name__)
    rings = _rings(geometry, sizes["width_m"])
    return SiteFeature(name, kind, rings, sizes["height_m"], sizes["width_m"])


def _size(value: Any) -> float | None:
    """A length [m], or None where none is given."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e5:
        raise _WrongOutlineError("a size in metres above 0", str(value)[:40])
    return float(value)


def _rings(
    geometry: Mapping[str, Any],
    width_m: float | None,
) -> Rings:
    """The rings of a geometry, open (the first point is not repeated)."""
    kind = geometry.get("type")
    held = geometry.get("coordinates")
    if kind == "Point" and width_m:
        return (_square(_point(held), width_m),)
    if kind not in ("Polygon", "MultiPolygon"):
        raise _WrongOutlineError("a Polygon, or a Point with width_m", str(kind)[:40])
    polygons = [held] if kind == "Polygon" else held
    if not _are_lists(polygons):
        raise _WrongOutlineError("lists of coordinates", str(held)[:40])
    rings = []
    for polygon in polygons:
        for ring in polygon:
            rings.append(_ring(ring))
    points = sum(map(len, rings))
    if not 0 < points <= _MOST_POINTS:
        raise _WrongOutlineError(f"1 to {_MOST_POINTS} points", str(points))
    return tuple(rings)


def _are_lists(held: Any) -> TypeGuard[list[list[Any]]]:
    """Whether it is a list of lists."""
    return isinstance(held, list) and all(isinstance(each, list) for each in held)


def _ring(points: Any) -> Ring:
    """One ring that does not cross itself."""
    if not isinstance(points, list) or len(points) > _MOST_POINTS:
        raise _WrongOutlineError("a ring of points", type(points).__name__)
    ring = tuple(_point(point) for point in points)
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring = ring[:-1]
    if len(set(ring)) < 3:
        raise _WrongOutlineError("a ring of three points or more", str(len(set(ring))))
    crossing = _self_crossing(ring)
    if crossing is not None:
        first, second = crossing
        raise _WrongOutlineError(
            "a ring that does not cross itself", f"sides {first + 1} and {second + 1} cross"
        )
    return ring


def _point(held: Any) -> Point:
    """A (longitude, latitude)."""
    if not isinstance(held, list) or len(held) < 2:
        raise _WrongOutlineError("a point [longitude, latitude]", str(held)[:40])
    return (
        _angle(held[0], 180.0, "a longitude from -180 to 180"),
        _angle(held[1], 90.0, "a latitude from -90 to 90"),
    )


def _angle(
    value: Any,
    most_deg: float,
    expected: str,
) -> float:
    """An angle within limits [deg]."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= most_deg:
        raise _WrongOutlineError(expected, str(value)[:40])
    return float(value)


def _square(
    point: Point,
    width_m: float,
) -> Ring:
    """A square around a point, of a width [m]."""
    lon, lat = point
    up = width_m / 2 / _DEGREE_M
    side = up / max(math.cos(math.radians(lat)), 1e-3)
    west, east = lon - side, lon + side
    south, north = lat - up, lat + up
    return (
        (west, south),
        (east, south),
        (east, north),
        (west, north),
    )


def _self_crossing(ring: Ring) -> tuple[int, int] | None:
    """The numbers of the first two sides that cross, not counting neighbours."""
    lines = list(sides(ring))
    for i, first in enumerate(lines):
        for j in range(i + 2, len(lines)):
            if i == 0 and j == len(lines) - 1:
                # The last side meets the first in a point of the ring.
                continue
            if _cross(first, lines[j]):
                return i, j
    return None


def _cross(
    first: tuple[Point, Point],
    second: tuple[Point, Point],
) -> bool:
    """Whether two segments have a point in common that is no end of theirs."""
    (a, b), (c, d) = first, second
    apart = _turn(a, b, c) * _turn(a, b, d) < 0
    across = _turn(c, d, a) * _turn(c, d, b) < 0
    return apart and across


def _turn(
    p: Point,
    q: Point,
    r: Point,
) -> float:
    """Twice the area of a triangle, negative where it turns right."""
    (px, py), (qx, qy), (rx, ry) = p, q, r
    return (qx - px) * (ry - py) - (qy - py) * (rx - px)


def _extent_problems(features: Sequence[SiteFeature]) -> list[Problem]:
    """A site is some kilometres large; one of degrees is a slip."""
    points: list[Point] = []
    for feature in features:
        for ring in feature.rings:
            points += ring
    for axis, name in enumerate(("longitude", "latitude")):
        along = [point[axis] for point in points] or [0.0]
        span = max(along) - min(along)
        if span > _MOST_SPAN_DEG:
            expected = f"less than {_MOST_SPAN_DEG:g} degrees of {name}"
            where = "the features together"
            return [Problem("bad-outline", where, expected, f"{span:.4g}")]
    return []
