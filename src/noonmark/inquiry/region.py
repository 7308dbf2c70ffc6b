"""Regions on the map as convex pieces with exact corners, so that "do they meet?" has one answer.

A region is a GeoJSON Polygon or MultiPolygon (RFC 7946: longitude first, straight edges in
longitude and latitude, cut at 180 deg). Corners are whole numbers of 1e-7 deg (about a
centimetre); a polygon is cut into triangles (ear clipping), and convex pieces are clipped against
one another with fractions (Sutherland and Hodgman, 1974). Regions that touch meet.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NoReturn

from noonmark.errors import InputError, Problem

STEPS_PER_DEG = 10_000_000
MOST_CORNERS = 500
MOST_PIECES = 4000
Number = int | Fraction
Corner = tuple[Number, Number]
Piece = tuple[Corner, ...]
Region = tuple[Piece, ...]


def region_of(text: str, where: str = "place") -> Region:
    """The convex pieces of a GeoJSON Polygon or MultiPolygon, counter-clockwise, (lon, lat) in
    1e-7 deg. Anything else raises ``InputError`` (``form-place``).
    """
    try:
        shape = json.loads(text)
    except (ValueError, RecursionError):
        _refuse(
            where,
            "GeoJSON",
            "something else",
        )
    if isinstance(shape, dict) and shape.get("type") == "Feature":
        shape = shape.get("geometry")
    kind = shape.get("type") if isinstance(shape, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        _refuse(
            where,
            "a GeoJSON Polygon or MultiPolygon",
            str(kind),
        )
    polygons = [shape.get("coordinates")] if kind == "Polygon" else shape.get("coordinates")
    if not isinstance(polygons, list) or not polygons:
        _refuse(
            where,
            "polygons",
            "none",
        )
    pieces: list[Piece] = []
    for rings in polygons:
        if not isinstance(rings, list) or len(rings) != 1:
            _refuse(
                where,
                "polygons of one ring each",
                "a hole, or no ring: cut it into parts",
            )
        pieces += _triangles(_corners(rings[0], where), where)
    return tuple(pieces)


def met(a: Region, b: Region) -> Region:
    """The pieces that two regions share; none where they do not even touch.

    ``b`` is a region as :func:`region_of` gives it; ``a`` may be what others share already.
    """
    found: dict[Piece, None] = {}
    for one in a:
        for other in b:
            if _boxes_meet(one, other) and (shared := _clipped(one, other)):
                found[shared] = None
    if len(found) > MOST_PIECES:
        raise InputError(
            f"the regions meet in more than {MOST_PIECES} pieces",
            code="form-place",
            hint="give simpler outlines: a region of a claim needs no fine coast",
        )
    return tuple(found)


def outlines(region: Region) -> dict[str, Any]:
    """The pieces as a GeoJSON MultiPolygon, for drawing."""
    polygons = []
    for piece in region:
        ring = [_degrees(corner) for corner in (*piece, piece[0])]
        polygons.append([ring])
    return {"type": "MultiPolygon", "coordinates": polygons}


def _degrees(corner: Corner) -> list[float]:
    """A corner as a GeoJSON position [deg]."""
    return [float(corner[0]) / STEPS_PER_DEG, float(corner[1]) / STEPS_PER_DEG]


def _refuse(where: str, expected: str, found: str) -> NoReturn:
    raise InputError.of(
        [
            Problem(
                "form-place",
                where,
                expected,
                found,
            )
        ],
        hint="a region is given, never a pin: draw it as a polygon, longitude first",
    )


def _corners(ring: Any, where: str) -> list[tuple[int, int]]:
    """The corners of a ring in whole steps, counter-clockwise, each once."""
    if not isinstance(ring, list) or not 4 <= len(ring) <= MOST_CORNERS:
        _refuse(
            where,
            f"a ring of 4 to {MOST_CORNERS} positions",
            "another",
        )
    corners: list[tuple[int, int]] = []
    for position in ring:
        lon_deg, lat_deg = _position(position, where)
        corner = (round(lon_deg * STEPS_PER_DEG), round(lat_deg * STEPS_PER_DEG))
        if not corners or corner != corners[-1]:
            corners.append(corner)
    if len(corners) < 4 or corners[0] != corners[-1]:
        _refuse(
            where,
            "a ring whose last position is its first",
            "an open one, or a line",
        )
    corners.pop()
    if _twice_area(corners) == 0 or _crosses_itself(corners):
        _refuse(
            where,
            "an outline that does not cross itself",
            "one that does, or a line",
        )
    return corners if _twice_area(corners) > 0 else corners[::-1]


def _position(position: Any, where: str) -> tuple[float, float]:
    """Longitude and latitude [deg] of a position; a height beside them is left aside."""
    if isinstance(position, list) and len(position) in (2, 3):
        lon_deg, lat_deg = position[:2]
        numbers = isinstance(lon_deg, int | float) and isinstance(lat_deg, int | float)
        if numbers and abs(lon_deg) <= 180 and abs(lat_deg) <= 90:
            return lon_deg, lat_deg
    _refuse(
        where,
        "[lon, lat] within 180 and 90 deg",
        repr(position)[:60],
    )


def _turn(a: Corner, b: Corner, c: Corner) -> Number:
    """Twice the area of a triangle: positive where it turns to the left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _sides(corners: Sequence[Corner]) -> list[tuple[Corner, Corner]]:
    """The sides of an outline, each from corner to corner."""
    return list(
        zip(
            corners,
            (*corners[1:], corners[0]),
            strict=True,
        )
    )


def _twice_area(corners: Sequence[Corner]) -> Number:
    """Twice the area of an outline: positive where it runs counter-clockwise."""
    total: Number = 0
    for a, b in _sides(corners):
        total += a[0] * b[1] - a[1] * b[0]
    return total


def _triangles(corners: list[tuple[int, int]], where: str) -> list[Piece]:
    """A simple polygon cut into triangles, an ear at a time."""
    left = list(corners)
    found: list[Piece] = []
    while len(left) > 3:
        for at in range(len(left)):
            before, here, after = left[at - 1], left[at], left[(at + 1) % len(left)]
            turn = _turn(before, here, after)
            if turn == 0 or (
                turn > 0
                and not _holds_any(
                    before,
                    here,
                    after,
                    left,
                )
            ):
                if turn:
                    found.append((before, here, after))
                del left[at]
                break
        else:
            _refuse(
                where,
                "an outline that does not touch itself",
                "one that does",
            )
    if _turn(*left) > 0:
        found.append(tuple(left))
    return found


def _crosses_itself(corners: Sequence[Corner]) -> bool:
    """Whether two sides that are not neighbours cross."""
    sides = _sides(corners)
    for at, (a, b) in enumerate(sides):
        last = len(sides) - 1 if at == 0 else len(sides)
        for c, d in sides[at + 2 : last]:
            parted = _turn(a, b, c) * _turn(a, b, d) < 0
            if parted and _turn(c, d, a) * _turn(c, d, b) < 0:
                return True
    return False


def _holds_any(a: Corner, b: Corner, c: Corner, corners: Sequence[Corner]) -> bool:
    """Whether a triangle holds another corner of the polygon, its border included."""
    for p in corners:
        if p in (a, b, c):
            continue
        if _turn(a, b, p) >= 0 and _turn(b, c, p) >= 0 and _turn(c, a, p) >= 0:
            return True
    return False


def _boxes_meet(a: Piece, b: Piece) -> bool:
    """Whether the upright rectangles around two pieces meet: a quick look before clipping."""
    for axis in (0, 1):
        one = [corner[axis] for corner in a]
        other = [corner[axis] for corner in b]
        if max(one) < min(other) or max(other) < min(one):
            return False
    return True


def _clipped(subject: Piece, clip: Piece) -> Piece:
    """What two convex pieces share; a point or a line where they only touch."""
    left: list[Corner] = list(subject)
    for start, end in _sides(clip):
        left = _left_of(
            start,
            end,
            left,
        )
        if not left:
            return ()
    return tuple(left)


def _left_of(start: Corner, end: Corner, corners: list[Corner]) -> list[Corner]:
    """What a convex piece has to the left of a line, the line included."""
    sides = [_turn(start, end, corner) for corner in corners]
    kept: list[Corner] = []
    for at, here in enumerate(corners):
        if sides[at - 1] * sides[at] < 0:
            share = Fraction(sides[at - 1], sides[at - 1] - sides[at])
            kept.append(
                _between(
                    corners[at - 1],
                    here,
                    share,
                )
            )
        if sides[at] >= 0:
            kept.append(here)
    return list(dict.fromkeys(kept))


def _between(a: Corner, b: Corner, share: Fraction) -> Corner:
    """The point on the way from one corner to another."""
    x = a[0] + share * (b[0] - a[0])
    y = a[1] + share * (b[1] - a[1])
    return x, y
