"""What the report of a plan tells, piece by piece: the finding first, then map, sites, townships, proof, limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask_babel import gettext

from stations.handouts.pieces import Document, Facts, Finding, Heading, Map, Piece, Points, Tabled, Words, cut
from stations.handouts.scene import PRINTED
from stations.handouts.siting.picture import draw_curve, draw_plan
from stations.handouts.siting.proving import Sure
from stations.handouts.siting.report import PlanReport
from stations.handouts.siting.scene import PlanTheme
from stations.handouts.story import limit_of_demand
from stations.handouts.tables import Table
from stations.questions.siting import Objective
from stations.wording.spoken import joined

MOST_SITES = 60
MOST_TOWNSHIPS = 40
LEAST_CURVE = 3
"""Points of a curve that is worth drawing."""


def document_of(report: PlanReport) -> Document:
    """A plan to be printed or shown, in the language being spoken."""
    reading = report.reading

    def draw(theme: str) -> bytes:
        if theme == PlanTheme.CURVE:
            return draw_curve(reading.curve, reading.mark, PRINTED)
        return draw_plan(report.scene, PlanTheme(theme), PRINTED)

    return Document(
        title=report.title,
        headline=reading.headline,
        caption=reading.caption,
        source=report.source,
        made=report.made,
        day=report.saved.day,
        pieces=list(tell(report)),
        draw=draw,
    )


def tell(report: PlanReport) -> Iterator[Piece]:
    """Tell the report of a plan, in the language being spoken."""
    reading = report.reading
    yield Finding(reading.headline, reading.figures, reading.proof)
    said = [*reading.notes, reading.gains, reading.further_said, reading.firmness_said]
    yield Points([text for text in said if text])
    yield Map(PlanTheme.PLAN, _said_of_map(report))
    yield from _sites(report)
    yield from _more(report)
    if report.reading.firmness:
        yield Heading(gettext("How firm the choice is"))
        yield Words(reading.firmness_said)
        yield Tabled(report.tables["firmness"])
        yield Words(report.tables["firmness"].note, soft=True)
    yield from _townships(report)
    yield from _proof(report)
    yield Heading(gettext("What it cannot know"))
    yield Points(_limits(report))
    yield Heading(gettext("What it was made from"))
    yield Facts(report.about)
    yield Words(
        gettext("The same plan can be found again from the saved question: flask siting run --query FILE --out FOLDER"),
        soft=True,
    )


def _said_of_map(report: PlanReport) -> str:
    return gettext(
        "The new stations by their numbers, the stations that there are, and what is within %(minutes)s min of them "
        "by street. No figure is taken from this picture.",
        minutes=f"{report.pictured.minutes:g}",
    )


def _sites(report: PlanReport) -> Iterator[Piece]:
    yield Heading(gettext("The sites"))
    table = report.tables["sites"]
    if not table.rows:
        yield Words(report.reading.headline)
        return
    yield Words(table.note)
    yield cut(table, MOST_SITES)
    near = [f"{line.number}. {line.name}: {line.near}" for line in report.reading.sites if line.near]
    if near:
        yield Words(gettext("Where a site is a bare point, one may ask at the nearest premises:"))
        yield Points(near)


def _townships(report: PlanReport) -> Iterator[Piece]:
    table = report.tables["townships"]
    if len(table.rows) < 2:
        return
    yield Heading(gettext("Which townships gain"))
    yield Words(report.reading.gains)
    if report.scene.parted:
        yield Map(PlanTheme.TOWNSHIPS, gettext("Townships by the share that is covered with the plan."))
    yield cut(_gaining_first(table), MOST_TOWNSHIPS)
    yield Words(table.note, soft=True)


def _gaining_first(table: Table) -> Table:
    at = [column.key for column in table.columns].index("gained")
    return replace(table, rows=sorted(table.rows, key=lambda row: -float(row[at] or 0.0)))


def _more(report: PlanReport) -> Iterator[Piece]:
    """What one more, and what fewer, would bring."""
    reading = report.reading
    if "further" not in report.tables and len(reading.curve) < LEAST_CURVE:
        return
    yield Heading(gettext("With one more, or with fewer"))
    yield Words(joined([reading.further_said, reading.curve_said]))
    if len(reading.curve) >= LEAST_CURVE:
        yield Map(PlanTheme.CURVE, _curve_label(report))
        yield Words(joined([report.tables["curve"].note, gettext("The red point is the plan itself.")]), soft=True)
    if "further" in report.tables:
        yield Tabled(report.tables["further"])


def _curve_label(report: PlanReport) -> str:
    if report.answer.query.objective is Objective.MEDIAN:
        return gettext("Mean way to the nearest station, by the number of new stations")
    if report.answer.query.objective is Objective.CENTER:
        return gettext("Farthest way to the nearest station, by the number of new stations")
    return gettext("Share covered, by the number of new stations")


def _proof(report: PlanReport) -> Iterator[Piece]:
    reading = report.reading
    yield Heading(gettext("How sure it is that nothing is better"))
    yield Words(joined([reading.proof, reading.search]))
    if reading.sure is Sure.GREEDY:
        yield Words(
            gettext(
                "This plan was chosen step by step, the site that adds most each time. It is a first picture: the "
                "search for the best choice, and the proof, had not been run or had not ended."
            )
        )
    else:
        yield Words(
            gettext(
                "The question is a mixed integer program: one yes or no for each candidate. The solver HiGHS looks for "
                "the best choice and at the same time for a bound that no choice can beat; where both meet, nothing "
                "better exists. If the time runs out before, the bound says how much better it could be."
            )
        )
    yield Words(
        gettext(
            "Demand points stand on the streets, and each carries its part of the demand. From each the shortest way "
            "along the streets to every station and every candidate is known in metres, by the rules for the way one "
            "travels. What the plan is worth is counted again point by point after the search. Equal choices are told "
            "apart from west to east, so that the same question has the same answer."
        )
    )
    yield Words(_of_aim(report.answer.query.objective), soft=True)


def _of_aim(aim: Objective) -> str:
    match aim:
        case Objective.MOST:
            return gettext("Maximal covering location problem (MCLP): Church and ReVelle 1974.")
        case Objective.FEWEST:
            return gettext("Location set covering problem (LSCP): Toregas, Swain, ReVelle and Bergman 1971.")
        case Objective.MEDIAN:
            return gettext("p-median problem: Hakimi 1964.")
        case Objective.CENTER:
            return gettext("p-center problem: Hakimi 1964.")


def _limits(report: PlanReport) -> list[str]:
    limits = [
        gettext("Only the candidates were looked at; a better place that is none of them was not considered."),
        gettext("Whether premises would take a station in, and for what rent, nobody was asked."),
        gettext("Streets are as OpenStreetMap has them in this atlas; a path that is missing there is not walked."),
        gettext("Premises are as OpenStreetMap has them: some have closed since, and many are missing."),
    ]
    limits.append(limit_of_demand(report.answer.unit))
    if report.atlas.summary.made_up:
        limits.append(gettext("The county and its stations are made up, to try things out."))
    return limits
