"""Clips of a drawn town as a phone turned by hand shows it, with the truth: for tests and
benchmarks of turns.

The town has houses at 8 to 90 m, a textured ground, far hills and a sky. The camera may walk, its
frames are read row by row, its lens bends, its exposure wanders, things drive past.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from scipy import ndimage

_EYE_M = 1.6


@dataclass(frozen=True)
class PanPlan:
    """What to film: the sweep and its speed, the lens, and what goes wrong."""

    span_deg: float = 90.0
    speed_deg_s: float = 20.0
    fov_deg: float = 60.0
    rate_hz: float = 8.0
    wide_px: int = 640
    high_px: int = 360
    k1: float = 0.0
    k2: float = 0.0
    readout_s: float = 0.015
    roll_deg: float = 2.0
    pitch_deg: float = -2.0
    wander_deg: float = 1.5
    walk_m_s: float = 0.0
    walk_deg: float = 0.0
    arm_m: float = 0.0
    noise: float = 3.0
    exposure: float = 0.1
    moving: int = 3
    crf: int = 24


@dataclass(frozen=True)
class MadePan:
    """The poses of a made clip: rotations (frames, 3, 3) from world to camera, their rates [rad/s],
    and the plan. World axes: x right and z ahead of the first frame, y down.
    """

    plan: PanPlan
    rotation: Any
    rate: Any
    place: Any
    times_s: Any

    def pixels(self, frame: int, direction: Any) -> Any:
        """Where far things in world directions (n, 3) stand in a frame (n, 2) [px]; NaN behind."""
        plan = self.plan
        half = np.array([plan.wide_px, plan.high_px]) / 2.0
        focal = focal_px(plan)
        still = direction @ self.rotation[frame].T
        px = np.tile(half, (len(direction), 1))
        for _ in range(12):
            share = (px[:, 1:] / plan.high_px - 0.5) * plan.readout_s
            seen = still + share * np.cross(self.rate[frame], still)
            with np.errstate(invalid="ignore", divide="ignore"):
                flat = focal * np.where(seen[:, 2:] > 0.1, seen[:, :2] / seen[:, 2:], np.nan)
            square = ((px - half) ** 2).sum(axis=1, keepdims=True) / (half @ half)
            px = half + flat / (1.0 + plan.k1 * square + plan.k2 * square**2)
        return px


def focal_px(plan: PanPlan) -> float:
    """The focal length [px] of a plan's field of view."""
    return plan.wide_px / 2.0 / float(np.tan(np.radians(plan.fov_deg) / 2.0))


def direction(azimuth_deg: Any, elevation_deg: Any) -> Any:
    """World directions (..., 3), y down, of azimuths clockwise from ahead and elevations."""
    azimuth, up = np.radians(azimuth_deg), np.radians(elevation_deg)
    level = np.cos(up)
    down = -np.sin(up) + 0.0 * azimuth
    return np.stack([np.sin(azimuth) * level, down, np.cos(azimuth) * level], axis=-1)


def made_pan(plan: PanPlan, seed: int, path: Path | None) -> MadePan:
    """Film a plan into ``path`` (H.264, 1 ms times), or only its truth where that is None."""
    rng = np.random.default_rng(seed)
    made = _poses(plan, rng)
    if path is None:
        return made
    town = Town(rng, plan.moving)
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        options = {"crf": str(plan.crf), "g": "24", "threads": "1"}
        stream = container.add_stream("libx264", rate=round(plan.rate_hz), options=options)
        stream.width, stream.height, stream.pix_fmt = plan.wide_px, plan.high_px, "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 1000)
        gain = 1.0 + plan.exposure * np.sin(made.times_s * 0.9 + rng.uniform(0, 6))
        for i, time_s in enumerate(made.times_s):
            picture = town.seen(made, i) * gain[i]
            picture = picture + plan.noise * rng.standard_normal(picture.shape)
            rgb = np.clip(picture, 0, 255).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(rgb, format="rgb24")
            frame.pts, frame.time_base = round(1000 * time_s), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return made


def _poses(plan: PanPlan, rng: Any) -> MadePan:
    """Azimuth with a wandering speed, roll and pitch that stray slowly, and where the eye was."""
    count = max(4, round(plan.span_deg / plan.speed_deg_s * plan.rate_hz) + 1)
    times = np.round(np.arange(count) / plan.rate_hz, 3)
    speed = 1.0 + 0.25 * _slow(rng, count)
    swept = np.concatenate([[0.0], np.cumsum(np.maximum(speed[1:], 0.3))])
    azimuth = np.radians(plan.span_deg * swept / swept[-1])
    roll = np.radians(plan.roll_deg + plan.wander_deg * _slow(rng, count))
    pitch = np.radians(plan.pitch_deg + plan.wander_deg * _slow(rng, count))
    ahead = direction(np.degrees(azimuth), np.degrees(pitch))
    right = direction(np.degrees(azimuth) + 90.0, 0.0)
    down = np.cross(ahead, right)
    cosine, sine = np.cos(roll)[:, None], np.sin(roll)[:, None]
    side, low = right * cosine + down * sine, down * cosine - right * sine
    rotation = np.stack([side, low, ahead], axis=1)
    walked = plan.walk_m_s * times[:, None] * direction(plan.walk_deg, 0.0)
    return MadePan(plan, rotation, _rates(rotation, times), walked + plan.arm_m * ahead, times)


def _slow(rng: Any, count: int) -> Any:
    """A number of spread about 1 for each frame that changes over some ten frames."""
    knots = rng.standard_normal(count // 8 + 3)
    return np.interp(np.arange(count) / 8.0, np.arange(len(knots)), knots)


def _rates(rotation: Any, times: Any) -> Any:
    """Rates of turn (frames, 3) [rad/s] in camera axes, from the frames before and after."""
    rate = np.zeros((len(times), 3))
    for i in range(len(times)):
        before, after = max(i - 1, 0), min(i + 1, len(times) - 1)
        turn = rotation[after] @ rotation[before].T
        skew = 0.5 * (turn - turn.T)
        rate[i] = np.array([skew[2, 1], skew[0, 2], skew[1, 0]]) / (times[after] - times[before])
    return rate


class Town:
    """Houses as upright planes facing the middle, a ground, hills and a sky; and what drives by."""

    def __init__(self, rng: Any, moving: int) -> None:
        self.sky = ndimage.zoom(rng.normal(0, 1, (12, 40)), (10, 18), order=1, mode="grid-wrap")
        self.hills = 3.0 + 2.5 * ndimage.gaussian_filter1d(rng.normal(0, 6, 720), 12, mode="wrap")
        self.wood = _noise(rng, 256, 1440)
        self.ground = _noise(rng, 512, 512)
        self.houses = []
        for azimuth in np.arange(0.0, 360.0, 9.0):
            far = float(np.exp(rng.uniform(np.log(8.0), np.log(90.0))))
            self.houses.append(
                House(azimuth + rng.uniform(-3, 3), far, rng.uniform(0.08, 0.22) * far + 2.0,
                      rng.uniform(3.0, 9.0) + 0.12 * far, _facade(rng), 0.0)
            )  # fmt: skip
        for _ in range(moving):
            far = rng.uniform(6.0, 20.0)
            drives = rng.choice([-1, 1]) * rng.uniform(1.0, 8.0)
            self.houses.append(
                House(rng.uniform(0, 360), far, 2.0, 0.2, _facade(rng), float(drives))
            )
        self.houses.sort(key=lambda house: -house.far_m)

    def seen(self, made: MadePan, frame: int) -> Any:
        """What a frame shows, (height, width, 3) of 0 to 255, without noise."""
        look = _rays(made, frame)
        eye = made.place[frame]
        picture = np.empty(look.shape[:2], np.float32)
        low = look[..., 1] > 0.004
        picture[low] = self._ground(look[low], eye)
        picture[~low] = self._far(look[~low])
        for house in self.houses:
            house.paint(picture, look, eye, float(made.times_s[frame]))
        tint = np.array([1.0, 0.97, 0.9], np.float32)
        return picture[..., None] * tint

    def _far(self, look: Any) -> Any:
        """Sky and hills along rays (n, 3)."""
        azimuth = np.degrees(np.arctan2(look[:, 0], look[:, 2])) % 360.0
        up = np.degrees(np.arcsin(-look[:, 1]))
        light = 190.0 + 18.0 * _at(self.sky, 60.0 - up * 2.0, azimuth * 2.0)
        ridge = self.hills[(azimuth * 2.0).astype(int) % 720]
        wood = 95.0 + 40.0 * _at(self.wood, 60.0 - up * 8.0, azimuth * 4.0)
        return np.where(up < ridge, wood, light)

    def _ground(self, look: Any, eye: Any) -> Any:
        """The ground along rays (n, 3) that go down, fainter where it is far."""
        reach = _EYE_M / look[:, 1]
        x, z = eye[0] + reach * look[:, 0], eye[2] + reach * look[:, 2]
        return 120.0 + 45.0 * np.exp(-reach / 15.0) * _at(self.ground, z * 40.0, x * 40.0)


@dataclass
class House:
    """An upright plane at an azimuth, so far from the middle, half so wide, so high."""

    azimuth_deg: float
    far_m: float
    half_m: float
    high_m: float
    facade: Any
    drives_m_s: float

    def paint(self, picture: Any, look: Any, eye: Any, time_s: float) -> None:
        """Draw it over what is there, where rays from ``eye`` meet it."""
        ahead = direction(self.azimuth_deg, 0.0).astype(np.float32)
        aside = direction(self.azimuth_deg + 90.0, 0.0).astype(np.float32)
        drift = eye @ aside - self.drives_m_s * (time_s - 2.0)
        facing = np.maximum(look[::8, ::8] @ ahead, 0.02)
        near = (self.far_m - eye @ ahead) / facing * (look[::8, ::8] @ aside) + drift
        columns = np.nonzero((np.abs(near) < self.half_m + 0.15 * self.far_m).any(axis=0))[0]
        if not len(columns):
            return
        part = slice(8 * int(columns[0]), 8 * int(columns[-1]) + 8)
        look, picture = look[:, part], picture[:, part]
        facing = look @ ahead
        reach = (self.far_m - eye @ ahead) / np.where(facing > 0.05, facing, np.inf)
        across = reach * (look @ aside) + drift
        height = _EYE_M - reach * look[..., 1]
        hit = (np.abs(across) < self.half_m) & (height > 0.0) & (height < self.high_m + 1.0)
        hit &= reach > 0.0
        if not hit.any():
            return
        rows = (self.high_m + 1.0 - height[hit]) / (self.high_m + 1.0) * (len(self.facade) - 1)
        columns = (across[hit] / self.half_m + 1.0) / 2.0 * (self.facade.shape[1] - 1)
        picture[hit] = ndimage.map_coordinates(self.facade, [rows, columns], order=1)


def _rays(made: MadePan, frame: int) -> Any:
    """World rays (height, width, 3) of all pixels of a frame, each row at its own moment."""
    plan = made.plan
    y, x = np.mgrid[: plan.high_px, : plan.wide_px] + 0.5
    half = np.array([plan.wide_px, plan.high_px]) / 2.0
    offset = np.stack([x, y], axis=-1) - half
    square = (offset**2).sum(axis=-1, keepdims=True) / (half @ half)
    flat = offset * (1.0 + plan.k1 * square + plan.k2 * square**2) / focal_px(plan)
    ray = np.concatenate([flat, np.ones_like(flat[..., :1])], axis=-1)
    share = ((y / plan.high_px - 0.5) * plan.readout_s)[..., None]
    ray = ray - share * np.cross(made.rate[frame], ray)
    world = (ray @ made.rotation[frame]).astype(np.float32)
    return world / np.linalg.norm(world, axis=-1, keepdims=True)


def _at(texture: Any, row: Any, column: Any) -> Any:
    """A texture that repeats, read between its cells."""
    return ndimage.map_coordinates(texture, [row, column], order=1, mode="grid-wrap")


def _noise(rng: Any, high: int, wide: int) -> Any:
    """A texture of spread 1 with coarse and fine parts that joins at its edges."""
    total = np.zeros((high, wide))
    for grain in (1, 3, 9):
        part = ndimage.gaussian_filter(rng.standard_normal((high, wide)), grain, mode="wrap")
        total += part / part.std()
    return total / total.std()


def _facade(rng: Any) -> Any:
    """A wall with windows, no two alike."""
    wall = np.full((160, 120), rng.uniform(90, 220)) + 6.0 * rng.standard_normal((160, 120))
    for top in range(8, 150, int(rng.integers(18, 34))):
        for left in range(6, 110, int(rng.integers(14, 30))):
            down, right = rng.integers(6, 16), rng.integers(5, 12)
            wall[top : top + down, left : left + right] = rng.uniform(20, 240)
    return wall
