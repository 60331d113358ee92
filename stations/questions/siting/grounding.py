"""From a question, the stations and the ground to the plain problem: which site reaches whom, and when it serves."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import product

import numpy as np

from geodata.atlas import Atlas
from geodata.layers import Layer
from geodata.lonlat import Float
from geodata.matrix import Points, Reach, reach_matrix
from geodata.standing import Matrices, Rows
from stations.errors import HoursError, SitingError
from stations.hours import Hours, State
from stations.questions.coverage.query import CoverageQuery
from stations.questions.coverage.serving import counted_of, speed_of
from stations.questions.coverage.whatif import supposed
from stations.questions.reach import reach
from stations.questions.siting.candidates import gather_candidates
from stations.questions.siting.case import Bool, Case, Goal, check
from stations.questions.siting.problem import Candidate, Moment, Objective, SitingQuery, Wish
from stations.registry.snapshot import Snapshot

MOST_BYTES = 256_000_000
"""What the kept matrices of candidates may hold together."""

FORMAT = 1

FASTER = 1.4
"""The matrix goes so much farther than is asked for, so that faster walkers can be asked about."""


@dataclass(frozen=True, eq=False)
class Ground:
    """The plain problem of a question, and what its numbers mean.

    Sites are the active stations first, then the candidates from west to east.

    Attributes
    ----------
    snapshot
        As supposed: with the changes of the query.
    left_out
        bool [P]: demand that nothing reaches and that was left out, as the query has it.
    """

    query: SitingQuery
    snapshot: Snapshot
    atlas: Atlas
    layer: Layer
    speed_ms: float
    candidates: tuple[Candidate, ...]
    case: Case
    goal: Goal
    left_out: Bool

    @property
    def stations(self) -> int:
        """How many sites are stations."""
        return self.case.sites - len(self.candidates)

    def candidate(self, site: int) -> Candidate:
        """The candidate of a site."""
        return self.candidates[site - self.stations]

    @cached_property
    def off_street(self) -> tuple[str, ...]:
        """Keys of candidates that no street is near to."""
        there = np.zeros(self.case.sites, bool)
        there[self.case.site] = True
        return tuple(one.key for one, some in zip(self.candidates, there[self.stations :], strict=True) if not some)


def ground(query: SitingQuery, snapshot: Snapshot, atlas: Atlas) -> Ground:
    """Make the plain problem of a question.

    Raises
    ------
    SitingError
        A question that does not go together.
    QuestionError, UnknownModeError, LayerError
        As `stations.questions.coverage.serve`.
    """
    asked = query.coverage
    speed_ms = speed_of(asked, atlas)
    layer = atlas.layer(asked.weight)
    snapshot = supposed(asked.changes, snapshot, atlas)
    candidates = gather_candidates(query.candidates, atlas, asked.mode)
    _check_keys(query, candidates)
    limit_m = asked.minutes * 60.0 * speed_ms
    horizon_m = atlas.network(asked.mode).mode.horizon_m
    beyond_m = horizon_m if query.farthest_minutes is None else query.farthest_minutes * 60.0 * speed_ms
    if query.objective is Objective.CENTER:
        reach_m = math.inf
    else:
        reach_m = max(beyond_m if query.objective is Objective.MEDIAN else 0.0, limit_m * FASTER)
    standing = reach(snapshot, atlas, asked.mode, layer.key, reach_m)
    offered = _candidate_rows(candidates, atlas, asked.mode, layer.key, reach_m)
    start, site, metres = _side_by_side(standing, offered, reach_m)
    stations, keys = snapshot.active_rows.size, [one.key for one in candidates]
    serves, weights = _periods(query, snapshot, candidates)
    nothing = np.zeros(stations, bool)
    own = np.inf if query.existing_capacity is None else query.existing_capacity
    case = Case(
        start=start,
        site=site,
        metres=metres,
        weight=layer.demand.weight,
        kept=np.concatenate((np.full(stations, query.keep), np.zeros(len(keys), bool))),
        forced=np.concatenate((nothing, np.array([key in query.forced for key in keys], bool))),
        forbidden=np.concatenate(
            (~nothing & (not query.keep), np.array([key in query.forbidden for key in keys], bool))
        ),
        cost=np.concatenate((np.zeros(stations), _costs(query, candidates))),
        capacity=np.concatenate((np.full(stations, own), _capacities(query, candidates))),
        serves=serves,
        period_weight=weights,
    )
    goal = Goal(
        query.objective,
        limit_m=limit_m,
        sites=query.sites,
        budget=query.budget,
        share=query.share,
        times=query.times,
        beyond_m=beyond_m if query.objective is Objective.MEDIAN else math.inf,
    )
    left_out = np.zeros(case.points, bool)
    if query.leave_out and query.objective in {Objective.FEWEST, Objective.CENTER}:
        check(case, goal)
        left_out = _nowhere(case, goal)
        case = replace(case, weight=np.where(left_out, 0.0, case.weight))
    return Ground(query, snapshot, atlas, layer, speed_ms, candidates, case, goal, left_out)


def serving_at(grounded: Ground, at: datetime) -> tuple[Bool, Float]:
    """Sites that serve at another moment, a row for each wish, bool [K, S], and the weights of these."""
    query = replace(grounded.query, moments=(Moment(at),))
    return _periods(query, grounded.snapshot, grounded.candidates)


def _nowhere(case: Case, goal: Goal) -> Bool:
    """Points that cannot be covered in some period, bool [P]."""
    limit_m = goal.limit_m if goal.objective is Objective.FEWEST else math.inf
    lost = np.zeros(case.points, bool)
    for serving, _ in case.periods:
        _, first = case.entries(limit_m, serving & (case.kept | case.candidates))
        lost |= np.diff(first) < goal.times
    return lost & (case.weight > 0)


def _check_keys(query: SitingQuery, candidates: tuple[Candidate, ...]) -> None:
    strange = sorted((query.forced | query.forbidden) - {one.key for one in candidates})
    if strange:
        raise SitingError(
            "There is no candidate {key}. Take it out of what is wanted or ruled out, or add it.", key=strange[0][:80]
        )
    both = sorted(query.forced & query.forbidden)
    if both:
        raise SitingError("Candidate {key} is both wanted and ruled out. Take one of the two back.", key=both[0][:80])


def _costs(query: SitingQuery, candidates: tuple[Candidate, ...]) -> Float:
    costs: Mapping[str, float] = dict(query.costs)
    for key, cost in costs.items():
        if not (cost >= 0 and math.isfinite(cost)):
            raise SitingError("Candidate {key} cannot cost {cost:g}. Give 0 or more.", key=key[:80], cost=cost)
    return np.array([costs.get(one.key, costs.get(one.kind, one.cost)) for one in candidates], float)


def _capacities(query: SitingQuery, candidates: tuple[Candidate, ...]) -> Float:
    other = math.inf if query.capacity is None else query.capacity
    return np.array([other if one.capacity is None else one.capacity for one in candidates], float)


def _periods(query: SitingQuery, snapshot: Snapshot, candidates: tuple[Candidate, ...]) -> tuple[Bool, Float]:
    """Sites that serve in each period, bool [K, S], and the weights of the periods."""
    moments: tuple[tuple[datetime | None, float], ...] = tuple((one.at, one.weight) for one in query.moments)
    moments = moments or ((query.coverage.at, 1.0),)
    wishes = query.wishes or (Wish(query.coverage.amenities),)
    weights = np.array([moment[1] * wish.weight for moment, wish in product(moments, wishes)])
    if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise SitingError("The weights of moments and amenities must be 0 or more, and not all 0.")
    is_open = [_open_at(query, moment, snapshot, candidates) for moment, _ in moments]
    rows = []
    for opened, wish in product(range(len(moments)), wishes):
        asked = CoverageQuery(at=moments[opened][0], amenities=wish.amenities)
        has = [one.amenities is None or wish.amenities <= one.amenities for one in candidates]
        rows.append(np.concatenate((counted_of(asked, snapshot).surely, is_open[opened] & np.array(has, bool))))
    return np.array(rows), weights / weights.sum()


def _open_at(query: SitingQuery, at: datetime | None, snapshot: Snapshot, candidates: tuple[Candidate, ...]) -> Bool:
    """Candidates at which a station would be open at a moment."""
    if at is None:
        return np.ones(len(candidates), bool)
    states: dict[str, bool] = {}
    for text in {one.hours or query.assumed_hours for one in candidates}:
        try:
            hours = Hours.parse(text, snapshot.timezone)
        except HoursError as fault:
            if text == query.assumed_hours:
                raise SitingError(
                    "The hours “{text}” cannot be read. Write them like Mo-Su 08:00-20:00 or 24/7.", text=text[:80]
                ) from fault
            # As premises are tagged in the extract, some cannot be read: they are not known.
            states[text] = False
            continue
        # Without hours a station there is as one makes it.
        states[text] = not text or hours.state_at(at).state is State.OPEN
    return np.array([states[one.hours or query.assumed_hours] for one in candidates], bool)


def _candidate_rows(candidates: tuple[Candidate, ...], atlas: Atlas, mode: str, layer: str, limit_m: float) -> Rows:
    """The rows of the candidates; kept, so that another question of the same ones costs no search."""
    lon, lat = (np.array([getattr(one.position, axis) for one in candidates]) for axis in ("lon", "lat"))

    def make(lon: Float, lat: Float) -> tuple[Reach, Bool]:
        network = atlas.network(mode)
        points = atlas.memo.get(("points", mode, layer), lambda: Points(network, atlas.layer(layer).on[mode]))
        sites = network.snap_many(lon, lat)
        return reach_matrix(points, sites, limit_m), sites.edge >= 0

    matrices = atlas.memo.get("candidates", lambda: Matrices(MOST_BYTES, atlas.keep))
    family = f"siting {FORMAT} {atlas.digest} {layer} {atlas.layer(layer).digest} {mode} {limit_m:.3f}"
    name = (tuple(lon.tolist()), tuple(lat.tolist()))
    return matrices.rows(family, make, name, lambda: (lon, lat))


def _side_by_side(standing: Rows, offered: Rows, limit_m: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stations and candidates in one matrix, nearest first; the candidates' numbers stand behind the stations'."""
    stations = standing.slot.size
    parts = []
    for rows, ahead in ((standing, 0), (offered, stations)):
        own = rows.site[rows.reach.site]
        near = (own >= 0) & (rows.reach.metres <= limit_m)
        before = np.concatenate(([0], np.cumsum(near)))
        parts.append((rows.reach.point()[near], own[near] + ahead, rows.reach.metres[near], before[rows.reach.start]))
    if not parts[0][0].size:
        _, site, metres, start = parts[1]
        return start, site.astype(np.int32), metres
    point, site, metres = (np.concatenate((one, other)) for one, other in zip(parts[0][:3], parts[1][:3], strict=True))
    order = np.lexsort((site, metres, point))
    return parts[0][3] + parts[1][3], site[order].astype(np.int32), metres[order]
