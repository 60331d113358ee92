"""The door of notices. Every view says with `needs` who may come there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, Response, abort, request, url_for

from stations.errors import NoticeError, PeopleError, UnknownHookError
from stations.notices.facts import Hook, HookState, Kind, Rhythm, hook_at, mail_to
from stations.notices.notices import Notices
from stations.notices.wishes import kinds_of
from stations.people.facts import Action, Person, area_of
from stations.people.rights import areas_of, may_everywhere
from stations.web.errors import say
from stations.web.house import House
from stations.web.notices.telling import choices_of, hook_told, letters_told, log_told, rhythms_of, say_hook
from stations.web.params import first, given, one_of
from stations.web.room import asker, lead, number_of, page, sent, text_of
from stations.web.who import DESK, STAFF, About, Place, Values, allowed, by_asker, needs, person_of

SAID = frozenset({"chosen", "changed", "paused", "resumed", "removed", "tested", "again", "all", "robot"})
HOOK_FIELDS = frozenset({"area", "url", "sign", "kinds"})
STATES = {"pause": (HookState.PAUSED, "paused"), "resume": (HookState.ON, "resumed")}
USUAL = frozenset({Kind.REPORTS, Kind.PROPOSED, Kind.SETTLED, Kind.TASKS})
"""What is ticked for who never chose."""

SENDS = {"test": "tested", "again": "all"}

DO = ("save", *STATES, *SENDS, "secret", "remove")


def the_hook(notices: Notices) -> About:
    """Find where a webhook belongs: to its area."""

    def about(_house: House, values: Values) -> Place:
        try:
            return Place(notices.hooks.get(int(values["hook"])).area)
        except UnknownHookError:
            abort(404)

    return about


def notices_door(house: House, notices: Notices) -> Blueprint:
    """Make the door."""
    door = Blueprint("notices", __name__, url_prefix=DESK)

    @door.get("/notices", endpoint="notices")
    @needs(Action.SEE_PRIVATE, STAFF)
    def shown() -> Response:
        """What one is told of, and the webhooks of one's area."""
        said = first(given(request.args), "said")
        return show_all(house, notices, said=said if said in SAID else "")

    @door.post("/notices")
    @needs(Action.SEE_PRIVATE, STAFF)
    def choose() -> Response:
        """Choose what to be told of, and how often."""
        fields = sent({"kinds", "rhythm"})
        rhythm = one_of("rhythm", text_of(fields, "rhythm"), tuple(Rhythm))
        try:
            notices.choices.choose(asker().login, kinds_of(fields.get("kinds", ())), Rhythm(rhythm))
        except NoticeError as fault:
            return show_all(house, notices, 422, fault=fault, at="letters", rhythm=rhythm)
        return lead(url_for("notices.notices", said="chosen"))

    hook_views(door, house, notices)

    @door.app_template_global("notices_today")
    def unheard() -> list[tuple[int, str, int]]:
        """Webhooks of one's area that something was given up for: number, name, and how much."""
        hooks = {hook_at(one.number): one for one in hooks_of(notices)} if areas_set_by(person_of(request)) else {}
        failed = notices.outbox.given_up(hooks) if hooks else {}
        return [(one.number, say_hook(one), failed[target]) for target, one in hooks.items() if target in failed]

    return door


def hook_views(door: Blueprint, house: House, notices: Notices) -> None:
    """Hang the pages of webhooks."""
    where = the_hook(notices)

    @door.post("/notices/hooks")
    @needs(Action.SET_NOTICES, STAFF)
    def add_hook() -> Response:
        """Add a webhook to one's area; its secret is shown this once."""
        fields = sent(HOOK_FIELDS)
        try:
            area = area_typed(text_of(fields, "area"))
            address = notices.check(text_of(fields, "url"))
            kinds, sign = kinds_of(fields.get("kinds", ())), text_of(fields, "sign")
            hook, secret = notices.hooks.add(area, address, kinds, sign=sign, by=by_asker(request))
        except (NoticeError, PeopleError) as fault:
            typed = {"area": text_of(fields, "area"), "url": text_of(fields, "url"), "kinds": fields.get("kinds", ())}
            return show_all(house, notices, 422, fault=fault, at="hooks", typed=typed)
        if not secret:
            return lead(url_for("notices.one_hook", hook=hook.number, said="robot"))
        return show_hook(house, notices, hook, secret=secret)

    @door.get("/notices/hooks/<int:hook>")
    @needs(Action.SET_NOTICES, where)
    def one_hook(hook: int) -> Response:
        """One webhook, and what became of all that it was sent."""
        said = first(given(request.args), "said")
        return show_hook(house, notices, notices.hooks.get(hook), said=said if said in SAID else "")

    @door.post("/notices/hooks/<int:hook>")
    @needs(Action.SET_NOTICES, where)
    def change_hook(hook: int) -> Response:
        """Change a webhook, rest it, wake it, try it out, or take it away."""
        fields = sent({"do", "kinds"})
        do, there = one_of("do", text_of(fields, "do"), DO), notices.hooks.get(hook)
        if do == "secret":
            return renewed(house, notices, there)
        if do == "remove":
            notices.set_state(there, HookState.GONE, by=by_asker(request))
            return lead(url_for("notices.notices", said="removed"))
        if do in SENDS:
            return put_on_its_way(notices, there, do)
        if do in STATES:
            state, said = STATES[do]
            notices.set_state(there, state, by=by_asker(request))
            return lead(url_for("notices.one_hook", hook=hook, said=said))
        try:
            notices.hooks.set_kinds(hook, kinds_of(fields.get("kinds", ())), by=by_asker(request))
        except NoticeError as fault:
            return show_hook(house, notices, there, 422, fault=fault)
        return lead(url_for("notices.one_hook", hook=hook, said="changed"))

    @door.post("/notices/hooks/<int:hook>/again")
    @needs(Action.SET_NOTICES, where)
    def again(hook: int) -> Response:
        """Send something once more."""
        number = number_of(sent({"delivery"}), "delivery")
        notices.outbox.again(number, hook_at(hook), notices.clock())
        return lead(url_for("notices.one_hook", hook=hook, said="again"))


def put_on_its_way(notices: Notices, hook: Hook, do: str) -> Response:
    """Send a test, or once more all that was given up."""
    if do == "test":
        notices.try_out(hook, notices.clock())
    else:
        notices.outbox.all_again(hook_at(hook.number), notices.clock())
    return lead(url_for("notices.one_hook", hook=hook.number, said=SENDS[do]))


def renewed(house: House, notices: Notices, hook: Hook) -> Response:
    """Give a webhook another secret, and show it this once."""
    try:
        secret = notices.hooks.new_secret(hook.number, by=by_asker(request))
    except NoticeError as fault:
        return show_hook(house, notices, hook, 422, fault=fault)
    return show_hook(house, notices, hook, secret=secret)


def area_typed(text: str) -> str:
    """Read the area of a new webhook, which must be one's own; left empty, it is the only one that one has.

    Raises
    ------
    NoticeError, PeopleError
        It is none, or not one's own.
    """
    person = asker()
    own = areas_set_by(person)
    if not text.strip():
        if len(own) == 1:
            return own[0]
        raise NoticeError("Say of which area: the first digits of its administrative code.", field="area")
    area = area_of(text)
    if not allowed(Action.SET_NOTICES, Place(area)):
        raise NoticeError("The area {area} is not yours. Write the code of one that is.", field="area", area=area)
    return area


def areas_set_by(person: Person | None) -> tuple[str, ...]:
    """The areas for which somebody may set webhooks."""
    return areas_of(person, Action.SET_NOTICES)


def hooks_of(notices: Notices) -> list[Hook]:
    """The webhooks of whoever asks."""
    return [one for one in notices.hooks.all() if allowed(Action.SET_NOTICES, Place(one.area))]


def show_all(
    house: House,
    notices: Notices,
    status: int = 200,
    *,
    said: str = "",
    fault: NoticeError | PeopleError | None = None,
    at: str = "",
    rhythm: str = "",
    typed: Mapping[str, Sequence[str]] | None = None,
) -> Response:
    """Show what one is told of, and the webhooks of one's area."""
    person, now = asker(), notices.clock()
    choice = notices.choices.of(person.login)
    areas = areas_set_by(person)
    hooks = hooks_of(notices)
    failed = notices.outbox.given_up([hook_at(one.number) for one in hooks])
    return page(
        "notices/notices.html",
        status,
        person=person,
        mailed=notices.mail is not None,
        kinds=choices_of(choice.kinds or USUAL),
        rhythms=rhythms_of(rhythm or choice.rhythm),
        letters=letters_told(house, notices, notices.outbox.log(mail_to(person.login), 10), now),
        sets=bool(areas),
        areas=areas,
        everywhere=may_everywhere(person, Action.SET_NOTICES),
        hooks=[hook_told(house, one, failed.get(hook_at(one.number), 0)) for one in hooks],
        hook_kinds=choices_of(_typed_kinds(typed)),
        typed=typed or {},
        fault="" if fault is None else say(fault),
        at=at,
        said=said,
    )


def show_hook(
    house: House,
    notices: Notices,
    hook: Hook,
    status: int = 200,
    *,
    said: str = "",
    secret: str = "",
    fault: NoticeError | None = None,
) -> Response:
    """Show one webhook."""
    failed = notices.outbox.given_up([hook_at(hook.number)])
    return page(
        "notices/hook.html",
        status,
        hook=hook,
        told=hook_told(house, hook, sum(failed.values())),
        kinds=choices_of(hook.kinds),
        log=log_told(house, notices, notices.outbox.log(hook_at(hook.number)), notices.clock()),
        secret=secret,
        fault="" if fault is None else say(fault),
        said=said,
    )


def _typed_kinds(typed: Mapping[str, Sequence[str]] | None) -> frozenset[Kind]:
    return frozenset(Kind) if typed is None else frozenset(one for one in Kind if one in typed["kinds"])
