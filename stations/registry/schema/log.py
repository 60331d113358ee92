"""The log of the stations, and what stands by it now."""

from __future__ import annotations

import sqlalchemy as sa

from stations.registry.schema.making import BY_CODE_POINT, METADATA, once_made

VERSION = sa.Table(
    "alembic_version",
    METADATA,
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

BATCH = sa.Table(
    "batch",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),  # name of the file it came from, or empty
    sa.Column("digest", sa.Text, nullable=False),  # SHA-256 of that file, or empty
    sa.Column("at", BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),  # how many entries
)

ENTRY = sa.Table(
    "entry",
    METADATA,
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", BY_CODE_POINT, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("record", sa.Text, nullable=False),  # JSON of the whole station, as of this revision
    sa.Column("batch", sa.Integer, sa.ForeignKey("batch.id"), nullable=False),
    sa.CheckConstraint("action IN ('put', 'remove')", name="entry_action"),
    sa.Index("entry_code", "code", "revision"),
    sa.Index("entry_batch", "batch"),
)

STATION = sa.Table(
    "station",
    METADATA,
    sa.Column("code", BY_CODE_POINT, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),  # of the entry that it stands by
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("township", sa.Text, nullable=False),
    sa.Column("lon", sa.Double, nullable=False),
    sa.Column("lat", sa.Double, nullable=False),
    sa.Column("hours_key", sa.Text, nullable=False),  # JSON: staffed, self-service, season, closures
    sa.Column("amenities", sa.Text, nullable=False),  # key=state;key=state
    sa.Column("record", sa.Text, nullable=False),
)

ONLY_ADDED_TO = {
    "sqlite": (
        *(
            f"CREATE TRIGGER entry_no_{verb.lower()} BEFORE {verb} ON entry "
            "BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END"
            for verb in ("UPDATE", "DELETE")
        ),
        # INSERT OR REPLACE takes the row away without asking the trigger above.
        (
            "CREATE TRIGGER entry_next BEFORE INSERT ON entry "
            "WHEN NEW.revision IS NOT (SELECT coalesce(max(revision), 0) + 1 FROM entry) "
            "BEGIN SELECT RAISE(ABORT, 'revisions of the log rise by one'); END"
        ),
    ),
    "postgresql": (
        (
            "CREATE FUNCTION entry_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN RAISE EXCEPTION 'the log is only ever added to'; END$$"
        ),
        *(
            f"CREATE TRIGGER entry_no_{verb.lower()} BEFORE {verb} ON entry "
            "FOR EACH STATEMENT EXECUTE FUNCTION entry_only_added_to()"
            for verb in ("UPDATE", "DELETE", "TRUNCATE")
        ),
    ),
}
"""What keeps every program from changing the log, by store."""

FOR_MAPS = {
    "postgresql": (
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
    ),
}
"""What people with a GIS program read: a geometry, its index, and a view of public fields."""

once_made(ENTRY, ONLY_ADDED_TO)
once_made(STATION, FOR_MAPS)
