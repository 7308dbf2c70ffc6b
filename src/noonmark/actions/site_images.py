"""A site made from an outline, and images taken in: files read in the sandbox, rows written."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.errors import InputError, NoonmarkError

if TYPE_CHECKING:
    from noonmark.sites.image_sources import ImageFacts, ImageSource
    from noonmark.sites.images import SiteImage
    from noonmark.sites.site_folder import Site

Progress = Callable[[float, str], None]
_MOST_IMAGES = 5000
_NUMBERS = ("gsd_m", "off_nadir_deg", "sun_azimuth_deg", "sun_elevation_deg")
_TEXTS = ("provider", "scene_id", "level", "licence")
_COLUMNS = ("file", "taken", "basis", "redistribute", *_NUMBERS, *_TEXTS)


@dataclass(frozen=True)
class ImageOptions:
    """What is said of images as they come in; see ``noonmark sites images --help``."""

    taken: str | None = None
    printed: str | None = None
    dates_in_names: bool = False
    table: Path | None = None
    provider: str = ""
    level: str = ""
    licence: str = ""
    bands: tuple[str, ...] = ()
    redistribute: bool | None = None
    gsd_m: float | None = None
    margin_m: float | None = None
    points: Path | None = None


def new_site(
    folder: Path,
    outline: Path,
    *,
    name: str | None = None,
) -> dict[str, Any]:
    """Make a site of a GeoJSON outline; ``name`` is that of the folder where none is given."""
    from noonmark.questions.input_files import read_document
    from noonmark.sites import site_folder
    from noonmark.sites.outline import features_of

    features = features_of(read_document(outline, kind="outline"))
    site = site_folder.create(folder, name or folder.resolve().name, features)
    rows = [{"name": each.name, "kind": each.kind} for each in site.features]
    return {"ok": True, "site": str(folder), "name": site.name, "features": rows}


def list_images(folder: Path) -> dict[str, Any]:
    """The images of a site, in order of time."""
    from noonmark.sites import images, site_folder

    site_folder.open_site(folder)
    rows = [images.as_json(image) for image in images.read(folder)]
    return {"ok": True, "site": str(folder), "images": rows, "stacks": _stacks(rows)}


def _stacks(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many images each stack has; one vote an instant."""
    found: dict[str, int] = {}
    for row in rows:
        if row["stack"] and row["same_instant_as"] is None:
            found[row["stack"]] = found.get(row["stack"], 0) + 1
    return found


def add_images(
    folder: Path,
    paths: Sequence[Path],
    *,
    options: ImageOptions = ImageOptions(),
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Take images in. Each is kept as soon as it is read, so that a stop loses none.

    An image that can't be read is refused by name and the others go on. Raises its InputError where
    all are refused.
    """
    from noonmark.sites import images, site_folder

    site = site_folder.open_site(folder)
    sources = _sources(paths, options)
    known = list(images.read(folder))
    if len(known) + len(sources) > _MOST_IMAGES:
        raise InputError(
            f"a site holds at most {_MOST_IMAGES} images",
            code="no-images",
            hint="make another site for the other years",
        )
    added: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    before = 0
    for number, source in enumerate(sources):
        name = source.files[0].name
        if progress:
            progress(number / len(sources), name)
        try:
            taken = _added(site, known, source, options.margin_m)
        except NoonmarkError as error:
            if error.code == "media-extra-missing":
                raise
            refused.append(_refusal(name, error))
            continue
        if taken is None:
            before += 1
        else:
            added.append(images.as_json(taken))
    _refuse_nothing(refused, len(added) + before)
    return {
        "ok": not refused,
        "site": str(folder),
        "added": added,
        "known_before": before,
        "refused": refused,
        "images": len(known),
        "stacks": _stacks([images.as_json(image) for image in known]),
    }


def _sources(
    paths: Sequence[Path],
    options: ImageOptions,
) -> list[ImageSource]:
    """The images that are given, a photo with its control points."""
    from noonmark.sites import image_sources

    sources = image_sources.sources_of(paths, _said(options))
    if options.points is None:
        return sources
    return [_placed(sources, options.points)]


def _placed(
    sources: Sequence[ImageSource],
    points: Path,
) -> ImageSource:
    """One photo, laid on the ground by the points of a file."""
    from noonmark.questions.input_files import read_bytes
    from noonmark.sites import control_points

    if len(sources) != 1 or len(sources[0].files) != 1:
        raise InputError(
            f"{len(sources)} images were given with one file of control points",
            code="control-points",
            hint="give one photo with its own --points",
        )
    held = control_points.read_points(read_bytes(points), points.name)
    return replace(sources[0], placing=control_points.fit_points(held))


def _refusal(
    name: str,
    error: NoonmarkError,
) -> dict[str, Any]:
    """Why a file was not taken in."""
    return {
        "file": name,
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
    }


def _added(
    site: Site,
    known: list[SiteImage],
    source: ImageSource,
    margin_m: float | None,
) -> SiteImage | None:
    """One image, kept and added to ``known``; None where it was there before."""
    from noonmark.sites import chips, image_intake, images, site_folder

    digest, _ = image_intake.digest_of(source.files)
    if any(image.sha256 == digest for image in known):
        return None
    taken = image_intake.take_in(
        site,
        known,
        source,
        margin_m=image_intake.MARGIN_M if margin_m is None else margin_m,
    )
    chip_file = site.folder / site_folder.CHIPS / f"{taken.image.id}.npz"
    site_folder.write_atomic(chip_file, chips.packed(taken.chip))
    known.append(taken.image)
    images.write(site.folder, known)
    return taken.image


def _refuse_nothing(
    refused: Sequence[Mapping[str, Any]],
    taken: int,
) -> None:
    """Raise the first refusal where no image was taken in."""
    if refused and not taken:
        first = refused[0]
        raise InputError(
            f"no image was taken in; {first['file']}: {first['message']}",
            code=first["code"],
            hint=first["hint"],
            refused=len(refused),
        )


def _said(options: ImageOptions) -> Any:
    """The options as what is said of images."""
    from noonmark.sites.image_sources import ImageFacts, SaidOfImages, taken_of

    if options.taken and options.printed:
        raise InputError(
            "--taken and --printed were both given",
            code="bad-image-time",
            hint="--printed is a date shown on the picture, --taken one that you state",
        )
    taken = taken_of(options.taken, "stated") if options.taken else None
    taken = taken_of(options.printed, "printed") if options.printed else taken
    facts = ImageFacts(
        taken=taken,
        provider=options.provider,
        level=options.level,
        licence=options.licence,
        redistribute=options.redistribute,
        gsd_m=options.gsd_m,
    )
    table = read_table(options.table) if options.table else {}
    return SaidOfImages(facts, options.bands, options.dates_in_names, table)


def read_table(path: Path) -> dict[str, ImageFacts]:
    """What a CSV says of each file: columns file, taken, basis, provider, scene_id and others."""
    from noonmark.questions.input_files import read_bytes

    try:
        rows = list(csv.DictReader(io.StringIO(read_bytes(path).decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path.name} is no CSV in UTF-8: {error}", code="bad-image-table", hint=_table_hint()
        ) from None
    unknown = sorted({str(key) for row in rows for key in row} - set(_COLUMNS))
    if unknown or not rows or "file" not in rows[0]:
        raise InputError(
            f"{path.name}: expected the columns of a table of images, got"
            f" {', '.join(unknown) or 'none called file'}",
            code="bad-image-table",
            hint=_table_hint(),
        )
    return {str(row["file"]): _row(path, row) for row in rows}


def _table_hint() -> str:
    return f"columns: {', '.join(_COLUMNS)}; basis is metadata, printed or stated"


def _row(
    path: Path,
    row: Mapping[str, str | None],
) -> ImageFacts:
    """One row of the table."""
    from noonmark.sites.image_sources import ImageFacts, taken_of
    from noonmark.sites.images import BASES

    basis = row.get("basis") or "stated"
    try:
        if basis not in BASES:
            raise ValueError(f"basis {basis!r}")
        numbers = {name: float(row[name] or "") for name in _NUMBERS if row.get(name)}
    except ValueError as error:
        raise InputError(
            f"{path.name}, {row['file']}: {error}", code="bad-image-table", hint=_table_hint()
        ) from None
    texts = {name: (row.get(name) or "")[:200] for name in _TEXTS}
    may = {"yes": True, "no": False}.get((row.get("redistribute") or "").lower())
    taken = taken_of(str(row["taken"]), basis) if row.get("taken") else None
    return ImageFacts(taken=taken, redistribute=may, **texts, **numbers)  # type: ignore[arg-type]
