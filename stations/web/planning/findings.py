"""What a planner's question comes to: worked out once, then put into words and into a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import orjson
from flask_babel import format_date, gettext, ngettext
from shapely.geometry.base import BaseGeometry

from geodata.atlas import Atlas
from geodata.errors import AtlasError
from stations.questions.coverage import (
    CoverageAnswer,
    CoverageQuery,
    Gap,
    TownshipRow,
    counted_stations,
    coverage,
    reached_area,
    service_radius_m,
)
from stations.registry.snapshot import Snapshot
from stations.web.house import House
from stations.web.params import Args, Known, read_coverage, refuse_unknown
from stations.wording.credit import say_credit
from stations.wording.figures import say_amount, say_demand, say_minutes, say_place, say_share
from stations.wording.names import Names

if TYPE_CHECKING:
    from stations.web.planning.maps import Picture

PLANNING_PARAMETERS = frozenset({"mode", "minutes", "at", "amenity", "lang"})

KEPT = 16
"""How many answers and areas a worker keeps: a planner goes back and forth between a few questions."""


@dataclass(frozen=True)
class Asked:
    """A question with the two values it is asked of. Equal when the query, the revision and the digest are."""

    query: CoverageQuery
    revision: int
    digest: str
    snapshot: Snapshot = field(compare=False, repr=False)
    atlas: Atlas = field(compare=False, repr=False)


class Findings:
    """Answers already worked out. They never grow stale: the key holds all that they were made from."""

    def __init__(self, house: House, known: Known) -> None:
        self._house, self._known = house, known
        self.coverage: Callable[[Asked], CoverageAnswer] = lru_cache(maxsize=KEPT)(
            lambda asked: coverage(asked.query, asked.snapshot, asked.atlas)
        )
        self.areas: Callable[[Asked], Mapping[float, BaseGeometry]] = lru_cache(maxsize=KEPT)(
            lambda asked: reached_area(asked.query, asked.snapshot, asked.atlas)
        )

    def asked(self, args: Args) -> Asked:
        """Read the question, to be asked of the newest snapshot.

        Raises
        ------
        BadParameter
            A value that cannot be used, or a parameter that does not exist.
        AtlasError
            There is no ground to ask of.
        """
        refuse_unknown(args, PLANNING_PARAMETERS)
        query, atlas, snapshot = read_coverage(args, self._known), self._house.atlas, self._house.snapshot()
        if atlas is None:
            raise AtlasError("No streets are loaded, so coverage cannot be known. Build an atlas and start again.")
        return Asked(query, snapshot.revision, atlas.digest, snapshot, atlas)

    def picture(self, asked: Asked, names: Names) -> Picture:
        """Gather what the map of an answer is drawn from."""
        from stations.web.planning.maps import Picture  # folium is slow to import, and only a server draws

        atlas, snapshot, query = asked.atlas, asked.snapshot, asked.query
        counts, perhaps = counted_stations(query, snapshot)
        return Picture(
            answer=self.coverage(asked),
            townships=atlas.townships,
            areas=self.areas(asked),
            counted=[snapshot.stations[row] for row in counts],
            perhaps=[snapshot.stations[row] for row in perhaps],
            ground=orjson.loads(atlas.ground),
            radius_m=service_radius_m(query, atlas),
            bounds=atlas.summary.bounds,
            caption=" · ".join(_conditions(query, names, self._known)),
            credit=say_credit(atlas),
            source=gettext(
                "Registry revision %(revision)s, atlas %(digest)s.",
                revision=asked.revision,
                digest=asked.digest[:12],
            ),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A township as a planner reads it, in numbers for sorting and in words."""

    row: TownshipRow
    demand: str
    covered: str
    covered_twice: str
    circle: str
    uncovered: str
    share: float


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap as a planner reads it."""

    rank: int
    gap: Gap
    name: str
    demand: str
    minutes: str
    station: str


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer in words: the finding, the townships and their total, the gaps."""

    answer: CoverageAnswer
    finding: Sequence[str]
    lines: Sequence[Line]
    total: Line
    gaps: Sequence[GapLine]


def read_out(answer: CoverageAnswer, snapshot: Snapshot, names: Names) -> Reading:
    """Put an answer into words."""
    total, unit = answer.total, answer.unit
    told = [(row.share, row.code, row) for row in answer.rows if row.share is not None and row.name]
    worst = min(told, key=lambda one: one[:2])[2] if told else None
    finding = [_headline(answer, names.mode(answer.query.mode))]
    if total.uncovered > 0.0:
        finding.append(gettext("Out of reach: %(demand)s.", demand=say_demand(total.uncovered, unit)))
    if worst is not None and len(told) > 1 and worst.uncovered > 0.0:
        finding.append(
            gettext(
                "Served worst is %(name)s with %(share)s.",
                name=worst.name,
                share=say_share(worst.covered, worst.demand),
            )
        )
    if answer.unsure:
        finding.append(
            ngettext(
                "%(num)s station has unknown hours and is not counted; if it is open, %(share)s are covered.",
                "%(num)s stations have unknown hours and are not counted; if they are open, %(share)s are covered.",
                answer.unsure,
                share=say_share(total.covered + total.perhaps, total.demand),
            )
        )

    def named(code: str | None) -> str:
        station = None if code is None else snapshot.find(code)
        return "–" if station is None else names.station(station)

    return Reading(
        answer=answer,
        finding=finding,
        lines=[_line(row, unit) for row in answer.rows],
        total=_line(total, unit),
        gaps=[
            GapLine(
                rank,
                gap,
                say_place(gap.name),
                say_demand(gap.demand, unit),
                "–" if gap.seconds is None else say_minutes(gap.seconds),
                named(gap.nearest),
            )
            for rank, gap in enumerate(answer.gaps, 1)
        ],
    )


def _headline(answer: CoverageAnswer, mode: str) -> str:
    said = {
        "share": say_share(answer.total.covered, answer.total.demand),
        "minutes": f"{answer.query.minutes:g}",
        "mode": mode,
    }
    if answer.unit == "people":
        return gettext("%(share)s of the people live within %(minutes)s min %(mode)s of a station.", **said)
    return gettext("%(share)s of the streets lie within %(minutes)s min %(mode)s of a station.", **said)


def _line(row: TownshipRow, unit: str) -> Line:
    return Line(
        row=row,
        demand=say_amount(row.demand, unit),
        covered=say_share(row.covered, row.demand),
        covered_twice=say_share(row.covered_twice, row.demand),
        circle=say_share(row.circle, row.demand),
        uncovered=say_amount(row.uncovered, unit),
        share=row.share or 0.0,
    )


def _conditions(query: CoverageQuery, names: Names, known: Known) -> list[str]:
    said = [names.mode(query.mode), gettext("%(minutes)s min", minutes=f"{query.minutes:g}")]
    if query.at is not None:
        local = query.at.astimezone(known.zone)
        said.append(f"{format_date(local.date(), rebase=False)} {local:%H:%M}")
    return said + [names.amenity(key) for key in sorted(query.amenities, key=names.order)]
