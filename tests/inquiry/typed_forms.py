"""Forms as somebody types them, for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from noonmark.actions import schema
from noonmark.actions.json_text import json_line
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.say import NewForm, say

CONSENT = {"form": "consent", "of": "quiet-heron", "publish": "text", "court": "ask",
           "archive": "yes"}  # fmt: skip
EVENT = {"form": "event", "title": {"en": "A wall beside a school"}}


def account(source: str, consent: str, **more: object) -> dict[str, object]:
    """A typed account."""
    told = {"form": "account", "source": source, "given_at": "2019-02-01T00:00:00Z"}
    told |= {"how": "interview", "languages": ["ug"], "led": "open", "paid": "no"}
    return told | {"heard_others": "no", "consent": consent} | more


def claim(event: str, **more: object) -> dict[str, object]:
    """A typed claim."""
    told = {"form": "claim", "event": event, "text": {"en": "The wall stood in August"}}
    return told | {"kind": "when", "standard": "reasonable grounds"} | more


def weigh(of: str, cited: dict[str, object], stance: str = "supports", **more: object
          ) -> dict[str, object]:  # fmt: skip
    """A typed weighing of a claim."""
    told = {"form": "weigh", "claim": of, "on": cited, "stance": stance, "credibility": 2}
    return told | {"why": "lived opposite"} | more


def judgement(of: str, **more: object) -> dict[str, object]:
    """A typed judgement."""
    told = {"form": "judgement", "claim": of, "low_pct": 60, "high_pct": 80}
    return told | {"confidence": "moderate", "why": "two accounts"} | more


def keeps(told: dict[str, Any], name: str, act: str) -> dict[str, Any]:
    """What an action answered, its JSON held against the schema of a command and of one act."""
    whole = schema(name)
    found: dict[str, Any] = json.loads(json_line(told))
    Draft202012Validator(whole).validate(found)
    Draft202012Validator({"$defs": whole["$defs"], "$ref": f"#/$defs/{act}"}).validate(found)
    return told


def said(folder: Path, *typed: dict[str, object], by: str = "analyst-1") -> list[NewForm]:
    """Say forms in the case of a folder."""
    with open_vault(folder, write=True, by=by) as vault:
        return say(vault, typed)
