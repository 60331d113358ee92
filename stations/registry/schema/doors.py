"""Other ways in: a password set anew by mail, an address that is proven by it, and an organisation’s own sign-in."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA

RESET_LINK = sa.Table(
    "reset_link",
    METADATA,
    sa.Column("mark", BY_CODE_POINT, primary_key=True),  # SHA-256 of what stands in the letter, hexadecimal
    sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("until", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Index("reset_link_person", "person"),
)

MAIL_LINK = sa.Table(
    "mail_link",
    METADATA,
    sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), primary_key=True, autoincrement=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),  # as of `reset_link`
    sa.Column("mail", sa.Text, nullable=False),  # that the letter went to
    sa.Column("until", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
)

IDENTITY = sa.Table(
    "identity",
    METADATA,
    sa.Column("issuer", BY_CODE_POINT, nullable=False),  # of OpenID Connect, an address
    sa.Column("subject", BY_CODE_POINT, nullable=False),  # what the issuer calls somebody for good
    sa.Column("person", sa.Integer, sa.ForeignKey("person.id"), nullable=False),
    sa.Column("bound", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.PrimaryKeyConstraint("issuer", "subject", name="identity_pkc"),
    sa.Index("identity_person", "person", "issuer", unique=True),
)

SPENT_STATE = sa.Table(
    "spent_state",
    METADATA,
    sa.Column("mark", BY_CODE_POINT, primary_key=True),  # SHA-256 of what a browser brought back, hexadecimal
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
)
