"""The seventh schema: lists of stations that wait to be taken in.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add them."""
    by_code_point = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "waiting",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", by_code_point, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("area", by_code_point, nullable=False),
        sa.Column("who", by_code_point, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("decided", sa.Text, nullable=False),
        sa.Column("state", by_code_point, nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("settled_by", sa.Text, nullable=False),
        sa.Column("settled", sa.Text, nullable=False),
    )
    op.create_index("waiting_at", "waiting", ["at"])
    op.create_table(
        "waiting_file",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
