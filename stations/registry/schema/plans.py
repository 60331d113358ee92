"""Plans for stations to come."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA

SCENARIO = sa.Table(
    "scenario",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("id", BY_CODE_POINT, nullable=False),  # eight characters, for addresses
    sa.Column("name", BY_CODE_POINT, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("made", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("query", sa.Text, nullable=False),  # JSON of the address's parameters
    sa.Column("list", BY_CODE_POINT, nullable=False),  # name of the `candidate_list` among them, or empty
    sa.Column("revision", sa.Integer, nullable=False),  # of the registry
    sa.Column("digest", sa.Text, nullable=False),  # of the atlas
    sa.Column("plan", sa.Text, nullable=False),  # JSON
    sa.Column("summary", sa.Text, nullable=False),  # JSON
    sa.Index("scenario_id", "id", unique=True),
    sa.Index("scenario_name", "name"),
)

SCENARIO_EVENT = sa.Table(
    "scenario_event",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("scenario", BY_CODE_POINT, nullable=False),  # its id
    sa.Column("what", sa.Text, nullable=False),  # accepted or removed
    sa.Column("key", sa.Text, nullable=False),  # of the site that was accepted, or empty
    sa.Column("code", sa.Text, nullable=False),  # of the station that it became, or empty
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Index("scenario_event_scenario", "scenario"),
)

CANDIDATE_LIST = sa.Table(
    "candidate_list",
    METADATA,
    sa.Column("name", BY_CODE_POINT, primary_key=True),  # of its digest, 16 hexadecimal digits
    sa.Column("at", BY_CODE_POINT, nullable=False),  # when it was last uploaded; ISO 8601, UTC
    sa.Column("count", sa.Integer, nullable=False),  # of its rows
)

CANDIDATE_ROW = sa.Table(
    "candidate_row",
    METADATA,
    sa.Column("list", BY_CODE_POINT, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # from 1
    sa.Column("record", sa.Text, nullable=False),  # JSON
    sa.PrimaryKeyConstraint("list", "number", name="candidate_row_pkc"),
)

SEARCH = sa.Table(
    "search",
    METADATA,
    sa.Column("mark", BY_CODE_POINT, primary_key=True),
    sa.Column("query", sa.Text, nullable=False),  # JSON of the address's parameters
    sa.Column("begun", sa.Double, nullable=False),  # seconds since 1970, UTC
    sa.Column("heard", sa.Double, nullable=False),  # when its process last gave word; likewise
    sa.Column("state", sa.Text, nullable=False),  # waiting, running, ended or failed
    sa.Column("value", sa.Double, nullable=True),
    sa.Column("bound", sa.Double, nullable=True),
    sa.Column("seconds", sa.Double, nullable=False),
    sa.Column("sites", sa.Integer, nullable=True),
    sa.Column("stop", sa.Integer, nullable=False),  # 1 once somebody asked for the best so far
    sa.Column("plan", sa.Text, nullable=False),  # JSON, or empty
    sa.Column("fault", sa.Text, nullable=False),
    sa.Index("search_heard", "heard"),
)
