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
from noonmark.inference.search.frontier import log_sum
from noonmark.inference.search.likelihood import BoundedLikelihood, log_likelihoods
from noonmark.inference.search.volumes import share_inside
from noonmark.inference.tracks.piece_boxes import Spots, hulls, points_inside, spots
from noonmark.inference.tracks.pieces import PHASE, Pieces, cut, joined_pieces

VARIATION_NAT = 2.0
"""Pieces over which the other clues vary by less are not cut."""

OPEN_SHARE = 0.02
"""Pieces over which they vary are cut until they hold no more than this share of the whole."""

_DROPPED = 2e-4
"""The share of the whole that a round of cuts may drop."""

MOST_PIECES = 200_000
"""No more are made: then the heaviest are cut first."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(2)

_MOST_ROUNDS = 40

_PARTS = 8.0
"""A piece is cut until so many fit into the height and width of the prior's area."""

LON_END = LON + 1
"""The axes of a box before this are those of place."""

_TINY = 1e-12


@dataclass(frozen=True)
class WeighedPieces:
    """Pieces, with what the other clues say of each.

    ``low``, ``high`` and ``others`` (n,) are ln of their likelihood: bounds over the piece, and the
    value at its middle; ``axis`` (n,) is the one that moves it most.
    """

    pieces: Pieces
    others: Floats
    low: Floats
    high: Floats
    axis: Rows

    def take(self, chosen: Bools | Rows) -> Self:
        """Some of the pieces."""
        return type(self)(
            self.pieces.take(chosen),
            self.others[chosen],
            self.low[chosen],
            self.high[chosen],
            self.axis[chosen],
        )

    @property
    def open(self) -> Bools:
        """Where the other clues still vary by more than was asked, (n,)."""
        return np.asarray(self.high - self.low > VARIATION_NAT)

    @property
    def log_likelihood(self) -> Floats:
        """ln of the likelihood of the middle of each, over that of a perfect track, (n,)."""
        return self.others - self.pieces.loss

    @property
    def log_mass(self) -> Floats:
        """ln of the mass of each, on the same scale, (n,)."""
        pieces = self.pieces
        return np.asarray(self.log_likelihood + pieces.log_volume + pieces.log_bulge)

    @property
    def log_most(self) -> Floats:
        """ln of the most mass that each may hold, by its bounds, (n,)."""
        pieces = self.pieces
        return np.asarray(self.high - pieces.loss + pieces.log_volume + pieces.log_bulge)


def weighed(
    pieces: Pieces, domain: Domain, others: Sequence[BoundedLikelihood], mid_s: float
) -> WeighedPieces | None:
    """The pieces cut for the other clues; None if none of them lies in the domain."""
    found = _worth_keeping(_with_bounds(pieces, domain, others, mid_s))
    for _ in range(_MOST_ROUNDS):
        go = _to_cut(found)
        if not go.any():
            break
        halves = cut(found.pieces.take(go), found.axis[go])
        known = [found.take(~go), _with_bounds(halves, domain, others, mid_s)]
        found = _worth_keeping(joined_weighed(known))
    return found if found.pieces.size else None


def _worth_keeping(found: WeighedPieces) -> WeighedPieces:
    """All but pieces outside the domain, and those that together can hold only a trifle.

    What they can hold is told by the upper bounds, the whole by the middles: where these miss a
    sharp clue, the whole is told too small, and less is dropped.
    """
    least = np.log(_DROPPED) + log_sum(found.log_mass)
    return found.take((found.high > -np.inf) & ~_light(found.log_most, least))


def _to_cut(found: WeighedPieces) -> Bools:
    """Which to cut: the heaviest over which the other clues vary, while there is room, (n,).

    Those that together can hold no more than ``OPEN_SHARE`` are not cut. Near the end of the room
    no more is cut: rounds of a few pieces cost as much as they bring.
    """
    most = found.log_most
    varying = np.where(found.open, most, -np.inf)
    go = found.open & ~_light(varying, np.log(OPEN_SHARE) + log_sum(most))
    room = MOST_PIECES - found.pieces.size
    if room < MOST_PIECES // 16:
        return np.zeros_like(go)
    if np.count_nonzero(go) > room:
        go &= varying >= np.sort(varying)[-room]
    return go


def _light(log_mass: Floats, log_share: float) -> Bools:
    """The lightest, as many as together hold no more than a share (ln), (n,).

    Of no share at all (minus infinity) those that hold nothing.
    """
    if log_share == -np.inf:
        return np.asarray(log_mass == -np.inf)
    order = np.argsort(log_mass)
    of_share = np.exp(np.minimum(log_mass[order] - log_share, 1.0))
    light = np.zeros(log_mass.size, dtype=bool)
    light[order] = np.cumsum(of_share) <= 1.0
    return light


def with_means(
    found: WeighedPieces, domain: Domain, others: Sequence[BoundedLikelihood], mid_s: float
) -> WeighedPieces:
    """The pieces with the mean of the other clues along the axis that moves them most.

    The middle of a wide piece alone says too much where they are at their best.
    """
    pieces = found.pieces
    total = np.full(pieces.size, -np.inf)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        inside = np.zeros((3, pieces.size))
        inside[found.axis, np.arange(pieces.size)] = node
        z, lon_deg, unix_s = points_inside(pieces, inside, domain, mid_s)
        view = point_view(domain, latitude_deg(z), lon_deg, unix_s)
        total = np.logaddexp(total, np.log(0.5 * weight) + log_likelihoods(view, others))
    return replace(found, others=total)


def joined_weighed(lots: list[WeighedPieces]) -> WeighedPieces:
    """All pieces of several lots."""
    return WeighedPieces(
        joined_pieces([lot.pieces for lot in lots]),
        *(
            np.concatenate([getattr(lot, name) for lot in lots])
            for name in ("others", "low", "high", "axis")
        ),
    )


def _with_bounds(
    pieces: Pieces, domain: Domain, others: Sequence[BoundedLikelihood], mid_s: float
) -> WeighedPieces:
    """Pieces with the bounds of the other clues over each.

    A clue is asked on the clock on which it is sharpest, so each piece has a hull on both.
    """
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
    found = WeighedPieces(
        pieces,
        log_likelihoods(middle, others),
        low,
        high,
        np.argmax(weight, axis=0),
    )
    return _within_area(found, spot, domain)


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


def _within_area(found: WeighedPieces, spot: Spots, domain: Domain) -> WeighedPieces:
    """The pieces with the prior's area: what lies outside is impossible, what is wide is cut."""
    boxes = hulls(spot, domain)
    inside = (share_inside(domain, boxes) > 0.0) & _touches(boxes, domain)
    size = _size(domain)
    too_wide = (boxes.half[:LON_END] > 0.5 * size[:, None] / _PARTS).any(axis=0)
    axis = found.axis
    if too_wide.any():
        moves = _moves(found.pieces, spot, solar=True)[:, :LON_END]
        by_area = np.argmax(np.einsum("abn,b->an", moves, 1.0 / size), axis=0)
        axis = np.where(found.open, axis, by_area)
    return replace(
        found,
        others=np.where(inside, found.others, -np.inf),
        low=np.where(too_wide, found.high - 2.0 * VARIATION_NAT, found.low),
        high=np.where(inside, found.high, -np.inf),
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
