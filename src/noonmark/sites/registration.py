"""How far an image lies beside another of the same grid: phase correlation, with an error.

**Method** Guizar-Sicairos, Thurman, Fienup, Efficient subpixel image registration algorithms,
Optics Letters 33 (2008): the peak of the cross-power spectrum, refined by a matrix-multiply DFT.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Bools, Floats

_FINE = 25
"""Steps a pixel of the refined peak."""
_LEAST_PX = 24
_LEAST_CLEAR = 0.6
_FLOOR_PX = 0.05
_MOST_SPREAD_PX = 2.0
_WHITENING = 0.25
_SPREAD_OF_MEDIAN = 1.4826
"""From a median absolute deviation to a standard deviation, of a normal distribution."""
_MEDIAN_FACTOR = 1.2533
"""By how much the standard error of a median is larger than that of a mean."""


def shift_px(
    image: NDArray[np.float32],
    reference: NDArray[np.float32],
) -> tuple[float, float, float] | None:
    """Shift of an image (bands, rows, cols) against a reference: (x, y, sigma) [px].

    Positive x: what the reference shows at column c stands at c + x. Each band of each quarter of
    the image gives a shift; the answer is the median of the quarters, and sigma the standard error
    from their spread, at least 0.05.

    None where less than 60 % is recorded in both, or the chip is smaller than 24 pixels, or the
    quarters do not agree within two pixels.

    **Accuracy** measured in tests/sites/test_registration.py on simulated shifts.
    """
    rows, cols = image.shape[1:]
    seen = recorded(image) & recorded(reference)
    if min(rows, cols) < _LEAST_PX:
        return None
    if seen.mean() < _LEAST_CLEAR:
        return None
    parts = _parts(rows, cols)
    shifts = np.array([_shift_of_part(image, reference, seen, part) for part in parts])
    middle = np.median(shifts, axis=0)
    off = np.median(np.abs(shifts - middle), axis=0)
    spread = _SPREAD_OF_MEDIAN * float(off.max())
    if spread > _MOST_SPREAD_PX:
        return None
    error = spread * _MEDIAN_FACTOR / np.sqrt(len(parts))
    sigma = max(_FLOOR_PX, float(error))
    return round(float(middle[0]), 3), round(float(middle[1]), 3), round(sigma, 3)


def recorded(values: NDArray[np.float32]) -> Bools:
    """Where all bands of (bands, rows, cols) hold a number."""
    return np.asarray(np.isfinite(values).all(axis=0), dtype=np.bool_)


def _parts(
    rows: int,
    cols: int,
) -> list[tuple[slice, slice]]:
    """The four quarters, where they are large enough; else the whole."""
    if min(rows, cols) < 2 * _LEAST_PX:
        return [(slice(0, rows), slice(0, cols))]
    down, across = rows // 2, cols // 2
    upper, lower = slice(0, down), slice(down, 2 * down)
    left, right = slice(0, across), slice(across, 2 * across)
    return [
        (upper, left),
        (upper, right),
        (lower, left),
        (lower, right),
    ]


def _shift_of_part(
    image: NDArray[np.float32],
    reference: NDArray[np.float32],
    seen: Bools,
    part: tuple[slice, slice],
) -> Any:
    """(x, y) of one part: the median of its bands, which see the same ground."""
    found = [
        _shift(
            _filled(band[part], seen[part]),
            _filled(other[part], seen[part]),
        )
        for band, other in zip(image, reference, strict=True)
    ]
    return np.median(np.array(found), axis=0)


def _filled(
    values: NDArray[np.float32],
    seen: Bools,
) -> Floats:
    """Values without their mean, 0 where nothing was recorded, faded to the edges."""
    middle = float(values[seen].mean()) if seen.any() else 0.0
    flat = np.where(seen, values.astype(np.float64) - middle, 0.0)
    fade_rows = np.hanning(flat.shape[0])[:, None]
    fade_cols = np.hanning(flat.shape[1])[None, :]
    return np.asarray(flat * fade_rows * fade_cols)


def _shift(
    image: Floats,
    reference: Floats,
) -> tuple[float, float]:
    """(x, y) of the peak of the cross-power spectrum."""
    cross = np.fft.fft2(image) * np.conj(np.fft.fft2(reference))
    power = np.abs(cross)
    floor = 1e-3 * power.max(initial=0.0) + 1e-12
    # Whitened in part: fully, noise without power would weigh as much as the ground; not at all,
    # a slow change of light across the image would.
    cross = cross / (power + floor) ** _WHITENING
    peaks = np.fft.ifft2(cross).real
    y, x = _highest(peaks)
    return _refined(
        cross,
        _signed(x, peaks.shape[1]),
        _signed(y, peaks.shape[0]),
    )


def _refined(
    cross: NDArray[np.complex128],
    x: int,
    y: int,
) -> tuple[float, float]:
    """The peak near whole pixels (x, y), to a 25th of a pixel."""
    steps = np.arange(-_FINE, _FINE + 1) / _FINE
    rows, cols = cross.shape
    fine_x, fine_y = x + steps, y + steps
    row_turns = np.outer(fine_y, np.fft.fftfreq(rows))
    col_turns = np.outer(np.fft.fftfreq(cols), fine_x)
    near = np.exp(2j * np.pi * row_turns) @ cross @ np.exp(2j * np.pi * col_turns)
    row, col = _highest(near.real)
    return float(fine_x[col]), float(fine_y[row])


def _highest(values: Floats) -> tuple[int, int]:
    """Row and column of the largest value."""
    row, col = np.unravel_index(int(values.argmax()), values.shape)
    return int(row), int(col)


def _signed(
    index: int,
    size: int,
) -> int:
    """A place in a transform as a shift: the second half stands for negative ones."""
    return index - size if index > size // 2 else index
