"""The planners' key in a browser: entered once, remembered in the signed cookie until it changes."""

from __future__ import annotations

import hmac
from hashlib import blake2b

from flask import session

from stations.scenarios import PlanningKey
from stations.web.house import House

ENTERED, BY = "planner", "by"
LONGEST_BY = 60


def entered(house: House) -> bool:
    """Whether the key that holds now was entered in the browser that asks.

    Raises
    ------
    RegistryError
        The key cannot be read.
    """
    kept = session.get(ENTERED)
    if house.plans is None or not isinstance(kept, str):
        return False
    return hmac.compare_digest(kept.encode(), _trace(house.plans.key).encode())


def enter(house: House, text: str) -> bool:
    """Remember that the key was entered, if it is the key.

    Raises
    ------
    RegistryError
        The key cannot be read.
    """
    if house.plans is None or not house.plans.key.fits(text):
        return False
    session[ENTERED] = _trace(house.plans.key)
    session.permanent = True
    return True


def leave() -> None:
    """Forget that the key was entered, and who one is."""
    session.pop(ENTERED, None)
    session.pop(BY, None)


def remember_by(by: str) -> None:
    """Keep who somebody is, so that it need not be typed again."""
    session[BY] = " ".join(by.split())[:LONGEST_BY]
    session.permanent = True


def by_last() -> str:
    """Who somebody said to be last."""
    kept = session.get(BY)
    return kept if isinstance(kept, str) else ""


def _trace(key: PlanningKey) -> str:
    """What stands for a key in a cookie: it changes with it, and does not give it away."""
    return blake2b(key.key().encode(), digest_size=16, person=b"yizhan planner").hexdigest()
