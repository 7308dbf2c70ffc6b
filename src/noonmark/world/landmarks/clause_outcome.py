"""What one clause said at every object."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.world.landmarks.ragged import Ints


@dataclass(frozen=True)
class ClauseOutcome:
    """One clause at every object of a thing (``features``, ascending).

    ``score`` X; ``base`` f; ``missing`` m; ``log_ratio`` what it adds; ``partner`` the object that
    met it best, -1 for none, with its distance and azimuth; ``count`` of what was counted.
    """

    path: str
    thing: str
    features: Ints
    score: Floats
    base: Floats
    missing: float
    log_ratio: Floats
    partner: Ints
    distance_m: Floats
    azimuth_deg: Floats
    count: Ints


def blank_outcome(
    path: str,
    thing: str,
    features: Ints,
    score: Floats,
    *,
    partner: Ints | None = None,
    distance: Floats | None = None,
    count: Ints | None = None,
) -> ClauseOutcome:
    """An outcome of which only the scores, and perhaps what was found, are known."""
    n = len(features)
    return ClauseOutcome(
        path=path,
        thing=thing,
        features=features,
        score=score,
        base=np.zeros(n),
        missing=0.0,
        log_ratio=np.zeros(n),
        partner=np.full(n, -1, np.int64) if partner is None else partner,
        distance_m=np.full(n, np.nan) if distance is None else distance,
        azimuth_deg=np.full(n, np.nan),
        count=np.zeros(n, np.int64) if count is None else count,
    )
