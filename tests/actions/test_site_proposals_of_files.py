"""From GeoTIFFs in a folder to a proposal, as a person types it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import numpy as np
import pytest

from noonmark.cli.main import main
from tests.sites import site_samples

pytest.importorskip("rasterio", reason="needs the extra sites")
GRASS = np.array([300.0, 500.0, 400.0, 2800.0])
ROOF = np.array([1400.0, 1550.0, 1650.0, 2050.0])
FIRST, EVERY_DAYS, DATES = date(2019, 1, 3), 45, 22
BEGUN_DAY, WORKS_DAYS = 420.0, 100.0


def write_series(folder):
    """A meadow with a year and haze; a roof of 3 x 3 pixels rises over a hundred days."""
    rng = np.random.default_rng(8)
    folder.mkdir()
    meadow = 1 + 0.05 * rng.standard_normal((1, 60, 60))
    for number in range(DATES):
        day = float(number * EVERY_DAYS)
        season = 1 + 0.3 * np.cos(2 * np.pi * day / 365.2425)
        values = GRASS[:, None, None] * meadow * season + 60 * rng.standard_normal()
        done = float(np.clip((day - BEGUN_DAY) / WORKS_DAYS, 0, 1))
        hall = values[:, 28:31, 28:31]
        values[:, 28:31, 28:31] = (1 - done) * hall + done * ROOF[:, None, None]
        values += 25 * rng.standard_normal(values.shape)
        taken = FIRST + timedelta(days=day)
        site_samples.write_tif(
            folder / f"s_{taken:%Y%m%d}.tif", values, names=("blue", "green", "red", "nir")
        )


@pytest.mark.slow
def test_a_hall_in_a_folder_of_geotiffs_is_proposed_for_the_day_when_half_of_it_stood(
    tmp_path, capsys
):
    write_series(tmp_path / "in")
    ring = site_samples.square((28, 31), (28, 31))
    feature = {
        "type": "Feature",
        "properties": {"name": "hall", "kind": "roof"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    (tmp_path / "o.geojson").write_text(json.dumps(feature), encoding="utf-8")
    site = str(tmp_path / "site")
    images = ["--provider", "sentinel-2a", "--level", "L2A", "--dates-in-names"]
    for words in (
        ["add", site, "--outline", str(tmp_path / "o.geojson")],
        ["images", site, str(tmp_path / "in"), *images, "--margin-m", "250"],
        ["propose", site, "--each", "100"],
    ):
        assert main(["sites", *words, "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
    (sensor,) = said["features"][0]["sensors"]
    assert sensor["clear_images"] == DATES and sensor["detected"]
    assert sensor["event_count_p"][0] > 0.5
    half = (FIRST + timedelta(days=BEGUN_DAY + WORKS_DAYS / 2)).isoformat()
    modes = sensor["events"][0]["modes"]
    assert any(mode["from"]["taken"] <= half <= mode["to"]["taken"] for mode in modes)
    ends = [np.array([mode["from"]["taken"], mode["to"]["taken"]], "M8[D]") for mode in modes]
    width = sum(int((last - first).astype(int)) for first, last in ends)
    assert width <= 3 * EVERY_DAYS
