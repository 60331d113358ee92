"""What every view of the desk works with, and how its pages are answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask import Response, abort, make_response, redirect, render_template, request

from stations.desk.desk import Desk
from stations.desk.entering import Fields, Form
from stations.people.facts import Person
from stations.station import Station
from stations.web.house import House
from stations.web.params import BadParameter
from stations.web.who import person_of
from stations.wording.names import Names

TOKEN = frozenset({"csrf_token", "lang"})


@dataclass(frozen=True)
class Room:
    """What the views of the desk share."""

    house: House
    desk: Desk
    names: Names
    form: Form
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def now(self) -> datetime:
        """The moment; aware."""
        return self.clock()

    @property
    def today(self) -> date:
        """The day, where the stations are."""
        return self.now.astimezone(self.house.zone).date()

    def station(self, code: str) -> tuple[Station, int]:
        """A station and the revision of its record.

        Raises
        ------
        UnknownStationError
            No station has that code.
        """
        snapshot = self.desk.registry.snapshot()
        row = snapshot.index(code)
        return snapshot.stations[row], int(snapshot.revisions[row])


def asker() -> Person:
    """Who asks; the gate has seen to it that it is somebody."""
    person = person_of(request)
    if person is None:
        abort(404)
    return person


def page(template: str, status: int = 200, /, **values: object) -> Response:
    """Answer with a page that nobody else is to keep."""
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def lead(address: str) -> Response:
    """Lead on to another page after something was sent."""
    return make_response(redirect(address, 303))


def sent(known: Iterable[str] = (), *, also: Callable[[str], bool] = lambda _: False) -> Fields:
    """The fields of a form.

    Raises
    ------
    BadParameter
        One that does not exist: of a misspelt one nobody would know what became.
    """
    fields = request.form.to_dict(flat=False)
    expected = TOKEN | set(known)
    for name in sorted(fields):
        if name not in expected and not also(name):
            raise BadParameter(
                name,
                fields[name][0],
                "There is no parameter “{field}”. Known are: {known}.",
                known=", ".join(sorted(expected - TOKEN)),
            )
    return fields


def text_of(fields: Fields, name: str) -> str:
    """The first text of a field; empty where it is missing."""
    return (fields.get(name) or ("",))[0]


def number_of(fields: Fields, name: str) -> int:
    """A whole number of a field that a page of ours has filled in; 0 where it is missing.

    Raises
    ------
    BadParameter
        It is none.
    """
    text = text_of(fields, name)
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadParameter(name, text, "“{field}” is “{value}”, which is not a whole number.")
    return int(text)
