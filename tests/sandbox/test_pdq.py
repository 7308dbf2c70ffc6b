"""Our PDQ is Meta's PDQ, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from noonmark.sandbox.decoders import pdq
from tests.media import made

pdqhash = pytest.importorskip("pdqhash")


def _both(grey):
    bits, quality = pdqhash.compute(np.repeat(grey[..., None], 3, axis=2))
    ours, ours_quality = pdq.hashes(pdq.reduced(grey)[None])
    return np.packbits(bits.astype(np.uint8)), quality, ours[0], int(ours_quality[0])


def _apart(a, b):
    return int(np.bitwise_count(a ^ b).sum())


@settings(max_examples=60, deadline=None)
@given(st.integers(64, 300), st.integers(64, 300), st.integers(0, 1000))
def test_every_size_gives_the_bits_of_the_published_code(height, width, seed):
    # below 64 px samples repeat, and coefficients that are nought but for rounding have no bit of
    # their own
    whole = Image.fromarray(made.scene(seed % 7, 160, 220)).convert("L")
    theirs, quality, ours, ours_quality = _both(
        np.asarray(whole.resize((width, height), Image.Resampling.BICUBIC))
    )
    # float32 sums in another order: a coefficient that equals the median to 7 digits may fall on
    # either side
    assert _apart(theirs, ours) <= 2
    assert abs(quality - ours_quality) <= 1


def test_bits_differ_for_hardly_any_picture():
    off = 0
    for seed in range(60):
        theirs, quality, ours, ours_quality = _both(
            np.asarray(Image.fromarray(made.scene(seed, 288, 512)).convert("L"))
        )
        off += _apart(theirs, ours)
        assert quality == ours_quality
    assert off <= 2  # of 15,360


def test_many_at_once_are_as_one_by_one():
    cells = np.stack([pdq.reduced(made.scene(seed)[..., 0]) for seed in range(9)])
    together, quality = pdq.hashes(cells)
    for i in range(9):
        one, one_quality = pdq.hashes(cells[i : i + 1])
        assert _apart(one[0], together[i]) == 0 and one_quality[0] == quality[i]


def test_flat_pictures_have_no_quality_and_tiny_ones_no_hash():
    assert pdq.hashes(pdq.reduced(np.full((50, 70), 17, np.uint8))[None])[1][0] == 0
    assert not pdq.hashable(np.zeros((4, 900))) and pdq.hashable(np.zeros((5, 5)))
