"""The fifteen rules of an inquiry: each has a property test, and this table says which.

What is not tested elsewhere is tested here, on inquiries spoken in memory (rules 4, 7, 10, 12) and
on a case (rule 13).
"""

from __future__ import annotations

import json
from importlib import import_module
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noonmark.actions.inquiry_forms import claim_json
from noonmark.evidence.vault import new_vault, open_vault
from noonmark.inquiry.forms import STANCES
from noonmark.inquiry.index import path_of, rebuild
from noonmark.inquiry.origins import SURE, origins_of
from noonmark.inquiry.state import read
from noonmark.inquiry.team import withdraw_said
from tests.inquiry.spoken import Spoken, digest_of
from tests.inquiry.typed_forms import EVENT, claim, judgement, said

RULES = {
    1: ("inquiry.test_origins", "test_fewest_is_at_most_most_and_most_at_most_the_supports"),
    2: ("inquiry.test_origins", "test_a_link_of_dependence_never_raises_either_number"),
    3: ("inquiry.test_origins", "test_the_order_of_links_never_matters"),
    4: ("inquiry.test_rules", "test_a_thousand_reuploads_leave_the_count_at_one"),
    5: ("inquiry.test_team", "test_the_union_commutes_is_idempotent_and_associative"),
    6: ("inquiry.test_origins", "test_unsure_links_lower_fewest_alone_and_examined_pairs_raise"
        "_it_alone"),
    7: ("inquiry.test_rules", "test_a_tool_is_never_a_witness"),
    8: ("release.test_claim_rules", "test_an_open_contradiction_keeps_a_claim_back"),
    9: ("release.test_claim_rules", "test_a_judgement_needs_a_review_by_another_person_and_key"),
    10: ("inquiry.test_rules", "test_a_withdrawal_greys_all_that_cites_it_and_nothing_else"),
    11: ("inquiry.test_bounds", "test_spans_are_intersected_and_every_smallest_conflict_is_named"),
    12: ("inquiry.test_rules", "test_no_likelihood_is_computed_from_any_evidence"),
    13: ("inquiry.test_rules", "test_the_index_built_anew_has_the_bytes_of_the_one_that_grew"),
    14: ("documents.test_fold", "test_folding_twice_changes_nothing"),
    15: ("release.test_disclosure", "test_no_byte_of_a_release_names_what_it_withholds"),
}  # fmt: skip
ITEMS = tuple(digest_of(name) for name in "abcd")
DEPENDENT = ("copy", "reupload", "crop", "transcode", "frame")


@pytest.mark.parametrize("number", RULES)
def test_each_rule_has_a_property_test(number):
    module, name = RULES[number]
    assert hasattr(getattr(import_module(f"tests.{module}"), name), "hypothesis")


@settings(max_examples=2, deadline=None)
@given(st.integers(0, 2**32))
def test_a_thousand_reuploads_leave_the_count_at_one(seed):
    spoken, film, chance = Spoken(), digest_of("film"), Random(seed)
    of = spoken.say("claim", event=spoken.say("event"))
    spoken.say("weigh", claim=of, on={"item": film})
    assert _range(spoken, of) == (1, 1)
    known = [film]
    for number in range(1000):
        copy = digest_of(f"copy {number}")
        spoken.say("link", child=copy, parent=chance.choice(known),
                   relation=chance.choice(DEPENDENT), certainty=chance.choice(SURE))  # fmt: skip
        known.append(copy)
        cited = {"item": copy}
        if number % 50 == 0:
            cited = {"observation": spoken.say("observation", items=[copy])}
        spoken.say("weigh", claim=of, on=cited)
    assert _range(spoken, of) == (1, 1)


def _range(spoken: Spoken, of: str) -> tuple[int, int]:
    """The fewest and the most origins of a claim."""
    found = origins_of(spoken.state(), of)
    return found.fewest, found.most


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(ITEMS), st.booleans()), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(("tool", "human"))), max_size=6),
)
def test_a_tool_is_never_a_witness(seen, repeats):
    spoken = Spoken()
    of = spoken.say("claim", event=spoken.say("event"))
    for item, itself in seen:
        cited = {"item": item} if itself else _observed(spoken, item, "tool")
        spoken.say("weigh", claim=of, on=cited)
    once = _range(spoken, of)
    assert once[1] == len({item for item, _ in seen})
    for which, by in repeats:
        spoken.say("weigh", claim=of, on=_observed(spoken, seen[which % len(seen)][0], by))
    assert _range(spoken, of) == once


def _observed(spoken: Spoken, item: str, by: str) -> dict[str, str]:
    """The citation of a new observation of an item."""
    return {"observation": spoken.say("observation", items=[item], by=by)}


@settings(max_examples=40)
@given(st.data())
def test_a_withdrawal_greys_all_that_cites_it_and_nothing_else(data):
    spoken = Spoken()
    event = spoken.say("event", items=[data.draw(st.sampled_from(ITEMS))])
    cites: dict[str, set[str]] = {event: {spoken.rows[0]["data"]["items"][0]}}
    known = [event]
    for _ in range(data.draw(st.integers(1, 10))):
        name, cited = _another(spoken, data, known)
        cites[name] = cited
        known.append(name)
    gone = data.draw(st.sampled_from([*ITEMS, *known]))
    spoken.withdraw(gone if gone in ITEMS else spoken.body(gone))
    grey = {gone}
    for _ in known:
        grey |= {name for name, cited in cites.items() if cited & grey}
    assert set(spoken.state().greyed) == grey - set(ITEMS)


def _another(spoken: Spoken, data: st.DataObject, known: list[str]) -> tuple[str, set[str]]:
    """Say one more form that cites items or earlier forms; its id and what it cites."""
    forms = {row["id"]: row["form"] for row in spoken.rows}
    by_form = {form: [name for name in known if forms[name] == form] for form in forms.values()}
    choices = ["passage", "observation", "claim"]
    choices += ["weigh"] * ("claim" in by_form) + ["judgement"] * ("claim" in by_form)
    form = data.draw(st.sampled_from(choices))
    item = data.draw(st.sampled_from(ITEMS))
    if form == "passage":
        return spoken.say(form, item=item), {item}
    if form == "observation":
        return spoken.say(form, items=[item]), {item}
    if form == "claim":
        event = data.draw(st.sampled_from(by_form["event"]))
        return spoken.say(form, event=event), {event}
    of = data.draw(st.sampled_from(by_form["claim"]))
    if form == "judgement":
        return spoken.say(form, claim=of), {of}
    cited = [one for kind in ("passage", "observation") for one in by_form.get(kind, ())]
    if not cited:
        return spoken.say(form, claim=of, on={"item": item}), {of, item}
    one = data.draw(st.sampled_from(cited))
    return spoken.say(form, claim=of, on={forms[one]: one}), {of, one}


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from(ITEMS), st.sampled_from(STANCES), st.integers(1, 6)), max_size=6
    ),
    st.none() | st.tuples(st.integers(0, 40), st.integers(40, 100)),
)
def test_no_likelihood_is_computed_from_any_evidence(weighed, judged):
    spoken = Spoken()
    of = spoken.say("claim", event=spoken.say("event"))
    if judged:
        spoken.say("judgement", claim=of, low_pct=judged[0], high_pct=judged[1])
    before = _told(spoken, of)
    for item, stance, credibility in weighed:
        spoken.say("weigh", claim=of, on={"item": item}, stance=stance, credibility=credibility)
    after = _told(spoken, of)
    evidence = after.pop("evidence")
    assert before.pop("evidence") == [] and after == before
    assert [(one["low_pct"], one["high_pct"]) for one in after["judgements"]] == (
        [judged] if judged else []
    )
    told = {key for one in evidence for key in one}
    assert told <= {"id", "on", "stance", "credibility", "why", "by", "answered_by", "greyed"}


def _told(spoken: Spoken, of: str) -> dict[str, object]:
    """What is answered of a claim."""
    state = spoken.state()
    (one,) = (claim for claim in state.of("claim") if claim.id == of)
    told: dict[str, object] = json.loads(json.dumps(claim_json(state, one)))
    return told


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(("say", "change", "withdraw", "read")), min_size=1, max_size=7))
def test_the_index_built_anew_has_the_bytes_of_the_one_that_grew(tmp_path_factory, acts):
    case = tmp_path_factory.mktemp("index") / "case"
    new_vault(case).close()
    first, *_ = said(case, EVENT | {"as": "e"}, claim("@e") | {"as": "k"})
    names = [str(first.data["id"])]
    for act in acts:
        if act == "read":
            read(case)
        elif act == "withdraw":
            with open_vault(case, write=True) as vault:
                withdraw_said(vault, names.pop(), reason="asked to") if len(names) > 1 else None
        elif act == "change":
            said(case, EVENT | {"id": names[0], "title": {"ug": "تام", "en": "A wall"}})
        else:
            forms = said(case, EVENT | {"as": "e"}, claim("@e") | {"as": "k"}, judgement("@k"))
            names.append(str(forms[2].data["id"]))
    state, grown = read(case), path_of(case).read_bytes()
    with open_vault(case, write=True) as vault:
        assert rebuild(vault) == grown
    assert read(case) == state
