"""A copy of a photo or film without its metadata, compared with the source and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from noonmark.errors import InputError, OutsideError
from noonmark.media import leak_check, live_photos, own_reader
from noonmark.media.frames import LIMITS
from noonmark.media.own_reader import FileContents
from noonmark.sandbox import process

_LIMITS = replace(LIMITS, memory_bytes=3 << 30, file_bytes=16 << 30)
FILM_NOT_COMPARED = (
    "pictures and sound were copied as they are coded; no decoder here opens the source, so they"
    " were not compared"
)
PHOTO_NOT_COMPARED = (
    "no decoder here opens this picture, so the copy was not compared with it;"
    " by its structure it is whole"
)


@dataclass(frozen=True)
class StrippedCopy:
    """What was left out of a copy, how much of it was compared with the source, what remains.

    ``removed`` gives bytes by name, 0 where the size is unknown. ``warnings`` say what was not
    compared and what is in the copy although no player shows it. ``packets_compared`` counts the
    coded pictures and pieces of sound of a film that are the source's.
    """

    container: str
    removed: Mapping[str, int]
    pictures_compared: int
    packets_compared: int
    warnings: tuple[str, ...]
    leak_report: leak_check.LeakReport


def strip(path: Path, out: Path) -> StrippedCopy:
    """Write a copy without metadata into the new file ``out``, its coded pictures unchanged.

    Raises InputError where the file can't be stripped in place or holds no whole picture, and
    OutsideError where the copy shows another picture or anything of the source; then no file is
    left.
    """
    before = own_reader.contents(path)
    made = process.run("strip", payload={}, files=[path], outputs=[out], limits=_LIMITS).value
    try:
        compared = _compared(path, out, made)
        report = leak_check.read_back(out, source_fields=before.fields, sound=True)
        leak_check.refuse_leaks(report.leaks)
    except BaseException:
        out.unlink(missing_ok=True)
        raise
    return StrippedCopy(
        container=made["container"],
        removed=made["removed"],
        pictures_compared=compared.pictures,
        packets_compared=compared.packets,
        warnings=(*compared.warnings, *_other_half(path, before)),
        leak_report=report,
    )


def _other_half(path: Path, source: FileContents) -> list[str]:
    """A warning where the source is half of a Live Photo: the other half tells as much as it did.

    The copy holds no identifier any more: nothing in it ties it to the other half.
    """
    half = live_photos.half_of(source.fields)
    if half is None:
        return []
    other = live_photos.beside(path, half)
    where = f"{other.name}, which lies beside it, is" if other else "another file is"
    return [
        f"this is the {half.half} of a Live Photo; {where} its {half.other} and tells of the same"
        " moment: if that is to be handed on too, strip it as well"
    ]


@dataclass(frozen=True)
class _Comparison:
    """How many pictures or packets of copy and source are the same, and what to warn of."""

    pictures: int
    packets: int
    warnings: Sequence[str]


def _compared(path: Path, out: Path, made: Mapping[str, Any]) -> _Comparison:
    """Compare the copy with its source: a film by its packets, a photo by its pixels.

    Raises where they differ or the source is broken.
    """
    if not made["tracks"]:
        pictures = _pictures_compared(path, out)
        return _Comparison(pictures, 0, [] if pictures else [PHOTO_NOT_COMPARED])
    payload = {"tracks": made["tracks"]}
    found = process.run("strip", payload=payload, files=[path, out], limits=_LIMITS).value
    if found["same"] is False:
        raise OutsideError(
            "the new file does not hold the same pictures and sound and was deleted",
            code="not-clean",
        )
    warnings = [] if found["same"] else [FILM_NOT_COMPARED]
    if made["hidden"]:
        warnings.append(
            f"{made['hidden']} coded pictures stay in the copy that no player shows, because shown"
            " ones are coded from them; noonmark redact FILE --out NEW.mp4 makes all pictures anew"
        )
    return _Comparison(0, int(found["packets"]), warnings)


def _pictures_compared(path: Path, out: Path) -> int:
    """How many pictures of a photo were decoded from both files and are the same.

    0 only where no decoder here takes the picture and its structure is whole. A picture that can't
    be decoded for any other reason is refused, whichever readers are installed.
    """
    found: dict[str, Any] = process.run(
        "strip", payload={"compare": True}, files=[path, out], limits=_LIMITS
    ).value
    if found["same"] is False:
        raise OutsideError(
            "the new file does not show the same picture and was deleted", code="not-clean"
        )
    if found["same"] is None and not found["whole"]:
        raise InputError(
            "the picture is broken: no whole one is left to write", code="not-decodable"
        )
    return int(found["pictures"])
