"""Who is told of what was found: from events to deliveries, each person and each webhook from where it got to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from stations.notices.facts import Choice, Event, Hook, HookState, Kind, Rhythm, State, hook_at, mail_to
from stations.notices.gathering import event_of
from stations.notices.outbox import TRIES, text_of
from stations.notices.robots import Form, form_of
from stations.people.facts import Action, Person
from stations.people.rights import active, areas_of, may
from stations.registry.schema import NOTICE_DELIVERY, NOTICE_EVENT, NOTICE_REACHED
from stations.registry.stores import Store, insert_many

JOINED = 3
"""Tries that a message to a robot has left at least when something is added to it; the last two are a day apart."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody, or something, that is told.

    Attributes
    ----------
    daily
        Whether once a day, and not at once.
    """

    target: str
    choice: Choice | Hook
    person: Person | None = None
    daily: bool = False

    def wants(self, event: Event) -> bool:
        """Whether something is to be told."""
        if event.kind not in self.choice.kinds:
            return False
        if isinstance(self.choice, Hook):
            return event.township.startswith(self.choice.area)
        return self.person is not None and event.who != self.person.login and bool(seen_by(self.person, event))


def readers(
    choices: Iterable[Choice], hooks: Iterable[Hook], people: Mapping[str, Person], *, mail: bool
) -> list[Reader]:
    """Gather who is told; people without an address, and all of them where no mail is sent, are not."""
    found = []
    for choice in choices:
        person = people.get(choice.login)
        daily = choice.rhythm is Rhythm.DAILY
        there = person if mail and active(person) and person.mail else None
        found.append(Reader(mail_to(choice.login), choice, there, daily))
    found += [Reader(hook_at(hook.number), hook) for hook in hooks if hook.state is HookState.ON]
    return found


def hand_out(store: Store, told: Sequence[Reader], *, now: datetime, today: date, morning: bool) -> int:
    """Make deliveries of what everybody was not told yet; all of them are written, or none.

    Parameters
    ----------
    today, morning
        The day where the stations are, and whether it is late enough for daily letters.

    Returns
    -------
    int
        How many.
    """
    with store.reading() as connection:
        head, reached = _reached(connection)
    if all(not _due(one, reached, head, today, morning=morning) for one in told):
        return 0
    with store.writing() as connection:
        head, reached = _reached(connection)
        due = [one for one in told if _due(one, reached, head, today, morning=morning)]
        since = min((reached[one.target][0] for one in due if one.target in reached), default=head)
        query = sa.select(NOTICE_EVENT).where(NOTICE_EVENT.c.number > since).order_by(NOTICE_EVENT.c.number)
        events = [event_of({**row}) for row in connection.execute(query).mappings()]
        rows: list[tuple[str, list[int]]] = []
        for one in due:
            upto = reached[one.target][0] if one.target in reached else head
            wanted = [event.number for event in events if event.number > upto and one.wants(event)]
            if isinstance(one.choice, Hook) and form_of(one.choice.url) is Form.OURS:
                rows += [(one.target, [number]) for number in wanted]
            elif wanted and not (isinstance(one.choice, Hook) and join(connection, one.target, wanted, now)):
                rows.append((one.target, wanted))
            _note(connection, one.target, head, today, new=one.target not in reached)
        put_out(connection, rows, now)
    return len(rows)


def put_out(connection: sa.Connection, rows: Sequence[tuple[str, list[int]]], now: datetime) -> list[int]:
    """Put deliveries into the outbox, each a target and the numbers of events; gives their numbers."""
    last = connection.execute(sa.select(sa.func.max(NOTICE_DELIVERY.c.number))).scalar() or 0
    at = text_of(now)
    values: list[tuple[object, ...]] = [
        (number, target, orjson.dumps(events).decode(), at, at, "", 0, TRIES, State.WAITING.value)
        for number, (target, events) in enumerate(rows, last + 1)
    ]
    insert_many(connection, NOTICE_DELIVERY, values)
    return [last + one for one in range(1, len(rows) + 1)]


def join(connection: sa.Connection, target: str, events: Sequence[int], now: datetime) -> bool:
    """Let what is to be told go with what waits already; False where nothing does that will be tried often enough.

    So a group is not told in twenty messages what happened while its robot did not answer.
    """
    waits = (NOTICE_DELIVERY.c.target == target) & (NOTICE_DELIVERY.c.state == State.WAITING.value)
    free = (NOTICE_DELIVERY.c.held < text_of(now)) & (NOTICE_DELIVERY.c.remaining >= JOINED)
    query = sa.select(NOTICE_DELIVERY.c.number, NOTICE_DELIVERY.c.events).where(waits, free)
    row = connection.execute(query.order_by(NOTICE_DELIVERY.c.number.desc()).limit(1)).one_or_none()
    if row is None:
        return False
    told = orjson.dumps([*orjson.loads(row.events), *events]).decode()
    connection.execute(NOTICE_DELIVERY.update().where(NOTICE_DELIVERY.c.number == row.number).values(events=told))
    return True


def seen_by(person: Person, event: Event) -> tuple[Mapping[str, Any], ...]:
    """Those stations of an event that somebody may see: of a task, only whose it is, of a list, who may take it in."""
    if event.kind == Kind.LISTS:
        return event.stations if may(person, Action.IMPORT, township=event.township, code=None) else ()
    if event.facts.get("for", person.login) not in {"", person.login}:
        return ()
    areas = areas_of(person, Action.SEE_PRIVATE)
    if "" in areas or (areas and event.township.startswith(areas)):
        return event.stations
    return tuple(
        one for one in event.stations if may(person, Action.SEE_PRIVATE, township=event.township, code=one.get("code"))
    )


def _reached(connection: sa.Connection) -> tuple[int, dict[str, tuple[int, str]]]:
    head = connection.execute(sa.select(sa.func.max(NOTICE_EVENT.c.number))).scalar() or 0
    rows = connection.execute(sa.select(NOTICE_REACHED)).all()
    return head, {row.target: (row.upto, row.day) for row in rows}


def _due(one: Reader, reached: Mapping[str, tuple[int, str]], head: int, today: date, *, morning: bool) -> bool:
    """Whether there may be something to tell somebody now; who begins is noted at once."""
    if one.target not in reached:
        return True
    upto, day = reached[one.target]
    if one.daily:
        return morning and day < today.isoformat()
    return upto < head


def _note(connection: sa.Connection, target: str, head: int, today: date, *, new: bool) -> None:
    values = {"upto": head, "day": today.isoformat()}
    if new:
        connection.execute(NOTICE_REACHED.insert(), {"target": target} | values)
    else:
        connection.execute(NOTICE_REACHED.update().where(NOTICE_REACHED.c.target == target).values(**values))
