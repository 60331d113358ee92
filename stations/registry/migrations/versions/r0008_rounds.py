"""The eighth schema: inspections, and the tasks that came of them.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add them."""
    by_code_point = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "inspection",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("checklist", by_code_point, nullable=False),
        sa.Column("state", by_code_point, nullable=False),
        sa.Column("who", by_code_point, nullable=False),
        sa.Column("begun", by_code_point, nullable=False),
        sa.Column("sent", by_code_point, nullable=False),
        sa.Column("day", by_code_point, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("remark", sa.Text, nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("asked", sa.Text, nullable=False),
        sa.Column("verdicts", sa.Text, nullable=False),
    )
    op.create_index("inspection_mark", "inspection", ["mark"], unique=True)
    op.create_index("inspection_code", "inspection", ["code", "day"])
    op.create_index("inspection_day", "inspection", ["day"])
    op.create_table(
        "round_task",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("inspection", sa.Integer, nullable=False),
        sa.Column("item", by_code_point, nullable=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("due", by_code_point, nullable=False),
        sa.Column("person", by_code_point, nullable=False),
        sa.Column("state", by_code_point, nullable=False),
        sa.Column("made_by", by_code_point, nullable=False),
        sa.Column("made", by_code_point, nullable=False),
        sa.Column("done_by", by_code_point, nullable=False),
        sa.Column("done", by_code_point, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("photos", sa.Text, nullable=False),
    )
    op.create_index("round_task_state", "round_task", ["state", "due"])
    op.create_index("round_task_inspection", "round_task", ["inspection"])
