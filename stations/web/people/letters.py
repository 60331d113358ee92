"""Letters to the staff about their own account, written and given away after the answer, so that it tells nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from threading import BoundedSemaphore

from flask import Flask, current_app
from flask_babel import force_locale, gettext

from stations.errors import MailError, RegistryError
from stations.mail import Letter, Mail
from stations.people.facts import Person
from stations.people.resetting import HOLDS
from stations.web.language import LOCALES

MOST_WAITING = 50
"""Errands that may wait; what comes on top is dropped, as a server that does not answer would fill the memory."""

log = logging.getLogger("yizhan.letters")


class Letters:
    """Writes letters and gives them to the mail server. Threads may share it.

    Parameters
    ----------
    house
        The address that links lead to: the one that the operator has set, whatever a request says.
    """

    def __init__(self, mail: Mail, house: str, clock: Callable[[], datetime]) -> None:
        self._mail, self._house, self._clock = mail, house, clock
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="letters")
        self._room = BoundedSemaphore(MOST_WAITING)
        self._app: Flask | None = None

    def live_in(self, app: Flask) -> None:
        """Say in which app the words are."""
        self._app = app

    def later(self, errand: Callable[[], None]) -> None:
        """Do something in a moment, when the answer is on its way; one after the other."""
        app = self._app
        if app is None:
            raise RuntimeError("say first in which app")
        if not self._room.acquire(blocking=False):
            log.warning("too many letters wait; one was not sent")
            return

        def run() -> None:
            try:
                with app.app_context():
                    errand()
            except (MailError, RegistryError) as fault:
                log.warning("a letter was not sent: %s", type(fault).__name__)
            finally:
                self._room.release()

        self._hand.submit(run).add_done_callback(_told)

    def link(self, person: Person, path: str) -> None:
        """Send somebody the link with which another password is chosen.

        Raises
        ------
        MailError
            The mail server did not take it.
        """
        minutes = int(HOLDS.total_seconds() // 60)
        self._send(person, lambda: gettext("A new password"), "link", address=self._house + path, minutes=minutes)

    def chosen(self, person: Person) -> None:
        """Tell somebody that another password was chosen.

        Raises
        ------
        MailError
            The mail server did not take it.
        """
        self._send(person, lambda: gettext("Your password was changed"), "chosen")

    def moved(self, person: Person) -> None:
        """Tell somebody, at the address so far, that letters go elsewhere from now on.

        Raises
        ------
        MailError
            The mail server did not take it.
        """
        self._send(person, lambda: gettext("Your mail address was changed"), "moved")

    def proof(self, person: Person, mail: str, path: str) -> None:
        """Send somebody the link that proves an address, to that address.

        Raises
        ------
        MailError
            The mail server did not take it.
        """
        to = replace(person, mail=mail)
        self._send(to, lambda: gettext("Is this your mail address?"), "proof", address=self._house + path)

    def say_moved(self, before: Person, now: Person) -> None:
        """Tell the address so far in a moment, if there was one and it is another now."""
        if before.mail and before.mail != now.mail:
            self.later(lambda: self.moved(before))

    def _send(self, person: Person, subject: Callable[[], str], template: str, **values: object) -> None:
        with force_locale(LOCALES[person.language]):
            house = self._house.partition("://")[2]
            # Not `render_template`: what pages are given beside it asks for the request.
            words = current_app.jinja_env.get_template(f"people/letters/{template}.txt")
            text = words.render(person=person, house=house, **values)
            letter = Letter(person.mail, f"{subject()} · {house}", text.strip() + "\n")
        self._mail.send(letter, at=self._clock())


def _told(errand: Future[None]) -> None:
    """Let no fault of a letter go by unseen: nobody waits for it."""
    if (fault := errand.exception()) is not None:
        log.error("a letter was not sent", exc_info=fault)
