"""What people at the doors say of the stations."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA

REPORT = sa.Table(
    "report",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("amenity", sa.Text, nullable=False),  # which one, or empty
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("found", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC, to the minute
    sa.Column("revision", sa.Integer, nullable=False),  # of the station's record that it is about
    sa.Column("person", sa.Integer, nullable=False),  # tells independent reports of the same thing apart
    sa.Column("counts", sa.Integer, nullable=False),  # 1 where it is part of a caution, else 0
    sa.Column("cleared", BY_CODE_POINT, nullable=False),  # like found, or empty while it stands
    sa.Column("looked_by", sa.Text, nullable=False),  # who of the staff looked, or empty
    sa.Column("change", sa.Integer, nullable=False),  # of `upkeep_head` that last touched the caution
    sa.Index("report_code", "code", "found"),
    sa.Index("report_change", "change"),
)

CONFIRMED = sa.Table(
    "confirmed",
    METADATA,
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("aspect", BY_CODE_POINT, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # of the station's record that it is about
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("last", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC, to the minute
    sa.PrimaryKeyConstraint("code", "aspect", name="confirmed_pkc"),
)

DAY_COUNT = sa.Table(
    "day_count",
    METADATA,
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("day", BY_CODE_POINT, nullable=False),  # ISO 8601, in the registry's time zone
    sa.Column("visits", sa.Integer, nullable=False),
    sa.Column("reports", sa.Integer, nullable=False),
    sa.Column("confirmations", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("code", "day", name="day_count_pkc"),
)

SENDER = sa.Table(
    "sender",
    METADATA,
    sa.Column("what", BY_CODE_POINT, nullable=False),  # report, confirm, visit or suggest
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("about", BY_CODE_POINT, nullable=False),  # id of the report; aspect and day; day of the visit; number
    sa.Column("device", BY_CODE_POINT, nullable=False),  # HMAC-SHA256 with the key of the day, hexadecimal
    sa.Column("network", BY_CODE_POINT, nullable=False),  # likewise
    sa.Column("day", BY_CODE_POINT, nullable=False),  # of that key
    sa.PrimaryKeyConstraint("what", "code", "about", "device", name="sender_pkc"),
    sa.Index("sender_day", "day"),
)

SECRET = sa.Table(
    "secret",
    METADATA,
    sa.Column("name", BY_CODE_POINT, primary_key=True),  # "cookies", or "day" and which
    sa.Column("value", sa.Text, nullable=False),  # random, hexadecimal
)

UPKEEP_HEAD = sa.Table(
    "upkeep_head",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("change", sa.Integer, nullable=False),  # rises with every change of a caution
    sa.CheckConstraint("id = 1", name="upkeep_head_one"),
)
