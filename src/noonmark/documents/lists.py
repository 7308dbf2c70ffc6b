"""Two lists compared entry by entry: what may belong together is proposed, people decide.

No method that runs offline pairs lists by meaning: on two lists of rules in other words, the first
proposal was right for 11 of 17 entries, in lists of much the same order. So a proposal says why it
is made (order, numbers, words of the text or its translation) and decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noonmark.documents.fold import fold
from noonmark.errors import InputError, Problem

VERDICTS = ("same", "narrower", "wider", "overlaps", "only_a", "only_b", "unsure")
"""Of A seen from B: the same act, a narrower or wider one, an overlap, or in one list alone."""
PART = ("narrower", "wider", "overlaps")
MOST_ENTRIES = 2000
_NUMBERED = re.compile(r"^\s*(?:[(\[]?(\d{1,4})[.)\]、．:]|[•*-])\s*(\S.*)$")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True)
class ListEntry:
    """One entry: its number from 1 in the list, what the list calls it, words, a translation."""

    number: int
    label: str
    text: str
    translation: str = ""


@dataclass(frozen=True)
class ComparedList:
    """A list as a document has it."""

    title: str
    entries: tuple[ListEntry, ...]


@dataclass(frozen=True)
class Proposal:
    """That an entry of B may belong to one of A, and every reason for it."""

    b: int
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class PairDecision:
    """What somebody decided about entries of A and B, by their numbers."""

    a: tuple[int, ...]
    b: tuple[int, ...]
    verdict: str
    why: str


@dataclass(frozen=True)
class ListResult:
    """The decisions counted by entries: of B, how many stand in A wholly, in part, or not; of A,
    how many stand only there; how many entries nobody was sure of.
    """

    entries_a: int
    entries_b: int
    b_in_a: int
    b_in_part: int
    only_b: int
    only_a: int
    unsure_a: int
    unsure_b: int

    def sentence(
        self,
        title_a: str,
        title_b: str,
    ) -> str:
        """The result in one sentence that can be cited."""
        said = f"{self.b_in_a} of the {self.entries_b} entries of {title_b} stand in {title_a}"
        said += f", which has {self.entries_a}"
        parts = [
            f"{self.b_in_part} stand there in part" if self.b_in_part else "",
            f"{self.only_b} stand only in {title_b}",
            f"{self.only_a} stand only in {title_a}",
            f"of {self.unsure_b} nobody was sure" if self.unsure_b else "",
        ]
        return "; ".join([said, *(part for part in parts if part)])


def entries_of_text(
    text: str,
    title: str,
) -> ComparedList:
    """A list in plain text: numbered or bulleted lines, or else one entry a line.

    A line without a number goes on with the entry before it where others are numbered.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    matches = [_NUMBERED.match(line) for line in lines]
    numbered = sum(match is not None for match in matches) * 2 > len(lines)
    found: list[tuple[str, str]] = []
    for line, match in zip(lines, matches, strict=True):
        if match is not None and numbered:
            found.append((match[1] or "", match[2]))
        elif not numbered:
            found.append(("", line))
        elif found:
            found[-1] = (found[-1][0], f"{found[-1][1]} {line}")
    return checked(title, [ListEntry(n, label, said) for n, (label, said) in enumerate(found, 1)])


def entries_of_table(
    table: Mapping[str, object],
    title: str,
) -> ComparedList:
    """A list in JSON or TOML: ``title`` and ``entries``, texts or {text, label, translation}."""
    entries = table.get("entries")
    if not isinstance(entries, list):
        raise _not_a_list("expected entries, a list of texts or of {text, label, translation}")
    found = []
    for number, one in enumerate(entries, 1):
        given = {"text": one} if isinstance(one, str) else one
        known = {"text", "label", "translation"}
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            raise _not_a_list(f"entry {number} has no text")
        if set(given) - known or not all(isinstance(value, str) for value in given.values()):
            raise _not_a_list(f"entry {number} may hold text, label and translation, all texts")
        found.append(
            ListEntry(number, given.get("label", ""), given["text"], given.get("translation", ""))
        )
    named = table.get("title", title)
    return checked(named if isinstance(named, str) and named.strip() else title, found)


def checked(
    title: str,
    entries: Sequence[ListEntry],
) -> ComparedList:
    """The list, with at least one entry and not too many. Raises InputError ``not-a-list``."""
    if not 1 <= len(entries) <= MOST_ENTRIES:
        raise _not_a_list(f"{title[:80]!r} has {len(entries)} entries")
    return ComparedList(title, tuple(entries))


def _not_a_list(why: str) -> InputError:
    """The error about a file that holds no list."""
    return InputError(
        f"this is no list that can be compared: {why}",
        code="not-a-list",
        hint=f"1 to {MOST_ENTRIES} entries: one a line in a text, or JSON with entries",
    )


def proposals(
    a: ComparedList,
    b: ComparedList,
    most: int = 3,
) -> list[tuple[Proposal, ...]]:
    """For each entry of A the likeliest entries of B, best first, each with its reasons.

    Words and numbers that few entries share count more; the place in the order breaks ties.
    """
    features = [[_features(entry) for entry in side.entries] for side in (a, b)]
    often: dict[str, int] = {}
    for side in features:
        for one in side:
            for feature in one:
                often[feature] = often.get(feature, 0) + 1
    found = []
    for at, of_a in enumerate(features[0]):
        ranked = []
        for to, of_b in enumerate(features[1]):
            shared = sorted(of_a & of_b, key=lambda feature: (often[feature], feature))
            weight = sum(1 / often[feature] for feature in shared)
            apart = abs(at / max(1, len(a.entries) - 1) - to / max(1, len(b.entries) - 1))
            ranked.append((-weight - 0.5 * (1 - apart), to, shared, apart))
        ranked.sort(key=lambda row: row[:2])
        found.append(
            tuple(
                Proposal(to + 1, _reasons(shared, apart)) for _, to, shared, apart in ranked[:most]
            )
        )
    return found


def _features(entry: ListEntry) -> set[str]:
    """Numbers, and the beginnings of words, of an entry and its translation."""
    folded = fold(f"{entry.text}\n{entry.translation}")
    numbers = {f"number {number}" for number in _NUMBER.findall(folded)}
    words = {f"beginning of a word {word[:5]}" for word in re.findall(r"[^\W\d_]{4,}", folded)}
    return numbers | words


def _reasons(
    shared: Sequence[str],
    apart: float,
) -> tuple[str, ...]:
    """What speaks for a pair, in words: what is shared, and how the places compare."""
    place = "about the same place in the order" if apart <= 0.1 else "another place in the order"
    return (*(f"shared {feature}" for feature in shared[:6]), place)


def faults(
    decisions: Sequence[PairDecision],
    a: ComparedList,
    b: ComparedList,
) -> list[Problem]:
    """What is wrong with decisions: verdicts, numbers, entries that nobody decided or twice."""
    found = []
    for number, one in enumerate(decisions, 1):
        where = f"pairs[{number - 1}]"
        alone = {"only_a": not one.b and one.a, "only_b": not one.a and one.b}
        if one.verdict not in VERDICTS:
            found.append(_problem(f"{where}.verdict", "one of " + ", ".join(VERDICTS), one.verdict))
        elif one.verdict != "unsure" and not alone.get(one.verdict, one.a and one.b):
            expected = "entries of both lists, or of one for only_a and only_b"
            found.append(_problem(where, expected, f"a {list(one.a)}, b {list(one.b)}"))
        if not one.why.strip():
            found.append(_problem(f"{where}.why", "a reason", "nothing"))
    for side, entries in (("a", a.entries), ("b", b.entries)):
        found += _coverage(decisions, side, len(entries))
    return found


def _coverage(
    decisions: Sequence[PairDecision],
    side: str,
    count: int,
) -> list[Problem]:
    """Entries of one list that are missing, unknown, or alone and paired at once."""
    named: dict[int, list[str]] = {}
    for one in decisions:
        for number in getattr(one, side):
            named.setdefault(number, []).append(one.verdict)
    missing = [n for n in range(1, count + 1) if n not in named]
    found = [_problem(f"{side} {n}", f"an entry from 1 to {count}", str(n))
             for n in named if not 1 <= n <= count]  # fmt: skip
    if missing:
        listed = ", ".join(map(str, missing[:10]))
        found.append(_problem(f"list {side}", "a decision for every entry", f"none for {listed}"))
    found += [
        _problem(f"{side} {n}", "alone or paired", ", ".join(verdicts))
        for n, verdicts in named.items()
        if len(verdicts) > 1 and f"only_{side}" in verdicts
    ]
    return found


def _problem(
    where: str,
    expected: str,
    got: str,
) -> Problem:
    """One fault of the decisions."""
    return Problem("list-decision", where, expected, got[:80])


def result(
    decisions: Sequence[PairDecision],
    a: ComparedList,
    b: ComparedList,
) -> ListResult:
    """The decisions counted; an entry counts once, by the strongest thing said of it."""
    of = {side: _strongest(decisions, side) for side in ("a", "b")}
    count_b = list(of["b"].values()).count
    return ListResult(
        len(a.entries),
        len(b.entries),
        count_b("same"),
        count_b("part"),
        count_b("alone"),
        list(of["a"].values()).count("alone"),
        list(of["a"].values()).count("unsure"),
        count_b("unsure"),
    )


def _strongest(
    decisions: Sequence[PairDecision],
    side: str,
) -> dict[int, str]:
    """By entry: same, part, unsure or alone, the first of these that was said."""
    order = ("same", "part", "unsure", "alone")
    found: dict[int, str] = {}
    for one in decisions:
        kind = "part" if one.verdict in PART else one.verdict
        kind = "alone" if kind in ("only_a", "only_b") else kind
        for number in getattr(one, side):
            found[number] = min(found.get(number, "alone"), kind, key=order.index)
    return found


def agreement(
    one: Sequence[PairDecision], other: Sequence[PairDecision], a: ComparedList, b: ComparedList
) -> tuple[int, list[str]]:
    """Of all entries of both lists, on how many two readers said the same, and the others named."""
    same, differ = 0, []
    for side, entries in (("a", a.entries), ("b", b.entries)):
        for entry in entries:
            said = [_said_of(decisions, side, entry.number) for decisions in (one, other)]
            if said[0] == said[1]:
                same += 1
            else:
                differ.append(f"{side} {entry.number}")
    return same, differ


def _said_of(
    decisions: Sequence[PairDecision],
    side: str,
    number: int,
) -> set[tuple[object, ...]]:
    """Every verdict about an entry, with the entries of the other list."""
    other = "b" if side == "a" else "a"
    return {
        (one.verdict, *sorted(getattr(one, other)))
        for one in decisions
        if number in getattr(one, side)
    }
