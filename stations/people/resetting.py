"""A password set anew by mail: whoever reads the mail of an account may choose another password for it, once.

What stands in the letter is random, holds for half an hour and counts once; of it only a hash is kept. Whoever asks
learns nothing: neither what is answered nor how long that takes depends on whether there is such an account.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from stations.errors import PeopleError, TooOftenError
from stations.people.audit import area_of_all
from stations.people.facts import By, Person
from stations.people.marks import mark_of, new_token
from stations.people.passwords import checked
from stations.people.people import People, person_in
from stations.people.sessions import end_all
from stations.people.signing import Signing
from stations.registry.schema import PERSON, RESET_LINK

HOLDS = timedelta(minutes=30)

ASKED, LETTERS = 20, 3
"""How often one network may ask in `tries.WINDOW`, and how many letters one person may be sent in it."""

MOST_ACCOUNTS = 5
"""Accounts with the same address that are sent a letter each: an office may have one mailbox."""


class Resets:
    """Passwords that were forgotten. Threads may share it."""

    def __init__(self, people: People) -> None:
        self._people, self._signing = people, Signing(people)
        self._store, self._clock = people.store, people.clock

    def asked(self, *, by: By) -> None:
        """Count that somebody asks for a letter.

        Raises
        ------
        TooOftenError
            Too often from one network.
        """
        self._people.tries.count({f"forgotten {by.network}": ASKED})

    def links(self, said: str, *, by: By) -> list[tuple[Person, str]]:
        """Give who is to be sent a letter, and what is to stand in it; nobody where there is no such account.

        Parameters
        ----------
        said
            A log-in name, or an address.
        """
        said, found = said.strip().lower(), []
        for person in self._meant(said):
            try:
                self._people.tries.count({f"letters {person.id}": LETTERS})
            except TooOftenError:
                continue
            token, until = new_token(), self._clock() + HOLDS
            with self._people.keys.writing(self._store) as connection:
                connection.execute(RESET_LINK.delete().where(RESET_LINK.c.until <= _told(self._clock())))
                row = {"mark": mark_of(token), "person": person.id, "until": _told(until)}
                connection.execute(RESET_LINK.insert(), row)
                area = area_of_all(person.grants)
                self._people.audit.tell_in(connection, By("", by.network), "reset letter sent", person.login, area)
            found.append((person, token))
        return found

    def person(self, token: str) -> Person | None:
        """Give whose password may be chosen with what stood in a letter; None if nobody's, or not any more."""
        mark = mark_of(token)
        with self._store.reading() as connection:
            holds = (RESET_LINK.c.mark == mark) & (RESET_LINK.c.until > _told(self._clock()))
            number = connection.execute(sa.select(RESET_LINK.c.person).where(holds)).scalar_one_or_none()
            person = None if number is None else person_in(connection, PERSON.c.id == number)
        return None if person is None or person.disabled else person

    def choose(self, token: str, password: str, code: str, *, by: By) -> Person:
        """Choose another password; every browser is signed out, and no letter opens the account any more.

        Parameters
        ----------
        code
            Of the second factor, which is asked for here too; of no matter where there is none.

        Raises
        ------
        TooOftenError
            Too many wrong codes.
        PeopleError
            The letter does not hold any more, the password is easily guessed, or the code is wrong.
        """
        person = self.person(token)
        if person is None:
            raise _past()
        checked(password, login=person.login, name=person.name)
        if person.second_factor:
            self._signing.code(person, code, by=by)
        kept, mine = self._people.passwords.hashed(password), By(person.login, by.network)
        with self._people.keys.writing(self._store) as connection:
            holds = (RESET_LINK.c.mark == mark_of(token)) & (RESET_LINK.c.until > _told(self._clock()))
            now = person_in(connection, PERSON.c.id == person.id)
            if now is None or now.disabled or not connection.execute(RESET_LINK.delete().where(holds)).rowcount:
                raise _past()
            connection.execute(PERSON.update().where(PERSON.c.id == person.id), {"password": kept, "must_change": 0})
            end_all(connection, person.id)
            self._people.audit.tell_in(connection, mine, "reset by mail", person.login, area_of_all(person.grants))
        return person

    def _meant(self, said: str) -> list[Person]:
        if "@" not in said:
            found = [self._people.by_login(said)]
        else:
            with self._store.reading() as connection:
                same = sa.select(PERSON.c.login).where(sa.func.lower(PERSON.c.mail) == said, PERSON.c.disabled == 0)
                logins = connection.execute(same.order_by(PERSON.c.login).limit(MOST_ACCOUNTS)).scalars().all()
                found = [person_in(connection, PERSON.c.login == login) for login in logins]
        return [person for person in found if person is not None and person.mail and not person.disabled]


def _past() -> PeopleError:
    return PeopleError("That letter does not open anything any more. Ask for another one.", field="letter")


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
