"""What is told of stations: what each is worth, which do the same, and the seats they give."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext, ngettext

from stations.handouts.tables import Column, Kind, Table, Value
from stations.handouts.townshiptables import NamedBy, township_name
from stations.questions.coverage.fairness import Fairness, Inequality
from stations.questions.coverage.floating import Floating, SeatsRow
from stations.questions.coverage.worth import Pair, Worth
from stations.wording.figures import and_others
from stations.wording.spoken import joined


def worth_table(told: Sequence[Worth], named: NamedBy, unit: str) -> Table:
    """What each station is worth, that which alone covers most first."""
    columns = [
        Column("code", gettext("Code")),
        Column("name", gettext("Station")),
        Column("township", gettext("Township")),
        Column("covers", gettext("Covers"), Kind.AMOUNT),
        Column("only", gettext("Only it covers"), Kind.AMOUNT),
        Column("shared", gettext("Others cover, too"), Kind.AMOUNT, printed=False),
        Column("nearest", gettext("Nearest to it"), Kind.AMOUNT, printed=False),
        Column("only_share", gettext("Share that only it covers"), Kind.SHARE, brief=gettext("Only it")),
    ]
    ranked = sorted(told, key=lambda worth: (-worth.only, -worth.covers, worth.code))
    rows: list[list[Value]] = [
        [
            worth.code,
            named(worth.code),
            township_name(worth.township) if worth.township else "",
            worth.covers,
            worth.only,
            worth.shared,
            worth.nearest,
            worth.only / worth.covers if worth.covers > 0 else None,
        ]
        for worth in ranked
    ]
    return Table(
        "worth",
        gettext("What each station is worth"),
        columns,
        rows,
        unit=unit,
        note=gettext("What only one station covers is what closing it would cost."),
    )


def pair_table(told: Sequence[Pair], named: NamedBy, unit: str) -> Table:
    """Stations that do the same, the strongest first."""
    columns = [
        Column("lesser", gettext("Code of the lesser"), printed=False),
        Column("lesser_name", gettext("Station")),
        Column("greater", gettext("Code of the greater"), printed=False),
        Column("greater_name", gettext("Duplicates")),
        Column("shared", gettext("Both cover"), Kind.AMOUNT),
        Column("of_lesser", gettext("Share of what the first covers"), Kind.SHARE, brief=gettext("Of the first")),
        Column("of_greater", gettext("Share of what the second covers"), Kind.SHARE, brief=gettext("Of the second")),
    ]
    rows: list[list[Value]] = [
        [
            pair.lesser,
            named(pair.lesser),
            pair.greater,
            named(pair.greater),
            pair.shared,
            pair.of_lesser,
            pair.of_greater,
        ]
        for pair in told
    ]
    return Table(
        "pairs",
        gettext("Stations that do the same"),
        columns,
        rows,
        unit=unit,
        note=gettext("Pairs of which one covers at least half of what the other does."),
    )


def fairness_table(told: Fairness) -> Table:
    """Measures of how evenly people are served."""
    columns = [
        Column("measure", gettext("Measure")),
        Column("points", gettext("Among demand points: stations within reach"), Kind.INDEX),
        Column("townships", gettext("Among townships: share covered"), Kind.INDEX),
        Column("meaning", gettext("How to read it")),
    ]

    def both(get: str) -> tuple[Value, Value]:
        values: list[Inequality] = [told.access, told.townships]
        first, second = (getattr(one, get) for one in values)
        return first, second

    rows: list[list[Value]] = [
        ["mean", gettext("Mean"), *both("mean"), gettext("stations within reach; share covered")],
        ["gini", gettext("Gini"), *both("gini"), gettext("0: all have the same; towards 1: one has everything")],
        [
            "palma",
            gettext("Palma"),
            *both("palma"),
            gettext("what the tenth with most has, over what the four tenths with least have"),
        ],
        ["theil", gettext("Theil T"), *both("theil"), gettext("0: all have the same")],
        ["within", gettext("Theil T within townships"), told.theil_within, None, gettext("differences in townships")],
        [
            "between",
            gettext("Theil T between townships"),
            told.theil_between,
            None,
            gettext("differences between townships"),
        ],
    ]
    note = ""
    if told.worst_share is not None and told.best_share is not None and told.worst_name != told.best_name:
        note = gettext(
            "Served worst: %(worst)s with %(low)s; served best: %(best)s with %(high)s. "
            "A dash stands where a measure is not defined.",
            worst=and_others(township_name(told.worst_name), told.worst_others),
            low=f"{100.0 * told.worst_share:.1f}%",
            best=and_others(township_name(told.best_name), told.best_others),
            high=f"{100.0 * told.best_share:.1f}%",
        )
    return Table("fairness", gettext("How fair it is"), columns, [row[1:] for row in rows], note=note)


def seats_table(told: Floating) -> Table:
    """Seats for people by township, by the enhanced two-step floating catchment."""
    columns = [
        Column("code", gettext("Code"), printed=False),
        Column("name", gettext("Township")),
        Column("demand", gettext("Demand"), Kind.AMOUNT),
        Column("seats", gettext("Seats that fall to it"), Kind.NUMBER),
        Column("per_thousand", gettext("Seats per 1,000"), Kind.NUMBER),
    ]

    def line(row: SeatsRow, name: str) -> list[Value]:
        return [row.code, name, row.demand, row.seats, row.per_thousand]

    notes = [
        gettext(
            "Seats are known of %(known)s stations (%(seats)s seats); of %(unknown)s they are not, and those are left "
            "out, not guessed. Enhanced two-step floating catchment (Luo and Qi 2009), zones of %(zones)s min, "
            "weights 1, 0.68 and 0.22.",
            known=told.known,
            seats=told.seats,
            unknown=len(told.unknown),
            zones=" / ".join(f"{zone:.3g}" for zone in told.zones),
        )
    ]
    if told.idle:
        notes.append(
            ngettext(
                "%(num)s seat falls to nobody: nobody counted is within reach of it.",
                "%(num)s seats fall to nobody: nobody counted is within reach of them.",
                told.idle,
            )
        )

    return Table(
        "seats",
        gettext("Seats"),
        columns,
        [line(row, township_name(row.name)) for row in told.rows],
        line(told.total, gettext("Total")),
        told.unit,
        joined(notes),
    )
