"""Who the staff are: accounts and what they may do, in the registry's store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

import sqlalchemy as sa
from argon2 import PasswordHasher

from stations.errors import PeopleError, UnknownPersonError
from stations.people.audit import Audit, area_of_all
from stations.people.factors import Factors
from stations.people.facts import LONGEST_NAME, By, Grant, Person, Role, login_of, mail_of
from stations.people.marks import Keys
from stations.people.passwords import Passwords, checked, made_up
from stations.people.sessions import Sessions, end_all
from stations.people.tries import Tries
from stations.registry.schema import IDENTITY, MAIL_LINK, PERSON, PERSON_GRANT, RECOVERY, RESET_LINK
from stations.registry.stores import Store

LANGUAGES = frozenset({"zh", "en"})


class People:
    """The staff of one store. Threads may share it.

    Parameters
    ----------
    store
        That of the registry.
    clock
        Gives aware moments.
    secret
        The operator's; empty for the registry's own.
    hasher
        How passwords are hashed, where not as always.
    """

    def __init__(
        self, store: Store, clock: Callable[[], datetime], secret: str = "", *, hasher: PasswordHasher | None = None
    ) -> None:
        self.store, self.clock = store, clock
        self.keys = Keys.of(store, secret)
        self.passwords = Passwords(hasher)
        self.audit = Audit(store, clock, self.keys)
        self.factors = Factors(store, clock, self.keys, self.audit)
        self.sessions = Sessions(store, clock, person_in)
        self.tries = Tries(store, clock, self.keys)

    def by_login(self, login: str) -> Person | None:
        """Give who has a log-in name; None where nobody has."""
        with self.store.reading() as connection:
            return person_in(connection, PERSON.c.login == login.strip().lower())

    def any(self) -> bool:
        """Whether there is an account at all, also one that is shut."""
        with self.store.reading() as connection:
            return bool(connection.execute(sa.select(sa.exists().select_from(PERSON))).scalar())

    def all(self) -> tuple[Person, ...]:
        """Give everybody, by log-in name, those who are shut out too."""
        with self.store.reading() as connection:
            return tuple(_people(connection))

    def names(self) -> dict[str, str]:
        """Give what everybody is called, by log-in name, those who are shut out too."""
        with self.store.reading() as connection:
            return {row.login: row.name for row in connection.execute(sa.select(PERSON.c.login, PERSON.c.name))}

    def add(
        self,
        login: str,
        name: str,
        grants: Iterable[Grant],
        *,
        by: By,
        language: str = "zh",
        mail: str = "",
        password: str = "",
        must_change: bool = True,
    ) -> tuple[Person, str]:
        """Add somebody.

        Parameters
        ----------
        password
            One that is easily guessed is refused; made up when not given.

        Returns
        -------
        Person, str
            And the password, to be told once.

        Raises
        ------
        PeopleError
            The log-in name is taken, or something that is given cannot be.
        """
        login, name, grants, mail = login_of(login), _name(name), tuple(grants), mail_of(mail)
        if language not in LANGUAGES:
            raise PeopleError("Choose zh or en as language.", field="language")
        secret = checked(password, login=login, name=name) if password else made_up()
        kept = self.passwords.hashed(secret)
        with self.keys.writing(self.store) as connection:
            if person_in(connection, PERSON.c.login == login) is not None:
                raise PeopleError("The log-in name {login} is taken. Choose another.", field="login", login=login)
            number = connection.execute(sa.select(sa.func.coalesce(sa.func.max(PERSON.c.id), 0) + 1)).scalar_one()
            row = {
                "id": number,
                "login": login,
                "name": name,
                "language": language,
                "password": kept,
                "must_change": int(must_change),
                "disabled": 0,
                "factor": "",
                "factor_step": 0,
                "made": self.clock().astimezone(UTC).isoformat(timespec="seconds"),
                "mail": mail,
            }
            connection.execute(PERSON.insert(), row)
            person = _known(connection, login)
            self.audit.tell_in(connection, by, "added", login, area_of_all(grants))
            for grant in grants:
                self._give(connection, person, grant, by)
            return _known(connection, login), secret

    def disable(self, login: str, *, by: By) -> None:
        """Shut somebody out, at once and in every browser. Their name stays with what they did."""
        self._set(login, by, "disabled", disabled=1)

    def enable(self, login: str, *, by: By) -> None:
        """Let somebody in again."""
        self._set(login, by, "enabled", disabled=0)

    def reset(self, login: str, *, by: By) -> str:
        """Give somebody a new password, which must be changed at once, and sign them out; nothing else lets them in.

        The second factor is taken off, and they are known to no organisation any more.

        Returns
        -------
        str
            The password, to be told once.
        """
        secret = made_up()
        self._set(login, by, "reset", password=self.passwords.hashed(secret), must_change=1, factor="", factor_step=0)
        return secret

    def change_password(self, person: Person, password: str, *, but: str, by: By) -> None:
        """Let somebody choose another password; every other browser is signed out.

        Parameters
        ----------
        but
            Mark of the browser that stays signed in.

        Raises
        ------
        PeopleError
            One that is easily guessed, or the one that is there already.
        """
        checked(password, login=person.login, name=person.name)
        with self.store.reading() as connection:
            before = connection.execute(sa.select(PERSON.c.password).where(PERSON.c.id == person.id)).scalar_one()
        if self.passwords.fits(before, password):
            raise PeopleError("That is the password you have. Take another.", field="password")
        kept = self.passwords.hashed(password)
        with self.keys.writing(self.store) as connection:
            connection.execute(PERSON.update().where(PERSON.c.id == person.id), {"password": kept, "must_change": 0})
            end_all(connection, person.id, but=but)
            self.audit.tell_in(connection, by, "changed password", person.login, area_of_all(person.grants))

    def set_mail(self, login: str, mail: str, *, by: By) -> Person:
        """Say where letters to somebody go; an empty text for nowhere. No other address waits to be proven any more.

        Raises
        ------
        UnknownPersonError
            Nobody has that log-in name.
        PeopleError
            Nothing could be sent there.
        """
        mail = mail_of(mail)
        with self.keys.writing(self.store) as connection:
            return self.mail_in(connection, _known(connection, login), mail, by=by)

    def mail_in(self, connection: sa.Connection, person: Person, mail: str, *, by: By) -> Person:
        """Say where letters to somebody go, in a transaction that may write; no letter that was sent counts any more.

        The trail tells that it was changed, and not the address: nobody could take it out again.
        """
        connection.execute(MAIL_LINK.delete().where(MAIL_LINK.c.person == person.id))
        if person.mail == mail:
            return person
        connection.execute(PERSON.update().where(PERSON.c.id == person.id), {"mail": mail})
        connection.execute(RESET_LINK.delete().where(RESET_LINK.c.person == person.id))
        self.audit.tell_in(connection, by, "mail changed", person.login, area_of_all(person.grants))
        return _known(connection, person.login)

    def grant(self, login: str, grant: Grant, *, by: By) -> None:
        """Give somebody a role in an area; a custodian's stations are added to those of the same area.

        Raises
        ------
        UnknownPersonError
            Nobody has that log-in name.
        """
        with self.keys.writing(self.store) as connection:
            self._give(connection, _known(connection, login), grant, by)

    def revoke(self, login: str, role: Role, area: str, *, by: By) -> None:
        """Take a role in an area away from somebody.

        Raises
        ------
        PeopleError
            They do not have it.
        """
        with self.keys.writing(self.store) as connection:
            person = _known(connection, login)
            held = (PERSON_GRANT.c.role == role.value) & (PERSON_GRANT.c.area == area)
            gone = connection.execute(PERSON_GRANT.delete().where((PERSON_GRANT.c.person == person.id) & held))
            if not gone.rowcount:
                raise PeopleError(
                    "{login} is no {role} of “{area}”.", field="area", login=person.login, role=role.value, area=area
                )
            self.audit.tell_in(connection, by, "revoked", f"{person.login}: {role.value} {area}".strip(), area)

    def _give(self, connection: sa.Connection, person: Person, grant: Grant, by: By) -> None:
        same = next((one for one in person.grants if (one.role, one.area) == (grant.role, grant.area)), None)
        stations = grant.stations | (same.stations if same else frozenset())
        held = (PERSON_GRANT.c.role == grant.role.value) & (PERSON_GRANT.c.area == grant.area)
        connection.execute(PERSON_GRANT.delete().where((PERSON_GRANT.c.person == person.id) & held))
        row = {"person": person.id, "role": grant.role.value, "area": grant.area}
        connection.execute(PERSON_GRANT.insert(), row | {"stations": json.dumps(sorted(stations))})
        told = " ".join([f"{person.login}: {grant.role.value}", grant.area, *sorted(grant.stations)])
        self.audit.tell_in(connection, by, "granted", told.strip(), grant.area)

    def _set(self, login: str, by: By, what: str, **values: object) -> None:
        with self.keys.writing(self.store) as connection:
            person = _known(connection, login)
            connection.execute(PERSON.update().where(PERSON.c.id == person.id), values)
            if what != "enabled":
                end_all(connection, person.id)
            if what == "reset":
                connection.execute(RECOVERY.delete().where(RECOVERY.c.person == person.id))
                connection.execute(IDENTITY.delete().where(IDENTITY.c.person == person.id))
            self.audit.tell_in(connection, by, what, person.login, area_of_all(person.grants))


def person_in(connection: sa.Connection, which: sa.ColumnElement[bool]) -> Person | None:
    """Read one person; None where there is none."""
    return next(_people(connection, which), None)


def _people(connection: sa.Connection, which: sa.ColumnElement[bool] | None = None) -> Iterator[Person]:
    query = sa.select(PERSON).order_by(PERSON.c.login)
    rows = connection.execute(query if which is None else query.where(which)).mappings().all()
    given: dict[int, list[Grant]] = {row["id"]: [] for row in rows}
    grants = sa.select(PERSON_GRANT).order_by(PERSON_GRANT.c.role, PERSON_GRANT.c.area)
    if which is not None:
        grants = grants.where(PERSON_GRANT.c.person.in_(given))
    for grant in connection.execute(grants).mappings():
        stations = frozenset(json.loads(grant["stations"]))
        given[grant["person"]].append(Grant(Role(grant["role"]), grant["area"], stations))
    for row in rows:
        yield Person(
            row["id"],
            row["login"],
            row["name"],
            row["language"],
            tuple(given[row["id"]]),
            bool(row["disabled"]),
            bool(row["factor"]),
            bool(row["must_change"]),
            row["mail"],
        )


def _known(connection: sa.Connection, login: str) -> Person:
    person = person_in(connection, PERSON.c.login == login.strip().lower())
    if person is None:
        raise UnknownPersonError("Nobody has the log-in name {login}.", field="login", login=login[:64])
    return person


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PeopleError("Write a name of up to {most} characters.", field="name", most=LONGEST_NAME)
    return name
