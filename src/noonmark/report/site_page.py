"""The report of a site: one HTML file without scripts, with its pictures inside."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence, Sized
from importlib.resources import files

from noonmark.report.page_html import definitions, mixed, table, text
from noonmark.report.site_chart import area_chart, timeline_chart
from noonmark.report.site_data import SiteReportData
from noonmark.report.site_proposals_part import site_proposals_html
from noonmark.sites.images import SiteImage
from noonmark.sites.rings import as_rings
from noonmark.sites.timeline import Sight, SiteEvent
from noonmark.values import from_unix_s, rfc3339

_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
_STYLE = (
    ".chart{width:100%;height:auto;font-size:13px}.chart text{fill:currentColor}"
    ".chart .year{stroke:var(--line)}.chart .base{stroke:var(--line)}"
    ".chart .bracket{fill:var(--accent);opacity:.35}"
    ".chart .open{fill:none;stroke:var(--accent);stroke-dasharray:4 3}"
    ".chart .seen{fill:var(--accent);stroke:var(--accent)}"
    ".chart .not-seen{fill:var(--paper);stroke:currentColor}"
    ".chart .cross,.chart .bound{stroke:currentColor;fill:none}"
    ".strip{display:flex;flex-wrap:wrap;gap:1rem}.strip figure{margin:0;width:13rem}"
    ".chip{display:block;width:100%;background:var(--tint);border:1px solid var(--line)}"
    ".chip image{image-rendering:pixelated}"
    ".chip path{fill:none;stroke:#fff;stroke-width:1.6;vector-effect:non-scaling-stroke}"
    ".chip .halo{stroke:#000;stroke-width:3}"
)
_MOST_STRIP = 60
_METHOD = (
    "Every date is a bracket: later than the last image in which the feature was read as absent, no"
    " later than the first in which it was read as there. Nothing is said of the days between.",
    "People read the images. A reading is seen, not seen, or could not be seen with a reason; could"
    " not is never counted as absent. A removal counts only where a reader says that the feature"
    " could have been seen.",
    "Images of one instant are one vote. A date printed by a viewer is the earliest of a span, and"
    " bounds an event from below only.",
    "Of all histories that fit the readings, those with the fewest changes are meant; the bracket"
    " of a change holds every time that it can have in one of them. A thing that is built and"
    " removed between two images is not seen by this.",
    "Areas are what readers drew, with their bounds. A step of growth is a box over the time in"
    " which it lies, not a slope.",
    "Pictures of one series have one stretch. Pixels that may not be handed on are left out; the"
    " digest and the scene's name are there, so that who has the image can compare.",
)


def site_report_html(data: SiteReportData) -> bytes:
    """The page. What speaks against the findings stands before them."""
    parts = [
        *_head(data),
        *_open_points(data),
        *_events(data),
        *site_proposals_html(data.proposals),
        *_pairs(data),
        *_charts(data),
        *_growth(data),
        *_strip(data),
        *_images(data),
        *_method(data),
        "</main>\n</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def _head(data: SiteReportData) -> Iterator[str]:
    """The head of the page, the title, and what the report is about."""
    style = (files("noonmark.report") / "style.css").read_text("utf-8")
    yield '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{text(data.name)} – Noonmark</title>\n"
    yield f"<style>\n{style}{_STYLE}</style>\n</head>\n"
    yield '<body>\n<main>\n<p class="eyebrow">Noonmark: dated events at a site</p>\n'
    yield f"<h1>{mixed(data.name)}</h1>\n"
    sights = sum(len(held.sights) for held in data.timelines)
    yield f'<p class="lede">{_counted(data.events, "event")} of'
    yield f" {_counted(data.features, 'feature')}, from {_counted(data.images, 'image')} and"
    yield f" readings of {sights} instant{'' if sights == 1 else 's'}.</p>\n"


def _counted(things: Sized, word: str) -> str:
    """How many there are, with the word for them."""
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"


def _open_points(data: SiteReportData) -> Iterator[str]:
    """What is not settled, and how far readers agree."""
    if data.conflicts:
        yield '<p class="note"><strong>Not settled:</strong> '
        yield "; ".join(map(text, data.conflicts))
        yield "</p>\n"
    if not data.agreement.get("pairs"):
        yield '<p class="note"><strong>Mind:</strong> no image was read a second time, blind.</p>\n'
        return
    yield f"<p>Of {data.agreement['pairs']} pairs of readings, the second one blind,"
    yield f" {data.agreement['equal']} are equal; {text(_measures(data))}.</p>\n"


def _measures(data: SiteReportData) -> str:
    """Kappa and AC1 with intervals, in words."""
    said = []
    for key, name in (("kappa", "kappa"), ("ac1", "AC1")):
        held = data.agreement[key]
        assert isinstance(held, dict)
        if held["value"] is None:
            said.append(f"{name} can't be worked out")
        elif held["lo"] is None:
            said.append(f"{name} {held['value']:.2f}")
        else:
            said.append(f"{name} {held['value']:.2f} ({held['lo']:.2f} to {held['hi']:.2f})")
    return ", ".join(said)


def _events(data: SiteReportData) -> Iterator[str]:
    """The table of events."""
    yield '<h2 id="events">What changed, between which images</h2>\n'
    if not data.events:
        yield "<p>The readings give no event.</p>\n"
    head = ("Feature", "Event", "Later than", "No later than", "Between, could not show it")
    rows = [_event_row(data, event) for event in data.events]
    if rows:
        yield table("Each end names the image that gives it.", head, rows)
    for held in data.timelines:
        if held.first_there is not None and not held.events:
            state = "there" if held.first_there else "not there"
            yield f"<p>{mixed(held.feature)} ({text(held.stage)}): {state} in every image that"
            yield " shows it.</p>\n"


def _event_row(
    data: SiteReportData,
    event: SiteEvent,
) -> tuple[str, ...]:
    """One event."""
    hidden = [
        f"{mixed(', '.join(sight.images))} ({text(', '.join(sight.why))})"
        for sight in event.could_not
    ]
    if event.unread:
        hidden.append(f"{len(event.unread)} images not read")
    state = " (not settled)" if event.conflicts else ""
    return (
        mixed(event.feature),
        f"{text(event.name)}{state}",
        _end(data, event.change.after_s, event.before),
        _end(data, event.change.until_s, event.after),
        "<br>".join(hidden) or "–",
    )


def _end(
    data: SiteReportData,
    at_s: float,
    sight: Sight | None,
) -> str:
    """One end of a bracket: time, image and scene."""
    if not math.isfinite(at_s):
        return "not known"
    said = text(_day(at_s))
    for name in sight.images if sight else ():
        image = data.image(name)
        said += f"<br><code>{text(name)}</code>"
        said += f"<br>{mixed(image.scene_id or image.provider)}"
    return said


def _day(at_s: float) -> str:
    return rfc3339(from_unix_s(at_s))


def _pairs(data: SiteReportData) -> Iterator[str]:
    """The two images of each event, side by side."""
    if not data.events:
        return
    yield '<h2 id="pairs">Before and after</h2>\n'
    for event in data.events:
        yield f"<h3>{mixed(event.feature)}: {text(event.name)}</h3>\n"
        yield '<div class="strip">'
        for said, sight in (("before", event.before), ("after", event.after)):
            if sight is not None:
                yield _chip(data, data.image(sight.images[0]), f"{said}: {sight.state}")
        yield "</div>\n"


def _chip(
    data: SiteReportData,
    image: SiteImage,
    said: str,
) -> str:
    """An image with the outlines, or the outlines alone where its pixels may not be handed on."""
    rows, cols = image.chip.get("rows"), image.chip.get("cols")
    rows, cols = (rows, cols) if rows and cols else (60, 90)
    picture = data.pictures.get(image.id)
    inner, withheld = "", "<br>pixels not handed on"
    if picture is not None:
        coded = base64.b64encode(picture).decode("ascii")
        withheld = ""
        inner = (
            f'<image width="{cols}" height="{rows}" preserveAspectRatio="none"'
            f' href="data:image/png;base64,{coded}"/>'
        )
    lines = _outline_path(image)
    return (
        f'<figure><svg class="chip" viewBox="0 0 {cols} {rows}" role="img"'
        f' aria-label="{text(image.id)}">{inner}<path class="halo" d="{lines}"/>'
        f'<path d="{lines}"/></svg><figcaption>{text(_span(image))}<br>'
        f"<code>{text(image.id)}</code><br>{text(said)}{withheld}</figcaption></figure>"
    )


def _outline_path(image: SiteImage) -> str:
    """The features as lines of an SVG path."""
    drawn = ""
    for rings in image.chip.get("outlines", {}).values():
        for ring in as_rings(rings):
            points = " ".join(f"{x:.2f},{y:.2f}" for x, y in ring)
            drawn += f"M{points}Z"
    return drawn


def _span(image: SiteImage) -> str:
    """When an image was taken, and how that is known."""
    start = rfc3339(image.taken.start)
    if image.taken.end is None:
        return f"not before {start} ({image.taken.basis})"
    if image.taken.end == image.taken.start:
        return f"{start} ({image.taken.basis})"
    return f"{start} to {rfc3339(image.taken.end)} ({image.taken.basis})"


def _charts(data: SiteReportData) -> Iterator[str]:
    """The timelines as a chart."""
    chart = timeline_chart(data)
    if chart:
        yield '<h2 id="times">What was seen when</h2>\n<figure>'
        yield chart
        yield "<figcaption>Filled: seen. Hollow: not seen. Cross: could not be seen. Question mark:"
        yield " readers differ. Bars: the brackets; dashed where not settled.</figcaption>"
        yield "</figure>\n"


def _growth(data: SiteReportData) -> Iterator[str]:
    """Areas and their steps by feature."""
    names = sorted({area.feature for area in data.areas})
    if not names:
        return
    yield '<h2 id="growth">Areas</h2>\n'
    for name in names:
        areas = [area for area in data.areas if area.feature == name]
        steps = [step for step in data.steps if step.before.feature == name]
        yield f"<h3>{mixed(name)}</h3>\n{area_chart(areas, steps)}"
        rows = []
        for step in steps:
            value, least, most = step.change_m2
            sure = "changed" if step.is_sure else "within the bounds"
            rows.append(
                (
                    f"{text(_day(step.before.start_s))} to {text(_day(step.after.end_s))}",
                    f"{value:+,.0f} m²",
                    f"{least:+,.0f} to {most:+,.0f} m²",
                    sure,
                )
            )
        if rows:
            yield table("Steps.", ("Between", "Change", "Bounds", "Said"), rows, numeric=1)


def _strip(data: SiteReportData) -> Iterator[str]:
    """All images in order of time; where there are many, evenly chosen ones."""
    chosen = _evenly(data.images, _MOST_STRIP)
    yield '<h2 id="strip">The images</h2>\n<div class="strip">'
    for image in chosen:
        yield _chip(data, image, _seen_in(data, image))
    yield "</div>\n"
    if len(chosen) < len(data.images):
        yield f"<p>{len(chosen)} of {len(data.images)} images; all are in the table.</p>\n"


def _evenly(
    images: Sequence[SiteImage],
    most: int,
) -> list[SiteImage]:
    """At most so many, evenly chosen, the first and the last among them."""
    if len(images) <= most:
        return list(images)
    return [images[round(k * (len(images) - 1) / (most - 1))] for k in range(most)]


def _seen_in(
    data: SiteReportData,
    image: SiteImage,
) -> str:
    """What was read in an image, in words."""
    said = [
        f"{held.feature} {sight.state}"
        for held in data.timelines
        for sight in held.sights
        if image.id in sight.images
    ]
    return ", ".join(said) or "not read"


def _images(data: SiteReportData) -> Iterator[str]:
    """The table of images, with what ties each to its source."""
    head = ("Image", "Scene", "Taken", "Pixel", "Off nadir", "Sun", "Clear", "SHA-256")
    yield table("Every image of the site.", head, map(_image_row, data.images))


def _image_row(image: SiteImage) -> tuple[str, ...]:
    """One image."""
    clear = "–" if image.clear is None else f"{100 * image.clear:.0f} %"
    said = "".join(f"<br>{text(warning)}" for warning in image.warnings)
    return (
        f"<code>{text(image.id)}</code>{said}",
        f"{mixed(image.scene_id or '–')}<br>{mixed(image.provider)} {text(image.level)}",
        text(_span(image)),
        _number(image.gsd_m, "m"),
        _number(image.off_nadir_deg, "°"),
        _number(image.sun_elevation_deg, "°"),
        clear,
        f"<code>{text(image.sha256)}</code>",
    )


def _number(
    value: float | None,
    unit: str,
) -> str:
    return "–" if value is None else f"{value:.3g} {unit}"


def _method(data: SiteReportData) -> Iterator[str]:
    """How it was done, what it can't show, and how to check it."""
    yield '<h2 id="method">How this was done, and what it can\'t show</h2>\n<ul>\n'
    for sentence in _METHOD:
        yield f"<li>{text(sentence)}</li>\n"
    yield '</ul>\n<h2 id="check">How to check it</h2>\n'
    yield "<pre>python3 -I check_readings.py .</pre>\n"
    yield "<p>in this folder derives every bracket anew from readings.jsonl, with Python alone and"
    yield " other code than wrote it. The files beside this page, by SHA-256:</p>\n"
    yield definitions(data.manifest)
    yield definitions(data.versions)
