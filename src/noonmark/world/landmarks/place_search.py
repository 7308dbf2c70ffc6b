"""A whole question asked of maps: every object that may be the place, with why."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noonmark.arrays import Floats
from noonmark.geometry.area_mask import AreaMask
from noonmark.world.landmarks.clause_outcome import ClauseOutcome
from noonmark.world.landmarks.clause_scores import Evaluation
from noonmark.world.landmarks.clauses import PlaceSearch, SeenClause
from noonmark.world.landmarks.landmark_maps import LandmarkMaps
from noonmark.world.landmarks.local_plane import nearest_on
from noonmark.world.landmarks.map_tile import OpenMaps
from noonmark.world.landmarks.missing_shares import MissingShare, share_of
from noonmark.world.landmarks.question_tree import chosen_anchor
from noonmark.world.landmarks.ragged import Ints
from noonmark.world.landmarks.ranking import RankedObjects, ranked
from noonmark.world.landmarks.seen_order import SeenEyes

_LEAST_SIGMA_M = 5.0
Places = tuple[Floats, Floats, Floats]
"""Latitudes and longitudes [deg] and standard deviations [m]."""


@dataclass(frozen=True)
class FoundPlaces:
    """The answer: objects of ``search.anchor`` by probability, and what each clause said.

    ``lat_deg``, ``lon_deg``, ``sigma_m``: where the eye stood, by the question; else the object.
    """

    search: PlaceSearch
    ranked: RankedObjects
    lat_deg: Floats
    lon_deg: Floats
    sigma_m: Floats
    outcomes: Mapping[str, ClauseOutcome]
    missing: Mapping[str, MissingShare]
    held: LandmarkMaps


def search_places(
    maps: OpenMaps,
    search: PlaceSearch,
    *,
    learnt: Mapping[str, MissingShare] | None = None,
    inside: AreaMask | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> FoundPlaces:
    """Ask the maps. ``inside``: the area that holds the place, where one is known.

    ``progress`` is told, clause by clause, the share of the objects that were looked from, and in
    words for what.

    Raises InputError ``place-circle`` or ``place-apart``.
    """
    held = LandmarkMaps(
        maps,
        search.things,
        progress,
    )
    search = _anchored(held, search)
    if inside is not None:
        held.restrict(search.anchor, inside)
    missing = {t.id: share_of(t, learnt or {}) for t in search.things}
    evaluation = Evaluation(
        held,
        search,
        missing,
    )
    objects = evaluation.weighed(search.anchor)
    identity = maps.identities(objects.features)
    order = ranked(
        objects,
        identity,
        missing[search.anchor],
    )
    places = _eye_places(
        held,
        search,
        evaluation.outcomes,
        order.features,
    )
    if evaluation.eyes is not None and _is_seen_from_anchor(search):
        row = np.searchsorted(objects.features, order.features)
        places = _seen_places(
            places,
            evaluation.eyes,
            row,
        )
    return FoundPlaces(
        search=search,
        ranked=order,
        lat_deg=places[0],
        lon_deg=places[1],
        sigma_m=places[2],
        outcomes=evaluation.outcomes,
        missing=missing,
        held=held,
    )


def _anchored(
    held: LandmarkMaps,
    search: PlaceSearch,
) -> PlaceSearch:
    """The search with its anchor chosen."""
    counts: dict[str, int] = {}
    if not search.anchor and not (search.eye and search.eye.near):
        counts = {t.id: len(held.features(t.id)) for t in search.things}
    return replace(search, anchor=chosen_anchor(search, counts))


def _seen_places(
    places: Places,
    eyes: SeenEyes,
    row: Ints,
) -> Places:
    """The places of eyes, where turns fix them, in the order of ``row``."""
    lat, lon, sigma = places
    known = ~np.isnan(eyes.lat_deg[row])
    spread = np.hypot(eyes.spread_m[row], sigma)
    return (
        np.where(
            known,
            eyes.lat_deg[row],
            lat,
        ),
        np.where(
            known,
            eyes.lon_deg[row],
            lon,
        ),
        np.where(
            known,
            spread,
            sigma,
        ),
    )


def _is_seen_from_anchor(search: PlaceSearch) -> bool:
    """Whether the anchor's objects are those that an eye's turns were reckoned from."""
    owners = [c.order[0] for c in search.clauses if isinstance(c, SeenClause)]
    return owners == [search.anchor]


def _eye_places(
    held: LandmarkMaps,
    search: PlaceSearch,
    outcomes: Mapping[str, ClauseOutcome],
    features: Ints,
) -> tuple[Floats, Floats, Floats]:
    """Where the eye stood, with its standard deviation each way [m].

    A disc of radius r has r / 2; an object's own extent is added: a quarter of its box's diagonal.
    """
    maps = held.maps
    x, y = maps.middles_e7(features)
    eye = search.eye
    if eye is not None and eye.on:
        partner = _partners(
            search,
            outcomes,
            eye.on,
            features,
        )
        x, y = _nearest_points(
            maps,
            features,
            partner,
            x,
            y,
        )
    box = maps.boxes(features).astype(float) * 1e-7
    tall = (box[:, 3] - box[:, 1]) * 111_320.0
    wide = (box[:, 2] - box[:, 0]) * 111_320.0 * np.cos(np.radians(y * 1e-7))
    own = np.hypot(tall, wide) / 4.0
    around = eye.within_m / 2.0 if eye is not None else 0.0
    sigma = np.hypot(np.hypot(own, around), _LEAST_SIGMA_M)
    return np.asarray(y * 1e-7, np.float64), np.asarray(x * 1e-7, np.float64), sigma


def _partners(
    search: PlaceSearch,
    outcomes: Mapping[str, ClauseOutcome],
    thing: str,
    features: Ints,
) -> Ints:
    """The object of another thing that goes with each anchor; -1 where none does."""
    for clause in search.clauses:
        outcome = outcomes.get(clause.path)
        names = (
            getattr(
                clause,
                "first",
                "",
            ),
            getattr(
                clause,
                "second",
                "",
            ),
        )
        if outcome is not None and outcome.thing == search.anchor and thing in names:
            return outcome.partner[np.searchsorted(outcome.features, features)]
    return np.full(
        len(features),
        -1,
        np.int64,
    )


def _nearest_points(
    maps: OpenMaps,
    features: Ints,
    partner: Ints,
    x: Ints,
    y: Ints,
) -> tuple[Ints, Ints]:
    """The point of each partner nearest to the object, without a partner the object itself."""
    out_x = x.copy()
    out_y = y.copy()
    has = np.nonzero(partner >= 0)[0]
    if not len(has):
        return out_x, out_y
    known, which = np.unique(partner[has], return_inverse=True)
    owner, edge = maps.edges(known)
    begin = np.searchsorted(owner, np.arange(len(known) + 1))
    for k, row in enumerate(has.tolist()):
        mine = edge[begin[which[k]] : begin[which[k] + 1]]
        out_x[row], out_y[row] = _nearest_point(
            mine,
            int(x[row]),
            int(y[row]),
        )
    return out_x, out_y


def _nearest_point(
    edge: NDArray[Any],
    x: int,
    y: int,
) -> tuple[int, int]:
    """The point of some segments that is nearest to a place, all in 1e-7 degrees."""
    shrink = max(float(np.cos(np.radians(y * 1e-7))), 1e-9)
    offset = edge.astype(float) - [x, y, x, y]
    scaled = offset * [shrink, 1.0, shrink, 1.0]
    segment = tuple(scaled.T)
    distance, east, north = nearest_on(
        0.0,
        0.0,
        segment,
    )
    best = int(np.argmin(distance))
    return round(x + float(east[best]) / shrink), round(y + float(north[best]))
