"""What the columns of a list are: what was recognised, and what somebody says instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import Blueprint, Response, url_for
from flask_babel import gettext

from geodata.datum import Datum
from stations.desk.listed import Asked, Listed
from stations.errors import ImportRefused, ListError
from stations.exchange.columns import REQUIRED
from stations.people.facts import Action
from stations.web.deskwords import spoken, words
from stations.web.importing.hall import Hall, say_faults, the_list
from stations.web.params import one_of
from stations.web.room import lead, page, sent, text_of
from stations.web.who import needs

if TYPE_CHECKING:
    from stations.desk.taking import Form
    from stations.exchange.tables import Table

COLUMN = "column."
SAMPLES = 3
LONGEST_SAMPLE = 40
LOOKED_AT = 200
"""Rows among which examples are looked for."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column, what it holds, and what it is taken for.

    Attributes
    ----------
    meant
        The field; `KEEP` or `LEAVE_OUT`. Where nobody knows it, a guess if no list goes without that field.
    known
        Whether it was recognised, or somebody said what it is.
    guesses
        What it could be, where nobody knows.
    """

    number: int
    header: str
    samples: tuple[str, ...]
    meant: str
    known: bool
    guesses: tuple[tuple[str, str], ...]


def column_views(door: Blueprint, hall: Hall) -> None:
    """Hang the page of a list's columns."""

    @door.get("/lists/<int:number>/columns")
    @needs(Action.IMPORT, the_list)
    def columns(number: int) -> Response:
        """What the columns are taken for."""
        return show_columns(hall, hall.listed(number))

    @door.post("/lists/<int:number>/columns")
    @needs(Action.IMPORT, the_list)
    def ask(number: int) -> Response:
        """Keep what somebody says of them."""
        listed = hall.listed(number)
        fields = sent({"do", "part", "datum", "keep_unread_hours"}, also=lambda name: name.startswith(COLUMN))
        form = hall.taking.form(listed)
        if text_of(fields, "do") == "part":
            part = one_of("part", text_of(fields, "part"), form.parts)
            # Another sheet has columns of its own.
            sheet, layer = (part, "") if form.kind == "sheet" else ("", part)
            hall.lists.ask(number, replace(listed.asked, columns={}, sheet=sheet, layer=layer))
            return lead(url_for("importing.columns", number=number))
        if form.table is None:
            return show_columns(hall, listed, 422)
        datum = one_of("datum", text_of(fields, "datum"), ("", *(one.value for one in Datum)))
        usual, known = defaults(hall, form.table), ("keep", "ignore", *hall.taking.fields())
        said = {}
        for at, header in enumerate(form.table.headers):
            name = f"{COLUMN}{at}"
            meant = one_of(name, text_of(fields, name), known) if name in fields else ""
            if meant and (meant != usual[header] or not hall.taking.knows(header)):
                said[header] = meant
        asked = replace(
            listed.asked,
            columns=said,
            datum=Datum(datum) if datum else None,
            keep_unread_hours=bool(text_of(fields, "keep_unread_hours")),
        )
        try:
            hall.taking.mapped(form.table, asked)
            hall.lists.ask(number, asked)
        except (ImportRefused, ListError) as fault:
            return show_columns(hall, replace(listed, asked=asked), 422, say_faults(fault))
        return lead(url_for("importing.rows", number=number))


def defaults(hall: Hall, table: Table) -> Mapping[str, str]:
    """By header, what it is taken for as long as nobody says otherwise."""
    return hall.taking.meant(table, Asked())


def show_columns(hall: Hall, listed: Listed, status: int = 200, faults: tuple[str, ...] = ()) -> Response:
    """Show what the columns of a list are taken for."""
    form = hall.taking.form(listed)
    if form.fault is not None:
        faults = (*faults, *say_faults(form.fault))
    elif not faults:
        try:
            hall.taking.mapped(form.table, listed.asked)  # type: ignore[arg-type]  # there is one where there is no fault
        except ImportRefused as fault:
            faults = say_faults(fault)
    return page(
        "importing/columns.html",
        status,
        listed=listed,
        step="columns",
        form=form,
        part=form.table.part if form.table else listed.asked.sheet or listed.asked.layer,
        columns=columns_of(hall, form, listed),
        options=options(hall),
        datums=[(one.value, say_datum(one)) for one in Datum],
        faults=faults,
    )


def columns_of(hall: Hall, form: Form, listed: Listed) -> tuple[Column, ...]:
    """Put the columns of a file into words."""
    table = form.table
    if table is None:
        return ()
    meant, found = hall.taking.meant(table, listed.asked), []
    wanted = set(REQUIRED) - set(meant.values()) - ({"lon", "lat"} if "position" in meant.values() else set())
    for at, header in enumerate(table.headers):
        cells = dict.fromkeys(cells[at] for _, cells in table.rows[:LOOKED_AT] if cells[at])
        known = hall.taking.knows(header) or header in listed.asked.columns
        guesses = () if known else hall.taking.guesses(header)
        likely = next((key for key in guesses if key in wanted), "")
        wanted.discard(likely)
        found.append(
            Column(
                at,
                header,
                tuple(cell[:LONGEST_SAMPLE] for cell in list(cells)[:SAMPLES]),
                likely or meant[header],
                known,
                tuple((key, say_field(hall, key)) for key in guesses),
            )
        )
    return tuple(found)


def options(hall: Hall) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """What a column can be, in groups."""
    fields = [(key, say_field(hall, key)) for key in hall.taking.fields()]
    return (
        (gettext("Facts of a station"), tuple(one for one in fields if not one[0].startswith("amenity:"))),
        (gettext("What it has"), tuple(one for one in fields if one[0].startswith("amenity:"))),
    )


def say_field(hall: Hall, key: str) -> str:
    """Name what a column can be."""
    kind, _, amenity = key.partition(":")
    return hall.room.names.amenity(amenity) if kind == "amenity" else words().fields.label(key, spoken())


def say_datum(datum: Datum) -> str:
    """Name a datum with who uses it."""
    return {
        Datum.WGS84: gettext("WGS-84 (GPS, Tianditu)"),
        Datum.GCJ02: gettext("GCJ-02 (Amap, Tencent)"),
        Datum.BD09: gettext("BD-09 (Baidu)"),
    }[datum]
