"""A file or a server: what a URL names, what a store promises, and what it says when something is wrong."""

import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from stations.errors import RegistryAwayError, RegistryError, RegistryLockedError
from stations.registry.faults import SQLITE_FAULTS, told_of_file
from stations.registry.log import Registry
from stations.registry.schema import STATION
from stations.registry.serverfaults import SERVER_FAULTS, told_of_server
from stations.registry.stores import POOL, insert_many, journal_mode, open_store
from tests.postgres import cluster, find_programs

SECRET = "s3cr3t/@:%"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "“nonsense” is not the URL"),
        ("", "not the URL"),
        ("mysql://someone:secret@host/stations", "names neither"),
        ("sqlite://", "names neither"),
        ("sqlite:///:memory:", "names neither"),
        ("postgresql://someone:secret@127.0.0.1", "names neither"),
        ("postgresql://someone:secret@127.0.0.1:port/stations", "not the URL"),
        ("postgresql://someone:secret@127.0.0.1:1/stations", "does not answer"),
        ("postgres://someone:secret@127.0.0.1:1/stations", "does not answer"),
        ("sqlite:////no/such/folder/registry.db", "no folder"),
    ],
)
def test_a_url_that_cannot_be_opened(url, says):
    with pytest.raises(RegistryError, match=says) as caught:
        Registry.open(url, wait_s=0.1)
    assert "secret" not in str(caught.value)
    assert "/no/such" not in str(caught.value)


@given(st.text(max_size=30))
def test_whatever_stands_for_a_url_is_refused_plainly(text):
    with pytest.raises(RegistryError) as caught:
        open_store(f"{text}://user:{SECRET}@host/", 0.1)
    assert SECRET not in str(caught.value)


def test_a_bulk_of_rows_takes_the_place_of_what_stood(registry):
    def rows(numbers, revision):
        return [(f"S{n:03}", revision, "active", "名", "", "", "", 1.0, 2.0, "", "", f"\t\\N\n{n}") for n in numbers]

    with registry.store.writing() as connection:
        insert_many(connection, STATION, [])
        insert_many(connection, STATION, rows(range(200), 1), upsert="code")
        insert_many(connection, STATION, rows(range(100, 300), 2), upsert="code")
        insert_many(connection, STATION, rows((0, 299), 3), upsert="code")
    with registry.store.reading() as connection:
        found = connection.execute(
            sa.select(STATION.c.code, STATION.c.revision, STATION.c.record).order_by(STATION.c.code)
        ).all()
    expected = [3, *[1] * 99, *[2] * 199, 3]
    assert [tuple(row) for row in found] == [(f"S{n:03}", expected[n], f"\t\\N\n{n}") for n in range(300)]


def test_a_transaction_that_fails_leaves_nothing(registry, write, make_station):
    def fail_after_writing():
        with registry.store.writing() as connection:
            insert_many(connection, STATION, [("A", 1, "active", "", "", "", "", 0.0, 0.0, "", "", "")])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    assert write(make_station("A")).added == ("A",)


# In a file


def test_durable_by_rollback_journal(opened, in_file):
    with opened(in_file).store.reading() as connection:
        assert (
            connection.exec_driver_sql("PRAGMA journal_mode").scalar()
            == journal_mode(sqlite3.sqlite_version_info).lower()
        )
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.mark.parametrize(
    ("version", "mode"),
    [((3, 40, 1), "DELETE"), ((3, 51, 2), "DELETE"), ((3, 51, 3), "WAL"), ((3, 52, 0), "WAL"), ((4, 0, 0), "WAL")],
)
def test_the_faster_journal_only_where_it_is_sound(version, mode):
    assert journal_mode(version) == mode


def test_a_file_that_is_no_database(file, in_file):
    file.write_bytes(b"not a database, whatever its name says" * 100)
    with pytest.raises(RegistryError, match="not a registry"):
        Registry.open(in_file)


def test_a_truncated_database(opened, in_file, file, make_station, noon):
    opened(in_file).append(
        [make_station(f"S{number}", note="x" * 500) for number in range(200)], what="edit", who="tester", at=noon
    )
    os.truncate(file, file.stat().st_size // 2)
    with pytest.raises(RegistryError, match="damaged"):
        Registry.open(in_file).snapshot()


def test_a_registry_that_another_program_locks(opened, in_file, file, make_station, noon):
    registry = opened(in_file, wait_s=0.2)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RegistryLockedError, match="locked"):
            registry.append([make_station("B")], what="edit", who="tester", at=noon)
        other.execute("ROLLBACK")
    registry.append([make_station("B")], what="edit", who="tester", at=noon)
    assert registry.snapshot().codes == ("B",)


@pytest.mark.parametrize("code", SQLITE_FAULTS)
def test_every_fault_of_a_file_is_told(code):
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code | (3 << 8)
    with pytest.raises(RegistryError) as caught, told_of_file("registry.db"):
        raise error
    assert "registry.db" in str(caught.value)
    assert "as SQLite says it" not in str(caught.value)


def test_a_fault_that_nobody_foresaw_is_told_as_it_is():
    with pytest.raises(RegistryError, match=r"registry\.db cannot be used: strange"), told_of_file("registry.db"):
        raise sqlite3.OperationalError("strange")
    with pytest.raises(RegistryError, match="stations cannot be used: strange"), told_of_server("stations"):
        raise psycopg.DataError("strange")


# On a server


def test_a_reader_sees_one_state_of_the_whole_while_others_write(opened, postgres_registry, make_station, noon):
    registry = opened(postgres_registry)
    count = sa.select(sa.func.count()).select_from(STATION)
    with registry.store.reading() as connection:
        assert connection.execute(count).scalar() == 0
        elsewhere(registry.append, [make_station("B")], what="edit", who="tester", at=noon)
        assert connection.execute(count).scalar() == 0
    with registry.store.reading() as connection:
        assert connection.execute(count).scalar() == 1


def test_gis_people_read_positions_and_public_facts(opened, postgres_registry, make_station, noon):
    registry = opened(postgres_registry)
    registry.append(
        [make_station("A", hours="24/7", phone="0793", custodian="王五", extra={"colour": "red"}, address="a\u2028b")],
        what="edit",
        who="tester",
        at=noon,
    )
    with registry.store.reading() as connection:
        seen = connection.exec_driver_sql("SELECT * FROM station_public").mappings().one()
        text = connection.exec_driver_sql(
            "SELECT ST_AsText(position), ST_SRID(position) FROM station_public "
            "WHERE position && ST_MakeEnvelope(116, 28, 117, 29, 4326)"
        ).one()
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = connection.exec_driver_sql(
            "EXPLAIN SELECT code FROM station WHERE position && ST_MakeEnvelope(116, 28, 117, 29, 4326)"
        ).scalars()
        assert "station_position" in "\n".join(plan)
    assert tuple(text) == ("POINT(116.3 28.3)", 4326)
    assert (seen["code"], seen["hours"], seen["phone"], seen["address"]) == ("A", "24/7", "0793", "a\u2028b")
    assert "record" not in seen
    assert not any("王五" in str(value) or "red" in str(value) for value in seen.values())


def test_people_with_a_map_program_need_see_no_more_than_the_view(opened, postgres_registry, make_station, noon):
    opened(postgres_registry).append([make_station("A", custodian="王五")], what="edit", who="tester", at=noon)
    with psycopg.connect(postgres_registry) as connection:
        connection.execute("CREATE ROLE gis")
        connection.execute("GRANT SELECT ON station_public TO gis")
        connection.execute("SET ROLE gis")
        assert connection.execute("SELECT code, ST_X(position) FROM station_public").fetchall() == [("A", 116.3)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT record FROM station")
        connection.rollback()


def test_stations_stand_in_the_order_of_their_code_points(opened, postgres_registry, make_station, noon):
    """As on SQLite, whatever language the server was set up in."""
    codes = ["B", "a", "Z9", "é", "驿", "A-1", "A1"]
    registry = opened(postgres_registry)
    registry.append([make_station(code) for code in codes], what="edit", who="tester", at=noon)
    with registry.store.reading() as connection:
        assert list(connection.exec_driver_sql("SELECT code FROM station ORDER BY code").scalars()) == sorted(codes)


def test_what_was_acknowledged_is_on_the_disk_of_the_server(databases, postgres_registry, opened):
    name = sa.make_url(postgres_registry).database
    with psycopg.connect(postgres_registry, autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    with opened(postgres_registry).store.reading() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_more_threads_than_connections(opened, postgres_registry, make_station, noon):
    registry = opened(postgres_registry, wait_s=5)
    reading, enough = threading.Barrier(POOL + 1), threading.Event()

    def read():
        with registry.store.reading() as connection:
            connection.exec_driver_sql("SELECT 1")
            reading.wait(60)
            enough.wait(60)

    with ThreadPoolExecutor(POOL) as threads:
        done = [threads.submit(read) for _ in range(POOL)]
        reading.wait(60)
        registry.append([make_station("A")], what="edit", who="tester", at=noon)
        enough.set()
        assert [one.result() for one in done] == [None] * POOL


def elsewhere(call, *values, **more):
    """Do something in another thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call, *values, **more).result()


def test_a_database_without_postgis_and_without_the_right_to_add_it(databases, postgres_empty):
    url = as_clerk(postgres_empty)
    with pytest.raises(RegistryError, match="superuser") as caught:
        Registry.open(url)
    assert "psql -d yizhan_test" in str(caught.value)
    assert 'CREATE EXTENSION postgis"' in str(caught.value)
    with psycopg.connect(postgres_empty, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION postgis")
    Registry.open(url).close()


def test_a_user_who_may_not(postgres_registry, opened, make_station, noon):
    url = as_clerk(postgres_registry)
    with pytest.raises(RegistryError, match=r"may not do this.*permission denied"):
        Registry.open(url)


def as_clerk(url):
    """The same database, as a user with a password and no rights but to make tables."""
    name = sa.make_url(url).database
    with psycopg.connect(url, autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'clerk'").fetchone()
        if not exists:
            connection.execute("CREATE ROLE clerk LOGIN")
        connection.execute("ALTER ROLE clerk PASSWORD 'right/@'")
        connection.execute("GRANT CREATE ON SCHEMA public TO clerk")
        connection.execute(f'GRANT CREATE, TEMPORARY ON DATABASE "{name}" TO clerk')
    return sa.make_url(url).set(username="clerk", password="right/@").render_as_string(hide_password=False)


def test_a_wrong_password(postgres_empty):
    url = sa.make_url(as_clerk(postgres_empty)).set(password=SECRET).render_as_string(hide_password=False)
    with pytest.raises(RegistryError, match="password") as caught:
        Registry.open(url)
    assert SECRET not in str(caught.value)
    assert not isinstance(caught.value, RegistryAwayError)


def test_no_such_database(postgres_url):
    url = sa.make_url(postgres_url).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(RegistryError, match="createdb nowhere"):
        Registry.open(url)


def test_a_database_that_cannot_hold_every_name(databases, postgres_url):
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    url = sa.make_url(postgres_url).set(database="latin").render_as_string(hide_password=False)
    try:
        with pytest.raises(RegistryError, match=r"LATIN1.*createdb --encoding UTF8"):
            Registry.open(url)
    finally:
        databases.drop(url)


@pytest.mark.parametrize("state", SERVER_FAULTS)
def test_every_fault_of_a_server_is_told(state):
    error = psycopg.errors.lookup(state)("as PostgreSQL says it")
    with pytest.raises(RegistryError) as caught, told_of_server("stations"):
        raise error
    assert "stations" in str(caught.value)


@pytest.fixture(scope="module")
def server():
    """A server that these tests may stop."""
    programs = find_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with cluster(programs) as made:
        yield made


@pytest.mark.postgres
def test_a_server_that_is_started_anew_is_found_again(server, opened, make_station, noon):
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE anew")
    now = [0.0]
    registry = opened(server.url("anew"), wait_s=1, clock=lambda: now[0])
    registry.append([make_station("A")], what="edit", who="tester", at=noon)
    assert registry.snapshot().codes == ("A",)
    server.stop()
    with pytest.raises(RegistryAwayError, match="does not answer"):
        registry.append([make_station("B")], what="edit", who="tester", at=noon)
    with pytest.raises(RegistryAwayError, match="does not answer"):
        Registry.open(server.url("anew"))
    server.start()
    registry.append([make_station("B")], what="edit", who="tester", at=noon)
    assert registry.snapshot().codes == ("A", "B")
    server.restart("immediate")
    now[0] += 1
    assert registry.snapshot().codes == ("A", "B")
    assert registry.append([make_station("C")], what="edit", who="tester", at=noon).revision == 3


def test_a_thread_is_in_one_transaction_at_a_time(tmp_path):
    store = open_store(f"sqlite:///{tmp_path / 'registry.db'}", 1.0)
    with store.reading(), pytest.raises(RuntimeError, match="within a transaction"), store.reading():
        pass
    with store.writing(), pytest.raises(RuntimeError, match="within a transaction"), store.reading():
        pass
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar() == 1, "and the next one is its own again"
