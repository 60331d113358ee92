"""A plan with all that is handed out of it: one question, its answer, and the ground it stands on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import tzinfo
from functools import cached_property

import orjson
import shapely
from flask_babel import format_date, gettext
from shapely.geometry.base import BaseGeometry

from geodata.atlas import Atlas
from stations.handouts.question import SavedQuestion
from stations.handouts.siting.naming import Naming
from stations.handouts.siting.reading import PlanReading, read_plan
from stations.handouts.siting.scene import PlanScene, Site
from stations.handouts.siting.tables import plan_tables
from stations.handouts.tables import Table
from stations.questions.coverage import CoverageQuery
from stations.questions.coverage.areas import reached_area
from stations.questions.coverage.serving import counted_stations
from stations.questions.siting import Ground, SitingAnswer, as_built, planned_of
from stations.station import Station
from stations.wording.credit import say_credit
from stations.wording.figures import say_unit
from stations.wording.names import Names


@dataclass(frozen=True, eq=False)
class PlanReport:
    """A plan and its ground; `plan_report` makes one in the language being spoken.

    Attributes
    ----------
    saved
        The question as it can be asked again.
    name, by
        Of a plan that was saved: what it is called, and who saved it; empty for one that was not.
    """

    saved: SavedQuestion
    grounded: Ground = field(repr=False)
    answer: SitingAnswer = field(repr=False)
    reading: PlanReading = field(repr=False)
    naming: Naming = field(repr=False)
    zone: tzinfo
    name: str = ""
    by: str = ""

    @property
    def atlas(self) -> Atlas:
        """The ground."""
        return self.grounded.atlas

    @property
    def title(self) -> str:
        """What every handout is called."""
        if not self.name:
            return self.reading.title
        return gettext("%(title)s: %(name)s", title=self.reading.title, name=self.name)

    @property
    def made(self) -> str:
        """Revision and digest, in a line."""
        return gettext(
            "Registry revision %(revision)s, atlas %(digest)s.",
            revision=self.answer.revision,
            digest=self.answer.digest[:12],
        )

    @property
    def source(self) -> str:
        """Which registry and which ground the figures are from, in a line."""
        return " · ".join(filter(None, [say_credit(self.atlas), self.made]))

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Every table by its key, in the order of the workbook's sheets."""
        return plan_tables(self.answer, self.reading, self.naming, self.grounded)

    @cached_property
    def pictured(self) -> CoverageQuery:
        """The question that the area within reach is drawn for: of several moments and wishes the one that counts most.

        Its changes are made already.
        """
        query = self.grounded.query
        asked = replace(query.coverage, changes=())
        if query.moments:
            asked = replace(asked, at=max(query.moments, key=lambda one: one.weight).at)
        if query.wishes:
            asked = replace(asked, amenities=max(query.wishes, key=lambda one: one.weight).amenities)
        return asked

    @cached_property
    def counted(self) -> list[Station]:
        """The stations that count, as the plan supposes them."""
        if not self.grounded.query.keep:
            return []
        snapshot = self.grounded.snapshot
        surely, _ = counted_stations(self.pictured, snapshot)
        return [snapshot.stations[row] for row in surely.tolist()]

    @cached_property
    def areas(self) -> tuple[BaseGeometry, BaseGeometry]:
        """What is within reach by street before, and with the plan; for drawing alone."""
        asked, ground = self.pictured, self.grounded
        minutes = (asked.minutes,)
        planned = replace(planned_of("", ground, self.answer.plan), changes=())
        before: BaseGeometry = shapely.MultiPolygon()
        if planned.keep:
            before = reached_area(asked, ground.snapshot, self.atlas, minutes)[asked.minutes]
        built = as_built(planned, asked, ground.snapshot, self.atlas)
        return before, reached_area(asked, built, self.atlas, minutes)[asked.minutes]

    @cached_property
    def about(self) -> list[tuple[str, str]]:
        """What was asked and found, of what: a label and its words each."""
        answer, reading = self.answer, self.reading
        facts = [
            *([(gettext("Plan"), self.name)] if self.name else []),
            *([(gettext("Saved by"), self.by)] if self.by else []),
            (gettext("Finding"), reading.headline),
            (gettext("Proof"), reading.proof),
            (gettext("Question"), reading.caption),
            (gettext("Candidates"), reading.among),
            *((gettext("To be known"), note) for note in reading.notes),
            (gettext("Counted by"), say_unit(answer.unit)),
            (gettext("Stations that count"), str(len(self.counted))),
            (gettext("Speed"), gettext("%(speed)s km/h", speed=f"{self.grounded.speed_ms * 3.6:.3g}")),
            (gettext("Search"), reading.search),
            (gettext("Registry revision"), str(answer.revision)),
            (gettext("Digest of the atlas"), answer.digest),
            (gettext("Date"), str(format_date(self.saved.day, rebase=False))),
            (gettext("Source"), say_credit(self.atlas)),
        ]
        if self.atlas.summary.made_up:
            facts.append((gettext("Note"), gettext("The county and its stations are made up, to try things out.")))
        return facts

    @cached_property
    def scene(self) -> PlanScene:
        """What its maps are drawn from."""
        townships = self.atlas.townships
        before, after = self.areas
        chosen = {line.key: line for line in self.reading.sites}
        # The rows are the townships in the atlas's order, and after them what lies outside all.
        rows = self.answer.townships[: len(townships.names)]
        return PlanScene(
            outlines=list(townships.geometry),
            names=townships.names,
            shares=[row.after / row.demand if row.demand > 0 else None for row in rows],
            parted=townships.declared,
            before=before,
            after=after,
            standing=[one.position for one in self.counted],
            offered=[one.position for one in self.grounded.candidates if one.key not in chosen],
            chosen=[Site(line.number, line.candidate.position) for line in self.reading.sites],
            minutes=self.pictured.minutes,
            ground=orjson.loads(self.atlas.ground),
            bounds=self.atlas.summary.bounds,
            title=self.reading.headline,
            caption=self.reading.caption,
            source=self.source,
        )


def plan_report(
    saved: SavedQuestion,
    grounded: Ground,
    answer: SitingAnswer,
    names: Names,
    zone: tzinfo,
    *,
    name: str = "",
    by: str = "",
) -> PlanReport:
    """Put the report of a plan together, in the language being spoken.

    Parameters
    ----------
    grounded
        The ground of the answer's question.
    zone
        Whose time moments are told in.
    name, by
        Of a plan that was saved.
    """
    reading = read_plan(answer, names, zone, grounded.atlas)
    return PlanReport(saved, grounded, answer, reading, Naming(names, grounded.atlas), zone, name, by)
