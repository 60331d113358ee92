"""Who may change plans: planners of the area who are signed in; in a house without accounts, who knows the key."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from stations.errors import NotAllowedError
from stations.people.facts import Action, Person
from stations.people.rights import may, may_somewhere
from stations.questions.siting import SitingAnswer
from stations.web.house import House
from stations.web.siting.keyed import entered
from stations.web.siting.view import Asked
from stations.web.who import person_of


def with_accounts(house: House) -> bool:
    """Whether the house has accounts: then the key opens nothing.

    Raises
    ------
    RegistryError
        The accounts cannot be read.
    """
    return house.people is not None and house.people.any()


def may_plan(house: House) -> bool:
    """Whether whoever asks may change plans of some area.

    Raises
    ------
    RegistryError
        The accounts, or the key, cannot be read.
    """
    if with_accounts(house):
        return may_somewhere(person_of(request), Action.PLAN_SAVE)
    return entered(house)


def demand_planner(house: House) -> None:
    """Go on only if whoever asks may change plans of some area.

    Raises
    ------
    NotAllowedError
        They may not.
    """
    if may_plan(house):
        return
    if with_accounts(house):
        raise NotAllowedError("Only planners may do that. Sign in under /desk first.")
    raise NotAllowedError(
        "Only planners may do that. Enter the planners' key first; whoever runs this site can give it to you."
    )


def demand_in(house: House, action: Action, townships: Iterable[str]) -> Person | None:
    """Go on only if whoever asks may do something in all of these townships; give who it is, None with a key.

    Parameters
    ----------
    townships
        By their codes; empty for a place that lies in none, which administrators of everywhere alone may touch.

    Raises
    ------
    NotAllowedError
        They may not.
    """
    if not with_accounts(house):
        return None
    person = person_of(request)
    if not all(may(person, action, township=code, code=None) for code in set(townships)):
        raise NotAllowedError("That lies outside the area that is yours to plan.")
    return person


def townships_of(asked: Asked, answer: SitingAnswer, keys: Iterable[str] | None = None) -> list[str]:
    """Codes of the townships that sites stand in, of all of a plan or of some by their keys."""
    codes, some = asked.atlas.townships.codes, None if keys is None else set(keys)
    return [
        codes[step.township] if step.township >= 0 else ""
        for step in answer.steps
        if some is None or step.candidate.key in some
    ]
