"""The model of covering, built straight from the sparse matrix: demand with the same candidates is one row.

Points covered by what stands, and points that nobody reaches, are constants. A
candidate whose every row another reaches too, for no more money, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from geodata.lonlat import Float
from geodata.runs import expand_runs
from stations.questions.siting.case import Bool, Case, Goal, Long
from stations.questions.siting.linear import Program

SCALE = 10_000.0
"""Demand is scaled to this sum, so that the tolerances of the solver mean the same in metres and in people."""

SEED = 20260301
DENSE_SITES = 1024
MOST_PRODUCTS = 2e8
"""Products of a sparse overlap that are still quick."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Demand by the candidates that can cover it; candidates are numbered from 0 here.

    Attributes
    ----------
    candidate
        int64 [F]: the site of each candidate of the model, ascending.
    start, site
        int64 [R + 1], int32 [E]: candidates of each row.
    weight
        float64 [R]
    need
        int64 [R]: how many of its candidates a row needs.
    always, never
        Demand that is covered whatever is chosen, and that cannot be covered.
    unreached
        int64: points of which some demand cannot be covered.
    merged
        Points times periods that became rows.
    dominated
        int64 [D, 2]: sites that were left out, and for which one.
    """

    candidate: Long
    start: Long
    site: NDArray[np.int32]
    weight: Float
    need: Long
    always: float
    never: float
    unreached: Long
    merged: int
    dominated: Long

    @property
    def size(self) -> int:
        """How many rows there are."""
        return self.weight.size

    @cached_property
    def matrix(self) -> csr_array:
        """Rows by candidates, 1.0 where one can cover the other."""
        return csr_array((np.ones(self.site.size), self.site, self.start), shape=(self.size, self.candidate.size))

    @cached_property
    def by_candidate(self) -> tuple[Long, NDArray[np.int32]]:
        """Rows of each candidate: int64 [F + 1], int32 [E]."""
        turned = self.matrix.tocsc()
        return turned.indptr.astype(np.int64), turned.indices.astype(np.int32)

    def covered(self, chosen: Bool) -> float:
        """Demand covered by chosen candidates, bool [F], with what is always covered."""
        times = self.matrix @ chosen.astype(float)
        return self.always + float(self.weight[times >= self.need - 0.5].sum())


def settled(case: Case) -> Bool:
    """Sites that stand or are chosen for certain, bool [S]."""
    return case.kept | case.forced


def free(case: Case) -> Bool:
    """Sites that may be chosen or not, bool [S]."""
    return case.candidates & ~case.forced


def merged(case: Case, goal: Goal, *, prune: bool = True) -> Rows:
    """Bring the demand into rows.

    Parameters
    ----------
    prune
        Leave out dominated candidates.
    """
    candidate = np.flatnonzero(free(case))
    number = np.full(case.sites, -1, np.int64)
    number[candidate] = np.arange(candidate.size)
    parts: list[tuple[Long, Long, Float, Long]] = []
    always, never, unreached = 0.0, 0.0, [np.empty(0, np.int64)]
    for serving, share in case.periods:
        _, standing = case.entries(goal.limit_m, serving & settled(case))
        need = np.maximum(goal.times - np.diff(standing), 0)
        places, first = case.entries(goal.limit_m, serving & free(case))
        enough, weighs = np.diff(first) >= need, case.weight > 0
        always += share * float(case.weight[need == 0].sum())
        lost = ~enough & weighs
        never += share * float(case.weight[lost].sum())
        unreached.append(np.flatnonzero(lost))
        open_ = np.flatnonzero((need > 0) & enough & weighs)
        taken = places[expand_runs(first[open_], first[open_ + 1])]
        parts.append(
            (first[open_ + 1] - first[open_], number[case.site[taken]], share * case.weight[open_], need[open_])
        )
    size, site, weight, need = (np.concatenate(some) for some in zip(*parts, strict=True))
    rows = together(candidate, size, site, weight, need)
    dominated = _dominated(rows, case.cost[candidate], goal.times) if prune else np.empty((0, 2), np.int64)
    if dominated.size:
        rows = _without(rows, dominated[:, 0])
    return Rows(
        candidate=rows.candidate,
        start=rows.start,
        site=rows.site,
        weight=rows.weight,
        need=rows.need,
        always=always,
        never=never,
        unreached=np.unique(np.concatenate(unreached)),
        merged=size.size,
        dominated=candidate[dominated],
    )


def together(candidate: Long, size: Long, site: Long, weight: Float, need: Long) -> Rows:
    """Make one row of all with the same candidates and the same need.

    Parameters
    ----------
    candidate
        int64 [F]
    size, site
        Entries of each row, and of each entry the candidate, numbered from 0.
    need
        int64 [R]: any number that must be the same, too.
    """
    start = np.zeros(size.size + 1, np.int64)
    np.cumsum(size, out=start[1:])
    if size.size:
        # Sums of two random numbers of 64 bits for each candidate tell the sets apart.
        numbers = np.random.default_rng(SEED).integers(0, 2**64, (2, candidate.size), np.uint64, endpoint=False)
        keys = np.add.reduceat(numbers[:, site], start[:-1], axis=1)
        keys[0] += need.astype(np.uint64)
        order = np.lexsort(keys)
        ascending = keys[:, order]
        begins = np.ones(order.size, bool)
        begins[1:] = (ascending[:, 1:] != ascending[:, :-1]).any(axis=0)
        group = np.empty(order.size, np.int64)
        group[order] = np.cumsum(begins) - 1
        # Sorting is stable, so the first of its kind stands for each; rows go by where they come first.
        first = order[begins]
        rank = np.empty(first.size, np.int64)
        rank[np.argsort(first)] = np.arange(first.size)
        weight = np.bincount(rank[group], weights=weight).astype(np.float64)
        first = np.sort(first)
        site = site[expand_runs(start[first], start[first + 1])]
        need, size = need[first], size[first]
        start = np.zeros(first.size + 1, np.int64)
        np.cumsum(size, out=start[1:])
    none = np.empty(0, np.int64)
    return Rows(candidate, start, site.astype(np.int32), weight, need, 0.0, 0.0, none, 0, none.reshape(0, 2))


def _dominated(rows: Rows, cost: Float, times: int) -> Long:
    """Candidates with so many others that reach all they reach, for no more; int64 [D, 2], by their numbers.

    Where points need two, two others must: one may be chosen already, but then the second does instead.
    """
    sites = rows.candidate.size
    products = float((np.diff(rows.start).astype(float) ** 2).sum())
    if not rows.size or (products > MOST_PRODUCTS and sites > DENSE_SITES):
        return np.empty((0, 2), np.int64)
    reach: Float
    if products > MOST_PRODUCTS:
        both = np.zeros((sites, sites), np.float32)
        for begin in range(0, rows.size, 8192):
            some = rows.matrix[begin : begin + 8192].toarray().astype(np.float32)
            both += some.T @ some
        reach = both.diagonal().astype(float)
        one, other = (each.astype(np.int64) for each in np.nonzero(both >= reach[:, None]))
    else:
        overlap = (rows.matrix.T @ rows.matrix).tocoo()
        reach = np.asarray(rows.matrix.sum(axis=0), float)
        whole = overlap.data >= reach[overlap.coords[0]]
        one, other = (each[whole].astype(np.int64) for each in overlap.coords)
    same = (reach[one] == reach[other]) & (cost[one] == cost[other])
    beaten = (one != other) & (reach[one] > 0) & (cost[other] <= cost[one]) & (~same | (other < one))
    one, other = one[beaten], other[beaten]
    enough = np.bincount(one, minlength=sites)[one] >= times
    one, other = one[enough], other[enough]
    # For each that is left out, the one that reaches most; among those is one that stays.
    order = np.lexsort((other, cost[other], -reach[other], one))
    one, other = one[order], other[order]
    begins = np.ones(one.size, bool)
    begins[1:] = one[1:] != one[:-1]
    return np.column_stack((one[begins], other[begins]))


def _without(rows: Rows, left_out: Long) -> Rows:
    """The same without some candidates."""
    stays = np.ones(rows.candidate.size, bool)
    stays[left_out] = False
    number = np.cumsum(stays) - 1
    kept = stays[rows.site]
    before = np.zeros(kept.size + 1, np.int64)
    np.cumsum(kept, out=before[1:])
    size = np.diff(before[rows.start])
    return together(rows.candidate[stays], size, number[rows.site[kept]], rows.weight, rows.need)


# ---- programs ----------------------------------------------------------------------------------


def bounds_on(case: Case, goal: Goal, candidate: Long) -> tuple[csr_array, Float]:
    """Bounds on how many of some candidates are chosen and what they cost: rows by candidates, and upper bounds."""
    forced = case.forced & ~case.kept
    rows, most = [], []
    if goal.sites is not None:
        rows.append(np.ones(candidate.size))
        most.append(float(goal.sites - forced.sum()))
    if goal.budget is not None:
        rows.append(case.cost[candidate])
        most.append(goal.budget - float(case.cost[forced].sum()))
    table = np.array(rows).reshape(len(rows), candidate.size)
    return csr_array(table), np.array(most)


def _linked(rows: Rows, *more: csr_array) -> csr_array:
    """Each row tied to its candidates: what is chosen of them, less what it needs if it is covered; and more rows."""
    count, size = rows.candidate.size, rows.size
    data = [np.insert(np.ones(rows.site.size), rows.start[1:], -rows.need.astype(float))]
    indices = [np.insert(rows.site.astype(np.int64), rows.start[1:], count + np.arange(size))]
    begins = [rows.start + np.arange(size + 1)]
    for one in more:
        data.append(one.data)
        indices.append(one.indices.astype(np.int64))
        begins.append(begins[-1][-1] + one.indptr[1:].astype(np.int64))
    whole = (np.concatenate(data), np.concatenate(indices), np.concatenate(begins))
    return csr_array(whole, shape=(size + sum(one.shape[0] for one in more), count + size))


def cover_most(case: Case, goal: Goal, rows: Rows) -> Program:
    """The maximal covering location problem: variables are the candidates, then the rows."""
    count, size = rows.candidate.size, rows.size
    bound, most = bounds_on(case, goal, rows.candidate)
    return Program(
        cost=np.concatenate((np.zeros(count), -rows.weight * (SCALE / max(case.total, 1e-300)))),
        lower=np.zeros(count + size),
        upper=np.ones(count + size),
        # A row that needs one candidate is covered wholly or not at all by itself.
        whole=np.concatenate((np.ones(count, bool), rows.need > 1)),
        matrix=_linked(rows, bound),
        row_lower=np.concatenate((np.zeros(size), np.full(most.size, -np.inf))),
        row_upper=np.concatenate((np.full(size, np.inf), most)),
    )


def cover_share(case: Case, goal: Goal, rows: Rows) -> Program:
    """The location set covering problem: all rows, or so many that the share is covered, for the least cost."""
    count, size = rows.candidate.size, rows.size
    bound, most = bounds_on(case, goal, rows.candidate)
    cost = case.cost[rows.candidate]
    if goal.share >= 1.0:
        return Program(
            cost=cost,
            lower=np.zeros(count),
            upper=np.ones(count),
            whole=np.ones(count, bool),
            matrix=csr_array(vstack((rows.matrix, bound), format="csr")),
            row_lower=np.concatenate((rows.need.astype(float), np.full(most.size, -np.inf))),
            row_upper=np.concatenate((np.full(size, np.inf), most)),
        )
    scale = SCALE / max(case.total, 1e-300)
    share = csr_array(
        (rows.weight * scale, np.arange(count, count + size), np.array([0, size])), shape=(1, count + size)
    )
    wanted = (goal.share * (1.0 - 1e-12) * case.total - rows.always) * scale
    return Program(
        cost=np.concatenate((cost, np.zeros(size))),
        lower=np.zeros(count + size),
        upper=np.ones(count + size),
        whole=np.concatenate((np.ones(count, bool), rows.need > 1)),
        matrix=_linked(rows, share, bound),
        row_lower=np.concatenate((np.zeros(size), [wanted], np.full(most.size, -np.inf))),
        row_upper=np.concatenate((np.full(size + 1, np.inf), most)),
    )
