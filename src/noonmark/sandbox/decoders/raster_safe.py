"""A Sentinel-2 product as it is handed out: a zip (SAFE) with JPEG 2000 bands and XML notes."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from noonmark.errors import InputError
from noonmark.sandbox.parsers import safe_xml
from noonmark.sandbox.parsers.zip_members import BROKEN_ZIP

_MOST_MEMBERS = 20_000
_MOST_TILES = 40
_MOST_XML_BYTES = 20 << 20
_MOST_BAND_BYTES = 400 << 20
_BANDS = {"B02": "blue", "B03": "green", "B04": "red", "B08": "nir"}
"""The bands of 10 m, by the names that STAC gives them."""


@dataclass(frozen=True)
class SafeProduct:
    """What a product says of itself, and which members of the zip hold its bands.

    ``bands`` gives the member by the name of the band; ``classes`` the scene classification, of
    level 2A; ``offset`` what is to be added to every number so that processing baselines compare.
    """

    bands: dict[str, str]
    classes: str | None
    facts: dict[str, Any]
    offset: float


def is_zip(fd: int) -> bool:
    """Whether the bytes are those of a zip."""
    return os.pread(fd, 4, 0) == b"PK\x03\x04"


def archive(fd: int) -> zipfile.ZipFile:
    """The zip of a descriptor. Raises InputError "not-decodable"."""
    try:
        held = zipfile.ZipFile(os.fdopen(os.dup(fd), "rb"))
    except BROKEN_ZIP as error:
        raise InputError(f"the zip can't be read: {error}", code="not-decodable") from None
    if len(held.infolist()) > _MOST_MEMBERS:
        raise InputError(f"the zip holds over {_MOST_MEMBERS} files", code="not-decodable")
    return held


def member(
    held: zipfile.ZipFile,
    name: str,
    most_bytes: int = _MOST_BAND_BYTES,
) -> bytes:
    """The bytes of a member, no more than ``most_bytes``."""
    entry = held.getinfo(name)
    if entry.file_size > most_bytes:
        raise InputError(
            f"{name[-80:]} unpacks to {entry.file_size} bytes, at most {most_bytes} are read",
            code="not-decodable",
        )
    try:
        with held.open(entry) as stream:
            return stream.read(most_bytes)
    except BROKEN_ZIP as error:
        raise InputError(f"{name[-80:]} can't be unpacked: {error}", code="not-decodable") from None


def member_stream(
    held: zipfile.ZipFile,
    name: str,
) -> Callable[[], Any]:
    """A function that opens a member as often as GDAL asks."""
    data = member(held, name)
    return lambda: io.BytesIO(data)


def tiles(held: zipfile.ZipFile) -> list[SafeProduct]:
    """The tiles of the product in a zip, by name; of one pass, with one offset.

    Raises InputError "not-a-product" where there is no product, or several.
    """
    names = [entry.filename for entry in held.infolist()]
    notes = [name for name in names if re.search(r"(^|/)MTD_MSIL(1C|2A)\.xml$", name)]
    own = sorted(name for name in names if re.search(r"/GRANULE/[^/]+/MTD_TL\.xml$", name))
    if len(notes) != 1 or not 1 <= len(own) <= _MOST_TILES:
        raise InputError(
            f"the zip holds {len(notes)} Sentinel-2 products with {len(own)} tiles; one product"
            f" of 1 to {_MOST_TILES} tiles is read",
            code="not-a-product",
            hint="give each zip as it was downloaded, or the bands as GeoTIFF",
        )
    level = "L2A" if "L2A" in notes[0] else "L1C"
    read = _xml(held, notes[0])
    return [_tile(held, names, read, tile, level) for tile in own]


def _tile(
    held: zipfile.ZipFile,
    names: Sequence[str],
    notes: ElementTree.Element,
    tile: str,
    level: str,
) -> SafeProduct:
    """One tile of a product."""
    folder = tile.rsplit("/", 1)[0] + "/IMG_DATA/"
    pictures = [name for name in names if name.startswith(folder)]
    classes = [name for name in pictures if name.endswith("_SCL_20m.jp2")]
    facts, offset = _facts(notes, _xml(held, tile), level)
    return SafeProduct(
        _band_members(pictures, level),
        classes[0] if classes else None,
        facts,
        offset,
    )


def _band_members(
    pictures: Sequence[str],
    level: str,
) -> dict[str, str]:
    """The member that holds each band of 10 m."""
    ending = "_10m.jp2" if level == "L2A" else ".jp2"
    bands = {}
    for code, name in _BANDS.items():
        found = [each for each in pictures if each.endswith(f"_{code}{ending}")]
        if len(found) != 1:
            raise InputError(
                f"the product has {len(found)} bands {code} of 10 m",
                code="not-a-product",
                hint="give the zip as it was downloaded, or the bands as GeoTIFF",
            )
        bands[name] = found[0]
    return bands


def _xml(
    held: zipfile.ZipFile,
    name: str,
) -> ElementTree.Element:
    """A member as elements of local names; one with a document type is refused."""
    data, found = member(held, name, _MOST_XML_BYTES), ElementTree.TreeBuilder()
    try:
        safe_xml.read(data, found.start, found.end, found.data)
    except InputError as error:
        raise InputError(f"{name[-80:]}: {error.message}", code="not-decodable") from None
    return found.close()


def _texts(
    tree: ElementTree.Element,
    tag: str,
) -> list[str]:
    """The texts of all elements of a name."""
    return [(each.text or "").strip()[:500] for each in tree.iter(tag)]


def _number(
    tree: ElementTree.Element,
    parent: str,
    tag: str,
) -> float | None:
    """The number of an element inside another."""
    for each in tree.iter(parent):
        for text in _texts(each, tag):
            try:
                return float(text)
            except ValueError:
                return None
    return None


def _facts(
    notes: ElementTree.Element,
    tile: ElementTree.Element,
    level: str,
) -> tuple[dict[str, Any], float]:
    """Scene, instant, sun, view and baseline as written; and the offset of its numbers."""
    zenith_deg = _number(tile, "Mean_Sun_Angle", "ZENITH_ANGLE")
    elevation_deg = None if zenith_deg is None else 90.0 - zenith_deg
    facts = {
        "scene_id": _first(notes, "PRODUCT_URI").removesuffix(".SAFE"),
        "platform": _first(notes, "SPACECRAFT_NAME"),
        "level": level,
        "baseline": _first(notes, "PROCESSING_BASELINE"),
        "taken": _first(tile, "SENSING_TIME") or _first(notes, "PRODUCT_START_TIME"),
        "sun_azimuth_deg": _number(tile, "Mean_Sun_Angle", "AZIMUTH_ANGLE"),
        "sun_elevation_deg": elevation_deg,
        "off_nadir_deg": _number(tile, "Mean_Viewing_Incidence_Angle", "ZENITH_ANGLE"),
    }
    return facts, _offset(notes, level)


def _first(
    tree: ElementTree.Element,
    tag: str,
) -> str:
    """The text of the first element of a name; "" where there is none."""
    found = _texts(tree, tag)
    return found[0] if found else ""


def _offset(
    notes: ElementTree.Element,
    level: str,
) -> float:
    """The offset of all bands, which the notes state since baseline 04.00 (-1000); 0 before."""
    tag = "BOA_ADD_OFFSET" if level == "L2A" else "RADIO_ADD_OFFSET"
    values = set()
    for text in _texts(notes, tag):
        if re.fullmatch(r"-?\d+(\.\d+)?", text):
            values.add(float(text))
    if len(values) > 1:
        raise InputError(
            "the product gives its bands different offsets, which is not read",
            code="not-a-product",
            hint="give the bands as GeoTIFF",
        )
    return values.pop() if values else 0.0
