"""From an older schema to the newest: nothing is lost, and the outcome is as if made today."""

import json
import sqlite3
from contextlib import closing

import numpy as np
import orjson
import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from stations.errors import RegistryError, SchemaError
from stations.registry.entries import Action
from stations.registry.log import Registry
from stations.registry.migrating import MIGRATIONS, ready_server, upgrade
from stations.registry.placing import station_row
from stations.registry.schema import DAY_COUNT, NEWEST, VISIT_COUNT
from stations.registry.stores import open_store
from stations.registry.verifying import verify
from stations.registry.visitmonths import unpacked
from stations.upkeep.facts import Sender
from stations.upkeep.saying import Upkeep

# What the first version of the program made, word for word.
FIRST_SCHEMA = """
CREATE TABLE registry_schema (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
CREATE TABLE batch (
	id INTEGER NOT NULL, 
	what TEXT NOT NULL, 
	source TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	count INTEGER NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE entry (
	revision INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	action TEXT NOT NULL CHECK (action IN ('put', 'retire')), 
	record TEXT NOT NULL, 
	batch INTEGER NOT NULL, 
	PRIMARY KEY (revision), 
	FOREIGN KEY(batch) REFERENCES batch (id)
);
CREATE INDEX entry_code ON entry (code, revision);
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the log is only ever added to'); END;
INSERT INTO registry_schema VALUES (1);
"""  # noqa: W291  so it was

RECORDS = (
    ("A", "put", {"code": "A", "lon": 116.3, "lat": 28.3, "name": "甲"}),
    ("B", "put", {"code": "B", "lon": 116.4, "lat": 28.4, "name": "乙", "hours": "Mo-Fr 08:00-18:00"}),
    (
        "A",
        "retire",
        {
            "code": "A",
            "lon": 116.3,
            "lat": 28.3,
            "name": "甲 “one”",
            "kind": "nursing_room",
            "host": "bank",
            "township": "361102001",
            "hours": "24/7",
            "self_service_hours": "Mo-Su 20:00-24:00",
            "season_from": "06-01",
            "season_to": "09-30",
            "amenities": {"microwave": "no", "water": "yes"},
            "status": "retired",
        },
    ),
)


def lay_first_schema(file, records=RECORDS):
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(FIRST_SCHEMA)
        connection.execute(
            "INSERT INTO batch VALUES (1, 'import', 'list.csv', 'abc', '2025-03-01T12:00:00+00:00', 'clerk', ?)",
            (len(records),),
        )
        connection.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, 1)",
            [
                (revision, code, action, orjson.dumps(record).decode())
                for revision, (code, action, record) in enumerate(records, start=1)
            ],
        )


@pytest.fixture
def old(file, in_file):
    lay_first_schema(file)
    return in_file


def content(store, table):
    with store.reading() as connection:
        return connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1").all()


def test_an_older_registry_names_the_command(old):
    with pytest.raises(SchemaError, match="flask registry upgrade") as caught:
        Registry.open(old)
    assert caught.value.values == {"name": "registry.db", "found": "0001", "wanted": NEWEST}


def test_an_upgrade_keeps_the_log_and_lays_the_current_table(old, opened):
    assert upgrade(old, 1).before == "0001"
    registry = opened(old)
    assert [(row.revision, row.code, row.action) for row in registry.entries()] == [
        (1, "A", "put"),
        (2, "B", "put"),
        (3, "A", "put"),
    ]
    assert [json.loads(row.record) for row in registry.entries()] == [record for _, _, record in RECORDS]
    assert registry.history("A")[0].batch.who == "clerk"
    assert registry.history("A")[1].action is Action.PUT
    snapshot = registry.snapshot()
    assert snapshot.active.tolist() == [False, True]
    rows = {row[0]: tuple(row) for row in content(registry.store, "station")}
    for code, revision in (("A", 3), ("B", 2)):
        record = snapshot.record_of(code).decode()
        assert rows[code] == station_row(snapshot.station(code), revision, record)


def test_an_upgraded_registry_is_written_like_a_new_one(old, opened, make_station, noon):
    upgrade(old, 1)
    registry = opened(old)
    assert registry.append([make_station("C")], what="edit", who="tester", at=noon).revision == 4
    assert registry.remove(["A"], who="tester", at=noon).revision == 5
    assert registry.snapshot().codes == ("B", "C")


def test_a_record_that_is_as_it_was_adds_nothing_after_an_upgrade(old, opened, noon):
    upgrade(old, 1)
    registry = opened(old)
    assert registry.write(lambda now: now.stations, what="edit", who="tester", at=noon).batch is None


def test_an_empty_registry_is_upgraded(file, in_file, opened):
    lay_first_schema(file, ())
    upgrade(in_file, 1)
    assert len(opened(in_file).snapshot()) == 0


def test_again_changes_nothing(old):
    upgrade(old, 1)
    assert upgrade(old, 1).before == NEWEST


def test_in_an_empty_place_a_new_one_is_made(database, open_registry):
    assert upgrade(database, 1).after == NEWEST
    assert open_registry().snapshot().revision == 0


def test_an_upgrade_that_fails_changes_nothing(file, in_file):
    lay_first_schema(file, (*RECORDS, ("C", "put", {"code": "C", "name": "without a position"})))
    before = file.read_bytes()
    with pytest.raises(KeyError):
        upgrade(in_file, 1)
    assert file.read_bytes() == before
    with pytest.raises(SchemaError, match="0001"):
        Registry.open(in_file)


def test_an_upgrade_waits_for_no_writer(old, file):
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryError, match="locked"):
            upgrade(old, 0.1)


def test_a_newer_registry_is_left_to_the_newer_program(registry, open_registry, database):
    with registry.store.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0099'")
    for attempt in (open_registry, lambda: upgrade(database, 1)):
        with pytest.raises(SchemaError, match="newer version of the program"):
            attempt()


def test_another_programs_database(database, open_registry):
    store = open_store(database, 1)
    with store.engine.begin() as connection:
        for table in ("station", "entry", "batch"):
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {table} CASCADE" if store.on_server else "SELECT 1")
        connection.exec_driver_sql("CREATE TABLE recipes (title TEXT)")
    store.close()
    for attempt in (open_registry, lambda: upgrade(database, 1)):
        with pytest.raises(RegistryError, match="another program"):
            attempt()


def schema_of(store):
    """Everything that makes a database what it is, but the order in which it was made."""
    with store.reading() as connection:
        if not store.on_server:
            made = connection.exec_driver_sql("SELECT type, name, tbl_name, sql FROM sqlite_master").all()
            # A column that is added to a table stands behind its keys.
            return {(*row[:3], frozenset(part.strip(" \n\t)") for part in (row[3] or "").split(","))) for row in made}
        columns = (
            "SELECT table_name, column_name, ordinal_position, data_type, udt_name, collation_name, is_nullable, "
            "column_default, is_generated, generation_expression FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name NOT LIKE 'geo%' AND table_name <> 'spatial_ref_sys'"
        )
        constraints = (
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace"
        )
        asked = (
            columns,
            constraints,
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
            "SELECT viewname, '', definition FROM pg_views WHERE schemaname = 'public'",
            "SELECT proname, '', prosrc FROM pg_proc WHERE proname = 'entry_only_added_to'",
        )
        return {row for statement in asked for row in connection.execute(sa.text(statement))}


def test_by_migrations_or_made_today_the_schema_is_the_same_in_a_file(old, opened, tmp_path):
    upgrade(old, 1)
    new = opened(f"sqlite:///{tmp_path / 'new.db'}")
    assert schema_of(opened(old).store) == schema_of(new.store)


def test_by_migrations_or_made_today_the_schema_is_the_same_on_a_server(opened, postgres_registry, postgres_empty):
    lay_first_schema_on_server(postgres_empty)
    upgrade(postgres_empty, 1)
    upgraded, new = opened(postgres_empty), opened(postgres_registry)
    assert schema_of(upgraded.store) == schema_of(new.store)
    assert len(schema_of(new.store)) > 40
    assert [row.action for row in upgraded.entries()] == ["put"] * 3
    rows = {row.code: row.revision for row in content(upgraded.store, "station")}
    assert rows == {"A": 3, "B": 2}


def lay_first_schema_on_server(url):
    """The first schema never stood on a server in use; its migration says what it would have been."""
    from alembic.command import upgrade as run

    store = open_store(url, 1)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.writing() as connection:
        config.attributes["connection"] = connection
        run(config, "0001")
        connection.execute(
            sa.text("INSERT INTO batch VALUES (1, 'import', '', '', '2025-03-01T12:00:00+00:00', 'clerk', 3)")
        )
        for revision, (code, action, record) in enumerate(RECORDS, start=1):
            connection.execute(
                sa.text("INSERT INTO entry VALUES (:revision, :code, :action, :record, 1)"),
                {"revision": revision, "code": code, "action": action, "record": orjson.dumps(record).decode()},
            )
    store.close()


def raise_to(url, revision, begun="0001"):
    """Bring a registry to an earlier schema of Alembic's than the newest."""
    from alembic.command import stamp
    from alembic.command import upgrade as run

    store = open_store(url, 1)
    with store.writing() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        ready_server(connection, store.name)
        if not store.on_server:
            stamp(config, begun)
        run(config, revision)
    store.close()


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def second(request):
    """A registry of the second schema, with stations in it."""
    if request.param == "server":
        url = request.getfixturevalue("postgres_empty")
        lay_first_schema_on_server(url)
    else:
        url = request.getfixturevalue("old")
    raise_to(url, "0002")
    return url


def test_from_the_second_schema_nothing_of_the_log_changes_and_people_can_say_things(second, opened, noon):
    store = open_store(second, 1)
    before = {table: content(store, table) for table in ("batch", "entry", "station")}
    store.close()
    with pytest.raises(SchemaError, match="older schema 0002"):
        Registry.open(second)
    assert upgrade(second, 1).before == "0002"
    registry = opened(second)
    assert {table: content(registry.store, table) for table in before} == before
    assert verify(registry.store).differences == ()
    upkeep = Upkeep(registry.store)
    assert upkeep.visit("B", sender=Sender("device", "network"), now=noon) == "taken"
    assert upkeep.visits("B").total == 1
    assert len(upkeep.secret()) == 32


def test_visits_that_were_counted_before_are_added_up(second, opened):
    raise_to(second, "0011", begun="0002")
    store = open_store(second, 1)
    with store.writing() as connection:
        day = {"code": "A", "reports": 0, "confirmations": 0}
        connection.execute(DAY_COUNT.insert(), [day | {"day": f"2026-0{n}-28", "visits": n - 2} for n in (2, 3)])
        line = {"mark": "", "code": "B", "township": "", "day": "2026-12-31", "who": "li", "at": "", "taken_back": 0}
        lines = [("door", 100_000, 1), ("paper", 3, 0), ("paper", 0, 1)]
        connection.execute(
            VISIT_COUNT.insert(),
            [
                line | {"number": number, "source": source, "people": people, "stands": stands}
                for number, (source, people, stands) in enumerate(lines)
            ],
        )
    store.close()
    upgrade(second, 1)
    registry = opened(second)
    assert verify(registry.store).differences == ()
    days = {(row.code, row.month): unpacked([row.days])[0] for row in content(registry.store, "visit_month")}
    assert {month: np.argwhere(held).tolist() for month, held in days.items()} == {
        ("A", "2026-03"): [[0, 27]],
        ("B", "2026-12"): [[1, 30], [2, 30]],
    }
    assert days["B", "2026-12"][:, 30].tolist() == [0, 100_001, 1]


def test_the_newest_schema_is_the_last_migration():
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == NEWEST
