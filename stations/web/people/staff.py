"""`/desk/people`: the accounts of one's area, and what each may do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, request, url_for

from stations.people.facts import Action, Person, Role
from stations.people.people import People
from stations.people.rights import areas_of, may_grant, may_manage
from stations.web.deskwords import township_names
from stations.web.house import House
from stations.web.people.granting import grant_sent, role_and_area, roles_to_give
from stations.web.people.hanging import Way
from stations.web.people.letters import Letters
from stations.web.people.me import myself
from stations.web.people.sent import field, led_to, page, tried
from stations.web.people.telling import grants_told, role_meaning, role_name
from stations.web.who import STAFF, Place, Values, by_asker

SAID = frozenset({"disabled", "enabled", "granted", "revoked", "mail"})
OUT = "out"
"""An account went out of one's hands with its last role."""

MANAGE = Action.MANAGE_PEOPLE


class Staff:
    """The doors to others' accounts; each is there only for who may change that account."""

    def __init__(self, house: House, people: People, letters: Letters | None = None) -> None:
        self._house, self._people, self._letters = house, people, letters
        self._organisation = "" if house.organisation is None else house.organisation.name

    def ways(self) -> tuple[Way, ...]:
        """Their addresses."""
        one = "/people/<login>"
        return (
            Way("GET", "/people", self.everybody, STAFF, MANAGE),
            Way("POST", "/people", self.add, STAFF, MANAGE),
            Way("GET", one, self.one, self.the_person, MANAGE),
            Way("POST", f"{one}/disable", self.disable, self.the_person, MANAGE),
            Way("POST", f"{one}/enable", self.enable, self.the_person, MANAGE),
            Way("POST", f"{one}/reset", self.reset, self.the_person, MANAGE),
            Way("POST", f"{one}/mail", self.set_mail, self.the_person, MANAGE),
            Way("POST", f"{one}/grant", self.grant, self.the_person, MANAGE),
            Way("POST", f"{one}/revoke", self.revoke, self.the_person, MANAGE),
        )

    def the_person(self, _house: House, values: Values) -> tuple[Place, ...]:
        """Where an account belongs that an address names by ``<login>``: all that it may do must be one's to give."""
        other = self._people.by_login(str(values["login"]))
        if other is None or other.login != values["login"] or not may_manage(myself(), other):
            abort(404)
        return tuple(Place(grant.area) for grant in other.grants) or (Place(""),)

    def everybody(self) -> Response:
        """The accounts of one's area."""
        return self._listed(said=OUT if request.args.get("said") == OUT else "")

    def add(self) -> Response:
        """Add an account, and tell its first password once."""

        def done() -> Response:
            grant = grant_sent(self._house.snapshot(), myself())
            name, login, spoken = field("name", 200), field("login", 200), field("language", 8) or "zh"
            mail, by = field("mail", 300), by_asker(request)
            person, password = self._people.add(login, name, [grant], by=by, language=spoken, mail=mail)
            return page("password", person=person, password=password)

        return tried(done, self._listed)

    def one(self, login: str) -> Response:
        """One account."""
        said = request.args.get("said", "")
        return self._shown(login, said=said if said in SAID else "")

    def disable(self, login: str) -> Response:
        """Shut an account."""
        return self._changed(login, "disabled", lambda by: self._people.disable(login, by=by))

    def enable(self, login: str) -> Response:
        """Open an account again."""
        return self._changed(login, "enabled", lambda by: self._people.enable(login, by=by))

    def reset(self, login: str) -> Response:
        """Give an account a new password, and tell it once."""
        other = self._another(login)
        return page("password", person=other, password=self._people.reset(login, by=by_asker(request)))

    def set_mail(self, login: str) -> Response:
        """Say where letters to an account go."""
        before = self._another(login)

        def done() -> Response:
            now = self._people.set_mail(login, field("mail", 300), by=by_asker(request))
            if self._letters is not None:
                self._letters.say_moved(before, now)
            return led_to(url_for("people.one", login=login, said="mail"))

        return tried(done, lambda fault, status: self._shown(login, fault=fault, at="mail", status=status))

    def grant(self, login: str) -> Response:
        """Give an account a role."""

        def done() -> Response:
            grant = grant_sent(self._house.snapshot(), myself())
            self._people.grant(login, grant, by=by_asker(request))
            return led_to(url_for("people.one", login=login, said="granted"))

        return tried(done, lambda fault, status: self._shown(login, fault=fault, status=status))

    def revoke(self, login: str) -> Response:
        """Take a role away from an account."""
        role, area = role_and_area()
        held = next((one for one in self._another(login).grants if (one.role, one.area) == (role, area)), None)
        if held is None or not may_grant(myself(), held):
            abort(404)
        return self._changed(login, "revoked", lambda by: self._people.revoke(login, role, area, by=by))

    def _changed(self, login: str, said: str, do: Callable[..., None]) -> Response:
        self._another(login)
        do(by_asker(request))
        if may_manage(myself(), self._known(login)):
            return led_to(url_for("people.one", login=login, said=said))
        return led_to(url_for("people.everybody", said=OUT))

    def _listed(self, fault: str = "", status: int = 200, said: str = "") -> Response:
        me = myself()
        theirs = [(one, grants_told(one.grants, self._house)) for one in self._people.all() if may_manage(me, one)]
        return page("people", status, people=theirs, said=said, fault=fault, sent=request.form, **self._choices(me))

    def _shown(self, login: str, *, said: str = "", fault: str = "", at: str = "", status: int = 200) -> Response:
        me, other = myself(), self._known(login)
        told = {
            "at": at,
            "organisation": self._organisation,
            "person": other,
            "grants": grants_told(other.grants, self._house),
            "itself": other.id == me.id,
        }
        return page("person", status, said=said, fault=fault, sent=request.form, **told, **self._choices(me))

    def _known(self, login: str) -> Person:
        other = self._people.by_login(login)
        return abort(404) if other is None else other

    def _another(self, login: str) -> Person:
        """Somebody else: of one's own account an administrator would shut oneself out."""
        other = self._known(login)
        return abort(404) if other.id == myself().id else other

    def _choices(self, me: Person) -> dict[str, Any]:
        roles = [(role.value, role_name(role), role_meaning(role)) for role in Role if role in roles_to_give(me)]
        areas = areas_of(me, MANAGE)
        known = [
            (code, name)
            for code, name in sorted(township_names(self._house).items())
            if any(code.startswith(area) for area in areas)
        ]
        return {"roles": roles, "areas": areas, "known": known}
