"""What every stripper uses: the error of a file that can't be stripped, and what was removed."""

from __future__ import annotations

from dataclasses import dataclass

from noonmark.errors import InputError

Removed = dict[str, int]
"""How many bytes of each named part were left out of the copy."""


@dataclass(frozen=True)
class CopyFacts:
    """What a stripper says of its copy beside what it left out.

    ``container`` where it is another than the source's; ``tracks`` the numbers of the source's
    tracks in it, counted from 0; ``hidden`` how many coded pictures in it no player shows.
    """

    container: str = ""
    tracks: tuple[int, ...] = ()
    hidden: int = 0


_ANEW = "noonmark redact FILE --out NEW.png makes the pixels anew, which leaves all metadata behind"


def refusal(why: str, hint: str = _ANEW) -> InputError:
    """The error for a file whose metadata can't be removed without its picture."""
    return InputError(
        f"metadata can't be taken out of this file in place: {why}",
        code="strip-unsupported",
        hint=hint,
    )


def add_removed(removed: Removed, name: str, size: int) -> None:
    """Add ``size`` bytes to the part ``name``."""
    removed[name] = removed.get(name, 0) + size
