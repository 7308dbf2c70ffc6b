"""The state of an inquiry: the index, withdrawals, what keeps a claim back, the matrix, replies."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from noonmark.actions import cases, inquiry_findings, inquiry_forms, inquiry_team
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.evidence import sources
from noonmark.evidence.audit import audit_case
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.form_objects import encoded, new_id, object_fact
from noonmark.inquiry.hypotheses import matrix_of
from noonmark.inquiry.index import path_of, rebuild
from noonmark.inquiry.likelihood_words import BANDS, likelihood_words
from noonmark.inquiry.said import MALFORMED, MISSING, WITHDRAWN
from noonmark.inquiry.standing import claim_faults
from noonmark.inquiry.state import read, read_open
from tests.inquiry.typed_forms import CONSENT, EVENT, account, claim, judgement, keeps, said, weigh

REPLY = {
    "form": "reply",
    "to": {"name": "Works Department", "kind": "ministry"},
    "asked_at": "2020-01-01T00:00:00Z",
    "how": "letter",
    "questions": "Who ordered the wall?",
    "deadline": "2020-02-01T00:00:00Z",
}


def whole(case, stance: str = "supports", **more: object) -> dict[str, str]:
    """A judged claim with one account; ids by form."""
    forms = said(
        case,
        CONSENT | {"as": "c"},
        EVENT | {"as": "e"},
        claim("@e", **more) | {"as": "k"},
        account("quiet-heron", "@c") | {"as": "a"},
        weigh("@k", {"account": "@a"}, stance),
        judgement("@k"),
    )
    return {str(one.data["form"]): str(one.data["id"]) for one in forms}


def codes(case, name: str) -> set[str]:
    """What keeps a claim back."""
    return {problem.code for problem in claim_faults(read(case), name)}


def test_the_index_is_built_again_with_the_same_bytes(case):
    ids = whole(case)
    read(case)
    said(case, EVENT | {"id": ids["event"], "title": {"ug": "تام"}})
    read(case)
    path = path_of(case)
    kept = path.read_bytes()
    before = read(case)
    with open_vault(case, write=True) as vault:
        assert rebuild(vault) == kept
    path.unlink()
    assert read(case) == before and path.read_bytes() == kept


@pytest.mark.parametrize(
    "damage", [b"", b"{}\n", b"not json\n", None], ids=["empty", "no head", "noise", "cut"]
)
def test_a_damaged_index_is_built_anew(case, damage):
    whole(case)
    before = read(case)
    path = path_of(case)
    kept = path.read_bytes()
    path.write_bytes(kept[:-40] if damage is None else damage)
    assert read(case) == before and path.read_bytes() == kept


def test_an_index_of_another_log_is_not_believed(case):
    whole(case)
    before = read(case)
    path = path_of(case)
    lines = path.read_bytes().split(b"\n")
    head = json.loads(lines[0])
    lines[0] = json.dumps(head | {"root": "0" * 64}).encode()
    path.write_bytes(b"\n".join(lines).replace(b"August", b"Always"))
    assert read(case) == before


def test_a_case_that_can_only_be_read_is_read(case):
    whole(case)
    with open_vault(case) as vault:
        state = read_open(vault)
    assert len(state.of("claim")) == 1


def test_withdrawing_greys_all_that_cites_it_and_the_log_verifies(case):
    ids = whole(case)
    read(case)
    done = inquiry_team.withdraw_from_inquiry(case, ids["account"][:8], reason="asked for it")
    assert keeps(done, "inquiry", "withdraw")["deleted"] == 1
    gone = inquiry_forms.show_said(case, ids["account"])
    assert keeps(gone, "inquiry", "show")["versions"][0]["state"] == WITHDRAWN
    assert set(done["greyed"]) == {ids["account"], ids["weigh"]}
    state = read(case)
    assert state.heads(ids["account"])[0].state == WITHDRAWN
    assert "claim-greyed" in codes(case, ids["claim"])
    assert b"interview" not in path_of(case).read_bytes()
    assert audit_case(case).ok
    counted = inquiry_findings.claim_origins(case, ids["claim"])
    assert keeps(counted, "inquiry", "origins")["most"] == 0


def test_a_withdrawn_item_greys_what_cites_it(case, tmp_path):
    from noonmark.actions import add_to_case, withdraw_from_case

    (tmp_path / "film.mp4").write_bytes(b"film")
    film = add_to_case(case, [str(tmp_path / "film.mp4")]).added[0]["sha256"]
    said(case, EVENT | {"items": [film], "as": "e"}, claim("@e"))
    assert not read(case).greyed
    withdraw_from_case(case, film, reason="consent")
    assert len(read(case).greyed) == 2
    with pytest.raises(InputError) as refused:
        said(case, EVENT | {"items": [film]})
    assert refused.value.code == "no-such-item"


def test_a_line_and_an_object_that_differ_are_named_and_nothing_rests_on_them(case):
    with open_vault(case, write=True) as vault:
        for data, stated in (
            ({"form": "question", "text": {"en": "0" * 64}}, {"form": "claim"}),
            ({"form": "question", "text": "?"}, {}),
            ({"form": "rumour"}, {}),
        ):
            data = {"id": new_id(), "salt": "0" * 32, "over": []} | data
            kept = vault.store.put_bytes(encoded(data))
            line = {"form": data["form"], "id": data["id"], "body": kept.sha256, "over": []}
            vault.append(object_fact(kept.sha256, kept.size_bytes), fact("said", **(line | stated)))
        vault.append(fact("said", form="event", id=new_id(), body="1" * 64, over=["1" * 64]))
    state = read(case)
    assert sorted(one.state for one in state.said) == [MALFORMED, MALFORMED, MISSING, "present"]
    assert {fault.code for fault in state.faults} == {"said-differs", "form-field"}
    assert len(state.of("rumour")) == 1 and not state.of("question")
    assert all(state.heads(one.id) for one in state.said)


@pytest.mark.parametrize("kind", ["where", "when", "what", "how_many", "sequence"])
def test_nobody_need_be_asked_of_a_claim_that_names_nobody(case, kind):
    name = whole(case, kind=kind)["claim"]
    assert codes(case, name) == {"claim-unreviewed"}
    said(case, REPLY | {"about": [name]})
    assert codes(case, name) == {"claim-unreviewed", "claim-unasked"}, (
        "whoever is asked is waited for"
    )


def test_a_claim_is_held_back_until_all_is_answered(case):
    ids = whole(case, stance="contradicts", kind="which_organisation")
    name = ids["claim"]
    assert codes(case, name) == {"claim-unanswered", "claim-unreviewed", "claim-unasked"}
    said(case, judgement(name, id=ids["judgement"], contrary=[ids["weigh"]]))
    assert codes(case, name) == {"claim-unreviewed", "claim-unasked"}
    review = {"form": "review", "judgement": ids["judgement"], "verdict": "agree", "why": "sound"}
    said(case, review | {"verdict": "return"}, by="calm-otter")
    assert "claim-unreviewed" in codes(case, name)
    said(case, review, by="brisk-owl")
    (asked,) = said(case, REPLY | {"about": [name]})
    assert codes(case, name) == {"claim-unasked"}
    outcome = {"id": asked.data["id"], "about": [name], "outcome": "silence"}
    said(case, REPLY | outcome)
    assert codes(case, name) == set()
    said(case, judgement(name, id=ids["judgement"], low_pct=10))
    assert codes(case, name) == {"claim-unanswered", "claim-unreviewed"}


def test_silence_is_not_said_before_the_deadline(case):
    ids = whole(case)
    late = REPLY | {"about": [ids["claim"]], "deadline": "2999-01-01T00:00:00Z"}
    with pytest.raises(InputError) as refused:
        said(case, late | {"outcome": "silence"})
    assert refused.value.code == "form-rule"
    said(case, late)


def test_replies_are_added_answered_and_due(case):
    ids = whole(case)
    typed = {key: value for key, value in REPLY.items() if key != "form"}
    done = inquiry_findings.add_reply(case, typed | {"about": [ids["claim"]]})
    name = keeps(done, "reply", "add")["said"][0]["id"]
    keeps(done, "inquiry", "say")
    moment = datetime(2020, 1, 31, tzinfo=UTC)
    (due,) = keeps(inquiry_findings.due_replies(case, now=moment), "reply", "due")["due"]
    assert (due["state"], due["left_s"], due["questions"]) == (
        "waiting",
        86400,
        "Who ordered the wall?",
    )
    answer = {"outcome": "answered", "answer_text": "Not we."}
    inquiry_findings.add_reply(case, answer, over=name[:8])
    assert inquiry_findings.due_replies(case, now=moment)["due"] == []
    shown = keeps(inquiry_forms.show_said(case, name), "inquiry", "show")
    assert len(shown["versions"]) == 2 and len(shown["standing"]) == 1
    (told,) = keeps(inquiry_forms.claims_of_case(case), "inquiry", "claims")["claims"]
    assert (told["replies"][0]["outcome"], told["replies"][0]["answer_text"]) == (
        "answered",
        "Not we.",
    )


def test_dates_and_place_of_a_claim_are_told(case, capsys):
    square = [[[86.0, 41.0], [86.02, 41.0], [86.02, 41.01], [86.0, 41.0]]]
    outline = {"type": "Polygon", "coordinates": square}
    whole(case, place=outline, earliest="2018-05-01T00:00:00Z")
    (told,) = keeps(inquiry_forms.claims_of_case(case), "inquiry", "claims")["claims"]
    assert (told["place"], told["latest"]) == (outline, None)
    assert main(["inquiry", "claims", str(case)]) == 0
    shown = capsys.readouterr().out
    assert "claimed earliest: 2018-05-01T00:00:00Z" in shown and "latest" not in shown
    assert "an outline from 41.0000 N 86.0000 E to 41.0100 N 86.0200 E" in shown


def test_a_withdrawal_without_a_reason_is_refused_and_deletes_nothing(case, capsys):
    name = whole(case)["claim"]
    assert main(["inquiry", "withdraw", str(case), name, "--reason", " "]) == 2
    assert "the reason is empty" in capsys.readouterr().err
    assert len(inquiry_forms.claims_of_case(case)["claims"]) == 1
    with open_vault(case, write=True) as vault, pytest.raises(InputError, match="is empty"):
        sources.withdraw(vault, "quiet-heron", reason="\t")
    with pytest.raises(InputError, match="is empty"):
        cases.withdraw_from_case(case, "0" * 64, reason="")


def test_contrary_evidence_comes_first(case):
    ids = whole(case)
    searched = {"form": "search", "where": "an archive", "query": "x", "index": "unknown"}
    searched |= {"results": 0, "read": 0, "found": "nothing", "as": "s"}
    said(case, searched, weigh(ids["claim"], {"search": "@s"}, "contradicts"))
    (told,) = inquiry_forms.claims_of_case(case)["claims"]
    assert [one["stance"] for one in told["evidence"]] == ["contradicts", "supports"]


def test_the_matrix_counts_what_is_inconsistent_and_ranks_nothing(case):
    ids = whole(case)
    question = {"form": "question", "text": {"en": "What for?"}, "as": "q"}
    forms = said(
        case,
        question,
        {"form": "hypothesis", "question": "@q", "text": {"en": "A school"}, "as": "h1"},
        {"form": "hypothesis", "question": "@q", "text": {"en": "A camp"}, "as": "h2"},
        *(
            {
                "form": "weigh",
                "hypothesis": of,
                "on": {"account": ids["account"], "part": part},
                "stance": stance,
                "credibility": 2,
                "why": "seen",
            }
            for part, of, stance in (
                ("gate", "@h1", "contradicts"),
                ("gate", "@h2", "supports"),
                ("roof", "@h1", "consistent"),
                ("roof", "@h2", "consistent"),
            )
        ),
    )
    found = matrix_of(read(case), str(forms[0].data["id"]))
    assert found.inconsistent == (1, 0)
    assert [(row.part, row.tells_apart) for row in found.rows] == [("gate", True), ("roof", False)]
    told = inquiry_findings.question_matrix(case, str(forms[0].data["id"]))
    keeps(told, "inquiry", "matrix")
    assert [one["text"] for one in told["hypotheses"]] == ["A school", "A camp"]
    assert not {"score", "rank", "best"} & set(json.dumps(told).replace('"', " ").split())


def test_ranges_have_the_words_of_the_directive():
    for low, high, word in BANDS:
        assert likelihood_words(low, high) == word
    assert likelihood_words(60, 85) == "likely to very likely"
    assert likelihood_words(0, 100) == "almost no chance to almost certain"
    assert likelihood_words(50, 50) == "roughly even chance"
    assert likelihood_words(100, 100) == "almost certain"
    assert likelihood_words(0, 0) == "almost no chance"
