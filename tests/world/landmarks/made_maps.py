"""A town of known coordinates as OpenStreetMap XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np

STAMP = "2020-05-01T12:00:00Z"


@dataclass
class Town:
    """Nodes (id: lat, lon, tags), ways (id: nodes, tags) and multipolygons (id: ways, tags)."""

    nodes: dict[int, tuple[float, float, dict[str, str]]] = field(default_factory=dict)
    ways: dict[int, tuple[list[int], dict[str, str]]] = field(default_factory=dict)
    relations: dict[int, tuple[list[tuple[int, str]], dict[str, str]]] = field(default_factory=dict)

    def node(self, lat: float, lon: float, **tags: str) -> int:
        """Add a node; its number."""
        number = len(self.nodes) + 1
        self.nodes[number] = (round(lat, 7), round(lon, 7), plain(tags))
        return number

    def way(self, places: list[Any], **tags: str) -> int:
        """Add a way through places or the numbers of nodes; its number."""
        number = len(self.ways) + 1
        refs = [p if isinstance(p, int) else self.node(*p) for p in places]
        self.ways[number] = (refs, plain(tags))
        return number

    def area(self, places: list[Any], **tags: str) -> int:
        """Add a closed way; its number."""
        refs = [p if isinstance(p, int) else self.node(*p) for p in places]
        return self.way([*refs, refs[0]], **tags)

    def points(self, way: int) -> list[tuple[float, float]]:
        """Latitude and longitude of each vertex of a way."""
        return [self.nodes[n][:2] for n in self.ways[way][0]]

    def xml(self) -> str:
        """The map as a file holds it."""
        lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
        for number, (lat, lon, tags) in self.nodes.items():
            place = f'lat="{lat:.7f}" lon="{lon:.7f}"'
            lines.append(f'<node id="{number}" version="1" timestamp="{STAMP}" {place}>')
            lines += [*_tags(tags), "</node>"]
        for number, (refs, tags) in self.ways.items():
            lines.append(f'<way id="{number}" version="1" timestamp="{STAMP}">')
            lines += [f'<nd ref="{ref}"/>' for ref in refs]
            lines += [*_tags(tags), "</way>"]
        for number, (members, tags) in self.relations.items():
            lines.append(f'<relation id="{number}" version="1" timestamp="{STAMP}">')
            lines += [f'<member type="way" ref="{r}" role="{role}"/>' for r, role in members]
            lines += [*_tags(tags), "</relation>"]
        return "\n".join([*lines, "</osm>", ""])

    @classmethod
    def random(cls, *, seed: int, lat: float = 47.3, lon: float = 9.4, size: float = 0.02) -> Town:
        """Streets, houses, a park, shops and poles strewn over a box."""
        rng = np.random.default_rng(seed)
        town = cls()

        def place() -> tuple[float, float]:
            return lat + float(rng.uniform(0, size)), lon + float(rng.uniform(0, size))

        for _ in range(25):
            town.node(*place(), amenity="restaurant", name=f"Stube {rng.integers(9)}")
        for _ in range(20):
            town.node(*place(), amenity="pharmacy")
        for _ in range(30):
            town.node(*place(), power="pole")
        for _ in range(30):
            y, x = place()
            turn, long = rng.uniform(0, np.pi), rng.uniform(0.001, 0.006)
            ends = [(y + k * long * np.sin(turn), x + k * long * np.cos(turn)) for k in range(3)]
            town.way(ends, highway=str(rng.choice(["residential", "primary"])), name="Gasse")
        for _ in range(40):
            y, x = place()
            a, b = rng.uniform(1e-4, 4e-4, 2)
            town.area([(y, x), (y, x + a), (y + b, x + a), (y + b, x)], building="house")
        for _ in range(4):
            y, x = place()
            a, b = rng.uniform(1e-3, 4e-3, 2)
            town.area([(y, x), (y, x + a), (y + b, x + a), (y + b, x)], leisure="park")
        return town


def plain(tags: dict[str, str]) -> dict[str, str]:
    """Tags of which a double underscore in the key is a colon."""
    return {key.replace("__", ":"): value for key, value in tags.items()}


def _tags(tags: dict[str, str]) -> list[str]:
    return [f"<tag k={quoteattr(k)} v={quoteattr(v)}/>" for k, v in tags.items()]
