"""Growth of a feature: areas that people drew, and the steps between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from noonmark.sites.images import SiteImage
from noonmark.sites.readings import SiteReading, in_force
from noonmark.values import unix_s


@dataclass(frozen=True)
class SiteArea:
    """The area of a feature in one image [m2] with bounds; several readers give the widest."""

    feature: str
    image: str
    start_s: float
    end_s: float
    area_m2: float
    lo_m2: float
    hi_m2: float


@dataclass(frozen=True)
class AreaStep:
    """Two areas that follow one another.

    The change lies between their times: it is a box, not a slope, because nobody saw what happened
    in between. ``is_sure`` says that their bounds do not overlap.
    """

    before: SiteArea
    after: SiteArea

    @property
    def change_m2(self) -> tuple[float, float, float]:
        """The change with its least and its most [m2]."""
        first, second = self.before, self.after
        return (
            second.area_m2 - first.area_m2,
            second.lo_m2 - first.hi_m2,
            second.hi_m2 - first.lo_m2,
        )

    @property
    def is_sure(self) -> bool:
        """Whether the bounds of the two areas do not overlap."""
        _, least, most = self.change_m2
        return least > 0 or most < 0


def areas(
    images: Sequence[SiteImage],
    readings: Sequence[SiteReading],
) -> list[SiteArea]:
    """The areas of each feature in order of time; images with an open end are left out."""
    by_id = {image.id: image for image in images}
    held: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    for reading in in_force(readings):
        if reading.area_m2 is not None and reading.image in by_id:
            held.setdefault((reading.feature, reading.image), []).append(reading.area_m2)
    found = []
    for (feature, name), drawn in held.items():
        taken = by_id[name].taken
        if taken.end is None:
            continue
        found.append(
            SiteArea(
                feature,
                name,
                unix_s(taken.start),
                unix_s(taken.end),
                sum(value for value, _, _ in drawn) / len(drawn),
                min(lo for _, lo, _ in drawn),
                max(hi for _, _, hi in drawn),
            )
        )
    return sorted(found, key=lambda area: (area.feature, area.start_s, area.image))


def steps(found: Sequence[SiteArea]) -> list[AreaStep]:
    """The steps of each feature, whether or not the area changed."""
    return [
        AreaStep(first, second)
        for first, second in pairwise(found)
        if first.feature == second.feature
    ]
