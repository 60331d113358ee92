"""Searches that run, and what they found: all who ask the same question share one, in whatever worker it runs."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from stations.errors import RegistryError
from stations.registry.schema import SEARCH
from stations.registry.stores import Store
from stations.scenarios.facts import Parameters, Search, SearchState, StoredPlan, query_json, query_of

LOST_AFTER_S = 15.0
"""Without a word for so long, the process of a search is gone."""

FORGOTTEN_AFTER = timedelta(days=30)

MOST_KEPT = 2_000
"""Searches; of more, those go first that were heard of longest ago."""

WAIT_S = 1.0
"""How long a word of how far it is waits for another writer; the next one tells more anyway."""

GOING = (SearchState.WAITING.value, SearchState.RUNNING.value)


class Searches:
    """The searches of one store. Threads may share it; so may processes, each with its own on the same store.

    Parameters
    ----------
    clock
        Seconds since 1970, the same for all who share the store.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def begin(self, mark: str, query: Parameters, now: datetime, *, again: bool = False) -> Search:
        """Begin a search, unless one of the same mark waits, runs, or found something.

        Whoever gets one that is `Search.new` has to search, and to give word at least every few seconds. One that
        failed, or was lost, is begun anew.

        Parameters
        ----------
        mark
            As `mark_of` gives it.
        now
            Aware moment.
        again
            Whether to search again, too, where the last search ended before its plan was proven.

        Raises
        ------
        RegistryError
            It cannot be written.
        """
        with self._store.writing() as connection:
            found = self._get(connection, mark)
            if found is not None and (found.going or (found.plan is not None and not (again and not _proven(found)))):
                return found
            self._forget(connection)
            connection.execute(SEARCH.delete().where(SEARCH.c.mark == mark))
            row = {
                "mark": mark,
                "query": query_json(query),
                "begun": now.timestamp(),
                "heard": self._clock(),
                "state": SearchState.WAITING.value,
                "value": None,
                "bound": None,
                "seconds": 0.0,
                "sites": None,
                "stop": 0,
                "plan": "",
                "fault": "",
            }
            connection.execute(SEARCH.insert(), row)
            begun = self._get(connection, mark)
            assert begun is not None  # noqa: S101  it was written in this transaction
            return replace(begun, new=True)

    def wait(self, mark: str) -> None:
        """Give word that a search is still in the queue. It never fails."""
        self._say(mark, {}, (SearchState.WAITING.value,))

    def tell(
        self,
        mark: str,
        value: float | None = None,
        bound: float | None = None,
        seconds: float = 0.0,
        sites: int | None = None,
    ) -> None:
        """Give word of how far a search is, at most twice a second; it is running from then on. It never fails.

        Parameters
        ----------
        value, bound, sites
            As `Search` has them; None, or infinite, while there is none.
        """
        facts = {
            "state": SearchState.RUNNING.value,
            "value": _finite(value),
            "bound": _finite(bound),
            "seconds": seconds,
            "sites": sites,
        }
        self._say(mark, facts, GOING)

    def ask_to_stop(self, mark: str) -> None:
        """Ask a search to end with the best so far.

        Raises
        ------
        RegistryError
            It cannot be written.
        """
        with self._store.writing() as connection:
            these = (SEARCH.c.mark == mark) & SEARCH.c.state.in_(GOING)
            connection.execute(SEARCH.update().where(these).values(stop=1))

    def asked_to_stop(self, mark: str) -> bool:
        """Whether somebody asked a search to end; no while the database cannot be read."""
        with suppress(RegistryError), self._store.reading() as connection:
            return bool(connection.execute(sa.select(SEARCH.c.stop).where(SEARCH.c.mark == mark)).scalar())
        return False

    def end(self, mark: str, found: StoredPlan | str) -> None:
        """Keep what a search found, or why it failed. What was found first stays.

        Raises
        ------
        RegistryError
            It cannot be written.
        """
        facts: dict[str, Any]
        if isinstance(found, StoredPlan):
            facts = {
                "state": SearchState.ENDED.value,
                "plan": found.to_json(),
                "value": _finite(found.value),
                "bound": _finite(found.bound),
                "seconds": found.seconds,
                "sites": len(found.keys),
                "fault": "",
            }
            these = SEARCH.c.plan == ""
        else:
            facts = {"state": SearchState.FAILED.value, "fault": found}
            these = SEARCH.c.state.in_(GOING)
        with self._store.writing() as connection:
            words = SEARCH.update().where((SEARCH.c.mark == mark) & these)
            connection.execute(words.values(heard=self._clock(), **facts))

    def get(self, mark: str) -> Search | None:
        """Give a search as it stands; None where there is none.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            return self._get(connection, mark)

    def _say(self, mark: str, facts: dict[str, Any], states: tuple[str, ...]) -> None:
        these = (SEARCH.c.mark == mark) & SEARCH.c.state.in_(states)
        with suppress(RegistryError), self._store.writing(min(WAIT_S, self._store.wait_s)) as connection:
            connection.execute(SEARCH.update().where(these).values(heard=self._clock(), **facts))

    def _get(self, connection: sa.Connection, mark: str) -> Search | None:
        row = connection.execute(sa.select(SEARCH).where(SEARCH.c.mark == mark)).first()
        if row is None:
            return None
        state = SearchState(row.state)
        if row.state in GOING and self._clock() - row.heard > LOST_AFTER_S:
            state = SearchState.LOST
        return Search(
            row.mark,
            query_of(row.query),
            datetime.fromtimestamp(row.begun, UTC),
            state,
            row.value,
            row.bound,
            row.seconds,
            row.sites,
            stopping=bool(row.stop),
            plan=StoredPlan.from_json(row.plan) if row.plan else None,
            fault=row.fault,
        )

    def _forget(self, connection: sa.Connection) -> None:
        last = sa.select(SEARCH.c.heard).order_by(SEARCH.c.heard.desc()).offset(MOST_KEPT - 1).limit(1)
        before = connection.execute(last).scalar()
        oldest = max(self._clock() - FORGOTTEN_AFTER.total_seconds(), -math.inf if before is None else before)
        connection.execute(SEARCH.delete().where(SEARCH.c.heard <= oldest))


def _proven(search: Search) -> bool:
    return search.plan is not None and search.plan.ended == "proven"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
