"""What the desk works with: the registry, what was proposed, and the list of stations kept at hand."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from stations.desk.batches import Batches
from stations.desk.merging import Merged, merge, told
from stations.desk.proposals import Proposal, Proposals, Standing, settle_in
from stations.desk.roll import CheckedEvery, Roll
from stations.desk.suggesting import Suggestions
from stations.errors import UnknownRevisionError, UnknownStationError
from stations.registry.entries import Action, Entry, Written, head_of
from stations.registry.log import Registry
from stations.registry.snapshot import Snapshot
from stations.station import Station
from stations.upkeep.checking import carry_over, found_right
from stations.upkeep.facts import Aspect
from stations.upkeep.kinds import load_kinds
from stations.upkeep.records import CHECKED


class Desk:
    """What the staff work with. Threads may share it.

    Parameters
    ----------
    registry
        Where the stations are kept.
    every
        After how many days somebody shall make sure again.
    """

    def __init__(self, registry: Registry, every: CheckedEvery) -> None:
        self.registry = registry
        self.every = every
        self.proposals = Proposals(registry.store)
        self.suggestions = Suggestions(registry.store)
        self.batches = Batches(registry.store)
        self._roll = Roll(0, ())
        self._lock = threading.Lock()

    def roll(self) -> Roll:
        """The list of all stations as of now; it costs what has changed since it was last asked for."""
        snapshot = self.registry.snapshot()
        roll = self._roll
        if roll.revision != snapshot.revision:
            with self._lock:
                if self._roll.revision < snapshot.revision:
                    self._roll = Roll.of(snapshot, self._roll)
                roll = self._roll
        return roll

    def seen(self, code: str, revision: int) -> Station:
        """The record of a station as somebody saw it.

        Raises
        ------
        UnknownStationError, UnknownRevisionError
            No such station, or no such revision of it.
        """
        snapshot = self.registry.snapshot()
        row = snapshot.index(code)
        if snapshot.revisions[row] == revision:
            return snapshot.stations[row]
        return entry_at(self.registry.history(code), revision).station

    def seen_ever(self, code: str, revision: int) -> Station | None:
        """The record of a station as somebody saw it, also of one that is gone; None where there never was one."""
        snapshot = self.registry.snapshot()
        try:
            if snapshot.find(code) is not None and snapshot.revisions[row := snapshot.index(code)] == revision:
                return snapshot.stations[row]
            return entry_at(self.registry.history(code), revision).station
        except (UnknownRevisionError, UnknownStationError):
            return None

    def write(self, station: Station, *, seen: int, who: str, at: datetime, what: str = "edit") -> Written:
        """Put one record in place, if it is still as the editor saw it.

        Raises
        ------
        StaleEdit
            Somebody else has changed the station since.
        HoursError, RegistryError
            As `Registry.edit`.
        """
        return self.registry.edit(station, seen=seen, who=who, at=at, what=what, also=carry_over)

    def check(
        self,
        code: str,
        aspect: Aspect,
        day: date,
        *,
        who: str,
        at: datetime,
        settles: bool,
        demand: Callable[[Station], object],
    ) -> Written:
        """Write into a record that somebody made sure of one thing. What was reported of anything else stays as it is.

        Parameters
        ----------
        settles
            Whether what was reported of that thing counts no more, too; else it stays.
        demand
            Raises where whoever asks may not write the record as it stands this moment.

        Raises
        ------
        UnknownStationError
            It is not in the list any more.
        RegistryError
            As `Registry.write`.
        """
        kinds = [kind.key for kind in load_kinds().values() if kind.clears is aspect]

        def checked(snapshot: Snapshot) -> list[Station]:
            station = snapshot.station(code)
            demand(station)
            return [made_sure(station, aspect, day)]

        def follow(connection: sa.Connection, batch: int) -> None:
            carry_over(connection, batch)
            if settles:
                found_right(connection, code, aspect, kinds, at, who)

        return self.registry.write(checked, what="checked", who=who, at=at, also=follow)

    def accept(
        self, proposal: Proposal, station: Station, *, seen: int, who: str, reason: str, at: datetime
    ) -> Proposal:
        """Put a proposed record in place, as it was proposed or as somebody changed it, and settle it: both or neither.

        Parameters
        ----------
        station
            As it shall be.
        seen
            Revision of the station's record that was looked at.

        Raises
        ------
        StaleEdit
            Somebody else has changed the station since.
        ProposalError
            It is settled already.
        """
        self.proposals.check_waits(proposal.number)
        proposed = self.proposed(proposal, self.seen(proposal.code, seen)).station
        what = f"proposal {proposal.number} by {proposal.who}" if proposal.who else f"suggestion {proposal.number}"
        standing = Standing.CHANGED if told(proposed, station) else Standing.ACCEPTED

        def follow(connection: sa.Connection, batch: int) -> None:
            carry_over(connection, batch)
            result = head_of(connection) if batch else 0
            settle_in(connection, proposal.number, standing, reason=reason, who=who, at=at, result=result)

        self.registry.edit(station, seen=seen, who=who, at=at, what=what, also=follow)
        return self.proposals.get(proposal.number)

    def proposed(self, proposal: Proposal, stands: Station) -> Merged:
        """What a proposal makes of a record as it stands by now."""
        return merge(self.seen(proposal.code, proposal.revision), proposal.station, stands)


def made_sure(station: Station, aspect: Aspect, day: date) -> Station:
    """The record of which somebody made sure on a day that something is as it says."""
    checked: dict[str, Any] = {CHECKED[aspect]: day}
    return dataclasses.replace(station, **checked)


def entry_at(history: tuple[Entry, ...], revision: int) -> Entry:
    """The entry of a station's history that put a record in place.

    Raises
    ------
    UnknownRevisionError
        There is none of that revision.
    """
    found = next((one for one in history if one.revision == revision and one.action is Action.PUT), None)
    if found is None:
        revisions = ", ".join(str(one.revision) for one in history if one.action is Action.PUT)
        raise UnknownRevisionError(
            "Station {code} has no revision {revision}. It has {revisions}.",
            code=history[0].code,
            revision=revision,
            revisions=revisions,
        )
    return found
