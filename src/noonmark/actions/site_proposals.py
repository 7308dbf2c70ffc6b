"""Dated events that a site's images suggest: proposals for people to read, never a finding.

Each stack (one sensor, one level) is judged by itself, with a calibration from its own ring.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions.site_preparing import prepare_loops
from noonmark.actions.site_proposal_warnings import (
    calibration_warnings,
    feature_warnings,
    settings_warnings,
)
from noonmark.errors import InputError

if TYPE_CHECKING:
    from noonmark.arrays import Bools
    from noonmark.inference.changes.boxes import FeatureSeries
    from noonmark.inference.changes.calibration import EventCalibration
    from noonmark.inference.changes.model import ChangePosterior, SeriesSet
    from noonmark.inference.changes.site_calibration import SiteCalibration
    from noonmark.sites.stack import Stack

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class ProposalOptions:
    """``seed`` of the injected events, ``level`` of the brackets, ``each`` how many of a stage."""

    seed: int = 1
    level: float = 0.9
    each: int = 160

    def __post_init__(self) -> None:
        if not 0.5 < self.level < 1:
            raise InputError(
                f"--level is {self.level:g}", code="proposal-level", hint="between 0.5 and 1"
            )
        if not 40 <= self.each <= 5000:
            raise InputError(
                f"--each is {self.each}", code="proposal-count", hint="between 40 and 5000"
            )


DEFAULTS = ProposalOptions()


def propose(
    folder: Path,
    *,
    features: Sequence[str] = (),
    options: ProposalOptions = DEFAULTS,
    again: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Propose events for the features of a site, and keep them in its ``proposals.json``.

    What is there and follows from the same images, outlines and options is kept, unless ``again``.
    """
    from noonmark.actions import site_proposal_files as files
    from noonmark.sites import site_folder

    site = site_folder.open_site(folder)
    for name in features:
        site_folder.feature(site, name)
    wanted = sorted(set(features)) or [each.name for each in site.features]
    digest = files.inputs_digest(site, asdict(options) | {"features": wanted})
    kept = None if again else files.kept_proposals(folder, digest)
    if kept is None:
        found = [
            _feature(folder, name, options, _part(progress, number, len(wanted)))
            for number, name in enumerate(wanted)
        ]
        settings = {"seed": options.seed, "level": options.level, "each": options.each}
        kept = files.write_proposals(folder, digest, {"settings": settings, "features": found})
        kept = kept | {"kept_before": False}
    said = settings_warnings(options.each)
    for row in kept["features"]:
        said += feature_warnings(row["feature"], row["sensors"])
    return {"ok": True, "site": str(folder), "kept_before": True, **kept, "warnings": said}


def propose_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Propose for one site given as a document, for a process of its own: what was found, short."""
    options = ProposalOptions(**document["options"])
    folder = Path(document["site"])
    done = propose(folder, options=options, again=bool(document.get("again")))
    sensors = [sensor for row in done["features"] for sensor in row["sensors"]]
    return {
        "ok": True,
        "site": document["site"],
        "kept_before": done["kept_before"],
        "inputs_sha256": done["inputs_sha256"],
        "features": len(done["features"]),
        "with_events": sum(any(s["events"] for s in row["sensors"]) for row in done["features"]),
        "not_judged": sum(sensor["why_not"] is not None for sensor in sensors),
    }


def calibration_table(
    folder: Path,
    *,
    feature: str | None = None,
    options: ProposalOptions = DEFAULTS,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """How often injected events would be found and held at a site, for each of its stacks."""
    from noonmark.sites import site_folder, stack

    site = site_folder.open_site(folder)
    name = feature or site.features[0].name
    site_folder.feature(site, name)
    groups = sorted(stack.groups(folder))
    if not groups:
        stack.load(folder)  # raises, and says what is missing
    rows = []
    for number, group in enumerate(groups):
        try:
            series = _series(stack.load(folder, group=group), name)
            done = _calibrate(series, options, _part(progress, number, len(groups)))
            rows.append({"stack": group, "why_not": None, **_calibration_rows(done)})
        except InputError as why:
            rows.append({"stack": group, "why_not": why.message})
    judged = [row for row in rows if row["why_not"] is None]
    said = [f"{row['stack']}: {text}" for row in judged for text in calibration_warnings(row)]
    return {
        "ok": True,
        "site": str(folder),
        "feature": name,
        "level": options.level,
        "stacks": rows,
        "warnings": [*settings_warnings(options.each), *said],
    }


@dataclass(frozen=True)
class _Prepared:
    """Series of one feature in one stack, row 0 the feature's own; what they are made of."""

    stack: Stack
    series: SeriesSet
    made: FeatureSeries
    bands: tuple[str, ...]


def _feature(
    folder: Path, name: str, options: ProposalOptions, progress: Progress | None
) -> dict[str, Any]:
    """The proposals of one feature, by every stack of the site."""
    from noonmark.actions import site_proposal_files as files
    from noonmark.sites import stack

    sensors = []
    groups = sorted(stack.groups(folder))
    for number, group in enumerate(groups):
        part = _part(progress, number, len(groups))
        try:
            held = stack.load(folder, group=group)
            sensors.append({"stack": group, **_judged(held, name, options, part)})
        except InputError as why:
            empty: dict[str, Any] = {
                "images": len(stack.groups(folder)[group]),
                "detected": None,
                "events": [],
            }
            sensors.append({"stack": group, "why_not": why.message, **empty})
    return {
        "feature": name,
        "claim": "visible, half-way through the works; never when they began",
        "sensors": sensors,
        "agreements": files.agreements(sensors),
        "conflicts": files.disagreements(sensors),
    }


def _judged(
    held: Stack, name: str, options: ProposalOptions, progress: Progress | None
) -> dict[str, Any]:
    """What one stack says of one feature."""
    import numpy as np

    from noonmark.inference.changes import calibration, model, posterior, second_event

    prepared = _series(held, name)
    done = _calibrate(prepared, options, progress)
    own = model.chosen_series(prepared.series, np.array([0]))
    found = calibration.fit(own, done.ring, done.model)
    two = float(second_event.second_event_p(found, done.events[0].odds)[0])
    events = []
    for event in done.events:
        if not calibration.is_found(found, event)[0]:
            break
        events.append(_event(prepared, found, event, done))
    seen = prepared.series.seen[0]
    return {
        "why_not": None,
        "images": len(seen),
        "clear_images": int(seen.sum()),
        "could_not": [
            image for image, is_seen in zip(held.image_ids, seen, strict=True) if not is_seen
        ],
        "pixels": prepared.made.pixels,
        "ring_of_own_shape": prepared.made.own_shape,
        "bands": list(prepared.bands),
        "loops": posterior.backend(),
        "detected": bool(events),
        "log_bayes_factor": _rounded(model.log_bayes_factor(found)[0]),
        "threshold": _rounded(done.events[0].threshold),
        "event_count_p": [_rounded(1.0 - two), _rounded(two)],
        "events": events,
        "calibration": _calibration_rows(done),
    }


def _event(
    prepared: _Prepared, found: ChangePosterior, event: EventCalibration, done: SiteCalibration
) -> dict[str, Any]:
    """One event's bracket, in parts, with the images between that could not show it."""
    from noonmark.inference.changes import brackets, calibration, second_event

    stack, seen = prepared.stack, prepared.series.seen[0]
    chosen = calibration.bracket_of(found, 0, event)
    p = second_event.dated_gap_p(found, event.odds, order=event.order)[0]
    modes = []
    for part in brackets.bracket_parts(chosen, p, seen):
        between = range(part.last_without + 1, part.first_with)
        modes.append(
            {
                "from": _image(stack, part.last_without),
                "to": _image(stack, part.first_with),
                "p": _rounded(part.p),
                "could_not": [stack.image_ids[i] for i in between if not seen[i]],
            }
        )
    kinds = [kind for kind in done.kinds if kind.order == event.order]
    counts = {name: sum(getattr(k, name) for k in kinds) for name in ("injected", "found", "held")}
    return {
        "order": event.order,
        "level": done.level,
        "modes": modes,
        "injected": {
            "n": counts["injected"],
            "found": counts["found"],
            "missed": counts["injected"] - counts["found"],
            "held": counts["held"],
        },
    }


def _image(stack: Stack, index: int) -> dict[str, str]:
    return {"image": stack.image_ids[index], "taken": str(stack.times[index])}


def _series(held: Stack, name: str) -> _Prepared:
    """The series of a feature and its ring, in reflectance or decibels.

    Raises InputError where they are too few to judge by.
    """
    import numpy as np

    from noonmark.inference.changes import boxes as ring_boxes
    from noonmark.inference.changes.library import common_names
    from noonmark.inference.changes.model import SeriesSet
    from noonmark.inference.changes.ring import FEWEST_IMAGES

    made = ring_boxes.feature_series(held.values, held.clear, *_masks(held, name))
    clear = int(made.seen[0].sum())
    if clear < FEWEST_IMAGES:
        raise InputError(
            f"{clear} images show it clearly; a proposal needs {FEWEST_IMAGES}",
            code="proposal-images",
            hint="readings need no series: noonmark sites read",
        )
    bands = common_names(held.bands)
    enough = made.seen.sum(axis=1) >= min(clear, 30)
    enough[0] = True
    boxes = int(enough[1:].sum())
    if boxes < ring_boxes.FEWEST_BOXES:
        raise InputError(
            f"{boxes} boxes of its ring can be seen; a proposal needs {ring_boxes.FEWEST_BOXES}",
            code="proposal-ring",
            hint="take the images in with a larger margin: noonmark sites images --margin-m",
        )
    values = ring_boxes.in_reflectance(made.values[enough], bands)
    t_days = held.times.astype(np.int64).astype(np.float64)
    return _Prepared(held, SeriesSet(t_days, values, made.seen[enough]), made, bands)


def _masks(held: Stack, name: str) -> tuple[Bools, Bools]:
    """The pixels of a feature, and of any feature; each (rows, cols)."""
    import numpy as np

    from noonmark.sites.stack import mask

    rows, cols = held.clear.shape[1:]
    masks = {each: mask(rings, rows, cols) for each, rings in held.outlines.items()}
    nothing = np.zeros((rows, cols), dtype=np.bool_)
    return masks.get(name, nothing), np.logical_or.reduce([nothing, *masks.values()])


def _calibrate(
    prepared: _Prepared, options: ProposalOptions, progress: Progress | None
) -> SiteCalibration:
    import numpy as np

    from noonmark.inference.changes import library, model, site_calibration

    spectra = library.spectral_library(prepared.bands)
    ring = model.chosen_series(prepared.series, np.arange(1, len(prepared.series.values)))
    prepare_loops(progress)
    return site_calibration.calibrate_site(
        ring,
        spectra,
        np.random.default_rng(options.seed),
        each=options.each,
        level=options.level,
        progress=None if progress is None else lambda share: progress(share, "calibrating"),
    )


def _calibration_rows(done: SiteCalibration) -> dict[str, Any]:
    """The table of a calibration."""
    kinds = []
    for kind in done.kinds:
        row = asdict(kind)
        for name in ("width_days", "gap_days"):
            row[name] = _rounded(row[name])
        kinds.append(row)
    return {
        "ring_boxes": done.boxes,
        "loud_boxes_left_out": done.loud_boxes,
        "false_alarms": done.false_alarms,
        "level": done.level,
        "kinds": kinds,
    }


def _rounded(value: float) -> float | None:
    """Three decimals: as far as both implementations agree; nothing for what is not a number."""
    return round(float(value), 3) if math.isfinite(value) else None


def _part(progress: Progress | None, number: int, count: int) -> Progress | None:
    """Progress within one of several parts."""
    if progress is None:
        return None
    return lambda share, word: progress((number + share) / max(count, 1), word)
