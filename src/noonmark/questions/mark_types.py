"""The kinds of mark: what an analyst can say about a pixel. :mod:`.marks` reads them.

Every field carries how it is read (``as``), its least and greatest value, and whether it must be
there, so that the reader, the JSON Schema and the Web Annotation form all follow from this one
module. Pixels: x right, y down, (0, 0) the outer corner of the top-left pixel. ``frame`` is the
index of the frame a mark is in, ``ground`` names the patch of ground a thing stands on: things on
one patch share its unknown slope.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Px = tuple[float, float]
Line = tuple[float, float, float, float]


def read(
    kind: str,
    default: Any = None,
    *,
    low: float | None = None,
    high: float | None = None,
    must: bool = False,
) -> Any:
    """A field with the way it is read; ``must`` when a document has to give it."""
    return field(default=default, metadata={"as": kind, "low": low, "high": high, "must": must})


def positive(default: float | None = None, *, must: bool = False, high: float = 1e7) -> Any:
    """A field that holds a number above 0."""
    return read("number", default, low=0.0, high=high, must=must)


def angle_sigma(default: float | None = None) -> Any:
    """A field that holds an angle's sigma, 0 to 90 degrees (0: taken as exact)."""
    return read("sigma", default, low=0.0, high=90.0)


@dataclass(frozen=True)
class Shadow:
    """A thing that stands and its shadow on the ground.

    One of base, top and tip may be left out if it is hidden.
    """

    what: str = read("text", "")
    base_px: Px | None = read("px")
    top_px: Px | None = read("px")
    tip_px: Px | None = read("px")
    sigma_px: float = positive(1.0)
    base_sigma_px: float | None = positive()
    top_sigma_px: float | None = positive()
    tip_sigma_px: float | None = positive()
    height_m: float | None = positive(high=2000.0)
    height_sigma_m: float | None = positive(high=2000.0)
    lean_sigma_deg: float | None = angle_sigma()
    slope_sigma_deg: float | None = angle_sigma()
    ground: str = read("text", "")
    frame: int = read("index", 0)


@dataclass(frozen=True)
class Vertical:
    """A thing that stands: its base and its top, no shadow."""

    what: str = read("text", "")
    base_px: Px | None = read("px", must=True)
    top_px: Px | None = read("px", must=True)
    sigma_px: float = positive(1.0)
    base_sigma_px: float | None = positive()
    top_sigma_px: float | None = positive()
    height_m: float | None = positive(high=2000.0)
    height_sigma_m: float | None = positive(high=2000.0)
    lean_sigma_deg: float | None = angle_sigma()
    ground: str = read("text", "")
    frame: int = read("index", 0)


@dataclass(frozen=True)
class ShadowEdge:
    """The shadow of an upright edge or pole on the ground: its direction, by two points.

    The line runs from the thing outward. With ``caster = "level"`` it is the shadow of a level wall
    top or wire, whose own line is ``edge_px``: the two are parallel, which helps the horizon.
    """

    what: str = read("text", "")
    line_px: Line | None = read("line", must=True)
    caster: str = read("choice:vertical|level", "vertical")
    edge_px: Line | None = read("line")
    sigma_px: float = positive(1.0)
    slope_sigma_deg: float | None = angle_sigma()
    ground: str = read("text", "")
    frame: int = read("index", 0)


@dataclass(frozen=True)
class Parallel:
    """Straight lines that are parallel in the world, level or not.

    ``bearing_deg`` is their true bearing, either way, if it is known.
    """

    what: str = read("text", "")
    lines_px: tuple[Line, ...] = read("lines", (), must=True)
    level: bool = read("flag", True)
    level_sigma_deg: float = angle_sigma(0.5)
    bearing_deg: float | None = read("number", low=-360.0, high=720.0)
    bearing_sigma_deg: float = angle_sigma(0.5)
    sigma_px: float = positive(1.0)
    frame: int = read("index", 0)


@dataclass(frozen=True)
class RightAngle:
    """Two level lines at a right angle in the world: a wall's corner, kerbs, a tiled floor."""

    what: str = read("text", "")
    lines_px: tuple[Line, ...] = read("lines", (), must=True)
    sigma_deg: float = angle_sigma(0.5)
    level_sigma_deg: float = angle_sigma(0.5)
    sigma_px: float = positive(1.0)
    frame: int = read("index", 0)


@dataclass(frozen=True)
class Length:
    """A known length on the ground."""

    what: str = read("text", "")
    line_px: Line | None = read("line", must=True)
    length_m: float | None = positive(must=True)
    length_sigma_m: float | None = positive()
    sigma_px: float = positive(1.0)
    slope_sigma_deg: float | None = angle_sigma()
    ground: str = read("text", "")
    frame: int = read("index", 0)


@dataclass(frozen=True)
class Horizon:
    """Points on the horizon of the sea or a plain.

    ``dip_deg`` is how far below the level of the eye it lies.
    """

    what: str = read("text", "")
    points_px: tuple[Px, ...] = read("points", (), must=True)
    dip_deg: float = read("number", 0.0, low=-20.0, high=20.0)
    sigma_deg: float = angle_sigma(0.1)
    sigma_px: float = positive(1.0)
    frame: int = read("index", 0)


@dataclass(frozen=True)
class WaterLine:
    """The far edge of still water.

    All points lie one unknown, small angle below the level of the eye.
    """

    what: str = read("text", "")
    points_px: tuple[Px, ...] = read("points", (), must=True)
    depression_deg: float = read("number", 1.0, low=0.0, high=60.0)
    depression_sigma_deg: float = angle_sigma(1.0)
    sigma_px: float = positive(1.0)
    frame: int = read("index", 0)


@dataclass(frozen=True)
class SunDisc:
    """The middle of the sun's disc."""

    what: str = read("text", "")
    px: Px | None = read("px", must=True)
    sigma_px: float = positive(3.0)
    frame: int = read("index", 0)


@dataclass(frozen=True)
class Landmark:
    """A point whose place on the Earth is known, with the error of the map and of the click."""

    what: str = read("text", "")
    px: Px | None = read("px", must=True)
    lat_deg: float | None = read("number", low=-90.0, high=90.0, must=True)
    lon_deg: float | None = read("number", low=-180.0, high=180.0, must=True)
    altitude_m: float | None = read("number", low=-500.0, high=20_000.0, must=True)
    sigma_m: float = positive(3.0)
    sigma_px: float = positive(2.0)
    frame: int = read("index", 0)


Mark = (
    Shadow
    | Vertical
    | ShadowEdge
    | Parallel
    | RightAngle
    | Length
    | Horizon
    | WaterLine
    | SunDisc
    | Landmark
)

MEANINGS: dict[str, type[Any]] = {
    "shadow": Shadow,
    "vertical": Vertical,
    "shadow_edge": ShadowEdge,
    "parallel": Parallel,
    "right_angle": RightAngle,
    "length": Length,
    "horizon": Horizon,
    "water_line": WaterLine,
    "sun_disc": SunDisc,
    "landmark": Landmark,
}


@dataclass(frozen=True)
class Crop:
    """The original that an image was cut out of, and where."""

    width_px: float | None = positive(must=True)
    height_px: float | None = positive(must=True)
    left_px: float = read("number", 0.0, low=0.0, high=1e6)
    top_px: float = read("number", 0.0, low=0.0, high=1e6)


@dataclass(frozen=True)
class Image:
    """The picture that the marks were made on.

    ``orientation`` is EXIF's, for marks made on the picture as stored.
    """

    width_px: float | None = positive(must=True, high=1e6)
    height_px: float | None = positive(must=True, high=1e6)
    orientation: int = read("index", 1, low=1, high=8)
    crop_of: Crop | None = read("table:crop")
    file: str = read("text", "")
    stabilised: bool = read("flag", False)


@dataclass(frozen=True)
class LensNote:
    """What is known of the lens.

    The focal length is given in pixels, as a 35 mm equivalent, in millimetres on a sensor, or by a
    class of device.
    """

    device: str | None = read("choice:phone|camera|drone|unknown")
    focal_px: float | None = positive()
    focal_sigma_px: float | None = positive()
    focal_mm_35: float | None = positive()
    focal_mm: float | None = positive()
    sensor_width_mm: float | None = positive()
    centre_px: Px | None = read("px")
    centre_sigma_px: float | None = read("sigma", low=0.0, high=1e5)
    k1: float = read("number", 0.0, low=-0.5, high=0.5)
    k1_sigma: float = read("sigma", 0.02, low=0.0, high=0.5)


@dataclass(frozen=True)
class CameraNote:
    """What is known of where the camera stood and how it was held, with sigmas."""

    pitch_deg: float | None = read("number", low=-90.0, high=90.0)
    pitch_sigma_deg: float | None = angle_sigma()
    roll_deg: float | None = read("number", low=-180.0, high=180.0)
    roll_sigma_deg: float | None = angle_sigma()
    heading_deg: float | None = read("number", low=-360.0, high=720.0)
    heading_sigma_deg: float | None = angle_sigma()
    lat_deg: float | None = read("number", low=-90.0, high=90.0)
    lon_deg: float | None = read("number", low=-180.0, high=180.0)
    position_sigma_m: float | None = positive()
    altitude_m: float | None = read("number", low=-500.0, high=50_000.0)
    altitude_sigma_m: float | None = positive()


@dataclass(frozen=True)
class SceneNote:
    """When, and what is assumed of ground and things. ``tripod``: all frames share one pose."""

    at: datetime | None = read("time")
    at_sigma_s: float | None = positive(high=1e10)
    offset_s: float | None = read("number", low=-1e10, high=1e10)
    slope_sigma_deg: float = angle_sigma(1.0)
    lean_sigma_deg: float = angle_sigma(1.0)
    tripod: bool = read("flag", False)


@dataclass(frozen=True)
class FrameNote:
    """One of several frames of a clip.

    When it was is a time or an offset from the clip's start.
    """

    name: str = read("text", "")
    at: datetime | None = read("time")
    offset_s: float | None = read("number", low=-1e10, high=1e10)


@dataclass(frozen=True)
class Marks:
    """A whole document: the image, what is known, and the marks in their order."""

    image: Image
    lens: LensNote
    camera: CameraNote
    scene: SceneNote
    frames: tuple[FrameNote, ...]
    marks: tuple[Mark, ...]


def meaning_of(mark: Mark) -> str:
    """The word for what a mark means."""
    return next(word for word, kind in MEANINGS.items() if isinstance(mark, kind))
