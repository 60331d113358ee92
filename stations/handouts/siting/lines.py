"""The lines of a plan: each site, and each township."""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from stations.handouts.siting.naming import Naming, say_candidate_hours, township_of
from stations.handouts.siting.proving import Scale, say_cost, say_way
from stations.handouts.townshiptables import township_name
from stations.questions.siting import Candidate, Objective, SitingAnswer
from stations.wording.figures import say_demand, say_share


@dataclass(frozen=True, slots=True)
class SiteLine:
    """A site that was chosen.

    Attributes
    ----------
    number
        From 1, in the order of what they add; on the map, too.
    name, kind, hours, township
        What it is called, what it is, when it would be open (empty where not known), where it stands.
    wanted
        Whether it was wanted for certain.
    cost
        Empty where every site costs 1.
    adds, total, alone
        What it adds to those before it, what there is with it, what is lost without it: in words.
    adds_part
        What it adds as a share of what all add, 0 to 1, for a bar; 0 where that has no meaning.
    near, premises
        Of a bare point the nearest premises and how far they are, bare and as a sentence's part; empty for others.
    sentence
        What it adds and what there is then, in a sentence.
    """

    number: int
    candidate: Candidate
    name: str
    kind: str
    hours: str
    township: str
    wanted: bool
    cost: str
    adds: str
    adds_part: float
    total: str
    alone: str
    near: str
    premises: str
    sentence: str

    @property
    def key(self) -> str:
        """What it is called in a question."""
        return self.candidate.key


@dataclass(frozen=True, slots=True)
class TownshipLine:
    """What becomes of a township; shares 0 to 1, None where there is no demand."""

    code: str
    name: str
    demand: float
    before: float
    after: float
    share_before: float | None
    share_after: float | None
    gained: str
    before_said: str
    after_said: str

    @property
    def gains(self) -> bool:
        """Whether it gains at all."""
        return self.after > self.before


def say_gain(scale: Scale, gain: float) -> str:
    """Say what is gained: demand covered, or metres that a way gets shorter."""
    if math.isnan(gain):
        return "–"
    if scale.objective in {Objective.MOST, Objective.FEWEST}:
        return say_demand(gain, scale.unit)
    if math.isinf(gain):
        return gettext("a way for all")
    return gettext("%(metres)s shorter", metres=_metres(gain))


def say_loss(scale: Scale, loss: float) -> str:
    """Say what is lost: demand no longer covered, or metres that a way gets longer."""
    if scale.objective in {Objective.MOST, Objective.FEWEST} or math.isnan(loss):
        return say_gain(scale, loss)
    if math.isinf(loss):
        return gettext("no way for some")
    return gettext("%(metres)s longer", metres=_metres(loss))


def _metres(metres: float) -> str:
    """Metres, without making 10 of less."""
    return say_way(metres) if metres >= 10.0 else gettext("%(metres)s m", metres=f"{metres:.1f}")


def say_total(scale: Scale, total: float) -> str:
    """Say what there is: a share covered, or metres."""
    if scale.objective in {Objective.MOST, Objective.FEWEST}:
        return say_share(total, scale.demand)
    return say_way(total) if math.isfinite(total) else gettext("no way")


def read_sites(answer: SitingAnswer, scale: Scale, naming: Naming) -> tuple[SiteLine, ...]:
    """Read the sites, in the order of what they add."""
    finite = [step.adds for step in answer.steps if math.isfinite(step.adds)]
    whole = sum(finite)
    lines = []
    for number, step in enumerate(answer.steps, 1):
        adds, total = say_gain(scale, step.adds), say_total(scale, step.total)
        near = naming.premises(step)
        lines.append(
            SiteLine(
                number=number,
                candidate=step.candidate,
                name=naming.name(step.candidate),
                kind=naming.kind(step.candidate),
                hours=say_candidate_hours(step.candidate),
                township=township_of(answer, step),
                wanted=step.wanted,
                cost=say_cost(step.cost) if scale.money else "",
                adds=adds,
                adds_part=step.adds / whole if whole > 0.0 and math.isfinite(step.adds) else 0.0,
                total=total,
                alone=say_loss(scale, step.alone),
                near=near,
                premises=gettext("Nearest premises: %(name)s", name=near) if near else "",
                sentence=_site(scale, step.adds, adds, total),
            )
        )
    return tuple(lines)


def _site(scale: Scale, gain: float, adds: str, total: str) -> str:
    if math.isnan(gain):
        return gettext("With it some still reach no station.")
    if math.isinf(gain):
        return gettext("With it everybody reaches a station; the farthest way is %(total)s.", total=total)
    match scale.objective:
        case Objective.MOST | Objective.FEWEST:
            return gettext("Adds %(adds)s; with it %(total)s are covered.", adds=adds, total=total)
        case Objective.MEDIAN:
            return gettext("Makes the mean way %(adds)s; with it it is %(total)s.", adds=adds, total=total)
        case Objective.CENTER:
            return gettext("Makes the farthest way %(adds)s; with it it is %(total)s.", adds=adds, total=total)


def read_townships(answer: SitingAnswer) -> tuple[TownshipLine, ...]:
    """Read the townships, those that gain most first."""
    rows = sorted(answer.townships, key=lambda row: -max(row.gained, 0.0))
    return tuple(
        TownshipLine(
            code=row.code,
            name=township_name(row.name),
            demand=row.demand,
            before=row.before,
            after=row.after,
            share_before=row.before / row.demand if row.demand > 0 else None,
            share_after=row.after / row.demand if row.demand > 0 else None,
            gained=say_demand(row.gained, answer.unit),
            before_said=say_share(row.before, row.demand),
            after_said=say_share(row.after, row.demand),
        )
        for row in rows
    )


def say_townships(answer: SitingAnswer) -> str:
    """Say which townships gain, and which most."""
    if len(answer.townships) == 1:
        return ""
    gaining = [row for row in answer.townships if row.gained > 1e-9 * max(row.demand, 1.0)]
    if not gaining:
        return gettext("No township gains within the minutes.")
    most = max(gaining, key=lambda row: row.gained)
    return ngettext(
        "%(num)s of %(all)s townships gains: %(name)s by %(gained)s, from %(before)s to %(after)s.",
        "%(num)s of %(all)s townships gain, most of all %(name)s by %(gained)s, from %(before)s to %(after)s.",
        len(gaining),
        all=len(answer.townships),
        name=township_name(most.name),
        gained=say_demand(most.gained, answer.unit),
        before=say_share(most.before, most.demand),
        after=say_share(most.after, most.demand),
    )
