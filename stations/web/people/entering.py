"""`/desk/sign-in`: a log-in name and a password, perhaps a code, and out again."""

from __future__ import annotations

from flask import Response, current_app, request, session, url_for

from stations.people.facts import Person
from stations.people.marks import mark_of
from stations.people.people import People
from stations.people.signing import Half, Signing
from stations.web.cookies import cookie_name
from stations.web.language import COOKIE
from stations.web.people.hanging import Way
from stations.web.people.sent import field, led_to, page, tried
from stations.web.who import MYSELF, OPEN, TOKEN, by_asker, next_of, person_of
from stations.wording.spoken import language

HALF = "half"
SAID = frozenset({"chosen"})
TODAY, ME = "desk.today", "people.me"


class Entering:
    """The doors through which one comes in and goes out.

    Parameters
    ----------
    organisation
        What the organisation is called that one may sign in through; empty where there is none.
    letters
        Whether who forgot the password can be sent a letter.
    """

    def __init__(self, people: People, *, organisation: str = "", letters: bool = False) -> None:
        self._people, self._signing = people, Signing(people)
        self._other_ways = {"organisation": organisation, "letters": letters}

    def ways(self) -> tuple[Way, ...]:
        """Their addresses."""
        return (
            Way("GET", "/sign-in", self.sign_in, OPEN),
            Way("POST", "/sign-in", self.enter, OPEN),
            Way("GET", "/sign-in/code", self.code, OPEN),
            Way("POST", "/sign-in/code", self.enter_code, OPEN),
            Way("POST", "/sign-out", self.sign_out, MYSELF),
        )

    def sign_in(self) -> Response:
        """Where one signs in."""
        back = next_of(request.args.get("next", ""))
        if person_of(request) is not None:
            return led_to(back or home())
        return self.gate(back=back, said=request.args.get("said", ""))

    def enter(self) -> Response:
        """Sign in, or be asked for a code."""
        login, back = field("login", 200), next_of(field("next"))

        def done() -> Response:
            person, half = self._signing.password(login, field("password"), by=by_asker(request))
            return self.let_in(person, back, half)

        return tried(done, lambda fault, status: self.gate(status, back=back, login=login, fault=fault))

    def gate(self, status: int = 200, *, back: str, login: str = "", fault: str = "", said: str = "") -> Response:
        """The page where one signs in."""
        said = said if said in SAID else ""
        return page("sign_in", status, back=back, login=login, fault=fault, said=said, **self._other_ways)

    def let_in(self, person: Person, back: str, half: Half | None = None) -> Response:
        """Sign somebody in who has shown who they are, or ask for the code of their telephone."""
        if not person.second_factor:
            return self._come_in(person, back)
        half = half or self._signing.half(person)
        session.clear()
        session[HALF] = [half.person, half.at, half.trace]
        return led_to(url_for("people.code", next=back or None))

    def code(self) -> Response:
        """Where one enters the code of one's telephone."""
        if self._half_way() is None:
            return led_to(url_for("people.sign_in"))
        return page("code", back=next_of(request.args.get("next", "")), fault="")

    def enter_code(self) -> Response:
        """Sign in with the code."""
        person, back = self._half_way(), next_of(field("next"))
        if person is None:
            return led_to(url_for("people.sign_in"))

        def done() -> Response:
            self._signing.code(person, field("code", 40), by=by_asker(request))
            return self._come_in(person, back)

        return tried(done, lambda fault, status: page("code", status, back=back, fault=fault))

    def sign_out(self) -> Response:
        """Sign this browser out."""
        person, token = person_of(request), session.get(TOKEN)
        if person is not None and isinstance(token, str) and self._people.sessions.end(person, mark_of(token)):
            self._people.audit.tell(by_asker(request), "signed out", person.login)
        session.clear()
        return led_to(url_for("people.sign_in"))

    def _half_way(self) -> Person | None:
        kept = session.get(HALF)
        return self._signing.waiting(Half(*kept)) if isinstance(kept, list) and len(kept) == 3 else None

    def _come_in(self, person: Person, back: str) -> Response:
        token = self._signing.enter(person, request.user_agent.string, by=by_asker(request))
        session.clear()  # what was in the cookie before is nobody's who is signed in
        session[TOKEN] = token
        session.permanent = True
        address = url_for(ME) if person.must_change else back or home()
        if person.language != language() and not request.cookies.get(cookie_name(COOKIE)):
            address += ("&" if "?" in address else "?") + f"lang={person.language}"
        return led_to(address)


def home() -> str:
    """Where one begins."""
    return url_for(TODAY if TODAY in current_app.view_functions else ME)
