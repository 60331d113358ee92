"""What keeps demand out of reach: hours, amenities, a river, rails, streets that bend, or plain distance."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from stations.questions.coverage.barriers import RAILS, WATER, Barriers
from stations.questions.coverage.nearby import Bool, Int, Long, at_points, nearby
from stations.questions.coverage.serving import Served

FAR_ROUND = 4.0 / 3.0
"""A way by street that is longer than so many times the straight line goes round something. The mean in 25 Chinese
cities is 1.324 times."""

MOST_LINES = 100_000
"""Straight lines of which is remembered what they cross: some 25 MB."""


class Reason(StrEnum):
    """What keeps demand out of reach.

    ``hours``: a station is within reach, and closed at the moment. ``hours_unknown``: one is within reach, and nobody
    knows its hours. ``dates``: one is within reach that serves on given dates alone, and no moment was asked for.
    ``amenity``: one is within reach, and lacks what was asked for. Where no active station is within reach by street,
    but one that counts is in a straight line: ``river`` where the line crosses water and ``railway`` where it crosses
    rails or a motorway, if the way is far longer than the line; else ``detour``. What is left is ``distance``.
    """

    HOURS = "hours"
    HOURS_UNKNOWN = "hours_unknown"
    DATES = "dates"
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
    left = np.ones(points.size, bool)

    def because(reason: Reason, some: Bool) -> None:
        found[left & some] = number[reason]
        left[some] = False

    if served.query.at is not None:
        because(Reason.HOURS_UNKNOWN, served.times_if[points] > 0)
        because(Reason.HOURS, _reached(served, points, left, served.suits))
    if served.dated.any():
        because(Reason.DATES, _reached(served, points, left, served.suits))
    if not served.suits.all():
        because(Reason.AMENITY, _reached(served, points, left, np.ones(served.suits.size, bool)))
    on_street = served.layer.on[served.query.mode].edge[points] >= 0
    in_circle = (served.circle_times[points] > 0) & on_street
    water, rails = _across(served, points, in_circle & np.isin(cell, cell[in_circle & left]), cell)
    because(Reason.RIVER, water)
    because(Reason.RAILWAY, rails)
    because(Reason.DETOUR, in_circle)
    return found


def _reached(served: Served, points: Long, wanted: Bool, chosen: Bool) -> Bool:
    """Tell which of the wanted points, bool [K], are within reach of any of the chosen stations."""
    found = np.zeros(points.size, bool)
    for rows in served.pieces():
        reach, by_slot = rows.reach, rows.by_slot(chosen)
        asked = np.flatnonzero(wanted & ~found)
        at, end = reach.start[points[asked]], reach.start[points[asked] + 1]
        # Nearest first: most have one among their first few.
        while asked.size:
            on = at < end
            on[on] = reach.metres[at[on]] <= served.limit_m
            asked, at, end = asked[on], at[on], end[on]
            hit = by_slot[reach.site[at]]
            found[asked[hit]] = True
            asked, at, end = asked[~hit], at[~hit] + 1, end[~hit]
    return found


def _across(served: Served, points: Long, wanted: Bool, cell: Long) -> tuple[Bool, Bool]:
    """Tell from which of the wanted points the way goes far round, and water, or rails, lie across the straight line.

    Of each cell all points are to be wanted that are in a circle, or none.
    """
    asked = np.flatnonzero(wanted)
    water, rails = np.zeros((2, points.size), bool)
    if not asked.size:
        return water, rails
    parts = (at_points(rows, points[asked]) for rows in served.circles())
    straight = nearby(parts, served.counts, served.limit_m, asked.size)
    parts = (at_points(rows, points[asked]) for rows in served.pieces(served.limit_m * FAR_ROUND))
    street_m = nearby(parts, served.counts, served.limit_m * FAR_ROUND, asked.size).metres
    far = np.flatnonzero(street_m > FAR_ROUND * straight.metres)
    around = asked[far]
    water[around], rails[around] = _crossed(served, points[around], straight.site[far], cell[around])
    return water, rails


def _crossed(served: Served, points: Long, site: Int, cell: Long) -> tuple[Bool, Bool]:
    """Tell which straight lines to the nearest station cross water, and which rails or a motorway."""
    heaviest = np.argsort(-served.weight[points], kind="stable")
    _, first, which = np.unique(
        cell[heaviest] * served.counts.size + site[heaviest], return_index=True, return_inverse=True
    )
    line_at = np.empty(points.size, np.int64)
    line_at[heaviest] = which
    water, rails = _lines(served, points[heaviest[first]], site[heaviest[first]])
    return water[line_at], rails[line_at]


def _lines(served: Served, points: Long, site: Int) -> tuple[Bool, Bool]:
    """As `_crossed`, point by point. Most lines were looked at before: stations seldom move, and people never."""
    snapshot, memo = served.snapshot, served.atlas.memo
    rows = snapshot.active_rows[site]
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
