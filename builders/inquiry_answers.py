"""Write the JSON Schemas of the answers of noonmark inquiry, reply and release rerun.

    python -m builders.inquiry_answers

A command of several acts has one schema: ``$defs`` holds one for each act, and the answer is one
of them. The words that a field may hold come from the tables in the code; a test
(`tests/actions/test_schemas.py`) fails when the shipped files are not what this writes.
"""

from __future__ import annotations

from builders.schema_parts import (
    DIGEST,
    ID,
    NODE,
    OK,
    TIME,
    Schema,
    flag,
    one_of,
    or_null,
    rows,
    table,
    text,
    whole,
    whole_schema,
    word,
    write,
)
from noonmark.inquiry.field_types import CITED, ORGANISATIONS
from noonmark.inquiry.forms import FORMS, OUTCOMES
from noonmark.inquiry.hypotheses import NOT_WEIGHED
from noonmark.inquiry.likelihood_words import CONFIDENCE
from noonmark.inquiry.said import MALFORMED, MISSING, PRESENT, WITHDRAWN


def words_of(form: str, field: str) -> tuple[str, ...]:
    """The words that a field of a form may hold, as the table of forms has them."""
    kind, _, listed = FORMS[form].fields[field].rstrip("?").partition(" ")
    assert kind == "word", (form, field)
    return tuple(listed.split("|"))


def or_empty(said: str) -> Schema:
    """A digest, or nothing."""
    return {"description": f"{said}; empty where there is none", "pattern": "^([0-9a-f]{64})?$",
            "type": "string"}  # fmt: skip


FORM: Schema = word(*FORMS)
ALIAS = text("the alias under which it was said")
GREYED = or_null(text(), "why it can't be relied on; null where it can")
FAULTS = rows(
    table(code=text(), where=text(), expected=text(), found=text()),
    "what in the log could not be used, and why",
)
DISPUTES = rows(
    table(
        kind=word("versions", "judgements", "links", "fork"),
        about=text("an id, a digest, or the origin of a log"),
        sides=rows(text(), "ids, digests, or states of a log", minItems=2),
        said=text("the dispute in words"),
    ),
    "nothing is settled here",
)

SAY = table(
    "what was said and logged",
    ok=OK,
    said=rows(
        table(form=FORM, id=ID, body=DIGEST | {"description": "SHA-256 of the stored form"}),
        "in the order of the file",
    ),
    log_entries=whole("entries of the log, after"),
)
SAYING = table(
    at=TIME | {"description": "by the clock of that machine"},
    origin=text("of the log"),
    number=whole("of the entry"),
    by=ALIAS,
    key=text("the verifier key of the next seal of that log; empty where there is none"),
)
SHOW = table(
    "one thing with all its versions",
    ok=OK,
    id=ID,
    form=FORM,
    versions=rows(
        table(
            body=DIGEST,
            state=word(PRESENT, WITHDRAWN, MISSING, MALFORMED),
            over=rows(DIGEST, "the versions that this one supersedes"),
            says={
                "type": "object",
                "description": "the fields of the form as stored (docs/spec/inquiry-forms.md): a "
                "text stands as its digest. Empty unless present",
            },
            texts={
                "type": "object",
                "propertyNames": DIGEST,
                "additionalProperties": {"type": ["string", "null"]},
                "description": "the texts by digest; null where withdrawn",
            },
            said=rows(SAYING, minItems=1),
        ),
        minItems=1,
    ),
    standing=rows(DIGEST, "the versions that none supersedes", minItems=1),
    disputed=flag("whether several versions stand"),
    greyed=GREYED,
    cited_by=rows(table(form=FORM, id=ID, field=text("that cites it"), by=ALIAS)),
)
CITATION: Schema = {
    "type": "object",
    "additionalProperties": False,
    "description": "one piece of evidence; part or event narrow it",
    "minProperties": 1,
    "properties": {name: DIGEST if name == "item" else ID for name in CITED}
    | {"part": text(), "event": whole("which change of a timeline, from 0")},
}
STANCES = words_of("weigh", "stance")
WEIGHING = table(
    id=ID,
    on=CITATION,
    stance=word(*STANCES),
    credibility={
        "type": "integer",
        "minimum": 1,
        "maximum": 6,
        "description": "1 confirmed by others to 6 can't be judged",
    },
    why=text(),
    by=ALIAS,
    answered_by=or_null(ID, "what answers it, where somebody said so"),
    greyed=GREYED,
)
PERCENT: Schema = {"type": "integer", "minimum": 0, "maximum": 100}
JUDGEMENT = table(
    "what people judged; nothing here is computed",
    id=ID,
    by=ALIAS,
    low_pct=PERCENT,
    high_pct=PERCENT,
    likelihood=text("the range in words"),
    confidence=word(*CONFIDENCE),
    confidence_means=text(),
    why=text(),
    contrary=rows(ID, "the weighings that it takes into account although they speak against it"),
    earlier=rows(DIGEST, "its other versions"),
    reviews=rows(table(id=ID, by=ALIAS, verdict=word(*words_of("review", "verdict")), why=text())),
)
REPLY_FIELDS: Schema = {
    "id": ID,
    "to": table("an organisation", name=text(), kind=word(*ORGANISATIONS)),
    "asked_at": TIME,
    "how": text(),
    "questions": or_null(text(), "null where withdrawn"),
    "deadline": TIME,
    "outcome": word("waiting", *OUTCOMES),
    "answer": or_null(DIGEST, "the item that holds the answer"),
    "answer_text": or_null(text(), "the answer in words"),
    "answered_at": or_null(TIME, "when it came"),
    "about": rows(ID, "the claims", minItems=1),
}
OUTLINE = table(
    "GeoJSON, longitude first [deg]",
    type=word("Polygon", "MultiPolygon"),
    coordinates={"type": "array", "minItems": 1},
)
CLAIMS = table(
    "every standing claim with what bears on it",
    ok=OK,
    claims=rows(
        table(
            id=ID,
            text={
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": ["string", "null"]},
                "description": "by language tag; null where withdrawn",
            },
            kind=word(*words_of("claim", "kind")),
            event=ID,
            by=ALIAS,
            standard=text("the standard of proof that it is held to"),
            earliest=or_null(TIME, "not before this, as claimed"),
            latest=or_null(TIME, "not after this, as claimed"),
            place=or_null(OUTLINE, "where, as claimed; null where none is, or it was withdrawn"),
            greyed=GREYED,
            evidence=rows(WEIGHING, "contrary evidence first"),
            judgements=rows(JUDGEMENT),
            replies=rows(table("what an organisation was asked", **REPLY_FIELDS)),
        )
    ),
    faults=FAULTS,
)
PAIRS: Schema = rows(rows(NODE, minItems=2, maxItems=2))
ORIGINS = table(
    "between how many independent origins support a claim",
    ok=OK,
    claim=ID,
    fewest=whole("counts unsure links and pairs that nobody examined as joined"),
    most=whole("joins by certain and likely links alone"),
    said=text("the range in words"),
    origins=rows(
        rows(
            table(id=NODE, form=word("item", *FORMS), said=text("its text, or what it is")),
            minItems=1,
        ),
        "the groups behind most",
    ),
    unexamined=PAIRS | {"description": "pairs of different origins that nobody examined",
                        "maxItems": 1000},
    contested=PAIRS | {"description": "said to be joined and to be independent"},
)  # fmt: skip
POSITION: Schema = rows({"type": "number"}, minItems=2, maxItems=2)
SETS = rows(rows(ID, minItems=1))
BOUNDS = table(
    "where and when the evidence for a claim leaves room",
    ok=OK,
    claim=ID,
    earliest=or_null(TIME, "not before; null where open"),
    latest=or_null(TIME, "not after; null where open"),
    region=or_null(
        table(
            type={"const": "MultiPolygon"},
            coordinates=rows(rows(rows(POSITION, minItems=4), minItems=1, maxItems=1)),
        ),
        "GeoJSON, longitude first [deg]; null where open or where nothing is left",
    ),
    region_empty=flag("whether outlines were given that share nothing"),
    time_conflicts=SETS | {"description": "smallest sets of weighings that leave no time"},
    place_conflicts=SETS | {"description": "smallest sets of weighings that leave no place"},
    complete=flag("whether every conflict of place is named"),
    used=rows(ID, "the weighings that bound time or place"),
)
MATRIX = table(
    "hypotheses against evidence: counts, no score",
    ok=OK,
    question=ID,
    hypotheses=rows(
        table(id=ID, text=text(), inconsistent=whole("pieces of evidence that contradict it")),
        "in the order they were said",
    ),
    evidence=rows(
        table(
            kind=word(*CITED),
            cited=NODE,
            part=text("of it; empty where the whole is meant"),
            stances=rows(word(*STANCES, NOT_WEIGHED), "in the order of the hypotheses"),
            tells_apart=flag("false where it says the same of all"),
        ),
        "what contradicts most first",
    ),
)
WITHDRAW = table(
    "what was deleted",
    ok=OK,
    id=ID,
    deleted=whole("objects whose bytes were deleted"),
    greyed=rows(ID, "everything in the case that can't be relied on now"),
)
GIVE = table(
    "a bundle that was written",
    ok=OK,
    out=text("its folder"),
    origin=text("of the log"),
    size=whole("entries under the seal", 1),
    objects=whole("that the bundle shows"),
    bytes=whole("of them"),
    key=text("the public key that signed it"),
)
ROOTS = rows(DIGEST, "of their Merkle trees", minItems=2, maxItems=2)
TAKE = table(
    "a bundle that was taken in",
    ok=flag("false where two states of one log contradict one another"),
    origin=text("of the log"),
    size=whole("entries of the log", 1),
    key=text("the public key that it was verified with"),
    new=whole("forms that were not known before"),
    withdrawn=whole("objects that were deleted, because who said them withdrew them"),
    known=flag("whether the same state was taken in before"),
    forks=rows(
        table(
            origin=text(),
            sizes=rows(whole("entries"), minItems=2, maxItems=2),
            roots=ROOTS,
        )
    ),
    disputes=DISPUTES,
)
INQUIRY = {
    "say": SAY,
    "show": SHOW,
    "claims": CLAIMS,
    "origins": ORIGINS,
    "bounds": BOUNDS,
    "matrix": MATRIX,
    "disputes": table("everything in dispute", ok=OK, disputes=DISPUTES, faults=FAULTS),
    "withdraw": WITHDRAW,
    "give": GIVE,
    "take": TAKE,
}
REPLY = {
    "add": SAY,
    "due": table(
        "the replies that are awaited",
        ok=OK,
        due=rows(
            table(
                **REPLY_FIELDS
                | {
                    "outcome": {"const": "waiting"},
                    "state": word("waiting", "overdue"),
                    "left_s": {
                        "type": "integer",
                        "description": "seconds until the deadline; below 0: since",
                    },
                }
            ),
            "the earliest deadline first",
        ),
    ),
}
RERUN = table(
    ok=flag("whether every answer came out the same"),
    same=whole("how many came out the same"),
    answers=rows(
        table(
            id=ID,
            command=text("that gave the answer"),
            stated=or_empty("the digest of the answer that the release states"),
            again=or_empty("the digest of the answer computed again"),
            same=flag("whether the digests agree"),
            why=text("what stands in the way, or differs; empty where they agree"),
        )
    ),
)


def schemas() -> dict[str, Schema]:
    """The schemas by name."""
    several = "Answers of noonmark"
    return {
        "inquiry": whole_schema("inquiry", f"{several} inquiry", one_of(INQUIRY)),
        "reply": whole_schema("reply", f"{several} reply", one_of(REPLY)),
        "release-rerun": whole_schema(
            "release-rerun", "Answer of noonmark release rerun: SHA-256 of canonical JSON", RERUN
        ),
    }


if __name__ == "__main__":
    write(schemas())
