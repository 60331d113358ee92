"""Lists of stations that wait to be taken in, and what was said of them."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA

WAITING = sa.Table(
    "waiting",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),  # of the file
    sa.Column("digest", BY_CODE_POINT, nullable=False),  # SHA-256 of the file, hexadecimal
    sa.Column("size", sa.Integer, nullable=False),  # bytes
    sa.Column("area", BY_CODE_POINT, nullable=False),  # prefix of the administrative code; empty for everywhere
    sa.Column("who", BY_CODE_POINT, nullable=False),  # log-in name
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("asked", sa.Text, nullable=False),  # JSON of what a person said of its columns, sheet and datum
    sa.Column("decided", sa.Text, nullable=False),  # JSON of what a person said of possible duplicates
    sa.Column("state", BY_CODE_POINT, nullable=False),  # waiting, taken, undone or dropped
    sa.Column("batch", sa.Integer, nullable=False),  # that it became, or 0
    sa.Column("counts", sa.Text, nullable=False),  # JSON of how many rows did what, or empty
    sa.Column("settled_by", sa.Text, nullable=False),  # log-in name, or empty
    sa.Column("settled", sa.Text, nullable=False),  # ISO 8601, UTC, or empty
    sa.Index("waiting_at", "at"),
)

WAITING_FILE = sa.Table(
    "waiting_file",
    METADATA,
    # Apart from what is told of it: to read that, nobody should wade through the file.
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
