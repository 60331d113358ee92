"""The eleventh schema: a password set anew by mail, and an organisation’s own sign-in.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Add them; who is there already has no address."""
    by_code_point = sa.Text(collation="C") if op.get_bind().dialect.name == "postgresql" else sa.Text()
    op.create_table(
        "reset_link",
        sa.Column("mark", by_code_point, primary_key=True),
        sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("until", by_code_point, nullable=False),
    )
    op.create_index("reset_link_person", "reset_link", ["person"])
    op.create_table(
        "identity",
        sa.Column("issuer", by_code_point, nullable=False),
        sa.Column("subject", by_code_point, nullable=False),
        sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("bound", by_code_point, nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject", name="identity_pkc"),
    )
    op.create_index("identity_person", "identity", ["person", "issuer"], unique=True)
    op.create_table(
        "spent_state",
        sa.Column("mark", by_code_point, primary_key=True),
        sa.Column("at", by_code_point, nullable=False),
    )
    op.add_column("person", sa.Column("mail", sa.Text, nullable=False, server_default=""))
