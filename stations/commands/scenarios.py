"""``flask siting list`` and its siblings: plans that were saved, shown, compared, accepted and removed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson
from flask_babel import force_locale, gettext
from rich.table import Table

from stations.commands.asking import HouseMaker, console, known_to
from stations.commands.coverage import ground_of
from stations.commands.plancomparing import compare_command
from stations.commands.planning import language_option, plans_of
from stations.commands.reporting import write_files
from stations.commands.sited import NOTHING, print_plan
from stations.commands.sitingfiles import files_of
from stations.commands.speaking import speaker
from stations.commands.telling import told
from stations.handouts.siting.lines import say_total
from stations.handouts.siting.proving import Scale, sureness_of
from stations.handouts.siting.reading import read_plan
from stations.questions.siting import Objective, SitingAnswer
from stations.scenarios import Scenario
from stations.web.language import LOCALES
from stations.web.sited import asked_of
from stations.web.siting.findings import Sitings
from stations.web.siting.view import Asked
from stations.wording.names import Names

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

BY = click.option("--by", required=True, help="Who does it; it is kept with the plan.")


def scenario_commands(house: HouseMaker) -> list[click.Command]:
    """Make the commands for saved plans."""
    return [_list(house), _show(house), compare_command(house), _accept(house), _remove(house), _key(house)]


def _list(house: HouseMaker) -> click.Command:
    @click.command("list")
    @click.option("--all", "every", is_flag=True, help="Also earlier versions, and what was removed.")
    @click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
    @language_option()
    def list_(*, every: bool, as_json: bool, lang: str) -> None:
        """List the saved plans, the newest first."""
        with told(speaker(lang)), force_locale(LOCALES[lang]):
            scenarios = plans_of(house()).scenarios
            found = scenarios.history() if every else scenarios.all()
            if as_json:
                click.echo(orjson.dumps([_record(one) for one in found], option=orjson.OPT_INDENT_2).decode())
            elif found:
                console().print(_table(found))
            else:
                click.echo(gettext("No plan is saved."))
            sys.stdout.flush()

    return list_


def _show(house: HouseMaker) -> click.Command:
    @click.command("show")
    @click.argument("plan")
    @click.option("--json", "as_json", is_flag=True, help="Print what was saved as JSON.")
    @click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        help="Write everything that the page gives to take home to this folder.",
    )
    @language_option()
    def show(plan: str, *, as_json: bool, out: Path | None, lang: str) -> None:
        """Show a saved plan, by its id or name, as it was when it was saved."""
        with told(speaker(lang)), force_locale(LOCALES[lang]):
            there = house()
            scenario = plans_of(there).scenarios.get(plan)
            if as_json:
                click.echo(orjson.dumps(_record(scenario), option=orjson.OPT_INDENT_2).decode())
                return
            ground_of(there)
            sitings = Sitings(there, known_to(there))
            asked, answer = replayed(sitings, scenario, there.digest)
            _print_head(scenario)
            print_plan(read_plan(answer, Names.read(), there.zone, asked.atlas))
            if out is not None:
                grounded = sitings.grounded(asked)
                question, day = asked_of(scenario.query), scenario.made.date()
                write_files(out, files_of(there, question, asked, grounded, answer, day, scenario))
            sys.stdout.flush()

    return show


def _accept(house: HouseMaker) -> click.Command:
    @click.command("accept")
    @click.argument("plan")
    @click.argument("site")
    @BY
    @click.option("--name", default="", help="What the station is to be called; as the site when left out.")
    @click.option("--anyway", is_flag=True, help="Also where another station stands already.")
    @language_option()
    def accept(plan: str, site: str, *, by: str, name: str, anyway: bool, lang: str) -> None:
        """Make a planned station of a site of a saved plan: SITE is its number in the plan, or its key."""
        with told(speaker(lang)), force_locale(LOCALES[lang]):
            there = house()
            plans = plans_of(there)
            scenario = plans.scenarios.get(plan)
            atlas = ground_of(there)
            _, answer = replayed(Sitings(there, known_to(there)), scenario, there.digest)
            lines = read_plan(answer, Names.read(), there.zone, atlas).sites
            at = next((at for at, line in enumerate(lines) if site in {line.key, str(line.number)}), None)
            if at is None:
                raise click.ClickException(
                    gettext("The plan “%(name)s” has no site %(site)s.", name=scenario.name, site=site)
                )
            step = answer.steps[at]
            made = plans.accept(
                scenario.id,
                step.candidate,
                township=atlas.townships.codes[step.township] if step.township >= 0 else "",
                name=name or lines[at].name,
                by=by,
                now=datetime.now(UTC),
                anyway=anyway,
            )
            click.echo(gettext("%(code)s %(name)s is a planned station now.", code=made.code, name=made.name))

    return accept


def _remove(house: HouseMaker) -> click.Command:
    @click.command("remove")
    @click.argument("plan")
    @BY
    @language_option()
    def remove(plan: str, *, by: str, lang: str) -> None:
        """Take a saved plan out of the list. It is kept, and so is who removed it and when."""
        with told(speaker(lang)), force_locale(LOCALES[lang]):
            gone = plans_of(house()).scenarios.remove(plan, by, datetime.now(UTC))
            click.echo(gettext("“%(name)s”, %(id)s, was removed.", name=gone.name, id=gone.id))

    return remove


def _key(house: HouseMaker) -> click.Command:
    @click.command("key")
    def key() -> None:
        """Print the key with which planners save and accept plans on the page."""
        with told():
            found = plans_of(house()).key
            click.echo(found.key())
            click.echo(
                "As YIZHAN_PLANNING_KEY has it."
                if found.is_set
                else "It follows from this registry. Set YIZHAN_PLANNING_KEY to have another.",
                err=True,
            )

    return key


def replayed(sitings: Sitings, scenario: Scenario, digest: str | None) -> tuple[Asked, SitingAnswer]:
    """A saved plan as it was: asked of the stations of then. On another atlas it is counted anew, and that is said."""
    asked = sitings.saved(scenario)
    if sitings.same_ground(scenario):
        return asked, sitings.answer(asked, scenario.plan)
    click.echo(
        gettext(
            "The plan was saved on the atlas %(then)s, and this one is %(now)s: it is counted anew, and its proof "
            "does not hold here.",
            then=scenario.digest[:12],
            now=(digest or "")[:12],
        ),
        err=True,
    )
    return asked, sitings.answer(asked, sitings.recounted(asked, scenario.plan))


def _table(scenarios: tuple[Scenario, ...]) -> Table:
    table = Table(title=gettext("Saved plans"), title_justify="left")
    heads = {
        gettext("Plan"): False,
        gettext("Name"): False,
        gettext("Version"): True,
        gettext("Saved by"): False,
        gettext("When"): False,
        gettext("Sites"): True,
        gettext("Today"): True,
        gettext("With the plan"): True,
        gettext("Sure"): False,
        gettext("Accepted"): True,
    }
    for head, figures in heads.items():
        table.add_column(head, justify="right" if figures else "left", overflow="fold")
    for one in scenarios:
        table.add_row(
            one.id,
            one.name if one.removed is None else gettext("%(name)s (removed)", name=one.name),
            str(one.version),
            one.by,
            f"{one.made:%Y-%m-%d %H:%M}",
            str(len(one.plan.keys)),
            _figure(one.summary, "before"),
            _figure(one.summary, "after"),
            _sure(one),
            f"{len(one.accepted)} / {len(one.plan.keys)}",
        )
    return table


def _figure(summary: Mapping[str, float | str], name: str) -> str:
    """A figure of a plan's summary in words; a dash where it is not there."""
    try:
        scale = Scale(Objective(str(summary["aim"])), str(summary["unit"]), float(summary["demand"]))
        return say_total(scale, float(summary[name]))
    except (KeyError, TypeError, ValueError):
        return NOTHING


def _sure(one: Scenario) -> str:
    words = {"proven": gettext("proven"), "bounded": gettext("best so far"), "greedy": gettext("chosen at once")}
    return words[sureness_of(one.plan.ended).value]


def _print_head(one: Scenario) -> None:
    made = f"{one.made:%Y-%m-%d %H:%M}"
    click.echo(f"{one.name}  {one.id}")
    click.echo(gettext("Version %(version)s, saved by %(by)s, %(when)s", version=one.version, by=one.by, when=made))
    if one.note:
        click.echo(one.note)
    if one.removed is not None:
        when = f"{one.removed:%Y-%m-%d %H:%M}"
        click.echo(gettext("Removed by %(by)s, %(when)s", by=one.removed_by, when=when))
    for key, code in one.accepted.items():
        click.echo(gettext("Site %(key)s is the planned station %(code)s.", key=key, code=code))
    click.echo()


def _record(one: Scenario) -> dict[str, Any]:
    """A plan as it was saved, for programs."""
    return {
        "id": one.id,
        "name": one.name,
        "version": one.version,
        "by": one.by,
        "made": one.made.isoformat(),
        "note": one.note,
        "query": {name: list(values) for name, values in one.query.items()},
        "revision": one.revision,
        "digest": one.digest,
        "plan": one.plan.to_record(),
        "summary": dict(one.summary),
        "accepted": dict(one.accepted),
        "removed": None if one.removed is None else one.removed.isoformat(),
        "removed_by": one.removed_by,
    }
