"""Of which stations something is asked: those of somebody's areas, or of some of them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import sqlalchemy as sa

from stations.people.facts import Action, Person
from stations.people.rights import areas_of, may_somewhere
from stations.registry.schema import STATION
from stations.registry.stores import lies_in


@dataclass(frozen=True, slots=True)
class Scope:
    """Some of the stations that stand in the registry now.

    Attributes
    ----------
    areas
        Prefixes of the administrative code; ``("",)`` is everywhere.
    kept
        Single stations beside: an area, and the codes that count as long as they lie in it.
    inside
        Code of a township, or the beginning of one, that all must lie in too; empty for any.
    codes
        All must be among these; empty for any.
    active
        Whether only those count that are in use.
    """

    areas: tuple[str, ...] = ("",)
    kept: tuple[tuple[str, tuple[str, ...]], ...] = ()
    inside: str = ""
    codes: tuple[str, ...] = ()
    active: bool = False

    @classmethod
    def of(cls, person: Person | None, action: Action = Action.SEE_PRIVATE) -> Scope:
        """The stations to which somebody may do something."""
        kept: tuple[tuple[str, tuple[str, ...]], ...] = ()
        if person is not None and may_somewhere(person, action):
            kept = tuple((grant.area, tuple(sorted(grant.stations))) for grant in person.grants if grant.stations)
        return cls(areas_of(person, action), kept)

    def narrowed(self, *, inside: str = "", codes: tuple[str, ...] = (), active: bool = False) -> Scope:
        """Those of them that lie in a township, or are named, or are in use."""
        return dataclasses.replace(
            self, inside=inside or self.inside, codes=codes or self.codes, active=active or self.active
        )

    @property
    def where(self) -> sa.ColumnElement[bool]:
        """What holds for their rows in the table of the stations."""
        township = STATION.c.township
        found = lies_in(township, self.areas)
        for area, codes in self.kept:
            found |= lies_in(township, [area]) & STATION.c.code.in_(codes)
        if self.inside:
            found &= lies_in(township, [self.inside])
        if self.codes:
            found &= STATION.c.code.in_(self.codes)
        if self.active:
            found &= STATION.c.status == "active"
        return found


@dataclass(frozen=True, slots=True)
class Where:
    """A station that something is noted of, and its township as of now."""

    code: str
    township: str
