"""What there is to tell: found in the log, the cautions and the proposals after where they were last looked through.

What stands now and did not then is told beside it.

What is found, and up to where everything was looked through, is written in one transaction. A process that dies before
its end has found nothing yet, and one that comes second finds that the first was quicker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
import sqlalchemy as sa

from stations.desk.proposals import Standing
from stations.desk.roll import CheckedEvery, Line
from stations.desk.today import ASPECTS
from stations.notices.changes import changes, named
from stations.notices.facts import Event, HookState, Kind, Rhythm
from stations.notices.standing import Matter, events_of
from stations.registry.entries import head_of
from stations.registry.schema import (
    NOTICE_CHOICE,
    NOTICE_EVENT,
    NOTICE_HEAD,
    NOTICE_HOOK,
    NOTICE_REACHED,
    NOTICE_STANDING,
    PROPOSAL,
    REPORT,
    STATION,
)
from stations.registry.stores import Store, insert_many
from stations.upkeep.groups import grouped
from stations.upkeep.reporting import head_change

AT_ONCE = 5000
"""Entries that are looked through at a time."""

WATCHED = "proposal "
"""How marks of proposals begin, which are watched until they are settled."""


@dataclass(frozen=True, slots=True)
class Head:
    """Up to where everything was looked through.

    Attributes
    ----------
    revision, change, proposal
        Of the log, of the cautions, and the number of the last proposal.
    day
        On which overdue checks were last looked through.
    """

    revision: int
    change: int
    proposal: int
    day: date


@dataclass(frozen=True, slots=True)
class Found:
    """What was found on one look: from where to where, what stood and stands, and what there is to tell."""

    before: Head | None
    after: Head
    stood: frozenset[str]
    stands: frozenset[str]
    events: tuple[Event, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to write."""
        return self.before == self.after and self.stood == self.stands and not self.events


def gather(
    store: Store,
    lines: Sequence[Line],
    every: CheckedEvery,
    matters: Mapping[str, Matter],
    *,
    now: datetime,
    today: date,
    morning: bool,
) -> int:
    """Find what there is to tell, and keep it.

    Parameters
    ----------
    lines
        The list of all stations.
    every
        After how many days somebody shall make sure again.
    matters
        What stands now beside proposals, by its mark.
    today, morning
        The day where the stations are, and whether it is late enough to be told of overdue checks.

    Returns
    -------
    int
        How many events were kept.

    Raises
    ------
    RegistryError
        The database cannot be read or written.
    """
    with store.reading() as connection:
        found = look(connection, lines, every, matters, now=now, today=today, morning=morning)
    return 0 if found.nothing else keep(store, found)


def begin(connection: sa.Connection, today: date, stands: Iterable[str]) -> None:
    """Look through nothing that was before now, where nobody wanted to be told of it, in a transaction that may write.

    Called before somebody begins to want something: as long as nobody does, nobody looks.

    Parameters
    ----------
    stands
        Marks of what stands now, beside proposals.
    """
    if anybody(connection):
        return
    connection.execute(NOTICE_STANDING.delete())
    connection.execute(NOTICE_HEAD.delete())
    insert_many(connection, NOTICE_STANDING, [(mark,) for mark in sorted(waiting(connection) | {*stands})])
    values = {"revision": head_of(connection), "change": head_change(connection), "day": today.isoformat()}
    number = connection.execute(sa.select(sa.func.max(PROPOSAL.c.number))).scalar() or 0
    connection.execute(NOTICE_HEAD.insert(), {"id": 1, "proposal": number} | values)


def anybody(connection: sa.Connection) -> bool:
    """Whether anybody wants to be told anything."""
    people = sa.exists().where(NOTICE_CHOICE.c.rhythm != Rhythm.NEVER.value)
    hooks = sa.exists().where(NOTICE_HOOK.c.state != HookState.GONE.value)
    return bool(connection.execute(sa.select(people | hooks)).scalar())


def begin_for(connection: sa.Connection, target: str, today: date) -> None:
    """Tell somebody of what comes from now on, and of nothing that was, in a transaction that may write."""
    last = connection.execute(sa.select(sa.func.max(NOTICE_EVENT.c.number))).scalar() or 0
    connection.execute(NOTICE_REACHED.delete().where(NOTICE_REACHED.c.target == target))
    connection.execute(NOTICE_REACHED.insert(), {"target": target, "upto": last, "day": today.isoformat()})


def look(
    connection: sa.Connection,
    lines: Sequence[Line],
    every: CheckedEvery,
    matters: Mapping[str, Matter],
    *,
    now: datetime,
    today: date,
    morning: bool,
) -> Found:
    """Look through everything; whoever never did begins with what comes from now on."""
    before = head_in(connection)
    number = connection.execute(sa.select(sa.func.max(PROPOSAL.c.number))).scalar() or 0
    stood, stands = stood_in(connection), waiting(connection) | matters.keys()
    if before is None:
        return Found(None, Head(head_of(connection), head_change(connection), number, today), stood, stands)
    revision = min(head_of(connection), before.revision + AT_ONCE)
    events = [
        *changes(connection, before.revision, revision, now),
        *cautions(connection, before.change, now),
        *proposed(connection, before.proposal, now),
        *settled(connection, before.proposal, stood - stands, now),
        *events_of((one for mark, one in matters.items() if mark not in stood), now),
    ]
    day = before.day
    if morning and today > before.day:
        events += overdue(lines, every, before.day, today, now)
        day = today
    after = Head(revision, head_change(connection), number, day)
    return Found(before, after, stood, stands, tuple(events))


def keep(store: Store, found: Found) -> int:
    """Write what was found; nothing of it if somebody else has looked meanwhile."""
    with store.writing() as connection:
        if head_in(connection) != found.before or stood_in(connection) != found.stood:
            return 0
        known = set(
            connection.execute(
                sa.select(NOTICE_EVENT.c.mark).where(NOTICE_EVENT.c.mark.in_([one.mark for one in found.events]))
            ).scalars()
        )
        last = connection.execute(sa.select(sa.func.max(NOTICE_EVENT.c.number))).scalar() or 0
        rows: dict[str, tuple[object, ...]] = {}
        for one in found.events:
            if one.mark not in known and one.mark not in rows:
                rows[one.mark] = _row(one, last + len(rows) + 1)
        insert_many(connection, NOTICE_EVENT, list(rows.values()))
        insert_many(connection, NOTICE_STANDING, [(mark,) for mark in sorted(found.stands - found.stood)])
        if gone := found.stood - found.stands:
            of_one = NOTICE_STANDING.c.mark == sa.bindparam("gone")
            connection.execute(sa.delete(NOTICE_STANDING).where(of_one), [{"gone": mark} for mark in sorted(gone)])
        after = found.after
        values: dict[str, object] = {"revision": after.revision, "change": after.change, "proposal": after.proposal}
        values["day"] = after.day.isoformat()
        if found.before is None:
            connection.execute(NOTICE_HEAD.insert(), {"id": 1} | values)
        else:
            connection.execute(NOTICE_HEAD.update().values(**values))
    return len(rows)


def keep_one(connection: sa.Connection, event: Event) -> int:
    """Keep one event in a transaction that may write; gives its number."""
    last = connection.execute(sa.select(sa.func.max(NOTICE_EVENT.c.number))).scalar() or 0
    insert_many(connection, NOTICE_EVENT, [_row(event, last + 1)])
    return last + 1


def head_in(connection: sa.Connection) -> Head | None:
    """Up to where everything was looked through; None before the first look."""
    row = connection.execute(sa.select(NOTICE_HEAD)).mappings().one_or_none()
    if row is None:
        return None
    return Head(row["revision"], row["change"], row["proposal"], date.fromisoformat(row["day"]))


def stood_in(connection: sa.Connection) -> frozenset[str]:
    """The marks of what stood at the last look."""
    return frozenset(connection.execute(sa.select(NOTICE_STANDING.c.mark)).scalars())


def waiting(connection: sa.Connection) -> frozenset[str]:
    """The marks of proposals that wait."""
    open_ = sa.select(PROPOSAL.c.number).where(PROPOSAL.c.state == Standing.OPEN.value)
    return frozenset(f"{WATCHED}{number}" for number in connection.execute(open_).scalars())


def cautions(connection: sa.Connection, since: int, now: datetime) -> list[Event]:
    """What several people found wrong, of records as they are."""
    touched = sa.select(REPORT.c.code).where(REPORT.c.change > since).distinct()
    query = (
        sa.select(REPORT, STATION.c.record)
        .join(STATION, STATION.c.code == REPORT.c.code)
        .where(
            REPORT.c.code.in_(touched),
            REPORT.c.counts == 1,
            REPORT.c.cleared == "",
            REPORT.c.revision >= STATION.c.revision,
        )
        .order_by(REPORT.c.id)
    )
    found: dict[tuple[str, str, str, int], list[sa.RowMapping]] = {}
    for row in connection.execute(query).mappings():
        found.setdefault((row["code"], row["kind"], row["amenity"], row["revision"]), []).append(row)
    events = []
    for (code, kind, amenity, revision), rows in found.items():
        record = orjson.loads(rows[0]["record"])
        group = grouped((code, kind, amenity, revision, row["person"], row["found"]) for row in rows)[code][0]
        what = {"report": kind, "amenity": amenity, "people": group.people}
        mark = f"caution:{code}:{kind}:{amenity}:{rows[0]['id']}"
        events.append(Event(mark, Kind.REPORTS, now, record.get("township", ""), (named(record) | what,)))
    return events


def proposed(connection: sa.Connection, since: int, now: datetime) -> list[Event]:
    """Proposals that were made."""
    query = _proposals().where(PROPOSAL.c.number > since).order_by(PROPOSAL.c.number)
    return [
        _of_proposal(row, f"proposed:{row['number']}", Kind.PROPOSED, now, row["who"])
        for row in connection.execute(query).mappings()
    ]


def settled(connection: sa.Connection, since: int, gone: Iterable[str], now: datetime) -> list[Event]:
    """Proposals that do not wait any more, of those that did and of new ones; one withdrawn is nothing to tell."""
    numbers = [int(mark.removeprefix(WATCHED)) for mark in gone if mark.startswith(WATCHED)]
    which = PROPOSAL.c.number.in_(numbers) | (PROPOSAL.c.number > since)
    ended = PROPOSAL.c.state.not_in([Standing.OPEN.value, Standing.WITHDRAWN.value])
    return [
        _of_proposal(row, f"settled:{row['number']}", Kind.SETTLED, now, row["settled_by"], state=row["state"])
        for row in connection.execute(_proposals().where(which, ended).order_by(PROPOSAL.c.number)).mappings()
    ]


def overdue(lines: Iterable[Line], every: CheckedEvery, since: date, today: date, now: datetime) -> list[Event]:
    """Checks that have become overdue since a day, by township."""
    late: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        aspects = [
            one.value for one in ASPECTS if line.overdue(one, today, every) and not line.overdue(one, since, every)
        ]
        if aspects:
            facts = {"code": line.code, "name": line.name, "aspects": aspects}
            late.setdefault(line.township, []).append(facts)
    return [
        Event(f"overdue:{today.isoformat()}:{township}", Kind.OVERDUE, now, township, tuple(stations))
        for township, stations in sorted(late.items())
    ]


def event_of(row: Mapping[str, Any]) -> Event:
    """Read a row of the table of events."""
    data = orjson.loads(row["data"])
    return Event(
        row["mark"],
        row["kind"],
        datetime.fromisoformat(row["at"]),
        row["township"],
        tuple(data["stations"]),
        data["facts"],
        row["who"],
        row["number"],
    )


def _row(event: Event, number: int) -> tuple[object, ...]:
    data = orjson.dumps({"stations": list(event.stations), "facts": dict(event.facts)}).decode()
    at = event.at.astimezone(UTC).isoformat(timespec="seconds")
    return number, event.mark, str(event.kind), at, event.township, event.who, data


def _proposals() -> sa.Select[Any]:
    return sa.select(PROPOSAL, STATION.c.record.label("stands")).outerjoin(STATION, STATION.c.code == PROPOSAL.c.code)


def _of_proposal(row: sa.RowMapping, mark: str, kind: Kind, now: datetime, who: str, **facts: str) -> Event:
    """A proposal as it is told: where its station is now, or was when it was made."""
    record = orjson.loads(row["stands"] or row["record"])
    township = record.get("township", "") if row["stands"] else row["township"]
    told = {"proposal": row["number"], "proposer": row["who"]} | facts
    return Event(mark, kind, now, township, (named(record),), told, who)
