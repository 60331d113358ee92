"""``flask registry``: look after the database that the stations stand in."""

from __future__ import annotations

import click

from stations.commands.telling import told
from stations.registry.log import WAIT_S
from stations.registry.migrating import upgrade
from stations.settings import Settings


def registry_commands(settings: Settings) -> click.Group:
    """Make the command group ``registry``.

    Parameters
    ----------
    settings
        Where the registry is; it is opened only by a command that runs.
    """

    @click.group("registry")
    def group() -> None:
        """Look after the database of the stations."""

    @group.command("upgrade")
    def upgrade_() -> None:
        """Bring the registry to the schema of this program; an empty place gets a new registry.

        All of it happens or nothing. Stop the servers and take a copy first: the
        older program cannot open the registry afterwards.
        """
        with told():
            done = upgrade(settings.database, WAIT_S)
        if done.before == done.after:
            click.echo(f"The registry has schema {done.after} already. Nothing was changed.")
        elif done.before:
            click.echo(f"The registry is upgraded from schema {done.before} to {done.after}.")
        else:
            click.echo(f"A new registry was made, with schema {done.after}.")

    return group
