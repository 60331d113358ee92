"""Templates compiled once, and kept beside them as Python keeps its modules."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import tempfile
from importlib.metadata import version
from importlib.util import cache_from_source
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

FAULTS = (OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, ImportError, pickle.UnpicklingError)
"""What a file that is not there, cut off or damaged may raise."""


class BesideTemplates(BytecodeCache):
    """Compiled templates in the folders ``__pycache__``; where nothing may be written, each start compiles anew.

    What is kept is checked against the template's text whenever it is read.
    """

    def __init__(self) -> None:
        self._made_by = f"jinja-{version('jinja2')}"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The file of a template's code."""
        # A name of a module, as it wants one; what follows the last point is replaced by the version of Python.
        return cache_from_source(f"{filename or name}.{self._made_by.replace('.', '-')}.py")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Read a template's code, where it is kept."""
        try:
            bucket.bytecode_from_string(Path(bucket.key).read_bytes())
        except FAULTS:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template's code, whole or not at all."""
        if sys.dont_write_bytecode:
            return
        path = Path(bucket.key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, unfinished = tempfile.mkstemp(dir=path.parent)
            with contextlib.ExitStack() as undone:
                undone.callback(os.unlink, unfinished)
                with os.fdopen(descriptor, "wb") as file:
                    bucket.write_bytecode(file)
                Path(unfinished).replace(path)
                undone.pop_all()
