"""The forms of an inquiry as one table: a row a form, its fields and the type of each.

A type is a word of :mod:`noonmark.inquiry.field_types`, with a question mark where the field may
be left out. What fields of one form owe one another stands in :mod:`noonmark.inquiry.form_rules`.
The page for a reader is docs/spec/inquiry-forms.md.
"""

from __future__ import annotations

from dataclasses import dataclass

COMMON = {"note": "text?"}
"""Fields that every form may have. ``form``, ``id``, ``salt`` and ``over`` are written for it."""
CITABLE = ("passage", "segment", "account", "observation", "answer", "timeline", "search")
TELLINGS = "account|passage|segment|observation|answer|timeline"
RELATIONS = (
    "copy", "reupload", "crop", "transcode", "frame", "quote", "translation", "hearsay",
    "same_author", "same_org", "same_prompt", "none",
)  # fmt: skip
STANCES = (
    "contradicts",
    "strains",
    "cannot_be_tested",
    "supports",
    "consistent",
    "does_not_bear",
)
"""What evidence can say of a claim, in the order in which a reader meets it: contrary first."""
OUTCOMES = ("answered", "refused", "silence", "undeliverable")


@dataclass(frozen=True)
class FormRow:
    """One form: its name, its fields with their types, and one line on what it states."""

    name: str
    says: str
    fields: dict[str, str]

    @property
    def required(self) -> list[str]:
        """The fields that may not be left out."""
        return [name for name, kind in self.fields.items() if not kind.endswith("?")]


FORMS: dict[str, FormRow] = {}


def _form(form_name: str, says: str, **fields: str) -> None:
    FORMS[form_name] = FormRow(
        form_name,
        says,
        fields | COMMON,
    )


_form(
    "event",
    "one place and one span of time that items show or accounts tell of",
    title="prose by language",
    place="place?",
    earliest="time?",
    latest="time?",
    items="items?",
)
_form(
    "question",
    "what is asked about an event",
    text="prose by language",
    event="ref event?",
)
_form(
    "document",
    "a document of the case and its text layer",
    item="item",
    media_type="text",
    pages="whole",
    page_labels="texts?",
    languages="languages?",
    text="item?",
    text_by="table?",
    damaged="texts?",
)
_form(
    "passage",
    "part of a document, quoted",
    item="item",
    at="locators",
    quote="prose",
    language="language",
    dir="word ltr|rtl|auto?",
)
_form(
    "translation",
    "a passage or segment in another language",
    of="ref passage|segment",
    language="language",
    text="prose",
    by="alias",
    kind="word human|machine|machine-checked",
    tool="text?",
    checked_by="alias?",
)
_form(
    "account",
    "one telling by one source",
    source="alias",
    items="items?",
    event="ref event?",
    given_at="time or unknown",
    how="word interview|writing|message|hearsay",
    interviewer="alias?",
    languages="languages",
    interpreter="alias?",
    led="word open|leading|unknown",
    paid="word no|yes|unknown",
    heard_others="word no|yes|unknown",
    trauma_note="prose?",
    consent="ref consent",
)
_form(
    "segment",
    "part of a recording",
    account="ref account",
    item="item",
    start_ms="whole",
    end_ms="whole",
    speaker="alias",
    language="language",
    text="prose",
    spoken_as_code="table?",
    voice="word own|altered|dubbed",
)
_form(
    "link",
    "how one telling goes back to another, or that two were examined and do not",
    child=f"telling {TELLINGS}",
    parent=f"telling {TELLINGS}",
    relation="word " + "|".join(RELATIONS),
    certainty="word certain|likely|unsure",
    basis="text",
    looked_at="word yes|no",
)
_form(
    "observation",
    "what was measured or seen on items",
    items="items",
    method="text",
    version="text",
    parameters="table",
    value="text",
    error="text",
    by="word human|tool",
    reproduce="text?",
)
_form(
    "claim",
    "a sentence about an event that evidence supports or contradicts",
    event="ref event",
    question="ref question?",
    text="prose by language",
    kind="word where|when|what|which_organisation|how_many|sequence",
    place="place?",
    earliest="time?",
    latest="time?",
    standard="text",
)
_form("hypothesis", "one answer that a question could have", question="ref question",
      text="prose by language")  # fmt: skip
_form(
    "weigh",
    "what one piece of evidence says of a claim or hypothesis, and why",
    claim="ref claim?",
    hypothesis="ref hypothesis?",
    on="citation",
    stance="word " + "|".join(STANCES),
    credibility="grade",
    why="text",
    place="place?",
    earliest="time?",
    latest="time?",
    answered_by="ref reply|passage|judgement|weigh?",
)
_form(
    "answer",
    "what locate or check answered to a clue file",
    document="item",
    result="item",
    command="text",
    noonmark="text",
    digest_of_posterior="text?",
)
_form(
    "timeline",
    "what changed at a site, between which images",
    site="item",
    events="changes",
)
_form(
    "judgement",
    "how likely a claim is held to be, how firmly, and why",
    claim="ref claim",
    low_pct="percent",
    high_pct="percent",
    confidence="word low|moderate|high",
    why="text",
    contrary="refs weigh?",
)
_form(
    "review",
    "what somebody else makes of a judgement",
    judgement="ref judgement",
    verdict="word agree|disagree|return",
    why="text",
)
_form(
    "search",
    "where was looked for what, and what was found",
    claim="ref claim?",
    where="text",
    query="text",
    languages="languages?",
    folded="flag?",
    index="item or unknown",
    results="whole",
    read="whole",
    found="word nothing|something",
)
_form("list", "a list as a document has it", title="text", passages="refs passage",
      numbered="texts?", language="language")  # fmt: skip
_form(
    "pair",
    "which entries of two lists say the same",
    a="refs passage?",
    b="refs passage?",
    verdict="word same|narrower|wider|overlaps|only_a|only_b|unsure",
    why="text",
)
_form(
    "reply",
    "what an organisation was asked about claims, and what it answered",
    to="organisation",
    asked_at="time",
    how="text",
    questions="prose",
    deadline="time",
    outcome="word " + "|".join(OUTCOMES) + "?",
    answer="ref passage?",
    answer_text="prose?",
    answered_at="time?",
    about="refs claim",
)
_form(
    "consent",
    "what was agreed with a source",
    of="alias",
    items="items?",
    publish="word no|text|voice_altered|full",
    court="word no|ask|yes",
    archive="word no|yes",
    until="time?",
    withdrawn="time?",
)
_form("restriction", "who may see something", of="subject", level="word open|team|sealed",
      why="text")  # fmt: skip
_form(
    "merge",
    "the state of a colleague's log that was taken in",
    origin="text",
    size="whole",
    root="text",
    key="text",
    manifest="item",
    entries="item",
)
_form(
    "release",
    "what left, what was withheld, and who checked it",
    claims="refs claim",
    items="items?",
    withheld="withheld?",
    text="item",
    lint="texts?",
    reviewed_by="alias?",
)
