"""True and false claims through ``check``: how often a true one is doubted, how often a false one
is found.

    python benchmarks/claims.py [--scenes 1000] [--seed 2]

True claims are the scenes' own place and instant. False ones put the same clues where the sun
stands at least 10 deg higher or lower (for clues of elevation) or at least 10 deg away on the sky
(for clues of direction).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

# "testkit" lies beside this folder, not in the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from noonmark.geometry.directions import enu_from_azel
from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.check import INCONSISTENT_P, STRAINED_P, judge
from noonmark.inference.claims import claim_within
from noonmark.values import Place
from testkit.clue_scenes import MIXES, Document, Scene, compiled, draw

SETTING = "world, instant known"
DIRECTIONS = {"shadow + bearing", "direction", "camera, heading"}
OTHERS = (
    "shadow + bearing",
    "direction",
    "camera, heading",
    "two shadows, 2 h",
    "elevation",
    "turn",
)


def verdict(scene: Scene, lat: float, lon: float) -> str:
    domain, clues, sound = compiled(scene.document)
    claim = claim_within(domain, Place(lat, lon), 0.0, scene.unix_s, scene.unix_s)
    return judge(claim.domain, clues, sound).word


def one_shadow(rng: np.random.Generator) -> Scene:
    """One shadow of 2 % sigmas, slope and lean of 1 deg, the sun at 5 to 80 deg, never mismeasured."""
    while True:
        scene = draw(rng, "shadow", SETTING, outliers=False)
        if not 5.0 <= scene.seen_deg <= 80.0:
            continue
        clue: Document = dict(scene.document["clue"][0])
        q = np.tan(np.radians(scene.seen_deg)) - rng.normal() * np.tan(np.radians(1.0))
        if q <= 0.0:
            continue
        clean = 10.0 / q + 10.0 * rng.normal() * np.tan(np.radians(1.0))
        length = clean * (1.0 + 0.02 * rng.normal()) + 0.2 * rng.normal() / q
        if length <= 0.0:
            continue
        clue |= {
            "height": 10.0,
            "height_sigma": 0.2,
            "length": float(length),
            "length_sigma": float(0.02 * length),
        }
        clue |= {"slope_sigma_deg": 1.0, "lean_sigma_deg": 1.0}
        document = {**scene.document, "clue": [clue]}
        return Scene(
            document,
            scene.lat_deg,
            scene.lon_deg,
            scene.unix_s,
            scene.seen_deg,
            scene.mix,
            scene.setting,
        )


def elsewhere(rng: np.random.Generator, scene: Scene, *, direction: bool) -> tuple[float, float]:
    """A random place in daylight whose sun, at the same instant, is at least 10 deg off."""
    true = sun_topocentric(scene.lat_deg, scene.lon_deg, scene.unix_s)
    while True:
        lat, lon = (
            float(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0)))),
            float(rng.uniform(-180.0, 180.0)),
        )
        sun = sun_topocentric(lat, lon, scene.unix_s)
        if sun.elevation_deg <= 0.0:
            continue
        apart = abs(float(sun.elevation_deg - true.elevation_deg))
        if direction:
            both = [enu_from_azel(s.azimuth_deg, s.elevation_deg) for s in (sun, true)]
            apart = float(np.degrees(np.arccos(np.clip(both[0] @ both[1], -1.0, 1.0))))
        if apart >= 10.0:
            return lat, lon


def shares(words: list[str]) -> tuple[float, float]:
    found = np.array(words)
    return float((found != "consistent").mean()), float((found == "inconsistent").mean())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    print(f"{'':44} {'n':>5}  strained or worse  inconsistent")
    fine = True
    scenes = [one_shadow(rng) for _ in range(options.scenes)]
    fine &= row("true, one shadow of 2 %", [verdict(s, s.lat_deg, s.lon_deg) for s in scenes])
    false = [verdict(s, *elsewhere(rng, s, direction=False)) for s in scenes]
    print_row("false by 10 deg or more, one shadow of 2 %", false)
    fine &= shares(false)[0] > 0.99
    for mix in OTHERS:
        assert mix in MIXES
        some = [draw(rng, mix, SETTING, outliers=False) for _ in range(options.scenes // 4)]
        fine &= row(f"true, {mix}", [verdict(s, s.lat_deg, s.lon_deg) for s in some])
        away = [verdict(s, *elsewhere(rng, s, direction=mix in DIRECTIONS)) for s in some]
        print_row(f"false by 10 deg or more, {mix}", away)
    print("PASS" if fine else "FAIL")
    sys.exit(0 if fine else 1)


def print_row(name: str, words: list[str]) -> None:
    doubted, refused = shares(words)
    print(
        f"{name:44} {len(words):5d}  {100 * doubted:16.1f} %  {100 * refused:10.1f} %", flush=True
    )


def row(name: str, words: list[str]) -> bool:
    """Print a row of true claims; whether its alarms are at most the printed rates (and what chance
    adds).
    """
    print_row(name, words)
    n = len(words)
    pairs = zip(shares(words), (STRAINED_P, INCONSISTENT_P), strict=True)
    return all(found <= p + 3.0 * np.sqrt(p * (1.0 - p) / n) + 1e-9 for found, p in pairs)


if __name__ == "__main__":
    main()
