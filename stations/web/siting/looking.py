"""From an address to what is known of its answer: the view that the page, the figures and the files are made from."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from geodata.errors import GeodataError
from stations.errors import InfeasibleError, RegistryError, StationsError
from stations.handouts.siting.reading import PlanReading, read_plan
from stations.questions.siting import Ground, SitingAnswer, Spot, spots_of
from stations.scenarios import Scenario, Search, SearchState, StoredPlan
from stations.web.errors import say_beside_form, status_of
from stations.web.house import House
from stations.web.params import Args, Known, first
from stations.web.sited import asked_of, usual_hosts
from stations.web.siting.allowed import may_plan, with_accounts
from stations.web.siting.findings import Sitings, rows_listed
from stations.web.siting.going import going_of, going_of_saved, search_of
from stations.web.siting.keyed import by_last
from stations.web.siting.view import Asked, Going, HostChoice, Question, View
from stations.wording.names import Names

LONGEST_SAID = 20


@dataclass(frozen=True)
class Looked:
    """An answer as it stands.

    Attributes
    ----------
    question
        Parameters of the address; of a saved plan those of its own question.
    plan
        What the answer explains: greedy as long as no search has ended.
    same_ground
        Whether a saved plan is shown on the atlas that it was saved on.
    """

    asked: Asked
    question: Question
    plan: StoredPlan
    answer: SitingAnswer
    going: Going
    scenario: Scenario | None = None
    same_ground: bool = True


class Looking:
    """Looks at questions and at saved plans.

    Parameters
    ----------
    house, known, names
        As the doors have them.
    sitings
        Answers that were worked out.
    """

    def __init__(self, house: House, known: Known, names: Names, sitings: Sitings) -> None:
        self.house, self.known, self.names, self.sitings = house, known, names, sitings

    def asked(self, args: Args) -> tuple[Asked, Scenario | None]:
        """What an address asks: its question, or that of the saved plan it names.

        Raises
        ------
        StationsError, GeodataError
            It cannot be asked.
        """
        scenario = self.sitings.scenario(args)
        return (self.sitings.asked(args), None) if scenario is None else (self.sitings.saved(scenario), scenario)

    def look(self, args: Args) -> Looked:
        """Answer what an address asks, as far as it is known; raises as `asked`, and what `Sitings.quick` raises."""
        asked, scenario = self.asked(args)
        if scenario is not None:
            return self._look_at_saved(asked, scenario)
        search = search_of(self.house, asked)
        plan = self.sitings.quick(asked) if search is None or not _ended(search) else search.plan
        assert plan is not None  # noqa: S101  a search that ended has one
        answer = self.sitings.answer(asked, plan)
        return Looked(asked, asked_of(args), plan, answer, going_of(self.house, asked, search))

    def _look_at_saved(self, asked: Asked, scenario: Scenario) -> Looked:
        same = self.sitings.same_ground(scenario)
        plan = scenario.plan if same else self.sitings.recounted(asked, scenario.plan)
        answer = self.sitings.answer(asked, plan)
        going = going_of_saved(asked, plan)
        return Looked(asked, asked_of(scenario.query), plan, answer, going, scenario, same)

    def reading(self, looked: Looked) -> PlanReading:
        """The answer in words, in the language being spoken."""
        return read_plan(looked.answer, self.names, self.known.zone, looked.asked.atlas)

    def ground(self, looked: Looked) -> Ground:
        """The problem that was solved."""
        return self.sitings.grounded(looked.asked)

    def view(self, args: Args) -> tuple[View, int]:
        """The page of an address, and its status.

        Raises
        ------
        RegistryError
            The stations cannot be read.
        """
        view = self._around(args)
        try:
            looked = self.look(args)
        except (GeodataError, StationsError) as fault:
            status = status_of(fault)
            if isinstance(fault, RegistryError) or status == 500:
                raise  # which is said in other words
            told: dict[str, Any] = {"fault": say_beside_form(fault), "field": getattr(fault, "field", "")}
            half = self._half(args)
            if isinstance(fault, InfeasibleError) and fault.points and not first(args, "plan"):
                # Where room is missing, leaving out what nothing reaches helps nobody.
                told |= {"unreached": "lost" in fault.values, "missing": self._missing(fault, half.get("asked"))}
            return replace(view, **told, **half), status
        found: dict[str, Any] = {
            "question": looked.question,
            "asked": looked.asked,
            "answer": looked.answer,
            "reading": self.reading(looked),
            "ground": self.ground(looked),
            "going": looked.going,
            "scenario": looked.scenario,
            "same_ground": looked.same_ground,
            "current": self.sitings.current(looked.asked),
            "hosts": self._hosts(looked.question),
            "rows_listed": rows_listed(self.sitings, looked.question),
        }
        return replace(view, **found), 200

    def _around(self, args: Args) -> View:
        """What is on the page whatever the answer."""
        plans, accounts, may, keyed, by = self.house.plans, False, False, False, by_last()
        scenarios: tuple[Scenario, ...] = ()
        if plans is not None:
            with suppress(RegistryError):
                scenarios, may, keyed = plans.scenarios.all(), may_plan(self.house), True
                accounts = with_accounts(self.house)
        question = asked_of(args)
        return View(
            args,
            question,
            self.known,
            self.names,
            self.house,
            datetime.now(UTC).astimezone(self.known.zone),
            scenarios=scenarios,
            accounts=accounts,
            entered=may,
            by=by,
            keyed=keyed,
            hosts=self._hosts(question),
            rows_listed=rows_listed(self.sitings, question),
            said=first(args, "said")[:LONGEST_SAID],
        )

    def _half(self, args: Args) -> dict[str, Any]:
        """What is known of a question that has no answer: how its search failed, or of which plan it is."""
        with suppress(StationsError, GeodataError):
            asked, scenario = self.asked(args)
            if scenario is not None:
                return {"asked": asked, "scenario": scenario, "question": asked_of(scenario.query)}
            return {"asked": asked, "going": going_of(self.house, asked, search_of(self.house, asked))}
        return {}

    def _missing(self, fault: InfeasibleError, asked: Asked | None) -> tuple[Spot, ...]:
        """Where the demand lies that nobody can reach, or serve."""
        if asked is None:
            return ()
        return spots_of(fault.points, asked.atlas, asked.atlas.layer(asked.query.coverage.weight))

    def _hosts(self, question: Question) -> tuple[HostChoice, ...]:
        premises = self.known.premises
        said = any(question.get(name) for name in ("host", "spacing", "point", "list"))
        chosen = frozenset(question.get("host", ())) if said else usual_hosts(premises)
        keys = [*premises, *sorted(chosen - premises.keys())]
        return tuple(HostChoice(key, self.names.host(key), premises.get(key, 0), key in chosen) for key in keys)


def _ended(search: Search) -> bool:
    return search.state is SearchState.ENDED and search.plan is not None
