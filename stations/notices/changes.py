"""What was written into the log, as it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

import orjson
import sqlalchemy as sa

from stations.notices.facts import Event, Kind
from stations.registry.differences import differences
from stations.registry.entries import Action
from stations.registry.schema import BATCH, ENTRY
from stations.station import Station

MANY = 2
"""Entries from which a batch counts as many changes at once."""

TOLD_APART = 100
"""Entries of a batch up to which it is told what changed of each."""

Facts = dict[str, Any]


def changes(connection: sa.Connection, since: int, upto: int, now: datetime) -> list[Event]:
    """What was written into the log, by batch and township."""
    query = (
        sa.select(
            ENTRY.c.revision, ENTRY.c.code, ENTRY.c.action, ENTRY.c.record, BATCH.c.id, BATCH.c.what, BATCH.c.who,
            BATCH.c.count,
        )
        .join(BATCH, ENTRY.c.batch == BATCH.c.id)
        .where(ENTRY.c.revision > since, ENTRY.c.revision <= upto)
        .order_by(ENTRY.c.revision)
    )  # fmt: skip
    events = []
    for batch, rows in groupby(connection.execute(query).mappings(), key=lambda row: row["id"]):
        entries = list(rows)
        first = entries[0]
        many = first["count"] >= MANY
        told: dict[str, list[Facts]] = {}
        for entry in entries:
            for township, facts in _told_of(connection, entry, apart=first["count"] <= TOLD_APART):
                told.setdefault(township, []).append(facts)
        kind = Kind.IMPORTS if many or first["what"] == "import" else Kind.EDITS
        events += [
            Event(
                f"batch:{batch}:{first['revision']}:{township}",
                kind,
                now,
                township,
                tuple(stations),
                {"batch": batch, "what": first["what"].partition(" ")[0]},
                first["who"],
            )
            for township, stations in told.items()
        ]
    return events


def _told_of(connection: sa.Connection, entry: sa.RowMapping, *, apart: bool) -> Iterable[tuple[str, Facts]]:
    """What is told of an entry, and in which townships: where the station is, and where it was."""
    record = orjson.loads(entry["record"])
    facts = named(record)
    if entry["action"] == Action.REMOVE:
        return [(record.get("township", ""), facts | {"did": "removed"})]
    if not apart:
        return [(record.get("township", ""), facts)]
    stood = connection.execute(
        sa.select(ENTRY.c.record, ENTRY.c.action)
        .where(ENTRY.c.code == entry["code"], ENTRY.c.revision < entry["revision"])
        .order_by(ENTRY.c.revision.desc())
        .limit(1)
    ).one_or_none()
    if stood is None or stood.action == Action.REMOVE:
        return [(record.get("township", ""), facts | {"did": "added"})]
    before, after = Station.from_json(stood.record), Station.from_json(entry["record"])
    fields = list(dict.fromkeys(one.field for one in differences(before, after)))
    facts |= {"did": "changed", "fields": fields}
    return [(township, facts) for township in dict.fromkeys((after.township, before.township))]


def named(record: Mapping[str, Any]) -> Facts:
    """How a station is called."""
    return {name: record[name] for name in ("code", "name", "name_en") if record.get(name)}
