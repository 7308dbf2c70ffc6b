"""Clauses weighed together: against sums written out, and where kinds stand together."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from noonmark.world.landmarks.joint_weights import MOST_TOGETHER, AskedPart, joint_log_weights
from noonmark.world.landmarks.missing_shares import MAPS_DIFFER, MissingShare


def known(share):
    return MissingShare(share, 1.0 - share, "known", of_this_map=True)


def learnt(share):
    return MissingShare(12.0 * share, 12.0 * (1.0 - share), "learnt")


def some_scores(count, n=3000, seed=5):
    rng = np.random.default_rng(seed)
    return (rng.random((count, n)) < rng.uniform(0.1, 0.6, (count, 1))).astype(float)


def parts_of(scores, shares):
    return [AskedPart(x / x.mean(), m) for x, m in zip(scores, shares, strict=True)]


def one_band(scores):
    return np.zeros(len(scores[0]), np.int64)


def test_kinds_that_stand_apart_multiply():
    scores = some_scores(3)
    shares = [known(m) for m in (0.1, 0.3, 0.5)]
    got = np.exp(joint_log_weights(parts_of(scores, shares), one_band(scores)))
    factors = [m.mean + (1 - m.mean) * x / x.mean() for x, m in zip(scores, shares, strict=True)]
    assert np.abs(got / np.prod(factors, axis=0) - 1.0).max() < 0.12


def test_a_kind_that_is_always_beside_another_counts_once():
    scores = some_scores(1)[[0, 0]]
    twice = joint_log_weights(parts_of(scores, [known(0.1)] * 2), one_band(scores))
    once = joint_log_weights(parts_of(scores[:1], [known(0.01)]), one_band(scores))
    assert twice == pytest.approx(once, abs=0.02)


def test_weights_are_a_sum_over_what_the_map_holds():
    scores = some_scores(3)
    shares = [learnt(m) for m in (0.1, 0.3, 0.6)]
    got = np.exp(joint_log_weights(parts_of(scores, shares), one_band(scores)))
    shift = np.linspace(-8.0, 8.0, 4001)
    chance = np.exp(-0.5 * shift**2)
    chance /= chance.sum()
    odds = [np.log(m.mean / (1.0 - m.mean)) for m in shares]
    missing = [1.0 / (1.0 + np.exp(-(o + MAPS_DIFFER * shift))) for o in odds]
    wanted = np.zeros(scores.shape[1])
    for held in itertools.product((True, False), repeat=3):
        share = chance.copy()
        for is_held, m in zip(held, missing, strict=True):
            share = share * (1.0 - m if is_held else m)
        product = np.prod(scores[list(held)], axis=0)
        wanted += share.sum() * product / product.mean()
    assert np.abs(got / wanted - 1.0).max() < 0.02


def test_the_mean_weight_is_one_in_every_band():
    scores = some_scores(4)
    band = np.arange(scores.shape[1]) % 3
    shares = [learnt(m) for m in (0.05, 0.2, 0.4, 0.9)]
    weight = np.exp(joint_log_weights(parts_of(scores, shares), band))
    assert [weight[band == b].mean() for b in range(3)] == pytest.approx([1.0] * 3, abs=0.02)


def test_where_shares_are_borrowed_a_place_that_lacks_all_keeps_more():
    scores = some_scores(3)
    lacks_all = np.nonzero(scores.sum(axis=0) == 0.0)[0][0]
    mean = learnt(0.2).mean
    borrowed, sure = (
        joint_log_weights(parts_of(scores, [m] * 3), one_band(scores))[lacks_all]
        for m in (learnt(0.2), known(mean))
    )
    assert borrowed > sure + 0.3


def test_more_parts_than_are_taken_together_are_still_weighed():
    scores = some_scores(MOST_TOGETHER + 3)
    shares = [known(0.3)] * len(scores)
    got = joint_log_weights(parts_of(scores, shares), one_band(scores))
    assert np.isfinite(got).all()
    best = scores.sum(axis=0).argmax()
    assert got[best] > np.quantile(got, 0.99)


def test_without_a_clause_every_object_weighs_one():
    assert joint_log_weights([], np.zeros(5, np.int64)) == pytest.approx(np.zeros(5))
