"""Changes that custodians propose, or passers-by, and what becomes of them.

A proposal is a whole record, with the revision it was made on. Accepting one puts
what it changes together with what others changed since, by `merging.merge`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from stations.errors import ProposalError, UnknownProposalError
from stations.photos.keeping import remove_in
from stations.registry.schema import PROPOSAL, STATION
from stations.registry.stores import Store, lies_in
from stations.station import Station

LONGEST_NOTE = 500
MOST_OPEN = 50
"""Proposals of one person that may wait at a time."""

TOLD = 200
"""Settled proposals that a list goes back to."""


class Standing(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    CHANGED = "changed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change that somebody proposes.

    Attributes
    ----------
    township
        That of the station when it was proposed.
    revision
        Of the station's record that it was made on.
    station
        As it is proposed to be.
    who, settled_by
        Log-in names; of a passer-by, who has none, empty.
    at, settled
        Moments, UTC; None for one that waits.
    result
        Revision that came of it, or 0.
    seen
        Whether the proposer has seen the outcome.
    """

    number: int
    code: str
    township: str
    revision: int
    station: Station
    note: str
    who: str
    at: datetime
    standing: Standing
    reason: str
    settled_by: str
    settled: datetime | None
    result: int
    seen: bool

    @property
    def waits(self) -> bool:
        """Whether nobody has settled it yet."""
        return self.standing is Standing.OPEN


class Proposals:
    """The proposals of one store. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def propose(self, station: Station, *, revision: int, township: str, note: str, who: str, at: datetime) -> Proposal:
        """Keep a proposal.

        Parameters
        ----------
        station
            As it is to be.
        revision, township
            Of its record as it stands.
        note
            Some words for whoever settles it.
        at
            Aware moment.

        Raises
        ------
        ProposalError
            Too long a note, or too many that wait already.
        RegistryError
            It cannot be written.
        """
        words = words_of(note)
        with self._store.writing() as connection:
            waiting = sa.select(sa.func.count()).where(PROPOSAL.c.who == who, PROPOSAL.c.state == Standing.OPEN.value)
            if (connection.execute(waiting).scalar() or 0) >= MOST_OPEN:
                raise ProposalError(
                    "{most} of your proposals wait already. Let them be settled first, or withdraw some.",
                    most=MOST_OPEN,
                )
            return put_in(connection, station, revision, township, words, who, at)

    def get(self, number: int) -> Proposal:
        """One proposal.

        Raises
        ------
        UnknownProposalError
            There is none of that number.
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            row = connection.execute(sa.select(PROPOSAL).where(PROPOSAL.c.number == number)).mappings().one_or_none()
        if row is None:
            raise UnknownProposalError("There is no proposal {number}.", number=number)
        return proposal_of(dict(row))

    def check_waits(self, number: int) -> None:
        """See that nobody has settled a proposal yet.

        Raises
        ------
        ProposalError
            Somebody has.
        """
        if not self.get(number).waits:
            raise ProposalError("Proposal {number} is settled already.", number=number)

    def waiting(self, code: str = "") -> tuple[Proposal, ...]:
        """Those that nobody has settled yet, the oldest first; of one station, or of all."""
        where = [PROPOSAL.c.state == Standing.OPEN.value]
        if code:
            where.append(PROPOSAL.c.code == code)
        return self._all(sa.select(PROPOSAL).where(*where).order_by(PROPOSAL.c.number))

    def settled(self, areas: Sequence[str] = ("",), who: str = "") -> tuple[Proposal, ...]:
        """Those settled last, the newest first, of stations in some areas, or of one person.

        Parameters
        ----------
        areas
            Prefixes of the administrative code of where the station stood: what others settle pushes none out.
        """
        mine = lies_in(PROPOSAL.c.township, areas)
        if who:
            mine |= PROPOSAL.c.who == who
        query = sa.select(PROPOSAL).where(PROPOSAL.c.state != Standing.OPEN.value, mine)
        return self._all(query.order_by(PROPOSAL.c.settled.desc(), PROPOSAL.c.number.desc()).limit(TOLD))

    def of(self, who: str) -> tuple[Proposal, ...]:
        """Those of one person, the newest first."""
        query = sa.select(PROPOSAL).where(PROPOSAL.c.who == who)
        return self._all(query.order_by(PROPOSAL.c.number.desc()).limit(TOLD))

    def settle(self, number: int, standing: Standing, *, reason: str = "", who: str, at: datetime) -> Proposal:
        """Say what became of a proposal; its parameters and errors are those of `settle_in`.

        Raises
        ------
        RegistryError
            It cannot be written.
        """
        with self._store.writing() as connection:
            settle_in(connection, number, standing, reason=reason, who=who, at=at)
        return self.get(number)

    def news_for(self, who: str) -> tuple[Proposal, ...]:
        """Proposals of somebody that others settled since they last looked, the newest first."""
        query = sa.select(PROPOSAL).where(
            PROPOSAL.c.who == who,
            PROPOSAL.c.seen == 0,
            PROPOSAL.c.state.not_in([Standing.OPEN.value, Standing.WITHDRAWN.value]),
        )
        return self._all(query.order_by(PROPOSAL.c.settled.desc()))

    def read(self, numbers: Iterable[int], who: str) -> None:
        """Note that somebody has seen what became of some of their proposals."""
        seen = sa.update(PROPOSAL).where(PROPOSAL.c.number.in_(list(numbers)), PROPOSAL.c.who == who)
        with self._store.writing() as connection:
            connection.execute(seen.values(seen=1))

    def _all(self, query: sa.Select[Any]) -> tuple[Proposal, ...]:
        with self._store.reading() as connection:
            return tuple(proposal_of(dict(row)) for row in connection.execute(query).mappings())


def put_in(
    connection: sa.Connection, station: Station, revision: int, township: str, note: str, who: str, at: datetime
) -> Proposal:
    """Keep a proposal, within a transaction that may write."""
    row = {
        "number": (connection.execute(sa.select(sa.func.max(PROPOSAL.c.number))).scalar() or 0) + 1,
        "code": station.code,
        "township": township,
        "revision": revision,
        "record": station.to_json(),
        "note": note,
        "who": who,
        "at": _text(at),
        "state": Standing.OPEN.value,
        "reason": "",
        "settled_by": "",
        "settled": "",
        "result": 0,
        "seen": 0,
    }
    connection.execute(PROPOSAL.insert(), row)
    return proposal_of(row)


def settle_in(
    connection: sa.Connection,
    number: int,
    standing: Standing,
    *,
    reason: str = "",
    who: str,
    at: datetime,
    result: int = 0,
) -> None:
    """Say what became of a proposal, within a transaction that may write.

    Parameters
    ----------
    reason
        In words that the proposer reads; a refusal needs one.
    who
        Log-in name of who settles it.
    at
        Aware moment.
    result
        Revision that came of it.

    Raises
    ------
    ProposalError
        A refusal without a reason, or a proposal that is settled already.
    """
    words = words_of(reason)
    if standing is Standing.REFUSED and not words:
        raise ProposalError("Say why it is refused: whoever proposed it reads it.", field="reason")
    values = {"state": standing.value, "reason": words, "settled_by": who, "settled": _text(at), "result": result}
    waits = (PROPOSAL.c.number == number) & (PROPOSAL.c.state == Standing.OPEN.value)
    if not connection.execute(sa.update(PROPOSAL).where(waits).values(**values)).rowcount:
        raise ProposalError("Proposal {number} is settled already.", number=number)
    if standing not in {Standing.ACCEPTED, Standing.CHANGED}:
        forget_suggested(connection, number)


def forget_suggested(connection: sa.Connection, number: int) -> None:
    """Take away the photo of a passer-by's suggestion that came to nothing, unless something else shows it."""
    row = connection.execute(sa.select(PROPOSAL).where(PROPOSAL.c.number == number)).mappings().one()
    if row["who"]:
        return
    code = row["code"]
    waiting = sa.select(PROPOSAL.c.record).where(PROPOSAL.c.code == code, PROPOSAL.c.state == Standing.OPEN.value)
    stands = sa.select(STATION.c.record).where(STATION.c.code == code)
    shown = {
        photo.file
        for record in (*connection.execute(waiting).scalars(), *connection.execute(stands).scalars())
        for photo in Station.from_json(record).photos
    }
    for photo in Station.from_json(row["record"]).photos:
        if photo.file not in shown:
            remove_in(connection, photo.file, code, "suggestion")


def proposal_of(row: dict[str, Any]) -> Proposal:
    """Read a proposal off its row."""
    return Proposal(
        number=row["number"],
        code=row["code"],
        township=row["township"],
        revision=row["revision"],
        station=Station.from_json(row["record"]),
        note=row["note"],
        who=row["who"],
        at=datetime.fromisoformat(row["at"]),
        standing=Standing(row["state"]),
        reason=row["reason"],
        settled_by=row["settled_by"],
        settled=datetime.fromisoformat(row["settled"]) if row["settled"] else None,
        result=row["result"],
        seen=bool(row["seen"]),
    )


def words_of(text: str) -> str:
    """Give a note as it is kept, in one line.

    Raises
    ------
    ProposalError
        It is too long.
    """
    words = " ".join(text.split())
    if len(words) > LONGEST_NOTE:
        raise ProposalError(
            "That has {length} characters. Say it in {most}.", field="reason", length=len(words), most=LONGEST_NOTE
        )
    return words


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
