"""What stands beside a station's form: its history, who last made sure of what, what was reported and proposed."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response
from flask_babel import gettext

from stations.desk.bulk import MARKED, What
from stations.desk.desk import entry_at
from stations.desk.merging import told
from stations.desk.proposals import Proposal
from stations.people.facts import Action as Right
from stations.registry.entries import Action, Entry
from stations.station import Station
from stations.upkeep.facts import Aspect, Task
from stations.upkeep.records import CHECKED
from stations.web.cautions import Cautions
from stations.web.desk.board import back_from, tasks_of
from stations.web.desk.naming import say_what_of_all
from stations.web.deskwords import Told, say_aspect, say_day, say_moment, say_who, tell
from stations.web.room import Room, number_of, sent
from stations.web.who import Place, demand, needs, the_station
from stations.web.words import Wall

SHOWN = 20
"""Entries of a history that are shown, the newest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of a history.

    Attributes
    ----------
    told
        What differs from the entry before; of the first, nothing.
    there
        Whether its record can be put in place again: it is not what stands.
    """

    revision: int
    when: str
    who: str
    what: str
    told: tuple[Told, ...]
    first: bool
    there: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """When and by whom somebody last made sure of something."""

    aspect: Aspect
    name: str
    day: str
    who: str


@dataclass(frozen=True, slots=True)
class Reported:
    """Something that people found wrong, in words, and what the button that settles it names."""

    said: str
    kind: str
    amenity: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the form."""

    history: tuple[Change, ...]
    older: int
    checked: tuple[Checked, ...]
    reported: tuple[Reported, ...]
    proposals: tuple[Proposal, ...]


def beside_of(room: Room, code: str) -> Beside:
    """Gather what stands beside the form of a station."""
    history = room.desk.registry.history(code)
    wall, words = Wall.at(room.now, room.house.zone), Cautions(room.names)
    tasks: tuple[Task, ...] = tuple(one for one in tasks_of(room, room.now) if one.code == code)
    return Beside(
        changes_of(room, history)[:SHOWN],
        max(0, len(history) - SHOWN),
        tuple(_checked(aspect, history) for aspect in (Aspect.HOURS, Aspect.AMENITIES, Aspect.POSITION)),
        tuple(
            Reported(
                words.say(one.caution, wall), one.caution.kind, one.caution.amenity, tuple(dict.fromkeys(one.notes))
            )
            for one in tasks
        ),
        room.desk.proposals.waiting(code),
    )


def changes_of(room: Room, history: tuple[Entry, ...]) -> tuple[Change, ...]:
    """Tell a history, the newest first."""
    now, found = room.now, []
    before: Station | None = None
    for number, entry in enumerate(history):
        after = entry.station if entry.action is Action.PUT else None
        found.append(
            Change(
                entry.revision,
                say_moment(entry.batch.at, room.house, now),
                entry.batch.who,
                say_what(entry),
                tell(told(before, after)) if before is not None and after is not None else (),
                before is None and after is not None,
                after is not None and number + 1 < len(history),
            )
        )
        before = after
    return tuple(reversed(found))


def say_what(entry: Entry) -> str:
    """Say by what a record came to be: by hand, by an import, by a proposal."""
    if entry.action is Action.REMOVE:
        return gettext("taken out of the list")
    return say_done(entry.batch.what)


def say_done(what: str) -> str:
    """Say what a batch was: an edit, an import, a change of many."""
    known = {
        "edit": gettext("edited"),
        "import": gettext("imported"),
        "checked": gettext("made sure"),
        "photos": gettext("changed the photos"),
        "added": gettext("added"),
        "retired": gettext("retired"),
    }
    if what.startswith(MARKED):
        changed = next((one for one in What if one.value == what.removeprefix(MARKED)), None)
        if changed is not None:
            return gettext("changed together: %(what)s", what=say_what_of_all(changed))
    if what.startswith("undo of batch "):
        return gettext("took change %(number)s back", number=what.rpartition(" ")[2])
    if what.startswith("restore of revision "):
        return gettext("put back as of revision %(revision)s", revision=what.rpartition(" ")[2])
    if what.startswith("inspection "):
        number, _, who = what.removeprefix("inspection ").partition(" by ")
        return gettext("by inspection %(number)s of %(who)s", number=number, who=say_who(who))
    if what.startswith("proposal "):
        number, _, who = what.removeprefix("proposal ").partition(" by ")
        return gettext("proposal %(number)s of %(who)s", number=number, who=say_who(who))
    if what.startswith("suggestion "):
        return gettext("proposal %(number)s of %(who)s", number=what.rpartition(" ")[2], who=gettext("a passer-by"))
    return known.get(what, what)


def past_views(door: Blueprint, room: Room) -> None:
    """Hang what is done beside the form: putting an earlier record back."""

    @door.post("/stations/<code>/restore")
    @needs(Right.UNDO, the_station)
    def restore(code: str) -> Response:
        """Put the record of an earlier revision in place again."""
        fields = sent({"revision"})
        revision = number_of(fields, "revision")
        record = entry_at(room.desk.registry.history(code), revision).station
        person = demand(Right.UNDO, Place(record.township, code))
        room.desk.registry.restore(code, revision, who=person.login, at=room.now)
        return back_from(code, "", "restored")


def _checked(aspect: Aspect, history: tuple[Entry, ...]) -> Checked:
    """Say who last made sure: whoever wrote the first record with that day."""
    field = CHECKED[aspect]
    day = getattr(history[-1].station, field)
    if day is None:
        return Checked(aspect, say_aspect(aspect), "", "")
    since = history[-1]
    for entry in reversed(history):
        if getattr(entry.station, field) != day:
            break
        since = entry
    return Checked(aspect, say_aspect(aspect), say_day(day), since.batch.who)
