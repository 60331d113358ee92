"""Rounds, services and visits as tables that one takes along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import islice

from flask import Response, make_response
from flask_babel import gettext

from stations.desk.roll import Line
from stations.handouts.tables import Column, Kind, Table, csv_lines, write_csv
from stations.stock.sums import Came
from stations.web.attached import WORKBOOK, as_file
from stations.web.deskwords import say_day, say_township
from stations.web.house import House
from stations.web.room import Room
from stations.web.stock.telling import Part

AT_ONCE = 50_000
"""Rows of a long file that are put together at a time."""


def as_workbook(
    tables: Sequence[Table],
    name: str,
    title: str,
    room: Room,
    about: Iterable[tuple[str, str]] = (),
    days: str = "",
) -> Response:
    """Answer with tables as a workbook, with a sheet that says what they are of.

    Parameters
    ----------
    days
        Which days they are of, for the name of the file; today where they are of no others.
    """
    from stations.handouts.workbook import write_workbook

    told = [
        (gettext("What"), title),
        (gettext("Made"), f"{say_day(room.today)} {room.now.astimezone(room.house.zone):%H:%M}"),
        *about,
    ]
    days = days or room.today.isoformat()
    return filed(write_workbook(tables, told), WORKBOOK, f"yizhan-{name}-{days}.xlsx", f"{title} {days}")


def filed(body: bytes, kind: str, name: str, shown: str) -> Response:
    """Answer with a file of one's own; what it is called in one's language is without its ending."""
    answer = as_file(make_response(body), name, f"{shown}.{name.rpartition('.')[2]}")
    answer.mimetype = kind
    return answer


def round_tables(parts: Sequence[Part]) -> list[Table]:
    """What to bring to each station, and how much to take along for each township."""
    stops = [
        (
            part.name,
            stop.line.name,
            stop.line.code,
            stop.line.address,
            short.name,
            short.said,
            short.bring or None,
            short.unit,
            stop.said,
        )
        for part in parts
        for stop in part.stops
        for short in stop.shorts
    ]
    bare = [
        (part.name, stop.line.name, stop.line.code, stop.line.address, "", "", None, "", stop.said)
        for part in parts
        for stop in part.stops
        if not stop.shorts
    ]
    return [
        Table(
            "round",
            gettext("To bring"),
            [
                Column("township", gettext("Township")),
                Column("name", gettext("Station")),
                Column("code", gettext("Code")),
                Column("address", gettext("Address")),
                Column("item", gettext("Supply")),
                Column("said", gettext("What is the matter")),
                Column("bring", gettext("To bring"), Kind.COUNT),
                Column("unit", gettext("Unit")),
                Column("counted", gettext("Last count")),
            ],
            [*stops, *bare],
        ),
        Table(
            "totals",
            gettext("To take along"),
            [
                Column("township", gettext("Township")),
                Column("item", gettext("Supply")),
                Column("amount", gettext("To take along")),
            ],
            [(part.name, name, amount) for part in parts for name, amount in part.totals],
        ),
    ]


def came_columns() -> list[Column]:
    """The columns that say how many came, and how one knows."""
    return [
        Column("people", gettext("Visits"), Kind.COUNT),
        Column("door", gettext("Door counter"), Kind.COUNT),
        Column("paper", gettext("Paper list"), Kind.COUNT),
        Column("said", gettext("Said so themselves"), Kind.COUNT),
    ]


def figures(came: Came) -> tuple[int, int, int, int]:
    """How many came, in the order of `came_columns`."""
    return came.people, came.door, came.paper, came.said


def visit_tables(
    by_day: Mapping[date, Came],
    by_township: Mapping[str, Came],
    by_station: Mapping[str, Came],
    lines: Mapping[str, Line],
    house: House,
) -> list[Table]:
    """How many came: by day, by township, by station. Townships of which nothing is known have a row all the same."""
    stations = Counter(line.township for line in lines.values() if line.serves or line.code in by_station)
    counted = Counter(lines[code].township for code in by_station if code in lines)
    note = gettext(
        "Of a station and a day the largest of the three sources counts: each tells of the same people, none of all."
    )
    return [
        Table(
            "days",
            gettext("By day"),
            [Column("day", gettext("Day")), *came_columns()],
            [(day.isoformat(), *figures(came)) for day, came in sorted(by_day.items())],
            note=note,
        ),
        Table(
            "townships",
            gettext("By township"),
            [
                Column("township", gettext("Township")),
                Column("code", gettext("Code")),
                Column("stations", gettext("Stations"), Kind.COUNT),
                Column("counted", gettext("Of them with figures"), Kind.COUNT),
                *came_columns(),
            ],
            [
                (
                    say_township(house, code),
                    code,
                    stations[code],
                    counted[code],
                    *(figures(by_township[code]) if code in by_township else (None,) * len(came_columns())),
                )
                for code in sorted({*stations, *by_township})
            ],
            note=note,
        ),
        Table(
            "stations",
            gettext("By station"),
            [
                Column("township", gettext("Township")),
                Column("name", gettext("Station")),
                Column("code", gettext("Code")),
                *came_columns(),
            ],
            [
                (say_township(house, lines[code].township), lines[code].name, code, *figures(came))
                for code, came in by_station.items()
                if code in lines
            ],
            note=note,
        ),
    ]


def each_csv(
    rows: Iterable[tuple[str, date, Came]], lines: Mapping[str, Line], house: House, title: str, days: str
) -> Response:
    """Answer with how many came to each station on each day, as CSV; of hundreds of thousands of rows, too."""
    names = (gettext("Day"), gettext("Code"), gettext("Station"), gettext("Township"))
    head = write_csv([*names, *(column.heading for column in came_columns())], ())
    # What a station is called is the same on every day, so it is written once and not each time.
    called = {
        code: csv_lines([(code, line.name, say_township(house, line.township))]).rstrip("\r\n")
        for code, line in lines.items()
    }
    told = (
        f"{day.isoformat()},{called[code]},{came.people},{came.door},{came.paper},{came.said}\r\n"
        for code, day, came in rows
        if code in called
    )
    parts = [head]
    while some := "".join(islice(told, AT_ONCE)):
        parts.append(some.encode())
    return filed(b"".join(parts), "text/csv", f"yizhan-visits-{days}.csv", f"{title} {days}")
