"""Live Photos: a photo and a film of one press of the shutter, tied by an identifier.

It names the shot, not a person: another shot of the same telephone has another identifier.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from noonmark.errors import NoonmarkError
from noonmark.media import own_reader
from noonmark.media.own_reader import Fields

_PHOTO_FIELD = ("Apple maker note", "content identifier")
_FILM_FIELD = ("QuickTime keys", "com.apple.quicktime.content.identifier")
_IDENTIFIER = re.compile(r"[0-9A-Za-z-]{8,64}")
_MOST_BESIDE = 8


@dataclass(frozen=True)
class LivePhotoHalf:
    """One half of a Live Photo: ``half`` is "photo" or "film"; both have one ``identifier``."""

    identifier: str
    half: str

    @property
    def other(self) -> str:
        """What the other half is."""
        return "film" if self.half == "photo" else "photo"


def half_of(fields: Fields) -> LivePhotoHalf | None:
    """Which half a file is, by what it states; None where it is none."""
    for field in fields:
        half = {_PHOTO_FIELD: "photo", _FILM_FIELD: "film"}.get((field.part, field.name))
        if half and isinstance(field.value, str) and _IDENTIFIER.fullmatch(field.value):
            return LivePhotoHalf(field.value.upper(), half)
    return None


def partners(halves: Mapping[str, LivePhotoHalf]) -> dict[str, list[str]]:
    """By the key of each half the keys of the other halves of its shot, in their order."""
    found: dict[str, list[str]] = {}
    for key, own in halves.items():
        wanted = LivePhotoHalf(own.identifier, own.other)
        found[key] = [other for other, half in halves.items() if half == wanted]
    return found


def beside(path: Path, own: LivePhotoHalf) -> Path | None:
    """The other half of a file in its own folder, under the same name but for the ending.

    So telephones name the two. At most eight files are read, by the locked reader.
    """
    wanted = LivePhotoHalf(own.identifier, own.other)
    for other in _of_one_stem(path)[:_MOST_BESIDE]:
        try:
            if half_of(own_reader.contents(other).fields) == wanted:
                return other
        except NoonmarkError:
            # What can't be read is no half that is known.
            continue
    return None


def _of_one_stem(path: Path) -> Sequence[Path]:
    """The other plain files of a folder whose names are the same but for the ending."""
    stem = path.stem.casefold()
    try:
        around = sorted(path.parent.iterdir())
    except OSError:
        return ()
    return [
        other
        for other in around
        if other.stem.casefold() == stem and other.name != path.name and _is_plain(other)
    ]


def _is_plain(path: Path) -> bool:
    """Whether a path is a file and no link."""
    return path.is_file() and not path.is_symlink()
