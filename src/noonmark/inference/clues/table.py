"""Every kind of clue: its fields, how it is compiled, and what it needs to know of the world."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from noonmark.inference.clues import (
    area,
    camera_direction,
    candidates,
    clock,
    daylight,
    lit_face,
    shadow_bearing,
    shadow_length,
    shadow_track,
    shadow_turn,
    sun_azimuth,
    sun_direction,
    sun_elevation,
    window,
)
from noonmark.inference.clues.area import Areas
from noonmark.inference.clues.clock import ZoneTable
from noonmark.inference.clues.common import Moment, Sounding
from noonmark.inference.clues.spec import Instant, Trouble


@dataclass(frozen=True)
class World:
    """What some kinds must be told of the Earth: the map of time zones, and masks of areas."""

    zones: ZoneTable | None = None
    areas: Areas | None = None


Compile = Callable[[Any, int, tuple[Moment, ...], World], Sounding]


@dataclass(frozen=True)
class Kind:
    """One row. ``problems`` says what fields can't mean together; ``moments`` lists a clue's instants."""

    fields: type
    compile: Compile
    problems: Callable[[Any], list[Trouble]] | None = None
    moments: Callable[[Any], tuple[Instant, ...]] | None = None
    needs: str = "nothing"


def _single(compile_clue: Callable[[Any, int, Moment], Sounding]) -> Compile:
    return lambda clue, index, moments, world: compile_clue(clue, index, moments[0])


def _several(compile_clue: Callable[[Any, int, tuple[Moment, ...]], Sounding]) -> Compile:
    return lambda clue, index, moments, world: compile_clue(clue, index, moments)


def _area(clue: area.Area, index: int, moments: tuple[Moment, ...], world: World) -> Sounding:
    if world.areas is None:
        raise ValueError("an area clue needs masks of areas")
    return area.compile_clue(clue, index, moments[0], world.areas)


def _clock(clue: clock.Clock, index: int, moments: tuple[Moment, ...], world: World) -> Sounding:
    return clock.compile_clue(clue, index, moments[0], world.zones)


_ROWS = (
    Kind(shadow_length.ShadowLength, _single(shadow_length.compile_clue)),
    Kind(sun_elevation.SunElevation, _single(sun_elevation.compile_clue)),
    Kind(sun_azimuth.SunAzimuth, _single(sun_azimuth.compile_clue)),
    Kind(sun_direction.SunDirection, _single(sun_direction.compile_clue), sun_direction.problems),
    Kind(shadow_bearing.ShadowBearing, _single(shadow_bearing.compile_clue)),
    Kind(
        shadow_turn.ShadowTurn,
        _several(shadow_turn.compile_clue),
        shadow_turn.problems,
        shadow_turn.moments,
    ),
    Kind(
        shadow_track.ShadowTrack,
        _several(shadow_track.compile_clue),
        shadow_track.problems,
        shadow_track.moments,
    ),
    Kind(
        camera_direction.CameraDirection,
        _several(camera_direction.compile_clue),
        camera_direction.problems,
        camera_direction.moments,
    ),
    Kind(lit_face.LitFace, _single(lit_face.compile_clue)),
    Kind(daylight.SunUp, _single(daylight.compile_sun_up)),
    Kind(daylight.Twilight, _single(daylight.compile_twilight), daylight.problems),
    Kind(daylight.Night, _single(daylight.compile_night)),
    Kind(window.Window, _single(window.compile_clue), window.problems),
    Kind(clock.Clock, _clock, needs="zones"),
    Kind(area.Area, _area, needs="areas"),
    Kind(candidates.Candidates, _single(candidates.compile_clue), candidates.problems),
)

KINDS: dict[str, Kind] = {row.fields.kind: row for row in _ROWS}  # type: ignore[attr-defined]


def moments(clue: Any) -> tuple[Instant, ...]:
    """The instants at which a clue was seen: one, or as many as it has shadows or frames."""
    found = KINDS[clue.kind].moments
    return (clue.common.when,) if found is None else found(clue)


def compile_one(
    clue: Any,
    index: int,
    at: Moment | Sequence[Moment],
    world: World | None = None,
    *,
    outlier: float | None = None,
) -> Sounding:
    """A clue as evidence at its instants; ``outlier`` overrides its outlier share."""
    if outlier is not None:
        clue = replace(clue, common=replace(clue.common, outlier=outlier))
    instants = (at,) if isinstance(at, Moment) else tuple(at)
    return KINDS[clue.kind].compile(clue, index, instants, world or World())


def compile_all(
    clues: Sequence[Any],
    at: Sequence[Sequence[Moment]],
    world: World | None = None,
    *,
    outlier: float | None = None,
) -> list[Sounding]:
    """Every clue of a question as evidence, in order; ``at`` gives each clue's instants."""
    pairs = zip(clues, at, strict=True)
    return [compile_one(clue, i, when, world, outlier=outlier) for i, (clue, when) in enumerate(pairs)]
