"""The credible level at which a mixture of sky directions holds a known truth."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera.mixture import sky_density
from noonmark.geometry.camera.sky import SkyDirection, from_touching


def region_level(
    spots: list[SkyDirection], vector: Floats, *, rng: np.random.Generator, draws: int = 4000
) -> float:
    """The smallest credible level whose region of highest density holds ``vector`` (3,), for a
    mixture of spots.
    """
    numbers = rng.multinomial(draws, [s.share / sum(t.share for t in spots) for s in spots])
    cloud = [
        from_touching(s.vector, rng.multivariate_normal([0.0, 0.0], s.covariance_deg2, size=int(n)))
        for s, n in zip(spots, numbers, strict=True)
    ]
    return float(
        np.mean(sky_density(spots, np.concatenate(cloud)) > sky_density(spots, vector[None])[0])
    )
