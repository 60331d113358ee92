"""Who wants to be told of what: the choices of the staff, and the webhooks of areas."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime

import orjson
import sqlalchemy as sa

from stations.errors import NoticeError, UnknownHookError
from stations.notices.facts import Choice, Hook, HookState, Kind, Rhythm, hook_at, mail_to
from stations.notices.gathering import begin, begin_for
from stations.notices.robots import Form, checked, form_of, shown
from stations.notices.standing import Stands
from stations.notices.webaddress import WebAddress
from stations.people.audit import Audit
from stations.people.facts import By
from stations.people.marks import Keys
from stations.registry.schema import NOTICE_CHOICE, NOTICE_HOOK
from stations.registry.stores import Store

MOST_HOOKS = 10
"""Of one area."""

NONCE_BYTES, SECRET_BYTES = 12, 32
BEGINS = "whsec_"


class Choices:
    """What the staff of one store want letters about. Threads may share it."""

    def __init__(self, store: Store, today: Callable[[], date], stands: Stands) -> None:
        self._store, self._today, self._stands = store, today, stands

    def of(self, login: str) -> Choice:
        """The choice of somebody; of who never chose, no letters."""
        with self._store.reading() as connection:
            row = connection.execute(sa.select(NOTICE_CHOICE).where(NOTICE_CHOICE.c.login == login)).mappings().first()
        return Choice(login) if row is None else _choice(row)

    def choose(self, login: str, kinds: Iterable[Kind], rhythm: Rhythm) -> Choice:
        """Keep what somebody chooses.

        Raises
        ------
        NoticeError
            Letters about nothing.
        RegistryError
            It cannot be written.
        """
        chosen = Choice(login, frozenset(kinds), rhythm)
        if rhythm is not Rhythm.NEVER and not chosen.kinds:
            raise NoticeError("Choose at least one thing to be told of, or no letters.", field="kinds")
        values = {"kinds": _kinds(chosen.kinds), "rhythm": rhythm.value}
        stands = self._stands() if rhythm is not Rhythm.NEVER else ()
        with self._store.writing() as connection:
            this = NOTICE_CHOICE.c.login == login
            before = connection.execute(sa.select(NOTICE_CHOICE.c.rhythm).where(this)).scalar()
            if rhythm is not Rhythm.NEVER and before in {None, Rhythm.NEVER.value}:
                begin(connection, self._today(), stands)
                begin_for(connection, mail_to(login), self._today())
            if before is None:
                connection.execute(NOTICE_CHOICE.insert(), {"login": login} | values)
            else:
                connection.execute(NOTICE_CHOICE.update().where(this).values(**values))
        return chosen

    def all(self) -> tuple[Choice, ...]:
        """The choices of all who want letters."""
        return choices_in(self._store)


class Hooks:
    """The webhooks of one store. Threads may share it.

    What is signed with is kept encrypted, and bound to its webhook, with a key that is not in the table; so is the
    address of a robot, which lets anybody speak in its group. What the table has of that in the clear only names it.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], datetime],
        today: Callable[[], date],
        stands: Stands,
        keys: Keys,
        audit: Audit,
    ) -> None:
        self._store, self._clock, self._today, self._stands = store, clock, today, stands
        self._keys, self._audit = keys, audit

    def add(self, area: str, address: WebAddress, kinds: Iterable[Kind], *, by: By, sign: str = "") -> tuple[Hook, str]:
        """Add a webhook.

        Parameters
        ----------
        sign
            The secret of a robot that asks for a signature.

        Returns
        -------
        Hook, str
            And the secret with which everything is signed that it is sent: to be shown once. Empty for a robot.

        Raises
        ------
        NoticeError
            About nothing, too many of one area, or a robot that cannot be as it was given.
        RegistryError
            It cannot be written.
        """
        chosen = self._some(kinds)
        sign, robot = checked(address, sign), form_of(address.url) is not Form.OURS
        stands = self._stands()
        secret = "" if robot else BEGINS + secrets.token_urlsafe(SECRET_BYTES)
        with self._keys.writing(self._store) as connection:
            there = connection.execute(
                sa.select(sa.func.count()).where(
                    NOTICE_HOOK.c.area == area, NOTICE_HOOK.c.state != HookState.GONE.value
                )
            ).scalar_one()
            if there >= MOST_HOOKS:
                raise NoticeError(
                    "{most} webhooks of this area are there already. Take one away first.", field="url", most=MOST_HOOKS
                )
            number = (connection.execute(sa.select(sa.func.max(NOTICE_HOOK.c.number))).scalar() or 0) + 1
            row = {
                "number": number,
                "area": area,
                "url": shown(address) if robot else address.url,
                "kinds": _kinds(chosen),
                "secret": self._sealed(number, f"{address.url}\n{sign}" if robot else secret),
                "state": HookState.ON.value,
                "made": self._clock().astimezone(UTC).isoformat(timespec="seconds"),
                "made_by": by.login,
            }
            begin(connection, self._today(), stands)
            begin_for(connection, hook_at(number), self._today())
            connection.execute(NOTICE_HOOK.insert(), row)
            self._audit.tell_in(connection, by, "webhook added", f"{number}: {address.host}", area)
        return _hook(row), secret

    def get(self, number: int) -> Hook:
        """One webhook.

        Raises
        ------
        UnknownHookError
            There is none of that number, or it was taken away.
        """
        found = next((one for one in hooks_in(self._store) if one.number == number), None)
        if found is None:
            raise UnknownHookError("There is no webhook {number}.", number=number)
        return found

    def all(self) -> tuple[Hook, ...]:
        """All that were not taken away."""
        return hooks_in(self._store)

    def set_kinds(self, number: int, kinds: Iterable[Kind], *, by: By) -> None:
        """Choose anew what a webhook is told.

        Raises
        ------
        NoticeError
            Nothing is.
        """
        self._set(number, by, "webhook changed", kinds=_kinds(self._some(kinds)))

    def set_state(self, number: int, state: HookState, *, by: By) -> None:
        """Rest a webhook, wake it again, or take it away for good, with what it was signed with."""
        values = {"state": state.value} | ({"secret": ""} if state is HookState.GONE else {})
        what = {HookState.ON: "resumed", HookState.PAUSED: "paused", HookState.GONE: "removed"}[state]
        self._set(number, by, f"webhook {what}", **values)

    def new_secret(self, number: int, *, by: By) -> str:
        """Sign with another secret from now on; gives it, to be shown once.

        Raises
        ------
        NoticeError
            It is a robot, which has a secret of its own, or none.
        """
        if form_of(self.get(number).url) is not Form.OURS:
            raise NoticeError("A robot has its own secret. Take it away here, and add it anew with another.")
        secret = BEGINS + secrets.token_urlsafe(SECRET_BYTES)
        self._set(number, by, "webhook secret renewed", secret=self._sealed(number, secret))
        return secret

    def secret(self, number: int) -> str:
        """What a webhook is signed with; of a robot, its address and behind a line feed the secret that it asks for.

        Raises
        ------
        UnknownHookError
            There is no such webhook.
        NoticeError
            It cannot be read, as the house's own secret is another by now.
        """
        with self._store.reading() as connection:
            kept = connection.execute(sa.select(NOTICE_HOOK.c.secret).where(NOTICE_HOOK.c.number == number)).scalar()
        if not kept:
            raise UnknownHookError("There is no webhook {number}.", number=number)
        opened = self._opened(number, kept)
        if not opened:
            raise NoticeError(
                "The secret of this webhook cannot be read any more. Make a new one on its page; if it is a robot, "
                "take it away and add it anew."
            )
        return opened

    def robot(self, number: int) -> tuple[WebAddress, str]:
        """Where a robot is, and the secret that it asks for; empty for none.

        Raises
        ------
        UnknownHookError
            There is no such webhook.
        NoticeError
            It cannot be read, as the house's own secret is another by now.
        """
        url, _, sign = self.secret(number).partition("\n")
        return WebAddress.read(url), sign

    def _set(self, number: int, by: By, what: str, **values: str) -> None:
        there = (NOTICE_HOOK.c.number == number) & (NOTICE_HOOK.c.state != HookState.GONE.value)
        with self._keys.writing(self._store) as connection:
            row = connection.execute(sa.select(NOTICE_HOOK.c.area, NOTICE_HOOK.c.url).where(there)).one_or_none()
            if row is None:
                raise UnknownHookError("There is no webhook {number}.", number=number)
            connection.execute(NOTICE_HOOK.update().where(there).values(**values))
            self._audit.tell_in(connection, by, what, f"{number}: {WebAddress.host_of(row.url)}", row.area)

    @staticmethod
    def _some(kinds: Iterable[Kind]) -> frozenset[Kind]:
        chosen = frozenset(kinds)
        if not chosen:
            raise NoticeError("Choose at least one thing that the webhook is told.", field="kinds")
        return chosen

    def _sealed(self, number: int, secret: str) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._keys.key("webhooks")).encrypt(nonce, secret.encode(), f"webhook {number}".encode())
        return b64encode(nonce + sealed).decode()

    def _opened(self, number: int, kept: str) -> str:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            data = b64decode(kept, validate=True)
            about = f"webhook {number}".encode()
            return AESGCM(self._keys.key("webhooks")).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], about).decode()
        except (InvalidTag, NoBase64, ValueError):
            return ""


def choices_in(store: Store) -> tuple[Choice, ...]:
    """The choices of all who want letters, by log-in name."""
    query = sa.select(NOTICE_CHOICE).where(NOTICE_CHOICE.c.rhythm != Rhythm.NEVER.value)
    with store.reading() as connection:
        return tuple(_choice(row) for row in connection.execute(query.order_by(NOTICE_CHOICE.c.login)).mappings())


def hooks_in(store: Store) -> tuple[Hook, ...]:
    """All webhooks that were not taken away, by number."""
    query = sa.select(NOTICE_HOOK).where(NOTICE_HOOK.c.state != HookState.GONE.value).order_by(NOTICE_HOOK.c.number)
    with store.reading() as connection:
        return tuple(_hook({**row}) for row in connection.execute(query).mappings())


def kinds_of(words: Iterable[str]) -> frozenset[Kind]:
    """Read keys of kinds.

    Raises
    ------
    NoticeError
        One that does not exist.
    """
    try:
        return frozenset(map(Kind, words))
    except ValueError:
        known = ", ".join(Kind)
        raise NoticeError("One can be told of {known}, and of nothing else.", field="kinds", known=known) from None


def _choice(row: sa.RowMapping) -> Choice:
    return Choice(row["login"], _read_kinds(row["kinds"]), Rhythm(row["rhythm"]))


def _hook(row: dict[str, object]) -> Hook:
    return Hook(
        int(str(row["number"])),
        str(row["area"]),
        str(row["url"]),
        _read_kinds(str(row["kinds"])),
        HookState(str(row["state"])),
        datetime.fromisoformat(str(row["made"])),
        str(row["made_by"]),
    )


def _kinds(kinds: Iterable[Kind]) -> str:
    return orjson.dumps(sorted(kinds)).decode()


def _read_kinds(text: str) -> frozenset[Kind]:
    return frozenset(Kind(key) for key in orjson.loads(text) if key in set(Kind))
