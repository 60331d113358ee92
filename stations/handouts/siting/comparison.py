"""Plans side by side as tables, today first: what each comes to, in each township, and what they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from flask_babel import gettext

from stations.handouts.finding import say_conditions
from stations.handouts.siting.naming import Naming
from stations.handouts.tables import Column, Kind, Table, Value, table_csv
from stations.handouts.townshiptables import township_name
from stations.questions.siting.comparing import SAME_M, Measured, PlansCompared
from stations.wording.figures import listed, say_unit
from stations.wording.names import Names


def compare_tables(compared: PlansCompared) -> dict[str, Table]:
    """Every table of a comparison by its key, in the order of the workbook's sheets."""
    told = [plans_table(compared), plans_townships_table(compared)]
    if len(compared.shared) > 1:
        told.append(shared_table(compared))
    return {table.key: table for table in told}


def compare_csv(compared: PlansCompared) -> bytes:
    """What each plan comes to, as CSV."""
    return table_csv(plans_table(compared))


def compare_workbook(compared: PlansCompared, names: Names, zone: tzinfo, naming: Naming) -> bytes:
    """The comparison as a workbook, behind a sheet that says by what was measured."""
    from stations.handouts.workbook import write_workbook

    return write_workbook(list(compare_tables(compared).values()), compare_about(compared, names, zone, naming))


def compare_about(compared: PlansCompared, names: Names, zone: tzinfo, naming: Naming) -> list[tuple[str, str]]:
    """By what was measured, of what: a label and its words each."""
    together = listed(naming.every_name(compared.together))
    return [
        (gettext("Measured by"), " · ".join(say_conditions(compared.yardstick, names, zone))),
        (gettext("Counted by"), say_unit(compared.unit)),
        *([(gettext("Sites that all plans have"), together)] if together and len(compared.shared) > 1 else []),
        (gettext("Registry revision"), str(compared.revision)),
        (gettext("Digest of the atlas"), compared.digest),
    ]


def plan_name(plan: Measured) -> str:
    """What a plan is called; today has no name of its own."""
    return plan.name or gettext("Today")


def plans_table(compared: PlansCompared) -> Table:
    """A row for each plan, today first."""
    columns = [
        Column("plan", gettext("Plan")),
        Column("sites", gettext("New stations"), Kind.COUNT),
        Column("stations", gettext("Stations that count"), Kind.COUNT),
        Column("cost", gettext("Cost"), Kind.COST),
        Column("covered", gettext("Covered"), Kind.AMOUNT, printed=False),
        Column("share", gettext("Share covered"), Kind.SHARE, brief=gettext("Covered")),
        Column("twice", gettext("Covered by two or more"), Kind.AMOUNT, printed=False),
        Column("share_twice", gettext("Share covered by two or more"), Kind.SHARE, brief=gettext("By two or more")),
        Column("gained", gettext("Gained"), Kind.AMOUNT),
        Column("lost", gettext("Lost"), Kind.AMOUNT),
        Column("worst", gettext("Served worst")),
        Column("worst_share", gettext("Share covered there"), Kind.SHARE),
    ]
    rows: list[list[Value]] = [
        [
            plan_name(one),
            one.sites,
            one.stations,
            one.cost,
            one.covered,
            one.share,
            one.twice,
            one.share_twice,
            one.gained,
            one.lost,
            "" if one.worst is None else one.worst.name,
            None if one.worst is None else one.worst.share,
        ]
        for one in compared.plans
    ]
    note = gettext("All measured by one question. Gained and lost are counted against today, point by point.")
    return Table("plans", gettext("Plans"), columns, rows, unit=compared.unit, note=note)


def plans_townships_table(compared: PlansCompared) -> Table:
    """A row for each township, with what each plan covers of it."""
    names = [plan_name(one) for one in compared.plans]
    columns = [
        Column("code", gettext("Code"), printed=False),
        Column("name", gettext("Township")),
        Column("demand", gettext("Demand"), Kind.AMOUNT),
        *(
            Column(f"share_{at}", gettext("%(plan)s: share covered", plan=name), Kind.SHARE, brief=name)
            for at, name in enumerate(names)
        ),
        *(
            Column(f"covered_{at}", gettext("%(plan)s: covered", plan=name), Kind.AMOUNT, printed=False)
            for at, name in enumerate(names)
        ),
        *(
            Column(f"twice_{at}", gettext("%(plan)s: covered by two or more", plan=name), Kind.AMOUNT, printed=False)
            for at, name in enumerate(names)
        ),
    ]

    def line(code: str, name: str, demand: float, covered: Sequence[float], twice: Sequence[float]) -> list[Value]:
        return [code, name, demand, *(one / demand if demand > 0 else None for one in covered), *covered, *twice]

    rows = [line(one.code, township_name(one.name), one.demand, one.covered, one.twice) for one in compared.townships]
    total = line(
        "",
        gettext("Total"),
        compared.demand,
        [one.covered for one in compared.plans],
        [one.twice for one in compared.plans],
    )
    return Table("townships", gettext("Townships"), columns, rows, total, compared.unit)


def shared_table(compared: PlansCompared) -> Table:
    """How many sites of one plan another has, too."""
    plans = compared.plans[1:]
    columns = [
        Column("plan", gettext("Plan")),
        *(Column(f"with_{at}", one.name, Kind.COUNT) for at, one in enumerate(plans, 1)),
    ]
    rows: list[list[Value]] = [[one.name, *row] for one, row in zip(plans, compared.shared, strict=True)]
    note = gettext(
        "How many sites of the plan in the row the plan in the column has, too: within %(metres)s m.",
        metres=f"{SAME_M:g}",
    )
    return Table("shared", gettext("What they share"), columns, rows, note=note)


COMPARE_FILES: Mapping[str, tuple[str, str]] = {
    "compare.csv": ("text/csv", "驿站方案对比.csv"),
    "compare.xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "驿站方案对比.xlsx"),
}
"""Media type and Chinese name of each file of a comparison, by the last part of its address."""
