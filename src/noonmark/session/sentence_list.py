"""Templates of the sentences that the page says in its own languages, by their codes.

A code begins with its kind: where on the page the sentence stands. Names in braces are values; one
with a form (``{count:d}``) is a number. Of the other languages the page holds the sentences, in
``frontend/src/i18n/said.*.json``; tests/web/test_sentences.py holds both to one another and to
what the packages say.
"""

from __future__ import annotations

from typing import Final

from noonmark.session.document_sentences import DOCUMENT_TEMPLATES

_CHECK = "check its numbers, its unit and its time, and the prior"
_BEST = "at the best place and time in the area and the window"

_ANSWER = {
    "answer.north-unsaid": (
        '{where}.north: bearings are taken from true north; say "grid" or "magnetic" if not'
    ),
    "answer.odd-units": (
        "{where}.length: {length:g} for a height of {height:g} needs a sun {elevation:.1f} deg up; "
        "are both in one unit?"
    ),
    "answer.odd-units-overhead": (
        "{where}.length: {length:g} for a height of {height:g} needs a sun {elevation:.1f} deg up, "
        "nearly overhead; are both in one unit?"
    ),
    "answer.wide-sigma": ("{where}: {sigma:g} is larger than the {size} itself ({value:g})"),
    "answer.fine-sigma": (
        "{where}: {sigma:g} deg is finer than the air lets anyone measure the sun"
    ),
    "answer.gregorian": (
        "calendar: {times} has an offset, so it was read as RFC 3339, which is Gregorian; write "
        "the local time alone for a Julian date"
    ),
    "answer.whose-days": (
        "window: {days} can be that day on any clock on Earth, so the window reaches {count:d} "
        'hours past it in UTC; zone = "Europe/Oslo" at the top of the file says whose day it was'
    ),
    "answer.nowhere": (
        "{where} {clue} fits nowhere in the prior: "
        f"{_BEST} it is {{sigma:.1f}} sigma off; {_CHECK}"
    ),
    "answer.nowhere-far": (
        "{where} {clue} fits nowhere in the prior: "
        f"{_BEST} it is more than {{sigma:.1f}} sigma off; {_CHECK}"
    ),
    "answer.nowhere-chance": (
        "{where} {clue} fits nowhere in the prior: "
        f"{_BEST} the chance of what it says is {{chance:.2g}}; {_CHECK}"
    ),
    "answer.nowhere-no-chance": (
        "{where} {clue} fits nowhere in the prior: "
        f"{_BEST} the chance of what it says is below {{chance:.2g}}; {_CHECK}"
    ),
    "answer.unfinished": (
        "the search did not come to an end within its budget, and chance decided what it looked at "
        "more closely: regions and shares are rough, and a piece may be missing; a narrower area "
        "or window, or another clue, lets it end"
    ),
    "answer.drawn": (
        "the area and the window are too large for a search to come to an end, so the answer was "
        "drawn at random: shares are right to about two points, regions and spans are smoothed; a "
        "narrower area or window, or another clue, makes them exact"
    ),
    "answer.thin": (
        "what fits the clues is thinner than the cells of the search, and chance decided which of "
        "them it met: shares are rough, to about a tenth of themselves; a narrower area or window, "
        "or another clue, makes them exact"
    ),
}

_ACT = {
    "act.case": "made the case",
    "act.wordless": "an act without words",
    "act.files-one": "added 1 file: {how}",
    "act.files": "added {count:d} files: {how}",
    "act.by-browser": "sent by the browser of this machine",
    "act.from-disk": "added from a disk",
    "act.sample": "said what the post says, and marked three lamp posts",
    "act.added": "added {name}",
    "act.added-some": "added {name} ({kept:d} kept, {refused:d} refused)",
    "act.derived": "kept a {relation} made from {item} ({what})",
    "act.opened": "opened {items}: {purpose}",
    "act.opened-more": "opened {items} and {more:d} more: {purpose}",
    "act.exported-items": "exported {items:d} items as {form}",
    "act.checked-files": "checked {files:d} files again: no problems",
    "act.checked-files-bad": "checked {files:d} files again: {problems:d} problems",
    "act.sealed": "sealed {items:d} items with {key}",
    "act.exported": "exported {form}: {name}",
    "act.kept-answer": "kept the clues, the answer and the report",
    "act.asked": "asked where and when: {words}",
    "act.checked-claim": "checked a claim: {words} (p = {p:.2g}).",
    "act.planned-hiding": (
        "planned what to hide in {item}: boxes on {boxed:d} of {frames:d} frames"
    ),
    "act.hid": "hid what the plan names in {item}: {name}",
    "act.report": "wrote the report: {name}",
    "act.asked-maps": "asked the maps where things stand so: {places:d} places weighed",
    "act.ruled-out": "ruled out by eye {place}: {why}",
    "act.ruled-back": "took back that the scene is not at {place}",
    "act.wrote-places": "wrote the places",
    "act.opened-site": "opened the site {name}",
    "act.site-reading": "kept a reading of {feature} in {image}",
    "act.site-looked": "looked for changes by computer in the site {name}",
    "act.note": "wrote a note",
    "act.undid": "undid: {said}",
    "act.redid": "did again: {said}",
    "act.clue-added": "added a clue: {clue}",
    "act.clue-changed": "changed a clue: {clue}",
    "act.clue-on": "turned a clue on: {clue}",
    "act.clue-off": "turned a clue off: {clue}",
    "act.clue-removed": "removed a clue: {clue}",
    "act.clue-of-file": "took a claim of the file as a clue: {clue}",
    "act.clue-of-sky": "added a sun direction from the sky dome",
    "act.clue-of-places": "took the places of the landmark question as a clue",
    "act.dates": "set the dates: {first} to {last}",
    "act.earliest-none": "set the earliest date: none",
    "act.earliest": "set the earliest date: {first}",
    "act.latest-none": "set the latest date: none",
    "act.latest": "set the latest date: {last}",
    "act.area": "set the area searched",
    "act.layer-put": "put {name} on the map",
    "act.layer-shown": "showed {name} on the map",
    "act.layer-hidden": "hid {name} on the map",
    "act.layer-taken": "took {name} off the map",
    "act.claimed": "claimed: {name}",
    "act.claimed-of-file": "claimed what the file states: {name}",
    "act.claim-removed": "removed a claim: {name}",
    "act.mark": "marked a {mark} on {picture}",
    "act.mark-point": "marked the {point} of a {mark} on {picture}",
    "act.mark-moved": "moved the {point} of a {mark} on {picture}",
    "act.mark-sure": "said how sure a {mark} is on {picture}",
    "act.mark-field": "said the {field} of a {mark} on {picture}",
    "act.mark-point-taken": "took the {point} of a {mark} away on {picture}",
    "act.mark-taken": "took a {mark} away on {picture}",
    "act.field": "said {field} on {picture}",
    "act.field-back": "took {field} back on {picture}",
    "act.heading-of-file": "took the heading that the file claims ({source}) on {picture}",
    "act.by-package": "import of a {form} package",
    "act.by-folder": "import of a {form}",
    "act.transferred": "handed {items} from {giver} to {taker}: {means}",
    "act.transferred-more": "handed {items} and {more:d} more from {giver} to {taker}: {means}",
    "act.timestamped": "kept a time stamp of the record ({form}): {verdict}",
    "act.file-claims": "kept what {item} claims of itself ({form}): {verdict}",
    "act.source": "named a source: {alias} (consent {consent}, restriction {restriction})",
    "act.withdrawn": "withdrew {item}: {reason} (on the authority of {authority})",
    "act.recovered": "mended the log after a crash: {what} ({bytes:d} bytes)",
}

_STRETCH = {
    "stretch.filled": "missed for a while, filled between hits",
    "stretch.low-score": "found with a low score, hidden",
    "stretch.appears": "appears within a shot",
    "stretch.vanishes": "vanishes within a shot",
    "stretch.faint": "something faint was found and NOT hidden",
    "stretch.followed": "a drawn box was followed by machine",
    "stretch.lost": "what was followed was lost from sight, and the box grew",
    "stretch.apart": "followed from both ends, the box comes out apart",
    "stretch.cut": "a cut ended what was followed: NOT hidden here",
}

_LOCAL = "{one} (local, zone unknown) and {other}"
_STOOD = "the clock would stand at {zone}, to {rest:d} s"
_HOLDS_LOCAL = (
    "a clock that wrote local time at {zone} would differ by {shift}, which leaves {rest:d} s: "
    "the container probably holds local time, not UTC"
)

_FINDING = {
    "finding.clock-unreadable": "{source} states {time}, which is no time",
    "finding.clock-unset": (
        "{source} states {time}, the day on which a clock starts that was never set"
    ),
    "finding.clock-in-the-future": "{source} states {time}, which is later than today, {today}",
    "finding.clocks-agree": "{one} and {other} agree to {seconds:d} s",
    "finding.clocks-agree-utc": (
        "{one} and {other} agree to {seconds:d} s: in this file the container's time is UTC, as "
        "the standard says, to {seconds:d} s"
    ),
    "finding.walls-differ": "{one} and {other} differ by {length}",
    "finding.both-local": "both are stated as local time",
    "finding.after": "{one} is {length} after {other}",
    "finding.before": "{one} is {length} before {other}",
    "finding.holds-local": _HOLDS_LOCAL,
    "finding.no-offset": f"{_LOCAL} differ by {{length}}, which is no offset from UTC",
    "finding.same-time": (
        f"{_LOCAL} show the same time: the container holds local time, or the place is at UTC"
    ),
    "finding.offset-implied": (
        f"{_LOCAL} differ by {{length}}: the local clock stood at {{zone}}, to {{rest:d}} s"
    ),
    "finding.no-zone": f"{_LOCAL} differ by {{length}}, which no time zone explains",
    "finding.day-later": f"were the date of {{source}} 1 day later, {_STOOD}",
    "finding.day-earlier": f"were the date of {{source}} 1 day earlier, {_STOOD}",
    "finding.days-later": f"were the date of {{source}} 2 days later, {_STOOD}",
    "finding.days-earlier": f"were the date of {{source}} 2 days earlier, {_STOOD}",
    "finding.time-of-day": "{one} and {other} differ by {length} in the time of day",
    "finding.zone-of-day": (
        "{source} states no date; its time of day puts {other} at {zones}, to {rest:d} s"
    ),
    "finding.no-zone-of-day": (
        "{source} states {time} with no date, and no time zone brings it to {other}"
    ),
    "finding.days-apart": "{one} and {other} are {days:d} days apart",
    "finding.saved-before": "{one} is {length} before {other}: saved before it was taken",
    "finding.saved-again": "{one}: written again {length} after {other}",
    "finding.place-unreadable": "{source} states a place that is not on the globe",
    "finding.place-nought": (
        "{source} states 0,0: there was no fix; it is not a place in the Gulf of Guinea"
    ),
    "finding.order-unknown": (
        "{source}: {place} if the longitude comes first, as in most DJI models, {swapped} if the "
        "latitude does; the file does not say"
    ),
    "finding.places-differ": "{one} ({place}) and {other} ({there}) are {km:.1f} km apart",
    "finding.places-agree": "{one} and {other} agree to {m:.0f} m",
    "finding.claimed-place": "{source} lies {km:.1f} km from the claimed place",
    "finding.size-differs": (
        "EXIF states {stated} pixels, the picture has {actual}: it was resized or cropped, so its "
        "focal length in pixels is unknown"
    ),
    "finding.data-behind-the-end": (
        "{bytes:d} bytes lie behind the end of the picture (a motion photo, further pictures, an "
        "older state of the file, or hidden data)"
    ),
    "finding.coded-not-shown": "coded in the file and not shown: {what}",
    "finding.zone-of-another-place": (
        "{source} stood at {zone}, but at the place of {other} ({place}) clocks showed {zones} "
        "on that day"
    ),
    "finding.thumbnail-differs": (
        "the embedded thumbnail ({size}) does not show the picture: correlation {alike:.2f}; "
        "the picture was changed after the thumbnail was made"
    ),
    "finding.no-clock-transport": (
        "the stream states no date: its clock counts from wherever the encoder was switched "
        "on, and neither a broadcaster's tables nor a camera's notes between the pictures hold "
        "one"
    ),
    "finding.no-clock-bare": (
        "the stream states no date: it is bare, and a camera's notes between its pictures hold none"
    ),
}

_PLACE = {
    "place.none-mapped": (
        "no {thing} is on these maps: this says nothing; check the kind with `noonmark world "
        "things`"
    ),
    "place.says-little": (
        "this says almost nothing: the 90 % set has {inside:d} of {places:d} places. Add a "
        "clause that few places meet"
    ),
    "place.not-mapped": "that the thing is not on the map is likelier than all of these together",
    "place.missing-unknown": (
        "how often maps miss {thing} is not known: 30 % was taken. `missing = 0.1` in the "
        "thing says another share, `noonmark world missing` learns it from two dates"
    ),
    "place.undated": "a map says no dates of its edits: how old it is isn't known",
}

_NEAR = {
    "near.here": "{town}, {country}",
    "near.away": "{km} km {bearing} of {town}, {country}",
}

_SKYLINE = {
    "skyline.flat": (
        "the skyline rises and falls by {relief:.2f} deg, at least {least:g} are needed: a "
        "line without relief fits anywhere"
    ),
    "skyline.no-tile": "no elevation tile lies within {km:g} km of {place}",
    "skyline.no-height": "the elevation tiles hold no height at {place}",
    "skyline.too-wide": (
        "the places lie too far apart: their ground has {cells:.0f} million cells, at most "
        "{most:.0f} million are read"
    ),
}

_SITE = {
    "site.no-coordinates": "no coordinates: read by people only, no area, no proposal",
    "site.placed": "placed by {points:d} control points ({kind}), off by {metres:.2g} m",
    "site.small-feature": "{feature} covers {pixels:.1f} pixels, too few for a proposal",
    "site.warped": "warped to the site's grid; the file is as it came",
    "site.stretched": "8 bits a band: taken as a picture, in no series",
    "site.other-scale": "its numbers are {ratio:.2g} times those of {image}: in no series with it",
    "site.beside": "lies {metres:.0f} m beside {image}: in no series with it; read it with care",
    "site.same-pass": (
        "may be of the same pass as {image} and is still a vote of its own: if it is, take "
        "both in with one --provider and the --taken of that instant"
    ),
    "site.readers-differ": "readers differ on {images}",
    "site.order-open": "the spans of the images leave open what came first",
    "site.could-any": "nobody says that it could have been seen in any image",
    "site.could": "nobody says that it could have been seen in {images}",
    "site.of-event": "{event}: {said}",
    "site.few-images": "{clear:d} images show it clearly; a proposal needs {least:d}",
    "site.few-boxes": "{boxes:d} boxes of its ring can be seen; a proposal needs {least:d}",
    "site.problem-unread": "{file} can't be read: {error}",
    "site.problem-form": "{file} is not of the form of a site: {error}",
    "site.cause-missing": "there is no such file",
    "site.cause-rights": "you have no right to read it",
    "site.cause-json": "no JSON at line {line:d}, column {column:d}",
    "site.cause-text": "it is no text in UTF-8",
    "site.cause-large": "it is too large",
    "site.cause-lacks": "it lacks {part}",
    "site.cause-kind": "something in it is of another kind than it should be",
    "site.cause-form": "its form is {other}",
    "site.no-stack": "{site} has no stack of images that can be compared",
}

TEMPLATES: Final[dict[str, str]] = {
    **_ANSWER,
    **_ACT,
    **_STRETCH,
    **_FINDING,
    **_PLACE,
    **_NEAR,
    **_SKYLINE,
    **_SITE,
    **DOCUMENT_TEMPLATES,
}
"""Every sentence by its code."""
