"""What compiles for a minute says so."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from noonmark.actions import site_preparing
from noonmark.inference.changes import calibration, model, works


def test_a_word_is_said_while_something_else_runs_and_not_after():
    said, heard = [], threading.Event()

    def progress(share, word):
        said.append((share, word))
        heard.set()

    with site_preparing.ticking(progress, "preparing", every_s=0.001):
        assert heard.wait(30)
    count = len(said)
    assert set(said) == {(0.0, "preparing")}
    with site_preparing.ticking(None, "preparing", every_s=0.001):
        pass
    assert len(said) == count and threading.active_count() >= 1


def test_the_word_ends_where_what_runs_fails():
    with pytest.raises(ValueError, match="broken"):  # noqa: SIM117
        with site_preparing.ticking(lambda *_: None, "preparing", every_s=0.001):
            raise ValueError("broken")
    assert all("say" not in thread.name for thread in threading.enumerate())


@pytest.mark.parametrize("is_cold", [True, False], ids=["cold", "ready"])
def test_three_series_of_the_ring_are_fitted_where_the_loops_are_not_ready(monkeypatch, is_cold):
    fitted = []
    monkeypatch.setattr(works, "awaits_compiling", lambda: is_cold)
    monkeypatch.setattr(calibration, "ring_model", lambda ring, library: ("statistics", "model"))
    monkeypatch.setattr(calibration, "fit", lambda *given: fitted.append(len(given[0].values)))
    ring = model.SeriesSet(np.arange(4.0), np.zeros((9, 4, 2)), np.ones((9, 4), dtype=bool))
    site_preparing.prepare_loops(ring, None, None)
    assert fitted == ([3] if is_cold else [])


def test_numpy_has_nothing_to_compile(monkeypatch):
    monkeypatch.setattr(works, "backend", lambda: "numpy")
    assert not works.awaits_compiling()
