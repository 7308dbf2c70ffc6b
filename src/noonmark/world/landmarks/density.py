"""How densely the map is drawn round a place, in three bands."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.packed_boxes import cell_keys
from noonmark.world.landmarks.ragged import Ints

BANDS = 3
_COLUMNS = 144_000


def density_bands(
    maps: OpenMaps,
    features: Ints,
) -> Ints:
    """0, 1 or 2 for each feature: thirds by how many objects are in the nine cells round it."""
    if not len(features):
        return np.empty(0, np.int64)
    cell, before = maps.drawn_cells
    own = cell_keys(*maps.middles_e7(features))
    count = np.zeros(len(features), np.int64)
    for row in (-1, 0, 1):
        middle = own + row * _COLUMNS
        count += before[np.searchsorted(cell, middle + 1, side="right")]
        count -= before[np.searchsorted(cell, middle - 1)]
    return np.digitize(count, np.quantile(count, [1 / 3, 2 / 3])).astype(np.int64)


def base_shares(
    score: Floats,
    band: Ints,
) -> Floats:
    """The mean score of each feature's band, drawn half an object toward one half."""
    total = np.bincount(
        band,
        score,
        minlength=BANDS,
    )
    number = np.bincount(band, minlength=BANDS)
    found: Floats = ((total + 0.5) / (number + 1.0))[band]
    return found
