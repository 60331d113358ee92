"""Made-up log-ins of the made-up county: one of each role, told once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from stations.people.facts import By, Grant, Role, area_of
from stations.people.people import People
from stations.registry.snapshot import Snapshot

COUNTY_DIGITS = 6
NAMES = {
    Role.CUSTODIAN: "保管员",
    Role.CLERK: "乡镇办事员",
    Role.OFFICER: "县主管",
    Role.PLANNER: "规划员",
    Role.ADMINISTRATOR: "系统管理员",
}


def add_demo_log_ins(people: People, snapshot: Snapshot) -> None:
    """Add one account of each role for a county's stations, and print them with their passwords.

    Where there are accounts already nothing is added: they are somebody's.
    """
    if people.all():
        click.echo("There are log-ins already; none was added. New passwords: flask people reset LOGIN")
        return
    townships = sorted({one.township for one in snapshot.stations if one.township})
    if not townships:
        return
    click.echo("Made-up log-ins for /desk, shown once:")
    for grant in _grants(snapshot, townships):
        login = f"demo-{grant.role}"
        _, password = people.add(login, NAMES[grant.role], [grant], by=By("demo (server)"), must_change=False)
        click.echo(f"    {login:<20} {password}  {grant.role} of {grant.area or 'everywhere'}")


def _grants(snapshot: Snapshot, townships: Sequence[str]) -> Iterator[Grant]:
    county = area_of(townships[0][:COUNTY_DIGITS])
    for role in Role:
        if role is Role.ADMINISTRATOR:
            yield Grant(role)
        elif role is Role.CLERK:
            yield Grant(role, area_of(townships[0]))
        elif role is Role.CUSTODIAN:
            codes = sorted(one.code for one in snapshot.stations if one.township == townships[0])
            yield Grant(role, county, frozenset(codes[:2]))
        else:
            yield Grant(role, county)
