"""The first schema: batches, and the log of their entries."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the log."""
    on_server = op.get_bind().dialect.name == "postgresql"
    by_code_point = sa.Text(collation="C") if on_server else sa.Text()
    op.create_table(
        "batch",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "entry",
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("action", sa.Text, sa.CheckConstraint("action IN ('put', 'retire')"), nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("batch", sa.Integer, sa.ForeignKey("batch.id"), nullable=False),
    )
    op.create_index("entry_code", "entry", ["code", "revision"])
    if on_server:
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER entry_no_{verb.lower()} BEFORE {verb} ON entry "
            "BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END"
        )
