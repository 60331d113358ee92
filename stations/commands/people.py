"""``flask people``: accounts of the staff, and the trail of what was done at their doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
import orjson

from stations.commands.telling import told, who
from stations.people.facts import By, Grant, Person, Role, area_of
from stations.people.people import LANGUAGES, People

Command = Callable[..., None]

ROLES = click.Choice([role.value for role in Role])


def people_commands(people: Callable[[], People], timezone: ZoneInfo) -> click.Group:
    """Make the command group ``people``.

    Parameters
    ----------
    people
        Opens the accounts; called only by a command that runs.
    """

    @click.group("people")
    def group() -> None:
        """See who the staff are, and say what they may do and where."""

    _add_accounts(group, people)
    _add_grants(group, people)
    _add_looks(group, people, timezone)
    return group


def _add_accounts(group: click.Group, people: Callable[[], People]) -> None:
    @group.command("add")
    @click.argument("login")
    @click.argument("name")
    @_grant_options
    @click.option(
        "--language", type=click.Choice(sorted(LANGUAGES)), default="zh", show_default=True, help="What they read."
    )
    @click.option("--mail", default="", help="Where letters to them go.")
    def add(login: str, name: str, role: str, area: str, station: tuple[str, ...], language: str, mail: str) -> None:
        """Add somebody, and print a first password once; they change it when they sign in."""
        with told():
            grant = _grant(role, area, station)
            person, password = people().add(login, name, [grant], by=_by(), language=language, mail=mail)
        click.echo(f"{person.login}  {person.name}: {_said(grant)}")
        click.echo(f"First password, shown once: {password}")

    @group.command("mail")
    @click.argument("login")
    @click.argument("mail")
    def mail(login: str, mail: str) -> None:
        """Say where letters to somebody go; an empty text for nowhere."""
        with told():
            person = people().set_mail(login, mail, by=_by())
        click.echo(f"Letters to {person.login} go {'to ' + person.mail if person.mail else 'nowhere'}.")

    @group.command("disable")
    @click.argument("login")
    def disable(login: str) -> None:
        """Shut somebody out, at once and in every browser."""
        with told():
            people().disable(login, by=_by())
        click.echo(f"{login} is shut out.")

    @group.command("enable")
    @click.argument("login")
    def enable(login: str) -> None:
        """Let somebody in again who was shut out."""
        with told():
            people().enable(login, by=_by())
        click.echo(f"{login} may sign in again.")

    @group.command("reset")
    @click.argument("login")
    def reset(login: str) -> None:
        """Print a new password once, take the second factor off, and sign them out in every browser."""
        with told():
            password = people().reset(login, by=_by())
        click.echo(f"New password of {login}, shown once: {password}")


def _add_grants(group: click.Group, people: Callable[[], People]) -> None:
    @group.command("grant")
    @click.argument("login")
    @_grant_options
    def grant(login: str, role: str, area: str, station: tuple[str, ...]) -> None:
        """Give somebody a role in an area; a custodian's stations are added to those of the same area."""
        with told():
            given = _grant(role, area, station)
            people().grant(login, given, by=_by())
        click.echo(f"{login}: {_said(given)}")

    @group.command("revoke")
    @click.argument("login")
    @click.option("--role", type=ROLES, required=True, help="Which.")
    @click.option("--area", default="", help="Where, as it was given.")
    def revoke(login: str, role: str, area: str) -> None:
        """Take a role in an area away from somebody."""
        with told():
            people().revoke(login, Role(role), area_of(area) if area else "", by=_by())
        click.echo(f"{login} is no {role} of {area or 'everywhere'} any more.")


def _add_looks(group: click.Group, people: Callable[[], People], timezone: ZoneInfo) -> None:
    @group.command("list")
    @click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
    def listed(*, as_json: bool) -> None:
        """List everybody with what they may do."""
        with told():
            everybody = people().all()
        if as_json:
            click.echo(orjson.dumps([_record(one) for one in everybody], option=orjson.OPT_INDENT_2).decode())
            return
        for one in everybody:
            click.echo("  ".join((one.login, one.name, *_marks(one))))
            for grant in one.grants:
                click.echo(f"    {_said(grant)}")
        if not everybody:
            click.echo("Nobody yet: flask people add LOGIN NAME --role administrator")

    @group.command("audit")
    @click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many at most.")
    @click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
    @click.option("--verify", is_flag=True, help="Go through the whole trail, and fail if a row is not as written.")
    def audit(*, limit: int, as_json: bool, verify: bool) -> None:
        """List what was done at the doors of the staff, the newest first; or verify that none of it was changed."""
        with told():
            trail = people().audit
            if verify:
                found = trail.verify()
                if found.broken is not None:
                    message = f"Row {found.broken} of the trail is not as it was written, or is missing."
                    raise click.ClickException(message)
                click.echo(f"{found.rows} rows, all as they were written. Mark of the last: {found.mark or 'none'}")
                return
            rows = trail.latest(limit=limit)
        if as_json:
            told_rows = [{name: getattr(row, name) for name in row.__slots__} for row in rows]
            click.echo(orjson.dumps(told_rows, option=orjson.OPT_INDENT_2).decode())
            return
        for row in rows:
            when = _clock(row.at, timezone)
            click.echo("  ".join((when, row.who or "-", row.what, row.about, row.network[:6])).rstrip())


def _grant_options(command: Command) -> Command:
    for option in (
        click.option("--station", multiple=True, help="Code of a station that a custodian keeps; may be repeated."),
        click.option(
            "--area",
            default="",
            help="First 2, 4, 6, 9 or 12 digits of the administrative code; "
            "everywhere, for administrators alone, when not given.",
        ),
        click.option("--role", type=ROLES, required=True, help="What they are."),
    ):
        command = option(command)
    return command


def _grant(role: str, area: str, stations: tuple[str, ...]) -> Grant:
    return Grant(Role(role), area_of(area) if area else "", frozenset(stations))


def _by() -> By:
    # No log-in name has a blank: nobody at a door is taken for who sits at the server.
    return By(f"{who()} (server)")


def _said(grant: Grant) -> str:
    stations = f" ({' '.join(sorted(grant.stations))})" if grant.stations else ""
    return f"{grant.role} of {grant.area or 'everywhere'}{stations}"


def _marks(person: Person) -> Iterator[str]:
    if person.disabled:
        yield "[shut out]"
    if person.must_change:
        yield "[must change the password]"
    if person.second_factor:
        yield "[second factor]"


def _record(person: Person) -> dict[str, object]:
    return {
        "login": person.login,
        "name": person.name,
        "language": person.language,
        "disabled": person.disabled,
        "must_change": person.must_change,
        "second_factor": person.second_factor,
        "grants": [
            {"role": one.role.value, "area": one.area, "stations": sorted(one.stations)} for one in person.grants
        ],
    }


def _clock(moment: datetime, timezone: ZoneInfo) -> str:
    return f"{moment.astimezone(timezone):%Y-%m-%d %H:%M:%S}"
