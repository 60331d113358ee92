"""``flask stations history``, ``batches``, ``undo``, ``restore`` and ``remove``: to look back, and to go back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

import click
import orjson

from stations.commands.speaking import speaker
from stations.commands.telling import told, who
from stations.errors import UndoRefused
from stations.registry.differences import Difference, Words, differences
from stations.registry.entries import Action, Batch, Entry
from stations.registry.log import Registry, Turn

MOST_LINES = 50
"""Stations and entries that are printed; the rest are counted."""

LANGUAGES = ("en", "zh")

Command = TypeVar("Command", bound=Callable[..., None])


def history_commands(registry: Callable[[], Registry], timezone: ZoneInfo) -> tuple[click.Command, ...]:
    """Make the commands that look back and go back; the parameters are those of `station_commands`."""
    return (
        _history(registry, timezone),
        _batches(registry, timezone),
        _undo(registry, timezone),
        _restore(registry),
        _remove(registry),
    )


def _history(registry: Callable[[], Registry], timezone: ZoneInfo) -> click.Command:
    @click.command("history")
    @click.argument("code")
    @click.option("--json", "as_json", is_flag=True, help="Print as JSON, with each record as it was.")
    @language_option()
    def history(code: str, *, as_json: bool, lang: str) -> None:
        """Show everything that was ever changed of one station, oldest first."""
        with told():
            words = Words.load(lang)
            steps = list(_steps(registry().history(code)))
        if as_json:
            click.echo(
                orjson.dumps([_step_record(*step, words) for step in steps], option=orjson.OPT_INDENT_2).decode()
            )
            return
        for entry, found in steps:
            click.echo(f"revision {entry.revision}  {_batch_line(entry.batch, timezone)}")
            if entry.action is Action.REMOVE:
                click.echo("    removed")
            for difference in found:
                click.echo(f"    {_line(words, difference)}")

    return history


def language_option() -> Callable[[Command], Command]:
    """Make the option that chooses what differences are told in."""
    return click.option(
        "--language", "lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of what is told."
    )


def _batches(registry: Callable[[], Registry], timezone: ZoneInfo) -> click.Command:
    @click.command("batches")
    @click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many at most.")
    @click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
    def batches(*, limit: int, as_json: bool) -> None:
        """List what was written lately, newest first: imports, edits, and what took them back."""
        with told():
            found = registry().batches(limit)
        if as_json:
            click.echo(orjson.dumps([_batch_record(batch) for batch in found], option=orjson.OPT_INDENT_2).decode())
            return
        for batch in found:
            click.echo(f"{_batch_line(batch, timezone)}  {_counted(batch.count)}")

    return batches


def _undo(registry: Callable[[], Registry], timezone: ZoneInfo) -> click.Command:
    @click.command("undo")
    @click.argument("batch", type=click.IntRange(1))
    @click.option("--yes", is_flag=True, help="Do not ask first.")
    @click.option("--dry-run", is_flag=True, help="Say what would come back, and change nothing.")
    @language_option()
    def undo(batch: int, *, yes: bool, dry_run: bool, lang: str) -> None:
        """Take a whole batch back: every station is again what it was before it, and those it added are removed.

        It becomes a new batch, which can be taken back in its turn. Where a later
        edit stands in the way nothing is changed, and the later edits are listed.
        """
        with told(speaker(lang)), _later_listed(timezone):
            opened = registry()
            turns = opened.would_undo(batch)
            words = Words.load(lang)
            _limited((line for turn in turns for line in _turn_lines(turn, words)), "lines")
            if dry_run:
                click.echo("Dry run: nothing was written.")
                return
            if not yes:
                click.confirm(f"Take batch {batch} back ({_counted(len(turns))})?", abort=True)
            done = opened.undo(batch, who=who(), at=datetime.now(UTC))
            back = len(done.added) + len(done.changed)
            number = f"Batch {done.batch.id}, revision {done.revision}" if done.batch else "Nothing to write"
            click.echo(f"{len(done.removed)} removed, {back} put back as they were. {number}.")

    return undo


def _restore(registry: Callable[[], Registry]) -> click.Command:
    @click.command("restore")
    @click.argument("code")
    @click.argument("revision", type=click.IntRange(1))
    @language_option()
    def restore(code: str, revision: int, *, lang: str) -> None:
        """Put the record that a station had at a revision of its history in place again, as a new revision."""
        with told(speaker(lang)):
            opened = registry()
            before = opened.snapshot().find(code)
            done = opened.restore(code, revision, who=who(), at=datetime.now(UTC))
            words = Words.load(lang)
            for difference in differences(before, opened.snapshot().find(code)):
                click.echo(_line(words, difference))
            number = f"Batch {done.batch.id}, revision {done.revision}" if done.batch else "It is so already"
            click.echo(f"{number}.")

    return restore


def _remove(registry: Callable[[], Registry]) -> click.Command:
    @click.command("remove")
    @click.argument("codes", nargs=-1, required=True, metavar="CODE...")
    @click.option("--yes", is_flag=True, help="Do not ask first.")
    def remove(codes: tuple[str, ...], *, yes: bool) -> None:
        """Take stations out of the registry that should never have been in it. Their history stays.

        A station that existed and was given up is better retired, by its status in
        a list: then it goes on being counted among those of its time.
        """
        with told():
            opened = registry()
            snapshot = opened.snapshot()
            _limited((f"{code}  {snapshot.station(code).name}" for code in codes), "stations")
            if not yes:
                click.confirm(f"Remove {_counted(len(set(codes)))}?", abort=True)
            done = opened.remove(codes, who=who(), at=datetime.now(UTC))
            number = f"Batch {done.batch.id}, revision {done.revision}" if done.batch else "Nothing to write"
            click.echo(f"{len(done.removed)} removed. {number}.")

    return remove


@contextmanager
def _later_listed(timezone: ZoneInfo) -> Iterator[None]:
    """List the edits that stand in the way before saying that they do."""
    try:
        yield
    except UndoRefused as error:
        lines = (
            f"{entry.code}  revision {entry.revision}  {_batch_line(entry.batch, timezone)}"
            + ("  removed" if entry.action is Action.REMOVE else "")
            for entry in error.later
        )
        _limited(lines, "later entries", err=True)
        raise


def _steps(entries: Iterable[Entry]) -> Iterator[tuple[Entry, tuple[Difference, ...]]]:
    """Each entry with what it changed."""
    before = None
    for entry in entries:
        after = entry.station if entry.action is Action.PUT else None
        yield entry, () if after is None else differences(before, after)
        before = after


def _step_record(entry: Entry, found: tuple[Difference, ...], words: Words) -> dict[str, object]:
    return {
        "revision": entry.revision,
        "action": entry.action.value,
        "batch": _batch_record(entry.batch),
        "differences": [words.to_record(difference) for difference in found],
        "station": entry.station.to_record(),
    }


def _batch_record(batch: Batch) -> dict[str, object]:
    return {
        "id": batch.id,
        "what": batch.what,
        "source": batch.source,
        "digest": batch.digest,
        "at": batch.at.isoformat(),
        "who": batch.who,
        "count": batch.count,
    }


def _batch_line(batch: Batch, timezone: ZoneInfo) -> str:
    said = f"{batch.at.astimezone(timezone):%Y-%m-%d %H:%M}  {batch.who}  {batch.what} {batch.source}"
    return f"{said.rstrip()}  batch {batch.id}"


def _turn_lines(turn: Turn, words: Words) -> Iterator[str]:
    if turn.then is None:
        yield f"{turn.code}  removed"
        return
    yield f"{turn.code}  {'back again' if turn.now is None else 'as before'}"
    if turn.now is not None:
        for difference in differences(turn.now, turn.then):
            yield f"    {_line(words, difference)}"


def _line(words: Words, difference: Difference) -> str:
    return " / ".join(words.sentence(difference).splitlines())


def _counted(count: int) -> str:
    return f"{count} station" if count == 1 else f"{count} stations"


def _limited(lines: Iterable[str], what: str, *, err: bool = False) -> None:
    waiting = iter(lines)
    for line in islice(waiting, MOST_LINES):
        click.echo(line, err=err)
    left = sum(1 for _ in waiting)
    if left:
        click.echo(f"and {left} more {what}.", err=err)
