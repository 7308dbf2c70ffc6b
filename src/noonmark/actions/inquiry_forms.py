"""Saying something in a case, and reading what was said: forms, claims and what bears on them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from noonmark.errors import InputError
from noonmark.evidence.entry_schema import DEFAULT_ACTOR
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.drafts import full_id
from noonmark.inquiry.forms import FORMS, STANCES
from noonmark.inquiry.likelihood_words import CONFIDENCE, likelihood_words
from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.inquiry.say import say as say_forms
from noonmark.inquiry.state import read
from noonmark.questions.input_files import read_document


def forms_in_file(path: str) -> list[Mapping[str, Any]]:
    """The forms in a JSON or TOML file (``-`` is stdin): one object, or a list under ``forms``."""
    found = read_document(path, kind="forms")
    if "forms" not in found:
        return [found]
    forms = found["forms"]
    if set(found) != {"forms"} or not isinstance(forms, list):
        raise _not_forms()
    if not all(isinstance(one, dict) for one in forms):
        raise _not_forms()
    return forms


def _not_forms() -> InputError:
    return InputError(
        'expected one form, or {"forms": [...]} and nothing beside it',
        code="not-a-document",
        hint="noonmark schema inquiry-form prints the form",
    )


def say_in_case(
    case: Path, forms: Sequence[Mapping[str, Any]], *, by: str = DEFAULT_ACTOR
) -> dict[str, Any]:
    """Check forms, keep them and log them: all, or none where one is wrong."""
    with open_vault(case, write=True, by=by) as vault:
        said = say_forms(vault, forms)
        return {
            "ok": True,
            "said": [
                {"form": one.data["form"], "id": one.data["id"], "body": one.body} for one in said
            ],
            "log_entries": vault.log.size,
        }


def show_said(case: Path, name: str) -> dict[str, Any]:
    """Everything about one thing: its versions, what it cites, what cites it, why it is greyed."""
    inquiry = read(case)
    full = full_id(inquiry, name)
    heads = inquiry.heads(full)
    citing = [
        {"form": one.form, "id": one.id, "field": field, "by": one.by}
        for form in FORMS
        for one in inquiry.of(form)
        for field, cited, _ in one.references()
        if cited == full
    ]
    return {
        "ok": True,
        "id": full,
        "form": heads[0].form,
        "versions": [version_json(inquiry, one) for one in inquiry.by_id[full]],
        "standing": [one.body for one in heads],
        "disputed": len(heads) > 1,
        "greyed": inquiry.greyed.get(full),
        "cited_by": citing,
    }


def version_json(inquiry: Inquiry, one: SaidForm) -> dict[str, Any]:
    """One version: what it says with its texts filled in, who said it and when."""
    fields = {key: value for key, value in one.data.items()
              if key not in ("salt", "over", "form", "id")}  # fmt: skip
    texts = {digest: inquiry.text(digest) for digest in one.text_digests()}
    said_by = [vars(saying) for saying in one.sayings]
    return {"body": one.body, "state": one.state, "over": list(one.over), "says": fields,
            "texts": texts, "said": said_by}  # fmt: skip


def claims_of_case(case: Path) -> dict[str, Any]:
    """Every standing claim with its judgements, its reviews, and what bears on it, contrary first.

    A likelihood is what people judged; none is computed here.
    """
    inquiry = read(case)
    return {
        "ok": True,
        "claims": [claim_json(inquiry, one) for one in inquiry.of("claim")],
        "faults": [vars(one) for one in inquiry.faults],
    }


def claim_json(inquiry: Inquiry, claim: SaidForm) -> dict[str, Any]:
    """One claim as a reader needs it."""
    weighs = inquiry.about("weigh", "claim", claim.id)
    return {
        "id": claim.id,
        "text": {tag: inquiry.text(digest) for tag, digest in claim.data["text"].items()},
        "kind": claim.data["kind"],
        "event": claim.data["event"],
        "by": claim.by,
        "standard": claim.data["standard"],
        "earliest": claim.data.get("earliest"),
        "latest": claim.data.get("latest"),
        "place": _outline(inquiry, claim),
        "greyed": inquiry.greyed.get(claim.id),
        "evidence": [
            weigh_json(inquiry, one) for stance in STANCES for one in weighs
            if one.data["stance"] == stance
        ],
        "judgements": [
            judgement_json(inquiry, one) for one in inquiry.about("judgement", "claim", claim.id)
        ],
        "replies": [
            reply_json(inquiry, one) for one in inquiry.about("reply", "about", claim.id)
        ],
    }  # fmt: skip


def _outline(inquiry: Inquiry, claim: SaidForm) -> dict[str, Any] | None:
    """The GeoJSON of the place that is claimed; None where none is, or where it was withdrawn."""
    text = inquiry.text(claim.data["place"]) if "place" in claim.data else None
    if text is None:
        return None
    found: dict[str, Any] = json.loads(text)
    return found


def weigh_json(inquiry: Inquiry, one: SaidForm) -> dict[str, Any]:
    """One weighing: what is cited, its stance, its credibility and why."""
    told = {key: one.data[key] for key in ("on", "stance", "credibility", "why")}
    answered = one.data.get("answered_by")
    return {"id": one.id, **told, "by": one.by, "answered_by": answered,
            "greyed": inquiry.greyed.get(one.id)}  # fmt: skip


def judgement_json(inquiry: Inquiry, one: SaidForm) -> dict[str, Any]:
    """One judgement: likelihood and confidence apart, each with its words, and its reviews."""
    low, high = one.data["low_pct"], one.data["high_pct"]
    return {
        "id": one.id,
        "by": one.by,
        "low_pct": low,
        "high_pct": high,
        "likelihood": likelihood_words(low, high),
        "confidence": one.data["confidence"],
        "confidence_means": CONFIDENCE[one.data["confidence"]],
        "why": one.data["why"],
        "contrary": list(one.data.get("contrary", ())),
        "earlier": [version.body for version in inquiry.by_id[one.id] if version is not one],
        "reviews": [
            {"id": review.id, "by": review.by, "verdict": review.data["verdict"],
             "why": review.data["why"]}
            for review in inquiry.about("review", "judgement", one.id)
        ],
    }  # fmt: skip


def reply_json(inquiry: Inquiry, one: SaidForm) -> dict[str, Any]:
    """What an organisation was asked about a claim, and what came of it."""
    data = one.data
    answer = inquiry.text(data["answer_text"]) if "answer_text" in data else None
    return {
        "id": one.id,
        "to": data["to"],
        "asked_at": data["asked_at"],
        "how": data["how"],
        "questions": inquiry.text(data["questions"]),
        "deadline": data["deadline"],
        "outcome": data.get("outcome", "waiting"),
        "answer": data.get("answer"),
        "answer_text": answer,
        "answered_at": data.get("answered_at"),
        "about": list(data["about"]),
    }
