"""Random histories of three people: everybody takes what the others gave, in an order of chance.

Each history: three cases on disk, each with a key; acts of chance (saying, changing what somebody
else said, withdrawing, giving what there is, taking a bundle of anybody, an old one again). In the
end everybody gives, and everybody takes every bundle in an order of their own. Then all three must
hold the same state, name no fault, and each log must verify.

    python benchmarks/merge_histories.py            1,000 histories
    python benchmarks/merge_histories.py --quick    40 histories
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from noonmark.evidence.audit import audit_case
from noonmark.evidence.note import new_key, read_key
from noonmark.evidence.vault import new_vault, open_vault
from noonmark.inquiry.said import PRESENT, Inquiry
from noonmark.inquiry.say import say
from noonmark.inquiry.state import read_open
from noonmark.inquiry.team import give, take, withdraw_said

HISTORIES, QUICK, ACTS = 1000, 40, 10
NAMES = ("amber-fox", "brisk-owl", "calm-otter")
KINDS = ("new", "new", "change", "withdraw", "give", "take", "take")


@dataclass
class Colleague:
    """A case, its key, and the bundles given out of it."""

    folder: Path
    name: str
    given: list[Path] = field(default_factory=list)
    key: str = ""

    def __post_init__(self) -> None:
        new_vault(self.case, by=self.name).close()
        self.key = str(new_key(self.folder / f"{self.name}.key", name=self.name))

    @property
    def case(self) -> Path:
        """Where the case lies."""
        return self.folder / self.name

    def give(self) -> Path:
        """Give everything said so far; the bundle's folder."""
        out = self.folder / f"{self.name}-{len(self.given)}"
        with open_vault(self.case, write=True, by=self.name) as vault:
            give(vault, out, read_key(self.folder / f"{self.name}.key"))
        self.given.append(out)
        return out

    def take(self, other: Colleague, bundle: Path) -> None:
        """Take a bundle in."""
        with open_vault(self.case, write=True, by=self.name) as vault:
            take(vault, bundle, key=other.key)

    def say(self, chance: random.Random, kind: str) -> None:
        """Say something new, or change or withdraw something that stands in this case."""
        with open_vault(self.case, write=True, by=self.name) as vault:
            inquiry = read_open(vault)
            known = sorted(one.id for one in inquiry.of("event"))
            typed = {"form": "event", "title": {"en": f"Event {chance.getrandbits(40)}"}}
            if kind == "change" and known:
                say(vault, [typed | {"id": chance.choice(known)}])
            elif kind == "withdraw":
                own = sorted(
                    one.id
                    for one in inquiry.of("event")
                    if all(version.by == self.name for version in inquiry.by_id[one.id])
                )
                if own:
                    withdraw_said(vault, chance.choice(own), reason="asked to")
            elif kind == "new":
                say(vault, [typed])


def state_of(inquiry: Inquiry) -> tuple[object, ...]:
    """What everybody must agree on: every form but the merges, its versions, its texts."""
    forms = tuple(
        (
            one.body,
            one.id,
            one.over,
            one.state,
            tuple((s.at, s.origin, s.number) for s in one.sayings),
        )
        for one in inquiry.said
        if one.form != "merge"
    )
    standing = tuple(sorted(
        (name, tuple(sorted(one.body for one in inquiry.heads(name))))
        for name, versions in inquiry.by_id.items() if versions[0].form != "merge"
    ))  # fmt: skip
    texts = {
        digest: inquiry.text(digest)
        for one in inquiry.said
        if one.state == PRESENT
        for digest in one.text_digests()
    }
    return forms, standing, tuple(sorted(texts.items()))


def history(chance: random.Random, folder: Path, done: Counter[str]) -> str:
    """Live one history; what is wrong at its end, nothing where all is right."""
    people = [Colleague(folder, name) for name in NAMES]
    for _ in range(ACTS):
        who, kind = chance.choice(people), chance.choice(KINDS)
        other = chance.choice([one for one in people if one is not who])
        done[kind] += 1
        if kind == "give":
            who.give()
        elif kind == "take" and other.given:
            who.take(other, chance.choice(other.given))
        elif kind != "take":
            who.say(chance, kind)
    last = [(one, one.give()) for one in people]
    for who in people:
        others = [(one, bundle) for one, bundle in last if one is not who]
        chance.shuffle(others)
        for one, bundle in others:
            who.take(one, bundle)
    return wrong_in(people)


def wrong_in(people: list[Colleague]) -> str:
    """What is wrong with three cases that should agree."""
    states = []
    for who in people:
        with open_vault(who.case) as vault:
            inquiry = read_open(vault)
        if inquiry.faults or inquiry.forks:
            return f"{who.name} has faults or forks"
        states.append(state_of(inquiry))
        verdict = audit_case(who.case)
        if not verdict.ok:
            return f"the log of {who.name}: {verdict.problems[0].code}"
    return "" if states[0] == states[1] == states[2] else "the states differ"


def main() -> int:
    """Print the figures; 1 where a history went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} histories")
    parser.add_argument("--seed", type=int, default=14)
    asked = parser.parse_args()
    count = QUICK if asked.quick else HISTORIES
    began, wrong, done = time.process_time(), [], Counter[str]()
    for number in range(count):
        with tempfile.TemporaryDirectory() as folder:
            found = history(random.Random(f"{asked.seed}-{number}"), Path(folder), done)
        wrong += [f"history {number}: {found}"] if found else []
    for one in wrong[:10]:
        print(one)
    print(", ".join(f"{count_} x {kind}" for kind, count_ in sorted(done.items())))
    seconds = time.process_time() - began
    print(f"{count - len(wrong)} of {count} histories: one state, logs verify; {seconds:.0f} CPU s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
