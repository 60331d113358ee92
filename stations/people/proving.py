"""Addresses for letters that somebody has given for the own account: they count once a letter has come there.

What stands in the letter is random, holds for a day and counts once, in the account that asked alone; of it only a hash
is kept. Until then the address so far stays. One that whoever manages the account has entered counts as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from stations.errors import PeopleError
from stations.people.audit import area_of_all
from stations.people.facts import By, Person, mail_of
from stations.people.marks import mark_of, new_token
from stations.people.people import People, person_in
from stations.people.resetting import LETTERS
from stations.registry.schema import MAIL_LINK, PERSON

HOLDS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Unproven:
    """An address that waits to be proven, until a moment."""

    mail: str
    until: datetime


class Proofs:
    """Addresses that wait to be proven. Threads may share it."""

    def __init__(self, people: People) -> None:
        self._people, self._store, self._clock = people, people.store, people.clock

    def ask(self, person: Person, mail: str, *, by: By) -> str:
        """Let an address wait, instead of one that did; gives what is to stand in a letter to it.

        Raises
        ------
        TooOftenError
            Too many letters to one person.
        PeopleError
            Nothing could be sent there.
        """
        mail = mail_of(mail)
        self._people.tries.count({f"letters {person.id}": LETTERS})
        token, now = new_token(), self._clock()
        row = {"person": person.id, "mark": mark_of(token), "mail": mail, "until": _told(now + HOLDS)}
        with self._people.keys.writing(self._store) as connection:
            old = (MAIL_LINK.c.person == person.id) | (MAIL_LINK.c.until <= _told(now))
            connection.execute(MAIL_LINK.delete().where(old))
            connection.execute(MAIL_LINK.insert(), row)
            self._people.audit.tell_in(connection, by, "mail asked", person.login, area_of_all(person.grants))
        return token

    def waits(self, person: Person) -> Unproven | None:
        """Give the address of somebody that waits to be proven; None where none does."""
        return self._found(MAIL_LINK.c.person == person.id)

    def meant(self, person: Person, token: str) -> Unproven | None:
        """Give the address that a letter to somebody proves; None if none, or not any more."""
        return self._found(_theirs(person, token))

    def prove(self, person: Person, token: str, *, by: By) -> Person:
        """Let the address count to which a letter has come; gives the person with it.

        Raises
        ------
        PeopleError
            The letter proves nothing, or nothing any more.
        """
        with self._people.keys.writing(self._store) as connection:
            holds = _theirs(person, token) & (MAIL_LINK.c.until > _told(self._clock()))
            mail = connection.execute(sa.select(MAIL_LINK.c.mail).where(holds)).scalar_one_or_none()
            now = person_in(connection, PERSON.c.id == person.id)
            if mail is None or now is None:
                raise PeopleError("That link proves no address any more. Save the address once more.", field="letter")
            return self._people.mail_in(connection, now, mail, by=by)

    def leave(self, person: Person) -> None:
        """Let the address so far be the one, whatever waits."""
        with self._store.writing() as connection:
            connection.execute(MAIL_LINK.delete().where(MAIL_LINK.c.person == person.id))

    def _found(self, which: sa.ColumnElement[bool]) -> Unproven | None:
        holds = which & (MAIL_LINK.c.until > _told(self._clock()))
        with self._store.reading() as connection:
            row = connection.execute(sa.select(MAIL_LINK).where(holds)).one_or_none()
        return None if row is None else Unproven(row.mail, datetime.fromisoformat(row.until))


def _theirs(person: Person, token: str) -> sa.ColumnElement[bool]:
    return (MAIL_LINK.c.person == person.id) & (MAIL_LINK.c.mark == mark_of(token))


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
