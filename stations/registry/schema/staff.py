"""The staff, the trail of what was done at their doors, and what was proposed."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA, once_made

PERSON = sa.Table(
    "person",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("login", BY_CODE_POINT, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),  # zh or en
    sa.Column("password", sa.Text, nullable=False),  # Argon2id, or empty where none was set
    sa.Column("must_change", sa.Integer, nullable=False),  # 1 while the password is one that somebody else gave
    sa.Column("disabled", sa.Integer, nullable=False),
    sa.Column("factor", sa.Text, nullable=False),  # encrypted secret of the second factor, or empty
    sa.Column("factor_step", sa.Integer, nullable=False),  # of the last code taken, so that none is taken twice
    sa.Column("made", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("mail", sa.Text, nullable=False, server_default=""),  # address for letters, or empty
    sa.Index("person_login", "login", unique=True),
)

PERSON_GRANT = sa.Table(
    "person_grant",
    METADATA,
    sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("role", BY_CODE_POINT, nullable=False),
    sa.Column("area", BY_CODE_POINT, nullable=False),  # prefix of the administrative code
    sa.Column("stations", sa.Text, nullable=False),  # JSON list of codes
    sa.PrimaryKeyConstraint("person", "role", "area", name="person_grant_pkc"),
)

RECOVERY = sa.Table(
    "recovery",
    METADATA,
    sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),  # keyed hash of a code that was not used yet, hexadecimal
    sa.PrimaryKeyConstraint("person", "mark", name="recovery_pkc"),
)

SIGNED_IN = sa.Table(
    "signed_in",
    METADATA,
    sa.Column("mark", BY_CODE_POINT, primary_key=True),  # SHA-256 of what the browser holds, hexadecimal
    sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("begun", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("heard", BY_CODE_POINT, nullable=False),  # likewise, to five minutes
    sa.Column("agent", sa.Text, nullable=False),  # what the browser calls itself, cut
    sa.Index("signed_in_person", "person"),
)

FAILED = sa.Table(
    "failed",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),  # keyed hash of a log-in name or a network, hexadecimal
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Index("failed_mark", "mark", "at"),
)

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("who", BY_CODE_POINT, nullable=False),  # log-in name; empty where nobody was signed in
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False),
    sa.Column("area", BY_CODE_POINT, nullable=False),  # where it belongs, or empty
    sa.Column("network", sa.Text, nullable=False),  # keyed hash, or empty
    sa.Column("mark", sa.Text, nullable=False),  # SHA-256 of this row and of the mark before it, hexadecimal
)

PROPOSAL = sa.Table(
    "proposal",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", BY_CODE_POINT, nullable=False),  # of the station
    sa.Column("township", BY_CODE_POINT, nullable=False),  # of the station, when it was proposed
    sa.Column("revision", sa.Integer, nullable=False),  # of the station's record that it was made on
    sa.Column("record", sa.Text, nullable=False),  # JSON of the whole station, as it is proposed
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("who", BY_CODE_POINT, nullable=False),  # log-in name
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("state", sa.Text, nullable=False),  # open, accepted, changed, refused or withdrawn
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("settled_by", sa.Text, nullable=False),  # log-in name, or empty
    sa.Column("settled", sa.Text, nullable=False),  # ISO 8601, UTC, or empty
    sa.Column("result", sa.Integer, nullable=False),  # revision that came of it, or 0
    sa.Column("seen", sa.Integer, nullable=False),  # 1 once the proposer has seen the outcome
    sa.Index("proposal_state", "state"),
    sa.Index("proposal_who", "who"),
    sa.Index("proposal_code", "code"),
)

AUDIT_ONLY_ADDED_TO = {
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
"""The same for what was done at the doors of the staff."""

once_made(AUDIT, AUDIT_ONLY_ADDED_TO)
