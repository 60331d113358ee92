"""What is otherwise: one site more, fewer of them, another speed or moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import tzinfo

from flask_babel import format_date, gettext

from stations.handouts.finding import say_moment
from stations.handouts.siting.lines import say_gain, say_total
from stations.handouts.siting.naming import Naming
from stations.handouts.siting.proving import Scale
from stations.questions.siting import Candidate, Objective, SitingAnswer
from stations.wording.figures import say_demand
from stations.wording.spoken import joined


@dataclass(frozen=True, slots=True)
class NextLine:
    """What one more would bring."""

    candidate: Candidate
    name: str
    kind: str
    adds: str
    sentence: str

    @property
    def key(self) -> str:
        """What it is called in a question."""
        return self.candidate.key


@dataclass(frozen=True, slots=True)
class CurveLine:
    """What so many sites bring.

    Attributes
    ----------
    value, height
        In words; and for drawing, 0 to 1 of the demand, or of the longest way.
    adds
        What the last of them brings; empty at the first point.
    chosen
        Whether the plan has as many.
    """

    sites: int
    value: str
    height: float
    adds: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FirmLine:
    """How the plan does when something is otherwise: shares covered or ways, in words.

    Attributes
    ----------
    what
        What is otherwise.
    covered, best
        With the plan; and with a choice made for it.
    stays, sites
        How many of the sites that choice has, too, and how many the plan has.
    """

    what: str
    covered: str
    best: str
    stays: int
    sites: int
    sentence: str


def read_next(answer: SitingAnswer, scale: Scale, naming: Naming) -> tuple[NextLine, ...]:
    """Read what one more would bring, the best first."""
    lines: list[NextLine] = []
    for candidate, gain in answer.further:
        name, adds = naming.name(candidate), say_gain(scale, gain)
        if scale.objective is Objective.CENTER and lines:
            sentence = gettext("After that %(name)s, which would make the farthest way %(adds)s.", name=name, adds=adds)
        elif scale.objective is Objective.CENTER:
            sentence = gettext("The next one, %(name)s, would make the farthest way %(adds)s.", name=name, adds=adds)
        elif scale.objective is Objective.MEDIAN and lines:
            sentence = gettext("After that %(name)s, which would make the mean way %(adds)s.", name=name, adds=adds)
        elif scale.objective is Objective.MEDIAN:
            sentence = gettext("The next one, %(name)s, would make the mean way %(adds)s.", name=name, adds=adds)
        elif lines:
            sentence = gettext("After that %(name)s, which would add %(adds)s.", name=name, adds=adds)
        else:
            sentence = gettext("The next one, %(name)s, would add %(adds)s.", name=name, adds=adds)
        lines.append(NextLine(candidate, name, naming.kind(candidate), adds, sentence))
    return tuple(lines)


def read_curve(answer: SitingAnswer, scale: Scale) -> tuple[CurveLine, ...]:
    """Read what 0, 1, 2 and more sites bring."""
    whole = _whole(answer, scale)
    lines = []
    for at, point in enumerate(answer.curve):
        gain = 0.0 if not at else abs(point.value - answer.curve[at - 1].value)
        lines.append(
            CurveLine(
                sites=point.sites,
                value=say_total(scale, point.value),
                height=min(point.value / whole, 1.0) if whole > 0.0 and math.isfinite(point.value) else 0.0,
                adds=say_gain(scale, gain) if at else "",
                chosen=point.sites == len(answer.steps),
            )
        )
    return tuple(lines)


def _whole(answer: SitingAnswer, scale: Scale) -> float:
    """What stands as high as the drawing: all demand, or the longest way."""
    if scale.objective in {Objective.MOST, Objective.FEWEST}:
        return answer.demand
    return max((point.value for point in answer.curve if math.isfinite(point.value)), default=0.0)


def read_mark(answer: SitingAnswer, scale: Scale) -> CurveLine | None:
    """Read where the plan itself stands beside the curve; None where there is no curve."""
    whole = _whole(answer, scale)
    if not answer.curve or whole <= 0.0 or not math.isfinite(answer.after):
        return None
    return CurveLine(len(answer.steps), say_total(scale, answer.after), min(answer.after / whole, 1.0), "", chosen=True)


def say_curve(answer: SitingAnswer, scale: Scale) -> str:
    """Say what one alone, the last and one more of them bring; empty where there is no curve."""
    curve, count = answer.curve, len(answer.steps)
    at = {point.sites: number for number, point in enumerate(curve)}.get(count)
    if at is None or at < 1:
        return ""

    def gain(number: int) -> str:
        return say_gain(scale, abs(curve[number].value - curve[number - 1].value))

    last, more = gain(at), gain(at + 1) if at + 1 < len(curve) else ""
    ways = scale.objective in {Objective.MEDIAN, Objective.CENTER}
    said = []
    if at > 1 and not curve[0].sites:
        first = gain(1)
        said.append(
            gettext("The best one alone makes the way %(gain)s.", gain=first)
            if ways
            else gettext("The best one alone brings %(gain)s.", gain=first)
        )
    said.append(
        gettext("The last one makes it %(gain)s.", gain=last)
        if ways
        else gettext("The last one brings %(gain)s.", gain=last)
    )
    if more:
        said.append(
            gettext("One more would make it %(gain)s.", gain=more)
            if ways
            else gettext("One more would bring %(gain)s.", gain=more)
        )
    return joined(said)


def read_firmness(answer: SitingAnswer, scale: Scale, zone: tzinfo) -> tuple[FirmLine, ...]:
    """Read how the plan does when something is otherwise."""
    lines = []
    count = len(answer.steps)
    for one in answer.firmness:
        if one.moment is not None:
            what = gettext("%(moment)s alone", moment=say_moment(answer.query.moments[one.moment].at, zone))
        elif one.at is not None:
            local = one.at.astimezone(zone)
            day = str(format_date(local.date(), "EEEE", rebase=False))
            what = gettext("On %(day)s at %(clock)s", day=day, clock=f"{local:%H:%M}")
        else:
            what = gettext("At %(speed)s km/h", speed=f"{one.speed_kmh or 0.0:g}")
        said = {
            "what": what,
            "covered": say_total(scale, one.covered),
            "best": say_total(scale, one.best),
            "stays": one.stays,
            "sites": count,
        }
        if scale.objective in {Objective.MOST, Objective.FEWEST}:
            sentence = gettext(
                "%(what)s the plan covers %(covered)s; one made for it %(best)s, with %(stays)s of the %(sites)s "
                "sites.",
                **said,
            )
        else:
            sentence = gettext(
                "%(what)s the way is %(covered)s with the plan; %(best)s with one made for it, with %(stays)s of the "
                "%(sites)s sites.",
                **said,
            )
        lines.append(FirmLine(what, str(said["covered"]), str(said["best"]), one.stays, count, sentence))
    return tuple(lines)


def say_firmness(answer: SitingAnswer, scale: Scale) -> str:
    """Say how firm the choice is, by the case in which it does worst; empty where nothing was tried."""
    if not answer.firmness or not answer.steps:
        return ""
    differ = [abs(one.best - one.covered) for one in answer.firmness]
    lost = max((one for one in differ if math.isfinite(one)), default=0.0)
    stays = min(one.stays for one in answer.firmness)
    sites = len(answer.steps)
    if stays:
        stay = gettext("at least %(stays)s of the %(sites)s sites stay", stays=stays, sites=sites)
    else:
        stay = gettext("none of the %(sites)s sites may stay", sites=sites)
    if scale.objective in {Objective.MEDIAN, Objective.CENTER}:
        return gettext(
            "If speed or hours are otherwise, a choice made for it makes the way at most %(lost)s; %(stay)s.",
            stay=stay,
            lost=say_gain(scale, lost),
        )
    if lost < 0.005 * answer.demand:
        return gettext(
            "The choice is firm: whatever was changed, it stays within half a percentage point of a choice made for "
            "it; %(stay)s.",
            stay=stay,
        )
    return gettext(
        "It depends on speed and hours: a choice made for another case covers up to %(lost)s more than this one does "
        "then; %(stay)s.",
        stay=stay,
        lost=say_demand(lost, answer.unit),
    )
