"""Saying something in a case: a form as it is typed, checked against what was said before, kept as
a salted object, and stated in the log by its digest alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from noonmark.errors import InputError
from noonmark.evidence.digest import sha256_hex
from noonmark.evidence.vault import Vault
from noonmark.inquiry.drafts import Draft
from noonmark.inquiry.form_links import link_problems
from noonmark.inquiry.form_objects import encoded, new_id, new_salt, object_fact, said_fact
from noonmark.inquiry.form_rules import WRITTEN, shape_problems
from noonmark.inquiry.forms import FORMS
from noonmark.inquiry.said import SaidForm
from noonmark.inquiry.state import read_open
from noonmark.inquiry.typed_values import HINT, stored

MOST_FORMS = 1000


@dataclass(frozen=True)
class NewForm:
    """A form that is ready to be kept; its own object is the last of its objects."""

    data: Mapping[str, Any]
    objects: tuple[bytes, ...]

    @property
    def body(self) -> str:
        """The digest of the form's own object."""
        return sha256_hex(self.objects[-1])


def say(vault: Vault, typed: Sequence[Mapping[str, Any]]) -> list[NewForm]:
    """Check the forms of one file, keep them all, and log them with one synchronisation.

    Nothing is kept where one of them is wrong: ``InputError`` names every problem of the first.
    """
    if not 0 < len(typed) <= MOST_FORMS:
        raise InputError(
            f"expected 1 to {MOST_FORMS} forms, got {len(typed)}",
            code="form-field",
            hint="say them in several files",
        )
    draft = Draft(read_open(vault), vault)
    return keep(vault, [_ready(draft, one) for one in typed])


def keep(vault: Vault, forms: Sequence[NewForm]) -> list[NewForm]:
    """Keep forms that are ready, and log them."""
    facts, digests = [], []
    for one in forms:
        for data in one.objects:
            kept = vault.store.put_bytes(data, sync=False)
            digests.append(kept.sha256)
            facts.append(object_fact(kept.sha256, kept.size_bytes))
        facts.append(said_fact(one.data, one.body))
    vault.store.sync(digests)
    vault.append(*facts)
    return list(forms)


def _ready(draft: Draft, typed: Mapping[str, Any]) -> NewForm:
    """One typed form made ready: texts as objects, ids in full, its links and rules checked."""
    form = _form_name(typed)
    own = typed.get("id")
    name = new_id() if own is None else draft.full(str(own))
    over = _superseded(
        draft,
        form,
        name,
        typed.get("over", []),
    )
    data: dict[str, Any] = {
        "form": form,
        "id": name,
        "salt": new_salt(),
        "over": over,
    }
    objects: list[bytes] = []
    for field, value in typed.items():
        if field not in (*WRITTEN, "as"):
            kind = FORMS[form].fields.get(field, "")
            data[field] = stored(
                draft,
                f"{form}.{field}",
                kind,
                value,
                objects,
            )
    problems = shape_problems(data) or link_problems(draft, data)
    if problems:
        raise InputError.of(problems, hint=HINT)
    objects.append(encoded(data))
    draft.take(data, typed.get("as"))
    return NewForm(data, tuple(objects))


def _form_name(typed: Mapping[str, Any]) -> str:
    """The name of a form that may be said by hand."""
    form = str(typed.get("form"))
    if form not in FORMS:
        raise InputError(
            f"{form[:40]!r} is not a form",
            code="form-unknown",
            hint="one of: " + ", ".join(FORMS),
        )
    if form == "merge":
        raise InputError(
            "a merge is not said by hand",
            code="form-rule",
            hint="noonmark inquiry take CASE BUNDLE",
        )
    return form


def _superseded(draft: Draft, form: str, name: str, over: Any) -> list[str]:
    """The bodies that a form supersedes: those given, or all that stand now."""
    given = [str(one) for one in (over if isinstance(over, list) else [over])]
    versions = draft.inquiry.by_id.get(name, ())
    if not versions:
        if given or name in draft.fresh:
            raise _supersedes_itself(form, name)
        return []
    _refuse_other_form(form, versions[0])
    strange = set(given) - {one.body for one in versions}
    if strange:
        raise InputError(
            f"{min(strange)[:64]!r} is no version of {name}",
            code="form-cycle",
            hint='leave "over" out to supersede what stands now',
        )
    return sorted(set(given) or {one.body for one in draft.inquiry.heads(name)})


def _supersedes_itself(form: str, name: str) -> InputError:
    """The error about a new thing that names earlier versions of itself."""
    return InputError(
        f"{form} {name} supersedes itself: there is no earlier version of it",
        code="form-cycle",
        hint='a new version has the "id" of a form that was said before; a new thing has none',
    )


def _refuse_other_form(form: str, version: SaidForm) -> None:
    """A thing stays of one form."""
    if version.form != form:
        raise InputError(
            f"{version.id} is a {version.form}, not a {form}",
            code="form-reference",
            hint="leave the id out to say something new",
        )
