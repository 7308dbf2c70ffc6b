"""Write tests/vectors/preview.json: what the page's preview must agree with.

    python builders/preview_vectors.py

While a hand drags, the page computes in TypeScript what Python computes exactly afterwards. Both
read this file: `tests/web/test_preview_vectors.py` checks that Python still says so, the page's own
tests that TypeScript does.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

TARGET = Path(__file__).resolve().parents[1] / "tests" / "vectors" / "preview.json"
START_S, END_S = 1_640_995_200.0, 1_672_531_200.0  # the year 2022

CLUES: tuple[dict[str, Any], ...] = (
    {
        "kind": "shadow_length",
        "height": 2.0,
        "height_sigma": 0.02,
        "length": 3.28,
        "length_sigma": 0.04,
    },
    {
        "kind": "shadow_length",
        "height": 1.0,
        "height_sigma": 0.2,
        "length": 0.4,
        "length_sigma": 0.1,
    },
    {
        "kind": "shadow_length",
        "height": 2.0,
        "height_sigma": 0.01,
        "length": 21.0,
        "length_sigma": 0.5,
        "slope_sigma_deg": 0.3,
        "lean_sigma_deg": 0.5,
        "outlier": 0.05,
    },
    {
        "kind": "shadow_length",
        "height": 1.0,
        "height_sigma": 0.001,
        "length": 1.0,
        "length_sigma": 0.001,
        "slope_sigma_deg": 0.0,
        "lean_sigma_deg": 0.0,
    },
    {"kind": "sun_elevation", "elevation_deg": 35.5, "sigma_deg": 0.5},
    {"kind": "sun_elevation", "elevation_deg": 1.0, "sigma_deg": 0.3, "outlier": 0.0},
    {"kind": "sun_azimuth", "azimuth_deg": 97.0, "sigma_deg": 2.0},
    {"kind": "sun_azimuth", "azimuth_deg": 359.0, "sigma_deg": 45.0},
    {
        "kind": "sun_direction",
        "azimuth_deg": 222.4,
        "elevation_deg": 35.5,
        "covariance_deg2": [[1.3, 0.44], [0.44, 0.51]],
    },
    {
        "kind": "sun_direction",
        "azimuth_deg": 100.0,
        "elevation_deg": 20.0,
        "azimuth_sigma_deg": 12.0,
        "elevation_sigma_deg": 0.7,
    },
    {
        "kind": "sun_direction",
        "alternatives": [
            {
                "azimuth_deg": 80.0,
                "elevation_deg": 62.0,
                "covariance_deg2": [[2.0, 0.0], [0.0, 1.0]],
                "weight": 0.7,
            },
            {
                "azimuth_deg": 280.0,
                "elevation_deg": 55.0,
                "covariance_deg2": [[9.0, 2.0], [2.0, 1.0]],
                "weight": 0.3,
            },
        ],
    },
    {
        "kind": "camera_direction",
        "relative_azimuth_deg": 57.8,
        "elevation_deg": 35.5,
        "covariance_deg2": [[1.6, 0.5], [0.5, 0.5]],
    },
    {
        "kind": "camera_direction",
        "relative_azimuth_deg": -20.0,
        "elevation_deg": 12.0,
        "covariance_deg2": [[1.6, -0.2], [-0.2, 0.5]],
        "heading_deg": 290.0,
        "heading_sigma_deg": 3.0,
    },
    {"kind": "window", "not_before": "2022-03-01T06:00:00Z", "not_after": "2022-09-01T18:00:00Z"},
)

ANSWERS: tuple[dict[str, Any], ...] = (
    {"prior": {}, "clue": [{**CLUES[0], "at": "2022-10-07T09:40:00Z"}]},
    {"prior": {}, "clue": [{**CLUES[8], "at": "2022-10-07T14:40:00Z"}]},
    {
        "prior": {"not_before": "2022-06-01T00:00:00Z", "not_after": "2022-06-11T00:00:00Z"},
        "clue": [CLUES[0]],
    },
    {
        "prior": {"not_before": "2022-01-01T00:00:00Z", "not_after": "2023-01-01T00:00:00Z"},
        "clue": [CLUES[4], CLUES[6]],
    },
    {
        "prior": {
            "not_before": "2022-03-01T00:00:00Z",
            "not_after": "2022-06-01T00:00:00Z",
            "area": {"south": 35.0, "west": -10.0, "north": 45.0, "east": 5.0},
        },
        "clue": [CLUES[9]],
    },
    {
        "prior": {
            "not_before": "2022-08-15T00:00:00Z",
            "not_after": "2022-11-30T00:00:00Z",
            "area": {"south": 25.0, "west": -30.0, "north": 65.0, "east": 40.0},
        },
        "clue": [CLUES[8], {"kind": "clock", "time": "14:40:00", "sigma_s": 120.0, "zone": "UTC"}],
    },
    {
        "prior": {"not_before": "2022-10-07T08:00:00Z", "not_after": "2022-10-07T12:00:00Z"},
        "clue": [CLUES[9]],
    },
    {"prior": {"not_before": "2022-10-07", "not_after": "2022-10-07"}, "clue": [CLUES[9]]},
)


def document() -> dict[str, Any]:
    """All vectors, as they are written."""
    rng = np.random.default_rng(20221007)
    return {
        "suns": suns(rng),
        "clues": [cells(clue, rng) for clue in CLUES],
        "shadows": shadows(rng),
        "answers": [answer(question) for question in ANSWERS],
    }


def suns(rng: np.random.Generator) -> list[dict[str, float]]:
    """The sun over random places and instants, 1950 to 2050: subsolar, and as a camera sees it."""
    from noonmark.geometry.sun import subsolar, sun_topocentric

    unix = np.sort(rng.uniform(-631_152_000.0, 2_524_608_000.0, 80))
    lat, lon = np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, 80))), rng.uniform(-180.0, 180.0, 80)
    unix, lat, lon = np.round(unix), np.round(lat, 4), np.round(lon, 4)
    gha, dec, _ = subsolar(unix)
    seen = sun_topocentric(lat, lon, unix)
    columns: dict[str, Floats] = {
        "unix_s": unix,
        "lat_deg": lat,
        "lon_deg": lon,
        "gha_deg": np.round(gha, 6),
        "dec_deg": np.round(dec, 6),
        "azimuth_deg": np.round(seen.azimuth_deg, 6),
        "elevation_deg": np.round(seen.elevation_deg, 6),
    }
    return [{name: float(column[k]) for name, column in columns.items()} for k in range(80)]


def log_likelihoods(
    clue: dict[str, Any], lat_deg: Floats, lon_deg: Floats, unix_s: Floats
) -> Floats:
    """ln of the likelihood of one clue at places and instants of the year 2022."""
    from noonmark.inference.clues.common import Moment
    from noonmark.inference.clues.table import compile_one
    from noonmark.inference.search.domain import Domain, point_view
    from noonmark.questions.clue_file import question_of

    window = {"not_before": "2022-01-01T00:00:00Z", "not_after": "2023-01-01T00:00:00Z"}
    asked = question_of({"prior": window, "clue": [clue]})
    domain = Domain(-90.0, -180.0, 90.0, 180.0, START_S, END_S - START_S)
    compiled = compile_one(asked.clues[0], 0, Moment())
    return compiled.log_likelihood(point_view(domain, lat_deg, lon_deg, unix_s))


def cells(clue: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """A clue with its log-likelihood at places and instants: most near the peak, some anywhere."""
    count = 40_000
    lat: Floats = np.round(np.degrees(np.arcsin(rng.uniform(-1.0, 1.0, count))), 4)
    lon: Floats = np.round(rng.uniform(-180.0, 180.0, count), 4)
    unix: Floats = np.round(rng.uniform(START_S, END_S, count))
    log = log_likelihoods(clue, lat, lon, unix)
    order = np.argsort(-log)
    near = order[: int(np.searchsorted(-log[order], -(log[order[0]] - 6.0)))]
    chosen = np.concatenate([rng.choice(near, 40), rng.choice(count, 20)])
    rows = [[lat[k], lon[k], unix[k], round(float(log[k]), 5)] for k in chosen]
    return {
        "clue": clue,
        "peak": round(float(log.max()), 5),
        "cells": [[float(v) for v in row] for row in rows],
    }


def shadows(rng: np.random.Generator) -> list[dict[str, Any]]:
    """Posts under known suns before known cameras: the camera, the sun, and the pixels of base, top
    and tip.
    """
    from noonmark.geometry.camera.lens import rays
    from noonmark.geometry.camera.pose import level_axes, reference_of, up_of

    found: list[dict[str, Any]] = []
    while len(found) < 24:
        width, height = 1600.0, 1200.0
        focal, k1 = rng.uniform(800.0, 3000.0), rng.choice([0.0, -0.03, 0.05])
        centre = np.array([0.5 * width + rng.normal(0, 10), 0.5 * height + rng.normal(0, 10)])
        up = up_of(rng.uniform(-85.0, 5.0), rng.normal(0.0, 5.0))
        heading = rng.uniform(0.0, 360.0)
        forward, right = level_axes(up, reference_of(up))
        azimuth, elevation = rng.uniform(0.0, 360.0), rng.uniform(5.0, 80.0)
        turn, climb = np.radians(azimuth - heading), np.radians(elevation)
        sun = np.cos(climb) * (np.cos(turn) * forward + np.sin(turn) * right) + np.sin(climb) * up
        base_px = np.array([rng.uniform(300.0, 1300.0), rng.uniform(500.0, 1100.0)])
        radius = 0.5 * float(np.hypot(width, height))
        base = rays(base_px, np.log(focal), centre, np.array(k1), radius)
        tall = rng.uniform(0.02, 0.15)
        points = np.stack([base + tall * up, base + tall * (up - sun / (sun @ up))])
        if (points[:, 2] < 0.2).any():
            continue
        pixels = _pixels(points, focal, centre, k1, radius)
        if (np.abs(pixels - [800.0, 600.0]) > [1000.0, 800.0]).any():
            continue
        found.append(
            {
                "camera": {
                    "width_px": width,
                    "height_px": height,
                    "focal_px": round(float(focal), 3),
                    "centre_px": _rounded(centre, 3),
                    "k1": float(k1),
                    "up": _rounded(up, 9),
                    "heading_deg": round(float(heading), 4),
                },
                "azimuth_deg": round(float(azimuth), 4),
                "elevation_deg": round(float(elevation), 4),
                "base_px": _rounded(base_px, 4),
                "top_px": _rounded(pixels[0], 4),
                "tip_px": _rounded(pixels[1], 4),
            }
        )
    return found


def _pixels(points: Floats, focal: float, centre: Floats, k1: float, radius: float) -> Floats:
    from noonmark.geometry.camera.lens import distorted_px

    return distorted_px(focal * points[:, :2] / points[:, 2:], centre, np.array(k1), radius)


def _rounded(values: Floats, digits: int) -> list[float]:
    return [round(float(v), digits) for v in values]


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The exact answer to a small question: the areas of its regions and its best place."""
    from noonmark import actions

    found = actions.locate_document(question)
    return {
        "document": question,
        "area_km2": {
            level: round(found["credible"][level]["area_km2"]) for level in ("0.5", "0.9")
        },
        "best": [round(found["modes"][0][key], 2) for key in ("lat_deg", "lon_deg")],
    }


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(document(), separators=(",", ":")) + "\n", encoding="utf-8")
