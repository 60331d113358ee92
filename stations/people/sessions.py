"""The browsers in which the staff are signed in: rows that one can see, and end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from stations.people.facts import Person, SignedIn
from stations.people.marks import mark_of, new_token
from stations.registry.schema import MAIL_LINK, PERSON, RESET_LINK, SIGNED_IN
from stations.registry.stores import Store

SILENT = timedelta(hours=12)
"""After so long without a word one is signed out."""

LONGEST = timedelta(days=2)
"""After so long one signs in again, whatever happened; a cookie of the house holds no longer either."""

HEARD_EACH = timedelta(minutes=5)
"""How exactly it is known when a browser was last heard of."""

LONGEST_AGENT = 160

Find = Callable[[sa.Connection, sa.ColumnElement[bool]], Person | None]


class Sessions:
    """Who is signed in where. Threads may share it.

    Parameters
    ----------
    find
        Reads a person.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime], find: Find) -> None:
        self._store, self._clock, self._find = store, clock, find

    def begin(self, person: Person, agent: str = "") -> str:
        """Sign somebody in, and give the token that their browser is to hold."""
        with self._store.writing() as connection:
            return self.begin_in(connection, person, agent)

    def begin_in(self, connection: sa.Connection, person: Person, agent: str = "") -> str:
        """Sign somebody in within a transaction that may write; what has ended is cleared away."""
        token, now = new_token(), self._clock()
        over = (SIGNED_IN.c.begun < _told(now - LONGEST)) | (SIGNED_IN.c.heard < _told(now - SILENT))
        connection.execute(SIGNED_IN.delete().where(over))
        row = {"mark": mark_of(token), "person": person.id, "begun": _told(now), "heard": _told(now)}
        connection.execute(SIGNED_IN.insert(), row | {"agent": agent[:LONGEST_AGENT]})
        return token

    def person(self, token: str) -> Person | None:
        """Give who holds a token; None if nobody does, or not any more, or it is somebody who was shut out."""
        mark, now = mark_of(token), self._clock()
        with self._store.reading() as connection:
            row = connection.execute(sa.select(SIGNED_IN).where(SIGNED_IN.c.mark == mark)).mappings().one_or_none()
            if row is None:
                return None
            begun, heard = (datetime.fromisoformat(row[name]) for name in ("begun", "heard"))
            if now - begun >= LONGEST or now - heard >= SILENT:
                return None
            person = self._find(connection, PERSON.c.id == row["person"])
        if person is None or person.disabled:
            return None
        if now - heard >= HEARD_EACH:
            with self._store.writing() as connection:
                connection.execute(SIGNED_IN.update().where(SIGNED_IN.c.mark == mark), {"heard": _told(now)})
        return person

    def of(self, person: Person) -> tuple[SignedIn, ...]:
        """Give the browsers in which somebody is signed in, the one last heard of first."""
        now = self._clock()
        stands = (SIGNED_IN.c.begun > _told(now - LONGEST)) & (SIGNED_IN.c.heard > _told(now - SILENT))
        query = sa.select(SIGNED_IN).where((SIGNED_IN.c.person == person.id) & stands)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(SIGNED_IN.c.heard.desc(), SIGNED_IN.c.mark)).mappings().all()
        return tuple(
            SignedIn(
                row["mark"],
                datetime.fromisoformat(row["begun"]),
                datetime.fromisoformat(row["heard"]),
                row["agent"],
            )
            for row in rows
        )

    def end(self, person: Person, mark: str) -> bool:
        """Sign a browser out, if it is this person's; say whether there was one."""
        with self._store.writing() as connection:
            theirs = (SIGNED_IN.c.person == person.id) & (SIGNED_IN.c.mark == mark)
            return bool(connection.execute(SIGNED_IN.delete().where(theirs)).rowcount)


def end_all(connection: sa.Connection, person: int, *, but: str = "") -> None:
    """Sign somebody out everywhere, perhaps but in one browser, in a transaction that may write.

    No letter that was sent to them opens the account any more either, or proves an address of it.
    """
    connection.execute(MAIL_LINK.delete().where(MAIL_LINK.c.person == person))
    connection.execute(RESET_LINK.delete().where(RESET_LINK.c.person == person))
    connection.execute(SIGNED_IN.delete().where((SIGNED_IN.c.person == person) & (SIGNED_IN.c.mark != but)))


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
