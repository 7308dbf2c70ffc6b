"""One image taken in: decoded in the sandbox, put on the site's grid, and described."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from noonmark.errors import InputError
from noonmark.sandbox import process
from noonmark.sites import chips, image_judgement, photo_placing
from noonmark.sites.control_points import ControlFit
from noonmark.sites.image_sources import ImageFacts, ImageSource
from noonmark.sites.images import SiteImage, Taken
from noonmark.sites.registration import recorded
from noonmark.sites.site_folder import Site
from noonmark.values import utc

MARGIN_M = 320.0
_LIMITS = process.WorkerLimits(
    cpu_s=120,
    wall_s=180.0,
    memory_bytes=4 << 30,
    output_bytes=256 << 20,
    pixels=1_000_000_000,
)
_MOST_CHIP_PX = 1_000_000
_CLEAR_CLASSES = (4, 5, 6, 7)
"""Of the scene classification of Sentinel-2: vegetation, bare, water, unclassified."""
_HAS_OFFSET = re.compile(r"([Zz]|[+-]\d\d:?\d\d)$")
_GRID = ("crs", "transform", "rows", "cols")
_COPERNICUS = "Copernicus Sentinel data"


@dataclass(frozen=True)
class TakenIn:
    """An image with its pixels."""

    image: SiteImage
    chip: chips.Chip


def digest_of(files: Sequence[Path]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The SHA-256 of one file, or of the list of several; and name and digest of each."""
    rows = []
    for path in files:
        with open(path, "rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        rows.append((path.name, digest))
    if len(rows) == 1:
        return rows[0][1], tuple(rows)
    listed = "".join(f"{digest}  {name}\n" for name, digest in rows)
    return hashlib.sha256(listed.encode()).hexdigest(), tuple(rows)


def take_in(
    site: Site,
    known: Sequence[SiteImage],
    source: ImageSource,
    *,
    margin_m: float = MARGIN_M,
) -> TakenIn:
    """The image of a source. Raises InputError where it is none, undated, or off the site."""
    value = _decoded(site, known, source, margin_m)
    facts = _facts(source, value["facts"])
    chip = _chip(source, value)
    image = _described(source, facts, value, chip)
    if value["grid"] is None:
        said = "no coordinates: read by people only, no area, no proposal"
        return TakenIn(replace(image, warnings=(said,)), chip)
    image = image_judgement.with_sight(image, chip, value)
    if source.placing is not None:
        image = _placed_image(image, source.placing)
    image = image_judgement.with_stack(image, value, scales_known=source.scales_known)
    return TakenIn(image_judgement.compared(site, known, image, chip), chip)


def _described(
    source: ImageSource,
    facts: ImageFacts,
    value: Mapping[str, Any],
    chip: chips.Chip,
) -> SiteImage:
    """The row of the image, without what is judged. Raises InputError "image-undated"."""
    if facts.taken is None:
        raise InputError(
            f"nothing says when {source.files[0].name} was taken",
            code="image-undated",
            hint="--taken TIME states it, --printed DATE a date shown on a screenshot, --table FILE"
            " one for each file, --dates-in-names takes those of file names",
        )
    sha256, files = digest_of(source.files)
    placed: dict[str, Any] = {"sha256": chips.digest(chip), "bands": list(value["bands"])}
    if value["grid"] is not None:
        placed |= value["grid"]
        placed |= {"pixel_m": value["pixel_m"], "outlines": value["outlines"]}
    return SiteImage(
        id=f"{facts.taken.start:%Y%m%d}-{sha256[:8]}",
        sha256=sha256,
        files=files,
        provider=facts.provider or "unknown",
        scene_id=facts.scene_id,
        taken=facts.taken,
        gsd_m=facts.gsd_m or value["pixel_m"],
        off_nadir_deg=facts.off_nadir_deg,
        sun_azimuth_deg=facts.sun_azimuth_deg,
        sun_elevation_deg=facts.sun_elevation_deg,
        level=facts.level,
        licence=facts.licence,
        redistribute=bool(facts.redistribute),
        chip=placed,
    )


def _decoded(
    site: Site,
    known: Sequence[SiteImage],
    source: ImageSource,
    margin_m: float,
) -> dict[str, Any]:
    """What the locked process makes of the files."""
    grids: list[dict[str, Any]] = []
    for image in known:
        grid = {key: image.chip.get(key) for key in _GRID}
        if grid["crs"] and grid not in grids:
            grids.append(grid)
    payload = {
        "outlines": {feature.name: feature.rings for feature in site.features},
        "margin_m": margin_m,
        "grids": grids,
        "most_px": _MOST_CHIP_PX,
        "names": [{"bands": list(bands)} for bands in source.bands],
    }
    if source.placing is not None:
        payload["window"] = photo_placing.window_px(site, source.placing, margin_m)
    answer = process.run(
        "site_image",
        payload=payload,
        files=source.files,
        limits=_LIMITS,
    )
    if source.placing is None:
        return answer.value
    if answer.value["grid"] is not None:
        raise InputError(
            f"{source.files[0].name} has coordinates of its own",
            code="control-points",
            hint="leave --points out",
        )
    return photo_placing.placed(
        site,
        source.placing,
        answer.value,
        margin_m=margin_m,
        most_px=_MOST_CHIP_PX,
    )


def _placed_image(
    image: SiteImage,
    fit: ControlFit,
) -> SiteImage:
    """A photo with the error of its control points as that of its place."""
    error_px = max(fit.error_m / image.chip["pixel_m"], 0.01)
    placed = f"placed by {fit.points} control points ({fit.kind}), off by {fit.error_m:.2g} m"
    return replace(
        image,
        shift_px=(0.0, 0.0, round(error_px, 3)),
        warnings=(placed, *image.warnings),
    )


def _facts(
    source: ImageSource,
    found: Mapping[str, Any],
) -> ImageFacts:
    """What the provider's notes say, and what was said beside them where they say nothing."""
    told = source.facts
    is_copernicus = bool(found.get("level"))
    redistribute = told.redistribute
    if redistribute is None:
        redistribute = is_copernicus
    own = ImageFacts(
        taken=_taken_of_notes(found),
        provider=str(found.get("platform") or found.get("satelliteid") or "")[:60],
        scene_id=str(found.get("scene_id") or "")[:200],
        level=str(found.get("level") or "")[:20],
        licence=_COPERNICUS if is_copernicus else "",
        redistribute=redistribute,
        sun_azimuth_deg=found.get("sun_azimuth_deg"),
        sun_elevation_deg=found.get("sun_elevation_deg"),
        off_nadir_deg=found.get("off_nadir_deg"),
    )
    return own.filled_from(told)


def _taken_of_notes(found: Mapping[str, Any]) -> Taken | None:
    """The instant that the provider's notes name, in UTC where they name no offset."""
    text = found.get("taken") or found.get("acquisitiondatetime")
    if not text:
        return None
    words = str(text).strip().replace(" ", "T")
    if not _HAS_OFFSET.search(words):
        words += "Z"
    instant = utc(words)
    return Taken(instant, instant, "metadata")


def _chip(
    source: ImageSource,
    value: Mapping[str, Any],
) -> chips.Chip:
    """The pixels with the provider's scale and offset, and where the ground can be seen."""
    values = np.array(value["values"], dtype=np.float32)
    scales = _scale_of_each_band(source)
    for number, band in enumerate(value["bands"]):
        scale, offset = scales.get(band, source.scales[0])
        values[number] = values[number] * scale + offset
    values += np.float32(value["offset"])
    clear = recorded(values)
    if value["classes"] is not None:
        clear &= np.isin(value["classes"], _CLEAR_CLASSES)
    return chips.Chip(values, clear)


def _scale_of_each_band(source: ImageSource) -> dict[str, tuple[float, float]]:
    """Scale and offset by the name of a band, where each file has its own."""
    found = {}
    for bands, scale in zip(source.bands, source.scales, strict=True):
        for band in bands:
            found[band.lower()] = scale
    return found
