"""Summits of a map with the altitude that it states."""

from __future__ import annotations

from pathlib import Path

from noonmark.world.landmarks.map_store import StoredMap
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.quantities import quantity
from noonmark.world.landmarks.tag_match import matching
from noonmark.world.landmarks.tag_terms import tag_expression
from noonmark.world.terrain.summits import MappedSummit

_SUMMITS = "natural=peak|volcano & ele=*"
_LOWEST_M, _HIGHEST_M = -430.0, 8_900.0


def map_summits(stored: StoredMap, store: Path) -> list[MappedSummit]:
    """The peaks and volcanoes of a map whose ``ele`` is a number, by their OSM names."""
    maps = OpenMaps([stored], store)
    features = matching(maps, tag_expression(_SUMMITS))
    x, y = maps.middles_e7(features)
    found = []
    for feature, lon, lat in zip(features.tolist(), x.tolist(), y.tolist(), strict=True):
        altitude = quantity(maps.tags(feature).get("ele", ""))
        if altitude is not None and _LOWEST_M < altitude < _HIGHEST_M:
            name = maps.osm_name(feature)
            found.append(MappedSummit(name, lat * 1e-7, lon * 1e-7, altitude))
    return sorted(found, key=lambda one: one.osm)
