"""``flask registry``: look after the database that the stations stand in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from stations.commands.bars import bars
from stations.commands.telling import told
from stations.photos.keeping import Photos
from stations.registry.backups import Contents, back_up, restore
from stations.registry.log import WAIT_S
from stations.registry.migrating import prepare, upgrade
from stations.registry.stores import Store, open_store
from stations.registry.verifying import Proof, repair, verify
from stations.settings import Settings

STAGES = {
    "copy": "Copying the log",
    "check": "Reading the backup",
    "restore": "Writing the log",
    "table": "Writing the table",
    "replay": "Replaying the log",
    "compare": "Comparing the table",
}


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

    @group.command("verify")
    @click.option("--repair", "mend", is_flag=True, help="Make the table of current stations again from the log.")
    def verify_(*, mend: bool) -> None:
        """Replay the log, and prove the table of current stations equal to it.

        Servers may run meanwhile. What does not agree is listed, with exit status 1.
        """
        with told():
            with _opened(settings.database) as store, bars(STAGES) as tell:
                proof = repair(store, tell) if mend else verify(store, tell)
                photos, spoilt = Photos(store).verify()
            _print_proof(proof, mended=mend)
            _print_photos(photos, spoilt)

    @group.command("backup")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--force", is_flag=True, help="Take the place of a file that is there.")
    def backup_(file: Path, *, force: bool) -> None:
        """Write the whole registry to one file, from which either kind of database can be made again.

        Servers may run meanwhile. The file holds private facts too: only its owner
        may read it.
        """
        with told():
            with _opened(settings.database) as store, bars(STAGES) as tell:
                made = back_up(store, file, at=datetime.now(UTC), overwrite=force, progress=tell)
            click.echo(
                f"{file.name}: {made.entries:,} entries in {made.batches:,} batches, up to revision {made.head}, "
                f"{file.stat().st_size / 1e6:.1f} MB. Read back and found right."
            )
            _print_kept(made)

    @group.command("restore")
    @click.argument("file", type=click.Path(path_type=Path))
    def restore_(file: Path) -> None:
        """Make a registry of a backup, in an empty place: all of it or nothing.

        The place is the one that YIZHAN_DATABASE names: a SQLite file that is not
        there yet, or an empty PostgreSQL database.
        """
        with told():
            with bars(STAGES) as tell:
                made = restore(settings.database, file, wait_s=WAIT_S, progress=tell)
            click.echo(
                f"Restored {made.entries:,} entries in {made.batches:,} batches, up to revision {made.head}, as of "
                f"{made.made}. Verified."
            )
            _print_kept(made)

    return group


@contextmanager
def _opened(url: str) -> Iterator[Store]:
    store = open_store(url, WAIT_S, make=False)
    try:
        prepare(store)
        yield store
    finally:
        store.close()


def _print_kept(made: Contents) -> None:
    if made.kept:
        click.echo(f"Beside the log: {made.kept:,} rows of reports, confirmations, counts by day, and saved plans.")
    click.echo(f"Digest of the log: {made.log}")


def _print_photos(count: int, spoilt: tuple[str, ...]) -> None:
    for name in spoilt:
        click.echo(f"wrong: the photo {name} is not what it was when it was kept", err=True)
    if spoilt:
        raise click.ClickException(
            f"{len(spoilt)} of {count:,} photos were damaged. Delete them on the pages of their stations, or restore a "
            "backup."
        )
    if count:
        click.echo(f"{count:,} photos are as they were kept.")


def _print_proof(proof: Proof, *, mended: bool) -> None:
    for difference in proof.differences:
        click.echo(f"wrong: {difference}", err=True)
    if proof.more:
        click.echo(f"and {proof.more:,} more.", err=True)
    if not proof.differences:
        click.echo(
            f"{'Made again and proven' if mended else 'Proven'}: {proof.entries:,} entries in {proof.batches:,} "
            f"batches, and the {proof.stations:,} stations that stand by them, as of revision {proof.head}."
        )
        click.echo(f"Digest of the log: {proof.log}")
        if mended:
            click.echo("Start the servers anew, so that they read the stations again.")
    elif proof.log_is_whole and not mended:
        raise click.ClickException(
            "The log is whole, but what was made from it is not. Make it again: flask registry verify --repair"
        )
    else:
        raise click.ClickException(
            ("Nothing was changed. " if mended else "")
            + "The log itself is damaged. Keep this registry for whoever looks into it, and restore the last good "
            "backup into a new place: flask registry restore FILE"
        )
