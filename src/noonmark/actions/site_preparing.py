"""The loops that judge series are compiled once on a machine: that takes a minute, and is said."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[float, str], None]
WORD = "preparing: compiling, once on this machine, about a minute"
NOT_KEPT = "preparing: compiling, a minute in each process; no folder can be written to keep it"
_EVERY_S = 2.0
_MADE_BANDS = ("blue", "green", "red", "nir")
_MADE_SHAPE = (8, 20, len(_MADE_BANDS))  # series, images, bands


def prepare_loops(progress: Progress | None = None) -> None:
    """Compile what is not compiled yet, or load it from the cache, on three made series.

    Processes that start afterwards load it too, where a folder for the cache can be written.
    """
    from noonmark.inference.changes import works

    if not works.awaits_compiling():
        return
    with ticking(progress, WORD if works.is_kept() else NOT_KEPT):
        _fit_made_series()


def prepare_for_processes(progress: Progress | None = None) -> None:
    """Compile before processes start, each of which would else do it for itself.

    Where no folder for the cache can be written they must: that is said.
    """
    from noonmark.inference.changes import works

    if works.is_kept():
        prepare_loops(progress)
    elif works.awaits_compiling() and progress is not None:
        progress(0.0, NOT_KEPT)


def _fit_made_series() -> None:
    """Fit series of noise: only their form matters to what is compiled."""
    import numpy as np

    from noonmark.inference.changes import calibration, library, model

    rng = np.random.default_rng(0)
    values = 0.2 + 0.01 * rng.standard_normal(_MADE_SHAPE)
    seen = np.ones(_MADE_SHAPE[:2], dtype=np.bool_)
    days = np.arange(0, 30 * _MADE_SHAPE[1], 30, dtype=np.float64)
    ring = model.SeriesSet(days, values, seen)
    statistics, segments = calibration.ring_model(ring, library.spectral_library(_MADE_BANDS))
    calibration.fit(model.chosen_series(ring, np.arange(3)), statistics, segments)


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
