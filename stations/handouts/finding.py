"""The finding in words: what a reader must know before looking at a map or a table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext, ngettext

from geodata.townships import WHOLE_AREA
from stations.calendar import calendar_of
from stations.handouts.tables import Column, Kind, printed
from stations.handouts.townshiptables import township_name
from stations.questions.coverage import CoverageAnswer, CoverageQuery, TownshipRow
from stations.questions.coverage.clock import DAY_HOURS, Week
from stations.questions.coverage.comparing import Comparison
from stations.questions.coverage.sureness import Sureness
from stations.questions.coverage.townships import Double15
from stations.wording.figures import listed, say_demand, say_minutes, say_place, say_share
from stations.wording.names import Names

SHARE = Column("share", "", Kind.SHARE)

NOTHING = 0.5
"""Half a person, or half a metre: less is no difference."""

MOST_UNSERVED = 3
"""Townships without any service that the finding names; the table has them all."""


def headline(answer: CoverageAnswer, mode: str) -> str:
    """Say the finding in a sentence; `mode` is the travel mode's name."""
    said = {
        "share": say_share(answer.total.covered, answer.total.demand),
        "minutes": f"{answer.query.minutes:g}",
        "mode": mode,
        "station": say_what_counts(is_open=answer.query.at is not None, equipped=bool(answer.query.amenities)),
    }
    if answer.unit == "people":
        return gettext("%(share)s of the people live within %(minutes)s min %(mode)s of %(station)s.", **said)
    if answer.unit == "workers":
        return gettext("%(share)s of the workers are within %(minutes)s min %(mode)s of %(station)s.", **said)
    if answer.unit == "square metres":
        return gettext("%(share)s of the land lies within %(minutes)s min %(mode)s of %(station)s.", **said)
    return gettext("%(share)s of the streets lie within %(minutes)s min %(mode)s of %(station)s.", **said)


def say_what_counts(*, is_open: bool, equipped: bool, times: int = 1) -> str:
    """Say which stations are meant; at which moment, and with what in them, is said beside the finding."""
    one = {
        (False, False): gettext("a station"),
        (False, True): gettext("a station equipped as asked"),
        (True, False): gettext("an open station"),
        (True, True): gettext("an open station equipped as asked"),
    }
    two = {
        (False, False): gettext("two stations"),
        (False, True): gettext("two stations equipped as asked"),
        (True, False): gettext("two open stations"),
        (True, True): gettext("two open stations equipped as asked"),
    }
    return (two if times == 2 else one)[is_open, equipped]


def say_rest(answer: CoverageAnswer) -> list[str]:
    """Say what is out of reach, who is served worst, and what is not known."""
    total, unit = answer.total, answer.unit
    told = [row for row in answer.rows if row.share is not None and row.name]
    said = []
    if total.uncovered > 0.0:
        said.append(gettext("Out of reach: %(demand)s.", demand=say_demand(total.uncovered, unit)))
    if len(told) > 1 and any(row.uncovered > 0.0 for row in told):
        said.append(_say_worst(told))
    if answer.unsure:
        said.append(
            ngettext(
                "%(num)s station has unknown hours and is not counted; if it is open, %(share)s are covered.",
                "%(num)s stations have unknown hours and are not counted; if they are open, %(share)s are covered.",
                answer.unsure,
                share=say_share(total.covered + total.perhaps, total.demand),
            )
        )
    if answer.dated:
        said.append(
            ngettext(
                "%(num)s station serves on given dates only and is not counted; ask for one of its days to count it.",
                "%(num)s stations serve on given dates only and are not counted; ask for one of their days to count "
                "them.",
                answer.dated,
            )
        )
    return said


def _say_worst(rows: Sequence[TownshipRow]) -> str:
    """Say which township is served worst, or how many are not served at all."""
    none = [row.name for row in rows if row.covered <= 0.0]
    if len(none) > 1:
        return gettext(
            "Nothing is covered in %(count)s of %(all)s townships: %(names)s.",
            count=len(none),
            all=len(rows),
            names=listed(none[:MOST_UNSERVED]) + (" …" if len(none) > MOST_UNSERVED else ""),
        )
    worst = min(rows, key=lambda row: (row.covered / row.demand, row.code))
    share = say_share(worst.covered, worst.demand)
    return gettext("Served worst is %(name)s with %(share)s.", name=worst.name, share=share)


def say_some(names: Sequence[str], most: int) -> str:
    """Name the first of many, and say how many more there are."""
    said = listed(names[:most])
    if len(names) > most:
        return gettext("%(names)s and %(count)s more", names=said, count=len(names) - most)
    return said


def say_largest_gap(answer: CoverageAnswer) -> str:
    """Say where most is missing; nothing where nothing is."""
    if not answer.gaps:
        return ""
    gap = answer.gaps[0]
    said = {"place": say_place(gap.name), "demand": say_demand(gap.demand, answer.unit)}
    if gap.seconds is None:
        return gettext("The largest gap is %(place)s: %(demand)s, with no way to any station.", **said)
    return gettext(
        "The largest gap is %(place)s: %(demand)s, and %(minutes)s to the nearest station.",
        **said,
        minutes=say_minutes(gap.seconds),
    )


def say_double15(told: Double15) -> str:
    """Say what the 双15 measure finds."""
    total = told.total
    return gettext(
        "By the 双15 measure, circles of 1 km claim %(circle)s; by street %(street)s are within 15 min on foot, and "
        "%(overlap)s are covered by two or more stations.",
        circle=say_share(total.circle, total.demand),
        street=say_share(total.street, total.demand),
        overlap=say_share(total.street_twice, total.demand),
    )


def say_hour(week: Week, hour: int) -> str:
    """Name an hour of the week."""
    day = week.monday + timedelta(days=hour // DAY_HOURS)
    return f"{format_date(day, 'EEEE', rebase=False)} {hour % DAY_HOURS:02d}:00"


def say_clock(week: Week) -> list[str]:
    """Say at which hours least and most is covered."""
    worst, best = week.worst, week.best
    least, most, perhaps = (
        printed(float(share), SHARE, "") for share in (week.shares[worst], week.shares[best], week.shares_if[worst])
    )
    if least == most:
        return [gettext("It is the same at every hour of the week.")]
    said = [
        gettext(
            "Least is covered on %(worst)s (%(least)s), most on %(best)s (%(most)s).",
            worst=say_hour(week, worst),
            least=least,
            best=say_hour(week, best),
            most=most,
        )
    ]
    if perhaps != least:
        said.append(
            gettext("If the stations of unknown hours are open at the worst hour, it is %(share)s.", share=perhaps)
        )
    return said


def say_sureness(told: Sureness) -> str:
    """Say from what to what the share may be."""
    band = told.total.together
    if band is None:
        return ""
    return gettext(
        "Taken together, walking speed, positions and unknown hours put it between %(low)s and %(high)s.",
        low=printed(band.low, SHARE, ""),
        high=printed(band.high, SHARE, ""),
    )


def say_comparison(told: Comparison) -> list[str]:
    """Say what changes: in all, and where most."""
    unit, total = told.unit, told.total
    if total.gained <= 0.0 and total.lost <= 0.0:
        return [gettext("Nothing changes: nobody more and nobody fewer is within reach.")]
    said = []
    if total.gained > 0.0:
        most = max(told.rows, key=lambda row: row.gained)
        words = {"demand": say_demand(total.gained, unit), "name": township_name(most.name)}
        if most.name == WHOLE_AREA:
            said.append(gettext("Gained: %(demand)s.", **words))
        elif total.gained - most.gained < NOTHING:
            said.append(gettext("Gained: %(demand)s, all of it in %(name)s.", **words))
        else:
            part = say_demand(most.gained, unit)
            said.append(gettext("Gained: %(demand)s, most of it in %(name)s (%(part)s).", **words, part=part))
    if total.lost > 0.0:
        most = max(told.rows, key=lambda row: row.lost)
        words = {"demand": say_demand(total.lost, unit), "name": township_name(most.name)}
        if most.name == WHOLE_AREA:
            said.append(gettext("Lost: %(demand)s.", **words))
        elif total.lost - most.lost < NOTHING:
            said.append(gettext("Lost: %(demand)s, all of it in %(name)s.", **words))
        else:
            part = say_demand(most.lost, unit)
            said.append(gettext("Lost: %(demand)s, most of it in %(name)s (%(part)s).", **words, part=part))
    said.append(
        gettext(
            "Covered are %(after)s instead of %(before)s.",
            after=say_share(total.after, total.demand),
            before=say_share(total.before, total.demand),
        )
    )
    return said


def say_conditions(query: CoverageQuery, names: Names, zone: tzinfo) -> list[str]:
    """Say what was asked, piece by piece."""
    said = [names.mode(query.mode), gettext("%(minutes)s min", minutes=f"{query.minutes:g}")]
    if query.speed_kmh is not None:
        said.append(gettext("%(speed)s km/h", speed=f"{query.speed_kmh:g}"))
    if query.at is None:
        said.append(gettext("whatever the hours"))
    else:
        said.append(say_moment(query.at, zone))
    said += [names.amenity(key) for key in sorted(query.amenities, key=names.order)]
    if query.changes:
        count = len(query.changes)
        said.append(ngettext("%(num)s change supposed", "%(num)s changes supposed", count))
    return said


def say_moment(at: datetime, zone: tzinfo) -> str:
    """Say a moment by the clock of a zone; where nobody knows yet what kind of day it will be, that too."""
    local = at.astimezone(zone)
    said = f"{format_date(local.date(), rebase=False)} {local:%H:%M}"
    if isinstance(zone, ZoneInfo) and not calendar_of(zone).announced(local.date()):
        return gettext("%(moment)s (the holidays of %(year)s are not announced yet)", moment=said, year=local.year)
    return said
