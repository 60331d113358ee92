"""Telling one sender from another for two days, and not a day longer.

A device or a network is kept only as its HMAC-SHA256 (RFC 2104, FIPS 180-4) under
a random key of the day. Key and hashes are deleted together when the day after is
over. From then on nobody can find out who said something, not even by trying all
addresses there are.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from stations.registry.keys import COOKIES, KEY_BYTES
from stations.registry.schema import SECRET, SENDER
from stations.upkeep.facts import Sender

OF_DAY = "day "
"""Before the date, in the name of a key of the day."""

A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Marks:
    """One sender, under each key that is there: of today first, then of yesterday where something was said then.

    Attributes
    ----------
    day
        Today; in the time zone of the stations.
    """

    day: date
    devices: tuple[str, ...]
    networks: tuple[str, ...]

    def row(self, what: str, code: str, about: str) -> dict[str, str]:
        """What the table `sender` keeps of something said, under the key of today."""
        return {
            "what": what,
            "code": code,
            "about": about,
            "device": self.devices[0],
            "network": self.networks[0],
            "day": self.day.isoformat(),
        }


def marks_of(connection: sa.Connection, sender: Sender, today: date) -> Marks:
    """Hash a sender under the keys of today and yesterday; that of today is made when it is not there.

    Parameters
    ----------
    connection
        In a transaction that may write.
    """
    names = [OF_DAY + day.isoformat() for day in (today, today - A_DAY)]
    query = sa.select(SECRET.c.name, SECRET.c.value).where(SECRET.c.name.in_(names))
    found = {row.name: row.value for row in connection.execute(query)}
    if names[0] not in found:
        found[names[0]] = secrets.token_hex(KEY_BYTES)
        connection.execute(SECRET.insert(), {"name": names[0], "value": found[names[0]]})
    keys = [bytes.fromhex(found[name]) for name in names if name in found]
    return Marks(
        today,
        tuple(_hashed(key, "device", sender.device) for key in keys),
        tuple(_hashed(key, "network", sender.network) for key in keys),
    )


def forgettable(connection: sa.Connection, today: date) -> bool:
    """Whether there is something of before yesterday that must be forgotten."""
    return bool(connection.execute(sa.select(sa.exists().where(_old_key(today)))).scalar())


def forget(connection: sa.Connection, today: date) -> None:
    """Delete the keys and the hashes of before yesterday, in a transaction that may write."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # over with zeros, not only out of the tables
    connection.execute(SECRET.delete().where(_old_key(today)))
    yesterday, tomorrow = _around(today)
    connection.execute(SENDER.delete().where((SENDER.c.day < yesterday) | (SENDER.c.day > tomorrow)))


def _old_key(today: date) -> sa.ColumnElement[bool]:
    # A key of the future, by a clock that was wrong, would not grow old for long; it goes as well.
    yesterday, tomorrow = _around(today)
    name = SECRET.c.name
    return (name != COOKIES) & ((name < OF_DAY + yesterday) | (name > OF_DAY + tomorrow))


def _around(today: date) -> tuple[str, str]:
    return (today - A_DAY).isoformat(), (today + A_DAY).isoformat()


def _hashed(key: bytes, what: str, value: str) -> str:
    return hmac.digest(key, f"{what}\0{value}".encode("utf-8", "surrogatepass"), "sha256").hex()
