"""``flask nearest``, ``flask coverage`` and ``flask siting``: the questions of the pages, asked at the command line."""

from __future__ import annotations

from datetime import datetime

import click
from rich.table import Table

from stations.commands.asking import HouseMaker, args_of, console, known_to
from stations.commands.coverage import coverage_commands
from stations.commands.siting import siting_commands
from stations.commands.telling import told
from stations.questions.nearest import Found, Why, find_nearest
from stations.web.api.nearest import Written, write_nearest
from stations.web.params import read_nearest


def question_commands(house: HouseMaker) -> list[click.Command]:
    """Make the commands ``nearest``, ``coverage`` and ``siting``.

    Parameters
    ----------
    house
        Opens the registry and the atlas; called only by a command that runs.
    """
    return [_nearest(house), coverage_commands(house), siting_commands(house)]


def _nearest(house: HouseMaker) -> click.Command:

    @click.command("nearest")
    @click.option("--lon", required=True, help="Longitude in degrees, WGS-84.")
    @click.option("--lat", required=True, help="Latitude in degrees, WGS-84.")
    @click.option("--mode", default="walk", show_default=True, help="walk or ebike.")
    @click.option("--minutes", default="15", show_default=True, help="How far one is ready to go.")
    @click.option("--at", default="", help="When one sets out, ISO 8601; now when left out.")
    @click.option("--amenity", multiple=True, help="What the station must have; may be given again.")
    @click.option("--who", multiple=True, help="What one is, for stations that are for some only; may be given again.")
    @click.option("--limit", default="5", show_default=True, help="1 to 50 stations.")
    @click.option("--path", is_flag=True, help="With --json: the way along the streets, too.")
    @click.option("--json", "as_json", is_flag=True, help="Print the answer as /api/nearest gives it.")
    def nearest(*, as_json: bool, path: bool, amenity: tuple[str, ...], who: tuple[str, ...], **options: str) -> None:
        """Find the stations that are quickest to reach and open on arrival."""
        with told():
            there = house()
            several = {"amenity": amenity} | ({"who": who} if who else {})
            args = args_of(options | {"path": "1" if path else "0"}, several)
            query = read_nearest(args, known_to(there), datetime.now(there.zone))
            answer = find_nearest(query, there.snapshot(), there.atlas)
            if as_json:
                click.echo(write_nearest(answer, Written()))
                return
            table = Table(title=f"Revision {answer.revision}, atlas {(answer.digest or 'none')[:12]}")
            for heading in ("code", "name", "minutes", "metres", "basis", "on arrival", "until", "why not"):
                figures = heading in {"minutes", "metres"}
                table.add_column(heading, justify="right" if figures else "left", no_wrap=heading != "name")
            for found in (*answer.stations, *answer.later, *answer.almost):
                table.add_row(*_cells(found))
            console().print(table)
            if not answer.stations:
                click.echo("Nothing that fits is within reach.")

    return nearest


def _cells(found: Found) -> list[str]:
    until = "" if found.changes_at is None else f"{found.changes_at:%m-%d %H:%M}"
    why = ", ".join(
        f"{reason.key.value} {reason.values.get('amenity', '')}".strip()
        if reason.key is not Why.TOO_FAR
        else f"beyond {reason.values['minutes']:g} min"
        for reason in found.reasons
    )
    minutes, metres = f"{found.seconds / 60:.1f}", f"{found.metres:,.0f}"
    return [found.station.code, found.station.name, minutes, metres, found.basis, found.state.value, until, why]
