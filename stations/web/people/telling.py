"""Roles, browsers and the rows of the audit trail in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext, lazy_gettext

from stations.people.facts import Grant, Role
from stations.web.deskwords import say_area
from stations.web.house import House

_ROLES = {
    Role.CUSTODIAN: lazy_gettext("Custodian"),
    Role.CLERK: lazy_gettext("Clerk"),
    Role.OFFICER: lazy_gettext("Officer"),
    Role.PLANNER: lazy_gettext("Planner"),
    Role.ADMINISTRATOR: lazy_gettext("Administrator"),
}
_MEANINGS = {
    Role.CUSTODIAN: lazy_gettext("Proposes changes to single stations"),
    Role.CLERK: lazy_gettext("Edits stations in the area"),
    Role.OFFICER: lazy_gettext("Edits, decides on proposals, takes changes back and manages people in the area"),
    Role.PLANNER: lazy_gettext("Reads all in the area, saves plans and accepts their sites"),
    Role.ADMINISTRATOR: lazy_gettext("May do everything in the area"),
}
_DONE = {
    "added": lazy_gettext("Account added"),
    "disabled": lazy_gettext("Account shut"),
    "enabled": lazy_gettext("Account opened again"),
    "reset": lazy_gettext("New password given"),
    "granted": lazy_gettext("Role given"),
    "revoked": lazy_gettext("Role taken away"),
    "changed password": lazy_gettext("Password changed"),
    "reset letter sent": lazy_gettext("Letter for a new password sent"),
    "reset by mail": lazy_gettext("New password chosen, with a letter"),
    "organisation connected": lazy_gettext("Sign-in of the organisation connected"),
    "organisation taken off": lazy_gettext("Sign-in of the organisation disconnected"),
    "mail asked": lazy_gettext("Letter to prove a mail address sent"),
    "mail changed": lazy_gettext("Mail address changed"),
    "second factor set up": lazy_gettext("Second factor set up"),
    "second factor taken off": lazy_gettext("Second factor taken off"),
    "recovery code used": lazy_gettext("Recovery code used"),
    "signed in": lazy_gettext("Signed in"),
    "signed out": lazy_gettext("Signed out"),
    "ended a session": lazy_gettext("Another browser signed out"),
    "sign-in failed": lazy_gettext("Sign-in failed"),
    "code failed": lazy_gettext("Wrong code at sign-in"),
    "exported": lazy_gettext("List with private fields downloaded"),
    "plan saved": lazy_gettext("Plan saved"),
    "plan removed": lazy_gettext("Plan removed"),
    "site accepted": lazy_gettext("Site of a plan accepted"),
    "webhook added": lazy_gettext("Webhook added"),
    "webhook changed": lazy_gettext("Webhook changed"),
    "webhook paused": lazy_gettext("Webhook paused"),
    "webhook resumed": lazy_gettext("Webhook resumed"),
    "webhook removed": lazy_gettext("Webhook removed"),
    "webhook secret renewed": lazy_gettext("Webhook given a new secret"),
}
"""What is written in the trail, in words."""

_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_MACHINES = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class GrantTold:
    """A grant in words.

    Attributes
    ----------
    where
        The area by its name and code, or that it is everywhere.
    """

    grant: Grant
    role: str
    where: str
    stations: tuple[str, ...]


def role_name(role: Role) -> str:
    """What a role is called."""
    return str(_ROLES[role])


def role_meaning(role: Role) -> str:
    """What a role may do."""
    return str(_MEANINGS[role])


def grants_told(grants: Iterable[Grant], house: House) -> list[GrantTold]:
    """Grants in words."""
    return [
        GrantTold(one, role_name(one.role), say_area(house, one.area), tuple(sorted(one.stations))) for one in grants
    ]


def done_told(what: str) -> str:
    """What was done, in words; the key itself where there are none."""
    return str(_DONE.get(what, what))


def browser(agent: str) -> str:
    """What kind of browser calls itself so, as far as it says: ``Chrome, Android``."""
    kind = next((name for sign, name in _BROWSERS if sign in agent), "")
    machine = next((name for sign, name in _MACHINES if re.search(rf"\b{sign}", agent)), "")
    return ", ".join(part for part in (kind, machine) if part) or gettext("Unknown browser")
