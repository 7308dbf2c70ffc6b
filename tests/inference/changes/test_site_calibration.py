"""Injected events, and the calibration of a site from its own ring."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.errors import InputError
from noonmark.inference.changes import injection, library, ring, site_calibration
from noonmark.inference.changes.model import SeriesSet


def made_ring(boxes: int = 40, n: int = 45, *, seed: int = 5) -> SeriesSet:
    """Green ground with a year, haze that all boxes share, and clouds."""
    rng = np.random.default_rng(seed)
    t = np.sort(rng.uniform(0, 1400, n))
    season = 1 + 0.3 * np.cos(2 * np.pi * t / 365.2425)[None, :, None]
    ground = np.array([0.03, 0.05, 0.04, 0.28]) * rng.uniform(0.9, 1.1, (boxes, 1, 1))
    haze = 0.01 * rng.standard_normal((1, n, 1))
    values = ground * season + haze + 0.004 * rng.standard_normal((boxes, n, 4))
    return SeriesSet(t, values, rng.random((boxes, n)) > 0.2)


BANDS = library.spectral_library(("blue", "green", "red", "nir"))


def test_what_the_whole_scene_did_is_taken_out():
    series = made_ring()
    statistics = ring.ring_statistics(series)
    before = np.nanstd(ring.fit_harmonics(series).residuals)
    cleaned = ring.without_anomaly(series, statistics)
    after = np.nanstd(ring.fit_harmonics(cleaned).residuals)
    assert after < 0.7 * before
    assert statistics.weights.max() <= 1.0


def test_injected_events_are_of_every_kind_and_their_truth_is_a_seen_gap():
    series = made_ring()
    made = injection.inject(series, BANDS, np.random.default_rng(2), each=20)
    assert np.bincount(made.stage).tolist() == [20, 20, 20]
    assert int((made.works_days > 0).sum()) == 30
    truth = injection.true_gaps(made, 1)
    for row in np.flatnonzero(truth >= 0):
        assert made.series.seen[row, truth[row]]
        shown = series.t_days[made.series.seen[row]]
        day = made.visible_day[row, 0]
        assert series.t_days[truth[row]] == shown[shown >= day].min()
    second = injection.true_gaps(made, 2)
    assert (second[made.stage != 1] == -1).all()


def test_before_the_event_the_ring_box_is_untouched():
    series = made_ring()
    made = injection.inject(series, BANDS, np.random.default_rng(2), each=20)
    for row in np.flatnonzero(made.stage != 2):
        start = made.visible_day[row, 0] - made.works_days[row] / 2
        before = series.t_days < start
        np.testing.assert_allclose(
            made.series.values[row, before], series.values[made.box[row], before], atol=1e-12
        )


def test_the_same_seed_gives_the_same_events():
    one, two = (
        injection.inject(made_ring(), BANDS, np.random.default_rng(9), each=8) for _ in range(2)
    )
    np.testing.assert_array_equal(one.series.values, two.series.values)


def test_bands_without_spectra_are_refused():
    with pytest.raises(InputError) as error:
        library.spectral_library(("pan",))
    assert error.value.code == "changes-bands"


def test_masked_median_is_that_of_what_was_seen():
    rng = np.random.default_rng(1)
    values = np.where(rng.random((7, 9)) < 0.3, np.nan, rng.random((7, 9)))
    np.testing.assert_allclose(ring.masked_median(values, axis=1), np.nanmedian(values, axis=1))


@pytest.mark.slow
def test_a_calibrated_site_finds_and_holds_its_injected_events():
    done = site_calibration.calibrate_site(made_ring(), BANDS, np.random.default_rng(1), each=60)
    first = [kind for kind in done.kinds if kind.order == 1]
    assert len(first) == 6
    assert sum(kind.injected for kind in first) >= 170
    found, held = (sum(getattr(kind, name) for kind in first) for name in ("found", "held"))
    assert found >= 0.9 * sum(kind.injected for kind in first)
    assert 0.85 * found <= held <= found
    assert done.false_alarms <= 0.15 * done.boxes
