"""How the search for a proof stands, in figures and in words."""

from __future__ import annotations

import math
from contextlib import suppress

from flask_babel import gettext

from stations.errors import RegistryError
from stations.handouts.siting.proving import Scale, say_progress, say_seconds
from stations.handouts.siting.reading import money_counts
from stations.questions.siting import Ended
from stations.scenarios import Search, SearchState, StoredPlan
from stations.web.errors import say
from stations.web.house import House
from stations.web.siting.searching import fault_of
from stations.web.siting.view import Asked, Going, State


def search_of(house: House, asked: Asked) -> Search | None:
    """The search of a question as it stands; none while the store cannot be read."""
    if house.plans is not None:
        with suppress(RegistryError):
            return house.plans.searches.get(asked.mark)
    return None


def going_of(house: House, asked: Asked, search: Search | None) -> Going:
    """Put into words how the search of a question stands."""
    if search is None:
        return Going(State.QUICK, said={"state": _state_words(State.QUICK, "")}, can_search=house.plans is not None)
    state = State.ENDED if search.state is SearchState.ENDED and search.plan else State(search.state.value)
    if state is State.ENDED and search.plan is not None:
        return _ended(asked, search.plan, can_search=search.plan.ended != Ended.PROVEN)
    fault = say(fault_of(search.fault)) if search.fault else ""
    standing = say_progress(_scale(asked), _known(search.value), _known(search.bound))
    words = gettext("Stopping") if search.stopping and search.going else _state_words(state, "")
    return Going(
        state,
        search.value,
        search.bound,
        standing.share,
        search.seconds,
        "",
        fault,
        {
            "state": words,
            "value": standing.value,
            "bound": standing.bound,
            "gap": standing.gap,
            "seconds": say_seconds(search.seconds),
            "sentence": standing.sentence if search.going else "",
        },
        can_stop=search.going and not search.stopping,
        can_search=not search.going,
    )


def going_of_saved(asked: Asked, plan: StoredPlan) -> Going:
    """The same of a plan that was saved: it is as it was then."""
    if not plan.ended:
        return Going(State.QUICK, said={"state": _state_words(State.QUICK, "")})
    return _ended(asked, plan, can_search=False)


def _ended(asked: Asked, plan: StoredPlan, *, can_search: bool) -> Going:
    standing = say_progress(_scale(asked), plan.value, plan.bound)
    return Going(
        State.ENDED,
        _finite(plan.value),
        _finite(plan.bound),
        standing.share,
        plan.seconds,
        plan.ended,
        "",
        {
            "state": _state_words(State.ENDED, plan.ended),
            "value": standing.value,
            "bound": standing.bound,
            "gap": standing.gap,
            "seconds": say_seconds(plan.seconds),
            "sentence": standing.sentence,
        },
        can_search=can_search,
    )


def _state_words(state: State, ended: str) -> str:
    match state:
        case State.QUICK:
            return gettext("Chosen at once, not proven")
        case State.WAITING:
            return gettext("Waiting for its turn")
        case State.RUNNING:
            return gettext("Searching for the best")
        case State.FAILED:
            return gettext("Nothing found")
        case State.LOST:
            return gettext("The search broke off")
    if ended == Ended.PROVEN:
        return gettext("Proven: nothing is better")
    return gettext("Stopped: the best so far") if ended == Ended.CANCELLED else gettext("Time up: the best so far")


def _scale(asked: Asked) -> Scale:
    layer = asked.atlas.layer(asked.query.coverage.weight)
    demand = float(layer.demand.weight.sum())
    return Scale(asked.query.objective, layer.demand.unit, demand, money_counts(asked.query))


def _known(value: float | None) -> float:
    return math.nan if value is None else value


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
