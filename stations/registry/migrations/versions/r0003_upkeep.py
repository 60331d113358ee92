"""The third schema: what people at the doors say of a station, apart from the log.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; what stands already is not touched."""
    on_server = op.get_bind().dialect.name == "postgresql"
    by_code_point = sa.Text(collation="C") if on_server else sa.Text()
    op.create_table(
        "report",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amenity", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("found", by_code_point, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("person", sa.Integer, nullable=False),
        sa.Column("counts", sa.Integer, nullable=False),
        sa.Column("cleared", by_code_point, nullable=False),
        sa.Column("looked_by", sa.Text, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
    )
    op.create_index("report_code", "report", ["code", "found"])
    op.create_index("report_change", "report", ["change"])
    op.create_table(
        "confirmed",
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("aspect", by_code_point, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last", by_code_point, nullable=False),
        sa.PrimaryKeyConstraint("code", "aspect", name="confirmed_pkc"),
    )
    op.create_table(
        "day_count",
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("day", by_code_point, nullable=False),
        sa.Column("visits", sa.Integer, nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
        sa.Column("confirmations", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", "day", name="day_count_pkc"),
    )
    op.create_table(
        "sender",
        sa.Column("what", by_code_point, nullable=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("about", by_code_point, nullable=False),
        sa.Column("device", by_code_point, nullable=False),
        sa.Column("network", by_code_point, nullable=False),
        sa.Column("day", by_code_point, nullable=False),
        sa.PrimaryKeyConstraint("what", "code", "about", "device", name="sender_pkc"),
    )
    op.create_index("sender_day", "sender", ["day"])
    op.create_table(
        "secret",
        sa.Column("name", by_code_point, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "upkeep_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("change", sa.Integer, nullable=False),
        sa.CheckConstraint("id = 1", name="upkeep_head_one"),
    )
