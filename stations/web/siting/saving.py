"""What needs the planners' key: save a plan, take it away, accept a site; and where the key is entered.

Whoever may not is refused before anything is read: of the doors that take something, those in `OPEN` need no key, and
all others do.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from urllib.parse import parse_qs

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext

from geodata.errors import GeodataError
from stations.errors import NotAllowedError, SitingError
from stations.people.facts import Action
from stations.scenarios import Scenario
from stations.web.errors import status_of, wants_json
from stations.web.house import House
from stations.web.params import BadParameter
from stations.web.siting.allowed import demand_in, demand_planner, townships_of, with_accounts
from stations.web.siting.findings import summary_of
from stations.web.siting.keyed import enter, leave, remember_by
from stations.web.siting.looking import Looking
from stations.web.siting.page import back_of, entering, to_page
from stations.web.siting.posting import as_json, field_sent, plans_of, question_sent
from stations.web.siting.view import EnterView, Question
from stations.web.who import by_asker

OPEN = frozenset({"siting.search", "siting.stop", "siting.keep_list", "siting.enter", "siting.leave"})
"""Doors that take something without the planners' key."""

READING = frozenset({"GET", "HEAD", "OPTIONS"})


def add_saving(door: Blueprint, looking: Looking) -> None:
    """Add the doors that need the key, and refuse them without it."""
    house = looking.house

    @door.before_request
    def keyed() -> None:
        """Let nobody change what is kept who may not."""
        if request.method not in READING and request.endpoint not in OPEN:
            demand_planner(house)

    @door.post("/save")
    def save() -> Response:
        """Keep a plan under a name."""
        args = question_sent(frozenset({"name", "by", "note"}))
        plans = plans_of(house)
        looked = looking.look(args)
        by = planner_of(house, Action.PLAN_SAVE, townships_of(looked.asked, looked.answer))
        kept = plans.scenarios.save(
            field_sent("name"),
            by,
            field_sent("note", 10_000),
            looked.question,
            looked.asked.revision,
            looked.asked.digest,
            looked.plan,
            summary_of(looked.answer),
            datetime.now(UTC),
        )
        written(house, "plan saved", kept.name)
        if wants_json():
            return as_json({"plan": kept.id, "address": url_for("siting.show", plan=kept.id)}, 201)
        return to_page({"plan": [kept.id]}, "saved")

    @door.post("/remove")
    def remove() -> Response:
        """Take a plan out of the list."""
        kept = _plan_sent(looking, frozenset({"by"}))
        by = planner_of(house, Action.PLAN_SAVE, _townships_of_all(looking, kept))
        plans_of(house).scenarios.remove(kept.id, by, datetime.now(UTC))
        written(house, "plan removed", kept.name)
        if wants_json():
            return as_json({"removed": kept.id})
        return to_page({}, "removed")

    @door.post("/accept")
    def accept() -> Response:
        """Make a planned station of a site of a plan."""
        kept = _plan_sent(looking, frozenset({"key", "by", "name", "anyway"}))
        key = field_sent("key")
        looked = looking.look({"plan": [kept.id]})
        step = next((one for one in looked.answer.steps if one.candidate.key == key), None)
        if step is None:
            raise BadParameter("key", key, "The plan has no site “{value}”.")
        [township] = townships_of(looked.asked, looked.answer, [key])
        by = planner_of(house, Action.PLAN_ACCEPT, [township])
        made = plans_of(house).accept(
            kept.id,
            step.candidate,
            township=township,
            name=field_sent("name"),
            by=by,
            now=datetime.now(UTC),
            anyway=field_sent("anyway") not in {"", "0"},
        )
        written(house, "site accepted", made.code)
        if wants_json():
            return as_json({"code": made.code, "name": made.name}, 201)
        return to_page({"plan": [kept.id]}, "accepted", "sites")


def add_entering(door: Blueprint, looking: Looking) -> None:
    """Add the doors where the key is entered and forgotten."""
    house = looking.house

    @door.post("/enter", endpoint="enter")
    def enter_key() -> Response:
        """Enter the planners' key."""
        question_sent(frozenset({"key", "back"}))
        if with_accounts(house):
            raise NotAllowedError("This house has accounts, and the key opens nothing. Sign in under /desk.")
        back = back_of(field_sent("back", 8000))
        if not enter(house, field_sent("key")):
            fault = NotAllowedError("That is not the planners' key. Check it and enter it again.")
            if wants_json():
                raise fault
            return entering(EnterView(back, gettext(fault.template)), status_of(fault))
        if wants_json():
            return as_json({"entered": True})
        return to_page(_question_of(back), "entered")

    @door.post("/leave", endpoint="leave")
    def leave_house() -> Response:
        """Have this browser forget the key."""
        question_sent(frozenset({"back"}))
        leave()
        if wants_json():
            return as_json({"entered": False})
        return to_page(_question_of(back_of(field_sent("back", 8000))), "left")


def planner_of(house: House, action: Action, townships: Iterable[str]) -> str:
    """Who plans in these townships: the log-in name; where there are no accounts, what somebody wrote.

    Raises
    ------
    NotAllowedError
        They may not.
    """
    person = demand_in(house, action, townships)
    if person is not None:
        return person.login
    by = field_sent("by")
    remember_by(by)
    return by


def written(house: House, what: str, about: str) -> None:
    """Write into the trail what was done, where there are accounts."""
    if house.people is not None and with_accounts(house):
        house.people.audit.tell(by_asker(request), what, about)


def _townships_of_all(looking: Looking, kept: Scenario) -> list[str]:
    if not with_accounts(looking.house):
        return []
    try:
        looked = looking.look({"plan": [kept.id]})
    except (GeodataError, SitingError):
        return [""]  # it cannot be explained any more: nobody knows where its sites are
    return townships_of(looked.asked, looked.answer)


def _plan_sent(looking: Looking, own: frozenset[str]) -> Scenario:
    args = question_sent(own)
    kept = looking.sitings.scenario(args)
    if kept is None:
        raise BadParameter("plan", "", "Say which plan is meant.")
    return kept


def _question_of(back: str) -> Question:
    return parse_qs(back)
