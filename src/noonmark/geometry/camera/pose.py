"""The unknowns of a view, how a small step changes them, and the directions that follow from them.

Directions are unit vectors in the camera frame, never angles: up (one per pose), the sun (one per
frame), one per family of parallel lines. A step moves a unit vector in its tangent plane, so that
looking straight down, at the zenith or due north is nothing special. The heading is an angle,
because it is one only where something fixes it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats, Ints
from noonmark.geometry.camera.view import CameraView

STEEP_SIN: Final = float(np.sin(np.radians(60.0)))


@dataclass(frozen=True)
class State:
    """The shared unknowns of a view, for a batch of starts that are solved at once.

    Every array leads with the batch axes:

    - ``log_focal`` (...,): the log of the focal length in pixels.
    - ``centre_px`` (..., 2): the principal point; ``k1`` (...,): the radial distortion.
    - ``dirs`` (..., poses + frames + families, 3): unit vectors in camera axes.
    - ``slope`` (..., grounds, 2): the tangent of the ground's tilt, away from the reference and to
      its right.
    - ``heading_deg`` (..., poses); ``position_m`` (..., 3), ENU.
    - ``log_scale`` (..., grounds): the log of the camera's height in metres above each ground.
    - ``depression_deg`` (..., waters): how far a water's edge lies below the level.
    - ``reference`` (..., poses, 3): the camera axis that azimuths are counted from: the optical
      axis, or image-up for a camera that looks steeper than 60 deg.
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

    @property
    def focal_px(self) -> Floats:
        """The focal length (...,) in pixels."""
        return np.exp(self.log_focal)


def unit(v: Floats) -> Floats:
    """Unit vectors (..., 3).

    A zero vector gives nan.
    """
    length = np.sqrt(np.einsum("...i,...i->...", v, v))
    return np.asarray(v / length[..., None])


def dot(a: Floats, b: Floats) -> Floats:
    """Dot products (...) of vectors (..., 3)."""
    return np.asarray(np.einsum("...i,...i->...", a, b))


def cross(a: Floats, b: Floats) -> Floats:
    """Cross products (..., 3); several times faster than np.cross on small batches."""
    ax = a[..., 0]
    ay = a[..., 1]
    az = a[..., 2]
    bx = b[..., 0]
    by = b[..., 1]
    bz = b[..., 2]
    x = ay * bz - az * by
    y = az * bx - ax * bz
    z = ax * by - ay * bx
    return np.stack([x, y, z], axis=-1)


def toward(
    first: Floats,
    second: Floats,
    angle: Floats,
) -> Floats:
    """Vectors (..., 3) at an angle (...,) [rad] from ``first``, on the way to ``second``.

    They are unit vectors if the two are, and square to each other.
    """
    return np.asarray(np.cos(angle)[..., None] * first + np.sin(angle)[..., None] * second)


def tangents(d: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors (..., 3) that span the tangent plane at ``d`` (..., 3).

    Method: Duff et al., Building an orthonormal basis, revisited, JCGT 2017.

    Both are continuous everywhere but at z = 0, where the sign of the basis changes.
    """
    x = d[..., 0]
    y = d[..., 1]
    z = d[..., 2]
    sign = np.where(z >= 0.0, 1.0, -1.0)
    a = -1.0 / (sign + z)
    b = x * y * a
    first = [1.0 + sign * x * x * a, sign * b, -sign * x]
    second = [b, sign + y * y * a, -y]
    return np.stack(first, axis=-1), np.stack(second, axis=-1)


def level_axes(up: Floats, reference: Floats) -> tuple[Floats, Floats]:
    """The level directions forward, along the reference, and right: unit vectors in camera axes.

    up, reference: (..., 3). The reference must not be parallel to up.
    """
    forward = unit(reference - dot(reference, up)[..., None] * up)
    return forward, cross(forward, up)


def reference_of(up: Floats) -> Floats:
    """The camera axis (..., 3) that azimuths are counted from, for up directions (..., 3).

    It is the optical axis, or image-up for a camera that looks steeper than 60 deg.
    """
    steep = (np.abs(up[..., 2]) > STEEP_SIN)[..., None]
    return np.where(steep, np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.0, 1.0]))


@dataclass(frozen=True)
class Layout:
    """Where each unknown sits in the vector of steps.

    ``free`` (size,) says which unknowns are free in this view, ``step`` (size,) is the step of the
    forward difference by each.
    """

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
        lens_and_place = 4 + 3
        per_ground = 2 + 1
        rest = self.poses + self.waters
        return lens_and_place + 2 * self.directions + per_ground * self.grounds + rest

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


def layout_of(view: CameraView) -> Layout:
    """The unknowns of a view; an unknown that no mark and no prior speaks of is held fixed.

    The sun of a frame is free where a shadow or its disc is marked there, the slope of a ground
    where a shadow or a length lies on it, the scale of a ground where a length or a height is
    known, the heading where anything ties the view to true north.
    """
    bare = Layout(
        poses=view.poses,
        frames=view.frames,
        families=view.families.count,
        grounds=len(view.slope_sigma_deg),
        waters=len(view.waters_deg),
        free=np.zeros(0, dtype=np.bool_),
        step=np.zeros(0),
    )
    return replace(bare, free=_free(view, bare), step=_steps(bare))


def _free(view: CameraView, layout: Layout) -> Bools:
    """Which unknowns (size,) the marks and priors of a view speak of.

    The order of the unknowns is that of :meth:`Layout.parts`.
    """
    lens = view.lens
    parts = layout.parts()
    free = np.ones(layout.size, dtype=np.bool_)
    # 1. The lens, where its prior leaves it open.
    free[parts["log_focal"]] = lens.focal_log_sigma > 1e-5
    free[parts["centre"]] = lens.centre_sigma_px > 0.0
    free[parts["k1"]] = lens.k1_sigma > 0.0
    # 2. Of the directions (two steps each) the suns that are seen, all poses and all families.
    first_sun = parts["dirs"].start + 2 * view.poses
    beyond_suns = first_sun + 2 * view.frames
    free[first_sun:beyond_suns] = np.repeat(_seen_suns(view), 2)
    # 3. The grounds' slopes (two steps each), where a shadow or a length lies on one.
    sloping = view.slope_sigma_deg > 1e-4
    free[parts["slope"]] = np.repeat(_marked_grounds(view) & sloping, 2)
    # 4. What ties the view to true north, to a place, and to metres.
    free[parts["heading"]] = view.knows_heading
    free[parts["position"]] = view.landmarks.count > 0
    free[parts["scale"]] = _scaled_grounds(view)
    return free


def _marked_grounds(view: CameraView) -> Bools:
    """On which grounds (grounds,) a shadow or a length lies."""
    grounds = len(view.slope_sigma_deg)
    posts = view.posts
    shaded = posts.seen[:, 2]
    return _marked(grounds, posts.ground[shaded], view.lengths.ground)


def _scaled_grounds(view: CameraView) -> Bools:
    """On which grounds (grounds,) a length lies, or a post whose height in metres is known."""
    grounds = len(view.slope_sigma_deg)
    posts = view.posts
    measured = np.isfinite(posts.height_m)
    return _marked(grounds, view.lengths.ground, posts.ground[measured])


def _seen_suns(view: CameraView) -> Bools:
    """Over which frames (frames,) a shadow or the sun's disc is marked."""
    posts = view.posts
    shaded = posts.seen[:, 2]
    return _marked(view.frames, posts.frame[shaded], view.discs.frame)


def _marked(count: int, *indices: Ints) -> Bools:
    """Which of ``count`` things any of the arrays of indices names."""
    found = np.zeros(count, dtype=np.bool_)
    for index in indices:
        found[index] = True
    return found


def _steps(layout: Layout) -> Floats:
    """The step (size,) of the forward difference by each unknown.

    Focal length, directions, slopes and scales take the step 1e-6: they are logs or near 1.
    """
    parts = layout.parts()
    step = np.full(layout.size, 1e-6)
    step[parts["centre"]] = 1e-3
    step[parts["heading"]] = 1e-4
    step[parts["position"]] = 1e-3
    step[parts["depression"]] = 1e-4
    return step


def retract(
    state: State,
    delta: Floats,
    layout: Layout,
) -> State:
    """The state after a step ``delta`` (..., size).

    The batch axes broadcast, so one state can take many steps. A unit vector moves in its tangent
    plane and is brought back to unit length.

    delta: a step of each unknown, in the order of :meth:`Layout.parts`; two numbers per unit
    vector.
    """
    lead = delta.shape[:-1]
    step = {name: delta[..., part] for name, part in layout.parts().items()}
    first, second = tangents(state.dirs)
    turns = step["dirs"].reshape(*lead, layout.directions, 2)
    tilts = step["slope"].reshape(*lead, layout.grounds, 2)
    return State(
        log_focal=state.log_focal + step["log_focal"][..., 0],
        centre_px=state.centre_px + step["centre"],
        k1=state.k1 + step["k1"][..., 0],
        dirs=unit(state.dirs + turns[..., :1] * first + turns[..., 1:] * second),
        slope=state.slope + tilts,
        heading_deg=state.heading_deg + step["heading"],
        position_m=state.position_m + step["position"],
        log_scale=state.log_scale + step["scale"],
        depression_deg=state.depression_deg + step["depression"],
        reference=np.broadcast_to(state.reference, (*lead, layout.poses, 3)),
    )


def take(state: State, index: Ints | slice | int | NDArray[np.bool_]) -> State:
    """The states of the batch that ``index`` picks (on the first axis).

    A slice keeps the batch axis, a whole number takes it away.
    """
    return State(**{name: value[index] for name, value in vars(state).items()})


def join(states: list[State]) -> State:
    """One batch of several batches.

    The states lead with one batch axis each.
    """
    fields = {}
    for name in vars(states[0]):
        fields[name] = np.concatenate([vars(state)[name] for state in states])
    return State(**fields)


def choose(
    keep: NDArray[np.bool_],
    new: State,
    old: State,
) -> State:
    """Per batch member: the new state where ``keep``, else the old one.

    ``keep`` is (b,); all other arrays lead with the same axis.
    """
    fields = {}
    for name, value in vars(new).items():
        added = (1,) * (value.ndim - keep.ndim)
        fields[name] = np.where(keep.reshape(keep.shape + added), value, vars(old)[name])
    return State(**fields)


def sky_deg(
    direction: Floats,
    up: Floats,
    reference: Floats,
) -> tuple[Floats, Floats]:
    """Elevation [deg] and azimuth [deg, -180..180) of unit vectors (..., 3) in camera axes.

    The azimuth counts clockwise from the reference.

    direction: unit vectors (..., 3); up, reference: those of the pose they are seen in.
    """
    forward, right = level_axes(up, reference)
    elevation_deg = np.degrees(np.arcsin(np.clip(dot(direction, up), -1.0, 1.0)))
    azimuth = np.arctan2(dot(direction, right), dot(direction, forward))
    return elevation_deg, np.degrees(azimuth)


def attitude_deg(up: Floats) -> tuple[Floats, Floats]:
    """Pitch [deg] and roll [deg] of up directions (..., 3).

    Pitch is positive upward, -90 looks straight down; roll is clockwise as the photographer sees
    it.
    """
    pitch_deg = np.degrees(np.arcsin(np.clip(up[..., 2], -1.0, 1.0)))
    roll = np.arctan2(-up[..., 0], -up[..., 1])
    return pitch_deg, np.degrees(roll)


def up_of(pitch_deg: float | Floats, roll_deg: float | Floats) -> Floats:
    """The up direction (..., 3) in camera axes of a pitch and a roll.

    Pitch is positive upward; roll is clockwise as the photographer sees it.
    """
    pitch = np.radians(pitch_deg)
    roll = np.radians(roll_deg)
    level = np.cos(pitch)
    right = -np.sin(roll) * level
    down = -np.cos(roll) * level
    return np.stack([right, down, np.sin(pitch)], axis=-1)


def cam_from_enu(
    up: Floats,
    reference: Floats,
    heading_deg: float | Floats,
) -> Floats:
    """Matrices (..., 3, 3) that turn ENU vectors into vectors in camera axes.

    The reference looks along ``heading_deg``.

    up, reference: unit vectors (..., 3) in camera axes, see :func:`reference_of`.
    heading_deg: (...,), clockwise from true north.
    """
    forward, right = level_axes(up, reference)
    turn = np.radians(np.asarray(heading_deg))[..., None]
    sine = np.sin(turn)
    cosine = np.cos(turn)
    east = sine * forward + cosine * right
    north = cosine * forward - sine * right
    return np.stack([east, north, up], axis=-1)
