"""What was asked of siting, piece by piece: what is best, among which candidates, with what, and what is supposed."""

from __future__ import annotations

from datetime import tzinfo

from flask_babel import format_decimal, gettext, ngettext

from stations.handouts.finding import say_conditions, say_moment
from stations.handouts.siting.proving import say_cost, say_sites
from stations.questions.siting import Candidate, Objective, SitingQuery
from stations.wording.figures import listed, say_demand
from stations.wording.names import Names

STREET, POINT, LISTED = "street", "point", "listed"


def say_goal(query: SitingQuery) -> str:
    """Say what the sites are chosen for, and with how many or how much."""
    sites = "" if query.sites is None else say_sites(query.sites)
    money = "" if query.budget is None else gettext("a budget of %(cost)s", cost=say_cost(query.budget))
    with_what = gettext(" and ").join(filter(None, (sites, money)))
    share = f"{format_decimal(100.0 * query.share, format='0.##')}%"
    match query.objective:
        case Objective.MOST:
            return gettext("Cover the most with %(what)s", what=with_what)
        case Objective.FEWEST if with_what:
            return gettext("Cover %(share)s with as little as possible, at most %(what)s", share=share, what=with_what)
        case Objective.FEWEST:
            return gettext("Cover %(share)s with as little as possible", share=share)
        case Objective.MEDIAN:
            return gettext("Make the mean way the shortest with %(what)s", what=with_what)
        case Objective.CENTER:
            return gettext("Make the farthest way the shortest with %(what)s", what=with_what)


def say_asked(query: SitingQuery, unit: str, names: Names, zone: tzinfo) -> list[str]:
    """Say the whole question, piece by piece: the goal first."""
    said = [say_goal(query)]
    own = say_conditions(query.coverage, names, zone)
    if query.moments:
        # The moment of the plain question does not count then.
        hours = gettext("whatever the hours") if query.coverage.at is None else say_moment(query.coverage.at, zone)
        at = own.index(hours)
        own[at : at + 1] = [_moments(query, zone)]
    if query.wishes:
        plain = {names.amenity(key) for key in query.coverage.amenities}
        own = [one for one in own if one not in plain] + [_wishes(query, names)]
    said += own
    if query.times == 2:
        said.append(gettext("two stations within reach"))
    if not query.keep:
        said.append(gettext("as if there were no station yet"))
    if query.capacity is not None:
        said.append(gettext("a new station serves %(demand)s at most", demand=say_demand(query.capacity, unit)))
    if query.existing_capacity is not None:
        demand = say_demand(query.existing_capacity, unit)
        said.append(gettext("a station that there is serves %(demand)s at most", demand=demand))
    if query.assumed_hours:
        said.append(gettext("hours not known are taken as %(hours)s", hours=query.assumed_hours))
    if query.objective is Objective.MEDIAN:
        said.append(
            gettext("a longer way, or none, counts as %(minutes)s min", minutes=f"{_longest(query, names):.4g}")
        )
    if query.forced:
        said.append(gettext("%(count)s wanted for certain", count=len(query.forced)))
    if query.forbidden:
        said.append(gettext("%(count)s ruled out", count=len(query.forbidden)))
    if query.leave_out and query.objective in {Objective.FEWEST, Objective.CENTER}:
        said.append(gettext("what nothing reaches is left out"))
    return said


def _longest(query: SitingQuery, names: Names) -> float:
    """As how many minutes a way counts at most, for the mean of all ways."""
    if query.farthest_minutes is not None:
        return query.farthest_minutes
    mode, speed_kmh = names.modes[query.coverage.mode], query.coverage.speed_kmh
    return mode.horizon_m / 1000.0 / (mode.speed_kmh if speed_kmh is None else speed_kmh) * 60.0


def say_candidates(query: SitingQuery, count: int, names: Names) -> str:
    """Say among which candidates is chosen."""
    asked = query.candidates
    kinds = [names.host(key) for key in names.taxonomy.hosts.terms if key in asked.hosts]
    if asked.spacing_m is not None:
        kinds.append(gettext("points on the streets every %(metres)s m", metres=f"{asked.spacing_m:g}"))
    rows = sum(is_listed(one) for one in asked.given)
    points = len(asked.given) - rows
    if points:
        kinds.append(ngettext("%(num)s point on the map", "%(num)s points on the map", points))
    if rows:
        kinds.append(gettext("%(count)s of a list", count=rows))
    return ngettext("%(num)s candidate: %(kinds)s", "%(num)s candidates: %(kinds)s", count, kinds=listed(kinds))


def is_listed(candidate: Candidate) -> bool:
    """Whether a candidate is a row of a list."""
    return candidate.key.startswith(f"{LISTED}-")


def _moments(query: SitingQuery, zone: tzinfo) -> str:
    weights = {one.weight for one in query.moments}
    said = [
        say_moment(one.at, zone) if len(weights) == 1 else f"{say_moment(one.at, zone)} ×{one.weight:g}"
        for one in query.moments
    ]
    return listed(said)


def _wishes(query: SitingQuery, names: Names) -> str:
    weights = {one.weight for one in query.wishes}
    said = []
    for one in query.wishes:
        wanted = "+".join(names.amenity(key) for key in sorted(one.amenities, key=names.order)) or gettext("anything")
        said.append(wanted if len(weights) == 1 else f"{wanted} ×{one.weight:g}")
    return listed(said)
