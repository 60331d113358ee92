"""PostgreSQL stopped and started while it is asked and written: told plainly, and everybody goes on without help."""

import contextlib
import dataclasses
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import psycopg
import pytest

from stations.errors import RegistryAwayError
from stations.registry import transcript
from stations.registry.backups import back_up, read_backup
from stations.registry.latest import CHECK_EVERY_S, RETRY_S
from stations.registry.log import Registry
from tests.faults.conftest import ROWS
from tests.faults.deeds import take_in

pytestmark = pytest.mark.postgres

CUTS = 8
MOMENT = datetime(2025, 3, 1, 12, tzinfo=UTC)

AWAY = (
    r"^The PostgreSQL server of the registry \w+ does not answer\. See that it runs and can be reached, then try "
    r"again: what was being written is there as a whole or not at all\.$"
)


@pytest.fixture
def url(server, on_server):
    if not server.running:
        server.start()
    return on_server.new()


@pytest.fixture
def now():
    return [0.0]


@pytest.fixture
def serving(url, listed, now):
    """A registry as a server holds it, which has answered already."""
    registry = Registry.open(url, clock=lambda: now[0], wait_s=2.0)
    take_in(registry, listed, 1)
    assert registry.snapshot().revision == ROWS
    yield registry
    registry.close()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_stopped_while_serving(server, url, serving, now, listed, proven, caplog, mode):
    server.stop(mode)
    with caplog.at_level(logging.WARNING, "yizhan"):
        for _ in range(3):
            now[0] += 3600.0
            assert serving.snapshot().revision == ROWS, "an answer of an hour ago is better than none"
    assert isinstance(serving.trouble, RegistryAwayError)
    assert len(caplog.messages) == 1
    assert caplog.messages[0].endswith("What was read last is served meanwhile.")
    with pytest.raises(RegistryAwayError, match=AWAY):
        take_in(serving, listed, 2)
    assert serving.snapshot().revision == ROWS
    with pytest.raises(RegistryAwayError, match=AWAY):
        Registry.open(url, wait_s=1.0)

    server.start()
    now[0] += RETRY_S + CHECK_EVERY_S
    assert serving.snapshot().revision == ROWS
    assert serving.trouble is None
    assert take_in(serving, listed, 2).revision == 2 * ROWS
    assert serving.snapshot().revision == 2 * ROWS, "who wrote sees it at once"
    assert proven(url).revision == 2 * ROWS


def test_stopped_and_started_in_the_middle_of_imports(server, url, serving, nursery, listed, proven, now):
    """At any moment of an import: what was acknowledged is there, of the rest all or nothing."""
    head = ROWS
    child = nursery.child("import_list", url, listed, 2)
    assert child.hear() == "ready"  # whoever makes the children has to warm up first
    begun = time.perf_counter()
    assert child.wait()[0][-1] == f"written {2 * ROWS}"
    took, head = time.perf_counter() - begun, 2 * ROWS
    for number, share in enumerate([0.3, 0.6, 0.8, 0.9, 0.97]):
        child = nursery.child("import_list", url, listed, 10 + number)
        assert child.hear() == "ready"
        time.sleep(took * share)
        server.stop("immediate" if number % 2 == 0 else "fast")
        lines, _ = child.wait()
        server.start()
        done = lines[-1] == f"written {head + ROWS}"
        assert done or lines[-1].startswith("RegistryAwayError: The PostgreSQL server of the registry"), lines
        after = proven(url).revision
        assert after in ({head + ROWS} if done else {head, head + ROWS})
        head = after
    now[0] += 10.0
    assert serving.snapshot().revision == head
    assert take_in(serving, listed, 99).revision == head + ROWS
    assert proven(url).revision == head + ROWS


def test_stopped_inside_the_transaction(server, url, serving, listed, proven):
    """Before the commit: it cannot have been acknowledged, and nothing of it is there."""

    def change(snapshot):
        server.restart("immediate")
        return [dataclasses.replace(station, seats=77) for station in snapshot.stations]

    with pytest.raises(RegistryAwayError, match=AWAY):
        serving.write(change, what="import", who="tester", at=MOMENT)
    assert proven(url).revision == ROWS
    assert take_in(serving, listed, 2).revision == 2 * ROWS
    assert proven(url).revision == 2 * ROWS


def test_every_connection_cut_by_the_operator(server, url, serving, listed, proven, now):
    """As an operator does who wants everyone out; the next question finds a new connection."""
    for number in range(3):
        cut(server, url)
        now[0] += RETRY_S + CHECK_EVERY_S
        assert serving.snapshot().revision == (number + 1) * ROWS
        cut(server, url)
        assert take_in(serving, listed, 2 + number).revision == (number + 2) * ROWS
    assert serving.trouble is None
    assert proven(url).revision == 4 * ROWS


def test_connections_cut_again_and_again_while_many_import(server, url, serving, listed, proven):
    """Whoever was told that it is written finds it; whoever was told of a fault tries again."""

    def import_some(registry, first):
        acknowledged = []
        for seats in range(first, first + 3):
            for _ in range(CUTS + 1):
                with contextlib.suppress(RegistryAwayError):
                    acknowledged.append(take_in(registry, listed, seats).revision)
                    break
        registry.close()
        return acknowledged

    registries = [Registry.open(url, wait_s=20.0) for _ in range(3)]  # before anything is cut: nobody tries that again
    with ThreadPoolExecutor(3) as pool:
        imports = [pool.submit(import_some, one, 100 * number) for number, one in enumerate(registries, 1)]
        for _ in range(CUTS):
            time.sleep(0.2)
            cut(server, url)
        acknowledged = [revision for one in imports for revision in one.result(60)]
    assert len(acknowledged) == 9
    assert all(revision % ROWS == 0 for revision in acknowledged)
    snapshot = proven(url)
    assert snapshot.revision % ROWS == 0
    assert snapshot.revision >= max(acknowledged)
    assert len({station.seats for station in snapshot.stations}) == 1


def test_a_backup_while_the_server_stops(server, url, serving, tmp_path, monkeypatch):
    path = tmp_path / "kept.gz"

    def stop(*_):
        if server.running:
            server.stop()

    monkeypatch.setattr(transcript, "PAGE", 7)
    with pytest.raises(RegistryAwayError, match=AWAY):
        back_up(serving.store, path, at=MOMENT, progress=stop)
    assert not list(tmp_path.iterdir())
    server.start()
    assert back_up(serving.store, path, at=MOMENT, overwrite=True) == read_backup(path)
    assert [one.name for one in tmp_path.iterdir()] == ["kept.gz"]


def cut(server, url):
    """End every connection to a registry but one's own."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [url.partition("?")[0].rpartition("/")[2]],
        )
