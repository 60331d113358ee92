"""Tables of the registry, the same on SQLite and PostgreSQL.

One log, `entry`, to which rows are only ever added, and `batch`, which says who
added them, when and from what. `station` is what stands now, by the log; it is
written in the same transaction and could be made again from it at any time.

Beside them, and apart from the log, stands what people at the doors say of a
station: `report`, `confirmed` and `day_count`. Who said it is nowhere in these:
`sender` holds keyed hashes, and `secret` their keys, which are forgotten after two
days.
"""

from __future__ import annotations

import sqlalchemy as sa

NEWEST = "0003"
"""The schema that this program works with: the last of `migrations`."""

METADATA = sa.MetaData()

# By code point on both stores, whatever the language of a server; SQLite does so anyway.
_BY_CODE_POINT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

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
    sa.Column("at", _BY_CODE_POINT, nullable=False),  # ISO 8601, UTC
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),  # how many entries
)

ENTRY = sa.Table(
    "entry",
    METADATA,
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", _BY_CODE_POINT, nullable=False),
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
    sa.Column("code", _BY_CODE_POINT, primary_key=True),
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

REPORT = sa.Table(
    "report",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", _BY_CODE_POINT, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("amenity", sa.Text, nullable=False),  # which one, or empty
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("found", _BY_CODE_POINT, nullable=False),  # ISO 8601, UTC, to the minute
    sa.Column("revision", sa.Integer, nullable=False),  # of the station's record that it is about
    sa.Column("person", sa.Integer, nullable=False),  # tells independent reports of the same thing apart
    sa.Column("counts", sa.Integer, nullable=False),  # 1 where it is part of a caution, else 0
    sa.Column("cleared", _BY_CODE_POINT, nullable=False),  # like found, or empty while it stands
    sa.Column("looked_by", sa.Text, nullable=False),  # who of the staff looked, or empty
    sa.Column("change", sa.Integer, nullable=False),  # of `upkeep_head` that last touched the caution
    sa.Index("report_code", "code", "found"),
    sa.Index("report_change", "change"),
)

CONFIRMED = sa.Table(
    "confirmed",
    METADATA,
    sa.Column("code", _BY_CODE_POINT, nullable=False),
    sa.Column("aspect", _BY_CODE_POINT, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # of the station's record that it is about
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("last", _BY_CODE_POINT, nullable=False),  # ISO 8601, UTC, to the minute
    sa.PrimaryKeyConstraint("code", "aspect", name="confirmed_pkc"),
)

DAY_COUNT = sa.Table(
    "day_count",
    METADATA,
    sa.Column("code", _BY_CODE_POINT, nullable=False),
    sa.Column("day", _BY_CODE_POINT, nullable=False),  # ISO 8601, in the registry's time zone
    sa.Column("visits", sa.Integer, nullable=False),
    sa.Column("reports", sa.Integer, nullable=False),
    sa.Column("confirmations", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("code", "day", name="day_count_pkc"),
)

SENDER = sa.Table(
    "sender",
    METADATA,
    sa.Column("what", _BY_CODE_POINT, nullable=False),  # report, confirm or visit
    sa.Column("code", _BY_CODE_POINT, nullable=False),
    sa.Column("about", _BY_CODE_POINT, nullable=False),  # id of the report; aspect and day; day of the visit
    sa.Column("device", _BY_CODE_POINT, nullable=False),  # HMAC-SHA256 with the key of the day, hexadecimal
    sa.Column("network", _BY_CODE_POINT, nullable=False),  # likewise
    sa.Column("day", _BY_CODE_POINT, nullable=False),  # of that key
    sa.PrimaryKeyConstraint("what", "code", "about", "device", name="sender_pkc"),
    sa.Index("sender_day", "day"),
)

SECRET = sa.Table(
    "secret",
    METADATA,
    sa.Column("name", _BY_CODE_POINT, primary_key=True),  # "cookies", or "day" and which
    sa.Column("value", sa.Text, nullable=False),  # random, hexadecimal
)

UPKEEP_HEAD = sa.Table(
    "upkeep_head",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("change", sa.Integer, nullable=False),  # rises with every change of a caution
    sa.CheckConstraint("id = 1", name="upkeep_head_one"),
)

KEPT = (REPORT, CONFIRMED, DAY_COUNT)
"""What of these a backup holds, beside the log."""

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

for _table, _statements in ((ENTRY, ONLY_ADDED_TO), (STATION, FOR_MAPS)):
    for _dialect, _ddl in _statements.items():
        for _statement in _ddl:
            sa.event.listen(
                _table,
                "after_create",
                sa.DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]  # SQLAlchemy gives it no types
            )
