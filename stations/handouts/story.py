"""What a report tells, piece by piece, whether it is printed or shown: the finding first, then maps, tables, limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask_babel import format_date, gettext

from stations.handouts.finding import (
    SHARE,
    say_clock,
    say_comparison,
    say_double15,
    say_largest_gap,
    say_rest,
    say_sureness,
)
from stations.handouts.report import Report
from stations.handouts.scene import Theme
from stations.handouts.tables import Table, Value
from stations.handouts.townshiptables import range_of, sureness_ranges
from stations.wording.figures import say_demand, say_share
from stations.wording.spoken import language

MOST_TOWNSHIPS = 40
MOST_GAPS = 15
MOST_STATIONS = 15
MOST_PAIRS = 10
"""Lines of a printed table; the workbook has all."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands first: the finding in a sentence, its key figures, and what else is to be known."""

    headline: str
    figures: Sequence[tuple[str, str]]
    more: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Head of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list of sentences."""

    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Map:
    """A map, with what it shows in words, for those who do not see it."""

    theme: Theme
    caption: str


@dataclass(frozen=True, slots=True)
class Tabled:
    """A table; `left_out` says how many of its rows are in the workbook alone."""

    table: Table
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Clock:
    """The share covered in each hour of a week, as a table to be coloured."""

    table: Table


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels and values."""

    facts: Sequence[tuple[str, str]]


Piece = Finding | Heading | Words | Points | Map | Tabled | Clock | Facts


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
        yield _cut(gaps, MOST_GAPS)
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
        yield _cut(report.tables["double15"], MOST_TOWNSHIPS)
        yield Words(report.tables["double15"].note, soft=True)
    yield from _clock(report)
    yield from _stations(report)
    yield from _sure(report)
    yield from _fair(report)
    yield from _made(report)


def joined(sentences: Sequence[str]) -> str:
    """Sentences one after the other, as the language writes them."""
    return (" " if language() == "en" else "").join(filter(None, sentences))


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
    yield _cut(report.tables["townships"], MOST_TOWNSHIPS)


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
    yield _cut(table, MOST_STATIONS)
    least = _least_worth(table)
    if least:
        yield Words(
            gettext(
                "%(count)s stations cover nobody that another would not cover, too: %(names)s.",
                count=len(least),
                names=_listed(least),
            )
        )
    if report.tables["pairs"].rows:
        yield Heading(gettext("Stations that do the same"))
        yield Words(report.tables["pairs"].note)
        yield _cut(report.tables["pairs"], MOST_PAIRS)


def _least_worth(table: Table) -> list[str]:
    names, only = table.column("name"), table.column("only")
    return [str(name) for name, amount in zip(names, only, strict=True) if not amount]


def _listed(names: Sequence[str], most: int = 12) -> str:
    said = gettext(", ").join(names[:most])
    if len(names) > most:
        return gettext("%(names)s and %(count)s more", names=said, count=len(names) - most)
    return said


def _sure(report: Report) -> Iterator[Piece]:
    yield Heading(gettext("How sure the figures are"))
    yield Words(report.tables["sureness"].note)
    yield _cut(sureness_ranges(report.sureness), MOST_TOWNSHIPS)


def _fair(report: Report) -> Iterator[Piece]:
    yield Heading(gettext("How fair it is"))
    yield Words(report.tables["fairness"].note)
    yield Tabled(report.tables["fairness"])
    yield Heading(gettext("Seats"))
    yield Words(report.tables["seats"].note)
    if report.floating.known:
        yield _cut(report.tables["seats"], MOST_TOWNSHIPS)


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
    match report.answer.unit:
        case "people":
            limits.append(gettext("People are counted where they live, which is not where outdoor workers work."))
        case "workers":
            limits.append(gettext("Workers are counted where the uploaded file puts them."))
        case "square metres":
            limits.append(gettext("Land counts the same whether or not anybody is on it."))
        case _:
            limits.append(gettext("Metres of street stand for where outdoor workers are; no head was counted."))
    if report.query.changes:
        limits.append(gettext("What is supposed is not built: rent, rooms and staff are not considered."))
    if report.atlas.summary.made_up:
        limits.append(gettext("The county and its stations are made up, to try things out."))
    return limits


def _cut(table: Table, most: int) -> Tabled:
    """A table with the first rows alone, when it has many more than a page holds; townships by what they lack."""
    if len(table.rows) <= most:
        return Tabled(table)
    rows: Sequence[Sequence[Value]] = table.rows
    keys = [column.key for column in table.columns]
    if "uncovered" in keys and table.key == "townships":
        at = keys.index("uncovered")
        rows = sorted(rows, key=lambda row: -float(row[at] or 0.0))
    return Tabled(replace(table, rows=rows[:most]), len(rows) - most)
