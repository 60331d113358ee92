"""The finding of a siting in a sentence, its key figures, and what the reader must know beside it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext, ngettext

from stations.handouts.finding import say_what_counts
from stations.handouts.siting.proving import Scale, say_cost, say_gap, say_sites, say_way
from stations.questions.siting import Objective, SitingAnswer
from stations.wording.figures import listed, say_demand, say_minutes, say_share
from stations.wording.names import Names

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts an answer into its headline and its figures."""

    answer: SitingAnswer
    scale: Scale
    names: Names

    @property
    def headline(self) -> str:
        """The finding in a sentence."""
        match self.answer.query.objective:
            case Objective.MOST:
                return self._most()
            case Objective.FEWEST:
                return self._fewest()
            case Objective.MEDIAN:
                return self._median()
            case Objective.CENTER:
                return self._center()

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """Four figures, the one that matters most first: a label and a value each."""
        answer, scale = self.answer, self.scale
        sites = gettext("New stations"), str(len(answer.steps))
        cost = [(gettext("They cost"), say_cost(sum(step.cost for step in answer.steps)))] if scale.money else []
        gap = say_gap(scale, answer.plan.value, answer.plan.bound)
        if gap:
            proof = gettext("%(gap)s at most", gap=gap)
        else:
            proof = gettext("not proven yet") if answer.plan.ended is None else gettext("nothing is better")
        sure = [] if cost else [(gettext("Possible beyond that"), proof)]
        if self._covers:
            share = gettext("Covered then"), say_share(answer.after, answer.demand)
            today = gettext("Covered today"), say_share(answer.before, answer.demand)
            gained = gettext("Covered in addition"), say_demand(answer.after - answer.before, answer.unit)
            if answer.query.objective is Objective.FEWEST:
                return (cost[0] if cost else sites, *([sites] if cost else []), share, today, *sure)[:4]
            return (share, today, gained, *(cost or sure))
        mean = answer.query.objective is Objective.MEDIAN
        then = gettext("Mean way then") if mean else gettext("Farthest way then")
        today = gettext("Mean way today") if mean else gettext("Farthest way today")
        after = answer.plan.value if room_counts(answer) else answer.after
        # As if there were no station yet, today's way is none, however far one that is too long is taken to be.
        before = answer.before if answer.query.keep else math.inf
        return self._timed(then, after), self._timed(today, before), sites, *(cost or sure)

    @property
    def _covers(self) -> bool:
        return self.answer.query.objective in {Objective.MOST, Objective.FEWEST}

    @property
    def _with(self) -> str:
        """With how many more stations, and for how much."""
        count = len(self.answer.steps)
        if not self.scale.money:
            return ngettext("%(num)s more station", "%(num)s more stations", count)
        cost = say_cost(sum(step.cost for step in self.answer.steps))
        return ngettext("%(num)s more station for %(cost)s", "%(num)s more stations for %(cost)s", count, cost=cost)

    @property
    def _part(self) -> str:
        """The share covered, and of what."""
        share = say_share(self.answer.after, self.answer.demand)
        match self.answer.unit:
            case "people":
                return gettext("%(share)s of the people", share=share)
            case "workers":
                return gettext("%(share)s of the workers", share=share)
            case "square metres":
                return gettext("%(share)s of the land", share=share)
            case _:
                return gettext("%(share)s of the streets", share=share)

    def _within(self) -> str:
        query = self.answer.query
        at_a_moment = bool(query.moments) or query.coverage.at is not None
        equipped = bool(query.coverage.amenities) or any(wish.amenities for wish in query.wishes)
        return gettext(
            "within %(minutes)s min %(mode)s of %(station)s",
            minutes=f"{query.coverage.minutes:g}",
            mode=self.names.mode(query.coverage.mode),
            station=say_what_counts(is_open=at_a_moment, equipped=equipped, times=query.times),
        )

    def _most(self) -> str:
        answer = self.answer
        if not answer.steps:
            return gettext("Nothing is gained: no choice covers more than today.")
        return gettext(
            "With %(what)s, %(after)s are %(within)s instead of %(before)s: %(gained)s more.",
            what=self._with,
            after=self._part,
            before=say_share(answer.before, answer.demand),
            gained=say_demand(answer.after - answer.before, answer.unit),
            within=self._within(),
        )

    def _fewest(self) -> str:
        answer = self.answer
        said = {"share": self._part, "within": self._within()}
        if not answer.steps:
            return gettext("No more station is needed: %(share)s are %(within)s today.", **said)
        return gettext(
            "It takes %(what)s until %(share)s are %(within)s; today it is %(before)s.",
            what=self._with,
            before=say_share(answer.before, answer.demand),
            **said,
        )

    def _median(self) -> str:
        answer = self.answer
        if not answer.steps:
            return gettext("Nothing is gained: no choice makes the mean way shorter.")
        if room_counts(answer):
            way = self._way(answer.plan.value)
            return gettext("With %(what)s, the mean way to a station with room is %(way)s.", what=self._with, way=way)
        if not answer.query.keep:
            way = self._way(answer.after)
            return gettext("With %(what)s, the mean way to the nearest station is %(way)s.", what=self._with, way=way)
        return gettext(
            "With %(what)s, the mean way to the nearest station becomes %(after)s instead of %(before)s.",
            what=self._with,
            after=self._way(answer.after),
            before=self._way(answer.before),
        )

    def _center(self) -> str:
        answer = self.answer
        if not answer.steps:
            return gettext("Nothing is gained: no choice makes the farthest way shorter.")
        if room_counts(answer):
            way = self._way(answer.plan.value)
            return gettext(
                "With %(what)s, nobody has farther than %(way)s to a station with room.", what=self._with, way=way
            )
        if not math.isfinite(answer.before):
            return gettext(
                "With %(what)s, nobody has farther than %(after)s to a station; today some reach none at all.",
                what=self._with,
                after=self._way(answer.after),
            )
        return gettext(
            "With %(what)s, nobody has farther than %(after)s to a station; today it is up to %(before)s.",
            what=self._with,
            after=self._way(answer.after),
            before=self._way(answer.before),
        )

    def _timed(self, label: str, metres: float) -> tuple[str, str]:
        """A way as a figure: how long it takes stands with its label."""
        if not math.isfinite(metres):
            return label, gettext("no way")
        return gettext("%(what)s (%(minutes)s)", what=label, minutes=self._minutes(metres)), say_way(metres)

    def _way(self, metres: float) -> str:
        """A way in metres and in minutes."""
        if not math.isfinite(metres):
            return gettext("no way")
        return gettext("%(metres)s (%(minutes)s)", metres=say_way(metres), minutes=self._minutes(metres))

    def _minutes(self, metres: float) -> str:
        """How long a way takes at the speed of the question."""
        asked = self.answer.query.coverage
        speed_kmh = self.names.modes[asked.mode].speed_kmh if asked.speed_kmh is None else asked.speed_kmh
        return say_minutes(metres / (speed_kmh / 3.6))


def room_counts(answer: SitingAnswer) -> bool:
    """Whether a searched plan was chosen by ways to stations that have room, which are longer than to the nearest."""
    query, plan = answer.query, answer.plan
    bounded = query.capacity is not None or query.existing_capacity is not None
    ways = query.objective in {Objective.MEDIAN, Objective.CENTER}
    return bounded and ways and plan.ended is not None and math.isfinite(plan.value)


def say_notes(answer: SitingAnswer) -> Iterator[str]:
    """Say what the reader must know beside the finding."""
    query, count = answer.query, len(answer.steps)
    if answer.left_out > 0.0:
        yield gettext(
            "Nothing reaches %(demand)s; they are left out of every figure.",
            demand=say_demand(answer.left_out, answer.unit),
        )
    if query.sites is not None and count < query.sites and query.objective is not Objective.FEWEST:
        said = {"wanted": say_sites(query.sites), "sites": say_sites(count)}
        if query.budget is None:
            yield gettext("%(wanted)s were asked for; %(sites)s do as much, and more would bring nothing.", **said)
        else:
            yield gettext("%(wanted)s were asked for; the budget, or what more would bring, ends at %(sites)s.", **said)
    if len(query.moments) > 1 or len(query.wishes) > 1:
        yield gettext("All figures are means over the moments and wishes that were asked for, by their weights.")
    if query.capacity is not None or query.existing_capacity is not None:
        yield gettext("Covered is whoever also finds room; demand may be parted among several stations.")
        if query.objective in {Objective.MEDIAN, Objective.CENTER}:
            yield gettext("Today's way, and what each site adds, are counted to the nearest station, room or not.")
    no_hours = sum(not step.candidate.hours for step in answer.steps)
    if no_hours and (query.moments or query.coverage.at is not None) and not query.assumed_hours:
        yield ngettext(
            "Of %(num)s of the sites the hours are not known: a station there is taken to be open as asked.",
            "Of %(num)s of the sites the hours are not known: stations there are taken to be open as asked.",
            no_hours,
        )
    if answer.unsure:
        yield ngettext(
            "%(num)s station has unknown hours then and is not built upon: a site near it may serve whom it serves.",
            "%(num)s stations have unknown hours then and are not built upon: sites near them may serve whom they "
            "serve.",
            answer.unsure,
        )
    if answer.dated:
        yield ngettext(
            "%(num)s station serves on given dates only and is not built upon; ask for one of its days to build on it.",
            "%(num)s stations serve on given dates only and are not built upon; ask for one of their days to build on "
            "them.",
            answer.dated,
        )
    if answer.off_street:
        said = ngettext(
            "%(num)s candidate reaches nobody, as no street is near or nobody is within reach",
            "%(num)s candidates reach nobody, as no street is near or nobody is within reach",
            len(answer.off_street),
        )
        # The key of a point on a street is its position, which tells nobody anything.
        named = [one.name or one.key for one in answer.off_street if not one.key.startswith("@")]
        more = "" if len(named) <= MOST_NAMED else " …"
        keys = listed(named[:MOST_NAMED]) + more
        yield gettext("%(what)s: %(keys)s.", what=said, keys=keys) if named else gettext("%(what)s.", what=said)
