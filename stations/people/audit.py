"""The audit trail: what was done at the doors of the staff, each row bound to the one before it.

The database refuses to change or to delete a row. Whoever is mightier than the database's rules, and takes them away,
still breaks the chain: each row holds the SHA-256 of what it says and of the mark of the row before.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import takewhile

import sqlalchemy as sa

from stations.people.facts import By, Grant
from stations.people.marks import Keys
from stations.registry.schema import AUDIT
from stations.registry.stores import Store

LONGEST = 400
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """One row of the trail.

    Attributes
    ----------
    what
        A key: ``signed in``, ``granted``, ...
    about
        Whom or what it was done to.
    area
        Prefix of the administrative code where it belongs; empty where it belongs nowhere.
    network
        A keyed hash that tells networks apart; empty at a terminal.
    """

    number: int
    at: datetime
    who: str
    what: str
    about: str
    area: str
    network: str
    mark: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What came of verifying the trail.

    Attributes
    ----------
    rows
        How many there are.
    broken
        Number of the first row that is not as it was written, or is missing; None while all is well.
    mark
        Of the last row: written down elsewhere, it also shows if the end of the trail is taken away.
    """

    rows: int
    broken: int | None
    mark: str


class Audit:
    """The audit trail of a store. Threads may share it."""

    def __init__(self, store: Store, clock: Callable[[], datetime], keys: Keys) -> None:
        self._store, self._clock, self._keys = store, clock, keys

    def tell(self, by: By, what: str, about: str = "", area: str = "") -> None:
        """Write down what was done.

        Raises
        ------
        RegistryError
            It cannot be written.
        """
        with self._keys.writing(self._store) as connection:
            self.tell_in(connection, by, what, about, area)

    def tell_in(self, connection: sa.Connection, by: By, what: str, about: str = "", area: str = "") -> None:
        """Write down what is done in a transaction that may write, and that ends with both or neither."""
        last = connection.execute(sa.select(AUDIT.c.number, AUDIT.c.mark).order_by(AUDIT.c.number.desc()).limit(1))
        number, before = last.one_or_none() or (0, "")
        row = {
            "number": number + 1,
            "at": self._clock().astimezone(UTC).isoformat(timespec="seconds"),
            "who": by.login,
            "what": what[:LONGEST],
            "about": about[:LONGEST],
            "area": area,
            "network": self._keys.mark("network", by.network)[:16] if by.network else "",
        }
        connection.execute(AUDIT.insert(), row | {"mark": _mark(row, before)})

    def latest(self, *, areas: tuple[str, ...] = ("",), before: int | None = None, limit: int = 100) -> list[Told]:
        """Give the newest rows, the newest first.

        Parameters
        ----------
        areas
            Those that one may see; ``""`` is everywhere, and rows that belong nowhere.
        before
            Only rows with smaller numbers.
        """
        if not areas:
            return []
        query = sa.select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
        if "" not in areas:
            query = query.where(sa.or_(*(AUDIT.c.area.startswith(area, autoescape=True) for area in areas)))
        if before is not None:
            query = query.where(AUDIT.c.number < before)
        with self._store.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return [Told(**{**row} | {"at": datetime.fromisoformat(row["at"])}) for row in rows]

    def verify(self) -> Verified:
        """Go through the whole trail."""
        count, mark = 0, ""
        with self._store.reading() as connection:
            for row in _rows(connection):
                if row["number"] != count + 1 or row["mark"] != _mark({**row}, mark):
                    return Verified(count, count + 1, mark)
                count, mark = count + 1, row["mark"]
        return Verified(count, None, mark)


def area_of_all(grants: Iterable[Grant]) -> str:
    """Where an account belongs: what the codes of all its areas begin with; empty for everywhere, or nowhere."""
    same = takewhile(lambda digits: len(set(digits)) == 1, zip(*(grant.area for grant in grants), strict=False))
    return "".join(digits[0] for digits in same)


def _rows(connection: sa.Connection) -> Iterator[sa.RowMapping]:
    last = 0
    while True:
        query = sa.select(AUDIT).where(AUDIT.c.number > last).order_by(AUDIT.c.number).limit(PAGE)
        page = connection.execute(query).mappings().all()
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1]["number"]


def _mark(row: dict[str, object], before: str) -> str:
    told = [before, *(row[name] for name in ("number", "at", "who", "what", "about", "area", "network"))]
    return sha256(json.dumps(told, ensure_ascii=True).encode()).hexdigest()
