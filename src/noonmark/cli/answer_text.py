"""An answer in words: the JSON of locate as lines for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noonmark import actions
from noonmark.constants import LARGEST_WITH_POINT_KM2, LARGEST_WITH_TOWN_KM2
from noonmark.values import duration_range_words, duration_words, often_words, soundness_words

_MODES = 8
_LEAST = 0.01
# Times that make a longer line than this stand on a line each [columns].
_WIDE = 100
_MARGIN = " " * 10


def locate_lines(answer: Mapping[str, Any]) -> list[str]:
    """Regions, modes, clues, conflicts and advice."""
    return [
        *_fits_nowhere(answer),
        *_regions(answer),
        *_modes(answer),
        *_places(answer.get("places", ())),
        *_clues(answer),
        *_conflicts(answer["conflicts"]),
        *_advice(answer["advice"]),
        *_truth(answer.get("truth")),
    ]


def _fits_nowhere(answer: Mapping[str, Any]) -> list[str]:
    """What must be said first: clues that fit nowhere in the prior."""
    clues = answer.get("fits_nowhere", ())
    if not clues:
        return []
    return [
        "# Mind: a clue fits nowhere in the prior; what follows rests on the prior and the rest",
        *(f"  {clue['why']}" for clue in clues),
    ]


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


def _hung(head: str, when: str) -> list[str]:
    """Times behind a head: one line, or a line for each of several that are long together."""
    spans = [when] if len(head) + len(when) <= _WIDE else when.split("; ")
    margin = " " * len(head)
    return [
        f"{head if i == 0 else margin}{span}{';' if i + 1 < len(spans) else ''}"
        for i, span in enumerate(spans)
    ]


def whole_degrees(point: Mapping[str, Any]) -> str:
    """Latitude and longitude of a large piece, in whole degrees."""
    lat, lon = round(point["lat_deg"]), round(point["lon_deg"])
    return f"{abs(lat)} {'N' if lat >= 0 else 'S'} {abs(lon)} {'E' if lon >= 0 else 'W'}"


def _share(mass: float) -> str:
    return f"{100 * mass:.0f} %" if mass >= 0.1 else f"{100 * mass:.2g} %"


def _regions(answer: Mapping[str, Any]) -> list[str]:
    """A line for each region: its area unless the place was given, its times unless they were."""
    lines = ["# The answer: the smallest regions that hold so much of the probability"]
    given = [name for name in ("place", "time") if answer[f"{name}_given"]]
    if given:
        lines[0] += (
            f", at the {' and '.join(given)} that {'was' if len(given) == 1 else 'were'} given"
        )
    for level, region in answer["credible"].items():
        parts = [] if answer["place_given"] else [f"{area(region['area_km2']):>18}"]
        head = "  " + "   ".join([f"{100 * float(level):.0f} %", *parts])
        if answer["time_given"]:
            lines.append(head if parts else f"{head}   as given")
        else:
            lines += _hung(f"{head}   ", region["when"])
    if words := soundness_words(answer["sound_level"]):
        lines.append(f"  {words}")
    return lines


def _modes(answer: Mapping[str, Any]) -> list[str]:
    """Two or three lines for each of the first modes: share, best point, town, and times."""
    modes = answer["modes"]
    if not modes:
        return ["No place and time in the prior fits."]
    lines = [
        "# Modes: separate pieces of the 90 % region, each with its best-fitting point (a handle, "
        "not a finding)"
    ]
    shown = [mode for mode in modes[:_MODES] if mode["mass"] >= _LEAST] or modes[:1]
    for mode in shown:
        lines += _mode(answer, mode)
    if len(modes) > len(shown):
        lines.append(f"  and {len(modes) - len(shown)} more, smaller")
    rest = answer["elsewhere"]["mass"]
    if rest >= _LEAST:
        lines.append(f"  and {_share(rest)} in pieces that are not listed")
    return lines


def _mode(answer: Mapping[str, Any], mode: Mapping[str, Any]) -> list[str]:
    """The lines of one mode: of a place that was given, its times alone."""
    is_placed = not answer["place_given"]
    is_broad = mode["area_km2"] > LARGEST_WITH_POINT_KM2
    is_named = is_placed and mode["area_km2"] <= LARGEST_WITH_TOWN_KM2
    parts = [f"{_share(mode['mass']):>6}", mode["best_when"]]
    if is_placed:
        where = place(mode) if is_named else f"around {whole_degrees(mode)}"
        where = "no place stands out" if is_broad else where
        parts = [parts[0], where, parts[1], area(mode["area_km2"])]
    lines = ["  " + "  ".join(parts)]
    near = mode.get("nearest_place") if is_named else None
    if near is not None:
        lines.append(_MARGIN + str(near))
    return lines if answer["time_given"] else lines + _hung(_MARGIN, mode["when"])


def _places(clues: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each of the first places that a clue names, one for none of them."""
    lines = []
    for clue in clues:
        lines.append(
            f"# Places of clue {clue['clue']}: the probability beside all clues (as it was stated)"
        )
        told, others = actions.first_places(clue, _MODES)
        for each in told:
            where = f"{each['lat_deg']:.5f}, {each['lon_deg']:.5f}"
            lines.append(f"{_both(each)}  {where}  places[{each['place']}]")
        if others["places"]:
            lines.append(f"{_both(others)}  {others['places']} more, together")
        lines.append(f"{_both(clue['none_of_these'])}  none of these")
    return lines


def _both(share: Mapping[str, float]) -> str:
    """A probability, and in brackets what was stated."""
    return f"  {_share(share['probability']):>6}  ({_share(share['stated'])})"


def _clues(answer: Mapping[str, Any]) -> list[str]:
    """A line for each clue; the area without it is told unless the place was given."""
    lines = ["# Clues"]
    for clue in answer["clues"]:
        without = "" if answer["place_given"] else f"; without it {area(clue['area_km2_without'])}"
        lines.append(
            f"  {clue['index']:>2} {clue['kind']:<17}{_fit(clue)}; wrong with a chance of "
            f"{_share(clue['outlier'])}{without}"
        )
    return lines


def _fit(clue: Mapping[str, Any]) -> str:
    """How far off its numbers are at the best mode, or the chance of seeing there what was seen."""
    if clue["pull_sigma"] is not None:
        return f"{clue['pull_sigma']:5.1f} sigma from the best mode"
    return f" seen at the best mode with chance {clue['chance']:.2g}"


def _conflicts(conflicts: Sequence[Mapping[str, Any]]) -> list[str]:
    if not conflicts:
        return []
    return ["# Clues that can't all be right"] + [
        f"  {', '.join(str(i) for i in conflict['clues'])}: {conflict['why']}"
        for conflict in conflicts
    ]


def _advice(advice: Sequence[Mapping[str, Any]]) -> list[str]:
    if not advice:
        return []
    size = _size(advice[0]["unit"], advice[0]["now"])
    lines = [
        f"# What to measure next, by what it is expected to leave of the 90 % region (now {size})"
    ]
    for item in advice[:4]:
        sigma = f" to {item['sigma_deg']:g} deg" if item["sigma_deg"] is not None else ""
        lines.append(f"  {item['measure']}{sigma}: {_left(item)}")
    return lines


def _left(item: Mapping[str, Any]) -> str:
    """Tell what a measurement is expected to leave, in one size or two, and its range."""
    if item["unchanged"]:
        return "leaves it about as it is"
    expected = _size(item["unit"], item["expected"], beside=item["range"][1])
    if likely := item.get("likely"):
        other = _size(item["unit"], likely[1]["size"], beside=item["range"][1])
        expected += f", or {other} ({often_words(likely[1]['chance'])})"
    range_words = _range(item)
    often = "" if range_words == expected else f"; nine times in ten {range_words}"
    return f"about {expected}{often}"


def _size(
    unit: str,
    value: float,
    *,
    beside: float = 0.0,
) -> str:
    """An area or a length of time in words; the latter in the unit of one that stands beside it."""
    return area(value) if unit == "km2" else duration_words(value, beside_s=beside)


def _range(item: Mapping[str, Any]) -> str:
    """Range of what is left in nine outcomes of ten, once where both ends read alike."""
    low, high = item["range"]
    if item["unit"] != "km2":
        return duration_range_words(low, high)
    return area(high) if area(low) == area(high) else f"{area(low)} to {area(high)}"


def _truth(truth: Mapping[str, Any] | None) -> list[str]:
    if truth is None:
        return []
    inside = [f"{100 * float(level):.0f} %" for level, held in truth["inside"].items() if held]
    held = f"inside the {inside[0]} region" if inside else "outside the 99 % region"
    return [
        f"# The truth you gave is {held}",
        f"  smallest level that holds it: {100 * truth['level']:.1f} %",
    ]
