"""``flask siting``: where the next stations should go, with a proof; saved plans hang beneath it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from flask_babel import force_locale, gettext

from stations.commands.asking import HouseMaker, known_to
from stations.commands.coverage import ground_of
from stations.commands.planning import language_option, plans_of
from stations.commands.proving import proven
from stations.commands.reporting import as_saved, read_saved, write_files
from stations.commands.scenarios import scenario_commands
from stations.commands.sited import print_plan
from stations.commands.sitingfiles import files_of
from stations.commands.speaking import speaker
from stations.commands.telling import told
from stations.exchange.candidates import read_candidates
from stations.handouts.question import read_question
from stations.handouts.siting.proving import Scale
from stations.handouts.siting.reading import money_counts, read_plan
from stations.questions.siting import SitingAnswer
from stations.scenarios import Parameters, StoredPlan
from stations.web.house import House
from stations.web.language import LOCALES
from stations.web.params import refuse_unknown
from stations.web.sited import SITING_PARAMETERS, asked_of
from stations.web.siting.findings import Sitings, stored, summary_of
from stations.web.siting.view import Asked
from stations.wording.names import Names

USUAL_LIMIT_S = 60.0

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

ONE = (
    ("--aim", "most, fewest, median or center: what the sites are chosen for; most when left out."),
    ("--sites", "How many new ones at most; 5 when neither this nor a budget is given."),
    ("--budget", "What they may cost together."),
    ("--share", "Percent of the demand that --aim fewest must cover; 100 when left out."),
    ("--times", "How many stations must be within reach of whoever is covered, 1 or 2."),
    ("--spacing", "Bare points on the streets so many metres apart are candidates."),
    ("--list", "Name of an uploaded list of candidates; see --candidates."),
    ("--capacity", "Demand that a new station can serve."),
    ("--seats", "Demand that a station there already can serve."),
    ("--assume", "When a station at a place of unknown hours would be open, such as 08:00-22:00."),
    ("--farthest", "--aim median: a way that takes longer counts as so many minutes."),
    ("--mode", "walk or ebike."),
    ("--minutes", "Within how many minutes one is served; 15 when left out."),
    ("--speed", "km/h; the travel mode's own when left out."),
    ("--weight", "By what is counted: people, street, area or an added layer."),
    ("--at", "Count the stations open at this moment, ISO 8601; all when left out."),
)
"""Parameters of the address that are given once."""

SEVERAL = (
    ("--host", "Premises of this kind are candidates; all kinds where nothing else is said."),
    ("--point", "A candidate at LON,LAT[,NAME[;HOURS]]."),
    ("--force", "This candidate must be among the sites."),
    ("--forbid", "This candidate must not."),
    ("--cost", "What a candidate or a kind of them costs, such as bank:3; 1 when left out."),
    ("--moment", "One must find an open station at this moment, ISO 8601; its weight after a semicolon."),
    ("--wish", "Amenities joined by +, such as water+microwave, that a station must have; its weight likewise."),
    ("--amenity", "A station must have this to count."),
    ("--add", "Suppose a station at LON,LAT[,NAME[;HOURS]]."),
    ("--move", "Suppose that one stands elsewhere, CODE,LON,LAT."),
    ("--close", "Suppose that the station CODE is closed."),
    ("--hours", "Suppose other hours, CODE;HOURS."),
)
"""Parameters of the address that may be given again."""


def asking(command: Decorated) -> Decorated:
    """Add an option for every parameter of the page's address."""
    command = click.option("--leave-out", is_flag=True, help="Leave out demand that nothing reaches, and say so.")(
        command
    )
    command = click.option("--anew", is_flag=True, help="As if there were no stations yet.")(command)
    for name, meaning in reversed(SEVERAL):
        command = click.option(name, multiple=True, help=f"{meaning} May be given again.")(command)
    for name, meaning in reversed(ONE):
        command = click.option(name, default="", help=meaning)(command)
    return command


@dataclass(frozen=True)
class _Wishes:
    """How to search, and what to do with what is found."""

    quick: bool
    limit_s: float | None
    name: str
    by: str
    note: str
    out: Path | None
    day: date | None


def siting_commands(house: HouseMaker) -> click.Group:
    """Make the command ``siting``, and those for saved plans beneath it.

    Parameters
    ----------
    house
        Opens the registry and the atlas; called only by a command that runs.
    """

    @click.group("siting", invoke_without_command=True)
    @asking
    @click.option(
        "--candidates",
        type=click.Path(path_type=Path, dir_okay=False),
        help="A list of candidates: CSV, a workbook, GeoJSON or GeoPackage with positions, and names, kinds, hours, "
        "costs or capacities as far as they are known.",
    )
    @click.option(
        "--query",
        "file",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Ask the saved question of this file; other options come before what it says.",
    )
    @click.option(
        "--time-limit",
        "limit_s",
        type=click.FloatRange(min=0.0),
        default=USUAL_LIMIT_S,
        show_default=True,
        help="Seconds after which the best so far is the answer; 0 for as long as it takes.",
    )
    @click.option("--quick", is_flag=True, help="Choose at once, without a proof.")
    @click.option("--save", "name", default="", help="Save the plan under this name; needs --by.")
    @click.option("--by", default="", help="Who saves it.")
    @click.option("--note", default="", help="What is to be said of it.")
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help="Write everything that the page gives to take home to this folder.",
    )
    @language_option()
    @click.pass_context
    def siting(
        context: click.Context,
        /,
        *,
        candidates: Path | None,
        file: Path | None,
        limit_s: float,
        quick: bool,
        name: str,
        by: str,
        note: str,
        out: Path | None,
        lang: str,
        **options: Any,
    ) -> None:
        """Find where the next stations should go, and prove how good that is. Ctrl-C gives the best so far."""
        if context.invoked_subcommand is not None:
            return
        if name and not by:
            raise click.UsageError("Say who saves the plan: --by WHO.")
        with told(speaker(lang)), force_locale(LOCALES[lang]):
            there = house()
            ground_of(there)
            asked, day = _asked(options), None
            if file is not None:
                saved = read_question(read_saved(file), datetime.now(there.zone).date())
                there, day = as_saved(there, saved), saved.day
                asked = {name: list(values) for name, values in saved.query.items()} | asked
            if candidates is not None:
                rows = read_candidates(candidates)
                asked["list"] = [plans_of(there).lists.keep(rows, datetime.now(UTC))]
            _answer(there, asked, _Wishes(quick, limit_s or None, name, by, note, out, day))
            sys.stdout.flush()

    for command in scenario_commands(house):
        siting.add_command(command)
    return siting


def _asked(options: Mapping[str, Any]) -> dict[str, list[str]]:
    """Options as the parameters of an address."""
    asked = {name: [value] for name, value in options.items() if isinstance(value, str) and value}
    asked |= {name: list(value) for name, value in options.items() if isinstance(value, tuple) and value}
    if options["anew"]:
        asked["keep"] = ["0"]
    if options["leave_out"]:
        asked["leave_out"] = ["1"]
    return asked


def _answer(there: House, args: Parameters, wishes: _Wishes) -> None:
    refuse_unknown(args, SITING_PARAMETERS)
    question = asked_of(args)
    sitings = Sitings(there, known_to(there))
    asked = sitings.asked(question)
    plan = sitings.quick(asked) if wishes.quick else _searched(sitings, asked, wishes)
    answer = sitings.answer(asked, plan)
    print_plan(read_plan(answer, Names.read(), there.zone, asked.atlas))
    if wishes.name:
        _save(there, question, asked, plan, answer, wishes)
    if wishes.out is not None:
        day = datetime.now(there.zone).date() if wishes.day is None else wishes.day
        write_files(wishes.out, files_of(there, question, asked, sitings.grounded(asked), answer, day))


def _searched(sitings: Sitings, asked: Asked, wishes: _Wishes) -> StoredPlan:
    grounded = sitings.grounded(asked)
    query = asked.query
    scale = Scale(query.objective, grounded.layer.demand.unit, grounded.case.total, money_counts(query))
    plan = proven(grounded, wishes.limit_s, scale)
    return stored(plan, grounded)


def _save(
    there: House, question: Parameters, asked: Asked, plan: StoredPlan, answer: SitingAnswer, wishes: _Wishes
) -> None:
    saved = plans_of(there).scenarios.save(
        wishes.name,
        wishes.by,
        wishes.note,
        question,
        asked.revision,
        asked.digest,
        plan,
        summary_of(answer),
        datetime.now(UTC),
    )
    click.echo(gettext("Saved as “%(name)s”, %(id)s.", name=saved.name, id=saved.id))
