"""All that is kept for planners in one store, as the doors are given it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from stations.registry.log import Registry
from stations.registry.stores import Store
from stations.scenarios.accepting import Accepted, Desk, Place, accept
from stations.scenarios.keys import PlanningKey
from stations.scenarios.lists import Lists
from stations.scenarios.saving import Scenarios
from stations.scenarios.searching import Searches


class Plans:
    """Saved plans, uploaded lists, searches, and the key that guards them. Threads may share it.

    Parameters
    ----------
    store
        That of the registry.
    timezone
        In which saved plans tell when they were made.
    key
        The planners' key as it was set; empty for the one that follows from the registry's secret.
    desk
        Where planned stations are written; a registry of the same store when not given.
    clock
        Seconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        timezone: ZoneInfo,
        key: str = "",
        *,
        desk: Desk | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.scenarios = Scenarios(store, timezone)
        self.lists = Lists(store)
        self.searches = Searches(store, clock)
        self.key = PlanningKey.of(store, key)
        self.desk: Desk = Registry(store, timezone) if desk is None else desk

    def accept(
        self,
        id_or_name: str,
        place: Place,
        *,
        township: str = "",
        name: str = "",
        by: str,
        now: datetime,
        anyway: bool = False,
    ) -> Accepted:
        """Make a planned station of a site of a saved plan, as `accepting.accept` does and with its errors."""
        return accept(
            self.desk,
            self.scenarios,
            id_or_name,
            place,
            township=township,
            name=name,
            by=by,
            now=now,
            anyway=anyway,
        )
