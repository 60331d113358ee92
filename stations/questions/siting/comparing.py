"""Plans side by side: today, and what each of some plans would make of it, measured by one and the same question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from geodata.atlas import Atlas
from geodata.lonlat import distances_m
from stations.errors import HoursError
from stations.hours import Hours
from stations.questions.coverage.comparing import compare
from stations.questions.coverage.query import CoverageQuery
from stations.questions.coverage.serving import Served, serve
from stations.questions.coverage.whatif import MOST_CHANGES, Add, Change, Close, supposed
from stations.questions.siting.grounding import Ground
from stations.questions.siting.plan import Plan
from stations.questions.siting.problem import Candidate
from stations.registry.snapshot import Snapshot

SAME_M = 50.0
"""Sites of two plans no farther apart than this are the same place: across a street, two candidates of one door."""

ALWAYS = "24/7"


@dataclass(frozen=True)
class Planned:
    """A plan to be built.

    Attributes
    ----------
    cost
        Of all its sites.
    keep
        Whether the stations that there are stay; a plan from scratch has its own sites alone.
    changes
        What it supposes of the stations that there are.
    assumed_hours
        When a station at a site of unknown hours is open; empty for whenever it is needed.
    """

    name: str
    sites: tuple[Candidate, ...]
    cost: float
    keep: bool = True
    changes: tuple[Change, ...] = ()
    assumed_hours: str = ""


@dataclass(frozen=True, slots=True)
class WorstServed:
    """The township of which the least share is covered, and how many others it is the same in."""

    code: str
    name: str
    share: float
    others: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """What a plan comes to, in the unit of the demand; today is one without sites and without a name.

    Attributes
    ----------
    stations
        That count in all, the sites among them.
    covered, twice
        Demand covered by one station or more, by two or more.
    gained, lost
        Covered and not so today; covered today and then no more.
    worst
        None where one area is all there is.
    """

    name: str
    sites: int
    stations: int
    cost: float
    keep: bool
    demand: float
    covered: float
    twice: float
    gained: float
    lost: float
    worst: WorstServed | None

    @property
    def share(self) -> float | None:
        """Covered share, 0 to 1; None where there is no demand."""
        return self.covered / self.demand if self.demand > 0 else None

    @property
    def share_twice(self) -> float | None:
        """Share covered by two or more."""
        return self.twice / self.demand if self.demand > 0 else None


@dataclass(frozen=True, slots=True)
class TownshipMeasured:
    """A township in every plan, in the order of the plans; without code and name: outside all."""

    code: str
    name: str
    demand: float
    covered: tuple[float, ...]
    twice: tuple[float, ...]


@dataclass(frozen=True)
class PlansCompared:
    """Today and some plans, side by side.

    Attributes
    ----------
    plans
        Today first.
    shared
        How many sites of one plan have one of another at the same place: a row and a column for each plan without
        today; a plan with itself has all of its sites.
    together
        Sites that all plans have: of the first plan.
    """

    yardstick: CoverageQuery
    unit: str
    demand: float
    plans: tuple[Measured, ...]
    townships: tuple[TownshipMeasured, ...]
    shared: tuple[tuple[int, ...], ...]
    together: tuple[Candidate, ...]
    revision: int
    digest: str


def planned_of(name: str, grounded: Ground, plan: Plan) -> Planned:
    """A plan that was found, to be built."""
    query = grounded.query
    return Planned(
        name=name,
        sites=tuple(grounded.candidate(one) for one in plan.sites.tolist()),
        cost=float(grounded.case.cost[plan.sites].sum()),
        keep=query.keep,
        changes=query.coverage.changes,
        assumed_hours=query.assumed_hours,
    )


def compare_plans(
    yardstick: CoverageQuery, plans: Sequence[Planned], snapshot: Snapshot, atlas: Atlas
) -> PlansCompared:
    """Measure today and each plan by one question.

    Parameters
    ----------
    yardstick
        How far, how fast, when, with what, for whom. Its own changes are not made: each plan has its own.

    Raises
    ------
    QuestionError, UnknownModeError, LayerError, WhatIfError
        As `stations.questions.coverage.serve`.
    """
    yardstick = replace(yardstick, changes=())
    today = serve(yardstick, snapshot, atlas)
    served = [today, *(serve(yardstick, as_built(one, yardstick, snapshot, atlas), atlas) for one in plans)]
    tables = [one.by_groups(one.times >= 1, one.times >= 2) for one in served]
    listed = max((one.listed for one in served), key=len)
    nothing = Planned("", (), 0.0)
    townships = tuple(
        TownshipMeasured(
            code,
            name,
            float(tables[0][group, 0]),
            tuple(float(table[group, 1]) for table in tables),
            tuple(float(table[group, 2]) for table in tables),
        )
        for group, code, name in listed
    )
    return PlansCompared(
        yardstick=yardstick,
        unit=today.layer.demand.unit,
        demand=today.total,
        plans=tuple(
            _measured(one, today, then, at, townships)
            for at, (one, then) in enumerate(zip((nothing, *plans), served, strict=True))
        ),
        townships=townships,
        shared=tuple(tuple(len(_common(one, other)) for other in plans) for one in plans),
        together=_together(plans),
        revision=snapshot.revision,
        digest=atlas.digest,
    )


def as_built(planned: Planned, yardstick: CoverageQuery, snapshot: Snapshot, atlas: Atlas) -> Snapshot:
    """The stations as they would be with a plan built, of the same revision; its sites have the codes ``+1`` and so on.

    A site has what the question wants, unless it is known what it has.

    Raises
    ------
    WhatIfError
        What the plan supposes of the stations cannot be supposed of these.
    """
    then = supposed(planned.changes, snapshot, atlas)
    changes: list[Change] = []
    if not planned.keep:
        changes += [Close(then.codes[row]) for row in then.active_rows.tolist()]
    changes += [
        Add(
            one.position,
            one.name,
            _hours_of(one, planned.assumed_hours, snapshot),
            yardstick.amenities if one.amenities is None else one.amenities,
        )
        for one in planned.sites
    ]
    for begin in range(0, len(changes), MOST_CHANGES):
        # A site with no street near serves nobody, and is told of elsewhere: it is no fault of the question.
        then = supposed(changes[begin : begin + MOST_CHANGES], then)
    return then


def _hours_of(candidate: Candidate, assumed: str, snapshot: Snapshot) -> str:
    """When a station at a site is open: as `stations.questions.siting.grounding` has it."""
    text = candidate.hours or assumed
    if not text:
        return ALWAYS
    try:
        Hours.parse(text, snapshot.timezone)
    except HoursError:
        return ""
    return text


def _measured(
    planned: Planned, today: Served, then: Served, at: int, townships: Sequence[TownshipMeasured]
) -> Measured:
    total = compare(today, then).total
    shares = [(one.covered[at] / one.demand, one.code, one.name) for one in townships if one.demand > 0 and one.name]
    worst = min(shares) if len(shares) > 1 else None
    return Measured(
        name=planned.name,
        sites=len(planned.sites),
        stations=int(then.counts.sum()),
        cost=planned.cost,
        keep=planned.keep,
        demand=total.demand,
        covered=total.after,
        twice=total.twice_after,
        gained=total.gained,
        lost=total.lost,
        worst=None
        if worst is None
        else WorstServed(worst[1], worst[2], worst[0], sum(one[0] == worst[0] for one in shares) - 1),
    )


def _common(one: Planned, other: Planned) -> tuple[Candidate, ...]:
    """Sites of a plan that another plan has, too."""
    if not other.sites:
        return ()
    lon, lat = (np.array([getattr(site.position, axis) for site in other.sites]) for axis in ("lon", "lat"))
    return tuple(
        site
        for site in one.sites
        if distances_m(np.full(lon.size, site.position.lon), np.full(lat.size, site.position.lat), lon, lat).min()
        <= SAME_M
    )


def _together(plans: Sequence[Planned]) -> tuple[Candidate, ...]:
    """Sites of the first plan that all others have, too."""
    if not plans:
        return ()
    kept = plans[0]
    for other in plans[1:]:
        kept = replace(kept, sites=_common(kept, other))
    return kept.sites
