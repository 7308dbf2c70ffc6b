"""report.html: one file that tells all of it. No script, nothing loaded from elsewhere, every string escaped."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from typing import Any

from noonmark.report import words
from noonmark.report.findings import Findings, PlacedMode
from noonmark.values import rfc3339

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_LONGEST = 2000
_MOST_MODES = 24
_ALWAYS = (
    "A clue was read off the wrong thing: a shadow of something else, the wrong wall, a mirrored picture. Each clue is "
    "allowed a share of such mistakes (its column above); a mistake that happens to fit is not noticed.",
    "The ground or the object leans more than the stated sigmas allow. One degree of unseen slope moves the sun by up "
    "to one degree.",
    "The picture is older or newer than the window asked about, or lies outside its area: what the question rules out, "
    "the answer cannot find.",
    "Near the horizon the real air bends light by a tenth of a degree and more beside the model.",
    "The footage itself may be staged, altered or artificial. Sun and shadow say where and when light fell so, not "
    "that the scene was real.",
)


def report_html(found: Findings, pictures: Mapping[str, bytes]) -> bytes:
    """The page; ``pictures`` are the PNG files by name (map.png, calendar.png)."""
    style = (files("noonmark.report") / "style.css").read_text("utf-8")
    title = words.title(found)
    parts = [
        '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n',
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
        '<meta name="referrer" content="no-referrer">\n',
        f"<title>{text(title)} – Noonmark</title>\n<style>\n{style}</style>\n</head>\n<body>\n<main>\n",
        f'<p class="eyebrow">Noonmark: where and when</p>\n<h1>{mixed(title)}</h1>\n',
        f'<p class="lede">{text(words.subtitle(found))}</p>\n',
        *_warnings(found),
        *_figures(found, pictures),
        *_numbers(found),
        *_modes(found),
        *_question(found),
        *_clues(found),
        *_next(found),
        *_doubts(found),
        *_again(found),
        "</main>\n<footer><p>Made with Natural Earth. Places: GeoNames, CC BY 4.0. Time-zone boundaries: ",
        "© OpenStreetMap contributors, ODbL 1.0. Borders are drawn as Natural Earth has them, ",
        "without judgement.</p></footer>\n",
        "</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def text(value: object) -> str:
    """Escaped text without the control and direction characters that could rearrange what is read."""
    raw = str(value)[:_LONGEST]
    kept = "".join(c for c in raw if (c >= " " or c in "\t\n") and c != "\x7f" and c not in _UNSEEN)
    return escape(kept, quote=True)


# Explicit bidirectional controls: <bdi> isolates each string, so none of these is needed, and each can deceive.
_UNSEEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff")


def mixed(value: object) -> str:
    """Text that may be in any script, isolated from what stands round it."""
    return f"<bdi>{text(value)}</bdi>"


def table(
    caption: str, head: Iterable[str], rows: Iterable[Iterable[str]], *, right: frozenset[int] = frozenset()
) -> str:
    """A table of cells that are already markup; the first of each row is its heading."""

    def cell(k: int, content: str, tag: str, scope: str = "") -> str:
        return f"<{tag}{scope}{' class=n' if k in right else ''}>{content}</{tag}>"

    top = "".join(cell(k, h, "th", ' scope="col"') for k, h in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(cell(k, c, "td" if k else "th", "" if k else ' scope="row"') for k, c in enumerate(row))
        + "</tr>\n"
        for row in rows
    )
    inner = f"<caption>{caption}</caption>\n<thead><tr>{top}</tr></thead>\n<tbody>\n{body}</tbody>"
    return f'<div class="scroll"><table>{inner}</table></div>\n'


def _warnings(found: Findings) -> Iterable[str]:
    if found.conflicts:
        yield '<p class="note"><strong>The clues contradict one another.</strong> '
        yield 'See <a href="#clues">what each clue says</a> before using this answer.</p>\n'
    if not found.modes:
        yield '<p class="note"><strong>No place and time in the question fits.</strong> '
        yield "That is a finding: a clue, the area or the window is wrong.</p>\n"
    for warning in found.answer.get("warnings", ()):
        yield f'<p class="note"><strong>Mind:</strong> {mixed(warning)}.</p>\n'


def _figures(found: Findings, pictures: Mapping[str, bytes]) -> Iterable[str]:
    best = words.place_words(found.modes[0]) if found.modes else "nowhere"
    alts = {
        "map.png": f"World map of the probability. {words.title(found)}. Best place: {best}.",
        "calendar.png": f"Probability by date and time of day. {_when(found)}",
    }
    captions = {
        "map.png": "Where. Colour and lines show the smallest areas that hold 50, 90 and 99 % of the probability. "
        "Numbered crosses are the best fits.",
        "calendar.png": "When. The same for date and time of day; the sun's rise, noon and set are drawn for the "
        "likeliest place.",
    }
    for name, alt in alts.items():
        if name in pictures:
            data = base64.b64encode(pictures[name]).decode("ascii")
            yield f'<figure><img src="data:image/png;base64,{data}" alt="{text(alt)}">'
            yield f"<figcaption>{captions[name]}</figcaption></figure>\n"


def _when(found: Findings) -> str:
    region = found.region(0.9)
    return f"90 % credible: {words.spans_words(region.spans)}." if region else ""


def _numbers(found: Findings) -> Iterable[str]:
    rows = [
        (
            f"{r.level * 100:.0f} %",
            text(words.area_number(r.area_km2)),
            text(words.area_words(r.area_km2)),
            text(words.spans_words(r.spans)),
        )
        for r in found.regions
    ]
    yield '<h2 id="answer">The answer in numbers</h2>\n'
    caption = "Credible regions: the smallest set of places, and the smallest set of instants, that hold each share."
    yield table(caption, ("Share", "Area", "Compares to", "Times"), rows)
    if found.truth is not None:
        yield f"<p>The known truth lies at credible level {found.truth.level:.3f} of the joint answer "
        yield "(0 is the best fit, 1 the farthest).</p>\n"


def _modes(found: Findings) -> Iterable[str]:
    if not found.modes:
        return
    yield '<h2 id="modes">The places and times that fit</h2>\n'
    yield "<p>Each row is one connected piece of the 90 % region. They are alternatives, not an average.</p>\n"
    rows = []
    for k, placed in enumerate(found.modes[:_MOST_MODES]):
        mode = placed.mode
        local = "<br>".join(f"{text(clock)} {mixed(_zone(zone))}" for zone, clock in placed.local)
        rows.append(
            (
                f'<span class="number">{k + 1}</span> {text(words.share_words(mode.mass))}',
                f"{mixed(words.place_words(placed))}<br>{text(_coordinates(placed))}",
                f"{text(rfc3339(mode.instant))}<br>{local}",
                text(words.span_words(mode.span)),
                text(words.area_number(mode.area_km2)),
            )
        )
    yield table(
        "Modes, largest share first.", ("Share", "Best-fitting place", "Best-fitting instant", "Span", "Area"), rows
    )
    rest = found.modes[_MOST_MODES:]
    if rest:
        share = text(words.share_words(sum(m.mode.mass for m in rest)))
        yield f"<p>And {len(rest)} smaller ones, together {share}, in answer.json.</p>\n"


def _coordinates(placed: PlacedMode) -> str:
    """With as many digits as the mode's area deserves."""
    place = placed.mode.place
    digits = 2 if placed.mode.area_km2 > 1000.0 else 3 if placed.mode.area_km2 > 1.0 else 5
    return words.coordinates_words(place.lat_deg, place.lon_deg, digits)


def _zone(zone: str) -> str:
    return words.zone_words(zone) if zone.startswith("Etc/") else zone


def _question(found: Findings) -> Iterable[str]:
    yield '<h2 id="question">What was asked</h2>\n'
    prior = found.question.get("prior")
    if isinstance(prior, Mapping) and prior:
        yield f"<h3>Before any clue</h3>\n{_definitions(prior)}"
    clues = found.question.get("clue")
    for k, clue in enumerate(clues if isinstance(clues, list) else []):
        if isinstance(clue, Mapping):
            yield f"<h3>Clue {k + 1}: {mixed(clue.get('kind', '?'))}</h3>\n"
            yield _definitions({key: value for key, value in clue.items() if key != "kind"})
    others = {k: v for k, v in found.question.items() if k not in ("prior", "clue")}
    if others:
        yield f"<h3>Also given</h3>\n{_definitions(others)}"


def _definitions(values: Mapping[str, Any]) -> str:
    rows = "".join(f"<dt>{mixed(key)}</dt><dd>{mixed(_plain(value))}</dd>\n" for key, value in values.items())
    return f"<dl>\n{rows}</dl>\n"


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{k} = {_plain(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        shown = ", ".join(_plain(v) for v in value[:40])
        return f"{shown}, … ({len(value)} in all)" if len(value) > 40 else shown
    return str(value)


def _clues(found: Findings) -> Iterable[str]:
    if found.clues:
        yield '<h2 id="clues">What each clue says</h2>\n'
        yield "<p>The pull is how far the clue stands from the best fit, in its own sigmas: "
        yield "below 1 it fits, below 2 it leans a little, below 3 it is strained, from 3 on it is at odds.</p>\n"
        rows = [
            (
                f"{c.index + 1} {mixed(c.kind)}",
                f"{_pull(c.pull_sigma)}{_signed(c.pull_sigma)} σ, {words.pull_words(c.pull_sigma)}",
                text(words.share_words(c.outlier)),
                text(words.area_number(c.area_km2_without)) if math.isfinite(c.area_km2_without) else "not computed",
                _signed(c.log_evidence),
            )
            for c in found.clues
        ]
        head = ("Clue", "Pull", "Mismeasured?", "90 % area without it", "Log evidence")
        yield table("Each clue beside the best fit of all.", head, rows, right=frozenset({4}))
    if found.conflicts:
        yield "<h3>Contradictions</h3>\n<ul>\n"
        for conflict in found.conflicts:
            names = " and ".join(f"clue {k + 1}" for k in conflict.clues)
            yield f"<li><strong>{text(names)}</strong>: {mixed(conflict.why)}</li>\n"
        yield "</ul>\n"


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "−") if math.isfinite(value) else "–"


def _pull(sigma: float) -> str:
    """A small scale from -4 to 4 with a dot at the pull; the number stands beside it in words."""
    if not math.isfinite(sigma):
        return ""
    x = 45.0 + max(-4.0, min(4.0, sigma)) * 10.0
    grid = "".join(f'<line x1="{45 + k * 10}" y1="3" x2="{45 + k * 10}" y2="9"/>' for k in (-4, -3, -2, -1, 1, 2, 3, 4))
    return (
        '<svg class="pull" viewBox="0 0 90 12" aria-hidden="true"><line x1="3" y1="6" x2="87" y2="6"/>'
        f'{grid}<line class="mid" x1="45" y1="1" x2="45" y2="11"/><circle cx="{x:.1f}" cy="6" r="3.4"/></svg>'
    )


def _next(found: Findings) -> Iterable[str]:
    if not found.advice:
        return
    yield '<h2 id="next">What to look for next</h2>\n'
    rows = [
        (
            mixed(a.measure),
            f"{a.sigma_deg:g}°" if a.sigma_deg is not None else "–",
            text(words.area_number(a.area_km2_expected)),
            f"{a.information_bits:.1f} bits",
        )
        for a in found.advice
    ]
    yield table(
        "Measurements that could still be made, and what each is expected to be worth.",
        ("Measure", "If known to", "Expected 90 % area", "Information"),
        rows,
        right=frozenset({3}),
    )


def _doubts(found: Findings) -> Iterable[str]:
    yield '<h2 id="doubts">What could make this wrong</h2>\n<ul>\n'
    for c in found.clues:
        if c.outlier > 0.2 or abs(c.pull_sigma) >= 2.0:
            yield f"<li><strong>Clue {c.index + 1} ({mixed(c.kind)}) deserves a second look:</strong> its pull is "
            share = text(words.share_words(c.outlier))
            yield f"{_signed(c.pull_sigma)} σ, the chance that it is mismeasured {share}.</li>\n"
    if len(found.modes) > 1:
        yield f"<li><strong>{len(found.modes)} separate pieces fit.</strong> "
        yield "The largest is not the answer; all of them are.</li>\n"
    for doubt in _ALWAYS:
        yield f"<li>{doubt}</li>\n"
    yield "</ul>\n<p>A 90 % region is built to miss the truth one time in ten.</p>\n"


def _again(found: Findings) -> Iterable[str]:
    yield f'<h2 id="again">How to get this answer again</h2>\n<pre>{text(found.command)}</pre>\n'
    yield "<p>The answer is a pure function of the clue file and these versions:</p>\n"
    yield _definitions({"SHA-256 of the clue file": found.clues_sha256, **found.versions})
