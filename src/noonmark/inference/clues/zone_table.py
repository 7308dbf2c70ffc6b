"""What clocks need of the world: which time zones are in use where, and their histories."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Ints


class ZoneHistory(Protocol):
    """A zone's changes of offset from UTC."""

    @property
    def at_s(self) -> Ints:
        """Instants of the changes (n,) [POSIX seconds], ascending."""
        ...

    @property
    def offset_s(self) -> Ints:
        """Seconds ahead of UTC before and after each change, (n+1,)."""
        ...

    @property
    def mean_until_s(self) -> float:
        """Until when each place kept its own mean solar time [POSIX seconds]; minus infinity where
        it never did.
        """
        ...


@dataclass(frozen=True)
class FixedOffsets:
    """A zone's changes, given as arrays: see :class:`ZoneHistory`."""

    at_s: Ints
    offset_s: Ints
    mean_until_s: float = -np.inf


@dataclass(frozen=True, eq=False)
class ZoneTable:
    """Which zones are in use where, and their histories.

    - ``index`` (rows, columns): into ``zone_sets``, over the whole Earth, row 0 southernmost,
      column 0 starting at 180 deg west.
    - ``zone_sets``: the names of the zones in use together, official or not.
    - ``history``: from a zone's name to its changes.
    - ``cache``: what compiled clues have worked out from the table, by window of time.
    """

    index: NDArray[np.int16]
    zone_sets: tuple[tuple[str, ...], ...]
    history: Callable[[str], ZoneHistory]
    cache: dict[tuple[float, float], Any] = field(default_factory=dict, repr=False)
