"""The gate: everything that leaves a case passes here, and what stops it is said with its remedy.

A reason lifts a refusal that is not firm; it is logged with the export, and a report prints it. A
full export hands the whole case over, withdrawn parts as tombstones: there each refusal can be
lifted with a reason, because nothing in it is put forward as a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from noonmark.errors import InputError
from noonmark.evidence.vault import Vault
from noonmark.inquiry.said import SaidForm
from noonmark.release import checks
from noonmark.release.packed import packed_text
from noonmark.release.record import CaseRecord
from noonmark.release.refusals import ReleaseRefusal
from noonmark.release.selection import ReleaseProposal, Selection
from noonmark.release.withheld import chunks_of, names_withheld

_MOST_TOLD = 200
_LISTED = "noonmark release check CASE lists everything, each with how to mend it"


@dataclass(frozen=True)
class GateVerdict:
    """What stops a release, and what a reason has lifted."""

    refusals: tuple[ReleaseRefusal, ...]
    lifted: tuple[tuple[ReleaseRefusal, str], ...]

    @property
    def ok(self) -> bool:
        """True where nothing stops it."""
        return not self.refusals

    def note(self) -> str:
        """What the log says of the refusals that were lifted; empty where there were none."""
        return "; ".join(
            f"despite {refusal.code} ({refusal.where}: {refusal.why}): {reason}"
            for refusal, reason in self.lifted
        )


def judge(proposal: ReleaseProposal, more: Iterable[ReleaseRefusal] = ()) -> GateVerdict:
    """The verdict on a proposal; ``more`` are refusals of what was made for this release."""
    reasons = dict(proposal.request.overrides)
    stops: list[ReleaseRefusal] = []
    lifted: list[tuple[ReleaseRefusal, str]] = []
    for refusal in (*checks.refusals(proposal), *more):
        reason = reasons.get(refusal.code, "").strip()
        if reason and (proposal.request.everything or not refusal.firm):
            lifted.append((refusal, reason))
        else:
            stops.append(refusal)
    return GateVerdict(tuple(stops), tuple(lifted))


def refuse(verdict: GateVerdict) -> None:
    """Raise what stops a release as one error that carries all of it."""
    if verdict.ok:
        return
    first = verdict.refusals[0]
    more = len(verdict.refusals) - 1
    and_more = f" (and {more} more)" if more else ""
    firm = "" if first.firm else f"; or --despite {first.code} REASON, which is logged"
    raise InputError(
        f"this may not leave the case: {first.where}: {first.why}{and_more}",
        code=first.code,
        hint=f"{first.mend}{firm}. {_LISTED}" if more else f"{first.mend}{firm}",
        problems=[
            {"code": one.code, "where": one.where, "expected": one.mend, "found": one.why}
            for one in verdict.refusals[:_MOST_TOLD]
        ],
    )


def closure(record: CaseRecord, selection: Selection) -> list[str]:
    """The digests that go out: the items shown, and the forms and their texts that name no other.

    A form that names a withheld item stays behind; a report may still print its words. Earlier
    versions go out with the one that replaced them.
    """
    shown = set(selection.shown)
    out = dict.fromkeys(selection.shown)
    for name in dict.fromkeys(one.id for one in selection.forms):
        for form in record.inquiry.by_id[name]:
            told = form.id not in selection.untold
            if told and form.body in record.items and _goes(record, form, shown):
                out[form.body] = None
                out |= dict.fromkeys(form.text_digests())
    return [digest for digest in out if digest in record.items and record.items[digest].kept]


def _goes(record: CaseRecord, form: SaidForm, shown: set[str]) -> bool:
    """Whether everything that a form names goes out with it."""
    return all(digest in shown for digest in form.items() if digest in record.items)


Looked = dict[frozenset[str], dict[str, tuple[ReleaseRefusal, ...]]]
"""What each object that goes out names, by the objects that were held back then."""


def digests_shown(
    vault: Vault,
    record: CaseRecord,
    going: Iterable[str],
    made: Iterable[tuple[str, bytes]] = (),
    looked: Looked | None = None,
) -> Iterator[ReleaseRefusal]:
    """What goes out and names an object that does not: objects of the case, and files just made.

    Where something is held back, what is packed inside a file is looked into; a file that can't be
    looked into is refused too. ``looked`` keeps what was found: an object never changes, and is
    not read twice for the same objects held back.
    """
    out = set(going)
    withheld = record.withheld(out)
    known = {} if looked is None else looked.setdefault(frozenset(withheld), {})
    for digest in sorted(out) if withheld else ():
        if digest not in known and vault.store.has(digest):
            known[digest] = tuple(_shown_in(vault, record, digest, withheld))
        yield from known.get(digest, ())
    for name, data in made:
        found = names_withheld([data], withheld)
        if found:
            yield _names(name, found)


def _shown_in(
    vault: Vault, record: CaseRecord, digest: str, withheld: set[str]
) -> Iterator[ReleaseRefusal]:
    """What an object that goes out names of what does not, or why nobody knows."""
    where = f"item {digest[:16]} ({record.items[digest].name[:60]})"
    path = vault.store.get(digest)
    packed = packed_text(path)
    found = names_withheld(chunks_of(path), withheld) | names_withheld([packed.runs], withheld)
    if found:
        yield _names(where, found)
    for why in packed.unread:
        yield ReleaseRefusal(
            "release-packed",
            where,
            f"it is packed and can't be looked into: {why}",
            "hold it back (--withhold DIGEST WHY), or let out a copy that is not packed like that",
            "unread",
        )


def _names(where: str, found: set[str]) -> ReleaseRefusal:
    """The refusal of something that names withheld objects; they are named by their start."""
    named = ", ".join(sorted(digest[:8] + "…" for digest in found)[:8])
    return ReleaseRefusal(
        "release-digest",
        where,
        f"it names {len(found)} withheld object{'s' if len(found) > 1 else ''} ({named})",
        "hold it back too (--withhold DIGEST WHY), or let what it names go out (--show DIGEST)",
        "names",
        (("count", str(len(found))), ("names", named)),
    )
