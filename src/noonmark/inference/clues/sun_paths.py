"""The sun over many places at several instants, and how far it can move within each cell.

Three small moves make up every cell: of latitude, of hour angle (longitude or clock) and of
declination (date).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats, Rows
from noonmark.constants import DAY_S
from noonmark.geometry.sun import subsolar
from noonmark.inference.clues.common import Moment
from noonmark.inference.search.domain import DAY, LON, TOD, BoxView, Z

EARTH_RAD_PER_S = 2.0 * np.pi / DAY_S
_RATE_DEG_PER_S = 360.0 / DAY_S
_RADIANS = np.pi / 180.0

STRAIGHT_S = 7300.0
"""Over two hours the sun's own motion is straight within 1e-5 deg; over a day, a parabola."""

_DECLINATION_PER_TURN = 0.0012
"""Change of declination per change of hour angle: 0.42 deg a day."""
_TIME_DEG_PER_DAY, _TIME_DEG = 0.13, 8.0
"""Change of the equation of time: at most 30 s a day, and 32 min in all, as hour angles."""
_APART_DEG_PER_DAY, _APART_DEG = 0.011, 1.1
"""How the pace of the sun changes: 0.007 deg a day each day in declination, 0.003 in the equation
of time; at most, over a year.
"""


@dataclass(frozen=True)
class Suns:
    """The sun at m instants over n places.

    - ``east``, ``north``, ``up`` (m, n): the unit vector to it, in the local frame.
    - ``sin_dec``, ``cos_dec`` (m, n) or (m, 1): sine and cosine of its declination.
    - ``sin_lat``, ``cos_lat`` (n,): those of the latitude of each place.
    """

    east: Floats
    north: Floats
    up: Floats
    sin_dec: Floats
    cos_dec: Floats
    sin_lat: Floats
    cos_lat: Floats

    def take(self, rows: Rows) -> Suns:
        """The sun over some of the places."""
        count = self.up.shape[1]
        parts = []
        for values in vars(self).values():
            parts.append(values[..., rows] if values.shape[-1] == count else values)
        return Suns(*parts)

    def climbs(self) -> tuple[Floats, Floats, Floats]:
        """Derivatives of ``up`` along the three moves, each (m, n) [per rad]."""
        declination = (self.sin_lat - self.sin_dec * self.up) / self.cos_dec
        return self.north, self.cos_lat * self.east, declination


@dataclass(frozen=True)
class Moves:
    """How far each cell reaches in the three moves.

    - ``half`` (3, n): half extents [rad] of latitude, hour angle and declination.
    - ``apart`` (n,): how far the instants of a series may move apart over the cell [rad].
    """

    half: Floats
    apart: Floats

    @property
    def reach(self) -> Floats:
        """The greatest angle [rad] that the sun can move, (n,).

        Each move turns the sky by no more than itself.
        """
        return np.asarray(self.half.sum(0))

    def rise(self, sun: Suns) -> Floats:
        """The greatest angle [rad] that it can rise or sink, (n,).

        An hour angle lifts it by cos(latitude) at most.
        """
        lat = np.arccos(np.clip(sun.cos_lat, 0.0, 1.0))
        nearest = np.maximum(lat - self.half[0], 0.0)
        return np.asarray(self.half[0] + np.cos(nearest) * self.half[1] + self.half[2] + self.apart)

    def take(self, rows: Rows | slice) -> Moves:
        """Those of some of the cells."""
        return Moves(self.half[:, rows], self.apart[rows])


@dataclass(frozen=True)
class Paths:
    """The sun's path over n places, from which its position at m instants follows.

    - ``gha_deg`` (k, n) or (k, 1): Greenwich hour angle at a few instants, less the Earth's even
      turning, which would not be interpolated well.
    - ``dec_deg`` (k, n) or (k, 1): declination at these instants.
    - ``weights`` (m, k): how both follow from these at m others.
    - ``turn_deg`` (m,): the Earth's even turning at the others.
    - ``lon_deg``, ``sin_lat``, ``cos_lat`` (n,): the places.
    """

    gha_deg: Floats
    dec_deg: Floats
    weights: Floats
    turn_deg: Floats
    lon_deg: Floats
    sin_lat: Floats
    cos_lat: Floats

    def take(self, rows: Rows | slice) -> Paths:
        """Those over some of the places."""
        gha = self.gha_deg if self.gha_deg.shape[1] == 1 else self.gha_deg[:, rows]
        dec = self.dec_deg if self.dec_deg.shape[1] == 1 else self.dec_deg[:, rows]
        return Paths(
            gha_deg=gha,
            dec_deg=dec,
            weights=self.weights,
            turn_deg=self.turn_deg,
            lon_deg=self.lon_deg[rows],
            sin_lat=self.sin_lat[rows],
            cos_lat=self.cos_lat[rows],
        )

    def suns(self, chosen: Rows | slice = slice(None)) -> Suns:
        """The sun at some of the instants.

        From hour angle and declination to the local horizon: a rotation about the pole, then one
        about the east axis by the latitude.
        """
        weights = self.weights[chosen]
        gha = _weighted_sum(weights, self.gha_deg)
        hour = (gha + self.turn_deg[chosen, None] + self.lon_deg) * _RADIANS
        dec = _weighted_sum(weights, self.dec_deg) * _RADIANS
        sin_dec, cos_dec = np.sin(dec), np.cos(dec)
        sin_lat, cos_lat = self.sin_lat, self.cos_lat
        across = cos_dec * np.cos(hour)
        return Suns(
            east=-cos_dec * np.sin(hour),
            north=cos_lat * sin_dec - sin_lat * across,
            up=sin_lat * sin_dec + cos_lat * across,
            sin_dec=sin_dec,
            cos_dec=cos_dec,
            sin_lat=sin_lat,
            cos_lat=cos_lat,
        )


def _weighted_sum(weights: Floats, values: Floats) -> Floats:
    """Weights (m, k) times values (k, n), added up in order, (m, n).

    In order, and not as a matrix product, so that the result is the same on every machine.
    """
    total = weights[:, 0, None] * values[0]
    for k in range(1, len(values)):
        total = total + weights[:, k, None] * values[k]
    return np.asarray(total)


def suns(view: BoxView, moments: Sequence[Moment]) -> Suns:
    """The sun at each moment over the middle of each box: see :class:`Suns`."""
    return paths(view, moments).suns()


def paths(view: BoxView, moments: Sequence[Moment]) -> Paths:
    """The sun's path over the middle of each box.

    Known instants are exact; floating ones follow from two or three (:data:`STRAIGHT_S`).
    """
    sky = view.sky()
    known = [m.at_s for m in moments if m.at_s is not None]
    if len(known) == len(moments):
        gha, dec, _ = subsolar(np.array(known))
        gha, dec = gha[:, None], dec[:, None]
        weights, turn = np.eye(len(known)), np.zeros(len(known))
    else:
        offsets = np.array([m.offset_s for m in moments])
        nodes = _nodes(offsets)
        gha, dec = _at_nodes(view, nodes)
        weights = _lagrange_weights(offsets, nodes)
        turn = _RATE_DEG_PER_S * offsets
    return Paths(
        gha_deg=gha,
        dec_deg=dec,
        weights=weights,
        turn_deg=turn,
        lon_deg=view.lon_deg,
        sin_lat=sky.sin_lat,
        cos_lat=sky.cos_lat,
    )


def _nodes(offsets_s: Floats) -> Floats:
    """The two or three offsets [s] at which the sun's position is computed.

    They span the offsets of the series evenly.
    """
    first, last = float(offsets_s.min()), float(offsets_s.max())
    return np.linspace(first, last, 2 if last - first < STRAIGHT_S else 3)


def _at_nodes(view: BoxView, nodes: Floats) -> tuple[Floats, Floats]:
    """Hour angle less the Earth's even turning, and declination [deg], (k, n) each.

    Hour angles are brought within half a turn of the first, so that they can be interpolated.
    """
    ghas: list[Floats] = []
    decs: list[Floats] = []
    for node in nodes:
        if node == 0.0:
            gha, dec = view.subsolar()
        else:
            gha, dec, _ = subsolar(view.unix_s + node, margin=True)
        turned = np.broadcast_to(gha, view.lon_deg.shape) - _RATE_DEG_PER_S * node
        if ghas:
            turned = turned - 360.0 * np.round((turned - ghas[0]) / 360.0)
        ghas.append(turned)
        decs.append(np.broadcast_to(dec, view.lon_deg.shape))
    return np.stack(ghas), np.stack(decs)


def _lagrange_weights(offsets_s: Floats, nodes: Floats) -> Floats:
    """Weights of polynomial interpolation between evenly spaced nodes, (m, k).

    x runs from 0 to 1 over the nodes; with three of them the middle one stands at 0.5.
    """
    first, last = nodes[0], nodes[-1]
    x = (offsets_s - first) / max(last - first, 1e-9)
    if nodes.size == 2:
        return np.stack([1.0 - x, x], axis=1)
    left = (2.0 * x - 1.0) * (x - 1.0)
    middle = 4.0 * x * (1.0 - x)
    right = x * (2.0 * x - 1.0)
    return np.stack([left, middle, right], axis=1)


def moves(view: BoxView, moments: Sequence[Moment]) -> Moves:
    """How far each box reaches in the three moves.

    At a known instant only the place can move the sun. Otherwise the instant moves with the box,
    within a day and, for a domain of whole days, over the year.
    """
    n = view.boxes.size
    if moments[0].at_s is not None or view.domain.length_s == 0.0:
        half = np.zeros((3, n))
        half[0] = view.fixed_deg[Z]
        half[1] = view.fixed_deg[LON]
        return Moves(np.radians(half), np.zeros(n))
    half = _within_a_day(view)
    if not view.domain.daily:
        return Moves(np.radians(half), np.zeros(n))
    # Half a day is the middle of one day: only more than that is a choice of days.
    days = np.where(view.boxes.half[DAY] > 0.5, view.boxes.half[DAY], 0.0)
    half[1] += np.minimum(_TIME_DEG_PER_DAY * days, _TIME_DEG)
    half[2] += _date_deg(view)
    return Moves(np.radians(half), np.radians(_apart_deg(view, moments, days)))


def _within_a_day(view: BoxView) -> Floats:
    """Half extents [deg] of each box on one day, in the three moves, (3, n)."""
    reach = view.floating_deg
    half = np.zeros((3, view.boxes.size))
    half[0] = reach[Z]
    half[1] = reach[LON] + reach[TOD]
    half[2] = _DECLINATION_PER_TURN * reach[TOD]
    return half


def _date_deg(view: BoxView) -> Floats:
    """By how much the date moves the declination over each box [deg], (n,).

    On sheared axes a change of longitude at one local time is a change of date as well.
    """
    reach = view.floating_deg
    sheared = view.domain.shear_s_per_deg != 0.0
    return np.asarray(reach[DAY] + (reach[LON] if sheared else 0.0))


def _apart_deg(view: BoxView, moments: Sequence[Moment], days: Floats) -> Floats:
    """How far the instants of a series may move apart over each box [deg], (n,).

    The pace of the sun itself changes over the year, so a later instant of a series is not moved by
    quite as much as the first.
    """
    offsets = [moment.offset_s for moment in moments]
    span_days = (max(offsets) - min(offsets)) / DAY_S
    whole_days = days + view.boxes.half[LON] / 360.0
    return np.asarray(span_days * np.minimum(_APART_DEG_PER_DAY * whole_days, _APART_DEG))
