"""Rules 8 to 10 at the gate: contradictions, reviews, withdrawals; against an oracle of the test.

The inquiry is spoken in memory and given to the checks of a release as they stand.
"""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from noonmark.actions import releases
from noonmark.evidence import withdrawal
from noonmark.evidence.audit import audit_case
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.forms import STANCES
from noonmark.release import checks
from noonmark.release.record import CaseRecord, RecordedItem
from noonmark.release.selection import ReleaseProposal, ReleaseRequest, select
from tests.inquiry.spoken import Spoken, digest_of
from tests.release import made_case

ITEMS = tuple(digest_of(name) for name in "abcd")
TODAY = ReleaseRequest(today="2026-12-01T00:00:00Z")
PEOPLE = (("amber-fox", "key-a"), ("brisk-owl", "key-b"), ("calm-otter", "key-a"))
"""Who acts and under which key: the third writes with the key of the first."""


def refused(spoken: Spoken) -> set[str]:
    """The codes that stop the release of everything that was spoken."""
    items = {
        digest: RecordedItem(digest, 4, f"{number}.txt", "original", number)
        for number, digest in enumerate(ITEMS)
    }
    record = CaseRecord("log", len(spoken.rows), items, {}, {}, {}, spoken.state())
    proposal = ReleaseProposal(record, select(record, TODAY), TODAY)
    return {one.code for one in checks.refusals(proposal)}


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(ITEMS), st.sampled_from(STANCES), st.booleans(), st.booleans()),
        max_size=5,
    )
)
def test_an_open_contradiction_keeps_a_claim_back(weighed):
    spoken = Spoken()
    of = spoken.say("claim", event=spoken.say("event"))
    contrary, is_open = [], False
    for item, stance, judged, answered in weighed:
        more = {"answered_by": spoken.say("passage", item=item)} if answered else {}
        name = spoken.say("weigh", claim=of, on={"item": item}, stance=stance, **more)
        contrary += [name] if judged else []
        is_open |= stance == "contradicts" and not judged and not answered
    spoken.say("judgement", claim=of, **({"contrary": contrary} if contrary else {}))
    assert ("release-contradiction" in refused(spoken)) == is_open


@dataclass
class Reviewed:
    """What the oracle of rule 9 remembers: who wrote the judgement, and the verdicts on it now."""

    authors: set[tuple[str, str]]
    keys: set[str]
    verdicts: dict[str, tuple[str, str, str, bool]]

    def may_go(self) -> bool:
        """Whether somebody else, with another key once there are two, agrees to what stands."""
        if any(verdict != "agree" for _, _, verdict, _ in self.verdicts.values()):
            return False
        names, keys = ({one[part] for one in self.authors} for part in (0, 1))
        return any(
            fresh and who not in names and (len(self.keys) < 2 or key not in keys)
            for who, key, _, fresh in self.verdicts.values()
        )


@settings(max_examples=80)
@given(
    st.sampled_from(PEOPLE),
    st.lists(
        st.tuples(
            st.sampled_from(PEOPLE), st.sampled_from(("judge", "agree", "disagree", "return"))
        ),
        max_size=5,
    ),
)
def test_a_judgement_needs_a_review_by_another_person_and_key(author, acts):
    spoken = Spoken()
    of = spoken.say("claim", event=spoken.say("event"))
    name = spoken.say("judgement", who=author[0], key=author[1], claim=of)
    told = Reviewed({author}, {"key-a", author[1]}, {})
    for (who, key), act in acts:
        told.keys.add(key)
        if act == "judge":
            spoken.say("judgement", who=who, key=key, name=name, claim=of)
            told.authors.add((who, key))
            told.verdicts = {of: (*one[:3], False) for of, one in told.verdicts.items()}
        else:
            review = spoken.say("review", who=who, key=key, judgement=name, verdict=act)
            told.verdicts[review] = (who, key, act, True)
    assert ("release-no-review" in refused(spoken)) != told.may_go()


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from(ITEMS), min_size=1, max_size=4),
    st.sampled_from(ITEMS),
)
def test_a_withdrawal_stops_what_cites_it_and_nothing_else(cited, gone):
    spoken = Spoken()
    of = spoken.say("claim", event=spoken.say("event"))
    for item in cited:
        spoken.say("weigh", claim=of, on={"passage": spoken.say("passage", item=item)})
    spoken.withdraw(gone)
    assert ("release-withdrawn" in refused(spoken)) == (gone in cited)


def test_a_withdrawn_item_stops_the_release_and_the_log_verifies(tmp_path):
    made = made_case.make(tmp_path)
    with open_vault(made.folder, write=True) as vault:
        act = vault.begin(withdrawal.ACT, alias="", items=[made.items["voice1"]], reason="asked to",
                          authority="quiet-desk")  # fmt: skip
        withdrawal.carry_out(made.folder, vault.store, vault.log, act)
    found = releases.check_release(made.folder, TODAY).verdict.refusals
    assert "release-withdrawn" in {one.code for one in found}
    assert audit_case(made.folder).ok
