"""What the report of a case is made from, gathered by ``release``; nothing here computes.

Numbers of claims, evidence and files start at 1 and are the anchors of the page. A file that is
held back has no digest here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RecordText:
    """Words in a language (BCP 47; empty if unknown), and what they are: original, translation."""

    language: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class RecordPicture:
    """A picture as it is shown: PNG or JPEG bytes, a caption, and a description for the blind."""

    media_type: str
    data: bytes
    caption: str
    description: str


@dataclass(frozen=True)
class RecordFile:
    """An item of the case: digest, claimed name, size [bytes], how it came, what is shown of it."""

    number: int
    sha256: str
    name: str
    role: str
    size_bytes: int
    state: str
    why: str
    came: tuple[tuple[str, str], ...]
    pictures: tuple[RecordPicture, ...] = ()
    made_from: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class RecordEvidence:
    """One thing that claims cite: a passage, a segment, an answer, a timeline, an observation."""

    number: int
    kind: str
    heading: str
    texts: tuple[RecordText, ...]
    facts: tuple[tuple[str, str], ...]
    files: tuple[int, ...]
    pictures: tuple[RecordPicture, ...] = ()
    words_only: bool = False


@dataclass(frozen=True)
class RecordWeighing:
    """How a piece of evidence bears on a claim, with the reason, and the answer where it is
    contrary.
    """

    stance: str
    evidence: tuple[int, ...]
    credibility: str
    why: str
    answer: str = ""


@dataclass(frozen=True)
class RecordReview:
    """A review: what another reader said of a judgement.

    ``key`` is the key of the log of their own in which it was said; empty for this case's log.
    """

    by: str
    at: str
    verdict: str
    why: str
    key: str = ""


@dataclass(frozen=True)
class RecordJudgement:
    """A likelihood in words and percent, a confidence apart from it, the reasons, its reviews.

    ``evidence`` are the numbers of all that bears on the claim.
    """

    likelihood: str
    confidence: str
    why: str
    by: str
    at: str
    reviews: tuple[RecordReview, ...]
    standing: bool = True
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True)
class RecordReply:
    """The answer of whom a claim names, or that there was none."""

    to: str
    facts: tuple[tuple[str, str], ...]
    outcome: str
    questions: tuple[RecordText, ...]
    answer: tuple[RecordText, ...]
    evidence: tuple[int, ...] = ()


@dataclass(frozen=True)
class RecordClaim:
    """A claim with all that bears on it.

    ``origin_groups`` are the numbers of the evidence of each origin, ``bounded_by`` of what leaves
    the span of time that stands among the facts.
    """

    number: int
    identity: str
    texts: tuple[RecordText, ...]
    facts: tuple[tuple[str, str], ...]
    origins: str
    weighings: tuple[RecordWeighing, ...]
    judgements: tuple[RecordJudgement, ...]
    replies: tuple[RecordReply, ...]
    origin_groups: tuple[tuple[int, ...], ...] = ()
    bounded_by: tuple[int, ...] = ()


@dataclass(frozen=True)
class RecordEntry:
    """A line of the annex: an entry of the log about something that is shown."""

    number: int
    at: str
    by: str
    kind: str
    what: str
    tool: str


@dataclass(frozen=True)
class CaseReport:
    """A whole report. ``lifted`` are the refusals that a reason lifted, each with that reason."""

    title: str
    origin: str
    prose: tuple[str, ...]
    claims: tuple[RecordClaim, ...]
    evidence: tuple[RecordEvidence, ...]
    files: tuple[RecordFile, ...]
    entries: tuple[RecordEntry, ...]
    lifted: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    answers: int
