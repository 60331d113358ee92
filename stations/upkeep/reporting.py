"""Reports as they are written: who is independent of whom, what makes a caution, and what takes it away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

import sqlalchemy as sa

from stations.registry.schema import CONFIRMED, REPORT, SENDER, STATION, UPKEEP_HEAD
from stations.upkeep.facts import Outcome
from stations.upkeep.groups import TOGETHER, as_moment, as_text
from stations.upkeep.kinds import Kind
from stations.upkeep.marks import Marks
from stations.upkeep.records import last_written

WHAT = "report"

MOST_A_DAY = 200
"""Reports of one station that are kept of one day. More are counted, and kept only where a caution hangs on them."""

MOST_OF_A_NETWORK = 20
"""How many of these may come from one network."""

MOST_IN_ANY_CASE = 1000

PEOPLE_ENOUGH = 2
"""Independent reports that make a caution."""


@dataclass(frozen=True, slots=True)
class Said:
    """A report that can be taken.

    Attributes
    ----------
    found
        When it was found so; UTC, to the minute.
    day
        The day of that, in the time zone of the stations.
    revision
        Of the station's record as it is now.
    """

    code: str
    kind: Kind
    amenity: str
    note: str
    found: datetime
    day: date
    revision: int

    @property
    def same_thing(self) -> sa.ColumnElement[bool]:
        """Reports of the same thing at the same station."""
        return (REPORT.c.code == self.code) & (REPORT.c.kind == self.kind.key) & (REPORT.c.amenity == self.amenity)


def take_report(connection: sa.Connection, said: Said, marks: Marks, zone: tzinfo) -> Outcome:
    """Write a report, in a transaction that may write; what follows from it is written with it."""
    near = _near(connection, said)
    standing = [row for row in near if not row.cleared and row.revision == said.revision]
    if any(row.device in marks.devices and _day(row.found, zone) == said.day for row in standing):
        return Outcome.KNOWN
    outdated = _outdated(connection, said)
    if outdated:
        standing = []
    # Of whom nothing is known any more may be the same person.
    mine = {
        row.person for row in standing if not row.device or row.device in marks.devices or row.network in marks.networks
    }
    others = [row for row in standing if row.person not in mine]
    people = len({row.person for row in standing})
    if not _keeps(connection, said, marks, people, new=not mine):
        return Outcome.TAKEN
    counts = not outdated and (bool(others) or _stands_already(connection, said))
    change = next_change(connection) if counts else 0
    if counts and others:
        connection.execute(
            REPORT.update().where(REPORT.c.id.in_([row.id for row in others])).values(counts=1, change=change)
        )
    number = _next_id(connection)
    connection.execute(
        REPORT.insert(),
        {
            "id": number,
            "code": said.code,
            "kind": said.kind.key,
            "amenity": said.amenity,
            "note": said.note,
            "found": as_text(said.found),
            "revision": said.revision,
            "person": min(mine) if mine else _next_person(connection, said),
            "counts": int(counts),
            "cleared": outdated,
            "looked_by": "",
            "change": change,
        },
    )
    connection.execute(SENDER.insert(), marks.row(WHAT, said.code, str(number)))
    return Outcome.TAKEN


def clear_confirmed(
    connection: sa.Connection, code: str, kinds: Collection[str], revision: int, moment: datetime, marks: Marks
) -> bool:
    """Let a confirmation clear what it can: each thing that this device did not report, and nobody found since.

    Parameters
    ----------
    kinds
        Keys of the kinds that what was confirmed takes away.
    revision
        Of the station's record as it is now.
    """
    open_ = (REPORT.c.code == code) & (REPORT.c.cleared == "") & REPORT.c.kind.in_(kinds)
    query = _with_senders(
        REPORT.c.kind, REPORT.c.amenity, REPORT.c.found, where=open_ & (REPORT.c.revision <= revision)
    )
    rows = connection.execute(query).all()
    kept = {(row.kind, row.amenity) for row in rows if row.device in marks.devices or row.found > as_text(moment)}
    cleared = False
    for kind, amenity in dict.fromkeys((row.kind, row.amenity) for row in rows):
        if (kind, amenity) not in kept:
            cleared |= bool(clear(connection, code, kind, amenity, moment))
    return cleared


def clear(connection: sa.Connection, code: str, kind: str, amenity: str, moment: datetime, by: str = "") -> int:
    """Let the reports of one thing count no more; gives how many."""
    this = (REPORT.c.code == code) & (REPORT.c.kind == kind) & (REPORT.c.amenity == amenity) & (REPORT.c.cleared == "")
    change = next_change(connection)
    done = connection.execute(REPORT.update().where(this).values(cleared=as_text(moment), looked_by=by, change=change))
    return done.rowcount


def drop_reports(connection: sa.Connection, before: datetime) -> None:
    """Delete what was found before a moment, but for what makes a caution of a record as it is."""
    current = sa.exists().where((STATION.c.code == REPORT.c.code) & (STATION.c.revision <= REPORT.c.revision))
    needed = (REPORT.c.counts == 1) & (REPORT.c.cleared == "") & current
    connection.execute(REPORT.delete().where(REPORT.c.found < as_text(before), sa.not_(needed)))


def next_change(connection: sa.Connection) -> int:
    """Note that a caution changed, for everyone who keeps cautions in memory."""
    if connection.execute(UPKEEP_HEAD.update().values(change=UPKEEP_HEAD.c.change + 1)).rowcount == 0:
        connection.execute(UPKEEP_HEAD.insert(), {"id": 1, "change": 1})
    return head_change(connection)


def head_change(connection: sa.Connection) -> int:
    """Number of the last change; 0 before the first."""
    return connection.execute(sa.select(UPKEEP_HEAD.c.change)).scalar() or 0


def _near(connection: sa.Connection, said: Said) -> list[sa.Row[Any]]:
    # Not BETWEEN: PostgreSQL does not take one whose ends have a collation.
    within = (REPORT.c.found >= as_text(said.found - TOGETHER)) & (REPORT.c.found <= as_text(said.found + TOGETHER))
    columns = (REPORT.c.id, REPORT.c.found, REPORT.c.revision, REPORT.c.person, REPORT.c.cleared)
    return list(connection.execute(_with_senders(*columns, where=said.same_thing & within)).all())


def _with_senders(*columns: sa.Column[Any], where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    whose = (SENDER.c.what == WHAT) & (SENDER.c.code == REPORT.c.code)
    whose &= SENDER.c.about == sa.cast(REPORT.c.id, sa.Text)
    joined = REPORT.outerjoin(SENDER, whose)
    return sa.select(*columns, SENDER.c.device, SENDER.c.network).select_from(joined).where(where)


def _outdated(connection: sa.Connection, said: Said) -> str:
    """When the record was written, or the thing said to be right, since it was found so; empty when it was not."""
    written = last_written(connection, said.code, as_text(said.found))
    confirmed = connection.execute(
        sa.select(CONFIRMED.c.last).where(
            CONFIRMED.c.code == said.code,
            CONFIRMED.c.aspect == said.kind.clears.value,
            CONFIRMED.c.revision == said.revision,
        )
    ).scalar()
    since = max(confirmed or "", written)
    return since if since > as_text(said.found) else ""


def _keeps(connection: sa.Connection, said: Said, marks: Marks, people: int, *, new: bool) -> bool:
    """Whether there is room for a report; for the first and the second independent one of a thing there mostly is."""
    today = (SENDER.c.what == WHAT) & (SENDER.c.code == said.code) & (SENDER.c.day == marks.day.isoformat())
    kept, of_network = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.count(sa.case((SENDER.c.network == marks.networks[0], 1))),
        ).where(today)
    ).one()
    if kept < MOST_A_DAY and of_network < MOST_OF_A_NETWORK:
        return True
    return new and people < PEOPLE_ENOUGH and kept < MOST_IN_ANY_CASE


def _stands_already(connection: sa.Connection, said: Said) -> bool:
    """Whether people are told of it already, by reports of others: then one more carries that on."""
    query = sa.select(sa.func.max(REPORT.c.found)).where(
        said.same_thing, REPORT.c.revision == said.revision, REPORT.c.counts == 1, REPORT.c.cleared == ""
    )
    last = connection.execute(query).scalar()
    return last is not None and said.found - as_moment(last) <= said.kind.lasts


def _next_person(connection: sa.Connection, said: Said) -> int:
    return (connection.execute(sa.select(sa.func.max(REPORT.c.person)).where(said.same_thing)).scalar() or 0) + 1


def _next_id(connection: sa.Connection) -> int:
    return (connection.execute(sa.select(sa.func.max(REPORT.c.id))).scalar() or 0) + 1


def _day(found: str, zone: tzinfo) -> date:
    return as_moment(found).astimezone(zone).date()
