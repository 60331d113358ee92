"""Keys and hashes of the staff's tables: what they hold gives nobody a way in."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import sha256

import sqlalchemy as sa

from stations.registry.keys import secret_for_cookies
from stations.registry.stores import Store

TOKEN_BYTES = 32


class Keys:
    """Keys that follow from the operator's secret, or else from that of the registry; one for each purpose.

    Parameters
    ----------
    secret
        Gives it, 32 bytes or more.
    """

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._ask = secret

    @classmethod
    def of(cls, store: Store, given: str) -> Keys:
        """Take the secret that was set; where none was, that of a registry."""
        return cls(lambda: given.encode() or secret_for_cookies(store.reading, store.writing))

    @contextmanager
    def writing(self, store: Store) -> Iterator[sa.Connection]:
        """Begin a transaction that may write, with the secret at hand: to make it takes a transaction of its own.

        Raises
        ------
        RegistryError
            The secret cannot be read, or the database not be written.
        """
        _ = self._secret
        with store.writing() as connection:
            yield connection

    @cached_property
    def _secret(self) -> bytes:
        return self._ask()

    def key(self, purpose: str) -> bytes:
        """Derive the key of a purpose, 32 bytes (HMAC-SHA256, as the expansion of RFC 5869 with one block).

        Raises
        ------
        RegistryError
            The registry's secret cannot be read.
        """
        return hmac.digest(self._secret, f"yizhan people {purpose} 1\x01".encode(), "sha256")

    def mark(self, purpose: str, text: str) -> str:
        """Stand in for a text that must not be kept, in hexadecimal."""
        return hmac.digest(self.key(purpose), text.encode("utf-8", "surrogatepass"), "sha256").hex()


def new_token() -> str:
    """Make something that nobody can guess."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def mark_of(token: str) -> str:
    """Stand in for a token of `new_token`; it has so many bits that the hash needs no key."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
