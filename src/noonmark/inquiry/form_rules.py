"""What the fields of a form owe one another: the shape first, then one rule a form where it has
one. Nothing here knows of other forms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from noonmark import values
from noonmark.errors import Problem
from noonmark.inquiry.field_types import fault_of, is_id
from noonmark.inquiry.forms import FORMS, FormRow

WRITTEN = ("form", "id", "salt", "over")
_Fault = tuple[str, str, str]  # field, expected, found
Rule = Callable[[Mapping[str, Any]], Iterator[_Fault]]


def shape_problems(data: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with one stored form, looked at by itself."""
    form = data.get("form")
    row = FORMS.get(str(form))
    if row is None:
        expected = "one of " + ", ".join(FORMS)
        return [Problem("form-unknown", "form", expected, repr(form))]
    found = [
        Problem("form-field", f"{row.name}.{name}", "a value", "nothing")
        for name in row.required
        if name not in data
    ]
    for name, value in data.items():
        if name not in WRITTEN and (problem := _field_problem(row, name, value)):
            found.append(problem)
    if not is_id(data.get("id")):
        found.append(Problem("form-field", f"{row.name}.id", "26 of a-z 2-7", "another"))
    if found or row.name not in RULES:
        return found
    return [
        Problem("form-rule", f"{row.name}.{field}", expected, got)
        for field, expected, got in RULES[row.name](data)
    ]


def _field_problem(row: FormRow, name: str, value: Any) -> Problem | None:
    """What is wrong with one field of a form."""
    where = f"{row.name}.{name}"
    if name not in row.fields:
        known = "one of " + ", ".join(row.fields)
        return Problem("form-field", where, known, "another")
    expected = fault_of(row.fields[name], value)
    if expected is None:
        return None
    return Problem("form-field", where, expected, repr(value)[:80])


def _ordered(data: Mapping[str, Any], early: str, late: str) -> Iterator[_Fault]:
    """One time must not come before another, where both are given."""
    if early in data and late in data and values.utc(data[early]) > values.utc(data[late]):
        yield late, f"not before {early} {data[early]}", data[late]


def _span(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """A span of time begins before it ends."""
    return _ordered(
        data,
        "earliest",
        "latest",
    )


def _segment(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """A segment has a length; a code word has a meaning and a basis for it."""
    if data["end_ms"] <= data["start_ms"]:
        yield "end_ms", f"more than start_ms {data['start_ms']}", str(data["end_ms"])
    code = data.get("spoken_as_code")
    if code is not None and set(code) != {"word", "means", "basis"}:
        yield "spoken_as_code", "word, means and basis", ", ".join(code)


def _translation(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """A machine's translation names the machine, and who checked it where somebody did."""
    checked = data.get("checked_by")
    if (data["kind"] == "machine-checked") != (checked is not None):
        yield "checked_by", "who checked it, for machine-checked alone", str(checked)
    if data["kind"] != "human" and "tool" not in data:
        yield "tool", "the program and its version", "nothing"


def _weigh(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """Evidence is weighed on a claim or on a hypothesis."""
    if ("claim" in data) == ("hypothesis" in data):
        yield "claim", "either a claim or a hypothesis", "both or none"
    yield from _span(data)


def _link(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """A link joins two things; that two are independent is known only once examined."""
    if data["child"] == data["parent"]:
        yield "parent", "another than the child", "the same"
    if data["relation"] == "none" and data["looked_at"] != "yes":
        yield "looked_at", "yes: independence that nobody examined is not known", "no"


def _timeline(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """Every change has a bound, and its bounds are in order."""
    for number, change in enumerate(data["events"]):
        if not change.keys() & {"last_clear", "first_clear"}:
            yield f"events[{number}]", "last_clear, first_clear or both", "neither"
        for field, expected, got in _ordered(
            change,
            "last_clear",
            "first_clear",
        ):
            yield f"events[{number}].{field}", expected, got


def _judgement(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """A range of likelihood has its low end first."""
    if data["low_pct"] > data["high_pct"]:
        yield "high_pct", f"at least low_pct {data['low_pct']}", str(data["high_pct"])


def _pair(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """Entries of both lists are named, or those of the one list that alone has them."""
    needed = {"only_a": ("a",), "only_b": ("b",)}.get(data["verdict"], ("a", "b"))
    for side in ("a", "b"):
        if (side in data) != (side in needed):
            yield side, f"{' and '.join(needed)} for {data['verdict']}", "another choice"


def _reply(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """An answer is given where the outcome says so, and only there."""
    yield from _ordered(
        data,
        "asked_at",
        "deadline",
    )
    yield from _ordered(
        data,
        "asked_at",
        "answered_at",
    )
    given = data.keys() & {"answer", "answer_text"}
    if (data.get("outcome") == "answered") != bool(given):
        yield "answer", "the answer, where the outcome is answered and only there", str(len(given))


def _release(data: Mapping[str, Any]) -> Iterator[_Fault]:
    """What was withheld is named by an id, a digest or an alias."""
    for number, one in enumerate(data.get("withheld", ())):
        if fault_of("subject", one["id"]) is not None:
            yield f"withheld[{number}].id", "an id, a digest or an alias", repr(one["id"])[:80]


RULES: dict[str, Rule] = {
    "event": _span,
    "claim": _span,
    "segment": _segment,
    "translation": _translation,
    "weigh": _weigh,
    "link": _link,
    "timeline": _timeline,
    "judgement": _judgement,
    "pair": _pair,
    "reply": _reply,
    "release": _release,
}
