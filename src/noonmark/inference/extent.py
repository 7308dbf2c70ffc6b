"""The rectangle of places that a set of boxes covers: what a map of a mode shows."""

from __future__ import annotations

import numpy as np

from noonmark.inference.search.domain import LON, Boxes, Domain, Z, latitude_deg


def bounding_box_deg(
    domain: Domain,
    boxes: Boxes,
) -> tuple[float, float, float, float]:
    """South, west, north and east [deg] of the smallest rectangle that holds all boxes.

    It may cross the antimeridian: east may pass 180, and west may be below -180.
    """
    lowest_z = boxes.low()[Z].min()
    highest_z = boxes.high()[Z].max()
    south, north = latitude_deg(np.array([lowest_z, highest_z]))
    west, east = _longitudes_deg(domain, boxes)
    return float(south), west, float(north), east


def _longitudes_deg(
    domain: Domain,
    boxes: Boxes,
) -> tuple[float, float]:
    """West and east of boxes [deg].

    Where the domain goes all round the Earth, the widest gap between the boxes is what lies
    outside; the rectangle runs from the end of that gap, once round, to its start.
    """
    low = boxes.low()[LON]
    high = boxes.high()[LON]
    order = np.argsort(low)
    starts = low[order]
    ends = np.maximum.accumulate(high[order])
    # Gap k lies between box k and the next one, in the order of their western ends; the last one,
    # between the last box and the first.
    next_starts = np.append(starts[1:], starts[0] + 360.0)
    gaps = next_starts - ends
    widest = int(np.argmax(gaps))
    if gaps[widest] <= 0.0 or domain.width_deg < 360.0:
        return float(low.min()), float(high.max())
    west = float(next_starts[widest])
    east = float(ends[widest])
    if widest == order.size - 1:
        return west - 360.0, east
    return west, east + 360.0
