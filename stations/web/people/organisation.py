"""`/desk/sign-in/organisation`: signing in through an organisation; there only where the settings name one."""

from __future__ import annotations

from flask import Response, abort, request, session, url_for

from stations.errors import PeopleError, TooOftenError
from stations.people.identities import Identities
from stations.people.organisation import Identity, Leaving, Organisation
from stations.people.people import People
from stations.people.signing import Signing
from stations.web.errors import say, status_of
from stations.web.people.entering import Entering, home
from stations.web.people.hanging import Way
from stations.web.people.me import Me, myself
from stations.web.people.sent import field, led_to, page
from stations.web.who import OPEN, STAFF, by_asker, next_of, person_of

AWAY = "away"
LONGEST_BROUGHT = 2000


class ThroughOrganisation:
    """The doors to an organisation and back, beside those of signing in and of one's own account."""

    def __init__(self, people: People, organisation: Organisation, entering: Entering, me: Me) -> None:
        self._organisation, self._identities = organisation, Identities(people)
        self._signing, self._entering, self._me = Signing(people), entering, me

    def ways(self) -> tuple[Way, ...]:
        """Their addresses."""
        return (
            Way("GET", "/sign-in/organisation", self.organisation, OPEN),
            Way("GET", "/sign-in/organisation/back", self.back, OPEN),
            Way("POST", "/me/organisation", self.connect, STAFF),
            Way("POST", "/me/organisation/off", self.disconnect, STAFF),
        )

    def organisation(self) -> Response:
        """Go to the organisation."""
        after = next_of(request.args.get("next", ""))
        if person_of(request) is not None:
            return led_to(after or home())
        try:
            return led_to(self._leave(after, ""))
        except PeopleError as fault:
            return self._not_in(fault, after)

    def connect(self) -> Response:
        """Go to the organisation to connect one's account. With the password, as it opens the account from then on.

        The page leads there by itself: a form may not, by the policy of our pages.
        """
        person = myself()
        try:
            self._signing.again(person, field("old"))
            address = self._leave("", person.login)
        except (PeopleError, TooOftenError) as fault:
            return self._not_connected(fault)
        return page("leaving", address=address, name=self._organisation.name)

    def disconnect(self) -> Response:
        """Let the organisation open one's account no more."""
        person = myself()
        try:
            self._signing.again(person, field("old"))
        except (PeopleError, TooOftenError) as fault:
            return self._not_connected(fault)
        self._identities.unbind(person, self._organisation.issuer, by=by_asker(request))
        return led_to(url_for("people.me", said="apart"))

    def back(self) -> Response:
        """Come back from the organisation."""
        leaving, after, login = _kept()
        person = person_of(request)
        try:
            if leaving is None or (login and (person is None or person.login != login)):
                raise PeopleError(
                    "That sign-in was not begun here, or too long ago. Begin again.", field="organisation"
                )
            identity = self._identity(leaving)
            if not login:
                return self._entering.let_in(self._identities.enter(identity, by=by_asker(request)), after)
            self._identities.bind(myself(), identity, by=by_asker(request))
        except (PeopleError, TooOftenError) as fault:
            return self._not_connected(fault) if login and person else self._not_in(fault, after)
        return led_to(url_for("people.me", said="connected"))

    def _leave(self, after: str, login: str) -> str:
        address, leaving = self._organisation.leave()
        session[AWAY] = [leaving.state, leaving.nonce, leaving.verifier, leaving.at, after, login]
        return address

    def _identity(self, leaving: Leaving) -> Identity:
        """Who came back, by what the address brought."""
        brought = {name: request.args.get(name, "") for name in ("state", "code", "iss", "error")}
        if any(len(text) > LONGEST_BROUGHT for text in brought.values()):
            abort(414)
        self._organisation.recognised(leaving, brought["state"])
        session.pop(AWAY, None)
        self._identities.spend(leaving.state)
        if brought["error"] or not brought["code"]:
            raise PeopleError("You were not signed in there. Begin again, or use your password.", field="organisation")
        return self._organisation.come_back(
            leaving, state=brought["state"], code=brought["code"], issuer=brought["iss"]
        )

    def _not_in(self, fault: PeopleError | TooOftenError, after: str) -> Response:
        """The page where one signs in, with what was wrong."""
        return _with_patience(self._entering.gate(status_of(fault), back=after, fault=say(fault)), fault)

    def _not_connected(self, fault: PeopleError | TooOftenError) -> Response:
        """One's account, with what was wrong."""
        return _with_patience(self._me.shown(status_of(fault), fault=say(fault), at="organisation"), fault)


def _with_patience(response: Response, fault: PeopleError | TooOftenError) -> Response:
    if isinstance(fault, TooOftenError):
        response.headers["Retry-After"] = str(fault.wait_s)
    return response


def _kept() -> tuple[Leaving | None, str, str]:
    """What the browser kept: how it left, where it wanted to go, and whose account it is to connect."""
    kept = session.get(AWAY)
    if not isinstance(kept, list) or len(kept) != 6:
        return None, "", ""
    state, nonce, verifier, at, after, login = kept
    return Leaving(state, nonce, verifier, at), next_of(after), login
