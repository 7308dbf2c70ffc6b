"""What an inquiry is made of once it is read: forms that were said, by whom, and the state they
lead to. All frozen; :mod:`noonmark.inquiry.state` makes them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from noonmark.errors import Problem
from noonmark.inquiry.field_types import items_named, references, texts_named
from noonmark.inquiry.form_rules import WRITTEN
from noonmark.inquiry.forms import FORMS

PRESENT, WITHDRAWN, MISSING, MALFORMED = "present", "withdrawn", "missing", "malformed"


@dataclass(frozen=True, order=True)
class Saying:
    """That a form was said: when, in which log, as which entry, by which alias, under which key.

    ``key`` is the verifier key that the log was sealed with next; empty where it never was.
    """

    at: str
    origin: str
    number: int
    by: str
    key: str = ""

    @property
    def signer(self) -> str:
        """What tells one signer from another: the key, or the log where there is none yet."""
        return self.key or self.origin


@dataclass(frozen=True)
class SaidForm:
    """One version of something said. ``data`` is empty unless ``state`` is ``present``.

    Versions of one thing share ``id``; ``over`` are the bodies (digests) that this one supersedes.
    """

    form: str
    id: str
    body: str
    over: tuple[str, ...]
    data: Mapping[str, Any]
    sayings: tuple[Saying, ...]
    state: str = PRESENT

    @property
    def by(self) -> str:
        """The alias of who said it first."""
        return self.sayings[0].by

    @property
    def at(self) -> str:
        """When it was said first, by the clock of that machine."""
        return self.sayings[0].at

    @property
    def authors(self) -> frozenset[str]:
        """Everybody who said it."""
        return frozenset(saying.by for saying in self.sayings)

    @property
    def signers(self) -> frozenset[str]:
        """The keys (or logs without one) under which it was said."""
        return frozenset(saying.signer for saying in self.sayings)

    def references(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Each id that the form names: field, id, and the forms that it may be of."""
        for name, kind, value in self._typed():
            yield from ((name, one, forms) for one, forms in references(kind, value))

    def items(self) -> list[str]:
        """The digests of items of the case that the form names."""
        return [one for _, kind, value in self._typed() for one in items_named(kind, value)]

    def text_digests(self) -> list[str]:
        """The digests of texts that are kept as objects of their own."""
        return [one for _, kind, value in self._typed() for one in texts_named(kind, value)]

    def _typed(self) -> Iterator[tuple[str, str, Any]]:
        fields = FORMS[self.form].fields if self.form in FORMS else {}
        for name, value in self.data.items():
            if name in fields and name not in WRITTEN:
                yield name, fields[name], value


@dataclass(frozen=True, order=True)
class ForkedLog:
    """Two states of one log of which neither continues the other, by their sizes and roots."""

    origin: str
    sizes: tuple[int, int]
    roots: tuple[str, str]


@dataclass(frozen=True)
class Inquiry:
    """The state that everything said in a case leads to, its own log and those taken in together.

    ``said`` is ordered by time, origin and number. ``texts`` holds text objects by digest,
    ``withdrawn`` the digests whose bytes were withdrawn, ``faults`` what could not be used and why.
    """

    origin: str
    said: tuple[SaidForm, ...]
    texts: Mapping[str, Mapping[str, Any]]
    withdrawn: frozenset[str]
    forks: tuple[ForkedLog, ...] = ()
    faults: tuple[Problem, ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, tuple[SaidForm, ...]]:
        """All versions of each thing, by its id."""
        found: dict[str, list[SaidForm]] = defaultdict(list)
        for one in self.said:
            found[one.id].append(one)
        return {name: tuple(versions) for name, versions in found.items()}

    @cached_property
    def _heads(self) -> Mapping[str, tuple[SaidForm, ...]]:
        return {name: _standing(versions) for name, versions in self.by_id.items()}

    @cached_property
    def _by_form(self) -> Mapping[str, tuple[SaidForm, ...]]:
        found: dict[str, list[SaidForm]] = defaultdict(list)
        for one in self.said:
            if one.state == PRESENT and any(one is head for head in self._heads[one.id]):
                found[one.form].append(one)
        return {name: tuple(heads) for name, heads in found.items()}

    def heads(self, name: str) -> tuple[SaidForm, ...]:
        """The versions of a thing that nothing supersedes; more than one is a dispute."""
        return self._heads.get(name, ())

    def current(self, name: str) -> SaidForm | None:
        """The standing version with content, the latest said where two dispute; else ``None``."""
        present = [one for one in self.heads(name) if one.state == PRESENT]
        return max(present, key=lambda one: (one.sayings[0], one.body)) if present else None

    def of(self, form: str) -> tuple[SaidForm, ...]:
        """Every standing form of a kind, in the order they were said."""
        return self._by_form.get(form, ())

    def about(self, form: str, field: str, name: str) -> tuple[SaidForm, ...]:
        """The standing forms of a kind whose field names an id, alone or in a list."""
        return self._naming.get((form, field, name), ())

    @cached_property
    def _naming(self) -> Mapping[tuple[str, str, str], tuple[SaidForm, ...]]:
        found: dict[tuple[str, str, str], list[SaidForm]] = defaultdict(list)
        for form, heads in self._by_form.items():
            for one in heads:
                for field, name, _ in one.references():
                    found[form, field, name].append(one)
        return {
            key: tuple({one.body: one for one in forms}.values()) for key, forms in found.items()
        }

    def text(self, digest: str) -> str | None:
        """A text by its digest; ``None`` where it was withdrawn or never came along."""
        found = self.texts.get(digest)
        return None if found is None else str(found["text"])

    def title(self, one: SaidForm) -> str:
        """A form in a line: its text in the first language it has, or what it is."""
        for field in ("title", "text", "quote", "value", "what", "query", "why"):
            value = one.data.get(field)
            digests = list(value.values()) if isinstance(value, dict) else [value]
            for digest in digests:
                if isinstance(digest, str) and digest:
                    return self.text(digest) or (one.form if len(digest) == 64 else digest)
        return one.form if one.state == PRESENT else f"{one.form} ({one.state})"

    @cached_property
    def greyed(self) -> Mapping[str, str]:
        """By id, why a thing can't be relied on: it, or what it cites, was withdrawn or is missing.

        A thing that cites a greyed thing is greyed too.
        """
        why = {name: reason for name in self.by_id if (reason := self._own_grey(name))}
        citing: dict[str, list[str]] = defaultdict(list)
        for heads in self._heads.values():
            for one in heads:
                for _, cited, _ in one.references():
                    citing[cited].append(one.id)
        todo = list(why)
        while todo:
            cause = todo.pop()
            for name in citing[cause]:
                if name not in why:
                    why[name] = f"it cites {cause}: {why[cause]}"[:300]
                    todo.append(name)
        return why

    def _own_grey(self, name: str) -> str:
        """Why a thing is greyed by itself, or nothing."""
        head = self.current(name)
        if head is None:
            states = ", ".join(sorted({one.state for one in self.heads(name)}))
            return f"what it said is {states}"
        for digest in [*head.items(), *head.text_digests()]:
            if digest in self.withdrawn:
                return f"{digest[:16]} was withdrawn"
        return ""


def _standing(versions: tuple[SaidForm, ...]) -> tuple[SaidForm, ...]:
    """The versions that no other supersedes; all of a circle, which supersedes itself, stand."""
    if len(versions) == 1:
        return versions
    over = {one.body: set(one.over) for one in versions}
    superseded: set[str] = set()
    for one in versions:
        superseded |= over[one.body] - {one.body}
    standing = tuple(one for one in versions if one.body not in superseded)
    return standing or versions
