"""Copies of an item among the other items of its case: leads for a person, never a finding.

What a machine matched becomes a link only when somebody says it; until then it counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from noonmark.actions.recognition import seen
from noonmark.actions.seen_links import proposed_links
from noonmark.evidence.store import Store
from noonmark.evidence.vault import open_vault
from noonmark.inquiry.said import Inquiry
from noonmark.inquiry.state import read_open
from noonmark.session.acts import acted_long
from noonmark.session.case_session import CaseSession

_TOLD = (
    "sha256", "query_s", "reference_s", "matched_times", "speed", "mirrored", "as", "inliers",
)  # fmt: skip
"""What is told of a match; the rest are paths of this machine."""


def copies_of(
    session: CaseSession, sha256: str, tell: Callable[[float, str], None]
) -> dict[str, Any]:
    """What ``noonmark seen --in CASE`` answers of an item, each match with the link that it would
    be and with what people have said of the two already. The case is brought up to date first.
    """
    path = Store(session.folder).get(sha256)

    def act() -> dict[str, Any]:
        return seen(path, session.folder, case=session.folder, by=session.by, progress=tell)

    answer = acted_long(session, act)
    links = {str(link["parent"]): link for link in proposed_links(answer)}
    with open_vault(session.folder) as vault:
        inquiry = read_open(vault)
    told = ("verdict", "searched", "frames_asked", "frames_left_out", "conditions")
    return {
        **{name: answer[name] for name in told},
        "unproved": len(answer["unproved"]),
        "found": [
            {
                **{name: match[name] for name in _TOLD},
                "link": links.get(match["sha256"]),
                "said": _said(inquiry, sha256, match["sha256"]),
            }
            for match in answer["found"]
        ],
    }


def _said(inquiry: Inquiry, one: str, other: str) -> list[Mapping[str, Any]]:
    """What people have said of how two items hang together."""
    return [
        {"by": link.by, **{key: link.data[key] for key in ("relation", "certainty", "looked_at")}}
        for link in inquiry.of("link")
        if {link.data["child"], link.data["parent"]} == {one, other}
    ]
