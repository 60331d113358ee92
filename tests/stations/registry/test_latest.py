"""The newest snapshot while the database is away."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from geodata.lonlat import LonLat
from stations.errors import RegistryError
from stations.registry.latest import RETRY_S, Latest
from stations.registry.log import Registry
from stations.station import Station

ZONE = ZoneInfo("Asia/Shanghai")


class Away:
    """A store whose database goes away, and is then silent until it says that it cannot be read."""

    def __init__(self, store) -> None:
        self.store, self.name = store, "away"
        self.away, self.asked, self.says = False, threading.Event(), threading.Event()

    @contextmanager
    def reading(self):
        if self.away:
            self.asked.set()
            self.says.wait(60)
            raise RegistryError("It is away.")
        with self.store.reading() as connection:
            yield connection


def test_looks_at_once_for_a_revision_that_another_process_wrote(tmp_path) -> None:
    registry = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", ZONE)
    other = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", ZONE)
    latest = Latest(other.store, ZONE, lambda: 0.0)
    held = latest.get()
    written = registry.append(
        [Station(code="A1", name="东驿站", position=LonLat(117.0, 28.0))],
        what="import",
        who="import",
        at=datetime.now(UTC),
    )
    latest.renew(held.revision)
    assert latest.get() is held
    latest.renew(written.revision)
    assert latest.get().revision == written.revision
    assert latest.get() is latest.get()
    registry.remove(["A1"], who="clerk", at=datetime.now(UTC))
    assert len(latest.get()) == 1
    latest.renew()
    assert len(latest.get()) == 0
    registry.close()
    other.close()


def test_nobody_waits_for_a_silent_database_since_one_of_the_staff_asked(tmp_path) -> None:
    registry, now = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", ZONE), 0.0
    store = Away(registry.store)
    latest = Latest(store, ZONE, lambda: now)
    held = latest.get()
    store.away = True
    store.says.set()
    latest.renew(held.revision + 1)
    assert latest.get() is held
    now = RETRY_S + 1
    store.asked.clear()
    store.says.clear()
    one = threading.Thread(target=latest.get, daemon=True)
    one.start()
    assert store.asked.wait(60)
    other = threading.Thread(target=latest.get, daemon=True)
    other.start()
    other.join(30)
    waits = other.is_alive()
    store.says.set()
    one.join(60)
    other.join(60)
    assert not waits
    assert latest.trouble is not None
    store.away, now = False, 2 * (RETRY_S + 1)
    latest.get()
    assert latest.trouble is None
    registry.close()
