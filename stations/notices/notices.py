"""Notices of one house: find what there is to tell, make deliveries of it, and deliver them."""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import orjson

from geodata.errors import PlainError
from stations.desk.desk import Desk
from stations.desk.roll import Roll
from stations.errors import MailError, NobodyError, NoticeError, PostError, RegistryError
from stations.mail import Mail
from stations.notices.facts import TEST, Delivery, Event, Hook, HookState, Rhythm, State, Way, hook_at
from stations.notices.gathering import anybody, gather, keep_one
from stations.notices.handing import hand_out, put_out, readers
from stations.notices.lease import Lease
from stations.notices.letters import Letters
from stations.notices.outbox import Outbox
from stations.notices.payload import delivery_id, payload
from stations.notices.posting import ID, KIND, SIGNATURE, Poster, signature
from stations.notices.robots import MOST_BYTES, Form, form_of, heard, hide, message
from stations.notices.standing import Books, Matter
from stations.notices.webaddress import WebAddress
from stations.notices.wishes import Choices, Hooks
from stations.people.facts import By
from stations.people.people import People
from stations.registry.stores import Store

MORNING = 7
"""The hour from which daily letters are sent, and overdue checks looked for, where the stations are."""

RESTS = timedelta(hours=1)
"""How long something waits at a time for a webhook that was paused."""

PAGES = 1000
"""How many pages of the log are looked through at a time."""

log = logging.getLogger("yizhan")


class Notices:
    """Notices of one house. Threads may share it; processes make their own on the same store.

    Parameters
    ----------
    desk, people
        What there is to tell, and to whom.
    mail
        The mail server; None where no letters are sent.
    poster
        What sends to webhooks.
    address
        That people know the house by, for links; may be empty.
    zone
        In which days begin.
    books
        What is kept beside the log, in which something may wait for somebody.
    """

    def __init__(
        self,
        desk: Desk,
        people: People,
        *,
        mail: Mail | None,
        poster: Poster,
        address: str,
        zone: ZoneInfo,
        books: Books | None = None,
    ) -> None:
        self.desk, self.people, self.mail, self.poster, self.address = desk, people, mail, poster, address
        self.zone, self.books = zone, books or Books()
        self.choices = Choices(self.store, self.today, self.stands)
        self.hooks = Hooks(self.store, people.clock, self.today, self.stands, people.keys, people.audit)
        self.outbox = Outbox(self.store)
        self.lease = Lease(self.store)

    @property
    def store(self) -> Store:
        """The database that all of it is in."""
        return self.desk.registry.store

    @property
    def clock(self) -> Callable[[], datetime]:
        """Gives aware moments."""
        return self.people.clock

    def today(self) -> date:
        """The day where the stations are."""
        return self.clock().astimezone(self.zone).date()

    def stands(self) -> Collection[str]:
        """The marks of what stands now, beside proposals."""
        return self._matters(self.desk.roll(), self.clock()).keys()

    def _matters(self, roll: Roll, now: datetime) -> Mapping[str, Matter]:
        """Give what stands; before the morning as it stood the day before, so that nobody is told at night."""
        local = now.astimezone(self.zone)
        day = local.date() if local.hour >= MORNING else local.date() - timedelta(days=1)
        return self.books.matters(self.store, roll, day)

    @cached_property
    def letters(self) -> Letters:
        """What writes letters."""
        return Letters.load(self.address)

    def wanted(self) -> bool:
        """Whether anybody wants to be told anything, or something is still on its way."""
        with self.store.reading() as connection:
            somebody = anybody(connection)
        return somebody or self.outbox.waiting() > 0

    def look(self, now: datetime) -> int:
        """Find what there is to tell, and make deliveries of it; gives how many.

        Raises
        ------
        RegistryError
            The database cannot be read or written; what was not written is found the next time.
        """
        local = now.astimezone(self.zone)
        today, morning = local.date(), local.hour >= MORNING
        roll = self.desk.roll()
        matters = self._matters(roll, now)
        for _ in range(PAGES):
            if not gather(self.store, roll.lines, self.desk.every, matters, now=now, today=today, morning=morning):
                break
        told = readers(
            self.choices.all(),
            self.hooks.all(),
            {person.login: person for person in self.people.all()},
            mail=self.mail is not None,
        )
        return hand_out(self.store, told, now=now, today=today, morning=morning)

    def deliver_next(self, now: datetime) -> State | None:
        """Deliver what is due longest; None where nothing is."""
        delivery = self.outbox.take(now)
        return None if delivery is None else self.deliver(delivery)

    def deliver_all(self, now: datetime, most: int = 10_000) -> int:
        """Deliver what is due; gives how many were tried."""
        for tried in range(most):
            if self.deliver_next(now) is None:
                return tried
        return most

    def deliver(self, delivery: Delivery) -> State:
        """Try to deliver something that was taken, and write down what came of it."""
        begun = self.clock()
        words, good, again, dropped = "", False, True, False
        try:
            if delivery.way is Way.MAIL:
                self._letter(delivery)
                good = True
            else:
                words, good = self._post(delivery)
        except MailError as error:
            words, again = in_words(error), error.later
        except PostError as error:
            words = in_words(error)
        except NobodyError as error:
            words, dropped = in_words(error), True
        except NoticeError as error:
            words, again = in_words(error), False
        except _RestingError:
            self.outbox.put_back(delivery, begun + RESTS)
            return State.WAITING
        except RegistryError:
            raise  # nothing can be written down
        except Exception as fault:  # noqa: BLE001  a fault of ours counts as a try, or it is tried for ever
            where = "".join(traceback.format_tb(fault.__traceback__))
            # Not its own words, which may hold whom a message is for.
            log.error("Delivery %s failed: %s\n%s", delivery_id(delivery), type(fault).__name__, where)  # noqa: TRY400
            words = in_words(NoticeError("This house could not write the message; its log says why."))
        return self.outbox.finish(
            delivery, words, good=good, again=again, dropped=dropped, begun=begun, now=self.clock()
        )

    def try_out(self, hook: Hook, now: datetime) -> None:
        """Send a webhook something to see whether it is heard."""
        with self.store.writing() as connection:
            event = Event(f"test:{secrets.token_hex(8)}", TEST, now, hook.area)
            number = keep_one(connection, event)
            put_out(connection, [(hook_at(hook.number), [number])], now)

    def set_state(self, hook: Hook, state: HookState, *, by: By) -> None:
        """Rest a webhook, wake it again, or take it away; what waits for it waits on, goes, or is dropped."""
        self.hooks.set_state(hook.number, state, by=by)
        if state is HookState.GONE:
            self.outbox.drop_waiting(hook_at(hook.number))
        elif state is HookState.ON:
            self.outbox.hurry(hook_at(hook.number), self.clock())

    def check(self, text: str) -> WebAddress:
        """Read the address of a webhook, and see that it may be sent to.

        Raises
        ------
        NoticeError
            It cannot be one.
        """
        address = WebAddress.read(text)
        try:
            self.poster.check(address)
        except PostError as error:
            raise NoticeError(error.template, field="url", **error.values) from None
        return address

    def _letter(self, delivery: Delivery) -> None:
        person = self.people.by_login(delivery.to)
        if self.mail is None:
            raise MailError("No mail server is set.", later=True)
        if person is None or person.disabled or not person.mail:
            raise NobodyError("There is nobody to write to any more.")
        choice = self.choices.of(person.login)
        day = delivery.made.astimezone(self.zone).date() if choice.rhythm is Rhythm.DAILY else None
        mark = f"notice-{delivery_id(delivery)}"
        letter = self.letters.letter(person, self.outbox.events(delivery), mark=mark, day=day)
        if letter is None:
            raise NobodyError("There is nothing left that this person may see.")
        self.mail.send(letter, at=self.clock())

    def _post(self, delivery: Delivery) -> tuple[str, bool]:
        hook = next((one for one in self.hooks.all() if str(one.number) == delivery.to), None)
        events = self.outbox.events(delivery)
        if hook is None or not events:
            raise NobodyError("The webhook was taken away.")
        if hook.state is HookState.PAUSED:
            raise _RestingError
        if form_of(hook.url) is not Form.OURS:
            return self._say(hook, events), True
        event = events[0]
        body = payload(hook, delivery, event, self.address)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Yizhan",
            SIGNATURE: signature(self.hooks.secret(hook.number), body, self.clock().astimezone(UTC)),
            ID: delivery_id(delivery),
            KIND: str(event.kind),
        }
        answered = self.poster.post(WebAddress.read(hook.url), body, headers)
        return answered.words, answered.good

    def _say(self, hook: Hook, events: Sequence[Event]) -> str:
        """Tell the robot of a group; gives what it answered."""
        address, sign = self.hooks.robot(hook.number)
        text = self.letters.message(events, most=MOST_BYTES)
        to, body = message(address, sign, text, self.clock().astimezone(UTC))
        try:
            answered = self.poster.post(to, body, {"Content-Type": "application/json", "User-Agent": "Yizhan"})
        except PostError as error:
            values = {name: hide(address, str(value)) for name, value in error.values.items()}
            raise PostError(error.template, **values) from None
        return heard(address, answered)


def in_words(error: PlainError) -> str:
    """What went wrong as it is written down: template and values apart, so that a page can translate it."""
    return orjson.dumps([error.template, {key: str(value) for key, value in error.values.items()}]).decode()


def of_words(text: str) -> tuple[str, dict[str, str]]:
    """What `in_words` wrote; what another server said comes back as it is."""
    try:
        template, values = orjson.loads(text)
    except ValueError:
        return "{said}", {"said": text}
    return str(template), dict(values)


class _RestingError(Exception):
    """Something waits for a webhook that was paused."""
