"""A plan as tables: its sites, the townships, what comes next, how firm it is, and all candidates."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flask_babel import gettext

from stations.handouts.siting.naming import Naming, say_candidate_hours
from stations.handouts.siting.reading import PlanReading
from stations.handouts.tables import Column, Kind, Table, Value, table_csv
from stations.handouts.townshiptables import township_name
from stations.questions.siting import Candidate, Ground, Objective, SitingAnswer

if TYPE_CHECKING:
    from stations.handouts.siting.report import PlanReport


def plan_csv(report: PlanReport) -> bytes:
    """The sites of a plan as CSV; positions are WGS-84."""
    return table_csv(report.tables["sites"])


def plan_tables(answer: SitingAnswer, reading: PlanReading, naming: Naming, grounded: Ground) -> dict[str, Table]:
    """Every table of a plan by its key, in the order of the workbook's sheets."""
    told = [sites_table(answer, reading), gains_table(answer)]
    if answer.further:
        told.append(further_table(answer, reading))
    if answer.curve:
        told.append(curve_table(answer))
    if answer.firmness:
        told.append(firmness_table(answer, reading))
    told.append(candidates_table(grounded, naming, chosen_of(answer)))
    return {table.key: table for table in told}


def chosen_of(answer: SitingAnswer) -> dict[str, int]:
    """The number of each site that was chosen, by its key."""
    return {step.candidate.key: number for number, step in enumerate(answer.steps, 1)}


def sites_table(answer: SitingAnswer, reading: PlanReading) -> Table:
    """The sites, in the order of what they add."""
    gained = Kind.AMOUNT if reading.covers else Kind.METRES
    adds = gettext("Adds") if reading.covers else gettext("Shortens by")
    columns = [
        Column("number", gettext("Number"), Kind.COUNT, brief="#"),
        Column("key", gettext("Key"), printed=False),
        Column("name", gettext("Site")),
        Column("kind", gettext("Kind")),
        Column("township", gettext("Township"), printed=any(line.township for line in reading.sites)),
        Column("lon", gettext("Longitude"), Kind.DEGREES, printed=False),
        Column("lat", gettext("Latitude"), Kind.DEGREES, printed=False),
        Column("hours", gettext("Opening hours"), printed=False),
        Column("wanted", gettext("Wanted for certain"), brief=gettext("Wanted"), printed=_some(answer)),
        Column("cost", gettext("Cost"), Kind.COST, printed=reading.money),
        Column("adds", adds, gained),
        *(
            [Column("share", gettext("Covered with it"), Kind.SHARE)]
            if reading.covers
            else [Column("total", gettext("Way with it"), Kind.METRES)]
        ),
        Column("alone", gettext("Lost without it") if reading.covers else gettext("Longer without it"), gained),
        Column("premises", gettext("Nearest premises"), printed=False),
        Column("premises_m", gettext("Metres to them"), Kind.METRES, printed=False),
    ]
    rows: list[list[Value]] = [
        [
            line.number,
            line.key,
            line.name,
            line.kind,
            line.township,
            step.candidate.position.lon,
            step.candidate.position.lat,
            line.hours,
            gettext("yes") if line.wanted else "",
            step.cost,
            finite(step.adds),
            (step.total / answer.demand if answer.demand > 0 else None) if reading.covers else finite(step.total),
            finite(step.alone),
            line.near,
            step.premises_m,
        ]
        for line, step in zip(reading.sites, answer.steps, strict=True)
    ]
    note = gettext(
        "In the order of what they add to those before them. The last column is what is lost when this one alone is "
        "left out and all others stay."
    )
    return Table("sites", gettext("The sites"), columns, rows, unit=answer.unit, note=note)


def _some(answer: SitingAnswer) -> bool:
    return any(step.wanted for step in answer.steps)


def gains_table(answer: SitingAnswer) -> Table:
    """What becomes of each township, as the atlas lists them, and of all."""
    columns = [
        Column("code", gettext("Code"), printed=False),
        Column("name", gettext("Township")),
        Column("demand", gettext("Demand"), Kind.AMOUNT),
        Column("before", gettext("Covered before"), Kind.AMOUNT, brief=gettext("Before")),
        Column("after", gettext("Covered after"), Kind.AMOUNT, brief=gettext("After")),
        Column("gained", gettext("Gained"), Kind.AMOUNT, signed=True),
        Column("share_before", gettext("Share covered before"), Kind.SHARE, brief=gettext("Share before")),
        Column("share_after", gettext("Share covered after"), Kind.SHARE, brief=gettext("Share after")),
    ]

    def line(code: str, name: str, demand: float, before: float, after: float) -> list[Value]:
        shares = (before / demand, after / demand) if demand > 0 else (None, None)
        return [code, name, demand, before, after, after - before, *shares]

    rows = answer.townships
    return Table(
        "townships",
        gettext("Townships"),
        columns,
        [line(row.code, township_name(row.name), row.demand, row.before, row.after) for row in rows],
        line(
            "", gettext("Total"), *(sum(getattr(row, name) for row in rows) for name in ("demand", "before", "after"))
        ),
        answer.unit,
        gettext("Covered within the minutes by as many stations as were asked for; without regard to capacities."),
    )


def further_table(answer: SitingAnswer, reading: PlanReading) -> Table:
    """What one more would bring, the best first."""
    gained = Kind.AMOUNT if reading.covers else Kind.METRES
    columns = [
        Column("rank", gettext("Rank"), Kind.COUNT, brief="#"),
        Column("key", gettext("Key"), printed=False),
        Column("name", gettext("Site")),
        Column("kind", gettext("Kind")),
        Column("lon", gettext("Longitude"), Kind.DEGREES, printed=False),
        Column("lat", gettext("Latitude"), Kind.DEGREES, printed=False),
        Column("adds", gettext("Would add") if reading.covers else gettext("Would shorten by"), gained),
    ]
    rows: list[list[Value]] = [
        [rank, line.key, line.name, line.kind, line.candidate.position.lon, line.candidate.position.lat, gain]
        for rank, (line, (_, gain)) in enumerate(zip(reading.further, answer.further, strict=True), 1)
    ]
    note = gettext("What would be best as one more, while all the sites of the plan stay.")
    return Table("further", gettext("The next one"), columns, rows, unit=answer.unit, note=note)


def curve_table(answer: SitingAnswer) -> Table:
    """What so many sites bring."""
    covers = answer.query.objective in {Objective.MOST, Objective.FEWEST}
    way = gettext("Mean way") if answer.query.objective is Objective.MEDIAN else gettext("Farthest way")
    value = Kind.AMOUNT if covers else Kind.METRES
    columns = [
        Column("sites", gettext("New stations"), Kind.COUNT),
        Column("value", gettext("Covered") if covers else way, value),
        Column("adds", gettext("The last one adds") if covers else gettext("The last one shortens it by"), value),
    ]
    if covers:
        columns.append(Column("share", gettext("Share covered"), Kind.SHARE, brief=gettext("Share")))
    rows: list[list[Value]] = []
    before: float | None = None
    for point in answer.curve:
        gain = None if before is None else abs(point.value - before)
        share = [point.value / answer.demand if answer.demand > 0 else None] if covers else []
        rows.append([point.sites, finite(point.value), None if gain is None else finite(gain), *share])
        before = point.value
    note = gettext(
        "Chosen one after the other, each the best beside those before it. A plan that is chosen as a whole may do "
        "better with as many."
    )
    return Table("curve", gettext("With how many"), columns, rows, unit=answer.unit, note=note)


def firmness_table(answer: SitingAnswer, reading: PlanReading) -> Table:
    """How the plan does when something is otherwise."""
    columns = [
        Column("what", gettext("If it is otherwise")),
        *(
            [
                Column("covered", gettext("The plan covers"), Kind.SHARE),
                Column("best", gettext("A choice made for it covers"), Kind.SHARE),
            ]
            if reading.covers
            else [
                Column("way", gettext("Way with the plan"), Kind.METRES),
                Column("best_way", gettext("Way with a choice made for it"), Kind.METRES),
            ]
        ),
        Column("stays", gettext("Sites in both"), Kind.COUNT),
        Column("sites", gettext("Of how many"), Kind.COUNT, printed=False),
    ]
    rows: list[list[Value]] = [
        [
            line.what,
            *(_share(amount, answer) if reading.covers else finite(amount) for amount in (one.covered, one.best)),
            line.stays,
            line.sites,
        ]
        for line, one in zip(reading.firmness, answer.firmness, strict=True)
    ]
    note = gettext(
        "The same number of sites, chosen anew for the other speed, for one of the moments alone, or for an open "
        "station at that hour of an ordinary week."
    )
    return Table("firmness", gettext("How firm the choice is"), columns, rows, note=note)


def _share(amount: float, answer: SitingAnswer) -> float | None:
    return amount / answer.demand if answer.demand > 0 else None


def candidates_table(grounded: Ground, naming: Naming, chosen: Mapping[str, int]) -> Table:
    """All candidates, from west to east."""
    columns = [
        Column("key", gettext("Key")),
        Column("name", gettext("Candidate")),
        Column("kind", gettext("Kind")),
        Column("lon", gettext("Longitude"), Kind.DEGREES),
        Column("lat", gettext("Latitude"), Kind.DEGREES),
        Column("hours", gettext("Opening hours")),
        Column("cost", gettext("Cost"), Kind.COST),
        Column("chosen", gettext("Number on the map"), Kind.COUNT),
        Column("state", gettext("What became of it")),
    ]
    names, costs = naming.every_name(grounded.candidates), costs_of(grounded)
    off_street = frozenset(grounded.off_street)
    rows: list[list[Value]] = [
        [
            one.key,
            name,
            naming.kind(one),
            one.position.lon,
            one.position.lat,
            say_candidate_hours(one),
            cost,
            chosen.get(one.key),
            _state(one, grounded, chosen, off_street),
        ]
        for one, name, cost in zip(grounded.candidates, names, costs, strict=True)
    ]
    return Table("candidates", gettext("Candidates"), columns, rows, note=gettext("Among these was chosen."))


def costs_of(grounded: Ground) -> Sequence[float]:
    """What each candidate costs in the question."""
    costs: list[float] = grounded.case.cost[grounded.stations :].tolist()
    return costs


def _state(one: Candidate, grounded: Ground, chosen: Mapping[str, int], off_street: frozenset[str]) -> str:
    if one.key in chosen:
        return gettext("wanted for certain") if one.key in grounded.query.forced else gettext("chosen")
    if one.key in grounded.query.forbidden:
        return gettext("ruled out")
    return gettext("reaches nobody") if one.key in off_street else gettext("not chosen")


def finite(value: float) -> float | None:
    """A number for a cell; None where it is infinite or none."""
    return value if math.isfinite(value) else None
