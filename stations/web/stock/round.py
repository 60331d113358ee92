"""The round: what is few, out, or nearly out of date, by township."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext, ngettext

from stations.desk.roll import Line, lines_for
from stations.people.facts import Action
from stations.stock.scope import Scope
from stations.stock.stock import Stock
from stations.web.deskwords import say_day, townships_of
from stations.web.params import given, read_page, refuse_unknown
from stations.web.room import Room, asker, page
from stations.web.stock.reading import chosen, township_in, with_args
from stations.web.stock.sheets import as_workbook, round_tables
from stations.web.stock.telling import Need, parts_of, stops_of, totals_of
from stations.web.who import STAFF, needs

NEEDED, ALL, NEVER = "", "all", "never"

SHOWS = (NEEDED, ALL, NEVER)

PARAMETERS = frozenset({"township", "show", "page", "lang"})

STOPS_ON_A_PAGE = 150


def round_views(door: Blueprint, room: Room, stock: Stock) -> None:
    """Hang the list for the next round."""

    @door.get("/supplies")
    @needs(Action.SEE_PRIVATE, STAFF)
    def supplies() -> Response:
        """What is few, out, or nearly out of date, by township."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        show, inside, today = chosen(args, "show", SHOWS), township_in(args), room.today
        mine = [line for line in lines_for(room.desk.roll().lines, asker()) if line.serves]
        every = round_of(room, stock, mine, inside)
        wanted = [need for need in every if is_meant(need, show)]
        number = read_page(args, len(wanted), STOPS_ON_A_PAGE)
        here = wanted[(number - 1) * STOPS_ON_A_PAGE : number * STOPS_ON_A_PAGE]
        return page(
            "stock/supplies.html",
            parts=parts_of(stops_of(here, today), room.house),
            totals=totals_of((held, held.to_bring(today)) for need in wanted for held in need.held)
            if show == NEEDED
            else (),
            counts={name: sum(is_meant(need, name) for need in every) for name in SHOWS},
            words=round_words(every),
            show=show,
            township=inside,
            townships=townships_of(mine, room.house),
            day=say_day(today),
            sheet=url_for("stock.supplies_sheet", township=inside or None, show=show or None),
            before=with_args("stock.supplies", {**args, "page": [str(number - 1)]}) if number > 1 else "",
            after=with_args("stock.supplies", {**args, "page": [str(number + 1)]})
            if number * STOPS_ON_A_PAGE < len(wanted)
            else "",
        )

    @door.get("/supplies.xlsx")
    @needs(Action.SEE_PRIVATE, STAFF)
    def supplies_sheet() -> Response:
        """The same as a workbook."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        show, inside = chosen(args, "show", SHOWS), township_in(args)
        mine = [line for line in lines_for(room.desk.roll().lines, asker()) if line.serves]
        wanted = [need for need in round_of(room, stock, mine, inside) if is_meant(need, show)]
        tables = round_tables(parts_of(stops_of(wanted, room.today), room.house))
        return as_workbook(tables, "supplies", gettext("Supplies to bring"), room)


def round_of(room: Room, stock: Stock, mine: Sequence[Line], inside: str) -> list[Need]:
    """The stations in use of whoever asks, or those of a township, with what each needs."""
    scope = Scope.of(asker()).narrowed(inside=inside, active=True)
    needed, counted = stock.supplies.needed(scope, room.today), stock.supplies.counted(scope)
    here = sorted((line for line in mine if line.township.startswith(inside)), key=lambda one: (one.township, one.code))
    return [Need(line, needed.get(line.code, ()), counted.get(line.code)) for line in here]


def is_meant(need: Need, show: str) -> bool:
    """Whether a station is among those that are shown."""
    return show == ALL or (bool(need.held) if show == NEEDED else need.counted is None)


def round_words(stations: Sequence[Need]) -> str:
    """How many stations need something, in words."""
    count = sum(bool(need.held) for need in stations)
    return ngettext("%(num)s station needs something.", "%(num)s stations need something.", count)
