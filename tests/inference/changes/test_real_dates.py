"""Events of known date in series of shared data: fire, logging, and a conflict of sensors."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from noonmark.inference.changes.brackets import density_scores
from noonmark.inference.changes.model import (
    ChangePosterior,
    SegmentModel,
    SeriesSet,
    event_gap_p,
    log_bayes_factor,
)
from noonmark.inference.changes.posterior import fit_series
from noonmark.inference.changes.ring import fit_harmonics

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "satellite"
EPOCH = date(1970, 1, 1)
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here"),
]


def fitted(t: np.ndarray, y: np.ndarray, until: date) -> ChangePosterior:
    """Fit a series whose noise is learned from its own dates before ``until``: it has no ring."""
    before = t < (until - EPOCH).days
    early = SeriesSet(t[before], y[None, before], np.ones((1, before.sum()), dtype=bool))
    base = fit_harmonics(early)
    residuals, level = base.residuals[0], base.coefficients[0]
    scale = 1.4826 * np.median(np.abs(residuals), axis=0) + 1e-9
    quiet = residuals[np.abs(residuals / scale).max(axis=1) < 4]
    covariance = np.atleast_2d(np.cov(quiet.T)) * 1.15
    whitening = np.linalg.inv(np.linalg.cholesky(covariance)).T
    season = float(np.mean((level[1:] @ whitening) ** 2))
    model = SegmentModel(whitening, level[0], np.array([60.0, season, season]))
    series = SeriesSet(t, y[None], np.ones((1, len(t)), dtype=bool))
    return fit_series(series, model, np.ones(len(t)), use="numpy")


def gap(t: np.ndarray, p: np.ndarray) -> tuple[date, date]:
    """The densest gap: the last day without, the first with."""
    days = np.diff(t, prepend=-np.inf)[None]
    here = int(density_scores(p[None], days)[0].argmin())
    return tuple(EPOCH + timedelta(days=int(t[i])) for i in (here - 1, here))  # type: ignore[return-value]


def pixel(*names: str) -> tuple[np.ndarray, np.ndarray]:
    """Six bands of a pixel where they are clear, in days since 1970 and reflectance."""
    bands = ("blue", "green", "red", "nir", "swir1", "swir2")
    rows = {}
    for name in names:
        with open(DATA / "pyxccd_tutorials" / name, newline="") as stream:
            for row in csv.DictReader(stream):
                held = {key.lower(): value for key, value in row.items()}
                values = [float(held[band]) / 1e4 for band in bands]
                if float(held["qa"]) <= 1 and all(0 < value < 1 for value in values):
                    rows.setdefault(float(held["dates"]) - 719163.0, values)
    days = sorted(rows)
    return np.array(days), np.array([rows[day] for day in days])


def single(name: str) -> tuple[np.ndarray, np.ndarray]:
    with open(DATA / "bayts" / name, newline="") as stream:
        rows = [
            ((date.fromisoformat(row["date"][:10]) - EPOCH).days, float(row["value"]))
            for row in csv.DictReader(stream)
            if row["value"] not in ("", "nan", "NA")
        ]
    found = np.array(rows)
    return found[:, 0] + 1e-6 * np.arange(len(found)), found[:, 1:]


def test_a_forest_fire_is_dated_to_the_week_in_which_it_began():
    t, y = pixel("1_hls_sc.csv")
    found = fitted(t, y, date(2024, 1, 1))
    spans = [gap(t, found.gap_p[0, k, k]) for k in (1, 2, 3)]
    assert (date(2024, 3, 15), date(2024, 3, 23)) in spans
    assert log_bayes_factor(found)[0] > 20


def test_logging_is_dated_to_the_days_after_it_was_documented():
    weeks = ("w0", "w12", "w34", "w56", "w78", "w910")
    t, y = pixel(*(f"7_logging_hls_{week}.csv" for week in weeks))
    found = fitted(t, y, date(2024, 1, 1))
    last_without, first_with = gap(t, event_gap_p(found)[0])
    assert last_without <= date(2024, 4, 8) and first_with >= date(2024, 4, 3)
    assert first_with - last_without <= timedelta(days=12)


def test_radar_and_optical_date_one_clearing_apart():
    spans = {}
    for name in ("s1vv.csv", "lndvi.csv"):
        t, y = single(name)
        spans[name] = gap(t, event_gap_p(fitted(t, y, date(2015, 10, 1)))[0])
    assert spans["s1vv.csv"] == (date(2015, 12, 30), date(2016, 1, 5))
    # The optical series alone says spring: shown as a conflict, never averaged.
    assert spans["lndvi.csv"][1] < spans["s1vv.csv"][0]
