"""The list of a site's images: what each is, when it was taken and how that is known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from noonmark.errors import InputError
from noonmark.sites import site_folder
from noonmark.values import rfc3339, utc

BASES = ("metadata", "printed", "stated")
"""How a time is known: from the provider's notes; printed on a picture; said by whoever brought it.
"""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")


@dataclass(frozen=True)
class Taken:
    """When an image was taken: at ``start``, or at an unknown instant from ``start`` to ``end``.

    ``end`` is None where only the earliest is known: a date that a viewer prints on a mosaic.
    """

    start: datetime
    end: datetime | None
    basis: str

    @property
    def is_instant(self) -> bool:
        """Whether the span is no longer than a day, so that it can stand in a series."""
        return self.end is not None and (self.end - self.start).total_seconds() <= 86_400.0


@dataclass(frozen=True)
class SiteImage:
    """One row of images.json.

    ``files`` gives (name, SHA-256) of all that it was read from, ``sha256`` the digest of the file
    or of that list. ``stack`` is the series of comparable images it belongs to, or None. ``clear``
    is the share of the site's outlines that can be seen; ``hidden`` says by what the rest is
    covered. ``shift_px`` is (x, y, sigma) against the stack's reference image. ``same_instant_as``
    names the image whose vote it shares.
    """

    id: str
    sha256: str
    files: tuple[tuple[str, str], ...]
    provider: str
    scene_id: str
    taken: Taken
    gsd_m: float | None
    off_nadir_deg: float | None = None
    sun_azimuth_deg: float | None = None
    sun_elevation_deg: float | None = None
    level: str = ""
    licence: str = ""
    redistribute: bool = False
    stack: str | None = None
    clear: float | None = None
    hidden: dict[str, float] = field(default_factory=dict)
    shift_px: tuple[float, float, float] | None = None
    same_instant_as: str | None = None
    warnings: tuple[str, ...] = ()
    chip: dict[str, Any] = field(default_factory=dict)


def as_json(image: SiteImage) -> dict[str, Any]:
    """A row of images.json."""
    taken = image.taken
    row = asdict(replace(image, taken=Taken(taken.start, None, taken.basis)))
    row["taken"] = {
        "from": rfc3339(taken.start),
        "to": None if taken.end is None else rfc3339(taken.end),
        "basis": taken.basis,
    }
    row["files"] = [{"name": name, "sha256": digest} for name, digest in image.files]
    return row


def of_json(row: Any) -> SiteImage:
    """The image of a row. Raises KeyError, TypeError, ValueError or InputError where it is none."""
    if not _ID.fullmatch(row["id"]):
        raise ValueError(f"{str(row['id'])[:40]!r} is no name of an image")
    taken = row["taken"]
    if taken["basis"] not in BASES:
        raise ValueError(f"{str(taken['basis'])[:40]!r} is no basis of a time")
    end = None if taken["to"] is None else utc(taken["to"])
    shift = row["shift_px"]
    return SiteImage(**{
        **row,
        "taken": Taken(utc(taken["from"]), end, taken["basis"]),
        "files": tuple((str(each["name"]), str(each["sha256"])) for each in row["files"]),
        "shift_px": None if shift is None else (float(shift[0]), float(shift[1]), float(shift[2])),
        "warnings": tuple(map(str, row["warnings"])),
    })  # fmt: skip


def read(folder: Path) -> tuple[SiteImage, ...]:
    """The images of a site in order of time. Raises InputError "not-a-site"."""
    rows = site_folder.read_json(folder / site_folder.IMAGES)
    try:
        found = [of_json(row) for row in rows]
    except (KeyError, TypeError, ValueError, InputError) as error:
        raise InputError(
            f"{folder.name}/{site_folder.IMAGES} is not of the form of a list of images: {error}",
            code="not-a-site",
            hint="it was changed by hand: mend it, or make the site anew",
        ) from None
    return in_order(found)


def in_order(found: Sequence[SiteImage]) -> tuple[SiteImage, ...]:
    """Images in order of time, those of one time by name."""
    return tuple(sorted(found, key=lambda image: (image.taken.start, image.id)))


def write(folder: Path, found: Sequence[SiteImage]) -> None:
    """Put a list in the place of the old one."""
    rows = [as_json(image) for image in in_order(found)]
    site_folder.write_atomic(folder / site_folder.IMAGES, site_folder.as_bytes(rows))


def named(found: Sequence[SiteImage], name: str) -> SiteImage:
    """The image of a name, or of the beginning of one. Raises InputError "no-such-image"."""
    fitting = [image for image in found if image.id == name] or [
        image for image in found if image.id.startswith(name)
    ]
    if len(fitting) != 1:
        raise InputError(
            f"{len(fitting)} images are called {name}",
            code="no-such-image",
            hint="noonmark sites images SITE lists them",
        )
    return fitting[0]
