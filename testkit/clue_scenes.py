"""Random true scenes, and clues measured in them with exactly the errors that the clues state.

Place uniform per km2, start uniform per second, errors from each clue's own model, one clue in a
hundred mismeasured as the model says. A scene whose clues could not have been seen (night, no
shadow on that slope) is drawn anew as a whole, so scenes follow the prior that the search assumes.
The sun comes from ``geometry.sun.sun_topocentric``, not from the search's own picture of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.geometry.air import elevation_sigma_deg
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.clues.common import CompiledClue
from noonmark.inference.clues.spec import Common, Instant
from noonmark.inference.clues.table import KINDS, World, compile_all, moments
from noonmark.inference.search.domain import Domain
from noonmark.inference.search.setup import PriorArea, search_setup
from noonmark.inference.sky import sunlit_log
from noonmark.values import from_unix_s, rfc3339, unix_s, utc

DAY_S = 86400.0
FIRST_S, LAST_S = unix_s(utc("1980-01-01T00:00:00Z")), unix_s(utc("2036-01-01T00:00:00Z"))
OUTLIER = 0.01
"""The outlier share of a clue that states none."""

Document = dict[str, Any]


@dataclass(frozen=True)
class Wrong:
    """Errors that the stated model does not know: true slope and lean as multiples of the stated, a
    clock that is off.
    """

    slope: float = 1.0
    lean: float = 1.0
    clock_s: float = 0.0


@dataclass(frozen=True)
class Sun:
    """Where the sun truly is: azimuth, elevation as seen through standard air [deg]."""

    azimuth_deg: float
    seen_deg: float

    @property
    def sunlit(self) -> float:
        return float(np.exp(sunlit_log(np.array([self.seen_deg]))[0]))


@dataclass(frozen=True)
class Measured:
    """A clue's fields, and the probability that its kind can be seen at all where it was taken."""

    fields: Document
    chance: float


@dataclass(frozen=True)
class Drawing:
    """What a kind of clue is drawn with; ``sun(offset_s)`` is the true sun after the start."""

    rng: np.random.Generator
    sun: Callable[[float], Sun]
    offset_s: float
    mismeasured: bool
    wrong: Wrong

    def normal(self, sigma: float) -> float:
        return float(self.rng.normal(0.0, 1.0) * sigma)

    def any_of(self, *values: float) -> float:
        return float(self.rng.choice(values))

    @property
    def here(self) -> Sun:
        return self.sun(self.offset_s)


def _tangent(sigma_deg: float) -> float:
    return float(np.tan(np.radians(sigma_deg)))


def _with_air(d: Drawing, seen_deg: float) -> float:
    return seen_deg + d.normal(float(elevation_sigma_deg(max(seen_deg, 0.0))))


def shadow_length(d: Drawing, *, slope_deg: float | None = None) -> Measured | None:
    """Ground that rises by g towards the sun, a thing that leans by m: h (1 / (tan e - g) + m)."""
    height, height_sigma = 10.0, d.any_of(0.1, 0.2, 0.5)
    length_sigma = d.any_of(0.1, 0.3, 1.0)
    slope, lean = (
        (d.any_of(0.5, 1.0, 2.0), d.any_of(0.0, 1.0)) if slope_deg is None else (slope_deg, 1.0)
    )
    sun = d.here
    if d.mismeasured:
        length = height / np.tan(np.radians(d.rng.uniform(0.0, 90.0)))
    else:
        q = np.tan(np.radians(_with_air(d, sun.seen_deg))) - d.normal(
            _tangent(slope) * d.wrong.slope
        )
        if q <= 0.0:
            return None
        length = (height + d.normal(height_sigma)) / q
        length += height * d.normal(_tangent(lean) * d.wrong.lean) + d.normal(length_sigma)
    if not 0.0 < length < 1e6:
        return None
    stated = {
        "height": height,
        "length": length,
        "height_sigma": height_sigma,
        "length_sigma": length_sigma,
    }
    return Measured({**stated, "slope_sigma_deg": slope, "lean_sigma_deg": lean}, sun.sunlit)


def sun_elevation(d: Drawing) -> Measured | None:
    sigma = d.any_of(0.2, 0.5, 1.0, 3.0)
    value = (
        d.rng.uniform(0.0, 90.0)
        if d.mismeasured
        else _with_air(d, d.here.seen_deg) + d.normal(sigma)
    )
    return (
        Measured({"elevation_deg": value, "sigma_deg": sigma}, d.here.sunlit)
        if -2.0 <= value <= 90.0
        else None
    )


def sun_azimuth(d: Drawing) -> Measured:
    sigma = d.any_of(0.5, 2.0, 5.0, 30.0)
    value = d.rng.uniform(0.0, 360.0) if d.mismeasured else d.here.azimuth_deg + d.normal(sigma)
    return Measured({"azimuth_deg": value % 360.0, "sigma_deg": sigma}, d.here.sunlit)


def sun_direction(d: Drawing) -> Measured | None:
    sigmas = d.any_of(0.5, 2.0, 10.0), d.any_of(0.3, 1.0)
    if d.mismeasured:
        azimuth, elevation = _anywhere(d)
    else:
        azimuth = d.here.azimuth_deg + d.normal(sigmas[0])
        elevation = _with_air(d, d.here.seen_deg) + d.normal(sigmas[1])
    if not 0.0 <= elevation <= 90.0:
        return None
    stated = {"azimuth_sigma_deg": sigmas[0], "elevation_sigma_deg": sigmas[1]}
    return Measured(
        {"azimuth_deg": azimuth % 360.0, "elevation_deg": elevation, **stated}, d.here.sunlit
    )


def _anywhere(d: Drawing) -> tuple[float, float]:
    return float(d.rng.uniform(0.0, 360.0)), float(np.degrees(np.arcsin(d.rng.uniform(0.0, 1.0))))


def shadow_bearing(d: Drawing) -> Measured:
    sigma, lean = d.any_of(1.0, 3.0), d.any_of(0.0, 1.0)
    either = bool(d.rng.random() < 0.3)
    error = np.hypot(sigma, lean * d.wrong.lean * np.tan(np.radians(max(d.here.seen_deg, 0.0))))
    value = (
        d.rng.uniform(0.0, 360.0)
        if d.mismeasured
        else d.here.azimuth_deg + 180.0 + d.normal(min(error, 120.0))
    )
    if either and d.rng.random() < 0.5:
        value += 180.0
    stated = {"sigma_deg": sigma, "lean_sigma_deg": lean, "either_end": either}
    return Measured({"bearing_deg": value % 360.0, **stated}, d.here.sunlit)


def lit_face(d: Drawing) -> Measured:
    sigma, bearing = d.any_of(2.0, 5.0), float(d.rng.uniform(0.0, 360.0))
    level = np.cos(np.radians(d.here.seen_deg)) * np.cos(np.radians(d.here.azimuth_deg - bearing))
    grazing = np.degrees(np.arcsin(np.clip(level, -1.0, 1.0)))
    lit = (
        d.rng.random() < 0.5
        if d.mismeasured
        else grazing + d.normal(float(np.hypot(sigma, 1.5))) > 0.0
    )
    return Measured({"bearing_deg": bearing, "sigma_deg": sigma, "lit": bool(lit)}, d.here.sunlit)


def sun_up(d: Drawing) -> Measured:
    return Measured({}, 0.5 if d.mismeasured else d.here.sunlit)


def clock_utc(d: Drawing, unix: float) -> Measured:
    sigma = d.any_of(30.0, 300.0, 1800.0)
    value = (
        d.rng.uniform(0.0, DAY_S)
        if d.mismeasured
        else unix + d.offset_s + d.normal(sigma) + d.wrong.clock_s
    )
    return Measured({"time": value % DAY_S, "sigma_s": sigma, "zone": "UTC"}, 1.0)


def camera_direction(d: Drawing, *, heading: bool) -> Measured | None:
    """A direction in the camera's frame, displaced by an error drawn in the plane that touches the
    sky there.
    """
    across, up = d.any_of(0.5, 1.5), d.any_of(0.5, 1.5)
    covariance = np.array([[across**2, 0.4 * across * up], [0.4 * across * up, up**2]])
    true_heading = float(d.rng.uniform(0.0, 360.0))
    heading_sigma = d.any_of(1.0, 2.0) if heading else 0.0
    azimuth, elevation = _anywhere(d) if d.mismeasured else _displaced(d, covariance)
    if not 0.0 <= elevation <= 90.0:
        return None
    fields: Document = {"relative_azimuth_deg": (azimuth - true_heading + 180.0) % 360.0 - 180.0}
    fields |= {"elevation_deg": elevation, "covariance_deg2": covariance.tolist()}
    if heading:
        fields |= {
            "heading_deg": (true_heading + d.normal(heading_sigma)) % 360.0,
            "heading_sigma_deg": heading_sigma,
        }
    return Measured(fields, d.here.sunlit)


def _displaced(d: Drawing, covariance: NDArray[np.float64]) -> tuple[float, float]:
    x, y = np.radians(d.rng.multivariate_normal([0.0, 0.0], covariance))
    azimuth, elevation = np.radians(d.here.azimuth_deg), np.radians(_with_air(d, d.here.seen_deg))
    size = max(float(np.hypot(x, y)), 1e-12)
    across = np.array([np.cos(azimuth), -np.sin(azimuth), 0.0])
    centre = np.array(
        [
            np.sin(azimuth) * np.cos(elevation),
            np.cos(azimuth) * np.cos(elevation),
            np.sin(elevation),
        ]
    )
    upward = np.cross(across, centre)
    moved = np.cos(size) * centre + np.sin(size) * (x * across + y * upward) / size
    return float(np.degrees(np.arctan2(moved[0], moved[1]))), float(np.degrees(np.arcsin(moved[2])))


def shadow_turn(d: Drawing) -> Measured | None:
    """Two shadows of one leaning thing on one sloping plane, by vector geometry."""
    sigma, ratio_sigma, between = d.any_of(0.5, 2.0), d.any_of(0.02, 0.05), d.any_of(1800.0, 5400.0)
    slope, lean = d.any_of(0.0, 1.0), d.any_of(0.0, 1.0)
    first, second = d.sun(d.offset_s), d.sun(d.offset_s + between)
    chance = 1.0 if not d.mismeasured else first.sunlit * second.sunlit
    if d.mismeasured:
        turn, ratio = d.rng.uniform(-180.0, 180.0), 10.0 ** d.rng.uniform(-1.0, 1.0)
    else:
        tilt = complex(d.normal(_tangent(slope)), d.normal(_tangent(slope))) * d.wrong.slope
        leaning = complex(d.normal(_tangent(lean)), d.normal(_tangent(lean))) * d.wrong.lean
        tips = [_tip(sun, tilt, leaning) for sun in (first, second)]
        if None in tips:
            return None
        change = np.log(complex(tips[1] or 1) / complex(tips[0] or 1))
        turn = -np.degrees(change.imag) + d.normal(sigma)
        ratio = np.exp(change.real) + d.normal(ratio_sigma)
    if not 0.0 < ratio < 1000.0:
        return None
    fields = {
        "turn_deg": (turn + 180.0) % 360.0 - 180.0,
        "sigma_deg": sigma,
        "length_ratio": float(ratio),
    }
    fields |= {"length_ratio_sigma": ratio_sigma, "between_s": between}
    return Measured({**fields, "slope_sigma_deg": slope, "lean_sigma_deg": lean}, chance)


def _tip(sun: Sun, tilt: complex, lean: complex) -> complex | None:
    """The tip of a unit pole's shadow, east + i north, on a plane of gradient ``tilt``; None where
    it never lands.
    """
    if sun.seen_deg <= 0.05:
        return None
    w = -np.exp(1j * np.radians(90.0 - sun.azimuth_deg)) / np.tan(np.radians(sun.seen_deg))
    along = (tilt.conjugate() * w).real
    if along <= -0.95:
        return None
    rise = ((tilt.conjugate() * lean).real + along) / (1.0 + along)
    return complex(lean + w * (1.0 - rise))


def shadow_track(d: Drawing) -> Measured | None:
    count, step = int(d.any_of(4, 7)), d.any_of(600.0, 1500.0)
    offsets = [step * k for k in range(count)]
    sigma, mirror = d.any_of(0.01, 0.03), d.rng.random() < 0.5
    tips = [_tip(d.sun(d.offset_s + o), 0j, 0j) for o in offsets]
    if None in tips:
        return None
    height, turned = np.exp(d.rng.uniform(0.0, 1.0)), np.exp(1j * d.rng.uniform(0.0, 2.0 * np.pi))
    z = np.array([complex(t or 0) for t in tips]) * height * turned
    chance = 1.0
    if d.mismeasured:
        reach = 2.0 * float(np.abs(z).max())
        z = (
            reach
            * np.sqrt(d.rng.random(count))
            * np.exp(1j * d.rng.uniform(0.0, 2.0 * np.pi, count))
        )
        chance = d.sun(d.offset_s).sunlit * d.sun(d.offset_s + offsets[-1]).sunlit
    z = z + sigma * (d.rng.standard_normal(count) + 1j * d.rng.standard_normal(count))
    if mirror and d.rng.random() < 0.5:
        z = z.conj()
    if np.abs(z).max() > 60.0:
        return None
    fields = {
        "x_m": z.real.tolist(),
        "y_m": z.imag.tolist(),
        "sigma_m": sigma,
        "offsets_s": offsets,
    }
    return Measured({**fields, "mirror": "unknown" if mirror else "no"}, chance)


MIXES: dict[str, tuple[tuple[str, float], ...]] = {
    "shadow": (("shadow_length", 0.0),),
    "shadow + bearing": (("shadow_length", 0.0), ("shadow_bearing", 0.0)),
    "elevation": (("sun_elevation", 0.0),),
    "azimuth + lit wall": (("sun_azimuth", 0.0), ("lit_face", 0.0)),
    "direction": (("sun_direction", 0.0),),
    "two shadows, 2 h": (("shadow_length", 0.0), ("shadow_length", 7200.0)),
    "turn": (("shadow_turn", 0.0),),
    "track": (("shadow_track", 0.0),),
    "camera": (("camera_direction", 0.0),),
    "camera, heading": (("camera_heading", 0.0),),
    "sun up + clock + wall": (("sun_up", 0.0), ("clock", 0.0), ("lit_face", 0.0)),
    "shadow + clock": (("shadow_length", 0.0), ("clock", 0.0)),
}
"""Kinds of clue and their seconds after the scene's start."""


@dataclass(frozen=True)
class Setting:
    """What is known beforehand: ``tall_deg`` of latitude (0: the world), ``window_s`` of time (0:
    known to ``sigma_s``).
    """

    tall_deg: float
    window_s: float
    sigma_s: float = 0.0


SETTINGS: dict[str, Setting] = {
    "world, instant known": Setting(0.0, 0.0),
    "world, instant +-10 min": Setting(0.0, 0.0, 600.0),
    "world, one day": Setting(0.0, DAY_S),
    "world, a month": Setting(0.0, 30.0 * DAY_S),
    "a region, a year": Setting(6.0, 365.0 * DAY_S),
    "a place, ten years": Setting(0.02, 3652.0 * DAY_S),
}


@dataclass(frozen=True)
class Scene:
    """A question and its true answer; ``mismeasured`` says which clues are outliers."""

    document: Document
    lat_deg: float
    lon_deg: float
    unix_s: float
    seen_deg: float
    mix: str
    setting: str
    mismeasured: tuple[bool, ...] = field(default=())


def draw(
    rng: np.random.Generator,
    mix: str,
    setting: str,
    *,
    outliers: bool = True,
    wrong: Wrong | None = None,
    share: float = OUTLIER,
) -> Scene:
    """One scene of a mix of clues in a setting; ``share`` is every clue's outlier share."""
    while True:
        area, window = _prior(rng, SETTINGS[setting])
        for _ in range(2000):
            found = _try(
                rng, mix, setting, area, window, share if outliers else 0.0, wrong or Wrong()
            )
            if found is not None:
                return found


def _prior(
    rng: np.random.Generator, setting: Setting
) -> tuple[Document | str, tuple[float, float]]:
    start = round(float(rng.uniform(FIRST_S, LAST_S - setting.window_s)))
    window = (float(start), float(start) + setting.window_s)
    if setting.tall_deg == 0.0:
        return "world", window
    middle = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0))))
    south = float(np.clip(middle, -90.0, 90.0 - setting.tall_deg))
    wide = min(setting.tall_deg / max(float(np.cos(np.radians(south))), 0.05), 90.0)
    west = float(rng.uniform(-180.0, 180.0 - wide))
    return {
        "south": south,
        "west": west,
        "north": south + setting.tall_deg,
        "east": west + wide,
    }, window


def _try(
    rng: np.random.Generator,
    mix: str,
    name: str,
    area: Document | str,
    window: tuple[float, float],
    share: float,
    wrong: Wrong,
) -> Scene | None:
    where = bounds(area)
    setting = SETTINGS[name]
    ends = _sine_authalic(where.south_deg), _sine_authalic(where.north_deg)
    lat = _latitude(float(rng.uniform(*ends)))
    lon = float(rng.uniform(where.west_deg, where.east_deg))
    unix = round(float(rng.uniform(*window)), 3) if setting.window_s else window[0]

    def sun(offset_s: float) -> Sun:
        where = sun_topocentric(lat, lon, unix + offset_s)
        return Sun(float(where.azimuth_deg), float(where.elevation_deg))

    told = (
        unix + wrong.clock_s + (float(rng.normal()) * setting.sigma_s if setting.sigma_s else 0.0)
    )
    clues, flags = [], []
    for kind, offset in MIXES[mix]:
        flags.append(bool(share and rng.random() < share))
        made = _measure(kind, Drawing(rng, sun, offset, flags[-1], wrong), unix)
        if made is None or rng.random() >= made.chance:
            return None
        clue = {"kind": "camera_direction" if kind == "camera_heading" else kind, **made.fields}
        if share > OUTLIER:
            clue["outlier"] = share
        if setting.window_s:
            clue["offset_s"] = offset
        else:
            clue["at"] = rfc3339(from_unix_s(told + offset))
            clue["at_sigma_s"] = setting.sigma_s
        clues.append(clue)
    prior: Document = {"area": area}
    if setting.window_s:
        prior |= {
            "not_before": rfc3339(from_unix_s(window[0])),
            "not_after": rfc3339(from_unix_s(window[1])),
        }
    seen = sun(0.0).seen_deg
    return Scene({"prior": prior, "clue": clues}, lat, lon, unix, seen, mix, name, tuple(flags))


def _measure(kind: str, d: Drawing, unix: float) -> Measured | None:
    if kind == "clock":
        return clock_utc(d, unix)
    if kind in ("camera_direction", "camera_heading"):
        return camera_direction(d, heading=kind == "camera_heading")
    makers: dict[str, Callable[[Drawing], Measured | None]] = {
        "shadow_length": shadow_length,
        "sun_elevation": sun_elevation,
        "sun_azimuth": sun_azimuth,
        "sun_direction": sun_direction,
        "shadow_bearing": shadow_bearing,
        "lit_face": lit_face,
        "sun_up": sun_up,
        "shadow_turn": shadow_turn,
        "shadow_track": shadow_track,
    }
    return makers[kind](d)


def _sine_authalic(lat_deg: float) -> float:
    from noonmark.geometry.earth import authalic_from_geodetic_deg

    return float(np.sin(np.radians(authalic_from_geodetic_deg(lat_deg))))


def _latitude(sine: float) -> float:
    from noonmark.geometry.earth import geodetic_from_authalic_deg

    return float(geodetic_from_authalic_deg(np.degrees(np.arcsin(np.clip(sine, -1.0, 1.0)))))


def bounds(area: Document | str) -> PriorArea:
    """The rectangle that a prior's area names; the whole Earth for "world"."""
    if isinstance(area, str):
        return PriorArea()
    return PriorArea(area["south"], area["west"], area["north"], area["east"])


def compiled(
    document: Document, *, world: World | None = None
) -> tuple[Domain, list[CompiledClue], list[CompiledClue]]:
    """A document's domain, its clues as evidence, and the same without outlier share."""
    fields = [_fields(clue) for clue in document["clue"]]
    prior = document["prior"]
    ends = [
        None if prior.get(k) is None else unix_s(utc(prior[k])) for k in ("not_before", "not_after")
    ]
    setting = search_setup([moments(f) for f in fields], ends[0], ends[1], bounds(prior["area"]))
    clues = compile_all(fields, setting.moments, world)
    sound = compile_all(fields, setting.moments, world, outlier=0.0)
    return setting.domain, [*clues, *setting.clock], [*sound, *setting.clock]


def _fields(clue: Document) -> Any:
    """A clue's table as its dataclass; the reader of clue files does the same with more manners."""
    own = {
        k: v
        for k, v in clue.items()
        if k not in ("kind", "at", "at_sigma_s", "offset_s", "outlier", "note")
    }
    own = {k: _frozen(v) for k, v in own.items()}
    at = None if clue.get("at") is None else unix_s(utc(clue["at"]))
    # A series' own offsets hang on its first instant.
    when = Instant(at, float(clue.get("at_sigma_s", 0.0)), clue.get("offset_s"))
    return KINDS[clue["kind"]].fields(
        **own, common=Common(when=when, outlier=float(clue.get("outlier", 0.01)))
    )


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
