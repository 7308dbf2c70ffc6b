"""The public cases: whether each published truth lies in its region, and what is printed agrees.

    python benchmarks/public_cases.py [FOLDER]

FOLDER holds clue files of published inquiries (by default ../shared/data/cases, which is not part
of this repository). Prints the table of docs/accuracy.md. Exit 1 where a truth lies outside the
90 % region, or a printed figure disagrees with another.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from noonmark import actions
from noonmark.actions.answer_forms import answer_json
from noonmark.errors import NoonmarkError
from noonmark.inference.instants import holds, length_s
from noonmark.values import unix_s

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "cases"


@dataclass(frozen=True)
class Published:
    """What was published of a case: an instant, a place, or both."""

    utc: str | None = None
    place: tuple[float, float] | None = None


PUBLISHED = {
    "bucha_azimuth": Published("2022-03-19T09:08:31Z"),
    "bucha_day": Published("2022-03-19T09:08:31Z"),
    "vj_peace_at_last": Published("1945-08-14T21:00:00Z"),
    "mcminnville_wall": Published("1950-05-11T15:30:00Z"),
    "peary_pole": Published("1909-04-07T01:40:00Z", (89.95, 0.0)),
    "wonder_lake": Published("1948-07-15T13:42:00Z"),
    "sandiego_2022": Published("2022-09-17T22:11:00Z"),
    "fleetweek_gnomon": Published(None, (40.755, -73.576)),
    "tiananmen_2015": Published("2015-10-22T03:59:24Z"),
    "california_direction": Published(None, (37.0, -122.0)),
    "kevo_first_sun": Published("2014-01-16T10:15:00Z"),
    "shanghai_dst_1990": Published("1990-07-01T03:00:00Z"),
}


def instants_of(pairs: list[list[str]]) -> Any:
    """Pairs of RFC 3339 texts as intervals of POSIX seconds."""
    ends = [[unix_s(datetime.fromisoformat(text)) for text in pair] for pair in pairs]
    return np.array(ends).reshape(-1, 2)


def disagreements(told: dict[str, Any]) -> list[str]:
    """What of the printed figures disagrees with another."""
    found = []
    areas = [region["area_km2"] for region in told["credible"].values()]
    if areas != sorted(areas):
        found.append("areas not in order")
    for level, region in told["credible"].items():
        listed = length_s(instants_of(region["utc"])) / 3600.0
        if region["utc"] and abs(listed - region["hours"]) > 0.05 * region["hours"]:
            found.append(f"spans of {level}: {listed:.2f} h of {region['hours']:.2f}")
    for number, mode in enumerate(told["modes"], 1):
        own = instants_of(mode["utc_spans"])
        at = np.array([unix_s(datetime.fromisoformat(mode["utc"]))])
        if own.size and not holds(own, at, slack_s=2e-3)[0]:
            found.append(f"mode {number}: instant outside its spans")
        if mode["area_km2"] > areas[1] * 1.0001:
            found.append(f"mode {number}: larger than the region")
    return found


def level_of(answer: Any, published: Published) -> float | None:
    """The smallest credible level that holds what was published: place, time, or both."""
    post = answer.posterior
    mode = post.modes[0]
    lat, lon = published.place or (mode.place.lat_deg, mode.place.lon_deg)
    at_s = unix_s(datetime.fromisoformat(published.utc)) if published.utc else None
    levels = post.truth(lat, lon, unix_s(mode.instant) if at_s is None else at_s, answer.draws)
    if published.place is not None and at_s is not None:
        return levels.level
    return levels.place_level if at_s is None else levels.time_level


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        print(f"no clue files in {folder}: nothing to do")
        return
    failed = 0
    print("| case | 90 % region | modes | published | CPU s |")
    print("|---|---|---|---|---|")
    for path in paths:
        began = time.process_time()
        try:
            answer = actions.locate(path)
            told = answer_json(answer)
        except NoonmarkError as refused:
            print(f"| {path.stem} | refused: {refused.code} | | | |")
            continue
        spent = time.process_time() - began
        wrong = disagreements(told)
        published = PUBLISHED.get(path.stem)
        level = None if published is None else level_of(answer, published)
        inside = "not asked" if level is None else f"in {100 * level:.0f} %"
        failed += bool(wrong) or (level is not None and level > 0.9)
        area = (
            "place given"
            if told["place_given"]
            else f"{told['credible']['0.9']['area_km2']:.4g} km2"
        )
        when = "time given" if told["time_given"] else answer.times[1].brief
        print(f"| {path.stem} | {area}; {when} | {len(told['modes'])} | {inside} | {spent:.1f} |")
        for sentence in wrong:
            print(f"    {sentence}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
