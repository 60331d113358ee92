"""`/desk/changes`: what was written together, by whom, and the button that takes it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from flask import Blueprint, Response, abort, request, url_for

from stations.desk.batches import Step, Touched
from stations.desk.desk import Desk
from stations.desk.merging import told
from stations.errors import UndoRefused, UnknownBatchError
from stations.people.facts import Action, Person
from stations.people.rights import areas_of, may
from stations.registry.entries import Batch, Entry
from stations.upkeep.checking import carry_over
from stations.web.desk.past import say_done
from stations.web.deskwords import Told, say_moment, tell
from stations.web.errors import say
from stations.web.house import House
from stations.web.params import Args, BadParameter, first, given, read_page, refuse_unknown
from stations.web.room import Room, asker, lead, page, sent
from stations.web.who import STAFF, Place, Values, needs, person_of

ON_A_PAGE = 30
STEPS = 50
"""Batches in the list, and stations of one that are shown at a time."""

SAID = frozenset({"written", "undone", "nothing"})


@dataclass(frozen=True, slots=True)
class Shown:
    """One batch in words.

    Attributes
    ----------
    mine
        How many of its stations whoever asks may see.
    back
        Number of the batch that took it back; 0 for none.
    """

    batch: Batch
    when: str
    what: str
    mine: int
    back: int


@dataclass(frozen=True, slots=True)
class Did:
    """What a batch did to one station, in words."""

    code: str
    name: str
    told: tuple[Told, ...]
    added: bool
    removed: bool
    there: bool


def changes_views(door: Blueprint, room: Room) -> None:
    """Hang the list of batches, the page of one, and what takes one back."""

    @door.get("/changes")
    @needs(Action.SEE_PRIVATE, STAFF)
    def changes() -> Response:
        """What was written lately of the stations that somebody may see."""
        args = given(request.args)
        refuse_unknown(args, frozenset({"before", "lang"}))
        touched, more = room.desk.batches.latest(
            *mine_of(room.desk, asker()), limit=ON_A_PAGE, before=read_before(args)
        )
        back = room.desk.batches.taken_back([one.batch.id for one in touched])
        shown = [told_of(room, one, back.get(one.batch.id, 0)) for one in touched]
        return page("desk/changes.html", shown=shown, more=url_for("desk.changes", before=more) if more else "")

    @door.get("/changes/<int:number>")
    @needs(Action.SEE_PRIVATE, seen_of_it)
    def change(number: int) -> Response:
        """What one batch did."""
        return show(room, number)

    @door.post("/changes/<int:number>/undo")
    @needs(Action.UNDO, all_of_it)
    def undo(number: int) -> Response:
        """Put every station of a batch back as it was before it."""
        return taken_back(room, number)

    @door.post("/changes/<int:number>/own")
    @needs(Action.EDIT, STAFF)
    def undo_own(number: int) -> Response:
        """Take back what one has written oneself, and may still write."""
        if not own(room.desk, asker(), number):
            abort(404)
        return taken_back(room, number)


def seen_of_it(house: House, values: Values) -> tuple[Place, ...]:
    """Where a station of a batch is that whoever asks may see; nowhere if there is none."""
    person = person_of(request)
    there = townships_of(house.desk, int(values["number"]))
    places = (
        Place(township, code)
        for code, township in there.items()
        if may(person, Action.SEE_PRIVATE, township=township, code=code)
    )
    return tuple(islice(places, 1))  # of twenty thousand one is as good as all: they were chosen by that right


def all_of_it(house: House, values: Values) -> tuple[Place, ...]:
    """Where all stations of a batch are, and where they would be if it were taken back."""
    number = int(values["number"])
    there = townships_of(house.desk, number)
    before = {} if house.desk is None or not there else house.desk.batches.townships_before(number)
    return tuple(Place(township, code) for places in (there, before) for code, township in places.items())


def townships_of(desk: Desk | None, number: int) -> dict[str, str]:
    """Where each station of a batch is; of none, where there is no such batch."""
    try:
        return {} if desk is None else desk.batches.townships(number)
    except UnknownBatchError:
        return {}


def own(desk: Desk, person: Person, number: int) -> bool:
    """Whether somebody wrote a batch, and may write all of its stations, as they are and as they were."""
    there = townships_of(desk, number)
    if not there or desk.batches.batch(number).who != person.login:
        return False
    before = desk.batches.townships_before(number)
    return all(
        may(person, Action.EDIT, township=township, code=code)
        for places in (there, before)
        for code, township in places.items()
    )


def mine_of(desk: Desk, person: Person) -> tuple[tuple[str, ...], frozenset[str]]:
    """The areas that somebody sees, and the single stations: as long as they are where somebody may see them."""
    codes = {code for grant in person.grants for code in grant.stations}
    snapshot = desk.registry.snapshot()
    there = {code: station.township for code in codes if (station := snapshot.find(code)) is not None}
    there |= desk.batches.gone(sorted(codes - there.keys()))
    mine = (code for code, township in there.items() if may(person, Action.SEE_PRIVATE, township=township, code=code))
    return areas_of(person, Action.SEE_PRIVATE), frozenset(mine)


def read_before(args: Args) -> int | None:
    """Read after which batch the list goes on.

    Raises
    ------
    BadParameter
        Not a number.
    """
    text = first(args, "before")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadParameter("before", text, "“{field}” is “{value}”, which is not a whole number.")
    return int(text)


def told_of(room: Room, touched: Touched, back: int) -> Shown:
    """Put a batch into words."""
    batch = touched.batch
    return Shown(batch, say_moment(batch.at, room.house, room.now), say_done(batch.what), touched.mine, back)


def taken_back(room: Room, number: int) -> Response:
    """Take a batch back, or say which of its stations were changed since."""
    sent()
    try:
        written = room.desk.registry.undo(number, who=asker().login, at=room.now, also=carry_over)
    except UndoRefused as refused:
        return show(room, number, refused)
    if written.batch is None:
        return lead(url_for("desk.change", number=number, said="nothing"))
    return lead(url_for("desk.change", number=written.batch.id, said="undone"))


def show(room: Room, number: int, refused: UndoRefused | None = None) -> Response:
    """Show one batch."""
    args = given(request.args)
    refuse_unknown(args, frozenset({"page", "said", "lang"}))
    person = asker()
    there = townships_of(room.desk, number)
    batch = room.desk.batches.batch(number)
    mine = [code for code, township in there.items() if may(person, Action.SEE_PRIVATE, township=township, code=code)]
    at = read_page(args, len(mine), STEPS)
    steps = room.desk.batches.steps(number, mine[(at - 1) * STEPS : at * STEPS])
    back = room.desk.batches.taken_back([number]).get(number, 0)
    whole = not back and all(may(person, Action.UNDO, township=township, code=code) for code, township in there.items())
    theirs = not back and not whole and batch.who == person.login
    said = first(args, "said")
    return page(
        "desk/change.html",
        409 if refused else 200,
        shown=told_of(room, Touched(batch, len(mine)), back),
        did=[did_of(room, one) for one in steps],
        page_number=at,
        pages=max(1, -(-len(mine) // STEPS)),
        others=len(there) - len(mine),
        undo=url_for("desk.undo", number=number)
        if whole
        else url_for("desk.undo_own", number=number)
        if theirs and own(room.desk, person, number)
        else "",
        fault="" if refused is None else say(refused),
        later=later_of(room, refused.later if refused else (), person),
        said=said if said in SAID and request.method == "GET" else "",
    )


def did_of(room: Room, step: Step) -> Did:
    """Say what was done to a station."""
    one = step.after or step.before
    name = step.code if one is None else room.names.station(one)
    both = step.before is not None and step.after is not None
    return Did(
        step.code,
        name,
        tell(told(step.before, step.after)) if both else (),
        added=step.before is None,
        removed=step.after is None,
        there=step.code in room.desk.registry.snapshot().codes,
    )


def later_of(room: Room, entries: Sequence[Entry], person: Person) -> list[tuple[str, str, str, str]]:
    """Those later changes that are in the way, as far as one may see them: code, name, who, when."""
    return [
        (one.code, room.names.station(one.station), one.batch.who, say_moment(one.batch.at, room.house, room.now))
        for one in entries
        if may(person, Action.SEE_PRIVATE, township=one.station.township, code=one.code)
    ][:STEPS]
