"""A plan as it is read: every figure and sentence of it, for the page, the report and the command alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from flask_babel import gettext, ngettext

from geodata.atlas import Atlas
from stations.handouts.siting.asking import say_asked, say_candidates
from stations.handouts.siting.headlines import Wording, say_notes
from stations.handouts.siting.lines import SiteLine, TownshipLine, read_sites, read_townships, say_townships
from stations.handouts.siting.naming import Naming
from stations.handouts.siting.otherwise import (
    CurveLine,
    FirmLine,
    NextLine,
    read_curve,
    read_firmness,
    read_mark,
    read_next,
    say_curve,
    say_firmness,
)
from stations.handouts.siting.proving import Proof, Scale, Sure, say_gap, say_proof, say_seconds, say_worth, sureness_of
from stations.questions.siting import Candidate, Objective, SitingAnswer, SitingQuery
from stations.wording.names import Names
from stations.wording.spoken import joined


@dataclass(frozen=True, slots=True)
class PlanReading:
    """A plan in words and figures, in the language being spoken when it was read.

    Attributes
    ----------
    title
        What every handout is called.
    figure, label
        The one figure to be seen first, and what it is.
    figures
        That and three more: a label and a value each.
    headline
        The finding in a sentence.
    proof, sure
        How sure it is that nothing is better, in a sentence, and as a word for programs and colours.
    value, bound, gap
        What the plan is worth, what no choice can beat, and what lies between; empty where not known.
    search
        How the search went, for the section on method.
    conditions, caption
        What was asked, piece by piece, the goal first; and in a line.
    among
        Among which candidates was chosen.
    notes
        What the reader must know: what was left out, fewer sites than asked for, candidates with no street near.
    sites
        In order of what they add, those wanted for certain first.
    townships
        Those that gain most first; then those that gain nothing, as the atlas lists them.
    gains
        Who gains, in a sentence.
    further
        What the next one would bring, the best first; ``further_said`` in a sentence.
    curve
        From no site on, chosen one after the other; ``curve_said`` in a sentence.
    mark
        The plan itself beside the curve: as many sites, chosen as a whole; None where there is no curve.
    firmness
        How it does when something is otherwise; ``firmness_said`` in a sentence.
    covers
        Whether gains are demand that is covered; otherwise they are metres.
    money
        Whether costs are told: some candidate costs something else than 1, or there is a budget.
    """

    title: str
    figure: str
    label: str
    figures: tuple[tuple[str, str], ...]
    headline: str
    proof: str
    sure: Sure
    value: str
    bound: str
    gap: str
    search: str
    conditions: tuple[str, ...]
    caption: str
    among: str
    notes: tuple[str, ...]
    sites: tuple[SiteLine, ...]
    townships: tuple[TownshipLine, ...]
    gains: str
    further: tuple[NextLine, ...]
    further_said: str
    curve: tuple[CurveLine, ...]
    curve_said: str
    mark: CurveLine | None
    firmness: tuple[FirmLine, ...]
    firmness_said: str
    unit: str
    covers: bool
    money: bool


def read_plan(answer: SitingAnswer, names: Names, zone: tzinfo, atlas: Atlas | None = None) -> PlanReading:
    """Put a plan into words and figures, in the language being spoken.

    Parameters
    ----------
    zone
        Whose time moments are told in.
    atlas
        Where given, a site without a name is called after the place that is nearest.
    """
    scale = scale_of(answer)
    wording, naming = Wording(answer, scale, names), Naming(names, atlas)
    conditions = tuple(say_asked(answer.query, answer.unit, names, zone))
    sites, further = read_sites(answer, scale, naming), read_next(answer, scale, naming)
    curve, firmness = read_curve(answer, scale), read_firmness(answer, scale, zone)
    plan = answer.plan
    gap, sure = say_gap(scale, plan.value, plan.bound), sureness_of(plan.ended)
    return PlanReading(
        title=gettext("Where the next stations should go"),
        figure=wording.figures[0][1],
        label=wording.figures[0][0],
        figures=wording.figures,
        headline=wording.headline,
        proof=say_proof(scale, proof_of(answer)),
        sure=sure,
        value=say_worth(scale, plan.value),
        # A greedy choice that was saved without a bound has its own value for one, which proves nothing.
        bound=say_worth(scale, plan.bound) if gap or sure is not Sure.GREEDY else "",
        gap=gap,
        search=_search(answer),
        conditions=conditions,
        caption=" · ".join(conditions),
        among=say_candidates(answer.query, answer.candidates, names),
        notes=tuple(say_notes(answer)),
        sites=sites,
        townships=read_townships(answer),
        gains=say_townships(answer),
        further=further,
        further_said=further[0].sentence if further else gettext("One more would bring nothing."),
        curve=curve,
        curve_said=say_curve(answer, scale),
        mark=read_mark(answer, scale),
        firmness=firmness,
        firmness_said=say_firmness(answer, scale),
        unit=answer.unit,
        covers=answer.query.objective in {Objective.MOST, Objective.FEWEST},
        money=scale.money,
    )


def scale_of(answer: SitingAnswer) -> Scale:
    """In what the plan of an answer is counted."""
    offered = [step.candidate for step in answer.steps]
    costs = [step.cost for step in answer.steps]
    return Scale(answer.query.objective, answer.unit, answer.demand, money_counts(answer.query, offered, costs))


def money_counts(query: SitingQuery, candidates: Sequence[Candidate] = (), costs: Sequence[float] = ()) -> bool:
    """Whether costs are money: not where there is no budget and every site costs 1."""
    given = (*query.candidates.given, *candidates)
    return (
        query.budget is not None
        or bool(query.costs)
        or any(one.cost != 1.0 for one in given)
        or any(cost != 1.0 for cost in costs)
    )


def proof_of(answer: SitingAnswer) -> Proof:
    """What is known of how good a plan is."""
    plan = answer.plan
    return Proof(plan.value, plan.bound, plan.ended, plan.seconds, answer.candidates, plan.guarantee, answer.before)


def _search(answer: SitingAnswer) -> str:
    plan = answer.plan
    said = [gettext("The search took %(seconds)s.", seconds=say_seconds(plan.seconds))]
    if plan.merged > plan.rows > 0:
        said.append(
            gettext(
                "Demand points with the same candidates within reach were merged: %(merged)s became %(rows)s rows.",
                merged=f"{plan.merged:,}",
                rows=f"{plan.rows:,}",
            )
        )
    if plan.dominated:
        said.append(
            ngettext(
                "%(num)s candidate was left out since another does at least as much for no more.",
                "%(num)s candidates were left out since others do at least as much for no more.",
                plan.dominated,
            )
        )
    return joined(said)
