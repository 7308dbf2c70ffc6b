"""The best places of an answer on one sheet: a local map and a table of clauses for each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from noonmark.report.drawing_svg import svg
from noonmark.report.page_html import mixed, table, text
from noonmark.report.place_drawing import clause_letter, drawn_place
from noonmark.report.place_words import what_met_it
from noonmark.world.landmarks.local_map import LocalMap

_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
_STYLE = (
    ".place{display:grid;grid-template-columns:minmax(0,24rem) minmax(0,1fr);gap:1rem 1.8rem}"
    ".place svg{width:100%;height:auto;display:block;overflow:hidden}"
    "@media (max-width:52rem){.place{grid-template-columns:1fr}}"
    "@media print{section{break-inside:avoid}.place{grid-template-columns:10cm 1fr}}"
)
SIGNS = (
    "North is up. A disc is a thing that met its clause, a ring one that only comes near or speaks"
    " against it; the letter is the clause's. Dashed: the distances and sectors that were asked"
    " for. The cross is the object itself, the dotted circle one sigma about where the camera may"
    " have stood."
)


def place_sheet_html(
    answer: Mapping[str, Any],
    places: Sequence[Mapping[str, Any]],
    maps: Sequence[LocalMap],
) -> bytes:
    """One HTML file without scripts; loads nothing. ``maps`` are those of ``places``, in order."""
    parts = list(_head(answer, len(places)))
    for place, local in zip(
        places,
        maps,
        strict=True,
    ):
        parts += _place(
            answer,
            place,
            local,
        )
    parts.append(f"<footer><p>{text(answer['attribution'])}</p>")
    parts += [f"<p>{text(line)}</p>" for line in source_lines(answer)]
    parts.append("</footer>\n</main>\n</body>\n</html>\n")
    return "".join(parts).encode()


def _head(answer: Mapping[str, Any], shown: int) -> Iterator[str]:
    """The head of the page, and what the answer says before any place."""
    style = (files("noonmark.report") / "style.css").read_text("utf-8")
    yield '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{text(sheet_title(answer, shown))}</title>\n<style>{style}{_STYLE}</style>\n"
    yield f"</head>\n<body>\n<main>\n<h1>{text(sheet_title(answer, shown))}</h1>\n"
    for line in summary_lines(answer):
        yield f'<p class="lede">{mixed(line)}</p>\n'
    yield f"<p>{text(SIGNS)}</p>\n"


def sheet_title(answer: Mapping[str, Any], shown: int) -> str:
    """What the sheet is about."""
    return f"The {shown} most probable of {answer['anchors']} places"


def summary_lines(answer: Mapping[str, Any]) -> list[str]:
    """Sentences that bear on every place, the advice among them."""
    why, certain = answer["none_why"], answer["set_90"]
    together = " and none of these" if certain["none_of_these"] else ""
    return [
        f"None of these: {percent(answer['none_of_these'])}. Of {why['thing']!r} maps miss"
        f" {percent(why['missing_share'])} ({why['missing_from']}).",
        f"The 90 % set: {certain['places']} places{together}.",
        *(f"{line[:1].upper()}{line[1:]}." for line in answer["advice"]),
    ]


def source_lines(answer: Mapping[str, Any]) -> list[str]:
    """The maps with their dates and digests, and the digest of the question."""
    lines = []
    for each in answer["maps"]:
        newest = each["newest_edit"]
        edited = f"edited to {newest}" if newest else "of an unknown date"
        lines.append(f"Map {each['region']}, {edited}, SHA-256 {each['osm_sha256'][:16]}")
    return [*lines, f"Question SHA-256 {answer['question_sha256']}"]


def percent(share: float) -> str:
    """A share in percent, three digits."""
    return f"{100.0 * share:.3g} %"


def place_title(place: Mapping[str, Any]) -> str:
    """Rank, probability, where, and how much of the question holds."""
    return (
        f"{place['rank']}. {percent(place['probability'])} · {place['lat_deg']:.6f},"
        f"{place['lon_deg']:.6f} · {place['holds']} of {place['of']} hold"
    )


def _place(
    answer: Mapping[str, Any],
    place: Mapping[str, Any],
    local: LocalMap,
) -> Iterator[str]:
    """The part of one place."""
    head = f"{place['osm']} {place['name']}".strip()
    drawing = drawn_place(
        place,
        answer["clauses"],
        local,
    )
    yield f"<section>\n<h2>{text(place_title(place))}</h2>\n<p>{mixed(head)}</p>\n"
    yield f'<div class="place"><figure>{svg(drawing)}'
    caption = f"{2.0 * local.half_m:.0f} m across. {answer['attribution']}"
    if local.left_out:
        caption += f". {local.left_out} small objects are not drawn"
    yield f"<figcaption>{text(caption)}</figcaption></figure>\n"
    rows = [[mixed(cell) for cell in row] for row in clause_rows(answer, place)]
    yield table(
        "What the map says of each clause",
        ("", "asked", "found", "odds"),
        rows,
    )
    yield "</div>\n</section>\n"


def clause_rows(
    answer: Mapping[str, Any],
    place: Mapping[str, Any],
) -> list[tuple[str, str, str, str]]:
    """For each clause its sign, what it asks, what the map has, and what it multiplies."""
    rows = []
    for number, (told, asked) in enumerate(
        zip(
            place["clauses"],
            answer["clauses"],
            strict=True,
        )
    ):
        factor = _factor(told["weight"])
        found = ", ".join([str(told["state"]), *what_met_it(told)])
        rows.append((clause_letter(number), asked["says"], found, factor))
    return rows


def _factor(weight: float) -> str:
    """What a clause multiplies the odds by."""
    return f"{math.exp(min(weight, 700.0)):.2g}x"
