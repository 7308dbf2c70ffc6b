"""The evidence of a case's report: each thing that claims cite, told with its words and its place.

A table says which fields of a form are told as they stand; what needs more has a function.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from noonmark.constants import LARGEST_WITH_TOWN_KM2
from noonmark.evidence.vault import Vault
from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.release.origins import cited
from noonmark.release.record import CaseRecord
from noonmark.release.selection import Selection
from noonmark.report.record_data import RecordEvidence, RecordPicture, RecordText
from noonmark.report.wording import area_number, whole_degrees
from noonmark.values import Place

WITHHELD = "Withheld: nothing of it is told"
LARGEST_RESULT_BYTES = 16 << 20
Fact = tuple[str, str]
"""A name and a value, as the report shows them."""
HEADINGS = {
    "passage": "A passage of a document",
    "segment": "Words of an account",
    "account": "An account",
    "answer": "An answer from clues",
    "timeline": "What changed at a site",
    "observation": "An observation",
    "search": "A search",
}
"""What each form that can be cited is called in a report."""
_FIELDS: dict[str, tuple[Fact, ...]] = {
    "passage": (("note", "note"),),
    "segment": (
        ("speaker", "spoken by"),
        ("voice", "voice"),
        ("note", "note"),
    ),
    "account": (
        ("source", "source"),
        ("given_at", "given"),
        ("how", "how"),
        ("interviewer", "asked by"),
        ("interpreter", "interpreted by"),
        ("led", "questions"),
        ("paid", "paid"),
        ("heard_others", "had heard other accounts"),
        ("languages", "languages"),
        ("note", "note"),
    ),
    "answer": (
        ("command", "command"),
        ("noonmark", "computed by version"),
        ("note", "note"),
    ),
    "timeline": (("note", "note"),),
    "observation": (
        ("method", "method"),
        ("version", "version of the method"),
        ("value", "value"),
        ("error", "error"),
        ("by", "by"),
        ("reproduce", "to do again"),
        ("note", "note"),
    ),
    "search": (
        ("where", "looked in"),
        ("query", "for"),
        ("languages", "languages"),
        ("found", "found"),
        ("note", "note"),
    ),
}
"""By form, the fields that are told as they stand, and what each is called."""
Pictures = Mapping[str, tuple[RecordPicture, ...]]


@dataclass(frozen=True)
class EvidenceSources:
    """What evidence is told from: the open case, its record, the selection, numbers of files."""

    vault: Vault
    record: CaseRecord
    selection: Selection
    files: Mapping[str, int]
    pictures: Pictures

    @property
    def inquiry(self) -> Inquiry:
        """What is said in the case."""
        return self.record.inquiry


def numbered(sources: EvidenceSources) -> dict[str, int]:
    """The numbers of all evidence by id or digest: in the order in which the claims cite it."""
    found: dict[str, int] = {}
    for claim in sources.selection.claims:
        inquiry = sources.inquiry
        named = [
            cited(one)
            for one in inquiry.about(
                "weigh",
                "claim",
                claim.id,
            )
        ]
        for reply in inquiry.about(
            "reply",
            "about",
            claim.id,
        ):
            named.append(str(reply.data.get("answer", "")))
        for name in filter(None, named):
            found.setdefault(name, len(found) + 1)
    return found


def evidence_told(sources: EvidenceSources, numbers: Mapping[str, int]) -> list[RecordEvidence]:
    """Every piece of evidence in the order of its number."""
    return [
        _told(
            sources,
            name,
            number,
        )
        for name, number in numbers.items()
    ]


def _told(sources: EvidenceSources, name: str, number: int) -> RecordEvidence:
    """One piece of evidence: a form that is cited, or an item that is cited by itself."""
    head = sources.inquiry.current(name)
    if name in sources.selection.untold:
        why = sources.selection.untold[name]
        return RecordEvidence(number, "withheld", WITHHELD, (), (("why", why),), ())
    if head is None:
        alone = (sources.files[name],) if name in sources.files else ()
        return RecordEvidence(
            number,
            "item",
            "The file itself",
            (),
            (),
            alone,
        )
    texts = _texts(sources, head)
    items = dict.fromkeys((*head.items(), *_account_items(sources, head)))
    shown = set(items) & set(sources.selection.shown)
    return RecordEvidence(
        number=number,
        kind=head.form,
        heading=HEADINGS.get(head.form, head.form),
        texts=texts,
        facts=tuple(_facts(sources, head)),
        files=tuple(sources.files[digest] for digest in items if digest in sources.files),
        pictures=sources.pictures.get(head.id, ()),
        words_only=bool(texts and items and not shown),
    )


def _account_items(sources: EvidenceSources, head: SaidForm) -> list[str]:
    """The items of the account that a segment belongs to; none for other forms."""
    if head.form != "segment":
        return []
    account = sources.inquiry.current(head.data["account"])
    return account.items() if account is not None else []


def _texts(sources: EvidenceSources, head: SaidForm) -> tuple[RecordText, ...]:
    """The words of a passage or segment, then its translations, side by side."""
    field = _WORDS.get(head.form)
    if field is None:
        return ()
    inquiry = sources.inquiry
    found = prose(
        inquiry,
        head.data[field],
        head.data["language"],
        "original",
    )
    for one in inquiry.about(
        "translation",
        "of",
        head.id,
    ):
        data = one.data
        said = f"translation by {data['by']}, {data['kind']}"
        if "tool" in data:
            said += f" ({data['tool']})"
        found += prose(
            inquiry,
            data["text"],
            data["language"],
            said,
        )
    return tuple(found)


def prose(inquiry: Inquiry, value: object, language: str = "", note: str = "") -> list[RecordText]:
    """A text that forms name by digest, or one in several languages, English first."""
    if isinstance(value, Mapping):
        tags = sorted(value, key=lambda tag: (not str(tag).startswith("en"), str(tag)))
        return [
            one
            for tag in tags
            for one in prose(
                inquiry,
                value[tag],
                tag,
                note,
            )
        ]
    text = inquiry.text(str(value)) if value else None
    if not text:
        return []
    return [
        RecordText(
            language.replace("_", "-"),
            text,
            note,
        )
    ]


def _facts(sources: EvidenceSources, head: SaidForm) -> Iterator[Fact]:
    """What a form states besides its words: its own fields first, then who said it."""
    special = _SPECIAL.get(head.form)
    if special is not None:
        yield from special(sources, head.data)
    for field, words in _FIELDS.get(head.form, ()):
        value = head.data.get(field)
        if value:
            yield words, ", ".join(value) if isinstance(value, list) else str(value)
    yield "said by", f"{head.by}, {head.at[:10]}"


def _passage(sources: EvidenceSources, data: Mapping[str, Any]) -> Iterator[Fact]:
    """Where a passage stands in its document; several places where it goes over pages."""
    places = data["at"]
    for place in places if isinstance(places, list) else [places]:
        told = []
        if "page" in place:
            told.append(f"page {place.get('label', place['page'])} (sheet {place['page']})")
        for key in _PLACES:
            if key in place:
                told.append(f"{key.replace('_', ' ')} {place[key]}")
        yield "where", ", ".join(told) or "in the document"


def _segment(sources: EvidenceSources, data: Mapping[str, Any]) -> Iterator[Fact]:
    """Where in a recording the words are, and what a word of a code means."""
    yield "at", f"{_clock(data['start_ms'])} to {_clock(data['end_ms'])}"
    code = data.get("spoken_as_code")
    if code:
        yield "word of a code", f"{code['word']} means {code['means']}: {code['basis']}"


def _clock(milliseconds: int) -> str:
    """A time within a recording: minutes, seconds, tenths."""
    return f"{milliseconds // 60000}:{milliseconds % 60000 / 1000:04.1f}"


def _answer(sources: EvidenceSources, data: Mapping[str, Any]) -> Iterator[Fact]:
    """What locate or check answered."""
    return answer_facts(result_of(sources.vault, data["result"]))


def result_of(vault: Vault, digest: str) -> dict[str, Any]:
    """The JSON of an answer that is kept; empty where it can't be read as that."""
    held = vault.log.index.object_of(digest)
    if held is None or held[0] > LARGEST_RESULT_BYTES or not vault.store.has(digest):
        return {}
    try:
        found = json.loads(vault.store.get(digest).read_bytes())
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def answer_facts(result: Mapping[str, Any]) -> Iterator[Fact]:
    """What an answer of locate or check says, in a few lines; all of its modes, none preferred."""
    region = (result.get("credible") or {}).get("0.9")
    if isinstance(region, Mapping):
        if not result.get("place_given"):
            yield "90 % region", area_number(float(region.get("area_km2", 0.0)))
        if not result.get("time_given"):
            yield "90 % of the time", str(region.get("when"))
    for number, mode in enumerate(result.get("modes") or (), 1):
        share = f"{100 * float(mode.get('mass', 0)):.0f} %"
        yield f"piece {number}, {share}", f"{_piece_place(mode)}, {mode.get('when')}"
    if isinstance(result.get("verdict"), str):
        yield "verdict on the claim", result["verdict"]
        yield "chance of that for a true claim", f"at most {result.get('rate')}"


def _piece_place(mode: Mapping[str, Any]) -> str:
    """Where a piece of an answer lies: by a town only where it is small enough for one."""
    if float(mode.get("area_km2", 0.0)) <= LARGEST_WITH_TOWN_KM2:
        return str(mode.get("nearest_place"))
    return f"around {whole_degrees(Place(float(mode['lat_deg']), float(mode['lon_deg'])))}"


def part_words(part: str) -> str:
    """The part of a piece of evidence that a weighing is about, in words."""
    piece = re.fullmatch(r"modes\[(\d{1,4})\]", part)
    if piece:
        return f"piece {int(piece[1]) + 1} of it"
    level = re.fullmatch(r"credible\.(0\.\d{1,4})", part)
    if level:
        return f"its {100 * float(level[1]):.6g} % region"
    return f"this part of it: {part}"


def _timeline(sources: EvidenceSources, data: Mapping[str, Any]) -> Iterator[Fact]:
    """Each change of a site with the images between which it happened."""
    for change in data["events"]:
        ends = []
        if "last_clear" in change:
            ends.append(f"not yet on {change['last_clear'][:10]}")
        if "first_clear" in change:
            ends.append(f"there on {change['first_clear'][:10]}")
        yield change["what"], ", ".join(ends)


_PLACES = (
    "part",
    "path",
    "sheet",
    "cell",
    "message",
    "frame",
    "start_ms",
    "start",
)
"""Keys of a place in a document that are told as they are."""
_WORDS = {
    "passage": "quote",
    "segment": "text",
}
"""The field with the words of a form, by form."""
_SPECIAL = {
    "passage": _passage,
    "segment": _segment,
    "answer": _answer,
    "timeline": _timeline,
}
