"""The candidates as a list: those argued about, and those that would bring most as the next one."""

from __future__ import annotations

from dataclasses import dataclass

from stations.handouts.siting.lines import say_gain
from stations.handouts.siting.naming import Naming, say_candidate_hours
from stations.handouts.siting.reading import scale_of
from stations.questions.siting import Candidate, next_gains
from stations.web.siting.argued import page_of
from stations.web.siting.arguing import refusing, taking_back, wanting
from stations.web.siting.view import View

MOST_LISTED = 30
"""More are on the map. Each has the whole question in two addresses."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A candidate that was not chosen.

    Attributes
    ----------
    state
        ``wanted``, ``refused`` or ``free``.
    adds
        What it would add to the plan as it is; empty where that is not known.
    gain
        The same as a number, for sorting.
    want, refuse, neither
        Addresses; ``neither`` is empty where nothing was said of it.
    """

    key: str
    name: str
    kind: str
    hours: str
    state: str
    adds: str
    gain: float
    want: str
    refuse: str
    neither: str


def offers(view: View, naming: Naming) -> list[Offer]:
    """The candidates that are not in the plan: ruled out ones first, then by what they would add."""
    if view.ground is None or view.answer is None:
        return []
    ground, answer = view.ground, view.answer
    chosen = frozenset(step.candidate.key for step in answer.steps)
    gains = next_gains(ground.case, ground.goal, answer.plan.sites)[ground.stations :].tolist()
    refused = frozenset(view.question.get("forbid", []))
    rows = [(one, gain) for one, gain in zip(ground.candidates, gains, strict=True) if one.key not in chosen]
    rows.sort(key=lambda row: (row[0].key not in refused, -row[1]))
    scale = scale_of(answer)
    return [
        _offer(view, naming, one, say_gain(scale, gain) if one.key not in refused else "", gain)
        for one, gain in rows[:MOST_LISTED]
    ]


def _offer(view: View, naming: Naming, one: Candidate, adds: str, gain: float) -> Offer:
    asked = view.question
    refused = one.key in asked.get("forbid", [])
    said = refused or one.key in asked.get("force", [])
    return Offer(
        key=one.key,
        name=naming.name(one),
        kind=naming.kind(one),
        hours=say_candidate_hours(one),
        state="refused" if refused else "wanted" if said else "free",
        adds=adds,
        gain=gain,
        want=page_of(wanting(asked, one.key)),
        refuse=page_of(refusing(asked, one.key)),
        neither=page_of(taking_back(asked, one.key)) if said else "",
    )
