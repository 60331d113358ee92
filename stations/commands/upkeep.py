"""``flask upkeep``: what people at the doors said, for the staff: tasks, reports, and how many came."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

import click
import orjson

from stations.commands.history import language_option
from stations.commands.speaking import speaker
from stations.commands.telling import told, who
from stations.errors import Say, UnknownStationError
from stations.exchange.formulas import guarded
from stations.registry.log import Registry
from stations.registry.snapshot import Snapshot
from stations.taxonomy import Taxonomy
from stations.upkeep.facts import Counts, Report, Task
from stations.upkeep.kinds import Kind
from stations.upkeep.saying import Upkeep

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By which spreadsheet programs know UTF-8."""

Command = Callable[..., None]
Row = dict[str, Any]
Thing = TypeVar("Thing", Task, Report, Counts)


def upkeep_commands(registry: Callable[[], Registry], timezone: ZoneInfo) -> click.Group:
    """Make the command group ``upkeep``; the parameters are those of `station_commands`."""

    @click.group("upkeep")
    def group() -> None:
        """See what people at the doors said of the stations, and how many came."""

    def opened() -> tuple[Upkeep, Snapshot]:
        return Upkeep(registry().store, timezone), registry().snapshot()

    @group.command("tasks")
    @_forms
    @language_option()
    def tasks(*, form: str, lang: str) -> None:
        """List what to look at: stations of which two people or more found the same thing wrong, the oldest first."""
        with told(speaker(lang)):
            upkeep, snapshot = opened()
            words = _Words.load(upkeep.kinds, snapshot, lang, timezone)
            _print(TASKS, upkeep.tasks(snapshot, datetime.now(UTC)), words, form)

    @group.command("reports")
    @click.argument("code")
    @_forms
    @language_option()
    def reports(code: str, *, form: str, lang: str) -> None:
        """List every report of one station that is kept, the newest first, also those that count no more."""
        with told(speaker(lang)):
            upkeep, snapshot = opened()
            words = _Words.load(upkeep.kinds, snapshot, lang, timezone)
            _print(REPORTS, upkeep.reports(code) or _none(snapshot, code), words, form)

    @group.command("looked")
    @click.argument("code")
    @click.argument("kind")
    @click.argument("amenity", required=False, default="", metavar="[AMENITY]")
    @language_option()
    def looked(code: str, kind: str, amenity: str, *, lang: str) -> None:
        """Say that somebody looked at what was reported: it counts no more, and people are told no more."""
        say = speaker(lang)
        with told(say):
            upkeep, _ = opened()
            done = upkeep.looked(code, kind, amenity, who=who(), now=datetime.now(UTC))
        click.echo(say("Looked at: {count} reports count no more.", {"count": done}))

    @group.command("visits")
    @click.argument("code", required=False, default="", metavar="[CODE]")
    @_forms
    @language_option()
    def visits(code: str, *, form: str, lang: str) -> None:
        """Count visits, reports and confirmations by station and month; of one station, or of all."""
        with told(speaker(lang)):
            upkeep, snapshot = opened()
            words = _Words.load(upkeep.kinds, snapshot, lang, timezone)
            _print(VISITS, upkeep.months(code) or _none(snapshot, code), words, form)

    return group


def _forms(command: Command) -> Command:
    command = click.option("--csv", "form", flag_value="csv", help="Print as CSV, for a spreadsheet program.")(command)
    return click.option("--json", "form", flag_value="json", default="", help="Print as JSON.")(command)


def _none(snapshot: Snapshot, code: str) -> tuple[()]:
    """Nothing was said of a station; of one that never was, that is a mistake."""
    if code:
        snapshot.index(code)
    return ()


@dataclass(frozen=True)
class _Words:
    """The names of things in one language, and the clock on the wall."""

    say: Say
    lang: str
    kinds: Mapping[str, Kind]
    taxonomy: Taxonomy
    snapshot: Snapshot
    timezone: ZoneInfo

    @classmethod
    def load(cls, kinds: Mapping[str, Kind], snapshot: Snapshot, lang: str, timezone: ZoneInfo) -> _Words:
        return cls(speaker(lang), lang, kinds, Taxonomy.load(), snapshot, timezone)

    def station(self, code: str) -> str:
        """A station's name; empty where it was removed."""
        try:
            return self.snapshot.station(code).name
        except UnknownStationError:
            return ""

    def what(self, kind: str, amenity: str) -> str:
        """What is wrong; the bare key where the lists have lost it."""
        known, term = self.kinds.get(kind), self.taxonomy.amenities.terms.get(amenity)
        name = kind if known is None else self._of(known)
        which = amenity if term is None else self._of(term)
        return f"{name} ({which})" if which else name

    def clock(self, moment: datetime | None) -> str:
        return "" if moment is None else f"{moment.astimezone(self.timezone):%Y-%m-%d %H:%M}"

    def _of(self, term: Any) -> str:
        return str(term.zh if self.lang == "zh" else term.en)


def _task_row(task: Task, words: _Words) -> Row:
    caution = task.caution
    return {
        "code": task.code,
        "name": words.station(task.code),
        "kind": caution.kind,
        "amenity": caution.amenity,
        "what": words.what(caution.kind, caution.amenity),
        "people": caution.people,
        "first": task.first.astimezone(words.timezone),
        "last": caution.last.astimezone(words.timezone),
        "told": task.shown,
        "notes": list(task.notes),
    }


def _task_lines(row: Row, words: _Words) -> Iterator[str]:
    say = words.say
    yield f"{row['code']}  {row['name']}"
    times = {"first": words.clock(row["first"]), "last": words.clock(row["last"])}
    yield "    " + say("{what}: {people} people, from {first} to {last}", row | times)
    for note in row["notes"]:
        yield f"        “{note}”"
    if not row["told"]:
        yield "    " + say("Too long ago for people to be told.", {})
    key = f"{row['code']} {row['kind']} {row['amenity']}".rstrip()
    yield "    " + say("Once looked at: flask upkeep looked {key}", {"key": key})


def _report_row(one: Report, words: _Words) -> Row:
    return {
        "code": one.code,
        "name": words.station(one.code),
        "kind": one.kind,
        "amenity": one.amenity,
        "what": words.what(one.kind, one.amenity),
        "person": one.person,
        "found": one.found.astimezone(words.timezone),
        "revision": one.revision,
        "cleared": None if one.cleared is None else one.cleared.astimezone(words.timezone),
        "by": one.by,
        "note": one.note,
    }


def _report_lines(row: Row, words: _Words) -> Iterator[str]:
    say = words.say
    line = f"{words.clock(row['found'])}  {row['what']}"
    line += f"  “{row['note']}”" if row["note"] else ""
    if row["cleared"] is not None:
        by = row["by"]
        facts = {"moment": words.clock(row["cleared"]), "name": by}
        line += "  " + say("looked at by {name}, {moment}" if by else "counts no more since {moment}", facts)
    yield line


def _counts_row(one: Counts, words: _Words) -> Row:
    return {
        "code": one.code,
        "name": words.station(one.code),
        "month": f"{one.month:%Y-%m}",
        "visits": one.visits,
        "reports": one.reports,
        "confirmations": one.confirmations,
    }


def _counts_lines(row: Row, words: _Words) -> Iterator[str]:
    say = words.say
    yield say("{month}  {code}  {name}  {visits} visits, {reports} reports, {confirmations} confirmations", row)


@dataclass(frozen=True)
class _Kind(Generic[Thing]):
    """One kind of list: how a thing becomes a row, and a row lines; the heads of a table; and what to say of none."""

    row: Callable[[Thing, _Words], Row]
    lines: Callable[[Row, _Words], Iterator[str]]
    heads: Mapping[str, str]
    none: str


TASKS = _Kind(
    _task_row,
    _task_lines,
    {
        "code": "Code",
        "name": "Name",
        "kind": "Key",
        "amenity": "Amenity",
        "what": "What is wrong",
        "people": "People",
        "first": "First found",
        "last": "Last found",
        "told": "People are told",
        "notes": "Notes",
    },
    "Nothing to look at.",
)
REPORTS = _Kind(
    _report_row,
    _report_lines,
    {
        "code": "Code",
        "name": "Name",
        "kind": "Key",
        "amenity": "Amenity",
        "what": "What is wrong",
        "person": "Person",
        "found": "Found",
        "revision": "Revision",
        "cleared": "Counts no more since",
        "by": "Looked at by",
        "note": "Note",
    },
    "Nothing was reported.",
)
VISITS = _Kind(
    _counts_row,
    _counts_lines,
    {
        "code": "Code",
        "name": "Name",
        "month": "Month",
        "visits": "Visits",
        "reports": "Reports",
        "confirmations": "Confirmations",
    },
    "Nothing was counted.",
)


def _print(kind: _Kind[Thing], things: Sequence[Thing], words: _Words, form: str) -> None:
    rows = [kind.row(thing, words) for thing in things]
    if form == "json":
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
    elif form == "csv":
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow([words.say(head, {}) for head in kind.heads.values()])
        writer.writerows([_cell(row[key], words) for key in kind.heads] for row in rows)
        click.echo(BYTE_ORDER_MARK + written.getvalue(), nl=False)
    else:
        for row in rows:
            for line in kind.lines(row, words):
                click.echo(line)
        if not rows:
            click.echo(words.say(kind.none, {}))


def _cell(value: object, words: _Words) -> object:
    say = words.say
    if isinstance(value, bool):
        return say("yes" if value else "no", {})
    if isinstance(value, datetime):
        return words.clock(value)
    if isinstance(value, list):
        value = "; ".join(value)
    return guarded(value) if isinstance(value, str) else value
