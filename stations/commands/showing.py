"""``flask stations show``: everything known of one station, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
import orjson

from stations.commands.telling import told
from stations.fields import Fields
from stations.hours import Hours, StateAt
from stations.phrases import Language, sentence, span_in_words, week
from stations.registry.entries import Entry
from stations.registry.log import Registry
from stations.standards import lines, load_standards, rate
from stations.station import Station
from stations.taxonomy import Taxonomy

COLUMN = 18
"""Width of the column of names."""


def show_command(registry: Callable[[], Registry], timezone: ZoneInfo) -> click.Command:
    """Make the command ``show``; the parameters are those of `station_commands`."""

    @click.command("show")
    @click.argument("code")
    @click.option("--json", "as_json", is_flag=True, help="Print the full record as JSON.")
    @click.option(
        "--language",
        "language",
        type=click.Choice(["zh", "en"]),
        default="zh",
        help="Of the hours and ratings; zh by default.",
    )
    @click.option("--ratings", is_flag=True, help="Say of each standard what is met, missing or not known.")
    @at_option(timezone)
    def show(code: str, *, as_json: bool, language: Language, ratings: bool, when: datetime | int | None) -> None:
        """Show everything known of one station, its week of opening hours, and who said so last."""
        with told():
            opened = registry()
            snapshot = opened.snapshot() if when is None else opened.as_of(when)
            row = snapshot.index(code)
            station, hours = snapshot.stations[row], snapshot.hours(row)
            if as_json:
                click.echo(as_json_text(station.to_record()))
                return
            moment = when if isinstance(when, datetime) else datetime.now(UTC)
            written = int(snapshot.revisions[row])
            last = next(entry for entry in opened.history(code) if entry.revision == written)
            for line in (
                *(_line(name, _plain(value)) for name, value in station.to_record().items()),
                *_week(hours, moment.astimezone(timezone), language),
                _line("now" if moment is not when else "then", _state(hours.state_at(moment))),
                *_rated(station, language, whole=ratings),
                _line("last change", _writing(last, timezone)),
            ):
                click.echo(line)

    return show


def at_option(timezone: ZoneInfo) -> Callable[..., Any]:
    """Make the option ``--at``, which looks back."""
    return click.option(
        "--at",
        "when",
        metavar="WHEN",
        callback=lambda _context, _option, text: None if text is None else read_when(text, timezone),
        help="As it was then: a moment like 2026-03-01T08:30, a day (its end), or a revision.",
    )


def read_when(text: str, timezone: ZoneInfo) -> datetime | int:
    """Read what ``--at`` takes.

    Raises
    ------
    click.BadParameter
        Neither a moment, nor a day, nor a revision.
    """
    if text.isascii() and text.isdigit() and len(text) < len("20260301"):
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"“{text}” is neither a moment like 2026-03-01T08:30, nor a day, nor a revision."
        raise click.BadParameter(message) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone)
    return moment + timedelta(days=1, microseconds=-1) if len(text) <= len("2026-03-01") else moment


def as_json_text(value: object) -> str:
    """Write a value as JSON for people: indented."""
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _line(name: str, text: str) -> str:
    return f"{name:>{COLUMN}}  {text}"


def _week(hours: Hours, today: datetime, language: Language) -> Iterator[str]:
    """The hours as a sentence, and the seven days of this week."""
    if not hours.known and not hours.closures:
        return
    yield _line("in words", sentence(hours, language))
    for day in week(hours, today.date() - timedelta(days=today.weekday()), language):
        spans = ("、" if language == "zh" else ", ").join(span_in_words(span, language) for span in day.spans)
        none = "休息" if language == "zh" else "closed"
        note = f"  {day.note}" if day.note else ""
        yield _line("", f"{day.date:%m-%d} {day.weekday}  {spans or none}{note}")


def _rated(station: Station, language: Language, *, whole: bool) -> Iterator[str]:
    taxonomy = Taxonomy.load()
    names = Fields.load()
    for standard in load_standards(taxonomy).values():
        said = lines(rate(station, standard, taxonomy), taxonomy, names, language)
        yield _line("rating", said[0])
        if whole:
            yield from (_line("", line) for line in said[1:])


def _writing(entry: Entry, timezone: ZoneInfo) -> str:
    batch = entry.batch
    at = batch.at.astimezone(timezone)
    return f"revision {entry.revision}, {at:%Y-%m-%d %H:%M}, {batch.who}, {batch.what} {batch.source}".rstrip()


def _state(state: StateAt) -> str:
    until = f" until {state.until:%Y-%m-%d %H:%M}" if state.until else ""
    return f"{state.state}{until}" + (f" ({state.reason})" if state.reason else "")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ("; " if value and isinstance(value[0], dict) else ", ").join(_plain(item) for item in value)
    return " / ".join(str(value).splitlines())
