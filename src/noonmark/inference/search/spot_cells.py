"""Small cells of ground that hold the probability of many known places.

A place of 5 m among ten thousand is too small to be met by halving an area. Its cells are laid
about it instead, on lattices that places of one sharpness and one degree of latitude share, so
that neighbouring places add up in the same cells. A lattice is twice as fine as the next: a cell of
it that holds finer cells is cut, so that no ground is counted twice.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Bools, Floats, Ints, Rows
from noonmark.geometry.earth import AUTHALIC_RADIUS_KM
from noonmark.inference.search.domain import sine_authalic

_STEP = 1.5
"""The width of a cell in sigmas, at most; it is half of that at least."""

_LEAST_OCTAVE = -11
"""Cells are no smaller than for places of 2 to this power [km]: 0.7 m."""

_REACH = 3.7
"""Cells are laid as far as so many sigmas."""

_LEAST_COSINE = 1e-3
"""Near a pole cells are no longer on the axis LON."""

_NEXT_ROW = 1 << 28
"""By so much the key of a cell grows along Z: no lattice has as many cells along LON."""

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
        # Rows that stay rows: centre[:, chosen] would be laid out cell by cell.
        return SpotCells(
            self.centre.take(chosen, axis=1),
            self.half.take(chosen, axis=1),
            self.share[chosen],
        )


@dataclass(frozen=True, eq=False)
class _Squares:
    """Cells of one lattice, each once: the key and the share of each, (k,).

    A key holds the number of a cell along Z and, in its lower bits, that along LON. Cell (i, j)
    reaches from i and j times the step of its lattice to one more.
    """

    key: Ints
    share: Floats

    @classmethod
    def added(
        cls,
        key: Ints,
        share: Floats,
    ) -> _Squares:
        """Cells (n,), each once, with all that stands in each of them."""
        # The keys of one place ascend: a stable sort merges them in a third of the time.
        order = np.argsort(key, kind="stable")
        ranked = key[order]
        fresh = np.ones(key.size, bool)
        fresh[1:] = ranked[1:] > ranked[:-1]
        which = np.cumsum(fresh) - 1
        total = np.bincount(
            which,
            share[order],
        )
        return cls(
            ranked[fresh],
            total.astype(np.float64),
        )

    def take(
        self,
        chosen: Bools,
    ) -> _Squares:
        """Some of the cells."""
        return _Squares(
            self.key[chosen],
            self.share[chosen],
        )

    def numbers(self) -> tuple[Ints, Ints]:
        """The number of each cell along Z and along LON, (k,) each."""
        row = (self.key + _NEXT_ROW // 2) // _NEXT_ROW
        return row, self.key - row * _NEXT_ROW

    def holding(
        self,
        octaves: int,
    ) -> Ints:
        """The keys of the cells that hold these, of a lattice so many octaves coarser."""
        row, column = self.numbers()
        row, column = row >> octaves, column >> octaves
        return row * _NEXT_ROW + column

    def quartered(self) -> _Squares:
        """The four cells in each, of the next finer lattice, with a quarter of its share."""
        first = 2 * self.key
        corners = np.array([0, 1, _NEXT_ROW, _NEXT_ROW + 1])
        key = first[:, None] + corners
        share = np.repeat(self.share / 4.0, 4)
        return _Squares(key.ravel(), share)


def _disjoint(
    by_octave: dict[int, _Squares],
) -> dict[int, _Squares]:
    """The same shares in cells of which none holds another; lattices are nested by octave.

    **Method**: from the coarsest lattice to the finest. A cell that holds cells of a finer lattice
    is cut into quarters; these are added to the cells of the next finer lattice.
    """
    found: dict[int, _Squares] = {}
    cut = _Squares(np.zeros(0, dtype=np.int64), np.zeros(0))
    for octave in range(max(by_octave), min(by_octave) - 1, -1):
        own = by_octave.get(octave, cut)
        if own is not cut:
            key = np.append(own.key, cut.key)
            share = np.append(own.share, cut.share)
            own = _Squares.added(key, share)
        is_cut = np.zeros(own.key.size, dtype=bool)
        for finer, squares in by_octave.items():
            if finer < octave:
                is_cut |= np.isin(own.key, squares.holding(octave - finer))
        found[octave] = own.take(~is_cut)
        cut = own.take(is_cut).quartered()
    return found


@dataclass(frozen=True, eq=False)
class _Lattice:
    """A lattice of cells for places of about one sharpness and one latitude.

    ``step_km`` is the width of its cells on the ground, ``step`` (2,) their extent on the axes Z
    and LON.
    """

    step_km: float
    step: Floats

    def squares(
        self,
        at: Floats,
        sigma_km: Floats,
        weight: Floats,
    ) -> _Squares:
        """The cells of places ``at`` (2, n), on the axes Z and LON."""
        position = at / self.step[:, None]
        reach = int(np.ceil(_REACH * float(sigma_km.max()) / self.step_km))
        away = np.arange(-reach, reach + 1)
        near = np.floor(position).astype(np.int64)[:, :, None] + away
        rows, columns = near - position[:, :, None]
        width = self.step_km / sigma_km
        share = _normal_shares(rows, width)[:, :, None] * _normal_shares(columns, width)[:, None, :]
        counts = np.flatnonzero(share > _TRIFLE)
        key = (near[0] * _NEXT_ROW)[:, :, None] + near[1][:, None, :]
        share *= weight[:, None, None]
        return _Squares.added(key.ravel()[counts], share.ravel()[counts])

    def cells(
        self,
        squares: _Squares,
    ) -> SpotCells:
        """Cells of this lattice on the axes Z and LON."""
        number = np.stack(squares.numbers())
        middle = (number + 0.5) * self.step[:, None]
        half = np.broadcast_to(self.step[:, None] / 2.0, middle.shape)
        return SpotCells(
            middle,
            half,
            squares.share,
        )


def _normal_shares(
    away: Floats,
    width: Floats,
) -> Floats:
    """The share of a normal density in intervals along one axis, (n, k).

    ``away`` (n, k) is how many intervals the lower end of each lies above the middle of the
    density, ``width`` (n,) the length of an interval in sigmas.
    """
    from scipy.special import ndtr  # a fifth of a second to load, for questions of many places

    low = away * width[:, None]
    return np.asarray(ndtr(low + width[:, None]) - ndtr(low))


def spot_cells(
    lat_deg: Floats,
    lon_deg: Floats,
    sigma_km: Floats,
    weight: Floats,
) -> SpotCells:
    """The cells of normal densities on the ground; all arguments are (n,)."""
    octave = np.floor(np.log2(sigma_km))
    octave = np.maximum(octave, _LEAST_OCTAVE).astype(np.int64)
    degree = np.round(lat_deg)
    at = np.stack([sine_authalic(lat_deg), lon_deg])
    found: list[SpotCells] = []
    for middle_deg in np.unique(degree).tolist():
        here = degree == middle_deg
        squares: dict[int, _Squares] = {}
        for size in np.unique(octave[here]).tolist():
            rows = np.flatnonzero(here & (octave == size))
            lattice = _lattice(size, middle_deg)
            squares[size] = lattice.squares(
                at[:, rows],
                sigma_km[rows],
                weight[rows],
            )
        # Cells of one lattice lie side by side.
        apart = squares if len(squares) == 1 else _disjoint(squares)
        for size, own in apart.items():
            lattice = _lattice(size, middle_deg)
            found.append(lattice.cells(own))
    return SpotCells(
        np.concatenate([cells.centre for cells in found], axis=1),
        np.concatenate([cells.half for cells in found], axis=1),
        np.concatenate([cells.share for cells in found]),
    )


def _lattice(
    octave: int,
    lat_deg: float,
) -> _Lattice:
    """The lattice of places whose sigma [km] is 2 to a power and a part, about a latitude."""
    step_km = _STEP * 2.0**octave
    angle = step_km / AUTHALIC_RADIUS_KM
    cosine = max(float(np.cos(np.radians(lat_deg))), _LEAST_COSINE)
    return _Lattice(
        step_km,
        np.array([angle * cosine, np.degrees(angle / cosine)]),
    )
