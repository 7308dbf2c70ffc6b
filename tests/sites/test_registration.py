"""Shifts of known size are found, and their error is of the size that is stated."""

from __future__ import annotations

import numpy as np
import pytest

from noonmark.sites import registration


def _pair(rng, shift):
    """Ground seen twice with noise, the second moved by (x, y) by a phase ramp; a new building."""
    size = 96
    ground = rng.normal(0.0, 300.0, (3, size, size))
    wave = np.fft.fftfreq(size)
    soft = np.exp(-30.0 * (wave[:, None] ** 2 + wave[None, :] ** 2))
    ramp = np.exp(-2j * np.pi * (wave[:, None] * shift[1] + wave[None, :] * shift[0]))
    coded = np.fft.fft2(ground) * soft
    first = np.fft.ifft2(coded).real + 1000 + rng.normal(0, 15, ground.shape)
    moved = np.fft.ifft2(coded * ramp).real * 1.03 + 1040 + rng.normal(0, 15, ground.shape)
    moved[:, 50:60, 20:30] = 2500
    return moved.astype(np.float32), first.astype(np.float32)


def test_the_shift_is_found_and_the_error_is_honest():
    rng = np.random.default_rng(7)
    errors, sigmas = [], []
    for _ in range(20):
        shift = rng.uniform(-3, 3, 2)
        found = registration.shift_px(*_pair(rng, shift))
        errors += [found[0] - shift[0], found[1] - shift[1]]
        sigmas += [found[2]] * 2
    pulls = np.array(errors) / np.array(sigmas)
    assert np.abs(errors).max() < 0.3
    assert np.sqrt(np.mean(pulls**2)) < 1.5 and np.median(sigmas) < 0.2


def test_nothing_is_said_where_the_images_have_nothing_in_common():
    rng = np.random.default_rng(1)
    noise = [rng.normal(0, 1, (1, 96, 96)).astype(np.float32) for _ in range(2)]
    assert registration.shift_px(*noise) is None


@pytest.mark.parametrize(("size", "lost"), [(20, 0.0), (64, 0.7)])
def test_nothing_is_said_of_too_little_ground(size, lost):
    rng = np.random.default_rng(2)
    chip = rng.normal(0, 1, (1, size, size)).astype(np.float32)
    chip[:, : int(size * lost)] = np.nan
    assert registration.shift_px(chip, chip) is None
