"""The second factor: a code from a telephone that changes twice a minute (TOTP, RFC 6238), and codes for its loss.

The secret is kept encrypted, with a key that is not in the same table, and bound to its person: moved into another's
row it opens nothing. Recovery codes are kept as keyed hashes, and each counts once.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from binascii import Error as NoBase64
from collections.abc import Callable
from datetime import datetime

import pyotp
import sqlalchemy as sa

from stations.errors import PeopleError
from stations.people.audit import Audit, area_of_all
from stations.people.facts import By, Person
from stations.people.marks import Keys
from stations.registry.schema import PERSON, RECOVERY
from stations.registry.stores import Store

STEP_S = 30
AROUND = (0, -1, 1)
"""Steps that are tried: clocks of telephones may be half a minute off."""

CODES = 10
NONCE_BYTES = 12
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Factors:
    """Second factors of the staff of one store. Threads may share it."""

    def __init__(self, store: Store, clock: Callable[[], datetime], keys: Keys, audit: Audit) -> None:
        self._store, self._clock, self._keys, self._audit = store, clock, keys, audit

    def offer(self, person: Person) -> tuple[str, str]:
        """Make a secret for somebody's telephone.

        Returns
        -------
        str, str
            The secret in base 32, and the same sealed: to be handed back by the page together with a first code.
        """
        secret = pyotp.random_base32()
        return secret, self._sealed(person.id, secret, "offer")

    def offered(self, person: Person, sealed: str) -> str:
        """Open what `offer` sealed.

        Raises
        ------
        PeopleError
            It is not ours, or was made for somebody else.
        """
        secret = self._opened(person.id, sealed, "offer")
        if not secret:
            raise PeopleError("That page had been open for too long. Begin again.", field="code")
        return secret

    def set_up(self, person: Person, sealed: str, code: str, *, by: By) -> tuple[str, ...]:
        """Ask for a second factor from now on.

        Returns
        -------
        tuple of str
            Recovery codes, to be told once.

        Raises
        ------
        PeopleError
            The code does not fit the secret: the telephone has another, or its clock is wrong.
        """
        secret = self.offered(person, sealed)
        step = self._step(secret, code)
        if step is None:
            raise PeopleError(
                "The code does not fit. Enter the one that the telephone shows now; check that its clock is right.",
                field="code",
            )
        fresh = tuple(_recovery() for _ in range(CODES))
        with self._keys.writing(self._store) as connection:
            kept = {"factor": self._sealed(person.id, secret, "kept"), "factor_step": step}
            connection.execute(PERSON.update().where(PERSON.c.id == person.id), kept)
            connection.execute(RECOVERY.delete().where(RECOVERY.c.person == person.id))
            connection.execute(
                RECOVERY.insert(), [{"person": person.id, "mark": self._mark(person.id, one)} for one in fresh]
            )
            self._audit.tell_in(connection, by, "second factor set up", person.login, area_of_all(person.grants))
        return fresh

    def take_off(self, person: Person, *, by: By) -> None:
        """Ask for no second factor any more."""
        with self._keys.writing(self._store) as connection:
            connection.execute(PERSON.update().where(PERSON.c.id == person.id), {"factor": "", "factor_step": 0})
            connection.execute(RECOVERY.delete().where(RECOVERY.c.person == person.id))
            self._audit.tell_in(connection, by, "second factor taken off", person.login, area_of_all(person.grants))

    def left(self, person: Person) -> int:
        """How many recovery codes somebody has not used yet."""
        query = sa.select(sa.func.count()).select_from(RECOVERY).where(RECOVERY.c.person == person.id)
        with self._store.reading() as connection:
            return connection.execute(query).scalar_one()

    def fits(self, person: Person, text: str, *, by: By) -> bool:
        """Whether a text is a code of the telephone, or a recovery code; either counts once."""
        code = "".join(text.split()).lower().replace("-", "")
        if code.isascii() and code.isdigit():
            return self._telephone(person, code)
        mark = (RECOVERY.c.person == person.id) & (RECOVERY.c.mark == self._mark(person.id, code))
        with self._keys.writing(self._store) as connection:
            used = connection.execute(RECOVERY.delete().where(mark)).rowcount == 1
            if used:
                self._audit.tell_in(connection, by, "recovery code used", person.login, area_of_all(person.grants))
        return used

    def _telephone(self, person: Person, code: str) -> bool:
        with self._keys.writing(self._store) as connection:
            query = sa.select(PERSON.c.factor, PERSON.c.factor_step).where(PERSON.c.id == person.id)
            kept = connection.execute(query).one()
            secret = self._opened(person.id, kept.factor, "kept")
            step = self._step(secret, code) if secret else None
            if step is None or step <= kept.factor_step:
                return False
            connection.execute(PERSON.update().where(PERSON.c.id == person.id), {"factor_step": step})
            return True

    def _step(self, secret: str, code: str) -> int | None:
        code = "".join(code.split())
        if not (code.isascii() and code.isdigit()):
            return None
        now, steps = int(self._clock().timestamp()) // STEP_S, pyotp.TOTP(secret)
        fitting = [now + by for by in AROUND if hmac.compare_digest(steps.generate_otp(now + by), code)]
        return max(fitting, default=None)

    def _sealed(self, person: int, secret: str, purpose: str) -> str:
        nonce = secrets.token_bytes(NONCE_BYTES)
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # slow to import, and seldom needed

        box = AESGCM(self._keys.key("second factor")).encrypt(nonce, secret.encode(), _bound(person, purpose))
        return base64.urlsafe_b64encode(nonce + box).decode()

    def _opened(self, person: int, sealed: str, purpose: str) -> str:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            box = base64.urlsafe_b64decode(sealed.encode("ascii", "replace"))
            opened = AESGCM(self._keys.key("second factor")).decrypt(
                box[:NONCE_BYTES], box[NONCE_BYTES:], _bound(person, purpose)
            )
        except (InvalidTag, NoBase64, ValueError):
            return ""
        return opened.decode()

    def _mark(self, person: int, code: str) -> str:
        return self._keys.mark("recovery", f"{person} {code.replace('-', '')}")


def address_of(secret: str, login: str, issuer: str) -> str:
    """What a telephone reads from the square code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def _bound(person: int, purpose: str) -> bytes:
    return f"{purpose} {person}".encode()


def _recovery() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(10))
    # A letter at least, so that no code of the telephone is meant.
    return f"{letters[:5]}-{letters[5:]}" if not letters.isdigit() else _recovery()
