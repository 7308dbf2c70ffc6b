"""The vectors that hold the page's preview to Python are still what Python says."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from builders.preview_vectors import (
    ANSWERS,
    TARGET,
    answer,
    cells,
    document,
    log_likelihoods,
    shadows,
    suns,
)

VECTORS: dict[str, Any] = json.loads(TARGET.read_text(encoding="utf-8"))


def test_the_sun_stands_where_the_vectors_say() -> None:
    kept, now = VECTORS["suns"], suns(np.random.default_rng(20221007))
    for name in kept[0]:
        assert [row[name] for row in now] == pytest.approx([row[name] for row in kept], abs=2e-6), (
            name
        )


@pytest.mark.parametrize("row", VECTORS["clues"], ids=lambda row: row["clue"]["kind"])
def test_each_clue_weighs_each_place_and_instant_as_the_vectors_say(row: dict[str, Any]) -> None:
    lat, lon, unix, log = np.array(row["cells"]).T
    assert log_likelihoods(row["clue"], lat, lon, unix) == pytest.approx(log, abs=1e-4)


def test_shadows_fall_where_the_vectors_say() -> None:
    rng = np.random.default_rng(20221007)
    suns(rng)
    for row in VECTORS["clues"]:
        cells(row["clue"], rng)
    for kept, now in zip(VECTORS["shadows"], shadows(rng), strict=True):
        assert now["tip_px"] == pytest.approx(kept["tip_px"], abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("index", range(len(ANSWERS)))
def test_the_exact_answers_are_those_that_the_preview_is_held_to(index: int) -> None:
    kept, now = VECTORS["answers"][index], answer(ANSWERS[index])
    assert now["document"] == kept["document"]
    for level, area in kept["area_km2"].items():
        assert now["area_km2"][level] == pytest.approx(area, rel=0.05)


def test_every_kind_that_the_page_previews_has_vectors() -> None:
    kinds = {row["clue"]["kind"] for row in VECTORS["clues"]}
    assert kinds >= {
        "shadow_length",
        "sun_elevation",
        "sun_azimuth",
        "sun_direction",
        "camera_direction",
        "window",
    }
    assert callable(document)
