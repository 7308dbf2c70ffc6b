"""Which dates and times of day a credible region holds: the spans that the JSON tells, as a field.

The cells of a calendar are coarser than the spans, and are ranked for themselves. So the lines of
the levels are drawn from the spans; colour alone comes from the cells.
"""

from __future__ import annotations

import numpy as np

from noonmark.arrays import Floats
from noonmark.constants import DAY_S
from noonmark.inference.instants import holds


def span_field(instants: Floats, unix_s: Floats, tod_s: Floats) -> Floats:
    """1 where a date and a time of day lie in a set of instants, else 0, (h, w).

    ``instants`` (n, 2) [POSIX s]; ``unix_s`` (w,) is any instant of each date, ``tod_s`` (h,) are
    seconds of its UTC day. The line of 0.5 is the edge of the set, to half a step.
    """
    days, column = np.unique(np.floor(unix_s / DAY_S), return_inverse=True)
    at = days[None, :] * DAY_S + tod_s[:, None]
    inside = holds(instants, at.ravel()).reshape(at.shape)
    return np.asarray(inside[:, column], dtype=np.float64)
