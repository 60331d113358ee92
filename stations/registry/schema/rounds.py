"""Inspections, and the tasks that came of them."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA

INSPECTION = sa.Table(
    "inspection",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),  # made up where it was begun, so that it counts once
    sa.Column("code", BY_CODE_POINT, nullable=False),  # of the station
    sa.Column("township", BY_CODE_POINT, nullable=False),  # of the station, when it was sent or saved last
    sa.Column("checklist", BY_CODE_POINT, nullable=False),
    sa.Column("state", BY_CODE_POINT, nullable=False),  # draft or sent
    sa.Column("who", BY_CODE_POINT, nullable=False),  # log-in name
    sa.Column("begun", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("sent", BY_CODE_POINT, nullable=False),  # likewise, or empty
    sa.Column("day", BY_CODE_POINT, nullable=False),  # ISO day on which somebody was there
    sa.Column("revision", sa.Integer, nullable=False),  # of the station's record that it was made of
    sa.Column("remark", sa.Text, nullable=False),
    sa.Column("answers", sa.Text, nullable=False),  # JSON, by key of the item
    sa.Column("asked", sa.Text, nullable=False),  # JSON of the items as they were asked
    sa.Column("verdicts", sa.Text, nullable=False),  # JSON, by standard: as it was judged when it was sent
    sa.Index("inspection_mark", "mark", unique=True),
    sa.Index("inspection_code", "code", "day"),
    sa.Index("inspection_day", "day"),
)

ROUND_TASK = sa.Table(
    "round_task",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("inspection", sa.Integer, nullable=False),  # number of the one that it came of
    sa.Column("item", BY_CODE_POINT, nullable=False),  # key of the item that was found wanting
    sa.Column("code", BY_CODE_POINT, nullable=False),  # of the station
    sa.Column("township", BY_CODE_POINT, nullable=False),  # of the station, when it was made
    sa.Column("due", BY_CODE_POINT, nullable=False),  # ISO day
    sa.Column("person", BY_CODE_POINT, nullable=False),  # log-in name, or empty
    sa.Column("state", BY_CODE_POINT, nullable=False),  # open, done or dropped
    sa.Column("made_by", BY_CODE_POINT, nullable=False),  # log-in name
    sa.Column("made", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("done_by", BY_CODE_POINT, nullable=False),  # log-in name, or empty
    sa.Column("done", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC, or empty
    sa.Column("note", sa.Text, nullable=False),  # of who has done it
    sa.Column("photos", sa.Text, nullable=False),  # JSON list of names, likewise
    sa.Index("round_task_state", "state", "due"),
    sa.Index("round_task_inspection", "inspection"),
)
