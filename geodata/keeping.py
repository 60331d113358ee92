"""Keeping on disk what was worked out, for the next start and for the other workers.

An entry is a folder of arrays, named by what it follows from, so it is right for
ever: one that is there is used as it is. It is written under another name first
and checked when it is read, so that one which is cut off or damaged is as good as
none. A disk that is full or may not be written to is no reason to fail.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.arrays import open_array

Arrays = dict[str, NDArray[Any]]

HEAD = "head.json"
UNFINISHED = ".unfinished-"
NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}")
MOST_BYTES = 1_000_000_000
"""What the entries may take together; those used longest ago go first."""

ABANDONED_S = 3600.0
"""What is still unfinished after this long was left by a process that is no more."""

FAULTS = (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError)
log = logging.getLogger("yizhan")


class Keep:
    """A folder of entries; processes may share it.

    Parameters
    ----------
    folder
        Made when it is first written to; without one nothing is kept.
    most_bytes
        What the entries may take together.
    """

    def __init__(self, folder: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most_bytes

    def read(self, family: str, name: str) -> Arrays | None:
        """The arrays of an entry, memory-mapped, so that workers share them; None where there is none to be used.

        Parameters
        ----------
        family, name
            What the entry follows from, in two parts; any texts.
        """
        if self._folder is None:
            return None
        return _read(self._folder / _entry(family, name))

    def newest(self, family: str) -> Arrays | None:
        """The arrays of that entry of a family which was used last; None where there is none to be used."""
        if self._folder is None:
            return None
        prefix = _digest(family)
        for path in reversed(_by_use(self._folder)):
            if path.name.startswith(prefix):
                return _read(path)
        return None

    def write(self, family: str, name: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays | None:
        """Keep arrays under a name, and give them back memory-mapped; None where that cannot be done."""
        if self._folder is None:
            return None
        path = self._folder / _entry(family, name)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=self._folder))
            try:
                _fill(unfinished, arrays)
                if path.exists():
                    # It cannot be used, or it would have been read.
                    shutil.rmtree(path, ignore_errors=True)
                unfinished.rename(path)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
            self._make_room(path)
        except OSError as fault:
            if not path.exists():
                log.info("nothing is kept in %s: %s", self._folder.name, fault.strerror)
                return None
        return _read(path)

    def _make_room(self, newest: Path) -> None:
        """Drop what was used longest ago, and what was left unfinished."""
        if self._folder is None:
            return
        sizes = {path: _size(path) for path in _by_use(self._folder)}
        whole = sum(sizes.values())
        for path, size in sizes.items():
            if whole <= self._most:
                break
            if path != newest:
                shutil.rmtree(path, ignore_errors=True)
                whole -= size
        before = time.time() - ABANDONED_S
        for path in self._folder.glob(f"{UNFINISHED}*"):
            if _used(path) < before:
                shutil.rmtree(path, ignore_errors=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _entry(family: str, name: str) -> str:
    return f"{_digest(family)}-{_digest(name)}"


def _fill(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    head = {}
    for name, array in arrays.items():
        whole = np.ascontiguousarray(array)
        np.save(folder / f"{name}.npy", whole)
        head[name] = [whole.dtype.str, list(whole.shape), hashlib.sha256(whole.data).hexdigest()]
    (folder / HEAD).write_text(json.dumps(head), encoding="utf-8")
    folder.chmod(0o755)


def _read(path: Path) -> Arrays | None:
    """The arrays of an entry, if each is as it was written."""
    try:
        head = json.loads((path / HEAD).read_text(encoding="utf-8"))
        arrays = {}
        for name, (dtype, shape, digest) in head.items():
            whole = open_array(path / f"{name}.npy", mapped=0 not in shape)
            if [whole.dtype.str, list(whole.shape)] != [dtype, shape] or hashlib.sha256(
                whole.data
            ).hexdigest() != digest:
                return None
            arrays[name] = whole
    except FAULTS:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return arrays


def _by_use(folder: Path) -> list[Path]:
    """Entries, the one used longest ago first."""
    try:
        return sorted((path for path in folder.iterdir() if NAME.fullmatch(path.name)), key=_used)
    except OSError:
        return []


def _used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return sum(file.stat().st_size for file in path.iterdir())
    except OSError:
        return 0
