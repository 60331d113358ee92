"""The list of the staff's stations, kept at hand: some facts of each, to be filtered and sorted without a wait."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

import orjson

from stations.facts import Closure, Status
from stations.people.facts import Action, Person
from stations.people.rights import areas_of, may
from stations.registry.snapshot import Snapshot
from stations.upkeep.facts import Aspect

CheckedEvery = Mapping[Aspect, int]
"""After how many days somebody shall make sure again, by what of a station."""

LOOKED_IN = ("code", "name", "name_en", "address", "host_name", "custodian")
"""Facts in which one may look for a word."""


@dataclass(frozen=True, slots=True)
class Line:
    """One station in a list.

    Attributes
    ----------
    revision
        At which its record was written.
    checked
        When somebody last made sure, by what of it; without what nobody ever did.
    closures
        By rising first day.
    words
        All that one may look for, in small letters of half width.
    hours
        With staff, as the record has them.
    at
        Longitude and latitude, degrees WGS-84.
    """

    code: str
    revision: int
    name: str
    status: Status
    kind: str
    host: str
    township: str
    address: str
    checked: Mapping[Aspect, date]
    closures: tuple[Closure, ...]
    words: str
    phone: str = ""
    hours: str = ""
    at: tuple[float, float] = (0.0, 0.0)

    @property
    def serves(self) -> bool:
        """Whether it is in use."""
        return self.status is Status.ACTIVE

    def overdue(self, aspect: Aspect, today: date, every: CheckedEvery) -> bool:
        """Whether somebody should make sure of something; never of a station that is not in use."""
        if not self.serves:
            return False
        day = self.checked.get(aspect)
        return day is None or (today - day).days > every[aspect]


@dataclass(frozen=True, slots=True)
class Roll:
    """The lines of all stations at one revision, in the order of their codes."""

    revision: int
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, snapshot: Snapshot, before: Roll | None = None) -> Roll:
        """Make the list; what an earlier one has of records that are as they were is taken from it."""
        known = {} if before is None else {line.code: line for line in before.lines}
        lines: list[Line] = []
        for code, record, revision in zip(snapshot.codes, snapshot.records, snapshot.revisions.tolist(), strict=True):
            line = known.get(code)
            lines.append(line if line is not None and line.revision == revision else line_of(record, revision))
        return cls(snapshot.revision, tuple(lines))


def line_of(record: bytes, revision: int) -> Line:
    """Read a line off a record as it stands in the log."""
    facts: dict[str, Any] = orjson.loads(record)
    text = " ".join(str(facts.get(name, "")) for name in LOOKED_IN)
    days = ((aspect, facts.get(f"{aspect.value}_checked")) for aspect in Aspect)
    return Line(
        code=facts["code"],
        revision=revision,
        name=facts["name"],
        status=Status(facts.get("status", Status.ACTIVE)),
        kind=facts.get("kind", "rest_station"),
        host=facts.get("host", ""),
        township=facts.get("township", ""),
        address=facts.get("address", ""),
        checked=MappingProxyType({aspect: date.fromisoformat(day) for aspect, day in days if day}),
        closures=tuple(map(Closure.from_record, facts.get("closures", ()))),
        words=folded(text),
        phone=facts.get("phone", ""),
        hours=facts.get("hours", ""),
        at=(facts["lon"], facts["lat"]),
    )


def folded(text: str) -> str:
    """Give a text as it is looked for: half width, small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def lines_for(lines: Sequence[Line], person: Person | None, action: Action = Action.SEE_PRIVATE) -> Sequence[Line]:
    """Those stations of a list to which somebody may do something."""
    if person is None:
        return ()
    areas = areas_of(person, action)
    if "" in areas:
        return lines
    kept = frozenset(code for grant in person.grants for code in grant.stations)
    return tuple(
        line
        for line in lines
        if (areas and line.township.startswith(areas))
        or (line.code in kept and may(person, action, township=line.township, code=line.code))
    )


@dataclass(frozen=True, slots=True)
class Sieve:
    """What a list is to show, and in which order.

    Attributes
    ----------
    words
        All must be found in a station's name, code, address or the like.
    township
        Code, or the beginning of one; empty for all.
    due
        Of any of these somebody should make sure; empty for all stations.
    only
        Codes, where the list is of those alone.
    """

    words: str = ""
    township: str = ""
    status: str = ""
    kind: str = ""
    due: frozenset[Aspect] = frozenset()
    only: frozenset[str] | None = None
    order: str = "code"
    falling: bool = False
    every: CheckedEvery = field(default_factory=dict)

    def of(self, lines: Iterable[Line], today: date) -> list[Line]:
        """The lines that are meant, in order."""
        wanted = folded(self.words).split()
        found = [
            line
            for line in lines
            if (not self.status or line.status == self.status)
            and (not self.kind or line.kind == self.kind)
            and line.township.startswith(self.township)
            and (self.only is None or line.code in self.only)
            and all(word in line.words for word in wanted)
            and (not self.due or any(line.overdue(one, today, self.every) for one in self.due))
        ]
        key = ORDERS.get(self.order)
        if key is not None:
            found.sort(key=key, reverse=self.falling)
        elif self.falling:
            found.reverse()
        return found


def _day(aspect: Aspect) -> Callable[[Line], tuple[date, str]]:
    return lambda line: (line.checked.get(aspect, date.min), line.code)


ORDERS: Mapping[str, Callable[[Line], tuple[Any, ...]]] = MappingProxyType(
    {
        "name": lambda line: (line.name, line.code),
        "township": lambda line: (line.township, line.code),
        **{aspect.value: _day(aspect) for aspect in Aspect},
    }
)
"""By what a list can be sorted, beside the code, in which order it comes; what was never checked stands first."""
