"""The newest snapshot while the database is away."""

import threading
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from stations.errors import RegistryError
from stations.registry.latest import RETRY_S, Latest
from stations.registry.log import Registry

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
            self.says.wait(10)
            raise RegistryError("It is away.")
        with self.store.reading() as connection:
            yield connection


def test_nobody_waits_for_a_silent_database_since_one_of_the_staff_asked(tmp_path) -> None:
    registry, now = Registry.open(f"sqlite:///{tmp_path / 'registry.db'}", ZONE), 0.0
    store = Away(registry.store)
    latest = Latest(store, ZONE, lambda: now)
    held = latest.get()
    store.away = True
    store.says.set()
    latest.renew()
    assert latest.get() is held
    now = RETRY_S + 1
    store.asked.clear()
    store.says.clear()
    one = threading.Thread(target=latest.get, daemon=True)
    one.start()
    assert store.asked.wait(10)
    other = threading.Thread(target=latest.get, daemon=True)
    other.start()
    other.join(2)
    waits = other.is_alive()
    store.says.set()
    one.join(10)
    other.join(10)
    assert not waits
    assert latest.trouble is not None
    store.away, now = False, 2 * (RETRY_S + 1)
    latest.get()
    assert latest.trouble is None
    registry.close()
