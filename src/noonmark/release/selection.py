"""What a release is about: its claims, everything they cite, and the items that go out with them.

Where something was hidden in a copy of an item, the copies go out in its place. An item is held
back where an account's consent covers words alone; anything else that may not leave is refused, not
held back in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from noonmark.errors import InputError
from noonmark.inquiry.said import Inquiry, SaidForm
from noonmark.release.record import CaseRecord

WORDS_ONLY = "words only, as agreed with its source"
HIDDEN_INSTEAD = "a copy in which something is hidden goes out instead"
_TELLING = (
    "passage", "segment", "account", "translation", "observation", "answer", "timeline", "weigh",
)  # fmt: skip
"""Forms that tell words or findings of items; a claim and its judgement speak for themselves."""
_ABOUT = {
    "claim": (
        ("weigh", "claim"),
        ("judgement", "claim"),
        ("search", "claim"),
        ("reply", "about"),
    ),
    "judgement": (("review", "judgement"),),
    "passage": (("translation", "of"),),
    "segment": (("translation", "of"),),
}
"""By form, which forms go out with it because they are about it, and the field that says so."""


@dataclass(frozen=True)
class ReleaseRequest:
    """What is asked to go out. Without claims, every claim of the case.

    ``shown`` adds items that no claim cites; ``withheld`` keeps items or claims back, each with the
    reason; ``silent`` keeps items back together with every word that was said of them, so that the
    report tells only that there is something, and why it is not told. ``no_claims`` releases the
    items alone. ``text`` is the release's own prose, ``today`` the date by which consents and
    deadlines are judged, ``overrides`` are reasons by the code of a refusal. ``everything``: a
    full export.
    """

    claims: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    withheld: tuple[tuple[str, str], ...] = ()
    silent: tuple[tuple[str, str], ...] = ()
    no_claims: bool = False
    title: str = ""
    text: str = ""
    today: str = ""
    overrides: tuple[tuple[str, str], ...] = ()
    everything: bool = False


@dataclass(frozen=True)
class Selection:
    """What goes out: claims, the forms they rest on, the items shown, and what is held back.

    ``cited`` are the items that the forms name; ``held_back`` gives the reason by digest.
    ``untold`` gives the reason by the id or digest of everything of which no word is told.
    """

    claims: tuple[SaidForm, ...]
    forms: tuple[SaidForm, ...]
    cited: tuple[str, ...]
    shown: tuple[str, ...]
    held_back: Mapping[str, str]
    untold: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReleaseProposal:
    """What is proposed to go out of a case, and by which request: what the checks look at."""

    record: CaseRecord
    selection: Selection
    request: ReleaseRequest

    @property
    def inquiry(self) -> Inquiry:
        """What is said in the case."""
        return self.record.inquiry


def select(record: CaseRecord, request: ReleaseRequest) -> Selection:
    """The selection that a request makes of a record; an id or digest that is unknown raises."""
    _refuse_unknown(record, request)
    if request.everything:
        return everything(record)
    reasons = dict(request.withheld) | dict(request.silent)
    claims = _claims_asked(record, request, reasons)
    forms = _reached(record.inquiry, claims)
    cited = items_named(record, forms)
    held = {digest: why for digest, why in reasons.items() if digest in record.items}
    for digest in _words_only(record.inquiry, forms, request.shown):
        held.setdefault(digest, WORDS_ONLY)
    shown: dict[str, None] = {}
    for digest in (*cited, *request.shown):
        copies = record.hidden_copies(digest)
        if copies and digest not in request.shown:
            shown |= dict.fromkeys(copies)
            held.setdefault(digest, HIDDEN_INSTEAD)
        else:
            shown[digest] = None
    out = tuple(digest for digest in shown if digest not in held)
    return Selection(
        tuple(claims),
        tuple(forms),
        tuple(cited),
        out,
        held,
        _untold(forms, dict(request.silent)),
    )


def _claims_asked(
    record: CaseRecord, request: ReleaseRequest, reasons: Mapping[str, str]
) -> list[SaidForm]:
    """The claims that a request is about: all where it names none, but those held back."""
    every = () if request.no_claims else record.inquiry.of("claim")
    asked = [one for one in every if not request.claims or one.id in request.claims]
    return [one for one in asked if one.id not in reasons]


def _untold(forms: Iterable[SaidForm], silent: Mapping[str, str]) -> dict[str, str]:
    """By id, the forms that tell words of silent items, and the items themselves, with the reason.

    A translation of an untold passage is untold too, and so is what a weighing says of it.
    """
    found = dict(silent)
    telling = [one for one in forms if one.form in _TELLING]
    while True:
        new = {}
        for one in telling:
            named = [*one.items(), *(cited for _, cited, _ in one.references())]
            about = next((name for name in named if name in found), None)
            if one.id not in found and about is not None:
                new[one.id] = found[about]
        if not new:
            return found
        found |= new


def everything(record: CaseRecord) -> Selection:
    """All that a case holds, as a full export hands it over."""
    inquiry = record.inquiry
    claims = inquiry.of("claim")
    forms = [head for name in inquiry.by_id for head in inquiry.heads(name)]
    kept = tuple(item.sha256 for item in record.items.values() if item.kept)
    return Selection(
        claims,
        tuple(forms),
        tuple(items_named(record, forms)),
        kept,
        {},
    )


def of_items(record: CaseRecord, digests: Collection[str]) -> Selection:
    """A part of a case that is exported by its digests, without a claim."""
    inquiry = record.inquiry
    every = [head for name in inquiry.by_id for head in inquiry.heads(name)]
    forms = tuple(one for one in every if one.body in digests)
    claims = tuple(one for one in forms if one.form == "claim")
    return Selection(
        claims,
        forms,
        (),
        tuple(dict.fromkeys(digests)),
        {},
    )


def _refuse_unknown(record: CaseRecord, request: ReleaseRequest) -> None:
    """Refuse ids and digests that the case does not have; a slip must not widen a release."""
    claims = {one.id for one in record.inquiry.of("claim")}
    wrong = [one for one in request.claims if one not in claims]
    wrong += [one for one in request.shown if one not in record.items]
    wrong += [one for one, _ in request.silent if one not in record.items]
    wrong += [one for one, _ in request.withheld if one not in record.items and one not in claims]
    if wrong:
        raise InputError(
            f"the case has no claim and no item {wrong[0][:80]!r}",
            code="release-unknown",
            hint="noonmark inquiry claims CASE and noonmark case log CASE --kind item list them",
        )


def _reached(inquiry: Inquiry, claims: Iterable[SaidForm]) -> list[SaidForm]:
    """The claims, every form that is about them, every form that those cite, and the accounts that
    the cited items belong to.

    Other claims are not drawn in. A link goes out where both of its ends do.
    """
    found: dict[str, SaidForm] = {}
    todo = list(claims)
    while todo:
        while todo:
            one = todo.pop()
            if one.body not in found:
                found[one.body] = one
                todo += _next(inquiry, one)
        items = {digest for one in found.values() for digest in one.items()}
        todo += [
            account
            for account in inquiry.of("account")
            if account.body not in found and items & set(account.items())
        ]
    ends = {one.id for one in found.values()} | {d for one in found.values() for d in one.items()}
    for link in inquiry.of("link"):
        if {link.data["child"], link.data["parent"]} <= ends:
            found[link.body] = link
    return sorted(found.values(), key=lambda one: (one.sayings[0], one.body))


def _next(inquiry: Inquiry, one: SaidForm) -> list[SaidForm]:
    """The forms that are about a form, and those that it cites; other claims are left out."""
    found: list[SaidForm] = []
    for form, naming in _ABOUT.get(one.form, ()):
        found += inquiry.about(form, naming, one.id)
    for _, identity, _ in one.references():
        found += [head for head in inquiry.heads(identity) if head.form != "claim"]
    return found


def items_named(record: CaseRecord, forms: Iterable[SaidForm]) -> list[str]:
    """The items that forms name, in the order of their entries; not the texts they carry."""
    named = {digest for one in forms for digest in one.items() if digest in record.items}
    return sorted(named, key=lambda digest: record.items[digest].entry)


def consent_of(inquiry: Inquiry, account: SaidForm) -> tuple[SaidForm, ...]:
    """The standing consents of an account; more than one is a dispute, and the strictest counts."""
    return inquiry.heads(str(account.data.get("consent", "")))


def accounts_behind(
    inquiry: Inquiry, forms: Iterable[SaidForm], items: Collection[str]
) -> list[SaidForm]:
    """The accounts among forms, and those that any of some items belongs to: their consents bind
    the items whether or not a claim cites them.
    """
    found = {one.body: one for one in forms if one.form == "account"}
    for account in inquiry.of("account"):
        if not set(items).isdisjoint(account.items()):
            found[account.body] = account
    return list(found.values())


def _words_only(inquiry: Inquiry, forms: Iterable[SaidForm], shown: Collection[str]) -> set[str]:
    """The items of accounts whose consent covers their words and nothing else."""
    found: set[str] = set()
    for account in accounts_behind(inquiry, forms, shown):
        for consent in consent_of(inquiry, account):
            if consent.data.get("publish") == "text":
                found |= set(covered(account, consent))
    return found


def covered(account: SaidForm, consent: SaidForm) -> list[str]:
    """The digests of items that a consent speaks of: its own list, or the account's items."""
    return list(consent.data.get("items") or account.data.get("items") or ())
