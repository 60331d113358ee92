"""What a plan is worth and how sure it is that nothing is better, in words; also while the search goes on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from flask_babel import format_decimal, gettext, ngettext

from stations.questions.siting import Ended, Objective
from stations.wording.figures import say_demand, say_metres, say_share
from stations.wording.spoken import joined


class Sure(StrEnum):
    """How sure it is that nothing is better."""

    PROVEN = "proven"
    """Nothing is."""
    BOUNDED = "bounded"
    """What might be better is so much better at most."""
    GREEDY = "greedy"
    """Chosen at once, before anything is proven."""


@dataclass(frozen=True, slots=True)
class Scale:
    """In what a plan is counted.

    Attributes
    ----------
    unit, demand
        Of the demand: its unit, and all of it.
    money
        Whether costs are money; otherwise every site costs 1, and the cost is their number.
    """

    objective: Objective
    unit: str
    demand: float
    money: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a search is.

    Attributes
    ----------
    value, bound
        The best so far, and what no choice can beat; empty while there is none.
    gap
        What the best may be better by, at most; empty while it is not known.
    sentence
        The three in a sentence.
    share
        What is left to prove, as a share of the value; None while it is not known.
    """

    value: str
    bound: str
    gap: str
    sentence: str
    share: float | None


def say_worth(scale: Scale, value: float) -> str:
    """Say what a plan is worth: a share covered, a number of sites, a cost, or metres; empty where it is not known."""
    if not math.isfinite(value):
        return ""
    match scale.objective:
        case Objective.MOST:
            return say_share(value, scale.demand)
        case Objective.FEWEST:
            return say_cost(value) if scale.money else say_sites(round(value))
        case _:
            return say_way(value)


def say_sites(count: int) -> str:
    """Say how many sites."""
    return ngettext("%(num)s site", "%(num)s sites", count)


def say_cost(cost: float) -> str:
    """Say a cost, which has no unit here."""
    return str(format_decimal(cost, format="#,##0.##"))


def say_way(metres: float) -> str:
    """Say how long a way is, to ten metres: what is chosen by a few metres must be told apart."""
    if metres < 995.0:
        return say_metres(metres)
    return gettext("%(km)s km", km=format_decimal(metres / 1000.0, format="#,##0.00"))


def say_gap(scale: Scale, value: float, bound: float) -> str:
    """Say what the best choice may be better by, at most; empty where it is not known, or nothing."""
    if not (math.isfinite(value) and math.isfinite(bound)):
        return ""
    gap = abs(bound - value)
    if gap <= 1e-9 * max(1.0, abs(value)):
        return ""
    match scale.objective:
        case Objective.MOST:
            return gettext(
                "%(demand)s (%(points)s percentage points) more",
                demand=say_demand(gap, scale.unit),
                points=format_decimal(max(100.0 * gap / scale.demand, 0.01), format="0.0#"),
            )
        case Objective.FEWEST if scale.money:
            return gettext("%(cost)s less", cost=say_cost(gap))
        case Objective.FEWEST:
            return ngettext("%(num)s site fewer", "%(num)s sites fewer", max(round(gap), 1))
        case _:
            return gettext("%(metres)s shorter", metres=say_metres(gap))


def say_progress(scale: Scale, value: float, bound: float) -> Standing:
    """Say how far a search is: the best so far, the bound, and what lies between."""
    best, limit, gap = say_worth(scale, value), say_worth(scale, bound), say_gap(scale, value, bound)
    if not best:
        sentence = gettext("Nothing is found yet.")
    elif not limit:
        sentence = gettext("Best so far: %(best)s. How much better is possible is not known yet.", best=best)
    elif not gap:
        sentence = gettext("Best so far: %(best)s, and nothing is better.", best=best)
    elif scale.objective is Objective.MOST:
        sentence = gettext(
            "Best so far: %(best)s. Nothing can be better than %(bound)s: at most %(gap)s.",
            best=best,
            bound=limit,
            gap=gap,
        )
    else:
        sentence = gettext(
            "Best so far: %(best)s. Nothing can do with less than %(bound)s: at most %(gap)s.",
            best=best,
            bound=limit,
            gap=gap,
        )
    there = bool(best and limit)
    share = abs(bound - value) / max(abs(value), 1e-12) if there else None
    return Standing(best, limit, gap, sentence, share)


def sureness_of(ended: Ended | str | None) -> Sure:
    """How sure it is that nothing is better, by how the search ended."""
    if not ended:
        return Sure.GREEDY
    return Sure.PROVEN if ended == Ended.PROVEN else Sure.BOUNDED


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a plan, as it was found or as it was saved.

    Attributes
    ----------
    ended
        How the search ended; None, or nothing, of a greedy choice.
    before
        What there was before: what the guarantee of a greedy choice is counted from.
    """

    value: float
    bound: float
    ended: Ended | str | None
    seconds: float
    candidates: int
    guarantee: float | None = None
    before: float = math.nan


def say_proof(scale: Scale, proof: Proof) -> str:
    """Say how sure it is that nothing is better, in a sentence or two."""
    sure = sureness_of(proof.ended)
    if sure is Sure.PROVEN:
        return _proven(scale, proof.candidates)
    gap = say_gap(scale, proof.value, proof.bound)
    if sure is Sure.GREEDY:
        told = [_greedy(scale, proof)]
        if gap:
            told.append(_limit(scale, proof.bound, gap))
        return joined(told)
    if not gap and math.isfinite(proof.bound):
        # Ended between finding the best and saying so.
        return _proven(scale, proof.candidates)
    if not gap:
        return gettext("The search was ended before it could say how good the best choice can be.")
    seconds = say_seconds(proof.seconds)
    if proof.ended == Ended.CANCELLED:
        found = gettext("Stopped after %(seconds)s: the best found by then.", seconds=seconds)
    else:
        found = gettext("The best that was found in %(seconds)s.", seconds=seconds)
    return joined([found, _limit(scale, proof.bound, gap)])


def _limit(scale: Scale, bound: float, gap: str) -> str:
    """What no choice can beat, as a sentence: more than so much, or less."""
    said = {"bound": say_worth(scale, bound), "gap": gap}
    if scale.objective is Objective.MOST:
        return gettext("Nothing can be better than %(bound)s, so at most %(gap)s is possible.", **said)
    return gettext("Nothing can do with less than %(bound)s, so at most %(gap)s is possible.", **said)


def say_seconds(seconds: float) -> str:
    """Say how long a search took."""
    if seconds < 0.1:
        return gettext("less than 0.1 s")
    return gettext("%(seconds)s s", seconds=format_decimal(seconds, format="#,##0.0" if seconds < 10.0 else "#,##0"))


def _proven(scale: Scale, candidates: int) -> str:
    among = {"candidates": format_decimal(candidates, format="#,##0")}
    match scale.objective:
        case Objective.MOST if scale.money:
            return gettext("Proven: no other choice among %(candidates)s candidates covers more for this.", **among)
        case Objective.MOST:
            return gettext("Proven: no other choice of as many among %(candidates)s candidates covers more.", **among)
        case Objective.FEWEST if scale.money:
            return gettext("Proven: no cheaper choice among %(candidates)s candidates covers as much.", **among)
        case Objective.FEWEST:
            return gettext("Proven: no fewer of %(candidates)s candidates cover as much.", **among)
        case Objective.MEDIAN:
            return gettext(
                "Proven: no other choice among %(candidates)s candidates makes the mean way shorter.", **among
            )
        case Objective.CENTER:
            return gettext(
                "Proven: no other choice among %(candidates)s candidates makes the farthest way shorter.", **among
            )


def _greedy(scale: Scale, proof: Proof) -> str:
    known = proof.guarantee
    if known is None:
        return gettext("Chosen at once, step by step; how much better is possible is not proven.")
    if scale.objective is Objective.FEWEST:
        return gettext(
            "Chosen at once, step by step: it needs at most %(times)s times what the best choice needs.",
            times=format_decimal(known, format="0.0#"),
        )
    return gettext(
        "Chosen at once, step by step: it gains at least %(share)s of what the best choice gains.",
        share=f"{math.floor(100.0 * known)}%",
    )
