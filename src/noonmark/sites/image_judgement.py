"""What an image is good for: how much of the site it shows, and which images it compares with."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from noonmark.arrays import Bools
from noonmark.sites import chips, registration, twin_pixels
from noonmark.sites.images import SiteImage
from noonmark.sites.rings import area, as_rings, mask
from noonmark.sites.site_folder import CHIPS, Site

SAME_INSTANT_S = 120.0
"""Two scenes of one pass of a satellite are cut out of it seconds apart."""
_DAY_S = 86_400.0
LEAST_FEATURE_PX = 4.0
MOST_SHIFT_PX = 0.5
_MOST_RATIO = 5.0
_OFFSET_SINCE = datetime(2022, 1, 25, tzinfo=UTC)
"""Since processing baseline 04.00 the numbers of Sentinel-2 carry an offset of -1000."""
_HIDING = {
    "cloud": (8, 9, 10),
    "shadow": (3,),
    "snow": (11,),
}
_NOT_WORD = re.compile(r"[^a-z0-9.-]+")


def with_sight(
    image: SiteImage,
    chip: chips.Chip,
    value: Mapping[str, Any],
) -> SiteImage:
    """With how much of the features can be seen, what hides the rest, and what is too small."""
    inside, warnings = _features_px(chip, value["outlines"])
    hidden: dict[str, float] = {}
    if value["classes"] is not None:
        classes = np.asarray(value["classes"])[inside]
        for why, codes in _HIDING.items():
            hidden[why] = _share(np.isin(classes, codes))
    missing = ~registration.recorded(chip.values)
    hidden["not recorded"] = _share(missing[inside])
    if value["warped"]:
        warnings.append("warped to the site's grid; the file is as it came")
    return replace(
        image,
        clear=_share(chip.clear[inside]),
        hidden={why: share for why, share in hidden.items() if share > 0},
        warnings=tuple(warnings),
    )


def _share(which: Bools) -> float:
    """How many are true, as a share to four figures."""
    return round(float(which.mean()), 4)


def _features_px(
    chip: chips.Chip,
    outlines: Mapping[str, Any],
) -> tuple[Bools, list[str]]:
    """Which pixels lie in a feature, at least one; and which features are small."""
    rows, cols = chip.clear.shape
    inside = np.zeros((rows, cols), dtype=np.bool_)
    warnings = []
    for name, held in outlines.items():
        rings = as_rings(held)
        inside |= mask(rings, rows, cols)
        size = area(rings)
        if size < LEAST_FEATURE_PX:
            warnings.append(f"{name} covers {size:.1f} pixels, too few for a proposal")
    if not inside.any():
        inside[rows // 2, cols // 2] = True
    return inside, warnings


def with_stack(
    image: SiteImage,
    value: Mapping[str, Any],
    *,
    scales_known: bool,
) -> SiteImage:
    """With the series of images that it can be compared with; none for a stretched picture and for
    a time longer than a day.
    """
    if value["stretched"]:
        said = "8 bits a band: taken as a picture, in no series"
        return replace(image, warnings=(*image.warnings, said))
    if not image.taken.is_instant:
        return image
    family = re.sub(r"^(sentinel-[123])[a-d]$", r"\1", _word(image.provider))
    bands = "".join(band[:2] for band in value["bands"])
    parts = [
        family,
        _word(image.level),
        f"{value['pixel_m']:.3g}m",
        _word(str(value["grid"]["crs"])[:20]),
        _word(bands),
    ]
    is_offset_known = scales_known or bool(value["facts"].get("level"))
    if family == "sentinel-2" and not is_offset_known:
        # Numbers of before and after can't be compared where nobody says if they are shifted.
        is_later = image.taken.start >= _OFFSET_SINCE
        parts.append("from-2022-01-25" if is_later else "to-2022-01-24")
    return replace(image, stack="_".join(part for part in parts if part))


def _word(text: str) -> str:
    """A text as a part of a name."""
    return _NOT_WORD.sub("-", text.lower()).strip("-")


def compared(
    site: Site,
    known: Sequence[SiteImage],
    image: SiteImage,
    chip: chips.Chip,
) -> SiteImage:
    """Compared with the images of its stack: one instant, another scale of numbers, a shift."""
    image = _with_vote(site, known, image, chip)
    fellows = [other for other in known if other.stack == image.stack]
    if image.stack is None or not fellows:
        return image
    reference = max(fellows, key=lambda other: other.clear or 0.0)
    held = chips.read(site.folder / CHIPS / f"{reference.id}.npz")
    ratio = _brightness(chip) / _brightness(held)
    if not 1 / _MOST_RATIO < ratio < _MOST_RATIO:
        said = f"its numbers are {ratio:.2g} times those of {reference.id}: in no series with it"
        return _out_of_series(image, said)
    shift = registration.shift_px(chip.values, held.values)
    if shift is None:
        return image
    image = replace(image, shift_px=shift)
    x, y, sigma = shift
    far_px = math.hypot(x, y)
    if far_px > MOST_SHIFT_PX + 2 * sigma:
        far_m = far_px * image.chip["pixel_m"]
        said = f"lies {far_m:.0f} m beside {reference.id}: in no series with it; read it with care"
        return _out_of_series(image, said)
    return image


def _out_of_series(
    image: SiteImage,
    said: str,
) -> SiteImage:
    """The image, in no series, and why."""
    return replace(
        image,
        stack=None,
        warnings=(*image.warnings, said),
    )


def _brightness(chip: chips.Chip) -> float:
    """The median of what was recorded, above 0."""
    seen = chip.values[np.isfinite(chip.values)]
    if not seen.size:
        return 1.0
    return max(float(np.median(seen)), 1e-9)


def _is_same_instant(
    one: SiteImage,
    other: SiteImage,
) -> bool:
    """Whether two images show one instant: seconds apart by their notes, or of one stated day.

    Two images of one month or year may lie weeks apart: each keeps its vote.
    """
    a, b = one.taken, other.taken
    if a.end is None or b.end is None:
        return False
    if _word(one.provider) != _word(other.provider):
        return False
    if a.start == a.end and b.start == b.end:
        return _apart_s(one, other) <= SAME_INSTANT_S
    return (a.start, a.end) == (b.start, b.end) and a.end - a.start <= timedelta(days=1)


def _with_vote(
    site: Site,
    known: Sequence[SiteImage],
    image: SiteImage,
    chip: chips.Chip,
) -> SiteImage:
    """Of one vote with one of ``known`` of the same instant. Where that stays open, pixels may show
    it to be a copy, perhaps in another zone; else it is warned of, and they stay two votes.
    """
    for other in known:
        if _is_same_instant(other, image):
            return replace(image, same_instant_as=other.same_instant_as or other.id)
    doubtful = [other for other in known if _may_be_same_pass(other, image)]
    for other in doubtful:
        held = chips.read(site.folder / CHIPS / f"{other.id}.npz")
        if twin_pixels.is_copy(held, other.chip, chip, image.chip):
            return replace(image, same_instant_as=other.same_instant_as or other.id)
    if not doubtful:
        return image
    said = (
        f"may be of the same pass as {doubtful[0].id} and is still a vote of its own: if it is,"
        " take both in with one --provider and the --taken of that instant"
    )
    return replace(image, warnings=(*image.warnings, said))


def _may_be_same_pass(
    one: SiteImage,
    other: SiteImage,
) -> bool:
    """Whether notes leave it open: times of one day that overlap, providers that may be one."""
    names = sorted((_word(one.provider), _word(other.provider)), key=len)
    if "unknown" not in names and not names[1].startswith(names[0]):
        return False
    spans_s = [
        (image.taken.end - image.taken.start).total_seconds()
        for image in (one, other)
        if image.taken.end is not None
    ]
    short = len(spans_s) == 2 and max(spans_s) <= _DAY_S
    return short and _apart_s(one, other) <= SAME_INSTANT_S


def _apart_s(
    one: SiteImage,
    other: SiteImage,
) -> float:
    """Seconds between the spans of two images whose ends are known, 0 where they overlap."""
    a, b = one.taken, other.taken
    ends = (a.end or a.start, b.end or b.start)
    return max((max(a.start, b.start) - min(ends)).total_seconds(), 0.0)
