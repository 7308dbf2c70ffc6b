"""The posterior of a shadow track of unknown date, without a search over boxes of place and time.

1. For each handedness, the cells of the plane of elevation and date in which the track fits.
2. Pieces: a cell times the angles at the sun that fit. Where there are other clues, or a small
   area, pieces are cut until these hardly vary over them.
3. Leaves: the pieces as boxes of place and time, with their mass. What a box is a hull of, its
   piece, stays beside it, for draws.

Where the track may be mismeasured altogether, or where this cannot be done, there are no leaves,
and the search over boxes is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress, product

import numpy as np

from noonmark.arrays import Bools, Floats, Rows
from noonmark.constants import DAY_S
from noonmark.inference.clues.direct import DirectClue, log_out
from noonmark.inference.clues.track_model import TrackModel
from noonmark.inference.search.bounding import inside
from noonmark.inference.search.branch_and_bound import Leaves
from noonmark.inference.search.domain import BoxView, Domain
from noonmark.inference.search.first_boxes import first_boxes
from noonmark.inference.search.frontier import log_sum
from noonmark.inference.search.likelihood import BoundedLikelihood
from noonmark.inference.search.volumes import share_inside
from noonmark.inference.tracks.other_clues import WeighedPieces, weighed, with_means
from noonmark.inference.tracks.piece_boxes import (
    Spots,
    instant_boxes,
    piece_boxes,
    place_boxes,
    spots,
)
from noonmark.inference.tracks.piece_insides import PieceInsides
from noonmark.inference.tracks.pieces import in_strips, in_years, pieces_of, with_losses
from noonmark.inference.tracks.plane_track import plane_track
from noonmark.inference.tracks.quadtree import BoundsBroken, plane_cells
from noonmark.inference.tracks.scene_tracks import SceneTracks
from noonmark.inference.tracks.sun_year import TURN, YEAR_S, sun_year

FEWEST_TIPS = 5
LONGEST_S = 2.0 * 3600.0
LONGEST_WINDOW_S = 10.0 * YEAR_S
"""Where no track has so many tips, or one takes more time, and in longer windows, boxes are
searched.
"""

FARTHEST_S = 4.0 * 3600.0
"""So they are where a tip is farther from the middle of the track of most tips."""

MOST_TRACKS = 3
"""So are more tracks: each may have two handednesses."""

SMALLEST_AREA_DEG = 0.05
"""So are areas no larger, either way."""

OUTLIER_NAT = 7.6
"""A mismeasured track must be less likely by so much (ln): less than 1 in 2,000."""

_WAYS_NAT = 2.0
"""So much more, that all ways of mismeasuring three tracks together are less likely by it."""

_LEFT_OUT = 2e-4
"""Leaves that together hold less of the probability are left out."""


_LIGHT = 0.1
"""Pieces that together hold less need no fine strips where there are many."""


@dataclass(frozen=True)
class _Track:
    """A track that is asked about: its clue, and the clue's own model."""

    clue: DirectClue
    model: TrackModel

    @property
    def offsets_s(self) -> Floats:
        """When each tip was, after the scene's start [s], (k,)."""
        return np.array([moment.offset_s for moment in self.model.moments])

    @property
    def middle_s(self) -> float:
        """Halfway between the first and the last tip, after the scene's start [s]."""
        return 0.5 * float(self.offsets_s[0] + self.offsets_s[-1])

    @property
    def top(self) -> float:
        """ln of the likelihood of a sound track that fits perfectly."""
        return self.model.track.top + float(np.log1p(-self.clue.outlier))


@dataclass(frozen=True)
class _Question:
    """Tracks to be answered with other clues over a domain; the first has the most tips."""

    domain: Domain
    tracks: tuple[_Track, ...]
    others: tuple[BoundedLikelihood, ...]

    @property
    def mid_s(self) -> float:
        """The middle of the first track after the scene's start [s]."""
        return self.tracks[0].middle_s


def track_leaves(domain: Domain, clues: Sequence[BoundedLikelihood]) -> Leaves | None:
    """The leaves of the posterior, or None where the search over boxes must find them."""
    question = _question(domain, clues)
    if question is None:
        return None
    try:
        return _sound_leaves(question)
    except BoundsBroken:
        return None


def _sound_leaves(question: _Question) -> Leaves | None:
    """The leaves, if the tracks fit and are hardly mismeasured altogether.

    What a mismeasured one may hold at most is unresolved.
    """
    found = _pieces(question)
    if found is None:
        return None
    leaves = _leaves(question, found)
    if leaves is None:
        return None
    harmless = leaves.log_evidence - OUTLIER_NAT
    lost = _mismeasured(question, harmless)
    if lost > harmless:
        return None
    share = float(np.exp(lost - leaves.log_evidence))
    return replace(leaves, unresolved=leaves.unresolved + share)


def _question(domain: Domain, clues: Sequence[BoundedLikelihood]) -> _Question | None:
    """The one track, if the plane can answer it with what else there is."""
    if not domain.daily or not domain.solar or domain.length_s > LONGEST_WINDOW_S:
        return None
    small_deg = min(domain.width_deg, domain.north_deg - domain.south_deg)
    if small_deg < SMALLEST_AREA_DEG:
        return None
    tracks = [one for clue in clues if (one := _track_of(clue)) is not None]
    if not _fit_the_plane(tracks):
        return None
    others = tuple(clue for clue in clues if _track_of(clue) is None)
    return _Question(domain, tuple(sorted(tracks, key=lambda one: -one.offsets_s.size)), others)


def _track_of(clue: BoundedLikelihood) -> _Track | None:
    """The track that a clue is, if it is one."""
    if isinstance(clue, DirectClue) and isinstance(clue.model, TrackModel):
        return _Track(clue, clue.model)
    return None


def _fit_the_plane(tracks: list[_Track]) -> bool:
    """Whether all tracks hang on the scene's start alone, and are short and near enough."""
    if not 1 <= len(tracks) <= MOST_TRACKS:
        return False
    if any(moment.at_s is not None for one in tracks for moment in one.model.moments):
        return False
    first = max(tracks, key=lambda one: one.offsets_s.size)
    if first.offsets_s.size < FEWEST_TIPS:
        return False
    if any(np.ptp(one.offsets_s) > LONGEST_S for one in tracks):
        return False
    return all(np.abs(one.offsets_s - first.middle_s).max() <= FARTHEST_S for one in tracks)


def _tracks(question: _Question) -> tuple[SceneTracks, ...]:
    """The tracks of each handedness, or of each way of pairing them."""
    domain = question.domain
    middle_s = 0.5 * (domain.start_s + domain.end_s)
    year = sun_year(middle_s - 0.5 * YEAR_S)
    by_hand = [
        [
            plane_track(
                goal,
                one.offsets_s - question.mid_s,
                sharpness=one.model.track.sharpness,
                refraction=one.model.track.refraction,
                year=year,
            )
            for goal in one.model.track.goals
        ]
        for one in question.tracks
    ]
    return tuple(SceneTracks(tracks) for tracks in product(*by_hand))


def _pieces(question: _Question) -> WeighedPieces | None:
    """The pieces of the sheet that matter, with what the other clues say of them."""
    domain = question.domain
    tracks = _tracks(question)
    year = tracks[0].year
    first_s = domain.start_s + question.mid_s - DAY_S
    last_s = domain.end_s + question.mid_s + DAY_S
    first, last = year.phase(first_s), year.phase(last_s)
    if last - first > TURN:
        first, last = 0.0, TURN
    found = pieces_of(
        tracks,
        [
            plane_cells(
                track,
                first,
                last,
            )
            for track in tracks
        ],
    )
    if found is None:
        return None
    found = in_years(
        found,
        first_s,
        last_s,
    )
    if not found.size:
        return None
    result = weighed(
        found,
        domain,
        question.others,
        question.mid_s,
    )
    return None if result is None else _in_fine_strips(question, result)


def _in_fine_strips(question: _Question, found: WeighedPieces) -> WeighedPieces:
    """The heaviest pieces, with strips of the angle fine enough for leaves."""
    found = found.take(_heaviest(found.log_mass, _LEFT_OUT))
    strips, owner = in_strips(found.pieces, _heaviest(found.log_mass, _LIGHT))
    fine = replace(found.take(owner), pieces=with_losses(strips))
    if question.others:
        fine = with_means(fine, question.domain, question.others, question.mid_s)
    return fine.take(_heaviest(fine.log_mass, _LEFT_OUT))


def _heaviest(log_mass: Floats, but: float) -> Rows:
    """The indices of all of the mass ``but`` a share of it, ascending."""
    order = np.argsort(log_mass)
    mass = np.exp(log_mass[order] - log_mass.max())
    return np.sort(order[np.cumsum(mass) > but * mass.sum()])


def _leaves(question: _Question, found: WeighedPieces) -> Leaves | None:
    """The leaves: the pieces as boxes, with what of each lies in the domain."""
    spot = spots(
        found.pieces,
        question.domain,
        question.mid_s,
    )
    domain = _with_clock(
        question,
        found,
        spot,
    )
    boxes = piece_boxes(spot, domain)
    share = boxes.share * share_inside(domain, boxes.boxes)
    held = np.flatnonzero(share > 0.0)
    if not held.size:
        return None
    boxes, share = boxes.take(held), share[held]
    solar = domain.shear_s_per_deg > 0.0
    piece = boxes.piece
    top = sum(one.top + one.model.track.log_share for one in question.tracks)
    log_likelihood = top + found.log_likelihood[piece]
    log_mean = log_likelihood + found.pieces.log_bulge[piece]
    log_volume = found.pieces.log_volume[piece] + np.log(share)
    log_mass = log_volume + log_mean
    return Leaves(
        domain,
        boxes.boxes,
        log_likelihood,
        log_mass,
        log_volume,
        log_prior=_first_boxes(domain)[1],
        unresolved=_share_of(found.open[piece], log_mass),
        rounds=0,
        within=PieceInsides(
            domain,
            found.pieces,
            piece,
            question.mid_s,
            place_boxes(found.pieces, spot, boxes, domain),
            instant_boxes(spot, boxes, domain) if solar else None,
        ),
    )


def _share_of(some: Bools, log_mass: Floats) -> float:
    """The share of the mass that some of the leaves hold."""
    mass = np.exp(log_mass - log_mass.max())
    return float(mass[some].sum() / mass.sum())


def _with_clock(
    question: _Question,
    found: WeighedPieces,
    spot: Spots,
) -> Domain:
    """The domain, with times in UTC where a clock has made the pieces narrower in UTC."""
    if all(clue.time_axis != "utc" for clue in question.others):
        return question.domain
    narrow = spot.half_s < spot.half_solar_s
    weight = np.exp(found.log_mass - found.log_mass.max())
    if weight[narrow].sum() <= 0.5 * weight.sum():
        return question.domain
    return replace(question.domain, solar=False)


def _first_boxes(domain: Domain) -> tuple[BoxView, float, Floats]:
    """Boxes that cover the domain, ln of the volume of all of it, and of each of them."""
    boxes, log_volume, _ = inside(domain, first_boxes(domain))
    return BoxView(domain, boxes), log_sum(log_volume), log_volume


def _mismeasured(question: _Question, harmless: float) -> float:
    """An upper bound of ln of the evidence where one track or more is mismeasured.

    The others may fit perfectly everywhere. Where a bound so crude is not ``harmless``, what the
    others say alone is worked out, if the plane can.
    """
    view, log_prior, high = _first_boxes(question.domain)
    for clue in question.others:
        high = high + clue.bounds(view)[1]
    anywhere = log_sum(high) - log_prior
    bounds = []
    for lost in product((False, True), repeat=len(question.tracks)):
        out = tuple(compress(question.tracks, lost))
        sound = tuple(compress(question.tracks, [not one for one in lost]))
        if not out:
            continue
        log_lost = sum(log_out(one.clue.outlier, one.clue.log_p_out) for one in out)
        bound = log_lost + anywhere + sum(one.top for one in sound)
        if bound > harmless - _WAYS_NAT:
            bound = log_lost + _evidence(question, sound, bound - log_lost)
        bounds.append(bound)
    return log_sum(np.array(bounds))


def _evidence(question: _Question, sound: tuple[_Track, ...], bound: float) -> float:
    """ln of the evidence of some tracks and the other clues; ``bound`` where the plane cannot."""
    if not _fit_the_plane(list(sound)):
        return bound
    alone = replace(question, tracks=sound)
    found = _pieces(alone)
    leaves = None if found is None else _leaves(alone, found)
    return bound if leaves is None else leaves.log_evidence
