"""An answer in words: the JSON of locate and check as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

_SPANS = 4
_MODES = 8
_LEAST = 0.01


def locate_lines(answer: Mapping[str, Any]) -> list[str]:
    """Regions, modes, clues, conflicts and advice."""
    return [
        *_regions(answer["credible"]),
        *_modes(answer["modes"]),
        *_clues(answer["clues"]),
        *_conflicts(answer["conflicts"]),
        *_advice(answer["advice"]),
        *_truth(answer.get("truth")),
    ]


def check_lines(verdict: Mapping[str, Any]) -> list[str]:
    """The verdict, the best that the claim can do, and each clue in it."""
    word, best, limits = verdict["verdict"], verdict["best"], verdict["thresholds"]
    limit = " and ".join(f"{name} below p = {p:g}" for name, p in limits.items())
    lines = [
        f"# {word.capitalize()}",
        f"  p {_p(verdict['p_value'])}: how often a true claim fits as badly or worse ({limit})",
        f"  ln(ratio) = {verdict['log_ratio']:+.2f}: the claim against anywhere and any time else in the prior",
        f"  best of the claim: {place(best)} at {best['utc']}",
        "# Clues, at the best of the claim",
    ]
    for clue in verdict["clues"]:
        lines.append(
            f"  {clue['index']:>2} {clue.get('kind', 'clue'):<17} {clue['pull_sigma']:5.1f} sigma{_readings(clue)}"
        )
    if word == "consistent":
        lines.append("Consistent is not true: the clues do not contradict the claim, and that is all.")
    return lines


def area(km2: float | None) -> str:
    """An area in words a reader can hold: three digits, never more."""
    if km2 is None:
        return "unknown"
    if km2 >= 1e6:
        return f"{km2 / 1e6:.3g} million km2"
    if km2 >= 100:
        return f"{float(f'{km2:.3g}'):,.0f} km2"
    return f"{km2:.3g} km2" if km2 >= 0.01 else f"{km2 * 1e6:.3g} m2"


def place(point: Mapping[str, Any]) -> str:
    """Latitude and longitude with hemispheres, to about a kilometre."""
    lat, lon = point["lat_deg"], point["lon_deg"]
    return f"{abs(lat):.2f} {'N' if lat >= 0 else 'S'} {abs(lon):.2f} {'E' if lon >= 0 else 'W'}"


def _share(mass: float) -> str:
    return f"{100 * mass:.0f} %" if mass >= 0.1 else f"{100 * mass:.2g} %"


def _regions(credible: Mapping[str, Any]) -> list[str]:
    lines = ["# The answer: the smallest regions that hold so much of the probability"]
    for level, region in credible.items():
        lines.append(f"  {100 * float(level):.0f} %  {area(region['area_km2']):>18}   {_spans(region['utc'])}")
    return lines


def _spans(spans: Sequence[Sequence[str]]) -> str:
    runs = _runs([(datetime.fromisoformat(first), datetime.fromisoformat(last)) for first, last in spans])
    shown = [_run(run) for run in runs[:_SPANS]]
    more = len(runs) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _runs(spans: list[tuple[datetime, datetime]]) -> list[list[tuple[datetime, datetime]]]:
    """Spans that recur from day to day, gathered: a sun that fits on Tuesday fits on Wednesday."""
    runs: list[list[tuple[datetime, datetime]]] = []
    for one in spans:
        if runs and one[0] - runs[-1][-1][1] < timedelta(hours=36):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _run(run: list[tuple[datetime, datetime]]) -> str:
    first, last = run[0][0], run[-1][1]
    hours = [time for one in run for time in (one[0].time(), one[1].time())]
    if len(run) == 1 or any(start.date() != end.date() for start, end in run):
        return span(first, last)
    dates = f"{first:%Y-%m-%d}" if first.date() == last.date() else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
    return f"{dates}, {min(hours):%H:%M} to {max(hours):%H:%M} UTC"


def span(first: datetime, last: datetime) -> str:
    """Two UTC times as one span, to the minute where that loses nothing, without what they share."""
    fine = last - first < timedelta(minutes=10) and (first.second or last.second)
    form = "%H:%M:%S" if fine else "%H:%M"
    if first == last:
        return f"{first:%Y-%m-%d} {first.strftime(form)} UTC"
    if first.date() == last.date():
        return f"{first:%Y-%m-%d} {first.strftime(form)} to {last.strftime(form)} UTC"
    return f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC"


def _modes(modes: Sequence[Mapping[str, Any]]) -> list[str]:
    if not modes:
        return ["No place and time in the prior fits."]
    lines = ["# Modes: separate pieces of the 90 % region, each with its best-fitting point (a handle, not a finding)"]
    shown = [mode for mode in modes[:_MODES] if mode["mass"] >= _LEAST] or modes[:1]
    for mode in shown:
        near = mode.get("nearest_place")
        lines.append(f"  {_share(mode['mass']):>6}  {place(mode)}  {mode['utc']}  {area(mode['area_km2'])}")
        detail = [str(near)] if near else []
        detail += [f"{local['time']} {local['zone']}" for local in mode["local"]]
        lines.append("          " + ", ".join(detail))
    if len(modes) > len(shown):
        lines.append(f"          and {len(modes) - len(shown)} more, smaller")
    return lines


def _clues(clues: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = ["# Clues"]
    for clue in clues:
        lines.append(
            f"  {clue['index']:>2} {clue['kind']:<17}{clue['pull_sigma']:5.1f} sigma from the best mode; "
            f"mismeasured {_share(clue['outlier'])}; without it {area(clue['area_km2_without'])}"
        )
    return lines


def _conflicts(conflicts: Sequence[Mapping[str, Any]]) -> list[str]:
    if not conflicts:
        return []
    return ["# Clues that can't all be right"] + [
        f"  {', '.join(str(i) for i in conflict['clues'])}: {conflict['why']}" for conflict in conflicts
    ]


def _advice(advice: Sequence[Mapping[str, Any]]) -> list[str]:
    if not advice:
        return []
    lines = ["# What to measure next, by what it is expected to be worth"]
    for item in advice[:4]:
        sigma = f" to {item['sigma_deg']:g} deg" if item["sigma_deg"] is not None else ""
        lines.append(
            f"  {item['measure']}{sigma}: {item['information_bits']:.1f} bits, about {area(item['area_km2_expected'])}"
        )
    return lines


def _truth(truth: Mapping[str, Any] | None) -> list[str]:
    if truth is None:
        return []
    inside = [f"{100 * float(level):.0f} %" for level, held in truth["inside"].items() if held]
    held = f"inside the {inside[0]} region" if inside else "outside the 99 % region"
    return [f"# The truth you gave is {held}", f"  smallest level that holds it: {100 * truth['level']:.1f} %"]


def _readings(clue: Mapping[str, Any]) -> str:
    quantity = clue.get("quantity")
    if not quantity or clue["expected"] is None or clue["measured"] is None:
        return ""
    return f"   {quantity}: measured {clue['measured']:.4g}, expected {clue['expected']:.4g}"


def _p(value: float) -> str:
    return f"= {value:.2g}" if value >= 1e-9 else "below 1e-9"
