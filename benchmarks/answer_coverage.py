"""How often the 50, 90 and 99 % regions hold the truth: simulated scenes drawn from the stated
error model.

    python benchmarks/answer_coverage.py [--scenes 2000] [--seed 1] [--outlier 0.1] [--mix MIX] [--wrong]
    [--png docs/images/coverage.png]

Joint regions (place and instant), regions of places, regions of instants. Beside each group stands
what its own posteriors promise: of draws taken from them (eight a scene), those that fall in the
group. Within a group picked by the *truth* (a band of latitude, say) even a perfect method need not
reach 90 %, only that figure; over all scenes the two must agree, and be 90. ``--outlier`` is the
share of clues that are mismeasured, declared in every clue. ``--wrong`` breaks the model instead:
slopes and leans beyond the stated, a clock off.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

# "testkit" lies beside this folder, not in the installed package.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from noonmark.geometry.sun import sun_topocentric
from noonmark.inference.posterior import Posterior, posterior
from noonmark.values import from_unix_s
from testkit.clue_scenes import MIXES, OUTLIER, SETTINGS, Scene, Wrong, compiled, draw

LEVELS = (0.5, 0.9, 0.99)
TOLERANCE = (0.03, 0.02, 0.01)
KINDS = ("joint", "place", "time")
DRAWS = 8
RARE = {"turn": 0.15, "track": 0.15, "shadow": 2.5, "shadow + bearing": 1.5}
"""Weights of mixes (1 unless named): tracks and turns cost seconds each."""

WRONGS = {
    "slope 3 x the stated": Wrong(slope=3.0),
    "lean 3 x the stated (bent poles)": Wrong(lean=3.0),
    "clock 30 minutes fast": Wrong(clock_s=1800.0),
}


@dataclass(frozen=True)
class Row:
    """One scene's outcome, or one draw's: where the truth stood, and in which groups it falls."""

    joint: float
    place: float
    time: float
    lat_deg: float
    seen_deg: float
    month: int
    mix: str
    setting: str
    sound: bool
    scene: int


def levels_of(answer: Posterior, lat: float, lon: float, unix: float) -> tuple[float, float, float]:
    told = answer.truth(lat, lon, unix)
    return told.level, told.place_level, told.time_level


def outcome(number: int, scene: Scene, rng: np.random.Generator) -> tuple[Row, list[Row]]:
    """The truth's row, and those of some draws from the scene's own posterior."""
    domain, clues, _ = compiled(scene.document)
    answer = posterior(domain, clues)

    def row(lat: float, lon: float, unix: float) -> Row:
        seen = float(sun_topocentric(lat, lon, unix).elevation_deg)
        month, sound = from_unix_s(unix).month, not any(scene.mismeasured)
        return Row(
            *levels_of(answer, lat, lon, unix),
            lat,
            seen,
            month,
            scene.mix,
            scene.setting,
            sound,
            number,
        )

    sample = answer.sample(DRAWS, rng=rng)
    drawn = zip(sample.lat_deg, sample.lon_deg, sample.unix_s, strict=True)
    return row(scene.lat_deg, scene.lon_deg, scene.unix_s), [row(*map(float, d)) for d in drawn]


Job = tuple[int, int, str | None, float, str | None]
"""Number of a scene, seed, what is wrong, share of mismeasured clues, and the only mix."""


def one(job: Job) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    number, seed, wrong, share, only = job
    rng = np.random.default_rng([seed, number])
    mixes, settings = [only] if only else list(MIXES), list(SETTINGS)
    if wrong is not None:
        mixes = ["shadow", "shadow + bearing", "two shadows, 2 h", "shadow + clock"]
    weights = np.array([RARE.get(m, 1.0) for m in mixes])
    mix = str(rng.choice(mixes, p=weights / weights.sum()))
    if wrong is not None and WRONGS[wrong].clock_s:
        settings, mix = settings[:2], ("shadow + bearing" if rng.random() < 0.5 else "shadow")
    setting = str(rng.choice(settings))
    scene = draw(rng, mix, setting, wrong=WRONGS[wrong] if wrong else None, share=share)
    truth, draws = outcome(number, scene, rng)
    return asdict(truth), [asdict(d) for d in draws]


def run(
    scenes: int,
    seed: int,
    wrong: str | None,
    workers: int,
    kept: Path | None,
    share: float = OUTLIER,
    only: str | None = None,
) -> tuple[list[Row], list[Row]]:
    """Rows of truths and of draws; with ``kept``, those in the file are taken from it and new ones
    added to it.
    """
    done = (
        [json.loads(text) for text in kept.read_text().splitlines()]
        if kept and kept.is_file()
        else []
    )
    jobs = [(k, seed, wrong, share, only) for k in range(len(done), scenes)]
    started = time.time()
    with ExitStack() as stack:
        pool = stack.enter_context(ProcessPoolExecutor(workers))
        sink = stack.enter_context(kept.open("a")) if kept else None
        for k, pair in enumerate(pool.map(one, jobs), start=1):
            done.append(pair)
            if sink:
                print(json.dumps(pair), file=sink, flush=True)
            if k % 100 == 0:
                print(f"{k} scenes, {time.time() - started:.0f} s", file=sys.stderr, flush=True)
    return [Row(**truth) for truth, _ in done], [Row(**d) for _, draws in done for d in draws]


def counts(rows: Iterable[Row], kind: str) -> Any:
    """The levels of one kind, leaving out settings in which there is nothing to find out."""
    told = {"place": "a place, ten years", "time": "world, instant known"}.get(kind)
    return np.array([getattr(r, kind) for r in rows if r.setting != told])


def line(name: str, truths: list[Row], draws: list[Row], kind: str) -> str:
    levels, promised = counts(truths, kind), counts(draws, kind)
    if levels.size == 0:
        return f"{name:34} {0:5d}"
    cells = []
    for level in LEVELS:
        found = float((levels <= level).mean())
        own = float((promised <= level).mean()) if promised.size else float("nan")
        band = 1.96 * np.sqrt(own * (1.0 - own) / levels.size)
        cells.append(f"{100 * found:5.1f} ({100 * own:5.1f} +-{100 * band:4.1f})")
    return f"{name:34} {levels.size:5d}  " + "  ".join(cells)


def aloft(row: Row) -> bool:
    return 5.0 <= row.seen_deg <= 80.0


GROUPS: dict[str, Callable[[Row], str]] = {
    "latitude": lambda r: ["0-23", "23-45", "45-66", "66-90"][
        int(np.searchsorted([23.4, 45.0, 66.6], abs(r.lat_deg)))
    ],
    "season": lambda r: ["Dec-Feb", "Mar-May", "Jun-Aug", "Sep-Nov"][r.month % 12 // 3],
    "elevation": lambda r: ["below 5", "5-15", "15-30", "30-50", "50-80", "above 80"][
        int(np.searchsorted([5.0, 15.0, 30.0, 50.0, 80.0], r.seen_deg))
    ],
    "clues": lambda r: r.mix,
    "setting": lambda r: r.setting,
}


def report(truths: list[Row], draws: list[Row]) -> bool:
    """All tables; whether the headline is inside the tolerances."""
    print(
        f"{'':34} {'n':>5}  "
        + "  ".join(f"{f'{level:.0%}: truth (draws)':>20}" for level in LEVELS)
    )
    picked, promised = [r for r in truths if aloft(r)], [r for r in draws if aloft(r)]
    fine = True
    for kind in KINDS:
        print(line(f"{kind}, sun at 5-80 deg", picked, promised, kind))
        levels = counts(picked, kind)
        fine &= all(
            abs((levels <= p).mean() - p) <= t for p, t in zip(LEVELS, TOLERANCE, strict=True)
        )
        sound = [r for r in picked if r.sound]
        print(line(f"{kind}, no clue mismeasured", sound, [], kind))
        print(line(f"{kind}, every elevation", truths, draws, kind))
    for group, of in GROUPS.items():
        whole = (truths, draws) if group == "elevation" else (picked, promised)
        for kind in KINDS:
            print(f"\n{kind}, by {group}")
            for name in sorted({of(r) for r in whole[0]}):
                parts = [[r for r in rows if of(r) == name] for rows in whole]
                print(line("  " + name, parts[0], parts[1], kind))
    return fine


def histogram(truths: list[Row], path: Path) -> None:
    """Rank histograms of the truth's credible level: flat is right; the band holds 95 % of flat
    ones.
    """
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 3, figsize=(9.0, 3.0), sharey=True, layout="constrained")
    bins = 20
    for axis, kind in zip(axes, KINDS, strict=True):
        levels = counts([r for r in truths if aloft(r)], kind)
        expected = levels.size / bins
        reach = 1.96 * np.sqrt(expected * (1.0 - 1.0 / bins))
        axis.axhspan((expected - reach) / expected, (expected + reach) / expected, color="0.85")
        axis.axhline(1.0, color="0.5", linewidth=0.8)
        found, edges = np.histogram(np.minimum(levels, 1.0 - 1e-9), bins, (0.0, 1.0))
        axis.stairs(found / expected, edges, color="#1f5a8a", linewidth=1.6)
        axis.set(
            xlabel="credible level of the truth",
            title=f"{kind}: {levels.size} scenes",
            xlim=(0, 1),
            ylim=(0, 2),
        )
    axes[0].set_ylabel("scenes beside what is expected")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--scenes", type=int, default=2000, help="scenes with the sun at 5-80 deg, about"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--outlier", type=float, default=OUTLIER, help="share of mismeasured clues")
    parser.add_argument("--mix", choices=MIXES, help="scenes of one mix of clues alone")
    parser.add_argument("--wrong", action="store_true", help="break the model instead")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--png", type=Path, help="draw the rank histograms here")
    parser.add_argument("--rows", type=Path, help="keep rows here (JSON lines) and go on from them")
    options = parser.parse_args()
    if options.wrong:
        print(
            f"{'':34} {'n':>5}  "
            + "  ".join(f"{f'{level:.0%}: truth (draws)':>20}" for level in LEVELS)
        )
        for name in WRONGS:
            truths, draws = run(options.scenes, options.seed, name, options.workers, None)
            for kind in KINDS:
                print(line(f"{kind}, {name}", truths, draws, kind))
        return
    # About a tenth of all daylight has the sun below 5 or above 80 deg.
    truths, draws = run(
        round(options.scenes * 1.125),
        options.seed,
        None,
        options.workers,
        options.rows,
        options.outlier,
        options.mix,
    )
    fine = report(truths, draws)
    if options.png:
        histogram(truths, options.png)
    print("inside 50 +-3, 90 +-2, 99 +-1 %" if fine else "OUTSIDE 50 +-3, 90 +-2, 99 +-1 %")
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
