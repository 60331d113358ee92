"""What stands until somebody sees to it: tasks, supplies that run out, lists that wait.

None of these has a number that rises when it begins to be so, or ends: it is looked at what stands now, and held
against what stood at the last look. What is new is told, once, and again only if it was not so meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from stations.desk.listed import State
from stations.desk.roll import Line, Roll
from stations.notices.facts import Event, Kind
from stations.registry.schema import SUPPLY_MOVEMENT, SUPPLY_TARGET, WAITING
from stations.registry.stores import Store
from stations.rounds.rounds import Rounds
from stations.stock.scope import Scope
from stations.stock.stock import Stock

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that stands.

    Attributes
    ----------
    mark
        Says what it is: another as soon as there is something new to tell of it.
    station
        Which one it is about, as in an event.
    """

    mark: str
    kind: Kind
    township: str
    station: Facts
    facts: Facts
    who: str = ""


class Books:
    """What is kept beside the log; a house may have none. Threads may share it."""

    def __init__(self, rounds: Rounds | None = None, stock: Stock | None = None) -> None:
        self._rounds, self._stock = rounds, stock
        self._supplies: tuple[object, tuple[Matter, ...]] = None, ()

    def matters(self, store: Store, roll: Roll, day: date) -> Mapping[str, Matter]:
        """Give what stands on a day, by its mark.

        Parameters
        ----------
        roll
            The list of all stations; what is kept of others stands no more.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        known = {line.code: line for line in roll.lines}
        found = [*_lists(store)]
        if self._rounds is not None:
            found += _tasks(self._rounds, known, day)
        if self._stock is not None:
            # Of twenty thousand stations that takes a second, and most minutes nobody has entered anything.
            follows_from = day, roll.revision, *_entered(store)
            if self._supplies[0] != follows_from:
                self._supplies = follows_from, tuple(_supplies(self._stock, known, day))
            found += self._supplies[1]
        return {one.mark: one for one in found}


Stands = Callable[[], Collection[str]]
"""Gives the marks of what stands now."""


def events_of(matters: Iterable[Matter], now: datetime) -> list[Event]:
    """Tell of what is new: supplies in one for each township, all else one by one."""
    at, events = now.isoformat(), []
    supplies: dict[str, dict[str, list[Matter]]] = {}
    for one in matters:
        if one.kind is Kind.SUPPLIES:
            supplies.setdefault(one.township, {}).setdefault(one.station["code"], []).append(one)
        else:
            events.append(Event(f"{one.mark} {at}", one.kind, now, one.township, (one.station,), one.facts, one.who))
    for township, codes in sorted(supplies.items()):
        stations = tuple(
            {**several[0].station, "supplies": [one.facts for one in several]} for _, several in sorted(codes.items())
        )
        events.append(Event(f"supplies {township} {at}", Kind.SUPPLIES, now, township, stations))
    return events


def _tasks(rounds: Rounds, known: Mapping[str, Line], day: date) -> Iterable[Matter]:
    """Tasks that wait: for whom, and again when one is overdue, to all."""
    items = {key: item for checklist in rounds.checklists.values() for key, item in checklist.items.items()}
    for task in rounds.tasks.open():
        line = known.get(task.code)
        if line is None:
            continue
        item = items.get(task.item)
        fault = {"zh": task.item, "en": task.item} if item is None else {"zh": item.zh, "en": item.en}
        late = task.overdue(day)
        station = _named(line) | {"fault": fault, "due": task.due.isoformat()}
        facts = {"task": task.number}
        yield Matter(
            f"task {task.number} {task.person}", Kind.TASKS, line.township, station, facts | {"for": task.person},
            task.made_by,
        )  # fmt: skip
        if late:
            told = station | {"late": True}
            yield Matter(f"late {task.number} {task.due}", Kind.TASKS, line.township, told, facts)


def _supplies(stock: Stock, known: Mapping[str, Line], day: date) -> Iterable[Matter]:
    for code, shelf in stock.supplies.needed(Scope(), day).items():
        line = known.get(code)
        if line is None:
            continue
        station = _named(line)
        for held in shelf:
            zh, en = (held.key, held.key) if held.item is None else (held.item.zh, held.item.en)
            for want in held.wants(day):
                facts = {"item": held.key, "zh": zh, "en": en, "want": want.value}
                mark = f"supply {code} {held.key} {want.value}"
                yield Matter(mark, Kind.SUPPLIES, line.township, station, facts)


def _entered(store: Store) -> tuple[object, ...]:
    """What changes whenever somebody enters supplies, or how much of them there shall be."""
    newest = sa.select(sa.func.max(SUPPLY_MOVEMENT.c.number))
    own = SUPPLY_TARGET.c
    targets = sa.select(sa.func.count(), sa.func.max(own.at), sa.func.sum(own.target), sa.func.sum(own.low))
    with store.reading() as connection:
        return connection.execute(newest).scalar(), *connection.execute(targets).one()


def _lists(store: Store) -> Sequence[Matter]:
    query = sa.select(WAITING.c.number, WAITING.c.area, WAITING.c.who).where(WAITING.c.state == State.WAITING.value)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(WAITING.c.number)).all()
    return [
        Matter(f"list {number}", Kind.LISTS, area, {"list": number}, {"list": number}, who)
        for number, area, who in rows
    ]


def _named(line: Line) -> dict[str, Any]:
    return {"code": line.code, "name": line.name}
