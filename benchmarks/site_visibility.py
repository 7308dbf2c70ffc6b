"""Is "yes, it could have been seen" right, and "no"? 1,000 simulated chips with a feature in each.

A chip is textured ground at a fine scale with a feature on it (a hall, a wall or a tower, with its
shadow and lean), blurred and sampled to the image's pixels, with noise and cloud. The judge of
whether it can be seen is not the rules' own sum: a reader compares the same place with and without
the feature, in a template of its outline that may be shifted by two pixels, and says "there" where the
template's score exceeds what 99 % of other places in the same chip reach.

python benchmarks/site_visibility.py --quick   300 chips
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter, maximum_filter

# This folder holds modules with the names of others.
sys.path[0] = str(Path(__file__).resolve().parents[1])

from noonmark.sites.feature_template import FeatureTemplate  # noqa: E402
from noonmark.sites.ring_scores import ring_scores, weights_of  # noqa: E402
from noonmark.sites.visibility import (  # noqa: E402
    FeatureTones,
    ViewedFeature,
    ViewingConditions,
    could_be_seen,
    could_stand_out,
    lean_m,
    shadow_length_m,
)

FINE = 8  # fine cells in one pixel
SIDE = 96  # pixels of the part of a chip that holds the feature
AROUND = 48  # pixels of ground on each side of it
WHOLE = SIDE + 2 * AROUND
TOLD = 0.2  # by what share the rules are told a wrong tone, at most
KINDS = {
    "hall": ((15, 60), (10, 30), (4, 12)),
    "wall": ((40, 150), (0.5, 2.0), (2, 6)),
    "tower": ((2, 5), (2, 5), (5, 15)),
}


def coverage(length: float, width: float, right: float, down: float) -> np.ndarray:
    """Share of each pixel that a rectangle (in pixels) around a shifted centre fills."""
    cells = (np.arange(SIDE * FINE) + 0.5) / FINE - SIDE / 2
    across = (np.abs(cells[None, :] - right) <= length / 2) & (
        np.abs(cells[:, None] - down) <= width / 2
    )
    if width < 1.5 / FINE:  # thinner than a fine cell: the right area, spread over one row of cells
        row = int(np.argmin(np.abs(cells - down)))
        whole = np.zeros((SIDE * FINE, SIDE * FINE))
        whole[row] = (np.abs(cells - right) <= length / 2) * width * FINE
    else:
        whole = across.astype(float)
    return np.pad(whole.reshape(SIDE, FINE, SIDE, FINE).mean(axis=(1, 3)), AROUND)


@dataclass(frozen=True)
class Trial:
    """What both rules said of a chip, and whether the reader saw the feature."""

    kind: str
    seen: bool
    pixels: str
    ring: str

    @property
    def shipped(self) -> str:
        """The ring's answer, or that of single pixels where the ring gave none."""
        return self.pixels if self.ring == "none" else self.ring


def trial(seed: int, draw: int) -> Trial:
    """One chip."""
    rng = np.random.default_rng([draw, seed])
    kind = list(KINDS)[seed % len(KINDS)]
    length, width, height = (rng.uniform(*span) for span in KINDS[kind])
    feature = ViewedFeature(length, min(width, length), height)
    gsd = float(rng.choice([0.3, 0.5, 1.0, 3.0, 10.0], p=[0.15, 0.2, 0.2, 0.2, 0.25]))
    sun, off_nadir = rng.uniform(20, 70), rng.uniform(0, 40)
    texture = gaussian_filter(rng.standard_normal((WHOLE, WHOLE)), rng.uniform(0.3, 1.5))
    texture = 0.08 * texture / texture.std() + 0.02 * rng.standard_normal((WHOLE, WHOLE))
    scatter = float(texture.std())
    tone, shade = rng.uniform(-0.4, 0.4), -rng.uniform(0.1, 0.3)
    clear = 1.0 if rng.random() < 0.7 else rng.uniform(0, 1)
    view = ViewingConditions(gsd, tone / scatter, shade / scatter, sun, off_nadir, clear)
    shadow, lean = shadow_length_m(feature, view) / gsd, lean_m(feature, view) / gsd
    long, wide = min(length / gsd, SIDE * 0.6), min(feature.width_m / gsd, SIDE * 0.4)
    place = coverage(long, wide, 0.0, 0.0)
    moved = coverage(long, wide, 0.0, -min(lean, SIDE * 0.2))
    dark = coverage(long, min(shadow, SIDE * 0.2), 0.0, (wide + min(shadow, SIDE * 0.2)) / 2)
    added = gaussian_filter(tone * moved + shade * dark * (1 - moved), 0.5)
    image = texture + added
    bare = image.copy()
    if clear < 1:  # cloud from one side hides that share of the feature
        edge = WHOLE / 2 - long / 2 + (1 - clear) * max(long, 1.0)
        image[:, : round(edge)] = 0.9 + 0.05 * rng.standard_normal((WHOLE, round(edge)))
    seen = reader(image, np.sign(tone) * place + np.sign(shade) * 0.5 * dark, bare)
    told = FeatureTones(*(np.array([tone, shade]) * rng.uniform(1 - TOLD, 1 + TOLD, 2)))
    found = by_ring(FeatureTemplate(place, dark * (1 - place)), image, told, view, lean)
    return Trial(kind, seen, could_be_seen(feature, view).answer, found or "none")


def by_ring(
    template: FeatureTemplate,
    image: np.ndarray,
    told: FeatureTones,
    view: ViewingConditions,
    lean: float,
) -> str | None:
    """The answer of the rule that looks at the ground around; None where there is too little."""
    footprint = (template.filled + template.shaded) > 0
    usable = ~maximum_filter(footprint, 9) & (image < 0.6)
    scores = ring_scores(image, usable, weights_of(template, told.feature))
    if scores is None:
        return None
    found = could_stand_out(
        template, told, scores, view, pixel_m=view.gsd_m, lean_m=lean * view.gsd_m
    )
    return found.answer


def reader(image: np.ndarray, template: np.ndarray, bare: np.ndarray) -> bool:
    """Whether the template's score at its place exceeds that of 99 % of other places, uncovered."""
    here = scores(np.where(image > 0.6, np.median(bare), image), template)[0, 0]
    wide = int((template != 0).sum(axis=0).max()) + 4
    long = int((template != 0).sum(axis=1).max()) + 4
    apart = np.ones(template.shape, dtype=bool)
    apart[np.ix_(np.arange(-wide, wide + 1) % WHOLE, np.arange(-long, long + 1) % WHOLE)] = False
    others = scores(bare, template)[apart]
    if len(others) <= 20:
        return True
    # Where the feature fills the chip few places are left: judge by their scatter instead.
    limit = np.quantile(others, 0.99) if len(others) > 200 else others.mean() + 2.33 * others.std()
    return bool(here > limit)


def scores(image: np.ndarray, template: np.ndarray) -> np.ndarray:
    """The best correlation with the template within two pixels of every shift."""
    far = np.fft.rfft2(image - np.median(image)) * np.conj(np.fft.rfft2(template))
    return maximum_filter(np.fft.irfft2(far, s=image.shape), 5, mode="wrap")


def main() -> int:
    """Print how often each answer is right; exit 1 below 95 % for yes or no."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed", type=int, default=7, help="the rules were chosen on 8")
    args = parser.parse_args()
    count = 300 if args.quick else 1000
    rows = [trial(number, args.seed) for number in range(count)]
    right = [told(rows, rule) for rule in ("pixels", "ring", "shipped")]
    return 0 if min(right[-1]) >= 0.95 else 1


def told(rows: list[Trial], rule: str) -> tuple[float, float]:
    """Print one rule's table; how often its yes and its no are right."""
    print(f"rule {rule}\n{'answer':<10}{'chips':>6}{'seen':>7}   of {len(rows)}")
    shares = {}
    for answer in ("yes", "doubtful", "no", "none"):
        for kind in (*KINDS, "all"):
            held = [row for row in rows if kind in (row.kind, "all")]
            seen = [row.seen for row in held if getattr(row, rule) == answer]
            if seen:
                print(f"{answer:<10}{len(seen):>6}{np.mean(seen):>7.3f}   {kind}")
                shares[answer] = float(np.mean(seen)), len(seen) / len(rows)
    yes, no = shares["yes"][0], 1 - shares["no"][0]
    print(
        f'"yes" is right {yes:.3f}, "no" is right {no:.3f} (target 0.95); doubtful'
        f" {shares['doubtful'][1]:.2f}\n"
    )
    return yes, no


if __name__ == "__main__":
    sys.exit(main())
