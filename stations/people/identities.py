"""Who the staff are to their organisation: each identity is bound to one account, by issuer and subject for good.

Nobody is given an account or a right by signing in elsewhere: an identity that is bound to no account opens nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from stations.errors import PeopleError
from stations.people.audit import area_of_all
from stations.people.facts import By, Person
from stations.people.marks import mark_of
from stations.people.organisation import PATIENCE, Identity
from stations.people.people import People, person_in
from stations.people.signing import NETWORK
from stations.registry.schema import IDENTITY, PERSON, SPENT_STATE


class Identities:
    """The identities that accounts are bound to. Threads may share it."""

    def __init__(self, people: People) -> None:
        self._people, self._store, self._clock = people, people.store, people.clock

    def spend(self, state: str) -> None:
        """See to it that what a browser brings back from the organisation counts once.

        Raises
        ------
        PeopleError
            It has counted already.
        """
        now, row = self._clock(), {"mark": mark_of(state)}
        with self._store.writing() as connection:
            connection.execute(SPENT_STATE.delete().where(SPENT_STATE.c.at < _told(now - 2 * PATIENCE)))
            if connection.execute(sa.select(SPENT_STATE.c.at).where(SPENT_STATE.c.mark == row["mark"])).first():
                raise PeopleError("That sign-in was used already. Begin again.", field="organisation")
            connection.execute(SPENT_STATE.insert(), row | {"at": _told(now)})

    def enter(self, identity: Identity, *, by: By) -> Person:
        """Give whose account an identity opens.

        The first time, it is the one account with the address that the organisation has made sure of. From then on it
        is the account of that subject, whatever addresses there are: one that is given to somebody else later opens
        nothing.

        Raises
        ------
        TooOftenError
            Too many from one network that opened nothing.
        PeopleError
            It opens no account, or one that is shut out.
        """
        with self._people.tries.tried({f"organisation {by.network}": NETWORK}):
            with self._people.keys.writing(self._store) as connection:
                person = self._bound_in(connection, identity) or self._by_mail_in(connection, identity)
                if person is not None and not person.disabled and self._bound_in(connection, identity) is None:
                    self._bind_in(connection, person, identity, By(person.login, by.network))
            if person is None or person.disabled:
                known, area = ("", "") if person is None else (person.login, area_of_all(person.grants))
                self._people.audit.tell(By("", by.network), "sign-in failed", known, area)
                raise PeopleError(
                    "No account here is open to you yet. Sign in with your password and connect it under “My account”, "
                    "or ask whoever manages the people of your area.",
                    field="organisation",
                )
        return person

    def bind(self, person: Person, identity: Identity, *, by: By) -> None:
        """Let an identity open somebody's account; what it was bound to at that issuer before opens nothing any more.

        Raises
        ------
        PeopleError
            It opens another account already.
        """
        with self._people.keys.writing(self._store) as connection:
            before = self._bound_in(connection, identity)
            if before is not None and before.id != person.id:
                raise PeopleError("That sign-in belongs to another account here.", field="organisation")
            if before is None:
                theirs = (IDENTITY.c.person == person.id) & (IDENTITY.c.issuer == identity.issuer)
                connection.execute(IDENTITY.delete().where(theirs))
                self._bind_in(connection, person, identity, by)

    def unbind(self, person: Person, issuer: str, *, by: By) -> None:
        """Let nobody's identity at an issuer open an account any more."""
        with self._people.keys.writing(self._store) as connection:
            theirs = (IDENTITY.c.person == person.id) & (IDENTITY.c.issuer == issuer)
            if connection.execute(IDENTITY.delete().where(theirs)).rowcount:
                area = area_of_all(person.grants)
                self._people.audit.tell_in(connection, by, "organisation taken off", person.login, area)

    def of(self, person: Person, issuer: str) -> datetime | None:
        """Since when an identity at an issuer opens somebody's account; None if none does."""
        theirs = (IDENTITY.c.person == person.id) & (IDENTITY.c.issuer == issuer)
        with self._store.reading() as connection:
            since = connection.execute(sa.select(IDENTITY.c.bound).where(theirs)).scalar_one_or_none()
        return None if since is None else datetime.fromisoformat(since)

    def _bind_in(self, connection: sa.Connection, person: Person, identity: Identity, by: By) -> None:
        row = {"issuer": identity.issuer, "subject": identity.subject, "person": person.id}
        connection.execute(IDENTITY.insert(), row | {"bound": _told(self._clock())})
        area = area_of_all(person.grants)
        self._people.audit.tell_in(connection, by, "organisation connected", person.login, area)

    @staticmethod
    def _bound_in(connection: sa.Connection, identity: Identity) -> Person | None:
        same = (IDENTITY.c.issuer == identity.issuer) & (IDENTITY.c.subject == identity.subject)
        number = connection.execute(sa.select(IDENTITY.c.person).where(same)).scalar_one_or_none()
        return None if number is None else person_in(connection, PERSON.c.id == number)

    @staticmethod
    def _by_mail_in(connection: sa.Connection, identity: Identity) -> Person | None:
        if not identity.mail:
            return None
        same = sa.select(PERSON.c.id).where(
            sa.func.lower(PERSON.c.mail) == identity.mail.lower(), PERSON.c.disabled == 0
        )
        numbers = connection.execute(same.limit(2)).scalars().all()
        if len(numbers) != 1:
            return None
        theirs = (IDENTITY.c.person == numbers[0]) & (IDENTITY.c.issuer == identity.issuer)
        if connection.execute(sa.select(IDENTITY.c.subject).where(theirs)).first() is not None:
            return None
        return person_in(connection, PERSON.c.id == numbers[0])


def _told(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
