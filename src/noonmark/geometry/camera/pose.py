"""The unknowns of a view, how a small step changes them, and the directions that follow from them.

Directions are unit vectors in the camera frame, never angles: up (one per pose), the sun (one per frame), one per
family of parallel lines. A step moves a unit vector in its tangent plane, so that looking straight down, at the
zenith or due north is nothing special. The heading is an angle, because it is one only where something fixes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.camera.lens import focal_mm_35_of
from noonmark.geometry.camera.view import View

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEEP_SIN: Final = float(np.sin(np.radians(60.0)))


@dataclass(frozen=True)
class State:
    """The shared unknowns. Every array leads with the batch axes (several starts are solved at once).

    ``dirs`` (..., poses + frames + families, 3); ``reference`` (..., poses, 3) is the camera axis that azimuths are
    counted from: the optical axis, or image-up for a camera that looks steeper than 60 deg; ``slope`` (..., grounds,
    2) is the tangent of the ground's tilt, away from the reference and to its right.
    """

    log_focal: Floats
    centre_px: Floats
    k1: Floats
    dirs: Floats
    slope: Floats
    heading_deg: Floats
    position_m: Floats
    log_scale: Floats
    depression_deg: Floats
    reference: Floats


def unit(v: Floats) -> Floats:
    """Unit vectors (..., 3)."""
    return np.asarray(v / np.sqrt(np.einsum("...i,...i->...", v, v))[..., None])


def dot(a: Floats, b: Floats) -> Floats:
    """Dot products (...) of vectors (..., 3)."""
    return np.asarray(np.einsum("...i,...i->...", a, b))


def cross(a: Floats, b: Floats) -> Floats:
    """Cross products (..., 3); several times faster than np.cross on small batches."""
    ax, ay, az = a[..., 0], a[..., 1], a[..., 2]
    bx, by, bz = b[..., 0], b[..., 1], b[..., 2]
    return np.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], axis=-1)


def tangents(d: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors that span the tangent plane at d (Duff et al., Building an orthonormal basis, JCGT 2017)."""
    x, y, z = d[..., 0], d[..., 1], d[..., 2]
    sign = np.where(z >= 0.0, 1.0, -1.0)
    a = -1.0 / (sign + z)
    b = x * y * a
    first = np.stack([1.0 + sign * x * x * a, sign * b, -sign * x], axis=-1)
    return first, np.stack([b, sign + y * y * a, -y], axis=-1)


def level_axes(up: Floats, reference: Floats) -> tuple[Floats, Floats]:
    """The level directions forward (along the reference) and right, unit vectors in the camera frame."""
    forward = unit(reference - dot(reference, up)[..., None] * up)
    return forward, cross(forward, up)


def reference_of(up: Floats) -> Floats:
    """The axis that azimuths are counted from: the optical axis, or image-up when looking steeper than 60 deg."""
    steep = (np.abs(up[..., 2]) > STEEP_SIN)[..., None]
    return np.where(steep, np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.0, 1.0]))


@dataclass(frozen=True)
class Layout:
    """Where each unknown sits in the vector of steps, its typical size, and which are free in this view."""

    poses: int
    frames: int
    families: int
    grounds: int
    waters: int
    free: NDArray[np.bool_]
    step: Floats

    @property
    def size(self) -> int:
        """The number of all unknowns, free or not."""
        return 4 + 2 * self.directions + 2 * self.grounds + self.poses + 3 + self.grounds + self.waters

    @property
    def directions(self) -> int:
        """The number of unit vectors."""
        return self.poses + self.frames + self.families

    def parts(self) -> dict[str, slice]:
        """The slice of each group in the vector of steps."""
        sizes = {
            "log_focal": 1,
            "centre": 2,
            "k1": 1,
            "dirs": 2 * self.directions,
            "slope": 2 * self.grounds,
            "heading": self.poses,
            "position": 3,
            "scale": self.grounds,
            "depression": self.waters,
        }
        found, start = {}, 0
        for name, size in sizes.items():
            found[name] = slice(start, start + size)
            start += size
        return found


def layout_of(view: View) -> Layout:
    """The unknowns of a view; an unknown that no mark and no prior speaks of is held fixed."""
    bare = Layout(
        view.poses,
        view.frames,
        len(view.families.mark),
        len(view.slope_sigma_deg),
        len(view.waters_deg),
        np.zeros(0, dtype=np.bool_),
        np.zeros(0),
    )
    free = np.ones(bare.size, dtype=np.bool_)
    step = np.full(bare.size, 1e-6)
    parts = bare.parts()
    free[parts["log_focal"]] = view.lens.focal_log_sigma > 1e-5
    free[parts["centre"]] = view.lens.centre_sigma_px > 0.0
    step[parts["centre"]] = 1e-3
    free[parts["k1"]] = view.lens.k1_sigma > 0.0
    suns = np.zeros(view.frames, dtype=np.bool_)
    suns[view.posts.frame[view.posts.seen[:, 2]]] = True
    suns[view.discs.frame] = True
    start = parts["dirs"].start + 2 * view.poses
    free[start : start + 2 * view.frames] = np.repeat(suns, 2)
    shaded = np.zeros(bare.grounds, dtype=np.bool_)
    shaded[view.posts.ground[view.posts.seen[:, 2]]] = True
    shaded[view.lengths.ground] = True
    free[parts["slope"]] = np.repeat(shaded & (view.slope_sigma_deg > 1e-4), 2)
    step[parts["heading"]] = 1e-4
    free[parts["heading"]] = view.knows_heading
    step[parts["position"]] = 1e-3
    free[parts["position"]] = len(view.landmarks.px) > 0
    scaled = np.zeros(bare.grounds, dtype=np.bool_)
    scaled[view.lengths.ground] = True
    scaled[view.posts.ground[np.isfinite(view.posts.height_m)]] = True
    free[parts["scale"]] = scaled
    step[parts["depression"]] = 1e-4
    return replace(bare, free=free, step=step)


def retract(state: State, delta: Floats, layout: Layout) -> State:
    """The state after a step ``delta`` (..., size); the batch axes broadcast, so one state can take many steps."""
    parts = layout.parts()
    lead = delta.shape[:-1]
    first, second = tangents(state.dirs)
    steps = delta[..., parts["dirs"]].reshape(*lead, layout.directions, 2)
    return State(
        log_focal=state.log_focal + delta[..., 0],
        centre_px=state.centre_px + delta[..., parts["centre"]],
        k1=state.k1 + delta[..., 3],
        dirs=unit(state.dirs + steps[..., :1] * first + steps[..., 1:] * second),
        slope=state.slope + delta[..., parts["slope"]].reshape(*lead, layout.grounds, 2),
        heading_deg=state.heading_deg + delta[..., parts["heading"]],
        position_m=state.position_m + delta[..., parts["position"]],
        log_scale=state.log_scale + delta[..., parts["scale"]],
        depression_deg=state.depression_deg + delta[..., parts["depression"]],
        reference=np.broadcast_to(state.reference, (*lead, layout.poses, 3)),
    )


def take(state: State, index: Ints | slice | int | NDArray[np.bool_]) -> State:
    """The states of the batch that ``index`` picks (on the first axis)."""
    return State(**{name: value[index] for name, value in vars(state).items()})


def join(states: list[State]) -> State:
    """One batch of several batches."""
    return State(**{name: np.concatenate([vars(s)[name] for s in states]) for name in vars(states[0])})


def choose(keep: NDArray[np.bool_], new: State, old: State) -> State:
    """Per batch member: the new state where ``keep``, else the old one."""

    def pick(a: Floats, b: Floats) -> Floats:
        return np.where(keep.reshape(keep.shape + (1,) * (a.ndim - keep.ndim)), a, b)

    return State(**{name: pick(vars(new)[name], vars(old)[name]) for name in vars(new)})


def sky_deg(direction: Floats, up: Floats, reference: Floats) -> tuple[Floats, Floats]:
    """Elevation [deg] and azimuth [deg, -180..180) clockwise from the reference, of directions (..., 3)."""
    forward, right = level_axes(up, reference)
    elevation = np.degrees(np.arcsin(np.clip(dot(direction, up), -1.0, 1.0)))
    return elevation, np.degrees(np.arctan2(dot(direction, right), dot(direction, forward)))


def attitude_deg(up: Floats) -> tuple[Floats, Floats]:
    """Pitch [deg] (up positive, -90 looks straight down) and roll [deg] (clockwise as the photographer sees it)."""
    pitch = np.degrees(np.arcsin(np.clip(up[..., 2], -1.0, 1.0)))
    return pitch, np.degrees(np.arctan2(-up[..., 0], -up[..., 1]))


def up_of(pitch_deg: float | Floats, roll_deg: float | Floats) -> Floats:
    """The up direction in the camera frame of a pitch and a roll."""
    pitch, roll = np.radians(pitch_deg), np.radians(roll_deg)
    return np.stack([-np.sin(roll) * np.cos(pitch), -np.cos(roll) * np.cos(pitch), np.sin(pitch)], axis=-1)


def cam_from_enu(up: Floats, reference: Floats, heading_deg: float | Floats) -> Floats:
    """Matrices (..., 3, 3) that turn ENU vectors into camera vectors; the reference looks along ``heading_deg``."""
    forward, right = level_axes(up, reference)
    turn = np.radians(np.asarray(heading_deg))[..., None]
    sine, cosine = np.sin(turn), np.cos(turn)
    return np.stack([sine * forward + cosine * right, cosine * forward - sine * right, up], axis=-1)


def focal_mm_35(state: State, view: View) -> Floats:
    """The 35 mm equivalent of the focal length."""
    found = np.vectorize(focal_mm_35_of)(np.exp(state.log_focal), view.lens.radius_px)
    return np.asarray(found, dtype=np.float64)
