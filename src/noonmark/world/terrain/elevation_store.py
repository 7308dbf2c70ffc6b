"""The user's own folder of elevation tiles: added whole or not at all, checked when read.

A tile is a folder of its own: ``heights.npy`` (float32, north at the top), ``filled.npy`` (which
cells stood empty) and ``tile.json``, written last.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from dataclasses import replace as changed
from pathlib import Path
from typing import Any, Final

import numpy as np

from noonmark.arrays import Bools
from noonmark.errors import EvidenceError, InputError, naming
from noonmark.sandbox import process
from noonmark.world.terrain.summits import MappedSummit, TileGrid, raise_summits
from noonmark.world.terrain.voids import Heights, filled
from noonmark.world.whole_folders import put, scratch, settle, take_away, user_folder

FORMAT: Final = "noonmark-elevation-1"
_MANIFEST = "tile.json"
_PART = ".part"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LIMITS = process.WorkerLimits(
    cpu_s=120, wall_s=180.0, memory_bytes=4 << 30, output_bytes=600 << 20, pixels=120_000_000
)


@dataclass(frozen=True)
class ElevationTile:
    """One tile: where it lies, what it was made from.

    ``north_deg`` and ``west_deg`` are the middle of its first cell. ``voids`` is the share of cells
    without a height in the file, ``still_void`` what is left after filling.
    """

    name: str
    source: str
    sha256: str
    heights_sha256: str
    form: str
    north_deg: float
    west_deg: float
    lat_step_deg: float
    lon_step_deg: float
    rows: int
    columns: int
    voids: float
    still_void: float
    lowest_m: float
    highest_m: float
    format: str = FORMAT
    summits: dict[str, Any] | None = None

    @property
    def south_deg(self) -> float:
        """The middle of its southernmost cells."""
        return self.north_deg - (self.rows - 1) * self.lat_step_deg

    @property
    def east_deg(self) -> float:
        """The middle of its easternmost cells."""
        return self.west_deg + (self.columns - 1) * self.lon_step_deg


def default_store() -> Path:
    """The user's own folder of tiles."""
    return user_folder("elevation")


def add(path: Path, store: Path, *, replace: bool = False) -> ElevationTile:
    """Read one file in the locked process, fill its voids, and keep it.

    Raises InputError where the file is no elevation, or a tile of its name is there already.
    """
    try:
        source = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", code="file-unreadable", hint="name a file you may read"
        ) from None
    name = _UNSAFE.sub("-", path.name.split(".")[0])[:60] or "tile"
    here = store / name
    if here.exists() and not replace:
        raise InputError(
            f"{path}: a tile called {name!r} is there already",
            code="elevation-exists",
            hint="--force replaces it",
        )
    with naming(path):
        found = process.run("elevation", payload={"name": path.name}, files=[path], limits=_LIMITS)
        tile, heights, gaps = _tile(found.value, name, path.name, source)
    return _keep(tile, heights, gaps, store)


def _keep(tile: ElevationTile, heights: Heights, gaps: Bools, store: Path) -> ElevationTile:
    """Write a tile aside and give it its name; an older one of that name goes."""
    with scratch(store, _PART) as part:
        made = part / "tile"
        made.mkdir()
        np.save(made / "heights.npy", heights, allow_pickle=False)
        np.save(made / "filled.npy", gaps, allow_pickle=False)
        digest = hashlib.sha256((made / "heights.npy").read_bytes()).hexdigest()
        tile = changed(tile, heights_sha256=digest)
        (made / _MANIFEST).write_bytes(json.dumps(asdict(tile), indent=1).encode())
        put(made, store / tile.name, part)
    return tile


def burn_in(
    tile: ElevationTile, store: Path, summits: Sequence[MappedSummit], source: dict[str, str]
) -> ElevationTile:
    """Raise the summits of a map that a tile cuts off, and keep the tile so.

    ``source`` names the map. A tile that changes nothing is left as it was. What was burnt in
    before stays; `elevation add --force` gives the file's own heights again.
    """
    heights, gaps = load(tile, store)
    grid = _grid_of(tile)
    found, voids, done = raise_summits(heights, gaps, grid, summits)
    if not done.raised:
        return tile
    before = (tile.summits or {}).get("raised", {})
    told = {**source, "raised": before | dict(done.raised), "doubted": list(done.doubted)}
    tile = changed(tile, highest_m=float(np.nanmax(found)), summits=told)
    return _keep(tile, found, voids, store)


def _tile(
    value: dict[str, Any], name: str, source: str, sha256: str
) -> tuple[ElevationTile, Heights, Bools]:
    """The tile of what the worker answered, its heights, and which cells were filled."""
    raw = np.array(value["heights_m"], dtype=np.float32)
    north, step = float(value["north_deg"]), float(value["lat_step_deg"])
    heights, gaps = filled(
        raw,
        lat_step_deg=step,
        lon_step_deg=float(value["lon_step_deg"]),
        lat_deg=north - 0.5 * step * raw.shape[0],
    )
    if not np.isfinite(heights).any():
        raise InputError(
            "no cell of it holds a height", code="bad-elevation", hint="add another file"
        )
    tile = ElevationTile(
        name=name,
        source=source,
        sha256=sha256,
        heights_sha256="",
        form=str(value["form"]),
        north_deg=north,
        west_deg=float(value["west_deg"]),
        lat_step_deg=step,
        lon_step_deg=float(value["lon_step_deg"]),
        rows=raw.shape[0],
        columns=raw.shape[1],
        voids=float(np.isnan(raw).mean()),
        still_void=float(np.isnan(heights).mean()),
        lowest_m=float(np.nanmin(heights)),
        highest_m=float(np.nanmax(heights)),
    )
    if tile.north_deg > 90.0 + step or tile.south_deg < -90.0 - step:
        raise InputError(
            f"it says that it lies from {tile.south_deg:.3f} to {tile.north_deg:.3f} degrees north",
            code="bad-elevation",
            hint="gdalinfo shows where a file says that it lies; add another file",
        )
    return tile, heights, gaps


def tiles(store: Path) -> list[ElevationTile]:
    """The tiles of a folder, by name."""
    if not store.is_dir():
        return []
    settle(store, _PART)
    folders = sorted(p for p in store.iterdir() if not p.name.startswith("."))
    return [_manifest(p) for p in folders if (p / _MANIFEST).is_file()]


def remove(name: str, store: Path) -> ElevationTile:
    """Take one tile away."""
    for tile in tiles(store):
        if tile.name == name:
            take_away(store / name, _PART)
            return tile
    raise InputError(
        f"no elevation tile is called {name!r}",
        code="elevation-unknown",
        hint="noonmark elevation list",
    )


def lies_on(tile: ElevationTile, lat_deg: float, lon_deg: float) -> bool:
    """Whether a place lies on a tile, within half a cell of its edge."""
    row, column = _grid_of(tile).cell_of(lat_deg, lon_deg)
    return -0.5 <= row < tile.rows - 0.5 and -0.5 <= column < tile.columns - 0.5


def _grid_of(tile: ElevationTile) -> TileGrid:
    return TileGrid(tile.north_deg, tile.west_deg, tile.lat_step_deg, tile.lon_step_deg)


def load(tile: ElevationTile, store: Path) -> tuple[Heights, Bools]:
    """The heights [m] of a tile and which of them were filled, checked against the digest."""
    data = (store / tile.name / "heights.npy").read_bytes()
    if hashlib.sha256(data).hexdigest() != tile.heights_sha256:
        raise EvidenceError(
            f"the elevation tile {tile.name!r} has changed since it was added",
            code="elevation-altered",
            hint=f"noonmark elevation add {tile.source} --force",
        )
    heights = np.load(store / tile.name / "heights.npy", mmap_mode="r", allow_pickle=False)
    gaps = np.load(store / tile.name / "filled.npy", mmap_mode="r", allow_pickle=False)
    return heights, gaps


def _manifest(folder: Path) -> ElevationTile:
    try:
        found = json.loads((folder / _MANIFEST).read_text("utf-8"))
        if found.get("format") != FORMAT:
            raise ValueError(f"its form is {found.get('format')!r}")
        return ElevationTile(**found)
    except (ValueError, TypeError, OSError) as error:
        raise EvidenceError(
            f"the elevation tile {folder.name!r} can't be read: {error}",
            code="elevation-altered",
            hint=f"delete its folder in {folder.parent.name} and add the file again",
        ) from None
