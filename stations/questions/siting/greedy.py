"""The greedy choice: always the site that adds most, at once, as the first picture and as a start for the proof.

What a site adds never grows while others are chosen, so most need not be looked
at again (Minoux 1978, "Accelerated greedy algorithms"). From that follow the
guarantees: at least 1 - 1/e of the best cover or saving by a number of sites
(Nemhauser, Wolsey and Fisher 1978), half of that by a budget, if the best single
site is held beside it (Khuller, Moss and Naor 1999), and at most 1 + ln(d) times
the fewest sites, where a site covers d rows at most (Chvatal 1979).
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geodata.lonlat import Float
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.model import Rows

ONE_LESS_1_E = 1.0 - math.exp(-1.0)
LEAST_PART = 1e-12
"""Gains below this part of the demand are rounding."""


@dataclass(frozen=True, eq=False)
class Greedy:
    """Sites in the order in which they were taken.

    Attributes
    ----------
    sites
        int64 [n]: numbers of the case.
    adds
        float64 [n]: what each added: demand, or metres times demand that were saved.
    guarantee
        `Objective.MOST`, `MEDIAN`: at least this part of what the best choice gains. `FEWEST`: at most so many times
        the cost of the best. None where nothing is known.
    """

    sites: Long
    adds: Float
    guarantee: float | None


@dataclass(slots=True)
class Purse:
    """What may still be chosen."""

    sites: float
    money: float

    @classmethod
    def of(cls, case: Case, goal: Goal) -> Purse:
        """What a goal leaves beside the sites that are chosen for certain."""
        forced = case.forced & ~case.kept
        sites = math.inf if goal.sites is None else float(goal.sites - forced.sum())
        money = math.inf if goal.budget is None else goal.budget - float(case.cost[forced].sum())
        return cls(sites, money)

    def buys(self, cost: float) -> bool:
        """Whether one more of a cost may be chosen."""
        return self.sites >= 1 and cost <= self.money + 1e-9 * max(1.0, cost)

    def pay(self, cost: float) -> None:
        """Choose one more."""
        self.sites -= 1
        self.money -= cost


def lazily(
    gains: Float, again: Callable[[int], float], take: Callable[[int], None], cost: Float, purse: Purse, least: float
) -> tuple[list[int], list[float]]:
    """Take what adds most for its cost until nothing adds more than ``least``, or nothing can be bought.

    Parameters
    ----------
    gains
        float64 [F]: what each would add first; later ones are no larger.
    again
        What one would add now.
    take
        Notes that one is taken.
    cost
        float64 [F]: what gains are divided by; ones where only the number counts.

    Returns
    -------
    taken, added
        In order; of equal ones the first is taken.
    """

    def rate(one: int, gain: float) -> float:
        return gain / cost[one] if cost[one] > 0 else math.inf

    heap = [(-rate(one, gain), one, 0) for one, gain in enumerate(gains.tolist()) if gain > least]
    heapq.heapify(heap)
    taken: list[int] = []
    added: list[float] = []
    while heap and purse.sites >= 1:
        _, one, seen = heapq.heappop(heap)
        if not purse.buys(float(cost[one])):
            continue
        gain = again(one)
        if gain <= least:
            continue
        if seen < len(taken) and heap and (-rate(one, gain), one) > heap[0][:2]:
            heapq.heappush(heap, (-rate(one, gain), one, len(taken)))
            continue
        take(one)
        purse.pay(float(cost[one]))
        taken.append(one)
        added.append(gain)
    return taken, added


class _Cover:
    """Rows that are still to be covered, while candidates are taken."""

    def __init__(self, rows: Rows, wanted: float = math.inf) -> None:
        self.rows = rows
        self.first, self.row = rows.by_candidate
        # Who needs two is worth half of itself each time; nothing is then promised.
        self.worth = rows.weight / np.maximum(rows.need, 1)
        self.need = rows.need.copy()
        self.left = wanted

    @property
    def gains(self) -> Float:
        counted = np.repeat(np.arange(self.rows.candidate.size), np.diff(self.first))
        worth = np.bincount(counted, weights=self.worth[self.row], minlength=self.rows.candidate.size)
        return np.minimum(worth, self.left)

    def gain(self, one: int) -> float:
        row = self.row[self.first[one] : self.first[one + 1]]
        return min(float(self.worth[row][self.need[row] > 0].sum()), self.left)

    def take(self, one: int) -> None:
        self.left -= self.gain(one)
        self.need[self.row[self.first[one] : self.first[one + 1]]] -= 1


def cover_greedily(case: Case, goal: Goal, rows: Rows) -> Greedy:
    """Choose by covering: the most demand for a number of sites or a budget."""
    cost = case.cost[rows.candidate]
    least = LEAST_PART * max(case.total, 1e-300)
    by_cost = goal.budget is not None and np.unique(cost).size > 1
    taken, added = _taken(rows, cost if by_cost else None, case, goal, least)
    guarantee: float | None = ONE_LESS_1_E
    if by_cost:
        single = _Cover(rows).gains
        single[~np.array([Purse.of(case, goal).buys(float(each)) for each in cost], bool)] = 0.0
        best = int(np.argmax(single)) if single.size else -1
        if best >= 0 and single[best] > sum(added):
            taken, added = [best], [float(single[best])]
        # By number and by money together no part is promised.
        guarantee = 0.5 * ONE_LESS_1_E if goal.sites is None else None
    if (rows.need > 1).any():
        guarantee = None
    return Greedy(rows.candidate[taken], np.array(added), guarantee)


def share_greedily(case: Case, goal: Goal, rows: Rows) -> Greedy:
    """Choose until the share is covered, for little cost; what turns out not to be needed is taken back."""
    cost = case.cost[rows.candidate]
    least = LEAST_PART * max(case.total, 1e-300)
    full = goal.share >= 1.0
    wanted = float(rows.weight.sum()) if full else goal.share * case.total - rows.always
    taken, added = _taken(rows, cost, case, goal, least, wanted)
    chosen = np.zeros(rows.candidate.size, bool)
    chosen[taken] = True
    for one in sorted(taken, key=lambda each: (-float(cost[each]), each)):
        chosen[one] = False
        if rows.covered(chosen) - rows.always < wanted - least * 1e3:
            chosen[one] = True
    left = [at for at, one in enumerate(taken) if chosen[one]]
    longest = float(np.diff(rows.by_candidate[0]).max(initial=1))
    plain = full and not (rows.need > 1).any() and goal.sites is None and goal.budget is None
    return Greedy(
        rows.candidate[[taken[at] for at in left]],
        np.array([added[at] for at in left]),
        1.0 + math.log(max(longest, 1.0)) if plain else None,
    )


def _taken(
    rows: Rows, cost: Float | None, case: Case, goal: Goal, least: float, wanted: float = math.inf
) -> tuple[list[int], list[float]]:
    cover, purse = _Cover(rows, wanted), Purse.of(case, goal)
    if cost is None:
        # All cost the same, or cost does not matter: so many can be bought.
        one = float(case.cost[rows.candidate[0]]) if rows.candidate.size else 1.0
        bought = math.floor(purse.money / one + 1e-9) if one > 0 and math.isfinite(purse.money) else math.inf
        purse, cost = Purse(min(purse.sites, bought), math.inf), np.ones(rows.candidate.size)
    return lazily(cover.gains, cover.gain, cover.take, cost, purse, least)


class Ways:
    """The mean way: for every point the sites that it reaches, nearest first, up to what it has anyway.

    Attributes
    ----------
    start, site, metres
        As of a case, of every point in every period; sites are candidates, numbered from 0.
    weight
        float64 [R]
    most
        float64 [R]: metres that count where no candidate is nearer; infinite where one must be.
    point
        int64 [R]
    """

    def __init__(self, case: Case, goal: Goal, candidate: Long, settled: np.ndarray) -> None:
        self.candidate = candidate
        number = np.full(case.sites, -1, np.int64)
        number[candidate] = np.arange(candidate.size)
        free = number >= 0
        sizes, sites, metres, weights, mosts, points = [], [], [], [], [], []
        for serving, share in case.periods:
            places, standing = case.entries(goal.beyond_m, serving & settled)
            most = np.full(case.points, goal.beyond_m)
            has = np.flatnonzero(np.diff(standing))
            most[has] = case.metres[places[standing[has]]]
            places, first = case.entries(goal.beyond_m, serving & free)
            point = np.repeat(np.arange(case.points), np.diff(first))
            places, point = (each[case.metres[places] < most[point]] for each in (places, point))
            weighs = case.weight > 0
            places, point = (each[weighs[point]] for each in (places, point))
            kept = np.flatnonzero(weighs)
            sizes.append(np.bincount(point, minlength=case.points)[kept])
            sites.append(number[case.site[places]])
            metres.append(case.metres[places].astype(float))
            weights.append(share * case.weight[kept])
            mosts.append(most[kept])
            points.append(kept)
        size = np.concatenate(sizes)
        self.start = np.zeros(size.size + 1, np.int64)
        np.cumsum(size, out=self.start[1:])
        self.site, self.metres = np.concatenate(sites), np.concatenate(metres)
        self.weight, self.most, self.point = (np.concatenate(each) for each in (weights, mosts, points))

    @property
    def size(self) -> int:
        """How many rows there are."""
        return self.weight.size

    @property
    def of_row(self) -> Long:
        """int64 [E]: the row of every entry."""
        return np.repeat(np.arange(self.size), np.diff(self.start))

    def metres_to(self, chosen: np.ndarray) -> Float:
        """Metres from each row to the nearest chosen candidate, bool [F], or what counts instead."""
        found = self.most.copy()
        np.minimum.at(found, self.of_row[chosen[self.site]], self.metres[chosen[self.site]])
        return found

    def capped(self) -> Float:
        """float64 [R]: what counts instead, finite: where one must be reached, more than any way."""
        far = 2.0 * float(self.metres.max(initial=1.0)) * max(self.candidate.size, 1)
        return np.where(np.isfinite(self.most), self.most, far)


def save_greedily(case: Case, goal: Goal, ways: Ways) -> Greedy:
    """Choose by what is saved of the ways: the p-median problem."""
    order = np.argsort(ways.site, kind="stable")
    first = np.searchsorted(ways.site[order], np.arange(ways.candidate.size + 1))
    row, metres = ways.of_row[order], ways.metres[order]
    now = ways.capped()
    cost = case.cost[ways.candidate]
    by_cost = goal.budget is not None
    least = LEAST_PART * max(case.total, 1e-300)

    def gain(one: int) -> float:
        some = slice(first[one], first[one + 1])
        return float((np.maximum(now[row[some]] - metres[some], 0.0) * ways.weight[row[some]]).sum())

    def take(one: int) -> None:
        some = slice(first[one], first[one + 1])
        now[row[some]] = np.minimum(now[row[some]], metres[some])

    gains = np.array([gain(one) for one in range(ways.candidate.size)])
    taken, added = lazily(gains, gain, take, cost if by_cost else np.ones(cost.size), Purse.of(case, goal), least)
    sure = not by_cost and bool(np.isfinite(ways.most).all())
    return Greedy(ways.candidate[taken], np.array(added), ONE_LESS_1_E if sure else None)
