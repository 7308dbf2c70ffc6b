"""The objects and the grids of a question's things, each made once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from noonmark.geometry.area_mask import AreaMask, contains
from noonmark.world.landmarks.anchor_pieces import AnchorPieces, anchor_pieces
from noonmark.world.landmarks.clauses import LandmarkThing
from noonmark.world.landmarks.density import density_bands
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.near_rows import NearRows, near_rows
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.segment_grid import grid_of
from noonmark.world.landmarks.tag_match import matching


class LandmarkMaps:
    """Maps with the objects and grids of a question's things, each made once."""

    def __init__(
        self,
        maps: OpenMaps,
        things: tuple[LandmarkThing, ...],
        progress: Callable[[float, str], None] | None = None,
    ) -> None:
        self.maps = maps
        self._progress = progress
        self.things = {t.id: t for t in things}
        self._every: dict[str, Ints] = {}
        self._bands: dict[str, Ints] = {}
        self._pieces: dict[str, AnchorPieces] = {}
        self._only: dict[str, Ints] = {}

    def near(
        self,
        anchors: AnchorPieces,
        thing: str,
        reach_m: float,
    ) -> Iterator[NearRows]:
        """Rows of the objects of a thing within reach of anchors, and tell how far it is."""
        around = anchors.things.box
        features, box = self.maps.may_be_near(self._of(thing), around, reach_m)
        grid = grid_of(self.maps, features, box)
        for rows in near_rows(self.maps, anchors, grid, reach_m):
            if self._progress is not None and len(rows.anchor):
                share = (int(rows.anchor[-1]) + 1) / len(anchors.features)
                self._progress(share, f"for {thing!r} within {reach_m:.0f} m")
            yield rows

    def pieces(
        self,
        thing: str,
    ) -> AnchorPieces:
        """The objects of a thing to look from."""
        if thing not in self._pieces:
            self._pieces[thing] = anchor_pieces(self.maps, self.features(thing))
        return self._pieces[thing]

    def _of(
        self,
        thing: str,
    ) -> Ints:
        """All objects of a thing, ascending."""
        if thing not in self._every:
            asked = self.things[thing]
            self._every[thing] = matching(
                self.maps, asked.expression, name=asked.name, numbers=asked.numbers
            )
        return self._every[thing]

    def features(
        self,
        thing: str,
    ) -> Ints:
        """The objects of a thing, ascending; after ``restrict`` those that are left."""
        return self._only[thing] if thing in self._only else self._of(thing)

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
