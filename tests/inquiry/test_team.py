"""Several people: rule 5 on random histories, and bundles given and taken on disk."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import merge_histories
from noonmark.actions import inquiry_findings, inquiry_team
from noonmark.errors import EvidenceError, InputError
from noonmark.evidence.audit import audit_case
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.note import new_key, read_key
from noonmark.evidence.vault import new_vault, open_vault
from noonmark.inquiry.disputes import disputes_of
from noonmark.inquiry.said import WITHDRAWN
from noonmark.inquiry.standing import claim_faults
from noonmark.inquiry.state import read, union
from noonmark.inquiry.team import give, take, withdraw_said
from tests.inquiry.typed_forms import EVENT, claim, judgement, keeps, said

PEOPLE = ("ann", "bob", "cem")
ACTS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.sampled_from(("new", "change", "withdraw", "repeat", "seal")),
        st.integers(0, 5),
    ),
    max_size=14,
)


def logs_of(acts) -> dict[str, list[dict[str, object]]]:
    """The rows of three logs in which people say, change, repeat and withdraw things."""
    logs: dict[str, list[dict[str, object]]] = {who: [] for who in PEOPLE}
    bodies: list[tuple[str, str, dict[str, object]]] = []
    for number, (who, what, which) in enumerate(acts):
        row = {"origin": f"log-{who}", "number": len(logs[who])}
        chosen = bodies[which % len(bodies)] if bodies else None
        if what == "seal":
            logs[who].append(row | {"row": "seal", "key": f"key-{who}"})
        elif what == "withdraw" and chosen:
            logs[who].append(row | {"row": "withdrawal", "sha256": chosen[1]})
        elif what == "repeat" and chosen:
            logs[who].append(_said_row(row, who, number, chosen[1], chosen[2]))
        elif what in ("new", "change"):
            old = what == "change" and chosen is not None
            name = chosen[0] if old else f"{number:026d}".translate(str.maketrans("0189", "abcd"))
            data = {"form": "question", "id": name, "salt": f"{number:032x}"}
            data |= {"over": [chosen[1]] if old else [], "text": {"en": "0" * 64}}
            body = sha256_hex(json.dumps(data).encode())
            bodies.append((name, body, data))
            logs[who].append(_said_row(row, who, number, body, data))
    return logs


def _said_row(row, who, number, body, data) -> dict[str, object]:
    at = f"2026-01-01T00:00:{number:02d}.000Z"
    stated = {"form": data["form"], "id": data["id"], "over": data["over"]}
    return row | {"row": "said", "at": at, "by": who, "body": body, "data": data} | stated


@settings(max_examples=60)
@given(ACTS, st.randoms())
def test_the_union_commutes_is_idempotent_and_associative(acts, chance):
    logs = logs_of(acts)
    a, b, c = (logs[who] for who in PEOPLE)
    whole = union([*a, *b, *c], "log-ann")
    for order in permutations((a, b, c)):
        assert union([row for log in order for row in log], "log-ann") == whole
    assert union([*a, *b, *a, *c, *b, *b], "log-ann") == whole
    mixed = [*a, *b, *c]
    chance.shuffle(mixed)
    assert union(mixed, "log-ann") == whole


@settings(max_examples=60)
@given(ACTS)
def test_nothing_said_is_ever_lost_and_every_thing_has_a_standing_version(acts):
    rows = [row for log in logs_of(acts).values() for row in log]
    state = union(rows, "log-ann")
    bodies = {row["body"] for row in rows if row["row"] == "said"}
    assert {one.body for one in state.said} == bodies
    for name in state.by_id:
        assert state.heads(name)


class Colleague:
    """A case and a key of one person."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.case, self.name = folder, folder / name, name
        new_vault(self.case, by=name).close()
        self.public = str(new_key(folder / f"{name}.key", name=name))
        self.given = 0

    def say(self, *typed):
        """Say forms as this person."""
        return said(self.case, *typed, by=self.name)

    def give(self) -> Path:
        """Give everything; the bundle's folder."""
        self.given += 1
        out = self.folder / f"{self.name}-{self.given}"
        with open_vault(self.case, write=True, by=self.name) as vault:
            give(vault, out, read_key(self.folder / f"{self.name}.key"))
        return out

    def take(self, other, bundle):
        """Take a bundle of a colleague in."""
        with open_vault(self.case, write=True, by=self.name) as vault:
            return take(vault, bundle, key=other.public)

    def bodies(self) -> dict[str, str]:
        """The state of every form but merges, by body."""
        return {one.body: one.state for one in read(self.case).said if one.form != "merge"}


@pytest.fixture
def ann(tmp_path) -> Colleague:
    return Colleague(tmp_path, "amber-fox")


@pytest.fixture
def bob(tmp_path) -> Colleague:
    return Colleague(tmp_path, "brisk-owl")


def test_two_people_come_to_one_state_and_their_logs_verify(ann, bob):
    ann.say(EVENT | {"as": "e"}, claim("@e"))
    first = ann.give()
    done = bob.take(ann, first)
    assert (done.new, done.known, done.forks) == (2, False, ())
    again = inquiry_team.take_inquiry(bob.case, first, key=ann.public)
    assert keeps(again, "inquiry", "take")["known"]
    name = read(bob.case).of("claim")[0].id
    bob.say(judgement(name))
    ann.take(bob, bob.give())
    assert ann.bodies() == bob.bodies() and len(ann.bodies()) == 3
    ann.take(bob, bob.give())
    assert ann.bodies() == bob.bodies()
    for who in (ann, bob):
        assert audit_case(who.case).ok
        assert not read(who.case).faults
    (judged,) = read(ann.case).of("judgement")
    assert judged.signers == {bob.public}


def test_two_versions_said_apart_are_a_dispute_for_both(ann, bob):
    ann.say(EVENT)
    bob.take(ann, ann.give())
    name = read(bob.case).of("event")[0].id
    ann.say(EVENT | {"id": name, "title": {"en": "A fence"}})
    bob.say(EVENT | {"id": name, "title": {"en": "A gate"}})
    ann.take(bob, bob.give())
    bob.take(ann, ann.give())
    for who in (ann, bob):
        (dispute,) = disputes_of(read(who.case))
        assert (dispute.kind, dispute.about, len(dispute.sides)) == ("versions", name, 2)
    ann.say(EVENT | {"id": name, "title": {"en": "A gate in a fence"}})
    bob.take(ann, ann.give())
    assert disputes_of(read(bob.case)) == []


def test_what_was_taken_from_one_goes_on_to_a_third(ann, bob, tmp_path):
    cem = Colleague(tmp_path, "calm-otter")
    ann.say(EVENT)
    bob.take(ann, ann.give())
    bob.say({"form": "question", "text": {"en": "When?"}})
    cem.take(bob, bob.give())
    assert cem.bodies() == bob.bodies() and len(cem.bodies()) == 2
    assert {one.by for one in read(cem.case).said if one.form == "event"} == {ann.name}
    cem.take(ann, ann.give())
    assert cem.bodies() == bob.bodies()


def test_a_withdrawal_travels_and_nothing_brings_the_words_back(ann, bob):
    ann.say(EVENT | {"as": "e"}, claim("@e"))
    early = ann.give()
    bob.take(ann, early)
    name = read(ann.case).of("event")[0].id
    with open_vault(ann.case, write=True, by=ann.name) as vault:
        assert withdraw_said(vault, name, reason="consent was withdrawn") == 2
    assert bob.take(ann, ann.give()).withdrawn == 2
    bob.take(ann, early)
    for who in (ann, bob):
        assert sorted(who.bodies().values()) == ["present", WITHDRAWN]
        held = b"".join(path.read_bytes() for path in who.case.rglob("*") if path.is_file())
        assert b"A wall beside a school" not in held
        assert set(read(who.case).greyed) == set(read(who.case).by_id) - _merges(who)
        assert audit_case(who.case).ok


def _merges(who) -> set[str]:
    return {one.id for one in read(who.case).said if one.form == "merge"}


def test_a_forked_log_is_kept_with_both_states_and_shown(ann, bob, tmp_path):
    ann.say(EVENT)
    shutil.copytree(ann.case, tmp_path / "copy")
    ann.say({"form": "question", "text": {"en": "When?"}})
    first = ann.give()
    bob.take(ann, first)
    shutil.rmtree(ann.case)
    shutil.copytree(tmp_path / "copy", ann.case)
    ann.say({"form": "question", "text": {"en": "Where?"}})
    second = tmp_path / "second"
    given = inquiry_team.give_inquiry(ann.case, second, tmp_path / f"{ann.name}.key")
    assert keeps(given, "inquiry", "give")["key"] == ann.public
    taken = inquiry_team.take_inquiry(bob.case, second, key=ann.public)
    assert len(keeps(taken, "inquiry", "take")["forks"]) == 1 and not taken["ok"]
    assert sum(one.form == "question" for one in read(bob.case).said) == 2
    (dispute,) = [one for one in disputes_of(read(bob.case)) if one.kind == "fork"]
    assert dispute.about == read(ann.case).origin
    told = keeps(inquiry_findings.case_disputes(bob.case), "inquiry", "disputes")
    assert [one["kind"] for one in told["disputes"]] == ["fork"]
    assert audit_case(bob.case).ok
    other = Colleague(tmp_path, "calm-otter")
    other.take(ann, second)
    assert len(other.take(ann, first).forks) == 1
    assert other.bodies() == bob.bodies()


@pytest.mark.parametrize("what", ["object", "line", "key", "missing"])
def test_a_bundle_that_is_not_sound_is_refused_and_nothing_is_kept(ann, bob, what, tmp_path):
    ann.say(EVENT)
    bundle = ann.give()
    if what == "object":
        path = next(path for path in (bundle / "objects").rglob("?" * 64))
        path.chmod(0o600)
        path.write_bytes(path.read_bytes() + b" ")
    elif what == "line":
        path = bundle / "log" / "entries"
        path.write_bytes(path.read_bytes().replace(b'"by":"amber-fox"', b'"by":"amber-fix"', 1))
    elif what == "missing":
        (bundle / "log" / "entries").unlink()
    key = str(new_key(tmp_path / "other.key", name="other")) if what == "key" else ann.public
    before = len(list((bob.case / "objects").rglob("*")))
    with pytest.raises(EvidenceError) as refused, open_vault(bob.case, write=True) as vault:
        take(vault, bundle, key=key)
    assert refused.value.code == "merge-refused"
    assert len(list((bob.case / "objects").rglob("*"))) == before


def test_the_key_must_be_known_from_elsewhere_the_first_time(ann, bob):
    ann.say(EVENT)
    bundle = ann.give()
    with open_vault(bob.case, write=True) as vault:
        with pytest.raises(InputError) as refused:
            take(vault, bundle)
        assert refused.value.code == "merge-key-unknown"
        take(vault, bundle, key=ann.public)
    ann.say({"form": "question", "text": {"en": "When?"}})
    later = ann.give()
    with open_vault(bob.case, write=True) as vault:
        assert take(vault, later).new == 1


def test_what_a_restriction_seals_is_not_given_nor_named(ann):
    kept, secret = ann.say(EVENT, {"form": "question", "text": {"en": "Who guarded it?"}})
    seal = {"form": "restriction", "of": secret.data["id"], "level": "sealed", "why": "danger"}
    ann.say(seal)
    bundle = ann.give()
    shown = b"".join(path.read_bytes() for path in bundle.rglob("*") if path.is_file())
    text = secret.data["text"]["en"]
    for digest in (secret.body, text):
        assert digest.encode() not in shown
    assert b"guarded" not in shown and kept.body.encode() in shown


def test_a_review_counts_only_under_another_key_once_two_are_known(ann, bob):
    accusing = claim("@e", kind="which_organisation")
    ann.say(EVENT | {"as": "e"}, accusing | {"as": "k"}, judgement("@k"))
    name = read(ann.case).of("claim")[0].id
    judged = read(ann.case).of("judgement")[0].id
    review = {"form": "review", "judgement": judged, "verdict": "agree", "why": "sound"}
    said(ann.case, review, by="calm-otter")
    codes = {problem.code for problem in claim_faults(read(ann.case), name)}
    assert codes == {"claim-unasked"}
    bob.take(ann, ann.give())
    bob.say({"form": "question", "text": {"en": "When?"}})
    ann.take(bob, bob.give())
    codes = {problem.code for problem in claim_faults(read(ann.case), name)}
    assert codes == {"claim-unasked", "claim-unreviewed"}
    bob.say(review)
    ann.take(bob, bob.give())
    codes = {problem.code for problem in claim_faults(read(ann.case), name)}
    assert codes == {"claim-unasked"}


@pytest.mark.parametrize("number", range(2))
def test_a_history_of_three_people_ends_in_one_state(tmp_path, number):
    # Two histories here; benchmarks/merge_histories.py lives a thousand.
    assert merge_histories.history(Random(number), tmp_path, Counter()) == ""
