"""report.html of a case: the record that a stranger reads. One file, no script, nothing loaded.

Every claim links to its evidence, and that to its file with its digest: two clicks. The bytes are a
function of the record alone: no clock, no locale, no random numbers.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files

from noonmark.report.page_html import mixed, table, text
from noonmark.report.record_claims import claim_parts, words
from noonmark.report.record_data import (
    CaseReport,
    RecordEvidence,
    RecordFile,
    RecordPicture,
)

_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'"
)
_LIMITS = (
    "These bytes were kept, under these digests, since the dates in the annex. Nothing here says "
    "that footage is real, or that a statement is true.",
    "Independent origins are counted as a range: the lower number joins everything whose "
    "independence nobody examined. A copy of a copy adds nothing.",
    "A likelihood is a judgement of people, never computed. How sure the judgement is stands in a "
    "sentence of its own.",
    "An answer from shadows is a region and a span of time. A 90 % region is built to miss the "
    "truth one time in ten.",
    "What is held back is named with the reason; no digest of it stands here. Names of files are "
    "what their outside said.",
    "No step of this identified anybody. Sources and readers stand under aliases.",
)
_CREDIBILITY = (
    "Credibility is that of the information, 1 to 6, each piece by itself: 1 confirmed by other "
    "origins, 2 probably so, 3 possibly so, 4 doubtful, 5 improbable, 6 can't be judged."
)


def case_report_html(report: CaseReport) -> bytes:
    """The page of a report."""
    parts = [
        *_head(report),
        *_contents(report),
        *(part for claim in report.claims for part in claim_parts(claim)),
        *_evidence(report),
        *_files(report.files),
        *_method(report),
        *_annex(report),
        *_check(report),
        "</main>\n</body>\n</html>\n",
    ]
    return "".join(parts).encode()


def _head(report: CaseReport) -> Iterator[str]:
    """The head of the page, the title, and the prose of the release."""
    folder = files("noonmark.report")
    style = (folder / "style.css").read_text("utf-8") + (folder / "record.css").read_text("utf-8")
    yield '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n'
    yield f"<title>{text(report.title)}</title>\n<style>\n{style}</style>\n</head>\n"
    yield '<body>\n<main>\n<p class="eyebrow">Noonmark: the record of a case</p>\n'
    yield f"<h1>{mixed(report.title)}</h1>\n"
    shown = sum(bool(file.sha256) for file in report.files)
    held = len(report.files) - shown
    yield f'<p class="lede">{_count(len(report.claims), "claim")}, '
    yield f"{_count(len(report.evidence), 'piece')} of evidence, {_count(shown, 'file')} shown, "
    yield f"{held} held back.</p>\n"
    for paragraph in report.prose:
        yield f"<p>{mixed(paragraph)}</p>\n"
    for what, reason in report.lifted:
        yield f'<p class="note"><strong>Released all the same:</strong> {mixed(what)}. '
        yield f"The reason given: {mixed(reason)}</p>\n"


def _count(number: int, noun: str) -> str:
    """A number and its noun."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _contents(report: CaseReport) -> Iterator[str]:
    """The claims at a glance, each a link."""
    if not report.claims:
        return
    yield '<nav aria-label="Contents"><h2 id="claims">The claims</h2>\n<ol class="toc">\n'
    for claim in report.claims:
        first = claim.texts[0].text if claim.texts else claim.identity
        standing = [one for one in claim.judgements if one.standing]
        said = f" <span>{text(standing[-1].likelihood)}</span>" if standing else ""
        yield f'<li><a href="#claim-{claim.number}">{mixed(first)}</a>{said}</li>\n'
    yield "</ol>\n<p>"
    links = (("evidence", "The evidence"), ("files", "The files"), ("method", "Method and limits"))
    for anchor, name in (*links, ("annex", "Annex from the log"), ("check", "How to check this")):
        yield f'<a href="#{anchor}">{name}</a> '
    yield "</p></nav>\n"


def _evidence(report: CaseReport) -> Iterator[str]:
    """Every piece of evidence under its number, with a link to each file it rests on."""
    if not report.evidence:
        return
    names = {file.number: file.name for file in report.files}
    yield '<h2 id="evidence">The evidence</h2>\n'
    for one in report.evidence:
        yield f'<section class="piece" id="e{one.number}">\n'
        yield f'<h3><span class="number">{one.number}</span> {mixed(one.heading)}</h3>\n'
        yield from words(one.texts)
        for picture in one.pictures:
            yield _figure(picture)
        yield _facts(one.facts)
        yield _rests_on(one, names)
        yield "</section>\n"


def _rests_on(one: RecordEvidence, names: dict[int, str]) -> str:
    """The files that a piece of evidence rests on, as links."""
    links = ", ".join(
        f'<a href="#f{number}">file {number}, {mixed(names.get(number, ""))}</a>'
        for number in one.files
    )
    if one.words_only:
        return f"<p>Its words alone are shown. {'Rests on ' + links + '.' if links else ''}</p>\n"
    return f"<p>Rests on {links}.</p>\n" if links else "<p>Rests on no file of the case.</p>\n"


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    """Facts as a definition list."""
    rows = "".join(f"<dt>{mixed(key)}</dt><dd>{mixed(value)}</dd>\n" for key, value in facts)
    return f"<dl>\n{rows}</dl>\n" if rows else ""


def _figure(picture: RecordPicture) -> str:
    """A picture with its caption; its bytes are in the page."""
    coded = base64.b64encode(picture.data).decode("ascii")
    source = f"data:{picture.media_type};base64,{coded}"
    return (
        f'<figure><img src="{source}" alt="{text(picture.description)}">'
        f"<figcaption>{mixed(picture.caption)}</figcaption></figure>\n"
    )


def _files(listed: Sequence[RecordFile]) -> Iterator[str]:
    """Every file under its number: digest, name, how it came, what is shown of it."""
    yield '<h2 id="files">The files</h2>\n'
    for file in listed:
        yield f'<section class="piece" id="f{file.number}">\n<h3>'
        yield f'<span class="number">{file.number}</span> {mixed(file.name or "without a name")} '
        yield f'<span class="state">{text(file.state)}</span></h3>\n'
        facts = [("what it is", file.role)]
        if file.sha256:
            facts += [("SHA-256", file.sha256), ("size", f"{file.size_bytes} bytes")]
        if file.why:
            facts += [("held back because", file.why)]
        facts += [("made", what) for what, number in file.made_from if number is None]
        yield _facts((*facts, *file.came))
        for what, number in file.made_from:
            if number is not None:
                yield f'<p>{mixed(what)} <a href="#f{number}">file {number}</a>.</p>\n'
        for picture in file.pictures:
            yield _figure(picture)
        yield "</section>\n"


def _method(report: CaseReport) -> Iterator[str]:
    """What was done and what it can't show."""
    yield '<h2 id="method">Method and limits</h2>\n<ul>\n'
    for limit in (*_LIMITS, _CREDIBILITY):
        yield f"<li>{limit}</li>\n"
    yield "</ul>\n"
    if report.tools:
        yield "<p>Programs that the log names: "
        yield ", ".join(mixed(tool) for tool in report.tools) + ".</p>\n"


def _annex(report: CaseReport) -> Iterator[str]:
    """The entries of the log about what is shown."""
    yield '<h2 id="annex">Annex from the log</h2>\n'
    yield "<p>Entries about anything else are in the bundle as salted hashes, so that the log can "
    yield "be checked as a whole. Times are those of the machine that logged them.</p>\n"
    rows = [
        (str(one.number), text(one.at), mixed(one.by), text(one.kind), mixed(one.what))
        for one in report.entries
    ]
    heads = ("Entry", "At (UTC)", "By", "Kind", "What")
    yield table("Signed and chained: none can be changed or left out unseen.", heads, rows)


def _check(report: CaseReport) -> Iterable[str]:
    """How a stranger checks all of this."""
    yield '<h2 id="check">How to check this</h2>\n'
    yield "<p>This page lies in a folder with a signed bundle. Get the signer's public key from "
    yield "elsewhere, then type, in that folder:</p>\n"
    yield "<pre>noonmark verify bundle --key PUBLIC-KEY\nnoonmark release rerun .</pre>\n"
    yield "<p>The first says whether any byte differs from what was signed; "
    yield "<code>python3 -I bundle/verify.py bundle</code> says the same with other code. The "
    yield f"second computes {_count(report.answers, 'answer')} of this report again and compares "
    yield f"digests. The case is {text(report.origin)}.</p>\n"
