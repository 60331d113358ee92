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
    bound
        No choice can be better than this, in the plan's own measure: from what each site could still add. A site never
        adds more than it would now, so no choice adds more than those together that could add most (Minoux 1978).
    """

    sites: Long
    adds: Float
    guarantee: float | None
    bound: float


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

    def most(self, gains: Float, cost: Float) -> float:
        """Gains that can be bought together at most, if one may be bought in part."""
        by_number = np.sort(gains)[::-1]
        if math.isfinite(self.sites):
            by_number = by_number[: max(int(self.sites), 0)]
        most = float(by_number.sum())
        if math.isfinite(self.money):
            order = np.argsort(-gains / np.maximum(cost, 1e-300), kind="stable")
            left = np.maximum(self.money - np.concatenate(([0.0], np.cumsum(cost[order])[:-1])), 0.0)
            part = np.minimum(left / np.maximum(cost[order], 1e-300), 1.0)
            part[cost[order] <= 0] = 1.0
            most = min(most, float(gains[order] @ part))
        return most


def least_for(wanted: float, gains: Float, cost: Float) -> float:
    """The least that so much gain can cost, if one may be bought in part; infinite where all is not enough."""
    if wanted <= 0:
        return 0.0
    order = np.argsort(cost / np.maximum(gains, 1e-300), kind="stable")
    got = np.cumsum(gains[order])
    if not got.size or got[-1] < wanted * (1.0 - 1e-9):
        return math.inf
    last = min(int(np.searchsorted(got, wanted)), got.size - 1)
    missing = wanted - (got[last - 1] if last else 0.0)
    part = min(missing / gains[order[last]], 1.0)
    return float(cost[order[:last]].sum() + part * cost[order[last]])


def lazily(
    gains: Float,
    again: Callable[[int], float],
    take: Callable[[int], None],
    cost: Float,
    purse: Purse,
    least: float,
    enough: Callable[[], bool] = lambda: False,
) -> tuple[list[int], list[float]]:
    """Take what adds most for its cost until it is enough, nothing adds more than ``least``, or nothing can be bought.

    Parameters
    ----------
    gains
        float64 [F]: what each would add first, or more than that; later ones are no larger.
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

    heap = [(-rate(one, gain), one, -1) for one, gain in enumerate(gains.tolist()) if gain > least]
    heapq.heapify(heap)
    taken: list[int] = []
    added: list[float] = []
    while heap and purse.sites >= 1 and not enough():
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
        self.wanted = wanted
        self.got = 0.0
        # What is worth half counts as covered only when both are there, so it may be more than is left.
        self.capped = not bool((rows.need > 1).any())

    @property
    def gains(self) -> Float:
        """What each would add now, float64 [F]."""
        counted = np.repeat(np.arange(self.rows.candidate.size), np.diff(self.first))
        worth = np.where(self.need > 0, self.worth, 0.0)[self.row]
        return np.minimum(np.bincount(counted, weights=worth, minlength=self.rows.candidate.size), self.left)

    @property
    def left(self) -> float:
        """What is wanted of the next at most."""
        return max(self.wanted - self.got, 0.0) if self.capped else math.inf

    @property
    def credit(self) -> float:
        """What was covered, and half of what has one of two."""
        return float(self.worth @ (self.rows.need - np.maximum(self.need, 0)))

    def gain(self, one: int) -> float:
        """What one would add now."""
        row = self.row[self.first[one] : self.first[one + 1]]
        return min(float(self.worth[row][self.need[row] > 0].sum()), self.left)

    def take(self, one: int) -> None:
        """Note that one is taken."""
        row = self.row[self.first[one] : self.first[one + 1]]
        self.need[row] -= 1
        self.got += float(self.rows.weight[row][self.need[row] == 0].sum())

    def enough(self) -> bool:
        """Whether as much is covered as is wanted."""
        return self.got >= self.wanted * (1.0 - 1e-12)


def cover_greedily(case: Case, goal: Goal, rows: Rows) -> Greedy:
    """Choose by covering: the most demand for a number of sites or a budget."""
    cost = case.cost[rows.candidate]
    least = LEAST_PART * max(case.total, 1e-300)
    by_cost = goal.budget is not None and np.unique(cost).size > 1
    cover, purse = _Cover(rows), Purse.of(case, goal)
    single = cover.gains
    bound = min(float(rows.weight.sum()), purse.most(single, cost))
    taken, added = _taken(cover, cost if by_cost else None, case, goal, least)
    bound = min(bound, cover.credit + purse.most(cover.gains, cost))
    guarantee: float | None = ONE_LESS_1_E
    if by_cost:
        single[~np.array([purse.buys(float(each)) for each in cost], bool)] = 0.0
        best = int(np.argmax(single)) if single.size else -1
        if best >= 0 and single[best] > sum(added):
            taken, added = [best], [float(single[best])]
        # By number and by money together no part is promised.
        guarantee = 0.5 * ONE_LESS_1_E if goal.sites is None else None
    if (rows.need > 1).any():
        guarantee = None
    return Greedy(rows.candidate[taken], np.array(added), guarantee, rows.always + bound)


def share_greedily(case: Case, goal: Goal, rows: Rows) -> Greedy:
    """Choose until the share is covered, for little cost; what turns out not to be needed is taken back."""
    cost = case.cost[rows.candidate]
    least = LEAST_PART * max(case.total, 1e-300)
    full = goal.share >= 1.0
    wanted = float(rows.weight.sum()) if full else goal.share * case.total - rows.always
    cover = _Cover(rows, wanted)
    base = float(case.cost[case.forced & ~case.kept].sum())
    bound = base + least_for(wanted * (1.0 - 1e-9), cover.gains, cost)
    taken, added = _taken(cover, cost, case, goal, least)
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
        whole_cost(case, bound),
    )


def whole_cost(case: Case, bound: float) -> float:
    """The least cost at or above a bound: a whole number where all costs are."""
    if math.isfinite(bound) and np.all(case.cost == np.rint(case.cost)):
        return float(math.ceil(bound - 1e-6))
    return bound


def _taken(cover: _Cover, cost: Float | None, case: Case, goal: Goal, least: float) -> tuple[list[int], list[float]]:
    purse, candidate = Purse.of(case, goal), cover.rows.candidate
    if cost is None:
        # All cost the same, or cost does not matter: so many can be bought.
        one = float(case.cost[candidate[0]]) if candidate.size else 1.0
        bought = math.floor(purse.money / one + 1e-9) if one > 0 and math.isfinite(purse.money) else math.inf
        purse, cost = Purse(min(purse.sites, bought), math.inf), np.ones(candidate.size)
    return lazily(cover.gains, cover.gain, cover.take, cost, purse, least, cover.enough)


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

    @property
    def nearest(self) -> Float:
        """float64 [R]: metres to the nearest candidate, or what counts instead: no choice has less."""
        found = self.capped()
        has = np.flatnonzero(np.diff(self.start))
        found[has] = np.minimum(found[has], self.metres[self.start[has]])
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
    purse = Purse.of(case, goal)

    def gain(one: int) -> float:
        some = slice(first[one], first[one + 1])
        return float((np.maximum(now[row[some]] - metres[some], 0.0) * ways.weight[row[some]]).sum())

    def take(one: int) -> None:
        some = slice(first[one], first[one + 1])
        now[row[some]] = np.minimum(now[row[some]], metres[some])

    def all_gains() -> Float:
        return np.array([gain(one) for one in range(ways.candidate.size)])

    taken, added = lazily(all_gains(), gain, take, cost if by_cost else np.ones(cost.size), Purse.of(case, goal), least)
    sure = not by_cost and bool(np.isfinite(ways.most).all())
    nearest = float(ways.nearest @ ways.weight)
    bound = max(float(now @ ways.weight) - purse.most(all_gains(), cost), nearest) / case.total
    return Greedy(ways.candidate[taken], np.array(added), ONE_LESS_1_E if sure else None, bound)
