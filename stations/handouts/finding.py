"""The finding in words: what a reader must know before looking at a map or a table."""

from __future__ import annotations

from datetime import timedelta, tzinfo

from flask_babel import format_date, gettext, ngettext

from stations.handouts.tables import Column, Kind, printed
from stations.handouts.townshiptables import township_name
from stations.questions.coverage import CoverageAnswer, CoverageQuery
from stations.questions.coverage.clock import DAY_HOURS, Week
from stations.questions.coverage.comparing import Comparison
from stations.questions.coverage.sureness import Sureness
from stations.questions.coverage.townships import Double15
from stations.wording.figures import say_demand, say_minutes, say_place, say_share
from stations.wording.names import Names

SHARE = Column("share", "", Kind.SHARE)


def headline(answer: CoverageAnswer, mode: str) -> str:
    """Say the finding in a sentence; `mode` is the travel mode's name."""
    said = {
        "share": say_share(answer.total.covered, answer.total.demand),
        "minutes": f"{answer.query.minutes:g}",
        "mode": mode,
    }
    if answer.unit == "people":
        return gettext("%(share)s of the people live within %(minutes)s min %(mode)s of a station.", **said)
    if answer.unit == "workers":
        return gettext("%(share)s of the workers are within %(minutes)s min %(mode)s of a station.", **said)
    if answer.unit == "square metres":
        return gettext("%(share)s of the land lies within %(minutes)s min %(mode)s of a station.", **said)
    return gettext("%(share)s of the streets lie within %(minutes)s min %(mode)s of a station.", **said)


def say_rest(answer: CoverageAnswer) -> list[str]:
    """Say what is out of reach, who is served worst, and what is not known."""
    total, unit = answer.total, answer.unit
    told = [(row.share, row.code, row) for row in answer.rows if row.share is not None and row.name]
    worst = min(told, key=lambda one: one[:2])[2] if told else None
    said = []
    if total.uncovered > 0.0:
        said.append(gettext("Out of reach: %(demand)s.", demand=say_demand(total.uncovered, unit)))
    if worst is not None and len(told) > 1 and worst.uncovered > 0.0:
        share = say_share(worst.covered, worst.demand)
        said.append(gettext("Served worst is %(name)s with %(share)s.", name=worst.name, share=share))
    if answer.unsure:
        said.append(
            ngettext(
                "%(num)s station has unknown hours and is not counted; if it is open, %(share)s are covered.",
                "%(num)s stations have unknown hours and are not counted; if they are open, %(share)s are covered.",
                answer.unsure,
                share=say_share(total.covered + total.perhaps, total.demand),
            )
        )
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
        said.append(
            gettext(
                "Gained: %(demand)s, most of it in %(name)s (%(part)s).",
                demand=say_demand(total.gained, unit),
                name=township_name(most.name),
                part=say_demand(most.gained, unit),
            )
        )
    if total.lost > 0.0:
        most = max(told.rows, key=lambda row: row.lost)
        said.append(
            gettext(
                "Lost: %(demand)s, most of it in %(name)s (%(part)s).",
                demand=say_demand(total.lost, unit),
                name=township_name(most.name),
                part=say_demand(most.lost, unit),
            )
        )
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
        local = query.at.astimezone(zone)
        said.append(f"{format_date(local.date(), rebase=False)} {local:%H:%M}")
    said += [names.amenity(key) for key in sorted(query.amenities, key=names.order)]
    if query.changes:
        count = len(query.changes)
        said.append(ngettext("%(num)s change supposed", "%(num)s changes supposed", count))
    return said
