"""Today: what needs whoever is signed in, each one action away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, request, url_for
from flask_babel import gettext, ngettext

from stations.desk.listed import Listed
from stations.desk.proposals import Proposal
from stations.desk.roll import Line, lines_for
from stations.desk.today import COUNTY, Share, Today, shared_out, today_of
from stations.errors import UnknownTaskError
from stations.people.facts import Action
from stations.people.rights import areas_of, may_somewhere
from stations.stock.scope import Scope
from stations.upkeep.facts import Aspect, Task
from stations.web.cautions import Cautions
from stations.web.deskwords import say_aspect, say_county, say_day, say_moment, say_standing, say_township
from stations.web.params import first, given
from stations.web.room import Room, asker, page, sent, text_of
from stations.web.supplied import say_needs
from stations.web.who import STAFF, Place, allowed, needs, the_station
from stations.web.words import Wall

OVERDUE, REPORTED = "overdue", "reported"
SHOWN = 8
"""Of each kind, so many are shown; the rest is in the list of stations."""

SAID = frozenset({"checked", "proposed", "settled", "known"})


@dataclass(frozen=True, slots=True)
class Check:
    """What somebody should make sure of: its key, its name, and when somebody last did."""

    aspect: str
    name: str
    last: str


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing to do about one station.

    Attributes
    ----------
    said
        What is the matter, in words.
    notes
        What people wrote.
    kind, amenity
        What a button names: the report that was looked at.
    checks
        What somebody should make sure of.
    there, act
        Where it is done, if at a page of its own, and what the way there is called.
    """

    line: Line
    township: str
    said: str
    notes: tuple[str, ...] = ()
    kind: str = ""
    amenity: str = ""
    checks: tuple[Check, ...] = ()
    there: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Pile:
    """Things of one kind to do; `more` leads to those that are not shown."""

    key: str
    name: str
    count: int
    matters: tuple[Matter, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class AreaTold:
    """What needs somebody in one area, and where that is listed; no address where nothing is."""

    name: str
    share: Share
    stations: str
    reported: str
    overdue: str


def today_views(door: Blueprint, room: Room, cautions: Cautions) -> None:
    """Hang the page of today, and the actions that are on it."""

    @door.get("")
    @needs(Action.SEE_PRIVATE, STAFF)
    def today() -> Response:
        """What needs whoever is signed in."""
        person, now = asker(), room.now
        lines = room.desk.roll().lines
        mine = lines_for(lines, person, Action.PROPOSE)
        needed = today_of(mine, tasks_of(room, now), room.today, room.desk.every)
        waiting = waiting_for(
            room,
            {line.code for line in lines_for(lines, person, Action.APPROVE)},
            {line.code for line in lines_for(lines, person, Action.EDIT)},
        )
        news = room.desk.proposals.news_for(person.login)
        return page(
            "desk/today.html",
            person=person,
            piles=[pile for pile in (*piles_of(needed, room, cautions, now), supplies_pile(room, mine)) if pile.count],
            waiting=[(one, say_moment(one.at, room.house, now)) for one in waiting[:SHOWN]],
            waiting_count=len(waiting),
            news=[(one, say_standing(one.standing)) for one in news],
            lists=[(one, say_moment(one.at, room.house, now)) for one in lists_for(room, now)],
            areas=(areas := areas_told(shared_out(mine, needed), room)),
            wide=any(len(one.share.area) == COUNTY for one in areas),
            mine=ngettext("%(num)s station is yours.", "%(num)s stations are yours.", len(mine)),
            may_settle=lambda line: allowed(Action.SETTLE_TASK, Place(line.township, line.code)),
            said=first(given(request.args), "said") if first(given(request.args), "said") in SAID else "",
        )

    @door.post("/news")
    @needs(Action.SEE_PRIVATE, STAFF)
    def read() -> Response:
        """Somebody has seen what became of their proposals."""
        sent()
        person = asker()
        room.desk.proposals.read([one.number for one in room.desk.proposals.news_for(person.login)], person.login)
        return make_response(redirect(url_for("desk.today"), 303))

    @door.post("/stations/<code>/settle")
    @needs(Action.SETTLE_TASK, the_station)
    def settle(code: str) -> Response:
        """Somebody of the staff has looked at what was reported."""
        fields = sent({"kind", "amenity", "back"})
        if room.house.upkeep is not None:
            kind, amenity = text_of(fields, "kind"), text_of(fields, "amenity")
            try:
                room.house.upkeep.looked(code, kind, amenity, who=asker().login, now=room.now)
            except UnknownTaskError:
                return back_from(code, text_of(fields, "back"), "known")
        return back_from(code, text_of(fields, "back"), "settled")


def back_from(code: str, back: str, said: str) -> Response:
    """Lead back to where a button stood: the page of today, or that of a station."""
    to_today = back == "today"
    there = url_for("desk.today", said=said) if to_today else url_for("desk.station", code=code, said=said)
    return make_response(redirect(there, 303))


def tasks_of(room: Room, now: datetime) -> tuple[Task, ...]:
    """What was reported of all stations."""
    return () if room.house.upkeep is None else room.house.upkeep.tasks(room.desk.registry.snapshot(), now)


def waiting_for(room: Room, codes: set[str], of_passers_by: set[str]) -> list[Proposal]:
    """The proposals that wait for some stations; those of passers-by for others."""
    return [one for one in room.desk.proposals.waiting() if one.code in (codes if one.who else of_passers_by)]


def lists_for(room: Room, now: datetime) -> list[Listed]:
    """The lists that wait for whoever asks to take them in."""
    lists = room.house.lists
    if lists is None or not may_somewhere(asker(), Action.IMPORT):
        return []
    areas = areas_of(asker(), Action.IMPORT)
    return [one for one in lists.all(now, areas) if one.waits and allowed(Action.IMPORT, Place(one.area))]


def piles_of(needed: Today, room: Room, cautions: Cautions, now: datetime) -> list[Pile]:
    """Put into words what needs somebody."""
    wall = Wall.at(now, room.house.zone)

    def matter(line: Line, said: str, **more: object) -> Matter:
        return Matter(line, say_township(room.house, line.township), said, **more)  # type: ignore[arg-type]  # fields of its own

    reported = tuple(
        matter(
            one.line,
            cautions.say(one.task.caution, wall),
            notes=tuple(dict.fromkeys(one.task.notes)),
            kind=one.task.caution.kind,
            amenity=one.task.caution.amenity,
        )
        for one in needed.reported
    )
    piles = [Pile("reported", gettext("Reported"), len(reported), reported)]
    ending = tuple(
        matter(one.line, gettext("Closed until %(day)s", day=say_day(one.closure.last))) for one in needed.ending
    )
    piles.append(Pile("ending", gettext("Opens again soon"), len(ending), ending[:SHOWN]))
    overdue = tuple(
        matter(one.line, "", checks=tuple(Check(aspect.value, *say_check(one.line, aspect)) for aspect in one.aspects))
        for one in needed.overdue[:SHOWN]
    )
    more = url_for("desk.stations", due=OVERDUE) if len(needed.overdue) > SHOWN else ""
    piles.append(Pile("overdue", gettext("Due for a check"), len(needed.overdue), overdue, more))
    return piles


def areas_told(shares: Sequence[Share], room: Room) -> list[AreaTold]:
    """Put into words what needs somebody by county or township; nothing for who has but one, or single stations."""
    if len(shares) < 2 or not areas_of(asker(), Action.PROPOSE):
        return []

    def there(share: Share, count: int, due: str = "") -> str:
        return url_for("desk.stations", township=share.area, due=due or None) if share.area and count else ""

    return [
        AreaTold(
            say_county(room.house, one.area),
            one,
            there(one, one.stations),
            there(one, one.reported, REPORTED),
            there(one, one.overdue, OVERDUE),
        )
        for one in shares
    ]


def supplies_pile(room: Room, mine: Sequence[Line]) -> Pile:
    """The stations at which something is few, out, or nearly out of date."""
    stock, name = room.house.stock, gettext("Supplies low")
    if stock is None:
        return Pile("supplies", name, 0, ())
    scope = Scope.of(asker(), Action.RECORD)
    in_need = set(stock.supplies.in_need(scope, room.today))
    short = [line for line in mine if line.code in in_need]
    shown = tuple(line.code for line in short[:SHOWN])
    needed = stock.supplies.needed(scope.narrowed(codes=shown), room.today) if shown else {}
    matters = tuple(
        Matter(
            line,
            say_township(room.house, line.township),
            say_needs(needed.get(line.code, ()), room.today),
            there=url_for("stock.shelf", code=line.code, do="brought"),
            act=gettext("Note what was brought"),
        )
        for line in short[:SHOWN]
    )
    return Pile("supplies", name, len(short), matters, url_for("stock.supplies") if short else "")


def say_check(line: Line, aspect: Aspect) -> tuple[str, str]:
    """Name what somebody should make sure of, and say when somebody last did."""
    day = line.checked.get(aspect)
    return say_aspect(aspect), gettext("never checked") if day is None else say_day(day)
