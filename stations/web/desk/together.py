"""`/desk/bulk`: one change for many stations, seen before it is made, and made as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from stations.desk.bulk import FIELDS, Plan, Turned, What, plan_of, read_wish, write_plan
from stations.desk.entering import CHOICES, Fields
from stations.desk.merging import told
from stations.desk.roll import Line
from stations.errors import EntryError, StationsError
from stations.facts import AmenityState
from stations.people.facts import Action
from stations.upkeep.facts import Aspect
from stations.web.desk.board import tasks_of
from stations.web.desk.naming import say_what_of_all
from stations.web.desk.sifting import PARAMETERS, address_of, sift
from stations.web.deskwords import Told, say_aspect, spoken, tell
from stations.web.errors import say
from stations.web.params import Args, first, given, one_of
from stations.web.room import Room, asker, lead, number_of, page, sent, text_of
from stations.web.who import STAFF, Place, allowed, needs

OF = ("chosen", "found")
KNOWN = (PARAMETERS - {"page"}) | {"code", "of", "what"}
ON_A_PAGE = 50
MOST_GROUPS = 12
WRITE = "write"


@dataclass(frozen=True, slots=True)
class Shown:
    """What becomes of one station, in words."""

    code: str
    name: str
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """How many stations the same becomes of."""

    told: tuple[Told, ...]
    count: int


def together_views(door: Blueprint, room: Room) -> None:
    """Hang the page."""

    @door.get("/bulk")
    @needs(Action.EDIT, STAFF)
    def together() -> Response:
        """Say what is to be changed of the stations that were chosen."""
        args = given(request.args)
        lines, what = meant(room, args)
        return show(room, args, lines, what)

    @door.post("/bulk")
    @needs(Action.EDIT, STAFF)
    def change_together() -> Response:
        """Show what it would do; or do it, if it is still what was shown."""
        args = given(request.args)
        lines, what = meant(room, args)
        fields = sent({*FIELDS[what], "mark", "do", "page"})
        try:
            wish = read_wish(what, fields, room.names.taxonomy, room.today)
        except StationsError as wrong:
            return show(room, args, lines, what, fields=fields, fault=say(wrong), status=422)
        plan = plan_of(
            room.desk.registry.snapshot(),
            lines,
            wish,
            may=lambda line: allowed(Action.EDIT, Place(line.township, line.code)),
            reported=reported_of_all(room),
        )
        if text_of(fields, "do") != WRITE or not plan.turned:
            return show(room, args, lines, what, fields=fields, plan=plan)
        if text_of(fields, "mark") != plan.mark:
            fault = gettext("The list has changed since you looked. Nothing was written: look at it again.")
            return show(room, args, lines, what, fields=fields, plan=plan, fault=fault, status=409)
        try:
            written = write_plan(room.desk.registry, plan, who=asker().login, at=room.now)
        except EntryError as moved:
            return show(room, args, lines, what, fields=fields, fault=say(moved), status=409)
        number = 0 if written.batch is None else written.batch.id
        return lead(url_for("desk.change", number=number, said="written"))


def meant(room: Room, args: Args) -> tuple[list[Line], What]:
    """The stations that an address means, and what is to be changed of them.

    Raises
    ------
    BadParameter
        A parameter that does not exist, or a value that it cannot have.
    """
    sifted = sift(room, args, known=KNOWN)
    whats = tuple(what.value for what in What)
    for name, offered in (("of", OF), ("what", whats)):
        one_of(name, first(args, name, offered[0]), offered)
    what = What(first(args, "what", whats[0]))
    if first(args, "of", OF[0]) == "found":
        return list(sifted.found), what
    chosen = frozenset(args.get("code", ()))
    return [line for line in sifted.mine if line.code in chosen], what


def reported_of_all(room: Room) -> dict[str, set[Aspect]]:
    """Of what people reported something, by station."""
    found: dict[str, set[Aspect]] = {}
    if room.house.upkeep is not None:
        for task in tasks_of(room, room.now):
            found.setdefault(task.code, set()).add(room.house.upkeep.kinds[task.caution.kind].clears)
    return found


def show(
    room: Room,
    args: Args,
    lines: Sequence[Line],
    what: What,
    *,
    fields: Fields | None = None,
    plan: Plan | None = None,
    fault: str = "",
    status: int = 200,
) -> Response:
    """Show the page: what is to be changed, and what it would do once that was said."""
    fields = fields or {}
    number = max(1, number_of(fields, "page"))
    shown = () if plan is None else plan.turned[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    pairs = [(name, value) for name in args if name in KNOWN - {"what", "lang"} for value in args[name] if value]
    return page(
        "desk/bulk.html",
        status,
        lines=lines,
        what=what.value,
        whats=[(one.value, say_what_of_all(one)) for one in What],
        names=FIELDS[what],
        label=say_what_of_all(what),
        options=options(room, what),
        holds=pairs,
        action=f"{url_for('desk.change_together')}?{urlencode([*pairs, ('what', what.value)])}",
        back=address_of(args, **dict.fromkeys(("code", "of", "what"), "")),
        text=lambda name: text_of(fields, name),
        chosen=lambda name, key: key in fields.get(name, ()),
        plan=plan,
        groups=() if plan is None else groups_of(plan),
        rows=[Shown(one.code, one.after.name, tell(told(one.before, one.after))) for one in shown],
        page_number=number,
        pages=0 if plan is None else -(-len(plan.turned) // ON_A_PAGE),
        left_out=() if plan is None else [(one.line, say(one.why)) for one in plan.left_out],
        fault=fault,
    )


def groups_of(plan: Plan) -> list[Group]:
    """Put together what becomes of the stations, the commonest first; what differs everywhere is told by station."""
    counts: dict[str, int] = {}
    first_of: dict[str, tuple[Told, ...]] = {}
    for one in plan.turned:
        key = _was(plan, one)
        counts[key] = counts.get(key, 0) + 1
        if len(counts) > MOST_GROUPS:
            return []
        if key not in first_of:
            first_of[key] = tell(told(one.before, one.after))
    return [Group(first_of[key], counts[key]) for key in sorted(counts, key=lambda key: -counts[key])]


def _was(plan: Plan, one: Turned) -> str:
    """What tells apart what becomes of two stations: how they were."""
    wish, before = plan.wish, one.before
    values = [getattr(before, name) for name in wish.values] + [before.amenity(key) for key in wish.amenities]
    return repr(values)


def options(room: Room, what: What) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen, by field."""
    taxonomy, english = room.names.taxonomy, spoken() == "en"
    if what is What.AMENITY:
        states = taxonomy.states
        return {
            "amenity": [(key, room.names.amenity(key)) for key in taxonomy.amenities.terms],
            "state": [(one.value, states[one.value].en if english else states[one.value].zh) for one in AmenityState],
        }
    if what is What.CHECKED:
        return {"aspect": [(one.value, say_aspect(one)) for one in (Aspect.HOURS, Aspect.AMENITIES, Aspect.POSITION)]}
    if what.value in CHOICES:
        terms = getattr(taxonomy, CHOICES[what.value]).terms
        return {what.value: [(key, term.en if english else term.zh) for key, term in terms.items()]}
    return {}
