"""The answer in plain words: areas by comparison, spans as dates, pulls on a fixed scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from noonmark.constants import LARGEST_WITH_POINT_KM2, LARGEST_WITH_TOWN_KM2
from noonmark.report.report_data import PlacedMode, ReportData
from noonmark.values import Place, duration_words

_EARTH_KM2 = 510_065_600.0
# The radius that turns an area into degrees when modes are counted.
_EARTH_RADIUS_KM = 6371.0
_NO_BREAK = "\u00a0"
# Rounded land areas (UN Statistics Division; cities: their administrations), for comparison only.
_SIZES: tuple[tuple[float, str], ...] = (
    (0.00001, "a room"),
    (0.0001, "a courtyard"),
    (0.0007, "a basketball court or two"),
    (0.007, "a football pitch"),
    (0.03, "a city block"),
    (0.2, "a small village"),
    (0.44, "Vatican City"),
    (2.0, "Monaco"),
    (8.0, "a city district"),
    (25.0, "a large airport"),
    (60.0, "San Marino"),
    (105.0, "Paris within its ring road"),
    (316.0, "Malta"),
    (720.0, "Singapore"),
    (1572.0, "Greater London"),
    (2586.0, "Luxembourg"),
    (5100.0, "Bali"),
    (9251.0, "Cyprus"),
    (14000.0, "Montenegro"),
    (20_270.0, "Slovenia"),
    (30_530.0, "Belgium"),
    (41_300.0, "Switzerland"),
    (56_600.0, "Croatia"),
    (70_300.0, "Ireland"),
    (92_000.0, "Portugal"),
    (130_000.0, "Greece"),
    (180_000.0, "Cambodia"),
    (243_000.0, "the United Kingdom"),
    (324_000.0, "Norway"),
    (447_000.0, "Morocco"),
    (544_000.0, "mainland France"),
    (677_000.0, "Myanmar"),
    (784_000.0, "Türkiye"),
    (1_000_000.0, "Egypt"),
    (1_220_000.0, "South Africa"),
    (1_560_000.0, "Mongolia"),
    (2_150_000.0, "Saudi Arabia"),
    (2_780_000.0, "Argentina"),
    (3_290_000.0, "India"),
    (5_000_000.0, "half of Canada"),
    (7_690_000.0, "Australia"),
    (10_200_000.0, "Europe"),
    (14_000_000.0, "Antarctica"),
    (17_800_000.0, "South America"),
    (24_700_000.0, "North America"),
    (30_400_000.0, "Africa"),
    (44_600_000.0, "Asia"),
)
# A larger region has no town in the title of a report.
_LARGEST_IN_TITLE_KM2 = 1e4
# A remainder of the 90 % region that is not worth a sentence.
_LEAST_ELSEWHERE = 0.005
_COUNTS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def number(value: float) -> str:
    """A quantity to two or three figures with commas between thousands.

    Whole numbers from 100 on; "no known amount of" for what is not finite.
    """
    if not math.isfinite(value):
        return "no known amount of"
    if value == 0.0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    if digits <= 0:
        return f"{round(value, digits):,.0f}"
    if abs(value) < 1.0:
        return f"{value:.{min(digits, 6)}f}".rstrip("0").rstrip(".")
    return f"{value:.3g}"


def area_number(area_km2: float) -> str:
    """An area with its unit: m² when small, km², millions of km² when large."""
    if area_km2 < 0.1:
        return f"{number(area_km2 * 1e6)}{_NO_BREAK}m²"
    if area_km2 >= 1e6:
        return f"{area_km2 / 1e6:.3g}{_NO_BREAK}million{_NO_BREAK}km²"
    return f"{number(area_km2)}{_NO_BREAK}km²"


def area_words(area_km2: float) -> str:
    """What the area compares to: "about the size of Belgium", or a share of the Earth.

    The nearest size of a fixed list, on a scale of ratios, is named.
    """
    if area_km2 <= 0.0:
        return "no area at all"
    if area_km2 > 0.97 * _EARTH_KM2:
        return "the whole Earth"
    if area_km2 > 60e6:
        return f"about {area_km2 / _EARTH_KM2 * 100:.0f} % of the Earth"
    size, name = min(_SIZES, key=lambda entry: abs(math.log(entry[0] / area_km2)))
    ratio = area_km2 / size
    if ratio < 0.8:
        return f"somewhat smaller than {name}"
    if ratio <= 1.25:
        return f"about the size of {name}"
    if ratio < 1.7:
        return f"somewhat larger than {name}"
    return f"about {ratio:.0f} times {name}"


def share_words(mass: float) -> str:
    """58 %, never 0 or 100 when it is not.

    One decimal below 1 and above 99 %.
    """
    percent = mass * 100.0
    if percent >= 99.95:
        return f"over 99.9{_NO_BREAK}%"
    if percent < 0.05:
        return f"under 0.1{_NO_BREAK}%"
    digits = 1 if percent > 99.0 or percent < 1.0 else 0
    return f"{percent:.{digits}f}{_NO_BREAK}%"


def is_broad(placed: PlacedMode) -> bool:
    """Whether a mode is too large to have a place: none is then named, marked or given a clock."""
    return placed.mode.area_km2 > LARGEST_WITH_POINT_KM2


def place_words(placed: PlacedMode) -> str:
    """The nearest town; the coordinates where there is none, in whole degrees of a mode that is
    too large for a town.

    A broad mode has no place, and says so.
    """
    if is_broad(placed):
        return "no place stands out"
    if not is_named(placed):
        return whole_degrees(placed.mode.place)
    if placed.nearest is not None:
        return str(placed.nearest)
    place = placed.mode.place
    return coordinates_words(place.lat_deg, place.lon_deg)


def is_named(placed: PlacedMode) -> bool:
    """True where a mode is small enough for a town to tell where it is."""
    return placed.mode.area_km2 <= LARGEST_WITH_TOWN_KM2


def whole_degrees(place: Place) -> str:
    """Coordinates of a large region in whole degrees: 39° N, 9° W."""
    return coordinates_words(place.lat_deg, place.lon_deg, 0)


def coordinates_words(
    lat_deg: float,
    lon_deg: float,
    digits: int = 3,
) -> str:
    """41.800° N, 86.000° E.

    ``digits`` decimals of a degree; spaces that do not break before the side.
    """
    lat = f"{abs(lat_deg):.{digits}f}°"
    lon = f"{abs(lon_deg):.{digits}f}°"
    north = "N" if lat_deg >= 0 else "S"
    east = "E" if lon_deg >= 0 else "W"
    return f"{lat}{_NO_BREAK}{north}, {lon}{_NO_BREAK}{east}"


def pull_words(sigma: float) -> str:
    """A pull on a fixed scale: fits (below 1), leans (2), is strained (3), is at odds (above).

    "says nothing here" for a pull that is not finite.
    """
    size = abs(sigma)
    if not math.isfinite(size):
        return "says nothing here"
    if size < 1.0:
        return "fits"
    if size < 2.0:
        return "leans a little"
    if size < 3.0:
        return "is strained"
    return "is at odds"


def seen_words(chance: float) -> str:
    """How well something seen or not seen fits, from the chance of seeing what was seen."""
    if chance >= 0.5:
        return "fits"
    return "is strained" if chance >= 0.05 else "is at odds"


def alarm_words(data: ReportData) -> str:
    """Which clues fit nowhere in the prior; empty where all fit somewhere."""
    clues = [f"{clue['clue']} ({clue['kind']})" for clue in data.answer.get("fits_nowhere", ())]
    if not clues:
        return ""
    if len(clues) == 1:
        return f"Clue {clues[0]} fits nowhere in the area and the time asked about. "
    return f"Clues {', '.join(clues)} fit nowhere in the area and the time asked about. "


def title(data: ReportData) -> str:
    """The answer in one sentence, no surer than it is; a clue that fits nowhere comes first.

    A region larger than 10,000 km² has no town in its title: none would be a fair answer. What the
    question gave is said to be given.
    """
    region, times = data.region(0.9), data.told(0.9)
    if region is None or times is None or not data.modes:
        return "Nothing in the area and the time asked about fits these clues"
    given = data.summary.place_given
    where = f"At the place given, {_beside(data.modes[0])}" if given else ""
    return f"{alarm_words(data)}{where or _where(data.modes, region.area_km2)}; {times.brief}"


def _where(
    modes: Sequence[PlacedMode],
    area_km2: float,
) -> str:
    """The first half of the title: how large the region is, or how many places fit."""
    size = area_words(area_km2)
    if area_km2 > LARGEST_WITH_POINT_KM2:
        compared = "" if size == "the whole Earth" else f", {size}"
        return f"Anywhere in {area_number(area_km2)}{compared}"
    near = _beside(modes[0], area_km2)
    places = distinct_places(modes)
    if places == 1:
        return f"An area {size}, {near}"
    count = _COUNTS[places] if places < len(_COUNTS) else str(places)
    return f"{count} places fit, the likeliest {near}"


class _Disc(NamedTuple):
    """A place and the distance [deg] within which another place counts as the same."""

    lat_deg: float
    lon_deg: float
    reach_deg: float


def _disc_of(placed: PlacedMode) -> _Disc:
    """Two and a half radii of a disc as large as the mode, about its place.

    An area below 1 m² counts as 1 m².
    """
    radius_km = math.sqrt(max(placed.mode.area_km2, 1e-6) / math.pi)
    reach_deg = 2.5 * math.degrees(radius_km / _EARTH_RADIUS_KM)
    place = placed.mode.place
    return _Disc(place.lat_deg, place.lon_deg, reach_deg)


def _same_place(
    disc: _Disc,
    other: _Disc,
) -> bool:
    """Whether either disc reaches the middle of the other."""
    turn_deg = (disc.lon_deg - other.lon_deg + 180.0) % 360.0 - 180.0
    squeeze = math.cos(math.radians(disc.lat_deg))
    north_deg = disc.lat_deg - other.lat_deg
    apart_deg = math.hypot(north_deg, turn_deg * squeeze)
    return apart_deg <= max(disc.reach_deg, other.reach_deg)


def distinct_places(modes: Sequence[PlacedMode]) -> int:
    """How many separate places the modes are at: modes that differ only in time count once.

    Each mode is compared with those before it; the order is that of their probability.
    """
    kept: list[_Disc] = []
    for placed in modes:
        disc = _disc_of(placed)
        if not any(_same_place(disc, other) for other in kept):
            kept.append(disc)
    return len(kept)


def subtitle(data: ReportData) -> str:
    """The credible level and size behind the title: an area; a time if the place was given."""
    region = data.region(0.9)
    if region is None or not data.modes:
        return f"The 90{_NO_BREAK}% region is empty."
    if data.summary.place_given:
        return _given_place_words(data)
    area, compared = area_number(region.area_km2), area_words(region.area_km2)
    text = f"90{_NO_BREAK}% credible region: {area}, {compared}."
    half = data.region(0.5)
    if half is None:
        return text
    return f"{text} Half of the probability lies in {area_number(half.area_km2)}."


def _given_place_words(data: ReportData) -> str:
    """How long the 90 % region of times is, and the 50 % one; that the time was given, if so."""
    times, half = data.told(0.9), data.told(0.5)
    if data.summary.time_given or times is None or half is None:
        return "Place and time were given; the clues are compared with them."
    text = f"90{_NO_BREAK}% credible: {duration_words(times.length_s)} in all."
    return f"{text} Half of the probability lies in {duration_words(half.length_s)}."


def credible_times(data: ReportData) -> str:
    """The spans of the 90 % region in words; empty when the answer has no such region.

    It has no full stop: it stands in pictures too.
    """
    times = data.told(0.9)
    return "" if times is None else f"90 % credible: {times.brief}"


def mode_words(
    data: ReportData,
    placed: PlacedMode,
) -> tuple[str, ...]:
    """A mode in words: its place, its times and its area, each unless the question gave it."""
    words = [] if data.summary.place_given else [place_words(placed)]
    if not data.summary.time_given:
        words.append(placed.times.brief)
    if not data.summary.place_given:
        words.append(area_number(placed.mode.area_km2))
    return tuple(words)


def elsewhere_words(data: ReportData) -> str:
    """What of the 90 % region lies in no listed mode; empty where that is next to nothing."""
    rest = data.summary.elsewhere
    if rest.mass < _LEAST_ELSEWHERE:
        return ""
    parts = [] if data.summary.place_given else [area_number(rest.area_km2)]
    if not data.summary.time_given and rest.length_s > 0.0:
        parts.append(duration_words(rest.length_s))
    size = f" ({', '.join(parts)})" if parts else ""
    return f"{share_words(rest.mass)} lie in smaller pieces of the 90{_NO_BREAK}% region{size}"


def _beside(best: PlacedMode, area_km2: float = 0.0) -> str:
    """Where a mode lies, no more exactly than its size allows: "around Korla, China".

    ``area_km2`` is the size of the region that the mode is a part of, where that is told too. A
    large region lies "around" a town, a small one "in or near" it, unless the town is farther away
    than the region is wide; a very large one lies around whole degrees.
    """
    near = best.nearest
    if is_broad(best):
        return place_words(best)
    if max(best.mode.area_km2, area_km2) > _LARGEST_IN_TITLE_KM2:
        return f"around {whole_degrees(best.mode.place)}"
    if near is None:
        return f"around {place_words(best)}"
    radius_km = math.sqrt(max(best.mode.area_km2, 0.0) / math.pi)
    if near.distance_km >= max(3.0, radius_km):
        return place_words(best)
    relation = "around" if radius_km > 15.0 else "in or near"
    return f"{relation} {near.name}, {near.country}"
