"""Which role a form gives where, and whether whoever sends it may give that."""

from __future__ import annotations

import re

from stations.errors import PeopleError, UnknownStationError
from stations.people.facts import Action, Grant, Person, Role, area_of
from stations.people.rights import areas_of, may_grant
from stations.registry.snapshot import Snapshot
from stations.web.people.sent import field

MOST_STATIONS = 50
BETWEEN = re.compile(r"[\s,，、;；]+")
SOMEWHERE = "11"
"""An area like any other, for what is asked of everywhere."""


def grant_sent(snapshot: Snapshot, giver: Person) -> Grant:
    """The grant that a form asks for.

    Raises
    ------
    PeopleError
        It cannot be, or is not this person's to give.
    """
    role, area = role_and_area()
    stations = frozenset(BETWEEN.split(field("stations"))) - {""} if role is Role.CUSTODIAN else frozenset()
    if len(stations) > MOST_STATIONS:
        raise PeopleError("A custodian keeps up to {most} stations.", field="stations", most=MOST_STATIONS)
    given = Grant(role, area, stations)
    if not may_grant(giver, given):
        raise PeopleError("You may not give that role in that area.", field="role")
    for code in sorted(stations):
        if not _lies_in(snapshot, code, area):
            raise PeopleError("There is no station {code} in that area.", field="stations", code=code[:80])
    return given


def role_and_area() -> tuple[Role, str]:
    """The role and the area that a form names.

    Raises
    ------
    PeopleError
        It names no role, or what is no area.
    """
    try:
        role = Role(field("role", 40))
    except ValueError:
        raise PeopleError("Choose a role.", field="role") from None
    text = field("area", 40).strip()
    return role, area_of(text) if text else ""


def roles_to_give(giver: Person) -> frozenset[Role]:
    """The roles that somebody may give anywhere."""
    areas = [area or SOMEWHERE for area in areas_of(giver, Action.MANAGE_PEOPLE)]
    one = frozenset({"any"})
    samples = [Grant(role, area, one if role is Role.CUSTODIAN else frozenset()) for role in Role for area in areas]
    return frozenset(sample.role for sample in samples if may_grant(giver, sample))


def _lies_in(snapshot: Snapshot, code: str, area: str) -> bool:
    try:
        return snapshot.station(code).township.startswith(area)
    except UnknownStationError:
        return False
