"""Checks by the staff: what was said of a record goes on when nothing but days of checking, or photos, were written."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from stations.registry.entries import Action
from stations.registry.schema import CONFIRMED, ENTRY, REPORT, STATION
from stations.upkeep.facts import Aspect
from stations.upkeep.groups import as_text
from stations.upkeep.records import same_facts
from stations.upkeep.reporting import clear, next_change


def carry_over(connection: sa.Connection, batch: int) -> None:
    """Let reports and confirmations be about the records of a batch, where those say what they said before.

    Called in the transaction that wrote the batch. A record that came to say something else leaves behind what was
    reported of it, as ever.

    Parameters
    ----------
    batch
        0 where none was written.
    """
    written = sa.select(ENTRY.c.code).where(ENTRY.c.batch == batch)
    heard = sa.union(
        sa.select(REPORT.c.code).where(REPORT.c.cleared == "", REPORT.c.code.in_(written)),
        sa.select(CONFIRMED.c.code).where(CONFIRMED.c.code.in_(written)),
    )
    for code in connection.execute(heard).scalars().all() if batch else ():
        _carry(connection, code)


def _carry(connection: sa.Connection, code: str) -> None:
    query = sa.select(ENTRY).where(ENTRY.c.code == code).order_by(ENTRY.c.revision.desc()).limit(2)
    entries = connection.execute(query).all()
    if len(entries) < 2 or any(one.action != Action.PUT for one in entries):
        return
    after, before = entries
    if not same_facts(before.record, after.record):
        return
    moved = {"revision": after.revision}
    connection.execute(
        CONFIRMED.update().where(CONFIRMED.c.code == code, CONFIRMED.c.revision == before.revision).values(moved)
    )
    standing = (REPORT.c.code == code) & (REPORT.c.cleared == "") & (REPORT.c.revision == before.revision)
    if connection.execute(sa.select(sa.exists().where(standing))).scalar():
        change = next_change(connection)
        connection.execute(REPORT.update().where(standing).values(moved | {"change": change}))


def found_right(
    connection: sa.Connection, code: str, aspect: Aspect, kinds: Collection[str], moment: datetime, who: str
) -> None:
    """Let reports of one aspect count no more, as somebody of the staff made sure of it; in a transaction.

    Parameters
    ----------
    kinds
        Keys of the kinds that are about the aspect.
    who
        Login of who made sure.
    """
    this = (REPORT.c.code == code) & (REPORT.c.cleared == "") & REPORT.c.kind.in_(kinds)
    for kind, amenity in connection.execute(sa.select(REPORT.c.kind, REPORT.c.amenity).where(this).distinct()).all():
        clear(connection, code, kind, amenity, moment, who)
    # So that what was found before, and is sent only later by a phone without a network, comes too late.
    revision = connection.execute(sa.select(STATION.c.revision).where(STATION.c.code == code)).scalar()
    connection.execute(CONFIRMED.delete().where(CONFIRMED.c.code == code, CONFIRMED.c.aspect == aspect.value))
    row = {"code": code, "aspect": aspect.value, "revision": revision, "times": 0, "last": as_text(moment)}
    connection.execute(CONFIRMED.insert(), row)
