"""An OpenStreetMap file read by the locked process into columns, and the columns checked."""

from __future__ import annotations

import json
import mmap
import os
import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from noonmark.errors import InputError, OutsideError, naming
from noonmark.sandbox import process
from noonmark.world.landmarks.planet_sql import EVERYTHING, RowSelection
from noonmark.world.landmarks.vocabulary import tag_word

MOST_FEATURES: Final = 60_000_000
MOST_VERTICES: Final = 600_000_000
_MOST = {"most_features": MOST_FEATURES, "most_vertices": MOST_VERTICES}
PARQUET: Final = "parquet"
OBJECTS: Final = "objects"
ELEMENTS: Final = "elements"
_MOST_FILES = 200
"""Bare elements are read from so many files at once."""
_PROCESSOR_SHARE = "/sys/fs/cgroup"
"""DuckDB asks there how many processors it has, and gives up where it may not."""
_MOST_WORDS = 20_000_000
_LIMITS = process.WorkerLimits(
    cpu_s=3600,
    wall_s=7200.0,
    memory_bytes=8 << 30,
    file_bytes=8 << 30,
    output_bytes=1 << 20,
)
_COLUMNS = {
    "id": "i8",
    "kind": "i1",
    "time": "u4",
    "parts": "u4",
    "ends": "u4",
    "x": "i4",
    "y": "i4",
    "tags": "u4",
    "token": "u4",
}
_ELEMENTS = np.array([0, 1, 1, 2])
"""Node, way or relation, by the kind of a row."""
_HEAD_BYTES = 4096
_TAIL_BYTES = 8
_MOST_FOOTER = 1 << 26
_NO_MAP = re.compile(r"\.(osc|osh)(\.(gz|bz2|pbf))?$")
"""Endings of files of changes, and of files of the whole history."""
_WHOLE_LAT, _WHOLE_LON = 900_000_000, 1_800_000_000


@dataclass(frozen=True)
class RawMap:
    """The columns of one file, one row a feature, and what its header says.

    ``column`` holds id, kind (0 node, 1 line, 2 and 3 areas), time (POSIX seconds), parts, tags a
    feature, ends (vertices a part), x and y (1e-7 degrees), token. ``words`` are the tags by token,
    key NUL value in UTF-8; a tag may stand there several times. ``held``: the files of the columns.
    """

    column: dict[str, NDArray[Any]]
    words: list[bytes]
    header_box: tuple[float, ...]
    clipped_ways: int
    broken_areas: int
    cpu_s: float
    peak_bytes: int
    cells: NDArray[Any] | None = None
    layout: str = "osm"
    held: tuple[mmap.mmap, ...] = ()

    def let_go(self) -> None:
        """Give back the memory that holds what was read of the files; it can be read again."""
        if hasattr(mmap, "MADV_DONTNEED"):
            for file in self.held:
                file.madvise(mmap.MADV_DONTNEED)


def form_of(path: Path) -> str:
    """The format as libosmium names it, by the first bytes of a file.

    Raises InputError: ``world-map-damaged``, or ``world-map-history`` for a file of changes.
    """
    try:
        with open(path, "rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError as error:
        raise InputError(
            f"{path}: {error.strerror}", code="file-unreadable", hint="name a file you may read"
        ) from None
    ending = _NO_MAP.search(path.name)
    if b"<osmChange" in head or ending:
        what = "every version of each object" if ending and ending[1] == "osh" else "changes"
        raise InputError(
            f"{path.name} holds {what}, not a map",
            code="world-map-history",
            hint="fetch the extract of a region: .osm.pbf, .osm.gz, .osm.bz2 or .osm",
        )
    if head[4:15].startswith(b"\x0a\x09OSMHeader"):
        return "pbf"
    marks = ((b"\x1f\x8b", "osm.gz"), (b"BZh", "osm.bz2"), (b"\xff\xe0\x04o5m2", "o5m"))
    for mark, form in marks:
        if head.startswith(mark):
            return form
    if head.startswith(b"PAR1"):
        return PARQUET
    if b"<osm" in head:
        return "osm"
    raise InputError(
        f"{path.name} is no OpenStreetMap file: its first bytes are of none of the known forms",
        code="world-map-damaged",
        hint="the forms are .osm.pbf, .osm.gz, .osm.bz2, .osm, .o5m and .parquet",
    )


def read_raw(
    path: Path,
    scratch: Path,
    selection: RowSelection = EVERYTHING,
) -> RawMap:
    """Parse a map file in the locked process; its columns go to files in ``scratch``.

    selection: which objects of a Parquet file to read. Raises InputError ``world-map-selection``
    for one of another kind of file, and those of the tasks.
    """
    form = form_of(path)
    if form != PARQUET and selection != EVERYTHING:
        raise InputError(
            f"{path.name} is read as a whole: only of a Parquet file can a part be read",
            code="world-map-selection",
            hint="leave out --for",
        )
    names = [*_COLUMNS, "words"]
    with naming(path):
        if form == PARQUET:
            outputs = [scratch / f"raw-{name}" for name in (*names, "cells")]
            answer = _read_parquet(path, outputs, selection)
        else:
            answer = process.run(
                "osm_read",
                payload={"format": form, **_MOST},
                files=[path],
                outputs=[scratch / f"raw-{name}" for name in names],
                limits=_LIMITS,
            )
    return _raw_of(answer, scratch, is_parquet=form == PARQUET)


def read_elements(
    paths: Sequence[Path],
    scratch: Path,
    selection: RowSelection = EVERYTHING,
) -> RawMap:
    """Parse Parquet files of bare elements together in the locked process, as :func:`read_raw`.

    Raises InputError ``world-map-selection`` where a part is asked for, ``usage`` for too many
    files, and those of the task.
    """
    if selection != EVERYTHING:
        raise InputError(
            f"{paths[0].name} holds bare nodes, ways and relations, which are read as a whole",
            code="world-map-selection",
            hint="leave out --for; of ohsome-planet's files a part can be read",
        )
    if len(paths) > _MOST_FILES:
        raise InputError(
            f"{len(paths)} files of bare nodes, ways and relations are too many",
            code="usage",
            hint=f"at most {_MOST_FILES} make a map",
        )
    with naming(paths[0]):
        answer = process.run(
            "elements_read",
            payload={"files": len(paths), "memory_mb": _LIMITS.memory_bytes >> 21, **_MOST},
            files=paths,
            outputs=[scratch / f"raw-{name}" for name in (*_COLUMNS, "words")],
            readable=[*(str(path.resolve()) for path in paths), _PROCESSOR_SHARE],
            limits=_LIMITS,
        )
    return _raw_of(answer, scratch, is_parquet=False)


def check_counts(
    raws: Sequence[RawMap],
    path: Path,
    selection: RowSelection,
) -> None:
    """Count what the files of one map hold; ``path`` is the first of them.

    Raises InputError ``world-map-empty`` for nothing and ``world-map-too-large``.
    """
    count = sum(len(raw.column["id"]) for raw in raws)
    if not count:
        raise InputError(
            f"{path.name} holds nothing {'that is asked for, ' if selection.where else ''}with a"
            " tag and a place",
            code="world-map-empty",
            hint="is it an extract with its nodes? osmium fileinfo -e says what is in it",
        )
    if count > MOST_FEATURES:
        raise InputError(
            f"{path.name} and the others hold more than {MOST_FEATURES} objects",
            code="world-map-too-large",
            hint="--for QUESTION keeps only what a question may need",
        )


def kinds_once(raws: Sequence[RawMap]) -> list[NDArray[np.int8]]:
    """The kinds of the rows of each map; -1 for an object that another row holds with a newer edit,
    or that an earlier row holds with the same one.
    """
    kinds = [raw.column["kind"] for raw in raws]
    if len(raws) == 1:
        return kinds
    kind, number, time = (
        np.concatenate([raw.column[name] for raw in raws]) for name in ("kind", "id", "time")
    )
    which = number * 4 + _ELEMENTS[kind]
    order = np.lexsort((-time.astype(np.int64), which))
    is_again = which[order[1:]] == which[order[:-1]]
    kind[order[1:][is_again]] = -1
    return np.split(kind, np.cumsum([len(each) for each in kinds])[:-1])


def rows_of(path: Path) -> str:
    """Tell the rows of a Parquet file, of which many make a planet: OBJECTS that have their shapes,
    or bare ELEMENTS; "" for any other file.

    Its last bytes name its columns.
    """
    try:
        with open(path, "rb") as stream:
            stream.seek(-_TAIL_BYTES, os.SEEK_END)
            size, mark = struct.unpack("<I4s", stream.read(_TAIL_BYTES))
            if mark != b"PAR1" or size > _MOST_FOOTER:
                return ""
            stream.seek(-_TAIL_BYTES - size, os.SEEK_END)
            names = stream.read(size)
    except OSError:
        return ""
    if b"osm_id" in names:
        return OBJECTS
    return ELEMENTS if b"nds" in names and b"members" in names else ""


def _raw_of(
    answer: process.WorkerAnswer,
    scratch: Path,
    *,
    is_parquet: bool,
) -> RawMap:
    """The columns that a worker wrote, checked."""
    files = {name: _mapped(scratch / f"raw-{name}") for name in _COLUMNS}
    words = list(_words(scratch / "raw-words"))
    raw = RawMap(
        column={name: _column(files[name], form) for name, form in _COLUMNS.items()},
        words=words,
        header_box=tuple(float(v) for v in answer.value.get("box", ())),
        clipped_ways=int(answer.value.get("clipped", 0)),
        broken_areas=int(answer.value.get("broken", 0)),
        cpu_s=answer.cpu_s,
        peak_bytes=answer.peak_bytes,
        cells=_cells(scratch / "raw-cells") if is_parquet else None,
        layout=str(answer.value.get("layout", "osm")),
        held=tuple(file for file in files.values() if file is not None),
    )
    _check(raw)
    return raw


def _read_parquet(
    path: Path,
    outputs: list[Path],
    selection: RowSelection,
) -> process.WorkerAnswer:
    asked = {"where": selection.where, "values": list(selection.values)}
    return process.run(
        "parquet_read",
        payload={**asked, "memory_mb": _LIMITS.memory_bytes >> 21, **_MOST},
        files=[path],
        outputs=outputs,
        readable=[str(path.resolve()), _PROCESSOR_SHARE],
        limits=_LIMITS,
    )


def _cells(path: Path) -> NDArray[Any]:
    """The cells as rows of a number and a count. Raises OutsideError."""
    cells = _column(_mapped(path), "i8")
    if len(cells) % 2:
        raise _garbled("its cells")
    pairs = cells.reshape(-1, 2)
    if len(pairs) and (pairs.min() < 0 or int(pairs[:, 1].sum()) > MOST_FEATURES * 100):
        raise _garbled("its cells")
    return pairs


def _mapped(path: Path) -> mmap.mmap | None:
    """A file in memory; nothing where it is empty."""
    if path.stat().st_size == 0:
        return None
    with open(path, "rb") as stream:
        return mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)


def _column(
    file: mmap.mmap | None,
    form: str,
) -> NDArray[Any]:
    """The numbers of a file. Raises OutsideError."""
    if file is None:
        return np.empty(0, form)
    if len(file) % np.dtype(form).itemsize:
        raise _garbled("the length of a column")
    return np.frombuffer(file, form)


def _words(path: Path) -> Iterator[bytes]:
    with open(path, encoding="utf-8") as stream:
        for number, line in enumerate(stream):
            key, value = json.loads(line)
            if number >= _MOST_WORDS or not isinstance(key, str) or not isinstance(value, str):
                raise _garbled("its words")
            yield tag_word(key, value)


def _check(raw: RawMap) -> None:
    """What a worker that was taken over could have written must not lead outside an array."""
    column = raw.column
    count = len(column["id"])
    if any(len(column[name]) != count for name in ("kind", "time", "parts", "tags")):
        raise _garbled("the number of its features")
    if int(column["parts"].sum(dtype="u8")) != len(column["ends"]):
        raise _garbled("the number of its parts")
    vertices = int(column["ends"].sum(dtype="u8"))
    if vertices != len(column["x"]) or vertices != len(column["y"]):
        raise _garbled("the number of its vertices")
    if int(column["tags"].sum(dtype="u8")) != len(column["token"]):
        raise _garbled("the number of its tags")
    if count:
        _check_ranges(raw)
    raw.let_go()


def _check_ranges(raw: RawMap) -> None:
    """No number may lead outside what it counts."""
    column = raw.column
    vertices = len(column["x"])
    ranges = (
        ("kind", 0, 3),
        ("parts", 1, len(column["ends"])),
        ("ends", 1, vertices),
        ("x", -_WHOLE_LON, _WHOLE_LON),
        ("y", -_WHOLE_LAT, _WHOLE_LAT),
    )
    for name, low, high in ranges:
        if int(column[name].min()) < low or int(column[name].max()) > high:
            raise _garbled("a number outside its range")
        raw.let_go()
    if len(column["token"]) and int(column["token"].max()) >= len(raw.words):
        raise _garbled("a number outside its range")
    raw.let_go()


def _garbled(what: str) -> OutsideError:
    return OutsideError(
        f"the reader's answer is not of the agreed form: {what}", code="worker-output"
    )
