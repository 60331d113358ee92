"""`/desk/forgotten`: a link by mail with which another password is chosen. There only where letters can be sent."""

from __future__ import annotations

from flask import Response, request, url_for

from stations.errors import PeopleError
from stations.people.facts import By
from stations.people.people import People
from stations.people.resetting import Resets
from stations.web.people.hanging import Way
from stations.web.people.letters import Letters
from stations.web.people.sent import field, led_to, page, tried
from stations.web.who import OPEN, by_asker

LONGEST_NAME = 254


class Forgotten:
    """The doors of who forgot the password."""

    def __init__(self, people: People, letters: Letters) -> None:
        self._resets, self._letters = Resets(people), letters

    def ways(self) -> tuple[Way, ...]:
        """Their addresses."""
        return (
            Way("GET", "/forgotten", self.forgotten, OPEN),
            Way("POST", "/forgotten", self.ask, OPEN),
            Way("GET", "/forgotten/choose", self.letter, OPEN),
            Way("POST", "/forgotten/choose", self.choose, OPEN),
        )

    def forgotten(self) -> Response:
        """Where one asks for a letter."""
        return page("forgotten", fault="", said="")

    def ask(self) -> Response:
        """Send a letter, if there is anybody to send it to; what is answered, and when, does not depend on that."""
        said, by = field("login", LONGEST_NAME), by_asker(request)

        def done() -> Response:
            if not said.strip():
                raise PeopleError("Write your log-in name, or your mail address.", field="login")
            self._resets.asked(by=by)
            path = url_for("people.letter", letter="")
            self._letters.later(lambda: self._post(said, path, by))
            return page("forgotten_sent")

        return tried(done, lambda fault, status: page("forgotten", status, fault=fault, said=said))

    def letter(self) -> Response:
        """Where one chooses another password, with what stood in the letter. In the question, which no log holds."""
        letter = request.args.get("letter", "")
        person = self._resets.person(letter)
        if person is None:
            return page("forgotten_past", 400)
        return page("forgotten_choose", person=person, letter=letter, fault="")

    def choose(self) -> Response:
        """Choose another password."""
        letter = field("letter", LONGEST_NAME)
        person = self._resets.person(letter)
        if person is None:
            return page("forgotten_past", 400)

        def done() -> Response:
            if field("password") != field("again"):
                raise PeopleError("The two new passwords differ. Write the same one twice.", field="again")
            changed = self._resets.choose(letter, field("password"), field("code", 40), by=by_asker(request))
            self._letters.later(lambda: self._letters.chosen(changed))
            return led_to(url_for("people.sign_in", said="chosen"))

        return tried(
            done, lambda fault, status: page("forgotten_choose", status, person=person, letter=letter, fault=fault)
        )

    def _post(self, said: str, path: str, by: By) -> None:
        for person, token in self._resets.links(said, by=by):
            self._letters.link(person, path + token)
