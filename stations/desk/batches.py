"""What was written together, told to those whose stations it touched, and taken back by who may."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import orjson
import sqlalchemy as sa

from stations.errors import UnknownBatchError
from stations.registry.comparing import CODES_AT_ONCE
from stations.registry.entries import Action, Batch, batch_of
from stations.registry.schema import BATCH, ENTRY, STATION
from stations.registry.stores import Store
from stations.station import Station

LOOKED_THROUGH = 200
"""Batches that one question goes through."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A batch, and how many of somebody's stations it touched."""

    batch: Batch
    mine: int


@dataclass(frozen=True, slots=True)
class Step:
    """What a batch did to one station; None where there was none, or is none any more."""

    code: str
    before: Station | None
    after: Station | None


class Batches:
    """The batches of one store. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def latest(
        self, areas: Sequence[str], codes: Collection[str], *, limit: int, before: int | None = None
    ) -> tuple[list[Touched], int | None]:
        """Give the newest batches that touched some stations, the newest first.

        Parameters
        ----------
        areas
            Beginnings of township codes; ``""`` is everywhere.
        codes
            Stations beside those.
        before
            Only batches of smaller numbers.

        Returns
        -------
        tuple
            The batches, and after which number to go on; None where there are no more.
        """
        found: list[Touched] = []
        with self._store.reading() as connection:
            while len(found) < limit:
                query = sa.select(BATCH).order_by(BATCH.c.id.desc()).limit(LOOKED_THROUGH)
                if before is not None:
                    query = query.where(BATCH.c.id < before)
                batches = [batch_of(row) for row in connection.execute(query).mappings()]
                counts = _counts(connection, batches, areas, codes)
                for batch in batches:
                    before = batch.id
                    if batch.id in counts:
                        found.append(Touched(batch, counts[batch.id]))
                        if len(found) == limit:
                            break
                if len(batches) < LOOKED_THROUGH:
                    break
        return found, before if len(found) == limit and before is not None and before > 1 else None

    def batch(self, number: int) -> Batch:
        """Give one batch.

        Raises
        ------
        UnknownBatchError
            The log has no such batch.
        """
        with self._store.reading() as connection:
            row = connection.execute(sa.select(BATCH).where(BATCH.c.id == number)).mappings().one_or_none()
        if row is None:
            raise UnknownBatchError("There is no batch {batch}.", batch=number)
        return batch_of(row)

    def townships(self, number: int) -> dict[str, str]:
        """Where each station of a batch is by now, by its code in the order of the batch; of one that is gone, was.

        Raises
        ------
        UnknownBatchError
            The log has no such batch.
        """
        # Of what stands, the record is not needed; a country's would take a second to read.
        gone = sa.case((STATION.c.code.is_(None), ENTRY.c.record))
        query = (
            sa.select(ENTRY.c.code, STATION.c.township, gone)
            .outerjoin(STATION, STATION.c.code == ENTRY.c.code)
            .where(ENTRY.c.batch == number)
            .order_by(ENTRY.c.revision)
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
        if not rows:
            raise UnknownBatchError("There is no batch {batch}.", batch=number)
        return {code: _township(record) if township is None else township for code, township, record in rows}

    def gone(self, codes: Sequence[str]) -> dict[str, str]:
        """Where stations were that are in the list no more, by those of some codes that such stations had."""
        found: dict[str, str] = {}
        with self._store.reading() as connection:
            for start in range(0, len(codes), CODES_AT_ONCE):
                some = ENTRY.c.code.in_(codes[start : start + CODES_AT_ONCE])
                last = (
                    sa.select(sa.func.max(ENTRY.c.revision))
                    .outerjoin(STATION, STATION.c.code == ENTRY.c.code)
                    .where(some, STATION.c.code.is_(None))
                    .group_by(ENTRY.c.code)
                )
                query = sa.select(ENTRY.c.code, ENTRY.c.record).where(ENTRY.c.revision.in_(last.scalar_subquery()))
                found.update({code: _township(record) for code, record in connection.execute(query)})
        return found

    def townships_before(self, number: int) -> dict[str, str]:
        """Where each station of a batch was before it, by its code; without those that were not there."""
        ours = sa.select(ENTRY.c.code).where(ENTRY.c.batch == number).scalar_subquery()
        first = sa.select(sa.func.min(ENTRY.c.revision)).where(ENTRY.c.batch == number).scalar_subquery()
        last = (
            sa.select(sa.func.max(ENTRY.c.revision))
            .where(ENTRY.c.code.in_(ours), ENTRY.c.revision < first)
            .group_by(ENTRY.c.code)
        )
        query = sa.select(ENTRY.c.code, ENTRY.c.record).where(
            ENTRY.c.revision.in_(last.scalar_subquery()), ENTRY.c.action == Action.PUT.value
        )
        with self._store.reading() as connection:
            return {code: _township(record) for code, record in connection.execute(query)}

    def steps(self, number: int, codes: Sequence[str]) -> list[Step]:
        """What a batch did to some of its stations, in the order that they are given in."""
        after: dict[str, Station | None] = {}
        before: dict[str, Station] = {}
        with self._store.reading() as connection:
            first = connection.execute(sa.select(sa.func.min(ENTRY.c.revision)).where(ENTRY.c.batch == number)).scalar()
            for start in range(0, len(codes), CODES_AT_ONCE):
                some = ENTRY.c.code.in_(codes[start : start + CODES_AT_ONCE])
                for code, action, record in connection.execute(
                    sa.select(ENTRY.c.code, ENTRY.c.action, ENTRY.c.record).where(some, ENTRY.c.batch == number)
                ):
                    after[code] = Station.from_json(record) if action == Action.PUT else None
                last = sa.select(sa.func.max(ENTRY.c.revision)).where(some, ENTRY.c.revision < first)
                for code, action, record in connection.execute(
                    sa.select(ENTRY.c.code, ENTRY.c.action, ENTRY.c.record).where(
                        ENTRY.c.revision.in_(last.group_by(ENTRY.c.code).scalar_subquery())
                    )
                ):
                    if action == Action.PUT:
                        before[code] = Station.from_json(record)
        return [Step(code, before.get(code), after[code]) for code in codes if code in after]

    def taken_back(self, numbers: Collection[int]) -> Mapping[int, int]:
        """Which of some batches were taken back, and by which batch."""
        names = {f"undo of batch {number}": number for number in numbers}
        query = sa.select(BATCH.c.id, BATCH.c.what).where(BATCH.c.what.in_(names)).order_by(BATCH.c.id)
        with self._store.reading() as connection:
            return {names[what]: number for number, what in connection.execute(query)}


def _counts(
    connection: sa.Connection, batches: Sequence[Batch], areas: Sequence[str], codes: Collection[str]
) -> dict[int, int]:
    """How many stations of each batch are somebody's; batches without any are left out."""
    if "" in areas:
        return {batch.id: batch.count for batch in batches}
    if not batches or not (areas or codes):
        return {}
    mine = sa.or_(
        *(STATION.c.township.startswith(area, autoescape=True) for area in areas), STATION.c.code.in_(sorted(codes))
    )
    within = ENTRY.c.batch.between(batches[-1].id, batches[0].id)
    query = (
        sa.select(ENTRY.c.batch, sa.func.count())
        .join(STATION, STATION.c.code == ENTRY.c.code)
        .where(within, mine)
        .group_by(ENTRY.c.batch)
    )
    counts: dict[int, int] = {row[0]: row[1] for row in connection.execute(query)}
    gone = (
        sa.select(ENTRY.c.batch, ENTRY.c.code, ENTRY.c.record)
        .outerjoin(STATION, STATION.c.code == ENTRY.c.code)
        .where(within, STATION.c.code.is_(None))
    )
    for number, code, record in connection.execute(gone):
        if code in codes or (areas and _township(record).startswith(tuple(areas))):
            counts[number] = counts.get(number, 0) + 1
    return counts


def _township(record: str) -> str:
    return str(orjson.loads(record).get("township", ""))
