"""Things to look from, their segments in pieces, each on a plane of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.world.landmarks.areas_around import PlacedThings, placed_things
from noonmark.world.landmarks.local_plane import Segments, TouchingPlanes, planes_at
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.packed_boxes import middles
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.segment_grid import pieces

_LINE = 1


@dataclass(frozen=True)
class AnchorPieces:
    """Things to look from: their segments in pieces.

    By piece: whose it is, its segment, its middle [deg], half its length, the plane it is measured
    on (that at the thing's middle; of a line at the piece's), the segment on it.
    """

    things: PlacedThings
    owner: Ints
    edge: NDArray[Any]
    lat: NDArray[Any]
    lon: NDArray[Any]
    half_m: NDArray[Any]
    planes: TouchingPlanes
    own: Segments

    @property
    def features(self) -> Ints:
        """The things."""
        return self.things.features

    def of(
        self,
        which: Ints,
    ) -> AnchorPieces:
        """The pieces of some of the things, by their positions, ascending."""
        number = np.full(len(self.features), -1, np.int64)
        number[which] = np.arange(len(which))
        kept = np.nonzero(number[self.owner] >= 0)[0]
        east, north, last_east, last_north = (each.take(kept) for each in self.own)
        return AnchorPieces(
            things=self.things.of(which),
            owner=number[self.owner[kept]],
            edge=self.edge[kept],
            lat=self.lat[kept],
            lon=self.lon[kept],
            half_m=self.half_m[kept],
            planes=self.planes.at(kept),
            own=(east, north, last_east, last_north),
        )


def anchor_pieces(
    maps: OpenMaps,
    features: Ints,
) -> AnchorPieces:
    """Some features to look from."""
    owner, edge = maps.edges(features)
    things = placed_things(maps, features, maps.boxes(features), owner, edge)
    segment, lat, lon, half = pieces(edge)
    whose, (x, y) = owner[segment], middles(things.box)
    is_line = (things.kind == _LINE)[whose]
    planes = planes_at(
        np.where(is_line, lat, y[whose] * 1e-7), np.where(is_line, lon, x[whose] * 1e-7)
    )
    return AnchorPieces(
        things=things,
        owner=whose,
        edge=edge[segment],
        lat=lat,
        lon=lon,
        half_m=half,
        planes=planes,
        own=on_planes(planes, edge[segment]),
    )


def on_planes(
    planes: TouchingPlanes,
    edge: NDArray[Any],
) -> Segments:
    """Segments [1e-7 deg], each on the plane beside it."""
    x1, y1, x2, y2 = (side * 1e-7 for side in edge.T)
    return (*planes.east_north_m(y1, x1), *planes.east_north_m(y2, x2))
