"""Keys that a registry keeps for the programs that share it: random, made once, and in no backup."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

from stations.registry.schema import SECRET

KEY_BYTES = 32
COOKIES = "cookies"
"""Name of the key that cookies are signed with."""

Begin = Callable[[], AbstractContextManager[sa.Connection]]
"""Begins a transaction, and ends it."""


def secret_for_cookies(reading: Begin, writing: Begin) -> bytes:
    """Read the key that cookies are signed with; make it where there is none yet.

    Raises
    ------
    RegistryError
        The database cannot be read, or the key not be made.
    """
    query = sa.select(SECRET.c.value).where(SECRET.c.name == COOKIES)
    with reading() as connection:
        value = connection.execute(query).scalar()
    if value is None:
        with writing() as connection:
            value = connection.execute(query).scalar()  # another worker may have been quicker
            if value is None:
                value = secrets.token_hex(KEY_BYTES)
                connection.execute(SECRET.insert(), {"name": COOKIES, "value": value})
    return bytes.fromhex(value)
