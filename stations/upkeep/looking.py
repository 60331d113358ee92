"""What the staff see: tasks with their notes, and every report of a station."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from stations.errors import UnknownStationError
from stations.registry.schema import REPORT
from stations.registry.snapshot import Snapshot
from stations.upkeep.facts import Report, Task
from stations.upkeep.groups import Group, as_moment, grouped
from stations.upkeep.kinds import Kind
from stations.upkeep.standing import read_counting

MOST_NOTES = 20
"""Of one task; of more, the newest."""


def revision_of(snapshot: Snapshot, code: str) -> int | None:
    """Revision of a station's record; None where there is no such station."""
    try:
        return int(snapshot.revisions[snapshot.index(code)])
    except UnknownStationError:
        return None


def current(groups: tuple[Group, ...], snapshot: Snapshot, code: str) -> tuple[Group, ...]:
    """Those that are about a station's record as it is."""
    revision = revision_of(snapshot, code)
    return () if revision is None else tuple(group for group in groups if group.revision >= revision)


def tasks_of(
    connection: sa.Connection, snapshot: Snapshot, now: datetime, kinds: Mapping[str, Kind]
) -> tuple[Task, ...]:
    """Read what the staff should look at, the oldest first."""
    found = [
        (code, group)
        for code, groups in grouped(read_counting(connection)).items()
        for group in current(groups, snapshot, code)
    ]
    notes = _notes(connection, {code for code, _ in found})
    tasks = (
        Task(
            code,
            group.caution,
            group.first,
            tuple(notes[code, group.kind, group.amenity, group.revision][:MOST_NOTES]),
            shown=now < group.told_until(kinds),
        )
        for code, group in found
    )
    return tuple(sorted(tasks, key=lambda task: (task.first, task.code, task.caution.kind, task.caution.amenity)))


def reports_of(connection: sa.Connection, code: str) -> tuple[Report, ...]:
    """Read all reports of a station that are kept, the newest first."""
    query = sa.select(REPORT).where(REPORT.c.code == code).order_by(REPORT.c.found.desc(), REPORT.c.id.desc())
    return tuple(
        Report(
            row.code,
            row.kind,
            row.amenity,
            row.note,
            as_moment(row.found),
            row.revision,
            row.person,
            as_moment(row.cleared) if row.cleared else None,
            row.looked_by,
        )
        for row in connection.execute(query)
    )


def _notes(connection: sa.Connection, codes: set[str]) -> dict[tuple[str, str, str, int], list[str]]:
    """Notes of reports that stand, also of those that make no caution by themselves; the newest first."""
    notes: dict[tuple[str, str, str, int], list[str]] = defaultdict(list)
    columns = (REPORT.c.code, REPORT.c.kind, REPORT.c.amenity, REPORT.c.revision, REPORT.c.note)
    query = (
        sa.select(*columns)
        .where(REPORT.c.cleared == "", REPORT.c.note != "")
        .order_by(REPORT.c.found.desc(), REPORT.c.id.desc())
    )
    for code, kind, amenity, revision, note in connection.execute(query):
        if code in codes:
            notes[code, kind, amenity, revision].append(note)
    return notes
