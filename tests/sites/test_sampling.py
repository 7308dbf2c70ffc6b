"""A sample says of all sites what it can: intervals hold, errors are taken off."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from noonmark.actions import site_sampling
from noonmark.errors import InputError
from noonmark.sites import sampling
from testkit.kept_schemas import keeps

_SIZES = {"north": 300, "south": 100, "west": 40}


def _drawn(rng, shares, total=120, sensitivity=1.0, specificity=1.0, twice=0.0):
    sites = {name: [f"{name}-{k}" for k in range(size)] for name, size in _SIZES.items()}
    truth = {site: rng.random() < shares[name] for name, held in sites.items() for site in held}
    rows = []
    for site, stratum in sampling.draw(sites, total, rng=rng):
        is_yes = truth[site]
        right = rng.random() < (sensitivity if is_yes else specificity)
        reference = ("no", "yes")[is_yes] if rng.random() < twice else None
        reading = ("no", "yes")[is_yes == right]
        rows.append(sampling.SampledSite(site, stratum, _SIZES[stratum], reading, reference))
    return rows, sum(truth.values()) / len(truth)


def test_the_interval_holds_the_share_of_all_sites_as_often_as_it_says():
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(120):
        rows, true = _drawn(rng, {"north": 0.6, "south": 0.2, "west": 0.9})
        found = sampling._stratified(rows, "no")
        held += found.lo <= true <= found.hi
    assert held >= 106


def test_errors_of_reading_are_taken_off():
    rng = np.random.default_rng(4)
    shares = {"north": 0.3, "south": 0.3, "west": 0.3}
    raw, corrected, held = [], [], 0
    for _ in range(6):
        rows, true = _drawn(rng, shares, 300, 0.85, 0.8, 0.6)
        found = sampling.estimate(rows, rng=rng)
        raw.append(found.seen.share - true)
        corrected.append(found.corrected.share - true)
        held += found.corrected.lo <= true <= found.corrected.hi
    assert np.mean(raw) > 0.07 and abs(np.mean(corrected)) < 0.04 and held >= 5


def test_unseen_sites_bound_the_answer():
    rows = [
        sampling.SampledSite(str(number), "all", 100, reading)
        for number, reading in enumerate(["yes"] * 6 + ["no"] * 2 + ["unseen"] * 2)
    ]
    found = sampling.estimate(rows, rng=np.random.default_rng(0))
    assert (found.all_no.share, found.seen.share, found.all_yes.share) == (0.6, 0.75, 0.8)
    assert found.corrected is None and found.unseen == 2


def test_shares_of_strata_are_weighed_by_their_size():
    rows = [
        sampling.SampledSite(f"{name}{number}", name, size, reading)
        for name, size, reading in (("a", 90, "yes"), ("b", 10, "no"))
        for number in range(5)
    ]
    assert sampling.estimate(rows, rng=np.random.default_rng(0)).seen.share == pytest.approx(0.9)


@pytest.mark.parametrize("total", [6, 7, 45, 120, 440])
def test_what_is_drawn_adds_up_and_every_stratum_is_there(total):
    counts = sampling.allocation(_SIZES, total)
    assert sum(counts.values()) == total
    assert all(2 <= count <= _SIZES[name] for name, count in counts.items())


def test_wilson_agrees_with_published_numbers():
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3: 81 of 263.
    found = sampling.wilson(81 / 263, 263)
    assert (round(found.lo, 4), round(found.hi, 4)) == (0.2553, 0.3662)


def test_a_sample_goes_through_files_and_back(tmp_path):
    listed = tmp_path / "all.csv"
    rows = "".join(f"s{k},{'a' if k < 60 else 'b'}\n" for k in range(80))
    listed.write_text("site,stratum\n" + rows, encoding="utf-8")
    out = tmp_path / "sample.csv"
    done = site_sampling.sample_sites(listed, out, size=20, seed=5)
    assert done["drawn"] == {"a": 15, "b": 5}
    keeps(done, "site-sample")
    with pytest.raises(InputError) as caught:
        site_sampling.estimate_sample(out, seed=1)
    assert caught.value.code == "bad-sample"
    with open(out, encoding="utf-8") as stream:
        sample = list(csv.DictReader(stream))
    for number, row in enumerate(sample):
        row["reading"] = "yes" if number % 2 else "no"
        row["reference"] = row["reading"] if number < 10 else ""
    with open(out, "w", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, sample[0])
        writer.writeheader()
        writer.writerows(sample)
    found = site_sampling.estimate_sample(out, seed=1)
    assert found["sites"] == 80 and found["sensitivity"] == 1.0
    keeps(found, "site-estimate")
    assert found["corrected"]["lo"] < found["seen"]["share"] < found["corrected"]["hi"]
    assert found == site_sampling.estimate_sample(out, seed=1)
