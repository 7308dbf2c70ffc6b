"""What a regional map shows, and where a place falls on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from noonmark.report.projections import azimuthal

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """What a regional map shows: where it is centred (lat, lon deg), its middle and half width [km], its size [px]."""

    centre: tuple[float, float]
    middle_km: tuple[float, float]
    half_km: float
    width_px: int
    height_px: int

    @property
    def px_per_km(self) -> float:
        """Scale."""
        return self.width_px / 2.0 / self.half_km

    def to_pixels(self, lat: Floats, lon: Floats) -> Floats:
        """Places as (k, 2) [px]."""
        x, y = azimuthal(lat, lon, self.centre)
        k = self.px_per_km
        return np.column_stack(
            [self.width_px / 2.0 + (x - self.middle_km[0]) * k, self.height_px / 2.0 - (y - self.middle_km[1]) * k]
        )
