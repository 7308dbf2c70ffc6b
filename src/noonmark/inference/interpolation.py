"""Linear interpolation between the rows of a table."""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats


def interpolated_rows(table: Floats, at: Floats, wanted: Floats) -> Floats:
    """Rows of a table interpolated linearly at other places; constant beyond the ends.

    ``table`` (n, m) has its rows at ``at`` (n,), ascending. ``wanted`` (k,) are the places of the
    rows that are returned, (k, m).

    numpy.interp does one column at a time; here the weights are worked out once for all columns.
    """
    position = np.clip(wanted, at[0], at[-1])
    after = np.searchsorted(at, position, side="right")
    index = np.clip(after - 1, 0, at.size - 2)
    share = (position - at[index]) / (at[index + 1] - at[index])
    before_part = table[index] * (1.0 - share[:, None])
    after_part = table[index + 1] * share[:, None]
    return np.asarray(before_part + after_part)
