"""Lists that wait, and the form with which one brings another."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from stations.desk.listed import Asked, Listed, State
from stations.errors import ImportRefused, ListError
from stations.people.facts import Action
from stations.people.rights import areas_of
from stations.web.deskwords import say_area, say_moment
from stations.web.importing.hall import Hall, say_faults
from stations.web.params import first, given, one_of
from stations.web.room import asker, lead, page, sent, text_of
from stations.web.sizes import MOST_IMPORT
from stations.web.who import STAFF, Place, allowed, needs

MEGABYTE = 1_000_000
SAID = frozenset({"dropped"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One list, as a line says it."""

    listed: Listed
    area: str
    when: str
    standing: str
    settled: str


def arriving_views(door: Blueprint, hall: Hall) -> None:
    """Hang the page of lists."""

    @door.get("/lists")
    @needs(Action.IMPORT, STAFF)
    def lists() -> Response:
        """Those that wait, those that were taken in, and the form for another."""
        said = first(given(request.args), "said")
        return show(hall, said=said if said in SAID else "")

    @door.post("/lists")
    @needs(Action.IMPORT, STAFF)
    def bring() -> Response:
        """Take a file in to be looked at."""
        fields = sent({"area", "file"})
        areas = areas_of(asker(), Action.IMPORT)
        area = one_of("area", text_of(fields, "area"), areas) if "area" in fields else areas[0]
        file = request.files.get("file")
        content = b""
        if file is not None:
            with file.stream:
                content = file.read(MOST_IMPORT + 1)
        if file is None or not file.filename:
            return show(hall, 422, area=area, faults=(gettext("No list was sent. Choose a file, and send it."),))
        from stations.desk.taking import plain_name

        name = plain_name(file.filename)
        try:
            hall.taking.check(name, content)
            listed = hall.lists.keep(name, content, Asked(), area=area, who=asker().login, at=hall.room.now)
        except (ImportRefused, ListError) as fault:
            return show(hall, 422, area=area, faults=say_faults(fault))
        there = "importing.columns" if hall.taking.needs_words(listed) else "importing.rows"
        return lead(url_for(there, number=listed.number))


def show(hall: Hall, status: int = 200, *, area: str = "", faults: tuple[str, ...] = (), said: str = "") -> Response:
    """Show the lists that whoever asks may see."""
    person, house, now = asker(), hall.room.house, hall.room.now
    areas = areas_of(person, Action.IMPORT)
    mine = [one for one in hall.lists.all(now, areas) if allowed(Action.IMPORT, Place(one.area))]
    shown = [
        Shown(
            one,
            say_area(house, one.area),
            say_moment(one.at, house, now),
            say_state(one.state),
            say_moment(one.settled, house, now) if one.settled else "",
        )
        for one in mine
    ]
    return page(
        "importing/lists.html",
        status,
        waiting=[one for one in shown if one.listed.waits],
        taken=[one for one in shown if not one.listed.waits],
        areas=[(code, say_area(house, code)) for code in areas],
        area=area,
        faults=faults,
        said=said,
        most=MOST_IMPORT // MEGABYTE,
        days=house.settings.lists_days,
    )


def say_state(state: State) -> str:
    """Say what became of a list."""
    return {
        State.WAITING: gettext("waiting"),
        State.TAKEN: gettext("taken in"),
        State.UNDONE: gettext("taken back, waiting"),
        State.DROPPED: gettext("thrown away"),
    }[state]
