"""What a report tells, piece by piece, whether it is printed or shown: the finding first, then maps, tables, limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flask_babel import format_date, gettext

from stations.handouts.finding import (
    SHARE,
    say_clock,
    say_comparison,
    say_double15,
    say_largest_gap,
    say_rest,
    say_some,
    say_sureness,
)
from stations.handouts.picture import draw
from stations.handouts.pieces import Clock, Document, Facts, Finding, Heading, Map, Piece, Points, Tabled, Words, cut
from stations.handouts.report import Report
from stations.handouts.scene import PRINTED, Theme
from stations.handouts.tables import Table
from stations.handouts.townshiptables import range_of, sureness_ranges
from stations.wording.figures import say_demand, say_share
from stations.wording.spoken import joined

MOST_TOWNSHIPS = 40
MOST_GAPS = 15
MOST_STATIONS = 15
MOST_PAIRS = 10
"""Lines of a printed table; the workbook has all."""

MOST_NAMED = 12


def document_of(report: Report) -> Document:
    """A report to be printed or shown, in the language being spoken."""
    return Document(
        title=report.title,
        headline=report.headline,
        caption=report.caption,
        source=report.source,
        made=report.made,
        day=report.saved.day,
        pieces=list(tell(report)),
        draw=lambda theme: draw(report.scene, Theme(theme), PRINTED),
    )


def tell(report: Report) -> Iterator[Piece]:
    """Tell a report, in the language being spoken."""
    yield Finding(report.headline, _figures(report), joined([*say_rest(report.answer), say_largest_gap(report.answer)]))
    yield Points([text for text in _in_short(report) if text])
    if report.comparison is not None:
        yield from _compared(report)
    yield Map(Theme.TOWNSHIPS, _said_of_map(report))
    yield from _townships(report)
    yield Heading(gettext("Where it is missing most"))
    gaps = report.tables["gaps"]
    if gaps.rows:
        yield Words(gaps.note)
        yield cut(gaps, MOST_GAPS)
    else:
        yield Words(gettext("No gap: everything is within reach."))
    yield Heading(gettext("Within reach by street"))
    yield Words(
        gettext(
            "The area from which a station is within reach along the streets. The dotted line is the edge of the "
            "circles of %(metres)s m that a ruler would claim. No figure is taken from this picture.",
            metres=f"{report.served.limit_m:.0f}",
        )
    )
    yield Map(Theme.REACH, gettext("Area within reach by street, in bands of minutes, and the circles."))
    if report.double15 is not None:
        yield Heading(gettext("The 双15 measure: 1 km and 15 minutes on foot"))
        yield cut(report.tables["double15"], MOST_TOWNSHIPS)
        yield Words(report.tables["double15"].note, soft=True)
    yield from _clock(report)
    yield from _stations(report)
    yield from _sure(report)
    yield from _fair(report)
    yield from _made(report)


def _figures(report: Report) -> list[tuple[str, str]]:
    total, unit = report.answer.total, report.answer.unit
    figures = [
        (gettext("Covered"), say_share(total.covered, total.demand)),
        (gettext("Covered by two or more"), say_share(total.covered_twice, total.demand)),
        (gettext("Claimed by the circle"), say_share(total.circle, total.demand)),
        (gettext("Out of reach"), say_demand(total.uncovered, unit)),
    ]
    band = report.sureness.total.together
    if band is not None:
        figures.insert(1, (gettext("Between"), range_of(band.low, band.high, SHARE)))
    return figures


def _said_of_map(report: Report) -> str:
    if report.scene.parted:
        return gettext(
            "Share covered by township, the stations, and the gaps by size; the ten largest carry their rank."
        )
    return gettext("Within reach by street, the stations, and the gaps by size; the ten largest carry their rank.")


def _in_short(report: Report) -> list[str]:
    """What the sections further on find, a sentence or two each."""
    return [
        "" if report.double15 is None else say_double15(report.double15),
        joined(say_clock(report.week)),
        say_sureness(report.sureness),
    ]


def _compared(report: Report) -> Iterator[Piece]:
    if report.comparison is None:
        return
    yield Heading(gettext("What changes"))
    if report.changes:
        yield Points(report.changes)
    yield Words(joined([gettext("Compared with: %(what)s.", what=report.compared), *say_comparison(report.comparison)]))
    table = report.tables["comparison"]
    changed = [row for row, told in zip(table.rows, report.comparison.rows, strict=True) if told.gained or told.lost]
    if changed:
        yield Tabled(replace(table, rows=changed))


def _townships(report: Report) -> Iterator[Piece]:
    yield Heading(gettext("Townships"))
    yield Words(report.tables["townships"].note)
    yield cut(_by_what_is_missing(report.tables["townships"]), MOST_TOWNSHIPS)


def _clock(report: Report) -> Iterator[Piece]:
    yield Heading(gettext("The clock"))
    yield Clock(report.tables["clock"])
    notes = [report.tables["clock"].note]
    if report.week.holiday is not None:
        notes.append(
            gettext(
                "The last row is a public holiday, %(day)s.",
                day=str(format_date(report.week.holiday, rebase=False)),
            )
        )
    yield Words(joined(notes), soft=True)


def _stations(report: Report) -> Iterator[Piece]:
    yield Heading(gettext("What each station is worth"))
    table = report.tables["worth"]
    if not table.rows:
        yield Words(gettext("No station counts in this question."))
        return
    yield Words(joined([table.note, gettext("Those come first without which most would be lost.")]))
    yield cut(table, MOST_STATIONS)
    least = _least_worth(table)
    if least:
        yield Words(
            gettext(
                "%(count)s stations cover nobody that another would not cover, too: %(names)s.",
                count=len(least),
                names=say_some(least, MOST_NAMED),
            )
        )
    if report.tables["pairs"].rows:
        yield Heading(gettext("Stations that do the same"))
        yield Words(report.tables["pairs"].note)
        yield cut(report.tables["pairs"], MOST_PAIRS)


def _least_worth(table: Table) -> list[str]:
    names, only = table.column("name"), table.column("only")
    return [str(name) for name, amount in zip(names, only, strict=True) if not amount]


def _sure(report: Report) -> Iterator[Piece]:
    yield Heading(gettext("How sure the figures are"))
    yield Words(report.tables["sureness"].note)
    yield cut(sureness_ranges(report.sureness), MOST_TOWNSHIPS)


def _fair(report: Report) -> Iterator[Piece]:
    yield Heading(gettext("How fair it is"))
    yield Words(report.tables["fairness"].note)
    yield Tabled(report.tables["fairness"])
    yield Heading(gettext("Seats"))
    yield Words(report.tables["seats"].note)
    if report.floating.known:
        yield cut(report.tables["seats"], MOST_TOWNSHIPS)


def _made(report: Report) -> Iterator[Piece]:
    yield Heading(gettext("How it was counted"))
    yield Words(
        gettext(
            "Demand points stand on the streets, and each carries its part of the demand. From each the shortest way "
            "along the streets to every station is known in metres, from door to door, by the rules for the way one "
            "travels (one-way streets, forbidden ways, bridges). A point is covered when a station that counts is "
            "within the minutes. All figures are sums over these points; the maps are only their picture."
        )
    )
    yield Heading(gettext("What it cannot know"))
    yield Points(_limits(report))
    yield Heading(gettext("What it was made from"))
    yield Facts(report.about)
    yield Words(
        gettext(
            "The same figures can be had again from the saved question: flask coverage report --query FILE --out FOLDER"
        ),
        soft=True,
    )


def _limits(report: Report) -> list[str]:
    limits = [
        gettext("Streets are as OpenStreetMap has them in this atlas; a path that is missing there is not walked."),
        gettext("Crossings, stairs and traffic lights cost no time; heavy loads, rain and slopes slow nobody down."),
        gettext("Stations are as the registry has them at this revision; how sure positions and hours are, see above."),
    ]
    limits.append(limit_of_demand(report.answer.unit))
    if report.query.changes:
        limits.append(gettext("What is supposed is not built: rent, rooms and staff are not considered."))
    if report.atlas.summary.made_up:
        limits.append(gettext("The county and its stations are made up, to try things out."))
    return limits


def limit_of_demand(unit: str) -> str:
    """Say what demand in a unit stands for, and what not."""
    match unit:
        case "people":
            return gettext("People are counted where they live, which is not where outdoor workers work.")
        case "workers":
            return gettext("Workers are counted where the uploaded file puts them.")
        case "square metres":
            return gettext("Land counts the same whether or not anybody is on it.")
        case _:
            return gettext("Metres of street stand for where outdoor workers are; no head was counted.")


def _by_what_is_missing(table: Table) -> Table:
    """Townships, those that lack most first where not all of them can be told."""
    if len(table.rows) <= MOST_TOWNSHIPS:
        return table
    at = [column.key for column in table.columns].index("uncovered")
    return replace(table, rows=sorted(table.rows, key=lambda row: -float(row[at] or 0.0)))
