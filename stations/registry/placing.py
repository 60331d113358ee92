"""Entries put into the log, and with them, in the same transaction, what they make of the current table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson
import sqlalchemy as sa

from stations.registry.columns import amenities_key, hours_key
from stations.registry.entries import Action, Batch
from stations.registry.schema import BATCH, ENTRY, STATION
from stations.registry.stores import insert_many
from stations.station import COORDINATE_DECIMALS, Station

ROWS_AT_ONCE = 10_000
"""Entries on the way to the database at a time; all of a country's would fill the memory twice."""


class Put(NamedTuple):
    """A record to be put in place.

    Attributes
    ----------
    station
        What the record says.
    record
        The text of it that goes into the log.
    hours
        As `hours_key` gives it.
    amenities
        As `amenities_key` gives it.
    """

    station: Station
    record: str
    hours: str
    amenities: str

    @classmethod
    def of(cls, station: Station, record: str = "") -> Put:
        """Put a station as its record in the log was, or as it would be written now."""
        if record:
            return cls(station, record, hours_key(station), amenities_key(station))
        facts = station.to_record()
        # The record's amenities are plain texts in order already, without those that say nothing.
        amenities = ";".join([f"{key}={state}" for key, state in facts.get("amenities", {}).items()])
        return cls(station, orjson.dumps(facts).decode(), hours_key(station), amenities)

    def row(self, revision: int) -> tuple[object, ...]:
        """The station as a row of the current table, in the order of its columns."""
        station = self.station
        return (
            station.code,
            revision,
            station.status.value,
            station.name,
            station.kind,
            station.host,
            station.township,
            round(float(station.position.lon), COORDINATE_DECIMALS) + 0.0,
            round(float(station.position.lat), COORDINATE_DECIMALS) + 0.0,
            self.hours,
            self.amenities,
            self.record,
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What a batch is to do: first the records it puts in place, then the stations it removes, each by its last record.

    The records of what is removed are texts by code.
    """

    puts: Sequence[Put] = ()
    removes: Sequence[tuple[str, str]] = ()

    def __len__(self) -> int:
        return len(self.puts) + len(self.removes)


def place(connection: sa.Connection, batch: Batch, head: int, plan: Plan) -> int:
    """Write a batch with its entries, and bring the current table up to them.

    Parameters
    ----------
    head
        Newest revision before.

    Returns
    -------
    int
        Newest revision afterwards.
    """
    insert_many(connection, BATCH, [batch.row()])
    removed_at = head + len(plan.puts) + 1
    for start in range(0, len(plan.puts), ROWS_AT_ONCE):
        some = plan.puts[start : start + ROWS_AT_ONCE]
        numbered = list(enumerate(some, start=head + 1 + start))
        insert_many(
            connection,
            ENTRY,
            [(revision, put.station.code, Action.PUT.value, put.record, batch.id) for revision, put in numbered],
        )
        insert_many(
            connection,
            STATION,
            [put.row(revision) for revision, put in numbered],
            upsert="code",
        )
    insert_many(
        connection,
        ENTRY,
        [
            (revision, code, Action.REMOVE.value, record, batch.id)
            for revision, (code, record) in enumerate(plan.removes, start=removed_at)
        ],
    )
    if plan.removes:
        gone = sa.select(ENTRY.c.code).where(ENTRY.c.revision >= removed_at).scalar_subquery()
        connection.execute(STATION.delete().where(STATION.c.code.in_(gone)))
    return head + len(plan)


def station_row(station: Station, revision: int, record: str) -> tuple[object, ...]:
    """A station as a row of the current table, by its record in the log."""
    return Put.of(station, record).row(revision)
