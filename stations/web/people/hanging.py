"""How views are hung: every one with what it needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response

from stations.people.facts import Action
from stations.web.who import About, Wide, needs


@dataclass(frozen=True)
class Way:
    """One address of the accounts.

    Attributes
    ----------
    method
        GET or POST.
    view
        Its name is that of the endpoint.
    action, about
        As for `needs`.
    """

    method: str
    rule: str
    view: Callable[..., Response]
    about: About | Wide
    action: Action | None = None


def hang_all(door: Blueprint, ways: tuple[Way, ...]) -> None:
    """Hang views into a door."""
    for way in ways:
        guarded = needs(way.action, way.about)(way.view)
        door.add_url_rule(way.rule, way.view.__name__, guarded, methods=[way.method])
