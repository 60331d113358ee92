"""How the command line tells what is wrong: a message and a non-zero exit, never a traceback."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from geodata.errors import GeodataError
from stations.errors import Say, StationsError, in_english


@contextmanager
def told(say: Say = in_english) -> Iterator[None]:
    """Turn what this program's own errors say into the end of a command."""
    try:
        yield
    except (StationsError, GeodataError) as error:
        raise click.ClickException(say(error.template, error.values)) from None


def who() -> str:
    """The name that the log gives to what is done at this terminal."""
    return os.environ.get("USER") or os.environ.get("LOGNAME") or "cli"
