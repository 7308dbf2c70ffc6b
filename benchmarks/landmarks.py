"""Places by landmarks: truth kept between two dates, exactness, speed, import.

    python benchmarks/landmarks.py [--quick] [--only truth|exact|speed|import|planet]

Truth: questions (an object and three things near it) are drawn from a newer map and answered on an
older one of the same place, with missing shares learnt at the OTHER place; and on a map thinned by
kind at known rates. "As many looked at" lists the most probable places of all questions, as many in
all as the Boolean search lists. Exactness: pairs within
random distances against every pair measured by shapely (needs shapely). Speed: the maps of three
towns, copied side by side. All on ../shared/data/world. The last line says how often the 90 % sets
hold the truth; exit 1 outside 86-94 %, or where a set of pairs differs.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
import zlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from noonmark.geometry.earth import distance_km
from noonmark.world.landmarks import map_store
from noonmark.world.landmarks.anchor_pieces import anchor_pieces
from noonmark.world.landmarks.bundles import bundle_of
from noonmark.world.landmarks.clause_scores import WeighedObjects
from noonmark.world.landmarks.clauses import (
    AbsentClause,
    CountClause,
    LandmarkThing,
    PairClause,
    PlaceSearch,
)
from noonmark.world.landmarks.density import base_shares, density_bands
from noonmark.world.landmarks.joint_weights import AskedPart, joint_log_weights
from noonmark.world.landmarks.map_build import build_index
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.missing_shares import UNKNOWN, MissingShare
from noonmark.world.landmarks.near_rows import near_rows
from noonmark.world.landmarks.place_search import search_places
from noonmark.world.landmarks.planet_sql import selection_of
from noonmark.world.landmarks.ranking import ranked
from noonmark.world.landmarks.raw_columns import RawMap, read_raw
from noonmark.world.landmarks.segment_grid import SegmentGrid, grid_of
from noonmark.world.landmarks.tag_match import matching
from noonmark.world.landmarks.two_dates import learnt_shares

OSM = Path(__file__).resolve().parents[2] / "shared" / "data" / "world" / "osm"
FILES = {
    "monaco-2012": "monaco.osm.gz",
    "monaco-2021": "monaco-planetiler.osm.pbf",
    "monaco-2023": "monaco-quackosm.osm.pbf",
    "liechtenstein-2013": "liechtenstein-2013-08-03.osm.pbf",
    "liechtenstein-2015": "liechtenstein.osm.pbf",
    "helsinki-2019": "helsinki.osm.pbf",
}
PAIRS = (
    ("monaco-2012", "monaco-2021", (("liechtenstein-2013", "liechtenstein-2015"),)),
    ("monaco-2021", "monaco-2023", (("liechtenstein-2013", "liechtenstein-2015"),)),
    (
        "liechtenstein-2013",
        "liechtenstein-2015",
        (("monaco-2012", "monaco-2021"), ("monaco-2021", "monaco-2023")),
    ),
)
ANCHORS = (
    "place of worship", "restaurant or cafe", "petrol station", "school", "parking", "bus stop",
    "pedestrian crossing", "hotel", "bridge", "pharmacy", "shop", "building",
)  # fmt: skip
NEAR = (
    "railway", "main road", "path", "bench", "tree", "power pylon", "power pole", "bus stop",
    "shop", "restaurant or cafe", "hotel", "pharmacy", "parking", "pedestrian crossing", "wall",
    "fence", "hedge", "fountain", "playground", "swimming pool", "forest", "river or stream",
    "church", "school", "bank", "viewpoint", "steps", "bridge",
)  # fmt: skip
RADII_M = (30.0, 60.0, 120.0, 250.0)
LOW, HIGH = 0.855, 0.945
RARE_S, COMMON_S = 0.3, 1.0


def cpu_s() -> float:
    """CPU seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class Drawn:
    """A map with the distance from each object of a kind to the nearest of another."""

    def __init__(self, stored: map_store.StoredMap, store: Path) -> None:
        self.maps = OpenMaps([stored], store)
        self._of: dict[str, np.ndarray] = {}
        self._near: dict[tuple[str, str], np.ndarray] = {}
        self._grids: dict[str, SegmentGrid] = {}

    def of(self, kind: str) -> np.ndarray:
        """The objects of a kind."""
        if kind not in self._of:
            self._of[kind] = matching(self.maps, bundle_of(kind).expression)
        return self._of[kind]

    def nearest_m(self, kind: str, other: str) -> np.ndarray:
        """Metres from each object to the nearest other thing, infinite beyond 250."""
        if (kind, other) not in self._near:
            found = np.full(len(self.of(kind)), np.inf)
            if len(found) and len(self.of(other)):
                if other not in self._grids:
                    self._grids[other] = grid_of(self.maps, self.of(other))
                grid = self._grids[other]
                for rows in near_rows(
                    self.maps, anchor_pieces(self.maps, self.of(kind)), grid, RADII_M[-1]
                ):
                    np.minimum.at(found, rows.anchor, rows.distance_m)
            self._near[kind, other] = found
        return self._near[kind, other]


@dataclass(frozen=True)
class Kept:
    """Of one pair of dates: how often the sets held the truth, and how large they were."""

    questions: int
    boolean: float
    held_50: float
    held_90: float
    size_90: float
    boolean_size: float
    as_many: float


def truth_kept(
    old: Drawn,
    new: Drawn,
    shares: dict[str, MissingShare],
    number: int,
    kinds: tuple[str, ...] = ANCHORS,
) -> Kept:
    """Ask ``number`` questions about things of the newer map on the older one."""
    rng = np.random.default_rng(1)
    anchors = [a for a in kinds if len(new.of(a)) >= 10 and len(old.of(a)) >= 2]
    bands = {a: density_bands(old.maps, old.of(a)) for a in anchors}
    asked, tries = [], 0
    while len(asked) < number and tries < 200 * number:
        tries += 1
        anchor = anchors[rng.integers(len(anchors))]
        k = int(rng.integers(len(new.of(anchor))))
        around = [c for c in NEAR if c != anchor and new.nearest_m(anchor, c)[k] <= 200.0]
        if len(around) < 3:
            continue
        chosen = rng.choice(around, 3, replace=False)
        asked.append(_one_question(old, new, shares, bands[anchor], anchor, k, list(chosen)))
    rows = np.array([one.row for one in asked], float)
    return Kept(len(asked), *rows.mean(axis=0).tolist(), _as_many(asked))


@dataclass(frozen=True)
class Asked:
    """Of one question: Boolean held, 50 % held, 90 % held, share of the places in the 90 % set,
    share that the Boolean search gives; how many those are; the ranking, and the truth's place in it.
    """

    row: tuple[float, ...]
    listed: int
    probability: np.ndarray
    place: int


def _as_many(asked) -> float:
    """How often a truth is among the most probable places of all questions, as many as AND has."""
    every = np.sort(np.concatenate([one.probability for one in asked]))[::-1]
    least = every[min(sum(one.listed for one in asked), len(every) - 1)]
    return float(np.mean([one.place >= 0 and one.probability[one.place] > least for one in asked]))


def _one_question(old, new, shares, band, anchor, k, chosen) -> Asked:
    """One question about an object of the newer map, answered on the older."""
    objects = old.of(anchor)
    parts, good = [], np.ones(len(objects), bool)
    for kind in chosen:
        asked = min(new.nearest_m(anchor, kind)[k] * 1.15, RADII_M[-1])
        radius = next(r for r in RADII_M if r >= asked)
        score = (old.nearest_m(anchor, kind) <= radius).astype(float)
        missing = shares.get(bundle_of(kind).words, UNKNOWN)
        parts.append(AskedPart(score / base_shares(score, band), missing))
        good &= score > 0
    weighed = WeighedObjects(objects, joint_log_weights(parts, band))
    identity = old.maps.identities(objects)
    order = ranked(weighed, identity, shares.get(bundle_of(anchor).words, UNKNOWN))
    truth = _same(old, new, objects, int(new.of(anchor)[k]))
    place = -1 if truth < 0 else int(np.nonzero(order.features == objects[truth])[0][0])
    listed = int(good.sum())
    half = _set_of(order, 0.5)
    row = (
        truth >= 0 and bool(good[truth]),
        half[1] if place < 0 else place < half[0],
        order.none_in_90 if place < 0 else place < order.in_90,
        order.in_90 / len(objects),
        listed / len(objects),
    )
    return Asked(row, listed, order.probability, place)


def _set_of(order, goal):
    """How many objects the smallest set of a probability holds, and whether it holds none."""
    before = int((order.log_weight > 0).sum())
    held = float(order.probability[:before].sum())
    if held >= goal:
        return int(np.searchsorted(np.cumsum(order.probability), goal)) + 1, False
    if held + order.none_of_these >= goal:
        return before, True
    rest = held + order.none_of_these + np.cumsum(order.probability[before:])
    return before + int(np.searchsorted(rest, goal)) + 1, True


def _same(old, new, objects, feature):
    """The position of the newer map's object in the older: by its number, else within 25 m."""
    one = np.array([feature])
    same = np.nonzero(old.maps.identities(objects) == new.maps.identities(one)[0])[0]
    if len(same):
        return int(same[0])
    x, y = old.maps.middles_e7(objects)
    x0, y0 = new.maps.middles_e7(one)
    away = distance_km(y0 * 1e-7, x0 * 1e-7, y * 1e-7, x * 1e-7)
    return int(away.argmin()) if away.min() <= 0.025 else -1


def shares_from(sources, stored, store) -> dict[str, MissingShare]:
    """Shares learnt at other places, their Betas added and kept as wide as one."""
    found: dict[str, list[tuple[float, float]]] = {}
    for old, new in sources:
        kinds = {bundle_of(word).words for word in (*ANCHORS, *NEAR)}
        for row in learnt_shares(stored[old], stored[new], store, sorted(kinds)):
            found.setdefault(row["is"], []).append((row["missed"], row["found"]))
    return {
        kind: MissingShare(*np.mean(betas, axis=0).tolist(), "learnt elsewhere")
        for kind, betas in found.items()
    }


class Thinned(Drawn):
    """A map that lacks a share of each kind, drawn at random."""

    def __init__(self, stored, store, rates) -> None:
        super().__init__(stored, store)
        self._rates = rates

    def of(self, kind: str) -> np.ndarray:
        """The objects of a kind that were left."""
        if kind not in self._of:
            every = super().of(kind)
            rng = np.random.default_rng(zlib.crc32(kind.encode()))
            self._of[kind] = every[rng.random(len(every)) >= self._rates[bundle_of(kind).words]]
        return self._of[kind]


def run_truth(stored, store, quick) -> list[float]:
    """The table of truth kept; the shares that the 90 % sets held."""
    drawn = {name: Drawn(each, store) for name, each in stored.items()}
    print("older -> newer                 n  AND   50%   90%  size90  AND size  as many looked at")
    held = []
    kinds = tuple(a for a in ANCHORS if a != "building") if quick else ANCHORS
    number = 150 if quick else 600
    for old, new, sources in PAIRS:
        shares = shares_from(sources, stored, store)
        kept = truth_kept(drawn[old], drawn[new], shares, number, kinds)
        held.append(_told(f"{old:>18} -> {new[-4:]}", kept))
    rng = np.random.default_rng(3)
    words = [bundle_of(word).words for word in (*ANCHORS, *NEAR)]
    rates = dict(zip(words, rng.uniform(0.05, 0.7, len(words)).tolist(), strict=True))
    known = {w: MissingShare(r, 1.0 - r, "known", of_this_map=True) for w, r in rates.items()}
    for name in ("monaco-2023", "liechtenstein-2015"):
        thin = Thinned(stored[name], store, rates)
        kept = truth_kept(thin, drawn[name], known, number, kinds)
        held.append(_told(f"{name:>18}, thinned", kept))
    return held


def _told(name, kept) -> float:
    """Print a row of the table; how often the 90 % sets held."""
    print(
        f"{name:>26}  {kept.questions:4d} {kept.boolean:5.2f} {kept.held_50:5.2f}"
        f" {kept.held_90:5.2f}  {kept.size_90:6.2f}  {kept.boolean_size:8.3f}  {kept.as_many:5.2f}"
    )
    return kept.held_90


def run_exact(stored, store, quick) -> bool:
    """Pairs within random distances, against every pair measured by shapely."""
    import shapely

    rng = np.random.default_rng(2)
    all_equal, worst, pairs = True, 0.0, 0
    for name in ("monaco-2023", "helsinki-2019"):
        drawn = Drawn(stored[name], store)
        for _ in range(6 if quick else 40):
            first, second = rng.choice(NEAR, 2, replace=False)
            a, b = drawn.of(str(first))[:40], drawn.of(str(second))
            if not len(a) or not len(b):
                continue
            reach = float(rng.uniform(5.0, 250.0))
            got = _pairs(drawn.maps, a, b, reach)
            wanted = _brute(shapely, drawn.maps, a, b, reach + 0.05)
            sure = {k for k, d in wanted.items() if d < reach - 0.05}
            all_equal &= sure <= set(got) <= set(wanted)
            pairs += len(got)
            worst = max([worst, *(abs(got[k] - wanted[k]) for k in got if k in wanted)])
    print(f"exactness: {pairs} pairs, sets {'equal' if all_equal else 'DIFFER'} within 0.05 m of")
    print(f"  the bound, largest difference {worst * 1000:.1f} mm")
    return all_equal


def _pairs(maps, a, b, reach):
    found: dict[tuple[int, int], float] = {}
    for rows in near_rows(maps, anchor_pieces(maps, a), grid_of(maps, b), reach):
        for k, f, d in zip(rows.anchor, rows.feature, rows.distance_m, strict=True):
            key = int(a[k]), int(f)
            found[key] = min(found.get(key, np.inf), float(d))
    return found


def _brute(shapely, maps, a, b, reach):
    """Every pair, on a chart round the first's middle with metres from geodesics."""
    others = [_shape(shapely, maps, int(f)) for f in b]
    identity = maps.identities(b)
    tree = shapely.STRtree(others)
    found = {}
    for f in a:
        shape = _shape(shapely, maps, int(f))
        lat, lon = shape.centroid.y, shape.centroid.x
        scale = np.array(
            [
                distance_km(lat, lon - 0.003, lat, lon + 0.003) * 1e3 / 0.006,
                distance_km(lat - 0.003, lon, lat + 0.003, lon) * 1e3 / 0.006,
            ]
        )
        flat = shapely.transform(shape, lambda p, s=scale: p * s)
        own = maps.identities(np.array([f]))[0]
        for k in tree.query(shapely.box(*shape.buffer(0.012).bounds)):
            d = flat.distance(shapely.transform(others[k], lambda p, s=scale: p * s))
            if d <= reach and identity[k] != own:
                found[int(f), int(b[k])] = d
    return found


def _shape(shapely, maps, feature):
    one = np.array([feature])
    _, edge = maps.edges(one)
    scaled = edge * 1e-7
    kind = int(maps.column("kind", one)[0])
    if len(scaled) == 1 and kind != 1:
        return shapely.Point(scaled[0, :2])
    if kind in (2, 3):
        return _area(shapely, scaled)
    return shapely.LineString([scaled[0, :2], *scaled[:, 2:]])


def _area(shapely, scaled):
    """Rings put together from consecutive segments; holes by even-odd."""
    rings, ring = [], [scaled[0, :2]]
    for edge in scaled:
        if not np.array_equal(edge[:2], ring[-1]):
            rings.append(ring)
            ring = [edge[:2]]
        ring.append(edge[2:])
    rings.append(ring)
    shape = shapely.Polygon()
    for each in rings:
        if len(each) > 3:
            shape = shape.symmetric_difference(shapely.make_valid(shapely.Polygon(each)))
    return shape


def built_side_by_side(folder, copies) -> tuple[map_store.StoredMap, Path]:
    """The map of copies of three towns, and its store."""
    raws = [
        read_raw(OSM / FILES[name], _made(folder / f"raw-{name}"))
        for name in ("liechtenstein-2015", "helsinki-2019", "monaco-2023")
    ]
    store = folder / "big"
    built = build_index([side_by_side(raws, copies)], _made(store / "big"))
    stored = map_store.StoredMap(
        name="big", source="made", source_bytes=0, sha256="0" * 64, newest_edit_s=built.newest_s,
        box=built.box, box_from=built.box_from, tiles=built.tiles, features=built.features,
        junctions=built.junctions, roads=built.roads, vertices=built.vertices, words=built.words,
        clipped_ways=0, broken_areas=0, index_bytes=0, read_cpu_s=0.0, read_peak_bytes=0,
    )  # fmt: skip
    return stored, store


def run_speed(folder, quick) -> None:
    """A rare and a common anchor with four clauses, on copies of three towns side by side."""
    started = cpu_s()
    stored, store = built_side_by_side(folder, 8 if quick else 50)
    print(f"speed: {stored.features} features built in {cpu_s() - started:.1f} CPU s")
    things = {
        "station": "railway station", "mast": "mast", "road": "minor road", "building": "building",
        "restaurant": "restaurant", "crossing": "pedestrian crossing", "tree": "tree",
    }  # fmt: skip
    made = {k: LandmarkThing(k, w, bundle_of(w).expression) for k, w in things.items()}
    rare = PlaceSearch(
        (made["station"], made["mast"], made["road"], made["building"]),
        (
            PairClause("pair[0]", "station", "mast", 0.0, 500.0),
            CountClause("count[0]", "road", "station", 250.0, 2, 100.0, 5.0),
            CountClause("count[1]", "building", "station", 80.0, 1, sector_deg=(315.0, 45.0)),
        ),
        anchor="station",
    )
    common = PlaceSearch(
        (made["restaurant"], made["crossing"], made["tree"], made["road"], made["building"]),
        (
            PairClause("pair[0]", "restaurant", "crossing", 0.0, 100.0),
            PairClause("pair[1]", "restaurant", "tree", 0.0, 60.0),
            CountClause("count[0]", "road", "restaurant", 80.0, 1, 50.0, 5.0),
            CountClause("count[1]", "building", "restaurant", 40.0, 1, sector_deg=(315.0, 45.0)),
        ),
        anchor="restaurant",
    )
    for name, search, goal in (("rare", rare, RARE_S), ("common", common, COMMON_S)):
        times = []
        for _ in range(3):
            began = cpu_s()
            found = search_places(OpenMaps([stored], store), search)
            times.append(cpu_s() - began)
        print(
            f"  {name}: {len(found.ranked.features)} anchors, first {times[0]:.2f} CPU s, then"
            f" {min(times[1:]):.2f} (goal {goal})"
        )


def run_planet(stored, folder, quick) -> bool:
    """Random questions asked of the part of Parquet files that each needs, and of the whole map.

    The extracts are written with ohsome-planet's columns first, then split into two files, objects
    of even numbers and of odd ones, so that the ways of most roads lie in both (needs duckdb).
    """
    import duckdb

    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from testkit.planet_parquet import write_osm

    rng = np.random.default_rng(4)
    names = ("monaco-2023", "liechtenstein-2015", "helsinki-2019")
    every = True
    for name in names[:1] if quick else names:
        file = folder / f"{name}.parquet"
        write_osm(read_raw(OSM / FILES[name], _made(folder / f"planet-{name}")), file)
        halves = [folder / f"{name}-{rest}.parquet" for rest in (0, 1)]
        for rest, half in enumerate(halves):
            rows = duckdb.read_parquet(str(file)).filter(f"osm_id % 2 = {rest}")
            rows.write_parquet(str(half))
        whole = OpenMaps([stored[name]], folder / "maps")
        equal, used, kept = 0, 0.0, 0
        number = 4 if quick else 20
        for n in range(number):
            search, parts = _random_search(rng), folder / f"part-{name}-{n}"
            began = cpu_s()
            part = map_store.add_together(halves, parts, name=name, selection=selection_of(search))
            used += cpu_s() - began + part.read_cpu_s
            kept += part.features
            got, wanted = (search_places(maps, search) for maps in (OpenMaps([part], parts), whole))
            equal += _same_ranking(got, wanted)
        every &= equal == number
        print(
            f"planet {name}: {equal} of {number} answers equal; of {stored[name].features} objects"
            f" {kept // number} read, {used / number:.2f} CPU s a question"
        )
    return every


def _random_search(rng) -> PlaceSearch:
    """An anchor, three things near it, a count of roads and a thing that must not be there."""
    words = [str(w) for w in rng.choice(NEAR, 5, replace=False)]
    anchor = str(rng.choice([a for a in ANCHORS if a not in words]))
    kinds = {"anchor": anchor, **{f"t{k}": word for k, word in enumerate(words)}, "road": "road"}
    things = tuple(LandmarkThing(k, w, bundle_of(w).expression) for k, w in kinds.items())
    reach = rng.uniform(20.0, 300.0, 6)
    return PlaceSearch(
        things,
        (
            PairClause("pair[0]", "anchor", "t0", 0.0, reach[0], bearing_deg=reach[1],
                       bearing_sigma_deg=60.0),
            PairClause("pair[1]", "anchor", "t1", centre_m=reach[2], sigma_m=20.0),
            PairClause("pair[2]", "t1", "t2", 0.0, reach[3]),
            CountClause("count[0]", "road", "anchor", reach[4], 2),
            CountClause("count[1]", "t3", "anchor", 80.0, 1, sector_deg=(315.0, 45.0)),
            AbsentClause("absent[0]", "t4", "anchor", reach[5]),
        ),
        anchor="anchor",
    )  # fmt: skip


def _same_ranking(got, wanted) -> bool:
    """The same objects in the same order with the same probabilities."""
    maps = got.held.maps, wanted.held.maps
    one, other = (m.identities(f.ranked.features) for m, f in zip(maps, (got, wanted), strict=True))
    return (
        np.array_equal(one, other)
        and np.array_equal(got.ranked.probability, wanted.ranked.probability)
        and got.ranked.none_of_these == wanted.ranked.none_of_these
    )


def side_by_side(raws, copies) -> RawMap:
    """Some maps, each copied so often, one degree from another, as one."""
    words: dict[bytes, int] = {}
    columns: dict[str, list[np.ndarray]] = {}
    for n, raw in enumerate(raws):
        number = np.array([words.setdefault(w, len(words)) for w in raw.words], np.uint32)
        for k in range(copies):
            moved = {name: np.asarray(values) for name, values in raw.column.items()}
            moved["token"] = number[raw.column["token"]]
            moved["x"] = _moved(raw.column["x"], (k % 10) * 8_000_000 + n * 2_500_000)
            moved["y"] = _moved(raw.column["y"], 0) + (k // 10) * 6_000_000 + 350_000_000
            moved["id"] = np.asarray(raw.column["id"]) + (k + n * copies) * 10**11
            for name, values in moved.items():
                columns.setdefault(name, []).append(values.astype(raw.column[name].dtype))
    joined = {name: np.concatenate(parts) for name, parts in columns.items()}
    return replace(raws[0], column=joined, words=list(words))


def _moved(values, by):
    return np.asarray(values, np.int64) - int(np.median(values)) + by


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder


def main() -> int:
    """Add the maps, run what is asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=("truth", "exact", "speed", "import", "planet"))
    args = parser.parse_args()
    if not OSM.is_dir():
        print("../shared/data/world is absent")
        return 0
    asked = (args.only,) if args.only else ("import", "exact", "speed", "planet", "truth")
    good, held = True, []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stored = {}
        for each, file in FILES.items():
            began = time.process_time()
            made = map_store.add_map(OSM / file, folder / "maps", name=each)
            used = time.process_time() - began + made.read_cpu_s
            stored[each] = made
            if "import" in asked:
                size = made.source_bytes / 1e6
                print(
                    f"import {each:>20}: {size:5.2f} MB, {used / size:4.2f} CPU s/MB, index"
                    f" {made.index_bytes / made.source_bytes:4.2f} x, peak"
                    f" {made.read_peak_bytes / 1e6:4.0f} MB"
                )
        if "exact" in asked:
            good &= run_exact(stored, folder / "maps", args.quick)
        if "speed" in asked:
            run_speed(folder, args.quick)
        if "planet" in asked:
            good &= run_planet(stored, folder, args.quick)
        if "truth" in asked:
            held = run_truth(stored, folder / "maps", args.quick)
            good &= all(LOW <= h <= HIGH for h in held)
    if held:
        print("90 % sets held the truth: " + ", ".join(f"{100 * h:.0f} %" for h in held))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
