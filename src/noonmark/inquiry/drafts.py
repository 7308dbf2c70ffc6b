"""What is known while the forms of one file are made ready, and the ids that typed words stand for.

An id may be typed in full, by its first characters, or as ``@name`` of an earlier form of the file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from noonmark.errors import InputError
from noonmark.evidence.digest import is_digest
from noonmark.evidence.vault import Vault
from noonmark.inquiry.said import Inquiry

SHORTEST_PREFIX = 4


@dataclass
class Draft:
    """The case, what was said in it, and the forms of the file that are ready.

    ``named`` holds ids by the names of the file, ``fresh`` contents by id.
    """

    inquiry: Inquiry
    vault: Vault
    named: dict[str, str] = field(default_factory=dict)
    fresh: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def content(self, name: str) -> Mapping[str, Any] | None:
        """What stands under an id, in this file or in the case; ``None`` for nothing to rest on."""
        if name in self.fresh:
            return self.fresh[name]
        standing = self.inquiry.current(name)
        return None if standing is None else standing.data

    def full(self, typed: str) -> str:
        """The id that a typed word stands for; one that stands for none raises."""
        if typed.startswith("@"):
            return self._by_name(typed)
        if typed in self.fresh:
            return typed
        return full_id(self.inquiry, typed)

    def _by_name(self, typed: str) -> str:
        """The id of the form that was named in this file."""
        if typed[1:] not in self.named:
            raise InputError(
                f"no form before this one is named {typed[:40]!r}",
                code="form-reference",
                hint='a form is named by "as", and stands before those that cite it',
            )
        return self.named[typed[1:]]

    def take(self, data: Mapping[str, Any], label: object) -> None:
        """Take up a form that is ready, under its name where it has one."""
        self.fresh[data["id"]] = data
        if label is None:
            return
        if str(label) in self.named:
            raise InputError(
                f"two forms are named {str(label)[:40]!r}",
                code="form-reference",
                hint="give each form of a file a name of its own",
            )
        self.named[str(label)] = data["id"]


def full_id(inquiry: Inquiry, typed: str) -> str:
    """The whole id that begins with some characters; none or several raise ``InputError``."""
    if typed in inquiry.by_id:
        return typed
    found = [name for name in inquiry.by_id if name.startswith(typed)]
    if len(typed) >= SHORTEST_PREFIX and len(found) == 1:
        return found[0]
    what = f"{len(found)} things begin with" if found else "nothing in this case goes by"
    raise InputError(
        f"{what} {typed[:40]!r}",
        code="form-reference",
        hint="noonmark inquiry claims CASE lists claims with their ids; give more of the id",
    )


def may_be_id(value: object) -> bool:
    """Whether a typed value stands for the id of something said, not for a digest or an alias."""
    return isinstance(value, str) and not is_digest(value) and "-" not in value
