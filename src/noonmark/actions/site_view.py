"""A site as the page shows it: images, readings, events, agreement, proposals; and its pictures.

A blind reader is answered with nothing that another reader saw, with no proposal and no date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions import (
    site_growth,
    site_proposal_files,
    site_read_proposals,
    site_readings,
)
from noonmark.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from noonmark.sites.chips import Chip
    from noonmark.sites.images import SiteImage
    from noonmark.sites.readings import SiteReading
    from noonmark.sites.site_folder import Site

LARGEST_PX = 1600
"""The longer side of a picture for the page."""


@dataclass(frozen=True)
class SiteReader:
    """Who looks at a site: ``by`` an alias, ``stage`` what is looked for, ``blind`` whether what
    others saw is kept from them.
    """

    by: str
    stage: str = "visible"
    blind: bool = False


def site_view(folder: Path, reader: SiteReader) -> dict[str, Any]:
    """All that the page shows of a site. Nothing is written.

    A blind reader gets the images in the order of their digests, without dates, and only their own
    readings.
    """
    from noonmark.sites import images, readings, site_folder

    site = site_folder.open_site(folder)
    found, said = images.read(folder), readings.read(folder)
    if reader.blind:
        own = [one for one in said if one.by == reader.by]
        in_order = sorted(found, key=lambda image: image.sha256)
        shown = [_blind_row(image) for image in in_order]
        return _plain(site, reader, shown, own) | {"cells": _cells(found, own, reader.stage)}
    rows = [images.as_json(image) for image in found]
    cells = {"cells": _cells(found, said, reader.stage)}
    return _plain(site, reader, rows, said) | cells | _found(folder, found, said)


def _plain(
    site: Any,
    reader: SiteReader,
    rows: Sequence[Mapping[str, Any]],
    said: Sequence[SiteReading],
) -> dict[str, Any]:
    """What every reader is shown; readings in force of the stage that is looked for."""
    from noonmark.sites import readings

    counted = readings.in_force(said)
    features = [
        {
            "name": each.name,
            "kind": each.kind,
            "height_m": each.height_m,
            "width_m": each.width_m,
            "rings": each.rings,
        }
        for each in site.features
    ]
    return {
        "ok": True,
        "name": site.name,
        "by": reader.by,
        "stage": reader.stage,
        "blind": reader.blind,
        "features": features,
        "images": [dict(row) for row in rows],
        "readings": [asdict(one) for one in counted if one.stage == reader.stage],
    }


def _cells(
    found: Sequence[SiteImage],
    said: Sequence[SiteReading],
    stage: str,
) -> list[dict[str, Any]]:
    """What the readings of each image and feature come to, by the rules of timelines."""
    from noonmark.sites import timeline

    rows = []
    for image in found:
        own = [one for one in said if one.image == image.id and one.stage == stage]
        for line in timeline.timelines([image], own):
            (sight,) = line.sights
            rows.append(
                {
                    "image": image.id,
                    "feature": line.feature,
                    "state": sight.state,
                    "why": list(sight.why),
                    "readers": sight.readers,
                }
            )
    return rows


def _blind_row(image: SiteImage) -> dict[str, Any]:
    """An image without what tells its date."""
    from noonmark.sites import images

    row = images.as_json(image)
    hidden = ("taken", "scene_id", "files", "same_instant_as", "shift_px", "warnings", "stack")
    return {key: None if key in hidden else value for key, value in row.items()}


def _found(
    folder: Path,
    found: Sequence[SiteImage],
    said: Sequence[SiteReading],
) -> dict[str, Any]:
    """What the readings come to, and what a computer proposes."""
    document = site_readings.events_document(folder)
    agreement = site_readings.site_agreement(folder)
    return {
        "timelines": document["timelines"],
        "events": document["events"],
        "conflicts": document["conflicts"],
        "agreement": {key: agreement[key] for key in ("pairs", "images", "equal", "kappa", "ac1")},
        "areas": site_growth.areas_json(found, said),
        "steps": document["steps"],
        "proposals": _proposals(folder),
        "looked_for": _looked_for(folder),
    }


def _proposals(folder: Path) -> list[dict[str, Any]]:
    """The proposed events, each with the images that a person has yet to read."""
    states = site_read_proposals.read_states(folder)
    rows = []
    try:
        for feature in site_proposal_files.held_proposals(folder).get("features", []):
            for sensor in feature["sensors"]:
                for event in sensor["events"]:
                    rows.append(_proposal(feature["feature"], sensor["stack"], event, states))
    except (KeyError, TypeError, AttributeError):
        return []  # a file of another make; `sites propose --again` writes it anew
    return rows


def _looked_for(folder: Path) -> dict[str, Any]:
    """What `sites propose` judged, feature by series, found or not: ``current`` says whether it
    follows from what is there now.

    A series without an event says how many injected first events were found in it.
    """
    held = site_proposal_files.held_proposals(folder)
    try:
        rows = [
            {
                "feature": row["feature"],
                "stack": sensor["stack"],
                "events": len(sensor["events"]),
                "why_not": sensor["why_not"],
                **_first_events(sensor),
            }
            for row in held.get("features", [])
            for sensor in row["sensors"]
        ]
        return {"series": rows, "current": site_proposal_files.is_current(_open(folder), held)}
    except (AttributeError, KeyError, TypeError):
        return {"series": [], "current": False}


def _first_events(sensor: Mapping[str, Any]) -> dict[str, int]:
    """How many first events were injected in tests on this ground, and how many were found."""
    kinds = sensor["calibration"]["kinds"] if sensor["why_not"] is None else []
    first = [kind for kind in kinds if kind["order"] == 1]
    return {name: sum(int(kind[name]) for kind in first) for name in ("injected", "found")}


def _open(folder: Path) -> Site:
    from noonmark.sites import site_folder

    return site_folder.open_site(folder)


def _proposal(
    feature: str,
    stack: str,
    event: Mapping[str, Any],
    states: site_read_proposals.ReadStates,
) -> dict[str, Any]:
    """One proposed event; ``unread`` are the images at its ends of which nobody has read a seen or
    a not-seen: as in a report, a could-not is no such reading.
    """
    ends = [mode[end]["image"] for mode in event["modes"] for end in ("from", "to")]
    return {
        "feature": feature,
        "stack": stack,
        "order": event["order"],
        "level": event["level"],
        "modes": event["modes"],
        "injected": event["injected"],
        "unread": [name for name in dict.fromkeys(ends) if not states.get((name, feature))],
    }


@dataclass(frozen=True)
class SitePicture:
    """A picture for the page: ``rgb`` (rows, cols, 3) of 8 bits; may it be handed on?"""

    rgb: NDArray[np.uint8]
    redistribute: bool


def site_pictures(folder: Path, name: str) -> tuple[str, dict[str, SitePicture]]:
    """The pictures of the series that an image belongs to, all with one stretch, and its name.

    Raises InputError "no-such-image", and "no-picture" where it has no pixels.
    """
    from noonmark.sites import images

    found = images.read(folder)
    wanted = images.named(found, name)
    series = [
        image
        for image in found
        if image is wanted or (wanted.stack is not None and image.stack == wanted.stack)
    ]
    return wanted.id, _pictures(folder, series, wanted)


def _pictures(
    folder: Path,
    series: Sequence[SiteImage],
    wanted: SiteImage,
) -> dict[str, SitePicture]:
    """One stretch over a series; images whose pixels can't be read are left out, but the wanted."""
    from noonmark.errors import NoonmarkError
    from noonmark.report import site_pictures
    from noonmark.sites import stack

    held: dict[str, Chip] = {}
    for image in series:
        try:
            held[image.id] = stack.chip_of(folder, image)
        except NoonmarkError:
            if image is wanted:
                raise
        except KeyError:
            continue
    if wanted.id not in held:
        raise InputError(
            f"{wanted.id} has no pixels here",
            code="no-picture",
            hint="take the image in again: noonmark sites images SITE FILE",
        )
    shown = site_pictures.picture_bands(wanted.chip.get("bands", ()))
    limits = site_pictures.stretch(list(held.values()), shown)
    made = {}
    for image in series:
        if image.id in held:
            rgb = site_pictures.shown_rgb(held[image.id], shown, limits)
            made[image.id] = SitePicture(reduced(rgb), image.redistribute)
    return made


def reduced(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with blocks of pixels averaged, so that no side is longer than 1,600 px."""
    import numpy as np

    step = -(-max(rgb.shape[:2]) // LARGEST_PX)
    if step <= 1:
        return rgb
    rows, cols = (side // step * step for side in rgb.shape[:2])
    blocks = rgb[:rows, :cols].reshape(rows // step, step, cols // step, step, 3)
    averaged: NDArray[np.uint8] = blocks.mean(axis=(1, 3)).round().astype(np.uint8)
    return averaged


def case_and_site(folder: Path, case: Path | None) -> tuple[Path | None, Path | None]:
    """The case and the site that are meant by a folder of either kind.

    Raises InputError "not-a-site" for a site that can't be read, and for a folder of neither kind.
    """
    from noonmark.evidence.entry_schema import MARKER
    from noonmark.sites import site_folder

    is_site = (folder / site_folder.SITE).exists()
    if case is None and not is_site and (folder / MARKER).exists():
        return folder, None
    site_folder.open_site(folder)
    return case, folder
