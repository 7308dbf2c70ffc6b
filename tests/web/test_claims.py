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
