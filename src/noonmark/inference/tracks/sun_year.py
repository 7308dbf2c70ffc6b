"""The sun over a year: declination and the day's own pace by the phase of the year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.sun import subsolar

YEAR_S = 365.2422 * DAY_S
"""The tropical year: at one phase of it the declination is the same in every year."""

TURN = 2.0 * np.pi
EARTH_RAD_PER_S = TURN / DAY_S
"""How fast the mean sun turns about the pole."""

_STEPS_A_DAY = 20


@dataclass(frozen=True)
class SunYear:
    """The sun by the phase of the year, an angle [rad] that is 0 at ``start_s`` [POSIX s].

    Tables over one year, (n,), the last node at the phase 2 pi:

    - ``declination`` [rad];
    - ``drift``: its rate [rad/s];
    - ``pace``: how much faster than the mean sun the sun turns about the pole, as a share.
    """

    start_s: float
    declination: Floats
    drift: Floats
    pace: Floats

    def phase(self, unix_s: float) -> float:
        """The phase of an instant [rad], counted on from year to year."""
        return TURN * (unix_s - self.start_s) / YEAR_S

    def unix_s(self, phase: Floats) -> Floats:
        """The instant [POSIX s] of a phase that is counted on from year to year, (n,)."""
        return self.start_s + phase * (YEAR_S / TURN)

    def greenwich_deg(self, unix_s: Floats) -> Floats:
        """The Greenwich hour angle of the sun [deg] at instants [POSIX s], (n,)."""
        return subsolar(unix_s, margin=True)[0]

    def at(self, phase: Floats) -> tuple[Floats, Floats, Floats]:
        """Declination [rad], its drift [rad/s] and the pace at any phase [rad], (n,) each."""
        nodes = self.declination.size - 1
        position = phase * (nodes / TURN)
        position = position - nodes * np.floor(position / nodes)
        index = np.minimum(position.astype(np.intp), nodes - 1)
        after = position - index

        def between(table: Floats) -> Floats:
            first = table.take(index)
            return np.asarray(first + after * (table.take(index + 1) - first))

        return between(self.declination), between(self.drift), between(self.pace)


def sun_year(start_s: float) -> SunYear:
    """The tables of the year that begins at an instant [POSIX s].

    **Accuracy**: five years away the declination at the same phase is the same to 0.005 deg (the
    moon and the planets pull the Earth by so much; ``tests/inference/test_tracks.py``).
    """
    unix_s = start_s + np.linspace(0.0, YEAR_S, round(YEAR_S / DAY_S * _STEPS_A_DAY) + 1)
    hour_angle_deg, declination_deg, _ = subsolar(unix_s, margin=True)
    mean = EARTH_RAD_PER_S * (unix_s - start_s)
    equation = np.unwrap(np.radians(hour_angle_deg) - mean)
    declination = np.radians(declination_deg)
    return SunYear(
        start_s=start_s,
        declination=declination,
        drift=np.gradient(declination, unix_s),
        pace=np.gradient(equation, unix_s) / EARTH_RAD_PER_S,
    )
