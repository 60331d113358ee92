"""Stations of a capacity, chosen greedily: what some sites can serve is the most that flows from them to the demand.

What one more site adds to the flow never grows while others are chosen, so the
greedy choice keeps the promise that it keeps without capacities.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from geodata.lonlat import Float
from stations.questions.siting.case import Case, Goal, Long
from stations.questions.siting.flows import Flows
from stations.questions.siting.greedy import LEAST_PART, ONE_LESS_1_E, Greedy, Purse, lazily, least_for, whole_cost
from stations.questions.siting.plan import standing
from stations.questions.siting.problem import Objective

LARGEST_FLOW = 2.0**30
"""Flows are whole numbers of 32 bits; demand is scaled by a power of two, which leaves whole people whole."""

ROUNDING = 1e-7
"""Of the demand, where a flow is short of what is wanted by so little; the program then says whether it is enough."""

MOST_WORK = 4_000_000
"""Entries that one greedy choice sends flows through: a second or two. Beyond that nobody makes room for others."""

LESS_WORK = 1_000_000
"""The same where every candidate is looked at for one figure of a page."""

EACH_FLOW = 5_000
"""Entries that a flow costs at least."""


class Pipes:
    """From sites to the demand that they reach.

    Parameters
    ----------
    flows
        Who may go where.
    most_work
        Entries that flows are sent through before whoever is in a hurry makes do with less.
    """

    def __init__(self, flows: Flows, most_work: int = MOST_WORK) -> None:
        self.flows, self.case, self.most_work = flows, flows.case, most_work
        weight = np.bincount(flows.period, weights=flows.weight, minlength=flows.shares.size)
        self.scale = 2.0 ** math.floor(math.log2(LARGEST_FLOW / max(float(weight.max(initial=0.0)), 1e-9)))
        order = np.argsort(flows.site, kind="stable")
        self._first = np.searchsorted(flows.site[order], np.arange(self.case.sites + 1))
        self._row = flows.row[order]
        self.demand = np.rint(flows.weight * self.scale).astype(np.int64)
        self.holds = np.floor(np.minimum(self.case.capacity * self.scale, LARGEST_FLOW)).astype(np.int64)
        self.standing = np.flatnonzero(self.case.kept | (self.case.forced & ~self.case.forbidden))
        self.work = 0

    @property
    def spent(self) -> bool:
        """Whether so much was worked out that whoever is in a hurry makes do with less."""
        return self.work > self.most_work

    def served(self, chosen: Long) -> float:
        """Demand that sites serve with those that stand, by the periods' weights; with what is always served."""
        return self.worth(self.flow(chosen)[0])

    def worth(self, flow: Long) -> float:
        """Demand that is served where so much flows in each period, int64 [K]."""
        return self.flows.always + float(self.flows.shares @ (flow / self.scale))

    def alone(self) -> Float:
        """What each site can serve at most, by itself, float64 [S]."""
        flows = self.flows
        reach = np.zeros(self.case.sites)
        for period, share in enumerate(flows.shares.tolist()):
            some = flows.period[flows.row] == period
            there = np.bincount(flows.site[some], flows.weight[flows.row[some]], self.case.sites)
            reach += share * np.minimum(there, self.case.capacity)
        return reach

    def rows_of(self, site: int) -> Long:
        """The rows that a site reaches, in all periods."""
        return self._row[self._first[site] : self._first[site + 1]]

    def flow(self, chosen: Long) -> tuple[Long, Long]:
        """The most that flows from some sites and those that stand.

        Returns
        -------
        flow
            int64 [K]: of each period.
        left
            int64 [R]: what every row then has left, of one of the ways in which so much can flow.
        """
        sites, number, rows = self._entries(chosen)
        self.work += rows.size + EACH_FLOW
        flow, left = np.zeros(self.flows.shares.size, np.int64), self.demand.copy()
        for period, some in enumerate(self._periods(rows)):
            graph, reached = self._graph(sites, number[some], rows[some])
            found = maximum_flow(graph, *_ends(graph))
            flow[period] = found.flow_value
            # What flows into the sink stands there with a minus.
            into = found.flow[[graph.shape[0] - 1], :].tocoo()
            left[reached[into.coords[1] - sites.size]] += into.data
        return flow, left

    def before_and_after(self, chosen: Long) -> tuple[Float, Float]:
        """Demand of each row that is served without and with some sites, float64 [R]: nobody is served less with them.

        Of several ways in which as much is served it is one, always the same.
        """
        sites, number, rows = self._entries(chosen)
        new = np.flatnonzero(np.isin(sites, chosen) & ~np.isin(sites, self.standing))
        before, after = np.zeros((2, self.flows.size))
        for some in self._periods(rows):
            graph, reached = self._graph(sites, number[some], rows[some])
            source, sink = _ends(graph)
            without = graph.tolil()
            without[source, new] = 0
            first = maximum_flow(csr_array(without, dtype=np.int32), source, sink).flow
            room = csr_array(graph - first, dtype=np.int32)
            room.eliminate_zeros()
            then = maximum_flow(room, source, sink).flow
            for served, flow in ((before, first), (after, first + then)):
                into = csr_array(flow)[[sink], :].tocoo()
                served[reached[into.coords[1] - sites.size]] -= into.data / self.scale
        return before, after

    def lost(self, chosen: Long) -> Float:
        """Demand that is served no more without each of some sites, the others and those that stand being there.

        Where nobody who has room can come to the demand that a site serves, however others make room, all of it is
        lost. Only of the other sites it is worked out anew.
        """
        sites, number, rows = self._entries(chosen)
        at = np.searchsorted(sites, chosen)
        lost, replaced = np.zeros(chosen.size), np.zeros(sites.size, bool)
        for share, some in zip(self.flows.shares.tolist(), self._periods(rows), strict=True):
            graph, _ = self._graph(sites, number[some], rows[some])
            source, sink = _ends(graph)
            flow = maximum_flow(graph, source, sink).flow
            room = csr_array(graph - flow)
            room.eliminate_zeros()
            comes = np.zeros(graph.shape[0], bool)
            comes[breadth_first_order(room, source, return_predecessors=False)] = True
            sent = flow[: sites.size].tocoo()
            serves, row = sent.coords
            replaced[serves[(sent.data > 0) & comes[row]]] = True
            out = np.bincount(serves[sent.data > 0], weights=sent.data[sent.data > 0], minlength=sites.size)
            lost += share * out[at] / self.scale
        again = np.flatnonzero(replaced[at])
        whole = self.served(chosen) if again.size else 0.0
        for one in again.tolist():
            lost[one] = whole - self.served(np.delete(chosen, one))
        return lost

    def _entries(self, chosen: Long) -> tuple[Long, Long, Long]:
        """Some sites with those that stand; and for each row that one reaches its place among them, and the row."""
        sites = np.unique(np.concatenate((self.standing, chosen)))
        size = self._first[sites + 1] - self._first[sites]
        rows = np.concatenate([self.rows_of(one) for one in sites.tolist()] or [sites])
        return sites, np.repeat(np.arange(sites.size), size), rows

    def _periods(self, rows: Long) -> list[Long]:
        """The places of the entries of each period."""
        return [np.flatnonzero(self.flows.period[rows] == period) for period in range(self.flows.shares.size)]

    def _graph(self, sites: Long, number: Long, rows: Long) -> tuple[csr_array, Long]:
        """What may flow: from the source to sites, to the rows reached, and to the sink; and those rows."""
        reached, row = np.unique(rows, return_inverse=True)
        source, sink = sites.size + reached.size, sites.size + reached.size + 1
        begin = np.concatenate((np.full(sites.size, source), number, sites.size + np.arange(reached.size)))
        end = np.concatenate((np.arange(sites.size), sites.size + row, np.full(reached.size, sink)))
        holds = np.concatenate((self.holds[sites], self.demand[rows], self.demand[reached])).astype(np.int32)
        return csr_array((holds, (begin, end)), shape=(sink + 1, sink + 1)), reached


def _ends(graph: csr_array) -> tuple[int, int]:
    """Source and sink."""
    return graph.shape[0] - 2, graph.shape[0] - 1


class Stream:
    """What flows while sites are taken one after the other.

    A site beside which as much is left as it can serve adds that, whoever else goes where: then nothing is worked out
    anew. That is so of nearly all as long as there is more demand than room.

    Parameters
    ----------
    pipes
        From sites to the demand.
    hurried
        Once much was worked out, count for a site only what others leave: at most what it adds, and seldom less.
    """

    def __init__(self, pipes: Pipes, *, hurried: bool = False) -> None:
        self.pipes, self.hurried = pipes, hurried
        self.taken: list[int] = []
        self.flow, self._left = pipes.flow(np.empty(0, np.int64))
        self._tried: tuple[int, Long, Long] | None = None

    @property
    def served(self) -> float:
        """Demand that is served, by the periods' weights."""
        return self.pipes.worth(self.flow)

    def adds(self, site: int) -> float:
        """What a site would add, by the periods' weights."""
        more = self._with(site)[0] - self.flow
        return float(self.pipes.flows.shares @ (more / self.pipes.scale))

    def take(self, site: int) -> None:
        """Go on with a site."""
        self.flow, self._left = self._with(site)
        self.taken.append(site)
        self._tried = None

    def settle(self) -> None:
        """Let others make room, where that was not worked out for lack of time."""
        self.flow, self._left = self.pipes.flow(np.array(self.taken, np.int64))
        self._tried = None

    def _with(self, site: int) -> tuple[Long, Long]:
        """As `Pipes.flow`, with a site more."""
        if self._tried is None or self._tried[0] != site:
            flow, left, whole = self._beside(site)
            if not whole and not (self.hurried and self.pipes.spent):
                flow, left = self.pipes.flow(np.array([*self.taken, site]))
            self._tried = (site, flow, left)
        return self._tried[1:]

    def _beside(self, site: int) -> tuple[Long, Long, bool]:
        """The flow with a site that serves only what others leave, and whether it cannot serve more."""
        pipes = self.pipes
        rows = pipes.rows_of(site)
        flow, left, whole = self.flow.copy(), self._left.copy(), True
        for period in range(flow.size):
            some = rows[pipes.flows.period[rows] == period] if flow.size > 1 else rows
            if some.size:
                most = min(int(pipes.holds[site]), int(pipes.demand[some].sum()))
                upto = np.minimum(np.cumsum(left[some]), most)
                whole = whole and int(upto[-1]) == most
                flow[period] += upto[-1]
                left[some] -= np.diff(upto, prepend=0)
        return flow, left, whole


def shares_served(case: Case, goal: Goal, sites: Long) -> tuple[Float, Float]:
    """Of each point the share that is served before and with some sites of a capacity, float64 [P]: adding up right."""
    chosen = np.zeros(case.sites, bool)
    chosen[sites] = True
    small = replace(case, forced=np.zeros(case.sites, bool), forbidden=~chosen & ~case.kept)
    flows = Flows(small, replace(goal, objective=Objective.MOST, sites=None, budget=None), apart=True)
    whole = np.where(case.weight > 0, case.weight, 1.0)
    # The flow is in whole numbers, so of a point it may be more than there is by a hair.
    before, after = (
        np.minimum(np.bincount(flows.point, weights=flows.share * served, minlength=case.points) / whole, 1.0)
        for served in Pipes(flows).before_and_after(sites)
    )
    return before, after


def gains_served(case: Case, goal: Goal, sites: Long) -> Float:
    """What each site would add to some others of a capacity, float64 [S]; 0 for those in it.

    Where there are very many, of those that can serve least it is only what others leave.
    """
    there = standing(case, sites)
    begun = replace(case, kept=there, forced=np.zeros(case.sites, bool), forbidden=case.forbidden & ~there)
    pipes = Pipes(Flows(begun, replace(goal, objective=Objective.MOST, sites=None, budget=None)), LESS_WORK)
    stream, alone = Stream(pipes, hurried=True), pipes.alone()
    gains = np.zeros(case.sites)
    for one in np.argsort(-alone, kind="stable").tolist():
        if begun.candidates[one] and alone[one] > 0:
            gains[one] = stream.adds(one)
    return gains


def serve_greedily(case: Case, goal: Goal, flows: Flows, most_work: int = MOST_WORK) -> Greedy:
    """Choose sites of a capacity: the most that can be served, or enough for the share that is wanted."""
    pipes, candidate = Pipes(flows, most_work), flows.candidate
    stream = Stream(pipes, hurried=True)
    cost = case.cost[candidate]
    least = max(LEAST_PART * case.total, 1.0 / pipes.scale)
    share = goal.objective is Objective.FEWEST
    begun = stream.served
    whole = flows.always + float(flows.share @ flows.weight)
    wanted = min(goal.share * case.total, whole) if share else math.inf
    close = wanted - ROUNDING * case.total

    def again(one: int) -> float:
        return min(stream.adds(int(candidate[one])), max(wanted - stream.served, 0.0))

    def take(one: int) -> None:
        stream.take(int(candidate[one]))

    alone = pipes.alone()[candidate]
    purse = Purse.of(case, goal)
    by_cost = share or (goal.budget is not None and np.unique(cost).size > 1)
    price = cost if by_cost or goal.budget is not None else np.ones(cost.size)
    left = Purse.of(case, goal)

    def go_on(most: Float) -> tuple[list[int], list[float]]:
        upto = np.minimum(most, max(wanted - stream.served, 0.0))
        return lazily(upto, again, take, price, left, least, lambda: stream.served >= close)

    order, added = go_on(alone)
    if share and pipes.spent and stream.served < close:
        # Nothing is left beside anybody; now others make room, however long that takes.
        stream.settle()
        stream.hurried = False
        later, more = go_on(_others(alone, order))
        order, added = order + later, added + more
    if not share:
        bound = min(whole, begun + purse.most(alone, cost))
        sure = goal.sites is None or goal.budget is None
        promise = ONE_LESS_1_E if sure and not by_cost and not pipes.spent else None
        return Greedy(candidate[order], np.array(added), promise, bound)
    kept = _needed(pipes, candidate, order, cost, alone, close) if stream.served >= close else order
    base = float(case.cost[case.forced & ~case.kept].sum())
    bound = base + least_for((wanted - begun) * (1.0 - 1e-9), alone, cost)
    adds = [gain for one, gain in zip(order, added, strict=True) if one in kept]
    return Greedy(candidate[kept], np.array(adds), None, whole_cost(case, bound))


def _others(alone: Float, taken: list[int]) -> Float:
    """What each can serve at most that is not taken yet."""
    others = alone.copy()
    others[taken] = 0.0
    return others


def _needed(pipes: Pipes, candidate: Long, order: list[int], cost: Float, alone: Float, close: float) -> list[int]:
    """What is left of a choice that serves enough once those are taken back without which it does so, too."""
    kept = list(order)
    begun = pipes.served(np.empty(0, np.int64))
    for one in sorted(order, key=lambda each: (-float(cost[each]), each)):
        rest = [other for other in kept if other != one]
        # By themselves the others cannot serve more than so much together.
        if pipes.spent:
            break
        if begun + float(alone[rest].sum()) >= close and pipes.served(candidate[rest]) >= close:
            kept = rest
    return kept
