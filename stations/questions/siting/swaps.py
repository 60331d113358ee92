"""Swapping: one chosen site for one that is not, as long as that is better (Teitz and Bart 1968)."""

from __future__ import annotations

import numpy as np

from stations.questions.siting.case import Case, Goal
from stations.questions.siting.greedy import LEAST_PART, Greedy
from stations.questions.siting.model import Rows

MOST_ROUNDS = 60


def swapped(case: Case, goal: Goal, rows: Rows, found: Greedy) -> Greedy:
    """Make a choice by covering better by the best swap, again and again; where cost matters it stays as it is."""
    if goal.budget is not None or goal.times > 1 or not found.sites.size:
        return found
    matrix, turned = rows.matrix, rows.matrix.T.tocsr()
    chosen = np.isin(rows.candidate, found.sites)
    times = matrix @ chosen.astype(float)
    least = LEAST_PART * case.total * 1e3
    for _ in range(MOST_ROUNDS):
        inside, outside = np.flatnonzero(chosen), np.flatnonzero(~chosen)
        if not outside.size:
            break
        # A swap gains what nobody covers, loses what the one alone covers, but for what the other covers, too.
        gain = turned[outside] @ np.where(times == 0, rows.weight, 0.0)
        alone = np.where(times == 1, rows.weight, 0.0)
        lost = turned[inside] @ alone
        both = ((turned[inside].multiply(alone[None, :])) @ turned[outside].T).toarray()
        better = gain[None, :] - lost[:, None] + both
        best = int(np.argmax(better))
        if better.flat[best] <= least:
            break
        out, into = inside[best // outside.size], outside[best % outside.size]
        chosen[out], chosen[into] = False, True
        times += matrix[:, [into]].toarray().ravel() - matrix[:, [out]].toarray().ravel()
    return Greedy(rows.candidate[chosen], np.full(int(chosen.sum()), np.nan), found.guarantee)
