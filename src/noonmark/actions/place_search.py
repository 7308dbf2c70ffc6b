"""A question about places, asked of the user's maps: places with their probability, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noonmark.actions.world_maps import FETCH, world_folder
from noonmark.errors import InputError
from noonmark.questions.place_fields import NUMBER_KEYS
from noonmark.questions.place_question import PlaceQuestion, Values, read_place_question
from noonmark.report.place_words import what_met_it as what_met_it
from noonmark.values import from_unix_s, rfc3339

if TYPE_CHECKING:
    from noonmark.world.landmarks.clauses import Clause, LandmarkThing, PlaceSearch
    from noonmark.world.landmarks.explained import ClauseAtPlace, NearMisses
    from noonmark.world.landmarks.map_store import StoredMap
    from noonmark.world.landmarks.place_search import FoundPlaces

DETAILED = 500
"""So many places are told clause by clause; all are listed."""
_FILES = ("answer.json", "places.geojson", "places.kmz", "places.csv", "overpass.txt")
_DISTANCE_M = (0.0, 1000.0)
_EYE_M = 30.0


def find_places(
    source: str | Path | Mapping[str, Any],
    *,
    store: Path | None = None,
    missing: Path | None = None,
    detailed: int = DETAILED,
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, Any]:
    """Every object of the anchor with its probability, and the probability of none of them.

    ``missing``: a file of shares that ``noonmark world missing`` wrote. ``progress`` is told the
    share of each clause that is done, and in words which. Nothing is logged.
    """
    from noonmark.world.landmarks.map_tile import OpenMaps
    from noonmark.world.landmarks.missing_shares import read_shares
    from noonmark.world.landmarks.place_search import search_places

    started = time.process_time(), time.monotonic()
    question = read_place_question(source, expected=expected_thing)
    search = search_of(question)
    folder = world_folder(store)
    maps = OpenMaps(_chosen_maps(question, search, folder), folder)
    learnt = {} if missing is None else read_shares(missing)
    inside = None if question.area is None else _mask(question.area)
    found = search_places(maps, search, learnt=learnt, inside=inside, progress=progress)
    answer = _answer(found, question, detailed)
    cpu, wall = time.process_time() - started[0], time.monotonic() - started[1]
    return answer | {"seconds": {"cpu": round(cpu, 3), "wall": round(wall, 3)}}


def expected_thing(key: str, text: str) -> str:
    """Name what should stand under a thing's ``is`` or ``tags``; nothing where the text is good."""
    from noonmark.world.landmarks.bundles import bundle_of, similar
    from noonmark.world.landmarks.tag_terms import tag_expression

    try:
        if key == "tags":
            tag_expression(text)
        else:
            bundle_of(text)
    except InputError as trouble:
        if key == "tags":
            return f"tags that can be read: {trouble.message}"
        return f"a kind of thing ({', '.join(similar(text.casefold())[:3])}?)"
    return ""


def _mask(area: Any) -> Any:
    from noonmark.world.areas import area_mask

    return area_mask(area, path="search.area")


def _chosen_maps(
    question: PlaceQuestion,
    search: PlaceSearch,
    folder: Path,
) -> list[StoredMap]:
    from noonmark.world.landmarks.map_store import stored_maps
    from noonmark.world.landmarks.planet_sql import selection_of

    known = {m.name: m for m in stored_maps(folder)}
    if not known:
        raise InputError(
            f"there is no map in {folder}", code="world-no-map", hint=f"first: {FETCH}"
        )
    for i, name in enumerate(question.regions):
        if name not in known:
            raise InputError(
                f"search.region[{i}]: expected the name of a map, got {name!r}",
                code="world-map-unknown",
                hint=f"the maps are: {', '.join(known)}",
            )
    chosen = [known[name] for name in question.regions or known]
    for each in chosen:
        if each.only and each.only != selection_of(search).text:
            raise InputError(
                f"the map {each.name!r} holds only what another question needed",
                code="world-map-partial",
                hint=f"noonmark world add {each.source} --for QUESTION --force; or name other maps"
                " under search.region",
            )
    return chosen


def search_of(question: PlaceQuestion) -> PlaceSearch:
    """The question as the search takes it."""
    from noonmark.world.landmarks.clauses import EyePlace, PlaceSearch

    things = {values["id"]: _thing(values) for values in question.things}
    clauses = tuple(_clause(values, things) for values in question.clauses)
    eye = question.eye
    place = None
    if eye is not None:
        within = _EYE_M if eye["within_m"] is None else eye["within_m"]
        place = EyePlace(eye["near"], eye["on"], within)
    return PlaceSearch(tuple(things.values()), clauses, place, question.anchor)


def _thing(values: Values) -> LandmarkThing:
    from noonmark.world.landmarks.bundles import bundle_of
    from noonmark.world.landmarks.clauses import LandmarkThing
    from noonmark.world.landmarks.tag_terms import tag_expression

    if values["tags"]:
        label, expression = values["tags"], tag_expression(values["tags"])
    else:
        bundle = bundle_of(values["is"])
        label, expression = bundle.words, bundle.expression
    numbers = tuple(
        (tag, *values[key]) for key, tag in NUMBER_KEYS.items() if values[key] is not None
    )
    return LandmarkThing(
        values["id"], label, expression, values["name"], numbers, values["missing"]
    )


def _clause(values: Values, things: dict[str, LandmarkThing]) -> Clause:
    """One clause; a kind of thing that it names without declaring becomes a thing."""
    from noonmark.world.landmarks import clauses

    kind, path = values["kind"], values["path"]
    if kind == "pair":
        return _pair(values)
    if kind == "seen":
        return clauses.SeenClause(
            path, values["order"], values["turn_deg"], values["turn_sigma_deg"], values["range_m"]
        )
    if kind == "arms":
        arms = values["azimuth_deg"] or values["turn_deg"]
        known = bool(values["azimuth_deg"])
        return clauses.ArmsClause(path, values["at"], arms, values["sigma_deg"], known)
    of = values["of"]
    if of not in things:
        things[of] = _thing({"id": of, "is": of, "tags": "", "name": "", "missing": None}
                            | dict.fromkeys(NUMBER_KEYS))  # fmt: skip
    if kind == "sides":
        sides = values["one_side"], values["other_side"]
        return clauses.SidesClause(path, of, values["line"], values["within_m"], *sides)
    where = (path, of, values["near"], values["within_m"])
    if kind == "absent":
        return clauses.AbsentClause(*where, values["sector_deg"])
    return clauses.CountClause(
        *where,
        values["at_least"],
        values["direction_deg"],
        values["direction_sigma_deg"] or 0.0,
        values["sector_deg"],
    )


def _pair(values: Values) -> Clause:
    from noonmark.world.landmarks.clauses import PairClause

    distance = values["distance_m"]
    low, high = distance if isinstance(distance, tuple) else _DISTANCE_M
    return PairClause(
        path=values["path"],
        first=values["of"][0],
        second=values["of"][1],
        low_m=low,
        high_m=high,
        centre_m=distance if isinstance(distance, float) else None,
        sigma_m=values["distance_sigma_m"] or 0.0,
        bearing_deg=values["bearing_deg"],
        bearing_sigma_deg=values["bearing_sigma_deg"] or 0.0,
        meet=values["meet"],
        angle_deg=values["angle_deg"],
        angle_sigma_deg=values["angle_sigma_deg"] or 0.0,
    )


def _answer(found: FoundPlaces, question: PlaceQuestion, detailed: int) -> dict[str, Any]:
    from noonmark.world.landmarks.explained import (
        clause_summaries,
        holding_all,
        near_misses,
    )
    from noonmark.world.landmarks.map_store import ATTRIBUTION

    order = found.ranked
    missed = near_misses(found, order.features[:detailed])
    share = found.missing[found.search.anchor]
    return {
        "ok": True,
        "question_sha256": question.digest,
        "attribution": ATTRIBUTION,
        "maps": [_map(m) for m in found.held.maps.maps],
        "anchor": found.search.anchor,
        "anchors": len(order.features),
        "found": len(holding_all(found)),
        "none_of_these": _digits(order.none_of_these),
        "none_why": {
            "thing": found.search.anchor,
            "missing_share": _digits(share.mean),
            "missing_from": share.source,
        },
        "set_90": {"places": order.in_90, "none_of_these": order.none_in_90},
        "says_little": order.says_little,
        "clauses": clause_summaries(found),
        "missing": {
            name: {"share": _digits(m.mean), "from": m.source} for name, m in found.missing.items()
        },
        "advice": _advice(found),
        "places": _places(found, missed, detailed),
        "overpass": _overpass(found),
    }


def _map(stored: StoredMap) -> dict[str, Any]:
    newest = stored.newest_edit_s
    return {
        "region": stored.name,
        "osm_sha256": stored.sha256,
        "newest_edit": rfc3339(from_unix_s(newest)) if newest else None,
        "box": list(stored.box),
        "box_from": stored.box_from,
        "attribution": stored.attribution,
    }


def _overpass(found: FoundPlaces) -> str:
    from noonmark.report.place_overpass import overpass_query

    return overpass_query(found.search, [m.box for m in found.held.maps.maps])


def _advice(found: FoundPlaces) -> list[str]:
    """What to do next, in sentences."""
    order, said = found.ranked, []
    if not len(order.features):
        said.append(
            f"no {found.search.anchor!r} is on these maps: this says nothing; check the kind with"
            " `noonmark world things`"
        )
    elif order.says_little:
        said.append(
            f"this says almost nothing: the 90 % set has {order.in_90} of {len(order.features)}"
            " places. Add a clause that few places meet"
        )
    if order.none_of_these > 0.5:
        said.append("that the thing is not on the map is likelier than all of these together")
    for name, share in found.missing.items():
        if share.source.startswith("no figure"):
            said.append(
                f"how often maps miss {name!r} is not known: 30 % was taken. `missing = 0.1` in"
                " the thing says another share, `noonmark world missing` learns it from two dates"
            )
            break
    if any(m.newest_edit_s == 0 for m in found.held.maps.maps):
        said.append("a map says no dates of its edits: how old it is isn't known")
    return said


def _places(found: FoundPlaces, missed: NearMisses, detailed: int) -> list[dict[str, Any]]:
    order, held = found.ranked, _held_counts(found)
    lat, lon = (values.round(7).tolist() for values in (found.lat_deg, found.lon_deg))
    out = []
    for k, feature in enumerate(order.features.tolist()):
        place: dict[str, Any] = {
            "rank": k + 1,
            "lat_deg": lat[k],
            "lon_deg": lon[k],
            "sigma_m": round(float(found.sigma_m[k]), 1),
            "probability": _digits(order.probability[k]),
            "holds": int(held[k]),
            "of": len(found.search.clauses),
            "osm": found.held.maps.osm_name(feature),
        }
        out.append(place | _details(found, feature, missed) if k < detailed else place)
    return out


def _details(found: FoundPlaces, feature: int, missed: NearMisses) -> dict[str, Any]:
    """A place's name, where its object is, and its clauses."""
    from noonmark.world.landmarks.explained import clauses_at, mapped_thing

    told, thing = clauses_at(found, feature, missed), mapped_thing(found, feature)
    clauses = zip(found.search.clauses, told, strict=True)
    return {
        "name": thing.name,
        "holds": sum(c.state == "holds" for c in told),
        "anchor_lat_deg": round(thing.lat_deg, 7),
        "anchor_lon_deg": round(thing.lon_deg, 7),
        "clauses": [_told_clause(found, c, at) for c, at in clauses],
    }


def _held_counts(found: FoundPlaces) -> Any:
    """How many of the anchor's own clauses hold at each place."""
    import numpy as np

    from noonmark.world.landmarks.explained import HOLDS_FROM

    count = np.zeros(len(found.ranked.features), int)
    for outcome in found.outcomes.values():
        if outcome.thing == found.search.anchor:
            rows = np.searchsorted(outcome.features, found.ranked.features)
            count += outcome.score[rows] >= HOLDS_FROM
    return count


def _told_clause(found: FoundPlaces, clause: Clause, at: ClauseAtPlace) -> dict[str, Any]:
    from noonmark.world.landmarks.clauses import PairClause
    from noonmark.world.landmarks.explained import asked_m

    told: dict[str, Any] = {
        "clause": at.path,
        "state": at.state,
        "weight": round(at.weight, 4),
        "thing": None if at.thing is None else asdict(at.thing),
    }
    for name, digits in (("distance_m", 2), ("azimuth_deg", 2), ("short_by_m", 2), ("count", 0)):
        value = getattr(at, name)
        if value is not None:
            told[name] = round(value, digits) if digits else int(value)
    if isinstance(clause, PairClause) and not clause.meet:
        told["asked_m"] = [round(v, 2) for v in asked_m(clause)]
        told["at_anchor"] = found.search.anchor in (clause.first, clause.second)
    return told


def _digits(value: float) -> float:
    return float(f"{float(value):.6g}")


def write_places(answer: Mapping[str, Any], out: Path, *, force: bool = False) -> list[Path]:
    """Write answer.json, places.geojson, places.kmz, places.csv and overpass.txt, all or none."""
    from noonmark.actions.json_text import json_line
    from noonmark.report import place_files
    from noonmark.report.output_folder import write_folder

    contents = (
        f"{json_line(answer)}\n".encode(),
        place_files.places_geojson(answer),
        place_files.places_kmz(answer),
        place_files.places_csv(answer),
        answer["overpass"].encode(),
    )
    return write_folder(out, dict(zip(_FILES, contents, strict=True)), force=force)
