"""The thirteenth schema: what stands when it is looked for news, and addresses that wait to be proven.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add them; proposals that are watched stand beside all else from now on."""
    connection = op.get_bind()
    by_code_point = sa.Text(collation="C") if connection.dialect.name == "postgresql" else sa.Text()
    op.create_table("notice_standing", sa.Column("mark", by_code_point, primary_key=True))
    connection.execute(sa.text("INSERT INTO notice_standing (mark) SELECT 'proposal ' || proposal FROM notice_watched"))
    op.drop_table("notice_watched")
    op.create_table(
        "mail_link",
        sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), primary_key=True, autoincrement=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.Column("mail", sa.Text, nullable=False),
        sa.Column("until", by_code_point, nullable=False),
    )
