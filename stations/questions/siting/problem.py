"""What a planner asks of siting: what is best, with how many sites or how much money, among which candidates."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from geodata.lonlat import LonLat
from stations.questions.coverage.query import CoverageQuery


class Objective(StrEnum):
    """What the sites are chosen for.

    Church and ReVelle (1974) for the maximal covering location problem, Toregas et al. (1971) for the location set
    covering problem, Hakimi (1964) for p-median and p-center.
    """

    MOST = "most"
    """Maximal covering (MCLP): cover as much demand as so many sites, or so much money, can."""

    FEWEST = "fewest"
    """Set covering (LSCP): cover a share of the demand with as few sites, or as little money, as possible."""

    MEDIAN = "median"
    """p-median: the least mean way to the nearest station."""

    CENTER = "center"
    """p-center: the least way for whoever has it farthest."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where a station could be put.

    Attributes
    ----------
    key
        What it is called in a question; no two of one question are called the same.
    name
        As people call it; may be empty.
    kind
        The key of the host kind, ``street`` for a bare point on a street, ``point`` for a given point, ``listed``.
    hours
        When a station there would be open, in OpenStreetMap's grammar; empty where that is not known.
    amenities
        What a station there would have; None for whatever is asked for.
    cost
        In the unit of the budget.
    capacity
        Demand that a station there can serve, in the unit of the layer; None without a bound.
    """

    key: str
    position: LonLat
    name: str = ""
    kind: str = "point"
    hours: str = ""
    amenities: frozenset[str] | None = None
    cost: float = 1.0
    capacity: float | None = None


@dataclass(frozen=True, slots=True)
class CandidateQuery:
    """Which candidates there are; what several of these give is put together.

    Attributes
    ----------
    hosts
        Keys of host kinds whose premises in the atlas are candidates.
    spacing_m
        Metres between bare points on the streets; None for none of them.
    given
        Points put on the map, and rows of a list.
    """

    hosts: frozenset[str] = frozenset()
    spacing_m: float | None = None
    given: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment at which one must find an open station, and how much it counts beside the others."""

    at: datetime
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Wish:
    """Amenities that a station must have to count, and how much demand with this wish counts beside the others."""

    amenities: frozenset[str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SitingQuery:
    """What the planner asked.

    Attributes
    ----------
    objective
        What the sites are chosen for.
    coverage
        How far, how fast, by which demand, and what is supposed of the stations that there are: closing one is
        ``Close``. Its moment and amenities count where ``moments`` and ``wishes`` are empty.
    candidates
        Where stations could be put.
    sites
        So many new ones at most; None for as many as the budget buys, or as are needed.
    budget
        What they may cost together; None without a bound.
    share
        Of the demand, from above 0 to 1, that `Objective.FEWEST` must cover.
    times
        How many stations must be within reach of a point that is covered: 1 or 2.
    keep
        Whether the stations that there are count.
    forced, forbidden
        Keys of candidates that must be among the sites, and that must not.
    costs
        Cost by key or by kind of candidate, before that of the candidate itself.
    capacity
        Demand that a station can serve whose own capacity is not known; None without a bound.
    existing_capacity
        The same for the stations that there are.
    moments
        Moments of the week, each with its weight; empty for the one of ``coverage``.
    wishes
        Amenities, each with its weight; empty for those of ``coverage``.
    assumed_hours
        When a station at a candidate of unknown hours would be open; empty for whenever it is needed.
    leave_out
        `Objective.FEWEST`, `CENTER`: leave out demand that nothing reaches, and say so, rather than refuse.
    farthest_minutes
        `Objective.MEDIAN`: a way that takes longer counts as this long; None for the mode's horizon.
    """

    objective: Objective = Objective.MOST
    coverage: CoverageQuery = field(default_factory=CoverageQuery)
    candidates: CandidateQuery = field(default_factory=CandidateQuery)
    sites: int | None = None
    budget: float | None = None
    share: float = 1.0
    times: int = 1
    keep: bool = True
    forced: frozenset[str] = frozenset()
    forbidden: frozenset[str] = frozenset()
    costs: tuple[tuple[str, float], ...] = ()
    capacity: float | None = None
    existing_capacity: float | None = None
    moments: tuple[Moment, ...] = ()
    wishes: tuple[Wish, ...] = ()
    assumed_hours: str = ""
    leave_out: bool = False
    farthest_minutes: float | None = None
