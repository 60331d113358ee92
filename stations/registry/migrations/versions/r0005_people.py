"""The fifth schema: the staff, what they may do, the trail of what was done at their doors, and what was proposed.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ONLY_ADDED_TO = {
    "sqlite": (
        *(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit trail is only ever added to'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        (
            "CREATE TRIGGER audit_next BEFORE INSERT ON audit "
            "WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit) "
            "BEGIN SELECT RAISE(ABORT, 'numbers of the audit trail rise by one'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION audit_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'the audit trail is only ever added to'; END$$"
        ),
        *(
            f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_only_added_to()"
            for verb in ("UPDATE", "DELETE", "TRUNCATE")
        ),
    ),
}


def upgrade() -> None:
    """Make the tables; what stands already is not touched."""
    dialect = op.get_bind().dialect.name
    by_code_point = sa.Text(collation="C") if dialect == "postgresql" else sa.Text()
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("login", by_code_point, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("must_change", sa.Integer, nullable=False),
        sa.Column("disabled", sa.Integer, nullable=False),
        sa.Column("factor", sa.Text, nullable=False),
        sa.Column("factor_step", sa.Integer, nullable=False),
        sa.Column("made", by_code_point, nullable=False),
    )
    op.create_index("person_login", "person", ["login"], unique=True)
    op.create_table(
        "person_grant",
        sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("role", by_code_point, nullable=False),
        sa.Column("area", by_code_point, nullable=False),
        sa.Column("stations", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("person", "role", "area", name="person_grant_pkc"),
    )
    op.create_table(
        "recovery",
        sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.PrimaryKeyConstraint("person", "mark", name="recovery_pkc"),
    )
    op.create_table(
        "signed_in",
        sa.Column("mark", by_code_point, primary_key=True),
        sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("begun", by_code_point, nullable=False),
        sa.Column("heard", by_code_point, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
    )
    op.create_index("signed_in_person", "signed_in", ["person"])
    op.create_table(
        "failed",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mark", by_code_point, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
    )
    op.create_index("failed_mark", "failed", ["mark", "at"])
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("who", by_code_point, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("area", by_code_point, nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("mark", sa.Text, nullable=False),
    )
    op.create_table(
        "proposal",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", by_code_point, nullable=False),
        sa.Column("township", by_code_point, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("who", by_code_point, nullable=False),
        sa.Column("at", by_code_point, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("settled_by", sa.Text, nullable=False),
        sa.Column("settled", sa.Text, nullable=False),
        sa.Column("result", sa.Integer, nullable=False),
        sa.Column("seen", sa.Integer, nullable=False),
    )
    op.create_index("proposal_state", "proposal", ["state"])
    op.create_index("proposal_who", "proposal", ["who"])
    op.create_index("proposal_code", "proposal", ["code"])
    for statement in ONLY_ADDED_TO[dialect]:
        op.execute(statement)
