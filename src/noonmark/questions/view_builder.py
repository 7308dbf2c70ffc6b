"""The marks of a document gathered into the arrays of a camera view.

EXIF's orientation is undone here: all pixels of the arrays are those of the upright image.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from noonmark.arrays import Floats
from noonmark.geometry.camera import view as v
from noonmark.geometry.camera.lens import upright_px
from noonmark.questions.mark_types import (
    Horizon,
    Landmark,
    Length,
    Line,
    Marks,
    Parallel,
    Px,
    RightAngle,
    Shadow,
    ShadowEdge,
    SunDisc,
    Vertical,
    WaterLine,
)
from noonmark.questions.place_reference import PlaceReference

HIDDEN = np.array([np.nan, np.nan])
# The sigma of a length or a height that is given without one, as a share of it.
UNSTATED_SHARE = 0.02
LEAST_SIGMA_DEG = 1e-3
LEVEL_EDGE_SIGMA_DEG = 1.0
GROUPS = ("post", "line", "family", "square", "horizon", "disc", "landmark", "length")


@dataclass(frozen=True)
class _Family:
    """What is known of the direction of parallel lines; inf: not level, nan: no bearing."""

    level_sigma_deg: float
    bearing_deg: float = np.nan
    bearing_sigma_deg: float = 1.0


class ViewBuilder:
    """Collects the marks of each meaning as rows; used only while a document is staged.

    ``grounds`` maps the names of the patches of ground to the sigma of their slope, ``waters``
    holds depression and sigma [deg] of each water line.
    """

    def __init__(self, marks: Marks) -> None:
        self.marks = marks
        self.grounds: dict[str, float] = {}
        self.waters: list[tuple[float, float]] = []
        self.rows: dict[str, list[tuple[Any, ...]]] = {group: [] for group in GROUPS}
        self._adders: dict[type[Any], Callable[[int, Any], None]] = {
            Shadow: self._add_shadow,
            Vertical: self._add_vertical,
            ShadowEdge: self._add_edge,
            Parallel: self._add_parallel,
            RightAngle: self._add_square,
            Length: self._add_length,
            Horizon: self._add_horizon,
            WaterLine: self._add_water,
            SunDisc: self._add_disc,
            Landmark: self._add_landmark,
        }

    def add(self, index: int, mark: Any) -> None:
        """Add one mark."""
        self._adders[type(mark)](index, mark)

    def _upright(self, px: Px | None) -> Floats:
        """A pixel (2,) of the upright image; nan where hidden."""
        if px is None:
            return HIDDEN
        image = self.marks.image
        return upright_px(
            np.array(px, dtype=np.float64),
            orientation=image.orientation,
            width_px=float(image.width_px or 0),
            height_px=float(image.height_px or 0),
        )

    def _ends(self, line: Line) -> Floats:
        """Both ends (4,) of a line in the upright image."""
        return np.concatenate([self._upright(line[:2]), self._upright(line[2:])])

    def _ground(self, mark: Any, index: int) -> int:
        """The index of the patch of ground a mark stands on.

        A slope of its own makes a patch of its own.
        """
        sigma = getattr(mark, "slope_sigma_deg", None)
        name = mark.ground or (f"mark {index}" if sigma is not None else "")
        if name not in self.grounds:
            self.grounds[name] = self.marks.scene.slope_sigma_deg
        if sigma is not None:
            self.grounds[name] = max(sigma, 0.0)
        return list(self.grounds).index(name)

    def _add_post(
        self,
        index: int,
        mark: Any,
        parts: tuple[Px | None, Px | None, Px | None],
        sigmas: tuple[float | None, float | None, float | None] = (None, None, None),
    ) -> None:
        """Add a thing by base, top and shadow tip, and the sigmas of those."""
        lean = getattr(mark, "lean_sigma_deg", None)
        height = getattr(mark, "height_m", None)
        height_sigma = getattr(mark, "height_sigma_m", None)
        if not height_sigma:
            height_sigma = UNSTATED_SHARE * height if height else np.nan
        row = (
            [self._upright(part) for part in parts],
            [part is not None for part in parts],
            [sigma or mark.sigma_px for sigma in sigmas],
            self.marks.scene.lean_sigma_deg if lean is None else lean,
            height if height else np.nan,
            height_sigma,
            self._ground(mark, index),
            mark.frame,
            index,
        )
        self.rows["post"].append(row)

    def _add_shadow(self, index: int, mark: Shadow) -> None:
        parts = (mark.base_px, mark.top_px, mark.tip_px)
        sigmas = (mark.base_sigma_px, mark.top_sigma_px, mark.tip_sigma_px)
        self._add_post(index, mark, parts, sigmas)

    def _add_vertical(self, index: int, mark: Vertical) -> None:
        parts = (mark.base_px, mark.top_px, None)
        self._add_post(index, mark, parts, (mark.base_sigma_px, mark.top_sigma_px, None))

    def _add_edge(self, index: int, mark: ShadowEdge) -> None:
        line = mark.line_px or (0.0, 0.0, 0.0, 0.0)
        if mark.caster == "level" and mark.edge_px is not None:
            self._add_family(index, mark, [line, mark.edge_px], _Family(LEVEL_EDGE_SIGMA_DEG))
        else:
            self._add_post(index, mark, (line[:2], None, line[2:]))

    def _add_family(
        self,
        index: int,
        mark: Any,
        lines: Any,
        known: _Family,
    ) -> int:
        """Add parallel lines, and return the number of their family."""
        number = len(self.rows["family"])
        sigma_deg = max(known.bearing_sigma_deg, LEAST_SIGMA_DEG)
        row = (known.level_sigma_deg, known.bearing_deg, sigma_deg, mark.frame, index)
        self.rows["family"].append(row)
        for line in lines:
            self.rows["line"].append((self._ends(line), mark.sigma_px, number, mark.frame, index))
        return number

    def _add_parallel(self, index: int, mark: Parallel) -> None:
        level = max(mark.level_sigma_deg, LEAST_SIGMA_DEG) if mark.level else np.inf
        bearing = np.nan if mark.bearing_deg is None else mark.bearing_deg
        known = _Family(level, bearing, mark.bearing_sigma_deg)
        self._add_family(index, mark, mark.lines_px, known)

    def _add_square(self, index: int, mark: RightAngle) -> None:
        known = _Family(max(mark.level_sigma_deg, LEAST_SIGMA_DEG))
        first, second = (self._add_family(index, mark, [line], known) for line in mark.lines_px)
        self.rows["square"].append((first, second, max(mark.sigma_deg, LEAST_SIGMA_DEG)))

    def _add_length(self, index: int, mark: Length) -> None:
        size = float(mark.length_m or 1.0)
        row = (
            self._ends(mark.line_px or (0.0, 0.0, 0.0, 0.0)),
            mark.sigma_px,
            size,
            mark.length_sigma_m or UNSTATED_SHARE * size,
            self._ground(mark, index),
            mark.frame,
            index,
        )
        self.rows["length"].append(row)

    def _add_horizon(self, index: int, mark: Horizon) -> None:
        known = (mark.sigma_px, mark.sigma_deg, mark.dip_deg, -1, mark.frame, index)
        for px in mark.points_px:
            self.rows["horizon"].append((self._upright(px), *known))

    def _add_water(self, index: int, mark: WaterLine) -> None:
        number = len(self.waters)
        sigma_deg = max(mark.depression_sigma_deg, LEAST_SIGMA_DEG)
        self.waters.append((mark.depression_deg, sigma_deg))
        known = (mark.sigma_px, 0.0, 0.0, number, mark.frame, index)
        for px in mark.points_px:
            self.rows["horizon"].append((self._upright(px), *known))

    def _add_disc(self, index: int, mark: SunDisc) -> None:
        row = (self._upright(mark.px), mark.sigma_px, mark.frame, index)
        self.rows["disc"].append(row)

    def _add_landmark(self, index: int, mark: Landmark) -> None:
        place = (mark.lat_deg, mark.lon_deg, mark.altitude_m)
        sigmas = (mark.sigma_px, mark.sigma_m)
        row = (self._upright(mark.px), place, *sigmas, mark.frame, index)
        self.rows["landmark"].append(row)

    def _columns(self, group: str, *kinds: type) -> list[Any]:
        """The rows of a group as arrays, one per column."""
        rows = self.rows[group]
        return [np.array([row[k] for row in rows], dtype=kind) for k, kind in enumerate(kinds)]

    def posts(self) -> v.Posts:
        """All posts."""
        if not self.rows["post"]:
            return v.Posts()
        kinds = (float, bool, float, float, float, float, int, int, int)
        px, *others = self._columns("post", *kinds)
        px = np.nan_to_num(px)
        return v.Posts(px[:, 0], px[:, 1], px[:, 2], *others)

    def lines(self) -> v.ParallelLines:
        """All lines."""
        if not self.rows["line"]:
            return v.ParallelLines()
        return v.ParallelLines(*self._columns("line", float, float, int, int, int))

    def families(self) -> v.Families:
        """All families of parallel lines, and which of them are square to each other."""
        if not self.rows["family"]:
            return v.Families()
        families = v.Families(*self._columns("family", float, float, float, int, int))
        first, second, sigma_deg = self._columns("square", int, int, float)
        return replace(families, square_a=first, square_b=second, square_sigma_deg=sigma_deg)

    def horizon(self) -> v.HorizonPoints:
        """All points on a horizon or a water line."""
        if not self.rows["horizon"]:
            return v.HorizonPoints()
        kinds = (float, float, float, float, int, int, int)
        return v.HorizonPoints(*self._columns("horizon", *kinds))

    def discs(self) -> v.Discs:
        """All marks of the sun's disc."""
        if not self.rows["disc"]:
            return v.Discs()
        return v.Discs(*self._columns("disc", float, float, int, int))

    def landmarks(self, reference: PlaceReference | None) -> v.Landmarks:
        """All landmarks, in metres about the reference."""
        if reference is None:
            return v.Landmarks()
        kinds = (float, float, float, float, int, int)
        px, place, *others = self._columns("landmark", *kinds)
        return v.Landmarks(px, reference.enu_m(*place.T), *others)

    def lengths(self) -> v.Lengths:
        """All known lengths."""
        if not self.rows["length"]:
            return v.Lengths()
        kinds = (float, float, float, float, int, int, int)
        return v.Lengths(*self._columns("length", *kinds))
