"""Where photos are kept: beside the log, in the same database, each once, whatever it is of.

The bytes of a photo stay when a record no longer shows it, so that an older record can be restored whole. They go when
somebody takes the photo away for good, or when a station has so many that the oldest of those nobody shows must go.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import sqlalchemy as sa

from stations.errors import PhotoError
from stations.photos.cleaning import cleaned, name_of
from stations.registry.schema import PHOTO, PHOTO_OF
from stations.registry.stores import Store

What = Literal["station", "inspection", "suggestion"]
"""What a photo was taken for."""

MOST: dict[str, int] = {"station": 60, "inspection": 2_000, "suggestion": 20}
"""Photos of one station that are kept, by what they are for."""

NAME = re.compile("[0-9a-f]{64}[.]jpg")

PAGE = 40
"""Photos that are read at a time: some megabytes."""

IN_HAND = timedelta(days=1)
"""For so long a photo that no record shows yet is taken to be one that somebody is at work with."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A photo that is kept now.

    Attributes
    ----------
    name
        What it is called by from now on: SHA-256 of what is kept, and ``.jpg``.
    width, height
        Pixels.
    bytes
        How many are kept.
    """

    name: str
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as it is shown: a JPEG."""

    name: str
    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a photo is of.

    Attributes
    ----------
    township
        That of the station when the photo came; where it is now, its record says.
    who
        Log-in name of who sent it; empty for a passer-by.
    at
        Moment, UTC.
    """

    name: str
    code: str
    what: str
    township: str
    who: str
    at: datetime


class Photos:
    """The photos of one store. Threads may share it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._drawing = threading.Lock()  # one at a time: a large photo takes a hundred megabytes while it is read

    def keep(
        self,
        data: bytes,
        *,
        code: str,
        township: str,
        who: str,
        at: datetime,
        what: What = "station",
        shown: Collection[str] = (),
    ) -> Kept:
        """Keep a photo: no longer than 1600 pixels, no more than 300 kB, and without anything hidden.

        The same photo of the same station is kept once, however often it is sent.

        Parameters
        ----------
        data
            The file as it was sent.
        code, township
            The station, and where its record says that it is.
        who
            Log-in name; empty for a passer-by.
        at
            Aware moment.
        shown
            Names that must not go, as a record shows them: where there are too many, the oldest others make room.

        Raises
        ------
        PhotoError
            It is no photo that can be read, too large a one, or there are too many of this station.
        RegistryError
            It cannot be written.
        """
        with self._drawing:
            clean = cleaned(data)
        row = {"name": clean.name, "code": code, "what": what, "township": township, "who": who, "at": _text(at)}
        with self._store.writing() as connection:
            theirs = (PHOTO_OF.c.code == code) & (PHOTO_OF.c.what == what)
            rows = connection.execute(sa.select(PHOTO_OF.c.at, PHOTO_OF.c.name).where(theirs))
            there = sorted((str(moment), str(name)) for moment, name in rows)
            if all(name != clean.name for _, name in there):
                self._make_room(connection, there, row, shown)
                if connection.execute(sa.select(PHOTO.c.name).where(PHOTO.c.name == clean.name)).first() is None:
                    facts = {"data": clean.data, "small": clean.small, "width": clean.width, "height": clean.height}
                    connection.execute(PHOTO.insert(), {"name": clean.name} | facts)
                connection.execute(PHOTO_OF.insert(), row)
        return Kept(clean.name, clean.width, clean.height, len(clean.data))

    def read(self, name: str, *, small: bool = False) -> Picture | None:
        """Give a photo, or its thumbnail; None if there is none of that name.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        if not NAME.fullmatch(name):
            return None
        query = sa.select(PHOTO.c.small if small else PHOTO.c.data, PHOTO.c.width, PHOTO.c.height)
        with self._store.reading() as connection:
            row = connection.execute(query.where(PHOTO.c.name == name)).one_or_none()
        return None if row is None else Picture(name, bytes(row[0]), row[1], row[2])

    def belongings(self, name: str) -> tuple[Belonging, ...]:
        """What a photo is of, the oldest first; nothing if there is none of that name."""
        return self._belongings(PHOTO_OF.c.name == name)

    def of(self, code: str, what: What) -> tuple[Belonging, ...]:
        """The photos that came for a station, the oldest first."""
        return self._belongings((PHOTO_OF.c.code == code) & (PHOTO_OF.c.what == what))

    def there(self, names: Iterable[str]) -> frozenset[str]:
        """Those of some names that are kept."""
        asked = [name for name in names if NAME.fullmatch(name)]
        if not asked:
            return frozenset()
        with self._store.reading() as connection:
            found = connection.execute(sa.select(PHOTO.c.name).where(PHOTO.c.name.in_(asked))).scalars()
            return frozenset(found)

    def verify(self) -> tuple[int, tuple[str, ...]]:
        """Count the photos, and give the names of those that are not what their names say.

        Raises
        ------
        RegistryError
            The database cannot be read.
        """
        count, wrong, after = 0, [], ""
        while True:
            query = sa.select(PHOTO.c.name, PHOTO.c.data).where(PHOTO.c.name > after).order_by(PHOTO.c.name)
            with self._store.reading() as connection:
                rows = connection.execute(query.limit(PAGE)).all()
            wrong += [name for name, data in rows if name_of(bytes(data)) != name]
            count += len(rows)
            if len(rows) < PAGE:
                return count, tuple(wrong)
            after = rows[-1][0]

    def remove(self, name: str, *, code: str, what: What) -> bool:
        """Take a photo of a station away for good, and its bytes if it is of nothing else; say whether there was one.

        Raises
        ------
        RegistryError
            It cannot be written.
        """
        with self._store.writing() as connection:
            return remove_in(connection, name, code, what)

    def _make_room(
        self,
        connection: sa.Connection,
        there: list[tuple[str, str]],
        row: dict[str, str],
        shown: Collection[str],
    ) -> None:
        """Let the oldest of those that nobody shows go, where a station has as many as it may.

        Raises
        ------
        PhotoError
            There is none that may go.
        """
        over = len(there) + 1 - MOST[row["what"]]
        if over <= 0:
            return
        young = _text(datetime.fromisoformat(row["at"]) - IN_HAND)
        kept = row["what"] == "inspection"  # what was found stays with its inspection
        spare = [] if kept else [name for at, name in there if name not in shown and at < young]
        if len(spare) < over:
            raise PhotoError(
                "{most} photos of this station are kept already, and more are not. Let the desk settle or remove some "
                "first.",
                most=MOST[row["what"]],
            )
        for name in spare[:over]:
            remove_in(connection, name, row["code"], row["what"])

    def _belongings(self, where: sa.ColumnElement[bool]) -> tuple[Belonging, ...]:
        query = sa.select(PHOTO_OF).where(where).order_by(PHOTO_OF.c.at, PHOTO_OF.c.name, PHOTO_OF.c.code)
        with self._store.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return tuple(Belonging(**dict(row) | {"at": datetime.fromisoformat(row["at"])}) for row in rows)


def remove_in(connection: sa.Connection, name: str, code: str, what: str) -> bool:
    """As `Photos.remove`, within a transaction that may write."""
    theirs = (PHOTO_OF.c.name == name) & (PHOTO_OF.c.code == code) & (PHOTO_OF.c.what == what)
    done = connection.execute(PHOTO_OF.delete().where(theirs)).rowcount
    if connection.execute(sa.select(PHOTO_OF.c.name).where(PHOTO_OF.c.name == name).limit(1)).first() is None:
        connection.execute(PHOTO.delete().where(PHOTO.c.name == name))
    return bool(done)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
