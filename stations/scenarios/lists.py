"""Places that were uploaded for stations to come, kept under a name that follows from what is in them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import orjson
import sqlalchemy as sa

from stations.errors import ScenarioError, UnknownScenarioError
from stations.registry.schema import CANDIDATE_LIST, CANDIDATE_ROW, SCENARIO
from stations.registry.stores import Store, insert_many

MOST_ROWS = 5_000
MOST_CHARACTERS = 1_000_000
"""Of all rows of a list together."""

MOST_LISTS = 100
"""Of those that no saved plan needs; when one more comes, those go first that were uploaded longest ago."""

FORGOTTEN_AFTER = timedelta(days=30)
"""How long a list is kept that no saved plan needs."""

NAME_CHARACTERS = 16
Rows = tuple[Mapping[str, str], ...]


class Lists:
    """The uploaded lists of one store. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, rows: Sequence[Mapping[str, str]], now: datetime) -> str:
        """Keep a list, and give its name. The same rows have the same name, and are kept once.

        Parameters
        ----------
        rows
            Cells by the name of their column, in the order of the file. Empty cells are not kept.
        now
            Aware moment.

        Raises
        ------
        ScenarioError
            No row, too many, or too much in them.
        RegistryError
            It cannot be written.
        """
        if not rows:
            raise ScenarioError("The list holds no place.", field="list")
        if len(rows) > MOST_ROWS:
            raise ScenarioError(
                "The list has {count} places. Give at most {most}.", field="list", count=len(rows), most=MOST_ROWS
            )
        texts = [orjson.dumps({key: value for key, value in sorted(row.items()) if value}).decode() for row in rows]
        if sum(map(len, texts)) > MOST_CHARACTERS:
            raise ScenarioError(
                "There is too much in the list. Keep to names, positions, hours and costs of the places.", field="list"
            )
        name = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:NAME_CHARACTERS]
        moment = now.astimezone(UTC).isoformat(timespec="seconds")
        with self._store.writing() as connection:
            again = CANDIDATE_LIST.update().where(CANDIDATE_LIST.c.name == name).values(at=moment)
            if connection.execute(again).rowcount == 0:
                _forget(connection, now)
                connection.execute(CANDIDATE_LIST.insert(), {"name": name, "at": moment, "count": len(texts)})
                insert_many(connection, CANDIDATE_ROW, [(name, at, text) for at, text in enumerate(texts, 1)])
        return name

    def rows(self, name: str) -> Rows:
        """Give the rows of a list, in the order of the file.

        Raises
        ------
        UnknownScenarioError
            There is none of this name.
        RegistryError
            The database cannot be read.
        """
        query = sa.select(CANDIDATE_ROW.c.record).where(CANDIDATE_ROW.c.list == name).order_by(CANDIDATE_ROW.c.number)
        with self._store.reading() as connection:
            texts = connection.execute(query).scalars().all()
        if not texts:
            raise UnknownScenarioError(
                "There is no list {name}. One that no saved plan needs is kept for {days} days; upload it again.",
                field="list",
                name=name[:80],
                days=FORGOTTEN_AFTER.days,
            )
        return tuple(orjson.loads(text) for text in texts)


def _forget(connection: sa.Connection, now: datetime) -> None:
    """Take away what no saved plan needs and is old, or is more than there is room for with one more."""
    needed = sa.select(SCENARIO.c.list)
    query = (
        sa.select(CANDIDATE_LIST.c.name, CANDIDATE_LIST.c.at)
        .where(CANDIDATE_LIST.c.name.not_in(needed))
        .order_by(CANDIDATE_LIST.c.at.desc(), CANDIDATE_LIST.c.name)
    )
    before = (now.astimezone(UTC) - FORGOTTEN_AFTER).isoformat(timespec="seconds")
    spare = connection.execute(query).all()
    names = [name for at, (name, kept) in enumerate(spare) if kept < before or at >= MOST_LISTS - 1]
    for name in names:
        connection.execute(CANDIDATE_ROW.delete().where(CANDIDATE_ROW.c.list == name))
        connection.execute(CANDIDATE_LIST.delete().where(CANDIDATE_LIST.c.name == name))
