"""Hours by the week in the form of a station: their rows, carrying one to others, and the phrase that they make.

A form has such rows for its hours, and perhaps for those of self-service: each is a `Grid`, of which the fields and the
buttons begin with its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask_babel import format_date, gettext

from stations.desk.entering import Fields, told_hours
from stations.errors import EntryError, HoursError, StationsError
from stations.phrases import read_hours
from stations.phrases.spans import MIDNIGHT
from stations.phrases.weekly import ALL_DAY, CLOSED, Times, Weekly, overlap, weekly_of
from stations.web.deskwords import spoken
from stations.web.room import text_of


class Grid(NamedTuple):
    """The rows of one field of hours.

    Attributes
    ----------
    key
        The button that puts the rows into the field; how their fields begin; what a fault in all of them is named.
    field
        The field of the record's form that they are put into.
    """

    key: str
    field: str


WEEK, ALONE = Grid("week", "hours"), Grid("alone", "self_service_hours")
GRIDS = (WEEK, ALONE)
FILL = "fill"
DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
HOLIDAYS = "ph"
ROWS = (*DAYS, HOLIDAYS)
TIMES, ALL, SHUT, USUAL = "times", "all", "closed", "usual"
_ENDS = ("from", "to", "from2", "to2")
_KEYS = "|".join(grid.key for grid in GRIDS)
_FIELD = re.compile(rf"(?:{_KEYS})\.(?:was|(?:{'|'.join(ROWS)})\.(?:way|from2?|to2?))")
_PRESS = re.compile(rf"({_KEYS})(?::{FILL}|:({'|'.join(DAYS)}):(weekdays|days))?")
_A_MONDAY = date(2024, 1, 1)
_CLOCK = re.compile(r"(\d{1,2})[:：](\d\d)(?::00)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: how its day is, and two spans as a field of times shows them."""

    way: str
    spans: tuple[tuple[str, str], ...]


class Week(NamedTuple):
    """The rows as they are shown.

    Attributes
    ----------
    rows
        By day.
    was
        The rules of the rows when they were last filled in from the hours; empty where those were none.
    beyond
        Whether the hours are more than a week.
    """

    rows: Mapping[str, Row]
    was: str
    beyond: bool

    def to_json(self) -> dict[str, Any]:
        """The same for a script."""
        return {
            "rows": {key: asdict(row) for key, row in self.rows.items()},
            "was": self.was,
            "beyond": self.beyond,
        }


def is_field(name: str) -> bool:
    """Whether a week has a field of that name."""
    return bool(_FIELD.fullmatch(name))


def grid_pressed(fields: Fields) -> Grid | None:
    """The rows of which a button was pressed; None for another button."""
    match = _PRESS.fullmatch(text_of(fields, "do"))
    return next((grid for grid in GRIDS if match and grid.key == match[1]), None)


def pressed(fields: Fields, grid: Grid) -> tuple[Fields, dict[str, StationsError]]:
    """Do what a button of the week says.

    Returns
    -------
    Fields, dict
        What the form holds after it, and what is wrong in the rows, by row.
    """
    do, key = text_of(fields, "do"), grid.key
    carried = _PRESS.fullmatch(do)
    if carried and carried[2]:
        more: dict[str, list[str]] = {}
        for day in DAYS[:5] if carried[3] == "weekdays" else DAYS:
            more |= {
                f"{key}.{day}.{part}": list(fields.get(f"{key}.{carried[2]}.{part}", [""])) for part in ("way", *_ENDS)
            }
        return {**fields, **more}, {}
    if do == key:
        week, faults = read(fields, grid)
        if week is None:
            return fields, faults
        fields = {**fields, grid.field: [_phrase(week, grid)]}
    return {name: values for name, values in fields.items() if not name.startswith(f"{key}.")}, {}


def left(fields: Fields) -> dict[str, StationsError]:
    """Say of which rows that were filled in and not put into the hours they would be lost."""
    found: dict[str, StationsError] = {}
    for grid in GRIDS:
        if not _was_sent(fields, grid) or _is_blank(fields, grid):
            continue
        week, _ = read(fields, grid)
        was = text_of(fields, f"{grid.key}.was")
        if week is not None and (week.plain.osm == was or week.plain == weekly_of(_rules(fields, grid))):
            continue
        if grid is WEEK:
            found[grid.key] = EntryError(
                "The week that you filled in is not in the hours yet. Press “Put into the hours”, "
                "or “Fill in from the hours” to have it as it was."
            )
        else:
            found[grid.key] = EntryError(
                "The week that you filled in is not in the self-service hours yet. Press “Put into the self-service "
                "hours”, or “Fill in from the self-service hours” to have it as it was."
            )
    return found


def week_of(fields: Fields, grid: Grid) -> Week:
    """The rows of a form: as they were sent, else as its hours mean them."""
    meant = as_meant(fields, grid)
    if _was_sent(fields, grid):
        rows = {key: _sent(fields, grid, key) for key in ROWS}
        return Week(rows, text_of(fields, f"{grid.key}.was"), meant.beyond)
    return meant


def as_meant(fields: Fields, grid: Grid) -> Week:
    """The rows as the hours of a form mean them; empty ones where those are none, or more than a week."""
    rules = _rules(fields, grid)
    meant = weekly_of(rules)
    if meant is None:
        blank = Row(TIMES, (("", ""), ("", "")))
        return Week(dict.fromkeys(DAYS, blank) | {HOLIDAYS: Row(USUAL, blank.spans)}, "", bool(rules))
    rows = {key: _row(times) for key, times in zip(DAYS, meant.days, strict=True)}
    rows[HOLIDAYS] = Row(USUAL, _row(CLOSED).spans) if meant.holidays is None else _row(meant.holidays)
    return Week(rows, meant.osm, beyond=False)


def read(fields: Fields, grid: Grid) -> tuple[Weekly | None, dict[str, StationsError]]:
    """Read the rows; None with what is wrong, by row."""
    found: dict[str, Times | None] = {}
    faults: dict[str, StationsError] = {}
    for key in ROWS:
        try:
            found[key] = _times(_sent(fields, grid, key))
        except EntryError as fault:
            faults[f"{grid.key}.{key}"] = fault
    if faults:
        return None, faults
    return Weekly(tuple(found[key] or CLOSED for key in DAYS), found[HOLIDAYS]), {}


def _phrase(week: Weekly, grid: Grid) -> str:
    """What the rows make, in words; of self-service that never is, nothing."""
    never = not any(week.days) and not week.holidays
    return "" if grid is ALONE and never else told_hours(week.plain.osm, spoken())


def _rules(fields: Fields, grid: Grid) -> str:
    """The hours that a form holds, in OSM grammar; as they were typed where they cannot be read."""
    text = text_of(fields, grid.field)
    try:
        return read_hours(text)
    except HoursError:
        return text


def _was_sent(fields: Fields, grid: Grid) -> bool:
    return any(name.startswith(f"{grid.key}.") for name in fields)


def _sent(fields: Fields, grid: Grid, key: str) -> Row:
    row = f"{grid.key}.{key}"
    way = text_of(fields, f"{row}.way") or (USUAL if key == HOLIDAYS else TIMES)
    begun, ended, *second = (text_of(fields, f"{row}.{part}").strip()[:8] for part in _ENDS)
    return Row(way, ((begun, ended), (second[0], second[1])))


def _is_blank(fields: Fields, grid: Grid) -> bool:
    rows = {key: _sent(fields, grid, key) for key in ROWS}
    said = any(first or last for row in rows.values() for first, last in row.spans)
    return not said and all(row.way == (USUAL if key == HOLIDAYS else TIMES) for key, row in rows.items())


def _row(times: Times) -> Row:
    if times in (CLOSED, ALL_DAY):
        return Row(ALL if times else SHUT, (("", ""), ("", "")))
    spans = [(_clock(begin), _clock(end)) for begin, end in times]
    return Row(TIMES, (*spans, ("", ""))[:2])


def _clock(minutes: int) -> str:
    """A time as its field shows it; there, midnight is 00:00 as an end, too."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _times(row: Row) -> Times | None:
    """What a row means; None for as usual."""
    if row.way in {USUAL, ALL, SHUT}:
        return {USUAL: None, ALL: ALL_DAY, SHUT: CLOSED}[row.way]
    if row.way != TIMES:
        raise EntryError("“{value}” is not offered here.", value=row.way[:80])
    spans = []
    for first, last in row.spans:
        if not (first or last):
            continue
        if not (first and last):
            raise EntryError("A span needs both times, from and to.")
        begin, end = _minutes(first), _minutes(last)
        if begin in {end, MIDNIGHT}:
            raise EntryError(
                "From {first} to {last} is no span. For a whole day choose “All day”.", first=first, last=last
            )
        spans.append((begin, end if end > begin else end + MIDNIGHT))
    if not spans:
        raise EntryError("Say from when to when it is open, or choose “All day” or “Closed all day”.")
    times = tuple(sorted(spans))
    if overlap(times):
        raise EntryError("The second span begins before the first has ended.")
    return times


def _minutes(text: str) -> int:
    match = _CLOCK.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else MIDNIGHT + 1
    if minutes > MIDNIGHT:
        raise EntryError("“{value}” is not a time of day. Write it like 08:30.", value=text)
    return minutes


def names() -> dict[str, str]:
    """What the rows are called."""
    form = "EEE" if spoken() == "zh" else "EEEE"
    days = [str(format_date(_A_MONDAY + timedelta(days=day), form, rebase=False)) for day in range(7)]
    return dict(zip(ROWS, [*days, gettext("Public holidays")], strict=True))


def ways() -> tuple[tuple[str, str], ...]:
    """How a day may be, with words; as on other days only public holidays can be."""
    return (
        (USUAL, gettext("As on any other day")),
        (TIMES, gettext("At these times")),
        (ALL, gettext("All day")),
        (SHUT, gettext("Closed all day")),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows of one field of hours, as a page shows them."""

    key: str
    field: str
    week: Week
    open: bool


def shown(fields: Fields, faults: Iterable[str], grids: Iterable[Grid]) -> list[Shown]:
    """The rows that a form is shown with: those in which something was pressed, or is wrong, are open."""
    pressed_in = grid_pressed(fields)
    return [
        Shown(
            grid.key,
            grid.field,
            week_of(fields, grid),
            grid is pressed_in or any(name.partition(".")[0] == grid.key for name in faults),
        )
        for grid in grids
    ]


def to_json(fields: Fields) -> dict[str, Any]:
    """The rows as the hours of a form mean them, by grid, for a script."""
    return {grid.key: as_meant(fields, grid).to_json() for grid in GRIDS}
