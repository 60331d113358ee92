"""Notices: what there is to tell, who wants to be told, and what became of telling them.

What is wanted is in `notice_choice` and `notice_hook`. `notice_head` says up to where the log, the cautions and the
proposals were looked through, and `notice_standing` what stood then; `notice_event` has what was found, and
`notice_reached` up to which event everybody has been served. `notice_delivery` is the outbox, and `notice_try` what was
answered each time.
"""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA

NOTICE_CHOICE = sa.Table(
    "notice_choice",
    METADATA,
    sa.Column("login", BY_CODE_POINT, primary_key=True),
    sa.Column("kinds", sa.Text, nullable=False),  # JSON list
    sa.Column("rhythm", sa.Text, nullable=False),  # never, at_once or daily
)

NOTICE_HOOK = sa.Table(
    "notice_hook",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("area", BY_CODE_POINT, nullable=False),  # prefix of the administrative code
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text, nullable=False),  # JSON list
    sa.Column("secret", sa.Text, nullable=False),  # encrypted; empty once it is gone
    sa.Column("state", sa.Text, nullable=False),  # on, paused or gone
    sa.Column("made", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("made_by", sa.Text, nullable=False),  # log-in name
)

NOTICE_HEAD = sa.Table(
    "notice_head",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.Integer, nullable=False),  # of the log
    sa.Column("change", sa.Integer, nullable=False),  # of `upkeep_head`
    sa.Column("proposal", sa.Integer, nullable=False),  # number of the last one seen
    sa.Column("day", BY_CODE_POINT, nullable=False),  # ISO 8601, on which overdue checks were last looked through
    sa.CheckConstraint("id = 1", name="notice_head_one"),
)

NOTICE_STANDING = sa.Table(
    "notice_standing",
    METADATA,
    sa.Column("mark", BY_CODE_POINT, primary_key=True),  # of what stood when last looked at, as "proposal 12"
)

NOTICE_LEASE = sa.Table(
    "notice_lease",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("holder", sa.Text, nullable=False),  # random, of one process
    sa.Column("until", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.CheckConstraint("id = 1", name="notice_lease_one"),
)

NOTICE_EVENT = sa.Table(
    "notice_event",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("mark", BY_CODE_POINT, nullable=False),  # says what it is, so that nothing is found twice
    sa.Column("kind", BY_CODE_POINT, nullable=False),
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC, when it was found
    sa.Column("township", BY_CODE_POINT, nullable=False),
    sa.Column("who", sa.Text, nullable=False),  # log-in name of who did it, or empty
    sa.Column("data", sa.Text, nullable=False),  # JSON
    sa.Index("notice_event_mark", "mark", unique=True),
)

NOTICE_REACHED = sa.Table(
    "notice_reached",
    METADATA,
    sa.Column("target", BY_CODE_POINT, primary_key=True),  # "mail" and a log-in name, or "hook" and a number
    sa.Column("upto", sa.Integer, nullable=False),  # number of the last event that was looked at for it
    sa.Column("day", BY_CODE_POINT, nullable=False),  # ISO 8601, of the last daily letter
)

NOTICE_DELIVERY = sa.Table(
    "notice_delivery",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("target", BY_CODE_POINT, nullable=False),  # as in `notice_reached`
    sa.Column("events", sa.Text, nullable=False),  # JSON list of numbers
    sa.Column("made", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("due", BY_CODE_POINT, nullable=False),  # likewise, of the next try
    sa.Column("held", BY_CODE_POINT, nullable=False),  # likewise, until when somebody is at it; or empty
    sa.Column("tries", sa.Integer, nullable=False),  # so far
    sa.Column("remaining", sa.Integer, nullable=False),  # tries until it is given up
    sa.Column("state", BY_CODE_POINT, nullable=False),  # waiting, sent, given_up or dropped
    sa.Index("notice_delivery_state", "state", "due"),
    sa.Index("notice_delivery_target", "target", "number"),
)

NOTICE_TRY = sa.Table(
    "notice_try",
    METADATA,
    sa.Column("delivery", sa.Integer, sa.ForeignKey("notice_delivery.number"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("took_ms", sa.Integer, nullable=False),
    sa.Column("good", sa.Integer, nullable=False),  # 1 where it was taken
    sa.Column("answer", sa.Text, nullable=False),  # what was answered, cut
    sa.PrimaryKeyConstraint("delivery", "number", name="notice_try_pkc"),
)
