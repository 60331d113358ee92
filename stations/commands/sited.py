"""What the command line says of a plan: the sentences of the page, and its tables."""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask_babel import gettext
from rich.table import Table

from stations.commands.asking import console
from stations.handouts.siting.lines import SiteLine
from stations.handouts.siting.reading import PlanReading
from stations.wording.figures import say_demand

NOTHING = "–"


def print_plan(reading: PlanReading) -> None:
    """Print a plan: what was found first, then the proof, the sites, who gains, and what would come next."""
    click.echo(reading.headline)
    click.echo(reading.proof)
    click.echo()
    click.echo(reading.caption)
    click.echo(reading.among)
    for note in reading.notes:
        click.echo(f"! {note}")
    if reading.sites:
        console().print(_sites(reading))
    if any(line.gains for line in reading.townships):
        console().print(_townships(reading))
    for sentence in _sentences(reading):
        click.echo(sentence)


def _sites(reading: PlanReading) -> Table:
    table = Table(title=gettext("Sites in order of what they add"), title_justify="left")
    heads = [
        ("#", True),
        (gettext("Site"), False),
        (gettext("Kind"), False),
        (gettext("Township"), False),
        (gettext("Adds"), True),
        (gettext("With it"), True),
        (gettext("Lost without it"), True),
        *([(gettext("Cost"), True)] if reading.money else []),
        (gettext("Key"), False),
    ]
    for head, figures in heads:
        table.add_column(head, justify="right" if figures else "left", overflow="fold")
    for line in reading.sites:
        table.add_row(*_cells(line, money=reading.money))
    return table


def _cells(line: SiteLine, *, money: bool) -> list[str]:
    name = gettext("%(name)s (wanted)", name=line.name) if line.wanted else line.name
    if line.premises:
        name += f"\n{line.premises}"
    cells = [str(line.number), name, line.kind, line.township, line.adds, line.total, line.alone]
    return [*cells, *([line.cost] if money else []), line.key]


def _townships(reading: PlanReading) -> Table:
    table = Table(title=gettext("Townships that gain"), title_justify="left")
    for head in (gettext("Township"), gettext("Demand"), gettext("Today"), gettext("With the plan"), gettext("Gain")):
        table.add_column(head, justify="right" if table.columns else "left")
    for line in reading.townships:
        if line.gains:
            demand = say_demand(line.demand, reading.unit)
            table.add_row(line.name, demand, line.before_said, line.after_said, line.gained)
    return table


def _sentences(reading: PlanReading) -> Iterator[str]:
    if reading.curve_said:
        yield reading.curve_said
    for line in reading.further:
        yield line.sentence
    if not reading.further and reading.further_said:
        yield reading.further_said
    for firm in reading.firmness:
        yield firm.sentence
    if reading.firmness_said:
        yield reading.firmness_said
    yield reading.search
