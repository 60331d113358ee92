"""One station at the desk: the form, what was typed into it, and two people at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext

from stations.desk.entering import CHECKED, Entered, Fields
from stations.desk.merging import Conflict, Merged, merge, told, with_theirs
from stations.desk.proposals import LONGEST_NOTE, Proposal
from stations.errors import EntryError, HoursError, ProposalError, StaleEdit, StationsError
from stations.facts import Status
from stations.people.facts import Action
from stations.registry.differences import Difference
from stations.station import Station
from stations.web.desk import weekly
from stations.web.desk.fields import is_field, sheet_of
from stations.web.desk.hours import meant
from stations.web.desk.past import Beside, beside_of
from stations.web.desk.places import NOT_LOOKED, SEARCH, Looked, asks_for_a_place, look_up, with_place
from stations.web.deskwords import say_township, spoken, tell, words
from stations.web.errors import say
from stations.web.params import BadParameter, first, given
from stations.web.room import Room, asker, lead, number_of, page, sent, text_of
from stations.web.who import Place, allowed, demand, needs, the_station

SAID = frozenset(
    {"saved", "proposed", "checked", "settled", "restored", "nothing", "known", "added", "retired", "moved"}
)
LOOK = "look"
CHOOSE = "choose."


@dataclass(frozen=True)
class Opened:
    """A station as somebody has it before them.

    Attributes
    ----------
    stands, revision
        The record that the form is made of.
    fields
        What the form holds.
    faults
        What of it cannot be used.
    conflicts, theirs
        What two people changed otherwise, and all that the other one did.
    proposal
        The proposal that is being looked at; None for none.
    looked
        What the form would make of the record, where somebody wants to see that first.
    places
        What was found of an address that was looked for.
    weekly
        Whether something was pressed in the hours by the week, so that the form is shown again.
    """

    stands: Station
    revision: int
    fields: Fields
    faults: Mapping[str, StationsError] = field(default_factory=dict)
    conflicts: Sequence[Conflict] = ()
    theirs: Sequence[Difference] = ()
    proposal: Proposal | None = None
    looked: Station | None = None
    places: Looked = NOT_LOOKED
    weekly: bool = False


def record_views(door: Blueprint, room: Room) -> None:
    """Hang the page of one station."""

    @door.get("/stations/<code>")
    @needs(Action.SEE_PRIVATE, the_station)
    def station(code: str) -> Response:
        """One station: its form, its history, and what was said of it."""
        stands, revision = room.station(code)
        proposal = proposal_asked(room, stands)
        if proposal is None:
            return show(room, Opened(stands, revision, room.form.shown(stands, spoken())))
        merged = room.desk.proposed(proposal, stands)
        comment = first(given(request.args), "comment")[:LONGEST_NOTE]
        fields = room.form.shown(merged.station, spoken()) | {"comment": [comment]}
        return show(
            room, Opened(stands, revision, fields, conflicts=merged.conflicts, theirs=merged.theirs, proposal=proposal)
        )

    @door.post("/stations/<code>")
    @needs(Action.PROPOSE, the_station)
    def save(code: str) -> Response:
        """Take what was typed: it is written, or proposed by who may not write."""
        fields = with_place(sent(also=is_field))
        stands, revision = room.station(code)
        seen = number_of(fields, "seen")
        base = room.desk.seen(code, seen)
        if asks_for_a_place(fields, room.form.shown(base, spoken())):
            proposal = proposal_sent(room, fields, stands)
            places = look_up(room, fields, base.position)
            return show(room, Opened(base, seen, fields, proposal=proposal, places=places))
        proposal = proposal_sent(room, fields, stands)
        if grid := weekly.grid_pressed(fields):
            fields, wrong = weekly.pressed(fields, grid)
            faults = {**read(room, fields, base).faults, **wrong} if wrong else {}
            again = Opened(base, seen, fields, faults, proposal=proposal, weekly=True)
            return show(room, again, 422 if wrong else 200)
        entered = read(room, fields, base)
        entered = replace(entered, faults={**entered.faults, **weekly.left(fields)})
        opened = Opened(base, seen, fields, entered.faults, proposal=proposal)
        if entered.faults:
            return show(room, opened, 422)
        if text_of(fields, "do") == LOOK:
            return show(room, Opened(base, seen, fields, proposal=proposal, looked=entered.station))
        if seen != revision:
            return show(room, both(room, fields, merge(base, entered.station, stands), stands, revision, proposal), 409)
        return taken(room, fields, opened, entered.station)

    @door.post("/stations/<code>/look")
    @needs(Action.PROPOSE, the_station)
    def look(code: str) -> Response:
        """Say what is meant by what was typed so far; nothing is written."""
        fields = with_place(sent(also=is_field))
        base = room.desk.seen(code, number_of(fields, "seen"))
        wrong: Mapping[str, StationsError] = {}
        grid = weekly.grid_pressed(fields)
        if grid:
            fields, wrong = weekly.pressed(fields, grid)
        entered = read(room, fields, base)
        now = entered.station
        body = {
            "there": not (entered.faults or grid) and is_there(room, fields, base, now),
            "faults": {name: say(fault) for name, fault in {**entered.faults, **wrong}.items()},
            "phrase": text_of(fields, grid.field) if grid and not wrong else None,
            **weekly.to_json(fields),
            "hours": meant(now, room.house.zone, room.today).to_json(),
            "position": [now.position.lon, now.position.lat],
            "township": say_township(room.house, now.township),
            "changes": [words().sentence(one) for one in told(base, now)],
        }
        answer = Response(orjson.dumps(body), mimetype="application/json")
        answer.headers["Cache-Control"] = "no-store"
        return answer


def read(room: Room, fields: Fields, base: Station) -> Entered:
    """Read what was typed; a place outside of the areas that one may write in is a fault too."""
    entered = room.form.read(fields, base, spoken(), room.today)
    taken = with_theirs(entered.station, base, chosen(fields))
    faults = dict(entered.faults)
    moved = taken.township != base.township
    if moved and allowed(Action.EDIT, base) and not allowed(Action.EDIT, Place(taken.township, taken.code)):
        faults["place" if text_of(fields, "place") else "lon"] = EntryError(
            "This place lies in {township}, where you may change nothing. Ask who may to move the station there.",
            township=say_township(room.house, taken.township),
        )
        taken = base
    return Entered(taken, faults)


def is_there(room: Room, fields: Fields, base: Station, wanted: Station) -> bool:
    """Whether all that a form says is in the record by now: it was sent, and the answer was lost on its way."""
    stands, revision = room.station(base.code)
    if number_of(fields, "seen") == revision or weekly.left(fields) or text_of(fields, "comment").strip():
        return False
    return not told(stands, merge(base, wanted, stands).station)


def chosen(fields: Fields) -> list[str]:
    """Give the keys of the facts that both changed and in which another's shall stand."""
    return [values[0] for name, values in fields.items() if name.startswith(CHOOSE) and values[0]]


def taken(room: Room, fields: Fields, opened: Opened, wanted: Station) -> Response:
    """Write a record or propose it, and lead on; or show what somebody else has changed in the meantime."""
    person, code = asker(), wanted.code
    comment = text_of(fields, "comment")
    try:
        if opened.proposal is not None:
            room.desk.accept(
                opened.proposal, wanted, seen=opened.revision, who=person.login, reason=comment, at=room.now
            )
            return lead(url_for("desk.proposal", number=opened.proposal.number))
        if not told(opened.stands, wanted):
            return lead(url_for("desk.station", code=code, said="nothing"))
        if not allowed(Action.EDIT, opened.stands):
            room.desk.proposals.propose(
                wanted,
                revision=opened.revision,
                township=opened.stands.township,
                note=comment,
                who=person.login,
                at=room.now,
            )
            return lead(url_for("desk.station", code=code, said="proposed"))
        room.desk.write(wanted, seen=opened.revision, who=person.login, at=room.now)
    except StaleEdit as stale:
        if stale.theirs is None:
            abort(404)
        merged = merge(opened.stands, wanted, stale.theirs)
        now = int(str(stale.now))
        return show(room, both(room, fields, merged, stale.theirs, now, opened.proposal), 409)
    except HoursError as fault:  # each can be read, and not all of them together
        return show(room, replace(opened, faults={"hours": fault}), 422)
    except ProposalError as fault:
        return show(room, replace(opened, faults={"comment": fault}), 422)
    return lead(url_for("desk.station", code=code, said="saved"))


def both(
    room: Room, fields: Fields, merged: Merged, stands: Station, revision: int, proposal: Proposal | None
) -> Opened:
    """The form over the newest record, with mine put together with what another changed meanwhile."""
    shown: dict[str, Sequence[str]] = dict(room.form.shown(merged.station, spoken()))
    kept = {name: values for name, values in fields.items() if name.startswith(CHECKED) or name == "comment"}
    return Opened(stands, revision, shown | kept, conflicts=merged.conflicts, theirs=merged.theirs, proposal=proposal)


def proposal_asked(room: Room, stands: Station) -> Proposal | None:
    """The proposal that the address names, for who may accept it; None where it names none."""
    text = first(given(request.args), "proposal")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadParameter("proposal", text, "“{field}” is “{value}”, which is not a whole number.")
    return _proposal(room, int(text), stands)


def proposal_sent(room: Room, fields: Fields, stands: Station) -> Proposal | None:
    """The proposal that a form is about; None where it is about none."""
    number = number_of(fields, "proposal")
    return _proposal(room, number, stands) if number else None


def _proposal(room: Room, number: int, stands: Station) -> Proposal:
    proposal = room.desk.proposals.get(number)
    demand(Action.APPROVE if proposal.who else Action.EDIT, stands)
    if proposal.code != stands.code:
        abort(404)
    return proposal


def show(room: Room, opened: Opened, status: int = 200) -> Response:
    """Show a station with its form."""
    stands = opened.stands
    looked = opened.looked
    if looked is None and not opened.conflicts and status == 200 and opened.places is NOT_LOOKED and not opened.weekly:
        looked = stands
    faults = dict(opened.faults) | ({SEARCH: opened.places.fault} if opened.places.fault else {})
    beside: Beside = beside_of(room, stands.code)
    now = looked or room.form.read(opened.fields, stands, spoken(), room.today).station
    said = first(given(request.args), "said")
    return page(
        "desk/station.html",
        status,
        station=stands,
        township=say_township(room.house, stands.township),
        who=asker().login,
        sheet=sheet_of(room, stands, opened.fields, faults),
        seen=opened.revision,
        meant=meant(now, room.house.zone, room.today),
        weeks={one.field: one for one in weekly.shown(opened.fields, faults, weekly.GRIDS)},
        days=weekly.names(),
        week_ways=weekly.ways(),
        would=tell(told(stands, now)) if opened.looked is not None else (),
        looked=opened.looked is not None,
        places=opened.places,
        clash=status == 409,
        conflicts=[clash_of(one) for one in opened.conflicts],
        theirs=tell(opened.theirs),
        proposal=opened.proposal,
        may_edit=allowed(Action.EDIT, stands),
        may_propose=allowed(Action.PROPOSE, stands),
        may_restore=allowed(Action.UNDO, stands),
        may_settle=allowed(Action.SETTLE_TASK, stands),
        may_retire=allowed(Action.EDIT, stands) and stands.status is not Status.RETIRED,
        beside=beside,
        map_data={"at": _pair(now), "was": _pair(stands), "name": room.names.station(stands)},
        said=said if said in SAID and request.method == "GET" else "",
        colon=gettext(": "),
    )


def clash_of(conflict: Conflict) -> dict[str, Any]:
    """A fact that two people changed, in words."""
    mine, theirs = tell((conflict.mine, conflict.theirs))
    return {"key": conflict.key, "label": mine.label, "mine": mine.after, "theirs": theirs.after, "was": mine.before}


def _pair(station: Station) -> list[float]:
    return [round(station.position.lon, 6), round(station.position.lat, 6)]
