"""Making a choice by covering better: swapping one site for another (Teitz and Bart 1968), and choosing by pairs.

Where a point needs two stations, one alone brings nothing there, so sites are
taken by pairs as well as one by one, and parts of the choice are taken away and
chosen anew.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from geodata.lonlat import Float
from stations.questions.siting.case import Bool, Case, Goal, Long
from stations.questions.siting.greedy import LEAST_PART, Greedy, Purse, Ways
from stations.questions.siting.model import Rows

MOST_ROUNDS = 60
"""Swaps in a row."""

MOST_PAIRS = 1e6
"""Entries of the rows, squared and added up, for which choosing by pairs is still quick."""

MOST_DENSE = 1_000_000
"""Rows times candidates up to which a whole table is quicker than a sparse one."""

TRIES = 24
"""How often a part of the choice is taken away and chosen anew."""

SEED = 20260301


def swapped(case: Case, goal: Goal, rows: Rows, found: Greedy) -> Greedy:
    """Make a choice by covering better by the best swap, again and again; where cost matters it stays as it is."""
    if goal.budget is not None or not found.sites.size:
        return found
    exchange = _Exchange(case, goal, rows)
    chosen = exchange.swap(np.isin(rows.candidate, found.sites))
    if exchange.quick and (rows.need > 1).any() and goal.sites is not None:
        chosen = exchange.anew(chosen)
    return replace(found, sites=rows.candidate[chosen], adds=np.full(int(chosen.sum()), np.nan))


def paired(case: Case, goal: Goal, rows: Rows, found: Greedy) -> Greedy:
    """Choose by pairs where points need two: the better of that and what was found one by one."""
    if not (rows.need > 1).any():
        return found
    order = np.searchsorted(rows.candidate, found.sites).tolist()
    adds = _adds(rows, order)
    exchange = _Exchange(case, goal, rows)
    if goal.budget is None and goal.sites is not None and exchange.quick:
        pairs = exchange.fill(np.zeros(rows.candidate.size, bool))
        if (brought := _adds(rows, pairs)).sum() > adds.sum():
            order, adds = pairs, brought
    return replace(found, sites=rows.candidate[order], adds=adds)


def _adds(rows: Rows, order: list[int]) -> Float:
    """What each of some candidates adds to those before it."""
    chosen = np.zeros(rows.candidate.size, bool)
    totals = [rows.covered(chosen)]
    for one in order:
        chosen[one] = True
        totals.append(rows.covered(chosen))
    return np.diff(totals)


def nearer_by_swaps(ways: Ways, chosen: Bool) -> Bool:
    """Make a choice by the mean way better by the best swap, again and again (Whitaker 1983, "fast interchange").

    A swap gains for whoever is nearer to the new site, and loses for those of the old one the way to their second
    nearest, or to the new one where that is nearer.
    """
    chosen = chosen.copy()
    row, size, count = ways.of_row, ways.size, ways.candidate.size
    instead = ways.capped()
    least = LEAST_PART * float(ways.weight @ instead)
    for _ in range(MOST_ROUNDS):
        inside, outside = np.flatnonzero(chosen), np.flatnonzero(~chosen)
        if not inside.size or not outside.size:
            break
        there = np.flatnonzero(chosen[ways.site])
        first = np.searchsorted(row[there], np.arange(size + 1))
        many = np.diff(first)
        now, second, who = instead.copy(), instead.copy(), np.full(size, -1)
        has, more = many > 0, many > 1
        now[has], who[has] = ways.metres[there[first[:-1][has]]], ways.site[there[first[:-1][has]]]
        second[more] = ways.metres[there[first[:-1][more] + 1]]
        number = np.cumsum(chosen) - 1
        lost = np.bincount(number[who[has]], ((second - now) * ways.weight)[has], inside.size)
        other = np.flatnonzero(~chosen[ways.site])
        at = row[other]
        gain = np.bincount(ways.site[other], np.maximum(now[at] - ways.metres[other], 0.0) * ways.weight[at], count)
        less = (ways.metres[other] < second[at]) & has[at]
        other, at = other[less], at[less]
        saved = (second[at] - np.maximum(ways.metres[other], now[at])) * ways.weight[at]
        both = np.bincount(number[who[at]] * count + ways.site[other], saved, inside.size * count)
        better = gain[None, :] - lost[:, None] + both.reshape(inside.size, count)
        better[:, inside] = -np.inf
        best = int(np.argmax(better))
        if better.flat[best] <= least:
            break
        chosen[inside[best // count]], chosen[best % count] = False, True
    return chosen


class _Exchange:
    """Swaps and pairs over the rows of a case."""

    def __init__(self, case: Case, goal: Goal, rows: Rows) -> None:
        self.rows, self.matrix = rows, rows.matrix
        self.turned = csr_array(rows.matrix.T.tocsr())
        self.least = LEAST_PART * case.total * 1e3
        self.quick = float((np.diff(rows.start).astype(float) ** 2).sum()) <= MOST_PAIRS
        self.sites = int(min(Purse.of(case, goal).sites, rows.candidate.size))

    def swap(self, chosen: Bool) -> Bool:
        """Take the best swap until none is better."""
        rows, chosen = self.rows, chosen.copy()
        times = self.matrix @ chosen.astype(float)
        turned = self.turned.toarray() if rows.size * rows.candidate.size <= MOST_DENSE else None
        for _ in range(MOST_ROUNDS):
            inside, outside = np.flatnonzero(chosen), np.flatnonzero(~chosen)
            if not outside.size or not inside.size:
                break
            # A swap gains the rows that lack one and loses those that have just enough; a row of both stays as it is.
            lacking = np.where(times == rows.need - 1, rows.weight, 0.0)
            enough = np.where(times == rows.need, rows.weight, 0.0)
            gain, lost = (self.turned @ lacking)[outside], (self.turned @ enough)[inside]
            if turned is None:
                both = (self.turned[inside].multiply((enough - lacking)[None, :]) @ self.turned[outside].T).toarray()
            else:
                both = (turned[inside] * (enough - lacking)) @ turned[outside].T
            better = gain[None, :] - lost[:, None] + both
            best = int(np.argmax(better))
            if better.flat[best] <= self.least:
                break
            out, into = inside[best // outside.size], outside[best % outside.size]
            chosen[out], chosen[into] = False, True
            times[self._rows_of(into)] += 1.0
            times[self._rows_of(out)] -= 1.0
        return chosen

    def _rows_of(self, one: int) -> Long:
        begin, end = self.turned.indptr[one], self.turned.indptr[one + 1]
        return self.turned.indices[begin:end].astype(np.int64)

    def fill(self, chosen: Bool) -> list[int]:
        """Sites to add one by one or by pairs, whichever brings more for each site, up to the number."""
        rows, chosen = self.rows, chosen.copy()
        added: list[int] = []
        while (left := self.sites - int(chosen.sum())) > 0:
            times = self.matrix @ chosen.astype(float)
            lacking = np.where(times == rows.need - 1, rows.weight, 0.0)
            alone = np.where(chosen, -1.0, self.turned @ lacking)
            one = int(np.argmax(alone))
            pair, brings = self._best_pair(times, lacking, alone) if left > 1 else ((0, 0), 0.0)
            if max(alone[one], brings) <= self.least:
                break
            taken = list(pair) if brings > 2.0 * alone[one] else [one]
            chosen[taken] = True
            added += taken
        return added

    def _best_pair(self, times: Float, lacking: Float, alone: Float) -> tuple[tuple[int, int], float]:
        """Two sites that share a row, and what they bring together."""
        rows = self.rows
        together = np.where(times == rows.need - 2, rows.weight, 0.0) - lacking
        shared = (self.turned.multiply(together[None, :]) @ self.matrix).tocoo()
        one, other = (axis.astype(np.int64) for axis in shared.coords)
        free = (one < other) & (alone[one] >= 0) & (alone[other] >= 0)
        if not free.any():
            return (0, 0), 0.0
        one, other = one[free], other[free]
        brings = alone[one] + alone[other] + shared.data[free]
        order = np.lexsort((other, one, -np.round(brings, 9)))
        best = int(order[0])
        return (int(one[best]), int(other[best])), float(brings[best])

    def anew(self, chosen: Bool) -> Bool:
        """Take a part away and choose it anew, several times; what is better or as good is gone on with."""
        dice = np.random.default_rng(SEED)
        best, worth = chosen, self.rows.covered(chosen)
        for tries in range(TRIES + 1):
            if tries and not best.any():
                break  # nothing covers anybody by itself, as where each point needs two of one site
            begun = self._thinned(best, dice) if tries else np.zeros_like(chosen)
            begun[self.fill(begun)] = True
            new = self.swap(begun)
            if (value := self.rows.covered(new)) >= worth:
                best, worth = new, value
        return best

    def _thinned(self, chosen: Bool, dice: np.random.Generator) -> Bool:
        """Without one site and those that share most with it, or without some at random."""
        inside = np.flatnonzero(chosen)
        count = min(int(dice.choice((2, 4, 6))), inside.size)
        out: Long
        if dice.random() < 0.5:
            one = self.turned[[int(dice.choice(inside))]]
            shared = np.asarray((self.turned[inside] @ one.T).toarray()).ravel()
            out = inside[np.argsort(-shared - 0.5 * dice.random(inside.size), kind="stable")[:count]]
        else:
            out = dice.choice(inside, count, replace=False)
        thinned = chosen.copy()
        thinned[out] = False
        return thinned
