"""The probability that an answer gives to each fifteenth of 150 years, beside a fine reference.

    python benchmarks/long_windows.py [--quick]

The reference draws instants evenly over each fifteenth and places evenly over the ring where the sun
stands as high as the shadow says, and weighs them by the likelihood that the answer has at a point;
nothing of the search is in it. It goes on until each fifteenth holds enough effective points.
Aim: right to 1
point, or the answer says that it is rough. ``--quick`` asks the first question only. It exits 1
where the aim is missed.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from whole_answer import AZIMUTH, SHADOW

from noonmark.actions.answers import locate
from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.geometry.earth import geodetic_from_authalic_deg
from noonmark.geometry.sun import subsolar
from noonmark.inference.posterior import Posterior

PARTS = 15
AIM = 0.01
EFFECTIVE = 700.0
"""Effective points of the reference in each part: its error is then 0.25 points of 6.7."""
MOST_LOTS = 400
LOT = 60_000
HEIGHTS_DEG = (56.0, 71.0)
"""How high the sun stands, with all errors: the shadow says 63.4 degrees."""

YEARS = {"not_before": "1900-01-01T00:00:00Z", "not_after": "2050-01-01T00:00:00Z"}
QUESTIONS = {
    "land, a shadow and an azimuth": {
        "clue": [SHADOW, AZIMUTH],
        "prior": {**YEARS, "area": "land"},
    },
    "land, a shadow": {"clue": [SHADOW], "prior": {**YEARS, "area": "land"}},
}


def told(answer: Posterior) -> Floats:
    """The probability of each part of the window in the time marginal, (PARTS,)."""
    domain = answer.domain
    edges_s = domain.start_s - domain.first_s + np.linspace(0.0, domain.length_s, PARTS + 1)
    return answer.times.resampled(edges_s / DAY_S, answer.times.columns[[0, -1]])[:, 0]


def reference(answer: Posterior, rng: np.random.Generator) -> tuple[Floats, float]:
    """The probability of each part by Monte Carlo (PARTS,), and its largest error."""
    domain = answer.domain
    sums, squares = np.zeros(PARTS), np.zeros(PARTS)
    part = np.arange(LOT) % PARTS
    for _ in range(MOST_LOTS):
        unix_s = domain.start_s + (part + rng.random(LOT)) / PARTS * domain.length_s
        lat_deg, lon_deg = below_the_sun(unix_s, rng)
        kept = np.flatnonzero(answer.admits(lat_deg, lon_deg, unix_s))
        weight = np.exp(answer.log_likelihood_at(lat_deg[kept], lon_deg[kept], unix_s[kept]))
        sums += np.bincount(part[kept], weight, PARTS)
        squares += np.bincount(part[kept], weight**2, PARTS)
        if (sums**2 >= EFFECTIVE * squares).all():
            break
    shares = sums / sums.sum()
    return shares, float((shares * np.sqrt(squares) / sums).max())


def below_the_sun(unix_s: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Places (n,) drawn evenly by area where the sun stands as high as the shadow says."""
    greenwich_deg, declination_deg, _ = subsolar(unix_s)
    sun_lat = np.radians(declination_deg)
    height = rng.uniform(*np.sin(np.radians(HEIGHTS_DEG)), unix_s.size)
    across = np.sqrt(1.0 - height**2)
    bearing = rng.uniform(0.0, 2.0 * np.pi, unix_s.size)
    sine = np.sin(sun_lat) * height + np.cos(sun_lat) * across * np.cos(bearing)
    turn = np.arctan2(np.sin(bearing) * across * np.cos(sun_lat), height - np.sin(sun_lat) * sine)
    lat_deg = geodetic_from_authalic_deg(np.degrees(np.arcsin(sine)))
    return lat_deg, (np.degrees(turn) - greenwich_deg + 180.0) % 360.0 - 180.0


def right(name: str, document: dict[str, object]) -> bool:
    """Whether one answer is right to the aim or says that it is rough; its line is printed."""
    begun = time.process_time()
    answer = locate(document).posterior
    found = told(answer)
    spent = time.process_time() - begun
    expected, error = reference(answer, np.random.default_rng(1))
    worst = float(np.abs(found - expected).max())
    print(
        f"{name}: {found.min():.2%} to {found.max():.2%}, reference {expected.min():.2%} to "
        f"{expected.max():.2%} (its error {100 * error:.2f} points); off by at most "
        f"{100 * worst:.2f} points; {answer.rough or 'not said to be rough'}; {spent:.1f} CPU s"
    )
    return worst <= AIM or answer.rough is not None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    asked = list(QUESTIONS.items())[: 1 if options.quick else None]
    found = [right(name, document) for name, document in asked]
    print(f"aim: {100 * AIM:g} point, or said to be rough")
    sys.exit(0 if all(found) else 1)


if __name__ == "__main__":
    main()
