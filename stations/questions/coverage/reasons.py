"""What keeps demand out of reach: hours, amenities, a river, rails, streets that bend, or plain distance."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from stations.questions.coverage.barriers import RAILS, WATER, Barriers
from stations.questions.coverage.nearby import Bool, Int, Long, Nearby, at_points, nearby
from stations.questions.coverage.serving import Served

FAR_ROUND = 4.0 / 3.0
"""A way by street that is longer than so many times the straight line goes round something. The mean in 25 Chinese
cities is 1.324 times."""


MOST_LINES = 100_000
"""Straight lines of which is remembered what they cross: some 25 MB."""


class Reason(StrEnum):
    """What keeps demand out of reach.

    ``hours``: a station is within reach, and closed at the moment. ``hours_unknown``: one is within reach, and nobody
    knows its hours. ``amenity``: one is within reach, and lacks what was asked for. Where no active station is within
    reach by street, but one that counts is in a straight line: ``river`` where the line crosses water and ``railway``
    where it crosses rails or a motorway, if the way is far longer than the line; else ``detour``. What is left is
    ``distance``.
    """

    HOURS = "hours"
    HOURS_UNKNOWN = "hours_unknown"
    AMENITY = "amenity"
    RIVER = "river"
    RAILWAY = "railway"
    DETOUR = "detour"
    DISTANCE = "distance"


def reasons(served: Served, points: Long, cell: Long) -> Int:
    """Tell for demand points that are not covered what keeps each out of reach, as places in `Reason`, int32 [K].

    Parameters
    ----------
    cell
        int64 [K]: points of one cell that have the same nearest station are on the same side of a river, that of the
        one with the most demand.
    """
    number = {reason: at for at, reason in enumerate(Reason)}
    found = np.full(points.size, number[Reason.DISTANCE], np.int32)
    on_street = served.layer.on[served.query.mode].edge[points] >= 0
    in_circle = np.flatnonzero((served.circle_times[points] > 0) & on_street)
    found[in_circle] = number[Reason.DETOUR]
    around = in_circle[_goes_round(served, points[in_circle])]
    water, rails = _crossed(served, points[around], cell[around])
    found[around[rails]] = number[Reason.RAILWAY]
    found[around[water]] = number[Reason.RIVER]
    if not served.suits.all():
        found[_reached(served, points, np.ones(served.suits.size, bool))] = number[Reason.AMENITY]
    if served.query.at is not None:
        found[_reached(served, points, served.suits)] = number[Reason.HOURS]
        found[served.times_if[points] > 0] = number[Reason.HOURS_UNKNOWN]
    return found


def _reached(served: Served, points: Long, chosen: Bool) -> Bool:
    """Tell which points are within reach of any of the chosen stations."""
    return _nearby(served, points, chosen, served.limit_m).times > 0


def _nearby(served: Served, points: Long, chosen: Bool, limit_m: float) -> Nearby:
    pieces = (at_points(rows, points) for rows in served.pieces(limit_m))
    return nearby(pieces, chosen, limit_m, points.size)


def _goes_round(served: Served, points: Long) -> Bool:
    """Tell from where the way to the nearest station is far longer than the straight line to one."""
    street_m = _nearby(served, points, served.counts, served.limit_m * FAR_ROUND).metres
    longer: Bool = street_m > FAR_ROUND * served.circle_m[points]
    return longer


def _crossed(served: Served, points: Long, cell: Long) -> tuple[Bool, Bool]:
    """Tell which straight lines to the nearest station cross water, and which rails or a motorway."""
    heaviest = np.argsort(-served.weight[points], kind="stable")
    line_of = cell[heaviest] * served.counts.size + served.circle_site[points[heaviest]]
    _, first, which = np.unique(line_of, return_index=True, return_inverse=True)
    line_at = np.empty(points.size, np.int64)
    line_at[heaviest] = which
    water, rails = _lines(served, points[heaviest[first]])
    return water[line_at], rails[line_at]


def _lines(served: Served, points: Long) -> tuple[Bool, Bool]:
    """As `_crossed`, point by point. Most lines were looked at before: stations seldom move, and people never."""
    snapshot, memo = served.snapshot, served.atlas.memo
    rows = snapshot.active_rows[served.circle_site[points]]
    to_lon, to_lat = snapshot.lon[rows], snapshot.lat[rows]
    known: dict[tuple[int, float, float], tuple[bool, bool]] = memo.get(("crossings", served.layer.key), dict)
    lines = list(zip(points.tolist(), to_lon.tolist(), to_lat.tolist(), strict=True))
    crossed = [known.get(line) for line in lines]
    new = np.array([at for at, found in enumerate(crossed) if found is None], np.int64)
    if new.size:
        drawing, demand = served.atlas.drawing, served.layer.demand
        there = demand.lon[points[new]], demand.lat[points[new]], to_lon[new], to_lat[new]
        water = memo.get(("barriers", WATER), lambda: Barriers.of(drawing, WATER)).between(*there)
        rails = memo.get(("barriers", RAILS), lambda: Barriers.of(drawing, RAILS)).between(*there)
        if len(known) > MOST_LINES:
            known.clear()
        for at, found in zip(new.tolist(), zip(water.tolist(), rails.tolist(), strict=True), strict=True):
            crossed[at] = known[lines[at]] = found
    both = np.array(crossed, bool).reshape(-1, 2)
    return both[:, 0], both[:, 1]
