"""What is to be put right: by when, by whom, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from stations.errors import RoundError, UnknownRoundError
from stations.registry.schema import ROUND_TASK
from stations.registry.stores import Store, lies_in
from stations.rounds.facts import LONGEST_NOTE, MOST_PHOTOS, Sheet, Standing, Task, Wish

TOLD = 500
"""Settled tasks that a list goes back to."""


class Tasks:
    """The tasks of one store. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def make_in(self, connection: sa.Connection, wish: Wish, *, inspection: int, sheet: Sheet, at: datetime) -> None:
        """Make a task in the transaction in which an inspection is sent."""
        row = {
            "number": (connection.execute(sa.select(sa.func.max(ROUND_TASK.c.number))).scalar() or 0) + 1,
            "inspection": inspection,
            "item": wish.item,
            "code": sheet.code,
            "township": sheet.township,
            "due": wish.due.isoformat(),
            "person": wish.person,
            "state": Standing.OPEN.value,
            "made_by": sheet.who,
            "made": _text(at),
            "done_by": "",
            "done": "",
            "note": "",
            "photos": "[]",
        }
        connection.execute(ROUND_TASK.insert(), row)

    def get(self, number: int) -> Task:
        """One task.

        Raises
        ------
        UnknownRoundError
            There is none of that number.
        """
        found = self._all(sa.select(ROUND_TASK).where(ROUND_TASK.c.number == number))
        if not found:
            raise UnknownRoundError("There is no task {number}.", number=number)
        return found[0]

    def open(self, code: str = "") -> tuple[Task, ...]:
        """Those that wait, those that are due first before the others; of one station, or of all."""
        query = sa.select(ROUND_TASK).where(ROUND_TASK.c.state == Standing.OPEN.value)
        if code:
            query = query.where(ROUND_TASK.c.code == code)
        return self._all(query.order_by(ROUND_TASK.c.due, ROUND_TASK.c.number))

    def settled(self, areas: Sequence[str] = ("",)) -> tuple[Task, ...]:
        """Those settled last in some areas, the newest first: what others settle pushes none out."""
        query = sa.select(ROUND_TASK).where(
            ROUND_TASK.c.state != Standing.OPEN.value, lies_in(ROUND_TASK.c.township, areas)
        )
        return self._all(query.order_by(ROUND_TASK.c.done.desc(), ROUND_TASK.c.number.desc()).limit(TOLD))

    def of(self, inspection: int) -> tuple[Task, ...]:
        """Those that came of an inspection."""
        query = sa.select(ROUND_TASK).where(ROUND_TASK.c.inspection == inspection)
        return self._all(query.order_by(ROUND_TASK.c.number))

    def of_several(self, inspections: Iterable[int]) -> tuple[Task, ...]:
        """Those that came of some inspections."""
        query = sa.select(ROUND_TASK).where(ROUND_TASK.c.inspection.in_(sorted(set(inspections))))
        return self._all(query.order_by(ROUND_TASK.c.number))

    def settle(
        self,
        number: int,
        standing: Standing,
        *,
        note: str,
        photos: Iterable[str] = (),
        who: str,
        at: datetime,
    ) -> Task:
        """Say that a task is done, or that nothing is to be done, which needs a word.

        Parameters
        ----------
        photos
            Names of kept photos.
        who
            Log-in name of who settles it.
        at
            Aware moment.

        Raises
        ------
        RoundError
            It is settled already, a note that is too long, or none where one is needed.
        """
        words, names = note.strip(), tuple(photos)
        if len(words) > LONGEST_NOTE:
            raise RoundError(
                "A note has {length} characters. Say it in {most}.", field="note", length=len(words), most=LONGEST_NOTE
            )
        if standing is Standing.DROPPED and not words:
            raise RoundError("Say why nothing is to be done.", field="note")
        if len(names) > MOST_PHOTOS:
            raise RoundError("A task takes {most} photos at most.", field="photo", most=MOST_PHOTOS)
        values = {
            "state": standing.value,
            "note": words,
            "photos": json.dumps(names),
            "done_by": who,
            "done": _text(at),
        }
        return self._change(number, values)

    def plan(self, number: int, *, due: date, person: str) -> Task:
        """Give an open task another day or another person.

        Raises
        ------
        RoundError
            It is settled already.
        """
        return self._change(number, {"due": due.isoformat(), "person": person})

    def _change(self, number: int, values: Mapping[str, Any]) -> Task:
        waits = (ROUND_TASK.c.number == number) & (ROUND_TASK.c.state == Standing.OPEN.value)
        with self._store.writing() as connection:
            done = connection.execute(ROUND_TASK.update().where(waits), values).rowcount
        if not done:
            raise RoundError("Task {number} is settled already, by {who}.", number=number, who=self.get(number).done_by)
        return self.get(number)

    def _all(self, query: sa.Select[Any]) -> tuple[Task, ...]:
        with self._store.reading() as connection:
            return tuple(_task(dict(row)) for row in connection.execute(query).mappings())


def _task(row: Mapping[str, Any]) -> Task:
    return Task(
        number=row["number"],
        inspection=row["inspection"],
        item=row["item"],
        code=row["code"],
        township=row["township"],
        due=date.fromisoformat(row["due"]),
        person=row["person"],
        standing=Standing(row["state"]),
        made_by=row["made_by"],
        made=datetime.fromisoformat(row["made"]),
        done_by=row["done_by"],
        done=datetime.fromisoformat(row["done"]) if row["done"] else None,
        note=row["note"],
        photos=tuple(json.loads(row["photos"])),
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
