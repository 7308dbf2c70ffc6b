"""A made case with one claim, four accounts of which two share an origin, a reply and a review.

Everything in it is invented. ``Made`` names its ids and digests; ``fault`` leaves one thing out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from noonmark.actions import cases
from noonmark.actions.signing_keys import new_case_key
from noonmark.evidence.entry_schema import fact
from noonmark.evidence.note import read_key
from noonmark.evidence.seal import seal
from noonmark.evidence.vault import Vault, open_vault
from noonmark.inquiry.say import say

TENDER = "新建围墙1240米"
PNG = (
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


@dataclass
class Made:
    """The made case: its folder, its key, ids of forms by label, digests of items by name."""

    folder: Path
    key: Path
    ids: dict[str, str] = field(default_factory=dict)
    items: dict[str, str] = field(default_factory=dict)

    def say(self, *typed: dict[str, Any], by: str = "quiet-desk") -> None:
        """Say forms and remember their ids by their labels."""
        with open_vault(self.folder, write=True, by=by) as vault:
            told = [{key: self.known(value) for key, value in one.items()} for one in typed]
            for one, new in zip(typed, say(vault, told), strict=True):
                self.ids[str(one.get("as", one["form"]))] = str(new.data["id"])

    def known(self, value: Any) -> Any:
        """A value with ``$label`` replaced by the id or digest of that label."""
        if isinstance(value, dict):
            return {key: self.known(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.known(inner) for inner in value]
        if isinstance(value, str) and value.startswith("$"):
            return self.ids.get(value[1:]) or self.items[value[1:]]
        return value

    def put(self, vault: Vault, data: bytes, name: str, *, role: str = "original") -> str:
        """Keep bytes as an item of a name."""
        stored = vault.store.put_bytes(data)
        claims = {"name": name}
        size, digest = stored.size_bytes, stored.sha256
        vault.append(fact("item", sha256=digest, size=size, role=role, claims=claims))
        self.items[name.partition(".")[0]] = digest
        return digest

    def derive(self, vault: Vault, child: str, parent: str, relation: str) -> None:
        """Log how an item was made from another."""
        made = {"child": self.items[child], "parent": self.items[parent]}
        vault.append(
            fact("derivation", relation=relation, means="noonmark 0.1.0", parameters={}, **made)
        )


def make(root: Path, *, hidden: bool = True) -> Made:
    """A case that may be released as it is; two people, each with a key."""
    made = Made(root / "case", root / "desk.key")
    new_case_key(made.key, name="example.org/desk")
    cases.new_case(made.folder, by="quiet-desk")
    with open_vault(made.folder, write=True, by="quiet-desk") as vault:
        made.put(vault, b"film of a wall" + bytes(64), "clip.mp4")
        made.put(vault, f"tender 037: {TENDER}".encode(), "tender.txt")
        for number in range(4):
            made.put(vault, f"recording {number}".encode(), f"voice{number}.wav")
        if hidden:
            made.put(vault, bytes.fromhex(PNG), "hidden.png", role="derived")
            made.derive(vault, "hidden", "clip", "redaction")
    made.say(*_event_and_claim(), *_accounts(), *_evidence())
    made.say(*_weighings(), _reply())
    made.say(_judgement())
    made.say(_review(), by="slow-cedar")
    return made


def sealed(made: Made) -> Made:
    """The same case with a seal."""
    with open_vault(made.folder, write=True) as vault:
        seal(vault, read_key(made.key))
    return made


def _event_and_claim() -> list[dict[str, Any]]:
    claim = "A wall was built east of the yard between March and November 2021."
    return [
        {"form": "event", "as": "event", "title": {"en": "The yard"}},
        {
            "form": "claim",
            "as": "claim",
            "event": "@event",
            "text": {"en": claim, "ar": "بُني جدار شرق الساحة في عام 2021."},
            "kind": "which_organisation",
            "standard": "reasonable grounds to believe",
            "earliest": "2021-03-22T00:00:00Z",
            "latest": "2021-11-02T00:00:00Z",
        },
    ]


def _accounts() -> list[dict[str, Any]]:
    forms: list[dict[str, Any]] = []
    for number, alias in enumerate(("copper-lantern", "amber-thistle", "quiet-harbour", "dry-elm")):
        forms += [
            {
                "form": "consent",
                "as": f"consent{number}",
                "of": alias,
                "items": [f"$voice{number}"],
                "publish": "text",
                "court": "ask",
                "archive": "yes",
            },
            {
                "form": "account",
                "as": f"account{number}",
                "source": alias,
                "items": [f"$voice{number}"],
                "event": "@event",
                "given_at": "2022-03-01T10:00:00Z",
                "how": "interview",
                "languages": ["ug"],
                "led": "open",
                "paid": "no",
                "heard_others": "no",
                "consent": f"@consent{number}",
            },
            {
                "form": "segment",
                "as": f"segment{number}",
                "account": f"@account{number}",
                "item": f"$voice{number}",
                "start_ms": 1000,
                "end_ms": 4000,
                "speaker": alias,
                "language": "ug",
                "text": f"تام باھاردا سېلىندى {number}",
                "voice": "own",
            },
            {
                "form": "translation",
                "of": f"@segment{number}",
                "language": "en",
                "text": f"The wall was built in spring, says account {number}.",
                "by": "slow-cedar",
                "kind": "human",
            },
        ]
    copied = {
        "form": "link",
        "child": "@account3",
        "parent": "@account2",
        "relation": "hearsay",
        "certainty": "certain",
        "basis": "it tells what the other told it",
        "looked_at": "yes",
    }
    return [*forms, copied]


def _evidence() -> list[dict[str, Any]]:
    return [
        {
            "form": "passage",
            "as": "passage",
            "item": "$tender",
            "at": {"page": 1, "label": "i", "start": 12, "end": 21},
            "quote": {"text": TENDER, "prefix": "037: ", "suffix": ""},
            "language": "zh",
        },
        {
            "form": "observation",
            "as": "observation",
            "items": ["$clip"],
            "method": "read off the frame",
            "version": "1",
            "parameters": {},
            "value": "a wall stands east of the yard",
            "error": "not measured",
            "by": "human",
        },
    ]


def _weighings() -> list[dict[str, Any]]:
    cited = [{"passage": "$passage"}, {"observation": "$observation"}]
    cited += [{"segment": f"$segment{number}"} for number in range(3)]
    forms = [
        {
            "form": "weigh",
            "as": f"weigh{number}",
            "claim": "$claim",
            "on": on,
            "stance": "supports",
            "credibility": 2,
            "why": f"It tells of the wall ({number}).",
        }
        for number, on in enumerate(cited)
    ]
    contrary = {
        "form": "weigh",
        "as": "contrary",
        "claim": "$claim",
        "on": {"segment": "$segment3"},
        "stance": "contradicts",
        "credibility": 3,
        "why": "It puts the wall a year later.",
    }
    return [*forms, contrary]


def _reply() -> dict[str, Any]:
    return {
        "form": "reply",
        "as": "reply",
        "to": {"name": "Meridel Works Authority", "kind": "agency"},
        "asked_at": "2022-05-01T00:00:00Z",
        "how": "by letter",
        "questions": "Who built the wall?",
        "deadline": "2022-06-01T00:00:00Z",
        "outcome": "answered",
        "answer_text": "The Authority denies that it built the wall.",
        "about": ["$claim"],
    }


def _judgement() -> dict[str, Any]:
    return {
        "form": "judgement",
        "as": "judgement",
        "claim": "$claim",
        "low_pct": 80,
        "high_pct": 95,
        "confidence": "moderate",
        "why": "The tender and the film agree; the later date is told at second hand.",
        "contrary": ["$contrary"],
    }


def _review() -> dict[str, Any]:
    return {
        "form": "review",
        "as": "review",
        "judgement": "$judgement",
        "verdict": "agree",
        "why": "Read every passage.",
    }
