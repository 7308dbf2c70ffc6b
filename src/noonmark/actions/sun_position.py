"""Where the sun stood over a place at an instant, and what clocks there showed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from noonmark.errors import InputError
from noonmark.values import Place, as_utc, unix_s


@dataclass(frozen=True)
class LocalTime:
    """An instant as a clock in an IANA zone shows it, RFC 3339 with its offset."""

    zone: str
    time: str


@dataclass(frozen=True)
class SunAnswer:
    """The sun over one place at one instant.

    ``accuracy_deg`` is one standard deviation of the elevation. ``disc`` says how much of the sun
    stands above a level horizon: "up", "part" or "down".
    """

    utc: datetime
    azimuth_deg: float
    elevation_deg: float
    airless_elevation_deg: float
    accuracy_deg: float
    disc: str
    local: tuple[LocalTime, ...]


def sun_at(
    place: Place,
    instant: datetime,
    *,
    altitude_m: float = 0.0,
    pressure_hpa: float | None = None,
    temperature_c: float | None = None,
) -> SunAnswer:
    """The sun's azimuth and elevation [deg] from ``place`` at ``instant``.

    Air left out is that of the standard atmosphere at ``altitude_m``.
    """
    from noonmark.geometry.sun import elevation_sigma_deg, sun_topocentric

    _within("altitude", altitude_m, -500.0, 20_000.0, "m")
    _within("pressure", pressure_hpa, 0.0, 1_200.0, "hPa")
    _within("temperature", temperature_c, -120.0, 70.0, "deg C")
    seen = sun_topocentric(
        place.lat_deg,
        place.lon_deg,
        unix_s(instant),
        altitude_m=altitude_m,
        pressure_hpa=pressure_hpa,
        temperature_c=temperature_c,
    )
    elevation_deg = float(seen.elevation_deg)
    return SunAnswer(
        utc=as_utc(instant),
        azimuth_deg=float(seen.azimuth_deg),
        elevation_deg=elevation_deg,
        airless_elevation_deg=float(seen.airless_elevation_deg),
        accuracy_deg=float(elevation_sigma_deg(elevation_deg)),
        disc=_disc(elevation_deg, unix_s(instant)),
        local=local_times(place, instant),
    )


def _disc(elevation_deg: float, at_s: float) -> str:
    """How much of the sun stands above the horizon, its centre seen at an elevation [deg]."""
    from noonmark.geometry.sun import subsolar
    from noonmark.geometry.sun_events import semidiameter_deg

    half_deg = float(semidiameter_deg(subsolar(at_s)[2]))
    if elevation_deg >= half_deg:
        return "up"
    return "part" if elevation_deg > -half_deg else "down"


def local_times(place: Place, instant: datetime) -> tuple[LocalTime, ...]:
    """What clocks at ``place`` show at ``instant``, in every zone in use there."""
    from noonmark.world import zones

    found = zones.local_times(place.lat_deg, place.lon_deg, unix_s(instant))
    return tuple(LocalTime(zone, time) for zone, time in found)


def clock_name(zone: str, instant: datetime) -> str:
    """Whose clock a local time is of: the IANA zone, for people.

    "UTC+4 at sea" for the nautical zones, whose names have the opposite sign; before a zone's
    first rule the mean time of the place.
    """
    from noonmark.report import instant_words
    from noonmark.world.offsets import keeps_mean_time

    at_s = unix_s(instant)
    if keeps_mean_time(zone, at_s) or zone.startswith("Etc/GMT"):
        return instant_words.clock_name(zone, at_s)
    return zone


def _within(what: str, value: float | None, low: float, high: float, unit: str) -> None:
    if value is not None and not low <= value <= high:
        raise InputError(
            f"{what}: expected a number from {low:g} to {high:g} {unit}, got {value:g}",
            code="out-of-range",
            hint=f"{what} in {unit}",
        )
