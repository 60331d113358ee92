"""The book of supplies: what was counted, brought and taken away at every station, and what is there by it.

Lines are only ever added. What is there follows from them, and is written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from stations.errors import StaleStock, StockError
from stations.facts import FIRST_DAY, LAST_DAY
from stations.registry.schema import STATION, SUPPLY_LEVEL, SUPPLY_MOVEMENT, SUPPLY_TARGET
from stations.registry.stores import Store
from stations.stock.items import MOST, Items
from stations.stock.levels import SOON, Held, Kind, Level, Moved, Movement, level_of
from stations.stock.scope import Scope, Where

LONGEST_NOTE = 200
EARLIEST = timedelta(days=366)
"""So long after it was done something may still be written down."""


class Supplies:
    """The supplies of the stations of one store. Threads may share it.

    Attributes
    ----------
    items
        What stations should hold, by key.
    """

    def __init__(self, store: Store, items: Items) -> None:
        self.items = items
        self._store = store

    def enter(
        self,
        place: Where,
        kind: Kind,
        moved: Sequence[Moved],
        *,
        day: date,
        today: date,
        who: str,
        at: datetime,
        mark: str,
        seen: int = 0,
        note: str = "",
    ) -> bool:
        """Write lines of what was counted, brought or taken away: all of them, or none.

        Parameters
        ----------
        day, today
            On which it was done, and that of the writing.
        mark
            Of the form: what was sent with it before is not written again.
        seen
            For a count: number of the newest line of the station that the counter knew of.

        Returns
        -------
        bool
            False where it was written already.

        Raises
        ------
        StaleStock
            Somebody else has written of the same things meanwhile; a count would hide it.
        StockError
            Amounts, days or words that cannot be.
        RegistryError
            It cannot be written.
        """
        self._check(kind, moved, day, today)
        words = checked_note(note)
        with self._store.writing() as connection:
            if known(connection, SUPPLY_MOVEMENT, mark):
                return False
            if kind is Kind.COUNT:
                newer = sa.select(SUPPLY_LEVEL.c.item).where(
                    SUPPLY_LEVEL.c.code == place.code, SUPPLY_LEVEL.c.number > seen
                )
                others = set(connection.execute(newer).scalars()) & {one.item for one in moved}
                if others:
                    raise StaleStock(
                        "Somebody else has written something of these meanwhile. Look at what is there now, and count "
                        "again if need be.",
                        keys=tuple(sorted(others)),
                    )
            number = next_number(connection, SUPPLY_MOVEMENT)
            rows = [
                {
                    "number": number + place_in_form,
                    "mark": mark,
                    "code": place.code,
                    "township": place.township,
                    "item": one.item,
                    "kind": kind.value,
                    "amount": one.amount,
                    "expires": "" if one.expires is None else one.expires.isoformat(),
                    "day": day.isoformat(),
                    "note": words,
                    "who": who,
                    "at": as_text(at),
                }
                for place_in_form, one in enumerate(moved)
            ]
            connection.execute(SUPPLY_MOVEMENT.insert(), rows)
            for one in moved:
                _follow(connection, place.code, one.item)
        return True

    def set_targets(self, place: Where, targets: Mapping[str, tuple[int, int]], *, who: str, at: datetime) -> None:
        """Say how much of some things one station shall hold; what is as in the list of supplies follows that again.

        Parameters
        ----------
        targets
            By key: how many shall be there, and at how many they are few.

        Raises
        ------
        StockError
            A thing that is not in the list, or an amount that cannot be.
        RegistryError
            It cannot be written.
        """
        for key, (target, low) in targets.items():
            if key not in self.items:
                raise StockError("“{value}” is not offered here.", value=key[:80], field=f"target.{key}")
            for name, amount in (("target", target), ("low", low)):
                if not 0 <= amount <= MOST:
                    raise StockError(
                        "“{value}” is more than can be meant; at most {most} is kept.",
                        value=amount,
                        most=MOST,
                        field=f"{name}.{key}",
                    )
        with self._store.writing() as connection:
            for key, (target, low) in targets.items():
                this = (SUPPLY_TARGET.c.code == place.code) & (SUPPLY_TARGET.c.item == key)
                connection.execute(SUPPLY_TARGET.delete().where(this))
                item = self.items[key]
                if (target, low) != (item.target, item.low):
                    row = {"code": place.code, "item": key, "target": target, "low": low, "who": who, "at": as_text(at)}
                    connection.execute(SUPPLY_TARGET.insert(), row)

    def shelf(self, code: str) -> tuple[tuple[Held, ...], int]:
        """What one station shall hold and holds, in the order of the list; and the number of its newest line.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            levels = {
                row.item: _level(row)
                for row in connection.execute(sa.select(SUPPLY_LEVEL).where(SUPPLY_LEVEL.c.code == code))
            }
            own = {
                row.item: (row.target, row.low)
                for row in connection.execute(sa.select(SUPPLY_TARGET).where(SUPPLY_TARGET.c.code == code))
            }
        keys = [*self.items, *sorted(levels.keys() - self.items.keys())]
        held = tuple(self._held(key, own.get(key), levels.get(key)) for key in keys)
        return held, max((level.number for level in levels.values()), default=0)

    def needed(self, scope: Scope, today: date) -> Mapping[str, tuple[Held, ...]]:
        """What is few, out, out of date or nearly so, by the codes of stations, in the order of the list.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        found: dict[str, list[Held]] = {}
        with self._store.reading() as connection:
            query = self._short(scope, today, SUPPLY_LEVEL, SUPPLY_TARGET.c.target, SUPPLY_TARGET.c.low)
            for row in connection.execute(query).all():
                mine = None if row.target is None else (row.target, row.low)
                found.setdefault(row.code, []).append(self._held(row.item, mine, _level(row)))
        order = {key: number for number, key in enumerate(self.items)}
        return {
            code: tuple(sorted(held, key=lambda one: order.get(one.key, len(order))))
            for code, held in sorted(found.items())
        }

    def in_need(self, scope: Scope, today: date) -> tuple[str, ...]:
        """The codes of those stations of which `needed` would tell something, in order; quicker than that.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        query = self._short(scope, today, SUPPLY_LEVEL.c.code).distinct().order_by(SUPPLY_LEVEL.c.code)
        with self._store.reading() as connection:
            return tuple(connection.execute(query).scalars())

    def _short(self, scope: Scope, today: date, *what: Any) -> sa.Select[Any]:
        """Ask for what is few, out, out of date or nearly so at stations in use."""
        level, own = SUPPLY_LEVEL.c, SUPPLY_TARGET.c
        defaults = {name: {key: getattr(item, name) for key, item in self.items.items()} for name in ("target", "low")}
        target = sa.func.coalesce(own.target, sa.case(defaults["target"], value=level.item, else_=0))
        low = sa.func.coalesce(own.low, sa.case(defaults["low"], value=level.item, else_=0))
        soon = (today + SOON).isoformat()
        return (
            sa.select(*what)
            .select_from(SUPPLY_LEVEL)
            .join(STATION, STATION.c.code == level.code)
            .outerjoin(SUPPLY_TARGET, (own.code == level.code) & (own.item == level.item))
            .where(
                scope.narrowed(active=True).where,
                target > 0,
                (level.there <= low) | ((level.expires != "") & (level.expires <= soon)),
            )
        )

    def counted(self, scope: Scope) -> Mapping[str, date]:
        """The day on which each station was counted last; without those that never were.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        query = (
            sa.select(SUPPLY_LEVEL.c.code, sa.func.max(SUPPLY_LEVEL.c.counted))
            .join(STATION, STATION.c.code == SUPPLY_LEVEL.c.code)
            .where(scope.where, SUPPLY_LEVEL.c.counted != "")
            .group_by(SUPPLY_LEVEL.c.code)
        )
        with self._store.reading() as connection:
            return {code: date.fromisoformat(day) for code, day in connection.execute(query).all()}

    def book(self, code: str, most: int = 60) -> tuple[Movement, ...]:
        """The newest lines of one station, the newest first.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        query = sa.select(SUPPLY_MOVEMENT).where(SUPPLY_MOVEMENT.c.code == code)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(SUPPLY_MOVEMENT.c.number.desc()).limit(most))
            return tuple(_movement(row) for row in rows)

    def _held(self, key: str, own: tuple[int, int] | None, level: Level | None) -> Held:
        item = self.items.get(key)
        target, low = own or ((0, 0) if item is None else (item.target, item.low))
        return Held(key, item, target, low, own is not None, level)

    def _check(self, kind: Kind, moved: Sequence[Moved], day: date, today: date) -> None:
        if not moved:
            raise StockError("Nothing was entered yet. Write how many there are of at least one thing.")
        for one in moved:
            if one.item not in self.items:
                raise StockError("“{value}” is not offered here.", value=one.item[:80], field=f"amount.{one.item}")
            if not (0 if kind is Kind.COUNT else 1) <= one.amount <= MOST:
                raise StockError(
                    "“{value}” is not a number of things. Write a whole number up to {most}.",
                    value=one.amount,
                    most=MOST,
                    field=f"amount.{one.item}",
                )
            if one.expires is not None and not self.items[one.item].expires:
                raise StockError("No date is kept of this.", field=f"expires.{one.item}")
            if one.expires is not None and not FIRST_DAY <= one.expires <= LAST_DAY:
                raise StockError(
                    "“{value}” is not a day that can be meant.",
                    value=one.expires.isoformat(),
                    field=f"expires.{one.item}",
                )
        check_day(day, today)


def check_day(day: date, today: date, field: str = "day") -> None:
    """See that something was done on a day that can be.

    Raises
    ------
    StockError
        A day to come, or one more than a year ago.
    """
    if not today - EARLIEST <= day <= today:
        raise StockError(
            "{day} cannot be: write a day of the last twelve months, and none that is still to come.",
            day=day.isoformat(),
            field=field,
        )


def checked_note(text: str, most: int = LONGEST_NOTE) -> str:
    """Give some words as they are kept.

    Raises
    ------
    StockError
        Too many of them.
    """
    words = " ".join(text.split())
    if len(words) > most:
        raise StockError("That has {length} characters. Say it in {most}.", field="note", length=len(words), most=most)
    if not words.isprintable():  # also what no database takes
        raise StockError(
            "This cannot be kept as it is. Write it without signs that nobody can see, and shorter.", field="note"
        )
    return words


def known(connection: sa.Connection, table: sa.Table, mark: str) -> bool:
    """Whether what a form sends was written already."""
    return bool(mark) and connection.execute(sa.select(table.c.number).where(table.c.mark == mark)).first() is not None


def next_number(connection: sa.Connection, table: sa.Table) -> int:
    """The number of the next line of a table, in a transaction that alone may write."""
    return int(connection.execute(sa.select(sa.func.max(table.c.number))).scalar() or 0) + 1


def in_time(day: sa.ColumnElement[str], first: date, last: date) -> sa.ColumnElement[bool]:
    """What holds for the days of a time, both ends included."""
    return (day >= first.isoformat()) & (day <= last.isoformat())


def as_text(moment: datetime) -> str:
    """Give an aware moment as it is kept."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _follow(connection: sa.Connection, code: str, item: str) -> None:
    """Work out anew what is there of one thing: from its last count on, as that hides what was before."""
    line = SUPPLY_MOVEMENT.c
    mine = (line.code == code) & (line.item == item)
    counts = sa.select(line.day, line.number).where(mine, line.kind == Kind.COUNT.value)
    last = connection.execute(counts.order_by(line.day.desc(), line.number.desc()).limit(1)).one_or_none()
    lines = sa.select(SUPPLY_MOVEMENT).where(mine)
    if last is not None:
        lines = lines.where((line.day > last.day) | ((line.day == last.day) & (line.number >= last.number)))
    level = level_of(_movement(row) for row in connection.execute(lines))
    newest = connection.execute(sa.select(sa.func.max(line.number)).where(mine)).scalar_one()
    this = (SUPPLY_LEVEL.c.code == code) & (SUPPLY_LEVEL.c.item == item)
    values = {
        "there": level.there,
        "expires": "" if level.expires is None else level.expires.isoformat(),
        "counted": "" if level.counted is None else level.counted.isoformat(),
        "number": newest,
    }
    if connection.execute(SUPPLY_LEVEL.update().where(this).values(values)).rowcount == 0:
        connection.execute(SUPPLY_LEVEL.insert(), {"code": code, "item": item} | values)


def _level(row: Any) -> Level:
    return Level(row.there, _day(row.expires), _day(row.counted), row.number)


def _movement(row: Any) -> Movement:
    return Movement(
        row.number,
        row.code,
        Kind(row.kind),
        Moved(row.item, row.amount, _day(row.expires)),
        date.fromisoformat(row.day),
        row.note,
        row.who,
        datetime.fromisoformat(row.at),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
