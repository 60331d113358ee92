"""One inspection: what was found, how the station stood, what is to be put right, and what the record takes from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from stations.desk.merging import told
from stations.errors import RoundError, StaleEdit, StationsError, UnknownStationError
from stations.people.facts import Action
from stations.rounds.facts import Inspection, Task
from stations.rounds.finding import as_found, ratings
from stations.station import Station
from stations.web.deskwords import Told, say_day, say_moment, say_township, tell
from stations.web.errors import say
from stations.web.params import first, given
from stations.web.room import asker, lead, number_of, page, sent
from stations.web.rounds.place import Office, Shot, name_of, place_now, shot_of, the_inspection
from stations.web.rounds.telling import ToldRating, say_due, say_item, say_standing, say_state, tell_rating, word
from stations.web.who import allowed, needs

SAID = frozenset({"sent", "written", "nothing"})


@dataclass(frozen=True, slots=True)
class ShownTask:
    """A task, as it is shown."""

    task: Task
    what: str
    due: str
    late: bool
    standing: str
    name: str
    township: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one item, as it is shown."""

    key: str
    name: str
    state: str
    said: str
    number: str
    note: str
    photos: tuple[Shot, ...]
    task: ShownTask | None


def inspected_views(door: Blueprint, office: Office) -> None:
    """Hang the page of one inspection."""
    room = office.room

    @door.get("/<int:inspection>")
    @needs(Action.SEE_PRIVATE, the_inspection)
    def inspection(inspection: int) -> Response:
        """One inspection."""
        said = first(given(request.args), "said")
        return show(office, office.rounds.get(inspection), said=said if said in SAID else "")

    @door.post("/<int:inspection>/write")
    @needs(Action.EDIT, the_inspection)
    def write(inspection: int) -> Response:
        """Put what was found into the record."""
        fields = sent({"seen"})
        found = office.rounds.get(inspection)
        stands, revision = room.station(found.code)
        wanted = record_of(office, found, stands)
        if number_of(fields, "seen") != revision:
            fault = RoundError("Somebody changed the station just now. Look once more at what would be written.")
            return show(office, found, fault, 409)
        if not told(stands, wanted):
            return lead(url_for("rounds.inspection", inspection=inspection, said="nothing"))
        try:
            what = f"inspection {found.number} by {found.who}"
            room.desk.write(wanted, seen=revision, who=asker().login, at=room.now, what=what)
        except StaleEdit:
            fault = RoundError("Somebody changed the station just now. Look once more at what would be written.")
            return show(office, found, fault, 409)
        return lead(url_for("rounds.inspection", inspection=inspection, said="written"))


def record_of(office: Office, inspection: Inspection, stands: Station) -> Station:
    """A record with what an inspection found."""
    return as_found(stands, inspection.asked.items, inspection.answers, inspection.day, office.rounds.taxonomy)


def show(
    office: Office, found: Inspection, fault: StationsError | None = None, status: int = 200, said: str = ""
) -> Response:
    """Show an inspection."""
    room, house = office.room, office.house
    place = place_now(house, found.code, found.township)
    tasks = {one.item: one for one in office.rounds.tasks.of(found.number)}
    stands, revision = None, 0
    changes: tuple[Told, ...] = ()
    try:
        stands, revision = room.station(found.code)
        changes = tell(told(stands, record_of(office, found, stands)))
    except UnknownStationError:
        pass  # it is gone; what was found stays
    return page(
        "rounds/inspection.html",
        status,
        one=found,
        name=name_of(house, found.code),
        stands=stands,
        revision=revision,
        township=say_township(house, place.township),
        called=word(found.asked),
        day=say_day(found.day),
        sent=say_moment(found.sent or found.begun, house, room.now),
        items=[found_of(office, found, key, tasks) for key in in_order(found)],
        open_items=len(found.asked.items) - found.answered,
        ratings=ratings_then(office, found),
        changes=changes,
        may_write=allowed(Action.EDIT, place),
        fault="" if fault is None else say(fault),
        said=said,
        colon=gettext(": "),
    )


def in_order(inspection: Inspection) -> list[str]:
    """The items that were answered: first what is not as it should be."""
    return sorted(
        (key for key in inspection.asked.items if key in inspection.answers),
        key=lambda key: not inspection.answers[key].fault,
    )


def found_of(office: Office, inspection: Inspection, key: str, tasks: dict[str, Task]) -> Found:
    """What was found of an item, in words."""
    answer, task = inspection.answers[key], tasks.get(key)
    return Found(
        key,
        say_item(inspection, key),
        "" if answer.state is None else answer.state.value,
        "" if answer.state is None else say_state(answer.state),
        "" if answer.number is None else f"{answer.number:g}",
        answer.note,
        tuple(map(shot_of, answer.photos)),
        None if task is None else shown_task(office, task, inspection),
    )


def ratings_then(office: Office, inspection: Inspection) -> list[ToldRating]:
    """How the station stood to the standards by what was found, and by what its record said that day."""
    rounds = office.rounds
    base = office.room.desk.seen_ever(inspection.code, inspection.revision)
    if base is None:
        return []
    wanted = rounds.checklist(inspection.checklist).standards
    standards = [one for key, one in rounds.standards.items() if key in wanted]
    stands = ratings(record_of(office, inspection, base), standards, rounds.taxonomy)
    return [tell_rating(one, rounds.taxonomy, office.fields) for one in stands.values()]


def shown_tasks(office: Office, tasks: Sequence[Task]) -> list[ShownTask]:
    """Tasks in words."""
    found = office.rounds.several(task.inspection for task in tasks)
    return [shown_task(office, task, found.get(task.inspection)) for task in tasks]


def shown_task(office: Office, task: Task, inspection: Inspection | None) -> ShownTask:
    """A task in words; by the key of its item where the inspection is not there that it came of."""
    room = office.room
    place = place_now(office.house, task.code, task.township)
    return ShownTask(
        task,
        task.item if inspection is None else say_item(inspection, task.item),
        say_due(task, room.today),
        task.overdue(room.today),
        say_standing(task.standing),
        name_of(office.house, task.code),
        say_township(office.house, place.township),
    )
