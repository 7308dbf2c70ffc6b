"""What other clues, and the prior's area, make of the pieces of a track's sheet.

Pieces over which another clue still varies are cut, along the axis that carries most of it: in the
phase, which is a span of instants and, at one solar time, of longitudes; in elevation or in the
angle, which move latitude and solar time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.inference.search.domain import (
    LON,
    SHEAR_S_PER_DEG,
    TOD,
    Boxes,
    BoxView,
    Domain,
    Z,
    latitude_deg,
    point_view,
    sine_authalic,
)
from noonmark.inference.search.likelihood import BoundedLikelihood, log_likelihoods
from noonmark.inference.search.volumes import share_inside
from noonmark.inference.tracks.piece_boxes import Spots, hulls, spots
from noonmark.inference.tracks.pieces import PHASE, Pieces, cut, joined_pieces

VARIATION_NAT = 1.0
"""Pieces over which the other clues vary by less are not cut."""

FAR_NAT = 18.0
"""Pieces that stay so far below the best are dropped."""

MOST_PIECES = 160_000
"""The cuts end when there are more."""

_MOST_ROUNDS = 40

_PARTS = 8.0
"""A piece is cut until so many fit into the height and width of the prior's area."""

LON_END = LON + 1
"""The axes of a box before this are those of place."""

_CHUNK = 16_384
_TINY = 1e-12


@dataclass(frozen=True)
class WeighedPieces:
    """Pieces, with what the other clues say of the middle of each.

    ``others`` (n,) is ln of their likelihood; ``open`` (n,) says where it still varies by more than
    was asked.
    """

    pieces: Pieces
    others: Floats
    open: Bools

    def take(self, chosen: Bools | Rows) -> Self:
        """Some of the pieces."""
        return type(self)(
            self.pieces.take(chosen),
            self.others[chosen],
            self.open[chosen],
        )

    @property
    def log_likelihood(self) -> Floats:
        """ln of the likelihood of the middle of each, over that of a perfect track, (n,)."""
        return self.others - self.pieces.loss

    @property
    def log_mass(self) -> Floats:
        """ln of the mass of each, on the same scale, (n,)."""
        pieces = self.pieces
        return np.asarray(self.log_likelihood + pieces.log_volume + pieces.log_bulge)


@dataclass(frozen=True)
class _Bounds:
    """Of each piece: the other clues' least, greatest and middle ln, and the axis to cut."""

    low: Floats
    high: Floats
    middle: Floats
    axis: Rows


def weighed(
    pieces: Pieces, domain: Domain, others: Sequence[BoundedLikelihood], mid_s: float
) -> WeighedPieces | None:
    """The pieces cut for the other clues; None if none of them lies in the domain."""
    kept: list[WeighedPieces] = []
    held = 0
    best = -np.inf
    for left in reversed(range(_MOST_ROUNDS)):
        bounds = _bounds(
            pieces,
            domain,
            others,
            mid_s,
        )
        own = pieces.log_volume + pieces.log_bulge - pieces.loss
        best = max(best, float((own + bounds.middle).max(initial=-np.inf)))
        alive = own + bounds.high > best - FAR_NAT
        varies = alive & (bounds.high - bounds.low > VARIATION_NAT)
        if not left or held + 2 * np.count_nonzero(varies) > MOST_PIECES:
            varies[:] = False
        done = np.flatnonzero(alive & ~varies)
        wide = bounds.high - bounds.low > VARIATION_NAT
        kept.append(
            WeighedPieces(
                pieces.take(done),
                bounds.middle[done],
                wide[done],
            )
        )
        held += done.size
        go = np.flatnonzero(varies)
        if not go.size:
            break
        pieces = cut(pieces.take(go), bounds.axis[go])
    return joined_weighed(kept) if held else None


def joined_weighed(lots: list[WeighedPieces]) -> WeighedPieces:
    """All pieces of several lots."""
    return WeighedPieces(
        joined_pieces([lot.pieces for lot in lots]),
        np.concatenate([lot.others for lot in lots]),
        np.concatenate([lot.open for lot in lots]),
    )


def _bounds(
    pieces: Pieces, domain: Domain, others: Sequence[BoundedLikelihood], mid_s: float
) -> _Bounds:
    """The bounds of the other clues over each piece, in chunks."""
    parts = []
    for start in range(
        0,
        pieces.size,
        _CHUNK,
    ):
        rows = np.arange(start, min(start + _CHUNK, pieces.size))
        parts.append(
            _bounds_of_chunk(
                pieces.take(rows),
                domain,
                others,
                mid_s,
            )
        )
    if not parts:
        nothing = np.zeros(0)
        return _Bounds(
            nothing,
            nothing,
            nothing,
            np.zeros(0, np.intp),
        )
    return _Bounds(
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.high for part in parts]),
        np.concatenate([part.middle for part in parts]),
        np.concatenate([part.axis for part in parts]),
    )


def _bounds_of_chunk(
    pieces: Pieces, domain: Domain, others: Sequence[BoundedLikelihood], mid_s: float
) -> _Bounds:
    spot = spots(
        pieces,
        domain,
        mid_s,
    )
    low, high = np.zeros(pieces.size), np.zeros(pieces.size)
    weight = np.zeros((3, pieces.size))
    views: dict[bool, BoxView] = {}
    for clue in others:
        solar = clue.time_axis != "utc"
        if solar not in views:
            views[solar] = _view(
                spot,
                domain,
                solar=solar,
            )
        view = views[solar]
        clue_low, clue_high = clue.bounds(view)
        low += clue_low
        high += clue_high
        moves = _moves(
            pieces,
            spot,
            solar=solar,
        )
        weight += _by_axis(
            moves,
            view,
            clue.spread(view),
            clue_high - clue_low,
        )
    middle = point_view(
        domain,
        latitude_deg(spot.z),
        spot.lon_deg,
        spot.unix_s,
    )
    bounds = _Bounds(
        low,
        high,
        log_likelihoods(middle, others),
        np.argmax(weight, axis=0),
    )
    return _within_area(
        bounds,
        pieces,
        spot,
        domain,
    )


def _view(
    spot: Spots,
    domain: Domain,
    *,
    solar: bool,
) -> BoxView:
    """The hulls of pieces, on the clock along which a clue is sharpest."""
    clock = domain if solar else replace(domain, solar=False)
    return BoxView(clock, hulls(spot, clock))


def _moves(
    pieces: Pieces,
    spot: Spots,
    *,
    solar: bool,
) -> Floats:
    """How far each axis of a piece moves each axis of its hull, (3, 4, n)."""
    by_z, by_hour = pieces.reach
    turn_s = np.degrees(by_hour) * SHEAR_S_PER_DEG
    moves = np.zeros((3, 4, pieces.size))
    moves[:, Z] = by_z
    moves[:, LON] = turn_s / SHEAR_S_PER_DEG
    moves[PHASE, LON] += spot.half_lon_deg
    if solar:
        moves[:, TOD] = turn_s
    else:
        moves[PHASE, TOD] = spot.half_s
    return moves


def _by_axis(
    moves: Floats,
    view: BoxView,
    spread: Floats,
    gap: Floats,
) -> Floats:
    """The gap between a clue's bounds, shared out over the axes of the pieces, (3, n)."""
    rate = spread / np.maximum(view.boxes.half, _TINY)
    shares = np.einsum("abn,bn->an", moves, rate)
    return np.asarray(shares * (gap / np.maximum(spread.sum(axis=0), _TINY)))


def _within_area(
    bounds: _Bounds,
    pieces: Pieces,
    spot: Spots,
    domain: Domain,
) -> _Bounds:
    """The bounds with the prior's area: what lies outside is impossible, what is wide is cut."""
    boxes = hulls(spot, domain)
    inside = (share_inside(domain, boxes) > 0.0) & _touches(boxes, domain)
    size = _size(domain)
    too_wide = (boxes.half[:LON_END] > 0.5 * size[:, None] / _PARTS).any(axis=0)
    axis = bounds.axis
    if too_wide.any():
        moves = _moves(
            pieces,
            spot,
            solar=True,
        )[:, :LON_END]
        by_area = np.argmax(np.einsum("abn,b->an", moves, 1.0 / size), axis=0)
        axis = np.where(bounds.high - bounds.low > VARIATION_NAT, axis, by_area)
    return _Bounds(
        low=np.where(too_wide, bounds.high - 2.0 * VARIATION_NAT, bounds.low),
        high=np.where(inside, bounds.high, -np.inf),
        middle=np.where(inside, bounds.middle, -np.inf),
        axis=axis,
    )


def _size(domain: Domain) -> Floats:
    """The extent of the prior's area in z and in longitude, (2,): a whole turn has no end."""
    south, north = sine_authalic(np.array([domain.south_deg, domain.north_deg]))
    width = domain.width_deg if domain.width_deg < 360.0 else np.inf
    return np.array([north - south, width])


def _touches(boxes: Boxes, domain: Domain) -> Bools:
    """Whether each box touches the rectangle of the prior's area, (n,)."""
    south, north = sine_authalic(np.array([domain.south_deg, domain.north_deg]))
    touches = (boxes.low()[Z] <= north) & (boxes.high()[Z] >= south)
    middle = 0.5 * (domain.west_deg + domain.east_deg)
    away = np.abs((boxes.centre[LON] - middle + 180.0) % 360.0 - 180.0)
    touches &= away <= 0.5 * domain.width_deg + boxes.half[LON]
    return np.asarray(touches)
