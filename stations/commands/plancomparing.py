"""``flask siting compare``: saved plans beside today and each other, measured by one question."""

from __future__ import annotations

import sys
from typing import Any

import click
import orjson
from flask_babel import force_locale, gettext, ngettext
from rich.table import Table

from stations.commands.asking import HouseMaker, args_of, console, known_to
from stations.commands.coverage import ground_of
from stations.commands.planning import language_option, plans_of
from stations.commands.speaking import speaker
from stations.commands.telling import told
from stations.handouts.townshiptables import township_name
from stations.questions.siting.comparing import Measured, PlansCompared, TownshipMeasured, compare_plans
from stations.web.language import LOCALES
from stations.web.planned import read_coverage
from stations.web.siting.comparing import planned_of, yardstick_of
from stations.web.siting.findings import Sitings
from stations.wording.figures import say_demand, say_share


def compare_command(house: HouseMaker) -> click.Command:
    """Make the command ``compare``."""

    @click.command("compare")
    @click.argument("plans", nargs=-1, required=True, metavar="PLAN...")
    @click.option("--mode", default="", help="walk or ebike; that of the first plan when left out.")
    @click.option("--minutes", default="", help="Within how many minutes; likewise.")
    @click.option("--speed", default="", help="km/h; likewise.")
    @click.option("--weight", default="", help="By what is counted; likewise.")
    @click.option("--at", default="", help="Count the stations open at this moment, ISO 8601; likewise.")
    @click.option("--amenity", multiple=True, help="Count the stations that have this; may be given again.")
    @click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
    @language_option()
    def compare(*, plans: tuple[str, ...], as_json: bool, lang: str, amenity: tuple[str, ...], **options: str) -> None:
        """Measure today and saved plans, by id or name, by one question: what each covers, once and by two."""
        with told(speaker(lang)), force_locale(LOCALES[lang]):
            there = house()
            atlas = ground_of(there)
            sitings = Sitings(there, known_to(there))
            scenarios = [plans_of(there).scenarios.get(one) for one in plans]
            args = args_of({name: value for name, value in options.items() if value}, {"amenity": amenity})
            yardstick = read_coverage(yardstick_of(args, scenarios[0]), known_to(there))
            built = [planned_of(sitings.saved(one), one) for one in scenarios]
            compared = compare_plans(yardstick, built, there.snapshot(), atlas)
            if as_json:
                click.echo(orjson.dumps(_record(compared), option=orjson.OPT_INDENT_2).decode())
            else:
                _print(compared)
            sys.stdout.flush()

    return compare


def _print(compared: PlansCompared) -> None:
    table = Table(title=gettext("Plans compared"), title_justify="left")
    table.add_column("")
    for one in compared.plans:
        table.add_column(one.name or gettext("Today"), justify="right", overflow="fold")

    def row(head: str, *cells: str) -> None:
        table.add_row(head, *cells)

    row(gettext("Sites"), *(str(one.sites) for one in compared.plans))
    row(gettext("Cost"), *(f"{one.cost:,g}" for one in compared.plans))
    row(gettext("Covered"), *(_covered(one, compared.unit) for one in compared.plans))
    row(gettext("Covered by two"), *(say_share(one.twice, one.demand) for one in compared.plans))
    row(gettext("Gain"), *(say_demand(one.gained, compared.unit) for one in compared.plans))
    row(gettext("Lost"), *(say_demand(one.lost, compared.unit) for one in compared.plans))
    for township in compared.townships:
        table.add_row(township_name(township.name), *_shares(township))
    console().print(table)
    names = [one.name for one in compared.plans[1:]]
    for first, name in enumerate(names):
        for second in range(first + 1, len(names)):
            click.echo(
                ngettext(
                    "“%(one)s” and “%(other)s” have %(num)s site in common.",
                    "“%(one)s” and “%(other)s” have %(num)s sites in common.",
                    compared.shared[first][second],
                    one=name,
                    other=names[second],
                )
            )


def _covered(one: Measured, unit: str) -> str:
    return f"{say_share(one.covered, one.demand)} ({say_demand(one.covered, unit)})"


def _shares(township: TownshipMeasured) -> list[str]:
    return [say_share(covered, township.demand) for covered in township.covered]


def _record(compared: PlansCompared) -> dict[str, Any]:
    return {
        "unit": compared.unit,
        "demand": compared.demand,
        "revision": compared.revision,
        "digest": compared.digest,
        "plans": [
            {
                "name": one.name,
                "sites": one.sites,
                "cost": one.cost,
                "covered": one.covered,
                "covered_twice": one.twice,
                "gained": one.gained,
                "lost": one.lost,
            }
            for one in compared.plans
        ],
        "townships": [
            {
                "code": one.code,
                "name": one.name,
                "demand": one.demand,
                "covered": list(one.covered),
                "covered_twice": list(one.twice),
            }
            for one in compared.townships
        ],
        "shared": [list(row) for row in compared.shared],
    }
