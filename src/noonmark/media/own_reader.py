"""What our own readers find in a file, in a locked process: the container and all it states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from noonmark.sandbox import process


@dataclass(frozen=True)
class StatedField:
    """What one part of a file states under one name.

    ``part`` is where it stands ("EXIF GPS", "MP4 track 1", "XMP"), ``value`` a number, a text or a
    list of them. All of it is the file's own word.
    """

    part: str
    name: str
    value: Any


Facts: TypeAlias = Mapping[str, Any]
"""What was counted or measured, by name."""
Fields: TypeAlias = Sequence[StatedField]


@dataclass(frozen=True)
class FileContents:
    """One file as our own readers saw it.

    ``container`` is "unknown" where no reader knows the file. ``facts`` are what was counted or
    measured (``width_px``, ``duration_s``), ``problems`` what could not be read: ``where`` and
    ``what``. ``tracks`` are rows of positions.
    """

    container: str
    size_bytes: int
    fields: tuple[StatedField, ...]
    facts: Facts
    problems: Sequence[Mapping[str, str]]
    tracks: Sequence[Mapping[str, Any]]


def contents(path: Path, *, thumbnails: bool = False) -> FileContents:
    """What our own readers find; with ``thumbnails`` each is compared with its picture.

    Raises OutsideError where the reader died or took too much.
    """
    payload = {"thumbnails": thumbnails}
    value = process.run("probe", payload=payload, files=[path]).value
    fields = []
    for row in value["fields"]:
        fields.append(StatedField(str(row["part"]), str(row["name"]), row["value"]))
    return FileContents(
        container=str(value["container"]),
        size_bytes=value["size_bytes"],
        fields=tuple(fields),
        facts=value["facts"],
        problems=value["problems"],
        tracks=value["tracks"],
    )
