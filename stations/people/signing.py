"""Signing in: a log-in name and a password, then perhaps a code; and how often one may try.

Whoever fails learns nothing: unknown name, wrong password and an account that is shut out take as long, and are told in
the same words. What is tried is counted in the store, so that all workers count together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

import sqlalchemy as sa

from stations.errors import PeopleError
from stations.people.audit import area_of_all
from stations.people.facts import By, Person
from stations.people.people import People, person_in
from stations.registry.schema import PERSON

HERE, ANYWHERE, NETWORK, CODE = 5, 30, 40, 5
"""Failures in `tries.WINDOW`, of: one name from one network; one name from all of them, so that a stranger does not
shut the owner out by failing; one network; and codes of one person."""

PATIENCE = timedelta(minutes=5)
"""Between the password and the code."""


@dataclass(frozen=True, slots=True)
class Half:
    """Somebody whose password was right, and who has yet to enter a code.

    Attributes
    ----------
    person
        Its number.
    at
        When the password was entered, in whole seconds since 1970.
    trace
        Stands for that password: another one makes this worthless.
    """

    person: int
    at: int
    trace: str


class Signing:
    """The door of the staff. Threads may share it."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._store, self._clock, self._tries = people.store, people.clock, people.tries

    def password(self, login: str, password: str, *, by: By) -> tuple[Person, Half]:
        """Check a log-in name and a password.

        Returns
        -------
        Person, Half
            Whom to sign in, or whom to ask for a code.

        Raises
        ------
        TooOftenError
            Too many failures before this.
        PeopleError
            They are not right.
        """
        login = login.strip().lower()[:64]
        limits = {f"here {login} {by.network}": HERE, f"name {login}": ANYWHERE, f"network {by.network}": NETWORK}
        with self._tries.tried(limits) as passed:
            with self._store.reading() as connection:
                person = person_in(connection, PERSON.c.login == login)
                kept = self._kept(connection, person)
            fits = self._people.passwords.fits(kept, password)
            if person is None or not fits or person.disabled:
                known = "" if person is None else person.login
                area = "" if person is None else area_of_all(person.grants)
                self._people.audit.tell(By("", by.network), "sign-in failed", known, area)
                raise PeopleError("The log-in name or the password is not right.", field="password")
            if self._people.passwords.outdated(kept):
                self._keep(person, password)
                kept = self._read(person)
            passed.append(f"here {login} {by.network}")
        return person, self._half(person, kept)

    def half(self, person: Person) -> Half:
        """Somebody of whom it is known otherwise who they are, and who has yet to enter a code."""
        return self._half(person, self._read(person))

    def again(self, person: Person, password: str) -> None:
        """Check the password of somebody who is signed in, before what matters.

        Raises
        ------
        TooOftenError, PeopleError
            As for `password`.
        """
        with self._tries.tried({f"again {person.id}": CODE}):
            if not self._people.passwords.fits(self._read(person), password):
                raise PeopleError("That is not your password.", field="password")

    def waiting(self, half: Half) -> Person | None:
        """Give who is to enter a code; None if that took too long, or the account has changed meanwhile."""
        age = self._clock().timestamp() - half.at
        if not 0 <= age + 1 <= PATIENCE.total_seconds():
            return None
        with self._store.reading() as connection:
            person = person_in(connection, PERSON.c.id == half.person)
            kept = self._kept(connection, person)
        fits = person is not None and not person.disabled and person.second_factor and _trace(kept) == half.trace
        return person if fits else None

    def code(self, person: Person, text: str, *, by: By) -> None:
        """Check a code.

        Raises
        ------
        TooOftenError, PeopleError
            As for `password`.
        """
        with self._tries.tried({f"code {person.id}": CODE}):
            if not self._people.factors.fits(person, text, by=By(person.login, by.network)):
                area = area_of_all(person.grants)
                self._people.audit.tell(By("", by.network), "code failed", person.login, area)
                raise PeopleError(
                    "The code is not right, or was used already. Enter the one that the telephone shows now.",
                    field="code",
                )

    def enter(self, person: Person, agent: str, *, by: By) -> str:
        """Sign somebody in who has shown who they are, and give the token for their browser."""
        with self._people.keys.writing(self._store) as connection:
            token = self._people.sessions.begin_in(connection, person, agent)
            area = area_of_all(person.grants)
            self._people.audit.tell_in(connection, By(person.login, by.network), "signed in", person.login, area)
        return token

    def _half(self, person: Person, kept: str) -> Half:
        return Half(person.id, int(self._clock().timestamp()), _trace(kept))

    def _kept(self, connection: sa.Connection, person: Person | None) -> str:
        if person is None:
            return ""
        return connection.execute(sa.select(PERSON.c.password).where(PERSON.c.id == person.id)).scalar_one()

    def _read(self, person: Person) -> str:
        with self._store.reading() as connection:
            return self._kept(connection, person)

    def _keep(self, person: Person, password: str) -> None:
        kept = self._people.passwords.hashed(password)
        with self._people.keys.writing(self._store) as connection:
            connection.execute(PERSON.update().where(PERSON.c.id == person.id), {"password": kept})


def _trace(kept: str) -> str:
    return sha256(kept.encode()).hexdigest()[:32]
