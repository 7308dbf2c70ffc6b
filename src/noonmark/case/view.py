"""From words to numbers: the marks of a document as one view that geometry can solve.

Here, and only here, EXIF's orientation is undone and a crop is put back into its original. Landmarks become east,
north, up in metres about a reference; heights are taken above the ellipsoid throughout, which is exact for
differences as long as all of them come from one source.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.case.marks import upright_size
from noonmark.case.words import (
    Horizon,
    Landmark,
    Length,
    Marks,
    Parallel,
    RightAngle,
    Shadow,
    ShadowEdge,
    SunDisc,
    Vertical,
    WaterLine,
)
from noonmark.geometry.camera import view as v
from noonmark.geometry.camera.lens import DEVICES, Lens, cropped, lens_prior, upright_px
from noonmark.geometry.earth import ecef_from_geodetic_m, enu_axes_ecef, geodetic_from_ecef
from noonmark.geometry.horizon import EARTH_RADIUS_M

Floats = NDArray[np.float64]

HIDDEN = np.array([np.nan, np.nan])


@dataclass(frozen=True)
class Reference:
    """The place that east, north and up are counted from."""

    lat_deg: float
    lon_deg: float
    altitude_m: float

    def enu_m(self, lat_deg: Any, lon_deg: Any, altitude_m: Any) -> Floats:
        """East, north, up [m] of places, by the ellipsoid; up is the height difference, its curve is added in sight.

        The chord's own drop is taken out again, because a line of sight is bent where it is drawn.
        """
        origin = ecef_from_geodetic_m(self.lat_deg, self.lon_deg, self.altitude_m)
        chord = ecef_from_geodetic_m(lat_deg, lon_deg, altitude_m) - origin
        enu = np.einsum("ij,...j->...i", enu_axes_ecef(self.lat_deg, self.lon_deg), chord)
        enu[..., 2] = np.asarray(altitude_m, dtype=np.float64) - self.altitude_m
        return np.asarray(enu)

    def geodetic(self, enu_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Latitude, longitude [deg] and altitude [m] of east, north, up [m]."""
        axes = enu_axes_ecef(self.lat_deg, self.lon_deg)
        origin = ecef_from_geodetic_m(self.lat_deg, self.lon_deg, self.altitude_m)
        altitude = enu_m[..., 2] + self.altitude_m
        chord = enu_m.copy()
        chord[..., 2] -= (enu_m[..., 0] ** 2 + enu_m[..., 1] ** 2) / (2.0 * EARTH_RADIUS_M)
        for _ in range(4):
            # The level part is that of a chord to the right altitude: a few rounds make it the exact inverse.
            lat, lon, _ = geodetic_from_ecef(origin + np.einsum("ji,...j->...i", axes, chord))
            chord[..., :2] += enu_m[..., :2] - self.enu_m(lat, lon, altitude)[..., :2]
        return lat, lon, altitude


@dataclass(frozen=True)
class Staged:
    """A view with what its numbers mean: the names of its grounds, its reference place, the upright size."""

    view: v.View
    grounds: tuple[str, ...]
    reference: Reference | None
    width_px: float
    height_px: float
    assumed: tuple[str, ...]


def lens_of(marks: Marks) -> Lens:
    """The lens prior of a document, in pixels of its upright image."""
    note, image = marks.lens, marks.image
    width_px, height_px = upright_size(image)
    crop = image.crop_of
    whole = (float(crop.width_px), float(crop.height_px)) if crop and crop.width_px and crop.height_px else None
    left, top = (crop.left_px, crop.top_px) if crop else (0.0, 0.0)
    centre = (note.centre_px[0] + left, note.centre_px[1] + top) if note.centre_px else None
    lens = lens_prior(
        *(whole or (width_px, height_px)),
        device=note.device or "unknown",
        focal_px=note.focal_px,
        focal_sigma_px=note.focal_sigma_px,
        focal_mm_35=note.focal_mm_35,
        focal_mm=note.focal_mm,
        sensor_width_mm=note.sensor_width_mm,
        centre_px=centre,
        centre_sigma_px=note.centre_sigma_px,
        k1=note.k1,
        k1_sigma=note.k1_sigma,
    )
    return cropped(lens, left_px=left, top_px=top)


def attitude_of(marks: Marks) -> v.Attitude:
    """How the camera is held, from what is said or from the class of device."""
    camera, device = marks.camera, DEVICES[marks.lens.device or "unknown"]

    def or_else(value: float | None, default: float) -> float:
        return default if value is None else value

    return v.Attitude(
        pitch_deg=or_else(camera.pitch_deg, device.pitch_deg),
        pitch_sigma_deg=or_else(camera.pitch_sigma_deg, device.pitch_sigma_deg),
        roll_deg=or_else(camera.roll_deg, 0.0),
        roll_sigma_deg=or_else(camera.roll_sigma_deg, device.tilt_sigma_deg),
        heading_deg=or_else(camera.heading_deg, np.nan),
        heading_sigma_deg=or_else(camera.heading_sigma_deg, np.nan),
    )


def stage(marks: Marks) -> Staged:
    """The view of a document."""
    width_px, height_px = upright_size(marks.image)
    builder = _Builder(marks)
    for index, mark in enumerate(marks.marks):
        builder.add(index, mark)
    reference = _reference(marks)
    lens = lens_of(marks)
    view = v.View(
        lens=lens,
        attitude=attitude_of(marks),
        slope_sigma_deg=np.array(list(builder.grounds.values()) or [marks.scene.slope_sigma_deg]),
        posts=builder.posts(),
        lines=builder.lines(),
        families=builder.families_(),
        horizon=builder.horizon(),
        waters_deg=np.array(builder.waters).reshape(-1, 2),
        discs=builder.discs(),
        landmarks=builder.landmarks(reference),
        lengths=builder.lengths(),
        stand=_stand(marks, reference),
        frames=max(len(marks.frames), 1),
        tripod=marks.scene.tripod and len(marks.frames) > 1,
        marks=len(marks.marks),
    )
    return Staged(view, tuple(builder.grounds), reference, width_px, height_px, _assumed(marks, lens))


def _reference(marks: Marks) -> Reference | None:
    known = [m for m in marks.marks if isinstance(m, Landmark)]
    if not known:
        return None
    camera = marks.camera
    if camera.lat_deg is not None and camera.lon_deg is not None:
        return Reference(camera.lat_deg, camera.lon_deg, camera.altitude_m or known[0].altitude_m or 0.0)
    # The mean of unit vectors is right across the antimeridian too.
    mean = ecef_from_geodetic_m([m.lat_deg for m in known], [m.lon_deg for m in known]).mean(axis=0)
    lat, lon, _ = geodetic_from_ecef(mean)
    return Reference(float(lat), float(lon), float(np.mean([m.altitude_m for m in known])))


def _stand(marks: Marks, reference: Reference | None) -> v.Stand:
    camera = marks.camera
    if reference is None:
        return v.Stand()
    level, high, east, north, up = np.inf, np.inf, 0.0, 0.0, 0.0
    if camera.lat_deg is not None and camera.lon_deg is not None:
        level = camera.position_sigma_m or 500.0
    if camera.altitude_m is not None:
        high, up = camera.altitude_sigma_m or 50.0, camera.altitude_m - reference.altitude_m
    return v.Stand((east, north, up), (level, level, high))


def _assumed(marks: Marks, lens: Lens) -> tuple[str, ...]:
    """What nobody said and the answer rests on, in plain words."""
    note, camera = marks.lens, marks.camera
    device = DEVICES[note.device or "unknown"]
    found = []
    if note.focal_px is None and note.focal_mm is None and note.focal_mm_35 is None:
        found.append(
            f"focal length {lens.focal_px:.0f} px, give or take {100 * lens.focal_log_sigma:.0f} % "
            f"({note.device or 'unknown device'})"
        )
    if camera.pitch_deg is None:
        found.append(f"the camera looks {-device.pitch_deg:g} deg down, give or take {device.pitch_sigma_deg:g}")
    if camera.roll_deg is None:
        found.append(f"it is held level sideways, give or take {device.tilt_sigma_deg:g} deg")
    found.append(f"ground level, give or take {marks.scene.slope_sigma_deg:g} deg each way, unless a mark says else")
    found.append(f"things upright, give or take {marks.scene.lean_sigma_deg:g} deg each way, unless a mark says else")
    return tuple(found)


class _Builder:
    """Collects the marks of each meaning; open only while a document is staged."""

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.grounds: dict[str, float] = {}
        self.waters: list[tuple[float, float]] = []
        self.rows: dict[str, list[Any]] = {
            k: [] for k in ("post", "line", "family", "square", "horizon", "disc", "landmark", "length")
        }

    def add(self, index: int, mark: Any) -> None:
        """Add one mark."""
        adders: dict[type[Any], Callable[[int, Any], None]] = {
            Shadow: self._shadow,
            Vertical: self._vertical,
            ShadowEdge: self._edge,
            Parallel: self._parallel,
            RightAngle: self._square,
            Length: self._length,
            Horizon: self._horizon,
            WaterLine: self._water,
            SunDisc: self._disc,
            Landmark: self._landmark,
        }
        adders[type(mark)](index, mark)

    def px(self, px: Any) -> Floats:
        """A pixel of the upright image (nan where hidden)."""
        if px is None:
            return HIDDEN
        image = self.marks.image
        return upright_px(
            np.array(px, dtype=np.float64),
            orientation=image.orientation,
            width_px=float(image.width_px or 0),
            height_px=float(image.height_px or 0),
        )

    def ends(self, line: Any) -> Floats:
        """Both ends (4,) of a line in the upright image."""
        return np.concatenate([self.px(line[:2]), self.px(line[2:])])

    def ground(self, mark: Any, index: int) -> int:
        """The index of the patch of ground a mark stands on; a slope of its own makes a patch of its own."""
        sigma = getattr(mark, "slope_sigma_deg", None)
        name = mark.ground or (f"mark {index}" if sigma is not None else "")
        if name not in self.grounds:
            self.grounds[name] = self.marks.scene.slope_sigma_deg
        if sigma is not None:
            self.grounds[name] = max(sigma, 0.0)
        return list(self.grounds).index(name)

    def _post(self, index: int, mark: Any, parts: tuple[Any, Any, Any], sigmas: tuple[Any, Any, Any]) -> None:
        lean = getattr(mark, "lean_sigma_deg", None)
        lean = self.marks.scene.lean_sigma_deg if lean is None else lean
        height = getattr(mark, "height_m", None)
        height_sigma = getattr(mark, "height_sigma_m", None) or (0.02 * height if height else np.nan)
        self.rows["post"].append(
            (
                [self.px(p) for p in parts],
                [p is not None for p in parts],
                [s or mark.sigma_px for s in sigmas],
                lean,
                height if height else np.nan,
                height_sigma,
                self.ground(mark, index),
                mark.frame,
                index,
            )
        )

    def _shadow(self, index: int, m: Shadow) -> None:
        self._post(index, m, (m.base_px, m.top_px, m.tip_px), (m.base_sigma_px, m.top_sigma_px, m.tip_sigma_px))

    def _vertical(self, index: int, m: Vertical) -> None:
        self._post(index, m, (m.base_px, m.top_px, None), (m.base_sigma_px, m.top_sigma_px, None))

    def _edge(self, index: int, m: ShadowEdge) -> None:
        line = m.line_px or (0.0, 0.0, 0.0, 0.0)
        if m.caster == "level" and m.edge_px is not None:
            self._family(index, m.frame, [line, m.edge_px], m.sigma_px, 1.0, None, 1.0)
        else:
            self._post(index, m, (line[:2], None, line[2:]), (None, None, None))

    def _family(
        self,
        index: int,
        frame: int,
        lines: Any,
        sigma_px: float,
        level_sigma_deg: float,
        bearing_deg: float | None,
        bearing_sigma_deg: float,
    ) -> int:
        number = len(self.rows["family"])
        bearing = np.nan if bearing_deg is None else bearing_deg
        self.rows["family"].append((level_sigma_deg, bearing, max(bearing_sigma_deg, 1e-3), frame, index))
        self.rows["line"] += [(self.ends(line), sigma_px, number, frame, index) for line in lines]
        return number

    def _parallel(self, index: int, m: Parallel) -> None:
        level = max(m.level_sigma_deg, 1e-3) if m.level else np.inf
        self._family(index, m.frame, m.lines_px, m.sigma_px, level, m.bearing_deg, m.bearing_sigma_deg)

    def _square(self, index: int, m: RightAngle) -> None:
        level = max(m.level_sigma_deg, 1e-3)
        first, second = (self._family(index, m.frame, [line], m.sigma_px, level, None, 1.0) for line in m.lines_px)
        self.rows["square"].append((first, second, max(m.sigma_deg, 1e-3)))

    def _length(self, index: int, m: Length) -> None:
        size = float(m.length_m or 1.0)
        sigma = m.length_sigma_m or 0.02 * size
        self.rows["length"].append(
            (self.ends(m.line_px), m.sigma_px, size, sigma, self.ground(m, index), m.frame, index)
        )

    def _horizon(self, index: int, m: Horizon) -> None:
        for px in m.points_px:
            self.rows["horizon"].append((self.px(px), m.sigma_px, m.sigma_deg, m.dip_deg, -1, m.frame, index))

    def _water(self, index: int, m: WaterLine) -> None:
        self.waters.append((m.depression_deg, max(m.depression_sigma_deg, 1e-3)))
        for px in m.points_px:
            self.rows["horizon"].append((self.px(px), m.sigma_px, 0.0, 0.0, len(self.waters) - 1, m.frame, index))

    def _disc(self, index: int, m: SunDisc) -> None:
        self.rows["disc"].append((self.px(m.px), m.sigma_px, m.frame, index))

    def _landmark(self, index: int, m: Landmark) -> None:
        place = (m.lat_deg, m.lon_deg, m.altitude_m)
        self.rows["landmark"].append((self.px(m.px), place, m.sigma_px, m.sigma_m, m.frame, index))

    def _columns(self, name: str, *kinds: type) -> list[Any]:
        rows = self.rows[name]
        return [np.array([r[k] for r in rows], dtype=kind) for k, kind in enumerate(kinds)]

    def posts(self) -> v.Posts:
        """All posts."""
        if not self.rows["post"]:
            return v.Posts()
        px, seen, sigma, lean, height, height_sigma, ground, frame, mark = self._columns(
            "post", float, bool, float, float, float, float, int, int, int
        )
        px = np.nan_to_num(px)
        return v.Posts(px[:, 0], px[:, 1], px[:, 2], seen, sigma, lean, height, height_sigma, ground, frame, mark)

    def lines(self) -> v.Lines:
        """All lines."""
        return v.Lines(*self._columns("line", float, float, int, int, int)) if self.rows["line"] else v.Lines()

    def families_(self) -> v.Families:
        """All families of parallel lines, and which of them are square to each other."""
        if not self.rows["family"]:
            return v.Families()
        return v.Families(
            *self._columns("family", float, float, float, int, int), *self._columns("square", int, int, float)
        )

    def horizon(self) -> v.Horizon:
        """All points on a horizon or a water line."""
        rows = self._columns("horizon", float, float, float, float, int, int, int)
        return v.Horizon(*rows) if self.rows["horizon"] else v.Horizon()

    def discs(self) -> v.Discs:
        """All marks of the sun's disc."""
        return v.Discs(*self._columns("disc", float, float, int, int)) if self.rows["disc"] else v.Discs()

    def landmarks(self, reference: Reference | None) -> v.Landmarks:
        """All landmarks, in metres about the reference."""
        if reference is None:
            return v.Landmarks()
        px, place, sigma_px, sigma_m, frame, mark = self._columns("landmark", float, float, float, float, int, int)
        return v.Landmarks(px, reference.enu_m(*place.T), sigma_px, sigma_m, frame, mark)

    def lengths(self) -> v.Lengths:
        """All known lengths."""
        rows = self._columns("length", float, float, float, float, int, int, int)
        return v.Lengths(*rows) if self.rows["length"] else v.Lengths()
