"""An answer in words: the finding and its one figure first, then the townships and the gaps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from geodata.townships import WHOLE_AREA
from stations.handouts.finding import headline, say_rest
from stations.handouts.townshiptables import township_name
from stations.questions.coverage import CoverageAnswer, Gap, TownshipRow
from stations.registry.snapshot import Snapshot
from stations.web.pins import station_name
from stations.wording.figures import say_amount, say_demand, say_minutes, say_place, say_share
from stations.wording.names import Names


@dataclass(frozen=True, slots=True)
class Line:
    """A township as a planner reads it, in numbers for sorting and in words.

    Attributes
    ----------
    at
        Its place among the townships of the atlas; -1 for what lies outside all, and for the total.
    """

    at: int
    row: TownshipRow
    name: str
    demand: str
    covered: str
    covered_twice: str
    circle: str
    uncovered: str
    share: float


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap as a planner reads it; ``township`` is empty outside all, and where none was declared."""

    rank: int
    gap: Gap
    name: str
    township: str
    demand: str
    minutes: str
    station: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer in words.

    Attributes
    ----------
    figure
        The one figure: the share covered. It stands in the headline, too.
    headline
        The finding in a sentence.
    more
        What else is to be known before one looks at a table.
    """

    answer: CoverageAnswer
    figure: str
    headline: str
    more: Sequence[str]
    lines: Sequence[Line]
    total: Line
    gaps: Sequence[GapLine]


def read_out(answer: CoverageAnswer, snapshot: Snapshot, names: Names) -> Reading:
    """Put an answer into words."""
    unit = answer.unit
    station = named_by(snapshot, names)
    return Reading(
        answer=answer,
        figure=say_share(answer.total.covered, answer.total.demand),
        headline=headline(answer, names.mode(answer.query.mode)),
        more=say_rest(answer),
        lines=lines_of(answer),
        total=_line(-1, answer.total, unit, gettext("Total")),
        gaps=[
            GapLine(
                rank,
                gap,
                say_place(gap.name),
                "" if gap.township == WHOLE_AREA else gap.township,
                say_demand(gap.demand, unit),
                "–" if gap.seconds is None else say_minutes(gap.seconds),
                station(gap.nearest),
            )
            for rank, gap in enumerate(answer.gaps, 1)
        ],
    )


def named_by(snapshot: Snapshot, names: Names) -> Callable[[str | None], str]:
    """Give names of stations by their codes: the code of one that there is not, and a dash for none."""

    def name(code: str | None) -> str:
        station = None if code is None else snapshot.find(code)
        if station is None:
            return station_name(code, code) if code else "–"
        return station_name(station.code, names.station(station))

    return name


def lines_of(answer: CoverageAnswer) -> list[Line]:
    """The townships, in the order of the atlas; what lies outside all of them last."""
    unit = answer.unit
    return [_line(at if row.name else -1, row, unit, township_name(row.name)) for at, row in enumerate(answer.rows)]


def _line(at: int, row: TownshipRow, unit: str, name: str) -> Line:
    return Line(
        at=at,
        row=row,
        name=name,
        demand=say_amount(row.demand, unit),
        covered=say_share(row.covered, row.demand),
        covered_twice=say_share(row.covered_twice, row.demand),
        circle=say_share(row.circle, row.demand),
        uncovered=say_amount(row.uncovered, unit),
        share=row.share or 0.0,
    )
