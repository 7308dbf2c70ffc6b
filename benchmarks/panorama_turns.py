"""Turns between things measured from made pans: how often the 90 % range holds the true turn.

    python benchmarks/panorama_turns.py [--quick] [--pans N] [--walks N] [--seed N]

Each clip is filmed in a drawn town (testkit/made_pan.py): a sweep of 30 to 200 deg at 50 to 75 deg
of view, held by hand an arm's length before the body, rows read one after the other, a lens that
bends, an exposure that wanders, noise, things that drive past, H.264. Five things 8 to 90 m away are
marked with clicks off by 1.5 px; their distances are not given. In the walks the camera goes 0.5 to
1.4 m/s meanwhile: those must be refused. Exit 1 where the range holds under 80 % of the turns, or
under 90 % of the walks are refused.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from noonmark.actions.pan_turns import ThingMark, measure_turns
from noonmark.errors import InputError
from testkit.made_pan import MadePan, PanPlan, direction, made_pan

CLICK_PX = 1.5
THINGS = 5


def drawn_plan(rng: Any) -> PanPlan:
    """What a pan may be like."""
    return PanPlan(
        span_deg=float(rng.uniform(30.0, 200.0)),
        speed_deg_s=float(rng.uniform(20.0, 45.0)),
        fov_deg=float(rng.uniform(50.0, 75.0)),
        k1=float(rng.normal(0.0, 0.015)),
        readout_s=float(rng.uniform(0.008, 0.03)),
        roll_deg=float(rng.normal(0.0, 3.0)),
        pitch_deg=float(rng.normal(-1.0, 5.0)),
        arm_m=float(rng.uniform(0.1, 0.5)),
        crf=int(rng.integers(20, 30)),
    )


def marked(made: MadePan, rng: Any) -> tuple[list[ThingMark], Any]:
    """Things clicked in frames spread over the pan, and their true azimuths [deg]."""
    marks, truth = [], []
    last = len(made.times_s) - 1
    for k, number in enumerate(np.linspace(0, last, THINGS).round().astype(int)):
        ahead = made.rotation[number][2]
        looked = np.degrees(np.arctan2(ahead[0], ahead[2]))
        azimuth = looked + rng.uniform(-0.35, 0.35) * made.plan.fov_deg
        far = np.exp(rng.uniform(np.log(8.0), np.log(90.0)))
        thing = direction(np.array([azimuth]), np.array([rng.uniform(-2.0, 6.0)])) * far
        px = made.pixels(int(number), thing - made.place[number])[0]
        x, y = px + rng.normal(0.0, CLICK_PX, 2)
        x, y = np.clip(x, 0.0, made.plan.wide_px), np.clip(y, 0.0, made.plan.high_px)
        marks.append(ThingMark(f"t{k}", int(number), float(x), float(y)))
        truth.append(azimuth)
    return marks, np.array(truth)


def judged(plan: PanPlan, seed: int, folder: Path) -> list[tuple[float, float]] | str:
    """Error and sigma [deg] of each turn of a clip, or the code of why it was refused."""
    rng = np.random.default_rng(seed)
    path = folder / "pan.mp4"
    made = made_pan(plan, seed, path)
    marks, truth = marked(made, rng)
    try:
        found = measure_turns(path, marks, click_px=CLICK_PX)
    except InputError as error:
        return error.code
    rows = []
    for turn in found["turns"]:
        i, j = int(turn["from"][1:]), int(turn["to"][1:])
        off = turn["turn_deg"] - (truth[j] - truth[i])
        rows.append((float((off + 180.0) % 360.0 - 180.0), float(turn["sigma_deg"])))
    return rows


def main() -> int:
    """Film, measure, count."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--pans", type=int, default=24)
    parser.add_argument("--walks", type=int, default=12)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    pans, walks = (2, 1) if args.quick else (args.pans, args.walks)
    rng = np.random.default_rng(args.seed)
    rows: list[tuple[float, float]] = []
    refused = {"pan": 0, "walk": 0}
    with tempfile.TemporaryDirectory() as folder:
        for k in range(pans + walks):
            plan = drawn_plan(rng)
            kind = "walk" if k % 3 == 2 and k // 3 < walks else "pan"
            walk_m_s, walk_deg = float(rng.uniform(0.5, 1.4)), float(rng.uniform(0.0, 360.0))
            if kind == "walk":
                plan = replace(plan, walk_m_s=walk_m_s, walk_deg=walk_deg)
            found = judged(plan, args.seed + 1000 * k, Path(folder))
            said = f"{kind} {plan.span_deg:.0f} deg, view {plan.fov_deg:.0f}, walks {plan.walk_m_s:.1f}"
            if isinstance(found, str):
                refused[kind] += 1
                print(f"{said}: {found}", flush=True)
                continue
            off, sigma = np.abs(np.array(found)).T
            print(
                f"{said}: error {np.median(off):.2f}, sigma {np.median(sigma):.2f} deg,"
                f" {int((off < 1.645 * sigma).sum())} of {len(off)} within 90 %",
                flush=True,
            )
            rows += found if kind == "pan" else []
    off, sigma = np.abs(np.array(rows).reshape(-1, 2)).T
    share = float((off < 1.645 * sigma).mean()) if len(off) else 0.0
    print(f"turns within their 90 % range: {100 * share:.0f} % of {len(off)}")
    print(f"error: median {np.median(off):.2f} deg, 95 % under {np.quantile(off, 0.95):.2f} deg")
    print(f"pans refused: {refused['pan']} of {pans}; walks refused: {refused['walk']} of {walks}")
    return int(share < 0.8 or refused["walk"] < 0.9 * walks)


if __name__ == "__main__":
    sys.exit(main())
