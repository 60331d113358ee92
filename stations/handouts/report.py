"""A report: one question, with all its answers, from which every handout is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import cached_property

import orjson
from flask_babel import format_date, gettext
from shapely.geometry.base import BaseGeometry

from geodata.atlas import Atlas
from geodata.lonlat import LonLat
from stations.handouts.clocktables import hour_table, township_clock_table
from stations.handouts.finding import headline, say_conditions
from stations.handouts.question import SavedQuestion
from stations.handouts.scene import Ring, Scene
from stations.handouts.stationtables import fairness_table, pair_table, seats_table, worth_table
from stations.handouts.tables import Table
from stations.handouts.townshiptables import (
    comparison_table,
    double15_table,
    gap_table,
    sureness_table,
    township_table,
)
from stations.questions.coverage import CoverageAnswer, CoverageQuery
from stations.questions.coverage.clock import Week
from stations.questions.coverage.comparing import Comparison
from stations.questions.coverage.fairness import Fairness
from stations.questions.coverage.floating import Floating
from stations.questions.coverage.serving import Served
from stations.questions.coverage.sureness import Sureness
from stations.questions.coverage.townships import Double15
from stations.questions.coverage.whatif import Add, Close, Move, SetHours, is_placed
from stations.questions.coverage.worth import Pair, Worth
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.wording.credit import say_credit
from stations.wording.figures import say_unit
from stations.wording.names import Names


@dataclass(frozen=True, eq=False)
class Report:
    """A question with all its answers.

    Attributes
    ----------
    saved
        The question as it can be asked again.
    double15
        None where the atlas was built without walking.
    comparison
        None where there is nothing to compare with.
    compared
        With what, in words.
    areas
        The area within reach by street, by minutes, for drawing.
    """

    saved: SavedQuestion
    served: Served
    answer: CoverageAnswer
    week: Week
    worth: Sequence[Worth]
    pairs: Sequence[Pair]
    fairness: Fairness
    floating: Floating
    sureness: Sureness
    double15: Double15 | None
    comparison: Comparison | None
    compared: str
    areas: Mapping[float, BaseGeometry]
    names: Names = field(repr=False)
    zone: tzinfo

    @property
    def query(self) -> CoverageQuery:
        """The question."""
        return self.served.query

    @property
    def atlas(self) -> Atlas:
        """The ground."""
        return self.served.atlas

    @property
    def snapshot(self) -> Snapshot:
        """The stations, as supposed."""
        return self.served.snapshot

    @property
    def title(self) -> str:
        """What every handout is called."""
        return gettext("Coverage by rest stations")

    @property
    def headline(self) -> str:
        """The finding in a sentence."""
        return headline(self.answer, self.names.mode(self.query.mode))

    @property
    def caption(self) -> str:
        """What was asked, in a line."""
        return " · ".join(say_conditions(self.query, self.names, self.zone))

    @property
    def source(self) -> str:
        """Which registry and which ground the figures are from, in a line."""
        said = [say_credit(self.atlas), self.made]
        return " · ".join(filter(None, said))

    @property
    def made(self) -> str:
        """Revision and digest, in a line."""
        return gettext(
            "Registry revision %(revision)s, atlas %(digest)s.",
            revision=self.answer.revision,
            digest=self.answer.digest[:12],
        )

    def named(self, code: str | None) -> str:
        """A station's name by its code; a dash where there is none."""
        station = None if code is None else self.snapshot.find(code)
        if station is None:
            return "–"
        name = self.names.station(station)
        if station.code.startswith("+") and name == station.code:
            return gettext("New station %(number)s", number=station.code[1:])
        return name

    @cached_property
    def counted(self) -> list[Station]:
        """The stations that count."""
        return [self.snapshot.stations[row] for row in self.snapshot.active_rows[self.served.counts].tolist()]

    @cached_property
    def perhaps(self) -> list[Station]:
        """The stations that would count if their unknown hours were open."""
        return [self.snapshot.stations[row] for row in self.snapshot.active_rows[self.served.perhaps].tolist()]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every table by its key, in the order of the workbook's sheets."""
        unit = self.answer.unit
        told = [township_table(self.answer)]
        if self.comparison is not None:
            told.append(comparison_table(self.comparison))
        if self.double15 is not None:
            told.append(double15_table(self.double15))
        told += [
            gap_table(self.answer, self.named),
            hour_table(self.week),
            hour_table(self.week, unknown_open=True),
            township_clock_table(self.week),
            worth_table(self.worth, self.named, unit),
            pair_table(self.pairs, self.named, unit),
            sureness_table(self.sureness),
            fairness_table(self.fairness),
            seats_table(self.floating),
        ]
        return {table.key: table for table in told}

    @cached_property
    def about(self) -> list[tuple[str, str]]:
        """What was asked and counted, of what: a label and its words each."""
        answer, summary = self.answer, self.atlas.summary
        facts = [
            (gettext("Finding"), self.headline),
            (gettext("Question"), self.caption),
            *((gettext("Supposed"), words) for words in self.changes),
            *([(gettext("Compared with"), self.compared)] if self.compared else []),
            (gettext("Counted by"), say_unit(answer.unit)),
            (gettext("Stations that count"), str(len(self.counted))),
            *([(gettext("Stations of unknown hours"), str(answer.unsure))] if answer.unsure else []),
            *([(gettext("Stations on given dates only"), str(answer.dated))] if answer.dated else []),
            (gettext("Speed"), gettext("%(speed)s km/h", speed=f"{self.served.speed_ms * 3.6:.3g}")),
            (gettext("Week of the clock"), self.week.monday.isoformat()),
            (gettext("Registry revision"), str(answer.revision)),
            (gettext("Digest of the atlas"), answer.digest),
            (gettext("Date"), str(format_date(self.saved.day, rebase=False))),
            (gettext("Source"), say_credit(self.atlas)),
        ]
        if summary.made_up:
            facts.append((gettext("Note"), gettext("The county and its stations are made up, to try things out.")))
        return facts

    @cached_property
    def changes(self) -> list[str]:
        """What is supposed, a line each."""
        return [self._change(change) for change in self.query.changes]

    def _change(self, change: Add | Move | Close | SetHours) -> str:
        if isinstance(change, Add):
            said = {"name": change.name or gettext("a rest station"), "place": _place(change.position)}
            hours = change.hours or gettext("unknown hours")
            return gettext("Add %(name)s at %(place)s, open %(hours)s", **said, hours=hours)
        said = {"name": self.named(change.code), "code": change.code}
        if isinstance(change, Move):
            return gettext("Move %(name)s (%(code)s) to %(place)s", **said, place=_place(change.position))
        if isinstance(change, Close):
            return gettext("Close %(name)s (%(code)s)", **said)
        return gettext("Open %(name)s (%(code)s) at %(hours)s", **said, hours=change.hours or gettext("unknown hours"))

    @cached_property
    def scene(self) -> Scene:
        """What its maps are drawn from."""
        townships, answer = self.atlas.townships, self.answer
        most = max((gap.demand for gap in answer.gaps), default=1.0)
        # The rows are the townships in the atlas's order, and after them what lies outside all.
        shares = [row.share for row in answer.rows[: len(townships.names)]]
        return Scene(
            outlines=list(townships.geometry),
            names=townships.names,
            shares=shares,
            parted=townships.declared,
            areas=self.areas,
            counted=[one.position for one in self.counted if not is_placed(one.code, self.query.changes)],
            perhaps=[one.position for one in self.perhaps],
            supposed=[one.position for one in self.counted if is_placed(one.code, self.query.changes)],
            gaps=[Ring(gap.position, gap.demand / most) for gap in answer.gaps],
            ground=orjson.loads(self.atlas.ground),
            bounds=self.atlas.summary.bounds,
            radius_m=self.served.limit_m,
            title=self.headline,
            caption=self.caption,
            source=self.source,
        )


def _place(position: LonLat) -> str:
    return f"{position.lon:.5f}, {position.lat:.5f}"
