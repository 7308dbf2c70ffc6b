"""Which source of evidence stands in which column, and which columns go back to one origin."""

from __future__ import annotations

from noonmark.inquiry.evidence_table import evidence_table
from noonmark.inquiry.standing import claim_state
from noonmark.inquiry.state import read
from tests.inquiry.typed_forms import CONSENT, EVENT, account, claim, judgement, said, weigh

COPY = {"form": "link", "child": "@second", "parent": "@first", "relation": "hearsay"}
COPY |= {"certainty": "certain", "basis": "told so", "looked_at": "yes"}


def _told(case, *more):
    return said(
        case,
        EVENT | {"as": "event"},
        CONSENT | {"as": "consent"},
        account("quiet-heron", "@consent") | {"as": "first"},
        account("dry-elm", "@consent") | {"as": "between"},
        account("slow-cedar", "@consent") | {"as": "second"},
        claim("@event") | {"as": "claim"},
        weigh("@claim", {"account": "@first"}),
        weigh("@claim", {"account": "@between"}, "strains"),
        weigh("@claim", {"account": "@second"}),
        weigh("@claim", {"account": "@first"}, "cannot_be_tested"),
        *more,
    )


def test_a_source_is_one_column_however_often_it_is_weighed(case):
    _told(case)
    inquiry = read(case)
    table = evidence_table(inquiry, inquiry.of("claim"))
    assert [one.kind for one in table.columns] == ["account"] * 3
    assert len(table.columns_of) == 4 and {one.origin for one in table.columns} == {0}


def test_columns_of_one_origin_stand_side_by_side(case):
    _told(case, COPY)
    inquiry = read(case)
    table = evidence_table(inquiry, inquiry.of("claim"))
    sources = [inquiry.current(one.key).data["source"] for one in table.columns]
    assert sources == ["quiet-heron", "slow-cedar", "dry-elm"]
    assert [one.origin for one in table.columns] == [1, 1, 0]


def test_a_strain_supports_nothing_and_needs_no_answer(case):
    _told(case)
    inquiry = read(case)
    (one,) = inquiry.of("claim")
    assert claim_state(inquiry, one.id, ()) == "open"
    said(case, judgement(one.id) | {"as": "j"})
    inquiry = read(case)
    assert claim_state(inquiry, one.id, ()) == "judged"
    assert claim_state(inquiry, one.id, {one.id}) == "disputed"
    (given,) = inquiry.of("judgement")
    review = {"form": "review", "judgement": given.id, "verdict": "agree", "why": "read it"}
    said(case, review, by="slow-cedar")
    assert claim_state(read(case), one.id, ()) == "reviewed"
