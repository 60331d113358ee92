"""What a planner's question comes to: worked out once, and kept under what it was made from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import orjson
from flask_babel import gettext
from shapely.geometry.base import BaseGeometry

from geodata.atlas import Atlas
from geodata.errors import AtlasError
from stations.handouts.finding import headline, say_conditions
from stations.questions.coverage import (
    Comparison,
    CoverageAnswer,
    CoverageQuery,
    Double15,
    Fairness,
    Floating,
    Pair,
    Served,
    Sureness,
    Week,
    Worth,
    answer,
    compare,
    counted_stations,
    double15,
    fairness,
    floating,
    pairs,
    reached_area,
    serve,
    service_radius_m,
    supposed,
    sureness,
    week,
    worth,
)
from stations.registry.snapshot import Snapshot
from stations.web.house import House
from stations.web.params import Args, Known, refuse_unknown
from stations.web.planned import read_coverage
from stations.web.planning.state import PLANNING_PARAMETERS, read_versus, snapshot_of
from stations.wording.credit import say_credit
from stations.wording.names import Names

if TYPE_CHECKING:
    from stations.web.planning.maps import Picture

__all__ = ["PLANNING_PARAMETERS", "Asked", "Findings"]

P = ParamSpec("P")
R = TypeVar("R")

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
        self.served: Callable[[Asked], Served] = keep(lambda asked: serve(asked.query, asked.snapshot, asked.atlas))
        self.coverage: Callable[[Asked], CoverageAnswer] = keep(lambda asked: answer(self.served(asked)))
        self.areas: Callable[[Asked], Mapping[float, BaseGeometry]] = keep(
            lambda asked: reached_area(asked.query, asked.snapshot, asked.atlas)
        )
        self.worth: Callable[[Asked], tuple[Worth, ...]] = keep(lambda asked: worth(self.served(asked)))
        self.pairs: Callable[[Asked], tuple[Pair, ...]] = keep(lambda asked: pairs(self.served(asked)))
        self.fairness: Callable[[Asked], Fairness] = keep(lambda asked: fairness(self.served(asked)))
        self.floating: Callable[[Asked], Floating] = keep(lambda asked: floating(self.served(asked)))
        self.sureness: Callable[[Asked], Sureness] = keep(lambda asked: sureness(self.served(asked)))
        self.comparison: Callable[[Asked, Asked], Comparison] = keep(
            lambda before, after: compare(self.served(before), self.served(after))
        )
        self._week: Callable[[Asked, date], Week] = keep(lambda asked, monday: week(self.served(asked), monday))
        self._double15: Callable[[Asked], Double15] = keep(
            lambda asked: double15(
                supposed(asked.query.changes, asked.snapshot, asked.atlas), asked.atlas, asked.query.weight
            )
        )

    def week(self, asked: Asked, day: date) -> Week:
        """The clock of the week that the moment asked for is in, else that of a day; its own hour plays no part."""
        at = asked.query.at
        day = day if at is None else at.astimezone(self._known.zone).date()
        timeless = replace(asked, query=replace(asked.query, at=None))
        return self._week(timeless, day - timedelta(days=day.weekday()))

    def double15(self, asked: Asked) -> Double15:
        """The 双15 report of the stations as supposed: its minutes are its own, whatever is asked."""
        return self._double15(
            replace(asked, query=CoverageQuery(weight=asked.query.weight, changes=asked.query.changes))
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
        return self._of(read_coverage(args, self._known), self._house.snapshot())

    def other(self, args: Args, asked: Asked) -> Asked | None:
        """Read with what the answer is to be compared; nothing where it is compared with nothing.

        Raises
        ------
        BadParameter
            A comparison that cannot be made.
        UnknownRevisionError
            The registry has no such revision.
        """
        versus = read_versus(args, asked.query, self._known)
        return None if versus is None else self._of(versus.query, snapshot_of(self._house, versus))

    def _of(self, query: CoverageQuery, snapshot: Snapshot) -> Asked:
        atlas = self._house.atlas
        if atlas is None:
            raise AtlasError("No streets are loaded, so coverage cannot be known. Build an atlas and start again.")
        return Asked(query, snapshot.revision, atlas.digest, snapshot, atlas)

    def picture(self, asked: Asked, names: Names) -> Picture:
        """Gather what the map of an answer is drawn from."""
        from stations.web.planning.maps import Picture  # folium is slow to import, and only a server draws

        atlas, snapshot, query = asked.atlas, self.served(asked).snapshot, asked.query
        counts, perhaps = counted_stations(query, snapshot)
        return Picture(
            answer=self.coverage(asked),
            townships=atlas.townships,
            areas=self.areas(asked),
            counted=[snapshot.stations[row] for row in counts],
            changes=query.changes,
            perhaps=[snapshot.stations[row] for row in perhaps],
            ground=orjson.loads(atlas.ground),
            radius_m=service_radius_m(query, atlas),
            bounds=atlas.summary.bounds,
            headline=headline(self.coverage(asked), names.mode(query.mode)),
            caption=" · ".join(say_conditions(query, names, self._known.zone)),
            credit=say_credit(atlas),
            source=gettext(
                "Registry revision %(revision)s, atlas %(digest)s.",
                revision=asked.revision,
                digest=asked.digest[:12],
            ),
        )


def keep(work: Callable[P, R]) -> Callable[P, R]:
    """Keep the last few answers; two who ask at once may both work."""
    kept: Callable[P, R] = lru_cache(maxsize=KEPT)(work)  # type: ignore[assignment]  # its keys are ours, and hashable
    return kept
