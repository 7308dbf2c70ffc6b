"""A STAC item that lies beside its GeoTIFFs: which files it names, and what it says of the scene.

**Method** STAC specification 1.0: item, and the extensions eo, view and raster.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from noonmark.errors import InputError

_OPEN_LICENCES = ("cc0", "cc-by", "pddl", "odc-by", "public-domain", "pd", "copernicus")
_TIFF = ("image/tiff", "image/vnd.stac.geotiff", "image/jp2")
_MOST_ASSETS = 16


@dataclass(frozen=True)
class StacAsset:
    """A file of an item: its relative name, its bands, and (scale, offset) of its numbers."""

    href: str
    bands: tuple[str, ...]
    scale: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True)
class StacItem:
    """What an item says: its id, the instant or span as written, and facts of the view."""

    id: str
    start: str
    end: str
    assets: tuple[StacAsset, ...]
    gsd_m: float | None
    off_nadir_deg: float | None
    sun_azimuth_deg: float | None
    sun_elevation_deg: float | None
    platform: str
    level: str
    licence: str

    @property
    def is_open(self) -> bool:
        """Whether its licence lets the pixels be handed on."""
        return self.licence.lower().startswith(_OPEN_LICENCES)


def item_of(document: Mapping[str, Any]) -> StacItem:
    """The item of a JSON document. Raises InputError "bad-stac-item"."""
    try:
        return _item(document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(
            f"this is no STAC item that can be read: {type(error).__name__} {str(error)[:80]}",
            code="bad-stac-item",
            hint="an item has id, properties.datetime and assets with relative links",
        ) from None


def _item(document: Mapping[str, Any]) -> StacItem:
    properties = document["properties"]
    instant = properties.get("datetime")
    start = str(instant or properties["start_datetime"])
    end = str(instant or properties["end_datetime"])
    return StacItem(
        id=str(document["id"])[:200],
        start=start,
        end=end,
        assets=_assets(document["assets"]),
        gsd_m=_number(properties.get("gsd")),
        off_nadir_deg=_number(properties.get("view:off_nadir")),
        sun_azimuth_deg=_number(properties.get("view:sun_azimuth")),
        sun_elevation_deg=_number(properties.get("view:sun_elevation")),
        platform=str(properties.get("platform") or properties.get("constellation") or "")[:60],
        level=str(properties.get("processing:level", ""))[:20],
        licence=str(properties.get("license", ""))[:60],
    )


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


def _assets(assets: Mapping[str, Any]) -> tuple[StacAsset, ...]:
    """The rasters of numbers that lie beside the item; overviews and thumbnails are left out."""
    found = []
    for key, asset in sorted(assets.items()):
        kind = str(asset.get("type", "")).partition(";")[0].strip()
        roles = asset.get("roles") or ["data"]
        if kind not in _TIFF or not {"data", "reflectance", "cloud"} & set(roles):
            continue
        bands = asset.get("eo:bands") or asset.get("bands") or [{}]
        names = tuple(
            str(band.get("common_name") or band.get("eo:common_name") or band.get("name") or key)
            for band in bands
        )
        raster = (asset.get("raster:bands") or [{}])[0]
        found.append(
            StacAsset(
                _relative(str(asset["href"])),
                names,
                float(raster.get("scale", 1.0)),
                float(raster.get("offset", 0.0)),
            )
        )
    if not 1 <= len(found) <= _MOST_ASSETS:
        raise ValueError(f"it names {len(found)} rasters, 1 to {_MOST_ASSETS} are read")
    return tuple(found)


def _relative(href: str) -> str:
    """A link that stays in the item's folder; nothing is fetched."""
    path = PurePosixPath(href)
    if "://" in href or href.startswith("/vsi") or path.is_absolute() or ".." in path.parts:
        raise ValueError(f"the link {href[:60]} leaves the item's folder")
    return str(path)
