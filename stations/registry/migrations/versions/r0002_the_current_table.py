"""The second schema: what stands now in a table of its own, and entries that remove.

To retire a station is from now on a record like any other, whose status says so.

What `schema` says is written out here again on purpose: a migration keeps to the
schema of its day, whatever becomes of the newest. A test holds the two alike.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

AT_ONCE = 5_000
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def upgrade() -> None:
    """Let entries remove, and lay the current table beside the log."""
    on_server = op.get_bind().dialect.name == "postgresql"
    by_code_point = sa.Text(collation="C") if on_server else sa.Text()
    if on_server:
        op.drop_constraint("entry_action_check", "entry")
        op.execute("UPDATE entry SET action = 'put' WHERE action = 'retire'")
        op.create_check_constraint("entry_action", "entry", "action IN ('put', 'remove')")
    else:
        lay_log_anew()
    op.create_index("entry_batch", "entry", ["batch"])
    op.create_table(
        "station",
        sa.Column("code", by_code_point, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("township", sa.Text, nullable=False),
        sa.Column("lon", sa.Double, nullable=False),
        sa.Column("lat", sa.Double, nullable=False),
        sa.Column("hours_key", sa.Text, nullable=False),
        sa.Column("amenities", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
    )
    fill_current_table()
    for statement in ON_SERVER if on_server else IN_FILE:
        op.execute(statement)
    if sa.inspect(op.get_bind()).has_table("registry_schema"):
        op.drop_table("registry_schema")


def lay_log_anew() -> None:
    """Give the log its new words; SQLite cannot change those of a table that is there."""
    for name in ("entry_no_update", "entry_no_delete"):
        op.execute(f"DROP TRIGGER {name}")
    op.drop_index("entry_code", "entry")
    op.rename_table("entry", "entry_before")
    op.create_table(
        "entry",
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("batch", sa.Integer, sa.ForeignKey("batch.id"), nullable=False),
        sa.CheckConstraint("action IN ('put', 'remove')", name="entry_action"),
    )
    op.execute("INSERT INTO entry SELECT revision, code, 'put', record, batch FROM entry_before ORDER BY revision")
    op.drop_table("entry_before")
    op.create_index("entry_code", "entry", ["code", "revision"])


def fill_current_table() -> None:
    """Put the last record of each station into the current table."""
    connection = op.get_bind()
    station = sa.table("station", *(sa.column(name) for name in (*COLUMNS, "revision", "record")))
    last = sa.text(
        "SELECT revision, record FROM entry WHERE revision IN (SELECT max(revision) FROM entry GROUP BY code) "
        "ORDER BY code"
    )
    for rows in connection.execute(last, execution_options={"yield_per": AT_ONCE}).partitions():
        connection.execute(
            station.insert(),
            [
                {"revision": entry, "record": record, **dict(zip(COLUMNS, columns(json.loads(record)), strict=True))}
                for entry, record in rows
            ],
        )


COLUMNS = ("code", "status", "name", "kind", "host", "township", "lon", "lat", "hours_key", "amenities")


def columns(record: dict[str, Any]) -> tuple[object, ...]:
    """What stands in columns of its own, of one record as the first schema knew it."""
    hours = [record.get("hours", ""), record.get("self_service_hours", ""), season(record), []]
    states = {key: state for key, state in record.get("amenities", {}).items() if state != "unknown"}
    return (
        record["code"],
        record.get("status", "active"),
        record["name"],
        record.get("kind", "rest_station"),
        record.get("host", ""),
        record.get("township", ""),
        record["lon"],
        record["lat"],
        json.dumps(hours, ensure_ascii=False, separators=(",", ":")),
        ";".join(f"{key}={states[key]}" for key in sorted(states)),
    )


def season(record: dict[str, Any]) -> str:
    """The season in OSM grammar, empty for all year."""
    ends = record.get("season_from", ""), record.get("season_to", "")
    if not all(ends):
        return ""
    return "-".join(f"{MONTHS[int(day[:2]) - 1]} {day[3:]}" for day in ends)


IN_FILE = (
    *(
        f"CREATE TRIGGER entry_no_{verb.lower()} BEFORE {verb} ON entry "
        "BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    (
        "CREATE TRIGGER entry_next BEFORE INSERT ON entry "
        "WHEN NEW.revision IS NOT (SELECT coalesce(max(revision), 0) + 1 FROM entry) "
        "BEGIN SELECT RAISE(ABORT, 'revisions of the log rise by one'); END"
    ),
)

ON_SERVER = (
    (
        "CREATE FUNCTION entry_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'the log is only ever added to'; END$$"
    ),
    *(
        f"CREATE TRIGGER entry_no_{verb.lower()} BEFORE {verb} ON entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION entry_only_added_to()"
        for verb in ("UPDATE", "DELETE", "TRUNCATE")
    ),
    (
        "ALTER TABLE station ADD COLUMN position geometry(Point, 4326) "
        "GENERATED ALWAYS AS (ST_SetSRID(ST_MakePoint(lon, lat), 4326)) STORED"
    ),
    "CREATE INDEX station_position ON station USING gist (position)",
    (
        "CREATE VIEW station_public AS SELECT code, name, status, kind, host, township, "
        "record::json->>'address' AS address, "
        "record::json->>'hours' AS hours, "
        "record::json->>'self_service_hours' AS self_service_hours, "
        "record::json->>'phone' AS phone, "
        "amenities, lon, lat, position, revision FROM station"
    ),
)
