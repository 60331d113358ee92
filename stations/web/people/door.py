"""The doors of the staff's accounts, hung under `/desk`."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Flask

from stations.people.people import People
from stations.web.house import House
from stations.web.people.entering import Entering
from stations.web.people.forgotten import Forgotten
from stations.web.people.hanging import Way, hang_all
from stations.web.people.letters import Letters
from stations.web.people.me import Me
from stations.web.people.organisation import ThroughOrganisation
from stations.web.people.staff import Staff
from stations.web.people.trail import Trail


def people_door(house: House, people: People) -> Blueprint:
    """Make the doors; those for letters and for an organisation where the house has what they need."""
    door = Blueprint("people", __name__, url_prefix="/desk")
    letters = letters_of(house, people)
    organisation = house.organisation
    entering = Entering(
        people, organisation="" if organisation is None else organisation.name, letters=letters is not None
    )
    me = Me(house, people, letters)
    ways: list[Way] = []
    for part in (entering, me, Staff(house, people, letters), Trail(house, people)):
        ways += part.ways()
    if letters is not None:
        door.record_once(lambda state: letters.live_in(cast("Flask", state.app)))
        ways += Forgotten(people, letters).ways()
    if organisation is not None:
        ways += ThroughOrganisation(people, organisation, entering, me).ways()
    hang_all(door, tuple(ways))
    return door


def letters_of(house: House, people: People) -> Letters | None:
    """What writes letters; None where there is no mail server, or nobody has said where links shall lead."""
    if house.mail is None or not house.settings.address:
        return None
    return Letters(house.mail, house.settings.address, people.clock)
