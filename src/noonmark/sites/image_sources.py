"""Images to take in: which files make one image, and what is said of it beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from noonmark.errors import InputError
from noonmark.sites import stac
from noonmark.sites.control_points import ControlFit
from noonmark.sites.images import Taken
from noonmark.values import utc

PICTURES = (".tif", ".tiff", ".jp2", ".png", ".jpg", ".jpeg")
_MOST_ITEM_BYTES = 4 << 20
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[-_]?(0[1-9]|1[0-2])[-_]?(0[1-9]|[12]\d|3[01])(?!\d)")
_PARTS = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
TIME_HINT = "write an instant 2021-03-04T05:30:00Z, a day 2021-03-04, a month, a year, or FROM/TO"


@dataclass(frozen=True)
class ImageFacts:
    """What is said of an image beside its files; None or "" where nothing is said."""

    taken: Taken | None = None
    provider: str = ""
    scene_id: str = ""
    level: str = ""
    licence: str = ""
    redistribute: bool | None = None
    gsd_m: float | None = None
    off_nadir_deg: float | None = None
    sun_azimuth_deg: float | None = None
    sun_elevation_deg: float | None = None

    def filled_from(
        self,
        other: ImageFacts,
    ) -> ImageFacts:
        """These facts, and the other's where these say nothing."""
        missing = {
            name: other.__dict__[name]
            for name, value in self.__dict__.items()
            if value is None or value == ""
        }
        return replace(self, **missing)


@dataclass(frozen=True)
class ImageSource:
    """One image: its files in order, their bands, how their numbers are scaled, what is said.

    ``scales`` gives (scale, offset) of each file; ``scales_known`` whether its provider states
    them. ``placing`` lays a photo without coordinates on the ground.
    """

    files: tuple[Path, ...]
    bands: tuple[tuple[str, ...], ...]
    facts: ImageFacts
    scales: tuple[tuple[float, float], ...]
    scales_known: bool = False
    placing: ControlFit | None = None


@dataclass(frozen=True)
class SaidOfImages:
    """What the user says of all images, and of single ones in a table by file name.

    ``dates_in_names`` takes a date in a file's name as stated.
    """

    facts: ImageFacts = ImageFacts()
    bands: tuple[str, ...] = ()
    dates_in_names: bool = False
    table: Mapping[str, ImageFacts] = field(default_factory=dict)


def taken_of(
    text: str,
    basis: str,
) -> Taken:
    """The span that a text names. Raises InputError "bad-image-time".

    A day, month or year stands for all of it; a printed date only for the earliest, because viewers
    print the first date of a mosaic.
    """
    start, _, end = text.strip().partition("/")
    first, last = _span(start), _span(end or start)
    if last[1] < first[0]:
        raise InputError(f"{text!r} ends before it starts", code="bad-image-time", hint=TIME_HINT)
    if basis == "printed" and not end:
        return Taken(first[0], None, basis)
    return Taken(first[0], last[1], basis)


def _span(text: str) -> tuple[datetime, datetime]:
    """The first and last instant of a text without a stroke."""
    found = _PARTS.fullmatch(text)
    if found is None:
        instant = utc(text)
        return instant, instant
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        start = datetime(year, month or 1, day or 1, tzinfo=UTC)
        if day:
            return start, start + timedelta(days=1)
        if month:
            return start, datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return start, datetime(year + 1, 1, 1, tzinfo=UTC)
    except ValueError as error:
        raise InputError(
            f"{text!r} is no date: {error}", code="bad-image-time", hint=TIME_HINT
        ) from None


def sources_of(
    paths: Iterable[Path],
    said: SaidOfImages,
) -> list[ImageSource]:
    """The images in files and folders, in order of name; a STAC item takes the files it names."""
    found: list[ImageSource] = []
    for path in paths:
        found += _of_folder(path, said) if path.is_dir() else [_of_file(path, said)]
    if not found:
        raise InputError(
            "no image is there",
            code="no-images",
            hint=f"give {', '.join(PICTURES)}, a SAFE .zip, a STAC item .json, or a folder of them",
        )
    return found


def _of_folder(
    folder: Path,
    said: SaidOfImages,
) -> list[ImageSource]:
    """The images of a folder and those below it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    items = [
        _of_item(path, said) for path in files if path.suffix.lower() == ".json" and _is_item(path)
    ]
    taken = {path.resolve() for item in items for path in item.files}
    others = [
        _of_file(path, said)
        for path in files
        if path.suffix.lower() in (*PICTURES, ".zip") and path.resolve() not in taken
    ]
    return items + others


def _is_item(path: Path) -> bool:
    return path.stat().st_size <= _MOST_ITEM_BYTES and b'"stac_version"' in path.read_bytes()


def _of_file(
    path: Path,
    said: SaidOfImages,
) -> ImageSource:
    """One file as an image, or an item with its files."""
    if not path.is_file():
        raise InputError(
            f"{path} is no file", code="no-images", hint="give files or folders of images"
        )
    if path.suffix.lower() == ".json":
        return _of_item(path, said)
    return ImageSource((path,), (said.bands,), _facts_of(path, said), ((1.0, 0.0),))


def _facts_of(
    path: Path,
    said: SaidOfImages,
) -> ImageFacts:
    """What is said of a file: in the table, then of all, then by its name."""
    facts = said.table.get(path.name, ImageFacts()).filled_from(said.facts)
    if facts.taken is None and said.dates_in_names:
        found = _DAY.search(path.name)
        if found:
            facts = replace(facts, taken=taken_of("-".join(found.groups()), "stated"))
    return facts


def _of_item(
    path: Path,
    said: SaidOfImages,
) -> ImageSource:
    """A STAC item with the files beside it."""
    try:
        if path.stat().st_size > _MOST_ITEM_BYTES:
            raise ValueError("it is larger than 4 MiB")
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path.name} can't be read as JSON: {error}", code="bad-stac-item", hint=None
        ) from None
    item = stac.item_of(document)
    files = tuple(path.parent / asset.href for asset in item.assets)
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise InputError(
            f"{path.name} names files that are not there: {', '.join(missing[:5])}",
            code="bad-stac-item",
            hint="nothing is fetched: put the files beside the item",
        )
    own = ImageFacts(
        taken=_item_taken(item),
        provider=item.platform,
        scene_id=item.id,
        level=item.level,
        licence=item.licence,
        redistribute=item.is_open,
        gsd_m=item.gsd_m,
        off_nadir_deg=item.off_nadir_deg,
        sun_azimuth_deg=item.sun_azimuth_deg,
        sun_elevation_deg=item.sun_elevation_deg,
    )
    scales = tuple((asset.scale, asset.offset) for asset in item.assets)
    facts = own.filled_from(_facts_of(path, said))
    return ImageSource(
        files, _bands_of(item.assets), facts, scales, any(s != (1.0, 0.0) for s in scales)
    )


def _bands_of(assets: Sequence[stac.StacAsset]) -> tuple[tuple[str, ...], ...]:
    return tuple(asset.bands for asset in assets)


def _item_taken(item: stac.StacItem) -> Taken:
    return Taken(utc(item.start), utc(item.end), "metadata")
