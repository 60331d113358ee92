"""Confirmations and visits: only how many there were is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import sqlalchemy as sa

from stations.registry.schema import CONFIRMED, DAY_COUNT, SENDER
from stations.registry.visitmonths import note_people
from stations.upkeep.facts import Aspect, Confirmed, Counts, Outcome, Visits
from stations.upkeep.groups import as_moment, as_text
from stations.upkeep.marks import Marks

CONFIRM, VISIT = "confirm", "visit"

MOST_CONFIRMATIONS_A_DAY = 200
"""Of one station; more are not counted."""

MOST_VISITS_A_DAY = 5000
"""Of one station; more are not counted."""

MOST_VISITS_OF_A_NETWORK = 200
"""Of one station a day; more are not counted. A busy station's own Wi-Fi, or a carrier's address, is one network."""


def take_confirmation(
    connection: sa.Connection, code: str, aspect: Aspect, revision: int, moment: datetime, day: date, marks: Marks
) -> Outcome:
    """Count a confirmation, in a transaction that may write: a network once a day, as it counts as one person.

    Parameters
    ----------
    day
        That of the moment, in the time zone of the stations.
    """
    about = f"{aspect.value} {day.isoformat()}"
    said, of_network, of_device = _senders(connection, CONFIRM, code, about, marks)
    if of_device:
        return Outcome.KNOWN
    if said >= MOST_CONFIRMATIONS_A_DAY:
        return Outcome.TAKEN
    connection.execute(SENDER.insert(), marks.row(CONFIRM, code, about))
    if not of_network:
        count(connection, code, day, "confirmations")
        _confirm(connection, code, aspect, revision, moment)
    return Outcome.TAKEN


def take_visit(connection: sa.Connection, code: str, day: date, marks: Marks) -> Outcome:
    """Count a visit on a day, in a transaction that may write."""
    said, of_network, of_device = _senders(connection, VISIT, code, day.isoformat(), marks)
    if of_device:
        return Outcome.KNOWN
    if said < MOST_VISITS_A_DAY and of_network < MOST_VISITS_OF_A_NETWORK:
        connection.execute(SENDER.insert(), marks.row(VISIT, code, day.isoformat()))
        count(connection, code, day, "visits")
        visits = sa.select(DAY_COUNT.c.visits).where(DAY_COUNT.c.code == code, DAY_COUNT.c.day == day.isoformat())
        note_people(connection, code, day, "said", connection.execute(visits).scalar_one())
    return Outcome.TAKEN


def count(connection: sa.Connection, code: str, day: date, what: str) -> None:
    """Add one to what was said of a station on a day: ``visits``, ``reports`` or ``confirmations``."""
    this = (DAY_COUNT.c.code == code) & (DAY_COUNT.c.day == day.isoformat())
    more = DAY_COUNT.update().where(this).values({what: DAY_COUNT.c[what] + 1})
    if connection.execute(more).rowcount == 0:
        row = {"code": code, "day": day.isoformat(), "visits": 0, "reports": 0, "confirmations": 0}
        connection.execute(DAY_COUNT.insert(), row | {what: 1})


def confirmed_of(connection: sa.Connection, code: str, revision: int) -> Mapping[Aspect, Confirmed]:
    """Read the confirmations of a station's record as of its revision, by aspect."""
    query = sa.select(CONFIRMED).where(CONFIRMED.c.code == code, CONFIRMED.c.revision >= revision)
    return {
        Aspect(row.aspect): Confirmed(row.times, as_moment(row.last))
        for row in sorted(connection.execute(query), key=lambda row: list(Aspect).index(row.aspect))
    }


def visits_of(connection: sa.Connection, code: str) -> Visits:
    """Read the visits of a station."""
    query = (
        sa.select(DAY_COUNT.c.day, DAY_COUNT.c.visits)
        .where(DAY_COUNT.c.code == code, DAY_COUNT.c.visits > 0)
        .order_by(DAY_COUNT.c.day.desc())
    )
    by_day = {date.fromisoformat(day): visits for day, visits in connection.execute(query)}
    return Visits(sum(by_day.values()), by_day)


def months_of(connection: sa.Connection, code: str = "") -> tuple[Counts, ...]:
    """Read what was said by station and month, of one station or of all."""
    month = sa.func.substr(DAY_COUNT.c.day, 1, 7).label("month")
    sums = [sa.func.sum(DAY_COUNT.c[what]) for what in ("visits", "reports", "confirmations")]
    query = sa.select(DAY_COUNT.c.code, month, *sums).group_by(DAY_COUNT.c.code, month)
    if code:
        query = query.where(DAY_COUNT.c.code == code)
    rows = connection.execute(query.order_by(DAY_COUNT.c.code, month.desc())).all()
    return tuple(
        Counts(code, date.fromisoformat(f"{month}-01"), int(visits), int(reports), int(confirmations))
        for code, month, visits, reports, confirmations in rows
    )


def _confirm(connection: sa.Connection, code: str, aspect: Aspect, revision: int, moment: datetime) -> None:
    this = (CONFIRMED.c.code == code) & (CONFIRMED.c.aspect == aspect.value)
    row = connection.execute(sa.select(CONFIRMED).where(this)).one_or_none()
    last = as_text(moment)
    if row is None:
        values = {"code": code, "aspect": aspect.value, "revision": revision, "times": 1, "last": last}
        connection.execute(CONFIRMED.insert(), values)
    elif row.revision == revision:
        connection.execute(CONFIRMED.update().where(this).values(times=row.times + 1, last=max(row.last, last)))
    elif row.revision < revision:
        connection.execute(CONFIRMED.update().where(this).values(revision=revision, times=1, last=last))


def _senders(connection: sa.Connection, what: str, code: str, about: str, marks: Marks) -> tuple[int, int, int]:
    """How many said this already; how many of them by the same network, and by the same device."""
    query = sa.select(
        sa.func.count(),
        sa.func.count(sa.case((SENDER.c.network.in_(marks.networks), 1))),
        sa.func.count(sa.case((SENDER.c.device.in_(marks.devices), 1))),
    ).where(SENDER.c.what == what, SENDER.c.code == code, SENDER.c.about == about)
    said, of_network, of_device = connection.execute(query).one()
    return said, of_network, of_device
