"""What goes out of a case, chosen item by item: one choice for each, turned into one request.

A choice is ``original``, ``hidden`` (the copies in which something is hidden), ``words`` (the file
stays, its words are told), ``no_pixels`` (the picture stays, what was read from it is told),
``withheld`` (no word of it is told) or ``out`` (it has no part in the release).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from noonmark.actions.item_kinds import kind_of
from noonmark.actions.releases import ReleaseCheck, ReleaseRequest, check_open_case
from noonmark.errors import InputError
from noonmark.evidence.vault import Vault, open_vault
from noonmark.inquiry.said import Inquiry
from noonmark.inquiry.standing import claim_state
from noonmark.release import gate, told
from noonmark.release.selection import HIDDEN_INSTEAD, WORDS_ONLY

CHOICES = ("original", "hidden", "words", "no_pixels", "withheld", "out")
_USUAL = {
    "words": "its words alone are told",
    "no_pixels": "what was read from it is told, without the picture",
    "withheld": "by choice of whoever releases",
}
_TELLING = ("passage", "segment", "account", "document", "observation", "timeline")


def request_of(asked: Mapping[str, Any], copies: Mapping[str, tuple[str, ...]]) -> ReleaseRequest:
    """The request that a page's choices make; ``copies`` are the hidden copies of each item.

    ``asked`` holds ``claims`` (ids, or null for all), ``items`` (by digest ``as`` and ``why``),
    ``title``, ``text`` and ``overrides`` (a reason by code). What is of another kind raises.
    """
    claims = asked.get("claims")
    if claims is not None and not isinstance(claims, list):
        raise _bad("claims", "a list of ids, or null", claims)
    chosen = [_choice(digest, value) for digest, value in _table(asked, "items").items()]
    shown = [digest for digest, how, _ in chosen if how == "original"]
    shown += [
        copy for digest, how, _ in chosen if how == "hidden" for copy in copies.get(digest, ())
    ]
    held = [(digest, why) for digest, how, why in chosen if how in ("words", "no_pixels")]
    silent = [(digest, why) for digest, how, why in chosen if how == "withheld"]
    return ReleaseRequest(
        claims=tuple(map(str, claims or ())),
        no_claims=claims == [],
        shown=tuple(shown),
        withheld=tuple(held),
        silent=tuple(silent),
        title=str(asked.get("title") or ""),
        text=str(asked.get("text") or ""),
        overrides=tuple((code, str(why)) for code, why in _table(asked, "overrides").items()),
    )


def _choice(digest: str, value: object) -> tuple[str, str, str]:
    """An item's digest, its choice and the reason for it."""
    chosen = value if isinstance(value, Mapping) else {}
    how = str(chosen.get("as"))
    if how not in CHOICES:
        raise _bad(f"items.{digest[:16]}.as", "one of " + ", ".join(CHOICES), how)
    return digest, how, str(chosen.get("why") or _USUAL.get(how, "")).strip()


def _table(asked: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object of the request; an empty one where it was left out."""
    found = asked.get(name)
    found = {} if found is None else found
    if not isinstance(found, Mapping):
        raise _bad(name, "an object", found)
    return found


def _bad(name: str, expected: str, found: object) -> InputError:
    return InputError(
        f"{name}: expected {expected}, got {repr(found)[:60]}",
        code="bad-request",
        hint="docs/spec/page.md",
    )


def release_page(case: Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The check of a release as the page shows it: claims and items to choose from, what stops it,
    what to look at again, and the sheet as it would be written. Nothing is logged or kept.
    """
    with open_vault(case) as vault:
        found = check_choices(vault, asked)
        record = found.record
        claims = record.inquiry.of("claim")
        chosen = {one.id for one in found.selection.claims}
        sheet = told.report_of(
            vault, record, found.selection, found.request, found.verdict, found.going, {}
        )
        return {
            **found.as_json(),
            "may_go": found.verdict.ok,
            "ok": True,
            "every_claim": [
                {
                    "id": one.id,
                    "text": {
                        tag: record.inquiry.text(digest) for tag, digest in one.data["text"].items()
                    },
                    "state": claim_state(record.inquiry, one.id, ()),
                    "chosen": one.id in chosen,
                }
                for one in claims
            ],
            "items": _rows(vault, found, asked),
            "copies": {digest: list(made) for digest, made in record.copies().items()},
            "sheet": _sheet(sheet),
        }


def check_choices(vault: Vault, asked: Mapping[str, Any]) -> ReleaseCheck:
    """The check of what a page's choices ask for, in a case that is open."""
    return check_open_case(vault, lambda record: request_of(asked, record.copies()))


def refuse_choices(vault: Vault, asked: Mapping[str, Any], made: Mapping[str, bytes]) -> None:
    """Raise what stops the choices from going out together with files that were made and are not
    kept yet: so that a refusal leaves nothing of them in the case.
    """
    found = check_open_case(vault, lambda record: request_of(asked, record.copies()), made)
    stops = tuple(one for one in found.verdict.refusals if one.code != "release-empty")
    gate.refuse(gate.GateVerdict(stops, ()))


def _rows(vault: Vault, found: ReleaseCheck, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every item that has a part in the release, with its choice and the choices it has."""
    record, selection, chosen = found.record, found.selection, _table(asked, "items")
    copies = record.copies()
    hidden = [digest for digest in chosen if _asked_as(asked, digest) == "hidden"]
    instead = {copy for one in (*selection.held_back, *hidden) for copy in copies.get(one, ())}
    listed = dict.fromkeys((*selection.cited, *selection.shown, *selection.held_back, *chosen))
    holders = _holders(record.inquiry)
    telling = _telling(record.inquiry)
    rows = []
    for digest in listed:
        if digest in record.items and (digest not in instead or digest in chosen):
            kind = kind_of(vault.store.path(digest)) if vault.store.has(digest) else "gone"
            rows.append(
                {
                    "sha256": digest,
                    "name": record.items[digest].name,
                    "kind": kind,
                    "source": holders.get(digest, ""),
                    "told": telling.get(digest, 0),
                    "cited": digest in selection.cited,
                    "as": _state(found, digest, asked),
                    "why": selection.held_back.get(digest, ""),
                    "options": list(_options(found, digest, kind, digest in telling)),
                }
            )
    return rows


def _options(found: ReleaseCheck, digest: str, kind: str, told: bool) -> Iterator[str]:
    """The choices that an item has."""
    words_only = found.selection.held_back.get(digest) == WORDS_ONLY
    if not words_only:
        yield "original"
    if found.record.hidden_copies(digest):
        yield "hidden"
    if told or words_only:
        yield "words"
    if kind in ("photo", "video"):
        yield "no_pixels"
    yield "withheld"
    if digest not in found.selection.cited:
        yield "out"


def _state(found: ReleaseCheck, digest: str, asked: Mapping[str, Any]) -> str:
    """What is made of an item as things stand."""
    selection = found.selection
    if digest in selection.untold:
        return "withheld"
    why = selection.held_back.get(digest)
    if why == HIDDEN_INSTEAD:
        return "hidden"
    if why is not None:
        return "no_pixels" if _asked_as(asked, digest) == "no_pixels" else "words"
    if digest in selection.shown:
        return "original"
    # Of an item that no claim cites, the copy alone is in the release.
    copied = any(copy in selection.shown for copy in found.record.copies().get(digest, ()))
    return "hidden" if copied and _asked_as(asked, digest) == "hidden" else "out"


def _asked_as(asked: Mapping[str, Any], digest: str) -> str:
    """The page's choice for an item; empty where it chose nothing."""
    return str((_table(asked, "items").get(digest) or {}).get("as") or "")


def _holders(inquiry: Inquiry) -> dict[str, str]:
    """By item, the alias of the source whose account it holds."""
    found = {}
    for account in inquiry.of("account"):
        for digest in account.data.get("items", ()):
            found[str(digest)] = str(account.data["source"])
    return found


def _telling(inquiry: Inquiry) -> dict[str, int]:
    """By item, how many passages, segments and findings tell of it."""
    found: dict[str, int] = {}
    for form in _TELLING:
        for one in inquiry.of(form):
            for digest in one.items():
                found[digest] = found.get(digest, 0) + 1
    return found


def _sheet(report: Any) -> dict[str, Any]:
    """A report as JSON; of pictures their captions, of a file its number, name and state."""
    told_of = asdict(report)
    for part in ("evidence", "files"):
        for one in told_of[part]:
            one["pictures"] = [picture["caption"] for picture in one["pictures"]]
    for unused in ("entries", "tools"):
        del told_of[unused]
    return told_of
