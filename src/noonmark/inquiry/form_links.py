"""What a form owes to what was said before: ids and items that are there, reviews by others,
silence that has lasted to its deadline.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from noonmark import values
from noonmark.errors import Problem
from noonmark.inquiry.drafts import Draft
from noonmark.inquiry.said import SaidForm

Check = Callable[[Draft, Mapping[str, Any]], Problem | None]


def link_problems(draft: Draft, data: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the links of a form whose shape is right."""
    one = SaidForm(
        str(data["form"]),
        str(data["id"]),
        "",
        (),
        data,
        (),
    )
    found = []
    for field, name, forms in one.references():
        problem = _reference_problem(
            draft,
            one,
            field,
            name,
            forms,
        )
        found += [problem] if problem else []
    for digest in one.items():
        if draft.vault.log.index.object_of(digest) is None:
            where = f"{one.form}: {digest[:16]}"
            found.append(
                Problem(
                    "no-such-item",
                    where,
                    "an item that the case holds",
                    "none",
                )
            )
    if found or one.form not in _CHECKS:
        return found
    problem = _CHECKS[one.form](draft, data)
    return [problem] if problem else []


def _reference_problem(
    draft: Draft, one: SaidForm, field: str, name: str, forms: tuple[str, ...]
) -> Problem | None:
    """What is wrong with one id that a form names."""
    where = f"{one.form}.{field}"
    if name == one.id:
        return Problem(
            "form-cycle",
            where,
            "another form",
            "this form itself",
        )
    cited = draft.content(name)
    if cited is None:
        return Problem(
            "form-reference",
            where,
            "the id of something said",
            name,
        )
    if forms and cited["form"] not in forms:
        expected = " or ".join(forms)
        return Problem(
            "form-reference",
            where,
            expected,
            f"a {cited['form']}",
        )
    return None


def _review_problem(draft: Draft, data: Mapping[str, Any]) -> Problem | None:
    """A judgement is reviewed by somebody who had no part in any version of it."""
    by, name = draft.vault.by, data["judgement"]
    versions = draft.inquiry.by_id.get(name, ())
    if name in draft.fresh or any(by in one.authors for one in versions):
        expected = "a judgement of somebody else: --by says who acts"
        return Problem(
            "review-own",
            "review.judgement",
            expected,
            f"one by {by}",
        )
    return None


def _reply_problem(_: Draft, data: Mapping[str, Any]) -> Problem | None:
    """Silence is what there was until the deadline."""
    if data.get("outcome") != "silence" or values.utc(data["deadline"]) <= values.now():
        return None
    late = f"an outcome after the deadline {data['deadline']}"
    return Problem(
        "form-rule",
        "reply.outcome",
        late,
        "silence before it",
    )


def _weigh_problem(draft: Draft, data: Mapping[str, Any]) -> Problem | None:
    """A change of a timeline is cited by its number."""
    if "timeline" not in data["on"]:
        return None
    cited = draft.content(data["on"]["timeline"])
    count = len(cited["events"]) if cited else 0
    number = data["on"].get("event", 0)
    if number < count:
        return None
    return Problem(
        "form-reference",
        "weigh.on.event",
        f"a number below {count}",
        str(number),
    )


_CHECKS: dict[str, Check] = {
    "review": _review_problem,
    "reply": _reply_problem,
    "weigh": _weigh_problem,
}
