"""The loops that judge series are compiled once on a machine: that takes a minute, and is said."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from noonmark.inference.changes.library import SpectralLibrary
    from noonmark.inference.changes.model import SeriesSet

Progress = Callable[[float, str], None]
WORD = "preparing: compiling, once on this machine, about a minute"
_EVERY_S = 2.0


def prepare_loops(ring: SeriesSet, library: SpectralLibrary, progress: Progress | None) -> None:
    """Compile what is not compiled yet, or load it from the cache, on three series of a ring."""
    import numpy as np

    from noonmark.inference.changes import calibration, model, works

    if not works.awaits_compiling():
        return
    with ticking(progress, WORD):
        statistics, segments = calibration.ring_model(ring, library)
        few = model.chosen_series(ring, np.arange(3))
        calibration.fit(few, statistics, segments)


@contextmanager
def ticking(
    progress: Progress | None,
    word: str,
    *,
    every_s: float = _EVERY_S,
) -> Iterator[None]:
    """Say a word again and again from a thread of its own while something runs that can't."""
    if progress is None:
        yield
        return
    is_done = threading.Event()

    def say() -> None:
        while not is_done.wait(every_s):
            try:
                progress(0.0, word)
            except Exception:
                return  # who wants it stopped is heard at the work's own next word

    thread = threading.Thread(target=say, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()
