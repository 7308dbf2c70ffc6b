"""One row for each kind of clue: all that differs between kinds, and that others ask of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from noonmark.inference.clues import (
    area,
    body_direction,
    calendar_date,
    camera_direction,
    candidates,
    clock,
    daylight,
    lit_face,
    moon_phase,
    moon_tilt,
    moon_up,
    places,
    ray,
    ridge,
    shade_line,
    shadow_bearing,
    shadow_length,
    shadow_track,
    shadow_turn,
    sun_azimuth,
    sun_direction,
    sun_elevation,
    sun_meridian,
    window,
)
from noonmark.inference.clues.area import Areas
from noonmark.inference.clues.common import CompiledClue, Moment
from noonmark.inference.clues.spec import FieldProblem, Instant
from noonmark.inference.clues.zone_table import ZoneTable
from noonmark.inference.search.domain import Domain

FINEST_SIGMA_DEG = 0.01
"""An angle of the sun cannot be measured better than this through the air."""


@dataclass(frozen=True)
class World:
    """What some kinds must be told: the map of time zones, masks of areas, the prior's domain.

    Without a domain the prior is the whole Earth.
    """

    zones: ZoneTable | None = None
    areas: Areas | None = None
    domain: Domain | None = None


Compile = Callable[[Any, int, tuple[Moment, ...], World], CompiledClue]
WorldNeed = Literal["nothing", "zones", "areas"]
Window = tuple[float | None, float | None]


def _no_problems(clue: Any) -> list[FieldProblem]:
    """Nothing: any fields inside their limits go together."""
    return []


def _own_instant(clue: Any) -> tuple[Instant, ...]:
    """The one instant of a clue, as its common part gives it."""
    instant: Instant = clue.common.when
    return (instant,)


def _fine_sigmas(clue: Any, where: str) -> Iterator[str]:
    """Errors of the sun's direction too small to be true."""
    for name in ("sigma_deg", "elevation_sigma_deg"):
        sigma = getattr(clue, name, None)
        if sigma is not None and sigma < FINEST_SIGMA_DEG:
            yield f"{where}.{name}: {sigma:g} deg is finer than the air lets anyone measure the sun"


@dataclass(frozen=True)
class ClueKind:
    """One row.

    - ``fields``: the dataclass whose fields, with their limits, the reader of clue files, the JSON
      Schema and the pages of docs/clues follow.
    - ``compile``: turns a clue into evidence at its instants.
    - ``problems``: what the fields of a clue can't mean together.
    - ``moments``: the instants of a clue.
    - ``warnings``: what is possible but odd, each text with the path of the clue that is given.
    - ``needs``: what of the :class:`World` ``compile`` asks for.
    - ``timeless``: whether the kind is seen at no instant, so that it neither gives nor asks for a
      time.
    - ``window_s``: for a kind that bounds the scene's start, the bounds [POSIX seconds] of a clue.
    """

    fields: type
    compile: Compile
    problems: Callable[[Any], list[FieldProblem]] = _no_problems
    moments: Callable[[Any], tuple[Instant, ...]] = _own_instant
    warnings: Callable[[Any, str], Iterator[str]] = _fine_sigmas
    needs: WorldNeed = "nothing"
    timeless: bool = False
    window_s: Callable[[Any], Window] | None = None


def _single(compile_clue: Callable[[Any, int, Moment], CompiledClue]) -> Compile:
    """The compile function of a kind that is seen at one instant."""
    return lambda clue, index, moments, world: compile_clue(clue, index, moments[0])


def _several(compile_clue: Callable[[Any, int, tuple[Moment, ...]], CompiledClue]) -> Compile:
    """The compile function of a kind that is seen at several instants."""
    return lambda clue, index, moments, world: compile_clue(clue, index, moments)


def _area(clue: area.Area, index: int, moments: tuple[Moment, ...], world: World) -> CompiledClue:
    """An area, which needs masks."""
    if world.areas is None:
        raise ValueError("an area clue needs masks of areas")
    return area.compile_clue(clue, index, moments[0], world.areas)


def _clock(
    clue: clock.ClockClue, index: int, moments: tuple[Moment, ...], world: World
) -> CompiledClue:
    """A clock, which may need the map of time zones."""
    return clock.compile_clue(clue, index, moments[0], world.zones)


def _places(
    clue: places.Places, index: int, moments: tuple[Moment, ...], world: World
) -> CompiledClue:
    """Places, beside "none of them" spread over the prior."""
    return places.compile_clue(clue, index, world.domain)


def _date(
    clue: calendar_date.DateClue,
    index: int,
    moments: tuple[Moment, ...],
    world: World,
) -> CompiledClue:
    """A date, on the clocks of the map of time zones."""
    return calendar_date.compile_clue(clue, index, moments[0], world.zones)


_ROWS = (
    ClueKind(
        shadow_length.ShadowLength,
        _single(shadow_length.compile_clue),
        shadow_length.problems,
        warnings=shadow_length.warnings,
    ),
    ClueKind(sun_elevation.SunElevation, _single(sun_elevation.compile_clue)),
    ClueKind(sun_azimuth.SunAzimuth, _single(sun_azimuth.compile_clue)),
    ClueKind(
        sun_direction.SunDirection, _single(sun_direction.compile_clue), sun_direction.problems
    ),
    ClueKind(sun_meridian.SunMeridian, _single(sun_meridian.compile_clue)),
    ClueKind(shadow_bearing.ShadowBearing, _single(shadow_bearing.compile_clue)),
    ClueKind(
        shadow_turn.ShadowTurn,
        _several(shadow_turn.compile_clue),
        shadow_turn.problems,
        shadow_turn.moments,
    ),
    ClueKind(
        shadow_track.ShadowTrack,
        _several(shadow_track.compile_clue),
        shadow_track.problems,
        shadow_track.moments,
    ),
    ClueKind(
        camera_direction.CameraDirection,
        _several(camera_direction.compile_clue),
        camera_direction.problems,
        camera_direction.moments,
    ),
    ClueKind(ray.Ray, _single(ray.compile_clue), ray.problems, warnings=ray.warnings),
    ClueKind(lit_face.LitFace, _single(lit_face.compile_clue)),
    ClueKind(daylight.SunUp, _single(daylight.compile_sun_up)),
    ClueKind(daylight.Twilight, _single(daylight.compile_twilight), daylight.problems),
    ClueKind(daylight.Night, _single(daylight.compile_night)),
    ClueKind(
        body_direction.BodyDirection,
        _single(body_direction.compile_clue),
        body_direction.problems,
    ),
    ClueKind(moon_phase.MoonPhaseClue, _single(moon_phase.compile_clue), moon_phase.problems),
    ClueKind(moon_tilt.MoonTilt, _single(moon_tilt.compile_clue)),
    ClueKind(moon_up.MoonUp, _single(moon_up.compile_clue)),
    ClueKind(
        window.Window,
        _single(window.compile_clue),
        window.problems,
        timeless=True,
        window_s=window.window_s,
    ),
    ClueKind(clock.ClockClue, _clock, needs="zones"),
    ClueKind(calendar_date.DateClue, _date, calendar_date.problems, needs="zones"),
    ClueKind(area.Area, _area, needs="areas", timeless=True),
    ClueKind(ridge.SunClearsRidge, _single(ridge.compile_crossing), ridge.problems),
    ClueKind(ridge.SunLeavesRidge, _single(ridge.compile_crossing), ridge.problems),
    ClueKind(ridge.InTerrainShade, _single(ridge.compile_shade), ridge.problems),
    ClueKind(shade_line.ShadeLine, _single(shade_line.compile_clue), shade_line.problems),
    ClueKind(places.Places, _places, places.problems, timeless=True),
    ClueKind(
        candidates.Candidates,
        _single(candidates.compile_clue),
        candidates.problems,
        timeless=True,
    ),
)

KINDS: dict[str, ClueKind] = {row.fields.kind: row for row in _ROWS}  # type: ignore[attr-defined]


def kind_of(clue: Any) -> ClueKind:
    """The row of a clue's kind: all that others may ask of the kind."""
    return KINDS[clue.kind]


def moments(clue: Any) -> tuple[Instant, ...]:
    """The instants at which a clue was seen: one, or as many as it has shadows or frames."""
    return kind_of(clue).moments(clue)


def compile_one(
    clue: Any,
    index: int,
    at: Moment | Sequence[Moment],
    world: World | None = None,
    *,
    outlier: float | None = None,
) -> CompiledClue:
    """A clue as evidence at its instants; ``outlier`` overrides its outlier share."""
    if outlier is not None:
        clue = replace(clue, common=replace(clue.common, outlier=outlier))
    instants = (at,) if isinstance(at, Moment) else tuple(at)
    return kind_of(clue).compile(clue, index, instants, world or World())


def compile_all(
    clues: Sequence[Any],
    at: Sequence[Sequence[Moment]],
    world: World | None = None,
    *,
    outlier: float | None = None,
) -> list[CompiledClue]:
    """Every clue of a question as evidence, in order; ``at`` gives each clue's instants."""
    pairs = zip(clues, at, strict=True)
    return [
        compile_one(clue, i, when, world, outlier=outlier) for i, (clue, when) in enumerate(pairs)
    ]
