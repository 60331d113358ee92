"""The fourth schema: plans that were saved for stations to come, uploaded places, and the searches that run.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables; what stands already is not touched."""
    on_server = op.get_bind().dialect.name == "postgresql"
    by_code_point = sa.Text(collation="C") if on_server else sa.Text()
    op.create_table(
        "scenario",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", by_code_point, nullable=False),
        sa.Column("name", by_code_point, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("made", by_code_point, nullable=False),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("list", by_code_point, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
    )
    op.create_index("scenario_id", "scenario", ["id"], unique=True)
    op.create_index("scenario_name", "scenario", ["name"])
    op.create_table(
        "scenario_event",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("scenario", by_code_point, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
    )
    op.create_index("scenario_event_scenario", "scenario_event", ["scenario"])
    op.create_table(
        "candidate_list",
        sa.Column("name", by_code_point, primary_key=True),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_table(
        "candidate_row",
        sa.Column("list", by_code_point, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("list", "number", name="candidate_row_pkc"),
    )
    op.create_table(
        "search",
        sa.Column("mark", by_code_point, primary_key=True),
        sa.Column("query", sa.Text, nullable=False),
        sa.Column("begun", sa.Double, nullable=False),
        sa.Column("heard", sa.Double, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("value", sa.Double, nullable=True),
        sa.Column("bound", sa.Double, nullable=True),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("sites", sa.Integer, nullable=True),
        sa.Column("stop", sa.Integer, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("fault", sa.Text, nullable=False),
    )
    op.create_index("search_heard", "search", ["heard"])
