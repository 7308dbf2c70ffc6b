"""The objects and the grids of a question's things, each made once."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from noonmark.geometry.area_mask import AreaMask, contains
from noonmark.world.landmarks.clauses import LandmarkThing
from noonmark.world.landmarks.density import density_bands
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.segment_grid import SegmentGrid, ready_grid
from noonmark.world.landmarks.tag_match import matching


class LandmarkMaps:
    """Maps with the objects and grids of a question's things, each made once."""

    def __init__(
        self,
        maps: OpenMaps,
        store: Path,
        things: tuple[LandmarkThing, ...],
    ) -> None:
        self.maps, self.store = maps, store
        self.things = {t.id: t for t in things}
        self._grids: dict[str, SegmentGrid] = {}
        self._bands: dict[str, Ints] = {}
        self._only: dict[str, Ints] = {}

    def grid(
        self,
        thing: str,
    ) -> SegmentGrid:
        """The segments of a thing."""
        if thing not in self._grids:
            asked = self.things[thing]
            what = [asked.expression.text, asked.name, asked.numbers]
            self._grids[thing] = ready_grid(
                self.maps,
                self.store,
                what,
                lambda: matching(
                    self.maps, asked.expression, name=asked.name, numbers=asked.numbers
                ),
            )
        return self._grids[thing]

    def features(
        self,
        thing: str,
    ) -> Ints:
        """The objects of a thing, ascending; after ``restrict`` those that are left."""
        if thing in self._only:
            return self._only[thing]
        return np.asarray(self.grid(thing).features, np.int64)

    def restrict(
        self,
        thing: str,
        area: AreaMask,
    ) -> None:
        """Leave only the objects of a thing whose middle is in an area."""
        features = self.features(thing)
        x, y = self.maps.middles_e7(features)
        self._only[thing] = features[contains(area, y * 1e-7, x * 1e-7)]

    def bands(
        self,
        thing: str,
    ) -> Ints:
        """The band of density of each of its objects."""
        if thing not in self._bands:
            self._bands[thing] = density_bands(self.maps, self.features(thing))
        return self._bands[thing]
