"""Small cells of ground that hold the probability of many known places.

A place of 5 m among ten thousand is too small to be met by halving an area. Its cells are laid
about it instead, on lattices that places of one sharpness and one degree of latitude share, so
that neighbouring places add up in the same cells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from noonmark.arrays import Floats, Rows
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.search.domain import sine_authalic

_STEP = 1.5
"""The width of a cell in sigmas, at most; it is half of that at least."""

_LEAST_STEP_KM = 1e-3
"""Cells are no smaller."""

_REACH = 3.7
"""Cells are laid as far as so many sigmas."""

_LEAST_COSINE = 1e-3
"""Near a pole cells are no longer on the axis LON."""

_TRIFLE = 3e-5
"""A cell is left out where it holds a smaller share of its place."""


@dataclass(frozen=True, eq=False)
class SpotCells:
    """Cells (k,) of places, and the share of the probability of all places in each.

    ``centre`` and ``half`` (2, k) are on the axes Z and LON.
    """

    centre: Floats
    half: Floats
    share: Floats

    @property
    def area_km2(self) -> Floats:
        """The area of each cell, (k,)."""
        height, width = 2.0 * self.half
        return np.asarray(AUTHALIC_RADIUS_KM**2 * height * np.radians(width))

    def take(self, chosen: Rows) -> SpotCells:
        """Some of the cells."""
        return SpotCells(self.centre[:, chosen], self.half[:, chosen], self.share[chosen])


@dataclass(frozen=True, eq=False)
class _Lattice:
    """A lattice of cells for places of about one sharpness and one latitude.

    ``step_km`` is the width of its cells on the ground, ``step`` (2,) their extent on the axes Z
    and LON. Cell (i, j) reaches from i and j times the step to one more.
    """

    step_km: float
    step: Floats

    def cells(
        self,
        at: Floats,
        sigma_km: Floats,
        weight: Floats,
    ) -> SpotCells:
        """The cells of places ``at`` (2, n), on the axes Z and LON."""
        position = at / self.step[:, None]
        reach = int(np.ceil(_REACH * float(sigma_km.max()) / self.step_km))
        away = np.arange(-reach, reach + 1)
        near = np.floor(position)[:, :, None] + away
        rows, columns = near - position[:, :, None]
        width = self.step_km / sigma_km
        share = _normal_shares(rows, width)[:, :, None] * _normal_shares(columns, width)[:, None, :]
        place, row, column = np.nonzero(share > _TRIFLE)
        held = share[place, row, column] * weight[place]
        return self._added(
            np.stack([near[0][place, row], near[1][place, column]]),
            held,
        )

    def _added(
        self,
        index: Floats,
        held: Floats,
    ) -> SpotCells:
        """Cells ``index`` (2, n), each once, with all that stands in each of them."""
        least = index.min(axis=1)
        rows, columns = (index - least[:, None]).astype(np.int64)
        width = int(columns.max()) + 1
        keys, of_cell = np.unique(rows * width + columns, return_inverse=True)
        total = np.bincount(of_cell, held, keys.size)
        corner = np.stack(np.divmod(keys, width)) + least[:, None]
        middle = (corner + 0.5) * self.step[:, None]
        half = np.broadcast_to(self.step[:, None] / 2.0, middle.shape)
        return SpotCells(
            middle,
            half,
            np.asarray(total, dtype=np.float64),
        )


def _normal_shares(
    away: Floats,
    width: Floats,
) -> Floats:
    """The share of a normal density in intervals along one axis, (n, k).

    ``away`` (n, k) is how many intervals the lower end of each lies above the middle of the
    density, ``width`` (n,) the length of an interval in sigmas.
    """
    low = away * width[:, None]
    return np.asarray(ndtr(low + width[:, None]) - ndtr(low))


def spot_cells(
    lat_deg: Floats,
    lon_deg: Floats,
    sigma_km: Floats,
    weight: Floats,
) -> SpotCells:
    """The cells of normal densities on the ground; all arguments are (n,)."""
    kinds, of_kind = np.unique(
        np.stack([np.floor(np.log2(sigma_km)), np.round(lat_deg)]),
        axis=1,
        return_inverse=True,
    )
    at = np.stack([sine_authalic(lat_deg), lon_deg])
    found: list[SpotCells] = []
    for k, (octave, middle_deg) in enumerate(kinds.T.tolist()):
        rows = np.flatnonzero(of_kind.ravel() == k)
        lattice = _lattice(octave, middle_deg)
        found.append(lattice.cells(at[:, rows], sigma_km[rows], weight[rows]))
    return SpotCells(
        np.concatenate([cells.centre for cells in found], axis=1),
        np.concatenate([cells.half for cells in found], axis=1),
        np.concatenate([cells.share for cells in found]),
    )


def _lattice(
    octave: float,
    lat_deg: float,
) -> _Lattice:
    """The lattice of places whose sigma [km] is 2 to a power and a part, about a latitude."""
    step_km = max(_STEP * 2.0**octave, _LEAST_STEP_KM)
    angle = step_km / AUTHALIC_RADIUS_KM
    cosine = max(float(np.cos(np.radians(lat_deg))), _LEAST_COSINE)
    return _Lattice(
        step_km,
        np.array([angle * cosine, np.degrees(angle / cosine)]),
    )
