"""What is to be put right: the list of it, and one of it done, dropped, or given to somebody else."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from stations.desk.roll import lines_for
from stations.errors import PhotoError, RoundError, StationsError
from stations.people.facts import Action
from stations.rounds.facts import MOST_PHOTOS, Standing, Task
from stations.web.deskwords import say_moment, say_who, townships_of
from stations.web.errors import say
from stations.web.params import Args, first, given, one_of, refuse_unknown
from stations.web.room import asker, lead, page, sent, text_of
from stations.web.rounds.filling import read_file
from stations.web.rounds.inspected import ShownTask, shown_task, shown_tasks
from stations.web.rounds.place import Office, due_of, place_now, shot_of, staff_at, the_task
from stations.web.who import STAFF, allowed, demand, needs

PARAMETERS = frozenset({"show", "township", "said", "lang"})
SHOW = ("open", "mine", "overdue", "settled")
SAID = frozenset({"done", "dropped", "planned"})
LISTED = 300
DONE, DROP = "done", "drop"


def task_views(door: Blueprint, office: Office) -> None:
    """Hang the list of tasks, and one task."""
    room, rounds = office.room, office.rounds

    @door.get("/tasks")
    @needs(Action.SEE_PRIVATE, STAFF)
    def tasks() -> Response:
        """What is to be put right at one's stations."""
        args = given(request.args)
        refuse_unknown(args, PARAMETERS)
        show, person, township = shown_of(args), asker(), first(args, "township")[:12]
        lines = lines_for(room.desk.roll().lines, person)
        codes = {line.code for line in lines if line.township.startswith(township)}
        waiting = [one for one in rounds.tasks.open() if one.code in codes]
        # A custodian keeps stations and no area: their areas hold more, and the codes choose.
        areas = [grant.area for grant in person.grants]
        chosen = {
            "open": waiting,
            "mine": [one for one in waiting if one.person == person.login],
            "overdue": [one for one in waiting if one.overdue(room.today)],
            "settled": [one for one in rounds.tasks.settled(areas) if one.code in codes] if show == "settled" else [],
        }
        return page(
            "rounds/tasks.html",
            rows=[(one, say_who(one.task.person)) for one in shown_tasks(office, chosen[show][:LISTED])],
            found=len(chosen[show]),
            show=show,
            counts={key: len(some) for key, some in chosen.items() if key != "settled"},
            named={
                "open": gettext("All open"),
                "mine": gettext("Mine"),
                "overdue": gettext("Overdue"),
                "settled": gettext("Settled"),
            },
            township=township,
            townships=townships_of(lines, room.house),
            said=first(args, "said") if first(args, "said") in SAID else "",
        )

    @door.get("/tasks/<int:task>")
    @needs(Action.SEE_PRIVATE, the_task)
    def task(task: int) -> Response:
        """One task."""
        return show_task(office, rounds.tasks.get(task))

    @door.post("/tasks/<int:task>")
    @needs(Action.RECORD, the_task)
    def settle_task(task: int) -> Response:
        """It is done, with a note and photos; or nothing is to be done, which who inspects may say."""
        fields, found = sent({"do", "note", "photo"}), rounds.tasks.get(task)
        do, person = one_of("do", text_of(fields, "do"), (DONE, DROP)), asker()
        place = place_now(room.house, found.code, found.township)
        if do == DROP:
            demand(Action.INSPECT, place)
        standing = Standing.DONE if do == DONE else Standing.DROPPED
        try:
            photos = kept_photos(office, found, place.township)
            rounds.tasks.settle(
                task, standing, note=text_of(fields, "note"), photos=photos, who=person.login, at=room.now
            )
        except (RoundError, PhotoError) as fault:
            return show_task(office, rounds.tasks.get(task), fault, text_of(fields, "note"))
        return lead(url_for("rounds.tasks", said="done" if do == DONE else "dropped"))

    @door.post("/tasks/<int:task>/plan")
    @needs(Action.INSPECT, the_task)
    def plan_task(task: int) -> Response:
        """Another day, or somebody else."""
        fields, found = sent({"due", "for"}), rounds.tasks.get(task)
        place = place_now(room.house, found.code, found.township)
        person = text_of(fields, "for")
        try:
            due = day_asked(text_of(fields, "due"), found, office)
            if person not in {"", found.person} and person not in dict(staff_at(room.house, place)):
                raise RoundError("Choose somebody who may work at this station.", field="for")
            rounds.tasks.plan(task, due=due, person=person)
        except RoundError as fault:
            return show_task(office, rounds.tasks.get(task), fault)
        return lead(url_for("rounds.tasks", said="planned"))


def day_asked(text: str, task: Task, office: Office) -> date:
    """The day by which a task is to be done; one that is past may stay as it is.

    Raises
    ------
    RoundError
        No day, or one that cannot be.
    """
    if text == task.due.isoformat():
        return task.due
    try:
        due = due_of(text, office.room.today)
    except ValueError:
        due = None
    if due is None:
        raise RoundError(
            "“{value}” is no day from today on and within a year. Choose one.", field="due", value=text[:40]
        )
    return due


def shown_of(args: Args) -> str:
    """Which tasks the list is to show.

    Raises
    ------
    BadParameter
        Some that there are not.
    """
    return one_of("show", first(args, "show") or "open", SHOW)


def kept_photos(office: Office, task: Task, township: str) -> list[str]:
    """Keep the photos that came, and give their names.

    Raises
    ------
    PhotoError
        One cannot be used.
    """
    photos = [data for file in request.files.getlist("photo") if (data := read_file(file))]
    if len(photos) > MOST_PHOTOS:
        raise RoundError("A task takes {most} photos at most.", field="photo", most=MOST_PHOTOS)
    room = office.room
    kept = (
        office.photos.keep(data, code=task.code, township=township, who=asker().login, at=room.now, what="inspection")
        for data in photos
    )
    return list(dict.fromkeys(one.name for one in kept))


def show_task(office: Office, found: Task, fault: StationsError | None = None, note: str = "") -> Response:
    """Show one task."""
    room, house = office.room, office.house
    place = place_now(house, found.code, found.township)
    inspection = office.rounds.several([found.inspection]).get(found.inspection)
    shown: ShownTask = shown_task(office, found, inspection)
    answer = None if inspection is None else inspection.answers.get(found.item)
    return page(
        "rounds/task.html",
        422 if fault is not None else 200,
        one=shown,
        there=inspection is not None,
        task=found,
        was="" if answer is None else answer.note,
        was_photos=[] if answer is None else list(map(shot_of, answer.photos)),
        photos=list(map(shot_of, found.photos)),
        person=say_who(found.person),
        done=say_moment(found.done, house, room.now) if found.done is not None else "",
        done_by=say_who(found.done_by),
        staff=staff_at(house, place),
        may_settle=allowed(Action.RECORD, place),
        may_plan=allowed(Action.INSPECT, place),
        today=room.today.isoformat(),
        most_photos=MOST_PHOTOS,
        fault="" if fault is None else say(fault),
        fault_at=getattr(fault, "field", ""),
        note=note,
        colon=gettext(": "),
    )
