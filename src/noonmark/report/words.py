"""The answer in plain words: areas by comparison, spans as dates, shares as odds, pulls on a fixed scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from noonmark.report.findings import Findings, PlacedMode
from noonmark.values import Span

_EARTH_KM2 = 510_065_600.0
# Rounded land areas (UN Statistics Division; cities: their administrations), for comparison only.
_SIZES: tuple[tuple[float, str], ...] = (
    (0.00001, "a room"), (0.0001, "a courtyard"), (0.0007, "a basketball court or two"),
    (0.007, "a football pitch"),
    (0.03, "a city block"), (0.2, "a small village"), (0.44, "Vatican City"), (2.0, "Monaco"), (8.0, "a city district"),
    (25.0, "a large airport"), (60.0, "San Marino"), (105.0, "Paris within its ring road"),
    (316.0, "Malta"), (720.0, "Singapore"),
    (1572.0, "Greater London"), (2586.0, "Luxembourg"), (5100.0, "Bali"), (9251.0, "Cyprus"), (14000.0, "Montenegro"),
    (20_270.0, "Slovenia"), (30_530.0, "Belgium"), (41_300.0, "Switzerland"),
    (56_600.0, "Croatia"), (70_300.0, "Ireland"),
    (92_000.0, "Portugal"), (130_000.0, "Greece"), (180_000.0, "Cambodia"), (243_000.0, "the United Kingdom"),
    (324_000.0, "Norway"), (447_000.0, "Morocco"), (544_000.0, "mainland France"), (677_000.0, "Myanmar"),
    (784_000.0, "Türkiye"),
    (1_000_000.0, "Egypt"), (1_220_000.0, "South Africa"), (1_560_000.0, "Mongolia"), (2_150_000.0, "Saudi Arabia"),
    (2_780_000.0, "Argentina"), (3_290_000.0, "India"), (5_000_000.0, "half of Canada"), (7_690_000.0, "Australia"),
    (10_200_000.0, "Europe"), (14_000_000.0, "Antarctica"), (17_800_000.0, "South America"),
    (24_700_000.0, "North America"),
    (30_400_000.0, "Africa"), (44_600_000.0, "Asia"),
)  # fmt: skip


def number(value: float) -> str:
    """A quantity to two or three figures with thin spaces between thousands."""
    if not math.isfinite(value):
        return "no known amount of"
    if value == 0.0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    if digits > 0:
        return f"{value:.{min(digits, 6)}f}".rstrip("0").rstrip(".") if abs(value) < 1.0 else f"{value:.3g}"
    return f"{round(value, digits):,.0f}".replace(",", "\u202f")


def area_number(area_km2: float) -> str:
    """An area with its unit: m² when small, km², millions of km² when large."""
    if area_km2 < 0.1:
        return f"{number(area_km2 * 1e6)}\u00a0m²"
    if area_km2 >= 1e6:
        return f"{area_km2 / 1e6:.3g}\u00a0million\u00a0km²"
    return f"{number(area_km2)}\u00a0km²"


def area_words(area_km2: float) -> str:
    """What the area compares to: "about the size of Belgium", or a share of the Earth."""
    if area_km2 <= 0.0:
        return "no area at all"
    if area_km2 > 0.97 * _EARTH_KM2:
        return "the whole Earth"
    if area_km2 > 60e6:
        return f"about {area_km2 / _EARTH_KM2 * 100:.0f} % of the Earth"
    size, name = min(_SIZES, key=lambda s: abs(math.log(s[0] / area_km2)))
    ratio = area_km2 / size
    if 0.8 <= ratio <= 1.25:
        return f"about the size of {name}"
    if ratio > 1.25:
        return f"somewhat larger than {name}" if ratio < 1.7 else f"about {ratio:.0f} times {name}"
    return f"somewhat smaller than {name}"


def date_words(moment: datetime) -> str:
    """20 August 2018."""
    at = moment.astimezone(UTC)
    return f"{at.day} {at:%B %Y}"


def clock_words(moment: datetime, *, seconds: bool) -> str:
    """01:20 or 01:20:05, rounded."""
    at = moment.astimezone(UTC)
    if seconds:
        return f"{at + timedelta(microseconds=500_000):%H:%M:%S}"
    return f"{at + timedelta(seconds=30):%H:%M}"


def span_words(span: Span) -> str:
    """A span of UTC: as much date and clock as it needs, no more."""
    start, end = span.start.astimezone(UTC), span.end.astimezone(UTC)
    length_s = (end - start).total_seconds()
    fine = length_s < 300.0
    if length_s < 2.0:
        return f"{date_words(start)}, {clock_words(start, seconds=True)} UTC"
    if start.date() == end.date() or length_s < 43_200.0:
        return f"{date_words(start)}, {clock_words(start, seconds=fine)}–{clock_words(end, seconds=fine)} UTC"
    return dates_words(start, end)


def dates_words(start: datetime, end: datetime) -> str:
    """18–22 August 2018; 28 July – 3 August 2018; 28 December 2018 – 3 January 2019. Midnight ends the day before."""
    start = start.astimezone(UTC)
    end = max(start, end.astimezone(UTC) - timedelta(seconds=1))
    if start.date() == end.date():
        return date_words(start)
    if (start.year, start.month) == (end.year, end.month):
        return f"{start.day}–{end.day} {start:%B %Y}"
    if start.year == end.year:
        return f"{start.day} {start:%B} – {end.day} {end:%B %Y}"
    return f"{date_words(start)} – {date_words(end)}"


def spans_words(spans: Sequence[Span]) -> str:
    """Several spans: each by itself while they are few, then how many there are and between which dates."""
    if not spans:
        return "at no time"
    if len(spans) <= 2:
        return " and ".join(span_words(s) for s in spans)
    first, last = min(s.start for s in spans), max(s.end for s in spans)
    days = {s.start.astimezone(UTC).date() for s in spans} | {s.end.astimezone(UTC).date() for s in spans}
    groups = runs([(s.start, s.end) for s in spans], join=timedelta(days=3))
    if len(groups) == 1:
        return f"parts of {len(days)} days, {dates_words(first, last)}"
    if len(groups) <= 3:
        return " and ".join(dates_words(a, b) for a, b in groups)
    return f"{len(groups)} separate stretches between {date_words(first)} and {date_words(last)}"


def runs(spans: Sequence[tuple[datetime, datetime]], *, join: timedelta) -> list[tuple[datetime, datetime]]:
    """Spans joined where the gap between them is at most ``join``."""
    out: list[tuple[datetime, datetime]] = []
    for start, end in sorted(spans):
        if out and start - out[-1][1] <= join:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def share_words(mass: float) -> str:
    """58 %, never 0 or 100 when it is not."""
    percent = mass * 100.0
    if percent >= 99.95 or percent < 0.05:
        return "over 99.9\u00a0%" if percent > 50 else "under 0.1\u00a0%"
    return f"{percent:.1f}\u00a0%" if percent > 99.0 or percent < 1.0 else f"{percent:.0f}\u00a0%"


def place_words(placed: PlacedMode) -> str:
    """The nearest town, or the coordinates where there is none."""
    if placed.nearest is not None:
        return str(placed.nearest)
    return coordinates_words(placed.mode.place.lat_deg, placed.mode.place.lon_deg)


def coordinates_words(lat_deg: float, lon_deg: float, digits: int = 3) -> str:
    """41.800° N, 86.000° E."""
    north, east = "N" if lat_deg >= 0 else "S", "E" if lon_deg >= 0 else "W"
    return f"{abs(lat_deg):.{digits}f}°\u00a0{north}, {abs(lon_deg):.{digits}f}°\u00a0{east}"


def zone_words(zone: str) -> str:
    """A zone's city; "UTC+2 at sea" for the nautical zones, whose own names carry the sign the other way round."""
    if zone.startswith("Etc/GMT"):
        hours = -int(zone[7:] or 0)
        return f"UTC{'+' if hours > 0 else '−' if hours < 0 else ''}{abs(hours) or ''} at sea"
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def pull_words(sigma: float) -> str:
    """A pull on a fixed scale: fits (below 1), leans (below 2), strained (below 3), at odds (3 and more)."""
    size = abs(sigma)
    if not math.isfinite(size):
        return "says nothing here"
    return "fits" if size < 1.0 else "leans a little" if size < 2.0 else "is strained" if size < 3.0 else "is at odds"


def title(found: Findings) -> str:
    """The answer in one sentence, no surer than it is."""
    region = found.region(0.9)
    if region is None or not found.modes:
        return "Nothing in the area and the time asked about fits these clues"
    best, size = found.modes[0], area_words(region.area_km2)
    when = spans_words(region.spans)
    if region.area_km2 > 3e6:
        size = "" if size == "the whole Earth" else f", {size}"
        return f"Anywhere in {area_number(region.area_km2)}{size}; {when}"
    places = distinct_places(found.modes)
    if places > 1:
        return f"{_count(places)} places fit, the likeliest {_beside(best)}; {when}"
    return f"An area {size}, {_beside(best)}; {when}"


def distinct_places(modes: Sequence[PlacedMode]) -> int:
    """How many separate places the modes are at: pieces that differ only in time count once."""
    kept: list[tuple[float, float, float]] = []
    for placed in modes:
        place = placed.mode.place
        reach_deg = 2.5 * math.degrees(math.sqrt(max(placed.mode.area_km2, 1e-6) / math.pi) / 6371.0)
        squeeze = math.cos(math.radians(place.lat_deg))
        if all(
            math.hypot(place.lat_deg - lat, ((place.lon_deg - lon + 180.0) % 360.0 - 180.0) * squeeze)
            > max(reach_deg, reach)
            for lat, lon, reach in kept
        ):
            kept.append((place.lat_deg, place.lon_deg, reach_deg))
    return len(kept)


def subtitle(found: Findings) -> str:
    """The credible level and area behind the title."""
    region = found.region(0.9)
    if region is None or not found.modes:
        return "The 90\u00a0% region is empty."
    text = f"90\u00a0% credible region: {area_number(region.area_km2)}, {area_words(region.area_km2)}"
    half = found.region(0.5)
    return f"{text}. Half of the probability lies in {area_number(half.area_km2)}." if half else f"{text}."


def _beside(best: PlacedMode) -> str:
    """Where a mode lies, no more exactly than its size allows: "around Korla, China", "13 km west of Korla, China"."""
    near = best.nearest
    if near is None:
        return f"around {place_words(best)}"
    radius_km = math.sqrt(max(best.mode.area_km2, 0.0) / math.pi)
    if near.distance_km >= max(3.0, radius_km):
        return place_words(best)
    return f"{'around' if radius_km > 15.0 else 'in or near'} {near.name}, {near.country}"


def _count(n: int) -> str:
    return ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")[n] if n < 10 else str(n)
