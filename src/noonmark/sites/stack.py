"""A stack: images of one site, of one sensor and level, on one grid, in order of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools
from noonmark.errors import EvidenceError, InputError
from noonmark.sites import chips, images
from noonmark.sites.images import SiteImage
from noonmark.sites.rings import Rings as Rings
from noonmark.sites.rings import as_rings
from noonmark.sites.rings import mask as mask
from noonmark.sites.site_folder import CHIPS

_GRID = ("crs", "transform", "rows", "cols", "bands")


@dataclass(frozen=True)
class Stack:
    """Values of n images on one grid; which of them could be seen; where the features lie.

    ``times`` (n,) days in UTC, not falling; ``bands`` names; ``values`` (n, bands, rows, cols)
    float32, NaN outside the image; ``clear`` (n, rows, cols), false where cloud, shadow, snow or
    nothing was recorded; ``pixel_m`` the side of a pixel [m]; ``image_ids`` (n,);
    ``transform`` (a, b, c, d, e, f): x = a col + b row + c, y = d col + e row + f in ``crs``;
    ``outlines`` rings [px] by feature.
    """

    times: NDArray[np.datetime64]
    bands: tuple[str, ...]
    values: NDArray[np.float32]
    clear: Bools
    pixel_m: float
    image_ids: tuple[str, ...]
    transform: tuple[float, ...]
    crs: str = ""
    outlines: Mapping[str, Rings] = field(default_factory=dict)


def passes(site: Path) -> dict[str, list[tuple[SiteImage, ...]]]:
    """The images of a site by the stack that they belong to; those of one instant together, the one
    whose vote it is first. In order of time.

    Left out: an image whose time is a span, and one without numbers that can be compared (a
    screenshot, a stretched picture). An instant stands in one stack: that of its first image which
    has one; a tile of the same pass in other coordinates adds nothing to another.
    """
    instants: dict[str, list[SiteImage]] = {}
    for image in images.read(site):
        if image.stack:
            instants.setdefault(image.same_instant_as or image.id, []).append(image)
    found: dict[str, list[tuple[SiteImage, ...]]] = {}
    for name, members in instants.items():
        ordered = sorted(members, key=lambda image: image.id != name)
        first = ordered[0]
        fellows = tuple(image for image in ordered if _is_on_one_grid(first, image))
        found.setdefault(first.stack or "", []).append(fellows)
    return found


def _is_on_one_grid(
    one: SiteImage,
    other: SiteImage,
) -> bool:
    """Whether two images are of one stack and have the same pixels of the ground."""
    same = all(one.chip.get(key) == other.chip.get(key) for key in _GRID)
    return one.stack == other.stack and same


def groups(site: Path) -> dict[str, list[SiteImage]]:
    """The images of a site by the stack that they belong to, in order of time: one an instant."""
    return {
        name: [members[0] for members in held]
        for name, held in passes(site).items()
    }  # fmt: skip


def load(site: Path, *, group: str | None = None) -> Stack:
    """The stack of a site: the one named, or the one with the most images.

    Of several images of one instant (tiles of a pass, a scene processed twice) each pixel is taken
    from the first in which the ground can be seen; together they are one image, and one vote.

    Raises InputError "no-stack", and EvidenceError "chip-changed" where the pixels are not those
    that were taken in.
    """
    found = passes(site) if (site / "images.json").exists() else {}
    if not found or (group is not None and group not in found):
        raise InputError(
            f"{site.name} has no stack of images that can be compared"
            + (f" called {group}; it has {', '.join(sorted(found)) or 'none'}" if group else ""),
            code="no-stack",
            hint="noonmark sites images SITE FOLDER takes GeoTIFFs in",
        )
    name = group or max(sorted(found), key=lambda key: len(found[key]))
    members = [fellows[0] for fellows in found[name]]
    held = [
        chips.merged([chip_of(site, image) for image in fellows])
        for fellows in found[name]
    ]  # fmt: skip
    grid = members[0].chip
    return Stack(
        times=np.array([image.taken.start.date() for image in members], dtype="datetime64[D]"),
        bands=tuple(grid["bands"]),
        values=np.stack([chip.values for chip in held]),
        clear=np.stack([chip.clear for chip in held]),
        pixel_m=float(grid["pixel_m"]),
        image_ids=tuple(image.id for image in members),
        transform=tuple(grid["transform"]),
        crs=str(grid["crs"]),
        outlines={name: as_rings(rings) for name, rings in grid["outlines"].items()},
    )


def chip_of(site: Path, image: SiteImage) -> chips.Chip:
    """The pixels of an image, checked against the digest that was noted when it came in."""
    chip = chips.read(site / CHIPS / f"{image.id}.npz")
    if chips.digest(chip) != image.chip["sha256"]:
        raise EvidenceError(
            f"the pixels of {image.id} are not those that were taken in",
            code="chip-changed",
            hint="delete its file in chips/ and take the image in again",
        )
    return chip
