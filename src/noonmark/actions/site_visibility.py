"""Could a feature have been seen in an image? Suggested for each image, for a person to confirm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError

if TYPE_CHECKING:
    from noonmark.sites.image_view import ImageView, ToneRange
    from noonmark.sites.images import SiteImage
    from noonmark.sites.outline import SiteFeature
    from noonmark.sites.readings import SiteReading
    from noonmark.sites.site_folder import Site

Progress = Callable[[float, str], None]
CLAIM = "suggested by rules, for a person to confirm; a rule has seen nothing"
ONE_SIGHT = 0.2
"""By how much a tone may differ from one image to another, as a share of it."""


def site_visibility(
    folder: Path,
    *,
    image: str | None = None,
    feature: str | None = None,
    tone: Sequence[float] | None = None,
    blind: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Whether each feature could have been seen in each image; nothing is written.

    ``tone`` states by which shares of the ground's brightness the feature is brighter, from and to.
    Without it, the images of a series in which somebody saw the feature tell that of the others;
    ``blind`` looks at no reading.
    """
    from noonmark.sites import image_view, images, readings, site_folder

    site = site_folder.open_site(folder)
    found = images.read(folder)
    chosen = found if image is None else (images.named(found, image),)
    features = site.features if feature is None else (site_folder.feature(site, feature),)
    stated = None if tone is None else _stated(tone)
    said = [] if blind or stated else readings.in_force(readings.read(folder))
    series = {each.stack for each in chosen if each.stack}
    of_series = [each for each in found if each.stack in series]
    tones = _seen_tones(site, of_series, [each.name for each in features], said)
    rows = []
    for number, each in enumerate(chosen):
        if progress:
            progress(number / len(chosen), each.id)
        view = _view(site, each)
        for one in features:
            known = stated or tones.get((each.stack, one.name)) or image_view.SUPPOSED
            rows.append(_row(each, one, view, known))
    return {"ok": True, "site": str(folder), "claim": CLAIM, "rows": rows}


def _stated(tone: Sequence[float]) -> ToneRange:
    """A range as the user states it."""
    from noonmark.sites.image_view import ToneRange

    if len(tone) != 2 or not all(-1 <= value <= 20 for value in tone):
        raise InputError(
            "expected a tone as FROM,TO between -1 and 20",
            code="bad-tone",
            hint="shares of the ground's brightness: 0.2,0.4 is a fifth to two fifths brighter,"
            " -0.5,-0.3 darker",
        )
    return ToneRange(*_ends(tone), "stated")


def _ends(shares: Iterable[float]) -> tuple[float, float]:
    """The share nearest to nothing and the one furthest; nothing, where both signs are there."""
    ordered = sorted(shares, key=abs)
    least, most = ordered[0], ordered[-1]
    one_sign = all(share * most > 0 for share in ordered)
    return (least if one_sign else 0.0), most


def _view(site: Site, image: SiteImage) -> ImageView | None:
    """The image as a person looks at it; None without coordinates, or where all is covered."""
    import numpy as np

    from noonmark.report.site_pictures import picture_bands
    from noonmark.sites import stack
    from noonmark.sites.image_view import image_view

    if not image.chip.get("outlines"):
        return None
    chip = stack.chip_of(site.folder, image)
    shown = sorted(set(picture_bands(image.chip.get("bands", ()))))
    picture = chip.values[shown].mean(axis=0).astype(np.float64)
    return image_view(image, picture, chip.clear)


def _seen_tones(
    site: Site,
    found: Sequence[SiteImage],
    names: Sequence[str],
    said: Sequence[SiteReading],
) -> dict[tuple[str | None, str], ToneRange]:
    """By series and feature, the tones in the images in which somebody saw it."""
    from noonmark.sites.image_view import ToneRange, seen_tone

    by_id = {image.id: image for image in found}
    seen: dict[str, set[str]] = {}
    for reading in said:
        is_sight = reading.state == "seen" and reading.stage == "visible"
        if is_sight and reading.feature in names and reading.image in by_id:
            seen.setdefault(reading.image, set()).add(reading.feature)
    tones: dict[tuple[str | None, str], list[float]] = {}
    for name, features in seen.items():
        image = by_id[name]
        view = _view(site, image)
        for feature in features:
            tone = None if view is None else seen_tone(view, feature)
            if tone is not None:
                around = [tone * (1 - ONE_SIGHT), tone * (1 + ONE_SIGHT)]
                tones.setdefault((image.stack, feature), []).extend(around)
    return {key: ToneRange(*_ends(held), "readings") for key, held in tones.items()}


def _row(
    image: SiteImage,
    feature: SiteFeature,
    view: ImageView | None,
    tone: ToneRange,
) -> dict[str, Any]:
    """One answer as JSON."""
    from noonmark.sites.image_view import feature_visibility

    row: dict[str, Any] = {"image": image.id, "feature": feature.name}
    if view is None:
        return row | _without_view(image) | {"rule": None, "signal": None, "tone": None}
    found = feature_visibility(view, feature, tone)
    shares = asdict(tone) | {name: round(getattr(tone, name), 3) for name in ("least", "most")}
    return row | {
        "answer": found.answer,
        "reasons": list(found.reasons),
        "rule": found.rule,
        "signal": round(found.signal, 2),
        "tone": shares,
    }


def _without_view(image: SiteImage) -> dict[str, Any]:
    """A screenshot is left to a person; an image that is covered in whole could not show it."""
    if not image.chip.get("outlines"):
        return {"answer": "doubtful", "reasons": ["position"]}
    recorded = image.hidden.get("not recorded", 0.0)
    return {"answer": "no", "reasons": ["edge" if recorded > 0.5 else "cloud"]}


def suggestion(folder: Path, image: str, feature: str, *, blind: bool) -> dict[str, Any]:
    """The answer for one image and feature; ``blind`` as in `site_visibility`."""
    (row,) = site_visibility(folder, image=image, feature=feature, blind=blind)["rows"]
    return dict(row)
