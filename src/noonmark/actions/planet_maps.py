"""Several map files added side by side, and of Parquet files only what one question may need."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
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

    ``question``: of Parquet files only the objects that it may need. A file that fails leaves the
    others as they are; its error is raised when all are done.
    """
    from noonmark.world.landmarks.map_store import add_map

    if name is not None and len(paths) > 1:
        raise InputError(
            "--name names one map", code="usage", hint="give one FILE, or leave it out"
        )
    if not 1 <= jobs <= MOST_JOBS:
        raise InputError(
            f"--jobs: expected 1 to {MOST_JOBS}, got {jobs}", code="usage", hint="leave it out"
        )
    selection = _selection(question)
    folder = world_folder(store)
    shares = dict.fromkeys(range(len(paths)), 0.0)

    def one(number: int) -> StoredMap:
        def told(share: float) -> None:
            shares[number] = share
            if progress is not None:
                progress(sum(shares.values()) / len(shares))

        made = add_map(
            paths[number], folder, name=name, replace=force, selection=selection, progress=told
        )
        told(1.0)
        return made

    made = [told_map(each) for each in _side_by_side(one, len(paths), jobs)]
    return {"ok": True, "map": made[0]} if len(made) == 1 else {"ok": True, "maps": made}


def _side_by_side(
    one: Callable[[int], StoredMap],
    count: int,
    jobs: int,
) -> list[StoredMap]:
    """What ``one`` makes of 0 to ``count`` - 1, by so many threads. Raises the first error.

    The threads wait for locked processes, which do the work.
    """
    made: dict[int, StoredMap] = {}
    errors: dict[int, BaseException] = {}
    numbers = iter(range(count))
    taking = threading.Lock()

    def work() -> None:
        while True:
            with taking:
                number = next(numbers, None)
            if number is None:
                return
            try:
                made[number] = one(number)
            except BaseException as error:
                errors[number] = error
                if isinstance(error, KeyboardInterrupt):
                    return

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(jobs, count) - 1)]
    for thread in threads:
        thread.start()
    work()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[min(errors)]
    return [made[number] for number in range(count)]


def _selection(question: Path | None) -> RowSelection:
    from noonmark.world.landmarks.planet_sql import EVERYTHING, selection_of

    if question is None:
        return EVERYTHING
    return selection_of(search_of(read_place_question(question, expected=expected_thing)))
