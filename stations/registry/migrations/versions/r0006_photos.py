"""The sixth schema: photographs of stations, and the links by which passers-by see what became of a suggestion.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add them."""
    by_code_point = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "photo",
        sa.Column("name", by_code_point, primary_key=True),
        sa.Column("width", sa.Integer, nullable=False),
        sa.Column("height", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.Column("small", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "photo_of",
        sa.Column("name", by_code_point, nullable=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("what", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("who", by_code_point, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.PrimaryKeyConstraint("name", "code", "what", name="photo_of_pkc"),
    )
    op.create_index("photo_of_code", "photo_of", ["code", "what"])
    op.create_table(
        "suggested",
        sa.Column("mark", by_code_point, primary_key=True),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
    )
    op.create_index("suggested_number", "suggested", ["number"])
