"""The tenth schema: notices, and what became of each.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    by_code_point = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "notice_choice",
        sa.Column("login", by_code_point, primary_key=True),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("rhythm", sa.Text, nullable=False),
    )
    op.create_table(
        "notice_hook",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("area", by_code_point, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made", by_code_point, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
    )
    op.create_table(
        "notice_head",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
        sa.Column("proposal", sa.Integer, nullable=False),
        sa.Column("day", by_code_point, nullable=False),
        sa.CheckConstraint("id = 1", name="notice_head_one"),
    )
    op.create_table(
        "notice_watched",
        sa.Column("proposal", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "notice_lease",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", by_code_point, nullable=False),
        sa.CheckConstraint("id = 1", name="notice_lease_one"),
    )
    op.create_table(
        "notice_event",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.Column("kind", by_code_point, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
    )
    op.create_index("notice_event_mark", "notice_event", ["mark"], unique=True)
    op.create_table(
        "notice_reached",
        sa.Column("target", by_code_point, primary_key=True),
        sa.Column("upto", sa.Integer, nullable=False),
        sa.Column("day", by_code_point, nullable=False),
    )
    op.create_table(
        "notice_delivery",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("target", by_code_point, nullable=False),
        sa.Column("events", sa.Text, nullable=False),
        sa.Column("made", by_code_point, nullable=False),
        sa.Column("due", by_code_point, nullable=False),
        sa.Column("held", by_code_point, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("remaining", sa.Integer, nullable=False),
        sa.Column("state", by_code_point, nullable=False),
    )
    op.create_index("notice_delivery_state", "notice_delivery", ["state", "due"])
    op.create_index("notice_delivery_target", "notice_delivery", ["target", "number"])
    op.create_table(
        "notice_try",
        sa.Column("delivery", sa.Integer, sa.ForeignKey("notice_delivery.number"), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("took_ms", sa.Integer, nullable=False),
        sa.Column("good", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("delivery", "number", name="notice_try_pkc"),
    )
