"""The user's folder of maps: added whole or not at all, listed, taken away."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from noonmark.errors import EvidenceError, InputError
from noonmark.world.landmarks.map_build import build_index
from noonmark.world.landmarks.planet_sql import EVERYTHING, RowSelection
from noonmark.world.landmarks.raw_columns import (
    ELEMENTS,
    RawMap,
    check_counts,
    read_elements,
    read_raw,
    rows_of,
)
from noonmark.world.landmarks.side_by_side import side_by_side
from noonmark.world.whole_folders import put, scratch, settle, take_away, user_folder

ATTRIBUTION: Final = "© OpenStreetMap contributors, ODbL 1.0"
FORMAT: Final = "noonmark-landmarks-5"
_MANIFEST = "manifest.json"
_NAME = re.compile(r"^[\w][\w.-]{0,79}$")
_ENDINGS = re.compile(r"(\.osm)?\.(pbf|gz|bz2|osm|o5m|parquet)$|\.osm$")
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
    """Index a map file: ``add_together`` of one."""
    return add_together(
        [path], store, name=name, replace=replace, selection=selection, progress=progress
    )


def add_together(
    paths: Sequence[Path],
    store: Path,
    *,
    name: str | None = None,
    replace: bool = False,
    selection: RowSelection = EVERYTHING,
    jobs: int = 1,
    progress: Callable[[float], None] | None = None,
) -> StoredMap:
    """Index one map file, or several Parquet files as one map; the folder gets its name last, when
    it is whole.

    selection: the objects of Parquet files that are wanted. jobs: so many files are read at a time.
    progress: is told the share done, by the objects that files of this size usually hold. Raises
    InputError ``world-map-there``, ``world-map-name``, and those of raw_columns.read_raw.
    """
    source = _source_of(paths)
    chosen = map_name(paths[0]) if name is None else name
    if not _NAME.match(chosen):
        raise InputError(
            f"{chosen!r} can't be the name of a map",
            code="world-map-name",
            hint="--name: letters, digits, points, dashes, at most 80",
        )
    _refuse_known(chosen, source.sha256, store, replace=replace)
    with scratch(store, _ADDING) as part:
        index = part / "index"
        index.mkdir()
        with _watched(part, source.size, progress):
            raws = _read_all(paths, part, selection, jobs)
        check_counts(raws, paths[0], selection)
        made = _made(chosen, source, raws, index, selection)
        text = json.dumps(asdict(made), indent=1, ensure_ascii=False)
        (index / _MANIFEST).write_text(text + "\n", encoding="utf-8")
        put(index, store / chosen, part)
    return made


def _made(
    name: str,
    source: _Source,
    raws: Sequence[RawMap],
    index: Path,
    selection: RowSelection,
) -> StoredMap:
    """Build the index of what was read; the map as it is told."""
    built = build_index(raws, index)
    return StoredMap(
        name=name,
        source=source.text,
        source_bytes=source.size,
        sha256=source.sha256,
        newest_edit_s=built.newest_s,
        box=built.box,
        box_from=built.box_from,
        tiles=built.tiles,
        features=built.features,
        junctions=built.junctions,
        roads=built.roads,
        vertices=built.vertices,
        words=built.words,
        clipped_ways=sum(raw.clipped_ways for raw in raws),
        broken_areas=sum(raw.broken_areas for raw in raws),
        index_bytes=_folder_bytes(index),
        read_cpu_s=round(sum(raw.cpu_s for raw in raws), 3),
        read_peak_bytes=max(raw.peak_bytes for raw in raws),
        only=selection.text,
        attribution=_attribution(raws[0]),
    )


def _read_all(
    paths: Sequence[Path],
    part: Path,
    selection: RowSelection,
    jobs: int,
) -> list[RawMap]:
    """Read the files, so many at a time, each into a folder of its own; bare elements together."""
    if rows_of(paths[0]) == ELEMENTS:
        folder = part / "raw-0"
        folder.mkdir()
        return [read_elements(paths, folder, selection)]
    folders = [part / f"raw-{number}" for number in range(len(paths))]
    for folder in folders:
        folder.mkdir()
    return side_by_side(lambda k: read_raw(paths[k], folders[k], selection), len(paths), jobs)


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
                objects = sum(f.stat().st_size for f in part.glob("raw-*/raw-id")) / 8
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


@dataclass(frozen=True)
class _Source:
    """What a map was made of. Of several files ``sha256`` is that of their SHA-256s in the order of
    the digits, a line each.
    """

    text: str
    size: int
    sha256: str


def _source_of(paths: Sequence[Path]) -> _Source:
    """Read the files once."""
    digests, size = [], 0
    for path in paths:
        try:
            with open(path, "rb") as stream:
                digests.append(hashlib.file_digest(stream, "sha256").hexdigest())
                size += stream.tell()
        except OSError as error:
            raise InputError(
                f"{path}: {error.strerror}", code="file-unreadable", hint="name a file you may read"
            ) from None
    if len(paths) == 1:
        return _Source(paths[0].name, size, digests[0])
    together = hashlib.sha256("".join(f"{digest}\n" for digest in sorted(digests)).encode())
    text = f"{paths[0].name} and {len(paths) - 1} more"
    return _Source(text, size, together.hexdigest())


def _folder_bytes(folder: Path) -> int:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
