"""Who asks, where staff are signed in, and whether they may: every address of the desk passes here, or is not there.

A view of the desk says with `needs` what one must be allowed, and where. `guard` refuses to start an app with an
address under `/desk` that does not say so, and it looks before the view is called, whatever the verb. Whoever may not
is told what somebody is told who asks for something that is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, Request, abort, current_app, g, redirect, request, session, url_for
from flask import Response as FlaskResponse
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from stations.errors import UnknownStationError
from stations.people.facts import Action, By, Person
from stations.people.people import People
from stations.people.rights import active, may, may_somewhere
from stations.registry.log import Registry
from stations.station import Station
from stations.web.clients import CLIENT, NOBODY
from stations.web.house import House

DESK, PLANNING = "/desk", "/planning/siting"
TOKEN = "desk"  # noqa: S105  what the cookie calls it
WROTE = "wrote"
"""The revision at which a browser was last answered something it sent, by the cookie."""

KEPT_IN = "yizhan desk"
NEED = "yizhan_need"
SIGN_IN, ME = "people.sign_in", "people.me"

READING = frozenset({"GET", "HEAD"})

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is that is asked for.

    Attributes
    ----------
    township
        As for `rights.may`.
    code
        The station; None if it is no single one.
    """

    township: str
    code: str | None = None


Values = Mapping[str, Any]
About = Callable[[House, Values], Place | tuple[Place, ...]]
"""Finds where it is, from what the address holds; of several places one must be allowed it in each, and of none nobody
is. Raises `UnknownStationError`, or aborts, if it is nowhere."""


@dataclass(frozen=True, slots=True)
class Wide:
    """Something that is about no single place: the view chooses by itself what it shows, with `allowed`."""

    open_to: str


OPEN = Wide("anybody")
"""Whoever comes, signed in or not: only where one signs in."""

MYSELF = Wide("myself")
"""Whoever is signed in, also with a password that must be changed first."""

STAFF = Wide("staff")
"""Whoever is signed in and may do anything at all; also where `needs` names an action: that, in some place."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a view needs."""

    action: Action | None
    about: About | Wide


def the_station(house: House, values: Values) -> Place:
    """Where the station is that an address names by ``<code>``."""
    return place_of(house.snapshot().station(str(values["code"])))


TABS = (
    "desk.today",
    "desk.stations",
    "desk.proposals",
    "rounds.rounds",
    "stock.supplies",
    "stock.services",
    "stock.visits",
    "importing.lists",
    "notices.notices",
    "people.everybody",
    "people.audit",
    "people.me",
)
"""The pages of the desk in the order of its bar."""


def tabs() -> list[str]:
    """Those of `TABS` that are there, and that whoever asks may come to."""
    person, found = person_of(request), []
    for endpoint in TABS:
        need = need_of(current_app, endpoint)
        if person is None or need is None or (person.must_change and need.about is not MYSELF):
            continue
        if need.action is None or may_somewhere(person, need.action):
            found.append(endpoint)
    return found


def tab_above() -> str:
    """The page of `TABS` that whoever asks has before them, or that stands above it; empty where none does."""
    for endpoint in tabs():
        path = url_for(endpoint)
        if request.path == path or (path != DESK and request.path.startswith(f"{path}/")):
            return endpoint
    return ""


def place_of(station: Station) -> Place:
    """Where a station is."""
    return Place(station.township, station.code)


def needs(action: Action | None, about: About | Wide) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Say what one must be allowed to come to a view; goes right below ``@door.get``.

    Parameters
    ----------
    action
        None with `OPEN`, `MYSELF` or `STAFF` alone.
    about
        `the_station`, another function that finds the place, or one of these.
    """
    if action is None and not isinstance(about, Wide):
        raise ValueError("say what is done there")
    need = Need(action, about)

    def mark(view: Callable[P, T]) -> Callable[P, T]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> T:
            if g.get(NEED) is not need:  # nobody looked: an app without `guard`, or a view called from another
                abort(404)
            return view(*args, **kwargs)

        setattr(guarded, NEED, need)
        return guarded

    return mark


def guard(app: Flask, house: House) -> None:
    """Let nobody come to an address of the desk who may not. Called when all doors are hung.

    Raises
    ------
    RuntimeError
        An address under `/desk` does not say who may come there.
    """
    app.extensions[KEPT_IN] = house
    for rule in app.url_map.iter_rules():
        if _of_desk(rule.rule) and need_of(app, rule.endpoint) is None:
            message = f"{rule.rule} does not say who may come there: put `needs` below its route"
            raise RuntimeError(message)

    @app.before_request
    def look() -> Response | None:
        if request.url_rule is None:
            return None
        need = need_of(current_app, request.endpoint or "")
        if need is None:
            # Looked at again, for a route that was added later.
            return abort(404) if _of_desk(request.url_rule.rule) else None
        refused = _refused(need, house, request.view_args or {})
        setattr(g, NEED, need)
        return refused

    @app.after_request
    def keep_nothing(response: FlaskResponse) -> FlaskResponse:
        """Let neither a browser nor a proxy keep a page that is one person's."""
        if request.url_rule is not None and _of_desk(request.url_rule.rule):
            response.headers["Cache-Control"] = "no-store"
        return response

    @app.after_request
    def note_revision(response: FlaskResponse) -> FlaskResponse:
        """Have whoever is signed in and sent something see at least as much next, whichever worker answers."""
        sent = request.method not in READING and response.status_code < 400
        if house.desk is not None and sent and isinstance(session.get(TOKEN), str):
            revision = house.desk.registry.snapshot().revision
            if session.get(WROTE) != revision:
                session[WROTE] = revision
        return response

    app.add_template_global(lambda: person_of(request), "signed_in")
    app.add_template_global(tabs, "desk_tabs")
    app.add_template_global(tab_above, "desk_tab")


def need_of(app: Flask, endpoint: str) -> Need | None:
    """What a view needs; None if it does not say."""
    return getattr(app.view_functions.get(endpoint), NEED, None)


def person_of(asked: Request) -> Person | None:
    """Who is signed in where a request comes from; None for nobody. Looked up once for each request.

    Raises
    ------
    RegistryError
        Somebody may be signed in, and the database cannot be read.
    """
    people = people_of(asked)
    if people is None:
        return None
    if "person" not in g:
        token = session.get(TOKEN)
        g.person = people.sessions.person(token) if isinstance(token, str) else None
    person: Person | None = g.person
    return person


def people_of(_asked: Request) -> People | None:
    """Where the accounts are; None where there are none."""
    house: House | None = current_app.extensions.get(KEPT_IN)
    return None if house is None else house.people


def allowed(action: Action, place: Place | Station) -> bool:
    """Whether whoever asks may do something there."""
    if isinstance(place, Station):
        place = place_of(place)
    return may(person_of(request), action, township=place.township, code=place.code)


def demand(action: Action, place: Place | Station) -> Person:
    """Go on only if whoever asks may do something there, and give who it is; 404 otherwise."""
    person = person_of(request)
    if person is None or not allowed(action, place):
        abort(404)
    return person


def by_asker(asked: Request) -> By:
    """Who asks, for the audit trail."""
    person = person_of(asked)
    return By("" if person is None else person.login, asked.environ.get(CLIENT, NOBODY))


def next_of(text: str) -> str:
    """Where to go after signing in: a path of the desk or of siting, whatever was asked for."""
    path = text.partition("?")[0]
    plain = text.isascii() and text.isprintable() and "\\" not in text and ".." not in path and "//" not in path
    ours = any(path == one or path.startswith(f"{one}/") for one in (DESK, PLANNING))
    return text if plain and ours else ""


def _refused(need: Need, house: House, values: Values) -> Response | None:
    if need.about is OPEN:
        return None
    person = person_of(request)
    if person is None:
        return _to_sign_in()
    if need.about is MYSELF:
        return None
    if person.must_change:
        return redirect(url_for(ME), 303)
    if house.desk is not None:
        _renew(house.desk.registry)
    if isinstance(need.about, Wide):
        fits = bool(person.grants) if need.action is None else may_somewhere(person, need.action)
    else:
        try:
            found = need.about(house, values)
        except UnknownStationError:
            abort(404)
        places = (found,) if isinstance(found, Place) else found
        fits = bool(places) and all(_may(person, need.action, place) for place in places)
    if not (fits and active(person)):
        abort(404)
    return None


def _renew(registry: Registry) -> None:
    """Have whoever asks answered by what they have seen already, though another worker may have shown it to them."""
    if request.method not in READING:
        # The form may be of a revision that this worker has not looked for yet: a colleague's own would stand against
        # it as if somebody had put the older record back.
        registry.renew()
    elif isinstance(wrote := session.get(WROTE), int):
        registry.renew(wrote)


def _may(person: Person, action: Action | None, place: Place) -> bool:
    return action is not None and may(person, action, township=place.township, code=place.code)


def _to_sign_in() -> Response:
    if request.method not in READING:
        raise Unauthorized
    back = next_of(request.full_path.rstrip("?")) or DESK
    return redirect(url_for(SIGN_IN, next=back if back != DESK else None), 303)


def _of_desk(rule: str) -> bool:
    return rule == DESK or rule.startswith(f"{DESK}/")
