"""Claims on the page: the table is the command line's, saying is one act, looking is none."""

from __future__ import annotations

import pytest

from noonmark.actions import inquiry_forms
from tests.inquiry.typed_forms import CONSENT, EVENT, account, claim, judgement, weigh
from tests.web.conftest import digest_of, items

FORMS = [
    EVENT | {"as": "event"},
    CONSENT | {"as": "consent"},
    account("quiet-heron", "@consent") | {"as": "heard"},
    claim("@event", kind="which_organisation") | {"as": "claim"},
    weigh("@claim", {"account": "@heard"}),
    weigh("@claim", {"account": "@heard"}, "contradicts", why="the date is another"),
    judgement("@claim"),
]


@pytest.fixture
def told(opened, case):
    photo = items(opened)["roof.jpg"]
    more = weigh("@claim", {"item": photo}, "cannot_be_tested", why="clouds")
    said = opened.ask("/api/claims/say", {"forms": [*FORMS, more]})["said"]
    return {one["form"]: one["id"] for one in said}


def test_what_is_said_on_the_page_is_what_the_command_line_shows(opened, case, told):
    table = opened.ask("/api/claims")
    (shown,) = table["claims"]
    (known,) = inquiry_forms.claims_of_case(case)["claims"]
    assert {key: shown[key] for key in known if key != "evidence"} == {
        key: known[key] for key in known if key != "evidence"
    }
    assert [one["stance"] for one in shown["evidence"]] == [
        "contradicts", "cannot_be_tested", "supports",
    ]  # fmt: skip
    assert [one["title"] for one in table["columns"]] == ["quiet-heron", "roof.jpg"]
    assert shown["state"] == "judged" and shown["by"] == table["me"] == "tester"
    assert {one["code"] for one in shown["open"]} == {
        "claim-unanswered", "claim-unreviewed", "claim-unasked",
    }  # fmt: skip


def test_looking_at_claims_changes_nothing(opened, case, told):
    before = digest_of(case)
    opened.ask("/api/claims")
    detail = opened.ask(f"/api/claims/{told['claim']}")
    assert detail["origins"]["most"] == 1
    assert opened.ask("/api/claims/citable?words=ROOF")["found"][0]["kind"] == "item"
    assert digest_of(case) == before


def test_what_can_be_cited_is_called_by_its_name_not_by_its_kind(opened, told):
    looked = {"form": "search", "where": "an archive", "query": "the wall", "index": "unknown"}
    looked |= {"results": 0, "read": 0, "found": "nothing"}
    opened.ask("/api/claims/say", {"forms": [looked]})
    found = opened.ask("/api/claims/citable?words=")["found"]
    names = {one["kind"]: one["said"] for one in found}
    assert (names["account"], names["search"]) == ("quiet-heron", "the wall")
    assert all(one["said"] != one["kind"] for one in found)
    for words in ("Quiet heron", "quiet-heron"):
        (heard,) = opened.ask(f"/api/claims/citable?words={words.replace(' ', '+')}")["found"]
        assert heard["kind"] == "account"


def test_one_wrong_form_keeps_all_of_them_out(opened, case):
    before = digest_of(case)
    wrong = [EVENT, {"form": "review", "judgement": "nothing", "verdict": "agree", "why": "x"}]
    assert opened.refused("/api/claims/say", {"forms": wrong}) == "form-reference"
    assert opened.refused("/api/claims/say", {"forms": "claim"}) == "bad-request"
    assert digest_of(case) == before


def test_whoever_judged_can_not_review(opened, told):
    review = {"form": "review", "judgement": told["judgement"], "verdict": "agree", "why": "mine"}
    assert opened.refused("/api/claims/say", {"forms": [review]}) == "review-own"


def test_a_claim_that_is_none_is_named(opened, told):
    assert opened.refused(f"/api/claims/{told['event']}") == "form-reference"
    assert opened.refused("/api/claims/zzzz") == "form-reference"


def test_the_table_tells_what_a_new_version_must_keep(opened, told):
    (bare,) = opened.ask("/api/claims")["claims"]
    assert bare["earliest"] is bare["latest"] is bare["question"] is bare["place"] is None
    asked = {"form": "question", "as": "asked", "text": {"en": "When was the wall built?"}}
    dates = {"earliest": "2021-03-01T00:00:00Z", "latest": "2021-06-30T00:00:00Z"}
    around = {"type": "Polygon", "coordinates": [[[1, 1], [2, 1], [2, 2], [1, 1]]]}
    anew = claim(told["event"], question="@asked", place=around) | dates | {"id": told["claim"]}
    opened.ask("/api/claims/say", {"forms": [asked, anew]})
    (shown,) = opened.ask("/api/claims")["claims"]
    kept = {name: shown[name] for name in ("question", "place", "earliest", "latest")}
    assert kept["question"] and len(kept["place"]) == 64 and dates.items() <= kept.items()
    again = claim(told["event"], text={"en": "It stood in May"}) | kept | {"id": told["claim"]}
    opened.ask("/api/claims/say", {"forms": [again]})
    (shown,) = opened.ask("/api/claims")["claims"]
    assert shown["text"] == {"en": "It stood in May"}
    assert {name: shown[name] for name in kept} == kept


def test_a_span_that_ends_before_it_begins_is_refused(opened, told):
    turned = {"earliest": "2021-06-30T00:00:00Z", "latest": "2021-03-01T00:00:00Z"}
    wrong = claim(told["event"], id=told["claim"]) | turned
    assert opened.refused("/api/claims/say", {"forms": [wrong]}) == "form-rule"


def test_a_weighing_and_a_claim_are_withdrawn_with_a_reason(opened, case, told):
    (shown,) = opened.ask("/api/claims")["claims"]
    against = shown["evidence"][0]
    done = opened.ask("/api/claims/withdraw", {"id": against["id"], "reason": "wrong account"})
    assert done["id"] == against["id"] and done["deleted"] == 1
    (shown,) = opened.ask("/api/claims")["claims"]
    assert against["id"] not in [one["id"] for one in shown["evidence"]]
    opened.ask("/api/claims/withdraw", {"id": told["claim"], "reason": "names a person"})
    assert opened.ask("/api/claims")["claims"] == []
    assert "The wall stood in August" not in str(inquiry_forms.show_said(case, told["claim"]))


def test_nothing_else_is_withdrawn_on_the_screen_of_claims(opened, case, told):
    before = digest_of(case)
    ask = "/api/claims/withdraw"
    assert opened.refused(ask, {"id": told["judgement"], "reason": "x"}) == "form-reference"
    assert opened.refused(ask, {"id": "zzzz", "reason": "x"}) == "form-reference"
    assert opened.refused(ask, {"id": told["claim"], "reason": " "}) == "reason-missing"
    assert opened.refused(ask, {"id": told["claim"]}) == "bad-request"
    assert digest_of(case) == before
