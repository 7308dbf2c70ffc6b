"""One view as numbers: what was marked, where, how well, and what is assumed.

Nothing here computes.

Every thing that stands is a *post*: a base, a top and the tip of its shadow, of which any may be
hidden. A plain vertical is a post without a tip; the shadow of a vertical edge is a post without a
top. Several frames of one clip are one view: each mark names the frame it is in, and the frames
share the lens and the place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from noonmark.arrays import Bools, Floats, Ints
from noonmark.geometry.camera.lens import Lens


def _floats(*shape: int) -> Floats:
    """An array of no rows, for a kind of mark that a view does not hold."""
    return np.zeros(shape)


def _ints() -> Ints:
    """An array (0,) of indices, for a kind of mark that a view does not hold."""
    return np.zeros(0, dtype=np.int64)


class _Marks:
    """Marks of one kind as columns; ``mark`` (n,) says which mark of the view each row is."""

    mark: Ints

    @property
    def count(self) -> int:
        """How many are marked."""
        return len(self.mark)


@dataclass(frozen=True)
class Posts(_Marks):
    """Things and their shadows.

    Pixels (n, 2); ``seen`` (n, 3) says which of base, top and tip were marked.
    """

    base_px: Floats = field(default_factory=lambda: _floats(0, 2))
    top_px: Floats = field(default_factory=lambda: _floats(0, 2))
    tip_px: Floats = field(default_factory=lambda: _floats(0, 2))
    seen: Bools = field(default_factory=lambda: np.zeros((0, 3), dtype=np.bool_))
    sigma_px: Floats = field(default_factory=lambda: _floats(0, 3))
    lean_sigma_deg: Floats = field(default_factory=lambda: _floats(0))
    height_m: Floats = field(default_factory=lambda: _floats(0))
    height_sigma_m: Floats = field(default_factory=lambda: _floats(0))
    ground: Ints = field(default_factory=_ints)
    frame: Ints = field(default_factory=_ints)
    mark: Ints = field(default_factory=_ints)


@dataclass(frozen=True)
class ParallelLines(_Marks):
    """Straight lines (n, 4) [px], each of a family that is parallel in the world."""

    ends_px: Floats = field(default_factory=lambda: _floats(0, 4))
    sigma_px: Floats = field(default_factory=lambda: _floats(0))
    family: Ints = field(default_factory=_ints)
    frame: Ints = field(default_factory=_ints)
    mark: Ints = field(default_factory=_ints)


@dataclass(frozen=True)
class Families(_Marks):
    """Directions in the world: level to some sigma (inf: not known to be level), bearing if known
    (nan: not).
    """

    level_sigma_deg: Floats = field(default_factory=lambda: _floats(0))
    bearing_deg: Floats = field(default_factory=lambda: _floats(0))
    bearing_sigma_deg: Floats = field(default_factory=lambda: _floats(0))
    frame: Ints = field(default_factory=_ints)
    mark: Ints = field(default_factory=_ints)
    square_a: Ints = field(default_factory=_ints)
    square_b: Ints = field(default_factory=_ints)
    square_sigma_deg: Floats = field(default_factory=lambda: _floats(0))


@dataclass(frozen=True)
class HorizonPoints(_Marks):
    """Points (n, 2) [px] at a known angle below the true horizon; ``water`` >= 0 shares an unknown
    one.
    """

    px: Floats = field(default_factory=lambda: _floats(0, 2))
    sigma_px: Floats = field(default_factory=lambda: _floats(0))
    sigma_deg: Floats = field(default_factory=lambda: _floats(0))
    dip_deg: Floats = field(default_factory=lambda: _floats(0))
    water: Ints = field(default_factory=_ints)
    frame: Ints = field(default_factory=_ints)
    mark: Ints = field(default_factory=_ints)


@dataclass(frozen=True)
class Discs(_Marks):
    """The sun's disc, its centre (n, 2) [px]."""

    px: Floats = field(default_factory=lambda: _floats(0, 2))
    sigma_px: Floats = field(default_factory=lambda: _floats(0))
    frame: Ints = field(default_factory=_ints)
    mark: Ints = field(default_factory=_ints)


@dataclass(frozen=True)
class Landmarks(_Marks):
    """Points whose place is known: pixels (n, 2), ENU metres (n, 3) about the view's reference,
    sigma each way.
    """

    px: Floats = field(default_factory=lambda: _floats(0, 2))
    enu_m: Floats = field(default_factory=lambda: _floats(0, 3))
    sigma_px: Floats = field(default_factory=lambda: _floats(0))
    sigma_m: Floats = field(default_factory=lambda: _floats(0))
    frame: Ints = field(default_factory=_ints)
    mark: Ints = field(default_factory=_ints)


@dataclass(frozen=True)
class Lengths(_Marks):
    """Known lengths on the ground: both ends (n, 4) [px], metres."""

    ends_px: Floats = field(default_factory=lambda: _floats(0, 4))
    sigma_px: Floats = field(default_factory=lambda: _floats(0))
    length_m: Floats = field(default_factory=lambda: _floats(0))
    length_sigma_m: Floats = field(default_factory=lambda: _floats(0))
    ground: Ints = field(default_factory=_ints)
    frame: Ints = field(default_factory=_ints)
    mark: Ints = field(default_factory=_ints)


@dataclass(frozen=True)
class Attitude:
    """How the camera is assumed to be held. ``heading_deg`` nan: not known. Sigmas are one standard
    deviation.
    """

    pitch_deg: float
    pitch_sigma_deg: float
    roll_deg: float
    roll_sigma_deg: float
    heading_deg: float = float("nan")
    heading_sigma_deg: float = float("nan")


@dataclass(frozen=True)
class Stand:
    """Where the camera is thought to stand, ENU metres about the reference; sigmas may be inf."""

    enu_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sigma_m: tuple[float, float, float] = (np.inf, np.inf, np.inf)


@dataclass(frozen=True)
class Handles:
    """Quantities that a solve may hold at given values, to walk along what is poorly determined.

    ``focal``: the log of the focal length. ``nod``: the angle of pose 0's up direction in the plane
    of ``nod_axes`` (2, 3), counted from the first toward the second. ``climb``: frames whose sun's
    elevation is held.
    """

    focal: bool = False
    nod_axes: Floats | None = None
    climb: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many quantities are held."""
        return int(self.focal) + int(self.nod_axes is not None) + len(self.climb)


@dataclass(frozen=True)
class CameraView:
    """All of one solve. On a ``tripod`` the frames share one pose; each frame has its own sun."""

    lens: Lens
    attitude: Attitude
    slope_sigma_deg: Floats
    posts: Posts = field(default_factory=Posts)
    lines: ParallelLines = field(default_factory=ParallelLines)
    families: Families = field(default_factory=Families)
    horizon: HorizonPoints = field(default_factory=HorizonPoints)
    waters_deg: Floats = field(default_factory=lambda: _floats(0, 2))
    discs: Discs = field(default_factory=Discs)
    landmarks: Landmarks = field(default_factory=Landmarks)
    lengths: Lengths = field(default_factory=Lengths)
    stand: Stand = field(default_factory=Stand)
    frames: int = 1
    tripod: bool = False
    marks: int = 0
    handles: Handles = field(default_factory=Handles)

    @property
    def poses(self) -> int:
        """How many different poses the frames have."""
        return 1 if self.tripod else self.frames

    def pose_of(self, frame: Ints) -> Ints:
        """The index of the pose of each frame."""
        return np.zeros_like(frame) if self.tripod else frame

    def pose_number(self, frame: int) -> int:
        """The index of the pose of one frame."""
        return 0 if self.tripod else frame

    @property
    def knows_heading(self) -> bool:
        """Whether anything ties the view to true north."""
        return (
            bool(np.isfinite(self.families.bearing_deg).any())
            or self.landmarks.count > 0
            or bool(np.isfinite(self.attitude.heading_deg))
        )

    @property
    def knows_scale(self) -> bool:
        """Whether any length in metres is marked on the ground or on a post."""
        return self.lengths.count > 0 or bool(np.isfinite(self.posts.height_m).any())
