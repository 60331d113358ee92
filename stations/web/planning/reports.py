"""The report of what a page asks, put together from answers that were worked out already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from stations.handouts.question import SavedQuestion
from stations.handouts.report import Report
from stations.web.params import Args, Known
from stations.web.planning.contrast import say_versus
from stations.web.planning.findings import Asked, Findings
from stations.web.planning.state import carried, read_versus
from stations.wording.names import Names


@dataclass(frozen=True)
class Ordered:
    """What a report is asked for. Equal when all that it is made from is.

    Attributes
    ----------
    other
        What the answer is compared with; None for nothing.
    against
        That in words.
    day
        On which it is asked for.
    """

    asked: Asked
    other: Asked | None
    against: str
    day: date
    language: str


def order(findings: Findings, args: Args, known: Known, names: Names, day: date, language: str) -> Ordered:
    """Read what report is wanted.

    Raises
    ------
    BadParameter, AtlasError, UnknownRevisionError
        As for the page.
    """
    asked = findings.asked(args)
    versus = read_versus(args, asked.query, known)
    against = "" if versus is None else say_versus(versus, known, names)
    return Ordered(asked, findings.other(args, asked), against, day, language)


def question_of(ordered: Ordered, args: Args) -> SavedQuestion:
    """The question as it can be asked again."""
    return SavedQuestion(carried(args), ordered.asked.revision, ordered.asked.digest, ordered.day)


def report_of(findings: Findings, ordered: Ordered, args: Args, known: Known, names: Names) -> Report:
    """Put a report together."""
    asked, other = ordered.asked, ordered.other
    return Report(
        saved=question_of(ordered, args),
        served=findings.served(asked),
        answer=findings.coverage(asked),
        week=findings.week(asked, ordered.day),
        worth=findings.worth(asked),
        pairs=findings.pairs(asked),
        fairness=findings.fairness(asked),
        floating=findings.floating(asked),
        sureness=findings.sureness(asked),
        double15=findings.double15(asked) if "walk" in asked.atlas.modes else None,
        comparison=None if other is None else findings.comparison(other, asked),
        compared=ordered.against,
        areas=findings.areas(asked),
        names=names,
        zone=known.zone,
    )
