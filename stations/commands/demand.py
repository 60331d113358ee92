"""``flask demand``: add to the atlas a count of workers that coverage is weighed by, list layers, take one away."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from geodata.atlas import Atlas
from geodata.demand import SAMPLE_M
from geodata.layers import (
    DAMAGED,
    IN_USE,
    Added,
    Layer,
    added_layers,
    check_free,
    check_key,
    read_workers,
    remove_layer,
    write_layer,
)
from stations.commands.telling import told
from stations.settings import Settings

MOST_NOTES = 30
AGAIN = "Add it again, or take it away with: flask demand remove NAME"


def demand_commands(settings: Settings) -> click.Group:
    """Make the command group ``demand``.

    Parameters
    ----------
    settings
        Where the atlas is.
    """

    @click.group("demand")
    def group() -> None:
        """Say by whose numbers coverage is weighed: workers, where you know them."""

    @group.command("add")
    @click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
    @click.option("--name", required=True, help="What it is called in addresses and commands, such as couriers.")
    @click.option("--title", default="", help="What people read, such as 快递员; the name when left out.")
    @click.option("--replace", is_flag=True, help="Put it in the place of one of this name.")
    def add(file: Path, name: str, title: str, *, replace: bool) -> None:
        """Add a count of workers by point, by area or by township, in any form that a population file may have."""
        with told():
            check_key(name)
            if not replace:
                check_free(settings.atlas, name)
            atlas = Atlas.load(settings.atlas)
            networks = {mode: atlas.network(mode) for mode in atlas.modes}
            samples = atlas.streets.samples(0, SAMPLE_M)
            layer = read_workers(file, name, title, samples, atlas.townships, networks)
            write_layer(layer, settings.atlas, atlas.digest, file.name)
        _tell(layer)
        click.echo("Servers that run take it in when they are started again.")

    @group.command("list")
    def list_() -> None:
        """List by what coverage can be weighed: what the atlas has of its own, and what was added."""
        with told():
            atlas = Atlas.load(settings.atlas)
            added = added_layers(settings.atlas, atlas.digest)
        _list(atlas, added)

    @group.command("remove")
    @click.argument("name")
    def remove(name: str) -> None:
        """Take away what was added under a name."""
        with told():
            remove_layer(settings.atlas, name)
        click.echo(f"{name} was taken away. Servers that run go on with it until they are started again.")

    return group


def _tell(layer: Layer) -> None:
    """Print what was read."""
    console = _console()
    demand = layer.demand
    console.print(
        f"{layer.key}: {demand.weight.sum():,.0f} {demand.unit} at {demand.weight.size:,} points, by {demand.basis}"
    )
    for mode, snaps in layer.on.items():
        off = float(demand.weight[snaps.edge < 0].sum())
        if off > 0:
            console.print(f"            {off:,.0f} of them more than 500 m from any street of {mode}: never covered")
    for note in demand.notes[:MOST_NOTES]:
        console.print(f"Note        {note}")
    if len(demand.notes) > MOST_NOTES:
        console.print(f"            and {len(demand.notes) - MOST_NOTES} more notes")


def _list(atlas: Atlas, added: tuple[Added, ...]) -> None:
    """Print the layers of an atlas and those that were added, also what is of no use."""
    table = Table(title=f"Atlas {atlas.digest[:12]}", title_justify="left")
    for heading in ("name", "title", "amount", "unit", "points", "by", "from", "state"):
        table.add_column(heading, justify="right" if heading in {"amount", "points"} else "left")
    spoken_for = {each.key for each in added}
    for key, layer in atlas.layers.items():
        if key not in spoken_for:
            demand = layer.demand
            figures = (f"{demand.weight.sum():,.0f}", demand.unit, f"{demand.weight.size:,}")
            table.add_row(key, "", *figures, demand.basis, "the atlas", IN_USE)
    for each in added:
        figures = ("", "", "") if each.state == DAMAGED else (f"{each.total:,.0f}", each.unit, f"{each.points:,}")
        table.add_row(each.key, each.title, *figures, each.basis, each.source, each.state)
    _console().print(table)
    for each in added:
        if each.state != IN_USE:
            click.echo(f"{each.key} is {each.state} and not used. {AGAIN.replace('NAME', each.key)}")


def _console() -> Console:
    """A console as wide as the table where its output goes to a file, so that no name is cut."""
    console = Console(markup=False, emoji=False, highlight=False)
    return console if console.is_terminal else Console(markup=False, emoji=False, highlight=False, width=160)
