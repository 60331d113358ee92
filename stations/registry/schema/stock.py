"""What stations hold, serve and count."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA

SUPPLY_MOVEMENT = sa.Table(
    "supply_movement",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),  # of the form that it was sent with, so that none counts twice
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("township", BY_CODE_POINT, nullable=False),  # of the station then
    sa.Column("item", BY_CODE_POINT, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # count, brought or taken
    sa.Column("amount", sa.Integer, nullable=False),
    sa.Column("expires", BY_CODE_POINT, nullable=False),  # the earliest date of use of these, ISO 8601, or empty
    sa.Column("day", BY_CODE_POINT, nullable=False),  # on which it was done, ISO 8601
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),  # log-in name
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Index("supply_movement_code", "code", "item", "number"),
    sa.Index("supply_movement_mark", "mark"),
)

SUPPLY_LEVEL = sa.Table(
    "supply_level",
    METADATA,
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("item", BY_CODE_POINT, nullable=False),
    sa.Column("there", sa.Integer, nullable=False),  # follows from the movements, as all here
    sa.Column("expires", BY_CODE_POINT, nullable=False),  # the earliest that is known of, or empty
    sa.Column("counted", BY_CODE_POINT, nullable=False),  # day of the last count, or empty
    sa.Column("number", sa.Integer, nullable=False),  # of the last movement
    sa.PrimaryKeyConstraint("code", "item", name="supply_level_pkc"),
)

SUPPLY_TARGET = sa.Table(
    "supply_target",
    METADATA,
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("item", BY_CODE_POINT, nullable=False),
    sa.Column("target", sa.Integer, nullable=False),  # 0 where the station is not to hold it
    sa.Column("low", sa.Integer, nullable=False),
    sa.Column("who", sa.Text, nullable=False),  # log-in name
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.PrimaryKeyConstraint("code", "item", name="supply_target_pkc"),
)

SERVICE_ENTRY = sa.Table(
    "service_entry",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),
    sa.Column("service", sa.Integer, nullable=False),  # which one; number of its first entry
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("township", BY_CODE_POINT, nullable=False),  # of the station then
    sa.Column("record", sa.Text, nullable=False),  # JSON
    sa.Column("state", sa.Text, nullable=False),  # on or stopped
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", BY_CODE_POINT, nullable=False),
    sa.Column("stands", sa.Integer, nullable=False),  # 1 for the newest of a service, else 0
    sa.Index("service_entry_service", "service", "number"),
    sa.Index("service_entry_code", "code"),
    sa.Index("service_entry_mark", "mark"),
)

SERVICE_COUNT = sa.Table(
    "service_count",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),
    sa.Column("service", sa.Integer, nullable=False),
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("township", BY_CODE_POINT, nullable=False),
    sa.Column("day", BY_CODE_POINT, nullable=False),  # ISO 8601
    sa.Column("served", sa.Integer, nullable=False),  # meals, or people
    sa.Column("taken_back", sa.Integer, nullable=False),  # 1 where nothing is known of the day after all
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", BY_CODE_POINT, nullable=False),
    sa.Column("stands", sa.Integer, nullable=False),  # 1 until it is corrected
    sa.Index("service_count_service", "service", "day"),
    sa.Index("service_count_day", "day"),
    sa.Index("service_count_mark", "mark"),
)

VISIT_COUNT = sa.Table(
    "visit_count",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("township", BY_CODE_POINT, nullable=False),
    sa.Column("day", BY_CODE_POINT, nullable=False),  # ISO 8601
    sa.Column("source", BY_CODE_POINT, nullable=False),  # door or paper
    sa.Column("people", sa.Integer, nullable=False),
    sa.Column("taken_back", sa.Integer, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", BY_CODE_POINT, nullable=False),
    sa.Column("stands", sa.Integer, nullable=False),
    sa.Index("visit_count_code", "code", "day"),
    sa.Index("visit_count_day", "day"),
    sa.Index("visit_count_mark", "mark"),
)

VISIT_MONTH = sa.Table(
    "visit_month",
    METADATA,
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("month", BY_CODE_POINT, nullable=False),  # ISO 8601
    sa.Column("days", sa.LargeBinary, nullable=False),  # follows from the counts; `visitmonths` says how it is laid out
    sa.PrimaryKeyConstraint("code", "month", name="visit_month_pkc"),
    sa.Index("visit_month_month", "month", "code"),
)
