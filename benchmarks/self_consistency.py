"""Whether what is said of an answer agrees with itself, on random questions.

    python benchmarks/self_consistency.py [--questions 500] [--seed 1] [--quick]

Places given or not, over 180 degrees and round the poles; times given or not, in windows of an
instant to ten years. Of each answer: best points and instants in their own pieces, spans in the
region's, areas in order, the length of the printed spans, the level of a truth from 4,000 draws
and from 20,000, and draws against masses. Exit 1 where a property fails.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np

from noonmark import actions
from noonmark.actions.answer_forms import Answer, answer_json
from noonmark.errors import InputError
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.instants import common, holds, length_s
from noonmark.values import from_unix_s, rfc3339, unix_s

WINDOWS_S = (0.0, 6 * 3600.0, 86400.0, 30 * 86400.0, 365.25 * 86400.0, 3652.0 * 86400.0)
SITES = ("anywhere", "pole", "date line")
SLACK_S = 2e-3


@dataclass
class Tally:
    """How often each property held, and the questions where it did not."""

    held: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    asked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failed: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def tick(self, name: str, number: int, *, ok: bool) -> None:
        """Count one judgement of a property."""
        self.asked[name] += 1
        self.held[name] += ok
        if not ok:
            self.failed[name].append(number)


def question(rng: np.random.Generator) -> tuple[dict[str, Any], tuple[float, float, float]]:
    """A clue document and its truth: latitude, longitude [deg] and POSIX seconds, sun up."""
    site = SITES[int(rng.integers(len(SITES)))]
    while True:
        lat = float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0))))
        lon = float(rng.uniform(-180.0, 180.0))
        if site == "pole":
            lat = float(np.sign(rng.uniform(-1.0, 1.0)) * rng.uniform(84.0, 89.9))
        elif site == "date line":
            lon = float((180.0 + rng.uniform(-3.0, 3.0) + 180.0) % 360.0 - 180.0)
        at_s = float(rng.uniform(unix_s(datetime.fromisoformat("1950-01-01T00:00Z")), 1.7e9))
        sun = sun_topocentric(lat, lon, at_s)
        if 4.0 < float(sun.elevation_deg) < 80.0:
            break
    window_s = WINDOWS_S[int(rng.integers(len(WINDOWS_S)))]
    place_given = bool(rng.random() < 0.5) or window_s > 40 * 86400.0
    radius_km = (
        float(rng.choice([1.0, 10.0])) if place_given else float(rng.choice([500.0, 3000.0]))
    )
    start_s = at_s - window_s * float(rng.random())
    clues = [
        {
            "kind": "sun_elevation",
            "elevation_deg": float(sun.elevation_deg) + float(rng.normal()),
            "sigma_deg": 1.0,
        }
    ]
    if rng.random() < 0.5:
        azimuth = (float(sun.azimuth_deg) + 2.0 * float(rng.normal())) % 360.0
        clues.append({"kind": "sun_azimuth", "azimuth_deg": azimuth, "sigma_deg": 2.0})
    area = {"lat_deg": lat, "lon_deg": lon, "radius_km": radius_km}
    prior: dict[str, Any] = {"area": area}
    if window_s:
        prior["not_before"] = rfc3339(from_unix_s(start_s))
        prior["not_after"] = rfc3339(from_unix_s(start_s + window_s))
    else:
        clues = [{**clue, "at": rfc3339(from_unix_s(at_s))} for clue in clues]
    truth = (lat, lon, unix_s(datetime.fromisoformat(rfc3339(from_unix_s(at_s)))))
    return {"prior": prior, "clue": clues}, truth


def instants_of(pairs: list[list[str]]) -> Any:
    """Pairs of RFC 3339 texts as intervals of POSIX seconds."""
    ends = [[unix_s(datetime.fromisoformat(text)) for text in pair] for pair in pairs]
    return np.array(ends).reshape(-1, 2)


def judge_modes(tally: Tally, number: int, told: dict[str, Any]) -> None:
    """Each mode against itself and against the region."""
    region = told["credible"]["0.9"]
    region_set = instants_of(region["utc"])
    for mode in told["modes"]:
        own = instants_of(mode["utc_spans"])
        at = np.array([unix_s(datetime.fromisoformat(mode["utc"]))])
        if own.size:
            ok = bool(holds(own, at, slack_s=SLACK_S)[0])
            tally.tick("instant in a span of its own", number, ok=ok)
        if own.size and region_set.size:
            outside_s = length_s(own) - length_s(common(own, region_set))
            small = max(0.01 * length_s(own), 2.0)
            tally.tick("mode's spans in the region's", number, ok=outside_s <= small)
        fits = mode["area_km2"] <= region["area_km2"] * 1.0001
        tally.tick("mode's area in the region's", number, ok=fits)


def judge_regions(tally: Tally, number: int, told: dict[str, Any], answer: Answer) -> None:
    """The regions among themselves, against the prior and against the set that was found."""
    areas = [region["area_km2"] for region in told["credible"].values()]
    prior_km2 = answer.summary.prior_km2 * 1.005
    tally.tick("areas in order", number, ok=sorted(areas) == areas and areas[-1] <= prior_km2)
    for region in told["credible"].values():
        if region["hours"] == 0.0:
            continue
        if region["utc"]:
            listed = length_s(instants_of(region["utc"])) / 3600.0
            ok = abs(listed / region["hours"] - 1.0) <= 0.05
            tally.tick("listed spans as long as the set", number, ok=ok)
        else:
            within = all(band["within"] for band in region["bands"])
            tally.tick("unlisted spans are told as within", number, ok=within)
    mass = sum(mode["mass"] for mode in told["modes"]) + told["elsewhere"]["mass"]
    tally.tick("masses make up the region", number, ok=0.88 <= mass <= 1.0001)


def judge_draws(
    tally: Tally, number: int, answer: Answer, truth: tuple[float, float, float]
) -> None:
    """Draws against masses, and the level of the truth from more of them."""
    rng = np.random.default_rng(number)
    many = answer.posterior.sample(20_000, rng=rng)
    few = answer.posterior.truth(*truth, answer.draws).level
    level = answer.posterior.truth(*truth, many).level
    tally.tick("level from 20,000 draws within 3 points", number, ok=abs(level - few) <= 0.03)
    for mode in answer.posterior.modes[:2]:
        inside = holds(mode.instants, many.unix_s, slack_s=1.0).mean()
        tally.tick("draws in a mode's spans", number, ok=inside >= mode.mass - 0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--questions", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="30 questions")
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    tally, refused, began = Tally(), 0, time.process_time()
    for number in range(30 if options.quick else options.questions):
        document, truth = question(rng)
        try:
            answer = actions.locate(json.dumps(document).encode())
        except InputError:
            refused += 1
            continue
        told = answer_json(answer)
        judge_modes(tally, number, told)
        judge_regions(tally, number, told, answer)
        judge_draws(tally, number, answer, truth)
    for name, asked in tally.asked.items():
        where = f"   not in {tally.failed[name][:6]}" if tally.failed[name] else ""
        print(f"{name:<42}{tally.held[name]:>6} of {asked}{where}")
    print(f"{refused} questions refused; {time.process_time() - began:.0f} CPU s")
    share = min(tally.held[name] / asked for name, asked in tally.asked.items())
    sys.exit(0 if share >= 0.98 else 1)


if __name__ == "__main__":
    main()
