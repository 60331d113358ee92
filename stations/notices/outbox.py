"""What is on its way: taken by one at a time, tried until it is heard, and written down each time.

A row stays until it was heard or given up. Who takes it holds it for some minutes; if the process dies meanwhile,
another takes it then. So each is tried at least once, and under the same name if twice.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import orjson
import sqlalchemy as sa

from stations.errors import UnknownHookError
from stations.notices.facts import Delivery, Event, State, Try
from stations.notices.gathering import event_of
from stations.registry.schema import NOTICE_DELIVERY, NOTICE_EVENT, NOTICE_TRY
from stations.registry.stores import Store

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 3 * 60, 6 * 60, *[12 * 60] * 5))
"""How long after each try the next one is; 70 hours in all, longer than a weekend on which nobody mends a server."""

TRIES = len(WAITS) + 1

HELD = timedelta(minutes=5)
"""How long somebody may be at one; far longer than any try takes."""

KEPT = timedelta(days=90)
"""How long events, deliveries and answers are kept."""

LONGEST_ANSWER = 1000


class Outbox:
    """The outbox of one store. Threads, and processes, may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take(self, now: datetime) -> Delivery | None:
        """Take what is due longest, so that nobody else does; None where nothing is.

        Raises
        ------
        RegistryError
            The database cannot be read or written.
        """
        free = NOTICE_DELIVERY.c.held < text_of(now)
        due = (NOTICE_DELIVERY.c.state == State.WAITING.value) & (NOTICE_DELIVERY.c.due <= text_of(now)) & free
        query = sa.select(NOTICE_DELIVERY).where(due).order_by(NOTICE_DELIVERY.c.due, NOTICE_DELIVERY.c.number).limit(1)
        with self._store.reading() as connection:
            if connection.execute(query).first() is None:
                return None
        with self._store.writing() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                return None
            values = {"held": text_of(now + HELD), "tries": row["tries"] + 1, "remaining": max(0, row["remaining"] - 1)}
            connection.execute(
                NOTICE_DELIVERY.update().where(NOTICE_DELIVERY.c.number == row["number"]).values(**values)
            )
        return _delivery({**row} | values)

    def finish(
        self,
        delivery: Delivery,
        answer: str,
        *,
        good: bool,
        again: bool = True,
        dropped: bool = False,
        begun: datetime,
        now: datetime,
    ) -> State:
        """Write down what came of a try, and when the next one is.

        Parameters
        ----------
        delivery
            As it was taken.
        again
            Whether there is any sense in trying once more.
        dropped
            Whether nobody is left to be told.

        Returns
        -------
        State
            What became of it.
        """
        if good:
            state = State.SENT
        elif dropped:
            state = State.DROPPED
        else:
            state = State.WAITING if again and delivery.remaining else State.GIVEN_UP
        values: dict[str, object] = {"state": state.value, "held": ""}
        next_due = text_of(now + WAITS[max(0, len(WAITS) - delivery.remaining)]) if state is State.WAITING else ""
        if next_due:
            values["due"] = next_due
        mine = (NOTICE_DELIVERY.c.number == delivery.number) & (NOTICE_DELIVERY.c.tries == delivery.tries)
        with self._store.writing() as connection:
            if not connection.execute(NOTICE_DELIVERY.update().where(mine).values(**values)).rowcount:
                return state  # it took so long that somebody else has taken it
            row = {
                "delivery": delivery.number,
                "number": delivery.tries,
                "at": text_of(begun),
                "took_ms": max(0, round((now - begun).total_seconds() * 1000)),
                "good": int(good),
                "answer": answer[:LONGEST_ANSWER],
            }
            connection.execute(NOTICE_TRY.insert(), row)
            if next_due:
                # What else waits for the same one that does not answer would only wait in vain, one after the other.
                others = (NOTICE_DELIVERY.c.target == delivery.target) & (
                    NOTICE_DELIVERY.c.state == State.WAITING.value
                )
                later = NOTICE_DELIVERY.update().where(others, NOTICE_DELIVERY.c.due < next_due)
                connection.execute(later.values(due=next_due))
            elif good:
                # It answers again: what waited for it need not wait longer.
                others = (NOTICE_DELIVERY.c.target == delivery.target) & (
                    NOTICE_DELIVERY.c.state == State.WAITING.value
                )
                sooner = NOTICE_DELIVERY.update().where(others, NOTICE_DELIVERY.c.due > text_of(now))
                connection.execute(sooner.values(due=text_of(now)))
        return state

    def put_back(self, delivery: Delivery, due: datetime) -> None:
        """Keep what was taken for later, as if nobody had tried."""
        values = {"held": "", "due": text_of(due), "tries": delivery.tries - 1, "remaining": delivery.remaining + 1}
        mine = (NOTICE_DELIVERY.c.number == delivery.number) & (NOTICE_DELIVERY.c.tries == delivery.tries)
        with self._store.writing() as connection:
            connection.execute(NOTICE_DELIVERY.update().where(mine).values(**values))

    def hurry(self, target: str, now: datetime) -> None:
        """Try at once all that waits for somebody."""
        waiting = (NOTICE_DELIVERY.c.target == target) & (NOTICE_DELIVERY.c.state == State.WAITING.value)
        with self._store.writing() as connection:
            connection.execute(NOTICE_DELIVERY.update().where(waiting).values(due=text_of(now)))

    def again(self, number: int, target: str, now: datetime) -> None:
        """Try something once more that was sent, or given up, from now on as often as at first.

        Raises
        ------
        UnknownHookError
            The target has no such delivery.
        """
        mine = (NOTICE_DELIVERY.c.number == number) & (NOTICE_DELIVERY.c.target == target)
        values = {"state": State.WAITING.value, "due": text_of(now), "held": "", "remaining": TRIES}
        with self._store.writing() as connection:
            if not connection.execute(NOTICE_DELIVERY.update().where(mine).values(**values)).rowcount:
                raise UnknownHookError("There is no delivery {number} here.", number=number)

    def all_again(self, target: str, now: datetime) -> None:
        """Try all once more that was given up for somebody, from now on as often as at first."""
        mine = (NOTICE_DELIVERY.c.target == target) & (NOTICE_DELIVERY.c.state == State.GIVEN_UP.value)
        values = {"state": State.WAITING.value, "due": text_of(now), "held": "", "remaining": TRIES}
        with self._store.writing() as connection:
            connection.execute(NOTICE_DELIVERY.update().where(mine).values(**values))

    def drop_waiting(self, target: str) -> None:
        """Send nothing more of what waits for somebody."""
        waiting = (NOTICE_DELIVERY.c.target == target) & (NOTICE_DELIVERY.c.state == State.WAITING.value)
        with self._store.writing() as connection:
            connection.execute(NOTICE_DELIVERY.update().where(waiting).values(state=State.DROPPED.value))

    def log(self, target: str, limit: int = 50) -> tuple[tuple[Delivery, tuple[Event, ...], tuple[Try, ...]], ...]:
        """The last deliveries to somebody, the newest first: what they tell, and every try, the last first."""
        query = sa.select(NOTICE_DELIVERY).where(NOTICE_DELIVERY.c.target == target)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(NOTICE_DELIVERY.c.number.desc()).limit(limit)).mappings().all()
            deliveries = [_delivery({**row}) for row in rows]
            events = _events(connection, {number for one in deliveries for number in one.events})
            tries: dict[int, list[Try]] = {one.number: [] for one in deliveries}
            of_these = sa.select(NOTICE_TRY).where(NOTICE_TRY.c.delivery.in_(tries))
            for row in connection.execute(of_these.order_by(NOTICE_TRY.c.number.desc())).mappings():
                at = datetime.fromisoformat(row["at"])
                tries[row["delivery"]].append(Try(row["number"], at, row["took_ms"], bool(row["good"]), row["answer"]))
        return tuple(
            (one, tuple(events[number] for number in one.events if number in events), tuple(tries[one.number]))
            for one in deliveries
        )

    def events(self, delivery: Delivery) -> tuple[Event, ...]:
        """What a delivery tells, in order."""
        with self._store.reading() as connection:
            found = _events(connection, set(delivery.events))
        return tuple(found[number] for number in delivery.events if number in found)

    def given_up(self, targets: Collection[str]) -> dict[str, int]:
        """How many deliveries were given up, by target; of those that have any."""
        query = (
            sa.select(NOTICE_DELIVERY.c.target, sa.func.count())
            .where(NOTICE_DELIVERY.c.state == State.GIVEN_UP.value, NOTICE_DELIVERY.c.target.in_(list(targets)))
            .group_by(NOTICE_DELIVERY.c.target)
        )
        with self._store.reading() as connection:
            return {row.target: row[1] for row in connection.execute(query)}

    def waiting(self) -> int:
        """How many are on their way."""
        query = sa.select(sa.func.count()).where(NOTICE_DELIVERY.c.state == State.WAITING.value)
        with self._store.reading() as connection:
            return connection.execute(query).scalar_one()

    def forget(self, now: datetime) -> None:
        """Forget what was settled long ago."""
        before = text_of(now - KEPT)
        old = (NOTICE_DELIVERY.c.made < before) & (NOTICE_DELIVERY.c.state != State.WAITING.value)
        with self._store.reading() as connection:
            gone = list(connection.execute(sa.select(NOTICE_DELIVERY.c.number).where(old).limit(1000)).scalars())
            needed = [
                number
                for text in connection.execute(
                    sa.select(NOTICE_DELIVERY.c.events).where(NOTICE_DELIVERY.c.number.not_in(gone))
                ).scalars()
                for number in orjson.loads(text)
            ]
            last = connection.execute(sa.select(sa.func.max(NOTICE_EVENT.c.number))).scalar() or 0
            oldest = min([last, *needed])
            done = (NOTICE_EVENT.c.at < before) & (NOTICE_EVENT.c.number < oldest)
            events = connection.execute(sa.select(sa.exists().where(done))).scalar()
        if not gone and not events:
            return
        with self._store.writing() as connection:
            connection.execute(NOTICE_TRY.delete().where(NOTICE_TRY.c.delivery.in_(gone)))
            connection.execute(NOTICE_DELIVERY.delete().where(NOTICE_DELIVERY.c.number.in_(gone)))
            connection.execute(NOTICE_EVENT.delete().where(done))


def text_of(moment: datetime) -> str:
    """A moment as it is kept."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _events(connection: sa.Connection, numbers: Collection[int]) -> dict[int, Event]:
    query = sa.select(NOTICE_EVENT).where(NOTICE_EVENT.c.number.in_(list(numbers)))
    return {row["number"]: event_of({**row}) for row in connection.execute(query).mappings()}


def _delivery(row: dict[str, object]) -> Delivery:
    held = str(row["held"])
    return Delivery(
        int(str(row["number"])),
        str(row["target"]),
        tuple(orjson.loads(str(row["events"]))),
        datetime.fromisoformat(str(row["made"])),
        datetime.fromisoformat(str(row["due"])),
        datetime.fromisoformat(held) if held else None,
        int(str(row["tries"])),
        int(str(row["remaining"])),
        State(str(row["state"])),
    )
