"""`/desk/me`: one's password, second factor, and the browsers in which one is signed in."""

from __future__ import annotations

from flask import Response, abort, request, session, url_for
from flask_babel import gettext

from stations.errors import PeopleError
from stations.people.factors import address_of
from stations.people.facts import Person, mail_of
from stations.people.identities import Identities
from stations.people.marks import mark_of
from stations.people.people import People
from stations.people.proving import Proofs
from stations.people.signing import Signing
from stations.web.house import House
from stations.web.people.hanging import Way
from stations.web.people.letters import Letters
from stations.web.people.sent import field, led_to, page, tried
from stations.web.people.telling import browser, grants_told
from stations.web.qr import secret_drawing
from stations.web.who import MYSELF, STAFF, TOKEN, by_asker, person_of

ISSUER = "Yizhan"
SAID = frozenset({"password", "off", "ended", "mail", "asked", "left", "connected", "apart"})


class Me:
    """The doors of one's own account."""

    def __init__(self, house: House, people: People, letters: Letters | None = None) -> None:
        self._house, self._zone, self._people, self._signing = house, house.zone, people, Signing(people)
        self._organisation, self._identities, self._letters = house.organisation, Identities(people), letters
        self._proofs = Proofs(people)

    def ways(self) -> tuple[Way, ...]:
        """Their addresses."""
        return (
            Way("GET", "/me", self.me, MYSELF),
            Way("POST", "/me/password", self.password, MYSELF),
            Way("POST", "/me/mail", self.mail, STAFF),
            Way("GET", "/me/mail", self.proof, STAFF),
            Way("POST", "/me/mail/proof", self.prove, STAFF),
            Way("GET", "/me/second-factor", self.second_factor, STAFF),
            Way("POST", "/me/second-factor", self.set_up, STAFF),
            Way("POST", "/me/second-factor/off", self.take_off, STAFF),
            Way("POST", "/me/sessions/end", self.end_session, MYSELF),
        )

    def me(self) -> Response:
        """One's account."""
        said = request.args.get("said", "")
        return self.shown(said=said if said in SAID else "")

    def password(self) -> Response:
        """Choose another password."""
        person = myself()

        def done() -> Response:
            self._signing.again(person, field("old"))
            if field("password") != field("again"):
                raise PeopleError("The two new passwords differ. Write the same one twice.", field="again")
            self._people.change_password(person, field("password"), but=this_mark(), by=by_asker(request))
            return led_to(url_for("people.me", said="password"))

        return tried(done, lambda fault, status: self.shown(status, fault=fault, at="password"))

    def mail(self) -> Response:
        """Say where letters go. With the password: who sits down at an open browser is not to move the account."""
        person = myself()
        if field("do", 8) == "leave":
            self._proofs.leave(person)
            return led_to(url_for("people.me", said="left"))

        def done() -> Response:
            self._signing.again(person, field("old"))
            mail, by = mail_of(field("mail", 300)), by_asker(request)
            if mail in {"", person.mail}:
                self._moved(person, self._people.set_mail(person.login, mail, by=by))
                return led_to(url_for("people.me", said="mail"))
            if self._letters is None:
                raise PeopleError(
                    "This house sends no letters, so nothing could prove the address. Ask whoever manages your account "
                    "to enter it.",
                    field="mail",
                )
            letters, path = self._letters, url_for("people.proof", letter=self._proofs.ask(person, mail, by=by))
            letters.later(lambda: letters.proof(person, mail, path))
            return led_to(url_for("people.me", said="asked"))

        return tried(done, lambda fault, status: self.shown(status, fault=fault, at="mail", mail=field("mail", 300)))

    def proof(self) -> Response:
        """Where the link of a letter leads: to a form that proves it, as programs that look at mail open links."""
        person, letter = myself(), request.args.get("letter", "")
        if not letter:
            return self.shown()
        unproven = self._proofs.meant(person, letter)
        return page("proof", 200 if unproven else 400, person=person, unproven=unproven, letter=letter)

    def prove(self) -> Response:
        """Let the address count to which the letter came."""
        person = myself()

        def done() -> Response:
            self._moved(person, self._proofs.prove(person, field("letter", 200), by=by_asker(request)))
            return led_to(url_for("people.me", said="mail"))

        return tried(done, lambda _, status: page("proof", status, person=person, unproven=None, letter=""))

    def _moved(self, before: Person, now: Person) -> None:
        if self._letters is not None:
            self._letters.say_moved(before, now)

    def second_factor(self) -> Response:
        """Where the second factor is set up."""
        person = myself()
        secret, sealed = self._people.factors.offer(person)
        return self._offered(person, secret, sealed)

    def set_up(self) -> Response:
        """Set the second factor up with a first code."""
        person, sealed = myself(), field("sealed")
        secret = self._people.factors.offered(person, sealed)

        def done() -> Response:
            self._signing.again(person, field("old"))
            codes = self._people.factors.set_up(person, sealed, field("code", 40), by=by_asker(request))
            return page("codes", codes=codes)

        return tried(done, lambda fault, status: self._offered(person, secret, sealed, fault, status))

    def take_off(self) -> Response:
        """Be asked for no code any more."""
        person = myself()

        def done() -> Response:
            self._signing.again(person, field("old"))
            self._people.factors.take_off(person, by=by_asker(request))
            return led_to(url_for("people.me", said="off"))

        return tried(done, lambda fault, status: self.shown(status, fault=fault, at="factor"))

    def end_session(self) -> Response:
        """Sign another browser out."""
        person, mark = myself(), field("mark", 64)
        if not self._people.sessions.end(person, mark):
            abort(404)
        self._people.audit.tell(by_asker(request), "ended a session", person.login)
        return led_to(url_for("people.me", said="ended"))

    def shown(
        self, status: int = 200, *, said: str = "", fault: str = "", at: str = "", mail: str | None = None
    ) -> Response:
        """One's account, with what was done or was wrong."""
        person = myself()
        browsers = [
            (one.mark, browser(one.agent), *(when.astimezone(self._zone) for when in (one.begun, one.heard)))
            for one in self._people.sessions.of(person)
        ]
        codes = self._people.factors.left(person) if person.second_factor else 0
        told = {
            "grants": grants_told(person.grants, self._house),
            "browsers": browsers,
            "this": this_mark(),
            "codes": codes,
        }
        waits = self._proofs.waits(person)
        told |= {"letters": self._letters is not None, "waits": waits and waits.mail}
        told["until"] = waits and waits.until.astimezone(self._zone)
        if self._organisation is not None:
            since = self._identities.of(person, self._organisation.issuer)
            told |= {"organisation": self._organisation.name, "since": since and since.astimezone(self._zone)}
        told["mail"] = person.mail if mail is None else mail
        return page("me", status, person=person, said=said, fault=fault, at=at, **told)

    @staticmethod
    def _offered(person: Person, secret: str, sealed: str, fault: str = "", status: int = 200) -> Response:
        label = gettext("Square code for the telephone")
        drawing = secret_drawing(address_of(secret, person.login, ISSUER), label)
        groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        return page("second_factor", status, drawing=drawing, secret=groups, sealed=sealed, fault=fault)


def myself() -> Person:
    """Who asks, where it is known that somebody does."""
    person = person_of(request)
    return abort(404) if person is None else person


def this_mark() -> str:
    """What names the browser that asks."""
    token = session.get(TOKEN)
    return mark_of(token) if isinstance(token, str) else ""
