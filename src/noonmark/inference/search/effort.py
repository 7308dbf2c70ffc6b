"""The limits of a search."""

from __future__ import annotations

from dataclasses import dataclass

from noonmark.inference.search.domain import Domain
from noonmark.inference.search.frontier import BoundedBoxes, may_hide


@dataclass(frozen=True)
class Effort:
    """How fine a search is, and how much it may cost.

    A box is split while its log-likelihood may vary by more than ``variation_nat`` and ``stake``
    of the probability could depend on it. ``max_boxes`` and ``max_rounds`` end the search; there
    may be ``patience`` times as many boxes while a mode may hide in a coarse one, and after that
    ``thinned`` of them, chosen at random, stand for all. At the end up to ``polish`` boxes more
    are made without bounds, and a box that still varies is averaged over ``scatter`` points or
    more.

    With ``finest_deg`` no box is split along an axis on which it is no wider: degrees of latitude,
    of longitude, of hour angle. A box that is so small carries its parent's bounds and the
    likelihood of its middle.
    """

    variation_nat: float = 1.0
    stake: float = 1e-4
    max_boxes: int = 60_000
    max_rounds: int = 80
    scatter: int = 2
    polish: int = 100_000
    patience: int = 4
    thinned: int = 60_000
    finest_deg: float = 0.0

    def room(self, boxes: BoundedBoxes) -> int:
        """How many more boxes there may be when none is set aside."""
        times = self.patience if may_hide(boxes) else 1
        return self.max_boxes * times - boxes.size

    def splits_at_once(self, room: int) -> int:
        """How many boxes are split in one round at most."""
        if self.finest_deg > 0.0:
            return room
        return min(max(room // 10, 200), 30_000)


_KNOWN_INSTANT = Effort(variation_nat=0.5, stake=3e-5, polish=24_000)
"""Two axes only, so a map without steps costs little."""

_SPANS_ALONE = Effort(variation_nat=0.5)
"""For an answer that is spans of time: they are no coarser than these cells."""

_FEW_DAYS = 31


def usual_effort(domain: Domain) -> Effort:
    """How fine a search of a domain is unless somebody says.

    A known instant, and a month or less in a narrow area, are searched more finely than others.
    """
    if domain.length_s == 0.0:
        return _KNOWN_INSTANT
    return _SPANS_ALONE if domain.is_narrow and domain.n_days <= _FEW_DAYS else Effort()
