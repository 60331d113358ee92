"""A registry as one file that either store can be made from again: its log, written out and compressed.

The lines of a backup are JSON: a header, the transcript of the log, what people at
the doors said, the plans that were saved, and a footer with what was counted and the
digests. Nothing else is worth keeping: the rest is made from the log, is worked out
again, or is a secret that must not last.
"""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import orjson
import sqlalchemy as sa

from geodata.progress import Progress, silent
from stations.errors import BackupError, RegistryError, StationsError
from stations.registry.entries import head_of
from stations.registry.kept import BEGINS, KeptRow, kept_row, kept_rows, put_back
from stations.registry.migrating import prepare
from stations.registry.schema import BATCH, ENTRY, KEPT, NEWEST
from stations.registry.stores import Store, insert_many, open_store
from stations.registry.transcript import PAGE, BatchRow, EntryRow, Row, row_of, transcript
from stations.registry.verifying import rebuild, verify_in

FORMAT = "yizhan registry backup"
VERSION = 2
"""From 2 on, what people said is in it."""

COMPRESSION = 6
MAX_LINE = 64_000_000
"""Bytes. No record comes near it; a file that was made to fill the memory stops here."""

AT_ONCE = 16_000_000
"""Bytes of lines that are held in memory at a time, and written back in one go."""

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds.

    Attributes
    ----------
    head
        Newest revision.
    made
        ISO 8601, UTC.
    log
        SHA-256 of the transcript, as `log_digest` gives it of the registry.
    kept
        Rows of what people said, and of saved plans; 0 in a backup of before.
    """

    head: int
    entries: int
    batches: int
    made: str
    log: str
    kept: int = 0


def back_up(
    store: Store, path: Path, *, at: datetime, overwrite: bool = False, progress: Progress = silent
) -> Contents:
    """Write the log as of its head now, what people said, and saved plans to a file. Nobody is held up by it.

    The file appears under its name when it is whole and has been read back. Only
    its owner may read it, as custodians are in it.

    Parameters
    ----------
    at
        Aware moment, for the header.
    overwrite
        Whether to put it in the place of a file that is there.

    Raises
    ------
    BackupError
        A file is there, or there is no room or right to write one. Nothing is left behind.
    RegistryError
        The registry cannot be read.
    """
    _refuse_to_overwrite(path, overwrite=overwrite)
    with store.reading() as connection:
        head = head_of(connection)
    with _becoming(path) as (file, unfinished):
        written = _write(store, file, head, at.astimezone(UTC).isoformat(), progress)
        file.flush()
        if read_backup(unfinished, progress) != written:
            raise BackupError("The backup {name} does not read as it was written. Try another disk.", name=path.name)
        _refuse_to_overwrite(path, overwrite=overwrite)
    return written


def _write(store: Store, file: IO[bytes], head: int, made: str, progress: Progress) -> Contents:
    whole, log = hashlib.sha256(), hashlib.sha256()
    entries = batches = kept = 0
    header = {"format": FORMAT, "version": VERSION, "schema": NEWEST, "head": head, "made": made}
    with gzip.GzipFile(filename="", mode="wb", compresslevel=COMPRESSION, fileobj=file, mtime=0) as packed:
        line = orjson.dumps(header) + b"\n"
        whole.update(line)
        packed.write(line)
        for rows in transcript(store.reading, 1, head):
            text = b"".join(row.line() for row in rows)
            log.update(text)
            whole.update(text)
            packed.write(text)
            batches += sum(isinstance(row, BatchRow) for row in rows)
            entries += sum(not isinstance(row, BatchRow) for row in rows)
            progress("copy", entries, head)
        for said in kept_rows(store.reading, head):
            text = b"".join(row.line() for row in said)
            whole.update(text)
            packed.write(text)
            kept += len(said)
        packed.write(_footer(entries, batches, kept, log.hexdigest(), whole.hexdigest()))
    return Contents(head, entries, batches, made, log.hexdigest(), kept)


def _footer(entries: int, batches: int, kept: int | None, log: str, whole: str) -> bytes:
    counted: dict[str, object] = {"entries": entries, "batches": batches}
    counted |= {} if kept is None else {"kept": kept}
    return orjson.dumps(counted | {"log": log, "sha256": whole}) + b"\n"


@contextmanager
def _becoming(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """Give a new file beside the path, and put it there once it is whole and safe on the disk."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)  # mode 0600
        unfinished = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, unfinished
                os.fsync(file.fileno())
            unfinished.replace(path)
            folder = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        finally:
            unfinished.unlink(missing_ok=True)
    except StationsError:  # some of them are OSErrors too
        raise
    except OSError as error:
        raise BackupError(
            "There is no room for the backup {name}. Make room or choose another disk; nothing was left behind."
            if error.errno in NO_ROOM
            else "The backup {name} cannot be written: {fault}. Choose another place.",
            name=path.name,
            fault=error.strerror,
        ) from error


def _refuse_to_overwrite(path: Path, *, overwrite: bool) -> None:
    if path.exists() and not (overwrite and path.is_file()):
        raise BackupError("There is a file {name} already. Choose another name, or add --force.", name=path.name)


def read_backup(path: Path, progress: Progress = silent) -> Contents:
    """Read a backup from its first line to its last, and hold it against its digests.

    Raises
    ------
    BackupError
        Not a backup, or one that was cut off, altered, or made by a newer version.
    """
    with _Reader.open(path) as reader:
        for _ in reader.pages("check", progress):
            pass
        return reader.contents()


def restore(url: str, path: Path, *, wait_s: float, progress: Progress = silent) -> Contents:
    """Make a registry of a backup, in an empty place, and verify it: all of it or nothing.

    Parameters
    ----------
    url
        A SQLite file that is not there yet, or a PostgreSQL database with nothing
        in it; either may also hold a registry without a single entry.
    wait_s
        How long to wait for another writer, in seconds.

    Raises
    ------
    BackupError
        A backup that cannot be used, or holds a log that does not verify.
    RegistryError
        A registry that is not empty, or cannot be written.
    """
    expected = read_backup(path, progress)
    store = open_store(url, wait_s)
    try:
        prepare(store)
        with store.writing() as connection:
            _fill(connection, store.name, path, expected, progress)
    finally:
        store.close()
    return expected


def _fill(connection: sa.Connection, name: str, path: Path, expected: Contents, progress: Progress) -> None:
    if any(connection.execute(sa.select(sa.exists().select_from(table))).scalar() for table in (ENTRY, BATCH, *KEPT)):
        raise RegistryError(
            "The registry {name} is not empty, and a backup is restored only into an empty place. "
            "Set YIZHAN_DATABASE to a new one.",
            name=name,
        )
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA cache_spill = ON")  # there is nobody yet whom it could shut out
    with _Reader.open(path) as reader:
        for rows in reader.pages("restore", progress):
            _insert(connection, rows)
        if reader.contents() != expected:
            raise BackupError("The backup {name} changed while it was read. Nothing was restored.", name=path.name)
    rebuild(connection, progress)
    proof = verify_in(connection, progress)
    if proof.differences:
        raise BackupError(
            "The log in the backup {name} does not hold together, and nothing was restored. {fault}",
            name=path.name,
            fault=proof.differences[0],
        )


def _insert(connection: sa.Connection, rows: list[Row | KeptRow]) -> None:
    batches = [astuple(row) for row in rows if isinstance(row, BatchRow)]
    entries = [row for row in rows if isinstance(row, EntryRow)]
    for table, values in ((BATCH, batches), (ENTRY, entries)):
        insert_many(connection, table, values)
    put_back(connection, [row for row in rows if isinstance(row, KeptRow)])


class _Reader:
    """Reads the lines of a backup once, and counts and digests as it goes."""

    def __init__(self, lines: gzip.GzipFile, name: str) -> None:
        self._lines = lines
        self._name = name
        self._whole = hashlib.sha256()
        self._log = hashlib.sha256()
        self._entries = 0
        self._batches = self._kept = 0
        self._header = self._read_header()

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[_Reader]:
        """Open a backup; whatever is wrong with it while it is open is told plainly."""
        try:
            with gzip.open(path, "rb") as lines:
                yield cls(lines, path.name)
        except StationsError:  # some of them are OSErrors too
            raise
        except EOFError as error:
            raise BackupError(
                "The backup {name} ends too early: it was cut off, or not copied to its end. Use another copy.",
                name=path.name,
            ) from error
        except gzip.BadGzipFile as error:
            raise BackupError("{name} is not a backup of a registry, or it was altered.", name=path.name) from error
        except zlib.error as error:
            raise _altered(path.name) from error
        except OSError as error:
            raise BackupError(
                "The backup {name} cannot be read: {fault}.", name=path.name, fault=error.strerror
            ) from error

    def pages(self, stage: str, progress: Progress) -> Iterator[list[Row | KeptRow]]:
        """Give the rows of the log and then of what is beside it, some at a time, up to the footer."""
        rows: list[Row | KeptRow] = []
        size = 0
        while True:
            line = self._line()
            if not line:
                raise EOFError
            if line.startswith(b'{"entries":'):
                break
            rows.append(self._row(line))
            size += len(line)
            if len(rows) == PAGE or size >= AT_ONCE:
                yield rows
                rows, size = [], 0
                progress(stage, self._entries, self._header["head"])
        yield rows
        progress(stage, self._entries, self._header["head"])
        self._hold_against(line)

    def contents(self) -> Contents:
        """What was read."""
        header = self._header
        counted = header["head"], self._entries, self._batches
        return Contents(*counted, header["made"], self._log.hexdigest(), self._kept)

    def _row(self, line: bytes) -> Row | KeptRow:
        try:
            row = kept_row(line) if line.startswith(BEGINS) else row_of(line)
        except ValueError as error:
            raise _altered(self._name) from error
        self._whole.update(line)
        if isinstance(row, KeptRow):
            self._kept += 1
            return row
        self._log.update(line)
        if isinstance(row, BatchRow):
            self._batches += 1
        else:
            self._entries += 1
        return row

    def _line(self) -> bytes:
        line = self._lines.readline(MAX_LINE)
        if line and not line.endswith(b"\n"):
            raise _altered(self._name)
        return line

    def _read_header(self) -> dict[str, Any]:
        line = self._line()
        header: Any = None
        with suppress(ValueError):
            header = orjson.loads(line)
        if not isinstance(header, dict) or header.get("format") != FORMAT or not isinstance(header.get("version"), int):
            raise BackupError("{name} is not a backup of a registry.", name=self._name)
        if header["version"] > VERSION or str(header.get("schema")) > NEWEST:
            raise BackupError(
                "The backup {name} was made by a newer version of this program. Restore it with that version.",
                name=self._name,
            )
        if not isinstance(header.get("head"), int) or not isinstance(header.get("made"), str):
            raise _altered(self._name)
        self._whole.update(line)
        return header

    def _hold_against(self, line: bytes) -> None:
        kept = self._kept if self._header["version"] > 1 else None
        log, whole = self._log.hexdigest(), self._whole.hexdigest()
        if line != _footer(self._entries, self._batches, kept, log, whole) or self._line():
            raise _altered(self._name)


def _altered(name: str) -> BackupError:
    return BackupError("The backup {name} was altered or damaged since it was made. Use another copy.", name=name)
