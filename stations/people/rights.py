"""Who may do what where: one table, and everything that is not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from typing_extensions import TypeIs

from stations.people.facts import Action, Grant, Person, Role

_CLERK = frozenset({Action.SEE_PRIVATE, Action.PROPOSE, Action.EDIT, Action.SETTLE_TASK, Action.RECORD, Action.INSPECT})

TABLE: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.CUSTODIAN: frozenset({Action.SEE_PRIVATE, Action.PROPOSE, Action.RECORD}),
        Role.CLERK: _CLERK,
        Role.OFFICER: _CLERK
        | {
            Action.APPROVE,
            Action.IMPORT,
            Action.EXPORT_FULL,
            Action.UNDO,
            Action.PLAN_SAVE,
            Action.PLAN_ACCEPT,
            Action.MANAGE_PEOPLE,
            Action.SEE_AUDIT,
            Action.SET_NOTICES,
        },
        Role.PLANNER: frozenset({Action.SEE_PRIVATE, Action.EXPORT_FULL, Action.PLAN_SAVE, Action.PLAN_ACCEPT}),
        Role.ADMINISTRATOR: frozenset(Action),
    }
)
"""What each role may do in its area; a custodian, at its stations."""

GIVEN_BY_OFFICERS = frozenset({Role.CUSTODIAN, Role.CLERK, Role.PLANNER})
"""Roles that an officer may give within the area, and take away. All others are given by administrators."""


def may(person: Person | None, action: Action, *, township: str | None, code: str | None) -> bool:
    """Whether somebody may do something to one station, or to something else that lies somewhere.

    Parameters
    ----------
    person
        Who is signed in; None for nobody, who may do nothing.
    township
        Code of the township it lies in, of 9 or 12 digits, or of an area that it is about as a whole. Empty or None
        where it is not known: then it belongs to administrators of everywhere alone.
    code
        The station; None where it is about no single one, and then no custodian may do it.
    """
    return active(person) and any(_holds(grant, action, township or "", code) for grant in person.grants)


def may_somewhere(person: Person | None, action: Action) -> bool:
    """Whether there is any place at all where somebody may do something; what is shown then must be chosen by `may`."""
    return active(person) and any(action in TABLE[grant.role] for grant in person.grants)


def may_everywhere(person: Person | None, action: Action) -> bool:
    """Whether somebody may do something wherever it is, and also where it is nowhere."""
    return may(person, action, township=None, code=None)


def areas_of(person: Person | None, action: Action) -> tuple[str, ...]:
    """The areas in the whole of which somebody may do something, none inside another; ``("",)`` is everywhere."""
    if not active(person):
        return ()
    whole = {grant.area for grant in person.grants if action in TABLE[grant.role] and not grant.stations}
    return tuple(sorted(area for area in whole if not any(area.startswith(up) for up in whole - {area})))


def may_grant(person: Person | None, grant: Grant) -> bool:
    """Whether somebody may give a role to another, or take it away."""
    if not may(person, Action.MANAGE_PEOPLE, township=grant.area, code=None):
        return False
    if grant.role in GIVEN_BY_OFFICERS:
        return True
    return _administers(person, grant.area)


def may_manage(person: Person | None, other: Person) -> bool:
    """Whether somebody may change another's account: only who could have given all that the other may do.

    Who was given nothing belongs to administrators of everywhere.
    """
    if not other.grants:
        return may_everywhere(person, Action.MANAGE_PEOPLE)
    return all(may_grant(person, grant) for grant in other.grants)


def active(person: Person | None) -> TypeIs[Person]:
    """Whether somebody is signed in who may do anything: not shut out, and with a password of their own."""
    return person is not None and not person.disabled and not person.must_change


def _administers(person: Person | None, area: str) -> bool:
    return active(person) and any(
        grant.role is Role.ADMINISTRATOR and area.startswith(grant.area) for grant in person.grants
    )


def _holds(grant: Grant, action: Action, township: str, code: str | None) -> bool:
    if action not in TABLE[grant.role]:
        return False
    if grant.role is Role.ADMINISTRATOR and not grant.area:
        return True
    if not grant.area or not township.startswith(grant.area):
        return False
    return grant.role is not Role.CUSTODIAN or (code is not None and code in grant.stations)
