"""A question about places (TOML or JSON), every problem in it reported at once.

What comes out are plain values with every default filled in; the search makes clauses of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from noonmark.errors import InputError
from noonmark.questions.clue_file import digest_of
from noonmark.questions.input_files import read_document
from noonmark.questions.place_fields import FIELDS, MUST, ONE_TABLE, Field, field_value
from noonmark.questions.problem_collector import ProblemCollector

MOST_TABLES: Final = 60
_HINT = "docs/landmarks.md says what each table holds; `noonmark schema place-question` prints it"
_KIND_HINT = '`noonmark world things` lists the kinds; tags = "key=value" asks for any other'
_WRONG = {"is": "place-unknown-thing", "tags": "place-tags"}
_TOP = (
    "search",
    "eye",
    "thing",
    "pair",
    "count",
    "absent",
    "sides",
    "seen",
    "arms",
    "title",
    "note",
)
_MANY = ("thing", "pair", "count", "absent", "sides", "seen", "arms")
Values = dict[str, Any]


@dataclass(frozen=True)
class PlaceQuestion:
    """A checked question: tables of plain values, each with ``path`` where it stands.

    ``clauses`` keep the kind of their table in ``kind``. ``digest`` is the SHA-256 of the document
    in canonical JSON.
    """

    regions: tuple[str, ...]
    area: Any
    anchor: str
    things: tuple[Values, ...]
    clauses: tuple[Values, ...]
    eye: Values | None
    digest: str
    title: str


def read_place_question(
    source: str | Path | Mapping[str, Any],
    *,
    expected: Callable[[str, str], str],
) -> PlaceQuestion:
    """The question in a file, ``-`` for standard input, or in a parsed document.

    ``expected`` is told a key (``is`` or ``tags``) and its text, and says what should stand there
    instead: nothing where the text is good. Clauses may name a kind that the question does not
    declare. Raises InputError with every problem.
    """
    if isinstance(source, Mapping):
        document = dict(source)
    else:
        document = read_document(source, kind="place-question")
    collector = ProblemCollector()
    for key in document:
        if key not in _TOP:
            collector.add_unknown_key(key, key, _TOP)
    tables = {kind: _tables(document.get(kind), kind, collector) for kind in _MANY}
    search = _table(document.get("search", {}), "search", "search", collector)
    eye = document.get("eye")
    place = None if eye is None else _table(eye, "eye", "eye", collector)
    if not tables["thing"]:
        collector.add("bad-value", "thing", "at least one [[thing]]", document.get("thing"))
    clauses = [c for kind in _MANY[1:] for c in tables[kind]]
    is_readable = not collector.problems
    _check_kinds(tables["thing"], collector, expected)
    if is_readable:
        _check_names(tables["thing"], clauses, search, place, collector, expected)
        _check_values(clauses, place, collector)
    _refuse(collector)
    return PlaceQuestion(
        regions=tuple(search["region"]),
        area=search["area"],
        anchor=search["anchor"],
        things=tuple(tables["thing"]),
        clauses=tuple(clauses),
        eye=place,
        digest=digest_of(document),
        title=str(document.get("title", ""))[:200],
    )


def _refuse(collector: ProblemCollector) -> None:
    """Raise one error with every problem, if there is any."""
    if collector.problems:
        is_kind = collector.problems[0].code == _WRONG["is"]
        raise InputError.of(collector.problems, hint=_KIND_HINT if is_kind else _HINT)


def _tables(
    raw: Any,
    kind: str,
    collector: ProblemCollector,
) -> list[Values]:
    if raw is None:
        return []
    if not isinstance(raw, list) or len(raw) > MOST_TABLES:
        collector.add("bad-value", kind, f"at most {MOST_TABLES} tables [[{kind}]]", raw)
        return []
    return [_table(item, kind, f"{kind}[{i}]", collector) for i, item in enumerate(raw)]


def _table(
    raw: Any,
    kind: str,
    path: str,
    collector: ProblemCollector,
) -> Values:
    """The values of one table, defaults where nothing is said or what is said is wrong."""
    fields = FIELDS[kind]
    found: Values = {"kind": kind, "path": path}
    found |= {name: field.default for name, field in fields.items()}
    if not isinstance(raw, dict):
        collector.add("bad-value", path, "a table", raw)
        return found
    for key, value in raw.items():
        if key not in fields:
            collector.add_unknown_key(key, f"{path}.{key}", fields)
            continue
        found[key] = _value(fields[key], value, f"{path}.{key}", collector)
    for name in MUST.get(kind, ()):
        if name not in raw:
            collector.add("missing-field", f"{path}.{name}", fields[name].expected, None)
    for names in ONE_TABLE.get(kind, ()):
        if sum(name in raw for name in names) != 1:
            collector.add("bad-value", path, f"one of {' and '.join(names)}", sorted(raw))
    return found


def _value(
    field: Field,
    value: Any,
    path: str,
    collector: ProblemCollector,
) -> Any:
    good = field_value(field, value)
    if good is None:
        collector.add("bad-value", path, field.expected, value)
        return field.default
    return good


def _check_kinds(
    things: list[Values],
    collector: ProblemCollector,
    expected: Callable[[str, str], str],
) -> None:
    """What each thing is must be a kind that is known, or tags that can be read."""
    for values in things:
        for key, code in _WRONG.items():
            text = values[key]
            instead = expected(key, text) if text else ""
            if instead:
                collector.add(code, f"{values['path']}.{key}", instead, text)


def _check_names(
    things: list[Values],
    clauses: list[Values],
    search: Values,
    eye: Values | None,
    collector: ProblemCollector,
    expected: Callable[[str, str], str],
) -> None:
    """Every name that a clause uses is a thing, every thing is used, none stands twice."""
    ids = [t["id"] for t in things]
    used = [(f"{c['path']}.{key}", name) for c in clauses for key, name in _named(c)]
    own = [("search.anchor", search["anchor"])]
    if eye is not None:
        own += [("eye.near", eye["near"]), ("eye.on", eye["on"])]
    for path, name in own:
        if name and name not in ids:
            collector.add_unknown_key(name, path, ids)
    for path, name in used:
        if name not in ids and not (path.endswith(".of") and not expected("is", name)):
            collector.add_unknown_key(name, path, ids)
    _check_things(things, {name for _, name in (*used, *own)}, collector)


def _check_things(
    things: list[Values],
    used: set[str],
    collector: ProblemCollector,
) -> None:
    """No thing stands twice, and each of several is used."""
    ids = [t["id"] for t in things]
    for i, name in enumerate(ids):
        if name in ids[:i]:
            collector.add("bad-value", f"thing[{i}].id", "another id than the things before", name)
        if len(things) > 1 and name not in used:
            collector.add("bad-value", f"thing[{i}].id", "a thing that a clause uses", name)


def _named(clause: Values) -> list[tuple[str, str]]:
    """The names of things in a clause, with the key that each stands under."""
    if clause["kind"] == "pair":
        return [(f"of[{i}]", name) for i, name in enumerate(clause["of"])]
    if clause["kind"] == "seen":
        return [(f"order[{i}]", name) for i, name in enumerate(clause["order"])]
    if clause["kind"] == "arms":
        return [("at", clause["at"])]
    near = "line" if clause["kind"] == "sides" else "near"
    return [("of", clause["of"]), (near, clause[near])]


def _check_values(
    clauses: list[Values],
    eye: Values | None,
    collector: ProblemCollector,
) -> None:
    """What fields say together that they can't mean."""
    for clause in clauses:
        path = clause["path"]
        if clause["kind"] == "pair":
            _check_pair(clause, path, collector)
        if clause["kind"] == "count" and (clause["direction_deg"] is None) != (
            clause["direction_sigma_deg"] is None
        ):
            collector.add("bad-value", path, "direction_deg and direction_sigma_deg together", None)
        if clause["kind"] == "seen":
            _check_seen(clause, path, collector)
        if clause["kind"] == "arms" and clause["turn_deg"] and 0.0 not in clause["turn_deg"]:
            expected = "turns from one arm, that arm's own 0 among them"
            collector.add("bad-value", f"{path}.turn_deg", expected, clause["turn_deg"])
    if eye is not None and bool(eye["near"]) == bool(eye["on"]):
        collector.add("bad-value", "eye", "near or on, one of the two", eye["near"] or None)


def _check_seen(
    clause: Values,
    path: str,
    collector: ProblemCollector,
) -> None:
    turns = clause["turn_deg"]
    if len(turns) != len(clause["order"]):
        expected = f"{len(clause['order'])} turns, one a thing, the first 0"
        collector.add("bad-value", f"{path}.turn_deg", expected, turns)
    elif turns[0] != 0 or list(turns) != sorted(turns):
        collector.add("bad-value", f"{path}.turn_deg", "turns that rise from 0", turns)


def _check_pair(
    clause: Values,
    path: str,
    collector: ProblemCollector,
) -> None:
    both = (("bearing_deg", "bearing_sigma_deg"), ("angle_deg", "angle_sigma_deg"))
    for value, sigma in both:
        if (clause[value] is None) != (clause[sigma] is None):
            collector.add("bad-value", path, f"{value} and {sigma} together", None)
    distance, sigma_m = clause["distance_m"], clause["distance_sigma_m"]
    is_one = isinstance(distance, float)
    if is_one != (sigma_m is not None):
        expected = "a range [from, to], or one distance with distance_sigma_m"
        collector.add("bad-value", f"{path}.distance_m", expected, distance)
    if clause["of"][0] == clause["of"][1]:
        collector.add("bad-value", f"{path}.of", "two different things", clause["of"])
    if clause["meet"] and distance is not None:
        collector.add("bad-value", path, "meet or distance_m, one of the two", None)
    if not clause["meet"] and distance is None and clause["bearing_deg"] is None:
        collector.add("bad-value", path, "distance_m, bearing_deg or meet", None)
