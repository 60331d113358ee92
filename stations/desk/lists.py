"""Lists of stations that somebody brought: they wait in the database until they are taken in or thrown away.

What is kept is the file as it came, and what people said of it since: what its columns are, and which rows are
stations that are there already. All else is worked out anew whenever somebody looks (`stations.desk.taking`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa

from stations.desk.listed import WAITS, Asked, Listed, Said, State, decided_of, listed_of
from stations.errors import ListError, UnknownListError
from stations.registry.schema import BATCH, WAITING, WAITING_FILE
from stations.registry.stores import Store, lies_in

LONGEST_NAME = 60
MOST_WAITING = 20
"""Lists of one person that may wait at a time."""

KEPT_DAYS = 30

_TOLD = 100
"""Lists that are told of, the newest first."""


class Lists:
    """The lists of one store. Threads may share it.

    Parameters
    ----------
    days
        After which a list is forgotten.
    """

    def __init__(self, store: Store, days: int = KEPT_DAYS) -> None:
        self._store = store
        self._days = days

    def keep(self, name: str, content: bytes, asked: Asked, *, area: str, who: str, at: datetime) -> Listed:
        """Keep a file, and forget those that nobody wanted.

        Parameters
        ----------
        area
            In which its stations may stand.
        at
            Aware moment.

        Raises
        ------
        ListError
            Too many that wait already.
        RegistryError
            It cannot be written.
        """
        with self._store.writing() as connection:
            old = sa.select(WAITING.c.number).where(WAITING.c.at < self._since(at)).scalar_subquery()
            connection.execute(sa.delete(WAITING_FILE).where(WAITING_FILE.c.number.in_(old)))
            connection.execute(sa.delete(WAITING).where(WAITING.c.at < self._since(at)))
            waiting = sa.select(sa.func.count()).where(WAITING.c.who == who, WAITING.c.state == State.WAITING.value)
            if (connection.execute(waiting).scalar() or 0) >= MOST_WAITING:
                raise ListError(
                    "{most} of your lists wait already. Take them in or throw some away, then send this one again.",
                    most=MOST_WAITING,
                )
            row = {
                "number": (connection.execute(sa.select(sa.func.max(WAITING.c.number))).scalar() or 0) + 1,
                "name": name,
                "digest": hashlib.sha256(content).hexdigest(),
                "size": len(content),
                "area": area,
                "who": who,
                "at": _text(at),
                "asked": asked.to_json(),
                "decided": "{}",
                "state": State.WAITING.value,
                "batch": 0,
                "counts": "{}",
                "settled_by": "",
                "settled": "",
            }
            connection.execute(WAITING.insert(), row)
            connection.execute(WAITING_FILE.insert(), {"number": row["number"], "content": content})
        return listed_of(row)

    def get(self, number: int, now: datetime) -> Listed:
        """One list.

        Raises
        ------
        UnknownListError
            There is none of that number, or it is forgotten.
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            row = connection.execute(
                sa.select(WAITING).where(
                    WAITING.c.number == number,
                    WAITING.c.at >= self._since(now),
                    WAITING.c.state != State.DROPPED.value,
                )
            ).mappings().one_or_none()  # fmt: skip
            back = row is not None and row["state"] == State.TAKEN.value and not _in_place(connection, row["batch"])
        if row is None:
            raise UnknownListError("There is no list {number}; it may have been thrown away.", number=number)
        if back:  # at another door, where batches are taken back
            ours = sa.update(WAITING).where(WAITING.c.number == number, WAITING.c.batch == row["batch"])
            with self._store.writing() as connection:
                connection.execute(ours.values(state=State.UNDONE.value))
        return listed_of({**row, "state": State.UNDONE.value} if back else dict(row))

    def all(self, now: datetime, areas: Sequence[str] = ("",)) -> tuple[Listed, ...]:
        """Those of some areas that are kept, the newest first: what others bring pushes none of them out."""
        kept = WAITING.c.at >= self._since(now), WAITING.c.state != State.DROPPED.value
        query = sa.select(WAITING).where(*kept, lies_in(WAITING.c.area, areas)).order_by(WAITING.c.number.desc())
        with self._store.reading() as connection:
            rows = [dict(row) for row in connection.execute(query.limit(_TOLD)).mappings()]
            undo = sa.select(BATCH.c.what).where(BATCH.c.what.startswith("undo of batch "))
            undone = set(connection.execute(undo).scalars())
            for row in rows:
                back = row["state"] == State.TAKEN.value and f"undo of batch {row['batch']}" in undone
                if back and not _in_place(connection, row["batch"]):
                    row["state"] = State.UNDONE.value
        return tuple(map(listed_of, rows))

    def content(self, number: int) -> bytes:
        """The file as it came.

        Raises
        ------
        UnknownListError
            It is not kept any more.
        """
        with self._store.reading() as connection:
            found = connection.execute(
                sa.select(WAITING_FILE.c.content).where(WAITING_FILE.c.number == number)
            ).scalar()
        if found is None:
            raise UnknownListError("There is no list {number}; it may have been thrown away.", number=number)
        return bytes(found)

    def ask(self, number: int, asked: Asked) -> None:
        """Keep what a person said of a file.

        Raises
        ------
        ListError
            It was taken in, or thrown away.
        """
        self._change(number, lambda _: {"asked": asked.to_json()})

    def decide(self, number: int, said: Mapping[int, Said | None]) -> None:
        """Keep what a person said of some rows, beside what was said of others; None takes it back.

        Raises
        ------
        ListError
            The list was taken in, or thrown away.
        """

        def more(row: Mapping[str, Any]) -> dict[str, object]:
            known: dict[int, Said | None] = {**decided_of(row["decided"]), **said}
            kept = {
                str(at): [one.answer, one.code, one.expected] for at, one in sorted(known.items()) if one is not None
            }
            return {"decided": orjson.dumps(kept).decode()}

        self._change(number, more)

    def drop(self, number: int) -> None:
        """Throw a list away; one that was taken in stays in the log."""
        with self._store.writing() as connection:
            connection.execute(sa.delete(WAITING_FILE).where(WAITING_FILE.c.number == number))
            # Its number is not given to another, which a page that is still open would speak of.
            gone = sa.update(WAITING).where(WAITING.c.number == number)
            connection.execute(gone.values(state=State.DROPPED.value))

    def taken(
        self, number: int, counts: Mapping[str, int], *, who: str, at: datetime
    ) -> Callable[[sa.Connection, int], None]:
        """Make what writes, within the transaction of a batch, that a list became it.

        It raises `ListError` where somebody else took the list in, or threw it away; then nothing is written.
        """

        def settle(connection: sa.Connection, batch: int) -> None:
            values = {
                "state": State.TAKEN.value,
                "batch": batch,
                "counts": orjson.dumps(dict(counts)).decode(),
                "settled_by": who,
                "settled": _text(at),
            }
            waits = sa.update(WAITING).where(WAITING.c.number == number, WAITING.c.state.in_(WAITS))
            if not connection.execute(waits.values(**values)).rowcount:
                raise _gone(number)

        return settle

    def undone(self, number: int, batch: int, *, who: str, at: datetime) -> Callable[[sa.Connection, int], None]:
        """Make what writes, within the transaction that takes a batch back, that its list waits again.

        It raises `ListError` where the list is that batch no more; then nothing is written.
        """

        def settle(connection: sa.Connection, _: int) -> None:
            values = {"state": State.UNDONE.value, "settled_by": who, "settled": _text(at)}
            ours = sa.update(WAITING).where(
                WAITING.c.number == number, WAITING.c.batch == batch, WAITING.c.state == State.TAKEN.value
            )
            if not connection.execute(ours.values(**values)).rowcount:
                raise ListError("List {number} was taken back already.", number=number)

        return settle

    def _change(self, number: int, values: Callable[[Mapping[str, Any]], dict[str, object]]) -> None:
        with self._store.writing() as connection:
            row = connection.execute(
                sa.select(WAITING).where(WAITING.c.number == number, WAITING.c.state.in_(WAITS))
            ).mappings().one_or_none()  # fmt: skip
            if row is None:
                raise _gone(number)
            connection.execute(sa.update(WAITING).where(WAITING.c.number == number).values(**values(dict(row))))

    def _since(self, now: datetime) -> str:
        return _text(now - timedelta(days=self._days))


def _in_place(connection: sa.Connection, batch: int) -> bool:
    """Whether a batch stands in the log and was not taken back; nor if that was taken back, and so on."""
    stands = True
    while True:
        newest = sa.select(sa.func.max(BATCH.c.id)).where(BATCH.c.what == f"undo of batch {batch}")
        undo = connection.execute(newest).scalar()
        if undo is None:
            return stands
        batch, stands = undo, not stands


def _gone(number: int) -> ListError:
    return ListError("Somebody else has taken in list {number} meanwhile, or thrown it away.", number=number)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
