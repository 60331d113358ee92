"""What is told of townships, and of the gaps in them, as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask_babel import gettext

from geodata.townships import WHOLE_AREA
from stations.handouts.tables import Column, Kind, Table, Value, printed, table_csv
from stations.questions.coverage import CoverageAnswer, Gap, TownshipRow
from stations.questions.coverage.comparing import Comparison, ComparisonRow
from stations.questions.coverage.reasons import Reason
from stations.questions.coverage.sureness import Band, Sureness, SurenessRow
from stations.questions.coverage.townships import Double15, Double15Row
from stations.wording.figures import listed, say_place

LEAST_REASON = 0.1
"""Of a gap's demand: what keeps less than this out of reach is not told."""

NamedBy = Callable[[str | None], str]
"""Gives the name of a station by its code."""


def township_name(name: str) -> str:
    """A township's name; what lies outside all has none of its own."""
    if name == WHOLE_AREA:
        return gettext("The whole area")
    return name or gettext("Outside all townships")


def township_table(answer: CoverageAnswer) -> Table:
    """Coverage by township: once, twice, by time band, and what the circle claims."""
    bands = [
        Column(
            f"within_{minutes:g}_min",
            gettext("Within %(minutes)s min", minutes=f"{minutes:.3g}"),
            Kind.AMOUNT,
            printed=False,
        )
        for minutes in answer.bands[:-1]
    ]
    columns = [
        Column("code", gettext("Code"), printed=False),
        Column("name", gettext("Township")),
        Column("stations", gettext("Stations"), Kind.COUNT),
        Column("demand", gettext("Demand"), Kind.AMOUNT),
        Column("covered", gettext("Covered"), Kind.AMOUNT, printed=False),
        Column("covered_twice", gettext("Covered by two or more"), Kind.AMOUNT, printed=False),
        Column("circle", gettext("Claimed by the circle"), Kind.AMOUNT, printed=False),
        Column("circle_twice", gettext("Claimed twice by circles"), Kind.AMOUNT, printed=False),
        Column("only_circle", gettext("In the circle, not by street"), Kind.AMOUNT, printed=False),
        Column("uncovered", gettext("Uncovered"), Kind.AMOUNT),
        Column("perhaps", gettext("Perhaps covered, hours not known"), Kind.AMOUNT, printed=False),
        *bands,
        Column("share", gettext("Share covered"), Kind.SHARE, brief=gettext("Covered")),
        Column("share_twice", gettext("Share covered by two or more"), Kind.SHARE, brief=gettext("By two or more")),
        Column("share_circle", gettext("Share claimed by the circle"), Kind.SHARE, brief=gettext("Circle claims")),
    ]

    def line(row: TownshipRow, name: str) -> list[Value]:
        return [
            row.code,
            name,
            row.stations,
            row.demand,
            row.covered,
            row.covered_twice,
            row.circle,
            row.circle_twice,
            row.only_circle,
            row.uncovered,
            row.perhaps,
            *row.bands[:-1],
            row.share,
            row.overlap,
            row.circle_share,
        ]

    return Table(
        "townships",
        gettext("Townships"),
        columns,
        [line(row, township_name(row.name)) for row in answer.rows],
        line(answer.total, gettext("Total")),
        answer.unit,
        gettext(
            "Covered: within the minutes of a station that counts, along the streets. "
            "The circle is what a ruler on the map would claim in the same minutes."
        ),
    )


def double15_table(told: Double15) -> Table:
    """The 双15 report by township."""
    columns = [
        Column("code", gettext("Code"), printed=False),
        Column("name", gettext("Township")),
        Column("stations", gettext("Stations"), Kind.COUNT),
        Column("demand", gettext("Demand"), Kind.AMOUNT),
        Column("circle", gettext("Within 1 km in a straight line"), Kind.AMOUNT, printed=False),
        Column("circle_twice", gettext("Within 1 km of two or more"), Kind.AMOUNT, printed=False),
        Column("street", gettext("Within 15 min on foot"), Kind.AMOUNT, printed=False),
        Column("street_twice", gettext("Within 15 min of two or more"), Kind.AMOUNT, printed=False),
        Column(
            "circle_share", gettext("Share within 1 km in a straight line"), Kind.SHARE, brief=gettext("1 km circle")
        ),
        Column("street_share", gettext("Share within 15 min on foot"), Kind.SHARE, brief=gettext("15 min on foot")),
        Column(
            "overstated",
            gettext("Claimed too much by the circle"),
            Kind.POINTS,
            brief=gettext("Circle overstates (points)"),
            signed=True,
        ),
        Column(
            "street_overlap",
            gettext("Overlap rate, 15 min on foot"),
            Kind.SHARE,
            brief=gettext("Overlap on foot"),
        ),
        Column("circle_overlap", gettext("Overlap rate, 1 km"), Kind.SHARE, brief=gettext("Overlap of circles")),
    ]

    def line(row: Double15Row, name: str) -> list[Value]:
        over = None if row.circle_share is None or row.street_share is None else row.circle_share - row.street_share
        return [
            row.code,
            name,
            row.stations,
            row.demand,
            row.circle,
            row.circle_twice,
            row.street,
            row.street_twice,
            row.circle_share,
            row.street_share,
            over,
            row.street_overlap,
            row.circle_overlap,
        ]

    return Table(
        "double15",
        gettext("The 双15 measure"),
        columns,
        [line(row, township_name(row.name)) for row in told.rows],
        line(told.total, gettext("Total")),
        told.unit,
        gettext(
            "A station serves 1 km and 15 minutes on foot, with overlapping coverage. Counted are all stations in "
            "service, whatever their hours. The overlap rate is the share that two or more stations cover."
        ),
    )


def gap_table(answer: CoverageAnswer, named: NamedBy) -> Table:
    """The ranked gaps; positions are WGS-84."""
    columns = [
        Column("rank", gettext("Rank"), Kind.COUNT, brief="#"),
        Column("name", gettext("Gap")),
        Column("township", gettext("Township")),
        Column("uncovered", gettext("Uncovered"), Kind.AMOUNT),
        Column("lon", gettext("Longitude"), Kind.DEGREES, printed=False),
        Column("lat", gettext("Latitude"), Kind.DEGREES, printed=False),
        Column("nearest", gettext("Code of the nearest station"), printed=False),
        Column("nearest_name", gettext("Nearest station")),
        Column("minutes", gettext("Minutes to it"), Kind.MINUTES, brief=gettext("Way to it")),
        Column("metres", gettext("Metres to it"), Kind.METRES, printed=False),
        Column("why", gettext("What keeps it out")),
    ]

    def line(rank: int, gap: Gap) -> list[Value]:
        return [
            rank,
            say_place(gap.name),
            township_name(gap.township) if gap.township else "",
            gap.demand,
            gap.position.lon,
            gap.position.lat,
            gap.nearest,
            None if gap.nearest is None else named(gap.nearest),
            None if gap.seconds is None else gap.seconds / 60.0,
            gap.metres,
            say_whys(gap, answer),
        ]

    return Table(
        "gaps",
        gettext("Gaps"),
        columns,
        [line(rank, gap) for rank, gap in enumerate(answer.gaps, 1)],
        unit=answer.unit,
        note=gettext("Uncovered demand that hangs together, the largest first, called after the nearest named place."),
    )


def say_why(gap: Gap, answer: CoverageAnswer) -> str:
    """Say what keeps most of a gap out of reach."""
    # Stations count, and none can be got to from there at all: that is neither far nor a long way round.
    if gap.nearest is None and answer.total.stations and gap.reason in {Reason.DISTANCE, Reason.DETOUR}:
        return gettext("cut off: no way by street")
    return say_reason(gap.reason)


def say_whys(gap: Gap, answer: CoverageAnswer) -> str:
    """Say all that keeps a gap out of reach, with shares where it is several things."""
    told = [(reason, share) for reason, share in gap.why if share >= LEAST_REASON]
    if len(told) < 2 or gap.nearest is None:
        return say_why(gap, answer)
    return listed([f"{say_reason(reason)} {100.0 * share:.0f}%" for reason, share in told])


def say_reason(reason: Reason) -> str:
    """Say a reason of a gap."""
    return {
        Reason.HOURS: gettext("closed at that moment"),
        Reason.HOURS_UNKNOWN: gettext("hours not known"),
        Reason.DATES: gettext("there on some dates only"),
        Reason.AMENITY: gettext("not equipped as asked"),
        Reason.RIVER: gettext("a river without a bridge"),
        Reason.RAILWAY: gettext("a railway or motorway in between"),
        Reason.DETOUR: gettext("the way round is long"),
        Reason.DISTANCE: gettext("no station near"),
    }[reason]


def comparison_table(told: Comparison) -> Table:
    """What became of each township."""
    columns = [
        Column("code", gettext("Code"), printed=False),
        Column("name", gettext("Township")),
        Column("demand", gettext("Demand"), Kind.AMOUNT, printed=False),
        Column("before", gettext("Covered before"), Kind.AMOUNT, brief=gettext("Before")),
        Column("after", gettext("Covered after"), Kind.AMOUNT, brief=gettext("After")),
        Column("gained", gettext("Gained"), Kind.AMOUNT),
        Column("lost", gettext("Lost"), Kind.AMOUNT),
        Column("difference", gettext("Difference"), Kind.AMOUNT, signed=True),
        Column("share_before", gettext("Share covered before"), Kind.SHARE, brief=gettext("Share before")),
        Column("share_after", gettext("Share covered after"), Kind.SHARE, brief=gettext("Share after")),
        Column("twice_before", gettext("By two or more before"), Kind.AMOUNT, printed=False),
        Column("twice_after", gettext("By two or more after"), Kind.AMOUNT, printed=False),
    ]

    def line(row: ComparisonRow, name: str) -> list[Value]:
        return [
            row.code,
            name,
            row.demand,
            row.before,
            row.after,
            row.gained,
            row.lost,
            row.difference,
            row.share_before,
            row.share_after,
            row.twice_before,
            row.twice_after,
        ]

    return Table(
        "comparison",
        gettext("Before and after"),
        columns,
        [line(row, township_name(row.name)) for row in told.rows],
        line(told.total, gettext("Total")),
        told.unit,
        gettext("Gained less lost is the difference; both are counted point by point."),
    )


def sureness_table(told: Sureness) -> Table:
    """From what to what the share covered may be."""
    columns = [
        Column("code", gettext("Code"), printed=False),
        Column("name", gettext("Township")),
        Column("share", gettext("Share covered"), Kind.SHARE, brief=gettext("Covered")),
    ]
    for key, words in _doubts(told):
        columns += [
            Column(f"{key}_low", gettext("%(what)s: least", what=words), Kind.SHARE),
            Column(f"{key}_high", gettext("%(what)s: most", what=words), Kind.SHARE),
        ]

    def ends(band: Band | None) -> Sequence[Value]:
        return (None, None) if band is None else (band.low, band.high)

    def line(row: SurenessRow, name: str) -> list[Value]:
        bands = (row.speed, row.position, row.hours, row.together)
        return [row.code, name, row.share, *(end for band in bands for end in ends(band))]

    return Table(
        "sureness",
        gettext("How sure the figures are"),
        columns,
        [line(row, township_name(row.name)) for row in told.rows],
        line(told.total, gettext("Total")),
        note=gettext(
            "If people go slower or faster, if every station stands 50 m farther off or nearer, and if the stations "
            "of unknown hours are all closed or all open."
        ),
    )


def _doubts(told: Sureness) -> list[tuple[str, str]]:
    """What was supposed to be otherwise: a key and words each."""
    slow, fast = told.speeds_kmh
    return [
        ("speed", gettext("Speed %(slow)s–%(fast)s km/h", slow=f"{slow:g}", fast=f"{fast:g}")),
        ("position", gettext("Positions ± %(metres)s m", metres=f"{told.position_m:g}")),
        ("hours", gettext("Unknown hours")),
        ("together", gettext("All together")),
    ]


def sureness_ranges(told: Sureness) -> Table:
    """The same for paper: from what to what in one column."""
    wide = sureness_table(told)
    share = wide.columns[2]
    heads = [words for _, words in _doubts(told)]
    columns = [*wide.columns[1:3], *(Column(f"range{at}", head, Kind.RANGE) for at, head in enumerate(heads))]

    def line(row: Sequence[Value]) -> list[Value]:
        ends = zip(row[3::2], row[4::2], strict=True)
        return [*row[1:3], *(None if low is None else range_of(low, high, share) for low, high in ends)]

    total = None if wide.total is None else line(wide.total)
    return Table(wide.key, wide.title, columns, [line(row) for row in wide.rows], total, note=wide.note)


def range_of(low: Value, high: Value, column: Column) -> str:
    """Say from what to what."""
    least, most = printed(low, column, ""), printed(high, column, "")
    return least if least == most else f"{least.removesuffix('%')}–{most}"


def coverage_csv(answer: CoverageAnswer) -> bytes:
    """The table of townships, and its total, as CSV."""
    return table_csv(township_table(answer))


def gaps_csv(answer: CoverageAnswer, named: NamedBy = lambda code: code or "") -> bytes:
    """The ranked gaps as CSV; positions are WGS-84."""
    return table_csv(gap_table(answer, named))
