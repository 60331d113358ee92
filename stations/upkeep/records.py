"""What a record says of a station, whoever made sure of it when: what reports are about."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import orjson
import sqlalchemy as sa

from stations.registry.schema import BATCH, ENTRY, STATION
from stations.upkeep.facts import Aspect
from stations.upkeep.groups import as_moment, as_text

CHECKED: Mapping[Aspect, str] = MappingProxyType({aspect: f"{aspect.value}_checked" for aspect in Aspect})
"""The field that says when somebody last made sure, by what of a station."""

UNSAID = (*CHECKED.values(), "photos")
"""Fields that nobody reports anything of: what else a record says is the same, whatever they hold."""

MOST_WRITES = 200
"""Entries of one station that are looked at for when it last came to say something else; a week has hardly more."""


def same_facts(before: str, after: str) -> bool:
    """Whether two records, as JSON, say the same but for the days of checking and the photos."""
    return before == after or _facts(before) == _facts(after)


def last_written(connection: sa.Connection, code: str, since: str) -> str:
    """When a record came to say something else, after a moment, both as they are kept; empty where it did not."""
    query = (
        sa.select(BATCH.c.at, ENTRY.c.record)
        .join(BATCH, ENTRY.c.batch == BATCH.c.id)
        .where(ENTRY.c.code == code)
        .order_by(ENTRY.c.revision.desc())
        .limit(MOST_WRITES)
    )
    at, says = "", ""
    for written, record in connection.execute(query):
        if at and not same_facts(record, says):
            break
        if as_text(as_moment(written)) <= since:
            return ""
        at, says = as_text(as_moment(written)), record
    return at


def newest_revision(connection: sa.Connection, code: str, seen: int) -> int:
    """Revision of a station's record as of this transaction, where a moment ago it was another one."""
    found = connection.execute(sa.select(STATION.c.revision).where(STATION.c.code == code)).scalar()
    return max(seen, found or 0)


def _facts(record: str) -> dict[str, object]:
    facts: dict[str, object] = orjson.loads(record)
    for name in UNSAID:
        facts.pop(name, None)
    return facts
