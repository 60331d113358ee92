"""p-median: the least mean way, by Benders' cuts for every point.

For a level D, the way of a point is at least D less what each candidate nearer
than D saves of it; the level at which the chosen candidates add up to one gives
the sharpest of these cuts (Cornuejols, Fisher and Nemhauser 1977; Duran-Mateluna,
Ales and Elloumi 2023). They are found by going along the sorted entries of the
matrix. The relaxed problem is solved first, then with whole numbers, until the
choice costs what the cuts say.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array, hstack, vstack

from geodata.lonlat import Float
from geodata.runs import expand_runs
from stations.questions.siting.case import Bool, Case, Goal
from stations.questions.siting.greedy import Ways, save_greedily
from stations.questions.siting.linear import Ended, Growing, Program, Progress, Watch, solve
from stations.questions.siting.model import bounds_on, free, settled
from stations.questions.siting.plan import Plan, too_few, unreachable, value_of
from stations.questions.siting.swaps import nearer_by_swaps

NEAR_M = 1e-5
"""Mean ways that differ by less are the same."""

MOST_ROUNDS = 200


def median(case: Case, goal: Goal, watch: Watch) -> Plan:
    """Find the choice for which the mean way is least.

    Raises
    ------
    InfeasibleError
        Every point must reach a site, and one cannot, or so many sites cannot reach all.
    """
    candidate = np.flatnonzero(free(case))
    ways = Ways(case, goal, candidate, settled(case))
    _refuse_lost(case, ways)
    greedy = save_greedily(case, goal, ways)
    if not candidate.size or not ways.site.size:
        # What is wanted for certain is all there is to choose.
        sites = np.flatnonzero(case.forced & ~case.kept)
        value = value_of(case, goal, sites)
        return Plan(sites, value, value, Ended.PROVEN, watch.seconds, rows=ways.size, merged=ways.size)
    master = _Master(case, goal, ways)
    best = np.isin(candidate, greedy.sites)
    if goal.budget is None:
        best = nearer_by_swaps(ways, best)
    value = master.value(best)
    count = goal.sites or int(best.sum())
    master.cut(best.astype(float))
    master.cut(np.full(candidate.size, min(max(count, 1) / candidate.size, 1.0)))
    relaxed = master.relaxed(watch)
    if relaxed is None:
        if (over := watch.over) is None:
            raise too_few(goal)
        bound, ended = greedy.bound, over
    else:
        master.fix(relaxed, value - master.always, best)
        bound = max(relaxed.value + master.always, greedy.bound)
        best, value, bound, ended = _proven(master, best, value, bound, watch)
    if not np.isfinite(value):
        raise too_few(goal)
    chosen = np.sort(np.concatenate((np.flatnonzero(case.forced & ~case.kept), candidate[best])))
    exact = value_of(case, goal, chosen)
    bound = exact if ended is Ended.PROVEN else min(bound, exact)
    return Plan(chosen, exact, bound, ended, watch.seconds, rows=ways.size, merged=ways.size)


def _proven(master: _Master, best: Bool, value: float, bound: float, watch: Watch) -> tuple[Bool, float, float, Ended]:
    """Solve with whole numbers until the choice costs what the cuts say: the best, its value, the bound, the end."""

    def told(_value: float, inner: float) -> Progress:
        return Progress(watch.seconds, value, max(bound, inner + master.always))

    while True:
        found = solve(master.program(), watch, master.whole_of(best), told)
        if found.ended is Ended.INFEASIBLE:
            # Nothing but what was fixed to the best so far is left.
            return best, value, value, Ended.PROVEN
        bound = max(bound, min(found.bound + master.always, value))
        chosen = best
        if found.x is not None:
            chosen = found.x[: best.size] > 0.5
            if (worth := master.value(chosen)) < value - 1e-12:
                value, best = worth, chosen
        if value - bound <= NEAR_M:
            return best, value, value, Ended.PROVEN
        if found.ended is not Ended.PROVEN or found.x is None:
            return best, value, bound, found.ended
        if not master.cut(chosen.astype(float), found.x[best.size :]):
            return best, value, value, Ended.PROVEN


def _refuse_lost(case: Case, ways: Ways) -> None:
    lost = np.isinf(ways.most) & (np.diff(ways.start) == 0)
    if lost.any():
        raise unreachable(case, np.unique(ways.point[lost]), float(ways.weight[lost].sum()))


@dataclass(frozen=True, eq=False)
class _Relaxed:
    """The answer without whole numbers: the bound, the candidates, and their reduced costs, float64 [F] each."""

    value: float
    x: Float
    reduced: Float


class _Master:
    """The problem of the candidates, with what the cuts say of the ways. Variables: candidates, then rows of ways."""

    def __init__(self, case: Case, goal: Goal, ways: Ways) -> None:
        self.ways, self.total = ways, case.total
        self.count = ways.candidate.size
        self.size = np.diff(ways.start)
        self.open = np.flatnonzero(self.size > 0)
        self.weight = ways.weight[self.open] / case.total
        fixed = self.size == 0
        self.always = float((ways.weight[fixed] * ways.most[fixed]).sum()) / case.total
        self.must = self.open[np.isinf(ways.most[self.open])]
        last = ways.metres[ways.start[self.open + 1] - 1]
        self.most = np.where(np.isinf(ways.most[self.open]), last, ways.most[self.open])
        self.least = ways.metres[ways.start[self.open]]
        bound, most = bounds_on(case, goal, ways.candidate)
        begin, end = ways.start[self.must], ways.start[self.must + 1]
        first = np.concatenate(([0], np.cumsum(end - begin)))
        reach = csr_array(
            (np.ones(int(first[-1])), ways.site[expand_runs(begin, end)], first), shape=(self.must.size, self.count)
        )
        rows = self.open.size
        self.base = csr_array(
            hstack((vstack((bound, reach)), csr_array((most.size + self.must.size, rows))), format="csr")
        )
        self.base_lower = np.concatenate((np.full(most.size, -np.inf), np.ones(self.must.size)))
        self.base_upper = np.concatenate((most, np.full(self.must.size, np.inf)))
        self.upper = np.ones(self.count)
        self.lower = np.zeros(self.count)
        self.cuts: list[csr_array] = []
        self.levels: list[Float] = []

    def value(self, chosen: Bool) -> float:
        """The mean way of a choice, bool [F]; infinite where a point that must be reached is not."""
        return float((self.ways.metres_to(chosen) * self.ways.weight).sum()) / self.total

    def cut(self, x: Float, ways_m: Float | None = None) -> bool:
        """Add the sharpest cuts at values of the candidates; where ways are given, those alone that they break."""
        ways = self.ways
        share = np.concatenate(([0.0], np.cumsum(x[ways.site])))
        before = share[:-1] - share[ways.start[:-1]][ways.of_row]
        # Entries before the one at which the candidates add up to one.
        inner = before + x[ways.site] < 1.0 - 1e-9
        inside = np.bincount(ways.of_row, weights=inner, minlength=ways.size).astype(np.int64)[self.open]
        critical = ways.start[self.open] + inside
        ends = inside >= self.size[self.open]
        level = np.where(ends, self.most, ways.metres[np.minimum(critical, ways.metres.size - 1)])
        begin = ways.start[self.open]
        taken = expand_runs(begin, begin + inside)
        row = np.repeat(np.arange(self.open.size), inside)
        saves = level[row] - ways.metres[taken]
        if ways_m is not None:
            sharp = level - np.bincount(row, weights=saves * x[ways.site[taken]], minlength=self.open.size)
            broken = sharp > ways_m + NEAR_M
            if float(self.weight @ np.maximum(sharp - ways_m, 0.0)) <= NEAR_M * 0.1 or not broken.any():
                return False
        else:
            broken = np.ones(self.open.size, bool)
        which = np.flatnonzero(broken)
        number = np.cumsum(broken) - 1
        kept = broken[row] & (saves > 0)
        one = np.arange(which.size)
        table = csr_array(
            (
                np.concatenate((saves[kept], np.ones(which.size))),
                (
                    np.concatenate((number[row[kept]], one)),
                    np.concatenate((ways.site[taken[kept]], self.count + which)),
                ),
            ),
            shape=(which.size, self.count + self.open.size),
        )
        self.cuts.append(table)
        self.levels.append(level[which])
        return True

    def program(self) -> Program:
        """With whole numbers."""
        cuts = vstack(self.cuts, format="csr")
        levels = np.concatenate(self.levels)
        return Program(
            cost=np.concatenate((np.zeros(self.count), self.weight)),
            lower=np.concatenate((self.lower, self.least)),
            upper=np.concatenate((self.upper, np.full(self.open.size, np.inf))),
            whole=np.concatenate((np.ones(self.count, bool), np.zeros(self.open.size, bool))),
            matrix=csr_array(vstack((self.base, cuts), format="csr")),
            row_lower=np.concatenate((self.base_lower, levels)),
            row_upper=np.concatenate((self.base_upper, np.full(levels.size, np.inf))),
        )

    def relaxed(self, watch: Watch) -> _Relaxed | None:
        """Solve without whole numbers, with all cuts that matter: the bound, the candidates, their reduced costs."""
        whole = self.program()
        growing = Growing(replace(whole, whole=np.zeros(whole.whole.size, bool)))
        answer: _Relaxed | None = None
        for _ in range(MOST_ROUNDS):
            found = growing.solve(watch)
            if found.ended is not Ended.PROVEN or found.x is None or found.reduced is None:
                break
            x = np.clip(found.x[: self.count], 0.0, 1.0)
            answer = _Relaxed(found.value, x, found.reduced[: self.count])
            if watch.tell is not None:
                watch.tell(Progress(watch.seconds, float("inf"), found.value + self.always))
            if not self.cut(x, found.x[self.count :]):
                self._keep_binding(found.x)
                break
            growing.add(self.cuts[-1], self.levels[-1])
        return answer

    def fix(self, relaxed: _Relaxed, value: float, best: Bool) -> None:
        """Rule out candidates that no choice better than the best so far has, and take those that each has."""
        if not np.isfinite(value):
            return
        slack = value - relaxed.value + NEAR_M
        self.upper[(relaxed.x < 1e-7) & (relaxed.reduced > slack) & ~best] = 0.0
        self.lower[(relaxed.x > 1.0 - 1e-7) & (-relaxed.reduced > slack) & best] = 1.0

    def whole_of(self, chosen: Bool) -> Float | None:
        """What a choice makes of all variables; None where it reaches not all that must be."""
        metres = self.ways.metres_to(chosen)[self.open]
        return np.concatenate((chosen.astype(float), metres)) if np.isfinite(metres).all() else None

    def _keep_binding(self, x: Float) -> None:
        """Leave out cuts that the relaxed answer does not lean on; what is missed of them is found again."""
        cuts, levels = vstack(self.cuts, format="csr"), np.concatenate(self.levels)
        binding = cuts @ x <= levels + 1e-6 * np.maximum(levels, 1.0)
        self.cuts, self.levels = [csr_array(cuts[binding])], [levels[binding]]
