"""What an older map lacked of what a newer one of the same place holds: missing shares by kind.

The figures bound the missing share from above, because things were also built between the dates.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import beta

from noonmark.arrays import Floats
from noonmark.world.landmarks.bundles import bundles
from noonmark.world.landmarks.local_plane import east_north_m
from noonmark.world.landmarks.map_store import StoredMap
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.segment_grid import pieces
from noonmark.world.landmarks.tag_match import matching

NEAR_M: Final = 25.0
"""An object of the same kind so near counts as the same."""
FEWEST: Final = 8
"""A kind with fewer objects in the newer map teaches nothing."""
MOST_TRIALS: Final = 12.0
"""A share counts as if learnt from at most so many objects: places differ more than objects do."""
_LINE_PIECE_M = 25.0
_MARGIN = 0.5
CAUTION: Final = (
    "What was built between the two dates is in these shares: they are upper bounds.",
    "They were learnt at one place: at another they may differ, which the weight of at most "
    f"{MOST_TRIALS:g} objects allows for.",
)


def learnt_shares(
    older: StoredMap,
    newer: StoredMap,
    store: Path,
    kinds: Iterable[str] | None = None,
) -> list[dict[str, Any]]:
    """A row for each kind, or each of ``kinds``, with enough objects in the maps' common ground.

    ``share`` missing, ``lo`` and ``hi`` its 90 % span, ``missed`` and ``found`` the Beta's numbers,
    ``of`` how many objects (or pieces of line of 25 m) in the newer, ``gone`` the share of the
    older that the newer lacks.
    """
    box = _common(older.box, newer.box)
    if box is None:
        return []
    sides = [OpenMaps([each], store) for each in (older, newer)]
    rows = []
    for words in bundles() if kinds is None else kinds:
        bundle = bundles()[words]
        old, new = (
            _points(
                maps,
                matching(maps, bundle.expression),
                box,
            )
            for maps in sides
        )
        if len(new[0]) < FEWEST:
            continue
        missed = 1.0 - _met(new, old)
        gone = 1.0 - _met(old, new) if len(old[0]) else 0.0
        rows.append(
            _row(
                words,
                missed,
                gone,
                len(new[0]),
            )
        )
    return rows


def _row(
    words: str,
    missed: float,
    gone: float,
    number: int,
) -> dict[str, Any]:
    trials = min(float(number), MOST_TRIALS)
    a, b = missed * trials + _MARGIN, (1.0 - missed) * trials + _MARGIN
    low, high = beta.ppf(
        [0.05, 0.95],
        a,
        b,
    )
    return {
        "is": words,
        "share": round(missed, 4),
        "lo": round(float(low), 4),
        "hi": round(float(high), 4),
        "missed": round(a, 4),
        "found": round(b, 4),
        "of": number,
        "gone": round(gone, 4),
    }


def _common(
    a: tuple[float, ...],
    b: tuple[float, ...],
) -> tuple[float, float, float, float] | None:
    south, west = max(a[0], b[0]), max(a[1], b[1])
    north, east = min(a[2], b[2]), min(a[3], b[3])
    return (south, west, north, east) if south < north and west < east else None


def _points(
    maps: OpenMaps,
    features: Ints,
    box: tuple[float, float, float, float],
) -> tuple[Floats, Ints]:
    """East and north [m] of what stands for the objects in a box, and their OSM identities.

    Lines are cut into pieces of 25 m, because editors split ways: by object they would seem new.
    """
    south, west, north, east = box
    if not len(features):
        return np.empty((0, 2)), np.empty(0, np.int64)
    is_line = maps.column("kind", features) == 1
    x, y = maps.middles_e7(features[~is_line])
    _, edge = maps.edges(features[is_line])
    segment, line_lat, line_lon, _ = pieces(edge, _LINE_PIECE_M)
    lat, lon = np.concatenate([y * 1e-7, line_lat]), np.concatenate([x * 1e-7, line_lon])
    identity = np.concatenate(
        [
            maps.identities(features[~is_line]),
            np.full(
                len(segment),
                -1,
                np.int64,
            ),
        ]
    )
    inside = (south <= lat) & (lat <= north) & (west <= lon) & (lon <= east)
    middle = np.array((south + north) / 2.0), np.array((west + east) / 2.0)
    plane = east_north_m(*middle, lat[inside], lon[inside])
    return np.stack(plane, axis=1), identity[inside]


def _met(
    these: tuple[Floats, Ints],
    those: tuple[Floats, Ints],
) -> float:
    """The share of some objects that are in another map, by place or by their OSM number."""
    if not len(those[0]):
        return 0.0
    distance, _ = cKDTree(those[0]).query(these[0])
    same = np.isin(these[1], those[1]) & (these[1] != -1)
    return float(((distance <= NEAR_M) | same).mean())
