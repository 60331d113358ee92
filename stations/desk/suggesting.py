"""What passers-by suggest: proposals of nobody, and the private links by which they see what became of them.

Who suggested something is nowhere, but for two days as a keyed hash, so that one network cannot fill all that may
wait. Whoever holds the link sees the outcome; of the link a hash is kept.
"""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import sqlalchemy as sa

from stations.desk.proposals import Proposal, Standing, proposal_of, put_in, words_of
from stations.errors import ProposalError, UnknownProposalError
from stations.registry.schema import PROPOSAL, SENDER, SUGGESTED
from stations.registry.stores import Store
from stations.station import Station
from stations.upkeep.facts import Sender
from stations.upkeep.marks import Marks, marks_of

MOST_OF_ONE, MOST_OF_ALL = 10, 2_000
"""Suggestions that may wait at a time, for one station; and altogether, of those that came `LATELY`."""

LATELY = timedelta(days=30)

MOST_OF_NETWORK = 20
"""Suggestions that may come from one network in a day: in all of those days it fills a third of what may wait."""

SUGGEST = "suggest"
"""What the table of senders names them."""

MARK_BYTES = 24

OF_NOBODY = (PROPOSAL.c.who == "") & (PROPOSAL.c.state == Standing.OPEN.value)
"""Of proposals, those of passers-by that wait."""


class Suggestions:
    """What passers-by suggest of one store. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def check_room(self, code: str, *, sender: Sender, at: datetime, day: date) -> None:
        """See that one more suggestion is taken, before a photo of it is drawn and kept.

        Parameters and errors are those of `suggest`.
        """
        with self._store.writing() as connection:
            _refuse_too_many(connection, code, marks_of(connection, sender, day), at)

    def suggest(
        self, station: Station, *, revision: int, township: str, note: str, sender: Sender, at: datetime, day: date
    ) -> str:
        """Keep a suggestion, and give the mark by which its outcome is seen. The same twice is one.

        Parameters
        ----------
        sender
            Who suggests it: counted for the day, and forgotten with those who report.
        at
            Aware moment.
        day
            The day of that, in the time zone of the stations.

        The others, and the errors, are those of `Proposals.propose`, of nobody.
        """
        words, mark = words_of(note), secrets.token_urlsafe(MARK_BYTES)
        with self._store.writing() as connection:
            query = sa.select(PROPOSAL).where(OF_NOBODY, PROPOSAL.c.code == station.code)
            waiting = connection.execute(query).mappings().all()
            same = (station.to_json(), words, revision)
            number = next(
                (row["number"] for row in waiting if (row["record"], row["note"], row["revision"]) == same), None
            )
            if number is None:
                marks = marks_of(connection, sender, day)
                _refuse_too_many(connection, station.code, marks, at)
                number = put_in(connection, station, revision, township, words, "", at).number
                connection.execute(SENDER.insert(), marks.row(SUGGEST, station.code, str(number)))
            connection.execute(SUGGESTED.insert(), {"mark": _hash(mark), "code": station.code, "number": number})
        return mark

    def outcome(self, code: str, mark: str) -> Proposal:
        """What became of a suggestion.

        Raises
        ------
        UnknownProposalError
            Nobody was given that mark, for that station.
        RegistryError
            The database cannot be read.
        """
        mine = (SUGGESTED.c.mark == _hash(mark)) & (SUGGESTED.c.code == code)
        query = sa.select(PROPOSAL).join_from(PROPOSAL, SUGGESTED, SUGGESTED.c.number == PROPOSAL.c.number).where(mine)
        with self._store.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is None:
            raise UnknownProposalError("There is no such suggestion.")
        return proposal_of(dict(row))


def _refuse_too_many(connection: sa.Connection, code: str, marks: Marks, at: datetime) -> None:
    this = PROPOSAL.c.code == code
    since = at.astimezone(UTC) - LATELY
    of_network = (SENDER.c.what == SUGGEST) & (SENDER.c.day == marks.day.isoformat())
    of_network &= SENDER.c.network == marks.networks[0]
    if _count(connection, OF_NOBODY & this) >= MOST_OF_ONE:
        raise ProposalError(
            "{most} suggestions for this station wait already. Please come back in a few days, when the staff have "
            "gone through them.",
            most=MOST_OF_ONE,
        )
    if _count(connection, of_network) >= MOST_OF_NETWORK:
        raise ProposalError(
            "{most} suggestions came over your network today, and more are not taken. Please send this one tomorrow.",
            most=MOST_OF_NETWORK,
        )
    if _count(connection, OF_NOBODY & (PROPOSAL.c.at >= since.isoformat(timespec="seconds"))) >= MOST_OF_ALL:
        raise ProposalError(
            "Very many suggestions wait already. Please come back in a few days, when the staff have gone through them."
        )


def _count(connection: sa.Connection, where: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).where(where)).scalar() or 0


def _hash(mark: str) -> str:
    return sha256(mark.encode("utf-8", "surrogatepass")).hexdigest()
