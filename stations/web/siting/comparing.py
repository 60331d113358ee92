"""Saved plans beside today and each other, all measured by one question for coverage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from geodata.errors import AtlasError
from stations.errors import RegistryError, SitingError
from stations.questions.coverage import CoverageQuery
from stations.questions.siting import Candidate, gather_candidates
from stations.questions.siting.comparing import Planned, PlansCompared, compare_plans
from stations.scenarios import Scenario
from stations.web.params import Args, BadParameter, first, refuse_unknown
from stations.web.planned import read_coverage
from stations.web.siting.findings import Kept
from stations.web.siting.looking import Looking
from stations.web.siting.view import Asked, CompareView, Question

YARDSTICK = ("mode", "minutes", "speed", "weight", "at", "amenity")
COMPARE_PARAMETERS = frozenset({"plan", *YARDSTICK, "lang"})
MOST_COMPARED = 6
COMPARISONS_KEPT = 4

Made = tuple[CoverageQuery, tuple[str, ...], int, str]
"""All that a comparison is made from: the yardstick, the plans, the registry and the atlas."""


class Comparing:
    """Compares saved plans, and keeps the last few comparisons.

    Parameters
    ----------
    looking
        Looks at saved plans.
    """

    def __init__(self, looking: Looking) -> None:
        self._looking = looking
        self._kept: Kept[Made, PlansCompared] = Kept(COMPARISONS_KEPT)

    def around(self, fault: str = "", args: Args | None = None) -> CompareView:
        """The page without a comparison."""
        looking = self._looking
        scenarios: tuple[Scenario, ...] = ()
        if looking.house.plans is not None:
            with suppress(RegistryError):
                scenarios = looking.house.plans.scenarios.all()
        return CompareView(
            {} if args is None else args,
            looking.known,
            looking.names,
            looking.house,
            scenarios=scenarios,
            fault=fault,
        )

    def view(self, args: Args) -> CompareView:
        """Compare the plans that an address names, by its yardstick, else by that of the first plan.

        Raises
        ------
        BadParameter, UnknownScenarioError
            A parameter or a plan that does not exist; too many plans.
        SitingError, WhatIfError
            A plan that this ground or these stations do not know.
        AtlasError
            There is no ground.
        BusyError
            Others wait already.
        """
        refuse_unknown(args, COMPARE_PARAMETERS)
        named = list(dict.fromkeys(one for one in args.get("plan", ()) if one))
        if len(named) > MOST_COMPARED:
            raise BadParameter(
                "plan",
                str(len(named)),
                "{value} plans are too many to see at once. Choose up to {most}.",
                most=MOST_COMPARED,
            )
        around = self.around(args=args)
        if not named:
            return around
        chosen = [self._looking.sitings.scenario_of(one) for one in named]
        question = yardstick_of(args, chosen[0])
        return replace(around, chosen=tuple(chosen), question=question, compared=self._compared(chosen, question))

    def _compared(self, chosen: Sequence[Scenario], question: Question) -> PlansCompared:
        looking = self._looking
        yardstick, snapshot, atlas = (
            read_coverage(question, looking.known),
            looking.house.snapshot(),
            looking.house.atlas,
        )
        if atlas is None:
            raise AtlasError("No streets are loaded, so nobody knows who reaches what. Build an atlas and start again.")
        made = (yardstick, tuple(one.id for one in chosen), snapshot.revision, atlas.digest)
        found = self._kept.find(made)
        if found is not None:
            return found
        with looking.sitings.in_turn():
            plans = [planned_of(looking.sitings.saved(one), one) for one in chosen]
            return self._kept.of(made, lambda: compare_plans(yardstick, plans, snapshot, atlas))


def yardstick_of(args: Args, scenario: Scenario) -> Question:
    """The question by which plans are measured: what the address says of it, and for the rest that of a plan."""
    own = {name: list(scenario.query.get(name, ())) for name in YARDSTICK}
    if first(args, "mode"):
        del own["speed"]  # which was that of another way to travel
    said = {name: list(args[name]) for name in YARDSTICK if first(args, name)}
    return {name: values for name, values in (own | said).items() if values}


def planned_of(asked: Asked, scenario: Scenario) -> Planned:
    """A saved plan, to be built on the ground that is loaded.

    Raises
    ------
    SitingError
        A candidate of the plan is not there any more.
    """
    query = asked.query
    offered = {one.key: one for one in gather_candidates(query.candidates, asked.atlas, query.coverage.mode)}
    gone = [key for key in scenario.plan.keys if key not in offered]
    if gone:
        raise SitingError(
            "The plan has the candidate {key}, which is not there any more. Search again.", key=gone[0][:80]
        )
    sites = tuple(offered[key] for key in scenario.plan.keys)
    return Planned(
        name=scenario.name,
        sites=sites,
        cost=sum(_cost(one, dict(query.costs)) for one in sites),
        keep=query.keep,
        changes=query.coverage.changes,
        assumed_hours=query.assumed_hours,
    )


def _cost(one: Candidate, costs: Mapping[str, float]) -> float:
    return costs.get(one.key, costs.get(one.kind, one.cost))
