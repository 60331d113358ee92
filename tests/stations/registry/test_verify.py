"""Proof that a registry is whole: what is wrong is found, wherever it is, and the table can be made again."""

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa

from stations.registry import replaying, verifying
from stations.registry.log import Registry
from stations.registry.schema import STATION
from stations.registry.transcript import PAGE, log_digest
from stations.registry.verifying import repair, verify


@pytest.fixture(params=["file", pytest.param("server", marks=pytest.mark.postgres)])
def fresh(request, tmp_path):
    url = f"sqlite:///{tmp_path / 'r.db'}" if request.param == "file" else request.getfixturevalue("postgres_registry")
    registry = Registry.open(url, wait_s=5.0)
    yield registry
    registry.close()


@pytest.fixture
def filled(fresh, make_station, noon):
    """Five batches, ten entries, six stations: one was removed, one came back."""
    facts = {"who": "clerk", "at": noon, "what": "edit"}
    fresh.append([make_station(f"S{n}", amenities={"water": "yes"}, hours="24/7") for n in range(6)], **facts)
    fresh.append([make_station("S1", seats=4), make_station("S2", status="retired")], **facts)
    fresh.remove(["S3", "S4"], who="clerk", at=noon)
    fresh.append([make_station("S4", note="又来了")], **facts)
    fresh.append([make_station("站'甲", note="\\ % 日")], **facts)
    return fresh


def meddle(registry, *statements):
    """Change the database as a program would that heeds none of its rules."""
    if registry.store.on_server:
        with registry.store.engine.begin() as connection:
            connection.exec_driver_sql("SET session_replication_role = replica")  # no triggers
            connection.exec_driver_sql("ALTER TABLE entry DROP CONSTRAINT IF EXISTS entry_action")
            connection.exec_driver_sql("ALTER TABLE entry DROP CONSTRAINT IF EXISTS entry_batch_fkey")
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))
        registry.store.engine.dispose()
        return
    with registry.store.reading() as connection:
        path = connection.exec_driver_sql("PRAGMA database_list").one()[2]
    with closing(sqlite3.connect(path)) as connection:
        triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
        connection.commit()


def said(proof):
    return [str(difference) for difference in proof.differences]


def test_an_empty_registry_is_proven(fresh):
    proof = verify(fresh.store)
    assert (proof.head, proof.entries, proof.batches, proof.stations, said(proof)) == (0, 0, 0, 0, [])


def test_a_registry_is_proven_and_counted(filled):
    proof = verify(filled.store)
    assert said(proof) == []
    assert (proof.head, proof.entries, proof.batches, proof.stations) == (12, 12, 5, 6)
    assert proof.log_is_whole
    assert proof.log == log_digest(filled.store.reading)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("revision", "2", "Station S1 has revision “2” in the table, and by the log “7”."),
        ("status", "'planned'", "Station S1 has status “planned” in the table, and by the log “active”."),
        ("name", "'别的'", "Station S1 has name “别的” in the table, and by the log “驿站 S1”."),
        ("kind", "'x'", "Station S1 has kind “x” in the table, and by the log “rest_station”."),
        ("host", "'bank'", "Station S1 has host “bank” in the table, and by the log “”."),
        ("township", "'410105001'", "Station S1 has township “410105001” in the table, and by the log “”."),
        ("lon", "116.3000001", "Station S1 has lon “116.3000001” in the table, and by the log “116.3”."),
        ("lat", "28.2", "Station S1 has lat “28.2” in the table, and by the log “28.3”."),
        ("hours_key", "'[]'", 'Station S1 has hours_key “[]” in the table, and by the log “["","","",[]]”.'),
        ("amenities", "'water=no'", "Station S1 has amenities “water=no” in the table, and by the log “”."),
        ("record", "'{}'", 'Station S1 has record “{}” in the table, and by the log “{"code":"S1"'),
    ],
)
def test_every_column_of_the_table_is_held_against_the_log(filled, column, value, words):
    meddle(filled, f"UPDATE station SET {column} = {value} WHERE code = 'S1'")
    proof = verify(filled.store)
    assert len(proof.differences) == 1
    assert said(proof)[0].startswith(words)
    assert proof.log_is_whole


def test_a_station_too_many_and_one_too_few(filled):
    meddle(
        filled,
        "DELETE FROM station WHERE code = 'S0'",
        "INSERT INTO station (code, revision, status, name, kind, host, township, lon, lat, hours_key, amenities, "
        "record) SELECT 'S3', revision, status, name, kind, host, township, lon, lat, hours_key, amenities, record "
        "FROM station WHERE code = 'S1'",
    )
    assert said(verify(filled.store)) == [
        "Station S0 is not in the table; by the log it stands, by revision 1.",
        "Station S3 stands in the table, and not by the log.",
    ]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("DELETE FROM entry WHERE revision = 8", "Revision 8 is missing."),
        ("DELETE FROM entry WHERE revision IN (2, 3)", "Revisions 2 to 3 are missing."),
        ("DELETE FROM batch WHERE id = 3", "Batch 2 is followed by batch 4."),
        ("UPDATE batch SET count = 9 WHERE id = 2", "Batch 2 says that it has 9 entries, and has 2."),
        ("UPDATE batch SET at = 'gestern' WHERE id = 2", "Batch 2 was written at “gestern”, which is no moment."),
        ("UPDATE batch SET at = '2025-01-01T12:00:00' WHERE id = 2", "which is no moment."),
        ("UPDATE entry SET batch = 1 WHERE revision = 8", "Revision 8 is of batch 1, which is not there or not in its"),
        ("UPDATE entry SET action = 'sell' WHERE revision = 8", "Revision 8 has the action “sell”, which is none."),
        ("UPDATE entry SET action = 'remove' WHERE revision = 11", "Revision 11 removes station S4, which does not"),
        ("UPDATE entry SET record = '{\"co' WHERE revision = 2", "The record of revision 2 cannot be read."),
        ("UPDATE entry SET record = '[]' WHERE revision = 2", "The record of revision 2 cannot be read."),
        (
            "UPDATE entry SET code = 'S9' WHERE revision = 2",
            "Revision 2 is of station S9, and its record of station S1",
        ),
        (
            "UPDATE entry SET record = replace(record, '116.3', '116.300000049') WHERE revision = 2",
            "The record of revision 2 says something else when it is read and written again.",
        ),
        (
            "INSERT INTO batch VALUES (6, 'edit', '', '', '2025-01-01T12:00:00+00:00', 'x', 0)",
            "There are 1 batches without entries.",
        ),
    ],
)
def test_what_is_wrong_in_the_log_is_found(filled, statement, words):
    meddle(filled, statement)
    proof = verify(filled.store)
    assert any(words in one for one in said(proof)), said(proof)
    assert not proof.log_is_whole
    before = said(proof)
    assert said(repair(filled.store)), "no table can be proven against a log like this"
    assert said(verify(filled.store)) == before, "and so nothing was changed"


def test_fields_in_another_order_say_the_same(filled):
    """An older program may have written them so."""
    meddle(
        filled,
        """UPDATE entry SET record = '{"lon":116.3,"code":"S0","lat":28.3,"name":"x"}' WHERE revision = 1""",
        """UPDATE station SET record = '{"lon":116.3,"code":"S0","lat":28.3,"name":"x"}', name = 'x',
            hours_key = '["","","",[]]', amenities = '' WHERE code = 'S0'""",
    )
    assert said(verify(filled.store)) == []


def test_a_gone_guard_is_told_and_put_back(filled):
    with filled.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER entry_no_update" + (" ON entry" if filled.store.on_server else ""))
    proof = verify(filled.store)
    assert said(proof) == ["entry_no_update, which keeps the log from being changed, is gone."]
    assert proof.log_is_whole
    assert said(repair(filled.store)) == []
    assert said(verify(filled.store)) == []


def test_the_table_is_made_again_from_the_log(filled, fresh):
    before = Registry(filled.store, filled.snapshot().timezone).snapshot()
    meddle(filled, "DELETE FROM station WHERE code < 'S2'", "UPDATE station SET name = 'x'")
    assert len(verify(filled.store).differences) == 6
    assert said(repair(filled.store)) == []
    again = Registry(filled.store, before.timezone).snapshot()
    assert (again.codes, again.records, list(again.revisions)) == (before.codes, before.records, list(before.revisions))


def test_only_so_many_differences_are_kept(filled, monkeypatch):
    monkeypatch.setattr(replaying, "MOST_DIFFERENCES", 2)
    meddle(filled, "UPDATE station SET name = 'x'")
    proof = verify(filled.store)
    assert (len(proof.differences), proof.more) == (2, 4)


def test_what_is_written_meanwhile_is_no_difference(filled, make_station, noon, monkeypatch):
    """Between every two reads somebody adds, changes and removes, more than one page of it."""
    monkeypatch.setattr(verifying, "PAGE", 2)
    monkeypatch.setattr(verifying, "CLOSE_BEHIND", 3)
    count = 0

    def interfere(*_):
        nonlocal count
        count += 1
        if count < 12:
            put = [make_station(f"S{n}", seats=count) for n in range(count % 3, 6)]
            filled.append([*put, make_station(f"T{count}")], what="edit", who="x", at=noon)
            filled.remove([f"S{count % 6}" if count % 3 <= count % 6 else f"T{count}"], who="x", at=noon)

    proof = verify(filled.store, interfere)
    assert count >= 4
    assert said(proof) == []
    assert proof.head == filled.changes(0).head or proof.head > 12


@pytest.mark.parametrize("close", [0, 100])
def test_a_row_that_goes_wrong_with_a_later_edit_is_found(filled, make_station, noon, monkeypatch, close):
    """Its page had been read before, and was right."""
    monkeypatch.setattr(verifying, "PAGE", 2)
    monkeypatch.setattr(verifying, "CLOSE_BEHIND", close)
    edited: list[object] = []

    def interfere(stage, *_):
        if stage == "compare" and not edited:
            edited.append(filled.append([make_station("S0", seats=9)], what="edit", who="x", at=noon))
            meddle(filled, "UPDATE station SET name = 'x' WHERE code = 'S0'")

    proof = verify(filled.store, interfere)
    assert said(proof) == ["Station S0 has name “x” in the table, and by the log “驿站 S0”."]
    assert proof.head == 13


def test_verifying_beside_a_writer_finds_nothing_wrong(filled, make_station, noon):
    done = threading.Event()

    def write():
        writer = Registry(filled.store, filled.snapshot().timezone)
        number = 0
        while not done.is_set():
            number += 1
            writer.append([make_station(f"W{number % 40}", seats=number)], what="edit", who="x", at=noon)
            if number % 7 == 0:
                writer.remove([f"W{number % 40}"], who="x", at=noon)
        return number

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        proofs = [verify(filled.store)]
        for _ in range(5):
            while filled.changes(0, limit=1).head <= proofs[-1].head and not writing.done():
                time.sleep(0.001)
            proofs.append(verify(filled.store))
        done.set()
        assert writing.result() > 1
    assert [said(proof) for proof in proofs] == [[]] * 6
    assert len({proof.head for proof in proofs}) == 6


def test_the_digest_of_an_earlier_head_is_not_changed_by_what_follows(filled, make_station, noon):
    head, digest = 12, log_digest(filled.store.reading)
    filled.append([make_station(f"N{n}") for n in range(PAGE + 3)], what="import", who="x", at=noon)
    assert log_digest(filled.store.reading, head) == digest
    assert log_digest(filled.store.reading) != digest


def test_the_file_itself_is_checked(tmp_path, make_station, noon):
    """An index that does not agree with its table."""
    path = tmp_path / "r.db"
    registry = Registry.open(f"sqlite:///{path}")
    registry.append([make_station(f"S{n}") for n in range(5)], what="edit", who="x", at=noon)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'batch)', 'revision)') WHERE name = 'entry_batch'"
        )
        connection.commit()
    assert any(one.startswith("The file is damaged: ") for one in said(verify(registry.store)))


def test_the_table_has_no_column_that_is_not_held_against_the_log():
    assert len(STATION.columns) == 12
    assert not any(isinstance(column.type, sa.LargeBinary) for column in STATION.columns)
