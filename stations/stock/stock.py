"""Supplies, services and visits of the stations of one store."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from stations.registry.log import SHANGHAI
from stations.registry.stores import Store
from stations.stock.items import Items, load_items
from stations.stock.services import Services
from stations.stock.supplies import Supplies
from stations.stock.visits import Visits


class Stock:
    """What the staff keep of the days at their stations. Threads may share it.

    Parameters
    ----------
    store
        That of the registry.
    timezone
        In which days begin and end.
    items
        What stations should hold; the list that comes with the program where none is given.
    """

    def __init__(self, store: Store, timezone: ZoneInfo = SHANGHAI, items: Items | None = None) -> None:
        self.supplies = Supplies(store, items or load_items())
        self.services = Services(store, timezone)
        self.visits = Visits(store)
