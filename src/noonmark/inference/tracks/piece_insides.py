"""The insides of leaves whose boxes are hulls of pieces of a track's sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats, Rows
from noonmark.constants import DAY_S
from noonmark.inference.search.domain import Boxes, Domain
from noonmark.inference.tracks.piece_boxes import points_inside
from noonmark.inference.tracks.pieces import Pieces


@dataclass(frozen=True)
class PieceInsides:
    """The insides of leaves that are hulls of pieces; ``piece`` (n,) is the piece of each leaf.

    ``places`` are the boxes of their places, ``instants`` those of their times. See
    :class:`noonmark.inference.search.branch_and_bound.Within`.
    """

    domain: Domain
    pieces: Pieces
    piece: Rows
    mid_s: float
    places: Boxes
    instants: Boxes | None

    def times(self) -> Boxes | None:
        """See :class:`noonmark.inference.search.branch_and_bound.Within`."""
        return self.instants

    def points(
        self,
        leaf: Rows,
        away: Floats,
    ) -> Floats:
        """Points of the pieces of leaves, even in elevation, phase and angle.

        All leaves of a piece have the whole of it: what lies outside the domain is no draw.
        """
        pieces = self.pieces.take(self.piece[leaf])
        z, lon_deg, unix_s = points_inside(pieces, away[:3], self.domain, self.mid_s)
        clock_s = unix_s - self.domain.first_s + self.domain.shear_s_per_deg * lon_deg
        day = np.floor(clock_s / DAY_S)
        return np.stack(
            [
                z,
                lon_deg,
                clock_s - day * DAY_S,
                day + 0.5,
            ]
        )
