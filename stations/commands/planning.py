"""What the commands for planners have in common: the language of a plan, and where plans are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from stations.scenarios import Plans
from stations.web.house import House
from stations.web.language import LOCALES

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def language_option() -> Callable[[Decorated], Decorated]:
    """Make the option that chooses in which language a plan is told."""
    return click.option(
        "--language",
        "lang",
        type=click.Choice(sorted(LOCALES)),
        default="zh",
        show_default=True,
        help="Of what is told.",
    )


def plans_of(there: House) -> Plans:
    """The plans of a house.

    Raises
    ------
    ClickException
        It keeps none.
    """
    if there.plans is None:
        message = "No plans are kept here."
        raise click.ClickException(message)
    return there.plans
