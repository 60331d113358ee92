"""What needs somebody today: what was reported, what nobody made sure of for long, what opens again soon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from stations.desk.roll import CheckedEvery, Line
from stations.facts import Closure
from stations.upkeep.facts import Aspect, Task

ASPECTS = (Aspect.HOURS, Aspect.AMENITIES, Aspect.POSITION)
"""In the order in which they are shown."""

COUNTY = 6
"""Digits of the code of a county."""

SOON = timedelta(days=7)
"""So long before a closure ends somebody is reminded of it."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A closure that is about to end."""

    line: Line
    closure: Closure


@dataclass(frozen=True, slots=True)
class Reported:
    """Something that people found wrong."""

    line: Line
    task: Task


@dataclass(frozen=True, slots=True)
class Overdue:
    """A station of which somebody should make sure, and of what."""

    line: Line
    aspects: tuple[Aspect, ...]

    @property
    def since(self) -> date:
        """When somebody made sure of it last, of what waited longest; the first of days where nobody ever did."""
        return min(self.line.checked.get(aspect, date.min) for aspect in self.aspects)


@dataclass(frozen=True, slots=True)
class Today:
    """What needs somebody.

    Attributes
    ----------
    reported
        The oldest first.
    overdue
        Those that waited longest first.
    ending
        The next first.
    """

    reported: tuple[Reported, ...]
    overdue: tuple[Overdue, ...]
    ending: tuple[Ending, ...]

    @property
    def nothing(self) -> bool:
        """Whether nobody is needed."""
        return not (self.reported or self.overdue or self.ending)


@dataclass(frozen=True, slots=True)
class Share:
    """Of what needs somebody, what lies in one area.

    Attributes
    ----------
    area
        Code of a county or a township; empty for stations that lie in none.
    stations
        How many there are in use.
    reported, overdue
        How many of them people found something wrong at, and of how many somebody should make sure.
    """

    area: str
    stations: int
    reported: int
    overdue: int


def today_of(lines: Sequence[Line], tasks: Iterable[Task], today: date, every: CheckedEvery) -> Today:
    """Gather what needs somebody at some stations.

    Parameters
    ----------
    lines
        The stations that it may be about.
    tasks
        What was reported, of all stations.
    every
        After how many days somebody shall make sure again.
    """
    by_code = {line.code: line for line in lines}
    reported = tuple(Reported(by_code[task.code], task) for task in tasks if task.code in by_code)
    late = ((line, tuple(one for one in ASPECTS if line.overdue(one, today, every))) for line in lines)
    overdue = sorted(
        (Overdue(line, aspects) for line, aspects in late if aspects), key=lambda one: (one.since, one.line.code)
    )
    ending = (
        Ending(line, closure)
        for line in lines
        if line.serves
        for closure in line.closures
        if closure.first <= today <= closure.last <= today + SOON
    )
    return Today(reported, tuple(overdue), tuple(sorted(ending, key=lambda one: (one.closure.last, one.line.code))))


def shared_out(lines: Sequence[Line], needed: Today) -> tuple[Share, ...]:
    """Tell what needs somebody by county, or by township where all lie in one county; the most overdue first.

    Parameters
    ----------
    lines
        The stations that it is about.
    needed
        What `today_of` found at them.

    Returns
    -------
    tuple of Share
        One where all lie in one area; empty where none is in use.
    """
    stations = Counter(line.township for line in lines if line.serves)
    overdue = Counter(one.line.township for one in needed.overdue)
    found_at = {one.line.code: one.line for one in needed.reported if one.line.serves}
    reported = Counter(line.township for line in found_at.values())
    if len({township[:COUNTY] for township in stations if township}) > 1:
        stations, overdue, reported = _by_county(stations), _by_county(overdue), _by_county(reported)
    shares = (Share(area, stations[area], reported[area], overdue[area]) for area in stations)
    return tuple(sorted(shares, key=lambda one: (-one.overdue, -one.reported, one.area)))


def _by_county(counts: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for township, count in counts.items():
        found[township[:COUNTY]] += count
    return found
