"""report.html: one file that explains the answer; no script, nothing loaded, everything escaped."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping
from importlib.resources import files

from noonmark.inference.answer import Advice, ClueFinding
from noonmark.report.clue_fit import doubt_words, fit_html, is_strained, signed
from noonmark.report.clue_words import reader_fields
from noonmark.report.page_case import case_parts
from noonmark.report.page_html import definitions, mixed, table, text
from noonmark.report.page_places import named_places
from noonmark.report.report_data import PlacedMode, ReportData
from noonmark.report.told_times import ToldTimes
from noonmark.report.wording import (
    area_number,
    area_words,
    coordinates_words,
    credible_times,
    elsewhere_words,
    is_named,
    place_words,
    share_words,
    subtitle,
    title,
)
from noonmark.values import duration_range_words, duration_words, often_words, soundness_words

_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
_MOST_MODES = 24
_CAPTIONS = {
    "map.png": "Where. Colour and lines show the smallest areas that hold 50, 90 and 99 % of the "
    "probability. A numbered cross is the best fit of a piece that is small on the map.",
    "calendar.png": "When. The same for date and time of day; the sun's rise, noon and set are "
    "drawn for the best fit of the first mode, where that is a place.",
}
_PULL_SCALE = (
    "<p>The pull is how far the clue stands from the best fit, in its own sigmas: "
    "below 1 it fits, below 2 it leans a little, below 3 it is strained, "
    "from 3 on it is at odds.</p>\n"
)
_ALWAYS = (
    "A clue was read off the wrong thing: a shadow of something else, the wrong wall, a mirrored "
    "picture. Each clue is allowed a share of such mistakes (its column above); a mistake that "
    "happens to fit is not noticed.",
    "The ground or the object leans more than the stated sigmas allow. One degree of unseen slope "
    "moves the sun by up to one degree.",
    "The picture is older or newer than the window asked about, or lies outside its area: what the "
    "question rules out, the answer cannot find.",
    "Near the horizon the real air bends light by a tenth of a degree and more beside the model.",
    "The footage itself may be staged, altered or artificial. Sun and shadow say where and when "
    "light fell so, not that the scene was real.",
)
_FOOTER = (
    "<footer><p>Made with Natural Earth. Places: GeoNames, CC BY 4.0. Time-zone boundaries: "
    "© OpenStreetMap contributors, ODbL 1.0. Borders are drawn as Natural Earth has them, "
    "without judgement.</p></footer>\n"
)


def report_html(
    data: ReportData,
    pictures: Mapping[str, bytes],
) -> bytes:
    """The page; ``pictures`` are the PNG files by name (map.png, calendar.png).

    The text is that of the answer and of its wording; nothing is computed here. A picture that is
    missing is left out.
    """
    parts = [
        *_head(data),
        *_warnings(data),
        *_figures(data, pictures),
        *_numbers(data),
        *_modes(data),
        *named_places(data),
        *case_parts(data),
        *_question(data),
        *_clues(data),
        *_conflicts(data),
        *_advice(data),
        *_doubts(data),
        *_how_to_repeat(data),
        f"</main>\n{_FOOTER}</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def _head(data: ReportData) -> Iterable[str]:
    """The head of the page and its title."""
    style = (files("noonmark.report") / "style.css").read_text("utf-8")
    yield '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{text(title(data))} – Noonmark</title>\n<style>\n{style}</style>\n</head>\n"
    yield '<body>\n<main>\n<p class="eyebrow">Noonmark: where and when</p>\n'
    yield f"<h1>{mixed(title(data))}</h1>\n"
    yield f'<p class="lede">{text(subtitle(data))}</p>\n'


def _warnings(data: ReportData) -> Iterable[str]:
    """The warnings to read before the answer is used.

    They stand above the figures, because few read a page to its end.
    """
    if data.conflicts:
        yield '<p class="note"><strong>The clues contradict one another.</strong> '
        yield 'See <a href="#clues">what each clue says</a> before using this answer.</p>\n'
    if not data.modes:
        yield '<p class="note"><strong>No place and time in the question fits.</strong> '
        yield "That is a finding: a clue, the area or the window is wrong.</p>\n"
    for warning in data.answer.get("warnings", ()):
        yield f'<p class="note"><strong>Mind:</strong> {mixed(warning)}.</p>\n'


def _figures(
    data: ReportData,
    pictures: Mapping[str, bytes],
) -> Iterable[str]:
    """The pictures with captions and descriptions.

    Every picture has a description for readers who cannot see it.
    """
    times = f"{credible_times(data)}." if data.region(0.9) else ""
    descriptions = {
        "map.png": f"World map of the probability. {title(data)}.",
        "calendar.png": f"Probability by date and time of day. {times}",
    }
    for name, description in descriptions.items():
        if name in pictures:
            coded = base64.b64encode(pictures[name]).decode("ascii")
            yield f'<figure><img src="data:image/png;base64,{coded}" alt="{text(description)}">'
            yield f"<figcaption>{_CAPTIONS[name]}</figcaption></figure>\n"


def _numbers(data: ReportData) -> Iterable[str]:
    """The credible regions in numbers."""
    yield '<h2 id="answer">The answer in numbers</h2>\n'
    heads, rows = _region_table(data)
    yield table(
        "Credible regions: the smallest set of places, and the smallest set of instants, "
        "that hold each share.",
        heads,
        rows,
    )
    if words := soundness_words(float(data.answer.get("sound_level", 1.0))):
        yield f"<p>{words}</p>\n"
    if data.truth is not None:
        level = f"{data.truth.level:.3f}"
        yield f"<p>The known truth lies at credible level {level} of the joint answer "
        yield "(0 is the best fit, 1 the farthest).</p>\n"


def _region_table(data: ReportData) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The heads and the rows of the credible regions, without what the question itself gave."""
    heads: tuple[str, ...] = ("Share",)
    heads += () if data.summary.place_given else ("Area", "Compares to")
    heads += () if data.summary.time_given else ("In all", "Times")
    rows = []
    for region, times in zip(data.regions, data.times, strict=True):
        row: tuple[str, ...] = (f"{region.level * 100:.0f} %",)
        if not data.summary.place_given:
            row += (text(area_number(region.area_km2)), text(area_words(region.area_km2)))
        if not data.summary.time_given:
            row += _time_cells(times)
        rows.append(row)
    return heads, rows


def _time_cells(times: ToldTimes) -> tuple[str, str]:
    """How long a set of instants is in all, and which they are."""
    return text(duration_words(times.length_s)), _lines(times)


def _lines(times: ToldTimes) -> str:
    """A set of instants in words, each of several stretches on a line."""
    return ";<br>".join(map(text, times.words.split("; ")))


def _modes(data: ReportData) -> Iterable[str]:
    """The modes, the likeliest first.

    At most 24; the others are counted.
    """
    if not data.modes:
        return
    yield '<h2 id="modes">The places and times that fit</h2>\n'
    yield "<p>Each row is one connected piece of the 90 % region. "
    yield "They are alternatives, not an average.</p>\n"
    rows = [_mode_row(data, k + 1, mode) for k, mode in enumerate(data.modes[:_MOST_MODES])]
    head: tuple[str, ...] = ("Share",)
    head += () if data.summary.place_given else ("Best-fitting place",)
    head += ("Best-fitting instant",)
    head += () if data.summary.time_given else ("Times",)
    head += () if data.summary.place_given else ("Area",)
    yield table("Modes, largest share first.", head, rows)
    if len(data.modes) > 1 and not data.summary.place_given:
        yield "<p>Modes that differ only in time share one area.</p>\n"
    remainder = elsewhere_words(data)
    if remainder:
        yield f"<p>{text(remainder)}.</p>\n"
    rest = data.modes[_MOST_MODES:]
    if rest:
        share = text(share_words(sum(placed.mode.mass for placed in rest)))
        yield f"<p>And {len(rest)} smaller ones, together {share}, in answer.json.</p>\n"


def _mode_row(
    data: ReportData,
    number: int,
    placed: PlacedMode,
) -> tuple[str, ...]:
    """Share, place, instant in words, times and area of a mode; not what was given."""
    mode = placed.mode
    where = f"{mixed(place_words(placed))}<br>{text(_coordinates(placed))}"
    if not is_named(placed):
        where = text(place_words(placed))
    row: tuple[str, ...] = (f'<span class="number">{number}</span> {text(share_words(mode.mass))}',)
    row += () if data.summary.place_given else (where,)
    row += (text(placed.best_when),)
    row += () if data.summary.time_given else (_lines(placed.times),)
    row += () if data.summary.place_given else (text(area_number(mode.area_km2)),)
    return row


def _coordinates(placed: PlacedMode) -> str:
    """Coordinates with as many digits as the mode's area deserves."""
    place, area_km2 = placed.mode.place, placed.mode.area_km2
    if area_km2 > 1000.0:
        digits = 2
    elif area_km2 > 1.0:
        digits = 3
    else:
        digits = 5
    return coordinates_words(place.lat_deg, place.lon_deg, digits)


def _question(data: ReportData) -> Iterable[str]:
    """The clue document as it was asked.

    Keys and values are shown as they were read, in their order.
    """
    yield '<h2 id="question">What was asked</h2>\n'
    prior = data.question.get("prior")
    if isinstance(prior, Mapping) and prior:
        yield f"<h3>Before any clue</h3>\n{definitions(reader_fields(prior))}"
    clues = data.question.get("clue")
    for k, clue in enumerate(clues if isinstance(clues, list) else []):
        if isinstance(clue, Mapping):
            yield f"<h3>Clue {k + 1}: {mixed(clue.get('kind', '?'))}</h3>\n"
            yield definitions(reader_fields(_without(clue, "kind")))
    others = _without(data.question, "prior", "clue")
    if others:
        yield f"<h3>Also given</h3>\n{definitions(others)}"


def _without(values: Mapping[str, object], *keys: str) -> dict[str, object]:
    """The mapping without some of its keys."""
    return {key: value for key, value in values.items() if key not in keys}


def _clues(data: ReportData) -> Iterable[str]:
    """What each clue says beside the best fit of all."""
    if not data.clues:
        return
    yield '<h2 id="clues">What each clue says</h2>\n'
    yield _PULL_SCALE
    head = ("Clue", "Pull", "Chance it is wrong", "90 % area without it", "Log evidence")
    rows = map(_clue_row, data.clues)
    yield table("Each clue beside the best fit of all.", head, rows, numeric=4)


def _clue_row(clue: ClueFinding) -> tuple[str, ...]:
    """Kind, pull, chance of a mistake, area without it and evidence of a clue.

    An area that was not computed is said to be so.
    """
    without = "not computed"
    if math.isfinite(clue.area_km2_without):
        without = text(area_number(clue.area_km2_without))
    return (
        f"{clue.index + 1} {mixed(clue.kind)}",
        fit_html(clue),
        text(share_words(clue.outlier)),
        without,
        signed(clue.log_evidence),
    )


def _conflicts(data: ReportData) -> Iterable[str]:
    """Which clues contradict one another."""
    if not data.conflicts:
        return
    yield "<h3>Contradictions</h3>\n<ul>\n"
    for conflict in data.conflicts:
        names = " and ".join(f"clue {k + 1}" for k in conflict.clues)
        yield f"<li><strong>{text(names)}</strong>: {mixed(conflict.why)}</li>\n"
    yield "</ul>\n"


def _advice(data: ReportData) -> Iterable[str]:
    """What could still be measured.

    Nothing is shown where no measurement was looked into.
    """
    if not data.advice:
        return
    yield '<h2 id="next">What to look for next</h2>\n'
    yield table(
        "Measurements that could still be made, and what each is expected to leave of the 90 % "
        "region.",
        ("Measure", "If known to", "Expected to be left", "Nine times in ten"),
        map(_advice_row, data.advice),
    )


def _advice_row(advice: Advice) -> tuple[str, ...]:
    """Measurement, its error, the size expected with it, and its range."""
    left = "no less than now" if advice.unchanged else _left(advice)
    return (
        mixed(advice.measure),
        "–" if advice.sigma_deg is None else f"{advice.sigma_deg:g}°",
        text(left),
        text(_range_words(advice)),
    )


def _left(advice: Advice) -> str:
    """What is expected to be left: two sizes where one is not enough."""
    sizes = [_size(advice, one.size) for one in advice.likely]
    if len(sizes) == 1:
        return sizes[0]
    return f"{sizes[0]}, or {sizes[1]} ({often_words(advice.likely[1].chance)})"


def _size(advice: Advice, size: float) -> str:
    """An area, or a length of time in the unit of its range."""
    return area_number(size) if advice.unit == "km2" else duration_words(size, beside_s=advice.high)


def _range_words(advice: Advice) -> str:
    """Range of what is left, in nine outcomes of ten."""
    if advice.unit != "km2":
        return duration_range_words(advice.low, advice.high)
    return f"{area_number(advice.low)} to {area_number(advice.high)}"


def _doubts(data: ReportData) -> Iterable[str]:
    """What could make the answer wrong.

    First what this answer has to fear, then what every answer has.
    """
    yield '<h2 id="doubts">What could make this wrong</h2>\n<ul>\n'
    for clue in data.clues:
        if clue.outlier > 0.2 or is_strained(clue):
            share = text(share_words(clue.outlier))
            yield f"<li><strong>Clue {clue.index + 1} ({mixed(clue.kind)}) "
            yield f"deserves a second look:</strong> {doubt_words(clue)}, "
            yield f"the chance that it was measured wrong is {share}.</li>\n"
    if len(data.modes) > 1:
        yield f"<li><strong>{len(data.modes)} separate pieces fit.</strong> "
        yield "The largest is not the answer; all of them are.</li>\n"
    for doubt in _ALWAYS:
        yield f"<li>{doubt}</li>\n"
    yield "</ul>\n<p>A 90 % region is built to miss the truth one time in ten.</p>\n"


def _how_to_repeat(data: ReportData) -> Iterable[str]:
    """The command and the versions that give the same answer."""
    yield '<h2 id="again">How to get this answer again</h2>\n'
    yield f"<pre>{text(data.command)}</pre>\n"
    yield "<p>The answer is a pure function of the clue file and these versions:</p>\n"
    yield definitions({"SHA-256 of the clue file": data.clues_sha256, **data.versions})
