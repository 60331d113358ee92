"""Saved plans. What is saved is never written over: saving again, removing and accepting only add rows."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import sqlalchemy as sa

from stations.errors import ScenarioError, UnknownScenarioError
from stations.registry.schema import CANDIDATE_LIST, SCENARIO, SCENARIO_EVENT
from stations.registry.stores import Store
from stations.scenarios.facts import Parameters, Scenario, StoredPlan, query_json, query_of
from stations.scenarios.words import by_of, name_of, note_of

ID_CHARACTERS = 8
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"
"""Of an id: what nobody takes for something else."""

MOST_SCENARIOS = 5_000
LARGEST = 64_000
"""Characters of a question."""

ACCEPTED, REMOVED = "accepted", "removed"

Event = sa.Row[Any]


class Scenarios:
    """The saved plans of one store. Threads may share it.

    Parameters
    ----------
    timezone
        In which they tell when they were made.
    """

    def __init__(self, store: Store, timezone: ZoneInfo) -> None:
        self._store = store
        self._timezone = timezone

    def save(
        self,
        name: str,
        by: str,
        note: str,
        query: Parameters,
        revision: int,
        digest: str,
        plan: StoredPlan,
        summary: Mapping[str, float | str],
        now: datetime,
    ) -> Scenario:
        """Save a plan. Under a name that is there already it becomes the next version; those before it stay.

        Parameters
        ----------
        name, by, note
            What it is called, who saves it, and what they want to say; free text.
        query
            The parameters of the page's address.
        now
            Aware moment.

        Raises
        ------
        ScenarioError
            No name, nobody's name, or too long a text; an uploaded list that is gone.
        RegistryError
            It cannot be written.
        """
        called, whose, said = name_of(name), by_of(by), note_of(note)
        asked = query_json({key: values for key, values in query.items() if key != "plan"})
        if len(asked) > LARGEST:
            raise ScenarioError("The question is too long to be saved. Put its points into a list, and upload it.")
        listed = next((value for value in query.get("list", ()) if value), "")
        with self._store.writing() as connection:
            self._check(connection, listed)
            row = {
                "number": (connection.execute(sa.select(sa.func.max(SCENARIO.c.number))).scalar() or 0) + 1,
                "id": _new_id(connection),
                "name": called,
                "note": said,
                "who": whose,
                "made": _text(now),
                "query": asked,
                "list": listed,
                "revision": revision,
                "digest": digest,
                "plan": plan.to_json(),
                "summary": orjson.dumps(dict(summary)).decode(),
            }
            connection.execute(SCENARIO.insert(), row)
        return self.get(str(row["id"]))

    def all(self) -> tuple[Scenario, ...]:
        """Give the newest version of each plan that was not removed, the one saved last first.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        newest = (
            sa.select(sa.func.max(SCENARIO.c.number).label("number"), sa.func.count().label("version"))
            .group_by(SCENARIO.c.name)
            .subquery()
        )
        gone = sa.select(SCENARIO_EVENT.c.scenario).where(SCENARIO_EVENT.c.what == REMOVED)
        query = (
            sa.select(SCENARIO, newest.c.version)
            .join(newest, SCENARIO.c.number == newest.c.number)
            .where(SCENARIO.c.id.not_in(gone))
            .order_by(SCENARIO.c.number.desc())
        )
        with self._store.reading() as connection:
            rows = connection.execute(query).all()
            events = _events(connection, SCENARIO_EVENT.c.scenario.not_in(gone))
        return tuple(self._scenario(row, row.version, events[row.id], None) for row in rows)

    def history(self) -> tuple[Scenario, ...]:
        """Give all that was ever saved, the newest first, also what was removed.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        return self._read(None)[::-1]

    def versions(self, name: str) -> tuple[Scenario, ...]:
        """Give all that was ever saved under a name, the newest first, also what was removed.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        return self._read(SCENARIO.c.name == name)[::-1]

    def get(self, id_or_name: str) -> Scenario:
        """Give a saved plan by its id, also one that was removed; or by its name the newest, if it was not.

        Raises
        ------
        UnknownScenarioError
            There is none.
        RegistryError
            The database cannot be read.
        """
        with self._store.reading() as connection:
            name = connection.execute(sa.select(SCENARIO.c.name).where(SCENARIO.c.id == id_or_name)).scalar()
        versions = self.versions(id_or_name if name is None else name)
        for one in versions:
            if one.id == id_or_name:
                return one
        if not versions or versions[0].removed is not None:
            raise UnknownScenarioError(
                "No plan “{name}” was saved. See the list of saved plans.", field="plan", name=id_or_name[:80]
            )
        return versions[0]

    def remove(self, id_or_name: str, by: str, now: datetime) -> Scenario:
        """Take a plan out of the list, with the versions before it. Who and when is kept, and so is the plan.

        Raises
        ------
        UnknownScenarioError
            There is none.
        ScenarioError
            Nobody's name.
        RegistryError
            It cannot be written.
        """
        whose, found = by_of(by), self.get(id_or_name)
        if found.removed is None:
            with self._store.writing() as connection:
                _add_event(connection, found.id, REMOVED, "", "", whose, now)
        return self.get(found.id)

    def accepted(self, id_or_name: str, key: str, code: str, by: str, now: datetime) -> Scenario:
        """Note that a site of a plan became a planned station.

        Raises
        ------
        UnknownScenarioError
            There is no such plan.
        ScenarioError
            The plan has no such site, or it became a station already; nobody's name.
        RegistryError
            It cannot be written.
        """
        whose, found = by_of(by), self.get(id_or_name)
        if key not in found.plan.keys:
            raise ScenarioError(
                "The plan “{name}” has no site {key}. Its sites are: {known}.",
                field="key",
                name=found.name,
                key=key[:80],
                known=", ".join(found.plan.keys),
            )
        with self._store.writing() as connection:
            this = (SCENARIO_EVENT.c.scenario == found.id) & (SCENARIO_EVENT.c.what == ACCEPTED)
            this &= SCENARIO_EVENT.c.key == key
            last = sa.select(SCENARIO_EVENT.c.code).where(this).order_by(SCENARIO_EVENT.c.number.desc()).limit(1)
            before = connection.execute(last).scalar()
            if before is not None and before != code:
                raise ScenarioError(
                    "Site {key} of the plan “{name}” is the planned station {code} already.",
                    field="key",
                    key=key[:80],
                    name=found.name,
                    code=before,
                )
            if before is None:
                _add_event(connection, found.id, ACCEPTED, key, code, whose, now)
        return self.get(found.id)

    def _check(self, connection: sa.Connection, listed: str) -> None:
        """See that a plan can be replayed, and that there is room for it."""
        if listed and not connection.execute(sa.select(sa.exists().where(CANDIDATE_LIST.c.name == listed))).scalar():
            raise UnknownScenarioError(
                "The list {name} of this question is not kept any more. Upload it again.",
                field="list",
                name=listed[:80],
            )
        if (connection.execute(sa.select(sa.func.count()).select_from(SCENARIO)).scalar() or 0) >= MOST_SCENARIOS:
            raise ScenarioError("{most} plans were saved, and there is no room for more.", most=MOST_SCENARIOS)

    def _read(self, where: sa.ColumnElement[bool] | None) -> tuple[Scenario, ...]:
        """Read plans, the oldest first."""
        these = sa.true() if where is None else where
        with self._store.reading() as connection:
            rows = connection.execute(sa.select(SCENARIO).where(these).order_by(SCENARIO.c.number)).all()
            events = _events(connection, SCENARIO_EVENT.c.scenario.in_(sa.select(SCENARIO.c.id).where(these)))
        read = []
        versions: dict[str, int] = defaultdict(int)
        removed: dict[str, Event] = {}
        for row in rows:
            versions[row.name] += 1
            read.append((row, versions[row.name]))
        scenarios = []
        for row, version in reversed(read):
            own = events[row.id]
            gone = next((event for event in own if event.what == REMOVED), None) or removed.get(row.name)
            if gone is not None:
                removed[row.name] = gone
            scenarios.append(self._scenario(row, version, own, gone))
        return tuple(reversed(scenarios))

    def _scenario(self, row: Any, version: int, events: Sequence[Event], gone: Event | None) -> Scenario:
        accepted = {event.key: event.code for event in events if event.what == ACCEPTED}
        return Scenario(
            row.id,
            row.name,
            row.note,
            row.who,
            self._moment(row.made),
            query_of(row.query),
            row.revision,
            row.digest,
            StoredPlan.from_json(row.plan),
            MappingProxyType(orjson.loads(row.summary)),
            MappingProxyType(accepted),
            None if gone is None else self._moment(gone.at),
            "" if gone is None else gone.who,
            version,
        )

    def _moment(self, text: str) -> datetime:
        return datetime.fromisoformat(text).astimezone(self._timezone)


def _new_id(connection: sa.Connection) -> str:
    while True:
        made = "".join(secrets.choice(LETTERS) for _ in range(ID_CHARACTERS))
        if not connection.execute(sa.select(sa.exists().where(SCENARIO.c.id == made))).scalar():
            return made


def _events(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Mapping[str, list[Event]]:
    """What became of plans, by their ids, the earliest first."""
    events: dict[str, list[Event]] = defaultdict(list)
    for event in connection.execute(sa.select(SCENARIO_EVENT).where(where).order_by(SCENARIO_EVENT.c.number)):
        events[event.scenario].append(event)
    return events


def _add_event(
    connection: sa.Connection, scenario: str, what: str, key: str, code: str, who: str, now: datetime
) -> None:
    number = (connection.execute(sa.select(sa.func.max(SCENARIO_EVENT.c.number))).scalar() or 0) + 1
    row = {"number": number, "scenario": scenario, "what": what, "key": key, "code": code, "who": who}
    connection.execute(SCENARIO_EVENT.insert(), row | {"at": _text(now)})


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
