"""Several map files added together, and of Parquet files only what one question may need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions.place_search import expected_thing, search_of
from noonmark.actions.world_maps import told_map, world_folder
from noonmark.errors import InputError
from noonmark.questions.place_question import read_place_question

if TYPE_CHECKING:
    from noonmark.world.landmarks.map_store import StoredMap
    from noonmark.world.landmarks.planet_sql import RowSelection

MOST_JOBS = 64


def add_maps(
    paths: Sequence[Path],
    *,
    store: Path | None = None,
    name: str | None = None,
    force: bool = False,
    question: Path | None = None,
    jobs: int = 1,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Any]:
    """Index map files, ``jobs`` of them at a time, each in a locked process of its own.

    Parquet files of OpenStreetMap objects become one map, for a road may lie in several, and so do
    those of bare nodes, ways and relations; every other file becomes a map. Of a folder all Parquet
    files in it are taken. ``question``: of Parquet files only the objects that it may need. A file
    that fails leaves other maps as they are; its error is raised when all are done.
    """
    from noonmark.world.landmarks.map_store import add_together
    from noonmark.world.landmarks.side_by_side import side_by_side

    units = _units(paths)
    if name is not None and len(units) > 1:
        raise InputError(
            "--name names one map", code="usage", hint="give one FILE, or leave it out"
        )
    if not 1 <= jobs <= MOST_JOBS:
        raise InputError(
            f"--jobs: expected 1 to {MOST_JOBS}, got {jobs}", code="usage", hint="leave it out"
        )
    selection = _selection(question)
    folder = world_folder(store)
    shares = dict.fromkeys(range(len(units)), 0.0)

    def one(number: int) -> StoredMap:
        def told(share: float) -> None:
            shares[number] = share
            if progress is not None:
                progress(sum(shares.values()) / len(shares))

        unit = units[number]
        made = add_together(
            unit.files,
            folder,
            name=unit.name if name is None else name,
            replace=force,
            selection=selection,
            jobs=jobs,
            progress=told,
        )
        told(1.0)
        return made

    # where many files make one map, those are read side by side
    is_one_map = any(len(unit.files) > 1 for unit in units)
    made = side_by_side(one, len(units), 1 if is_one_map else jobs)
    told_maps = [told_map(each) for each in made]
    if len(made) == 1:
        return {"ok": True, "map": told_maps[0]}
    return {"ok": True, "maps": told_maps}


@dataclass(frozen=True)
class _MapFiles:
    """The files that make one map, and its name where none is given; without one the first's."""

    files: list[Path]
    name: str | None = None


def _units(paths: Sequence[Path]) -> list[_MapFiles]:
    """Group the files by map: Parquet files of OpenStreetMap objects make one, others one each."""
    from noonmark.world.landmarks.raw_columns import ELEMENTS, OBJECTS, rows_of

    folders = {path: sorted(path.rglob("*.parquet")) for path in paths if path.is_dir()}
    for path, found in folders.items():
        if not found:
            raise InputError(
                f"{path} is a folder without .parquet files",
                code="usage",
                hint="name the map file itself",
            )
    files = [file for path in paths for file in folders.get(path, [path])]
    rows = {file: rows_of(file) for file in files}
    name = paths[0].resolve().name if paths[0] in folders else None
    units: list[_MapFiles] = []
    for kind in (OBJECTS, ELEMENTS):
        together = [file for file in files if rows[file] == kind]
        if together:
            units.append(_MapFiles(together, None if units else name))
    return units + [_MapFiles([file]) for file in files if not rows[file]]


def _selection(question: Path | None) -> RowSelection:
    from noonmark.world.landmarks.planet_sql import EVERYTHING, selection_of

    if question is None:
        return EVERYTHING
    return selection_of(search_of(read_place_question(question, expected=expected_thing)))
