"""A set of instants in words and as bands: the one value from which every text and file is made.

Few spans are told one by one, many as bands of dates and time of day. Clocks are those of the
place, with the offset in force on each date, beside UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.instants import common, length_s, spans_of, united
from noonmark.report.band_words import band_words, clock_range
from noonmark.report.time_bands import LONGEST_RUN_S, TimeBand, outside_s, time_bands
from noonmark.report.time_words import (
    FINE_S,
    INSTANT_S,
    clock_words,
    date_words,
    dates_words,
    offset_words,
    rounded_span,
    span_words,
    zone_words,
)
from noonmark.values import Span, duration_words, from_unix_s
from noonmark.world.offsets import keeps_mean_time, offsets_s

MOST_SPANS_TOLD = 4
"""More spans than this are told as bands."""

MOST_SPANS_LISTED = 4000
"""More spans than this are not listed in files; their bands are."""

_AND = 2
"""More dates than this are told with semicolons between them."""

_BANDS_TOLD = 4
_WIDER = 1.05
"""Bands that are longer than their set by more are told as "within"."""

_MOST_OF_DAY_S = 0.5 * DAY_S
"""Parts of the day that are longer together are not told in a title."""

_MOST_PARTS = 3
"""More parts of the day are not told in a title."""

_APART_S = 3600.0
"""Parts of the day that are nearer are one in a title."""


@dataclass(frozen=True, eq=False)
class ToldTimes:
    """A set of instants (n, 2) [POSIX s], and how it is told.

    ``zone`` is the IANA zone of its clock times; None tells UTC alone. ``bands`` are empty while
    the spans are few. ``within`` says that the bands cover noticeably more than the set. ``words``
    list the longest and count the others, which hold ``counted_s`` of its time [s]. ``brief`` is a
    line for a title.
    """

    instants: Floats
    zone: str | None
    bands: tuple[TimeBand, ...]
    within: bool
    words: str
    brief: str
    counted_s: float = 0.0

    @property
    def length_s(self) -> float:
        """The time in the set."""
        return length_s(self.instants)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The intervals as spans; none where there are too many to list."""
        if self.instants.shape[0] > MOST_SPANS_LISTED:
            return ()
        return spans_of(self.instants)

    def span_texts(self) -> list[list[str]]:
        """The spans as pairs of RFC 3339 texts; none where there are too many to list."""
        if self.instants.shape[0] > MOST_SPANS_LISTED:
            return []
        starts, ends = (_rfc3339_texts(column) for column in self.instants.T)
        return [list(pair) for pair in zip(starts, ends, strict=True)]

    @property
    def outer(self) -> Span:
        """From the first instant to the last; the set may have gaps between them."""
        return Span(
            from_unix_s(float(self.instants[0, 0])),
            from_unix_s(float(self.instants[-1, 1])),
        )


def _rfc3339_texts(unix_s: Floats) -> list[str]:
    """POSIX seconds (n,) as :func:`noonmark.values.rfc3339` writes them, all at once."""
    ms = np.floor((np.rint(unix_s * 1e6) + 500.0) / 1000.0).astype(np.int64)
    texts = np.datetime_as_string(ms.astype("datetime64[ms]")).tolist()
    return [f"{text.removesuffix('.000')}Z" for text in texts]


def told_times(
    instants: Floats,
    zone: str | None,
) -> ToldTimes:
    """A set of instants as it is told on the clocks of a zone; in UTC for None.

    It is told in UTC too if some of it lies before the zone's first rule: each place kept its own
    mean time then, and what the zone has is that of a city.
    """
    if zone is not None and keeps_mean_time(zone, instants).any():
        zone = None
    if instants.shape[0] <= MOST_SPANS_TOLD:
        words = _each_span(instants, zone)
        return ToldTimes(instants, zone, (), within=False, words=words, brief=words)
    is_long = np.diff(instants, axis=1)[:, 0] > LONGEST_RUN_S
    long, short = instants[is_long], instants[~is_long]
    bands = time_bands(short, zone or "UTC") if short.size else ()
    within = _is_wider(bands, short)
    listed = _longest(bands)
    rest_s = outside_s(short, listed) if len(bands) > len(listed) else 0.0
    more = long[_BANDS_TOLD:]
    parts = (
        _each_span(long[:_BANDS_TOLD], zone) if long.size else "",
        _each_band(listed, zone, within=within),
        _counted(len(bands) - len(listed), "shorter one", "shorter ones", rest_s),
        _counted(more.shape[0], "more stretch of days", "more stretches of days", length_s(more)),
    )
    words = "; ".join(filter(None, parts))
    brief = _brief(instants, bands, zone)
    return ToldTimes(instants, zone, bands, within, words, brief, rest_s + length_s(more))


def _each_band(
    bands: Sequence[TimeBand],
    zone: str | None,
    *,
    within: bool,
) -> str:
    """Bands one by one."""
    words = "; ".join(band_words(band, zone) for band in bands)
    return f"within {words}" if within else words


def _counted(
    count: int,
    one: str,
    many: str,
    rest_s: float,
) -> str:
    """Spans that are counted, not listed, and how much of the set they hold; empty for none."""
    if not count:
        return ""
    name = f"{one}," if count == 1 else f"{many}, together"
    return f"and {count} {name} {duration_words(rest_s)}"


def _brief(
    instants: Floats,
    bands: Sequence[TimeBand],
    zone: str | None,
) -> str:
    """How long a set of many spans is, between which dates, and in which part of the day."""
    ends = (from_unix_s(float(instants[0, 0])), from_unix_s(float(instants[-1, 1])))
    text = f"{duration_words(length_s(instants))} in all, within {dates_words(*ends)}"
    if not bands or (np.diff(instants, axis=1) > LONGEST_RUN_S).any():
        return text
    parts = _parts_of_day(bands)
    if (
        len(parts) > _MOST_PARTS
        or sum(end_s - start_s for start_s, end_s in parts) > _MOST_OF_DAY_S
    ):
        return text
    clocks = " and ".join(clock_range(*part, fine=False) for part in parts)
    return f"{text}, {clocks} {'UTC' if zone is None else zone_words(zone)}"


def _parts_of_day(bands: Sequence[TimeBand]) -> list[tuple[float, float]]:
    """The seconds of the day that bands lie in, as stretches an hour or more apart."""
    parts: list[tuple[float, float]] = []
    for start_s, end_s in sorted((min(band.start_s), max(band.end_s)) for band in bands):
        if parts and start_s - parts[-1][1] < _APART_S:
            parts[-1] = (parts[-1][0], max(parts[-1][1], end_s))
        else:
            parts.append((start_s, end_s))
    return parts


def _is_wider(
    bands: Sequence[TimeBand],
    instants: Floats,
) -> bool:
    """Whether bands cover more than the set they stand for, beyond what rounding does."""
    if not bands:
        return False
    if bands[0].years:
        return True
    covered = united(np.concatenate([band.instants() for band in bands]))
    return length_s(covered) > _WIDER * length_s(common(covered, instants))


def _each_span(
    instants: Floats,
    zone: str | None,
) -> str:
    """Spans one by one; those of one date together."""
    if not instants.size:
        return "at no time"
    groups: list[list[Span]] = []
    for span in spans_of(instants):
        if groups and _one_date([*groups[-1], span]):
            groups[-1].append(span)
        else:
            groups.append([span])
    between = " and " if len(groups) <= _AND else "; "
    return between.join(_group_words(group, zone) for group in groups)


def _one_date(spans: Sequence[Span]) -> bool:
    """Tell whether spans, rounded as they are told, lie on one UTC date."""
    told = _as_told(spans)
    return len({at.date() for span in told for at in (span.start, span.end)}) == 1


def _are_fine(spans: Sequence[Span]) -> bool:
    """Tell whether the clocks of spans that are told together are told to the second."""
    return min((span.end - span.start).total_seconds() for span in spans) < FINE_S


def _as_told(spans: Sequence[Span]) -> list[Span]:
    """Spans that are told together, their ends rounded to the second or the minute."""
    fine = _are_fine(spans)
    return [rounded_span(span, seconds=fine) for span in spans]


def _group_words(
    spans: Sequence[Span],
    zone: str | None,
) -> str:
    """The spans of one UTC date, or a single span: date, clock, and the clock of the zone."""
    if len(spans) == 1 and not _one_date(spans):
        return span_words(spans[0])
    fine = _are_fine(spans)
    spans = _as_told(spans)
    clocks = " and ".join(_clocks(span, 0.0, fine=fine) for span in spans)
    text = f"{date_words(spans[0].start)}, {clocks} UTC"
    if zone is None or zone == "UTC":
        return text
    offsets = offsets_s(zone, [span.start.timestamp() for span in spans]).tolist()
    local = _local_clocks(spans, offsets, fine=fine)
    first = spans[0].start
    local_date = (first + timedelta(seconds=offsets[0])).date()
    other_date = "" if local_date == first.date() else f"{local_date.day} {local_date:%B} "
    return f"{text} ({other_date}{local} {zone_words(zone)})"


def _local_clocks(
    spans: Sequence[Span],
    offsets: Sequence[float],
    *,
    fine: bool,
) -> str:
    """Spans on the clocks of a zone; where these were put back between them, which clock it is."""
    pairs = list(zip(spans, offsets, strict=True))
    if len(set(offsets)) == 1:
        return " and ".join(_clocks(span, offset, fine=fine) for span, offset in pairs)
    told = [f"{_clocks(span, at, fine=fine)} at {offset_words(at)}" for span, at in pairs]
    return " and ".join(told) + ","


def _clocks(
    span: Span,
    offset_s: float,
    *,
    fine: bool,
) -> str:
    """08:28–09:10 on clocks ahead of UTC; one clock time for an instant."""
    shift = timedelta(seconds=offset_s)
    first = clock_words(span.start + shift, seconds=fine)
    last = clock_words(span.end + shift, seconds=fine)
    is_instant = (span.end - span.start).total_seconds() < INSTANT_S
    return first if is_instant else f"{first}–{last}{_next_day(span, shift)}"


def _next_day(
    span: Span,
    shift: timedelta,
) -> str:
    """Words behind the end of a span that ends on a later date than it begins, after midnight."""
    start, end = ((at + shift).astimezone(UTC) for at in (span.start, span.end))
    is_later = (end - timedelta(minutes=1)).date() > start.date()
    return " the next day," if is_later else ""


def _longest(bands: Sequence[TimeBand]) -> list[TimeBand]:
    """The longest bands, by date."""
    longest = sorted(bands, key=lambda band: -band.length_s * max(len(band.years), 1))
    return sorted(longest[:_BANDS_TOLD], key=lambda band: band.first_day)
