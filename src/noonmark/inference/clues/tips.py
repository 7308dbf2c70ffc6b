"""Where the tip of a unit pole's shadow falls at several instants, and how it moves with place and time.

A tip is a complex number w = east + i north, of length cot(elevation). Three small moves make up every
cell: of latitude, of hour angle (longitude or clock) and of declination (date). The derivatives of w
along them are exact; what is left over is bounded by the second derivative of the gnomonic projection.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.sun import subsolar
from noonmark.inference.clues.common import Moment
from noonmark.inference.domain import DAY, DAY_S, LON, TOD, View, Z
from noonmark.inference.sky import seen_elevation_deg

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

LOWEST_SINE = 0.0175
"""Below 1 deg a shadow has no end worth a bound."""
LOWEST_UP = 1e-4
"""No shadow is taken as longer than with the sun's centre so high (its sine)."""
STEEPEST = 0.5
"""No axis is taken to change the shape of a track faster [rad per rad] when it is asked which to cut."""
_RATE_DEG_PER_S = 360.0 / DAY_S
EARTH_RAD_PER_S = 2.0 * np.pi / DAY_S
_RADIANS = np.pi / 180.0


@dataclass(frozen=True)
class Suns:
    """The sun at m instants over n places: hour angle and declination, and local east, north, up, each (m, n)."""

    east: Floats
    north: Floats
    up: Floats
    sin_dec: Floats
    cos_dec: Floats
    sin_lat: Floats
    cos_lat: Floats

    def take(self, rows: NDArray[np.intp]) -> Suns:
        """The sun over some of the places."""
        count = self.up.shape[1]
        return Suns(*(a[..., rows] if a.shape[-1] == count else a for a in vars(self).values()))


@dataclass(frozen=True)
class Moves:
    """Half extents [rad] of each cell in latitude, hour angle and declination, (3, n), and the share of it by
    which the instants of a series may move apart in a day, (n,)."""

    half: Floats
    apart: Floats

    @property
    def reach(self) -> Floats:
        """The greatest angle [rad] that the sun can move, (n,)."""
        return np.asarray(self.half.sum(0))

    def rise(self, sun: Suns) -> Floats:
        """The greatest angle [rad] that it can rise or sink, (n,): an hour angle lifts it by cos(latitude) at most."""
        nearest = np.maximum(np.arccos(np.clip(sun.cos_lat, 0.0, 1.0)) - self.half[0], 0.0)
        return np.asarray(self.half[0] + np.cos(nearest) * self.half[1] + self.half[2] + self.apart)

    def take(self, rows: NDArray[np.intp] | slice) -> Moves:
        """Those of some of the cells."""
        return Moves(self.half[:, rows], self.apart[rows])


@dataclass(frozen=True)
class Paths:
    """The sun's way over n places: its hour angle (less the Earth's even turning) and declination [deg] at a few
    instants, (k, n) or (k, 1), and the weights (m, k) and turns (m,) that give it at m others."""

    gha_deg: Floats
    dec_deg: Floats
    weights: Floats
    turn_deg: Floats
    lon_deg: Floats
    sin_lat: Floats
    cos_lat: Floats

    def take(self, rows: NDArray[np.intp] | slice) -> Paths:
        """Those over some of the places."""
        gha, dec = (a if a.shape[1] == 1 else a[:, rows] for a in (self.gha_deg, self.dec_deg))
        places = (self.lon_deg[rows], self.sin_lat[rows], self.cos_lat[rows])
        return Paths(gha, dec, self.weights, self.turn_deg, *places)

    def suns(self, chosen: NDArray[np.intp] | slice = slice(None)) -> Suns:
        """The sun at some of the instants."""
        weights = self.weights[chosen]
        gha, dec = (sum(weights[:, k, None] * a[k] for k in range(len(a))) for a in (self.gha_deg, self.dec_deg))
        hour = (gha + self.turn_deg[chosen, None] + self.lon_deg) * _RADIANS
        dec = dec * _RADIANS
        sin_dec, cos_dec, sin_lat, cos_lat = np.sin(dec), np.cos(dec), self.sin_lat, self.cos_lat
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


def suns(view: View, moments: Sequence[Moment]) -> Suns:
    """The sun at each moment over the middle of each box."""
    return paths(view, moments).suns()


def paths(view: View, moments: Sequence[Moment]) -> Paths:
    """The sun's way over the middle of each box; known instants exactly, floating ones from two or three.

    Over two hours the sun's own motion is straight within 1e-5 deg, over a day a parabola within as much.
    """
    sky = view.sky()
    places = (view.lon_deg, sky.sin_lat, sky.cos_lat)
    known = [m.at_s for m in moments if m.at_s is not None]
    if len(known) == len(moments):
        gha, dec, _ = subsolar(np.array(known))
        return Paths(gha[:, None], dec[:, None], np.eye(len(known)), np.zeros(len(known)), *places)
    offsets = np.array([m.offset_s for m in moments])
    first, last = float(offsets.min()), float(offsets.max())
    nodes = np.linspace(first, last, 2 if last - first < 7300.0 else 3)
    pairs = [view.subsolar() if node == 0.0 else subsolar(view.unix_s + node, margin=True)[:2] for node in nodes]
    ghas = [
        np.broadcast_to(gha, view.lon_deg.shape) - _RATE_DEG_PER_S * node
        for (gha, _), node in zip(pairs, nodes, strict=True)
    ]
    ghas = [g - 360.0 * np.round((g - ghas[0]) / 360.0) for g in ghas]
    decs = [np.broadcast_to(dec, view.lon_deg.shape) for _, dec in pairs]
    x = (offsets - first) / max(last - first, 1e-9)
    if nodes.size == 2:
        weights = np.stack([1.0 - x, x], axis=1)
    else:
        weights = np.stack([(2.0 * x - 1.0) * (x - 1.0), 4.0 * x * (1.0 - x), x * (2.0 * x - 1.0)], axis=1)
    return Paths(np.stack(ghas), np.stack(decs), weights, _RATE_DEG_PER_S * offsets, *places)


def moves(view: View, moments: Sequence[Moment]) -> Moves:
    """How far each box reaches in the three moves, in radians."""
    n = view.lat_deg.size
    half = np.zeros((3, n))
    if moments[0].at_s is not None or view.domain.length_s == 0.0:
        half[0], half[1] = view.fixed_deg[Z], view.fixed_deg[LON]
        return Moves(np.radians(half), np.zeros(n))
    reach = view.floating_deg
    half[0] = reach[Z]
    half[1] = reach[LON] + reach[TOD]
    half[2] = 0.0012 * reach[TOD]  # 0.42 deg of declination a day
    apart = np.zeros(n)
    if view.domain.daily:
        days = np.where(view.boxes.half[DAY] > 0.5, view.boxes.half[DAY], 0.0)
        half[1] += np.minimum(0.13 * days, 8.0)  # the equation of time, at most 30 s a day and 32 min in all
        half[2] += reach[DAY] + (reach[LON] if view.domain.shear_s_per_deg else 0.0)
        # The pace itself changes: 0.007 deg a day each day in declination, 0.003 in the equation of time.
        offsets = [m.offset_s for m in moments]
        span = (max(offsets) - min(offsets)) / DAY_S
        apart = span * np.minimum(0.011 * (days + view.boxes.half[LON] / 360.0), 1.1)
    return Moves(np.radians(half), np.radians(apart))


@dataclass(frozen=True)
class Tips:
    """``at`` (m, n) tips of a unit pole; ``jacobian`` (3, m, n) their derivatives [per rad] along the moves;
    ``lowest`` and ``highest`` (m, n) sines of the airless elevations that each cell can reach; ``level`` (m, n) the
    level part of the unit vector to the sun."""

    at: Complexes
    jacobian: Complexes
    lowest: Floats
    highest: Floats
    level: Floats

    def take(self, rows: NDArray[np.intp]) -> Tips:
        """Those of some of the cells."""
        return Tips(self.at[:, rows], self.jacobian[:, :, rows], *(a[:, rows] for a in list(vars(self).values())[2:]))


def tips(sun: Suns, rise: Floats, *, refraction: bool, slopes: bool = True) -> Tips:
    """Tips, and with ``slopes`` their derivatives; meaningless where the sun is down (see ``lowest``). ``rise`` (n,):
    by how much [rad] its elevation can change in each cell."""
    up = np.maximum(sun.up, LOWEST_UP)
    scale, growth = _scales(up) if refraction else (1.0 / up, -1.0 / (up * up))
    level: Complexes = sun.east + 1j * sun.north
    at: Complexes = -level * scale
    level_size = np.sqrt(np.maximum(1.0 - sun.up * sun.up, 0.0))
    cosine, sine = np.cos(np.minimum(rise, 1.5)), np.sin(np.minimum(rise, 1.5))
    lowest = np.where(rise < 1.5, sun.up * cosine - level_size * sine, -1.0)
    highest = np.minimum(sun.up * cosine + level_size * sine, 1.0)
    highest = np.where(np.arcsin(np.clip(sun.up, -1.0, 1.0)) + rise > np.pi / 2.0, 1.0, highest)
    if not slopes:
        return Tips(at, np.zeros((3, *at.shape), dtype=np.complex128), lowest, highest, level_size)
    jacobian = np.empty((3, *at.shape), dtype=np.complex128)
    # 1. Latitude turns the sky about the east axis; 2. the hour angle about the pole (0, cos lat, sin lat);
    # 3. declination carries the sun towards the pole.
    sin_lat, cos_lat = sun.sin_lat, sun.cos_lat
    across = cos_lat * sun.up - sin_lat * sun.north
    east_moves = (0.0, -across, -sun.sin_dec * sun.east / sun.cos_dec)
    north_moves = (-sun.up, -sin_lat * sun.east, (cos_lat - sun.sin_dec * sun.north) / sun.cos_dec)
    climb = climbs(sun)
    turned = level * growth
    for k in range(3):
        jacobian[k] = -(east_moves[k] + 1j * north_moves[k]) * scale - turned * climb[k]
    return Tips(at, jacobian, lowest, highest, level_size)


def shape_rates(sun: Suns, *, refraction: bool) -> Floats:
    """How fast the shape of the tips (their angle as a complex vector) changes with latitude, hour angle and
    declination at the middle of each box, (3, n) [rad per rad]."""
    tip = tips(sun, np.zeros(1), refraction=refraction)
    size2 = np.sum(np.square(tip.at.real) + np.square(tip.at.imag), axis=0)
    out = np.empty((3, size2.size))
    for k in range(3):
        slope = tip.jacobian[k]
        along = np.sum(tip.at.conj() * slope, axis=0)
        whole = np.sum(np.square(slope.real) + np.square(slope.imag), axis=0)
        out[k] = np.sqrt(np.maximum(whole - (along.real**2 + along.imag**2) / size2, 0.0) / size2)
    # Where the sun is low the rates of latitude and date outgrow all bounds, and an hour angle left wide spoils these.
    return np.minimum(out, STEEPEST)


def rise_rates(sun: Suns) -> Floats:
    """How fast the sun rises with latitude, hour angle and declination at the middle of each box, the most over the
    instants, (3, n) [rad per rad]."""
    level = np.sqrt(np.maximum(1.0 - sun.up * sun.up, 1e-6))
    return np.stack([np.max(np.abs(climb / level), axis=0) for climb in climbs(sun)])


def climbs(sun: Suns) -> tuple[Floats, Floats, Floats]:
    """The derivatives of ``up`` along latitude, hour angle and declination, each (m, n) [per rad]."""
    return sun.north, sun.cos_lat * sun.east, (sun.sin_lat - sun.sin_dec * sun.up) / sun.cos_dec


def rest(tip: Tips, move: Moves) -> Floats:
    """What the derivatives leave out of each tip's movement, at most, (m, n); only where ``lowest`` is above 0.

    Along any path of speed 1 the second derivative of the gnomonic projection is below 3 / sin(e)^3, and a
    change of the sun's own direction moves the tip by at most 1 / sin(e)^2 a radian.
    """
    low = np.maximum(tip.lowest, LOWEST_SINE)
    return np.asarray(1.5 * np.square(move.reach) / low**3 + move.apart / (low * low))


def bends(sun: Suns, weights: Complexes, *, refraction: bool) -> Floats:
    """The second derivatives of Re(conj(weights) . w) along the moves, (3, 3, n), exact but for the air's share.

    With w = -p / u, p = east + i north, u = up.
    """
    up = np.maximum(sun.up, LOWEST_UP)
    conj = weights.conj()
    scale = 1.0 / up
    growth, bend = -scale * scale, 2.0 * scale**3
    if refraction:
        scale, growth = _scales(up)
    level, p1, u1, p2, u2 = second_moves(sun)
    out = np.empty((3, 3, sun.up.shape[1]))
    for (k, m), p in p2.items():
        second: NDArray[Any] = p * scale + (p1[k] * u1[m] + p1[m] * u1[k]) * growth
        second = second + level * (u2[k, m] * growth + u1[k] * u1[m] * bend)
        out[k, m] = out[m, k] = -np.einsum("jn,jn->n", conj, second).real
    return out


Pairs = tuple[int, int]


def second_moves(
    sun: Suns,
) -> tuple[Complexes, tuple[NDArray[Any], ...], tuple[Floats, ...], dict[Pairs, NDArray[Any]], dict[Pairs, Floats]]:
    """p = east + i north, then the first derivatives of p and of u = up along the moves, then their second ones:
    those of rotations."""
    level: Complexes = sun.east + 1j * sun.north
    sin_lat, cos_lat = sun.sin_lat, sun.cos_lat
    tan_dec = sun.sin_dec / sun.cos_dec
    across = cos_lat * sun.up - sin_lat * sun.north
    north_dec = (cos_lat - sun.sin_dec * sun.north) / sun.cos_dec
    u1 = climbs(sun)
    p1: tuple[NDArray[Any], ...] = (
        -1j * sun.up,
        -across - 1j * (sin_lat * sun.east),
        -tan_dec * sun.east + 1j * north_dec,
    )
    p2: dict[Pairs, NDArray[Any]] = {
        (0, 0): -1j * sun.north,
        (0, 1): -1j * (cos_lat * sun.east),
        (1, 1): -sun.east + 1j * (sin_lat * across),
        (0, 2): -1j * u1[2],
        (1, 2): tan_dec * (across + 1j * (sin_lat * sun.east)),
        (2, 2): -level,
    }
    u2: dict[Pairs, Floats] = {
        (0, 0): -sun.up,
        (0, 1): -sin_lat * sun.east,
        (1, 1): -cos_lat * across,
        (0, 2): north_dec,
        (1, 2): -cos_lat * tan_dec * sun.east,
        (2, 2): -sun.up,
    }
    return level, p1, u1, p2, u2


def rest_of_bends(tip: Tips, move: Moves) -> Floats:
    """What first and second derivatives leave out of each tip's movement, at most, (m, n).

    The third derivative along any path of speed 1 is below (6 + 6 s + s^2) / s^4, s = sin(e). The air's own
    bending, left out of :func:`bends`, is below 0.004 / s^2 of the whole second derivative.
    """
    low = np.maximum(tip.lowest, LOWEST_SINE)
    third = (6.0 + 6.0 * low + low * low) / low**4
    reach = move.reach
    air = 1.5 * np.square(reach) / low**3 * np.minimum(0.004 / (low * low), 1.0)
    return np.asarray(reach**3 / 6.0 * third + air + move.apart / (low * low))


_TABLE: list[tuple[Floats, Floats]] = []
_NODES = 16384


def _scales(up: Floats) -> tuple[Floats, Floats]:
    """Length of the seen shadow over the level part of the airless direction, and its derivative by ``up``.

    The seen shadow is cot(seen) = (1 + lift effect) cos(airless) / up; the effect is tabulated by ``up``.
    """
    if not _TABLE:
        nodes = np.linspace(0.0, 1.0, _NODES + 1)
        nodes[0], nodes[-1] = 1e-6, 1.0 - 1e-9
        airless = np.degrees(np.arcsin(nodes))
        effect = nodes / np.sqrt(1.0 - nodes**2) / np.tan(np.radians(seen_elevation_deg(airless)))
        effect[-1] = effect[-2]  # at the zenith nothing over nothing
        _TABLE.append((effect, np.diff(effect) * _NODES))
    effect, slope = _TABLE[0]
    position = up * _NODES
    index = np.minimum(position.astype(np.intp), _NODES - 1)
    factor = effect[index] + (position - index) / _NODES * slope[index]
    return factor / up, (slope[index] - factor / up) / up


def airy_bend(lowest: Floats, *, refraction: bool) -> Floats:
    """An upper bound of the second derivative of :func:`airy_rise` from this sine of the elevation upwards."""
    if not refraction:
        return np.zeros_like(lowest)
    return np.asarray(3.0 / (1.0 + np.square(np.maximum(lowest, 0.0) / 0.035)))


def airy_rise(up: Floats, *, refraction: bool) -> tuple[Floats, Floats]:
    """The level part of the airless direction times the tangent of the seen elevation, and its derivative by ``up``;
    below ``LOWEST_UP`` continued straight."""
    if not refraction:
        return up, np.ones_like(up)
    scale, growth = _scales(np.maximum(up, LOWEST_UP))
    rise, slope = 1.0 / scale, -growth / np.square(scale)
    return rise + np.minimum(up - LOWEST_UP, 0.0) * slope, slope
