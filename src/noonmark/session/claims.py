"""Claims on the page: what is said is said as the command line says it, one act at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from noonmark.actions.claim_table import citable, claim_detail, claim_table
from noonmark.actions.inquiry_forms import say_in_case
from noonmark.actions.inquiry_team import withdraw_from_inquiry
from noonmark.errors import InputError
from noonmark.session.case_session import CaseSession


def table(session: CaseSession) -> dict[str, Any]:
    """The claims of the case that is open, and under which alias this page speaks."""
    with session.lock:
        return {**claim_table(session.folder), "me": session.by}


def detail(session: CaseSession, claim: str) -> dict[str, Any]:
    """What bears on one claim beyond the table."""
    with session.lock:
        return claim_detail(session.folder, claim)


def to_cite(session: CaseSession, words: str) -> dict[str, Any]:
    """What a weighing can cite."""
    with session.lock:
        return citable(session.folder, words)


def say(session: CaseSession, forms: object) -> dict[str, Any]:
    """Say forms in the case under the alias of the page: all, or none where one is wrong."""
    if not isinstance(forms, Sequence) or not all(isinstance(one, Mapping) for one in forms):
        raise InputError(
            "forms: expected a list of objects",
            code="bad-request",
            hint="docs/spec/page.md",
        )
    with session.lock:
        return say_in_case(session.folder, list(forms), by=session.by)


def withdraw(session: CaseSession, name: str, reason: str) -> dict[str, Any]:
    """Delete a claim or a weighing in all its versions; the log keeps that it was said, and why
    it was withdrawn. What else was said is not withdrawn here.
    """
    with session.lock:
        return withdraw_from_inquiry(
            session.folder, name, reason=reason, by=session.by, forms=("claim", "weigh")
        )
