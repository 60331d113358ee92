"""What inspections, their tasks and the standards are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext, ngettext

from stations.fields import Fields
from stations.rounds.facts import Inspection, Judged, Standing, State, Task
from stations.standards import Finding, Met, Rating, Verdict, need_told
from stations.taxonomy import Taxonomy
from stations.web.deskwords import say_day
from stations.wording.spoken import language


def word(one: object) -> str:
    """The word of something that has one in both languages."""
    return str(getattr(one, "en" if language() == "en" else "zh"))


def say_state(state: State) -> str:
    """Say what was found of an item."""
    return {
        State.YES: gettext("Yes"),
        State.NEARBY: gettext("Nearby"),
        State.NO: gettext("No"),
        State.NOT_APPLICABLE: gettext("Not applicable"),
    }[state]


def say_met(met: Met) -> str:
    """Say how a station stands to one item of a standard."""
    return {Met.MET: gettext("met"), Met.MISSING: gettext("missing"), Met.NOT_KNOWN: gettext("not known")}[met]


def say_verdict(verdict: Verdict | str) -> str:
    """Say what can be said of a station by a standard as a whole."""
    return {
        Verdict.MET: gettext("met"),
        Verdict.NOT_MET: gettext("not met"),
        Verdict.CANNOT_BE_SAID: gettext("cannot be said yet"),
    }[Verdict(verdict)]


def say_judged(one: Judged) -> str:
    """Say in a few words how a station stood to a standard."""
    level = one.level_en if language() == "en" else one.level_zh
    return gettext("%(standard)s: %(verdict)s", standard=word(one), verdict=level or say_verdict(one.verdict))


def say_standing(standing: Standing) -> str:
    """Say how a task stands."""
    return {
        Standing.OPEN: gettext("open"),
        Standing.DONE: gettext("done"),
        Standing.DROPPED: gettext("nothing to be done"),
    }[standing]


def say_due(task: Task, today: date) -> str:
    """Say by when a task is to be done, and how late it is."""
    days = (today - task.due).days
    if not task.waits:
        return say_day(task.due)
    if days > 0:
        return ngettext("%(num)s day late", "%(num)s days late", days)
    return gettext("today") if days == 0 else gettext("by %(day)s", day=say_day(task.due))


def say_item(inspection: Inspection, key: str) -> str:
    """Name an item as it was asked on an inspection."""
    item = inspection.asked.items.get(key)
    return key if item is None else word(item)


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a standard, as it is read."""

    met: str
    said: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class ToldRating:
    """How a station stands to a standard, as it is read.

    Attributes
    ----------
    said
        In a word or two.
    met
        A value of `Met`, which colours it.
    groups
        By level: its name, empty where there is but one, and its items.
    next_name, next_why
        The level above, and what it still takes; empty where there is none.
    perhaps
        The highest level that what is not known leaves open; empty where it is the one that is met.
    """

    key: str
    name: str
    said: str
    met: str
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    next_name: str
    next_why: tuple[str, ...]
    perhaps: str


def tell_rating(rating: Rating, taxonomy: Taxonomy, names: Fields) -> ToldRating:
    """Tell how a station stands to a standard, and why."""
    standard, graded = rating.standard, rating.standard.graded
    above, possible = rating.next_level, rating.possible
    met = {Verdict.MET: Met.MET, Verdict.NOT_MET: Met.MISSING, Verdict.CANNOT_BE_SAID: Met.NOT_KNOWN}[rating.verdict]
    if graded and rating.level is not None:
        said = word(rating.level)
    elif graded and rating.verdict is Verdict.NOT_MET:
        said = gettext("no level yet")
    else:
        said = say_verdict(rating.verdict)
    return ToldRating(
        key=standard.key,
        name=word(standard),
        said=said,
        met=Met.MET.value if rating.level is not None else met.value,
        groups=tuple(
            (
                word(level) if graded else "",
                tuple(line_of(one, taxonomy, names) for one in rating.findings if one.level is level),
            )
            for level in standard.levels
        ),
        next_name="" if above is None else word(above) if graded else word(standard),
        next_why=() if above is None else tuple(why(rating.open_in(above), taxonomy, names)),
        perhaps=word(possible) if graded and possible is not None and possible is not rating.level else "",
    )


def line_of(finding: Finding, taxonomy: Taxonomy, names: Fields) -> Line:
    """Tell one item of a standard."""
    spoken = "en" if language() == "en" else "zh"
    open_ones = (*finding.missing, *finding.not_known)
    told = gettext(", ").join(need_told(need, taxonomy, names, spoken) for need in open_ones)
    return Line(finding.met.value, say_met(finding.met), word(finding.item), told)


def why(findings: Iterable[Finding], taxonomy: Taxonomy, names: Fields) -> list[str]:
    """Tell what is missing or not known of some items."""
    spoken, said = "en" if language() == "en" else "zh", []
    for finding in findings:
        for needs, template in (
            (finding.missing, gettext("missing: %(what)s")),
            (finding.not_known, gettext("not known: %(what)s")),
        ):
            if needs:
                told = gettext(", ").join(need_told(need, taxonomy, names, spoken) for need in needs)
                said.append(template.replace("%(what)s", told))
    return said
