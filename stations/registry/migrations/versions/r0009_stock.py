"""The ninth schema: what stations hold, serve and count.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the tables; what stands already is not touched."""
    by_code_point = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "supply_movement",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("item", by_code_point, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("expires", by_code_point, nullable=False),
        sa.Column("day", by_code_point, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
    )
    op.create_index("supply_movement_code", "supply_movement", ["code", "item", "number"])
    op.create_index("supply_movement_mark", "supply_movement", ["mark"])
    op.create_table(
        "supply_level",
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("item", by_code_point, nullable=False),
        sa.Column("there", sa.Integer, nullable=False),
        sa.Column("expires", by_code_point, nullable=False),
        sa.Column("counted", by_code_point, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("code", "item", name="supply_level_pkc"),
    )
    op.create_table(
        "supply_target",
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("item", by_code_point, nullable=False),
        sa.Column("target", sa.Integer, nullable=False),
        sa.Column("low", sa.Integer, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.PrimaryKeyConstraint("code", "item", name="supply_target_pkc"),
    )
    op.create_table(
        "service_entry",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.Column("service", sa.Integer, nullable=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("stands", sa.Integer, nullable=False),
    )
    op.create_index("service_entry_service", "service_entry", ["service", "number"])
    op.create_index("service_entry_code", "service_entry", ["code"])
    op.create_index("service_entry_mark", "service_entry", ["mark"])
    op.create_table(
        "service_count",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.Column("service", sa.Integer, nullable=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("day", by_code_point, nullable=False),
        sa.Column("served", sa.Integer, nullable=False),
        sa.Column("taken_back", sa.Integer, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("stands", sa.Integer, nullable=False),
    )
    op.create_index("service_count_service", "service_count", ["service", "day"])
    op.create_index("service_count_day", "service_count", ["day"])
    op.create_index("service_count_mark", "service_count", ["mark"])
    op.create_table(
        "visit_count",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("day", by_code_point, nullable=False),
        sa.Column("source", by_code_point, nullable=False),
        sa.Column("people", sa.Integer, nullable=False),
        sa.Column("taken_back", sa.Integer, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("stands", sa.Integer, nullable=False),
    )
    op.create_index("visit_count_code", "visit_count", ["code", "day"])
    op.create_index("visit_count_day", "visit_count", ["day"])
    op.create_index("visit_count_mark", "visit_count", ["mark"])
