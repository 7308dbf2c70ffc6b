"""What stops a release, and what does not: each fault is planted alone in a case that may go."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from noonmark.actions import cases, inquiry_findings, inquiry_forms, releases
from noonmark.actions.releases import ReleaseRequest
from noonmark.actions.schema_files import schema
from noonmark.cli.main import main
from noonmark.errors import InputError
from noonmark.evidence import withdrawal
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.vault import open_vault
from noonmark.release.refusals import RULES
from tests.inquiry.typed_forms import keeps
from tests.release import made_case
from tests.release.made_case import Made

TODAY = ReleaseRequest(today="2026-12-01T00:00:00Z", title="A wall")


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Made:
    return made_case.make(tmp_path_factory.mktemp("clean"))


@pytest.fixture
def made(clean: Made, tmp_path: Path) -> Made:
    folder = shutil.copytree(clean.folder, tmp_path / "case")
    return replace(clean, folder=folder, ids=dict(clean.ids), items=dict(clean.items))


def codes(made: Made, request: ReleaseRequest = TODAY) -> set[str]:
    found = releases.check_release(made.folder, request).verdict.refusals
    assert [one for one in found if one.rule not in RULES[one.code]] == []
    return {one.code for one in found}


def test_a_clean_case_may_go_out(clean):
    found = releases.check_release(clean.folder, TODAY)
    assert found.verdict.refusals == ()
    assert {found.record.items[one].name for one in found.selection.shown} == {
        "tender.txt",
        "hidden.png",
    }
    assert len(found.selection.held_back) == 5  # four recordings, and the clip with a hidden copy


def test_what_is_answered_keeps_its_schema(made, capsys):
    assert main(["release", "check", str(made.folder), "--json"]) == 0
    clean = json.loads(capsys.readouterr().out)
    restricted_item(made)
    assert main(["release", "check", str(made.folder), "--json"]) == 2
    stopped = json.loads(capsys.readouterr().out)
    assert clean["ok"] and not stopped["ok"]
    for told in (clean, stopped):
        jsonschema.validate(told, schema("release"))


def test_what_the_inquiry_answers_keeps_its_schema(clean):
    claims = keeps(inquiry_forms.claims_of_case(clean.folder), "inquiry", "claims")
    (told,) = claims["claims"]
    assert len(told["evidence"]) == 6 and told["judgements"][0]["reviews"] and told["replies"]
    counted = inquiry_findings.claim_origins(clean.folder, told["id"])
    assert keeps(counted, "inquiry", "origins")["unexamined"]


def no_consent(made: Made) -> None:
    made.say({"form": "consent", "id": "$consent0", "of": "copper-lantern", "publish": "no",
              "court": "no", "archive": "no"})  # fmt: skip


def withdrawn_consent(made: Made) -> None:
    made.say({"form": "consent", "id": "$consent1", "of": "amber-thistle", "publish": "text",
              "court": "no", "archive": "no", "withdrawn": "2026-11-01T00:00:00Z"})  # fmt: skip


def ended_consent(made: Made) -> None:
    made.say({"form": "consent", "id": "$consent2", "of": "quiet-harbour", "publish": "full",
              "court": "no", "archive": "no", "until": "2026-06-01T00:00:00Z"})  # fmt: skip


def narrow_consent(made: Made) -> None:
    made.say({"form": "consent", "id": "$consent3", "of": "dry-elm", "items": ["$voice3"],
              "publish": "voice_altered", "court": "no", "archive": "no"})  # fmt: skip


def restricted_item(made: Made) -> None:
    made.say({"form": "restriction", "of": "$tender", "level": "team", "why": "sub judice"})


def restricted_source(made: Made) -> None:
    made.say({"form": "restriction", "of": "dry-elm", "level": "sealed", "why": "in danger"})


def open_contradiction(made: Made) -> None:
    made.say({"form": "weigh", "claim": "$claim", "on": {"passage": "$passage"},
              "stance": "contradicts", "credibility": 2, "why": "Another year."})  # fmt: skip


def own_review(made: Made) -> None:
    made.say({"form": "judgement", "id": "$judgement", "claim": "$claim", "low_pct": 80,
              "high_pct": 95, "confidence": "moderate", "why": "Said anew.",
              "contrary": ["$contrary"]}, by="slow-cedar")  # fmt: skip


def disagreeing_review(made: Made) -> None:
    made.say({"form": "review", "id": "$review", "judgement": "$judgement",
              "verdict": "return", "why": "Read the tender again."}, by="slow-cedar")  # fmt: skip


def reply_still_due(made: Made) -> None:
    made.say({"form": "reply", "id": "$reply", "about": ["$claim"], "how": "by letter",
              "to": {"name": "Meridel Works Authority", "kind": "agency"},
              "asked_at": "2026-11-20T00:00:00Z", "deadline": "2027-01-01T00:00:00Z",
              "questions": "Who built the wall?"})  # fmt: skip


def withdrawn_item(made: Made) -> None:
    with open_vault(made.folder, write=True) as vault:
        act = vault.begin(withdrawal.ACT, alias="", items=[made.items["tender"]], reason="asked to",
                          authority="quiet-desk")  # fmt: skip
        withdrawal.carry_out(made.folder, vault.store, vault.log, act)


def withheld_digest(made: Made) -> None:
    name = {"source_sha256": made.items["clip"].upper()[:16]}
    with open_vault(made.folder, write=True) as vault:
        made.put(vault, json.dumps(name).encode(), "record.json", role="report")
    made.say({"form": "observation", "as": "more", "items": ["$record"], "method": "read",
              "version": "1", "parameters": {}, "value": "a box", "error": "none",
              "by": "tool"})  # fmt: skip
    made.say({"form": "weigh", "claim": "$claim", "on": {"observation": "$more"},
              "stance": "consistent", "credibility": 3, "why": "It was hidden."})  # fmt: skip


def judged_as_authentic(made: Made) -> None:
    made.say({"form": "judgement", "id": "$judgement", "claim": "$claim", "low_pct": 80,
              "high_pct": 95, "confidence": "high", "why": "The film is authentic.",
              "contrary": ["$contrary"]})  # fmt: skip
    made.say({"form": "review", "id": "$review", "judgement": "$judgement", "verdict": "agree",
              "why": "Read."}, by="slow-cedar")  # fmt: skip


FAULTS: list[tuple[Callable[[Made], None], str]] = [
    (no_consent, "release-consent"),
    (withdrawn_consent, "release-consent"),
    (ended_consent, "release-consent"),
    (restricted_item, "release-restricted"),
    (restricted_source, "release-restricted"),
    (open_contradiction, "release-contradiction"),
    (own_review, "release-no-review"),
    (disagreeing_review, "release-no-review"),
    (reply_still_due, "release-no-reply"),
    (withdrawn_item, "release-withdrawn"),
    (withheld_digest, "release-digest"),
    (judged_as_authentic, "release-wording"),
]


@pytest.mark.parametrize(("plant", "code"), FAULTS, ids=[plant.__name__ for plant, _ in FAULTS])
def test_a_fault_stops_the_release_by_its_name(made, plant, code):
    plant(made)
    assert code in codes(made)
    with pytest.raises(InputError) as caught:
        releases.write_release(made.folder, made.folder.parent / "out", TODAY, key=made.key)
    assert code in {problem["code"] for problem in caught.value.details["problems"]}
    assert caught.value.hint
    assert not (made.folder.parent / "out").exists()


def test_a_recording_goes_out_only_with_a_consent_that_covers_it(made):
    narrow_consent(made)
    assert "release-consent" in codes(made)


def test_words_of_an_account_need_its_consent_however_they_are_cited(made):
    made.say({"form": "passage", "as": "words", "item": "$voice1", "at": {"start_ms": 0},
              "quote": "written down", "language": "en"},
             {"form": "weigh", "claim": "$claim", "on": {"passage": "@words"}, "credibility": 4,
              "stance": "consistent", "why": "It tells of it."})  # fmt: skip
    alone = replace(TODAY, claims=(made.ids["claim"],))
    assert codes(made, alone) == set()
    found = releases.check_release(made.folder, alone)
    assert made.items["voice1"] in found.selection.held_back
    withdrawn_consent(made)
    assert "release-consent" in codes(made, alone)


def test_two_versions_and_evidence_that_leaves_no_time_stop_it(made):
    late = {"earliest": "2024-01-01T00:00:00Z", "latest": "2024-02-01T00:00:00Z"}
    early = {"earliest": "2020-01-01T00:00:00Z", "latest": "2020-02-01T00:00:00Z"}
    for span in (late, early):
        made.say({"form": "weigh", "claim": "$claim", "on": {"passage": "$passage"},
                  "stance": "supports", "credibility": 2, "why": "When."} | span)  # fmt: skip
    assert codes(made) == {"release-conflict"}


def test_a_review_of_an_earlier_judgement_does_not_count(made):
    made.say({"form": "judgement", "id": "$judgement", "claim": "$claim", "low_pct": 55,
              "high_pct": 80, "confidence": "low", "why": "Read anew.",
              "contrary": ["$contrary"]})  # fmt: skip
    assert codes(made) == {"release-no-review"}


def test_an_original_with_a_hidden_copy_does_not_go_out_when_asked_for(clean):
    asked = replace(TODAY, shown=(clean.items["clip"],))
    assert codes(clean, asked) == {"release-unhidden"}


def test_a_frame_of_an_unhidden_original_does_not_go_out(made):
    with open_vault(made.folder, write=True) as vault:
        made.put(vault, b"a frame", "frame.png", role="derived")
        made.derive(vault, "frame", "clip", "frame")
    assert codes(made, replace(TODAY, shown=(made.items["frame"],))) == {"release-unhidden"}


def test_who_still_has_time_to_answer_is_told_by_name(made):
    reply_still_due(made)
    (found,) = releases.check_release(made.folder, TODAY).verdict.refusals
    assert found.why == "Meridel Works Authority has until 2027-01-01 to answer"
    assert dict(found.named) == {"to": "Meridel Works Authority", "day": "2027-01-01"}


def test_a_claim_that_names_an_organisation_nobody_asked_stays(made):
    made.say({"form": "claim", "as": "other", "event": "$event", "kind": "which_organisation",
              "text": {"en": "A company built it."}, "standard": "reasonable grounds"})  # fmt: skip
    asked = replace(TODAY, claims=(made.ids["other"],))
    assert codes(made, asked) == {"release-no-reply", "release-no-judgement"}
    assert codes(made, replace(TODAY, withheld=((made.ids["other"], "not ready"),))) == set()


def test_words_are_judged_in_the_title_and_the_text_too(clean):
    for request in (
        replace(TODAY, title="Proven at last"),
        replace(TODAY, text="It is very likely that it was built, with high confidence."),
        replace(TODAY, text="Seven independent sources confirm the date."),
    ):
        assert codes(clean, request) == {"release-wording"}


def test_a_reason_lifts_what_is_not_firm_and_is_logged_and_printed(made):
    restricted_item(made)
    request = replace(TODAY, overrides=(("release-restricted", "the court lifted it"),))
    done = releases.write_release(made.folder, made.folder.parent / "out", request, key=made.key)
    exports = [entry.facts for entry in cases.case_history(made.folder, kind="export")]
    assert "the court lifted it" in exports[-1]["note"]
    assert "the court lifted it" in (done.folder / "report.html").read_text("utf-8")


def test_no_reason_lifts_an_open_contradiction(made):
    open_contradiction(made)
    request = replace(TODAY, overrides=(("release-contradiction", "never mind"),))
    assert codes(made, request) == {"release-contradiction"}


def test_a_slip_in_an_id_is_refused(clean):
    with pytest.raises(InputError) as caught:
        releases.check_release(clean.folder, replace(TODAY, claims=("nosuchclaim",)))
    assert caught.value.code == "release-unknown"


def test_an_empty_case_has_nothing_to_release(tmp_path):
    cases.new_case(tmp_path / "case")
    found = releases.check_release(tmp_path / "case", TODAY)
    assert [one.code for one in found.verdict.refusals] == ["release-empty"]


@pytest.mark.parametrize("form", ["bundle", "bagit", "ocfl", "ro-crate"])
def test_every_full_export_passes_the_gate_and_its_reason_is_logged(made, tmp_path, form):
    cases.seal_case(made.folder, made.key)
    with pytest.raises(InputError) as caught:
        cases.export_case(made.folder, tmp_path / "out", form=form)
    assert caught.value.code in ("release-unhidden", "release-consent")
    reasons = [(code, "for the court alone") for code in ("release-unhidden", "release-consent")]
    cases.export_case(made.folder, tmp_path / "out", form=form, overrides=reasons)
    last = [entry.facts for entry in cases.case_history(made.folder, kind="export")][-1]
    assert "for the court alone" in last["note"]


def test_a_part_that_names_something_withheld_is_not_exported(made, tmp_path):
    with open_vault(made.folder, write=True) as vault:
        made.put(vault, b"about " + made.items["tender"].encode(), "about.txt", role="report")
    cases.seal_case(made.folder, made.key)
    one = [made.items["about"]]
    with pytest.raises(InputError) as caught:
        cases.export_case(made.folder, tmp_path / "out", only=one, key=made.key)
    assert caught.value.code == "release-digest"
    both = [*one, made.items["tender"]]
    cases.export_case(made.folder, tmp_path / "out", only=both, key=made.key)


def test_a_restriction_of_a_source_still_stops(made):
    with open_vault(made.folder, write=True) as vault:
        stated = fact("source", alias="red-fox", consent="refused", restriction="none")
        vault.append(stated)
        facts = {"method": "m", "means": "m", "url": "unknown", "collected_at": "unknown",
                 "time_basis": "unknown", "collector": "unknown", "legal_basis": "unknown",
                 "source": "red-fox"}  # fmt: skip
        number = vault.append(fact("collection", **facts))[0].index
        stored = vault.store.put_bytes(b"given")
        size, digest = stored.size_bytes, stored.sha256
        vault.append(fact("item", sha256=digest, size=size, role="original", claims={},
                          collection=number))  # fmt: skip
    assert codes(made, replace(TODAY, shown=(digest,))) == {"source-restricted"}
