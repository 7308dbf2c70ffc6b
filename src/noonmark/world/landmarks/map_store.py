"""The user's folder of maps: added whole or not at all, listed, taken away."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from noonmark.errors import EvidenceError, InputError
from noonmark.world.landmarks.map_build import build_index
from noonmark.world.landmarks.planet_sql import EVERYTHING, RowSelection
from noonmark.world.landmarks.raw_columns import RawMap, read_raw
from noonmark.world.whole_folders import put, scratch, settle, take_away, user_folder

ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"
FORMAT: Final = "noonmark-landmarks-4"
_MANIFEST = "manifest.json"
_NAME = re.compile(r"^[\w][\w.-]{0,79}$")
_ENDINGS = re.compile(r"(\.osm)?\.(pbf|gz|bz2|osm|o5m|parquet)$|\.osm$")
_PIECE = 1 << 20
_ADDING = ".adding"
_OBJECTS_A_BYTE = 0.016


@dataclass(frozen=True)
class StoredMap:
    """One map of the folder.

    ``box`` is south, west, north, east [deg]. ``newest_edit_s`` is POSIX seconds, 0 where the file
    says no times. ``only``: of which objects of the file the map was made, "" for all of them.
    """

    name: str
    source: str
    source_bytes: int
    sha256: str
    newest_edit_s: int
    box: tuple[float, ...]
    box_from: str
    tiles: tuple[str, ...]
    features: int
    junctions: int
    roads: int
    vertices: int
    words: int
    clipped_ways: int
    broken_areas: int
    index_bytes: int
    read_cpu_s: float
    read_peak_bytes: int
    only: str = ""
    attribution: str = ATTRIBUTION
    format: str = FORMAT


def default_store() -> Path:
    """The user's own folder of maps."""
    return user_folder("world")


def stored_maps(store: Path) -> list[StoredMap]:
    """The maps of a folder, by name."""
    if not store.is_dir():
        return []
    settle(store, _ADDING)
    folders = sorted(p for p in store.iterdir() if not p.name.startswith("."))
    return [stored_map(p) for p in folders if (p / _MANIFEST).is_file()]


def stored_map(folder: Path) -> StoredMap:
    """The manifest of one map. Raises EvidenceError ``world-map-index`` where it is damaged."""
    try:
        found: dict[str, Any] = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if found.get("format") != FORMAT:
            raise ValueError(f"its form is {found.get('format')!r}, {FORMAT!r} is read")
        lists = {key: tuple(found[key]) for key in ("box", "tiles")}
        return StoredMap(**{**found, **lists})
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise EvidenceError(
            f"the map {folder.name!r} can't be used: {error}",
            code="world-map-index",
            hint=f"noonmark world remove {folder.name}, and add its file again",
        ) from None


def map_name(path: Path) -> str:
    """The name that a file's map gets: that of the file without its endings."""
    return _ENDINGS.sub("", path.name) or path.name


def add_map(
    path: Path,
    store: Path,
    *,
    name: str | None = None,
    replace: bool = False,
    selection: RowSelection = EVERYTHING,
    progress: Callable[[float], None] | None = None,
) -> StoredMap:
    """Index a map file; the folder gets its name last, when it is whole.

    selection: the objects of a Parquet file that are wanted. progress: is told the share done, by
    the objects that a file of this size usually holds. Raises
    InputError ``world-map-there``, ``world-map-name``, and those of raw_columns.read_raw.
    """
    digest, size = _digest(path)
    chosen = map_name(path) if name is None else name
    if not _NAME.match(chosen):
        raise InputError(
            f"{chosen!r} can't be the name of a map",
            code="world-map-name",
            hint="--name: letters, digits, points, dashes, at most 80",
        )
    _refuse_known(chosen, digest, store, replace=replace)
    with scratch(store, _ADDING) as part:
        index = part / "index"
        index.mkdir()
        with _watched(part, size, progress):
            raw = read_raw(path, part, selection)
        built = build_index([raw], index)
        index_bytes = _folder_bytes(index)
        made = StoredMap(
            name=chosen,
            source=path.name,
            source_bytes=size,
            sha256=digest,
            newest_edit_s=built.newest_s,
            box=built.box,
            box_from=built.box_from,
            tiles=built.tiles,
            features=built.features,
            junctions=built.junctions,
            roads=built.roads,
            vertices=built.vertices,
            words=built.words,
            clipped_ways=raw.clipped_ways,
            broken_areas=raw.broken_areas,
            index_bytes=index_bytes,
            read_cpu_s=round(raw.cpu_s, 3),
            read_peak_bytes=raw.peak_bytes,
            only=selection.text,
            attribution=_attribution(raw),
        )
        text = json.dumps(asdict(made), indent=1, ensure_ascii=False)
        (index / _MANIFEST).write_text(text + "\n", encoding="utf-8")
        put(index, store / chosen, part)
    return made


def _attribution(raw: RawMap) -> str:
    if raw.layout == "overture":
        return f"Overture Maps Foundation, and {ATTRIBUTION}"
    return ATTRIBUTION


def remove_map(
    name: str,
    store: Path,
) -> StoredMap:
    """Delete the map of that name; what it was."""
    known = {m.name: m for m in stored_maps(store)}
    if name not in known:
        raise InputError(
            f"there is no map {name!r}",
            code="world-map-unknown",
            hint=f"the maps are: {', '.join(known) or 'none yet; noonmark world add FILE'}",
        )
    take_away(store / name, _ADDING)
    return known[name]


def _refuse_known(
    name: str,
    digest: str,
    store: Path,
    *,
    replace: bool,
) -> None:
    for known in stored_maps(store):
        if known.sha256 == digest:
            raise InputError(
                f"this file is already there, as the map {known.name!r}",
                code="world-map-there",
                hint=f"ask it: noonmark place QUESTION; or noonmark world remove {known.name}",
            )
        if known.name == name and not replace:
            raise InputError(
                f"there is another map {name!r}, of {known.source} ({known.sha256[:12]}...)",
                code="world-map-there",
                hint="--force replaces it when the new one is whole; --name NAME keeps both",
            )


@contextlib.contextmanager
def _watched(
    part: Path,
    source_bytes: int,
    progress: Callable[[float], None] | None,
) -> Iterator[None]:
    """Tell once a second how far the locked process has come, by the column that it writes."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(1.0):
            try:
                objects = (part / "raw-id").stat().st_size / 8
            except OSError:
                continue
            if progress is not None:
                progress(min(0.9, objects / max(source_bytes * _OBJECTS_A_BYTE, 1.0)))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _digest(path: Path) -> tuple[str, int]:
    found, size = hashlib.sha256(), 0
    try:
        with open(path, "rb") as stream:
            while piece := stream.read(_PIECE):
                found.update(piece)
                size += len(piece)
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", code="file-unreadable", hint="name a file you may read"
        ) from None
    return found.hexdigest(), size


def _folder_bytes(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
